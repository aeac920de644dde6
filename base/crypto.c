#include "base/crypto.h"

#include "base/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

static const uint8_t empty[1]; /* OpenSSL takes a NULL key for "no key given" */

static enum err digest_2(const EVP_MD *algorithm, struct rd a, struct rd b, uint8_t *out,
                         size_t out_size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum err e = E_INTERNAL;

    if (ctx != NULL && !a.bad && !b.bad && EVP_DigestInit_ex(ctx, algorithm, NULL) == 1 &&
        EVP_DigestUpdate(ctx, a.at, a.left) == 1 && EVP_DigestUpdate(ctx, b.at, b.left) == 1 &&
        EVP_DigestFinal_ex(ctx, out, NULL) == 1)
        e = OK;
    if (e != OK)
        memset(out, 0, out_size);
    EVP_MD_CTX_free(ctx);
    return e;
}

enum err crypto_sha256(struct rd bytes, uint8_t out[SHA256_SIZE])
{
    return digest_2(EVP_sha256(), bytes, rd_of(empty, 0), out, SHA256_SIZE);
}

enum err crypto_sha256_2(struct rd a, struct rd b, uint8_t out[SHA256_SIZE])
{
    return digest_2(EVP_sha256(), a, b, out, SHA256_SIZE);
}

enum err crypto_sha512_2(struct rd a, struct rd b, uint8_t out[SHA512_SIZE])
{
    return digest_2(EVP_sha512(), a, b, out, SHA512_SIZE);
}

static enum err mac(const char *name, const char *digest_or_cipher, struct rd key, struct rd bytes,
                    uint8_t *out, size_t out_size)
{
    const uint8_t *key_at = key.left == 0 ? empty : key.at;
    const uint8_t *bytes_at = bytes.left == 0 ? empty : bytes.at;
    size_t made = 0;

    if (!key.bad && !bytes.bad &&
        EVP_Q_mac(NULL, name, NULL, digest_or_cipher, NULL, key_at, key.left, bytes_at, bytes.left,
                  out, out_size, &made) != NULL &&
        made == out_size)
        return OK;
    memset(out, 0, out_size);
    return E_INTERNAL;
}

enum err crypto_hmac_sha256(struct rd key, struct rd bytes, uint8_t out[SHA256_SIZE])
{
    return mac("HMAC", "SHA256", key, bytes, out, SHA256_SIZE);
}

enum err crypto_aes_cmac(struct rd key, struct rd bytes, uint8_t out[AES_BLOCK])
{
    return mac("CMAC", "AES-128-CBC", key, bytes, out, AES_BLOCK);
}

/* SP800-108 5.1: K(i) = HMAC(key, i || label || 00 || context || bits of output), joined, cut. */
enum err crypto_kdf_sp800_108(struct rd key, struct rd label, struct rd context, uint8_t *out,
                              size_t out_size)
{
    uint8_t block[SHA256_SIZE];
    struct wr input;
    enum err e = OK;

    wr_init(&input, 0);
    for (size_t done = 0, i = 1; done < out_size && e == OK; done += SHA256_SIZE, i++) {
        size_t left = out_size - done;

        wr_reset(&input);
        wr_be32(&input, i);
        wr_view(&input, label);
        wr_u8(&input, 0);
        wr_view(&input, context);
        wr_be32(&input, (uint64_t)out_size * 8);
        if ((e = wr_end(&input)) == OK &&
            (e = crypto_hmac_sha256(key, wr_view_of(&input), block)) == OK)
            memcpy(out + done, block, left < sizeof block ? left : sizeof block);
    }
    if (e != OK) {
        secret_wipe(out, out_size);
        e = E_INTERNAL;
    }
    secret_wipe(block, sizeof block);
    wr_fini(&input);
    return e;
}

enum err crypto_random(void *out, size_t n)
{
    uint8_t *at = out;

    while (n > 0) { /* RAND_bytes counts in int */
        size_t part = n < 1u << 20 ? n : 1u << 20;

        if (RAND_bytes(at, (int)part) != 1) {
            memset(out, 0, (size_t)(at - (uint8_t *)out) + n);
            return E_INTERNAL;
        }
        at += part;
        n -= part;
    }
    return OK;
}

bool crypto_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
