/* Every reason for which a logon fails: told apart, in words that say what to do, and blamed on the
 * right one: the login, the host or this machine. */
#include "tests/unit/transport/hex.h"
#include "transport/auth_parts.h"
#include "transport/auth_reasons.h"
#include "transport/smb/status.h"

#define KRB(code) (uint32_t)(code)

static const struct {
    uint32_t code;
    enum err err;
    const char *name, *words;
} cases[] = {
    {0xC000006Du, E_AUTH, "STATUS_LOGON_FAILURE", "check both"},
    {0xC0000064u, E_AUTH, "STATUS_NO_SUCH_USER", "user does not exist"},
    {0xC000006Au, E_AUTH, "STATUS_WRONG_PASSWORD", "password is wrong"},
    {0xC0000062u, E_AUTH, "STATUS_INVALID_ACCOUNT_NAME", "write DOMAIN\\user"},
    {0xC00000DFu, E_AUTH, "STATUS_NO_SUCH_DOMAIN", "does not know the domain"},
    {0xC000006Eu, E_AUTH, "STATUS_ACCOUNT_RESTRICTION", "protected user"},
    {0xC000006Fu, E_AUTH, "STATUS_INVALID_LOGON_HOURS", "logon hours"},
    {0xC0000070u, E_AUTH, "STATUS_INVALID_WORKSTATION", "from this machine"},
    {0xC0000071u, E_AUTH, "STATUS_PASSWORD_EXPIRED", "password has expired"},
    {0xC0000224u, E_AUTH, "STATUS_PASSWORD_MUST_CHANGE", "must be changed"},
    {0xC0000072u, E_AUTH, "STATUS_ACCOUNT_DISABLED", "enable it"},
    {0xC0000193u, E_AUTH, "STATUS_ACCOUNT_EXPIRED", "account has expired"},
    {0xC0000234u, E_AUTH, "STATUS_ACCOUNT_LOCKED_OUT", "unlock it"},
    {0xC00002FAu, E_AUTH, "STATUS_SMARTCARD_LOGON_REQUIRED", "smart card"},
    {0xC0000198u, E_AUTH, "STATUS_NOLOGON_INTERDOMAIN_TRUST_ACCOUNT", "use another"},
    {0xC0000199u, E_AUTH, "STATUS_NOLOGON_WORKSTATION_TRUST_ACCOUNT", "use another"},
    {0xC000019Au, E_AUTH, "STATUS_NOLOGON_SERVER_TRUST_ACCOUNT", "use another"},
    {0xC000015Bu, E_DENIED, "STATUS_LOGON_TYPE_NOT_GRANTED", "Access this computer from the"},
    {0xC0000155u, E_DENIED, "STATUS_LOGON_NOT_GRANTED", "user rights"},
    {0xC0000413u, E_DENIED, "STATUS_AUTHENTICATION_FIREWALL_FAILED", "allow it to authenticate"},
    {0xC0000418u, E_UNSUPPORTED, "STATUS_NTLM_BLOCKED", "auth: kerberos"},
    {0xC0000388u, E_SECURITY, "STATUS_DOWNGRADE_DETECTED", "weaken the logon"},
    {0xC000005Eu, E_UNAVAILABLE, "STATUS_NO_LOGON_SERVERS", "DNS"},
    {0xC0000233u, E_UNAVAILABLE, "STATUS_DOMAIN_CONTROLLER_NOT_FOUND", "DNS"},
    {0xC0000192u, E_UNAVAILABLE, "STATUS_NETLOGON_NOT_STARTED", "start it"},
    {0xC0000184u, E_UNAVAILABLE, "STATUS_INVALID_DEVICE_STATE", "starting"},
    {0xC0000133u, E_UNAVAILABLE, "STATUS_TIME_DIFFERENCE_AT_DC", "clocks"},
    {0xC0000190u, E_REFUSED, "STATUS_TRUST_FAILURE", "join the host again"},
    {0xC000018Au, E_REFUSED, "STATUS_NO_TRUST_LSA_SECRET", "join the host again"},
    {0xC000018Bu, E_REFUSED, "STATUS_NO_TRUST_SAM_ACCOUNT", "join the host again"},
    {0xC000018Du, E_REFUSED, "STATUS_TRUSTED_RELATIONSHIP_FAILURE", "join the host again"},
    {0xC000019Bu, E_REFUSED, "STATUS_DOMAIN_TRUST_INCONSISTENT", "join the host again"},
    {0xC000018Cu, E_REFUSED, "STATUS_TRUSTED_DOMAIN_FAILURE", "between the domains"},
    {KRB(KRB5KDC_ERR_PREAUTH_FAILED), E_AUTH, "KRB5KDC_ERR_PREAUTH_FAILED", "is wrong"},
    {KRB(KRB5_PREAUTH_FAILED), E_AUTH, "KRB5_PREAUTH_FAILED", "another way of proof"},
    {KRB(KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN), E_AUTH, "KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN",
     "does not know the user"},
    {KRB(KRB5KDC_ERR_WRONG_REALM), E_AUTH, "KRB5KDC_ERR_WRONG_REALM", "behind @"},
    {KRB(KRB5KDC_ERR_CLIENT_REVOKED), E_AUTH, "KRB5KDC_ERR_CLIENT_REVOKED", "locked out, disabled"},
    {KRB(KRB5KDC_ERR_NAME_EXP), E_AUTH, "KRB5KDC_ERR_NAME_EXP", "account has expired"},
    {KRB(KRB5KDC_ERR_CLIENT_NOTYET), E_AUTH, "KRB5KDC_ERR_CLIENT_NOTYET", "not valid yet"},
    {KRB(KRB5KDC_ERR_KEY_EXP), E_AUTH, "KRB5KDC_ERR_KEY_EXP", "kpasswd"},
    {KRB(KRB5KDC_ERR_POLICY), E_AUTH, "KRB5KDC_ERR_POLICY", "silo"},
    {KRB(KRB5KDC_ERR_NULL_KEY), E_AUTH, "KRB5KDC_ERR_NULL_KEY", "password anew"},
    {KRB(KRB5KRB_AP_ERR_TKT_EXPIRED), E_AUTH, "KRB5KRB_AP_ERR_TKT_EXPIRED", "run kinit"},
    {KRB(KRB5KDC_ERR_TGT_REVOKED), E_AUTH, "KRB5KDC_ERR_TGT_REVOKED", "run kinit"},
    {KRB(KRB5KRB_AP_ERR_SKEW), E_REFUSED, "KRB5KRB_AP_ERR_SKEW", "same time server"},
    {KRB(KRB5_KDCREP_SKEW), E_REFUSED, "KRB5_KDCREP_SKEW", "same time server"},
    {KRB(KRB5KRB_AP_ERR_TKT_NYV), E_REFUSED, "KRB5KRB_AP_ERR_TKT_NYV", "same time server"},
    {KRB(KRB5KDC_ERR_NEVER_VALID), E_REFUSED, "KRB5KDC_ERR_NEVER_VALID", "same time server"},
    {KRB(KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN), E_REFUSED, "KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN",
     "swell_spn"},
    {KRB(KRB5KDC_ERR_PRINCIPAL_NOT_UNIQUE), E_REFUSED, "KRB5KDC_ERR_PRINCIPAL_NOT_UNIQUE",
     "setspn -X"},
    {KRB(KRB5KDC_ERR_MUST_USE_USER2USER), E_REFUSED, "KRB5KDC_ERR_MUST_USE_USER2USER",
     "account of a person"},
    {KRB(KRB5KDC_ERR_SERVICE_EXP), E_REFUSED, "KRB5KDC_ERR_SERVICE_EXP", "computer account"},
    {KRB(KRB5KDC_ERR_SERVICE_REVOKED), E_REFUSED, "KRB5KDC_ERR_SERVICE_REVOKED",
     "computer account"},
    {KRB(KRB5KRB_AP_ERR_MODIFIED), E_REFUSED, "KRB5KRB_AP_ERR_MODIFIED", "setspn -Q"},
    {KRB(KRB5KRB_AP_ERR_BAD_INTEGRITY), E_REFUSED, "KRB5KRB_AP_ERR_BAD_INTEGRITY", "setspn -Q"},
    {KRB(KRB5KRB_AP_ERR_NOT_US), E_REFUSED, "KRB5KRB_AP_ERR_NOT_US", "setspn -Q"},
    {KRB(KRB5KRB_AP_ERR_NOKEY), E_REFUSED, "KRB5KRB_AP_ERR_NOKEY", "setspn -Q"},
    {KRB(KRB5KRB_AP_ERR_BADKEYVER), E_REFUSED, "KRB5KRB_AP_ERR_BADKEYVER", "setspn -Q"},
    {KRB(KRB5KDC_ERR_ETYPE_NOSUPP), E_UNSUPPORTED, "KRB5KDC_ERR_ETYPE_NOSUPP", "AES"},
    {KRB(KRB5_KDC_UNREACH), E_UNAVAILABLE, "KRB5_KDC_UNREACH", "port 88"},
    {KRB(KRB5_REALM_CANT_RESOLVE), E_UNAVAILABLE, "KRB5_REALM_CANT_RESOLVE", "DNS"},
    {KRB(KRB5KDC_ERR_SVC_UNAVAILABLE), E_UNAVAILABLE, "KRB5KDC_ERR_SVC_UNAVAILABLE", "later"},
    {KRB(KRB5_KDCREP_MODIFIED), E_SECURITY, "KRB5_KDCREP_MODIFIED", "not the one"},
    {KRB(KRB5_REALM_UNKNOWN), E_CONFIG, "KRB5_REALM_UNKNOWN", "add the realm to krb5.conf"},
    {KRB(KRB5_FCC_NOFILE), E_CONFIG, "KRB5_FCC_NOFILE", "run kinit"},
    {KRB(KRB5_CC_NOTFOUND), E_CONFIG, "KRB5_CC_NOTFOUND", "run kinit"},
    {KRB(KRB5_FCC_PERM), E_CONFIG, "KRB5_FCC_PERM", "KRB5CCNAME"},
    {KRB(KRB5_CC_FORMAT), E_CONFIG, "KRB5_CC_FORMAT", "run kinit"},
    {KRB(KRB5_CC_UNKNOWN_TYPE), E_CONFIG, "KRB5_CC_UNKNOWN_TYPE", "KRB5CCNAME"},
    {KRB(KRB5_KT_NOTFOUND), E_CONFIG, "KRB5_KT_NOTFOUND", "klist -k"},
    {KRB(KRB5_KT_KVNONOTFOUND), E_CONFIG, "KRB5_KT_KVNONOTFOUND", "export it anew"},
    {KRB(KRB5_KT_FORMAT), E_CONFIG, "KRB5_KT_FORMAT", "export it anew"},
    {KRB(KRB5_CONFIG_NODEFREALM), E_CONFIG, "KRB5_CONFIG_NODEFREALM", "default_realm"},
    {KRB(KRB5_CONFIG_CANTOPEN), E_CONFIG, "KRB5_CONFIG_CANTOPEN", "KRB5_CONFIG"},
    {KRB(KRB5_CONFIG_BADFORMAT), E_CONFIG, "KRB5_CONFIG_BADFORMAT", "a mistake"},
};

