#include "transport/auth.h"

#include "transport/nt_hash.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTH_NAME_MAX 512 /* bytes of a user or service name */

struct auth {
    gss_cred_id_t cred;
    gss_name_t target;
    gss_ctx_id_t context;
    gss_buffer_desc token; /* of the last step */
};

/* GSSAPI takes its object identifiers through pointers to non-const; copies keep ours constant. */
struct mech {
    char bytes[10];
    gss_OID_desc oid;
};

static gss_OID mech_spnego(struct mech *m) /* 1.3.6.1.5.5.2 */
{
    static const char oid[] = "\x2b\x06\x01\x05\x05\x02";

    memcpy(m->bytes, oid, sizeof oid - 1);
    m->oid = (gss_OID_desc){.length = sizeof oid - 1, .elements = m->bytes};
    return &m->oid;
}

static gss_OID mech_ntlm(struct mech *m) /* 1.3.6.1.4.1.311.2.2.10 */
{
    static const char oid[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";

    memcpy(m->bytes, oid, sizeof oid - 1);
    m->oid = (gss_OID_desc){.length = sizeof oid - 1, .elements = m->bytes};
    return &m->oid;
}

static void status_put(struct text *t, OM_uint32 code, int kind, gss_OID mech)
{
    OM_uint32 more = 0, minor;

    do {
        gss_buffer_desc words = GSS_C_EMPTY_BUFFER;

        if (GSS_ERROR(gss_display_status(&minor, code, kind, mech, &more, &words)))
            return;
        while (words.length > 0 && ((const char *)words.value)[words.length - 1] == '\0')
            words.length--; /* some mechanisms count the NUL */
        if (words.length > 0) {
            if (t->used > 0)
                text_put(t, "; ");
            text_put_safe(t, words.value, words.length);
        }
        (void)gss_release_buffer(&minor, &words);
    } while (more != 0);
}

static enum err fail_gss(struct why *why, enum err e, OM_uint32 major, OM_uint32 minor,
                         const char *doing)
{
    struct text t = {0};
    struct mech m;

    status_put(&t, major, GSS_C_GSS_CODE, GSS_C_NO_OID);
    if (minor != 0)
        status_put(&t, minor, GSS_C_MECH_CODE, mech_ntlm(&m));
    e = why_native(why, e, major, "", "%s: %s", doing, text_str(&t));
    text_fini(&t);
    return e;
}

/* "DOMAIN\user" and "user" are GSSAPI's own forms. ".\user" is the host's own account: no domain.
 * "user@REALM" is a user principal name: escaped, so that it travels whole instead of being cut
 * into user and domain. */
static enum err user_name(const char *user, char out[AUTH_NAME_MAX], struct why *why)
{
    const char *at;
    int n;

    if (user == NULL || *user == '\0')
        return why_set(why, E_CONFIG, "no user name is set for this host");
    if (str_starts(user, ".\\"))
        user += 2;
    at = strchr(user, '\\') == NULL ? strchr(user, '@') : NULL;
    n = at == NULL ? snprintf(out, AUTH_NAME_MAX, "%s", user)
                   : snprintf(out, AUTH_NAME_MAX, "%.*s\\%s", (int)(at - user), user, at);
    if (n < 0 || n >= AUTH_NAME_MAX)
        return why_set(why, E_CONFIG, "the user name is longer than %d bytes", AUTH_NAME_MAX - 2);
    return OK;
}

static enum err name_import(char *s, gss_OID type, gss_name_t *out, struct why *why)
{
    gss_buffer_desc b = {.length = strlen(s), .value = s};
    OM_uint32 minor = 0, major = gss_import_name(&minor, &b, type, out);

    return GSS_ERROR(major) ? fail_gss(why, E_CONFIG, major, minor, "the name cannot be used") : OK;
}

/* An environment that allows NTLMv1 would let a man in the middle read the password off the wire.
 */
static enum err check_environment(struct why *why)
{
    const char *level = getenv("LM_COMPAT_LEVEL"); /* gss-ntlmssp reads it; no number is 0 */
    uint64_t n = 0;

    if (level != NULL && (!str_parse_u64(level, &n) || n < 3))
        return why_set(why, E_CONFIG, "LM_COMPAT_LEVEL in the environment allows NTLMv1; unset it");
    return OK;
}

static enum err check_target(const struct transport_target *target, struct why *why)
{
    if (target->auth == AUTH_KERBEROS)
        return why_set(why, E_UNSUPPORTED,
                       "Kerberos is asked for, and this version logs on with NTLM only");
    if (target->password == NULL || !secret_is_set(target->password))
        return why_set(why, E_CONFIG, "no password is set for this host");
    return check_environment(why);
}

/* SPNEGO would offer every mechanism of this machine; only NTLM is meant. */
static enum err cred_restrict(struct auth *a, struct why *why)
{
    struct mech m;
    gss_OID_set_desc mechs = {.count = 1, .elements = mech_ntlm(&m)};
    OM_uint32 minor = 0, major = gss_set_neg_mechs(&minor, a->cred, &mechs);

    if (GSS_ERROR(major))
        return fail_gss(why, E_CONFIG, major, minor, "NTLM cannot be offered");
    return OK;
}

/* gss-ntlmssp's own keys of a credential store: the hash in capital hexadecimal digits. */
static enum err cred_from_hash(struct auth *a, gss_name_t name, const struct secret *password,
                               struct why *why)
{
    char hex[2 * NT_HASH_SIZE + 1];
    gss_key_value_element_desc element = {.key = "ntlmssp_nthash", .value = hex};
    gss_key_value_set_desc store = {.count = 1, .elements = &element};
    struct mech m;
    gss_OID_set_desc mechs = {.count = 1, .elements = mech_spnego(&m)};
    uint8_t hash[NT_HASH_SIZE];
    OM_uint32 major, minor = 0;
    enum err e = nt_hash(password, hash, why);

    if (e != OK)
        return e;
    for (size_t i = 0; i < sizeof hash; i++)
        (void)snprintf(hex + 2 * i, 3, "%02X", hash[i]);
    major = gss_acquire_cred_from(&minor, name, GSS_C_INDEFINITE, &mechs, GSS_C_INITIATE, &store,
                                  &a->cred, NULL, NULL);
    secret_wipe(hash, sizeof hash);
    secret_wipe(hex, sizeof hex);
    if (GSS_ERROR(major))
        return fail_gss(why, E_CONFIG, major, minor,
                        "the credentials cannot be used (is the package gss-ntlmssp installed?)");
    return cred_restrict(a, why);
}

static enum err cred_acquire(struct auth *a, const struct transport_target *target, struct why *why)
{
    gss_name_t name = GSS_C_NO_NAME;
    char user[AUTH_NAME_MAX];
    OM_uint32 minor;
    enum err e;

    if ((e = user_name(target->user, user, why)) == OK &&
        (e = name_import(user, GSS_C_NT_USER_NAME, &name, why)) == OK)
        e = cred_from_hash(a, name, target->password, why);
    if (name != GSS_C_NO_NAME)
        (void)gss_release_name(&minor, &name);
    return e;
}

static enum err target_import(struct auth *a, const char *service, const char *address,
                              struct why *why)
{
    struct text t = {0};
    enum err e;

    text_printf(&t, "%s@%s", service, address);
    if ((e = text_end(&t)) == OK)
        e = name_import(t.s, GSS_C_NT_HOSTBASED_SERVICE, &a->target, why);
    text_fini(&t);
    return e;
}

enum err auth_new(const struct transport_target *target, const char *service, struct auth **out,
                  struct why *why)
{
    struct auth *a = NULL;
    enum err e;

    *out = NULL;
    if ((e = check_target(target, why)) != OK)
        return e;
    a = calloc(1, sizeof *a);
    if (a == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    if ((e = cred_acquire(a, target, why)) != OK ||
        (e = target_import(a, service, target->address, why)) != OK)
        goto out;
    *out = a;
    a = NULL; /* moved to the caller */
out:
    auth_free(a);
    return e;
}

static enum err step_error(OM_uint32 major, OM_uint32 minor, struct why *why)
{
    switch (GSS_ROUTINE_ERROR(major)) {
    case GSS_S_BAD_MECH:
        return fail_gss(why, E_UNSUPPORTED, major, minor, "the host does not accept NTLM");
    case GSS_S_CONTEXT_EXPIRED:
        return fail_gss(why, E_SECURITY, major, minor,
                        "the clocks of the host and of this machine differ by more than 36 hours");
    case GSS_S_DEFECTIVE_TOKEN:
    case GSS_S_BAD_SIG:
    case GSS_S_DUPLICATE_TOKEN:
    case GSS_S_OLD_TOKEN:
        return fail_gss(why, E_SECURITY, major, minor,
                        "the host's logon token is damaged or forged");
    default: return fail_gss(why, E_AUTH, major, minor, "the logon failed on this side");
    }
}

enum err auth_step(struct auth *a, struct rd in, struct rd *out, bool *done, struct why *why)
{
    const OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
                            GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG;
    gss_buffer_desc given = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor = 0;
    uint8_t *copy = NULL;
    struct mech m;

    *out = (struct rd){0};
    *done = false;
    if (in.bad)
        return why_set(why, E_PROTOCOL, "the host's logon token is cut");
    if (in.left > 0) {
        copy = malloc(in.left); /* GSSAPI wants bytes it may write to */
        if (copy == NULL)
            return why_set(why, E_MEMORY, "out of memory");
        memcpy(copy, in.at, in.left);
        given = (gss_buffer_desc){.length = in.left, .value = copy};
    }
    (void)gss_release_buffer(&minor, &a->token);
    major = gss_init_sec_context(&minor, a->cred, &a->context, a->target, mech_spnego(&m), flags, 0,
                                 GSS_C_NO_CHANNEL_BINDINGS, &given, NULL, &a->token, NULL, NULL);
    free(copy);
    if (GSS_ERROR(major))
        return step_error(major, minor, why);
    *out = rd_of(a->token.value, a->token.length);
    *done = (major & GSS_S_CONTINUE_NEEDED) == 0;
    return OK;
}

enum err auth_session_key(struct auth *a, struct auth_key *out, struct why *why)
{
    gss_buffer_set_t set = GSS_C_NO_BUFFER_SET;
    OM_uint32 minor = 0;
    OM_uint32 major =
        gss_inquire_sec_context_by_oid(&minor, a->context, GSS_C_INQ_SSPI_SESSION_KEY, &set);
    enum err e = OK;

    *out = (struct auth_key){0};
    if (GSS_ERROR(major))
        return fail_gss(why, E_INTERNAL, major, minor, "GSSAPI gives no session key");
    if (set == GSS_C_NO_BUFFER_SET || set->count < 1 || set->elements[0].length == 0 ||
        set->elements[0].length > sizeof out->bytes) {
        e = why_set(why, E_INTERNAL, "GSSAPI gives a session key of a size that cannot be");
    } else {
        out->used = set->elements[0].length;
        memcpy(out->bytes, set->elements[0].value, out->used);
        secret_wipe(set->elements[0].value, set->elements[0].length);
    }
    (void)gss_release_buffer_set(&minor, &set);
    return e;
}

void auth_free(struct auth *a)
{
    OM_uint32 minor;

    if (a == NULL)
        return;
    (void)gss_release_buffer(&minor, &a->token);
    if (a->context != GSS_C_NO_CONTEXT)
        (void)gss_delete_sec_context(&minor, &a->context, GSS_C_NO_BUFFER);
    if (a->target != GSS_C_NO_NAME)
        (void)gss_release_name(&minor, &a->target);
    if (a->cred != GSS_C_NO_CREDENTIAL)
        (void)gss_release_cred(&minor, &a->cred);
    free(a);
}
