#include "transport/auth_parts.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

gss_OID mech_of(struct mech *m, enum auth_mech mech)
{
    static const struct {
        const char *bytes;
        OM_uint32 n;
    } oids[] = {
        [MECH_SPNEGO] = {"\x2b\x06\x01\x05\x05\x02", 6},                /* 1.3.6.1.5.5.2 */
        [MECH_NTLM] = {"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a", 10}, /* 1.3.6.1.4.1.311.2.2.10 */
        [MECH_KERBEROS] = {"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02", 9},  /* 1.2.840.113554.1.2.2 */
    };

    memcpy(m->bytes, oids[mech].bytes, oids[mech].n);
    m->oid = (gss_OID_desc){.length = oids[mech].n, .elements = m->bytes};
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

void auth_words(struct text *t, enum auth_mech mech, OM_uint32 major, OM_uint32 minor)
{
    struct mech m;

    if (minor != 0)
        status_put(t, minor, GSS_C_MECH_CODE, mech_of(&m, mech));
    if (t->used == 0)
        status_put(t, major, GSS_C_GSS_CODE, GSS_C_NO_OID);
}

enum err auth_fail(struct why *why, enum err e, enum auth_mech mech, OM_uint32 major,
                   OM_uint32 minor, const char *doing)
{
    struct text t = {0};
    struct mech m;

    status_put(&t, major, GSS_C_GSS_CODE, GSS_C_NO_OID);
    if (minor != 0)
        status_put(&t, minor, GSS_C_MECH_CODE, mech_of(&m, mech));
    e = why_native(why, e, major, "", "%s: %s", doing, text_str(&t));
    text_fini(&t);
    return e;
}

enum err auth_name(char *s, gss_OID type, gss_name_t *out, struct why *why)
{
    gss_buffer_desc b = {.length = strlen(s), .value = s};
    OM_uint32 minor = 0, major = gss_import_name(&minor, &b, type, out);

    return GSS_ERROR(major) ? auth_fail(why, E_CONFIG, MECH_SPNEGO, major, minor,
                                        "the name cannot be used")
                            : OK;
}

enum err auth_restrict(struct auth *a, struct why *why)
{
    struct mech m;
    gss_OID_set_desc mechs = {.count = 1, .elements = mech_of(&m, a->mech)};
    OM_uint32 minor = 0, major = gss_set_neg_mechs(&minor, a->cred, &mechs);

    if (GSS_ERROR(major))
        return auth_fail(why, E_CONFIG, MECH_SPNEGO, major, minor,
                         a->mech == MECH_NTLM ? "NTLM cannot be offered"
                                              : "Kerberos cannot be offered");
    return OK;
}

static void auth_clear(struct auth *a)
{
    OM_uint32 minor;

    (void)gss_release_buffer(&minor, &a->token);
    if (a->context != GSS_C_NO_CONTEXT)
        (void)gss_delete_sec_context(&minor, &a->context, GSS_C_NO_BUFFER);
    if (a->target != GSS_C_NO_NAME)
        (void)gss_release_name(&minor, &a->target);
    if (a->cred != GSS_C_NO_CREDENTIAL)
        (void)gss_release_cred(&minor, &a->cred);
    *a = (struct auth){0};
}

/* Where there is a password too, half of the time is left for it. */
static int64_t kerberos_deadline(const struct transport_target *target, bool has_password,
                                 int64_t deadline_ms)
{
    int64_t now_ms = clock_mono_ms();

    return target->auth == AUTH_KERBEROS || !has_password || deadline_ms <= now_ms
               ? deadline_ms
               : now_ms + (deadline_ms - now_ms) / 2;
}

static enum err begin_any(struct auth *a, const struct transport_target *target,
                          const char *service, int64_t deadline_ms, struct why *why)
{
    bool has_password = target->password != NULL && secret_is_set(target->password);
    enum err e;

    if (target->auth == AUTH_KERBEROS ||
        (target->auth == AUTH_NEGOTIATE && auth_kerberos_fits(target))) {
        e = auth_kerberos_in_time(a, target, service,
                                  kerberos_deadline(target, has_password, deadline_ms), why);
        if (e == OK || target->auth == AUTH_KERBEROS || !has_password)
            return e;
    }
    return auth_ntlm(a, target, service, why);
}

static enum err begin(struct auth *a, const struct transport_target *target,
                      const struct auth_wish *wish, int64_t deadline_ms, struct why *why)
{
    struct rd binding = wish->binding;

    if (target->auth == AUTH_BASIC || target->auth == AUTH_CERTIFICATE)
        return why_set(why, E_UNSUPPORTED,
                       "a login by basic or by certificate is for WinRM over TLS alone");
    if (wish->bare_kerberos && target->auth == AUTH_NTLM)
        return why_set(why, E_UNSUPPORTED,
                       "the host accepts Kerberos alone, and NTLM is asked for");
    a->binding_used = binding.left;
    if (binding.left > sizeof a->binding || !rd_copy(&binding, a->binding, binding.left))
        return why_set(why, E_INTERNAL, "the channel binding is too long");
    a->bare = wish->bare_kerberos;
    return a->bare ? auth_kerberos_in_time(a, target, wish->service, deadline_ms, why)
                   : begin_any(a, target, wish->service, deadline_ms, why);
}

enum err auth_new(const struct transport_target *target, const char *service, int64_t deadline_ms,
                  struct auth **out, struct why *why)
{
    const struct auth_wish wish = {.service = service};

    return auth_new_for(target, &wish, deadline_ms, out, why);
}

enum err auth_new_for(const struct transport_target *target, const struct auth_wish *wish,
                      int64_t deadline_ms, struct auth **out, struct why *why)
{
    struct auth *a = calloc(1, sizeof *a);
    enum err e;

    *out = NULL;
    if (a == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    if ((e = begin(a, target, wish, deadline_ms, why)) != OK)
        goto out;
    *out = a;
    a = NULL; /* moved to the caller */
out:
    auth_free(a);
    return e;
}

static enum err step_error(const struct auth *a, OM_uint32 major, OM_uint32 minor, struct why *why)
{
    if (a->mech == MECH_KERBEROS)
        return auth_kerberos_fail(why, major, minor);
    switch (GSS_ROUTINE_ERROR(major)) {
    case GSS_S_BAD_MECH:
        return auth_fail(why, E_UNSUPPORTED, a->mech, major, minor,
                         "the host does not accept NTLM");
    case GSS_S_CONTEXT_EXPIRED:
        return auth_fail(why, E_SECURITY, a->mech, major, minor,
                         "the clocks of the host and of this machine differ by more than 36 hours");
    case GSS_S_DEFECTIVE_TOKEN:
    case GSS_S_BAD_SIG:
    case GSS_S_DUPLICATE_TOKEN:
    case GSS_S_OLD_TOKEN:
        return auth_fail(why, E_SECURITY, a->mech, major, minor,
                         "the host's logon token is damaged or forged");
    default:
        return auth_fail(why, E_AUTH, a->mech, major, minor, "the logon failed on this side");
    }
}

enum err auth_init(struct auth *a, struct rd in, bool *done, struct why *why)
{
    const OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG |
                            GSS_C_INTEG_FLAG | GSS_C_CONF_FLAG;
    gss_buffer_desc given = GSS_C_EMPTY_BUFFER;
    /* Addresses are none: zeros and the application data, MS-NLMP 2.2.2.1 and RFC 4121 4.1.1.2. */
    struct gss_channel_bindings_struct bound = {
        .application_data = {.length = a->binding_used, .value = a->binding}};
    OM_uint32 major, minor = 0;
    uint8_t *copy = NULL;
    struct mech m;

    if (in.left > 0) {
        copy = malloc(in.left); /* GSSAPI wants bytes it may write to */
        if (copy == NULL)
            return why_set(why, E_MEMORY, "out of memory");
        memcpy(copy, in.at, in.left);
        given = (gss_buffer_desc){.length = in.left, .value = copy};
    }
    (void)gss_release_buffer(&minor, &a->token);
    major = gss_init_sec_context(&minor, a->cred, &a->context, a->target,
                                 mech_of(&m, a->bare ? a->mech : MECH_SPNEGO), flags, 0,
                                 a->binding_used > 0 ? &bound : GSS_C_NO_CHANNEL_BINDINGS, &given,
                                 NULL, &a->token, NULL, NULL);
    free(copy);
    if (GSS_ERROR(major))
        return step_error(a, major, minor, why);
    *done = (major & GSS_S_CONTINUE_NEEDED) == 0;
    return OK;
}

enum err auth_step(struct auth *a, struct rd in, struct rd *out, bool *done, struct why *why)
{
    bool complete = false;
    enum err e = OK;

    *out = (struct rd){0};
    *done = false;
    if (in.bad)
        return why_set(why, E_PROTOCOL, "the host's logon token is cut");
    if (!a->begun)
        e = auth_init(a, in, &complete, why);
    if (e != OK)
        return e;
    a->begun = false;
    *out = rd_of(a->token.value, a->token.length);
    *done = complete;
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
        return auth_fail(why, E_INTERNAL, a->mech, major, minor, "GSSAPI gives no session key");
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
    if (a == NULL)
        return;
    auth_clear(a);
    free(a);
}