static void every_reason_has_its_words_and_its_blame(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct why why = {0};
        enum err e = cases[i].code >= 0xC0000000u
                         ? smb_status_fail(&why, cases[i].code)
                         : auth_kerberos_fail(&why, GSS_S_FAILURE, cases[i].code);

        assert_int_equal(e, cases[i].err);
        assert_int_equal(why.native, cases[i].code);
        assert_string_equal(why.native_name, cases[i].name);
        if (strstr(why.text, cases[i].words) == NULL)
            fail_msg("%s: %s", cases[i].name, why.text);
    }
}

static void no_reason_is_left_out_or_there_twice(void **state)
{
    (void)state;
    assert_int_equal(auth_reasons_count(), COUNT(cases));
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct auth_reason *r = auth_reason_at(i);

        assert_ptr_equal(auth_reason_find(r->code), r);
        assert_true(strlen(r->words) < 250); /* and room for the library's own */
        assert_true(strlen(r->name) < sizeof((struct why){0}).native_name);
    }
    assert_null(auth_reason_find(0));
    assert_null(auth_reason_find(STATUS_ACCESS_DENIED));
}

/* A host's own errors come through SPNEGO without their number. */
static void the_librarys_words_are_known_where_there_is_no_number(void **state)
{
    static const struct {
        const char *said;
        krb5_error_code code;
    } words[] = {
        {"Clock skew too great", KRB5KRB_AP_ERR_SKEW},
        {"a; Ticket expired", KRB5KRB_AP_ERR_TKT_EXPIRED},
        {"Ticket not yet valid", KRB5KRB_AP_ERR_TKT_NYV},
        {"Message stream modified", KRB5KRB_AP_ERR_MODIFIED},
        {"Decrypt integrity check failed", KRB5KRB_AP_ERR_BAD_INTEGRITY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(words); i++)
        assert_int_equal(auth_reason_heard(100001, words[i].said)->code, KRB(words[i].code));
    assert_null(auth_reason_heard(0, "Unspecified GSS failure"));
    assert_int_equal(auth_reason_heard(KRB(KRB5_KDC_UNREACH), "Ticket expired")->code,
                     KRB(KRB5_KDC_UNREACH));
}

static uint32_t status_in(const char *hex)
{
    struct blob b = blob_of(hex);

    return auth_error_data_status(blob_view(&b));
}

/* SEQUENCE { [1] INTEGER 3, [2] OCTET STRING { status, reserved, flags } } */
#define ELEMENT "3015 a103 020103 a20e 040c 340200c0 00000000 01000000"

static void a_controllers_status_is_found_in_its_error(void **state)
{
    (void)state;
    assert_int_equal(status_in(ELEMENT), 0xC0000234u);
    assert_int_equal(status_in("3017" ELEMENT), 0xC0000234u);
    assert_int_equal(status_in("3020 3007 a103 020102 a200" ELEMENT), 0xC0000234u);
    assert_int_equal(status_in("308115 a103 020103 a20e 040c 340200c0 00000000 01000000"),
                     0xC0000234u);
    assert_int_equal(status_in("30820015 a103 020103 a20e 040c 340200c0 00000000 01000000"),
                     0xC0000234u);
}

static void an_error_with_something_else_in_it_has_no_status(void **state)
{
    static const char *const others[] = {
        "",
        "30",
        "3000",
        "0400",
        "3080 0000",
        "3084ffffffff 00",
        "3015 a103 020102 a20e 040c 340200c0 00000000 01000000", /* another type */
        "3016 a104 02020003 a20e 040c 340200c0 00000000 01000000",
        "3011 a103 020103 a20a 0408 340200c0 00000000",             /* short */
        "3016 a103 020103 a20f 040d 340200c0 00000000 01000000 00", /* long */
        "3015 a103 040103 a20e 040c 340200c0 00000000 01000000",
        "3015 a103 020103 a30e 040c 340200c0 00000000 01000000",
    };
    struct blob b = blob_of(ELEMENT);

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(status_in(others[i]), 0);
    for (size_t n = 0; n < blob_view(&b).left; n++)
        assert_int_equal(auth_error_data_status(rd_at(blob_view(&b), 0, n)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_its_words_and_its_blame),
        cmocka_unit_test(no_reason_is_left_out_or_there_twice),
        cmocka_unit_test(the_librarys_words_are_known_where_there_is_no_number),
        cmocka_unit_test(a_controllers_status_is_found_in_its_error),
        cmocka_unit_test(an_error_with_something_else_in_it_has_no_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
