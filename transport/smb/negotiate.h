/* transport/smb/negotiate.h: the first exchange: which dialect, which integrity, and who
 * answers.
 * Source: MS-SMB2 2.2.3, 2.2.4 (messages), 2.2.3.1 (contexts), 3.2.5.2 (checks).
 * Shape:  offered are the dialects 2.0.2, 2.1, 3.0, 3.0.2 and 3.1.1, SHA-512, the signatures
 *         AES-GMAC, AES-CMAC and HMAC-SHA256, and AES-GCM and AES-CCM with keys of 256 and 128
 *         bits. Anything else answered is an error.
 * Units:  system_time and start_time are FILETIMEs; 0 = the host does not tell.
 * Errors: those of connection.h; the decoder E_SHORT, E_FORMAT, E_PROTOCOL (chose what was not
 *         offered). */
#ifndef SWELL_TRANSPORT_SMB_NEGOTIATE_H
#define SWELL_TRANSPORT_SMB_NEGOTIATE_H

#include "transport/smb/connection.h"

#define SMB_GUID_SIZE 16
#define SMB_SALT_SIZE 32

/* What a client says of itself, also when it asks whether that was heard (2.2.31.4). */
#define SMB_CLIENT_CAPABILITIES 0x44u /* SMB2_GLOBAL_CAP_LARGE_MTU, _ENCRYPTION */
#define SMB_CLIENT_MODE 3u            /* SMB2_NEGOTIATE_SIGNING_ENABLED, _REQUIRED */

struct smb_negotiate_request {
    uint8_t client_guid[SMB_GUID_SIZE];
    uint8_t salt[SMB_SALT_SIZE];
};

struct smb_negotiated {
    uint16_t security_mode;
    uint16_t dialect;
    uint8_t server_guid[SMB_GUID_SIZE];
    uint32_t capabilities;
    uint32_t transact_max;
    uint32_t read_max;
    uint32_t write_max;
    uint64_t system_time;
    uint64_t start_time;
    enum smb_sign_algorithm algorithm;
    enum smb_cipher cipher;
    uint8_t client_guid[SMB_GUID_SIZE]; /* that was sent; of smb_negotiate alone */
};

#define SMB_DIALECTS 5
void smb_dialects_put(struct wr *w); /* all that are offered */
void smb_negotiate_put(struct wr *w, size_t header_at, const struct smb_negotiate_request *q);
/* message is the whole answer: offsets count from its header. */
MUST_CHECK enum err smb_negotiate_get(struct rd message, struct smb_negotiated *out,
                                      struct why *why);
/* Also begins the pre-authentication hash and sets what the dialect means for the connection. */
MUST_CHECK enum err smb_negotiate(struct smb_connection *c, struct smb_negotiated *out,
                                  struct why *why);

#endif
