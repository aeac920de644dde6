#include "transport/smb_host.h"

#include "transport/rpc/initshutdown.h"
#include "transport/rpc/srvsvc.h"

#include <string.h>

#define FILETIME_UNIX_EPOCH 116444736000000000u /* 1970-01-01 as a FILETIME, 100 ns units */
#define FILETIME_PER_MS 10000u

static const char windows_key[] = "SYSTEM\\CurrentControlSet\\Control\\Windows";
static const char shutdown_time[] = "ShutdownTime";

void smb_identity_negotiated(const struct smb_negotiated *n, struct boot_identity *out)
{
    *out = (struct boot_identity){.has_guid = true};
    memcpy(out->server_guid, n->server_guid, sizeof out->server_guid);
    out->has_start = n->start_time != 0;
    out->start_filetime = n->start_time;
    if (n->system_time > FILETIME_UNIX_EPOCH && n->system_time <= INT64_MAX) {
        out->has_clock = true;
        out->clock_ms = (int64_t)((n->system_time - FILETIME_UNIX_EPOCH) / FILETIME_PER_MS);
    }
}

/* A host that will not tell one of these still tells the others. */
static bool witness_missing(enum err e)
{
    return e == E_DENIED || e == E_UNAVAILABLE || e == E_UNSUPPORTED || e == E_REFUSED ||
           e == E_ABSENT;
}

static enum err time_ask(struct smb_host *h, struct boot_identity *id, struct why *why)
{
    struct smb_service s = {0};
    struct srvsvc_time t = {0};
    enum err e = smb_service_open(h, &srvsvc_interface, &s, why);

    if (e != OK)
        return e;
    if ((e = srvsvc_time(&s.rpc, NULL, &t, why)) == OK) {
        id->has_uptime = t.uptime_ms != 0;
        id->uptime_ms = t.uptime_ms;
        id->has_clock = true;
        id->clock_ms = (int64_t)t.elapsed_s * 1000 + (int64_t)t.hundredths * 10;
    }
    smb_service_close(&s);
    return why_place(why, e, "\\pipe\\srvsvc NetrRemoteTOD");
}

static enum err shutdown_time_ask(struct smb_host *h, struct boot_identity *id, struct why *why)
{
    char key_text[sizeof windows_key];
    struct reg_path path = {.hive = HIVE_LOCAL_MACHINE, .view = VIEW_64, .key = key_text};
    struct reg_value value = {0};
    struct smb_key key;
    struct rd r;
    enum err e;

    memcpy(key_text, windows_key, sizeof key_text);
    if ((e = smb_key_open(h, &path, KEY_READ, &key, why)) != OK)
        return e;
    e = winreg_query_value(&h->winreg.rpc, &key.handle, shutdown_time, &value, why);
    smb_key_close(h, &key);
    if (e != OK)
        return place_key(why, e, "read", &path, shutdown_time);
    r = rd_of(value.bytes, value.size);
    id->shutdown_filetime = rd_le64(&r);
    id->has_shutdown = rd_end(&r) == OK;
    if (!id->has_shutdown)
        id->shutdown_filetime = 0;
    value_fini(&value);
    return OK;
}

enum err smb_identity(struct transport *t, int64_t deadline_ms, struct boot_identity *out,
                      struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    struct boot_identity id;
    enum err e;

    *out = (struct boot_identity){0};
    h->connection.deadline_ms = deadline_ms;
    smb_identity_negotiated(&h->negotiated, &id);
    id.has_clock = false; /* the negotiation's clock is as old as the connection */
    id.clock_ms = 0;
    if ((e = time_ask(h, &id, why)) != OK && !witness_missing(e))
        return e;
    if (why != NULL)
        *why = (struct why){0};
    if ((e = shutdown_time_ask(h, &id, why)) != OK && !witness_missing(e))
        return e;
    *out = id;
    return OK;
}

/* Before the request is sent, a lost connection means that nothing was asked. */
static enum err not_asked(enum err e, struct why *why)
{
    if (e != E_CUT && e != E_TIMEOUT)
        return e;
    if (why != NULL) {
        char text[sizeof why->text];

        memcpy(text, why->text, sizeof text);
        why_native(why, E_UNAVAILABLE, why->native, why->native_name,
                   "%.300s; no restart was asked for", text);
    }
    return E_UNAVAILABLE;
}

/* After it was sent, only a clear answer says what became of it. */
static enum err maybe_accepted(const struct smb_service *s, enum err e, struct why *why)
{
    if (!s->rpc.broken || e == E_DENIED || e == E_TIMEOUT)
        return e;
    if (why != NULL) {
        char text[sizeof why->text];

        memcpy(text, why->text, sizeof text);
        why_native(why, E_CUT, why->native, why->native_name,
                   "the answer was lost, the restart may be under way: %.300s", text);
    }
    return E_CUT;
}

enum err smb_restart(struct transport *t, const char *reason, uint32_t delay_s, int64_t deadline_ms,
                     struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    const struct shutdown_request q = {
        .message = reason,
        .delay_s = delay_s,
        .force_apps_closed = true,
        .reboot = true,
        .reason = SHUTDOWN_REASON_OS_RECONFIG_PLANNED,
    };
    struct smb_service s = {0};
    enum err e = winreg_name_check(reason, SHUTDOWN_MESSAGE_UNITS_MAX, why);

    h->connection.deadline_ms = deadline_ms;
    if (e == OK)
        e = not_asked(smb_service_open(h, &initshutdown_interface, &s, why), why);
    if (e != OK)
        return why_place(why, e, "\\pipe\\InitShutdown");
    e = initshutdown_start(&s.rpc, &q, why);
    if (e != OK)
        e = maybe_accepted(&s, e, why);
    smb_service_close(&s);
    return why_place(why, e, "\\pipe\\InitShutdown");
}
