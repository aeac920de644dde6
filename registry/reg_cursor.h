/* registry/reg_cursor.h: a place in the text of a `.reg` file; only its readers include it.
 * Shape:  the text is UTF-8 without NULs; a line ends with LF or CR LF.
 * Units:  line and column count from 1, columns in characters.
 * Owns:   nothing: text, file name and why are borrowed.
 * Errors: cursor_fail gives E_DATA with FILE:LINE:COLUMN. */
#ifndef SWELL_REGISTRY_REG_CURSOR_H
#define SWELL_REGISTRY_REG_CURSOR_H

#include "base/wire.h"

#define CURSOR_END (-1)

struct cursor {
    struct rd left;
    size_t line;
    const uint8_t *line_at; /* where the line begins */
    const char *file;
    struct why *why;
};

struct place {
    size_t line;
    size_t column;
};

struct cursor cursor_of(const char *file, struct rd text, struct why *why);
struct place cursor_place(const struct cursor *c);
int cursor_peek(const struct cursor *c); /* the next byte or CURSOR_END */
void cursor_next(struct cursor *c);      /* over one byte, if there is one */
/* Over word, if it comes next, case aside. */
bool cursor_take(struct cursor *c, const char *word);
void cursor_skip_blanks(struct cursor *c); /* spaces and tabs */
bool cursor_at_line_end(const struct cursor *c);
struct rd cursor_line(const struct cursor *c); /* what is left of the line */
void cursor_skip_line(struct cursor *c);       /* to the begin of the next one */
/* Over blanks and a comment to the next line; anything else is refused with `expected`. */
MUST_CHECK enum err cursor_end_line(struct cursor *c, const char *expected);
enum err cursor_fail(const struct cursor *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
enum err cursor_fail_at(const struct cursor *c, struct place at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

#endif
