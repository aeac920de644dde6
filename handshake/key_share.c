#include "base/crypto.h"
#include "handshake/hello.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>

/* The groups whose keys OpenSSL 3.0 makes, as it names them. */
static const struct {
    uint16_t group;
    const char *kind, *name;
} known[] = {
    {GROUP_X25519, "X25519", NULL},
    {30, "X448", NULL},
    {23, "EC", "P-256"},
    {24, "EC", "P-384"},
    {25, "EC", "P-521"},
    {256, "DH", "ffdhe2048"},
    {257, "DH", "ffdhe3072"},
    {258, "DH", "ffdhe4096"},
};

static EVP_PKEY *key_make(const char *kind, const char *name)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    if (!ctx || EVP_PKEY_keygen_init(ctx) != 1 ||
        (name && EVP_PKEY_CTX_set_group_name(ctx, name) != 1) ||
        EVP_PKEY_generate(ctx, &key) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(ctx);
    return key;
}

enum err hello_share_make(struct hello_fresh *f, uint16_t group, struct why *why)
{
    unsigned char *bytes = NULL;
    size_t i = 0, n = 0;
    while (i < COUNT(known) && known[i].group != group)
        i++;
    if (i == COUNT(known))
        return why_set(why, E_UNSUPPORTED, "no key share can be made for group %u", group);
    EVP_PKEY *key = key_make(known[i].kind, known[i].name);
    if (key)
        n = EVP_PKEY_get1_encoded_public_key(key, &bytes);
    if (n > 0 && n <= sizeof f->share) {
        memcpy(f->share, bytes, n);
        f->share_size = n;
    }
    OPENSSL_free(bytes);
    EVP_PKEY_free(key);
    return n > 0 && n <= sizeof f->share
               ? OK
               : why_set(why, E_INTERNAL, "OpenSSL made no key share of group %u", group);
}

enum err hello_fresh_make(const struct hello_offer *offer, struct hello_fresh *out,
                          struct why *why)
{
    enum err e;
    memset(out, 0, sizeof *out);
    if ((e = crypto_random(out->random, sizeof out->random)) != OK ||
        (e = crypto_random(out->session_id, sizeof out->session_id)) != OK)
        (void)why_set(why, e, "OpenSSL gave no random bytes");
    else if (offer->version == TLS_1_3 && offer->share != 0)
        e = hello_share_make(out, offer->share, why);
    if (e != OK)
        memset(out, 0, sizeof *out);
    return e;
}
