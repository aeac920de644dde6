/* registry/reg_data.h: the parts of the lines of a `.reg` file: keys, quoted strings and what
 * stands behind the `=`; only the reader and the writer of files include it.
 * Owns:   what is read is the caller's; *out is zeroed or unchanged on failure.
 * Errors: those of the cursor, with the place; E_MEMORY. */
#ifndef SWELL_REGISTRY_REG_DATA_H
#define SWELL_REGISTRY_REG_DATA_H

#include "base/text.h"
#include "registry/reg_cursor.h"
#include "registry/value.h"

enum reg_version {
    REG_VERSION_4 = 4,
    REG_VERSION_5 = 5
};

/* A key and a comment with a ']' in it, or a key with a strange name: nobody can tell. */
bool reg_key_is_ambiguous(const char *key);
/* A quoted string, the cursor on its first quote; appended to *out. */
MUST_CHECK enum err reg_quoted_read(struct cursor *c, struct text *out);
/* "…", dword:…, hex:…, hex(n):… */
MUST_CHECK enum err reg_data_read(struct cursor *c, enum reg_version version,
                                  struct reg_value *out);

#endif
