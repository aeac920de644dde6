/* registry/reg_file.h: `.reg` files, read and written.
 * Source: "How to add, modify, or delete registry subkeys and values by using a .reg file"
 *         (Microsoft support 310516), and what regedit itself writes.
 * Shape:  version 5 (UTF-16LE, UTF-8 or Windows-1252) and version 4 (REGEDIT4; its hex(1), hex(2)
 *         and hex(7) are Windows-1252 bytes and become UTF-16LE). Entries stand in the order of the
 *         file. A key without values is REG_KEY_CREATE; a key with values is only its values.
 *         Paths keep an explicit Wow6432Node and are VIEW_64.
 * Units:  line and column count from 1, columns in characters.
 * Owns:   reg_file_fini frees (fine on a zeroed struct).
 * Errors: E_DATA with FILE:LINE:COLUMN and what was expected there, E_LIMIT, E_MEMORY; the file is
 *         then refused wholly: *out is zeroed. */
#ifndef SWELL_REGISTRY_REG_FILE_H
#define SWELL_REGISTRY_REG_FILE_H

#include "registry/path.h"
#include "registry/value.h"

#define REG_FILE_MAX (64u << 20)    /* bytes of a .reg file */
#define REG_FILE_ENTRIES_MAX 200000 /* entries of a .reg file */

enum reg_entry_kind {
    REG_KEY_CREATE,
    REG_KEY_DELETE, /* with all that is below it */
    REG_VALUE_SET,
    REG_VALUE_DELETE
};

struct reg_entry {
    enum reg_entry_kind kind;
    struct reg_path path;
    char *name;             /* of the value, "" is the default value; NULL for keys */
    struct reg_value value; /* of REG_VALUE_SET; zeroed for the others */
    size_t line;
    size_t column;
};

struct reg_file {
    struct reg_entry *entries;
    size_t n;
};

/* file is the name for messages. */
MUST_CHECK enum err reg_file_read(const char *file, struct rd bytes, struct reg_file *out,
                                  struct why *why);
void reg_file_fini(struct reg_file *f);

/* Append version 5 as regedit writes it: lines end with CR LF, long data is wrapped at 80 columns,
 * a path of the 32-bit view is written in its 64-bit form. Line and column are not looked at.
 * Reading it gives the same entries. E_FORMAT for a key whose name holds a ']' and then a ';': in a
 * file nobody could tell it from a comment. *t is unspecified on failure. */
MUST_CHECK enum err reg_file_put_text(struct text *t, const struct reg_entry *entries, size_t n);
/* The same as the bytes of the file: UTF-16LE behind a byte order mark. *w is unchanged or bad on
 * failure. */
MUST_CHECK enum err reg_file_put_bytes(struct wr *w, const struct reg_entry *entries, size_t n);

#endif
