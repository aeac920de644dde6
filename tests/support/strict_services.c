/* MS-SCMR 3.1.4: services, of which RemoteRegistry is a real one. */
#include "tests/support/strict_parts.h"
#include "transport/rpc/ndr.h"

#include "base/clock.h"
#include "base/utf16.h"

#include <stdlib.h>
#include <string.h>

enum {
    CALL_CLOSE = 0,
    CALL_CONTROL = 1,
    CALL_STATUS = 6,
    CALL_CHANGE = 11,
    CALL_ENUM = 14,
    CALL_OPEN_MANAGER = 15,
    CALL_OPEN = 16,
    CALL_CONFIG = 17,
    CALL_START = 19,
    CALL_STATUS_EX = 40,
    KIND_MANAGER = 1,
    KIND_SERVICE = 2,
    ACCESS_CONNECT = 1, /* of the manager */
    ACCESS_ENUMERATE = 4,
    ENTRY_SIZE = 36, /* ENUM_SERVICE_STATUSW: two offsets and a status */
    ACCESS_CONFIG = 1,
    ACCESS_CHANGE = 2,
    ACCESS_STATUS = 4,
    ACCESS_START = 0x10,
    ACCESS_STOP = 0x20,
    STATE_STOPPED = 1,
    STATE_START_PENDING = 2,
    STATE_RUNNING = 4,
    START_DISABLED = 4,
    CONTROL_STOP = 1,
    TYPE_SHARED = 0x20
};

#define NO_CHANGE 0xffffffffu

static const struct {
    const char *name, *display, *path;
} services[] = {
    {"RemoteRegistry", "Remote Registry", "svchost.exe -k localService"}, /* the first */
    {"LanmanServer", "Server", "svchost.exe -k netsvcs"},
    {"W32Time", "Windows Time", "svchost.exe -k LocalService"},
    {"Spooler", "Print Spooler", "spoolsv.exe"},
};

void strict_winreg_start(struct strict_server *s)
{
    if (s->winreg_up_at != STRICT_NEVER)
        return;
    s->winreg_up_at = clock_mono_ms() + s->rules.wake_ms;
    s->report.wakes++;
}

void strict_winreg_die(struct strict_server *s)
{
    s->winreg = s->winreg_start_type == START_DISABLED ? SERVICE_DISABLED : SERVICE_STOPPED;
    s->winreg_up_at = STRICT_NEVER;
    strict_handles_drop(s, 0);
    for (size_t i = 0; i < STRICT_CONNECTIONS; i++)
        for (size_t k = 0; s->connections[i] != NULL && k < STRICT_PIPES; k++)
            if (s->connections[i]->pipes[k].interface == IF_WINREG)
                s->connections[i]->pipes[k].broken = true;
}

static uint32_t state_of(const struct strict_server *s, unsigned service)
{
    if (service != 0 || s->winreg == SERVICE_RUNNING)
        return STATE_RUNNING;
    return s->winreg_up_at != STRICT_NEVER ? STATE_START_PENDING : STATE_STOPPED;
}

static uint32_t start_type_of(const struct strict_server *s, unsigned service)
{
    return service == 0 ? s->winreg_start_type : 2;
}

static void status_put(struct wr *w, const struct strict_server *s, unsigned service)
{
    uint32_t state = state_of(s, service);

    wr_le32(w, TYPE_SHARED);
    wr_le32(w, state);
    wr_le32(w, state == STATE_RUNNING ? 1 : 0); /* it can be stopped */
    wr_zeros(w, 4 * 4);
}

static struct strict_handle *opened(struct strict_call *q, uint32_t access, unsigned kind)
{
    struct strict_handle *h = strict_handle_new(q->s, q->p);

    if (h == NULL)
        abort();
    h->access = (access & 0x02000000) != 0 ? 0xf01ff : access;
    h->kind = kind;
    return h;
}

static uint32_t manager_open(struct strict_call *q)
{
    char *machine = sndr_wide_unique(&q->in), *database = sndr_wide_unique(&q->in);
    uint32_t access = sndr_u32(&q->in);
    bool good = sndr_end(&q->in),
         known = database == NULL || str_eq_nocase(database, "ServicesActive");

    free(machine);
    free(database);
    if (!good)
        return FAULT_BAD_STUB;
    strict_handle_put(q->out, known ? opened(q, access | ACCESS_CONNECT, KIND_MANAGER) : NULL);
    wr_le32(q->out, known ? WIN_OK : 1065);
    return 0;
}

