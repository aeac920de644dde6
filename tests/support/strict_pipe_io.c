/* READ, WRITE and FSCTL_PIPE_TRANSCEIVE. A pipe's messages are the fragments of RPC. */
#include "tests/support/strict_parts.h"

#include <string.h>

#define FSCTL_TRANSCEIVE 0x0011C017u
#define FSCTL_VALIDATE 0x00140204u
#define CREDIT_BYTES 65536u

/* No more than was negotiated, and paid for (3.3.5.2.5, 3.3.5.12, 3.3.5.13, 3.3.5.15). */
static bool size_is_allowed(struct strict_server *s, const struct strict_connection *c,
                            const struct strict_message *m, size_t n)
{
    uint64_t paid = m->h.credit_charge == 0 ? 1 : m->h.credit_charge;

    if (n > s->rules.io_max)
        strict_violation(s, "%zu bytes at once, %u were agreed", n, s->rules.io_max);
    else if (c->multi_credit && n > paid * CREDIT_BYTES)
        strict_violation(s, "%zu bytes for %u credits", n, (unsigned)paid);
    else
        return true;
    return false;
}

static void closed_answer(struct strict_server *s, struct strict_connection *c,
                          const struct strict_message *m)
{
    strict_violation(s, "command %u on a pipe that is not open", m->h.command);
    strict_answer_error(s, c, m, NT_FILE_CLOSED);
}

static void waiter_add(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p,
                       const struct strict_message *m, bool is_read, uint32_t max)
{
    struct strict_waiter *w = &p->waiters[p->n_waiters];

    if (p->n_waiters == STRICT_WAITERS) {
        strict_answer_error(s, c, m, NT_PIPE_BUSY);
        return;
    }
    p->n_waiters++;
    *w = (struct strict_waiter){.m = *m, .is_read = is_read, .max = max};
    if (s->rules.interim || s->rules.delay_ms > 1 || p->n_replies == 0)
        strict_interim(s, c, &w->m);
}

void strict_ioctl_answer(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, uint32_t status, uint32_t code,
                         struct rd file, struct rd output)
{
    struct wr w;

    wr_init(&w, 0);
    wr_le16(&w, 49);
    wr_le16(&w, 0);
    wr_le32(&w, code);
    wr_view(&w, file);
    wr_le32(&w, 112);
    wr_le32(&w, 0);
    wr_le32(&w, 112);
    wr_le32(&w, output.left);
    wr_le64(&w, 0);
    wr_view(&w, output);
    strict_answer(s, c, m, status, wr_view_of(&w));
    wr_fini(&w);
}

static void read_answer(struct strict_server *s, struct strict_connection *c,
                        const struct strict_message *m, uint32_t status, struct rd output)
{
    struct wr w;

    wr_init(&w, 0);
    wr_le16(&w, 17);
    wr_u8(&w, 80);
    wr_u8(&w, 0);
    wr_le32(&w, output.left);
    wr_le64(&w, 0);
    wr_view(&w, output);
    strict_answer(s, c, m, status, wr_view_of(&w));
    wr_fini(&w);
}

static void transceive(struct strict_server *s, struct strict_connection *c,
                       const struct strict_message *m, struct strict_pipe *p, struct rd input,
                       uint32_t max)
{
    if (p->broken) {
        strict_answer_error(s, c, m, NT_PIPE_BROKEN);
    } else if (p->n_replies > 0 || p->n_waiters > 0) { /* MS-FSCC 2.3.48 */
        strict_violation(s, "a transceive on %s, whose last answer was not read to its end",
                         strict_pipe_names[p->interface]);
        strict_answer_error(s, c, m, NT_PIPE_BUSY);
    } else if (!strict_fragment(s, c, p, input)) {
        p->broken = true;
        strict_answer_error(s, c, m, NT_PIPE_BROKEN);
    } else if (c->closing) {
        return; /* the call has ended the connection */
    } else if (p->n_replies == 0) {
        strict_violation(s, "a transceive of a fragment that is not the last one");
        strict_answer_error(s, c, m, NT_INVALID_PARAMETER);
    } else {
        waiter_add(s, c, p, m, false, max);
    }
}

