/* The fleet behind the seam of transport/transport.h, and its TLS as a probe sees it. */
#include "tests/support/fleet_parts.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE_STARTS_MS 1500
#define MARKER_KEY "HKLM\\SOFTWARE\\Swell Boot Marker"

struct fleet_path { /* an open transport */
    struct transport base;
    struct fleet_host *host;
    uint32_t service; /* the connection ends with the server service that it was made to */
};

struct calling { /* a call under way */
    struct fleet_act act;
    enum err lost; /* what the caller gets though it is done */
};

static const char *const call_words[FLEET_CALLS] = {
    [FLEET_LOOK] = "look",
    [FLEET_OPEN] = "open",
    [FLEET_READ] = "read",
    [FLEET_LIST] = "list",
    [FLEET_WRITE] = "write",
    [FLEET_IDENTITY] = "identity",
    [FLEET_RESTART] = "restart",
    [FLEET_SERVICE] = "service",
    [FLEET_WAKE] = "wake",
    [FLEET_REST] = "rest",
    [FLEET_SERVICES] = "services",
    [FLEET_PROBE] = "probe",
};

/* The errors that faults make of this call, by phase. */
static void faults_of(struct fleet_host *h, enum fleet_call call, uint32_t n, enum err errs[2],
                      int *delay_ms)
{
    for (size_t i = 0; i < h->n_faults; i++) {
        const struct fleet_armed_fault *a = &h->faults[i];
        if (a->fault.call != call || n < a->first || n - a->first >= a->fault.times)
            continue;
        if (a->fault.err != OK)
            errs[a->fault.phase] = a->fault.err;
        if (a->fault.delay_ms)
            *delay_ms = a->fault.delay_ms;
    }
}

static void moment(struct calling *c, enum fleet_phase phase)
{
    const struct fleet *f = c->act.host->fleet;
    c->act.phase = phase;
    if (f->hook)
        f->hook(f->self, &c->act);
}

static enum err say(struct why *why, enum err e, enum fleet_call call, const char *what)
{
    return why_set(why, e, "%s: %s", call_words[call], what);
}

/* With OK the host's lock is held and its state is that of now; call_end follows. t NULL: before
 * there is a connection. */
static enum err call_begin(struct calling *c, struct fleet_host *h, enum fleet_call call,
                           const struct fleet_path *t, const struct reg_op *op, int64_t deadline_ms,
                           struct why *why)
{
    enum err errs[2] = {OK, OK};
    int delay_ms = 0;
    *c = (struct calling){.act = {.call = call, .host = h, .op = op}};
    pthread_mutex_lock(&h->lock);
    c->act.n = ++h->tally.calls[call];
    faults_of(h, call, c->act.n, errs, &delay_ms);
    pthread_mutex_unlock(&h->lock);
    c->lost = errs[FLEET_AFTER];
    moment(c, FLEET_BEFORE);
    if (delay_ms)
        (void)poll(NULL, 0, delay_ms);
    fleet_measure(h->fleet);
    if (clock_mono_ms() > deadline_ms)
        return say(why, E_TIMEOUT, call, "the deadline passed");
    if (errs[FLEET_BEFORE] != OK)
        return say(why, errs[FLEET_BEFORE], call, "as the test wants it");
    pthread_mutex_lock(&h->lock);
    fleet_settle(h);
    if (fleet_is_up(h) && (!t || t->service == h->services))
        return OK;
    pthread_mutex_unlock(&h->lock);
    return t ? say(why, E_CUT, call, "the connection is gone")
             : say(why, E_CONNECT, call, "nobody answers");
}

static enum err call_end(struct calling *c, enum err e, struct why *why)
{
    pthread_mutex_unlock(&c->act.host->lock);
    fleet_measure(c->act.host->fleet);
    moment(c, FLEET_AFTER);
    if (e != OK || c->lost == OK)
        return e;
    return say(why, c->lost, c->act.call, "the answer is lost, as the test wants it");
}

static void door_of(const struct fleet_host *h, struct boot_identity *out)
{
    uint64_t start = (uint64_t)h->service_ms * 10000;
    *out = (struct boot_identity){.has_guid = true};
    memcpy(out->server_guid, &h->services, sizeof h->services);
    memcpy(out->server_guid + 4, &h->index, sizeof h->index);
    out->has_start = h->tells_uptime;
    out->start_filetime = h->tells_uptime ? start : 0;
}

