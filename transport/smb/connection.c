#include "transport/smb/connection.h"

#include "base/clock.h"
#include "base/secret.h"
#include "transport/smb/status.h"
#include "transport/tcp.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_SIZE 4 /* a zero byte and the length, big-endian */
#define IN_SIZE (FRAME_SIZE + SMB_MESSAGE_MAX)
#define UNSENT_MAX (FRAME_SIZE + SMB_MESSAGE_MAX + SMB_SEAL_HEADER_SIZE) /* any one fits */

void smb_connection_init(struct smb_connection *c, int fd, int64_t deadline_ms)
{
    *c = (struct smb_connection){
        .fd = fd, .deadline_ms = deadline_ms, .credits = 1, .io_max = SMB_IO_MAX};
    wr_init(&c->out, SMB_MESSAGE_MAX);
    wr_init(&c->sealed, SMB_MESSAGE_MAX + SMB_SEAL_HEADER_SIZE);
    wr_init(&c->unsent, UNSENT_MAX);
}

void smb_connection_fini(struct smb_connection *c)
{
    tcp_close(&c->fd);
    secret_wipe(c->key, sizeof c->key);
    crypto_mac_free(c->signer);
    c->signer = NULL;
    secret_wipe(&c->seal, sizeof c->seal);
    wr_fini(&c->out);
    wr_fini(&c->sealed);
    wr_fini(&c->unsent);
    free(c->in);
    c->in = c->answer = NULL;
}

struct wr *smb_request(struct smb_connection *c, enum smb_command command)
{
    struct smb_header h = {
        .command = (uint16_t)command,
        .credit_charge = c->multi_credit ? 1 : 0,
        .credits = c->credits < SMB_CREDITS_WANTED ? SMB_CREDITS_WANTED : 1,
        .message_id = c->next_message_id,
        .tree_id = command == SMB_SESSION_SETUP || command == SMB_LOGOFF ? 0 : c->tree_id,
        .session_id = c->session_id,
    };

    wr_reset(&c->out);
    wr_zeros(&c->out, FRAME_SIZE);
    smb_header_put(&c->out, &h);
    return &c->out;
}

struct rd smb_request_message(const struct smb_connection *c)
{
    struct rd all = wr_view_of(&c->out);

    rd_skip(&all, FRAME_SIZE);
    return all;
}

static void frame_close(struct wr *w)
{
    wr_fill(w, (struct hole){.at = 1, .width = 3, .big_endian = true}, w->used - FRAME_SIZE);
}

static enum err signer_ready(struct smb_connection *c)
{
    return c->signer != NULL ? OK : smb_signer_new(c->algorithm, c->key, &c->signer);
}

/* The request as it goes out: encrypted, signed, or as it is. */
static enum err request_protect(struct smb_connection *c, struct rd *frame, struct why *why)
{
    enum err e = OK;

    frame_close(&c->out);
    *frame = wr_view_of(&c->out);
    if (c->seal.on) {
        wr_reset(&c->sealed);
        wr_zeros(&c->sealed, FRAME_SIZE);
        e = smb_seal_put(&c->seal, c->session_id, smb_request_message(c), &c->sealed);
        frame_close(&c->sealed);
        *frame = wr_view_of(&c->sealed);
    } else if (c->secured) {
        e = signer_ready(c);
        if (e == OK)
            e = smb_sign(c->signer, c->out.bytes + FRAME_SIZE, c->out.used - FRAME_SIZE);
    }
    return e == OK ? OK : why_set(why, e, "the request cannot be signed or encrypted");
}

static enum err unsent_send(struct smb_connection *c, struct why *why)
{
    enum err e = tcp_send(c->fd, wr_view_of(&c->unsent), c->deadline_ms, why);

    wr_reset(&c->unsent);
    return e;
}

static enum err request_queue(struct smb_connection *c, struct why *why)
{
    enum err e = wr_end(&c->out);
    struct rd frame;

    if (e != OK)
        return why_set(why, e, "the request is too long");
    if (c->credits == 0)
        return why_set(why, E_PROTOCOL, "the host allows no further request (no credits left)");
    if ((e = request_protect(c, &frame, why)) != OK)
        return e;
    if (c->unsent.used + frame.left > UNSENT_MAX && (e = unsent_send(c, why)) != OK)
        return e;
    wr_view(&c->unsent, frame);
    e = wr_end(&c->unsent);
    return e == OK ? OK : why_set(why, e, "the request cannot be kept until it is sent");
}

