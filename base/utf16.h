/* base/utf16.h: UTF-8 to UTF-16LE and back (The Unicode Standard, 3.9). Registry data may hold lone
 * surrogates and they must survive a round trip, so they travel as the three bytes that generalized
 * UTF-8 (WTF-8) gives them.
 * Errors: E_FORMAT for broken UTF-8, E_SHORT for an odd byte count, the error of wr_end() or
 *         text_end(); outputs are unchanged then, but for being bad. */
#ifndef SWELL_BASE_UTF16_H
#define SWELL_BASE_UTF16_H

#include "base/text.h"
#include "base/wire.h"

/* s as UTF-16LE, no NUL. */
MUST_CHECK enum err utf16_put(struct wr *w, const char *s);
MUST_CHECK enum err utf16_put_n(struct wr *w, const char *s, size_t n);
/* How many 16-bit units s takes, without NUL. */
MUST_CHECK enum err utf16_units(const char *s, size_t *out);
/* Appends; all units, NULs included as \0 bytes. */
MUST_CHECK enum err utf16_read(struct rd bytes, struct text *out);
/* Appends; stops at the first NUL unit. */
MUST_CHECK enum err utf16_read_z(struct rd bytes, struct text *out);
/* Strict UTF-8, no surrogates: what a file of ours may hold. */
MUST_CHECK enum err utf8_check(const char *s, size_t n);

#endif
