#include "transport/rpc/srvsvc.h"

#include "transport/rpc/win32.h"

#include <stdlib.h>

enum {
    CALL_SERVER_GET_INFO = 21,
    CALL_REMOTE_TOD = 28,
    HUNDREDTHS_MAX = 99,
    VERSION_MAJOR_MASK = 0x0f /* the upper bits are not of the number (MS-SRVS 2.2.4.41) */
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
    ndr_put_wide_unique(w, server);
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

void srvsvc_info_put(struct wr *w, const char *server, uint32_t level)
{
    ndr_put_wide_unique(w, server);
    ndr_put_u32(w, level);
}

void srvsvc_info_fini(struct srvsvc_info *info)
{
    free(info->name);
    free(info->comment);
    *info = (struct srvsvc_info){0};
}

/* SERVER_INFO_101 and its longer sister begin alike; texts come behind the whole structure, in the
 * order of their pointers. */
static enum err info_take(struct ndr *n, uint32_t level, struct srvsvc_info *out)
{
    bool name, comment, path = false;
    struct rd texts[2] = {{0}};
    enum err e;

    out->platform = ndr_u32(n);
    name = ndr_pointer(n);
    out->major = ndr_u32(n) & VERSION_MAJOR_MASK;
    out->minor = ndr_u32(n);
    out->type = ndr_u32(n);
    comment = ndr_pointer(n);
    if (level == SRVSVC_INFO_102) {
        out->users_max = ndr_u32(n);
        for (int i = 0; i < 5; i++) /* idle time, hidden, announcing (2), licences */
            (void)ndr_u32(n);
        path = ndr_pointer(n);
    }
    if (name)
        texts[0] = ndr_wide(n);
    if (comment)
        texts[1] = ndr_wide(n);
    if (path)
        (void)ndr_wide(n);
    if (n->at.bad)
        return E_SHORT;
    if ((e = ndr_text_take(texts[0], &out->name)) == OK)
        e = ndr_text_take(texts[1], &out->comment);
    return e;
}

enum err srvsvc_info_get(struct rd stub, struct srvsvc_info *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct srvsvc_info info = {0};
    uint32_t level = ndr_u32(&n), c;
    bool there = ndr_pointer(&n);
    enum err e = OK;

    if (there && level != SRVSVC_INFO_101 && level != SRVSVC_INFO_102)
        return n.at.bad ? E_SHORT : E_FORMAT;
    if (there)
        e = info_take(&n, level, &info);
    c = ndr_u32(&n);
    if (e == OK)
        e = ndr_end(&n);
    if (e == OK && c == WIN32_OK && !there)
        e = E_FORMAT;
    if (e != OK || c != WIN32_OK)
        srvsvc_info_fini(&info);
    if (e != OK)
        return e;
    *out = info;
    *code = c;
    return OK;
}

enum err srvsvc_info(struct rpc *r, const char *server, uint32_t level, struct srvsvc_info *out,
                     struct why *why)
{
    uint32_t code = 0;
    struct srvsvc_info info = {0};
    struct rd reply;
    enum err e;

    srvsvc_info_put(rpc_begin(r), server, level);
    if ((e = rpc_call(r, CALL_SERVER_GET_INFO, &reply, why)) != OK ||
        (e = rpc_malformed(r, srvsvc_info_get(reply, &info, &code), "answer", why)) != OK ||
        (e = win32_fail(why, code)) != OK)
        return e;
    *out = info;
    return OK;
}
