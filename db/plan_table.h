/* db/plan_table.h: plans by digest, kept as the bytes of their file. Storing one that is there
 *         already is OK.
 * Errors: as store.h; E_ABSENT when no plan has that digest; E_CORRUPT when the stored one has
 *         been changed. */
#ifndef SWELL_DB_PLAN_TABLE_H
#define SWELL_DB_PLAN_TABLE_H

#include "db/store.h"
#include "playbooks/plan.h"

/* Inside a transaction. */
MUST_CHECK enum err plan_table_put(struct store *st, const struct plan *plan, struct why *why);
MUST_CHECK enum err plan_table_get(struct store *st, const char *digest, struct plan **out,
                                   struct why *why);

#endif
