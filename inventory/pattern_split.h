/* inventory/pattern_split.h: a limit cut into single patterns, for pattern.c only.
 * Shape:  with a comma, commas part; without one `:` and blanks outside of brackets do, unless the
 *         whole is a known host or an IPv6 address. `@FILE` gives the patterns of its lines, each
 *         cut likewise; `#` lines and empty ones are skipped.
 * Owns:   the names in the list are the caller's.
 * Errors: E_DATA: a bracket that is not closed, `,` and `:` together, a file without a pattern;
 *         E_IO: no such file; E_LIMIT; E_MEMORY. */
#ifndef SWELL_INVENTORY_PATTERN_SPLIT_H
#define SWELL_INVENTORY_PATTERN_SPLIT_H

#include "inventory/host_range.h"
#include "inventory/name_map.h"

#define PATTERNS_MAX 100000
#define PATTERN_FILE_MAX (16u << 20)

MUST_CHECK enum err pattern_split(const char *limit, const struct name_map *hosts,
                                  struct names *out, struct why *why);

#endif
