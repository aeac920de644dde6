/* base/crypto.h: OpenSSL's primitives, and the SP800-108 key derivation that SMB 3 uses (MS-SMB2
 * 3.1.4.2).
 * Shape:  outputs are as long as their names say; a key of AES-CMAC has AES_BLOCK bytes.
 * Errors: E_INTERNAL when OpenSSL refuses (a provider is missing, a key of the wrong size) or a
 *         view is bad. Outputs are then zero. */
#ifndef SWELL_BASE_CRYPTO_H
#define SWELL_BASE_CRYPTO_H

#include "base/wire.h"

#define SHA256_SIZE 32
#define SHA512_SIZE 64
#define AES_BLOCK 16

MUST_CHECK enum err crypto_sha256(struct rd bytes, uint8_t out[SHA256_SIZE]);
/* _2: of a and then b. */
MUST_CHECK enum err crypto_sha256_2(struct rd a, struct rd b, uint8_t out[SHA256_SIZE]);
MUST_CHECK enum err crypto_sha512_2(struct rd a, struct rd b, uint8_t out[SHA512_SIZE]);
MUST_CHECK enum err crypto_hmac_sha256(struct rd key, struct rd bytes, uint8_t out[SHA256_SIZE]);
/* RFC 4493. */
MUST_CHECK enum err crypto_aes_cmac(struct rd key, struct rd bytes, uint8_t out[AES_BLOCK]);
/* HMAC-SHA256 in counter mode, r = 32; label and context carry their own NUL where the
 * specification wants one. */
MUST_CHECK enum err crypto_kdf_sp800_108(struct rd key, struct rd label, struct rd context,
                                         uint8_t *out, size_t out_size);
MUST_CHECK enum err crypto_random(void *out, size_t n);
bool crypto_equal(const void *a, const void *b, size_t n); /* in constant time */

#endif
