/* transport/winrm/encrypt.h: a SOAP message inside of multipart/encrypted.
 * Source: MS-WSMV 2.2.9.1 and 3.1.4.1.30; what other hosts write beside it: a space in
 *         "-- Encrypted Boundary", headers without TAB, a line's end before the last boundary.
 * Shape:  a message is one part that tells about it and one with the bytes: the length of a header
 *         (le32), the header, the data.
 * Owns:   the views of struct sealed_part borrow from the body.
 * Errors: E_FORMAT, E_SHORT: no such message; E_LIMIT; E_SECURITY: forged, or its length is not
 *         what it says. */
#ifndef SWELL_TRANSPORT_WINRM_ENCRYPT_H
#define SWELL_TRANSPORT_WINRM_ENCRYPT_H

#include "transport/auth.h"

#define ENCRYPT_SPNEGO "application/HTTP-SPNEGO-session-encrypted"
#define ENCRYPT_KERBEROS "application/HTTP-Kerberos-session-encrypted"
#define ENCRYPT_BOUNDARY_MAX 70 /* RFC 2046, 5.1.1 */

struct sealed_part {
    struct rd header, data;
    size_t length; /* of the message before it was sealed */
};

bool encrypt_is_sealed(const char *content_type); /* may be NULL */
MUST_CHECK enum err encrypt_parse(const char *content_type, struct rd body,
                                  struct sealed_part *out, struct why *why);
MUST_CHECK enum err encrypt_open(struct auth *a, const char *content_type, struct rd body,
                                 struct wr *soap, struct why *why);
void encrypt_content_type(const char *protocol, struct text *out);
/* length counts what sealing added to the data. */
void encrypt_frame(const char *protocol, size_t length, struct rd header, struct rd data,
                   struct wr *body);
MUST_CHECK enum err encrypt_seal(struct auth *a, const char *protocol, struct rd soap,
                                 struct wr *body, struct why *why);

#endif
