/* controller/planner.h: asks every chosen host how it is, at once, and makes the plan.
 * Owns:   the plan is the caller's (plan_free).
 * Errors: E_DATA when no host was chosen. What goes wrong on one host is in the plan
 * (PLAN_UNKNOWN), not an error. */
#ifndef SWELL_CONTROLLER_PLANNER_H
#define SWELL_CONTROLLER_PLANNER_H

#include "controller/job.h"

struct planning {
    const struct world *world;
    const struct inventory *inventory;
    const bool *chosen; /* beside inventory->hosts */
    const bool *owed;   /* beside inventory->hosts: owes a restart */
    const struct playbook *playbook;
    const struct credentials *credentials;
    int64_t step_timeout_ms;
    int forks;
    void (*progress)(void *self, size_t done, size_t total); /* may be NULL */
    void *self;
};

MUST_CHECK enum err planner_run(const struct planning *p, struct plan **out, struct why *why);

#endif
