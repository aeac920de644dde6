#include "transport/smb/connection.h"

#include "base/clock.h"
#include "base/secret.h"
#include "transport/smb/status.h"
#include "transport/tcp.h"

#include <stdlib.h>

#define FRAME_SIZE 4 /* a zero byte and the length, big-endian */

void smb_connection_init(struct smb_connection *c, int fd, int64_t deadline_ms)
{
    *c = (struct smb_connection){
        .fd = fd, .deadline_ms = deadline_ms, .credits = 1, .io_max = SMB_IO_MAX};
    wr_init(&c->out, SMB_MESSAGE_MAX);
}

void smb_connection_fini(struct smb_connection *c)
{
    tcp_close(&c->fd);
    secret_wipe(c->key, sizeof c->key);
    wr_fini(&c->out);
    free(c->in);
    c->in = NULL;
}

struct wr *smb_request(struct smb_connection *c, enum smb_command command)
{
    struct smb_header h = {
        .command = (uint16_t)command,
        .credit_charge = c->multi_credit ? 1 : 0,
        .credits = c->credits < SMB_CREDITS_WANTED ? SMB_CREDITS_WANTED : 1,
        .message_id = c->next_message_id,
        .tree_id = c->tree_id,
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

static enum err request_send(struct smb_connection *c, struct why *why)
{
    size_t n = c->out.used - FRAME_SIZE;
    enum err e = wr_end(&c->out);

    if (e != OK)
        return why_set(why, e, "the request is too long");
    if (c->credits == 0)
        return why_set(why, E_PROTOCOL, "the host allows no further request (no credits left)");
    wr_fill(&c->out, (struct hole){.at = 1, .width = 3, .big_endian = true}, n);
    if (c->secured && (e = smb_sign(c->algorithm, c->key, c->out.bytes + FRAME_SIZE, n)) != OK)
        return why_set(why, e, "the request cannot be signed");
    c->credits--;
    c->next_message_id++;
    c->round_trips++;
    return tcp_send(c->fd, wr_view_of(&c->out), c->deadline_ms, why);
}

/* One frame into c->in. */
static enum err frame_receive(struct smb_connection *c, struct rd *message, struct why *why)
{
    uint8_t head[FRAME_SIZE];
    struct rd r = rd_of(head, sizeof head);
    uint32_t n;
    enum err e = tcp_receive(c->fd, head, sizeof head, c->deadline_ms, why);

    if (e != OK)
        return e;
    if (rd_u8(&r) != 0)
        return why_set(why, E_PROTOCOL, "what answers does not speak SMB (first byte 0x%02x)",
                       head[0]);
    n = rd_be24(&r);
    if (n > SMB_MESSAGE_MAX)
        return why_set(why, E_PROTOCOL,
                       "an answer of %u bytes is announced; at most %u were asked for", (unsigned)n,
                       SMB_MESSAGE_MAX);
    if (c->in == NULL && (c->in = malloc(SMB_MESSAGE_MAX)) == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    if ((e = tcp_receive(c->fd, c->in, n, c->deadline_ms, why)) != OK)
        return e;
    *message = rd_of(c->in, n);
    return OK;
}

static enum err header_receive(struct smb_connection *c, struct smb_answer *a, struct why *why)
{
    static const uint8_t smb1[] = {0xff, 'S', 'M', 'B'}, transform[] = {0xfd, 'S', 'M', 'B'};
    struct rd id;
    enum err e = frame_receive(c, &a->message, why);

    if (e != OK)
        return e;
    id = rd_at(a->message, 0, sizeof smb1);
    if (rd_equal(id, rd_of(smb1, sizeof smb1)))
        return why_set(why, E_UNSUPPORTED, "the host speaks only SMB 1");
    if (rd_equal(id, rd_of(transform, sizeof transform)))
        return why_set(why, E_PROTOCOL, "the host encrypts its answer, which was not agreed");
    a->body = a->message;
    return smb_malformed(c, smb_header_get(&a->body, &a->header), "header", why);
}

static enum err answer_match(const struct smb_connection *c, const struct smb_header *sent,
                             const struct smb_header *h, struct why *why)
{
    if ((h->flags & SMB_FLAG_RESPONSE) == 0)
        return why_set(why, E_PROTOCOL, "a request came where the answer should be");
    if (h->message_id != sent->message_id)
        return why_set(why, E_PROTOCOL, "the answer belongs to message %llu, asked was %llu",
                       (unsigned long long)h->message_id, (unsigned long long)sent->message_id);
    if (h->command != sent->command)
        return why_set(why, E_PROTOCOL, "the answer is to command %u, asked was %u", h->command,
                       sent->command);
    if (h->next != 0)
        return why_set(why, E_PROTOCOL, "several answers in one message, asked was one");
    if (c->session_id != 0 && h->session_id != c->session_id)
        return why_set(why, E_PROTOCOL, "the answer belongs to another session");
    return OK;
}

enum err smb_answer_verify(struct smb_connection *c, const struct smb_answer *a, struct why *why)
{
    enum err e = smb_sign_check(c->algorithm, c->key, c->in, a->message.left);

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

    if (!c->secured || (!is_signed && may_be_unsigned(a->header.status)))
        return OK;
    return smb_answer_verify(c, a, why);
}

static bool is_interim(const struct smb_header *h)
{
    return h->status == STATUS_PENDING && (h->flags & SMB_FLAG_ASYNC) != 0;
}

static enum err answer_receive(struct smb_connection *c, struct smb_answer *out, struct why *why)
{
    struct rd sent_bytes = smb_request_message(c);
    struct smb_header sent;
    enum err e = smb_header_get(&sent_bytes, &sent);

    if (e != OK)
        return why_set(why, E_INTERNAL, "the request has no header");
    do {
        if ((e = header_receive(c, out, why)) != OK ||
            (e = answer_match(c, &sent, &out->header, why)) != OK)
            return e;
        c->credits += out->header.credits;
        if (c->credits > SMB_CREDITS_MAX)
            c->credits = SMB_CREDITS_MAX;
        if (is_interim(&out->header) && clock_mono_ms() >= c->deadline_ms)
            return why_set(why, E_TIMEOUT, "the host says that it works on it, and nothing more");
    } while (is_interim(&out->header));
    return answer_check(c, out, why);
}

enum err smb_exchange(struct smb_connection *c, struct smb_answer *out, struct why *why)
{
    struct smb_answer a = {0};
    enum err e;

    if (c->broken)
        return why_set(why, E_CUT, "the connection has failed before");
    if ((e = request_send(c, why)) != OK || (e = answer_receive(c, &a, why)) != OK) {
        c->broken = true;
        return e;
    }
    *out = a;
    return OK;
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
