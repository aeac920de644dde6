/* inventory/lines.h: a file of a person's, line by line, and the place of what is wrong in it.
 * Shape:  a line is without its end (LF or CR LF); a byte order mark at the begin of the file is
 *         skipped. A place is FILE:LINE:COLUMN, both from 1; a column is a code point.
 * Owns:   nothing; lines are borrowed from the bytes.
 * Errors: E_DATA: UTF-16, a NUL or control character, text that is not UTF-8. */
#ifndef SWELL_INVENTORY_LINES_H
#define SWELL_INVENTORY_LINES_H

#include "base/wire.h"

struct lines {
    const char *file;
    struct rd rest;
    struct rd line;
    size_t number; /* of the line; 0 before the first */
};

MUST_CHECK enum err lines_init(struct lines *l, const char *file, const char *bytes, size_t n,
                               struct why *why);
bool lines_next(struct lines *l);
/* Only tabs and text: what else there is would be shown on somebody's terminal, or end a line for
 * others and not for us. `loose`: bytes that are not UTF-8 are let through (a comment). */
MUST_CHECK enum err line_check(const struct lines *l, bool loose, struct why *why);
struct rd rd_trim(struct rd r); /* without blanks at both ends */
size_t line_column(const struct lines *l, const uint8_t *at);
/* why_place with the current line and the column of at (NULL: the whole line). */
enum err line_place(const struct lines *l, const uint8_t *at, enum err e, struct why *why);

#endif
