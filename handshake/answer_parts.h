/* handshake/answer_parts.h: the messages of an answer, one by one. Only answer*.c include it.
 * Shape:  body is one whole message without its header.
 * Errors: false: it is not what the specification allows; *out may then be filled in part. */
#ifndef SWELL_HANDSHAKE_ANSWER_PARTS_H
#define SWELL_HANDSHAKE_ANSWER_PARTS_H

#include "handshake/answer.h"

/* *version and *suite: what it chose. */
bool answer_hello_decode(struct rd body, const struct hello_offer *offer, uint16_t *version,
                         uint16_t *suite, struct server_said *out);
/* Of TLS 1.2 and before; the suite in *out says of which form it is. */
bool answer_key_decode(struct rd body, enum tls_version version, struct server_said *out);
enum answer_step answer_sslv2(struct rd bytes, struct server_said *out, size_t *need);
/* "RFC 3526 group 14" …, NULL for a prime that nobody knows. p is without leading zeros. */
const char *dh_prime_name(struct rd p);

#endif
