/* What comes in: frames, message ids, signatures; and who answers. */
#include "tests/support/strict_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_SIZE 4
#define MESSAGE_MAX (1u << 20)
#define CHUNK 65536

struct strict_connection *strict_connection_new(int fd)
{
    struct strict_connection *c = calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    c->fd = fd;
    c->ids_end = 1;
    wr_init(&c->in, 0);
    wr_init(&c->negotiate_request, 0);
    return c;
}

void strict_connection_free(struct strict_server *s, struct strict_connection *c)
{
    for (size_t i = 0; i < STRICT_PIPES; i++)
        strict_pipe_free(s, c, &c->pipes[i]);
    strict_logon_free(c->logon);
    wr_fini(&c->in);
    wr_fini(&c->negotiate_request);
    (void)close(c->fd);
    free(c);
}

int64_t strict_connection_tick(struct strict_server *s, struct strict_connection *c, int64_t now_ms)
{
    int64_t next = STRICT_NEVER;

    for (size_t i = 0; i < STRICT_PIPES; i++) {
        int64_t at = STRICT_NEVER;

        if (c->pipes[i].used)
            at = strict_pipe_tick(s, c, &c->pipes[i], now_ms);
        next = at < next ? at : next;
    }
    return next;
}

/* Each message id is used once, and only when it was granted (3.3.5.2.3). */
static bool ids_take(struct strict_server *s, struct strict_connection *c,
                     const struct smb_header *h)
{
    uint64_t n = c->multi_credit && h->credit_charge > 1 ? h->credit_charge : 1;

    for (uint64_t id = h->message_id; id < h->message_id + n; id++) {
        uint8_t *byte = &c->used[id % STRICT_IDS / 8], bit = (uint8_t)(1u << (id % 8));

        if (id >= c->ids_end) {
            strict_violation(s, "message id %llu is beyond the credits granted (%llu)",
                             (unsigned long long)id, (unsigned long long)c->ids_end);
            return false;
        }
        if (id + STRICT_IDS < c->ids_end || (*byte & bit) != 0) {
            strict_violation(s, "message id %llu was used before", (unsigned long long)id);
            return false;
        }
        *byte |= bit;
        c->taken++;
    }
    return true;
}

static bool is_logon(uint16_t command)
{
    return command == SMB_NEGOTIATE || command == SMB_SESSION_SETUP;
}

/* A host that loses a session loses its keys too: what it says of it is not signed, and what is on
 * its way cannot be blamed. */
static bool is_forgotten(struct strict_server *s, struct strict_connection *c)
{
    if (!c->session_good || s->rules.forgets_after == 0)
        return c->forgotten;
    if (s->session_requests++ == s->rules.forgets_after) {
        c->session_good = false;
        c->forgotten = true;
    }
    return c->forgotten;
}

/* A session whose time is over serves nothing but its end, and a new proof of who is there
 * (3.3.5.2.9). What was on its way when the first answer said so cannot be blamed. */
static uint32_t time_check(struct strict_server *s, struct strict_connection *c, uint16_t command)
{
    if (!c->session_good || s->rules.expires_after == 0 || command == SMB_SESSION_SETUP ||
        command == SMB_LOGOFF || command == SMB_CLOSE || command == STRICT_ECHO)
        return NT_OK;
    if (c->session_requests++ < s->rules.expires_after)
        return NT_OK;
    if (c->told_expired++ > s->rules.credits_max)
        strict_violation(s, "command %u on a session whose time is over", command);
    return NT_NETWORK_SESSION_EXPIRED;
}

/* What a header must hold whatever is asked (2.2.1.2, 3.2.4.1.1, 3.2.4.1.5). */
static void header_check(struct strict_server *s, const struct strict_connection *c,
                         const struct smb_header *h)
{
    if (h->status != 0)
        strict_violation(s, "channel sequence %u without another channel", (unsigned)h->status);
    if (c->negotiated && !c->multi_credit && h->credit_charge != 0)
        strict_violation(s, "a credit charge of %u where credits have no size", h->credit_charge);
    if (c->negotiated && c->multi_credit && h->credit_charge == 0)
        strict_violation(s, "command %u without a credit charge", h->command);
}

