/* transport/smb/read_write.h: bytes out of a pipe and into it, for what one transceive cannot
 * carry.
 * Source: MS-SMB2 2.2.19 to 2.2.22, 3.2.5.11, 3.2.5.12.
 * Shape:  a read gives the next message of the pipe, or its next part. A write is taken whole or
 *         it fails.
 * Owns:   *out is a view into the answer, good until the next request. */
#ifndef SWELL_TRANSPORT_SMB_READ_WRITE_H
#define SWELL_TRANSPORT_SMB_READ_WRITE_H

#include "transport/smb/create.h"

void smb_read_put(struct wr *w, const struct smb_file_id *id, uint32_t n);
MUST_CHECK enum err smb_read_get(struct rd message, struct rd *out);
MUST_CHECK enum err smb_read(struct smb_connection *c, const struct smb_file_id *id, struct rd *out,
                             struct why *why);
void smb_write_put(struct wr *w, const struct smb_file_id *id, struct rd bytes);
MUST_CHECK enum err smb_write_get(struct rd body, uint32_t *written);
MUST_CHECK enum err smb_write(struct smb_connection *c, const struct smb_file_id *id,
                              struct rd bytes, struct why *why);

#endif
