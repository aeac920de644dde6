#include "transport/winrm/cim.h"

#include "transport/winrm/envelope.h"

#include <stdlib.h>
#include <string.h>

#define OS_CLASS WSMAN_WMI "root/cimv2/Win32_OperatingSystem"
#define SERVICE_CLASS WSMAN_WMI "root/cimv2/Win32_Service"
#define ANY_CLASS WSMAN_WMI "root/cimv2/*"
#define PULLS_MAX 2000
#define REASON_OS_RECONFIG_PLANNED 0x80020004u /* SHTDN_REASON_…: planned, operating system */
#define FLAGS_REBOOT_FORCED 6                  /* reboot 2, forced 4 */

struct call cim_os_ask(void)
{
    return (struct call){.resource = OS_CLASS, .action = WSMAN_GET};
}

/* A time stands in an element of its own, or plainly. */
static bool time_of(const struct xml *x, const char *name, int64_t *out)
{
    const struct xml *at = xml_child(x, name);
    const char *s;
    size_t n;

    if (at != NULL && at->first != NULL)
        at = at->first;
    if (at == NULL || at->is_nil)
        return false;
    s = xml_trimmed(at, &n);
    return cim_time(s, n, out);
}

enum err cim_os_read(const struct call *c, struct cim_os *out, struct why *why)
{
    const struct xml *os = c->out == NULL ? NULL : c->out->first;

    *out = (struct cim_os){0};
    if (c->err != OK) {
        if (why != NULL)
            *why = c->why;
        return c->err;
    }
    if (os == NULL)
        return why_set(why, E_PROTOCOL, "the host's answer about its system is empty");
    out->has_boot = time_of(os, "LastBootUpTime", &out->boot_ms);
    out->has_clock = time_of(os, "LocalDateTime", &out->clock_ms);
    return OK;
}

enum err cim_restart_ask(const char *reason, uint32_t delay_s, struct call *out, struct why *why)
{
    enum err e;

    *out = (struct call){.resource = OS_CLASS, .action = OS_CLASS "/Win32ShutdownTracker"};
    text_printf(&out->body,
                "<m:Win32ShutdownTracker_INPUT xmlns:m=\"" OS_CLASS "\"><m:Timeout>%u</m:Timeout>"
                "<m:Comment>",
                delay_s);
    e = xml_put(&out->body, reason, strlen(reason));
    text_printf(&out->body,
                "</m:Comment><m:ReasonCode>%u</m:ReasonCode><m:Flags>%d</m:Flags>"
                "</m:Win32ShutdownTracker_INPUT>",
                REASON_OS_RECONFIG_PLANNED, FLAGS_REBOOT_FORCED);
    if (e == OK)
        e = text_end(&out->body);
    if (e == OK)
        return OK;
    call_fini(out);
    return why_set(why, e, "the reason for the restart has characters that XML cannot hold");
}

static uint32_t state_of(const char *s)
{
    static const struct {
        const char *word;
        enum service_state state;
    } states[] = {
        {"Running", SERVICE_IS_RUNNING},
        {"Stopped", SERVICE_IS_STOPPED},
        {"Start Pending", SERVICE_IS_STARTING},
        {"Stop Pending", SERVICE_IS_STOPPING},
        {"Continue Pending", SERVICE_IS_RUNNING},
        {"Pause Pending", SERVICE_IS_RUNNING},
        {"Paused", SERVICE_IS_RUNNING},
    };

    for (size_t i = 0; s != NULL && i < COUNT(states); i++)
        if (strcmp(s, states[i].word) == 0)
            return (uint32_t)states[i].state;
    return 0;
}

/* Items are instances or fragments of them; whatever has a name and a state is one. */
static enum err services_take(const struct xml *body, struct service_list *l, struct why *why)
{
    for (const struct xml *x = body; x != NULL; x = xml_after(x, body)) {
        const char *name = xml_text(x, "Name"), *state = xml_text(x, "State");
        struct service_entry *more;

        if (name == NULL || state == NULL || state_of(state) == SERVICE_IS_STOPPED)
            continue;
        if (l->n >= CIM_ITEMS_MAX)
            return why_set(why, E_LIMIT, "the host tells of more than %u services", CIM_ITEMS_MAX);
        more = realloc(l->items, (l->n + 1) * sizeof *more);
        if (more == NULL)
            return why_set(why, E_MEMORY, "out of memory");
        l->items = more;
        more[l->n] = (struct service_entry){.name = str_dup(name), .state = state_of(state)};
        if (more[l->n].name == NULL)
            return why_set(why, E_MEMORY, "out of memory");
        l->n++;
    }
    return OK;
}

static enum err ask(struct wsman *w, struct call *c, int64_t deadline_ms, struct why *why)
{
    enum err e = wsman_run(w, c, 1, deadline_ms, why);