/* Status instead of what was asked, 0 = none (3.3.5.2.4, 3.3.5.2.9, 3.3.5.2.11). */
static uint32_t security_check(struct strict_server *s, struct strict_connection *c,
                               const struct strict_message *m, uint8_t *bytes, size_t n)
{
    uint16_t command = m->h.command;

    if (is_logon(command) && !c->session_good)
        return NT_OK;
    if (is_forgotten(s, c))
        return NT_USER_SESSION_DELETED;
    if (!c->session_good || m->h.session_id != c->session_id) {
        if (command == STRICT_ECHO)
            return NT_OK;
        strict_violation(s, "command %u on a session that is not there", command);
        return NT_USER_SESSION_DELETED;
    }
    if (m->encrypted)
        return NT_OK;
    if (c->encrypt || ((s->rules.encrypt & 2) != 0 && command != SMB_TREE_CONNECT &&
                       command != SMB_LOGOFF && command != STRICT_ECHO)) {
        strict_violation(s, "command %u is not encrypted", command);
        return NT_ACCESS_DENIED;
    }
    if ((m->h.flags & SMB_FLAG_SIGNED) == 0) {
        if (c->dialect == 0x0311 && command == SMB_TREE_CONNECT)
            c->closing = true; /* 3.3.5.7 */
        if (s->rules.signing_optional && !c->closing)
            return NT_OK;
        strict_violation(s, "command %u is not signed", command);
        return NT_ACCESS_DENIED;
    }
    if (strict_signed_well(c->signing, &c->keys, bytes, n))
        return NT_OK;
    strict_violation(s, "command %u is signed wrongly", command);
    return NT_ACCESS_DENIED;
}

static uint32_t tree_check(struct strict_server *s, const struct strict_connection *c,
                           const struct strict_message *m)
{
    if (is_logon(m->h.command) || m->h.command == SMB_LOGOFF || m->h.command == SMB_TREE_CONNECT ||
        m->h.command == STRICT_ECHO)
        return NT_OK;
    if (c->tree_id != 0 && m->h.tree_id == c->tree_id)
        return NT_OK;
    strict_violation(s, "command %u on a share that is not connected", m->h.command);
    return NT_NETWORK_NAME_DELETED;
}

static void empty_answer(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m)
{
    static const uint8_t body[4] = {4};

    strict_answer(s, c, m, NT_OK, rd_of(body, sizeof body));
}

static void dispatch(struct strict_server *s, struct strict_connection *c,
                     const struct strict_message *m, struct rd message)
{
    switch (m->h.command) {
    case SMB_NEGOTIATE: strict_negotiate(s, c, m, message); break;
    case SMB_SESSION_SETUP: strict_session_setup(s, c, m, message); break;
    case SMB_LOGOFF:
        empty_answer(s, c, m);
        c->session_good = false;
        break;
    case SMB_TREE_CONNECT: strict_tree_connect(s, c, m, message); break;
    case SMB_TREE_DISCONNECT:
        c->tree_id = 0;
        empty_answer(s, c, m);
        break;
    case SMB_CREATE: strict_create(s, c, m, message); break;
    case SMB_CLOSE: strict_close(s, c, m, message); break;
    case SMB_READ: strict_read(s, c, m, message); break;
    case SMB_WRITE: strict_write(s, c, m, message); break;
    case SMB_IOCTL: strict_ioctl(s, c, m, message); break;
    case STRICT_ECHO: empty_answer(s, c, m); break;
    default: strict_answer_error(s, c, m, NT_NOT_SUPPORTED); break;
    }
}

/* What a related request leaves open is what the one before it had (3.3.5.2.7.2). */
static void relate(const struct strict_connection *c, struct smb_header *h)
{
    if ((h->flags & SMB_FLAG_RELATED) == 0)
        return;
    h->session_id = c->session_id;
    if ((h->flags & SMB_FLAG_ASYNC) == 0)
        h->tree_id = c->tree_id;
}

