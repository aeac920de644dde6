/* A whole handshake by OpenSSL, over memory, as a talk. What OpenSSL hears and says is noted
 * message by message, so that a handshake that breaks can be told by the place where it broke. */
#include "handshake/certificate_parts.h"
#include "handshake/hello.h"

#include "base/text.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLIGHT_MAX (1u << 20) /* bytes that a server may send in one handshake */

enum message { /* RFC 8446 4, RFC 5246 7.4 */
               MSG_SERVER_HELLO = 2,
               MSG_NEW_TICKET = 4,
               MSG_CERTIFICATE = 11,
               MSG_CERTIFICATE_REQUEST = 13,
               MSG_FINISHED = 20
};

struct whole_talk {
    struct talk talk; /* first: the engine's handle */
    struct whole_options options;
    SSL_CTX *ctx;
    SSL *ssl;
    BIO *in, *out; /* ssl owns them */
    struct handshake_seen seen;
    size_t taken;       /* bytes */
    uint8_t heard;      /* the last handshake message */
    bool hello_came;    /* a ServerHello */
    bool we_finished;   /* our Finished is on its way */
    bool nothing_shown; /* our Certificate was sent, an empty one */
    bool settled;
    enum err trouble; /* our own */
};

static const struct {
    uint8_t type;
    const char *name;
} messages[] = {
    {0, "HelloRequest"},
    {2, "ServerHello"},
    {4, "NewSessionTicket"},
    {8, "EncryptedExtensions"},
    {11, "Certificate"},
    {12, "ServerKeyExchange"},
    {13, "CertificateRequest"},
    {14, "ServerHelloDone"},
    {15, "CertificateVerify"},
    {20, "Finished"},
    {22, "CertificateStatus"},
};

static void place_keep(struct whole_talk *t)
{
    const char *name = NULL;
    for (size_t i = 0; i < COUNT(messages); i++)
        if (messages[i].type == t->heard)
            name = messages[i].name;
    if (t->we_finished && t->heard != MSG_FINISHED)
        (void)snprintf(t->seen.at, sizeof t->seen.at, "after our Finished");
    else if (!t->hello_came)
        (void)snprintf(t->seen.at, sizeof t->seen.at, "before a ServerHello");
    else
        (void)snprintf(t->seen.at, sizeof t->seen.at, "after its %s", name ? name : "last message");
}

static void reason_keep(struct whole_talk *t, const char *s)
{
    words_keep(t->seen.reason, sizeof t->seen.reason, s, strlen(s));
}

static bool version_from(uint16_t wire, enum tls_version *out)
{
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (hello_version((enum tls_version)v) == wire) {
            *out = (enum tls_version)v;
            return true;
        }
    return false;
}

/* RFC 8446 4.1.3 and 4.2.1: what the ServerHello says, even when OpenSSL then refuses it. */
static void server_hello_keep(struct whole_talk *t, struct rd hello)
{
    rd_skip(&hello, 4);
    uint16_t version = rd_be16(&hello);
    rd_skip(&hello, 32);
    (void)rd_sub(&hello, rd_u8(&hello));
    uint16_t suite = rd_be16(&hello);
    rd_skip(&hello, 1);
    if (hello.bad)
        return;
    struct rd extensions = rd_sub(&hello, rd_be16(&hello));
    while (extensions.left > 0) {
        uint16_t kind = rd_be16(&extensions);
        struct rd body = rd_sub(&extensions, rd_be16(&extensions));
        if (kind == 43 && body.left == 2) /* supported_versions */
            version = rd_be16(&body);
    }
    t->hello_came = true;
    t->seen.suite = suite;
    (void)version_from(version, &t->seen.version);
}

static void message_heard(struct whole_talk *t, struct rd message)
{
    struct rd r = message;
    uint8_t type = rd_u8(&r);
    if (r.bad)
        return;
    t->heard = type;
    if (type == MSG_SERVER_HELLO)
        server_hello_keep(t, message);
    else if (type == MSG_CERTIFICATE_REQUEST)
        t->seen.certificate_asked = true;
}

