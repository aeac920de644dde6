#include "transport/smb/read_write.h"

#include "transport/smb/status.h"

#define DATA_AT 112 /* header and fixed part of a write request */
#define READ_PADDING 80

void smb_read_put(struct wr *w, const struct smb_file_id *id, uint32_t n)
{
    wr_le16(w, 49);
    wr_u8(w, READ_PADDING); /* where the answer should put its data */
    wr_u8(w, 0);            /* flags */
    wr_le32(w, n);
    wr_le64(w, 0); /* offset: none in a pipe */
    wr_bytes(w, id->bytes, sizeof id->bytes);
    wr_le32(w, 0); /* least count */
    wr_le32(w, 0); /* channel */
    wr_le32(w, 0); /* remaining */
    wr_le32(w, 0); /* channel information */
    wr_u8(w, 0);   /* the buffer is one byte at least */
}

enum err smb_read_get(struct rd message, struct rd *out)
{
    struct rd r = message, bytes;
    uint16_t size;
    uint8_t at;
    uint32_t n;

    rd_skip(&r, SMB_HEADER_SIZE);
    size = rd_le16(&r);
    at = rd_u8(&r);
    rd_skip(&r, 1);
    n = rd_le32(&r);
    rd_skip(&r, 8); /* remaining, reserved */
    bytes = n == 0 ? rd_of(NULL, 0) : rd_at(message, at, n);
    if (r.bad || bytes.bad)
        return E_SHORT;
    if (size != 17)
        return E_FORMAT;
    *out = bytes;
    return OK;
}

enum err smb_read(struct smb_connection *c, const struct smb_file_id *id, struct rd *out,
                  struct why *why)
{
    struct smb_answer a;
    enum err e;

    smb_read_put(smb_request(c, SMB_READ), id, c->io_max);
    if ((e = smb_exchange(c, &a, why)) != OK)
        return e;
    if (a.header.status != STATUS_BUFFER_OVERFLOW && (e = smb_answer_status(&a, why)) != OK)
        return e;
    return smb_malformed(c, smb_read_get(a.message, out), "pipe data", why);
}

void smb_write_put(struct wr *w, const struct smb_file_id *id, struct rd bytes)
{
    wr_le16(w, 49);
    wr_le16(w, DATA_AT);
    wr_le32(w, bytes.left);
    wr_le64(w, 0); /* offset: none in a pipe */
    wr_bytes(w, id->bytes, sizeof id->bytes);
    wr_le32(w, 0); /* channel */
    wr_le32(w, 0); /* remaining */
    wr_le32(w, 0); /* channel information */
    wr_le32(w, 0); /* flags */
    wr_view(w, bytes);
}

enum err smb_write_get(struct rd body, uint32_t *written)
{
    uint16_t size = rd_le16(&body);
    uint32_t n;

    rd_skip(&body, 2); /* reserved */
    n = rd_le32(&body);
    rd_skip(&body, 8); /* remaining, channel information */
    if (body.bad)
        return E_SHORT;
    if (size != 17)
        return E_FORMAT;
    *written = n;
    return OK;
}

enum err smb_write(struct smb_connection *c, const struct smb_file_id *id, struct rd bytes,
                   struct why *why)
{
    uint32_t written = 0;
    struct smb_answer a;
    enum err e;

    smb_write_put(smb_request(c, SMB_WRITE), id, bytes);
    if ((e = smb_exchange(c, &a, why)) != OK || (e = smb_answer_status(&a, why)) != OK ||
        (e = smb_malformed(c, smb_write_get(a.body, &written), "write", why)) != OK)
        return e;
    if (written != bytes.left)
        return why_set(why, E_PROTOCOL, "the host took %u of %zu bytes", (unsigned)written,
                       bytes.left);
    return OK;
}