void strict_request(struct strict_server *s, struct strict_connection *c, uint8_t *bytes, size_t n,
                    bool encrypted)
{
    struct strict_message m = {.encrypted = encrypted};
    struct rd r = rd_of(bytes, n);
    uint32_t status;

    if (smb_header_get(&r, &m.h) != OK || (m.h.flags & SMB_FLAG_RESPONSE) != 0) {
        strict_violation(s, "what came is no SMB 2 request");
        c->closing = true;
        return;
    }
    relate(c, &m.h);
    s->report.requests++;
    if (m.h.command == STRICT_CANCEL) {
        if (security_check(s, c, &m, bytes, n) == NT_OK)
            strict_cancel(s, c, &m.h);
        return;
    }
    if ((m.h.command == SMB_NEGOTIATE) == c->negotiated || !ids_take(s, c, &m.h)) {
        c->closing = true;
        return;
    }
    if (++c->unanswered > s->report.parallel)
        s->report.parallel = c->unanswered;
    header_check(s, c, &m.h);
    status = security_check(s, c, &m, bytes, n);
    if (status == NT_OK)
        status = time_check(s, c, m.h.command);
    if (status == NT_OK)
        status = tree_check(s, c, &m);
    if (status == NT_OK)
        dispatch(s, c, &m, rd_of(bytes, n));
    else if (!c->closing)
        strict_answer_error(s, c, &m, status);
}

static void compound_take(struct strict_server *s, struct strict_connection *c, uint8_t *bytes,
                          size_t n, bool encrypted)
{
    while (!c->closing) {
        struct rd r = rd_of(bytes, n);
        struct smb_header h = {0};
        size_t size;

        if (smb_header_get(&r, &h) != OK)
            h.next = 0;
        size = h.next == 0 || h.next > n ? n : h.next;
        if (h.next % 8 != 0 || h.next > n) {
            strict_violation(s, "a compound is not laid out in steps of eight bytes");
            c->closing = true;
            return;
        }
        strict_request(s, c, bytes, size, encrypted);
        if (h.next == 0)
            return;
        bytes += size;
        n -= size;
    }
}

static void message_take(struct strict_server *s, struct strict_connection *c, uint8_t *bytes,
                         size_t n)
{
    struct wr plain;

    if (s->rules.smb1 && !c->negotiated && n > 4 && bytes[0] == 0xff) {
        strict_multi_negotiate(s, c, rd_of(bytes, n));
        return;
    }
    if (c->forgotten && n >= 4 && bytes[0] == 0xfd) {
        c->closing = true; /* there is no key any more to read it with */
        return;
    }
    if (n < 4 || bytes[0] != 0xfd) {
        compound_take(s, c, bytes, n, false);
        return;
    }
    wr_init(&plain, 0);
    if (c->session_good && c->cipher != 0 &&
        strict_decrypt(c->cipher, &c->keys, c->session_id, rd_of(bytes, n), &plain)) {
        compound_take(s, c, plain.bytes, plain.used, true);
    } else {
        strict_violation(s, "what is encrypted cannot be decrypted");
        c->closing = true;
    }
    wr_fini(&plain);
}

void strict_connection_readable(struct strict_server *s, struct strict_connection *c)
{
    uint8_t bytes[CHUNK];
    ssize_t k = recv(c->fd, bytes, sizeof bytes, 0);

    if (k <= 0) {
        c->closing = true;
        return;
    }
    wr_bytes(&c->in, bytes, (size_t)k);
    while (!c->closing && c->in.used >= FRAME_SIZE) {
        struct rd r = wr_view_of(&c->in);
        size_t n = rd_be32(&r), whole = n + FRAME_SIZE;

        if (n > MESSAGE_MAX) {
            strict_violation(s, "a frame of %zu bytes", n);
            c->closing = true;
            return;
        }
        if (c->in.used < whole)
            return;
        message_take(s, c, c->in.bytes + FRAME_SIZE, n);
        memmove(c->in.bytes, c->in.bytes + whole, c->in.used - whole);
        c->in.used -= whole;
    }
}
