#include "transport/smb/session.h"

#include "base/secret.h"
#include "transport/smb/status.h"

#define TOKEN_AT 88 /* header and fixed part of the request */
#define ROUNDS_MAX 8
#define MODE_SIGNING_REQUIRED 2

void smb_session_setup_put(struct wr *w, struct rd token)
{
    wr_le16(w, 25);
    wr_u8(w, 0); /* no binding to another connection */
    wr_u8(w, MODE_SIGNING_REQUIRED);
    wr_le32(w, 0); /* capabilities */
    wr_le32(w, 0); /* channel */
    wr_le16(w, TOKEN_AT);
    wr_le16(w, token.left);
    wr_le64(w, 0); /* no previous session */
    wr_view(w, token);
}

enum err smb_session_setup_get(struct rd message, struct smb_session_reply *out)
{
    struct rd r = message;
    struct smb_session_reply reply;
    uint16_t size, at, n;

    rd_skip(&r, SMB_HEADER_SIZE);
    size = rd_le16(&r);
    reply.flags = rd_le16(&r);
    at = rd_le16(&r);
    n = rd_le16(&r);
    reply.token = n == 0 ? rd_of(NULL, 0) : rd_at(message, at, n);
    if (r.bad || reply.token.bad)
        return E_SHORT;
    if (size != 9)
        return E_FORMAT;
    *out = reply;
    return OK;
}

/* The session that the answer announces, and the hash over request and unfinished answers
 * (3.2.5.3). */
static enum err round_exchange(struct smb_connection *c, struct rd token, struct smb_answer *a,
                               struct smb_session_reply *reply, struct why *why)
{
    bool more;
    enum err e;

    smb_session_setup_put(smb_request(c, SMB_SESSION_SETUP), token);
    if ((e = smb_exchange(c, a, why)) != OK)
        return e;
    more = a->header.status == STATUS_MORE_PROCESSING_REQUIRED;
    if (!more && a->header.status != STATUS_SUCCESS)
        return smb_status_fail_entry(why, a->header.status);
    if ((e = smb_malformed(c, smb_session_setup_get(a->message, reply), "session", why)) != OK)
        return e;
    if ((e = smb_preauth_add(&c->preauth, smb_request_message(c))) != OK ||
        (more && (e = smb_preauth_add(&c->preauth, a->message)) != OK))
        return why_set(why, e, "the integrity hash cannot be computed");
    if (a->header.session_id == 0)
        return why_set(why, E_PROTOCOL, "the host gives the session no number");
    c->session_id = a->header.session_id;
    return OK;
}

static enum err flags_check(uint16_t flags, struct why *why)
{
    if (flags & (SMB_SESSION_GUEST | SMB_SESSION_ANONYMOUS))
        return why_set(
            why, E_SECURITY,
            "the host took us for %s: it does not know the user, or the password is wrong; check "
            "both, and turn the host's guest account off",
            flags & SMB_SESSION_GUEST ? "a guest" : "nobody (anonymous)");
    return OK;
}

enum err smb_session_seal(struct smb_connection *c, const char *wanted_by, struct why *why)
{
    if (c->seal.cipher == SMB_CIPHER_NONE)
        return why_set(why, E_UNSUPPORTED,
                       "%s SMB encryption, and the host has none that Swell has (SMB %x.%x.%x)",
                       wanted_by, c->dialect >> 8u, c->dialect >> 4u & 15u, c->dialect & 15u);
    c->seal.on = true;
    return OK;
}

static enum err keys_derive(struct smb_connection *c, struct rd key)
{
    enum err e = smb_signing_key(c->dialect, key, &c->preauth, c->key);

    crypto_mac_free(c->signer); /* of the key before */
    c->signer = NULL;
    if (e == OK && c->seal.cipher != SMB_CIPHER_NONE)
        e = smb_seal_keys(c->dialect, key, &c->preauth, &c->seal);
    return e;
}

static enum err session_secure(struct smb_connection *c, struct auth *auth,
                               const struct smb_answer *a, struct why *why)
{
    struct auth_key key;
    enum err e = auth_session_key(auth, &key, why);

    if (e == OK && (e = keys_derive(c, rd_of(key.bytes, key.used))) != OK)
        e = why_set(why, e, "the session's keys cannot be derived");
    secret_wipe(&key, sizeof key);
    if (e != OK)
        return e;
    c->secured = true;
    e = smb_answer_verify(c, a, why);
    if (e == E_SECURITY && (a->header.flags & SMB_FLAG_SIGNED) != 0)
        e = why_set(why, e,
                    "the negotiation or the logon was changed on its way (a downgrade): the host "
                    "signed its last answer with another key than they give");
    return e;
}

static enum err session_finish(struct smb_connection *c, struct auth *auth,
                               const struct smb_answer *a, const struct smb_session_reply *reply,
                               bool done, struct why *why)
{
    struct rd rest;
    enum err e = flags_check(reply->flags, why);

    if (e != OK)
        return e;
    if (!done && (e = auth_step(auth, reply->token, &rest, &done, why)) != OK)
        return e;
    if (!done)
        return why_set(why, E_SECURITY, "the host ended the logon before it proved itself");
    /* A session that is renewed keeps its keys (3.2.5.3.3); its answer was checked with them. */
    if (!c->secured && (e = session_secure(c, auth, a, why)) != OK)
        return e;
    return reply->flags & SMB_SESSION_ENCRYPT ? smb_session_seal(c, "the host demands", why) : OK;
}

static enum err logon(struct smb_connection *c, struct auth *auth, struct why *why)
{
    struct smb_session_reply reply = {0};
    struct smb_answer a;
    struct rd token;
    bool done = false;
    enum err e = auth_step(auth, rd_of(NULL, 0), &token, &done, why);

    for (int round = 0; e == OK && round < ROUNDS_MAX; round++) {
        if ((e = round_exchange(c, token, &a, &reply, why)) != OK)
            return e;
        if (a.header.status == STATUS_SUCCESS)
            return session_finish(c, auth, &a, &reply, done, why);
        if (done)
            return why_set(why, E_PROTOCOL, "the host wants more of a logon that is complete");
        e = auth_step(auth, reply.token, &token, &done, why);
    }
    return e != OK ? e : why_set(why, E_PROTOCOL, "the logon does not end");
}

enum err smb_logon(struct smb_connection *c, struct auth *auth, struct why *why)
{
    enum err e = logon(c, auth, why);

    if (e != OK)
        c->broken = true;
    return why_place(why, e, "session setup");
}

void smb_logoff(struct smb_connection *c)
{
    struct wr *w;

    if (c->broken || !c->secured || !smb_can_send(c))
        return;
    w = smb_request(c, SMB_LOGOFF);
    wr_le16(w, 4);
    wr_le16(w, 0);
    if (smb_send(c, 0, NULL) == OK)
        (void)!smb_flush(c, NULL);
    c->broken = true;
}
