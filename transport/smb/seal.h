/* transport/smb/seal.h: a whole SMB message encrypted, behind the header that says so.
 * Source: MS-SMB2 2.2.41 (SMB2 TRANSFORM_HEADER), 3.1.4.3 (encrypting), 3.2.5.1.1 (decrypting).
 * Shape:  a seal is made by smb_seal_keys (keys.h) for one session. Its nonces are a counter: none
 *         comes twice under one key. What is inside is not signed.
 * Owns:   nothing; whoever holds it wipes it with secret_wipe.
 * Errors: E_SHORT, E_FORMAT: not such a message; E_SECURITY: it belongs to another session, or it
 *         was changed on its way; E_LIMIT: the counter has come to its end; E_INTERNAL. */
#ifndef SWELL_TRANSPORT_SMB_SEAL_H
#define SWELL_TRANSPORT_SMB_SEAL_H

#include "base/crypto.h"

#include <stdint.h>

#define SMB_SEAL_HEADER_SIZE 52

/* The numbers of SMB2_ENCRYPTION_CAPABILITIES, MS-SMB2 2.2.3.1.2. */
enum smb_cipher {
    SMB_CIPHER_NONE = 0,
    SMB_CIPHER_AES_128_CCM = 1,
    SMB_CIPHER_AES_128_GCM = 2,
    SMB_CIPHER_AES_256_CCM = 3,
    SMB_CIPHER_AES_256_GCM = 4
};

struct smb_seal {
    enum smb_cipher cipher; /* NONE: this connection cannot encrypt */
    bool on;                /* all goes out encrypted, and nothing else is believed */
    uint64_t sealed;        /* messages so far */
    uint8_t out_key[AEAD_KEY_MAX];
    uint8_t in_key[AEAD_KEY_MAX];
};

/* For smb_seal_keys: 16 or 32. */
size_t smb_cipher_key_size(enum smb_cipher cipher);
bool smb_is_sealed(struct rd message); /* does it begin as one? */
/* Appends message, encrypted, to *out. */
MUST_CHECK enum err smb_seal_put(struct smb_seal *s, uint64_t session_id, struct rd message,
                                 struct wr *out);
/* Decrypts bytes[n] where they are; *message is a view into them. */
MUST_CHECK enum err smb_seal_get(const struct smb_seal *s, uint64_t session_id, uint8_t *bytes,
                                 size_t n, struct rd *message);

#endif
