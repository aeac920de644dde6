#include "transport/smb/status.h"

static const struct status {
    uint32_t status;
    enum err err;
    const char *name;
    const char *words;
} statuses[] = {
    /* who we are */
    {0xC000005Eu, E_AUTH, "STATUS_NO_LOGON_SERVERS",
     "the host finds no domain controller to check the logon with"},
    {0xC0000064u, E_AUTH, "STATUS_NO_SUCH_USER", "the user does not exist"},
    {0xC000006Au, E_AUTH, "STATUS_WRONG_PASSWORD", "the password is wrong"},
    {0xC000006Du, E_AUTH, "STATUS_LOGON_FAILURE", "the user name or the password was not accepted"},
    {0xC000006Eu, E_AUTH, "STATUS_ACCOUNT_RESTRICTION",
     "the account is restricted (a blank password, a policy, or it is not allowed here)"},
    {0xC000006Fu, E_AUTH, "STATUS_INVALID_LOGON_HOURS", "the account may not log on at this hour"},
    {0xC0000070u, E_AUTH, "STATUS_INVALID_WORKSTATION",
     "the account may not log on from this machine"},
    {0xC0000071u, E_AUTH, "STATUS_PASSWORD_EXPIRED", "the password has expired"},
    {0xC0000072u, E_AUTH, "STATUS_ACCOUNT_DISABLED", "the account is disabled"},
    {0xC0000133u, E_AUTH, "STATUS_TIME_DIFFERENCE_AT_DC",
     "the clocks of the host and of its domain controller differ too much"},
    {0xC000015Bu, E_AUTH, "STATUS_LOGON_TYPE_NOT_GRANTED",
     "the account has no right to log on to this host over the network"},
    {0xC0000184u, E_AUTH, "STATUS_INVALID_DEVICE_STATE", "the host cannot check the logon now"},
    {0xC000018Cu, E_AUTH, "STATUS_TRUSTED_DOMAIN_FAILURE",
     "the trust between the domains is broken"},
    {0xC000018Du, E_AUTH, "STATUS_TRUSTED_RELATIONSHIP_FAILURE",
     "the trust between the host and its domain is broken"},
    {0xC0000190u, E_AUTH, "STATUS_TRUST_FAILURE",
     "the trust between the host and its domain is broken"},
    {0xC0000192u, E_AUTH, "STATUS_NETLOGON_NOT_STARTED",
     "the host's Netlogon service is not running, so it cannot check the logon"},
    {0xC0000193u, E_AUTH, "STATUS_ACCOUNT_EXPIRED", "the account has expired"},
    {0xC0000224u, E_AUTH, "STATUS_PASSWORD_MUST_CHANGE", "the password must be changed first"},
    {0xC0000234u, E_AUTH, "STATUS_ACCOUNT_LOCKED_OUT",
     "the account is locked out after too many wrong passwords"},
    {0xC0000413u, E_AUTH, "STATUS_AUTHENTICATION_FIREWALL_FAILED",
     "selective authentication does not let the account log on to this host"},
    {0xC0000418u, E_AUTH, "STATUS_NTLM_BLOCKED",
     "the host's policy refuses NTLM: Kerberos is needed"},
    {0xC0000388u, E_SECURITY, "STATUS_DOWNGRADE_DETECTED",
     "the host saw an attempt to weaken the logon"},
    /* what we may do */
    {STATUS_ACCESS_DENIED, E_DENIED, "STATUS_ACCESS_DENIED",
     "access denied (not an administrator there, or a local account whose rights are filtered)"},
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
    const struct status *s = status_find(status);

    return s == NULL ? "" : s->name;
}

enum err smb_status_fail(struct why *why, uint32_t status)
{
    const struct status *s = status_find(status);

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
                      "encryption and speaks no version of SMB that has it");
}
