/* transport/smb/tree.h: the share IPC$, under which the pipes are.
 * Source: MS-SMB2 2.2.9, 2.2.10, 3.2.5.5. It ends with its session (3.3.5.6).
 * Shape:  a share that demands encryption has it from here on.
 * Errors: E_UNSUPPORTED, it demands encryption and none was negotiated; E_PROTOCOL, it is not the
 *         share of the pipes; the host's status. */
#ifndef SWELL_TRANSPORT_SMB_TREE_H
#define SWELL_TRANSPORT_SMB_TREE_H

#include "transport/smb/connection.h"

struct smb_tree_reply {
    uint8_t type; /* 1 disk, 2 pipe, 3 print */
    uint32_t flags;
};

void smb_tree_connect_put(struct wr *w, const char *path); /* \\server\share */
MUST_CHECK enum err smb_tree_connect_get(struct rd body, struct smb_tree_reply *out);
MUST_CHECK enum err smb_tree_connect(struct smb_connection *c, const char *address,
                                     struct why *why);

#endif
