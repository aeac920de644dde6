/* controller/planner.h: asks every chosen host how it is, at once, and makes the plan.
 * Owns:   the plan is the caller's (plan_free).
 * Errors: E_DATA when no host was chosen. What goes wrong on one host is in the plan
 * (PLAN_UNKNOWN), not an error. */
#ifndef SWELL_CONTROLLER_PLANNER_H
#define SWELL_CONTROLLER_PLANNER_H

#include "controller/job.h"
#include "rollout/ledger.h"

struct planning {
    const struct world *world;
    const struct inventory *inventory;
    const bool *chosen; /* beside inventory->hosts */
    const bool *owed;   /* beside inventory->hosts: owes a restart */
    const struct playbook *playbook;
    const struct credentials *credentials;
    int64_t step_timeout_ms;
    int64_t again_ms; /* until a service that is starting is asked again; 0: as is usual */
    int forks;
    /* Beside inventory->hosts: RemoteRegistry may be started there; NULL: nowhere. Needs journal.
     */
    const bool *may_wake;
    /* Beside inventory->hosts: how it was before an earlier plan woke it and was killed; NULL:
     * there is no such host. It is put back once the host is read. */
    const struct service_debt *debts;
    /* Commits one event that belongs to no rollout; nothing is woken before. */
    enum err (*journal)(void *self, struct event *ev, struct why *why);
    void *journal_self;
    void (*progress)(void *self, size_t done, size_t total); /* may be NULL */
    void *self;
};

MUST_CHECK enum err planner_run(const struct planning *p, struct plan **out, struct why *why);

#endif