void strict_ioctl(struct strict_server *s, struct strict_connection *c,
                  const struct strict_message *m, struct rd message)
{
    struct rd r = rd_at(message, SMB_HEADER_SIZE, message.left - SMB_HEADER_SIZE), file, input;
    uint16_t size = rd_le16(&r);
    uint32_t code, at, n, max, flags;

    rd_skip(&r, 2);
    code = rd_le32(&r);
    file = rd_sub(&r, 16);
    at = rd_le32(&r);
    n = rd_le32(&r);
    rd_skip(&r, 12);
    max = rd_le32(&r);
    flags = rd_le32(&r);
    input = n == 0 ? rd_of(NULL, 0) : rd_at(message, at, n);
    struct strict_pipe *p = r.bad ? NULL : strict_pipe_find(c, file);
    if (r.bad || input.bad || size != 57 || flags != 1 ||
        !size_is_allowed(s, c, m, n > max ? n : max))
        strict_answer_malformed(s, c, m);
    else if (code == FSCTL_VALIDATE)
        strict_validate(s, c, m, input);
    else if (code != FSCTL_TRANSCEIVE)
        strict_answer_error(s, c, m, NT_INVALID_DEVICE_REQUEST);
    else if (p == NULL)
        closed_answer(s, c, m);
    else
        transceive(s, c, m, p, input, max);
}

void strict_read(struct strict_server *s, struct strict_connection *c,
                 const struct strict_message *m, struct rd message)
{
    struct rd r = rd_at(message, SMB_HEADER_SIZE, message.left - SMB_HEADER_SIZE), file;
    uint16_t size = rd_le16(&r);
    uint32_t n;

    rd_skip(&r, 2);
    n = rd_le32(&r);
    rd_skip(&r, 8);
    file = rd_sub(&r, 16);
    struct strict_pipe *p = r.bad ? NULL : strict_pipe_find(c, file);
    if (r.bad || size != 49 || r.left < 17 || !size_is_allowed(s, c, m, n))
        strict_answer_malformed(s, c, m);
    else if (p == NULL)
        closed_answer(s, c, m);
    else if (p->broken)
        strict_answer_error(s, c, m, NT_PIPE_BROKEN);
    else {
        if (p->n_replies == 0 && !p->mpx)
            strict_violation(s, "a read of %s, which has nothing to say",
                             strict_pipe_names[p->interface]);
        if (p->n_replies == 0 && s->rules.lie != LIE_NONE)
            strict_answer_error(s, c, m, NT_PIPE_EMPTY); /* who was lied to waits for no more */
        else
            waiter_add(s, c, p, m, true, n);
    }
}

/* Without multiplexing the next request waits until the answer was read (MS-RPCE 3.3.1.5.8). */
static bool write_take(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p,
                       struct rd data)
{
    if (p->broken)
        return false;
    if (p->n_replies > 0 && !p->mpx) {
        strict_violation(s, "a request on %s before the answer to the last one was read",
                         strict_pipe_names[p->interface]);
        return false;
    }
    return strict_fragment(s, c, p, data);
}

void strict_write(struct strict_server *s, struct strict_connection *c,
                  const struct strict_message *m, struct rd message)
{
    struct rd r = rd_at(message, SMB_HEADER_SIZE, message.left - SMB_HEADER_SIZE), file, data;
    uint16_t size = rd_le16(&r), at = rd_le16(&r);
    uint32_t n = rd_le32(&r);
    struct wr w;

    rd_skip(&r, 8);
    file = rd_sub(&r, 16);
    data = rd_at(message, at, n);
    struct strict_pipe *p = r.bad ? NULL : strict_pipe_find(c, file);
    if (r.bad || data.bad || size != 49 || !size_is_allowed(s, c, m, n)) {
        strict_answer_malformed(s, c, m);
    } else if (p == NULL) {
        closed_answer(s, c, m);
    } else if (!write_take(s, c, p, data)) {
        p->broken = true;
        strict_answer_error(s, c, m, NT_PIPE_BROKEN);
    } else {
        wr_init(&w, 0);
        wr_le16(&w, 17);
        wr_le16(&w, 0);
        wr_le32(&w, n);
        wr_le64(&w, 0);
        strict_answer(s, c, m, NT_OK, wr_view_of(&w));
        wr_fini(&w);
    }
}

