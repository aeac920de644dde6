/* base/file.h: whole files, and files replaced all or nothing.
 * Shape:  path "-" is standard input or standard output.
 * Owns:   nothing.
 * Errors: E_IO with errno, E_LIMIT when larger than the limit, E_MEMORY; why->place is the path;
 *         outputs are unchanged then. */
#ifndef SWELL_BASE_FILE_H
#define SWELL_BASE_FILE_H

#include "base/text.h"

#define FILE_LIMIT_DEFAULT (64u << 20)

/* The bytes may hold NULs; *out is appended to. */
MUST_CHECK enum err file_read(const char *path, size_t limit, struct text *out, struct why *why);
/* Writes beside it, syncs, renames over it; mode as given. A link stays a link to the new content;
 * a device or a pipe takes the bytes as they are. */
MUST_CHECK enum err file_write(const char *path, const void *bytes, size_t n, unsigned mode,
                               struct why *why);

#endif
