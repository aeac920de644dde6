#include "transport/rpc/rpc.h"

#include "transport/rpc/pdu.h"

void rpc_init(struct rpc *r, struct rpc_channel channel)
{
    *r = (struct rpc){.channel = channel, .send_max = RPC_FRAGMENT_SIZE};
    wr_init(&r->stub, RPC_STUB_MAX);
    wr_init(&r->fragment, RPC_FRAGMENT_SIZE);
    wr_init(&r->in, RPC_STUB_MAX);
    wr_init(&r->reply, RPC_STUB_MAX);
}

void rpc_fini(struct rpc *r)
{
    wr_fini(&r->stub);
    wr_fini(&r->fragment);
    wr_fini(&r->in);
    wr_fini(&r->reply);
}

enum err rpc_malformed(struct rpc *r, enum err e, const char *what, struct why *why)
{
    if (e == OK)
        return OK;
    if (e != E_SHORT && e != E_FORMAT && e != E_UNSUPPORTED)
        return why_set(why, e, "the %s cannot be used: %s", what, err_words(e));
    r->broken = true;
    if (e == E_UNSUPPORTED)
        return why_set(why, e, "the %s is in a byte order that Swell does not read", what);
    return why_set(why, E_PROTOCOL, "the %s %s", what,
                   e == E_SHORT ? "ends too early" : "makes no sense");
}

/* Have at least n bytes in r->in. A channel that gives nothing would keep us here for ever. */
static enum err bytes_await(struct rpc *r, size_t n, struct why *why)
{
    while (r->in.used < n) {
        size_t before = r->in.used;
        enum err e = r->channel.receive(r->channel.self, &r->in, why);

        if (e != OK)
            return e;
        if (r->in.used == before)
            return why_set(why, E_PROTOCOL, "the answer stops in the middle");
    }
    return OK;
}

/* The fragment that begins at r->in[at], whole. */
static enum err fragment_await(struct rpc *r, size_t at, struct pdu_header *h, struct rd *pdu,
                               struct why *why)
{
    struct rd head;
    enum err e = bytes_await(r, at + PDU_HEADER_SIZE, why);

    if (e != OK)
        return e;
    head = rd_at(wr_view_of(&r->in), at, PDU_HEADER_SIZE);
    if ((e = rpc_malformed(r, pdu_header_get(&head, h), "fragment header", why)) != OK ||
        (e = bytes_await(r, at + h->size, why)) != OK)
        return e;
    *pdu = rd_at(wr_view_of(&r->in), at, h->size);
    if (h->call_id != r->call_id)
        return why_set(why, E_PROTOCOL, "the answer belongs to call %u, asked was %u",
                       (unsigned)h->call_id, (unsigned)r->call_id);
    if (h->auth_size != 0)
        return why_set(why, E_PROTOCOL, "the answer carries authentication, which was not agreed");
    return OK;
}

/* The fragment is whole: the next thing is to transact it. */
static enum err fragment_ready(struct rpc *r, struct why *why)
{
    enum err e = wr_end(&r->fragment);

    wr_reset(&r->in);
    return e == OK ? OK : why_set(why, e, "the call cannot be written");
}

static enum err fragment_transact(struct rpc *r, struct why *why)
{
    return r->channel.transact(r->channel.self, wr_view_of(&r->fragment), &r->in, why);
}

enum err rpc_bind_begin(struct rpc *r, const struct rpc_interface *interface, struct why *why)
{
    r->call_id++;
    wr_reset(&r->fragment);
    pdu_bind_put(&r->fragment, r->call_id, interface);
    return fragment_ready(r, why);
}

static enum err bind_answer(struct rpc *r, struct why *why)
{
    struct pdu_bind_ack ack = {0};
    struct pdu_header h;
    struct rd pdu;
    enum err e = fragment_await(r, 0, &h, &pdu, why);

    if (e != OK)
        return e;
    if (h.type == PDU_BIND_NAK) {
        e = pdu_bind_nak_fail(pdu, why);
        return e == E_SHORT ? rpc_malformed(r, e, "refusal of the bind", why) : e;
    }
    if (h.type == PDU_FAULT)
        return why_set(why, E_PROTOCOL, "a fault answers the bind");
    if (h.type != PDU_BIND_ACK || r->in.used != h.size)
        return why_set(why, E_PROTOCOL, "something else answers the bind (type %u)", h.type);
    e = pdu_bind_ack_get(pdu, &ack, why);
    if (e == E_SHORT || e == E_FORMAT)
        return rpc_malformed(r, e, "answer to the bind", why);
    if (e == OK && ack.send_max < r->send_max)
        r->send_max = ack.send_max;
    return e;
}

