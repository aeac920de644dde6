#include "base/crypto.h"

#include "base/secret.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
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

static const struct {
    const EVP_CIPHER *(*cipher)(void);
    size_t key_size;
    size_t nonce_size;
    bool is_ccm;
} aeads[] = {
    [AEAD_AES_128_CCM] = {EVP_aes_128_ccm, 16, 11, true},
    [AEAD_AES_128_GCM] = {EVP_aes_128_gcm, 16, 12, false},
    [AEAD_AES_256_CCM] = {EVP_aes_256_ccm, 32, 11, true},
    [AEAD_AES_256_GCM] = {EVP_aes_256_gcm, 32, 12, false},
};

size_t crypto_aead_key_size(enum aead a)
{
    return aeads[a].key_size;
}

size_t crypto_aead_nonce_size(enum aead a)
{
    return aeads[a].nonce_size;
}

/* Key, nonce and tag; CCM must hear of the sizes and the tag before anything else, and of the
 * whole length before the extra bytes. */
static bool aead_begin(EVP_CIPHER_CTX *ctx, enum aead a, bool seal, struct rd key, struct rd nonce,
                       uint8_t *tag, size_t n)
{
    int unused;

    return EVP_CipherInit_ex(ctx, aeads[a].cipher(), NULL, NULL, NULL, seal) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)nonce.left, NULL) == 1 &&
           (!(aeads[a].is_ccm || !seal) ||
            EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG_SIZE, seal ? NULL : tag) ==
                1) &&
           EVP_CipherInit_ex(ctx, NULL, NULL, key.at, nonce.at, seal) == 1 &&
           (!aeads[a].is_ccm || EVP_CipherUpdate(ctx, NULL, &unused, NULL, (int)n) == 1);
}

static bool aead_run(EVP_CIPHER_CTX *ctx, enum aead a, struct rd extra, uint8_t *bytes, size_t n)
{
    uint8_t none[AES_BLOCK];
    int done = 0;

    if (extra.left > 0 && EVP_CipherUpdate(ctx, NULL, &done, extra.at, (int)extra.left) != 1)
        return false;
    done = 0;
    if (n > 0 && (EVP_CipherUpdate(ctx, bytes, &done, bytes, (int)n) != 1 || (size_t)done != n))
        return false;
    return aeads[a].is_ccm || EVP_CipherFinal_ex(ctx, none, &done) == 1;
}

/* Not every OpenSSL 3.0 makes or checks the tag of CCM over no text at all (3.0.20 does not). */
static bool aead_fits(enum aead a, struct rd key, struct rd nonce, struct rd extra, size_t n)
{
    return !key.bad && !nonce.bad && !extra.bad && key.left == aeads[a].key_size &&
           nonce.left == aeads[a].nonce_size && extra.left <= INT_MAX && n <= INT_MAX &&
           (n > 0 || !aeads[a].is_ccm);
}

enum err crypto_aead_seal(enum aead a, struct rd key, struct rd nonce, struct rd extra,
                          uint8_t *bytes, size_t n, uint8_t tag[AEAD_TAG_SIZE])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    enum err e = E_INTERNAL;

    if (ctx != NULL && aead_fits(a, key, nonce, extra, n) &&
        aead_begin(ctx, a, true, key, nonce, NULL, n) && aead_run(ctx, a, extra, bytes, n) &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_SIZE, tag) == 1)
        e = OK;
    if (e != OK) {
        memset(tag, 0, AEAD_TAG_SIZE);
        secret_wipe(bytes, n); /* it may be half plain */
    }
    EVP_CIPHER_CTX_free(ctx);
    return e;
}

enum err crypto_aead_open(enum aead a, struct rd key, struct rd nonce, struct rd extra,
                          uint8_t *bytes, size_t n, const uint8_t tag[AEAD_TAG_SIZE])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t wanted[AEAD_TAG_SIZE];
    enum err e = E_INTERNAL;

    memcpy(wanted, tag, sizeof wanted);
    if (ctx != NULL && aead_fits(a, key, nonce, extra, n) &&
        aead_begin(ctx, a, false, key, nonce, wanted, n))
        e = aead_run(ctx, a, extra, bytes, n) ? OK : E_SECURITY;
    if (e != OK)
        secret_wipe(bytes, n);
    EVP_CIPHER_CTX_free(ctx);
    return e;
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

static const EVP_MD *end_point_digest(X509 *certificate)
{
    int digest = NID_undef;
    const EVP_MD *md;

    if (X509_get_signature_info(certificate, &digest, NULL, NULL, NULL) != 1 ||
        digest == NID_undef || digest == NID_md5 || digest == NID_sha1)
        return EVP_sha256();
    md = EVP_get_digestbynid(digest);
    return md == NULL ? EVP_sha256() : md;
}

enum err crypto_tls_server_end_point(struct rd der, uint8_t out[SHA512_SIZE], size_t *size)
{
    const uint8_t *at = der.at;
    X509 *certificate =
        der.bad || der.left > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der.left);
    unsigned used = 0;
    enum err e = E_FORMAT;

    *size = 0;
    if (certificate != NULL)
        e = EVP_Digest(der.at, der.left, out, &used, end_point_digest(certificate), NULL) == 1
                ? OK
                : E_INTERNAL;
    if (e == OK)
        *size = used;
    X509_free(certificate);
    return e;
}
