/* inventory/regex.h: `~…` in a limit: a regular expression, which must match a name from its begin,
 * not to its end, as Python's re.match does for Ansible.
 * Source: docs.python.org re. PCRE2 does the matching (pcre2pattern(3)): it has Python's groups,
 *         repetitions, lookarounds and Unicode classes; POSIX's have another grammar, and another
 *         choice among several matches.
 * Shape:  only what Python and PCRE2 read alike is taken (regex_dialect.c): of escapes \d \D \w \W
 *         \s \S \b \B \A \Z \t \n \r \f \a \xhh and those of signs; of groups ( (?: (?= (?! (?<=
 *         (?<! (?P<name> (?i: and (?i) at the begin.
 * Owns:   regex_free(NULL) is fine.
 * Errors: E_DATA, no place: bad or foreign syntax, or a match that takes more than a bounded number
 *         of steps; E_MEMORY. */
#ifndef SWELL_INVENTORY_REGEX_H
#define SWELL_INVENTORY_REGEX_H

#include "base/text.h"

struct regex;

MUST_CHECK enum err regex_new(const char *pattern, struct regex **out, struct why *why);
void regex_free(struct regex *r);
MUST_CHECK enum err regex_match(const struct regex *r, const char *name, bool *out,
                                struct why *why);

/* For regex.c: does the pattern keep to what both read alike? */
MUST_CHECK enum err regex_dialect_check(const char *pattern, struct why *why);

#endif
