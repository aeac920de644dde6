#include "transport/smb/close.h"

void smb_close_put(struct wr *w, const struct smb_file_id *id)
{
    wr_le16(w, 24);
    wr_le16(w, 0); /* flags: no attributes wanted */
    wr_le32(w, 0); /* reserved */
    wr_bytes(w, id->bytes, sizeof id->bytes);
}

void smb_close(struct smb_connection *c, const struct smb_file_id *id)
{
    struct smb_answer a;

    if (c->broken)
        return;
    smb_close_put(smb_request(c, SMB_CLOSE), id);
    (void)!smb_exchange(c, &a, NULL);
}
