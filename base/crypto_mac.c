#include "base/crypto.h"
#include "base/secret.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct crypto_mac {
    enum mac kind;
    EVP_MAC_CTX *mac;       /* HMAC, CMAC */
    EVP_CIPHER_CTX *cipher; /* GMAC */
};

static const uint8_t empty[1]; /* OpenSSL takes a NULL key for "the same key again" */

static EVP_MAC_CTX *mac_make(const char *name, const char *parameter, const char *value,
                             struct rd key)
{
    EVP_MAC *method = EVP_MAC_fetch(NULL, name, NULL);
    EVP_MAC_CTX *ctx = method == NULL ? NULL : EVP_MAC_CTX_new(method);
    char text[sizeof "AES-128-CBC"];
    OSSL_PARAM parameters[2];

    memcpy(text, value, strlen(value) + 1);
    parameters[0] = OSSL_PARAM_construct_utf8_string(parameter, text, 0);
    parameters[1] = OSSL_PARAM_construct_end();
    EVP_MAC_free(method);
    if (ctx != NULL &&
        EVP_MAC_init(ctx, key.left == 0 ? empty : key.at, key.left, parameters) != 1) {
        EVP_MAC_CTX_free(ctx);
        ctx = NULL;
    }
    return ctx;
}

static EVP_CIPHER_CTX *cipher_make(struct rd key)
{
    EVP_CIPHER_CTX *ctx = key.left == AES_BLOCK ? EVP_CIPHER_CTX_new() : NULL;

    if (ctx != NULL &&
        (EVP_CipherInit_ex(ctx, EVP_aes_128_gcm(), NULL, NULL, NULL, 1) != 1 ||
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, AEAD_NONCE_MAX, NULL) != 1 ||
         EVP_CipherInit_ex(ctx, NULL, NULL, key.at, NULL, 1) != 1)) {
        EVP_CIPHER_CTX_free(ctx);
        ctx = NULL;
    }
    return ctx;
}

enum err crypto_mac_new(enum mac kind, struct rd key, struct crypto_mac **out)
{
    struct crypto_mac *m = key.bad ? NULL : calloc(1, sizeof *m);

    *out = NULL;
    if (m == NULL)
        return key.bad ? E_INTERNAL : E_MEMORY;
    m->kind = kind;
    switch (kind) {
    case MAC_HMAC_SHA256:
        m->mac = mac_make("HMAC", OSSL_MAC_PARAM_DIGEST, "SHA256", key);
        break;
    case MAC_AES_CMAC:
        m->mac = mac_make("CMAC", OSSL_MAC_PARAM_CIPHER, "AES-128-CBC", key);
        break;
    case MAC_AES_GMAC: m->cipher = cipher_make(key); break;
    }
    if (m->mac == NULL && m->cipher == NULL) {
        crypto_mac_free(m);
        return E_INTERNAL;
    }
    *out = m;
    return OK;
}

void crypto_mac_free(struct crypto_mac *m)
{
    if (m == NULL)
        return;
    EVP_MAC_CTX_free(m->mac);
    EVP_CIPHER_CTX_free(m->cipher);
    free(m);
}

static bool mac_run(EVP_MAC_CTX *ctx, struct rd bytes, uint8_t out[AES_BLOCK])
{
    uint8_t whole[EVP_MAX_MD_SIZE];
    size_t made = 0;
    bool good = EVP_MAC_init(ctx, NULL, 0, NULL) == 1 && /* the key stays */
                EVP_MAC_update(ctx, bytes.left == 0 ? empty : bytes.at, bytes.left) == 1 &&
                EVP_MAC_final(ctx, whole, &made, sizeof whole) == 1 && made >= AES_BLOCK;

    if (good)
        memcpy(out, whole, AES_BLOCK);
    secret_wipe(whole, sizeof whole);
    return good;
}

static bool gmac_run(EVP_CIPHER_CTX *ctx, struct rd nonce, struct rd bytes, uint8_t out[AES_BLOCK])
{
    uint8_t none[AES_BLOCK];
    int n = 0;

    return !nonce.bad && nonce.left == AEAD_NONCE_MAX && bytes.left <= INT_MAX &&
           EVP_CipherInit_ex(ctx, NULL, NULL, NULL, nonce.at, 1) == 1 &&
           (bytes.left == 0 || EVP_CipherUpdate(ctx, NULL, &n, bytes.at, (int)bytes.left) == 1) &&
           EVP_CipherFinal_ex(ctx, none, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, AES_BLOCK, out) == 1;
}

enum err crypto_mac_compute(struct crypto_mac *m, struct rd nonce, struct rd bytes,
                            uint8_t out[AES_BLOCK])
{
    bool good = !bytes.bad && (m->cipher != NULL ? gmac_run(m->cipher, nonce, bytes, out)
                                                 : mac_run(m->mac, bytes, out));

    if (!good)
        memset(out, 0, AES_BLOCK);
    return good ? OK : E_INTERNAL;
}

static enum err mac_once(enum mac kind, struct rd key, struct rd nonce, struct rd bytes,
                         uint8_t out[AES_BLOCK])
{
    struct crypto_mac *m = NULL;
    enum err e = crypto_mac_new(kind, key, &m);

    if (e == OK)
        e = crypto_mac_compute(m, nonce, bytes, out);
    if (e != OK)
        memset(out, 0, AES_BLOCK);
    crypto_mac_free(m);
    return e;
}

enum err crypto_aes_cmac(struct rd key, struct rd bytes, uint8_t out[AES_BLOCK])
{
    return mac_once(MAC_AES_CMAC, key, rd_of(empty, 0), bytes, out);
}

enum err crypto_aes_gmac(struct rd key, struct rd nonce, struct rd bytes, uint8_t out[AES_BLOCK])
{
    return mac_once(MAC_AES_GMAC, key, nonce, bytes, out);
}
