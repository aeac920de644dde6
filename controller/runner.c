/* The loop of a rollout. Everything that happens is an event, committed before it counts: outcomes
 * and decisions when they are made, intents before the workers get their steps. All that falls due
 * at one moment goes into one commit. */
#include "controller/runner.h"

#include "controller/app.h"
#include "controller/pool.h"
#include "controller/runner_load.h"
#include "controller/step.h"
#include "report/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 200 /* how soon another process's event, or a signal, is noticed */

struct piece { /* one step on its way to a worker and back */
    const struct job *job;
    size_t host;
    struct action action;
    struct step_result result;
};

struct loop {
    const struct running *r;
    struct loaded l;
    struct pool *pool;
    struct login_guard *guard;
    struct connection_cache *connections;
    bool *busy; /* beside the hosts: a step is under way */
    int n_busy;
    bool in_transaction;
    struct piece **ready; /* to be given to the workers once the commit is done */
    size_t n_ready;
    struct event *fresh; /* to be shown once the commit is done */
    size_t n_fresh, room_fresh;
    bool stopping;
};

static int64_t now_of(const struct loop *lp)
{
    return lp->r->world->clock->real_ms(lp->r->world->clock->self);
}

static void work(void *arg)
{
    struct piece *p = arg;
    step_run(p->job, &p->action, &p->result);
}

static enum err keep_for_progress(struct loop *lp, struct event *ev)
{
    if (lp->n_fresh == lp->room_fresh) {
        size_t room = lp->room_fresh ? lp->room_fresh * 2 : 64;
        struct event *grown = realloc(lp->fresh, room * sizeof *grown);
        if (!grown)
            return E_MEMORY;
        lp->fresh = grown;
        lp->room_fresh = room;
    }
    lp->fresh[lp->n_fresh++] = *ev; /* moved */
    *ev = (struct event){0};
    return OK;
}

struct hearing {
    struct loop *lp;
    struct why *why;
};

static enum err fold_foreign(void *self, const struct journal_row *row)
{
    struct hearing *h = self;
    struct event ev;
    enum err e = report_read_row(row, &ev, h->why);
    if (e != OK)
        return e;
    if ((e = engine_fold(h->lp->l.engine, &ev, h->why)) == OK)
        e = keep_for_progress(h->lp, &ev);
    event_fini(&ev);
    return e;
}

/* What other processes said of this rollout since: a pause, an approval, an abort. */
static enum err hear_others(struct loop *lp, struct why *why)
{
    struct journal_filter f = {.rollout = lp->r->rollout, .after_seq = lp->l.engine->last_seq};
    struct hearing h = {lp, why};
    return journal_read(lp->r->store, &f, fold_foreign, &h, why);
}

/* From here to the commit nobody else can write: what they said before is heard first, so that no
 * event is passed over. */
static enum err begin(struct loop *lp, struct why *why)
{
    enum err e;
    if (lp->in_transaction)
        return OK;
    if ((e = store_begin(lp->r->store, why)) != OK)
        return e;
    lp->in_transaction = true;
    return hear_others(lp, why);
}

/* Writes the event and folds it; *ev is moved. */
static enum err say(struct loop *lp, struct event *ev, struct why *why)
{
    enum err e;
    ev->rollout = lp->r->rollout;
    if (!ev->at_ms)
        ev->at_ms = now_of(lp);
    if ((e = begin(lp, why)) == OK && (e = event_append(lp->r->store, ev, why)) == OK &&
        (e = engine_fold(lp->l.engine, ev, why)) == OK)
        e = keep_for_progress(lp, ev);
    event_fini(ev);
    return e;
}

static void take_baseline(struct job *job, struct step_result *result)
{
    if (job->baseline.ports || result->ev.err != OK)
        return;
    job->baseline = result->ports; /* moved */
    result->ports = (struct port_list){0};
}

