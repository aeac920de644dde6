/* Fragments in, calls, fragments out. */
#include "tests/support/strict_parts.h"

#include "base/clock.h"

#include <string.h>

enum {
    TYPE_REQUEST = 0,
    TYPE_RESPONSE = 2,
    TYPE_FAULT = 3,
    TYPE_BIND = 11,
    TYPE_BIND_ACK = 12,
    TYPE_BIND_NAK = 13,
    TYPE_ALTER = 14,
    TYPE_ALTER_ACK = 15,
    FLAG_FIRST = 1,
    FLAG_LAST = 2,
    FLAG_MPX = 0x10,
    FLAG_DID_NOT_EXECUTE = 0x20,
    FLAG_OBJECT = 0x80,
    HEADER = 16,
    RESPONSE_HEADER = 24,
    FRAGMENT_LEAST = 1432, /* C706 12.6.3.3 */
    STUB_MAX = 4 << 20
};

struct pdu {
    uint8_t type, flags;
    uint32_t call_id;
    struct rd body;
};

static const struct {
    uint8_t uuid[16];
    uint32_t version;
    uint32_t (*call)(struct strict_call *q);
} interfaces[IF_COUNT] = {
    [IF_WINREG] = {{0x01, 0xd0, 0x8c, 0x33, 0x44, 0x22, 0xf1, 0x31, 0xaa, 0xaa, 0x90, 0x00, 0x38,
                    0x00, 0x10, 0x03},
                   1,
                   strict_winreg_call},
    [IF_SVCCTL] = {{0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38,
                    0x00, 0x10, 0x03},
                   2,
                   strict_svcctl_call},
    [IF_SRVSVC] = {{0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12, 0x78, 0x5a, 0x47, 0xbf,
                    0x6e, 0xe1, 0x88},
                   3,
                   strict_srvsvc_call},
    [IF_SHUTDOWN] = {{0xc0, 0xe0, 0x4d, 0x89, 0x55, 0x0d, 0xd3, 0x11, 0xa3, 0x22, 0x00, 0xc0, 0x4f,
                      0xa3, 0x21, 0xa1},
                     1,
                     strict_shutdown_call},
    [IF_LSA] = {{0x78, 0x57, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0x00, 0x01, 0x23, 0x45, 0x67,
                 0x89, 0xab},
                0,
                strict_lsa_call},
};
static const uint8_t ndr_syntax[20] = {0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8,
                                       0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 0x02, 0x00, 0x00, 0x00};

static bool lies(const struct strict_server *s, enum strict_lie lie)
{
    return s->rules.lie == (unsigned)lie && s->messages + 1 >= s->rules.lie_at;
}

static struct strict_reply *reply_new(struct strict_server *s, struct strict_pipe *p)
{
    struct strict_reply *r;

    if (p->n_replies == STRICT_REPLIES)
        return NULL;
    r = &p->replies[p->n_replies++];
    *r = (struct strict_reply){.due_ms = clock_mono_ms() + s->rules.delay_ms};
    wr_init(&r->bytes, 0);
    return r;
}

static void fragment_put(const struct strict_server *s, struct wr *w, uint8_t type, uint8_t flags,
                         uint32_t call_id, struct rd body)
{
    size_t size = HEADER + body.left;

    wr_le32(w, size); /* for the pipe, which is in messages */
    wr_u8(w, 5);
    wr_u8(w, 0);
    wr_u8(w, type);
    wr_u8(w, flags);
    wr_le32(w, 0x10);
    wr_le16(w, lies(s, LIE_FRAGMENT_SIZE) ? size + 50 : size);
    wr_le16(w, 0);
    wr_le32(w, lies(s, LIE_CALL_ID) ? call_id + 1 : call_id);
    wr_view(w, body);
}

static bool fault(struct strict_server *s, struct strict_pipe *p, uint32_t status)
{
    struct strict_reply *r = reply_new(s, p);
    struct wr body;

    if (r == NULL)
        return false;
    wr_init(&body, 0);
    wr_le32(&body, 0);
    wr_le16(&body, p->context);
    wr_le16(&body, 0);
    wr_le32(&body, status);
    wr_le32(&body, 0);
    fragment_put(s, &r->bytes, TYPE_FAULT, FLAG_FIRST | FLAG_LAST | FLAG_DID_NOT_EXECUTE,
                 p->call_id, wr_view_of(&body));
    wr_fini(&body);
    return true;
}

