/* transport/smb/close.h: closing a pipe.
 * Source: MS-SMB2 2.2.15, 2.2.16. */
#ifndef SWELL_TRANSPORT_SMB_CLOSE_H
#define SWELL_TRANSPORT_SMB_CLOSE_H

#include "transport/smb/create.h"

void smb_close_put(struct wr *w, const struct smb_file_id *id);
void smb_close(struct smb_connection *c, const struct smb_file_id *id); /* as far as it goes */

#endif