enum err rpc_bind_end(struct rpc *r, struct why *why)
{
    enum err e = bind_answer(r, why);

    if (e != OK)
        r->broken = true;
    return e;
}

enum err rpc_bind(struct rpc *r, const struct rpc_interface *interface, struct why *why)
{
    enum err e = rpc_bind_begin(r, interface, why);

    if (e == OK)
        e = fragment_transact(r, why);
    if (e == OK)
        return rpc_bind_end(r, why);
    r->broken = true;
    return e;
}

struct wr *rpc_begin(struct rpc *r)
{
    wr_reset(&r->stub);
    return &r->stub;
}

/* All fragments but the last one are written, the last one is left in r->fragment. */
static enum err request_send(struct rpc *r, uint16_t operation, struct why *why)
{
    size_t room = r->send_max - PDU_REQUEST_HEADER_SIZE;
    struct rd left = wr_view_of(&r->stub);
    uint8_t flags = PDU_FIRST;
    enum err e;

    r->call_id++;
    for (;;) {
        bool last = left.left <= room;

        wr_reset(&r->fragment);
        pdu_request_put(&r->fragment, r->call_id, last ? flags | PDU_LAST : flags, operation,
                        left.left, rd_at(left, 0, last ? left.left : room));
        if (last)
            return fragment_ready(r, why);
        if ((e = wr_end(&r->fragment)) != OK)
            return why_set(why, e, "the call cannot be written");
        if ((e = r->channel.send(r->channel.self, wr_view_of(&r->fragment), why)) != OK)
            return e;
        rd_skip(&left, room);
        flags = 0;
    }
}

static enum err fault_take(struct rpc *r, struct rd pdu, struct why *why)
{
    struct pdu_fault fault = {0};
    enum err e = rpc_malformed(r, pdu_fault_get(pdu, &fault), "fault", why);

    if (e != OK)
        return e;
    e = rpc_fault_fail(why, fault.status);
    if (e == E_CUT) /* what was open is gone: the next call begins with a new pipe */
        r->broken = true;
    return e;
}

/* The stub of all fragments into r->reply. A fault is an error that leaves the channel good. */
static enum err response_gather(struct rpc *r, bool *is_fault, struct why *why)
{
    size_t at = 0;

    wr_reset(&r->reply);
    for (;;) {
        struct pdu_header h;
        struct rd pdu, stub = {0};
        enum err e = fragment_await(r, at, &h, &pdu, why);

        if (e != OK)
            return e;
        at += h.size;
        if (h.type == PDU_FAULT) {
            *is_fault = true;
            return fault_take(r, pdu, why);
        }
        if (h.type != PDU_RESPONSE)
            return why_set(why, E_PROTOCOL, "something else answers the call (type %u)", h.type);
        if (((h.flags & PDU_FIRST) != 0) != (r->reply.used == 0 && at == h.size))
            return why_set(why, E_PROTOCOL, "the fragments of the answer are out of order");
        if ((e = rpc_malformed(r, pdu_response_get(pdu, &stub), "answer", why)) != OK)
            return e;
        wr_view(&r->reply, stub);
        if ((e = wr_end(&r->reply)) != OK)
            return why_set(why, e, "the answer is longer than %u bytes", RPC_STUB_MAX);
        if (h.flags & PDU_LAST)
            return at == r->in.used
                       ? OK
                       : why_set(why, E_PROTOCOL, "more comes after the end of the answer");
    }
}

enum err rpc_call_begin(struct rpc *r, uint16_t operation, struct why *why)
{
    enum err e;

    if (r->broken)
        return why_set(why, E_CUT, "the pipe has failed before");
    if ((e = wr_end(&r->stub)) != OK) /* nothing was sent: the channel is still good */
        return why_set(why, e, "the call is longer than %u bytes", RPC_STUB_MAX);
    if ((e = request_send(r, operation, why)) != OK)
        r->broken = true;
    return e;
}

enum err rpc_call_end(struct rpc *r, struct rd *reply, struct why *why)
{
    bool is_fault = false;
    enum err e = response_gather(r, &is_fault, why);

    *reply = (struct rd){.bad = true};
    if (e != OK) {
        r->broken = r->broken || !is_fault;
        return e;
    }
    *reply = wr_view_of(&r->reply);
    return OK;
}

enum err rpc_call(struct rpc *r, uint16_t operation, struct rd *reply, struct why *why)
{
    enum err e = rpc_call_begin(r, operation, why);

    *reply = (struct rd){.bad = true};
    if (e != OK)
        return e;
    if ((e = fragment_transact(r, why)) == OK)
        return rpc_call_end(r, reply, why);
    r->broken = true;
    return e;
}