static bool respond(struct strict_server *s, struct strict_pipe *p, struct wr *stub)
{
    size_t most = p->send_max < s->rules.fragment_max ? p->send_max : s->rules.fragment_max;
    size_t room = (most - RESPONSE_HEADER) & ~(size_t)7;
    struct strict_reply *r = reply_new(s, p);
    struct rd left = wr_view_of(stub);
    uint8_t flags = FLAG_FIRST;

    if (r == NULL || wr_end(stub) != OK)
        return false;
    if (lies(s, LIE_STUB) && left.left >= 4)
        left.left -= 4;
    if (lies(s, LIE_COUNTS) && stub->used > 4)
        memset(stub->bytes, 0xff, stub->used - 4);
    do {
        struct rd part = rd_sub(&left, left.left < room ? left.left : room);
        struct wr body;

        wr_init(&body, 0);
        wr_le32(&body, part.left + left.left);
        wr_le16(&body, p->context);
        wr_le16(&body, 0);
        wr_view(&body, part);
        fragment_put(s, &r->bytes, TYPE_RESPONSE, left.left == 0 ? flags | FLAG_LAST : flags,
                     p->call_id, wr_view_of(&body));
        wr_fini(&body);
        flags = 0;
    } while (left.left > 0);
    return true;
}

/* RemoteRegistry dies when its time has come; false: with the pipe on which we are. */
static bool still_alive(struct strict_server *s, const struct strict_pipe *p)
{
    if (p->interface != IF_WINREG || s->rules.dies_after == 0 ||
        ++s->winreg_calls <= s->rules.dies_after)
        return true;
    s->rules.dies_after = 0;
    if (s->rules.dies_kind == 1) {
        strict_handles_drop(s, 0);
        return true;
    }
    strict_winreg_die(s);
    if (s->rules.dies_kind == 2)
        s->winreg = SERVICE_DISABLED, s->winreg_start_type = 4;
    return false;
}

/* One pipe breaks and the others live on. */
static bool breaks_now(struct strict_server *s, const struct strict_pipe *p)
{
    return p->interface == IF_WINREG && s->rules.breaks_after > 0 && --s->rules.breaks_after == 0;
}

static bool execute(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p)
{
    struct wr out;
    struct strict_call q = {.s = s,
                            .c = c,
                            .p = p,
                            .operation = p->operation,
                            .in = sndr_of(wr_view_of(&p->stub)),
                            .out = &out};
    uint32_t status;
    bool good;

    s->report.calls++;
    if (!still_alive(s, p) || breaks_now(s, p))
        return false;
    wr_init(&out, 0);
    status = interfaces[p->interface].call(&q);
    if (status == FAULT_BAD_STUB)
        strict_violation(s, "%s call %u: bad stub data", strict_pipe_names[p->interface],
                         p->operation);
    good = c->closing || (status != 0 ? fault(s, p, status) : respond(s, p, &out));
    wr_fini(&out);
    return good;
}

static bool request_take(struct strict_server *s, struct strict_connection *c,
                         struct strict_pipe *p, struct pdu *u)
{
    uint16_t context, operation;

    rd_skip(&u->body, 4);
    context = rd_le16(&u->body);
    operation = rd_le16(&u->body);
    if ((u->flags & FLAG_OBJECT) != 0)
        rd_skip(&u->body, 16);
    if (u->body.bad || !p->bound || ((u->flags & FLAG_FIRST) != 0) == p->gathering ||
        (p->gathering && (u->call_id != p->call_id || operation != p->operation)) ||
        p->stub.used + u->body.left > STUB_MAX) {
        strict_violation(s, "fragments out of order on %s", strict_pipe_names[p->interface]);
        return false;
    }
    if ((u->flags & FLAG_FIRST) != 0)
        wr_reset(&p->stub);
    p->gathering = (u->flags & FLAG_LAST) == 0;
    p->call_id = u->call_id;
    p->operation = operation;
    wr_view(&p->stub, u->body);
    if (p->gathering)
        return true;
    return context == p->context ? execute(s, c, p) : fault(s, p, FAULT_UNKNOWN_IF);
}

static bool group_exists(const struct strict_server *s, uint32_t group)
{
    for (size_t i = 0; i < STRICT_CONNECTIONS; i++)
        for (size_t k = 0; s->connections[i] != NULL && k < STRICT_PIPES; k++)
            if (s->connections[i]->pipes[k].used && s->connections[i]->pipes[k].group == group)
                return true;
    return false;
}

