/* registry/ansi.h: Windows-1252, the ANSI code page of `.reg` files that carry no mark.
 * Source: Windows' best-fit table of the code page: the five bytes without a character are C1
 *         controls.
 * Owns:   nothing.
 * Errors: none of its own; the text or writer tells. */
#ifndef SWELL_REGISTRY_ANSI_H
#define SWELL_REGISTRY_ANSI_H

#include "base/text.h"
#include "base/wire.h"

void ansi_put_utf8(struct text *t, struct rd bytes);
void ansi_put_utf16(struct wr *w, struct rd bytes);

#endif
