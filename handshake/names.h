/* handshake/names.h: what the numbers of a hello are called.
 * Source: the IANA registries TLS Supported Groups, TLS SignatureScheme, TLS HashAlgorithm and
 *         SignatureAlgorithm, TLS ExtensionType Values (with the numbers that were used before they
 *         were registered); RFC 8701 (GREASE).
 * Shape:  every name is one word of printable ASCII. A number without a name is "0x1234".
 * Owns:   names are static, or in the caller's buf. */
#ifndef SWELL_HANDSHAKE_NAMES_H
#define SWELL_HANDSHAKE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#define TLS_NAME_SIZE 40

const char *tls_group_name(uint16_t group, char buf[TLS_NAME_SIZE]);
/* Of TLS 1.3 where it has one, "dsa_sha256" and the like for the older pairs. */
const char *tls_sigalg_name(uint16_t sigalg, char buf[TLS_NAME_SIZE]);
const char *tls_extension_name(uint16_t extension, char buf[TLS_NAME_SIZE]);
const char *tls_compression_name(uint8_t method, char buf[TLS_NAME_SIZE]);
/* "SSL 3.0", "TLS 1.2", as the wire names versions; SSL 2.0 is 2 there. */
const char *tls_wire_version_name(uint16_t version, char buf[TLS_NAME_SIZE]);
/* Reserved numbers that some clients sprinkle over their lists so that servers learn to pass over
 * what they do not know. */
bool tls_is_grease(uint16_t number);
/* A hybrid of a classical group and ML-KEM, or ML-KEM alone. */
bool tls_group_is_post_quantum(uint16_t group);

#endif
