/* inventory/name_map.h: from a name to a number: which host, which group.
 * Shape:  open addressing, at most two thirds full; names are compared with case.
 * Owns:   the table; names are borrowed and must outlive it. name_map_fini is fine on a zeroed
 *         struct, which is an empty map.
 * Errors: E_MEMORY; the map is as it was. */
#ifndef SWELL_INVENTORY_NAME_MAP_H
#define SWELL_INVENTORY_NAME_MAP_H

#include "base/err.h"

#include <stdbool.h>

struct name_slot {
    const char *name; /* NULL: free */
    size_t number;
};

struct name_map {
    struct name_slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    size_t used;
};

void name_map_fini(struct name_map *m);
/* The name must not be there yet. */
MUST_CHECK enum err name_map_put(struct name_map *m, const char *name, size_t number);
bool name_map_get(const struct name_map *m, const char *name, size_t *number);

#endif
