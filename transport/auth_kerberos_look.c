#include "transport/auth_parts.h"
#include "transport/auth_reasons.h"

#include <string.h>

struct look {
    krb5_context library;
    krb5_principal user;
    krb5_keytab keytab;
};

static void look_end(struct look *l)
{
    if (l->library == NULL)
        return;
    if (l->keytab != NULL)
        (void)krb5_kt_close(l->library, l->keytab);
    krb5_free_principal(l->library, l->user);
    krb5_free_context(l->library);
}

static bool look_begin(struct look *l, const struct transport_target *target)
{
    *l = (struct look){0};
    return target->user != NULL && *target->user != '\0' && krb5_init_context(&l->library) == 0 &&
           krb5_parse_name(l->library, target->user, &l->user) == 0 &&
           krb5_kt_client_default(l->library, &l->keytab) == 0;
}

/* There is a keytab, and it has nothing of the user's. */
static bool keytab_lacks_user(const struct transport_target *target)
{
    struct look l;
    krb5_keytab_entry entry;
    krb5_error_code code = 0;

    if (look_begin(&l, target) && krb5_kt_have_content(l.library, l.keytab) == 0 &&
        (code = krb5_kt_get_entry(l.library, l.keytab, l.user, 0, 0, &entry)) == 0)
        (void)krb5_free_keytab_entry_contents(l.library, &entry);
    look_end(&l);
    return code == KRB5_KT_NOTFOUND;
}

static bool proof_set(const struct look *l, krb5_init_creds_context ask,
                      const struct transport_target *target)
{
    if (!auth_kerberos_by_password(target))
        return krb5_init_creds_set_keytab(l->library, ask, l->keytab) == 0;
    return strlen(target->password->bytes) == target->password->used &&
           krb5_init_creds_set_password(l->library, ask, target->password->bytes) == 0;
}

/* GSSAPI keeps the number of an error and drops what comes with it. Not asked after a wrong
 * password: that would count towards the lockout. */
static uint32_t controller_status(const struct transport_target *target)
{
    krb5_init_creds_context ask = NULL;
    krb5_error *error = NULL;
    uint32_t status = 0;
    struct look l;

    if (look_begin(&l, target) &&
        krb5_init_creds_init(l.library, l.user, NULL, NULL, 0, NULL, &ask) == 0 &&
        proof_set(&l, ask, target) && krb5_init_creds_get(l.library, ask) != 0 &&
        krb5_init_creds_get_error(l.library, ask, &error) == 0 && error != NULL)
        status = auth_error_data_status(rd_of(error->e_data.data, error->e_data.length));
    if (l.library != NULL) {
        krb5_free_error(l.library, error);
        krb5_init_creds_free(l.library, ask);
    }
    look_end(&l);
    return status;
}

static enum err explain_restriction(const struct transport_target *target, enum err e,
                                    struct why *why)
{
    const struct auth_reason *r = auth_reason_find(controller_status(target));

    return r == NULL ? e : why_native(why, r->err, r->code, r->name, "%s", r->words);
}

static enum err explain_proof(const struct transport_target *target, enum err e, struct why *why)
{
    const struct auth_reason *r = auth_reason_find((uint32_t)KRB5KDC_ERR_PREAUTH_FAILED);

    return why_native(why, e, r->code, r->name, "%s",
                      auth_kerberos_by_password(target)
                          ? "the password is wrong"
                          : "the key in the keytab is not the account's any more: its password was "
                            "changed since; export the keytab anew");
}

static enum err explain_no_ticket(const struct transport_target *target, enum err e,
                                  struct why *why)
{
    const struct auth_reason *r = auth_reason_find((uint32_t)KRB5_KT_NOTFOUND);

    if (auth_kerberos_by_password(target) || !keytab_lacks_user(target))
        return e;
    return why_native(why, r->err, r->code, r->name,
                      "there is no Kerberos ticket for that user, and %s", r->words);
}

enum err auth_kerberos_explain(const struct transport_target *target, OM_uint32 major,
                               OM_uint32 minor, struct why *why)
{
    enum err e = auth_kerberos_fail(why, major, minor);

    switch ((krb5_error_code)minor) {
    case KRB5KDC_ERR_CLIENT_REVOKED:
    case KRB5KDC_ERR_KEY_EXP:
    case KRB5KDC_ERR_POLICY: return explain_restriction(target, e, why);
    case KRB5KDC_ERR_PREAUTH_FAILED: return explain_proof(target, e, why);
    case KRB5_FCC_NOFILE:
    case KRB5_CC_NOTFOUND: return explain_no_ticket(target, e, why);
    }
    return e;
}
