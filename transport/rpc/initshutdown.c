#include "transport/rpc/initshutdown.h"

#include "transport/rpc/win32.h"

enum {
    CALL_INITIATE = 0,
    CALL_ABORT = 1,
    CALL_INITIATE_EX = 2
};

const struct rpc_interface initshutdown_interface = {
    .pipe = "InitShutdown",
    .uuid = {0xc0, 0xe0, 0x4d, 0x89, 0x55, 0x0d, 0xd3, 0x11, 0xa3, 0x22, 0x00, 0xc0, 0x4f, 0xa3,
             0x21, 0xa1},
    .major = 1,
    .minor = 0,
};

void initshutdown_put(struct wr *w, const struct shutdown_request *q, bool with_reason)
{
    ndr_put_null(w); /* server name: not used */
    ndr_put_pointer(w);
    ndr_put_string(w, q->message, false);
    ndr_put_u32(w, q->delay_s);
    wr_u8(w, q->force_apps_closed ? 1 : 0);
    wr_u8(w, q->reboot ? 1 : 0);
    if (with_reason)
        ndr_put_u32(w, q->reason);
}

void initshutdown_abort_put(struct wr *w)
{
    ndr_put_null(w);
}

enum err initshutdown_get(struct rd stub, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    uint32_t c = ndr_u32(&n);
    enum err e = ndr_end(&n);

    if (e == OK)
        *code = c;
    return e;
}

static enum err shutdown_call(struct rpc *r, uint16_t operation, struct why *why)
{
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    if ((e = rpc_call(r, operation, &reply, why)) != OK ||
        (e = rpc_malformed(r, initshutdown_get(reply, &code), "answer", why)) != OK)
        return e;
    return win32_fail(why, code);
}

enum err initshutdown_start(struct rpc *r, const struct shutdown_request *q, struct why *why)
{
    enum err e;

    initshutdown_put(rpc_begin(r), q, true);
    e = shutdown_call(r, CALL_INITIATE_EX, why);
    if (e != E_UNSUPPORTED || r->broken)
        return e;
    initshutdown_put(rpc_begin(r), q, false);
    return shutdown_call(r, CALL_INITIATE, why);
}

enum err initshutdown_abort(struct rpc *r, struct why *why)
{
    initshutdown_abort_put(rpc_begin(r));
    return shutdown_call(r, CALL_ABORT, why);
}
