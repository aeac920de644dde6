/* controller/rollback.h: the plan that puts a rollout, one wave or one host of it back: made from
 * the before-images in the journal, for every host to which something was, or may have been,
 * written. Owns:   the plan is the caller's (plan_free). Errors: E_ABSENT when nothing was written
 * there; E_USAGE for a wave or host that the rollout does not have; as store.h. */
#ifndef SWELL_CONTROLLER_ROLLBACK_H
#define SWELL_CONTROLLER_ROLLBACK_H

#include "db/journal.h"
#include "playbooks/plan.h"

struct rollback_scope {
    int32_t wave;     /* 0 = all */
    const char *host; /* NULL = all */
};

MUST_CHECK enum err rollback_plan(struct store *st, int64_t rollout,
                                  const struct rollback_scope *scope, int64_t now_ms,
                                  struct plan **out, struct why *why);

#endif
