#include "transport/rpc/svcctl.h"

#include "transport/rpc/win32.h"

#define NO_CHANGE 0xffffffffu
#define STATUS_EX_SIZE 36u    /* SERVICE_STATUS_PROCESS */
#define CONFIG_ROOM_MAX 8192u /* MS-SCMR 2.2.2 */
#define CONFIG_ROOM_FIRST 1024u

enum {
    CALL_CONTROL = 1,
    CALL_STATUS = 6,
    CALL_CHANGE_CONFIG = 11,
    CALL_CONFIG = 17,
    CALL_START = 19,
    CALL_STATUS_EX = 40
};

void svcctl_status_ex_put(struct wr *w, const struct svcctl_handle *service)
{
    svcctl_handle_put(w, service);
    ndr_put_u32(w, 0); /* SC_STATUS_PROCESS_INFO */
    ndr_put_u32(w, STATUS_EX_SIZE);
}

void svcctl_config_put(struct wr *w, const struct svcctl_handle *service, uint32_t room)
{
    svcctl_handle_put(w, service);
    ndr_put_u32(w, room);
}

void svcctl_change_start_put(struct wr *w, const struct svcctl_handle *service, uint32_t start)
{
    svcctl_handle_put(w, service);
    ndr_put_u32(w, NO_CHANGE); /* type */
    ndr_put_u32(w, start);
    ndr_put_u32(w, NO_CHANGE); /* error control */
    ndr_put_null(w);           /* binary */
    ndr_put_null(w);           /* load order group */
    ndr_put_null(w);           /* tag */
    ndr_put_null(w);           /* dependencies */
    ndr_put_u32(w, 0);         /* their size */
    ndr_put_null(w);           /* account */
    ndr_put_null(w);           /* its password */
    ndr_put_u32(w, 0);         /* its size */
    ndr_put_null(w);           /* display name */
}

void svcctl_start_put(struct wr *w, const struct svcctl_handle *service)
{
    svcctl_handle_put(w, service);
    ndr_put_u32(w, 0); /* arguments */
    ndr_put_null(w);
}

void svcctl_control_put(struct wr *w, const struct svcctl_handle *service, uint32_t control)
{
    svcctl_handle_put(w, service);
    ndr_put_u32(w, control);
}

/* SERVICE_STATUS */
static struct svcctl_status status_take(struct ndr *n)
{
    struct svcctl_status s = {0};

    s.type = ndr_u32(n);
    s.state = ndr_u32(n);
    (void)ndr_u32(n); /* controls accepted */
    s.exit_code = ndr_u32(n);
    (void)ndr_u32(n); /* the service's own exit code */
    (void)ndr_u32(n); /* check point */
    (void)ndr_u32(n); /* wait hint */
    return s;
}

enum err svcctl_status_get(struct rd stub, struct svcctl_status *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct svcctl_status s = status_take(&n);
    uint32_t c = ndr_u32(&n);
    enum err e = ndr_end(&n);

    if (e != OK)
        return e;
    *out = s;
    *code = c;
    return OK;
}

enum err svcctl_status_ex_get(struct rd stub, struct svcctl_status *out, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    struct rd bytes = ndr_conformant(&n);
    struct ndr inner = ndr_of(bytes);
    struct svcctl_status s;
    uint32_t c;
    enum err e;

    (void)ndr_u32(&n); /* room that it takes */
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    s = status_take(&inner);
    s.process = ndr_u32(&inner);
    if (c == WIN32_OK && (e = rd_ok(&inner.at)) != OK)
        return e;
    *out = c == WIN32_OK ? s : (struct svcctl_status){0};
    *code = c;
    return OK;
}

enum err svcctl_config_get(struct rd stub, uint32_t *start_type, uint32_t *needed, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    uint32_t start, size, c;
    bool texts[5];
    enum err e;

    (void)ndr_u32(&n); /* type */
    start = ndr_u32(&n);
    (void)ndr_u32(&n);          /* error control */
    texts[0] = ndr_pointer(&n); /* binary */
    texts[1] = ndr_pointer(&n); /* load order group */
    (void)ndr_u32(&n);          /* tag */
    texts[2] = ndr_pointer(&n); /* dependencies */
    texts[3] = ndr_pointer(&n); /* account */
    texts[4] = ndr_pointer(&n); /* display name */
    for (size_t i = 0; i < COUNT(texts); i++)
        if (texts[i])
            (void)ndr_wide(&n);
    size = ndr_u32(&n);
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) != OK)
        return e;
    *start_type = start;
    *needed = size;
    *code = c;
    return OK;
}

