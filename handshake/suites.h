/* handshake/suites.h: the cipher suites that are offered, and their names.
 * Source: the IANA TLS Cipher Suites registry; "TLS Cipher Suites in Windows" (Windows 7 to Server
 *         2025) for the first list; draft-ietf-tls-56-bit-ciphersuites for the EXPORT1024 numbers.
 * Shape:  ids in the order in which they are offered, strong before weak, at most SUITES_MAX of one
 *         list and version: servers that stumble over long hellos stumble over more than 64. A
 *         suite is offered only for the versions that define it: GCM not before TLS 1.2, export not
 *         after TLS 1.0. */
#ifndef SWELL_HANDSHAKE_SUITES_H
#define SWELL_HANDSHAKE_SUITES_H

#include "playbooks/verify.h"

#include <stdbool.h>
#include <stddef.h>

#define SUITES_MAX 64

enum suite_list {
    SUITES_COMMON, /* all that any Windows release knows, and what other servers usually want */
    SUITES_RARE    /* the rest, asked for only after "no common suite"; none for TLS 1.3 */
};

size_t suites_of(enum suite_list list, enum tls_version version, uint16_t out[SUITES_MAX]);
bool suites_hold(enum suite_list list, enum tls_version version, uint16_t id);
const char *suite_name(uint16_t id); /* "RSA_WITH_RC4_128_MD5"; NULL when it is none of ours */

#endif
