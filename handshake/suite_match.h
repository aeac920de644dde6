/* handshake/suite_match.h: does a cipher suite answer to a name that a person wrote? Pure.
 * Source: the names of IANA and of "TLS Cipher Suites in Windows"; verify.h says what may stand in
 *         a playbook.
 * Shape:  a pattern is n bytes: IANA's name with or without TLS_, Windows' with its curve behind it
 *         (_P256), OpenSSL's, each with * and ?; or a family: RC4, 3DES, NULL, EXPORT … Case does
 *         not matter. */
#ifndef SWELL_HANDSHAKE_SUITE_MATCH_H
#define SWELL_HANDSHAKE_SUITE_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool suite_matches(const char *pattern, size_t n, uint32_t suite);
/* Some suite that is known answers to it. */
bool suite_pattern_is_known(const char *pattern, size_t n);
/* A suite of a family; families are in suite_match.c. */
bool suite_is(uint32_t suite, const char *family);

#endif
