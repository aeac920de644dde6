#include "transport/rpc/svcctl.h"

#include "transport/rpc/win32.h"

enum {
    CALL_CLOSE = 0,
    CALL_OPEN_MANAGER = 15,
    CALL_OPEN_SERVICE = 16
};

const struct rpc_interface svcctl_interface = {
    .pipe = "svcctl",
    .uuid = {0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00,
             0x10, 0x03},
    .major = 2,
    .minor = 0,
};

void svcctl_handle_put(struct wr *w, const struct svcctl_handle *h)
{
    wr_bytes(w, h->bytes, sizeof h->bytes);
}

void svcctl_open_manager_put(struct wr *w, uint32_t access)
{
    ndr_put_null(w); /* machine: this one */
    ndr_put_null(w); /* database: the active one */
    ndr_put_u32(w, access);
}

void svcctl_open_service_put(struct wr *w, const struct svcctl_handle *manager, const char *name,
                             uint32_t access)
{
    svcctl_handle_put(w, manager);
    ndr_put_wide(w, name);
    ndr_put_u32(w, access);
}

enum err svcctl_handle_get(struct rd stub, struct svcctl_handle *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct svcctl_handle h;
    uint32_t c;
    enum err e;

    (void)rd_copy(&n.at, h.bytes, sizeof h.bytes);
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    *out = h;
    *code = c;
    return OK;
}

static enum err handle_call(struct rpc *r, uint16_t operation, struct svcctl_handle *out,
                            struct why *why)
{
    struct svcctl_handle h;
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    if ((e = rpc_call(r, operation, &reply, why)) != OK ||
        (e = rpc_malformed(r, svcctl_handle_get(reply, &h, &code), "answer", why)) != OK ||
        (e = win32_fail(why, code)) != OK)
        return e;
    *out = h;
    return OK;
}

enum err svcctl_open_manager(struct rpc *r, uint32_t access, struct svcctl_handle *out,
                             struct why *why)
{
    svcctl_open_manager_put(rpc_begin(r), access);
    return handle_call(r, CALL_OPEN_MANAGER, out, why);
}

enum err svcctl_open_service(struct rpc *r, const struct svcctl_handle *manager, const char *name,
                             uint32_t access, struct svcctl_handle *out, struct why *why)
{
    svcctl_open_service_put(rpc_begin(r), manager, name, access);
    return handle_call(r, CALL_OPEN_SERVICE, out, why);
}

void svcctl_close(struct rpc *r, const struct svcctl_handle *h)
{
    struct svcctl_handle zeroed;

    svcctl_handle_put(rpc_begin(r), h);
    (void)!handle_call(r, CALL_CLOSE, &zeroed, NULL); /* a failure shows at the next call */
}
