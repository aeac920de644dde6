/* handshake/suites.h: the cipher suites that are offered, and their names.
 * Source: the IANA TLS Cipher Suites registry; "TLS Cipher Suites in Windows" (Windows 7 to Server
 *         2025) for the first list; draft-ietf-tls-56-bit-ciphersuites for the EXPORT1024 numbers;
 *         draft-hickman-netscape-ssl-00 for the kinds of SSL 2.0.
 * Shape:  ids in the order in which they are offered, strong before weak. A short list has at most
 *         SUITES_MAX of one list and version, as servers that stumble over long hellos stumble over
 *         more than 64; in it a suite is offered only for the versions that define it: GCM not
 *         before TLS 1.2, export not after TLS 1.0. A kind of SSL 2.0 has three bytes and is above
 *         0xffff. */
#ifndef SWELL_HANDSHAKE_SUITES_H
#define SWELL_HANDSHAKE_SUITES_H

#include "playbooks/verify.h"

#include <stdbool.h>
#include <stddef.h>

#define SUITES_MAX 64
#define SUITES_ALL_MAX 400

enum suite_list {
    SUITES_COMMON, /* all that any Windows release knows, and what other servers usually want */
    SUITES_RARE    /* the rest, asked for only after "no common suite"; none for TLS 1.3 */
};

enum suite_exchange { EXCHANGE_OTHER,
                      EXCHANGE_DHE, /* anonymous and PSK too */
                      EXCHANGE_ECDHE,
                      EXCHANGE_13 };

size_t suites_of(enum suite_list list, enum tls_version version, uint16_t out[SUITES_MAX]);
/* All that have a number: before TLS 1.3 the same for all versions, as servers break the rules;
 * none for SSL 2.0. */
size_t suites_all(enum tls_version version, uint16_t out[SUITES_ALL_MAX]);
size_t suites_sslv2(uint32_t out[SUITES_MAX]);
/* How likely a server has it in a version, beside others: 1 to 32. */
unsigned suite_weight(uint16_t id, enum tls_version version);
enum suite_exchange suite_exchange(uint16_t id);
bool suite_is_export(uint16_t id);
/* IANA's without "TLS_": "RSA_WITH_RC4_128_MD5"; "SSL_CK_RC4_128_WITH_MD5" for SSL 2.0; numbers
 * that never were registered end in _DRAFT. NULL when it is none of ours. */
const char *suite_name(uint32_t id);
const char *suite_openssl_name(uint32_t id); /* NULL when OpenSSL never had it */

#endif
