/* rollout/ledger.h: does a host still owe a restart, and is it owed the rest of a service that was
 * woken on it? A fold over all events of that host, from
 * every rollout, in the order of the journal; so it outlives runs and crashes. Pure. */
#ifndef SWELL_ROLLOUT_LEDGER_H
#define SWELL_ROLLOUT_LEDGER_H

#include "rollout/event.h"

struct ledger_entry {
    bool owed;
    int64_t since_ms; /* of the first write not yet in effect */
    int64_t rollout;  /* that made it */
    bool next_needs;  /* what is about to be written takes effect at a restart */
    struct service_debt {
        bool owed;            /* RemoteRegistry was, or may have been, started */
        int64_t start, state; /* as it was before (MS-SCMR 2.2.15, 2.2.47) */
        int64_t since_ms;
        int64_t rollout; /* 0: while a plan was made */
    } service;
};

void ledger_fold(struct ledger_entry *entry, const struct event *ev);

#endif
