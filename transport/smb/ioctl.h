/* transport/smb/ioctl.h: a control code and its input to the host, its output back; and
 * FSCTL_PIPE_TRANSCEIVE: a message written to a pipe and the answer read, in one round trip.
 * Source: MS-SMB2 2.2.31, 2.2.32, 3.2.5.14; MS-FSCC 2.3.47.
 * Shape:  what came may be the first part of a longer message (STATUS_BUFFER_OVERFLOW): whoever
 *         reads knows from the message itself, and fetches the rest by smb_read.
 * Owns:   *out is a view into the answer, good until the next request. */
#ifndef SWELL_TRANSPORT_SMB_IOCTL_H
#define SWELL_TRANSPORT_SMB_IOCTL_H

#include "transport/smb/create.h"

#define FSCTL_PIPE_TRANSCEIVE 0x0011c017u
#define FSCTL_VALIDATE_NEGOTIATE_INFO 0x00140204u

void smb_ioctl_put(struct wr *w, uint32_t code, const struct smb_file_id *id, struct rd bytes,
                   uint32_t answer_max);
MUST_CHECK enum err smb_ioctl_get(struct rd message, uint32_t code, struct rd *out);
void smb_transceive_put(struct wr *w, const struct smb_file_id *id, struct rd bytes,
                        uint32_t answer_max);
MUST_CHECK enum err smb_transceive_get(struct rd message, struct rd *out);
MUST_CHECK enum err smb_transceive(struct smb_connection *c, const struct smb_file_id *id,
                                   struct rd bytes, struct rd *out, struct why *why);

#endif