static uint32_t service_open(struct strict_call *q)
{
    char *name = sndr_wide(&q->in);
    uint32_t access = sndr_u32(&q->in), code = WIN_NO_SERVICE;
    struct strict_handle *h = NULL;

    for (unsigned i = 0; sndr_end(&q->in) && i < COUNT(services); i++)
        if (str_eq_nocase(services[i].name, name)) {
            h = opened(q, access, KIND_SERVICE);
            h->service = i;
            code = WIN_OK;
        }
    free(name);
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    strict_handle_put(q->out, h);
    wr_le32(q->out, code);
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

static uint32_t config_get(struct strict_call *q, const struct strict_handle *h)
{
    uint32_t room = sndr_u32(&q->in), code = WIN_OK;
    const char *texts[3] = {services[h->service].path, "LocalSystem", services[h->service].display};
    size_t need = 9 * 4;

    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    for (size_t i = 0; i < COUNT(texts); i++)
        need += 2 * (strlen(texts[i]) + 1);
    if ((h->access & ACCESS_CONFIG) == 0)
        code = WIN_DENIED;
    else if (room < need)
        code = WIN_INSUFFICIENT_BUFFER;
    if (code == WIN_OK) {
        wr_le32(q->out, TYPE_SHARED);
        wr_le32(q->out, start_type_of(q->s, h->service));
        wr_le32(q->out, 1);
        ndr_put_pointer(q->out);
        ndr_put_null(q->out); /* load order group */
        wr_le32(q->out, 0);
        ndr_put_null(q->out); /* dependencies */
        ndr_put_pointer(q->out);
        ndr_put_pointer(q->out);
        for (size_t i = 0; i < COUNT(texts); i++)
            wide_put(q->out, texts[i]);
    } else {
        wr_zeros(q->out, 9 * 4);
    }
    ndr_put_u32(q->out, code == WIN_DENIED ? 0 : need);
    wr_le32(q->out, code);
    return 0;
}

static void bytes_skip(struct sndr *n)
{
    if (sndr_pointer(n))
        (void)sndr_conformant(n);
}

static uint32_t start_type_set(struct strict_server *s, const struct strict_handle *h,
                               uint32_t start)
{
    if ((h->access & ACCESS_CHANGE) == 0)
        return WIN_DENIED;
    if (start != NO_CHANGE && start > START_DISABLED)
        return WIN_INVALID_PARAMETER;
    if (start == NO_CHANGE || h->service != 0)
        return WIN_OK;
    s->winreg_start_type = start;
    if (s->winreg != SERVICE_RUNNING)
        s->winreg = start == START_DISABLED ? SERVICE_DISABLED : SERVICE_STOPPED;
    return WIN_OK;
}

static uint32_t config_change(struct strict_call *q, const struct strict_handle *h)
{
    uint32_t start, size;
    bool has_tag;

    (void)sndr_u32(&q->in); /* type */
    start = sndr_u32(&q->in);
    (void)sndr_u32(&q->in); /* error control */
    free(sndr_wide_unique(&q->in));
    free(sndr_wide_unique(&q->in));
    has_tag = sndr_pointer(&q->in);
    if (has_tag)
        (void)sndr_u32(&q->in);
    bytes_skip(&q->in); /* dependencies */
    (void)sndr_u32(&q->in);
    free(sndr_wide_unique(&q->in)); /* account */
    bytes_skip(&q->in);             /* password */
    size = sndr_u32(&q->in);
    free(sndr_wide_unique(&q->in)); /* display name */
    if (!sndr_end(&q->in) || size > 514)
        return FAULT_BAD_STUB;
    if (has_tag)
        ndr_put_number_pointer(q->out, 0);
    else
        ndr_put_null(q->out);
    wr_le32(q->out, start_type_set(q->s, h, start));
    return 0;
}

static uint32_t service_start(struct strict_call *q, const struct strict_handle *h)
{
    uint32_t count = sndr_u32(&q->in), code = WIN_OK;
    bool has_arguments = sndr_pointer(&q->in);

    if (!sndr_end(&q->in) || has_arguments || count != 0)
        return FAULT_BAD_STUB;
    if ((h->access & ACCESS_START) == 0)
        code = WIN_DENIED;
    else if (state_of(q->s, h->service) != STATE_STOPPED)
        code = WIN_SERVICE_RUNNING;
    else if (q->s->winreg_start_type == START_DISABLED)
        code = WIN_SERVICE_DISABLED;
    else
        strict_winreg_start(q->s);
    wr_le32(q->out, code);
    return 0;
}

static uint32_t service_control(struct strict_call *q, const struct strict_handle *h)
{
    uint32_t control = sndr_u32(&q->in), code = WIN_OK;

    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    if (control != CONTROL_STOP || h->service != 0)
        code = 1052; /* not a control for it */
    else if ((h->access & ACCESS_STOP) == 0)
        code = WIN_DENIED;
    else if (q->s->winreg != SERVICE_RUNNING)
        code = WIN_SERVICE_NOT_ACTIVE;
    else
        strict_winreg_die(q->s);
    status_put(q->out, q->s, h->service);
    wr_le32(q->out, code);
    return 0;
}

static uint32_t status_get(struct strict_call *q, const struct strict_handle *h)
{
    uint32_t level = 0, room = 0, code = (h->access & ACCESS_STATUS) == 0 ? WIN_DENIED : WIN_OK;
    bool ex = q->operation == CALL_STATUS_EX;

    if (ex) {
        level = sndr_u32(&q->in);
        room = sndr_u32(&q->in);
    }
    if (!sndr_end(&q->in) || room > 8192)
        return FAULT_BAD_STUB;
    if (ex && level != 0)
        code = WIN_INVALID_LEVEL;
    else if (ex && room < 36)
        code = WIN_INSUFFICIENT_BUFFER;
    if (ex) {
        wr_le32(q->out, room);
        size_t from = q->out->used;
        if (code == WIN_OK) {
            status_put(q->out, q->s, h->service);
            wr_zeros(q->out, 8); /* process, flags */
        }
        wr_zeros(q->out, room - (q->out->used - from));
        ndr_put_u32(q->out, 36);
    } else {
        status_put(q->out, q->s, h->service);
    }
    wr_le32(q->out, code);
    return 0;
}

/* Which of them are listed: 1 those that are not stopped, 2 those that are. */
static bool is_listed(const struct strict_server *s, unsigned service, uint32_t state)
{
    return (state & (state_of(s, service) == STATE_STOPPED ? 2u : 1u)) != 0;
}

/* From the first-th on, as many as fit: the entries in front, their texts behind them. */
static void entries_put(struct strict_call *q, uint32_t state, uint32_t room, uint32_t first,
                        uint32_t *next, uint32_t *count, uint32_t *needed)
{
    uint32_t fit = 0, bytes = 0, all = 0, text;
    struct wr names;

    for (uint32_t i = first; i < COUNT(services); i++) {
        uint32_t size = ENTRY_SIZE + 2 * ((uint32_t)strlen(services[i].name) + 1);
        if (!is_listed(q->s, i, state))
            continue;
        all += size;
        if (all <= room) {
            bytes = all;
            fit++;
            *next = i + 1;
        }
    }
    *count = fit;
    *needed = all - bytes;
    wr_init(&names, 0);
    text = fit * ENTRY_SIZE;
    for (uint32_t i = first; fit > 0 && i < COUNT(services); i++) {
        if (!is_listed(q->s, i, state))
            continue;
        wr_le32(q->out, text + names.used);
        wr_le32(q->out, text + names.used); /* its display name is the same */
        status_put(q->out, q->s, i);
        if (utf16_put(&names, services[i].name) != OK)
            abort();
        wr_le16(&names, 0);
        fit--;
    }
    wr_view(q->out, wr_view_of(&names));
    wr_fini(&names);
    wr_zeros(q->out, room - bytes);
}

static uint32_t services_list(struct strict_call *q, const struct strict_handle *h)
{
    uint32_t type = sndr_u32(&q->in), state = sndr_u32(&q->in), room = sndr_u32(&q->in);
    bool has_resume = sndr_pointer(&q->in);
    uint32_t first = has_resume ? sndr_u32(&q->in) : 0, next = first, count = 0, needed = 0;
    uint32_t code = WIN_OK;

    if (!sndr_end(&q->in) || room > 262144)
        return FAULT_BAD_STUB;
    if ((h->access & ACCESS_ENUMERATE) == 0)
        code = WIN_DENIED;
    else if ((type & 0x3f) == 0 || state == 0 || state > 3)
        code = WIN_INVALID_PARAMETER;
    wr_le32(q->out, room);
    if (code == WIN_OK)
        entries_put(q, state, room, first, &next, &count, &needed);
    else
        wr_zeros(q->out, room);
    if (code == WIN_OK && needed > 0)
        code = WIN_MORE_DATA;
    ndr_put_u32(q->out, needed);
    wr_le32(q->out, count);
    if (has_resume)
        ndr_put_number_pointer(q->out, code == WIN_MORE_DATA ? next : 0);
    else
        ndr_put_null(q->out);
    wr_le32(q->out, code);
    return 0;
}

static uint32_t close_call(struct strict_call *q, struct strict_handle *h)
{
    if (!sndr_end(&q->in))
        return FAULT_BAD_STUB;
    h->used = false;
    strict_handle_put(q->out, NULL);
    wr_le32(q->out, WIN_OK);
    return 0;
}

static uint32_t service_call(struct strict_call *q, struct strict_handle *h)
{
    switch (q->operation) {
    case CALL_CONTROL: return service_control(q, h);
    case CALL_STATUS:
    case CALL_STATUS_EX: return status_get(q, h);
    case CALL_CHANGE: return config_change(q, h);
    case CALL_CONFIG: return config_get(q, h);
    case CALL_START: return service_start(q, h);
    default: return FAULT_OP_RANGE;
    }
}

uint32_t strict_svcctl_call(struct strict_call *q)
{
    struct strict_handle *h;

    if (q->operation == CALL_OPEN_MANAGER)
        return manager_open(q);
    h = strict_handle_find(q->s, q->p, sndr_handle(&q->in));
    if (q->in.at.bad)
        return FAULT_BAD_STUB;
    if (h == NULL)
        return FAULT_CONTEXT;
    if (q->operation == CALL_CLOSE)
        return close_call(q, h);
    if (q->operation == CALL_ENUM && h->kind == KIND_MANAGER)
        return services_list(q, h);
    if ((q->operation == CALL_OPEN) == (h->kind == KIND_MANAGER))
        return q->operation == CALL_OPEN ? service_open(q) : service_call(q, h);
    wr_le32(q->out, WIN_INVALID_HANDLE);
    return FAULT_CONTEXT;
}