enum err smb_flush(struct smb_connection *c, struct why *why)
{
    enum err e;

    if (c->broken)
        return why_set(why, E_CUT, "the connection has failed before");
    if ((e = unsent_send(c, why)) != OK)
        c->broken = true;
    return e;
}

bool smb_can_send(const struct smb_connection *c)
{
    return c->credits > 0 && c->n_flight < SMB_FLIGHT_MAX;
}

enum err smb_send(struct smb_connection *c, size_t tag, struct why *why)
{
    struct rd sent = smb_request_message(c);
    struct smb_header h = {0};
    enum err e;

    if (c->broken)
        return why_set(why, E_CUT, "the connection has failed before");
    if (c->n_flight == SMB_FLIGHT_MAX)
        return why_set(why, E_INTERNAL, "too many requests are under way");
    if ((e = request_queue(c, why)) != OK ||
        (e = smb_header_get(&sent, &h)) != OK) {
        c->broken = true;
        return e;
    }
    c->flight[c->n_flight++] =
        (struct smb_flight){.message_id = h.message_id, .command = h.command, .tag = tag};
    c->credits--;
    c->next_message_id++;
    c->round_trips++;
    c->waits = true;
    return OK;
}

/* What is sure to come at least: an answer to each request under way. Where one is, who answers
 * may turn out to speak something else. */
static size_t bytes_sure(const struct smb_connection *c, size_t have)
{
    size_t all = c->n_flight * (FRAME_SIZE + SMB_HEADER_SIZE);

    return c->n_flight > 1 && all > have ? all - have : 1;
}

/* At least n bytes of what was not looked at yet; what was looked at may be forgotten. */
static enum err bytes_await(struct smb_connection *c, size_t n, struct why *why)
{
    size_t have = c->in_end - c->in_from, head = n > FRAME_SIZE ? FRAME_SIZE : 0;

    if (c->in == NULL && (c->in = malloc(IN_SIZE)) == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    if (have < n && c->in_from > 0) {
        memmove(c->in, c->in + c->in_from, have);
        c->in_end = have;
        c->in_from = 0;
    }
    while (have < n) {
        size_t more = 0;
        enum err e = tcp_receive(c->fd, c->in + c->in_end, IN_SIZE - c->in_end,
                                 bytes_sure(c, have), c->deadline_ms, &more, why);

        if (e == E_CUT && have > 0 && why != NULL && why->native == 0)
            why_set(why, e, "the host ended the connection (%zu of %zu bytes came)", have - head,
                    n - head);
        if (e != OK)
            return e;
        c->in_end += more;
        have += more;
    }
    return OK;
}

/* The next frame, inside c->in. */
static enum err frame_receive(struct smb_connection *c, struct rd *message, struct why *why)
{
    struct rd r;
    uint8_t first;
    uint32_t n;
    enum err e = bytes_await(c, FRAME_SIZE, why);

    if (e != OK)
        return e;
    r = rd_of(c->in + c->in_from, FRAME_SIZE);
    first = rd_u8(&r);
    n = rd_be24(&r);
    if (first != 0)
        return why_set(why, E_PROTOCOL, "what answers does not speak SMB (first byte 0x%02x)",
                       first);
    if (n > SMB_MESSAGE_MAX)
        return why_set(why, E_PROTOCOL,
                       "an answer of %u bytes is announced; at most %u were asked for", (unsigned)n,
                       SMB_MESSAGE_MAX);
    if ((e = bytes_await(c, FRAME_SIZE + n, why)) != OK)
        return e;
    c->answer = c->in + c->in_from + FRAME_SIZE;
    c->in_from += FRAME_SIZE + n;
    *message = rd_of(c->answer, n);
    return OK;
}

/* What is inside an encrypted answer. */
static enum err answer_open(struct smb_connection *c, struct smb_answer *a, struct why *why)
{
    enum err e;