static enum err host_look(const struct transport_target *target, int64_t deadline_ms,
                          struct boot_identity *out, struct why *why)
{
    struct fleet_host *h = fleet_host_find(target->world, target->name);
    struct calling c;
    enum err e = call_begin(&c, h, FLEET_LOOK, NULL, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    door_of(h, out);
    return call_end(&c, OK, why);
}

static enum err check_login(struct fleet_host *h, const struct transport_target *target,
                            struct why *why)
{
    if (strcmp(target->password->bytes, h->fleet->password) == 0)
        return OK;
    h->tally.logins_refused++;
    fleet_note(h, FLEET_LOGIN_REFUSED, "", target->user);
    return why_native(why, E_AUTH, 0xc000006d, "STATUS_LOGON_FAILURE",
                      "the host does not accept this user and password");
}

static void host_close(struct transport *t)
{
    free(t);
}

static enum err host_open(const struct transport_target *target, int64_t deadline_ms,
                          struct transport **out, struct why *why)
{
    struct fleet_host *h = fleet_host_find(target->world, target->name);
    struct fleet_path *t = NULL;
    struct calling c;
    enum err e = call_begin(&c, h, FLEET_OPEN, NULL, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    if ((e = check_login(h, target, why)) == OK && !(t = calloc(1, sizeof *t)))
        e = E_MEMORY;
    if (e == OK)
        *t = (struct fleet_path){
            .base.kind = &fleet_transport, .host = h, .service = h->services};
    e = call_end(&c, e, why);
    if (e == OK)
        *out = &t->base;
    else
        free(t);
    return e;
}

static struct fleet_path *path_of(struct transport *t)
{
    return (struct fleet_path *)t;
}

/* The registry is behind a service. */
static enum err registry_there(const struct fleet_host *h, struct why *why)
{
    if (h->registry_service.state == SERVICE_IS_RUNNING)
        return OK;
    return why_native(why, E_UNAVAILABLE, 0xc0000034, "STATUS_OBJECT_NAME_NOT_FOUND",
                      "the RemoteRegistry service is disabled or stopped");
}

static enum err host_read(struct transport *transport, struct reg_read *items, size_t n,
                          int64_t deadline_ms, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct calling c;
    enum err e = call_begin(&c, t->host, FLEET_READ, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    e = registry_there(t->host, why);
    for (size_t i = 0; e == OK && i < n; i++)
        e = fleet_read(&t->host->registry, &items[i]);
    return call_end(&c, e, why);
}

static enum err host_list(struct transport *transport, const struct reg_path *path,
                          int64_t deadline_ms, struct reg_list *out, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct reg_list list = {0};
    struct calling c;
    char text[FLEET_PATH_SIZE];
    enum err e = call_begin(&c, t->host, FLEET_LIST, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    fleet_path_of(path, text);
    if ((e = registry_there(t->host, why)) == OK)
        e = fleet_list(&t->host->registry, text, &list);
    e = call_end(&c, e, why);
    if (e == OK)
        *out = list;
    else
        list_fini(&list);
    return e;
}

static const enum fleet_happening happening_of[] = {
    [OP_CREATE_KEY] = FLEET_CREATED,
    [OP_SET_VALUE] = FLEET_SET,
    [OP_DELETE_VALUE] = FLEET_DELETED,
    [OP_DELETE_KEY] = FLEET_KEY_DELETED,
};

static enum err op_do(struct fleet_path *t, struct reg_op *op, int64_t deadline_ms, struct why *why)
{
    struct fleet_host *h = t->host;
    struct calling c;
    char path[FLEET_PATH_SIZE];
    bool changed;
    enum err e = call_begin(&c, h, FLEET_WRITE, t, op, deadline_ms, why);
    if (e != OK)
        return e;
    fleet_path_of(op->path, path);
    if ((e = registry_there(h, why)) != OK)
        return call_end(&c, e, why);
    if ((e = fleet_write(&h->registry, op, &changed)) != OK)
        say(why, e, FLEET_WRITE, path);
    else if (changed && !reg_name_equal(path, MARKER_KEY)) {
        h->tally.written++;
        atomic_store_explicit(&h->written, true, memory_order_relaxed);
        fleet_note(h, happening_of[op->kind], path, op->name);
    }
    return call_end(&c, e, why);
}

static enum err host_apply(struct transport *transport, struct reg_op *ops, size_t n,
                           int64_t deadline_ms, struct why *why)
{
    for (size_t i = 0; i < n; i++) {
        ops[i].done = false;
        ops[i].err = OK;
    }
    for (size_t i = 0; i < n; i++) {
        enum err e = op_do(path_of(transport), &ops[i], deadline_ms, &ops[i].why);
        ops[i].err = e;
        ops[i].done = e == OK;
        if (e == OK)
            continue;
        if (err_class(e) == CLASS_FAIL_HOST) /* the item tells; the connection is good */
            return OK;
        *why = ops[i].why;
        return e;
    }
    return OK;
}

static enum err host_identity(struct transport *transport, int64_t deadline_ms,
                              struct boot_identity *out, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct fleet_host *h = t->host;
    struct calling c;
    enum err e = call_begin(&c, h, FLEET_IDENTITY, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    door_of(h, out);
    out->has_uptime = out->has_clock = h->tells_uptime;
    out->clock_ms = fleet_now(h->fleet);
    out->uptime_ms = h->tells_uptime ? (uint32_t)(out->clock_ms - h->boot_ms) : 0;
    out->has_shutdown = h->registry_service.state == SERVICE_IS_RUNNING;
    out->shutdown_filetime = out->has_shutdown ? h->shutdown_filetime : 0;
    return call_end(&c, OK, why);
}

static enum err host_restart(struct transport *transport, const char *reason, uint32_t delay_s,
                             int64_t deadline_ms, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct calling c;
    enum err e = call_begin(&c, t->host, FLEET_RESTART, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    fleet_note(t->host, FLEET_ASKED, "", reason);
    e = fleet_ask_restart(t->host, (int64_t)delay_s * 1000);
    if (e == E_GOING_DOWN)
        why_native(why, e, 1190, "ERROR_SHUTDOWN_IS_SCHEDULED", "a restart is scheduled already");
    return call_end(&c, e, why);
}

static enum err host_service(struct transport *transport, int64_t deadline_ms,
                             struct registry_service *out, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct registry_service s;
    struct calling c;
    enum err e = call_begin(&c, t->host, FLEET_SERVICE, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    s = t->host->registry_service;
    s.is_asleep = s.state == SERVICE_IS_STOPPED;
    if ((e = call_end(&c, OK, why)) == OK)
        *out = s;
    return e;
}

static void note_service(struct fleet_host *h, enum fleet_happening what)
{
    fleet_note(h, what,
               h->registry_service.start_type == SERVICE_IS_DISABLED        ? "disabled"
               : h->registry_service.start_type == SERVICE_STARTS_ON_DEMAND ? "demand"
                                                                            : "auto",
               "");
}

static enum err host_wake(struct transport *transport, int64_t deadline_ms, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct fleet_host *h = t->host;
    struct calling c;
    enum err e = call_begin(&c, h, FLEET_WAKE, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    if (h->registry_service.start_type == SERVICE_IS_DISABLED)
        h->registry_service.start_type = SERVICE_STARTS_ON_DEMAND;
    if (h->registry_service.state == SERVICE_IS_STOPPED) {
        h->registry_service.state = SERVICE_IS_STARTING;
        h->service_up_at_ms = fleet_now(h->fleet) + SERVICE_STARTS_MS;
    }
    note_service(h, FLEET_WOKEN);
    return call_end(&c, OK, why);
}

static enum err host_rest(struct transport *transport, const struct registry_service *was,
                          int64_t deadline_ms, bool *left, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct fleet_host *h = t->host;
    struct registry_service *now = &h->registry_service;
    struct calling c;
    enum err e = call_begin(&c, h, FLEET_REST, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    *left = was->start_type == SERVICE_IS_DISABLED && now->start_type == SERVICE_STARTS_AUTO;
    if (!*left) {
        if (was->start_type == SERVICE_IS_DISABLED)
            now->start_type = SERVICE_IS_DISABLED;
        if (was->state == SERVICE_IS_STOPPED) {
            now->state = SERVICE_IS_STOPPED;
            h->service_up_at_ms = 0;
        }
        note_service(h, FLEET_RESTED);
    }
    return call_end(&c, OK, why);
}

static enum err host_services(struct transport *transport, int64_t deadline_ms,
                              struct service_list *out, struct why *why)
{
    struct fleet_path *t = path_of(transport);
    struct service_list list = {0};
    struct calling c;
    enum err e = call_begin(&c, t->host, FLEET_SERVICES, t, NULL, deadline_ms, why);
    if (e != OK)
        return e;
    list.items = calloc(FLEET_SERVED_MAX, sizeof *list.items);
    for (size_t i = 0; list.items && i < t->host->n_served; i++)
        if (t->host->served[i].runs)
            list.items[list.n++] = (struct service_entry){
                .name = str_dup(t->host->served[i].name), .state = SERVICE_IS_RUNNING};
    e = call_end(&c, list.items ? OK : E_MEMORY, why);
    if (e == OK)
        *out = list;
    else
        service_list_fini(&list);
    return e;
}

const struct transport_kind fleet_transport = {
    .name = "fake",
    .look = host_look,
    .open = host_open,
    .read = host_read,
    .list = host_list,
    .apply = host_apply,
    .identity = host_identity,
    .restart = host_restart,
    .service = host_service,
    .wake = host_wake,
    .rest = host_rest,
    .services = host_services,
    .close = host_close,
};

static struct tls_answer answer_of(bool accepts, enum tls_version v)
{
    if (!accepts)
        return (struct tls_answer){.seen = SEEN_REFUSED, .how = HOW_ALERT, .alert = 70};
    return (struct tls_answer){.seen = SEEN_ACCEPTED,
                               .how = HOW_SERVER_HELLO,
                               .suite = v == TLS_1_3 ? 0x1301 : 0xc02f,
                               .version = (uint16_t)(0x0301 + (int)v - TLS_1_0)};
}

static struct port_state port_probe(struct fleet_host *h, const struct verify_rule *r,
                                    int64_t deadline_ms, struct why *why)
{
    struct port_state p = {.port = r->port};
    struct calling c;
    enum err e = call_begin(&c, h, FLEET_PROBE, NULL, NULL, deadline_ms, why);
    snprintf(p.dialect, sizeof p.dialect, "%s", r->dialect);
    for (size_t v = TLS_1_0; v < TLS_VERSIONS; v++)
        p.answers[v] =
            (struct tls_answer){.seen = SEEN_INCONCLUSIVE,
                                .how = e == OK && h->tls != FLEET_TLS_CLOSED ? HOW_SILENCE
                                                                             : HOW_NO_CONNECTION};
    if (e == OK) {
        p.open = h->tls != FLEET_TLS_CLOSED;
        for (size_t v = TLS_1_0; v < TLS_VERSIONS && h->tls < FLEET_TLS_SILENT; v++)
            p.answers[v] = answer_of(
                h->tls == FLEET_TLS_STUCK ? v != TLS_1_3 : h->accepts[v], (enum tls_version)v);
        e = call_end(&c, OK, why);
    }
    if (e != OK) /* what cannot be seen is an answer too */
        p.open = false;
    return p;
}

enum err fleet_probe(const char *address, const char *sni, const struct verify_rule *rules,
                     size_t n, int64_t deadline_ms, struct port_state *out, struct why *why)
{
    struct fleet_host *h = fleet_host_find(fleet_current(), sni);
    (void)address;
    for (size_t i = 0; i < n; i++)
        out[i] = port_probe(h, &rules[i], deadline_ms, why);
    return OK;
}

/* No call of its own in the tally: it goes with the probe. */
enum err fleet_look(const struct look_wish *wish, int64_t deadline_ms, struct port_more *out,
                    struct why *why)
{
    struct fleet_host *h = fleet_host_find(fleet_current(), wish->name);
    (void)deadline_ms;
    (void)why;
    *out = (struct port_more){.whole = HANDSHAKE_NOT_TRIED};
    pthread_mutex_lock(&h->lock);
    fleet_settle(h);
    if (fleet_is_up(h))
        *out = h->more;
    pthread_mutex_unlock(&h->lock);
    return OK;
}
