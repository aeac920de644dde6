#include "transport/smb/header.h"

static const uint8_t protocol[4] = {0xfe, 'S', 'M', 'B'};

void smb_header_put(struct wr *w, const struct smb_header *h)
{
    wr_bytes(w, protocol, sizeof protocol);
    wr_le16(w, SMB_HEADER_SIZE);
    wr_le16(w, h->credit_charge);
    wr_le32(w, h->status);
    wr_le16(w, h->command);
    wr_le16(w, h->credits);
    wr_le32(w, h->flags);
    wr_le32(w, h->next);
    wr_le64(w, h->message_id);
    if (h->flags & SMB_FLAG_ASYNC) {
        wr_le64(w, h->async_id);
    } else {
        wr_le32(w, 0); /* reserved */
        wr_le32(w, h->tree_id);
    }
    wr_le64(w, h->session_id);
    wr_zeros(w, SMB_SIGNATURE_SIZE);
}

enum err smb_header_get(struct rd *r, struct smb_header *out)
{
    struct rd id = rd_sub(r, sizeof protocol);
    uint16_t size = rd_le16(r);
    struct smb_header h = {0};

    h.credit_charge = rd_le16(r);
    h.status = rd_le32(r);
    h.command = rd_le16(r);
    h.credits = rd_le16(r);
    h.flags = rd_le32(r);
    h.next = rd_le32(r);
    h.message_id = rd_le64(r);
    if (h.flags & SMB_FLAG_ASYNC) {
        h.async_id = rd_le64(r);
    } else {
        rd_skip(r, 4);
        h.tree_id = rd_le32(r);
    }
    h.session_id = rd_le64(r);
    (void)rd_copy(r, h.signature, sizeof h.signature);
    if (r->bad)
        return E_SHORT;
    if (!rd_equal(id, rd_of(protocol, sizeof protocol)) || size != SMB_HEADER_SIZE)
        return E_FORMAT;
    *out = h;
    return OK;
}
