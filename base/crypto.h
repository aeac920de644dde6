/* base/crypto.h: OpenSSL's primitives, and the SP800-108 key derivation that SMB 3 uses (MS-SMB2
 * 3.1.4.2).
 * Shape:  outputs are as long as their names say; a key of AES-CMAC or AES-GMAC has AES_BLOCK
 *         bytes.
 * Owns:   crypto_mac_free wipes and frees.
 * Errors: E_INTERNAL when OpenSSL refuses (a provider is missing, a key of the wrong size) or a
 *         view is bad. Outputs are then zero. E_SECURITY, crypto_aead_open alone. */
#ifndef SWELL_BASE_CRYPTO_H
#define SWELL_BASE_CRYPTO_H

#include "base/wire.h"

#define SHA256_SIZE 32
#define SHA512_SIZE 64
#define AES_BLOCK 16
#define AEAD_TAG_SIZE 16
#define AEAD_KEY_MAX 32
#define AEAD_NONCE_MAX 12

enum aead {
    AEAD_AES_128_CCM,
    AEAD_AES_128_GCM,
    AEAD_AES_256_CCM,
    AEAD_AES_256_GCM
};

MUST_CHECK enum err crypto_sha256(struct rd bytes, uint8_t out[SHA256_SIZE]);
/* _2: of a and then b. */
MUST_CHECK enum err crypto_sha256_2(struct rd a, struct rd b, uint8_t out[SHA256_SIZE]);
MUST_CHECK enum err crypto_sha512_2(struct rd a, struct rd b, uint8_t out[SHA512_SIZE]);
MUST_CHECK enum err crypto_hmac_sha256(struct rd key, struct rd bytes, uint8_t out[SHA256_SIZE]);
/* RFC 4493. */
MUST_CHECK enum err crypto_aes_cmac(struct rd key, struct rd bytes, uint8_t out[AES_BLOCK]);
/* SP800-38D with nothing to encrypt; the nonce has 12 bytes. */
MUST_CHECK enum err crypto_aes_gmac(struct rd key, struct rd nonce, struct rd bytes,
                                    uint8_t out[AES_BLOCK]);
/* One key for many messages, made ready once; of one thread at a time. */
enum mac {
    MAC_HMAC_SHA256,
    MAC_AES_CMAC, /* RFC 4493 */
    MAC_AES_GMAC  /* SP800-38D with nothing to encrypt */
};
struct crypto_mac;
MUST_CHECK enum err crypto_mac_new(enum mac kind, struct rd key, struct crypto_mac **out);
void crypto_mac_free(struct crypto_mac *m); /* NULL is fine */
/* The first AES_BLOCK bytes. The nonce is GMAC's, of 12 bytes; the others have none. */
MUST_CHECK enum err crypto_mac_compute(struct crypto_mac *m, struct rd nonce, struct rd bytes,
                                       uint8_t out[AES_BLOCK]);
size_t crypto_aead_key_size(enum aead a);
size_t crypto_aead_nonce_size(enum aead a); /* 11 of CCM, 12 of GCM: what SMB 3 uses */
/* Encrypts bytes[n] where they are, SP800-38C and 38D; no nonce may come twice under one key. CCM
 * of no bytes is E_INTERNAL, both ways. */
MUST_CHECK enum err crypto_aead_seal(enum aead a, struct rd key, struct rd nonce, struct rd extra,
                                     uint8_t *bytes, size_t n, uint8_t tag[AEAD_TAG_SIZE]);
/* The other way. E_SECURITY when bytes, extra or tag are not what was sealed; bytes are zero then.
 */
MUST_CHECK enum err crypto_aead_open(enum aead a, struct rd key, struct rd nonce, struct rd extra,
                                     uint8_t *bytes, size_t n, const uint8_t tag[AEAD_TAG_SIZE]);
/* HMAC-SHA256 in counter mode, r = 32; label and context carry their own NUL where the
 * specification wants one. */
MUST_CHECK enum err crypto_kdf_sp800_108(struct rd key, struct rd label, struct rd context,
                                         uint8_t *out, size_t out_size);
/* RFC 5929, 4.1: the hash of a certificate (DER) by the algorithm it is signed with, SHA-256 for
 * MD5, SHA-1 and those that have none. E_FORMAT: no certificate. */
MUST_CHECK enum err crypto_tls_server_end_point(struct rd der, uint8_t out[SHA512_SIZE],
                                                size_t *size);
MUST_CHECK enum err crypto_random(void *out, size_t n);
bool crypto_equal(const void *a, const void *b, size_t n); /* in constant time */

#endif