static void on_message(int sent, int version, int type, const void *bytes, size_t n, SSL *ssl,
                       void *self)
{
    struct whole_talk *t = self;
    struct rd r = rd_of(bytes, n);
    (void)version;
    (void)ssl;
    if (!sent && type == SSL3_RT_ALERT && n == 2) {
        bool fatal = rd_u8(&r) == SSL3_AL_FATAL;
        uint8_t alert = rd_u8(&r);
        if (fatal || alert != SSL_AD_UNRECOGNIZED_NAME) { /* RFC 6066 3: only a warning */
            t->seen.alerted = alert != SSL_AD_CLOSE_NOTIFY || !t->settled;
            t->seen.alert = alert;
        }
    } else if (!sent && type == SSL3_RT_HANDSHAKE) {
        message_heard(t, r);
    } else if (sent && type == SSL3_RT_HANDSHAKE && n > 0) {
        uint8_t what = rd_u8(&r);
        t->we_finished = t->we_finished || what == MSG_FINISHED;
        t->nothing_shown = t->nothing_shown || what == MSG_CERTIFICATE;
    }
}

static int wire_version(enum tls_version v)
{
    return (int)hello_version(v);
}

/* Whatever the system's configuration forbids, an old peer must be seen. */
static bool loosen(SSL_CTX *c, const struct whole_options *o)
{
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_verify(c, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(c, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_COMPRESSION);
    return SSL_CTX_set_min_proto_version(c, wire_version(o->lowest)) == 1 &&
           SSL_CTX_set_max_proto_version(c, wire_version(o->highest)) == 1 &&
           SSL_CTX_set_cipher_list(c, "ALL:!aNULL:@SECLEVEL=0") == 1;
}

static bool alpn_set(SSL *ssl, const char *alpn)
{
    unsigned char wire[64];
    size_t n = strlen(alpn);
    if (n == 0 || n >= sizeof wire)
        return false;
    wire[0] = (unsigned char)n;
    memcpy(wire + 1, alpn, n);
    return SSL_set_alpn_protos(ssl, wire, (unsigned)n + 1) == 0; /* 0 is its success */
}

static bool sni_set(SSL *ssl, const char *name)
{
    char copy[HELLO_NAME_MAX + 1]; /* OpenSSL's macro takes what it does not change as not const */
    (void)snprintf(copy, sizeof copy, "%s", name);
    return SSL_set_tlsext_host_name(ssl, copy) == 1;
}

static bool connect_begin(struct whole_talk *t)
{
    const struct whole_options *o = &t->options;
    if (!(t->ctx = SSL_CTX_new(TLS_client_method())) || !loosen(t->ctx, o) ||
        !(t->ssl = SSL_new(t->ctx)) || !(t->in = BIO_new(BIO_s_mem())))
        return false;
    if (!(t->out = BIO_new(BIO_s_mem()))) {
        BIO_free(t->in);
        return false;
    }
    BIO_set_mem_eof_return(t->in, -1); /* empty means "not yet", not "the end" */
    SSL_set_bio(t->ssl, t->in, t->out);
    SSL_set_connect_state(t->ssl);
    SSL_set_msg_callback(t->ssl, on_message);
    SSL_set_msg_callback_arg(t->ssl, t);
    (void)SSL_set_tlsext_status_type(t->ssl, TLSEXT_STATUSTYPE_ocsp);
    if (o->name && hello_name_ok(o->name) && !sni_set(t->ssl, o->name))
        return false;
    return !o->alpn || alpn_set(t->ssl, o->alpn);
}

static enum talk_step whole_step(struct talk *talk, struct rd *in, struct wr *out);
static void whole_ended(struct talk *talk, enum talk_end end, struct rd left);
static const struct talk_kind whole_kind = {.step = whole_step, .ended = whole_ended};

enum err whole_talk_new(const struct whole_options *options, struct whole_talk **out,
                        struct why *why)
{
    struct whole_talk *t = NULL;
    enum err e = OK;
    *out = NULL;
    if (options->lowest > options->highest || options->lowest < TLS_1_0)
        return why_set(why, E_UNSUPPORTED, "no whole handshake is made with %s",
                       tls_version_words(options->lowest));
    if (!(t = calloc(1, sizeof *t)))
        return why_set(why, E_MEMORY, "no memory for a handshake");
    t->talk.kind = &whole_kind;
    t->options = *options;
    if (!connect_begin(t)) {
        const char *reason = ERR_reason_error_string(ERR_peek_last_error());
        e = why_set(why, E_INTERNAL, "OpenSSL does not begin a handshake: %s",
                    reason ? reason : "no reason given");
        ERR_clear_error();
        whole_talk_free(t);
        return e;
    }
    *out = t;
    return OK;
}

struct talk *whole_talk_of(struct whole_talk *t)
{
    return &t->talk;
}

void whole_talk_free(struct whole_talk *t)
{
    if (!t)
        return;
    SSL_free(t->ssl);
    SSL_CTX_free(t->ctx);
    handshake_seen_fini(&t->seen);
    free(t);
}

static enum err chain_keep(struct whole_talk *t)
{
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(t->ssl);
    int n = chain ? sk_X509_num(chain) : 0;
    enum err e = OK;
    if (n <= 0)
        return OK;
    n = n < CERTIFICATE_CHAIN_MAX ? n : CERTIFICATE_CHAIN_MAX;
    if (!(t->seen.chain = calloc((size_t)n, sizeof *t->seen.chain)))
        return E_MEMORY;
    for (int i = 0; e == OK && i < n; i++) {
        e = certificate_of(sk_X509_value(chain, i), &t->seen.chain[i]);
        t->seen.n_chain += e == OK;
    }
    if (e != OK)
        return e;
    struct chain_asked asked = {.chain = chain, .options = &t->options};
    asked.staple_size = SSL_get_tlsext_status_ocsp_resp(t->ssl, &asked.staple);
    return chain_judge(&asked, &t->seen);
}

static void text_of_nid(int nid, char *buf, size_t size)
{
    const char *name = nid == NID_undef ? NULL : OBJ_nid2sn(nid);
    if (name)
        words_keep(buf, size, name, strlen(name));
}

/* Also when it broke: what came before says much. */
static void connection_keep(struct whole_talk *t)
{
    const unsigned char *alpn = NULL;
    unsigned n_alpn = 0;
    int hash = NID_undef;
    long group = t->hello_came ? SSL_get_negotiated_group(t->ssl) : 0;
    SSL_get0_alpn_selected(t->ssl, &alpn, &n_alpn);
    if (alpn)
        words_keep(t->seen.alpn, sizeof t->seen.alpn, (const char *)alpn, n_alpn);
    if (group > 0 && (group & TLSEXT_nid_unknown) == 0)
        text_of_nid((int)group, t->seen.group, sizeof t->seen.group);
    if (SSL_get_peer_signature_nid(t->ssl, &hash) == 1)
        text_of_nid(hash, t->seen.peer_hash, sizeof t->seen.peer_hash);
    if ((t->trouble = chain_keep(t)) != OK)
        t->seen.outcome = HANDSHAKE_LOCAL;
}

static void settle(struct whole_talk *t, enum handshake_outcome outcome)
{
    if (t->settled)
        return;
    t->settled = true;
    t->seen.outcome = outcome;
    if (outcome == HANDSHAKE_DONE)
        t->seen.alerted = false; /* its goodbye */
    else
        place_keep(t);
    connection_keep(t);
    if (t->trouble != OK)
        reason_keep(t, err_words(t->trouble));
}

/* What OpenSSL would not do, as against what the peer did wrong. */
static bool is_ours(unsigned long error)
{
    static const int ours[] = {
        SSL_R_NO_PROTOCOLS_AVAILABLE,
        SSL_R_NO_CIPHERS_AVAILABLE,
        SSL_R_UNSUPPORTED_PROTOCOL,
        SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED,
        SSL_R_DH_KEY_TOO_SMALL,
        SSL_R_EE_KEY_TOO_SMALL,
        SSL_R_CA_KEY_TOO_SMALL,
        SSL_R_CA_MD_TOO_WEAK,
        SSL_R_UNKNOWN_CERTIFICATE_TYPE,
        ERR_R_MALLOC_FAILURE,
    };
    for (size_t i = 0; ERR_GET_LIB(error) == ERR_LIB_SSL && i < COUNT(ours); i++)
        if (ERR_GET_REASON(error) == ours[i])
            return true;
    return false;
}

/* The peer ended it; why is in what came last. */
static enum handshake_outcome ended_how(const struct whole_talk *t)
{
    if (!t->hello_came)
        return HANDSHAKE_REFUSED;
    bool mac = t->seen.alerted && (t->seen.alert == SSL_AD_BAD_RECORD_MAC ||
                                   t->seen.alert == SSL_AD_DECRYPTION_FAILED ||
                                   t->seen.alert == SSL_AD_DECRYPT_ERROR);
    return t->seen.certificate_asked && t->nothing_shown && !mac ? HANDSHAKE_WANTS_CERTIFICATE
                                                                 : HANDSHAKE_BROKEN;
}

static void failed(struct whole_talk *t)
{
    unsigned long error = ERR_peek_last_error(); /* TLS's own word comes after its causes */
    const char *words = t->seen.alerted ? SSL_alert_desc_string_long(t->seen.alert)
                                        : ERR_reason_error_string(error);
    reason_keep(t, words ? words : "OpenSSL gave no reason");
    if (t->seen.alerted)
        settle(t, ended_how(t));
    else if (is_ours(error))
        settle(t, HANDSHAKE_LOCAL);
    else
        settle(t, t->hello_came ? HANDSHAKE_BROKEN : HANDSHAKE_REFUSED);
}

static bool take(struct whole_talk *t, struct rd *in)
{
    size_t n = in->left < FLIGHT_MAX ? in->left : FLIGHT_MAX;
    struct rd bytes = rd_sub(in, n);
    t->taken += n;
    if (n > 0 && BIO_write(t->in, bytes.at, (int)n) != (int)n)
        return false;
    return t->taken <= FLIGHT_MAX;
}

static void give(struct whole_talk *t, struct wr *out)
{
    char *bytes;
    long n = BIO_get_mem_data(t->out, &bytes);
    if (n > 0)
        wr_bytes(out, bytes, (size_t)n);
    (void)BIO_reset(t->out);
}

/* In TLS 1.3 the client is done before the server has seen its Finished. The server's next words,
 * a ticket or its answer to our goodbye, say whether it agreed. */
static enum talk_step after_step(struct whole_talk *t)
{
    char byte;
    int rc = SSL_read(t->ssl, &byte, 1);
    int error = SSL_get_error(t->ssl, rc);
    if (rc <= 0 && error == SSL_ERROR_SSL)
        failed(t);
    else if (rc > 0 || error != SSL_ERROR_WANT_READ || t->heard == MSG_NEW_TICKET)
        settle(t, HANDSHAKE_DONE);
    return t->settled ? TALK_DONE : TALK_MORE;
}

static enum talk_step handshake_step(struct whole_talk *t)
{
    int rc = SSL_do_handshake(t->ssl);
    if (rc == 1) {
        (void)SSL_shutdown(t->ssl);
        if (SSL_version(t->ssl) == TLS1_3_VERSION)
            return after_step(t);
        settle(t, HANDSHAKE_DONE);
        return TALK_DONE;
    }
    if (SSL_get_error(t->ssl, rc) == SSL_ERROR_WANT_READ)
        return TALK_MORE;
    failed(t);
    return TALK_DONE;
}

static enum talk_step whole_step(struct talk *talk, struct rd *in, struct wr *out)
{
    struct whole_talk *t = (struct whole_talk *)talk;
    enum talk_step step = TALK_DONE;
    ERR_clear_error();
    if (t->settled)
        return TALK_DONE;
    if (take(t, in)) {
        step = SSL_is_init_finished(t->ssl) ? after_step(t) : handshake_step(t);
    } else {
        reason_keep(t, "more bytes than any handshake has");
        settle(t, t->hello_came ? HANDSHAKE_BROKEN : HANDSHAKE_REFUSED);
    }
    give(t, out);
    ERR_clear_error();
    return step;
}

static void whole_ended(struct talk *talk, enum talk_end end, struct rd left)
{
    static const char *const words[] = {
        [TALK_END_CLOSED] = "the connection was closed",
        [TALK_END_RESET] = "the connection was reset",
        [TALK_END_DEADLINE] = "nothing more came in time",
        [TALK_END_NO_CONNECTION] = "no connection",
    };
    struct whole_talk *t = (struct whole_talk *)talk;
    (void)left; /* step takes all that comes */
    if (t->settled)
        return;
    if (SSL_is_init_finished(t->ssl)) {
        settle(t, HANDSHAKE_DONE);
        return;
    }
    reason_keep(t, words[end]);
    settle(t, end == TALK_END_NO_CONNECTION ? HANDSHAKE_NOT_TRIED
              : end == TALK_END_DEADLINE    ? HANDSHAKE_SILENT
                                            : ended_how(t));
    ERR_clear_error();
}

void whole_talk_take(struct whole_talk *t, struct handshake_seen *out)
{
    *out = t->seen;
    t->seen = (struct handshake_seen){0};
}
