/* tests/support/strict_crypto.h: the server's keys, signatures and encryption, made from the
 * primitives alone, so that a mistake of the client's code is not made twice.
 * Source: MS-SMB2 3.1.4.1 (signing), 3.1.4.2 (keys), 3.1.4.3 and 2.2.41 (encryption).
 * Shape:  ciphers and algorithms have the numbers of 2.2.3.1.2 and 2.2.3.1.7.
 * Errors: false for a wrong signature; what OpenSSL refuses aborts. */
#ifndef SWELL_TESTS_SUPPORT_STRICT_CRYPTO_H
#define SWELL_TESTS_SUPPORT_STRICT_CRYPTO_H

#include "base/crypto.h"

#define STRICT_TRANSFORM_SIZE 52

struct strict_keys {
    uint8_t sign[16];
    uint8_t to_server[32];
    uint8_t to_client[32];
};

void strict_keys_make(uint16_t dialect, unsigned cipher, struct rd session_key,
                      const uint8_t preauth[SHA512_SIZE], struct strict_keys *out);
void strict_sign(unsigned algorithm, const struct strict_keys *k, uint8_t *message, size_t n);
bool strict_signed_well(unsigned algorithm, const struct strict_keys *k, uint8_t *message,
                        size_t n);
/* message behind a transform header, appended to out. */
void strict_encrypt(unsigned cipher, const struct strict_keys *k, uint64_t session_id,
                    struct rd message, struct wr *out);
/* sealed begins with the transform header; the plain message is appended to out. */
bool strict_decrypt(unsigned cipher, const struct strict_keys *k, uint64_t session_id,
                    struct rd sealed, struct wr *out);

#endif
