#include "transport/smb/validate.h"

#include "transport/smb/ioctl.h"
#include "transport/smb/status.h"

#include <string.h>

#define OUTPUT_SIZE 24

void smb_validate_put(struct wr *w, const uint8_t client_guid[SMB_GUID_SIZE])
{
    wr_le32(w, SMB_CLIENT_CAPABILITIES);
    wr_bytes(w, client_guid, SMB_GUID_SIZE);
    wr_le16(w, SMB_CLIENT_MODE);
    wr_le16(w, SMB_DIALECTS);
    smb_dialects_put(w);
}

enum err smb_validate_get(struct rd output, struct smb_negotiated *out)
{
    struct smb_negotiated n = {.capabilities = rd_le32(&output)};
    enum err e;

    (void)rd_copy(&output, n.server_guid, sizeof n.server_guid);
    n.security_mode = rd_le16(&output);
    n.dialect = rd_le16(&output);
    if ((e = rd_end(&output)) == OK)
        *out = n;
    return e;
}

static enum err same(const struct smb_negotiated *then, const struct smb_negotiated *now,
                     struct why *why)
{
    const char *what = NULL;

    if (now->dialect != then->dialect)
        what = "dialect";
    else if (now->capabilities != then->capabilities)
        what = "capabilities";
    else if (now->security_mode != then->security_mode)
        what = "security mode";
    else if (memcmp(now->server_guid, then->server_guid, SMB_GUID_SIZE) != 0)
        what = "guid";
    return what == NULL ? OK
                        : why_set(why, E_SECURITY,
                                  "the negotiation was changed on its way (a downgrade): the "
                                  "host confirms another %s",
                                  what);
}

/* What hosts say that are older than the question. The answer is signed, so it is theirs. */
static bool is_unknown_there(uint16_t dialect, uint32_t status)
{
    return dialect < SMB_DIALECT_3_0 &&
           (status == STATUS_FILE_CLOSED || status == STATUS_INVALID_DEVICE_REQUEST ||
            status == STATUS_NOT_SUPPORTED);
}

static enum err answer_judge(struct smb_connection *c, const struct smb_negotiated *n,
                             const struct smb_answer *a, struct why *why)
{
    struct smb_negotiated now = {0};
    struct rd output;
    enum err e;

    if (is_unknown_there(n->dialect, a->header.status))
        return OK;
    if (a->header.status != STATUS_SUCCESS)
        return why_native(why, E_SECURITY, a->header.status, smb_status_name(a->header.status),
                          "the host does not confirm the negotiation");
    e = smb_ioctl_get(a->message, FSCTL_VALIDATE_NEGOTIATE_INFO, &output);
    if (e == OK)
        e = smb_validate_get(output, &now);
    if ((e = smb_malformed(c, e, "validation", why)) != OK)
        return e;
    return same(n, &now, why);
}

enum err smb_validate(struct smb_connection *c, const struct smb_negotiated *n, struct why *why)
{
    struct smb_file_id none;
    struct smb_answer a;
    struct wr input;
    enum err e;

    if (n->dialect == SMB_DIALECT_3_1_1)
        return OK;
    memset(none.bytes, 0xff, sizeof none.bytes);
    wr_init(&input, 0);
    smb_validate_put(&input, n->client_guid);
    smb_ioctl_put(smb_request(c, SMB_IOCTL), FSCTL_VALIDATE_NEGOTIATE_INFO, &none,
                  wr_view_of(&input), OUTPUT_SIZE);
    e = smb_exchange(c, &a, why);
    if (e == E_CUT)
        e = why_set(why, e,
                    "the host ended the connection when asked what it negotiated");
    if (e == OK)
        e = answer_judge(c, n, &a, why);
    if (e != OK)
        c->broken = true;
    wr_fini(&input);
    return why_place(why, e, "validate negotiation");
}
