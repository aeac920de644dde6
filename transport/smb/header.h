/* transport/smb/header.h: the 64 bytes that every SMB 2 message begins with.
 * Source: MS-SMB2 2.2.1.1 (async), 2.2.1.2 (sync).
 * Shape:  with SMB_FLAG_ASYNC the last eight bytes before the session are async_id, otherwise
 *         tree_id.
 * Errors: E_SHORT; E_FORMAT, not the header of a plain SMB 2 message. */
#ifndef SWELL_TRANSPORT_SMB_HEADER_H
#define SWELL_TRANSPORT_SMB_HEADER_H

#include "base/wire.h"

#define SMB_HEADER_SIZE 64
#define SMB_SIGNATURE_AT 48
#define SMB_SIGNATURE_SIZE 16

enum smb_command {
    SMB_NEGOTIATE = 0,
    SMB_SESSION_SETUP = 1,
    SMB_LOGOFF = 2,
    SMB_TREE_CONNECT = 3,
    SMB_TREE_DISCONNECT = 4,
    SMB_CREATE = 5,
    SMB_CLOSE = 6,
    SMB_READ = 8,
    SMB_WRITE = 9,
    SMB_IOCTL = 11
};

enum smb_flag {
    SMB_FLAG_RESPONSE = 1,
    SMB_FLAG_ASYNC = 2,
    SMB_FLAG_RELATED = 4,
    SMB_FLAG_SIGNED = 8
};

struct smb_header {
    uint16_t credit_charge;
    uint32_t status; /* NTSTATUS in an answer, 0 in a request */
    uint16_t command;
    uint16_t credits; /* asked for in a request, granted in an answer */
    uint32_t flags;
    uint32_t next; /* offset of the next message of a compound, 0 = none */
    uint64_t message_id;
    uint64_t async_id;
    uint32_t tree_id;
    uint64_t session_id;
    uint8_t signature[SMB_SIGNATURE_SIZE];
};

void smb_header_put(struct wr *w,
                    const struct smb_header *h); /* the signature as zeros: smb_sign fills it */
MUST_CHECK enum err smb_header_get(struct rd *r, struct smb_header *out);

#endif
