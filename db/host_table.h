/* db/host_table.h: the inventory as stored. An import replaces the whole inventory in one
 *         transaction.
 * Errors: as store.h. */
#ifndef SWELL_DB_HOST_TABLE_H
#define SWELL_DB_HOST_TABLE_H

#include "db/store.h"
#include "inventory/inventory.h"

struct host_table_delta {
    size_t added, changed, removed, same; /* a host's place in the order is no change */
};
/* Its own transaction: none may be open. out may be NULL. */
MUST_CHECK enum err host_table_replace(struct store *st, const struct inventory *inv,
                                       struct host_table_delta *out, struct why *why);
MUST_CHECK enum err host_table_load(struct store *st, struct inventory **out, struct why *why);

#endif
