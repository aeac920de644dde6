/* inventory/pattern_members.h: NAME[2], NAME[-1], NAME[0:4], NAME[3:], for pattern_match.c only.
 * Source: docs.ansible.com "Patterns": members count from 0, both ends of a slice belong to it, and
 *         [1-3] is an old way to write [1:3].
 * Shape:  of a group its members in its own order, of "all" those of the whole inventory; of a glob
 *         those of the group that it matches, then the hosts that it matches. Which of several
 *         groups comes first is not kept, so a glob that matches several is refused.
 * Owns:   base is the caller's to free; NULL with true: memory is out.
 * Errors: E_DATA, no place; E_MEMORY. */
#ifndef SWELL_INVENTORY_PATTERN_MEMBERS_H
#define SWELL_INVENTORY_PATTERN_MEMBERS_H

#include "inventory/pattern_match.h"

struct members {
    char *base;
    bool is_slice;
    int64_t first, last; /* both belong to it; last -1: to the end */
};

/* Does the pattern end in what Ansible takes for a subscript? */
bool members_parse(const char *pattern, struct members *out);
MUST_CHECK enum err members_match(struct matcher *m, const struct members *sub);

#endif
