/* transport/smb/create.h: opening a pipe by name.
 * Source: MS-SMB2 2.2.13, 2.2.14, 3.2.4.3. */
#ifndef SWELL_TRANSPORT_SMB_CREATE_H
#define SWELL_TRANSPORT_SMB_CREATE_H

#include "transport/smb/connection.h"

#define SMB_FILE_ID_SIZE 16

struct smb_file_id {
    uint8_t bytes[SMB_FILE_ID_SIZE];
};

void smb_create_put(struct wr *w, const char *name); /* "winreg": no backslash, no \pipe\ */
MUST_CHECK enum err smb_create_get(struct rd body, struct smb_file_id *out);
MUST_CHECK enum err smb_create(struct smb_connection *c, const char *name, struct smb_file_id *out,
                               struct why *why);

#endif