    if (!c->seal.on)
        return why_set(why, E_PROTOCOL, "the host encrypts its answer, which was not agreed");
    e = smb_seal_get(&c->seal, c->session_id, c->answer, a->message.left, &a->message);
    if (e == E_SECURITY)
        return why_set(why, e,
                       "the encrypted answer was changed on its way, or is of another session");
    a->sealed = e == OK;
    return smb_malformed(c, e, "encryption", why);
}

static enum err header_receive(struct smb_connection *c, struct smb_answer *a, struct why *why)
{
    static const uint8_t smb1[] = {0xff, 'S', 'M', 'B'};
    struct rd id;
    enum err e = frame_receive(c, &a->message, why);

    if (e != OK)
        return e;
    id = rd_at(a->message, 0, sizeof smb1);
    if (rd_equal(id, rd_of(smb1, sizeof smb1)))
        return why_set(why, E_UNSUPPORTED, "the host speaks only SMB 1");
    a->sealed = false;
    if (smb_is_sealed(a->message) && (e = answer_open(c, a, why)) != OK)
        return e;
    a->body = a->message;
    return smb_malformed(c, smb_header_get(&a->body, &a->header), "header", why);
}

/* Where in the flight the request of this answer is. */
static enum err answer_match(const struct smb_connection *c, const struct smb_header *h, size_t *at,
                             struct why *why)
{
    size_t i = 0;

    if ((h->flags & SMB_FLAG_RESPONSE) == 0)
        return why_set(why, E_PROTOCOL, "a request came where the answer should be");
    while (i < c->n_flight && c->flight[i].message_id != h->message_id)
        i++;
    if (i == c->n_flight)
        return why_set(why, E_PROTOCOL, "the answer belongs to message %llu, asked was %llu%s",
                       (unsigned long long)h->message_id,
                       (unsigned long long)c->flight[0].message_id,
                       c->n_flight > 1 ? " and others" : "");
    if (h->command != c->flight[i].command)
        return why_set(why, E_PROTOCOL, "the answer is to command %u, asked was %u", h->command,
                       c->flight[i].command);
    if (h->next != 0)
        return why_set(why, E_PROTOCOL, "several answers in one message, asked was one");
    if (c->session_id != 0 && h->session_id != c->session_id)
        return why_set(why, E_PROTOCOL, "the answer belongs to another session");
    *at = i;
    return OK;
}

enum err smb_answer_verify(struct smb_connection *c, const struct smb_answer *a, struct why *why)
{
    enum err e = signer_ready(c);

    if (e == OK)
        e = smb_sign_check(c->signer, c->answer, a->message.left);
    if (e == OK)
        return OK;
    c->broken = true;
    if (e != E_SECURITY)
        return why_set(why, e, "the signature cannot be checked");
    if ((a->header.flags & SMB_FLAG_SIGNED) == 0)
        return why_set(why, E_SECURITY, "the answer is not signed (%s)",
                       a->header.status == 0 ? "success" : smb_status_name(a->header.status));
    return why_set(why, E_SECURITY,
                   "the signature of the answer is wrong: it was changed on its way, "
                   "or the host does not know the session's key");
}

/* A host that has lost the session has lost its key too. Nothing but the end of the session is
 * believed of these. */
static bool may_be_unsigned(uint32_t status)
{
    return status == STATUS_USER_SESSION_DELETED || status == STATUS_NETWORK_SESSION_EXPIRED;
}

static enum err answer_check(struct smb_connection *c, const struct smb_answer *a, struct why *why)
{
    bool is_signed = (a->header.flags & SMB_FLAG_SIGNED) != 0;

    if (!c->secured || a->sealed || (!is_signed && may_be_unsigned(a->header.status)))
        return OK;
    return smb_answer_verify(c, a, why);
}

/* 3.2.5.1.1: where all is encrypted, what is not is not believed. */
static enum err sealed_check(const struct smb_connection *c, const struct smb_answer *a,
                             struct why *why)
{
    if (!c->seal.on || a->sealed || may_be_unsigned(a->header.status))
        return OK;
    return why_set(why, E_SECURITY, "the answer is not encrypted, though the session is");
}

static bool is_interim(const struct smb_header *h)
{
    return h->status == STATUS_PENDING && (h->flags & SMB_FLAG_ASYNC) != 0;
}

static void credits_take(struct smb_connection *c, const struct smb_header *h)
{
    c->credits += h->credits;
    if (c->credits > SMB_CREDITS_MAX)
        c->credits = SMB_CREDITS_MAX;
}

/* The next final answer, through interim ones; at tells whose it is. */
static enum err answer_receive(struct smb_connection *c, struct smb_answer *out, size_t *at,
                               struct why *why)
{
    enum err e;

