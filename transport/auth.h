/* transport/auth.h: who we are, proved to a host by GSSAPI. auth*.c are the only users of GSSAPI
 * in the program.
 * Source: RFC 2743, RFC 4178 (SPNEGO), RFC 4121 (Kerberos), MS-SPNG, MS-NLMP; gss-ntlmssp as the
 *         mechanism for NTLM.
 * Shape:  one struct auth is one logon: auth_step until *done, then auth_session_key. Tokens are
 *         SPNEGO's. Many logons may run in many threads at once, one thread each.
 *         AUTH_NTLM wants user and password. AUTH_KERBEROS takes a ticket from the default cache
 *         (KRB5CCNAME) or gets one by the keytab of KRB5_CLIENT_KTNAME or by the password; no user:
 *         whoever the ticket is for. AUTH_NEGOTIATE is Kerberos where the host has a name and the
 *         user a ticket for it, and else NTLM. The service is the target's SPN, or
 *         SERVICE/NAME, of the address if that is a name, else of the inventory's name.
 * Units:  deadline_ms is a point on clock_mono_ms(). With AUTH_NEGOTIATE and a password Kerberos
 *         has half of the time until then.
 * Owns:   auth_new makes, auth_free wipes and frees (NULL is fine). The token of a step lives
 *         until the next step.
 * Errors: E_CONFIG, this machine lacks the mechanism or the user name cannot be used;
 *         E_UNSUPPORTED, the asked way of proving is not there; E_SECURITY, the host's token
 *         does not fit (mechListMIC, forged or cut); E_AUTH; E_UNAVAILABLE, no domain controller
 *         answers; E_TIMEOUT, none answers by the deadline. The password is in no text and in no
 *         log. */
#ifndef SWELL_TRANSPORT_AUTH_H
#define SWELL_TRANSPORT_AUTH_H

#include "base/wire.h"
#include "transport/transport.h"

#define AUTH_KEY_MAX 64
#define AUTH_BINDING_MAX 96      /* bytes of "tls-server-end-point:" and a hash */
#define AUTH_HEADER_MAX 256      /* bytes that come before what is sealed */
#define AUTH_SEAL_MAX (8u << 20) /* bytes of one message that is sealed */

struct auth;

struct auth_key { /* wiped by whoever holds it: secret_wipe */
    uint8_t bytes[AUTH_KEY_MAX];
    size_t used;
};

/* service is the first part of the service name, "cifs". GSSAPI copies the user and the hash of
 * the password. For Kerberos a domain controller may be asked. */
MUST_CHECK enum err auth_new(const struct transport_target *target, const char *service,
                             int64_t deadline_ms, struct auth **out, struct why *why);
/* The same for a logon inside of TLS, or one that is not SPNEGO's. */
struct auth_wish {
    const char *service;
    struct rd binding;  /* the application data of the channel binding (RFC 5929); empty = none */
    bool bare_kerberos; /* Kerberos' own tokens */
};
MUST_CHECK enum err auth_new_for(const struct transport_target *target,
                                 const struct auth_wish *wish, int64_t deadline_ms,
                                 struct auth **out, struct why *why);
/* in: the host's token, empty at the first step. out: what to send, may be empty. done: the host
 * has proved that it saw the same negotiation, and the session key is there. */
MUST_CHECK enum err auth_step(struct auth *a, struct rd in, struct rd *out, bool *done,
                              struct why *why);
MUST_CHECK enum err auth_session_key(struct auth *a, struct auth_key *out, struct why *why);
/* After the logon: one message, sealed as the mechanism does it. header comes before data; how many
 * bytes longer data is than what was given is *padding. */
MUST_CHECK enum err auth_wrap(struct auth *a, struct rd plain, struct wr *header, struct wr *data,
                              size_t *padding, struct why *why);
/* header and data as one. E_SECURITY: forged, changed, repeated or not sealed. */
MUST_CHECK enum err auth_unwrap(struct auth *a, struct rd sealed, struct wr *out, struct why *why);
bool auth_is_kerberos(const struct auth *a);
void auth_free(struct auth *a);

#endif
