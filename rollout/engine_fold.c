/* Folding events into the state of the whole rollout. What is to be done next is in engine.c. */
#include "rollout/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct engine *engine_new(void)
{
    return calloc(1, sizeof(struct engine));
}

void engine_free(struct engine *g)
{
    if (!g)
        return;
    spec_free(g->spec);
    free(g->hosts);
    free(g->by_name);
    free(g->waves);
    free(g);
}

static const struct rollout_spec *sort_spec(const struct rollout_spec *set)
{
    static _Thread_local const struct rollout_spec *spec; /* qsort has no argument for it */
    if (set)
        spec = set;
    return spec;
}

static int compare_names(const void *a, const void *b)
{
    uint32_t i, k;
    memcpy(&i, a, sizeof i);
    memcpy(&k, b, sizeof k);
    return strcmp(sort_spec(NULL)->hosts[i].name, sort_spec(NULL)->hosts[k].name);
}

bool engine_find(const struct engine *g, const char *host, size_t *index)
{
    size_t low = 0, high = g->spec ? g->spec->n_hosts : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(host, g->spec->hosts[g->by_name[mid]].name);
        if (order == 0) {
            *index = g->by_name[mid];
            return true;
        }
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return false;
}

static const char *name_twice(const struct rollout_spec *spec, const uint32_t *by_name)
{
    for (size_t i = 1; i < spec->n_hosts; i++)
        if (strcmp(spec->hosts[by_name[i - 1]].name, spec->hosts[by_name[i]].name) == 0)
            return spec->hosts[by_name[i]].name;
    return NULL;
}

/* NULL when memory is out. */
static uint32_t *sort_names(const struct rollout_spec *spec)
{
    uint32_t *by_name = calloc(spec->n_hosts, sizeof *by_name);
    for (size_t i = 0; by_name && i < spec->n_hosts; i++)
        by_name[i] = (uint32_t)i;
    sort_spec(spec);
    if (by_name)
        qsort(by_name, spec->n_hosts, sizeof *by_name, compare_names);
    return by_name;
}

static void leave_out(struct host_run *run, const struct spec_host *h, int64_t now_ms)
{
    run->state = HOST_FINAL;
    run->outcome = h->left_out;
    run->finished_ms = now_ms;
    snprintf(run->why, sizeof run->why, "%s", h->why ? h->why : "");
}

static enum err fold_created(struct engine *g, struct event *ev, struct why *why)
{
    struct rollout_spec *spec = ev->spec;
    struct host_run *hosts = NULL;
    struct wave *waves = NULL;
    uint32_t *by_name = NULL;
    enum err e = OK;
    if (g->spec || !spec || !spec->n_hosts)
        return why_set(why, E_CORRUPT, "event %lld: a rollout is created once, with hosts",
                       (long long)ev->seq);
    hosts = calloc(spec->n_hosts, sizeof *hosts);
    waves = calloc((size_t)spec->n_waves + 1, sizeof *waves);
    by_name = sort_names(spec);
    if (!hosts || !waves || !by_name)
        e = why_set(why, E_MEMORY, "no memory for a rollout of %zu hosts", spec->n_hosts);
    else if (name_twice(spec, by_name))
        e = why_set(why, E_CORRUPT, "event %lld: the rollout has host '%s' twice",
                    (long long)ev->seq, name_twice(spec, by_name));
    if (e != OK)
        goto out;
    for (size_t i = 0; i < spec->n_hosts; i++)
        if (spec->hosts[i].wave)
            waves[spec->hosts[i].wave - 1].hosts++;
        else
            leave_out(&hosts[i], &spec->hosts[i], ev->at_ms);
    g->hosts = hosts;
    g->waves = waves;
    g->by_name = by_name;
    g->spec = spec;
    ev->spec = NULL; /* moved */
    hosts = NULL;
    waves = NULL;
    by_name = NULL;
    g->rollout = ev->rollout;
    g->max_failed = spec->policy.max_failed;
    g->promoted = 1;
    g->created_ms = ev->at_ms;
    memcpy(g->by, ev->by, sizeof g->by);
    memcpy(g->title, ev->comment, sizeof g->title);
out:
    free(hosts);
    free(waves);
    free(by_name);
    return e;
}

static enum err fold_wave(struct engine *g, const struct event *ev, struct why *why)
{
    if (ev->wave < 1 || ev->wave > g->spec->n_waves)
        return why_set(why, E_CORRUPT, "event %lld: there is no wave %d", (long long)ev->seq,
                       (int)ev->wave);
    struct wave *w = &g->waves[ev->wave - 1];
    enum wave_state from = ev->kind == EV_WAVE_STARTED ? WAVE_PENDING : WAVE_RUNNING;
    if (w->state != from || (ev->wave > 1 && w[-1].state != WAVE_PASSED) ||
        (ev->kind == EV_WAVE_PASSED && !engine_wave_is_final(g, ev->wave)))
        return why_set(why, E_CORRUPT,
                       "event %lld (%s) cannot follow: wave %d is not at that point",
                       (long long)ev->seq, event_kind_name(ev->kind), (int)ev->wave);
    if (ev->kind == EV_WAVE_STARTED) {
        w->state = WAVE_RUNNING;
        w->started_ms = ev->at_ms;
    } else {
        w->state = WAVE_PASSED;
        w->passed_ms = ev->at_ms;
    }
    return OK;
}

