/* transport/smb/pipe.h: a named pipe of a host as a channel for RPC.
 * Source: MS-RPCE 2.1.1.2 (RPC over named pipes), MS-SMB2 3.2.4.
 * Owns:   smb_pipe_close frees what the host holds; fine on a zeroed one. The connection must
 *         outlive the pipe. */
#ifndef SWELL_TRANSPORT_SMB_PIPE_H
#define SWELL_TRANSPORT_SMB_PIPE_H

#include "transport/rpc/rpc.h"
#include "transport/smb/create.h"

struct smb_pipe {
    struct smb_connection *c;
    struct smb_file_id id;
    bool is_open;
};

MUST_CHECK enum err smb_pipe_open(struct smb_connection *c, const char *name, struct smb_pipe *out,
                                  struct why *why);
void smb_pipe_close(struct smb_pipe *p);
struct rpc_channel smb_pipe_channel(struct smb_pipe *p); /* p must not move while it is used */

#endif