static enum err take_results(struct loop *lp, int64_t wait_ms, struct why *why)
{
    struct piece *p;
    enum err e = OK;
    while (e == OK && (p = pool_take(lp->pool, wait_ms))) {
        struct event *ev = &p->result.ev;
        struct host_run *h = &lp->l.engine->hosts[p->host];
        wait_ms = 0;
        lp->busy[p->host] = false;
        lp->n_busy--;
        ev->at_ms = now_of(lp);
        snprintf(ev->host, sizeof ev->host, "%s", p->job->target.name);
        if (ev->step == STEP_ARM && ev->err == OK) {
            name_list_fini(&lp->l.jobs[p->host].services);
            lp->l.jobs[p->host].services = p->result.services; /* moved */
            p->result.services = (struct name_list){0};
        }
        if (ev->step == STEP_PREFLIGHT)
            take_baseline(&lp->l.jobs[p->host], &p->result);
        if (host_is_news(h, lp->l.engine->spec, ev))
            e = say(lp, ev, why);
        else
            host_note(h, lp->l.engine->spec, ev);
        step_result_fini(&p->result);
        free(p);
    }
    return e;
}

/* What counts is decided when nobody else can say anything any more: a word that came meanwhile may
 * have changed it. */
static enum err decide_all(struct loop *lp, struct why *why)
{
    struct event ev;
    enum err e = OK;
    while (e == OK && engine_decide(lp->l.engine, now_of(lp), &ev))
        e = lp->in_transaction ? say(lp, &ev, why) : begin(lp, why);
    return e;
}

static enum err prepare_step(struct loop *lp, size_t host, const struct action *a, struct why *why)
{
    struct piece *p = calloc(1, sizeof *p);
    enum err e = OK;
    if (!p)
        return why_set(why, E_MEMORY, "no memory for a step");
    *p = (struct piece){.job = &lp->l.jobs[host], .host = host, .action = *a};
    if (step_needs_intent(a->step)) {
        struct event ev = {.kind = EV_INTENT, .step = a->step, .attempt = a->attempt};
        snprintf(ev.host, sizeof ev.host, "%s", p->job->target.name);
        e = say(lp, &ev, why);
    }
    if (e != OK) {
        free(p);
        return e;
    }
    lp->ready[lp->n_ready++] = p;
    lp->busy[host] = true;
    lp->n_busy++;
    return OK;
}

/* Steps for every host that is due, as many as there are workers; those nearest to their end come
 * first, so that a wave drains before it grows. */
static enum err prepare_steps(struct loop *lp, struct why *why)
{
    struct engine *g = lp->l.engine;
    enum err e = OK;
    int64_t now = now_of(lp), wake;
    struct action a;
    for (int state = HOST_FINAL - 1; state > HOST_QUEUED && !lp->stopping; state--)
        for (size_t i = 0; i < lp->l.n && e == OK && lp->n_busy < lp->r->forks; i++)
            if ((int)g->hosts[i].state == state && !lp->busy[i] &&
                engine_next(g, i, now, &a, &wake) == NEXT_STEP)
                e = prepare_step(lp, i, &a, why);
    return e;
}

static void show(struct loop *lp)
{
    for (size_t i = 0; i < lp->n_fresh; i++) {
        if (lp->r->progress)
            lp->r->progress(lp->r->self, lp->l.engine, &lp->fresh[i]);
        event_fini(&lp->fresh[i]);
    }
    lp->n_fresh = 0;
    if (lp->r->progress)
        lp->r->progress(lp->r->self, lp->l.engine, NULL);
}

static enum err commit_and_act(struct loop *lp, struct why *why)
{
    enum err e = lp->in_transaction ? store_commit(lp->r->store, why) : OK;
    lp->in_transaction = false;
    if (e != OK)
        return e;
    for (size_t i = 0; i < lp->n_ready; i++)
        if (pool_give(lp->pool, lp->ready[i]))
            lp->ready[i] = NULL; /* moved */
        else
            e = why_set(why, E_MEMORY, "no memory for the queue");
    if (e != OK)
        return e;
    lp->n_ready = 0;
    show(lp);
    return OK;
}

