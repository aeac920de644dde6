/* registry/reg_encoding.h: the bytes of a `.reg` file as UTF-8; only its reader includes it.
 * Shape:  by the mark at its head UTF-16LE or UTF-8; without a mark UTF-16LE if its first character
 *         looks like it, else UTF-8 if it can be, else Windows-1252.
 * Owns:   appends to *out, which the caller frees.
 * Errors: E_DATA with the place: broken UTF-8 behind its mark, half a UTF-16 unit, a NUL;
 *         E_MEMORY. */
#ifndef SWELL_REGISTRY_REG_ENCODING_H
#define SWELL_REGISTRY_REG_ENCODING_H

#include "base/text.h"
#include "base/wire.h"

MUST_CHECK enum err reg_decode(const char *file, struct rd bytes, struct text *out,
                               struct why *why);

#endif
