/* transport/winrm/base64.h: bytes as text, and back.
 * Source: RFC 4648, 4.
 * Errors: E_FORMAT for any other character, a length that cannot be, padding in the middle;
 *         E_MEMORY, E_LIMIT from the writer. */
#ifndef SWELL_TRANSPORT_WINRM_BASE64_H
#define SWELL_TRANSPORT_WINRM_BASE64_H

#include "base/text.h"
#include "base/wire.h"

void base64_put(struct text *t, struct rd bytes);
MUST_CHECK enum err base64_read(struct rd text, struct wr *out);

#endif
