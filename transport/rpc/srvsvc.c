#include "transport/rpc/srvsvc.h"

#include "base/utf16.h"
#include "transport/rpc/win32.h"

enum {
    CALL_REMOTE_TOD = 28,
    HUNDREDTHS_MAX = 99
};

const struct rpc_interface srvsvc_interface = {
    .pipe = "srvsvc",
    .uuid = {0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e,
             0xe1, 0x88},
    .major = 3,
    .minor = 0,
};

void srvsvc_time_put(struct wr *w, const char *server)
{
    size_t units = 0;

    if (server == NULL) {
        ndr_put_null(w);
        return;
    }
    if (utf16_units(server, &units) != OK)
        w->bad = true;
    ndr_put_pointer(w);
    wr_le32(w, units + 1); /* room, offset, units that are there */
    wr_le32(w, 0);
    wr_le32(w, units + 1);
    if (utf16_put(w, server) != OK)
        w->bad = true;
    wr_le16(w, 0);
}

enum err srvsvc_time_get(struct rd stub, struct srvsvc_time *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct srvsvc_time t = {0};
    uint32_t c;
    enum err e;

    if (ndr_pointer(&n)) {
        t.elapsed_s = ndr_u32(&n);
        t.uptime_ms = ndr_u32(&n);
        rd_skip(&n.at, 3 * 4); /* hours, minutes, seconds */
        t.hundredths = ndr_u32(&n);
        rd_skip(&n.at, 6 * 4); /* zone, tick, day, month, year, weekday */
    }
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    if (c == WIN32_OK && t.elapsed_s == 0)
        return E_FORMAT;
    if (t.hundredths > HUNDREDTHS_MAX)
        t.hundredths = 0;
    *out = t;
    *code = c;
    return OK;
}

enum err srvsvc_time(struct rpc *r, const char *server, struct srvsvc_time *out, struct why *why)
{
    struct srvsvc_time t = {0};
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    srvsvc_time_put(rpc_begin(r), server);
    if ((e = rpc_call(r, CALL_REMOTE_TOD, &reply, why)) != OK ||
        (e = rpc_malformed(r, srvsvc_time_get(reply, &t, &code), "answer", why)) != OK ||
        (e = win32_fail(why, code)) != OK)
        return e;
    *out = t;
    return OK;
}
