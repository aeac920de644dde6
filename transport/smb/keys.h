/* transport/smb/keys.h: from the session key of a logon to the keys that sign and encrypt, and the
 * hash that binds them to the negotiation.
 * Source: MS-SMB2 3.1.4.2 (keys), 3.2.5.2 and 3.2.5.3 (pre-authentication integrity, session
 *         key).
 * Errors: E_INTERNAL; outputs are zero then. */
#ifndef SWELL_TRANSPORT_SMB_KEYS_H
#define SWELL_TRANSPORT_SMB_KEYS_H

#include "base/crypto.h"
#include "transport/smb/seal.h"
#include "transport/smb/sign.h"

#define SMB_DIALECT_2_0_2 0x0202
#define SMB_DIALECT_2_1 0x0210
#define SMB_DIALECT_3_0 0x0300
#define SMB_DIALECT_3_0_2 0x0302
#define SMB_DIALECT_3_1_1 0x0311

struct smb_preauth { /* begins as zeros */
    uint8_t hash[SHA512_SIZE];
};

/* Chain one whole message, header first, without the NetBIOS length. */
MUST_CHECK enum err smb_preauth_add(struct smb_preauth *p, struct rd message);
/* session_key: as GSSAPI gave it, of any length; 3.1.1 binds it to *p, the
 * others do not. */
MUST_CHECK enum err smb_signing_key(uint16_t dialect, struct rd session_key,
                                    const struct smb_preauth *p, uint8_t out[SMB_KEY_SIZE]);
/* The keys of seal->cipher, which 3.0 and later have. */
MUST_CHECK enum err smb_seal_keys(uint16_t dialect, struct rd session_key,
                                  const struct smb_preauth *p, struct smb_seal *seal);

#endif