/* *named, beside the hosts, tells which ones the event names; the caller frees it. */
static enum err retried_check(const struct engine *g, const struct event *ev, bool **named,
                              struct why *why)
{
    *named = calloc(g->spec->n_hosts, sizeof **named);
    if (!*named)
        return why_set(why, E_MEMORY, "no memory for a list of hosts");
    for (size_t i = 0; i < ev->n_hosts; i++) {
        size_t at;
        if (!engine_find(g, ev->hosts[i], &at) || g->hosts[at].state != HOST_FINAL ||
            !g->spec->hosts[at].wave || (*named)[at])
            return why_set(why, E_CORRUPT, "event %lld: %s cannot be tried again",
                           (long long)ev->seq, ev->hosts[i]);
        (*named)[at] = true;
    }
    return OK;
}

static enum err fold_retried(struct engine *g, const struct event *ev, struct why *why)
{
    bool *named = NULL;
    enum err e = retried_check(g, ev, &named, why);
    for (size_t i = 0; e == OK && i < g->spec->n_hosts; i++) {
        if (!named[i])
            continue;
        struct wave *w = &g->waves[g->spec->hosts[i].wave - 1];
        if (w->state == WAVE_PASSED)
            w->state = WAVE_RUNNING;
        e = host_fold(&g->hosts[i], g->spec, ev, why);
    }
    free(named);
    if (e != OK)
        return e;
    g->paused = g->finished = g->aborted = g->budget_spent = false;
    g->retried = true;
    return OK;
}

static void fold_resumed(struct engine *g, const struct event *ev)
{
    g->paused = g->budget_spent = false;
    if (ev->max_failed)
        g->max_failed = ev->max_failed;
}

static enum err fold_host(struct engine *g, const struct event *ev, struct why *why)
{
    size_t at;
    if (!engine_find(g, ev->host, &at))
        return why_set(why, E_CORRUPT, "event %lld: host '%s' is not in rollout %lld",
                       (long long)ev->seq, ev->host, (long long)g->rollout);
    int32_t wave = g->spec->hosts[at].wave;
    if (ev->kind == EV_HOST_STARTED && wave && g->waves[wave - 1].state != WAVE_RUNNING)
        return why_set(why, E_CORRUPT, "event %lld: wave %d of host %s is not under way",
                       (long long)ev->seq, (int)wave, ev->host);
    return host_fold(&g->hosts[at], g->spec, ev, why);
}

static void set_why(struct engine *g, const struct event *ev)
{
    memcpy(g->why, ev->why, sizeof g->why);
}

enum err engine_fold(struct engine *g, struct event *ev, struct why *why)
{
    enum err e = OK;
    if (ev->kind != EV_ROLLOUT_CREATED && !g->spec)
        return why_set(why, E_CORRUPT, "event %lld comes before its rollout was created",
                       (long long)ev->seq);
    switch (ev->kind) {
    case EV_ROLLOUT_CREATED: e = fold_created(g, ev, why); break;
    case EV_CONTROLLER_STARTED:
        for (size_t i = 0; i < g->spec->n_hosts; i++)
            host_controller_started(&g->hosts[i], ev->at_ms);
        break;
    case EV_PAUSED:
        g->paused = true;
        g->budget_spent = ev->budget;
        set_why(g, ev);
        break;
    case EV_RESUMED: fold_resumed(g, ev); break;
    case EV_ABORTED:
        g->aborted = true;
        g->paused = false;
        set_why(g, ev);
        break;
    case EV_PROMOTED: g->promoted = ev->wave > g->promoted ? ev->wave : g->promoted; break;
    case EV_RETRIED: e = fold_retried(g, ev, why); break;
    case EV_WAVE_STARTED:
    case EV_WAVE_PASSED: e = fold_wave(g, ev, why); break;
    case EV_ROLLOUT_FINISHED:
        g->finished = true;
        g->retried = false;
        set_why(g, ev);
        break;
    case EV_HOST_STARTED:
    case EV_INTENT:
    case EV_OUTCOME:
    case EV_RESTART_SETTLED:
    case EV_RESTART_PROVED:
    case EV_HOST_ENDING:
    case EV_HOST_FINISHED: e = fold_host(g, ev, why); break;
    case EVENT_KINDS: e = E_INTERNAL; break;
    }
    if (e == OK) {
        g->changed_ms = ev->at_ms;
        g->last_seq = ev->seq;
    }
    return e;
}
