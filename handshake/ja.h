/* handshake/ja.h: short names of a client by what it offers, as other tools write them.
 * Source: JA3 (github.com/salesforce/ja3); JA4 (github.com/FoxIO-LLC/ja4,
 *         technical_details/JA4.md).
 * Shape:  the raw form is what is hashed, made of the hello's numbers without GREASE. In the form
 *         of SSL 2.0 there are no extensions, and the kinds of three bytes do not count.
 * Errors: E_INTERNAL when OpenSSL has no MD5 (FIPS), E_MEMORY. *out is then empty strings. */
#ifndef SWELL_HANDSHAKE_JA_H
#define SWELL_HANDSHAKE_JA_H

#include "base/text.h"
#include "handshake/client_hello.h"

#define JA3_SIZE 33 /* MD5 in hex */
#define JA4_SIZE 40 /* "t13d1516h2_8daaf6152771_e5627efa2ab1" */

/* raw is appended to. */
MUST_CHECK enum err ja3_of(const struct client_hello *h, struct text *raw, char out[JA3_SIZE]);
MUST_CHECK enum err ja4_of(const struct client_hello *h, struct text *raw, char out[JA4_SIZE]);

#endif
