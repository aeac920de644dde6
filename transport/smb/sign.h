/* transport/smb/sign.h: the signature of a message.
 * Source: MS-SMB2 3.1.4.1. Over the whole message with the signature field as zeros; the first
 *         16 bytes are taken.
 * Shape:  message points at the 64-byte header; n counts header and body.
 * Errors: E_FORMAT when n is less than a header; E_SECURITY when the signature is missing or
 *         wrong; E_INTERNAL. */
#ifndef SWELL_TRANSPORT_SMB_SIGN_H
#define SWELL_TRANSPORT_SMB_SIGN_H

#include "base/crypto.h"
#include "transport/smb/header.h"

#define SMB_KEY_SIZE 16

/* The numbers of SMB2_SIGNING_CAPABILITIES, MS-SMB2 2.2.3.1.7. */
enum smb_sign_algorithm {
    SMB_SIGN_HMAC_SHA256 = 0,
    SMB_SIGN_AES_CMAC = 1,
    SMB_SIGN_AES_GMAC = 2 /* 3.1.1 alone */
};

/* The session's key made ready for its messages; crypto_mac_free frees. */
MUST_CHECK enum err smb_signer_new(enum smb_sign_algorithm algorithm,
                                   const uint8_t key[SMB_KEY_SIZE], struct crypto_mac **out);
/* Sets SMB_FLAG_SIGNED and the signature in the message. */
MUST_CHECK enum err smb_sign(struct crypto_mac *signer, uint8_t *message, size_t n);
/* message is put back as it was. */
MUST_CHECK enum err smb_sign_check(struct crypto_mac *signer, uint8_t *message, size_t n);

#endif
