#include "transport/smb/status.h"

#include "transport/auth_reasons.h"

static const struct status {
    uint32_t status;
    enum err err;
    const char *name;
    const char *words;
} statuses[] = {
    /* what we may do */
    {STATUS_ACCESS_DENIED, E_DENIED, "STATUS_ACCESS_DENIED",
     "access denied: make the account an administrator of the host; a local account other than "
     "Administrator also needs LocalAccountTokenFilterPolicy = 1 there"},
    {0xC0000061u, E_DENIED, "STATUS_PRIVILEGE_NOT_HELD", "a needed privilege is missing"},
    /* the session is gone */
    {STATUS_USER_SESSION_DELETED, E_CUT, "STATUS_USER_SESSION_DELETED",
     "the host ended the session"},
    {STATUS_NETWORK_NAME_DELETED, E_CUT, "STATUS_NETWORK_NAME_DELETED", "the host ended the share"},
    {STATUS_NETWORK_SESSION_EXPIRED, E_CUT, "STATUS_NETWORK_SESSION_EXPIRED",
     "the session has expired"},
    {0xC00000D6u, E_CUT, "STATUS_VIRTUAL_CIRCUIT_CLOSED", "the host ended the connection"},
    {STATUS_FILE_CLOSED, E_CUT, "STATUS_FILE_CLOSED", "the pipe was closed by the host"},
    /* the pipe */
    {STATUS_PIPE_NOT_AVAILABLE, E_UNAVAILABLE, "STATUS_PIPE_NOT_AVAILABLE",
     "the service behind the pipe is not running; asking for it makes Windows start it"},
    {STATUS_OBJECT_NAME_NOT_FOUND, E_ABSENT, "STATUS_OBJECT_NAME_NOT_FOUND", "it does not exist"},
    {0xC000003Au, E_ABSENT, "STATUS_OBJECT_PATH_NOT_FOUND", "it does not exist"},
    {0xC00000ABu, E_UNAVAILABLE, "STATUS_INSTANCE_NOT_AVAILABLE",
     "every instance of the pipe is in use"},
    {0xC00000AEu, E_UNAVAILABLE, "STATUS_PIPE_BUSY", "the pipe is busy"},
    {0xC00000B0u, E_CUT, "STATUS_PIPE_DISCONNECTED", "the host ended the pipe"},
    {0xC00000B1u, E_CUT, "STATUS_PIPE_CLOSING", "the host is closing the pipe"},
    {0xC00000D9u, E_CUT, "STATUS_PIPE_EMPTY", "the pipe is empty"},
    {0xC000014Bu, E_CUT, "STATUS_PIPE_BROKEN", "the host ended the pipe"},
    {0xC00000B5u, E_UNAVAILABLE, "STATUS_IO_TIMEOUT",
     "the host gave up waiting for its own service"},
    /* the host has no room, or is on its way */
    {0xC000009Au, E_UNAVAILABLE, "STATUS_INSUFFICIENT_RESOURCES", "the host is out of resources"},
    {0xC00000CEu, E_UNAVAILABLE, "STATUS_TOO_MANY_SESSIONS", "the host has too many sessions"},
    {0xC00000D0u, E_UNAVAILABLE, "STATUS_REQUEST_NOT_ACCEPTED",
     "the host takes no further session now"},
    {0xC0000205u, E_UNAVAILABLE, "STATUS_INSUFF_SERVER_RESOURCES", "the host is out of resources"},
    {0xC0000466u, E_UNAVAILABLE, "STATUS_SERVER_UNAVAILABLE", "the host is not ready yet"},
    {0xC00002FEu, E_GOING_DOWN, "STATUS_SHUTDOWN_IN_PROGRESS", "the host is shutting down"},
    /* what the host can */
    {0xC0000002u, E_UNSUPPORTED, "STATUS_NOT_IMPLEMENTED", "the host does not do that"},
    {STATUS_INVALID_DEVICE_REQUEST, E_UNSUPPORTED, "STATUS_INVALID_DEVICE_REQUEST",
     "the host does not do that"},
    {STATUS_NOT_SUPPORTED, E_UNSUPPORTED, "STATUS_NOT_SUPPORTED",
     "the host does not speak a version of SMB that Swell speaks"},
    {0xC05D0000u, E_UNSUPPORTED, "STATUS_SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP",
     "the host shares no integrity algorithm with Swell"},
    {0xC00000CCu, E_UNSUPPORTED, "STATUS_BAD_NETWORK_NAME", "the host has no such share"},
    {0xC000000Du, E_REFUSED, "STATUS_INVALID_PARAMETER",
     "the host found a mistake in what was asked"},
    {0xC0000001u, E_REFUSED, "STATUS_UNSUCCESSFUL", "the host failed and does not say why"},
    {0xC0000008u, E_CUT, "STATUS_INVALID_HANDLE", "the host does not know the pipe any more"},
    {0xC00000E5u, E_REFUSED, "STATUS_INTERNAL_ERROR", "the host failed inside"},
};

static const struct status *status_find(uint32_t status)
{
    for (size_t i = 0; i < COUNT(statuses); i++)
        if (statuses[i].status == status)
            return &statuses[i];
    return NULL;
}

const char *smb_status_name(uint32_t status)
{
    const struct auth_reason *r = auth_reason_find(status);
    const struct status *s = status_find(status);

    if (r != NULL)
        return r->name;
    return s == NULL ? "" : s->name;
}

enum err smb_status_fail(struct why *why, uint32_t status)
{
    const struct auth_reason *r = auth_reason_find(status);
    const struct status *s = status_find(status);

    if (r != NULL)
        return why_native(why, r->err, status, r->name, "%s", r->words);
    if (s == NULL)
        return why_native(why, E_REFUSED, status, "", "the host refused");
    return why_native(why, s->err, status, s->name, "%s", s->words);
}

enum err smb_status_fail_entry(struct why *why, uint32_t status)
{
    if (status != STATUS_ACCESS_DENIED)
        return smb_status_fail(why, status);
    return why_native(why, E_DENIED, status, smb_status_name(status),
                      "access denied: the account may not come in, or the host demands SMB "
                      "encryption and speaks no version of SMB that has it: look at its user "
                      "rights and at Get-SmbServerConfiguration");
}
