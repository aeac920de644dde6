#include "transport/auth_parts.h"
#include "transport/auth_reasons.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static enum err fail_by_major(struct why *why, OM_uint32 major, const char *words)
{
    switch (GSS_ROUTINE_ERROR(major)) {
    case GSS_S_NO_CRED:
        return why_native(why, E_CONFIG, major, "GSS_S_NO_CRED",
                          "there is no Kerberos ticket: run kinit, or name a keytab in "
                          "KRB5_CLIENT_KTNAME (%s)",
                          words);
    case GSS_S_CREDENTIALS_EXPIRED:
    case GSS_S_CONTEXT_EXPIRED:
        return why_native(why, E_AUTH, major, "GSS_S_CREDENTIALS_EXPIRED",
                          "the Kerberos ticket has expired: run kinit (%s)", words);
    case GSS_S_BAD_MECH:
        return why_native(why, E_UNSUPPORTED, major, "GSS_S_BAD_MECH",
                          "the host does not accept Kerberos (%s)", words);
    case GSS_S_DEFECTIVE_TOKEN:
    case GSS_S_BAD_SIG:
    case GSS_S_DUPLICATE_TOKEN:
    case GSS_S_OLD_TOKEN:
        return why_native(why, E_SECURITY, major, "",
                          "the host's logon token is damaged or forged (%s)", words);
    default: return why_native(why, E_AUTH, major, "", "the Kerberos logon failed: %s", words);
    }
}

enum err auth_kerberos_fail(struct why *why, OM_uint32 major, OM_uint32 minor)
{
    const struct auth_reason *r;
    struct text t = {0};
    enum err e;

    auth_words(&t, MECH_KERBEROS, major, minor);
    r = auth_reason_heard(minor, text_str(&t));
    e = r == NULL ? fail_by_major(why, major, text_str(&t))
                  : why_native(why, r->err, r->code, r->name, "%s (%s)", r->words, text_str(&t));
    text_fini(&t);
    return e;
}

static bool is_ip(const char *s)
{
    uint8_t address[sizeof(struct in6_addr)];

    return strchr(s, ':') != NULL || inet_pton(AF_INET, s, address) == 1;
}

/* The name that the host's service is known by: what is connected to, unless that is a number. */
static const char *host_name(const struct transport_target *target)
{
    if (target->spn != NULL && *target->spn != '\0')
        return target->spn;
    if (target->address != NULL && !is_ip(target->address))
        return target->address;
    return target->name != NULL && !is_ip(target->name) ? target->name : NULL;
}

static bool user_is_set(const struct transport_target *target)
{
    return target->user != NULL && *target->user != '\0';
}

bool auth_kerberos_fits(const struct transport_target *target)
{
    return host_name(target) != NULL &&
           !(user_is_set(target) && strchr(target->user, '\\') != NULL);
}

static enum err user_import(const struct transport_target *target, gss_name_t *out, struct why *why)
{
    struct text t = {0};
    enum err e;

    if (!user_is_set(target))
        return OK; /* whoever the ticket is for */
    text_put(&t, target->user);
    if ((e = text_end(&t)) == OK)
        e = auth_name(t.s, GSS_C_NT_USER_NAME, out, why);
    text_fini(&t);
    return e;
}

/* "cifs/NAME@" with the realm left to the domain: as it was written, without asking DNS for another
 * name, so that nobody can answer for the host. An SPN that was given may name all three. */
static enum err service_import(struct auth *a, const char *service, const char *host,
                               struct why *why)
{
    gss_OID_desc type = *GSS_KRB5_NT_PRINCIPAL_NAME;
    struct text t = {0};
    enum err e;

    if (strchr(host, '/') == NULL)
        text_printf(&t, "%s/", service);
    text_put(&t, host);
    if (strchr(host, '@') == NULL)
        text_char(&t, '@');
    if ((e = text_end(&t)) == OK)
        e = auth_name(t.s, &type, &a->target, why);
    text_fini(&t);
    return e;
}

/* A password is used only where Kerberos alone is allowed: a wrong one would else count twice, in
 * both ways of logging on, towards the lockout. */
bool auth_kerberos_by_password(const struct transport_target *target)
{
    return target->auth == AUTH_KERBEROS && user_is_set(target) && target->password != NULL &&
           secret_is_set(target->password);
}

static OM_uint32 cred_of(const struct transport_target *target, gss_name_t user,
                         enum auth_mech mech, gss_cred_id_t *out, OM_uint32 *minor)
{
    struct mech m;
    gss_OID_set_desc mechs = {.count = 1, .elements = mech_of(&m, mech)};
    gss_buffer_desc password = GSS_C_EMPTY_BUFFER;

    if (!auth_kerberos_by_password(target))
        return gss_acquire_cred(minor, user, GSS_C_INDEFINITE, &mechs, GSS_C_INITIATE, out, NULL,
                                NULL);
    password.length = target->password->used;
    password.value = target->password->bytes;
    return gss_acquire_cred_with_password(minor, user, &password, GSS_C_INDEFINITE, &mechs,
                                          GSS_C_INITIATE, out, NULL, NULL);
}

/* The ticket for the host is fetched by Kerberos alone, so that its own reason is heard: through
 * SPNEGO the numbers of errors get lost. */
static enum err ticket_fetch(const struct auth *a, const struct transport_target *target,
                             gss_name_t user, struct why *why)
{
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;
    struct mech m;
    OM_uint32 unused, minor = 0;
    OM_uint32 major = cred_of(target, user, MECH_KERBEROS, &cred, &minor);

    if (!GSS_ERROR(major))
        major = gss_init_sec_context(&minor, cred, &context, a->target, mech_of(&m, MECH_KERBEROS),
                                     GSS_C_MUTUAL_FLAG, 0, GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL,
                                     &token, NULL, NULL);
    (void)gss_release_buffer(&unused, &token);
    if (context != GSS_C_NO_CONTEXT)
        (void)gss_delete_sec_context(&unused, &context, GSS_C_NO_BUFFER);
    if (cred != GSS_C_NO_CREDENTIAL)
        (void)gss_release_cred(&unused, &cred);
    return GSS_ERROR(major) ? auth_kerberos_explain(target, major, minor, why) : OK;
}

static enum err cred_acquire(struct auth *a, const struct transport_target *target, gss_name_t user,
                             struct why *why)
{
    OM_uint32 major, minor = 0;
    enum err e = ticket_fetch(a, target, user, why);

    if (e != OK)
        return e;
    major = cred_of(target, user, a->bare ? MECH_KERBEROS : MECH_SPNEGO, &a->cred, &minor);
    if (GSS_ERROR(major))
        return auth_kerberos_fail(why, major, minor);
    return a->bare ? OK : auth_restrict(a, why);
}

enum err auth_kerberos(struct auth *a, const struct transport_target *target, const char *service,
                       struct why *why)
{
    const char *host = host_name(target);
    gss_name_t user = GSS_C_NO_NAME;
    OM_uint32 minor;
    enum err e;

    a->mech = MECH_KERBEROS;
    if (host == NULL)
        return why_set(why, E_CONFIG,
                       "Kerberos needs the host's name, and both its name in the inventory and its "
                       "address are numbers: give its full name in the domain, or swell_spn");
    if (!auth_kerberos_fits(target))
        return why_set(why, E_CONFIG, "for Kerberos write the user as user@REALM");
    if ((e = user_import(target, &user, why)) == OK &&
        (e = service_import(a, service, host, why)) == OK)
        e = cred_acquire(a, target, user, why);
    if (user != GSS_C_NO_NAME)
        (void)gss_release_name(&minor, &user);
    return e;
}