    if (e == OK && c->err != OK) {
        e = c->err;
        if (why != NULL)
            *why = c->why;
    }
    return e;
}

/* The next page's name; *ended: there is none. EndOfSequence stands in either name space and at any
 * depth of the answer, but not among the items. */
static enum err context_take(const struct xml *body, struct text *context, bool *ended,
                             struct why *why)
{
    const struct xml *answer = body->first;
    const struct xml *at = xml_child(answer, "EnumerationContext");
    const char *s;
    size_t n = 0;

    *ended = xml_child(answer, "EndOfSequence") != NULL || xml_child(body, "EndOfSequence") != NULL;
    if (at == NULL || *ended) {
        *ended = true;
        return OK;
    }
    s = xml_trimmed(at, &n);
    if (n == 0) {
        *ended = true;
        return OK;
    }
    text_fini(context);
    return xml_put(context, s, n) == OK && text_end(context) == OK
               ? OK
               : why_set(why, E_PROTOCOL, "the host's enumeration has a name that cannot be sent");
}

static void next_ask(const char *action, const char *tag, const char *context, const char *more,
                     struct call *c)
{
    call_fini(c);
    c->resource = ANY_CLASS;
    c->action = action;
    text_printf(&c->body,
                "<n:%s><n:EnumerationContext>%s</n:EnumerationContext>%s</n:%s>", tag, context,
                more, tag);
}

/* What is left behind would count against the host's quota. */
static void release(struct wsman *w, const char *context, int64_t deadline_ms)
{
    struct call c = {0};
    struct why unused;

    next_ask(WSMAN_RELEASE, "Release", context, "", &c);
    (void)!ask(w, &c, deadline_ms, &unused);
    call_fini(&c);
}

static enum err pages_take(struct wsman *w, struct call *c, int64_t deadline_ms,
                           struct service_list *l, struct why *why)
{
    struct text context = {0};
    bool ended = false;
    enum err e = ask(w, c, deadline_ms, why);

    for (int i = 0; e == OK && !ended; i++) {
        if (c->out->first == NULL)
            e = why_set(why, E_PROTOCOL, "the host's list of services is empty");
        else if ((e = context_take(c->out, &context, &ended, why)) == OK)
            e = services_take(c->out, l, why);
        if (e == OK && i >= PULLS_MAX)
            e = why_set(why, E_LIMIT, "the host's list of services has no end");
        if (e != OK || ended)
            break;
        next_ask(WSMAN_PULL, "Pull", text_str(&context), "<n:MaxElements>250</n:MaxElements>", c);
        e = text_end(&c->body) != OK ? why_set(why, E_MEMORY, "out of memory")
                                     : ask(w, c, deadline_ms, why);
    }
    if (e != OK && wsman_item_error(e) && context.used > 0)
        release(w, text_str(&context), deadline_ms);
    text_fini(&context);
    return e;
}

enum err cim_services(struct wsman *w, int64_t deadline_ms, struct service_list *out,
                      struct why *why)
{
    struct call c = {.resource = ANY_CLASS, .action = WSMAN_ENUMERATE};
    struct service_list l = {0};
    enum err e;

    *out = (struct service_list){0};
    text_put(&c.body, "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>250</w:MaxElements>"
                      "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">"
                      "select Name,State from Win32_Service where State != 'Stopped'</w:Filter>"
                      "</n:Enumerate>");
    e = text_end(&c.body) != OK ? why_set(why, E_MEMORY, "out of memory")
                                : pages_take(w, &c, deadline_ms, &l, why);
    call_fini(&c);
    if (e != OK) {
        service_list_fini(&l);
        return e;
    }
    *out = l;
    return OK;
}

static uint32_t start_of(const char *s)
{
    if (s == NULL)
        return 0;
    if (strcmp(s, "Manual") == 0)
        return SERVICE_STARTS_ON_DEMAND;
    return strcmp(s, "Disabled") == 0 ? SERVICE_IS_DISABLED : SERVICE_STARTS_AUTO;
}

enum err cim_service(struct wsman *w, const char *name, int64_t deadline_ms,
                     struct registry_service *out, struct why *why)
{
    struct call c = {
        .resource = SERVICE_CLASS, .action = WSMAN_GET, .selector = "Name", .selected = name};
    enum err e = ask(w, &c, deadline_ms, why);

    *out = (struct registry_service){0};
    if (e == OK && (c.out->first == NULL || xml_text(c.out->first, "State") == NULL))
        e = why_set(why, E_PROTOCOL, "the host's answer about a service lacks its state");
    if (e == OK) {
        out->state = state_of(xml_text(c.out->first, "State"));
        out->start_type = start_of(xml_text(c.out->first, "StartMode"));
    }
    call_fini(&c);
    return e;
}
