/* controller/cli/rollout_run.h: what plan, apply, resume, retry and rollback share on the command
 * line. Errors: as the functions they call. */
#ifndef SWELL_CONTROLLER_CLI_ROLLOUT_RUN_H
#define SWELL_CONTROLLER_CLI_ROLLOUT_RUN_H

#include "controller/app.h"
#include "controller/cli/crew.h"
#include "controller/job.h"
#include "rollout/policy.h"

MUST_CHECK enum err cli_policy(const struct invocation *inv, struct policy *p,
                               struct why *why); /* changes what flags say */
MUST_CHECK enum err cli_forks(const struct invocation *inv, int *out, struct why *why);
MUST_CHECK enum err cli_duration(const struct invocation *inv, enum opt o, int64_t *ms,
                                 struct why *why);

/* Asks every host of --limit and makes the plan. */
MUST_CHECK enum err cli_make_plan(const struct invocation *inv, struct store *st,
                                  const struct playbook *pb, struct plan **out, struct why *why);
void cli_print_plan(const struct plan *plan); /* for people, to standard output */
int cli_plan_exit(const struct plan *plan);   /* what its unreadable hosts mean */

/* Carries the rollout on until it is at rest, showing how it goes; returns the exit code. The store
 * is locked by the caller. */
int cli_run_rollout(const struct invocation *inv, struct store *st, int64_t rollout,
                    const struct crew *crew);
/* Creates a rollout of the plan and runs it. */
int cli_start_rollout(const struct invocation *inv, struct store *st, const struct plan *plan,
                      const struct policy *policy);

#endif