/* An operator's Ctrl-C: nothing new is begun, what is under way is seen to its end. */
static enum err stop(struct loop *lp, struct why *why)
{
    struct event ev = {.kind = EV_PAUSED};
    lp->stopping = true;
    if (engine_state(lp->l.engine) != ROLLOUT_RUNNING)
        return OK;
    snprintf(ev.by, sizeof ev.by, "%s", lp->r->by);
    snprintf(ev.why, sizeof ev.why, "interrupted at the keyboard");
    return say(lp, &ev, why);
}

static int64_t wait_of(const struct loop *lp)
{
    int64_t wake = engine_wake(lp->l.engine, now_of(lp)) - now_of(lp);
    return wake < 0 ? 0 : wake < TICK_MS ? wake
                                         : TICK_MS;
}

static enum err turn(struct loop *lp, struct why *why)
{
    enum err e;
    if (lp->r->stop && *lp->r->stop && !lp->stopping && (e = stop(lp, why)) != OK)
        return e;
    if ((e = hear_others(lp, why)) != OK || (e = take_results(lp, 0, why)) != OK ||
        (!lp->stopping && (e = decide_all(lp, why)) != OK) || (e = prepare_steps(lp, why)) != OK ||
        (e = commit_and_act(lp, why)) != OK)
        return e;
    connection_cache_sweep(lp->connections);
    if (lp->n_busy || !engine_is_at_rest(lp->l.engine))
        e = take_results(lp, wait_of(lp), why);
    return e;
}

static bool is_over(const struct loop *lp)
{
    return lp->n_busy == 0 && !lp->in_transaction &&
           (lp->stopping || engine_is_at_rest(lp->l.engine));
}

static enum err loop_init(struct loop *lp, struct why *why)
{
    struct event ev = {.kind = EV_CONTROLLER_STARTED};
    enum err e = runner_load(lp->r, &lp->l, why);
    if (e != OK)
        return e;
    lp->busy = calloc(lp->l.n + 1, sizeof *lp->busy);
    lp->ready = calloc(lp->l.n + 1, sizeof(struct piece *));
    lp->guard = login_guard_new();
    lp->connections = connection_cache_new();
    if (!lp->busy || !lp->ready || !lp->guard || !lp->connections)
        return why_set(why, E_MEMORY, "no memory for a rollout of %zu hosts", lp->l.n);
    for (size_t i = 0; i < lp->l.n; i++) {
        lp->l.jobs[i].guard = lp->guard;
        lp->l.jobs[i].connections = lp->connections;
    }
    snprintf(ev.by, sizeof ev.by, "%s", lp->r->by);
    if ((e = pool_new(lp->r->forks, work, &lp->pool, why)) != OK || (e = say(lp, &ev, why)) != OK)
        return e;
    return commit_and_act(lp, why);
}

static void loop_fini(struct loop *lp)
{
    struct piece *p;
    if (lp->in_transaction)
        store_rollback(lp->r->store);
    for (size_t i = 0; i < lp->n_ready; i++) { /* never given to a worker */
        lp->n_busy -= lp->ready[i] != NULL;
        free(lp->ready[i]);
    }
    while (lp->n_busy > 0)
        if ((p = pool_take(lp->pool, TICK_MS))) {
            step_result_fini(&p->result);
            free(p);
            lp->n_busy--;
        }
    pool_free(lp->pool);
    connection_cache_free(lp->connections);
    login_guard_free(lp->guard);
    for (size_t i = 0; i < lp->n_fresh; i++)
        event_fini(&lp->fresh[i]);
    free(lp->fresh);
    free(lp->ready);
    free(lp->busy);
    loaded_fini(&lp->l);
}

enum err runner_run(const struct running *r, struct engine **out, struct why *why)
{
    struct loop lp = {.r = r};
    enum err e = loop_init(&lp, why);
    *out = NULL;
    while (e == OK && !is_over(&lp))
        e = turn(&lp, why);
    if (e == OK) {
        *out = lp.l.engine;
        lp.l.engine = NULL; /* moved */
    }
    loop_fini(&lp);
    return e;
}
