#include "transport/winrm/envelope.h"
#include "transport/winrm/lane.h"
#include "transport/winrm/login.h"

#include "base/clock.h"

#include <stdlib.h>

#define CALLS_A_LANE 3 /* for fewer another login does not pay */

struct wsman {
    const struct transport_target *target;
    struct http_host *http;
    struct lane *lanes[WSMAN_LANES_MAX];
    size_t n_lanes, lanes_max;
    uint64_t turns;
};

struct run {
    struct wsman *w;
    struct call *calls;
    size_t n, next, settled;
    int64_t deadline_ms;
    enum err err;
    struct why why;
};

bool wsman_item_error(enum err e)
{
    return e == E_DENIED || e == E_ABSENT || e == E_UNSUPPORTED || e == E_REFUSED ||
           e == E_EXISTS || e == E_LIMIT || e == E_FORMAT;
}

void call_fini(struct call *c)
{
    text_fini(&c->body);
    xml_free(c->answer);
    *c = (struct call){0};
}

static void lane_free(struct lane *l)
{
    if (l == NULL)
        return;
    lane_fini(l);
    free(l);
}

static enum err lane_add(struct wsman *w, struct why *why)
{
    struct lane *l = calloc(1, sizeof *l);
    enum err e;

    if (l == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    if ((e = lane_init(l, w->target, w->http, why)) != OK) {
        lane_free(l);
        return e;
    }
    if (w->n_lanes > 0)
        l->is_bare = w->lanes[0]->is_bare;
    w->lanes[w->n_lanes++] = l;
    return OK;
}

static void lane_drop(struct wsman *w, struct lane *l)
{
    for (size_t i = 0; i < w->n_lanes; i++)
        if (w->lanes[i] == l)
            w->lanes[i] = w->lanes[--w->n_lanes];
    lane_free(l);
}

static void run_fail(struct run *r, enum err e, const struct why *why)
{
    if (r->err != OK)
        return;
    r->err = e;
    r->why = *why;
}

/* One that never got to a call is only one connection less (a quota, a busy host), as long as there
 * is another; its call is begun by another. */
static void lane_bury(struct run *r, struct lane *l)
{
    struct call *c = l->call;
    bool is_extra = r->w->n_lanes > 1 && !l->is_calling;

    if (c != NULL && is_extra)
        c->err = E_CANCELLED; /* for call_next */
    if (!is_extra)
        run_fail(r, l->err, &l->why);
    if (is_extra)
        r->w->lanes_max = r->w->n_lanes - 1;
    lane_drop(r->w, l);
}

static struct call *call_next(struct run *r)
{
    for (size_t i = 0; i < r->next; i++)
        if (r->calls[i].err == E_CANCELLED) {
            r->calls[i].err = OK;
            return &r->calls[i];
        }
    return r->next < r->n ? &r->calls[r->next++] : NULL;
}

/* False: it has nothing to do, or is gone. */
static bool lane_feed(struct run *r, struct lane *l)
{
    if (l->call == NULL) {
        if (r->err != OK || (l->call = call_next(r)) == NULL)
            return false;
        l->repeats = 0;
    }
    lane_send(l, r->deadline_ms);
    if (l->state != LANE_DEAD)
        return true;
    lane_bury(r, l);
    return false;
}

static enum err lanes_open(struct run *r)
{
    size_t wanted = (r->n + CALLS_A_LANE - 1) / CALLS_A_LANE;
    enum err e = OK;

    if (wanted > r->w->lanes_max)
        wanted = r->w->lanes_max;
    while (e == OK && (r->w->n_lanes < wanted || r->w->n_lanes == 0))
        e = lane_add(r->w, &r->why);
    return e;
}

static void idle_feed(struct run *r)
{
    /* A lane that is gone leaves its place to another. */
    for (size_t i = r->w->n_lanes; i-- > 0;)
        if (i < r->w->n_lanes && r->w->lanes[i]->call == NULL)
            (void)lane_feed(r, r->w->lanes[i]);
}

static void run_loop(struct run *r)
{
    struct http *c;

    idle_feed(r);
    while (r->settled < r->n && (c = http_wait(r->w->http, r->deadline_ms)) != NULL) {
        struct lane *l = http_owner(c);
        bool settled;

        lane_take(l, &settled);
        r->settled += settled;
        if (l->state == LANE_DEAD)
            lane_bury(r, l);
        else if (r->err == OK || l->call != NULL)
            (void)lane_feed(r, l);
        idle_feed(r);
    }
    if (r->settled < r->n && r->err == OK)
        r->err = why_set(&r->why, E_CUT, "the connections to the host are gone");
}

static void unsettled_fail(struct run *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct call *c = &r->calls[i];

        if (c->answer != NULL || (c->err != OK && c->err != E_CANCELLED))
            continue;
        c->err = r->err;
        c->why = r->why;
    }
}

