/* controller/cli/inventory_pick.h: the stored inventory, and which of its hosts --limit means.
 * Owns:   the caller frees both: inventory_free, free.
 * Errors: E_ABSENT when the inventory is empty, those of db/store.h and inventory/pattern.h; both
 *         are NULL then. */
#ifndef SWELL_CONTROLLER_CLI_INVENTORY_PICK_H
#define SWELL_CONTROLLER_CLI_INVENTORY_PICK_H

#include "controller/cli/options.h"
#include "inventory/inventory.h"

MUST_CHECK enum err inventory_open(const struct invocation *inv, struct inventory **out,
                                   struct why *why);
/* *chosen has an entry for each host. */
MUST_CHECK enum err inventory_pick(const struct invocation *inv, struct inventory **out,
                                   bool **chosen, struct why *why);

#endif
