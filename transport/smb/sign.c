#include "transport/smb/sign.h"

#include <string.h>

#define COMMAND_AT 12
#define FLAGS_AT 16
#define MESSAGE_ID_AT 24
#define COMMAND_CANCEL 12

static enum mac mac_of(enum smb_sign_algorithm algorithm)
{
    switch (algorithm) {
    case SMB_SIGN_HMAC_SHA256: return MAC_HMAC_SHA256;
    case SMB_SIGN_AES_CMAC: return MAC_AES_CMAC;
    case SMB_SIGN_AES_GMAC: return MAC_AES_GMAC;
    }
    return MAC_HMAC_SHA256;
}

enum err smb_signer_new(enum smb_sign_algorithm algorithm, const uint8_t key[SMB_KEY_SIZE],
                        struct crypto_mac **out)
{
    return crypto_mac_new(mac_of(algorithm), rd_of(key, SMB_KEY_SIZE), out);
}

/* 3.1.4.1: the message id, then who sent it and whether it is a CANCEL: what makes it unique. */
static void nonce_make(struct rd message, uint8_t nonce[AEAD_NONCE_MAX])
{
    struct rd command = rd_at(message, COMMAND_AT, 2), flags = rd_at(message, FLAGS_AT, 4);

    memset(nonce, 0, AEAD_NONCE_MAX);
    memcpy(nonce, message.at + MESSAGE_ID_AT, 8);
    nonce[8] = (uint8_t)((rd_le32(&flags) & SMB_FLAG_RESPONSE ? 1 : 0) |
                         (rd_le16(&command) == COMMAND_CANCEL ? 2 : 0));
}

static enum err signature_compute(struct crypto_mac *signer, struct rd message,
                                  uint8_t out[SMB_SIGNATURE_SIZE])
{
    uint8_t nonce[AEAD_NONCE_MAX];

    nonce_make(message, nonce);
    return crypto_mac_compute(signer, rd_of(nonce, sizeof nonce), message, out);
}

enum err smb_sign(struct crypto_mac *signer, uint8_t *message, size_t n)
{
    uint8_t signature[SMB_SIGNATURE_SIZE];
    enum err e;

    if (n < SMB_HEADER_SIZE)
        return E_FORMAT;
    message[FLAGS_AT] |= SMB_FLAG_SIGNED;
    memset(message + SMB_SIGNATURE_AT, 0, SMB_SIGNATURE_SIZE);
    e = signature_compute(signer, rd_of(message, n), signature);
    if (e == OK)
        memcpy(message + SMB_SIGNATURE_AT, signature, SMB_SIGNATURE_SIZE);
    return e;
}

enum err smb_sign_check(struct crypto_mac *signer, uint8_t *message, size_t n)
{
    uint8_t theirs[SMB_SIGNATURE_SIZE], ours[SMB_SIGNATURE_SIZE];
    enum err e;

    if (n < SMB_HEADER_SIZE)
        return E_FORMAT;
    if ((message[FLAGS_AT] & SMB_FLAG_SIGNED) == 0)
        return E_SECURITY;
    memcpy(theirs, message + SMB_SIGNATURE_AT, sizeof theirs);
    memset(message + SMB_SIGNATURE_AT, 0, SMB_SIGNATURE_SIZE);
    e = signature_compute(signer, rd_of(message, n), ours);
    memcpy(message + SMB_SIGNATURE_AT, theirs, sizeof theirs);
    if (e == OK && !crypto_equal(ours, theirs, sizeof ours))
        e = E_SECURITY;
    return e;
}
