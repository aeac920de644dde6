/* rollout/ledger.h: does a host still owe a restart? A fold over all events of that host, from
 * every rollout, in the order of the journal; so it outlives runs and crashes. Pure. */
#ifndef SWELL_ROLLOUT_LEDGER_H
#define SWELL_ROLLOUT_LEDGER_H

#include "rollout/event.h"

struct ledger_entry {
    bool owed;
    int64_t since_ms; /* of the first write not yet in effect */
    int64_t rollout;  /* that made it */
    bool next_needs;  /* what is about to be written takes effect at a restart */
};

void ledger_fold(struct ledger_entry *entry, const struct event *ev);

#endif
