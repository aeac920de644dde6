#include "controller/runner_load.h"

#include "controller/app.h"
#include "controller/debts.h"
#include "controller/detail.h"
#include "db/plan_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void loaded_fini(struct loaded *l)
{
    for (size_t i = 0; i < l->n; i++)
        job_fini(&l->jobs[i]);
    free(l->jobs);
    plan_free(l->own);
    engine_free(l->engine);
    *l = (struct loaded){0};
}

/* Baselines by host, gathered while a rollout's events go by. */
struct baselines {
    struct port_list *lists;    /* beside the engine's hosts */
    struct name_list *services; /* so too: of the last STEP_ARM */
    size_t n;
    bool first_only; /* of several attempts, the first: what was there before any change */
};

static enum err visit_preflight(void *self, const struct engine *g, const struct event *ev)
{
    struct baselines *b = self;
    struct port_list list;
    enum err e;
    size_t at;
    if (!b->lists) {
        b->n = g->spec->n_hosts;
        b->lists = calloc(b->n + 1, sizeof *b->lists);
        b->services = calloc(b->n + 1, sizeof *b->services);
        if (!b->lists || !b->services)
            return E_MEMORY;
    }
    if (ev->kind == EV_OUTCOME && ev->step == STEP_ARM && ev->err == OK &&
        engine_find(g, ev->host, &at)) {
        name_list_fini(&b->services[at]);
        return detail_read_services(ev->detail, &b->services[at]);
    }
    if (ev->kind != EV_OUTCOME || ev->step != STEP_PREFLIGHT || ev->err != OK ||
        !engine_find(g, ev->host, &at) || (b->first_only && b->lists[at].ports))
        return OK;
    if ((e = detail_read_ports(ev->detail, &list)) != OK)
        return e;
    free(b->lists[at].ports);
    b->lists[at] = list;
    return OK;
}

static void baselines_fini(struct baselines *b)
{
    for (size_t i = 0; i < b->n && b->lists && b->services; i++) {
        free(b->lists[i].ports);
        name_list_fini(&b->services[i]);
    }
    free(b->lists);
    free(b->services);
}

static enum err job_fill(const struct running *r, struct loaded *l, size_t i, struct why *why)
{
    const struct spec_host *sh = &l->engine->spec->hosts[i];
    const struct host *h = NULL;
    struct login login;
    struct job *j = &l->jobs[i];
    enum err e;
    if (!sh->wave || l->engine->hosts[i].state == HOST_FINAL)
        return OK; /* it is not asked for anything, so it may be gone */
    for (size_t k = 0; !h && k < r->inventory->n_hosts; k++)
        if (strcmp(r->inventory->hosts[k].name, sh->name) == 0)
            h = &r->inventory->hosts[k];
    *j = (struct job){.world = r->world,
                      .policy = &l->engine->spec->policy,
                      .plan = plan_find_host(l->plan, sh->name),
                      .verify = l->plan->verify,
                      .n_verify = l->plan->n_verify,
                      .rollback = l->engine->spec->rollback,
                      .reason = l->reason};
    if (!h || !j->plan)
        return why_set(why, E_DATA, "host '%s' of the rollout is not in the %s any more", sh->name,
                       h ? "plan" : "inventory");
    if ((e = credentials_for(r->credentials, h, &login, why)) != OK)
        return e;
    job_target(j, h, &login);
    j->target.crowd = (unsigned)(l->n < (size_t)r->forks ? l->n : (size_t)r->forks);
    j->may_wake = j->plan->may_wake;
    return OK;
}

/* A rollback is judged by what was seen before the change that it undoes. */
static enum err load_expected(const struct running *r, struct loaded *l, struct why *why)
{
    struct baselines old = {.first_only = true};
    struct engine *g = NULL;
    enum err e =
        app_load_rollout(r->store, l->engine->spec->rollback_of, visit_preflight, &old, &g, why);
    for (size_t i = 0; e == OK && i < l->n; i++) {
        size_t at;
        if (!engine_find(g, l->engine->spec->hosts[i].name, &at) || at >= old.n)
            continue;
        l->jobs[i].expect = old.lists[at]; /* moved */
        old.lists[at] = (struct port_list){0};
    }
    baselines_fini(&old);
    engine_free(g);
    return e;
}

/* What an earlier run, or the making of a plan, woke and could not put back, is put back at the end
 * of this one. */
static enum err load_debts(const struct running *r, struct loaded *l, struct why *why)
{
    struct debts d = {0};
    enum err e = debts_load(r->store, &d, why);
    for (size_t i = 0; e == OK && i < d.n; i++) {
        size_t at;
        if (d.items[i].debt.rollout == r->rollout ||
            !engine_find(l->engine, d.items[i].host, &at) || !l->engine->spec->hosts[at].wave)
            continue;
        l->jobs[at].debt_start = d.items[i].debt.start;
        l->jobs[at].debt_state = d.items[i].debt.state;
    }
    debts_fini(&d);
    return e;
}

static enum err load_plan(const struct running *r, struct loaded *l, struct why *why)
{
    const char *digest = l->engine->spec->plan;
    enum err e;
    if (r->plan && strcmp(r->plan->digest, digest) == 0) {
        l->plan = r->plan;
        return OK;
    }
    e = plan_table_get(r->store, digest, &l->own, why);
    l->plan = l->own;
    return e;
}

enum err runner_load(const struct running *r, struct loaded *out, struct why *why)
{
    struct loaded l = {0};
    struct baselines own = {.first_only = true};
    enum err e;
    *out = l;
    if ((e = app_load_rollout(r->store, r->rollout, visit_preflight, &own, &l.engine, why)) != OK ||
        (e = load_plan(r, &l, why)) != OK)
        goto out;
    l.n = l.engine->spec->n_hosts;
    if (!(l.jobs = calloc(l.n + 1, sizeof *l.jobs))) {
        l.n = 0;
        e = why_set(why, E_MEMORY, "no memory for the jobs of a rollout");
        goto out;
    }
    snprintf(out->reason, sizeof out->reason, "Swell rollout %lld: %.100s", (long long)r->rollout,
             l.engine->title);
    memcpy(l.reason, out->reason, sizeof l.reason);
    *out = l; /* jobs point to out->reason, which stays */
    l = (struct loaded){0};
    for (size_t i = 0; e == OK && i < out->n; i++) {
        e = job_fill(r, out, i, why);
        if (e == OK && i < own.n) {
            out->jobs[i].baseline = own.lists[i]; /* moved */
            own.lists[i] = (struct port_list){0};
            out->jobs[i].services = own.services[i];
            own.services[i] = (struct name_list){0};
        }
    }
    if (e == OK)
        e = load_debts(r, out, why);
    if (e == OK && out->engine->spec->rollback)
        e = load_expected(r, out, why);
    if (e != OK)
        loaded_fini(out);
out:
    baselines_fini(&own);
    loaded_fini(&l);
    return e;
}
