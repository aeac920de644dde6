#include "transport/winrm_host.h"

#include "transport/winrm/cim.h"

#include <string.h>

static const char windows_key[] = "SYSTEM\\CurrentControlSet\\Control\\Windows";

static void os_note(const struct cim_os *os, struct boot_identity *id)
{
    int64_t up_ms = os->clock_ms - os->boot_ms;

    id->has_clock = os->has_clock;
    id->clock_ms = os->clock_ms;
    if (!os->has_clock || !os->has_boot || up_ms < 0)
        return;
    /* By the host's own clock alone, so that ours does not matter. It never wraps: what does not
     * fit stays at the most. */
    id->has_uptime = true;
    id->uptime_ms = up_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)up_ms;
}

/* A host that will not tell this still tells the rest. */
static void shutdown_note(const struct call *c, struct boot_identity *id)
{
    struct reg_value value = {0};
    struct why unused;
    struct rd r;

    if (regprov_value(c, REG_BINARY, &value, &unused) != OK)
        return;
    r = rd_of(value.bytes, value.size);
    id->shutdown_filetime = rd_le64(&r);
    id->has_shutdown = rd_end(&r) == OK;
    if (!id->has_shutdown)
        id->shutdown_filetime = 0;
    value_fini(&value);
}

enum err winrm_identity(struct transport *t, int64_t deadline_ms, struct boot_identity *out,
                        struct why *why)
{
    struct winrm_host *h = (struct winrm_host *)t;
    char key[sizeof windows_key];
    const struct reg_path path = {.hive = HIVE_LOCAL_MACHINE, .view = VIEW_64, .key = key};
    struct call calls[2] = {cim_os_ask(), {0}};
    struct boot_identity id = {0};
    struct cim_os os;
    enum err e;

    *out = id;
    memcpy(key, windows_key, sizeof key);
    if ((e = regprov_ask(REGPROV_GET_BINARY, &path, "ShutdownTime", &calls[1], why)) == OK &&
        (e = wsman_run(h->wsman, calls, COUNT(calls), deadline_ms, why)) == OK &&
        (e = cim_os_read(&calls[0], &os, why)) == OK) {
        os_note(&os, &id);
        shutdown_note(&calls[1], &id);
        *out = id;
    }
    for (size_t i = 0; i < COUNT(calls); i++)
        call_fini(&calls[i]);
    return why_place(why, e, "Win32_OperatingSystem");
}

/* Did the host say no, or only fail to say anything? */
static bool is_clear(enum err e, const struct why *why)
{
    if (e == E_LIMIT || e == E_UNAVAILABLE) /* a code is the host's own, not HTTP's or the XML's */
        return why->native != 0;
    return e == E_DENIED || e == E_ABSENT || e == E_UNSUPPORTED || e == E_REFUSED ||
           e == E_GOING_DOWN || e == E_TIMEOUT || e == E_AUTH;
}

/* Before the request went out nothing was asked; after it only a clear answer says what became of
 * it. */
static enum err restart_fate(const struct call *c, enum err e, struct why *why)
{
    char text[sizeof why->text];

    if (e == OK || why == NULL)
        return e;
    memcpy(text, why->text, sizeof text);
    if (!c->is_sent)
        return e == E_CUT || e == E_TIMEOUT
                   ? why_native(why, E_UNAVAILABLE, why->native, "",
                                "%.300s; no restart was asked for", text)
                   : e;
    if (is_clear(e, why))
        return e;
    return why_native(why, E_CUT, why->native, "",
                      "the answer was lost, the restart may be under way: %.300s", text);
}

enum err winrm_restart(struct transport *t, const char *reason, uint32_t delay_s,
                       int64_t deadline_ms, struct why *why)
{
    struct winrm_host *h = (struct winrm_host *)t;
    struct why here = {0};
    const struct xml *output;
    struct call c;
    enum err e = cim_restart_ask(reason, delay_s, &c, &here);

    if (e == OK) {
        e = wsman_run_once(h->wsman, &c, deadline_ms, &here);
        if (e == OK)
            e = method_result(&c, &output, &here);
        e = restart_fate(&c, e, &here);
    }
    call_fini(&c);
    if (e != OK && why != NULL)
        *why = here;
    return why_place(why, e, "restart");
}