enum err svcctl_change_get(struct rd stub, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    uint32_t c;
    enum err e;

    if (ndr_pointer(&n))
        (void)ndr_u32(&n); /* tag */
    c = ndr_u32(&n);
    if ((e = ndr_end(&n)) == OK)
        *code = c;
    return e;
}

enum err svcctl_code_get(struct rd stub, uint32_t *code)
{
    struct ndr n = ndr_of(stub);
    uint32_t c = ndr_u32(&n);
    enum err e = ndr_end(&n);

    if (e == OK)
        *code = c;
    return e;
}

/* The round trip of a call that was put, with the decoder of a status. */
static enum err status_call(struct rpc *r, uint16_t operation,
                            enum err (*get)(struct rd, struct svcctl_status *, uint32_t *),
                            struct svcctl_status *out, struct why *why)
{
    struct svcctl_status s = {0};
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    if ((e = rpc_call(r, operation, &reply, why)) != OK ||
        (e = rpc_malformed(r, get(reply, &s, &code), "answer", why)) != OK ||
        (e = win32_fail(why, code)) != OK)
        return e;
    *out = s;
    return OK;
}

static enum err code_call(struct rpc *r, uint16_t operation,
                          enum err (*get)(struct rd, uint32_t *), struct why *why)
{
    uint32_t code = 0;
    struct rd reply;
    enum err e;

    if ((e = rpc_call(r, operation, &reply, why)) != OK ||
        (e = rpc_malformed(r, get(reply, &code), "answer", why)) != OK)
        return e;
    return win32_fail(why, code);
}

enum err svcctl_status(struct rpc *r, const struct svcctl_handle *service,
                       struct svcctl_status *out, struct why *why)
{
    svcctl_handle_put(rpc_begin(r), service);
    return status_call(r, CALL_STATUS, svcctl_status_get, out, why);
}

enum err svcctl_status_ex(struct rpc *r, const struct svcctl_handle *service,
                          struct svcctl_status *out, struct why *why)
{
    svcctl_status_ex_put(rpc_begin(r), service);
    return status_call(r, CALL_STATUS_EX, svcctl_status_ex_get, out, why);
}

enum err svcctl_start_type(struct rpc *r, const struct svcctl_handle *service, uint32_t *out,
                           struct why *why)
{
    uint32_t room = CONFIG_ROOM_FIRST, start = 0, needed = 0, code = 0;

    for (int try = 0; try < 2; try++) {
        struct rd reply;
        enum err e;

        svcctl_config_put(rpc_begin(r), service, room);
        if ((e = rpc_call(r, CALL_CONFIG, &reply, why)) != OK ||
            (e = rpc_malformed(r, svcctl_config_get(reply, &start, &needed, &code), "answer",
                               why)) != OK)
            return e;
        if (code != WIN32_INSUFFICIENT_BUFFER || needed > CONFIG_ROOM_MAX)
            break;
        room = CONFIG_ROOM_MAX;
    }
    if (code == WIN32_OK)
        *out = start;
    return win32_fail(why, code);
}

enum err svcctl_change_start(struct rpc *r, const struct svcctl_handle *service, uint32_t start,
                             struct why *why)
{
    svcctl_change_start_put(rpc_begin(r), service, start);
    return code_call(r, CALL_CHANGE_CONFIG, svcctl_change_get, why);
}

enum err svcctl_start(struct rpc *r, const struct svcctl_handle *service, struct why *why)
{
    svcctl_start_put(rpc_begin(r), service);
    return code_call(r, CALL_START, svcctl_code_get, why);
}

enum err svcctl_stop(struct rpc *r, const struct svcctl_handle *service, struct why *why)
{
    struct svcctl_status now;

    svcctl_control_put(rpc_begin(r), service, SERVICE_CONTROL_STOP);
    return status_call(r, CALL_CONTROL, svcctl_status_get, &now, why);
}
