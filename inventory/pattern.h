/* inventory/pattern.h: which hosts a --limit means: names, groups, globs (`web*`, `db[01:20]`),
 * several joined by `:` or
 * `,`, `!` to leave out, `&` to keep only; `@FILE` for one pattern a line.
 * Source: docs.ansible.com "Patterns: targeting hosts and groups".
 * Errors: E_DATA for bad syntax and for a pattern that matches no host (why names it). */
#ifndef SWELL_INVENTORY_PATTERN_H
#define SWELL_INVENTORY_PATTERN_H

#include "inventory/inventory.h"

/* chosen[n_hosts] is set for each host meant. limit NULL or "" means all. */
MUST_CHECK enum err pattern_select(const struct inventory *inv, const char *limit, bool *chosen,
                                   struct why *why);

#endif