static uint64_t turns_of(const struct wsman *w)
{
    uint64_t most = 0;

    for (size_t i = 0; i < w->n_lanes; i++)
        if (w->lanes[i]->messages > most)
            most = w->lanes[i]->messages;
    return most;
}

enum err wsman_run(struct wsman *w, struct call *calls, size_t n, int64_t deadline_ms,
                   struct why *why)
{
    struct run r = {.w = w, .calls = calls, .n = n, .deadline_ms = deadline_ms};

    if (n == 0)
        return OK;
    for (size_t i = 0; i < w->n_lanes; i++)
        w->lanes[i]->messages = 0;
    if ((r.err = lanes_open(&r)) == OK)
        run_loop(&r);
    w->turns += turns_of(w);
    if (r.err == OK)
        return OK;
    unsettled_fail(&r);
    if (why != NULL)
        *why = r.why;
    return r.err;
}

enum err wsman_run_once(struct wsman *w, struct call *call, int64_t deadline_ms, struct why *why)
{
    while (w->n_lanes > 0)
        lane_drop(w, w->lanes[0]);
    call->is_once = true;
    return wsman_run(w, call, 1, deadline_ms, why);
}

static enum err identify(struct wsman *w, int64_t deadline_ms, struct why *why)
{
    struct call c = {.is_identify = true};
    enum err e = wsman_run(w, &c, 1, deadline_ms, why);

    if (e == OK && c.err != OK) {
        e = c.err;
        if (why != NULL)
            *why = c.why;
    } else if (e == OK && xml_child(c.out, "IdentifyResponse") == NULL) {
        e = why_set(why, E_PROTOCOL, "what answers there is no WS-Management");
    }
    call_fini(&c);
    return e;
}

enum err wsman_new(const struct transport_target *target, int64_t deadline_ms, struct wsman **out,
                   struct why *why)
{
    struct wsman *w = NULL;
    enum err e = login_check(target, why);

    *out = NULL;
    if (e != OK)
        return e;
    w = calloc(1, sizeof *w);
    if (w == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    w->target = target;
    w->lanes_max = WSMAN_LANES_MAX;
    if ((e = http_host_new(target, &w->http, why)) != OK ||
        (e = identify(w, deadline_ms, why)) != OK)
        goto out;
    w->turns = 0;
    *out = w;
    w = NULL; /* moved to the caller */
out:
    wsman_free(w);
    return e;
}

void wsman_free(struct wsman *w)
{
    if (w == NULL)
        return;
    while (w->n_lanes > 0)
        lane_drop(w, w->lanes[0]);
    http_host_free(w->http);
    free(w);
}

uint64_t wsman_turns(const struct wsman *w)
{
    return w->turns;
}

enum err wsman_look(const struct transport_target *target, int64_t deadline_ms, struct why *why)
{
    const struct http_request q = {.content_type = "application/soap+xml;charset=UTF-8",
                                   .is_anonymous = true,
                                   .body = rd_text(wsman_identify)};
    struct http_host *h = NULL;
    struct http *c = NULL;
    const struct http_answer *a;
    enum err e;

    if ((e = http_host_new(target, &h, why)) != OK || (e = http_new(h, NULL, &c, why)) != OK ||
        (e = http_post(c, &q, deadline_ms, why)) != OK)
        goto out;
    e = http_wait(h, deadline_ms) == NULL
            ? why_set(why, E_INTERNAL, "libcurl lost the request")
            : http_result(c, &a, why);
    /* Who asks nobody's name may be refused, and is answered all the same. */
    if (e == OK && (a->status == 404 || a->status >= 500))
        e = why_set(why, E_UNAVAILABLE, "WinRM does not answer there (HTTP %ld)", a->status);
out:
    http_free(c);
    http_host_free(h);
    return e;
}
