/* The steps that wake the registry's service and put it back, and what a restart does to services.
 */
#include "base/utf16.h"
#include "controller/detail.h"
#include "controller/step_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES_KEY "HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
#define MISSING_MAX 64 /* looked into; a host that lost more than these has said enough */

enum err step_wake(struct step_run *run)
{
    const struct transport_kind *kind = run->job->world->transport;
    enum err e = step_open(run);
    if (e != OK)
        return e;
    if (!kind->wake)
        return why_set(&run->why, E_UNSUPPORTED, "services cannot be started over %s", kind->name);
    return kind->wake(run->transport, run->deadline_ms, &run->why);
}

enum err step_rest(struct step_run *run)
{
    const struct transport_kind *kind = run->job->world->transport;
    const struct registry_service was = {.start_type = (uint32_t)run->action->service_start,
                                         .state = (uint32_t)run->action->service_state};
    bool left = false;
    enum err e = step_open(run);
    if (e != OK)
        return e;
    if (!kind->rest)
        return why_set(&run->why, E_UNSUPPORTED, "services cannot be set over %s", kind->name);
    e = kind->rest(run->transport, &was, run->deadline_ms, &left, &run->why);
    if (e == OK && left)
        snprintf(run->result->ev.why, sizeof run->result->ev.why,
                 "RemoteRegistry is left as found: somebody else changed its start type since");
    return e;
}

void step_wake_again(struct step_run *run, enum err e)
{
    const struct transport_kind *kind = run->job->world->transport;
    struct why unused;
    enum step step = run->action->step;
    if (e == E_UNAVAILABLE && run->action->woken && run->transport && kind->wake &&
        step != STEP_PREFLIGHT && step != STEP_WAKE && step != STEP_REST)
        (void)!kind->wake(run->transport, run->deadline_ms, &unused); /* the next try tells */
}

static bool names_add(struct name_list *l, const char *name, json_t *list)
{
    return (l->items[l->n] = str_dup(name)) && ++l->n &&
           json_array_append_new(list, json_string(name)) == 0;
}

enum err step_note_services(struct step_run *run)
{
    const struct transport_kind *kind = run->job->world->transport;
    struct name_list *out = &run->result->services;
    struct service_list list = {0};
    struct why unused;
    json_t *names = json_array();
    bool ok = names != NULL;
    if (!kind->services || kind->services(run->transport, run->deadline_ms, &list, &unused) != OK)
        goto out;
    ok = ok && (out->items = calloc(list.n + 1, sizeof(char *)));
    for (size_t i = 0; ok && i < list.n; i++)
        if (list.items[i].state == SERVICE_IS_RUNNING &&
            utf8_check(list.items[i].name, strlen(list.items[i].name)) == OK)
            ok = names_add(out, list.items[i].name, names);
    ok = ok && detail_put(run->detail, "services", json_incref(names));
out:
    service_list_fini(&list);
    json_decref(names);
    return ok ? OK : why_set(&run->why, E_MEMORY, "no memory for a list of services");
}

static bool runs(const struct service_list *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].state != SERVICE_IS_STOPPING && str_eq_nocase(l->items[i].name, name))
            return true;
    return false;
}

struct missing { /* a service that ran and does not, and what the registry says of its start */
    const char *name;
    struct reg_path path;
};

/* One that starts by itself, and at once: those that are started late or on demand may be awaited
 * in vain for good reasons. */
static bool should_run(const struct reg_read *start, const struct reg_read *delayed)
{
    uint64_t type = 0, late = 0;
    if (start->err != OK || !value_as_u64(&start->value, &type) || type != SERVICE_STARTS_AUTO)
        return false;
    return delayed->err != OK || !value_as_u64(&delayed->value, &late) || late == 0;
}

static enum err missing_judge(struct step_run *run, struct missing *list, size_t n, json_t *out)
{
    struct reg_read items[2 * MISSING_MAX] = {0};
    struct event *ev = &run->result->ev;
    struct text t = {0};
    enum err e;
    for (size_t i = 0; i < n; i++) {
        items[2 * i] = (struct reg_read){.path = &list[i].path, .name = "Start"};
        items[2 * i + 1] = (struct reg_read){.path = &list[i].path, .name = "DelayedAutostart"};
    }
    e = run->job->world->transport->read(run->transport, items, 2 * n, run->deadline_ms,
                                         &run->why);
    for (size_t i = 0; e == OK && i < n; i++) {
        if (!should_run(&items[2 * i], &items[2 * i + 1]))
            continue;
        text_printf(&t, "%s%s", ev->services_missing++ ? ", " : "", list[i].name);
        if (json_array_append_new(out, json_string(list[i].name)) != 0)
            e = why_set(&run->why, E_MEMORY, "no memory for a list of services");
    }
    if (e == OK && ev->services_missing) {
        char said[301];
        snprintf(ev->why, sizeof ev->why, "attention: ran before the restart and does not now: %s",
                 words_fit(said, sizeof said, text_str(&t)));
    }
    read_fini(items, 2 * n);
    text_fini(&t);
    return e;
}

enum err step_miss_services(struct step_run *run)
{
    const struct transport_kind *kind = run->job->world->transport;
    const struct name_list *then = &run->job->services;
    struct missing list[MISSING_MAX] = {0};
    struct service_list now = {0};
    struct why unused;
    json_t *names = json_array();
    enum err e = names ? OK : why_set(&run->why, E_MEMORY, "no memory for a list of services");
    size_t n = 0;
    if (e != OK || !run->action->restarted || !then->n || !kind->services ||
        kind->services(run->transport, run->deadline_ms, &now, &unused) != OK)
        goto out;
    for (size_t i = 0; e == OK && i < then->n && n < MISSING_MAX; i++) {
        struct text key = {0};
        if (runs(&now, then->items[i]))
            continue;
        text_printf(&key, SERVICES_KEY "%s", then->items[i]);
        list[n].name = then->items[i];
        if (path_parse(text_str(&key), VIEW_64, &list[n].path, &unused) == OK)
            n++; /* a name that no key can have is none of a service */
        text_fini(&key);
    }
    if (n && (e = missing_judge(run, list, n, names)) == OK && json_array_size(names) &&
        !detail_put(run->detail, "services", json_incref(names)))
        e = why_set(&run->why, E_MEMORY, "no memory for a list of services");
out:
    for (size_t i = 0; i < n; i++)
        path_fini(&list[i].path);
    service_list_fini(&now);
    json_decref(names);
    return e;
}