static void results_put(struct strict_pipe *p, struct rd *r, size_t n, struct wr *w)
{
    wr_u8(w, n);
    wr_zeros(w, 3);
    for (size_t i = 0; i < n; i++) {
        uint16_t id = rd_le16(r);
        uint8_t syntaxes = rd_u8(r);
        struct rd uuid, version;
        bool same, ndr = false;

        rd_skip(r, 1);
        uuid = rd_sub(r, 16);
        version = rd_sub(r, 4);
        same = rd_equal(uuid, rd_of(interfaces[p->interface].uuid, 16)) &&
               rd_le32(&version) == interfaces[p->interface].version;
        for (uint8_t k = 0; k < syntaxes; k++)
            ndr = rd_equal(rd_sub(r, 20), rd_of(ndr_syntax, 20)) || ndr;
        if (same && ndr && !p->bound) {
            p->bound = true;
            p->context = id;
        }
        wr_le16(w, same && ndr ? 0 : 2);
        wr_le16(w, same && ndr ? 0 : same ? 2
                                          : 1);
        if (same && ndr)
            wr_bytes(w, ndr_syntax, sizeof ndr_syntax);
        else
            wr_zeros(w, sizeof ndr_syntax);
    }
}

static void address_put(const struct strict_pipe *p, struct wr *w)
{
    size_t n = strlen("\\PIPE\\") + strlen(strict_pipe_names[p->interface]) + 1;

    wr_le16(w, n);
    wr_bytes(w, "\\PIPE\\", 6);
    wr_bytes(w, strict_pipe_names[p->interface], n - 6);
    while ((w->used + HEADER) % 4 != 0)
        wr_u8(w, 0);
}

static bool nak(struct strict_server *s, struct strict_pipe *p, uint32_t call_id, uint16_t reason)
{
    struct strict_reply *r = reply_new(s, p);
    uint8_t body[6] = {(uint8_t)reason, 0, 1, 5, 0, 0};

    if (r != NULL)
        fragment_put(s, &r->bytes, TYPE_BIND_NAK, FLAG_FIRST | FLAG_LAST, call_id,
                     rd_of(body, sizeof body));
    return r != NULL;
}

static bool bind_take(struct strict_server *s, struct strict_pipe *p, const struct pdu *u)
{
    struct rd r = u->body;
    uint16_t xmit = rd_le16(&r), recv = rd_le16(&r), most = (uint16_t)s->rules.fragment_max;
    uint32_t group = rd_le32(&r);
    uint8_t n = rd_u8(&r);
    struct strict_reply *reply;
    struct wr w;

    rd_skip(&r, 3);
    if (r.bad || n == 0 || (u->type == TYPE_BIND) == p->bound || recv < FRAGMENT_LEAST)
        return false;
    if (group != 0 && !group_exists(s, group))
        return nak(s, p, u->call_id, 0);
    if (u->type == TYPE_BIND) {
        p->group = group != 0 ? group : (uint32_t)strict_number(s) + 0x5000;
        p->send_max = recv;
        p->mpx = s->rules.mpx && (u->flags & FLAG_MPX) != 0;
    }
    reply = reply_new(s, p);
    if (reply == NULL)
        return false;
    wr_init(&w, 0);
    wr_le16(&w, recv < most ? recv : most);
    wr_le16(&w, xmit < most ? xmit : most);
    wr_le32(&w, p->group);
    address_put(p, &w);
    results_put(p, &r, n, &w);
    fragment_put(s, &reply->bytes, u->type == TYPE_BIND ? TYPE_BIND_ACK : TYPE_ALTER_ACK,
                 (uint8_t)(FLAG_FIRST | FLAG_LAST | (p->mpx ? FLAG_MPX : 0)), u->call_id,
                 wr_view_of(&w));
    wr_fini(&w);
    return !r.bad;
}

bool strict_fragment(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p,
                     struct rd fragment)
{
    struct rd r = fragment;
    struct pdu u;
    uint16_t size, auth;
    uint32_t drep;

    (void)rd_le16(&r);
    u.type = rd_u8(&r);
    u.flags = rd_u8(&r);
    drep = rd_le32(&r);
    size = rd_le16(&r);
    auth = rd_le16(&r);
    u.call_id = rd_le32(&r);
    u.body = r;
    if (r.bad || size != fragment.left || fragment.at[0] != 5 || drep != 0x10) {
        strict_violation(s, "a message to %s is no RPC fragment", strict_pipe_names[p->interface]);
        return false;
    }
    if (size > s->rules.fragment_max && u.type != TYPE_BIND) {
        strict_violation(s, "a fragment of %u bytes, %u were agreed", size, s->rules.fragment_max);
        return false;
    }
    if (u.type == TYPE_BIND || u.type == TYPE_ALTER)
        return auth != 0 ? nak(s, p, u.call_id, 8) : bind_take(s, p, &u);
    if (u.type != TYPE_REQUEST || auth != 0) {
        strict_violation(s, "an RPC message of type %u, authentication %u", u.type, auth);
        return false;
    }
    return request_take(s, c, p, &u);
}
