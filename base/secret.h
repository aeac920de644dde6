/* base/secret.h: passwords and keys. Wiped when freed, locked into memory where the system allows
 * it, and without any way to print them: no function here returns text for people.
 * Shape:  at least one byte, at most SECRET_MAX, when it comes from outside.
 * Units:  deadline_ms is a point on clock_mono_ms().
 * Owns:   secret_fini wipes and frees (fine on a zeroed struct). Only these functions make one.
 * Errors: E_CONFIG with the place (variable or file name, never its content), E_LIMIT from
 *         secret_from_bytes, E_MEMORY; *out is empty then. */
#ifndef SWELL_BASE_SECRET_H
#define SWELL_BASE_SECRET_H

#include "base/err.h"

#include <stdbool.h>

#define SECRET_MAX 4096 /* bytes of one secret */

struct secret {
    char *bytes; /* NUL-terminated, may hold NULs inside; NULL = none */
    size_t used;
};

MUST_CHECK enum err secret_from_bytes(const void *bytes, size_t n, struct secret *out);
MUST_CHECK enum err secret_from_env(const char *variable, struct secret *out, struct why *why);
/* One trailing newline (LF or CR LF) is dropped. A file that its group or others may read or
 * write is refused. */
MUST_CHECK enum err secret_from_file(const char *path, struct secret *out, struct why *why);
/* First line of the standard output of `command`, run by /bin/sh in a process group of its own that
 * is killed at the deadline. It has no standard input; its stderr goes to ours. */
MUST_CHECK enum err secret_from_command(const char *command, int64_t deadline_ms,
                                        struct secret *out, struct why *why);
MUST_CHECK enum err secret_copy(const struct secret *from, struct secret *out);
void secret_fini(struct secret *s);
void secret_wipe(void *bytes, size_t n); /* not optimised away */
bool secret_is_set(const struct secret *s);

#endif
