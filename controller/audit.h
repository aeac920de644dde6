/* controller/audit.h: did anybody edit the record? The chain of the journal (db/journal.h), and
 * beyond it what the chain cannot know: whether each event could follow the one before it, and
 * whether each rollout's plan is the one its events name. Reads only.
 * Errors: E_CORRUPT, and why names the event or the plan; as db/store.h. *out is unchanged then. */
#ifndef SWELL_CONTROLLER_AUDIT_H
#define SWELL_CONTROLLER_AUDIT_H

#include "db/journal.h"

struct audit_result {
    struct journal_proof proof;
    int64_t rollouts;
};

MUST_CHECK enum err audit_verify(struct store *st, struct audit_result *out, struct why *why);

#endif
