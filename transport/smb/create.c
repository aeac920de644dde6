#include "transport/smb/create.h"

#include "base/utf16.h"

#define NAME_AT 120 /* header and fixed part of the request */

enum {
    IMPERSONATION = 2,
    ACCESS_READ_WRITE = 0x0012019f, /* read and write, data and attributes; synchronize */
    SHARE_ALL = 7,
    DISPOSITION_OPEN = 1,
    OPTION_NON_DIRECTORY = 0x40
};

void smb_create_put(struct wr *w, const char *name)
{
    wr_le16(w, 57);
    wr_u8(w, 0); /* security flags */
    wr_u8(w, 0); /* no oplock */
    wr_le32(w, IMPERSONATION);
    wr_le64(w, 0);
    wr_le64(w, 0); /* reserved */
    wr_le32(w, ACCESS_READ_WRITE);
    wr_le32(w, 0); /* attributes */
    wr_le32(w, SHARE_ALL);
    wr_le32(w, DISPOSITION_OPEN);
    wr_le32(w, OPTION_NON_DIRECTORY);
    wr_le16(w, NAME_AT);
    struct hole size = wr_hole_le16(w);
    wr_le32(w, 0); /* no create contexts */
    wr_le32(w, 0);
    size_t from = w->used;
    if (utf16_put(w, name) != OK)
        w->bad = true;
    wr_fill(w, size, w->used - from);
}

enum err smb_create_get(struct rd body, struct smb_file_id *out)
{
    uint16_t size = rd_le16(&body);
    struct smb_file_id id;

    rd_skip(&body, 2 + 4 + 4 * 8 + 2 * 8 + 4 + 4); /* oplock, action, times, sizes, attributes */
    (void)rd_copy(&body, id.bytes, sizeof id.bytes);
    rd_skip(&body, 8); /* create contexts */
    if (body.bad)
        return E_SHORT;
    if (size != 89)
        return E_FORMAT;
    *out = id;
    return OK;
}

enum err smb_create(struct smb_connection *c, const char *name, struct smb_file_id *out,
                    struct why *why)
{
    struct smb_answer a;
    enum err e;

    smb_create_put(smb_request(c, SMB_CREATE), name);
    if ((e = smb_exchange(c, &a, why)) != OK || (e = smb_answer_status(&a, why)) != OK)
        return e;
    return smb_malformed(c, smb_create_get(a.body, out), "open", why);
}
