/* inventory/host_range.h: `web[01:20]`, `db[a:f]`, `h[1:9:2]-[a:b]`: many names written as one.
 * Source: docs.ansible.com "Adding ranges of hosts". First and last belong to it; a first number
 *         with leading zeros gives the width and the last must have it too; letters run a to z,
 *         then A to Z; the third number is the step; no first number means 0.
 * Owns:   names_fini frees the names and leaves the list empty.
 * Errors: E_DATA: a range that is none (no place); E_LIMIT: more names than max; E_MEMORY.
 *         Outputs are unchanged then. */
#ifndef SWELL_INVENTORY_HOST_RANGE_H
#define SWELL_INVENTORY_HOST_RANGE_H

#include "base/text.h"

struct names {
    char **at;
    size_t n;
    size_t room;
};

void names_fini(struct names *list);
MUST_CHECK enum err names_add(struct names *list, const char *name);
bool has_range(const char *s); /* a bracket with a ':' in it */
/* Appends the names that s stands for, in order; s itself if it has no bracket. */
MUST_CHECK enum err host_range_expand(const char *s, size_t max, struct names *list,
                                      struct why *why);

#endif
