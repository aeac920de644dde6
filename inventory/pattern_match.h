/* inventory/pattern_match.h: what a single pattern matches, for pattern.c only.
 * Shape:  match[n_hosts] says it for each host; no sign (`!`, `&`) is left on the pattern.
 * Owns:   matcher_fini frees all but inv, which is borrowed. matcher_init wants inv and why set and
 *         the rest zero.
 * Errors: E_DATA for bad syntax, no place; E_LIMIT, E_MEMORY. To match nothing is no error here. */
#ifndef SWELL_INVENTORY_PATTERN_MATCH_H
#define SWELL_INVENTORY_PATTERN_MATCH_H

#include "inventory/inventory.h"
#include "inventory/name_map.h"

struct group_mark {
    const char *name;
    bool meant; /* by the pattern at hand */
};

struct matcher {
    const struct inventory *inv;
    struct why *why;
    bool *match;
    struct name_map hosts, group_of;
    struct group_mark *groups;
    size_t n_groups;
};

MUST_CHECK enum err matcher_init(struct matcher *m);
void matcher_fini(struct matcher *m);
MUST_CHECK enum err matcher_match(struct matcher *m, const char *pattern);
/* Marks the groups of that name, or that the glob matches; never "all". False if there is none. */
bool matcher_mark_groups(struct matcher *m, const char *pattern);

#endif