void strict_cancel(struct strict_server *s, struct strict_connection *c, const struct smb_header *h)
{
    for (size_t k = 0; k < STRICT_PIPES; k++) {
        struct strict_pipe *p = &c->pipes[k];

        for (size_t i = 0; p->used && i < p->n_waiters; i++) {
            struct strict_message m = p->waiters[i].m;

            if ((h->flags & SMB_FLAG_ASYNC) != 0 ? m.async_id != h->async_id
                                                 : m.h.message_id != h->message_id)
                continue;
            memmove(&p->waiters[i], &p->waiters[i + 1],
                    (p->n_waiters - i - 1) * sizeof p->waiters[0]);
            p->n_waiters--;
            strict_answer_error(s, c, &m, NT_CANCELLED);
            return;
        }
    }
}

/* The answer that goes on, or that goes first, is moved to the front; false if none is due. */
static bool reply_choose(const struct strict_server *s, struct strict_pipe *p, int64_t now_ms)
{
    size_t best = p->n_replies;
    struct strict_reply chosen;

    if (p->n_replies == 0)
        return false;
    if (p->replies[0].at > 0)
        return true;
    for (size_t i = 0; i < p->n_replies; i++)
        if (p->replies[i].due_ms <= now_ms && (best == p->n_replies || s->rules.shuffle))
            best = i;
    if (best == p->n_replies)
        return false;
    chosen = p->replies[best];
    memmove(&p->replies[1], &p->replies[0], best * sizeof chosen);
    p->replies[0] = chosen;
    return true;
}

/* One message of the pipe, or a part of it, to the request that waits longest. */
static void deliver(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p)
{
    struct strict_waiter w = p->waiters[0];
    struct strict_reply *reply = &p->replies[0], done = {0};
    struct rd all = wr_view_of(&reply->bytes), part;
    uint32_t max = w.max, status;

    if (s->rules.part_max > 0 && max > s->rules.part_max)
        max = s->rules.part_max;
    rd_skip(&all, reply->at);
    if (reply->left == 0) {
        reply->left = rd_le32(&all);
        reply->at += 4;
    }
    part = rd_sub(&all, reply->left < max ? reply->left : max);
    reply->at += part.left;
    reply->left -= part.left;
    status = reply->left > 0 ? NT_BUFFER_OVERFLOW : NT_OK;
    s->report.cut_parts += reply->left > 0;
    p->n_waiters--;
    memmove(&p->waiters[0], &p->waiters[1], p->n_waiters * sizeof w);
    if (reply->at == reply->bytes.used) {
        done = *reply;
        p->n_replies--;
        memmove(&p->replies[0], &p->replies[1], p->n_replies * sizeof done);
    }
    if (w.is_read)
        read_answer(s, c, &w.m, status, part);
    else
        strict_ioctl_answer(s, c, &w.m, status, FSCTL_TRANSCEIVE, rd_of(p->id, sizeof p->id), part);
    wr_fini(&done.bytes);
}

int64_t strict_pipe_tick(struct strict_server *s, struct strict_connection *c,
                         struct strict_pipe *p, int64_t now_ms)
{
    int64_t next = STRICT_NEVER;

    while (p->broken && p->n_waiters > 0 && !c->closing)
        strict_answer_error(s, c, &p->waiters[--p->n_waiters].m, NT_PIPE_BROKEN);
    while (p->n_waiters > 0 && !c->closing && reply_choose(s, p, now_ms))
        deliver(s, c, p);
    for (size_t i = 0; p->n_waiters > 0 && i < p->n_replies; i++)
        next = p->replies[i].due_ms < next ? p->replies[i].due_ms : next;
    return next;
}
