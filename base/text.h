/* base/text.h: growing UTF-8 text and small string helpers.
 * Shape:  struct text is always NUL-terminated once anything was put; used counts without the NUL.
 * Owns:   text_fini frees (fine on a zeroed struct); text_take hands the bytes to the caller.
 * Errors: out of memory makes it bad for good; text_end() tells. */
#ifndef SWELL_BASE_TEXT_H
#define SWELL_BASE_TEXT_H

#include "base/err.h"

#include <stdbool.h>

struct text {
    char *s;
    size_t used;
    size_t room;
    bool bad;
};

void text_fini(struct text *t);
void text_put(struct text *t, const char *s);
void text_put_n(struct text *t, const char *s, size_t n);
void text_char(struct text *t, char c);
void text_printf(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_hex(struct text *t, const void *bytes, size_t n); /* lower-case, no separators */
const char *text_str(const struct text *t);                 /* "" when empty; borrowed */
MUST_CHECK enum err text_end(const struct text *t);
/* *out is never NULL on OK, and the caller frees it; t is empty afterwards. */
MUST_CHECK enum err text_take(struct text *t, char **out);

/* malloc'ed copies; NULL when memory is out or s is NULL. */
char *str_dup(const char *s);
char *str_dup_n(const char *s, size_t n);
/* ASCII letters only, as registry hives and type names are. */
bool str_eq_nocase(const char *a, const char *b);
int str_cmp_nocase(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
/* The whole string, decimal or 0x…; no sign, no spaces. */
bool str_parse_u64(const char *s, uint64_t *out);
/* n must be 2 * out_size; *out is unchanged on failure. */
bool hex_decode(const char *s, size_t n, uint8_t *out, size_t out_size);
/* How many letters to add, drop, change or swap with their neighbour, case aside; SIZE_MAX when a
 * word is over 64 bytes. */
size_t str_distance(const char *a, const char *b);
/* The choice that s most likely misspells, for "did you mean …"; NULL when none is near. */
const char *str_nearest(const char *s, const char *const *choices, size_t n);
/* Text that came from outside, made safe for a terminal and a log line: control bytes, characters
 * that turn the writing direction, and broken UTF-8 become \xNN. */
void text_put_safe(struct text *t, const char *s, size_t n);

#endif
