#include "report/model.h"

#include "report/host_parts.h"

#include <stdlib.h>

struct report *report_new(void)
{
    struct report *r = calloc(1, sizeof *r);
    if (r && !(r->texts = intern_new())) {
        free(r);
        return NULL;
    }
    return r;
}

void report_free(struct report *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_hosts; i++)
        host_report_fini(&r->hosts[i]);
    for (size_t i = 0; i < r->n_decisions; i++)
        free(r->decisions[i].hosts);
    free(r->hosts);
    free(r->decisions);
    intern_free(r->texts);
    free(r);
}

static enum err no_memory(struct why *why, const struct event *ev)
{
    return why_set(why, E_MEMORY, "no memory for the report (event %lld)", (long long)ev->seq);
}

static bool hosts_keep(const struct engine *g, const struct event *ev, struct report_decision *d)
{
    if (!ev->n_hosts)
        return true;
    if (!(d->hosts = calloc(ev->n_hosts, sizeof *d->hosts)))
        return false;
    for (size_t i = 0; i < ev->n_hosts; i++) {
        size_t at;
        if (engine_find(g, ev->hosts[i], &at))
            d->hosts[d->n_hosts++] = (uint32_t)at;
    }
    return true;
}

static bool decision_add(struct report *r, const struct engine *g, const struct event *ev)
{
    struct report_decision *d = LIST_ADD(r->decisions, r->n_decisions);
    if (!d)
        return false;
    *d = (struct report_decision){
        .seq = ev->seq,
        .at_ms = ev->at_ms,
        .kind = ev->kind,
        .by = intern_text(r->texts, ev->by),
        .text = intern_text(r->texts, ev->why[0] ? ev->why : ev->comment),
        .wave = ev->wave,
        .max_failed = ev->max_failed,
        .budget = ev->budget,
    };
    return d->by && d->text && hosts_keep(g, ev, d);
}

/* A new controller, or a retry, may have moved any host. */
static enum err hosts_follow(struct report *r, const struct engine *g, const struct event *ev,
                             struct why *why)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < g->spec->n_hosts; i++)
        e = host_report_see_rollout(&r->hosts[i], r->texts, &g->hosts[i], ev, why);
    return e;
}

enum err report_see(struct report *r, const struct engine *g, const struct event *ev,
                    struct why *why)
{
    size_t at;
    r->engine = g;
    if (!r->hosts) {
        if (!(r->hosts = calloc(g->spec->n_hosts, sizeof *r->hosts)))
            return no_memory(why, ev);
        r->n_hosts = g->spec->n_hosts;
    }
    if (ev->host[0]) {
        if (!engine_find(g, ev->host, &at))
            return why_set(why, E_CORRUPT, "event %lld: host '%s' is not in rollout %lld",
                           (long long)ev->seq, ev->host, (long long)g->rollout);
        return host_report_see(&r->hosts[at], r->texts, &g->hosts[at], ev, why);
    }
    if (!decision_add(r, g, ev))
        return no_memory(why, ev);
    if (ev->kind == EV_ROLLOUT_FINISHED)
        r->finished_ms = ev->at_ms;
    if (ev->kind == EV_RETRIED)
        r->finished_ms = 0;
    return ev->kind == EV_RETRIED || ev->kind == EV_CONTROLLER_STARTED
               ? hosts_follow(r, g, ev, why)
               : OK;
}

void report_total(const struct report *r, struct report_totals *out)
{
    const struct engine *g = r->engine;
    *out = (struct report_totals){.last_ms = g->changed_ms};
    for (size_t i = 0; i < g->spec->n_hosts; i++) {
        const struct report_host *h = &r->hosts[i];
        for (size_t k = 0; k < h->n_items; k++)
            out->written += report_result_of(&h->items[k]) == RESULT_WRITTEN;
        for (size_t k = 0; k < h->n_restarts; k++) {
            out->restarts += h->restarts[k].proved;
            out->restarts_open += h->restarts[k].asked && !h->restarts[k].proved &&
                                  !h->restarts[k].no_effect;
        }
        out->restarts_owed += report_owes_restart(&g->hosts[i]);
    }
}
