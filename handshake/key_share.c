#include "base/crypto.h"
#include "handshake/hello.h"

#include <openssl/evp.h>
#include <string.h>

static enum err share_make(uint8_t out[X25519_SIZE])
{
    size_t n = X25519_SIZE;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    bool good = key && EVP_PKEY_get_raw_public_key(key, out, &n) == 1 && n == X25519_SIZE;
    EVP_PKEY_free(key);
    return good ? OK : E_INTERNAL;
}

enum err hello_fresh_make(struct hello_fresh *out, struct why *why)
{
    struct hello_fresh fresh = {{0}, {0}, {0}};
    enum err e;
    memset(out, 0, sizeof *out);
    if ((e = crypto_random(fresh.random, sizeof fresh.random)) != OK ||
        (e = crypto_random(fresh.session_id, sizeof fresh.session_id)) != OK ||
        (e = share_make(fresh.share)) != OK)
        return why_set(why, e, "OpenSSL made no X25519 key share");
    *out = fresh;
    return OK;
}
