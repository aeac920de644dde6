/* controller/cli/crew.h: what a rollout needs before anything of it is written down: its hosts in
 * the inventory, their logins, how many of them at once.
 * Owns:   crew_fini frees (fine on a zeroed struct); logins borrow from the hosts.
 * Errors: E_DATA for a host that is not in the inventory any more; as host_table_load,
 *         credentials_load and cli_forks. *out is unchanged then. */
#ifndef SWELL_CONTROLLER_CLI_CREW_H
#define SWELL_CONTROLLER_CLI_CREW_H

#include "controller/cli/options.h"
#include "db/store.h"
#include "inventory/inventory.h"
#include "playbooks/plan.h"
#include "rollout/engine.h"

struct credentials;

struct crew {
    struct inventory *hosts;
    struct credentials *credentials;
    int forks;
    const struct plan *plan; /* what is to be run, if it was just made; not owned */
};

MUST_CHECK enum err crew_for_plan(const struct invocation *inv, struct store *st,
                                  const struct plan *plan, struct crew *out, struct why *why);
/* For the hosts that are still to be worked on, and for those that an EV_RETRIED (or NULL) names:
 * the others may be gone from the inventory. */
MUST_CHECK enum err crew_for_rollout(const struct invocation *inv, struct store *st,
                                     const struct engine *g, const struct event *retried,
                                     struct crew *out, struct why *why);
void crew_fini(struct crew *c);

#endif
