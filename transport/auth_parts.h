/* transport/auth_parts.h: what the two ways of proving share. Private to transport/auth*.c.
 * Source: RFC 2743, RFC 4178, RFC 4121, MS-NLMP.
 * Owns:   auth_free releases all of struct auth.
 * Errors: as in auth.h. */
#ifndef SWELL_TRANSPORT_AUTH_PARTS_H
#define SWELL_TRANSPORT_AUTH_PARTS_H

#include "transport/auth.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#define AUTH_NAME_MAX 512 /* bytes of a user or service name */

enum auth_mech {
    MECH_SPNEGO,
    MECH_NTLM,
    MECH_KERBEROS
};

struct auth {
    enum auth_mech mech; /* that SPNEGO offers */
    gss_cred_id_t cred;
    gss_name_t target;
    gss_ctx_id_t context;
    gss_buffer_desc token; /* of the last step */
    bool begun;            /* the first token is made and was not taken yet */
    bool bare;             /* the mechanism's own tokens, without SPNEGO around them */
    uint8_t binding[AUTH_BINDING_MAX];
    size_t binding_used;
};

/* GSSAPI takes its object identifiers through pointers to non-const; copies keep ours constant. */
struct mech {
    char bytes[12];
    gss_OID_desc oid;
};

gss_OID mech_of(struct mech *m, enum auth_mech mech);
/* All that GSSAPI has to say about an error of this mechanism. */
void auth_words(struct text *t, enum auth_mech mech, OM_uint32 major, OM_uint32 minor);
enum err auth_fail(struct why *why, enum err e, enum auth_mech mech, OM_uint32 major,
                   OM_uint32 minor, const char *doing);
MUST_CHECK enum err auth_name(char *s, gss_OID type, gss_name_t *out, struct why *why);
/* SPNEGO would offer every mechanism of this machine; only a->mech is meant. */
MUST_CHECK enum err auth_restrict(struct auth *a, struct why *why);
MUST_CHECK enum err auth_init(struct auth *a, struct rd in, bool *done, struct why *why);

/* Fill mech, cred and target. */
MUST_CHECK enum err auth_ntlm(struct auth *a, const struct transport_target *target,
                              const char *service, struct why *why);
MUST_CHECK enum err auth_kerberos(struct auth *a, const struct transport_target *target,
                                  const char *service, struct why *why);
/* The same with its first token, by the deadline: E_TIMEOUT, no domain controller answers. */
MUST_CHECK enum err auth_kerberos_in_time(struct auth *a, const struct transport_target *target,
                                          const char *service, int64_t deadline_ms,
                                          struct why *why);
/* Are there a name of the host and a form of the user that Kerberos can do with? */
bool auth_kerberos_fits(const struct transport_target *target);
/* Does the password prove who we are, and no ticket or keytab? */
bool auth_kerberos_by_password(const struct transport_target *target);
/* What went wrong, in plain words. */
enum err auth_kerberos_fail(struct why *why, OM_uint32 major, OM_uint32 minor);
/* The same for a ticket that was not had. Where Kerberos says less than is known it is looked into:
 * the keytab, and what else the domain controller says, which is asked for once more. */
enum err auth_kerberos_explain(const struct transport_target *target, OM_uint32 major,
                               OM_uint32 minor, struct why *why);

#endif
