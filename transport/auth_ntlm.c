#include "transport/auth_parts.h"
#include "transport/nt_hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* gss-ntlmssp's own keys of a credential store: the hash in capital hexadecimal digits. */
static enum err cred_from_hash(struct auth *a, gss_name_t name, const struct secret *password,
                               struct why *why)
{
    char hex[2 * NT_HASH_SIZE + 1];
    gss_key_value_element_desc element = {.key = "ntlmssp_nthash", .value = hex};
    gss_key_value_set_desc store = {.count = 1, .elements = &element};
    struct mech m;
    gss_OID_set_desc mechs = {.count = 1, .elements = mech_of(&m, MECH_SPNEGO)};
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
        return auth_fail(why, E_CONFIG, MECH_NTLM, major, minor,
                         "the credentials cannot be used (is the package gss-ntlmssp installed?)");
    return auth_restrict(a, why);
}

static enum err cred_acquire(struct auth *a, const struct transport_target *target, struct why *why)
{
    gss_name_t name = GSS_C_NO_NAME;
    char user[AUTH_NAME_MAX];
    OM_uint32 minor;
    enum err e;

    if ((e = user_name(target->user, user, why)) == OK &&
        (e = auth_name(user, GSS_C_NT_USER_NAME, &name, why)) == OK)
        e = cred_from_hash(a, name, target->password, why);
    if (name != GSS_C_NO_NAME)
        (void)gss_release_name(&minor, &name);
    return e;
}

enum err auth_ntlm(struct auth *a, const struct transport_target *target, const char *service,
                   struct why *why)
{
    struct text t = {0};
    enum err e;

    a->mech = MECH_NTLM;
    if (target->password == NULL || !secret_is_set(target->password))
        return why_set(why, E_CONFIG, "no password is set for this host");
    if ((e = check_environment(why)) != OK || (e = cred_acquire(a, target, why)) != OK)
        return e;
    text_printf(&t, "%s@%s", service, target->address);
    if ((e = text_end(&t)) == OK)
        e = auth_name(t.s, GSS_C_NT_HOSTBASED_SERVICE, &a->target, why);
    text_fini(&t);
    return e;
}
