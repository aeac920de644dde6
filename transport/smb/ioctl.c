#include "transport/smb/ioctl.h"

#include "transport/smb/status.h"

#define INPUT_AT 120 /* header and fixed part of the request */
#define FLAG_IS_FSCTL 1

void smb_ioctl_put(struct wr *w, uint32_t code, const struct smb_file_id *id, struct rd bytes,
                   uint32_t answer_max)
{
    wr_le16(w, 57);
    wr_le16(w, 0); /* reserved */
    wr_le32(w, code);
    wr_bytes(w, id->bytes, sizeof id->bytes);
    wr_le32(w, INPUT_AT);
    wr_le32(w, bytes.left);
    wr_le32(w, 0); /* longest input in the answer */
    wr_le32(w, 0); /* output: none in a request */
    wr_le32(w, 0);
    wr_le32(w, answer_max);
    wr_le32(w, FLAG_IS_FSCTL);
    wr_le32(w, 0); /* reserved */
    wr_view(w, bytes);
}

enum err smb_ioctl_get(struct rd message, uint32_t asked, struct rd *out)
{
    struct rd r = message;
    uint32_t code, at, n;
    uint16_t size;
    struct rd bytes;

    rd_skip(&r, SMB_HEADER_SIZE);
    size = rd_le16(&r);
    rd_skip(&r, 2); /* reserved */
    code = rd_le32(&r);
    rd_skip(&r, SMB_FILE_ID_SIZE + 8); /* the pipe, the input */
    at = rd_le32(&r);
    n = rd_le32(&r);
    rd_skip(&r, 8); /* flags, reserved */
    bytes = n == 0 ? rd_of(NULL, 0) : rd_at(message, at, n);
    if (r.bad || bytes.bad)
        return E_SHORT;
    if (size != 49 || code != asked)
        return E_FORMAT;
    *out = bytes;
    return OK;
}

void smb_transceive_put(struct wr *w, const struct smb_file_id *id, struct rd bytes,
                        uint32_t answer_max)
{
    smb_ioctl_put(w, FSCTL_PIPE_TRANSCEIVE, id, bytes, answer_max);
}

enum err smb_transceive_get(struct rd message, struct rd *out)
{
    return smb_ioctl_get(message, FSCTL_PIPE_TRANSCEIVE, out);
}

enum err smb_transceive(struct smb_connection *c, const struct smb_file_id *id, struct rd bytes,
                        struct rd *out, struct why *why)
{
    struct smb_answer a;
    enum err e;

    smb_transceive_put(smb_request(c, SMB_IOCTL), id, bytes, c->io_max);
    if ((e = smb_exchange(c, &a, why)) != OK)
        return e;
    if (a.header.status != STATUS_BUFFER_OVERFLOW && (e = smb_answer_status(&a, why)) != OK)
        return e;
    return smb_malformed(c, smb_transceive_get(a.message, out), "pipe data", why);
}
