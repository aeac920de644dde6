/* inventory/pattern.h: which hosts a --limit means: names, groups, globs (`web*`), regular
 *         expressions (`~web\d+`), ranges of names (`db[01:20]`), members of a group (`web[0]`,
 *         `web[-1]`, `all[0:4]`), several joined by `:` or `,`; `!` to leave out, `&` to keep only;
 *         `@FILE` for one pattern a line.
 * Source: docs.ansible.com "Patterns: targeting hosts and groups".
 * Shape:  what Ansible selects is selected, except where a slip would reach hosts nobody meant:
 *         1. A glob or regular expression is matched with groups and hosts but not with "all":
 *            `a*` is not every host.
 *         2. Each pattern must match something, a `!` too, and something must be left.
 *         3. An empty limit file means no host; to Ansible it means every host.
 *         4. [a:b] behind what is no group is a range of names, as in the inventory. Where a
 *            zero-padded one could mean names and members of a group, it is refused.
 *         5. Members of what a glob matches are refused where it matches several groups, and
 *            regular expressions where Python and PCRE2 differ (regex.h).
 *         6. `,` and `:` together are refused: with a comma, `web:db` is one name to Ansible.
 * Errors: E_DATA for bad syntax and for a pattern that matches no host (why names it); E_IO for a
 *         limit file. chosen is all false then. */
#ifndef SWELL_INVENTORY_PATTERN_H
#define SWELL_INVENTORY_PATTERN_H

#include "inventory/inventory.h"

/* chosen[n_hosts] is set for each host meant. limit NULL or "" means all. */
MUST_CHECK enum err pattern_select(const struct inventory *inv, const char *limit, bool *chosen,
                                   struct why *why);

#endif
