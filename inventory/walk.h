/* inventory/walk.h: the names in a folder, in the order of their bytes.
 * Shape:  all but "." and "..", at most WALK_NAMES_MAX.
 * Owns:   the names are the caller's.
 * Errors: E_IO, E_LIMIT, E_MEMORY; the place is the folder. */
#ifndef SWELL_INVENTORY_WALK_H
#define SWELL_INVENTORY_WALK_H

#include "inventory/host_range.h"

#define WALK_NAMES_MAX 200000 /* host_vars/ has one for each host */

MUST_CHECK enum err walk_names(const char *folder, struct names *out, struct why *why);

#endif
