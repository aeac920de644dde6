#include "transport/smb/tree.h"

#include "base/text.h"
#include "base/utf16.h"
#include "transport/smb/session.h"
#include "transport/smb/status.h"

#define PATH_AT 72 /* header and fixed part of the request */
#define TYPE_PIPE 2
#define FLAG_ENCRYPT_DATA 0x8000u

void smb_tree_connect_put(struct wr *w, const char *path)
{
    wr_le16(w, 9);
    wr_le16(w, 0); /* flags */
    wr_le16(w, PATH_AT);
    struct hole size = wr_hole_le16(w);
    size_t from = w->used;
    if (utf16_put(w, path) != OK)
        w->bad = true;
    wr_fill(w, size, w->used - from);
}

enum err smb_tree_connect_get(struct rd body, struct smb_tree_reply *out)
{
    uint16_t size = rd_le16(&body);
    struct smb_tree_reply reply = {.type = rd_u8(&body)};

    rd_skip(&body, 1);
    reply.flags = rd_le32(&body);
    rd_skip(&body, 8); /* capabilities, access */
    if (body.bad)
        return E_SHORT;
    if (size != 16)
        return E_FORMAT;
    *out = reply;
    return OK;
}

static enum err tree_check(struct smb_connection *c, const struct smb_tree_reply *reply,
                           struct why *why)
{
    if (reply->type != TYPE_PIPE)
        return why_set(why, E_PROTOCOL, "the host's IPC$ is not a share of pipes (type %u)",
                       reply->type);
    return reply->flags & FLAG_ENCRYPT_DATA ? smb_session_seal(c, "the host's IPC$ demands", why)
                                            : OK;
}

enum err smb_tree_connect(struct smb_connection *c, const char *address, struct why *why)
{
    struct smb_tree_reply reply = {0};
    struct text path = {0};
    struct smb_answer a;
    enum err e;

    text_printf(&path, "\\\\%s\\IPC$", address);
    if ((e = text_end(&path)) != OK) {
        e = why_set(why, e, "out of memory");
        goto out;
    }
    smb_tree_connect_put(smb_request(c, SMB_TREE_CONNECT), path.s);
    if ((e = smb_exchange(c, &a, why)) != OK)
        goto out;
    if (a.header.status != STATUS_SUCCESS) {
        e = smb_status_fail_entry(why, a.header.status);
        goto out;
    }
    if ((e = smb_malformed(c, smb_tree_connect_get(a.body, &reply), "share", why)) != OK ||
        (e = tree_check(c, &reply, why)) != OK)
        goto out;
    c->tree_id = a.header.tree_id;
out:
    text_fini(&path);
    return why_place(why, e, "tree connect IPC$");
}
