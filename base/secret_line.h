/* base/secret_line.h: what the readers of secrets share; nobody else includes it.
 * Shape:  line holds n bytes as they were read: a secret, perhaps with a newline behind it.
 * Owns:   the caller wipes line.
 * Errors: E_CONFIG when it is empty or longer than SECRET_MAX. */
#ifndef SWELL_BASE_SECRET_LINE_H
#define SWELL_BASE_SECRET_LINE_H

#include "base/secret.h"

#define SECRET_LINE_SIZE (SECRET_MAX + 3) /* a secret, CR LF, and one byte that is too many */

MUST_CHECK enum err secret_from_line(const char *line, size_t n, struct secret *out,
                                     struct why *why);

#endif
