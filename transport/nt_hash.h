/* transport/nt_hash.h: the NT hash of a password: MD4 over its UTF-16LE form. It is as good as the
 * password to whoever gets it.
 * Source: MS-NLMP 3.3.1 (NTOWFv1), RFC 1320 (MD4).
 * Owns:   the caller wipes *out.
 * Errors: E_CONFIG, the password is not UTF-8; E_MEMORY. *out is then zero. */
#ifndef SWELL_TRANSPORT_NT_HASH_H
#define SWELL_TRANSPORT_NT_HASH_H

#include "base/secret.h"
#include "base/wire.h"

#define NT_HASH_SIZE 16

MUST_CHECK enum err nt_hash(const struct secret *password, uint8_t out[NT_HASH_SIZE],
                            struct why *why);
void md4(struct rd bytes, uint8_t out[NT_HASH_SIZE]);

#endif
