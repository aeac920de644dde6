/* controller/cli/wakes.h: where the making of a plan may start RemoteRegistry, what an earlier one
 * left started, and the line to the journal for it.
 * Shape:  swell_wake_remote_registry of a host says yes or no for that host; where it says nothing
 *         --wake-remote-registry does.
 * Owns:   wakes_fini frees; invocation, inventory and chosen are borrowed.
 * Errors: E_DATA for a variable that is neither yes nor no; the store's. */
#ifndef SWELL_CONTROLLER_CLI_WAKES_H
#define SWELL_CONTROLLER_CLI_WAKES_H

#include "controller/cli/options.h"
#include "controller/planner.h"
#include "db/store.h"

struct wakes {
    const struct invocation *inv;
    struct store *store; /* for writing; opened when something is to be written */
    bool *may_wake;      /* beside the hosts */
    struct service_debt *debts;
};

MUST_CHECK enum err wakes_load(const struct invocation *inv, struct store *st,
                               const struct inventory *hosts, const bool *chosen,
                               struct wakes *out, struct why *why);
void wakes_fini(struct wakes *w);
void wakes_give(struct wakes *w, struct planning *pl);

#endif
