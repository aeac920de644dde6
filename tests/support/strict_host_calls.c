/* MS-SRVS 3.1.4 (time, server) and MS-RSP 3.2.4 (restart, abort). */
#include "tests/support/strict_parts.h"
#include "transport/rpc/ndr.h"

#include "base/clock.h"
#include "base/utf16.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CALL_GET_INFO = 21,
    CALL_REMOTE_TOD = 28,
    CALL_INITIATE = 0,
    CALL_ABORT = 1,
    CALL_INITIATE_EX = 2,
    PLATFORM_NT = 500
};

static uint32_t time_of_day(struct strict_call *q)
{
    char *server = sndr_wide_unique(&q->in);
    int64_t real_ms = clock_real_ms();
    time_t now = (time_t)(real_ms / 1000);
    struct tm t;

    free(server);
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    if (gmtime_r(&now, &t) == NULL)
        abort();
    const int64_t words[12] = {now,
                               clock_mono_ms() - q->s->boot_ms,
                               t.tm_hour,
                               t.tm_min,
                               t.tm_sec,
                               real_ms % 1000 / 10,
                               0,   /* minutes from UTC */
                               310, /* a tick, in 0.1 ms */
                               t.tm_mday,
                               t.tm_mon + 1,
                               t.tm_year + 1900,
                               t.tm_wday};
    ndr_put_pointer(q->out);
    for (size_t i = 0; i < COUNT(words); i++)
        wr_le32(q->out, (uint32_t)words[i]);
    wr_le32(q->out, WIN_OK);
    return 0;
}

static void wide_put(struct wr *w, const char *s)
{
    size_t units = strlen(s) + 1;

    ndr_put_u32(w, units);
    wr_le32(w, 0);
    wr_le32(w, units);
    if (utf16_put(w, s) != OK)
        abort();
    wr_le16(w, 0);
}

static uint32_t server_info(struct strict_call *q)
{
    char *server = sndr_wide_unique(&q->in);
    uint32_t level = sndr_u32(&q->in);

    free(server);
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    wr_le32(q->out, level);
    if (level != 101 && level != 102) {
        ndr_put_null(q->out);
        wr_le32(q->out, WIN_INVALID_LEVEL);
        return 0;
    }
    ndr_put_pointer(q->out);
    wr_le32(q->out, PLATFORM_NT);
    ndr_put_pointer(q->out);
    wr_le32(q->out, 10);
    wr_le32(q->out, 0);
    wr_le32(q->out, 0x9003); /* a server of NT's kind */
    ndr_put_pointer(q->out);
    if (level == 102) {
        const uint32_t more[] = {16777216, 15, 0, 240, 3000, 0};
        for (size_t i = 0; i < COUNT(more); i++)
            wr_le32(q->out, more[i]);
        ndr_put_pointer(q->out);
    }
    wide_put(q->out, "STRICT");
    wide_put(q->out, "of tests");
    if (level == 102)
        wide_put(q->out, "c:\\");
    ndr_put_u32(q->out, WIN_OK);
    return 0;
}

uint32_t strict_srvsvc_call(struct strict_call *q)
{
    switch (q->operation) {
    case CALL_GET_INFO: return server_info(q);
    case CALL_REMOTE_TOD: return time_of_day(q);
    default: return FAULT_OP_RANGE;
    }
}

/* A single character, of which only the pointer matters. */
static void server_name_skip(struct sndr *n)
{
    if (sndr_pointer(n))
        (void)sndr_u16(n);
}

/* REG_UNICODE_STRING: Length does not count the NUL; one that does is refused, not a fault. */
static char *message_get(struct sndr *n, bool *refused)
{
    struct sndr before = *n;
    char *message = sndr_counted(n, false);

    *refused = false;
    if (n->at.bad) {
        *n = before;
        message = sndr_counted(n, true);
        *refused = true;
    }
    return message;
}

static uint32_t restart_ask(struct strict_call *q, uint32_t delay_s, bool reboot, bool refused)
{
    struct strict_server *s = q->s;

    if (refused)
        return WIN_INVALID_PARAMETER;
    if (s->rules.restart_code != WIN_OK)
        return s->rules.restart_code;
    if (s->restart_at != STRICT_NEVER)
        return WIN_SHUTDOWN_SCHEDULED;
    s->restart_at = clock_mono_ms() + (int64_t)delay_s * 1000;
    s->power_off = !reboot;
    if (s->rules.restart_cut)
        q->c->closing = true;
    return WIN_OK;
}

static uint32_t initiate(struct strict_call *q)
{
    bool refused = false, reboot;
    char *message = NULL;
    uint32_t delay_s;

    server_name_skip(&q->in);
    if (sndr_pointer(&q->in))
        message = message_get(&q->in, &refused);
    free(message);
    delay_s = sndr_u32(&q->in);
    (void)sndr_u8(&q->in); /* force */
    reboot = sndr_u8(&q->in) != 0;
    if (q->operation == CALL_INITIATE_EX)
        (void)sndr_u32(&q->in); /* reason */
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    wr_le32(q->out, restart_ask(q, delay_s, reboot, refused));
    return 0;
}

uint32_t strict_shutdown_call(struct strict_call *q)
{
    switch (q->operation) {
    case CALL_INITIATE:
    case CALL_INITIATE_EX: return initiate(q);
    case CALL_ABORT:
        server_name_skip(&q->in);
        if (!sndr_end(&q->in))
            return FAULT_BAD_STUB;
        wr_le32(q->out, q->s->restart_at == STRICT_NEVER ? WIN_NO_SHUTDOWN : WIN_OK);
        q->s->restart_at = STRICT_NEVER;
        return 0;
    default: return FAULT_OP_RANGE;
    }
}
