/* base/utf8.h: one code point of UTF-8 (RFC 3629), the decoder below text and UTF-16.
 * Shape:  surrogates (three bytes, ED A0..BF xx) are given as they are; a strict caller refuses
 *         them.
 * Errors: a broken or cut sequence gives length 0; *code is then 0. */
#ifndef SWELL_BASE_UTF8_H
#define SWELL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_MAX 4 /* bytes of one code point */

size_t utf8_decode(const char *s, size_t n, uint32_t *code);  /* bytes taken, 0 if broken */
size_t utf8_encode(uint32_t code, char out[static UTF8_MAX]); /* bytes written; code <= 0x10ffff */
bool utf8_is_surrogate(uint32_t code);
/* The capital of a letter by the simple mapping of Latin, Greek, Cyrillic, Armenian and full-width
 * letters (UnicodeData.txt), which takes as many bytes; any other code is itself. */
uint32_t utf8_upper(uint32_t code);

#endif
