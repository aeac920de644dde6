#include "tests/support/strict_crypto.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIGN_HMAC = 0,
    SIGN_CMAC = 1,
    SIGN_GMAC = 2,
    FLAGS_AT = 16,
    MESSAGE_ID_AT = 24,
    SIGNATURE_AT = 48,
    TAG = 16
};

static void must(bool good)
{
    if (!good)
        abort();
}

static void derive(struct rd key, const char *label, size_t label_size, struct rd context,
                   uint8_t *out, size_t n)
{
    must(crypto_kdf_sp800_108(key, rd_of(label, label_size), context, out, n) == OK);
}

#define LITERAL(s) (s), sizeof(s) /* the NUL counts */

void strict_keys_make(uint16_t dialect, unsigned cipher, struct rd session_key,
                      const uint8_t preauth[SHA512_SIZE], struct strict_keys *out)
{
    struct rd context = rd_of(preauth, SHA512_SIZE), full = session_key;
    size_t n = cipher >= 3 ? 32 : 16;
    uint8_t key[16] = {0};
    struct rd k = rd_of(key, sizeof key);

    memcpy(key, session_key.at, session_key.left < sizeof key ? session_key.left : sizeof key);
    *out = (struct strict_keys){0};
    if (n == 16)
        full = k;
    if (dialect < 0x0300) {
        memcpy(out->sign, key, sizeof key);
    } else if (dialect < 0x0311) {
        derive(k, LITERAL("SMB2AESCMAC"), rd_of(LITERAL("SmbSign")), out->sign, 16);
        derive(k, LITERAL("SMB2AESCCM"), rd_of(LITERAL("ServerIn ")), out->to_server, 16);
        derive(k, LITERAL("SMB2AESCCM"), rd_of(LITERAL("ServerOut")), out->to_client, 16);
    } else {
        derive(k, LITERAL("SMBSigningKey"), context, out->sign, 16);
        derive(full, LITERAL("SMBC2SCipherKey"), context, out->to_server, n);
        derive(full, LITERAL("SMBS2CCipherKey"), context, out->to_client, n);
    }
}

static const EVP_CIPHER *cipher_of(unsigned cipher)
{
    switch (cipher) {
    case 1: return EVP_aes_128_ccm();
    case 2: return EVP_aes_128_gcm();
    case 3: return EVP_aes_256_ccm();
    default: return EVP_aes_256_gcm();
    }
}

static bool is_ccm(unsigned cipher)
{
    return cipher == 1 || cipher == 3;
}

/* One pass: bytes may be empty (GMAC). in and out may be the same. */
static bool seal(unsigned cipher, bool encrypt, const uint8_t *key, const uint8_t *nonce,
                 struct rd aad, const uint8_t *in, uint8_t *out, size_t n, uint8_t tag[TAG])
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int done = 0, on = encrypt ? 1 : 0;
    bool good;

    must(c != NULL && EVP_CipherInit_ex(c, cipher_of(cipher), NULL, NULL, NULL, on) == 1);
    must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, is_ccm(cipher) ? 11 : 12, NULL) == 1);
    if (!encrypt || is_ccm(cipher))
        must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG, encrypt ? NULL : tag) == 1);
    must(EVP_CipherInit_ex(c, NULL, NULL, key, nonce, on) == 1);
    if (is_ccm(cipher))
        must(EVP_CipherUpdate(c, NULL, &done, NULL, (int)n) == 1);
    must(EVP_CipherUpdate(c, NULL, &done, aad.at, (int)aad.left) == 1);
    good = n == 0 || EVP_CipherUpdate(c, out, &done, in, (int)n) == 1;
    if (good && !is_ccm(cipher))
        good = EVP_CipherFinal_ex(c, out == NULL ? tag : out + n, &done) == 1;
    if (encrypt)
        must(good && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);
    EVP_CIPHER_CTX_free(c);
    return good;
}

static void signature_of(unsigned algorithm, const struct strict_keys *k, const uint8_t *message,
                         size_t n, uint8_t out[16])
{
    struct rd key = rd_of(k->sign, 16), m = rd_of(message, n);
    uint8_t mac[SHA256_SIZE] = {0}, nonce[12] = {0};

    if (algorithm == SIGN_HMAC) {
        must(crypto_hmac_sha256(key, m, mac) == OK);
    } else if (algorithm == SIGN_CMAC) {
        must(crypto_aes_cmac(key, m, mac) == OK);
    } else {
        memcpy(nonce, message + MESSAGE_ID_AT, 8);
        nonce[8] = (uint8_t)(message[FLAGS_AT] & 1); /* a server's */
        if (message[12] == 12 && message[13] == 0)   /* CANCEL */
            nonce[8] |= 2;
        must(seal(2, true, k->sign, nonce, m, NULL, NULL, 0, mac));
    }
    memcpy(out, mac, 16);
}

void strict_sign(unsigned algorithm, const struct strict_keys *k, uint8_t *message, size_t n)
{
    uint8_t signature[16];

    message[FLAGS_AT] |= 8;
    memset(message + SIGNATURE_AT, 0, 16);
    signature_of(algorithm, k, message, n, signature);
    memcpy(message + SIGNATURE_AT, signature, 16);
}

bool strict_signed_well(unsigned algorithm, const struct strict_keys *k, uint8_t *message, size_t n)
{
    uint8_t theirs[16], ours[16];

    memcpy(theirs, message + SIGNATURE_AT, 16);
    memset(message + SIGNATURE_AT, 0, 16);
    signature_of(algorithm, k, message, n, ours);
    memcpy(message + SIGNATURE_AT, theirs, 16);
    return memcmp(theirs, ours, 16) == 0;
}

void strict_encrypt(unsigned cipher, const struct strict_keys *k, uint64_t session_id,
                    struct rd message, struct wr *out)
{
    size_t from = out->used;
    uint8_t tag[TAG] = {0}, nonce[16] = {0};

    must(crypto_random(nonce, is_ccm(cipher) ? 11 : 12) == OK);
    wr_be32(out, 0xfd534d42);
    wr_zeros(out, TAG);
    wr_bytes(out, nonce, sizeof nonce);
    wr_le32(out, message.left);
    wr_le16(out, 0);
    wr_le16(out, 1);
    wr_le64(out, session_id);
    wr_view(out, message);
    must(wr_end(out) == OK);
    must(seal(cipher, true, k->to_client, nonce,
              rd_of(out->bytes + from + 20, STRICT_TRANSFORM_SIZE - 20), message.at,
              out->bytes + from + STRICT_TRANSFORM_SIZE, message.left, tag));
    memcpy(out->bytes + from + 4, tag, TAG);
}

bool strict_decrypt(unsigned cipher, const struct strict_keys *k, uint64_t session_id,
                    struct rd sealed, struct wr *out)
{
    struct rd r = sealed, aad;
    uint8_t tag[TAG], nonce[16];
    uint32_t n;
    uint16_t flags;
    bool good;

    rd_skip(&r, 4);
    (void)rd_copy(&r, tag, sizeof tag);
    (void)rd_copy(&r, nonce, sizeof nonce);
    n = rd_le32(&r);
    rd_skip(&r, 2);
    flags = rd_le16(&r);
    good = rd_le64(&r) == session_id && flags == 1 && !r.bad && n == r.left && n > 0;
    if (!good)
        return false;
    wr_view(out, r);
    must(wr_end(out) == OK);
    aad = rd_of(sealed.at + 20, STRICT_TRANSFORM_SIZE - 20);
    return seal(cipher, false, k->to_server, nonce, aad, r.at, out->bytes + out->used - n, n, tag);
}
