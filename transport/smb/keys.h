/* transport/smb/keys.h: from the session key of a logon to the key that signs, and the hash that
 * binds it to the negotiation.
 * Source: MS-SMB2 3.1.4.2 (keys), 3.2.5.2 and 3.2.5.3 (pre-authentication integrity, session
 *         key).
 * Errors: E_INTERNAL; outputs are zero then. */
#ifndef SWELL_TRANSPORT_SMB_KEYS_H
#define SWELL_TRANSPORT_SMB_KEYS_H

#include "base/crypto.h"
#include "transport/smb/sign.h"

#define SMB_DIALECT_2_1 0x0210
#define SMB_DIALECT_3_1_1 0x0311

struct smb_preauth { /* begins as zeros */
    uint8_t hash[SHA512_SIZE];
};

/* Chain one whole message, header first, without the NetBIOS length. */
MUST_CHECK enum err smb_preauth_add(struct smb_preauth *p, struct rd message);
/* session_key: as GSSAPI gave it, of any length; 3.1.1 binds it to *p, 2.1 does not. */
MUST_CHECK enum err smb_signing_key(uint16_t dialect, struct rd session_key,
                                    const struct smb_preauth *p, uint8_t out[SMB_KEY_SIZE]);

#endif