    if (c->waits)
        c->turns++;
    c->waits = false;
    if ((e = unsent_send(c, why)) != OK)
        return e;
    do {
        if ((e = header_receive(c, out, why)) != OK ||
            (e = answer_match(c, &out->header, at, why)) != OK ||
            (e = sealed_check(c, out, why)) != OK)
            return e;
        credits_take(c, &out->header);
        if (is_interim(&out->header) && clock_mono_ms() >= c->deadline_ms)
            return why_set(why, E_TIMEOUT, "the host says that it works on it, and nothing more");
    } while (is_interim(&out->header));
    return answer_check(c, out, why);
}

enum err smb_receive(struct smb_connection *c, struct smb_answer *out, size_t *tag, struct why *why)
{
    struct smb_answer a = {0};
    size_t at = 0;
    enum err e;

    if (c->broken)
        return why_set(why, E_CUT, "the connection has failed before");
    if (c->n_flight == 0)
        return why_set(why, E_INTERNAL, "an answer is awaited, but nothing was asked");
    if ((e = answer_receive(c, &a, &at, why)) != OK) {
        c->broken = true;
        return e;
    }
    *tag = c->flight[at].tag;
    c->flight[at] = c->flight[--c->n_flight];
    *out = a;
    return OK;
}

bool smb_is_expired(const struct smb_connection *c, const struct smb_answer *a)
{
    return a->header.status == STATUS_NETWORK_SESSION_EXPIRED && c->renew != NULL && !c->renews;
}

enum err smb_renew(struct smb_connection *c, struct why *why)
{
    enum err e;

    c->renews = true;
    e = c->renew(c, c->renew_self, why);
    c->renews = false;
    if (e != OK)
        c->broken = true;
    return e;
}

static enum err exchange_once(struct smb_connection *c, struct smb_answer *out, struct why *why)
{
    size_t tag = 0;
    enum err e = smb_send(c, 0, why);

    return e == OK ? smb_receive(c, out, &tag, why) : e;
}

/* The request in c->out once more, behind a logon that needs the same room. */
static enum err exchange_again(struct smb_connection *c, struct smb_answer *out, struct why *why)
{
    struct rd body = smb_request_message(c);
    uint16_t command = out->header.command;
    struct wr kept;
    enum err e;

    rd_skip(&body, SMB_HEADER_SIZE);
    wr_init(&kept, SMB_MESSAGE_MAX);
    wr_view(&kept, body);
    if ((e = wr_end(&kept)) != OK)
        e = why_set(why, e, "%s", err_words(e));
    else
        e = smb_renew(c, why);
    if (e == OK) {
        wr_view(smb_request(c, (enum smb_command)command), wr_view_of(&kept));
        e = exchange_once(c, out, why);
    }
    wr_fini(&kept);
    return e;
}

enum err smb_exchange(struct smb_connection *c, struct smb_answer *out, struct why *why)
{
    enum err e;

    if (!c->broken && c->n_flight > 0)
        return why_set(why, E_INTERNAL, "other requests are under way");
    e = exchange_once(c, out, why);
    return e == OK && smb_is_expired(c, out) ? exchange_again(c, out, why) : e;
}

enum err smb_answer_status(const struct smb_answer *a, struct why *why)
{
    return a->header.status == STATUS_SUCCESS ? OK : smb_status_fail(why, a->header.status);
}

enum err smb_malformed(struct smb_connection *c, enum err e, const char *what, struct why *why)
{
    if (e != E_SHORT && e != E_FORMAT)
        return e;
    c->broken = true;
    return why_set(why, E_PROTOCOL,
                   e == E_SHORT ? "the %s of the answer ends too early"
                                : "the %s of the answer makes no sense",
                   what);
}
