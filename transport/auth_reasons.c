#include "transport/auth_reasons.h"

#include "transport/auth_parts.h"

#include <string.h>

#define KRB(code) (uint32_t)(code)

#define CLOCKS                                                                                  \
    "the clocks of this machine and of the host or its domain controller differ too much: set " \
    "them by the same time server"
#define FOREIGN_TICKET                                                                           \
    "the host cannot read the ticket: another machine has that name in the domain, or the host " \
    "has lost its domain: look whose the SPN is (setspn -Q)"
#define NO_TICKET "run kinit, or name a keytab in KRB5_CLIENT_KTNAME"
#define TRUST_LOST "the trust between the host and its domain is broken: join the host again"
#define SERVICE_ACCOUNT "the account of a machine, not of a person, was given: use another"

static const struct auth_reason reasons[] = {
    /* the login itself */
    {0xC000006Du, E_AUTH, "STATUS_LOGON_FAILURE",
     "the user name or the password was not accepted: check both, and the domain before the user",
     NULL},
    {0xC0000064u, E_AUTH, "STATUS_NO_SUCH_USER",
     "the user does not exist there: check the name, and the domain before it", NULL},
    {0xC000006Au, E_AUTH, "STATUS_WRONG_PASSWORD", "the password is wrong", NULL},
    {0xC0000062u, E_AUTH, "STATUS_INVALID_ACCOUNT_NAME",
     "that cannot be the name of an account: write DOMAIN\\user or user@REALM", NULL},
    {0xC00000DFu, E_AUTH, "STATUS_NO_SUCH_DOMAIN",
     "the host does not know the domain of the user: check what stands before the user", NULL},
    {0xC000006Eu, E_AUTH, "STATUS_ACCOUNT_RESTRICTION",
     "the account may not log on this way: its password is blank, or it is a protected user, who "
     "needs auth: kerberos",
     NULL},
    {0xC000006Fu, E_AUTH, "STATUS_INVALID_LOGON_HOURS",
     "the account may not log on at this hour: widen its logon hours, or wait for them", NULL},
    {0xC0000070u, E_AUTH, "STATUS_INVALID_WORKSTATION",
     "the account may not log on from this machine: add it to the account's workstations", NULL},
    {0xC0000071u, E_AUTH, "STATUS_PASSWORD_EXPIRED", "the password has expired: set a new one",
     NULL},
    {0xC0000224u, E_AUTH, "STATUS_PASSWORD_MUST_CHANGE",
     "the password must be changed first: log on once and set a new one", NULL},
    {0xC0000072u, E_AUTH, "STATUS_ACCOUNT_DISABLED", "the account is disabled: enable it", NULL},
    {0xC0000193u, E_AUTH, "STATUS_ACCOUNT_EXPIRED",
     "the account has expired: move its end, or use another", NULL},
    {0xC0000234u, E_AUTH, "STATUS_ACCOUNT_LOCKED_OUT",
     "the account is locked out after too many wrong passwords: unlock it, and find who tries them",
     NULL},
    {0xC00002FAu, E_AUTH, "STATUS_SMARTCARD_LOGON_REQUIRED",
     "the account may log on with a smart card only: use another", NULL},
    {0xC0000198u, E_AUTH, "STATUS_NOLOGON_INTERDOMAIN_TRUST_ACCOUNT", SERVICE_ACCOUNT, NULL},
    {0xC0000199u, E_AUTH, "STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT", SERVICE_ACCOUNT, NULL},
    {0xC000019Au, E_AUTH, "STATUS_NOLOGON_SERVER_TRUST_ACCOUNT", SERVICE_ACCOUNT, NULL},
    /* the login is right, but not for this host */
    {0xC000015Bu, E_DENIED, "STATUS_LOGON_TYPE_NOT_GRANTED",
     "the account has no right to log on to this host over the network: give it \"Access this "
     "computer from the network\", and take it out of \"Deny access\"",
     NULL},
    {0xC0000155u, E_DENIED, "STATUS_LOGON_NOT_GRANTED",
     "the account has no right to log on to this host this way: look into its user rights", NULL},
    {0xC0000413u, E_DENIED, "STATUS_AUTHENTICATION_FIREWALL_FAILED",
     "selective authentication keeps the account out: allow it to authenticate at this host's "
     "computer account",
     NULL},
    {0xC0000418u, E_UNSUPPORTED, "STATUS_NTLM_BLOCKED",
     "the host's policy refuses NTLM: use Kerberos (auth: kerberos, and the host by its full name)",
     NULL},
    {0xC0000388u, E_SECURITY, "STATUS_DOWNGRADE_DETECTED",
     "the host saw an attempt to weaken the logon: look for who sits between", NULL},
    /* the host cannot check any login now */
    {0xC000005Eu, E_UNAVAILABLE, "STATUS_NO_LOGON_SERVERS",
     "the host finds no domain controller to check the logon with: look at its network and DNS",
     NULL},
    {0xC0000233u, E_UNAVAILABLE, "STATUS_DOMAIN_CONTROLLER_NOT_FOUND",
     "the host finds no domain controller to check the logon with: look at its network and DNS",
     NULL},
    {0xC0000192u, E_UNAVAILABLE, "STATUS_NETLOGON_NOT_STARTED",
     "the host's Netlogon service is not running, so it cannot check the logon: start it", NULL},
    {0xC0000184u, E_UNAVAILABLE, "STATUS_INVALID_DEVICE_STATE",
     "the host cannot check the logon now: it may be starting", NULL},
    {0xC0000133u, E_UNAVAILABLE, "STATUS_TIME_DIFFERENCE_AT_DC",
     "the clocks of the host and of its domain controller differ too much: set the host's", NULL},
    {0xC0000190u, E_REFUSED, "STATUS_TRUST_FAILURE", TRUST_LOST, NULL},
    {0xC000018Au, E_REFUSED, "STATUS_NO_TRUST_LSA_SECRET", TRUST_LOST, NULL},
    {0xC000018Bu, E_REFUSED, "STATUS_NO_TRUST_SAM_ACCOUNT", TRUST_LOST, NULL},
    {0xC000018Du, E_REFUSED, "STATUS_TRUSTED_RELATIONSHIP_FAILURE", TRUST_LOST, NULL},
    {0xC000019Bu, E_REFUSED, "STATUS_DOMAIN_TRUST_INCONSISTENT", TRUST_LOST, NULL},
    {0xC000018Cu, E_REFUSED, "STATUS_TRUSTED_DOMAIN_FAILURE",
     "the trust between the domains of the user and of the host is broken: have it repaired", NULL},
    /* Kerberos: the login itself */
    {KRB(KRB5KDC_ERR_PREAUTH_FAILED), E_AUTH, "KRB5KDC_ERR_PREAUTH_FAILED",
     "the password, or the key in the keytab, is wrong", NULL},
    {KRB(KRB5_PREAUTH_FAILED), E_AUTH, "KRB5_PREAUTH_FAILED",
     "the password, or the key in the keytab, is wrong, or the account wants another way of proof",
     NULL},
    {KRB(KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN), E_AUTH, "KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN",
     "the domain does not know the user: check the name and the realm behind @", NULL},
    {KRB(KRB5KDC_ERR_WRONG_REALM), E_AUTH, "KRB5KDC_ERR_WRONG_REALM",
     "the user belongs to another realm: write that one behind @", NULL},
    {KRB(KRB5KDC_ERR_CLIENT_REVOKED), E_AUTH, "KRB5KDC_ERR_CLIENT_REVOKED",
     "the account is locked out, disabled or expired, or may not log on at this hour: look at it "
     "in the directory",
     NULL},
    {KRB(KRB5KDC_ERR_NAME_EXP), E_AUTH, "KRB5KDC_ERR_NAME_EXP",
     "the account has expired: move its end, or use another", NULL},
    {KRB(KRB5KDC_ERR_CLIENT_NOTYET), E_AUTH, "KRB5KDC_ERR_CLIENT_NOTYET",
     "the account is not valid yet, or this machine's clock is behind", NULL},
    {KRB(KRB5KDC_ERR_KEY_EXP), E_AUTH, "KRB5KDC_ERR_KEY_EXP",
     "the password has expired or must be changed first: set a new one (kpasswd)", NULL},
    {KRB(KRB5KDC_ERR_POLICY), E_AUTH, "KRB5KDC_ERR_POLICY",
     "the domain's policy does not allow the logon: its hours, its workstations, or an "
     "authentication silo",
     NULL},
    {KRB(KRB5KDC_ERR_NULL_KEY), E_AUTH, "KRB5KDC_ERR_NULL_KEY",
     "the account has no key for Kerberos: set its password anew", NULL},
    {KRB(KRB5KRB_AP_ERR_TKT_EXPIRED), E_AUTH, "KRB5KRB_AP_ERR_TKT_EXPIRED",
     "the Kerberos ticket has expired: run kinit", "Ticket expired"},
    {KRB(KRB5KDC_ERR_TGT_REVOKED), E_AUTH, "KRB5KDC_ERR_TGT_REVOKED",
     "the domain has withdrawn the Kerberos ticket: run kinit", NULL},
    /* Kerberos: this host */
    {KRB(KRB5KRB_AP_ERR_SKEW), E_REFUSED, "KRB5KRB_AP_ERR_SKEW", CLOCKS, "Clock skew too great"},
    {KRB(KRB5_KDCREP_SKEW), E_REFUSED, "KRB5_KDCREP_SKEW", CLOCKS, NULL},
    {KRB(KRB5KRB_AP_ERR_TKT_NYV), E_REFUSED, "KRB5KRB_AP_ERR_TKT_NYV", CLOCKS,
     "Ticket not yet valid"},
    {KRB(KRB5KDC_ERR_NEVER_VALID), E_REFUSED, "KRB5KDC_ERR_NEVER_VALID", CLOCKS, NULL},
    {KRB(KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN), E_REFUSED, "KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN",
     "the domain knows no service of that name (SPN): give the host's full name in its domain, or "
     "swell_spn",
     NULL},
    {KRB(KRB5KDC_ERR_PRINCIPAL_NOT_UNIQUE), E_REFUSED, "KRB5KDC_ERR_PRINCIPAL_NOT_UNIQUE",
     "two accounts of the domain have that service name (SPN): find them with setspn -X", NULL},
    {KRB(KRB5KDC_ERR_MUST_USE_USER2USER), E_REFUSED, "KRB5KDC_ERR_MUST_USE_USER2USER",
     "the service name (SPN) belongs to the account of a person: give the host's own, or swell_spn",
     NULL},
    {KRB(KRB5KDC_ERR_SERVICE_EXP), E_REFUSED, "KRB5KDC_ERR_SERVICE_EXP",
     "the computer account of the host has expired: look at it in the directory", NULL},
    {KRB(KRB5KDC_ERR_SERVICE_REVOKED), E_REFUSED, "KRB5KDC_ERR_SERVICE_REVOKED",
     "the computer account of the host is disabled: enable it", NULL},
    {KRB(KRB5KRB_AP_ERR_MODIFIED), E_REFUSED, "KRB5KRB_AP_ERR_MODIFIED", FOREIGN_TICKET,
     "Message stream modified"},
    {KRB(KRB5KRB_AP_ERR_BAD_INTEGRITY), E_REFUSED, "KRB5KRB_AP_ERR_BAD_INTEGRITY", FOREIGN_TICKET,
     "Decrypt integrity check failed"},
    {KRB(KRB5KRB_AP_ERR_NOT_US), E_REFUSED, "KRB5KRB_AP_ERR_NOT_US", FOREIGN_TICKET, NULL},
    {KRB(KRB5KRB_AP_ERR_NOKEY), E_REFUSED, "KRB5KRB_AP_ERR_NOKEY", FOREIGN_TICKET, NULL},
    {KRB(KRB5KRB_AP_ERR_BADKEYVER), E_REFUSED, "KRB5KRB_AP_ERR_BADKEYVER", FOREIGN_TICKET, NULL},
    {KRB(KRB5KDC_ERR_ETYPE_NOSUPP), E_UNSUPPORTED, "KRB5KDC_ERR_ETYPE_NOSUPP",
     "this machine and the domain share no Kerberos encryption: RC4 alone is not enough, set the "
     "password anew so that there are AES keys",
     NULL},
    /* Kerberos: the domain controllers */
    {KRB(KRB5_KDC_UNREACH), E_UNAVAILABLE, "KRB5_KDC_UNREACH",
     "no domain controller (KDC) of the realm answers: look at port 88 and at kdc = in krb5.conf",
     NULL},
    {KRB(KRB5_REALM_CANT_RESOLVE), E_UNAVAILABLE, "KRB5_REALM_CANT_RESOLVE",
     "the domain controllers (KDC) of the realm have no address: look at DNS and at kdc = in "
     "krb5.conf",
     NULL},
    {KRB(KRB5KDC_ERR_SVC_UNAVAILABLE), E_UNAVAILABLE, "KRB5KDC_ERR_SVC_UNAVAILABLE",
     "the domain controller (KDC) cannot serve now: try again later", NULL},
    {KRB(KRB5_KDCREP_MODIFIED), E_SECURITY, "KRB5_KDCREP_MODIFIED",
     "what the domain controller (KDC) answers belongs to something else: it is not the one it "
     "should be",
     NULL},
    /* Kerberos: this machine */
    {KRB(KRB5_REALM_UNKNOWN), E_CONFIG, "KRB5_REALM_UNKNOWN",
     "neither krb5.conf nor DNS tells where the realm's domain controllers (KDC) are: add the "
     "realm to krb5.conf",
     NULL},
    {KRB(KRB5_FCC_NOFILE), E_CONFIG, "KRB5_FCC_NOFILE", "there is no Kerberos ticket: " NO_TICKET,
     NULL},
    {KRB(KRB5_CC_NOTFOUND), E_CONFIG, "KRB5_CC_NOTFOUND", "there is no Kerberos ticket: " NO_TICKET,
     NULL},
    {KRB(KRB5_FCC_PERM), E_CONFIG, "KRB5_FCC_PERM",
     "the ticket cache may not be read: name your own in KRB5CCNAME", NULL},
    {KRB(KRB5_CC_FORMAT), E_CONFIG, "KRB5_CC_FORMAT", "the ticket cache is damaged: run kinit",
     NULL},
    {KRB(KRB5_CC_UNKNOWN_TYPE), E_CONFIG, "KRB5_CC_UNKNOWN_TYPE",
     "KRB5CCNAME names a kind of ticket cache that is not there: take FILE:", NULL},
    {KRB(KRB5_KT_NOTFOUND), E_CONFIG, "KRB5_KT_NOTFOUND",
     "the keytab has no key of that user: klist -k tells whose it has", NULL},
    {KRB(KRB5_KT_KVNONOTFOUND), E_CONFIG, "KRB5_KT_KVNONOTFOUND",
     "the keytab has an older key of that user: export it anew", NULL},
    {KRB(KRB5_KT_FORMAT), E_CONFIG, "KRB5_KT_FORMAT", "the keytab is damaged: export it anew",
     NULL},
    {KRB(KRB5_CONFIG_NODEFREALM), E_CONFIG, "KRB5_CONFIG_NODEFREALM",
     "krb5.conf has no default_realm: write the user as user@REALM, or set it", NULL},
    {KRB(KRB5_CONFIG_CANTOPEN), E_CONFIG, "KRB5_CONFIG_CANTOPEN",
     "krb5.conf cannot be read: look at KRB5_CONFIG", NULL},
    {KRB(KRB5_CONFIG_BADFORMAT), E_CONFIG, "KRB5_CONFIG_BADFORMAT",
     "krb5.conf has a mistake: kinit tells where", NULL},
};

size_t auth_reasons_count(void)
{
    return COUNT(reasons);
}

const struct auth_reason *auth_reason_at(size_t i)
{
    return &reasons[i];
}

const struct auth_reason *auth_reason_find(uint32_t code)
{
    for (size_t i = 0; i < COUNT(reasons); i++)
        if (reasons[i].code == code)
            return &reasons[i];
    return NULL;
}

const struct auth_reason *auth_reason_heard(uint32_t code, const char *said)
{
    const struct auth_reason *r = auth_reason_find(code);

    for (size_t i = 0; r == NULL && i < COUNT(reasons); i++)
        if (reasons[i].says != NULL && strstr(said, reasons[i].says) != NULL)
            r = &reasons[i];
    return r;
}
