/* What the rollout does next. Every limit that keeps a fleet safe is in this file. */
#include "rollout/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[] = {
    [ROLLOUT_EMPTY] = "empty",
    [ROLLOUT_RUNNING] = "running",
    [ROLLOUT_PAUSED] = "paused",
    [ROLLOUT_WAITING] = "waiting for approval",
    [ROLLOUT_ABORTING] = "aborting",
    [ROLLOUT_FINISHED] = "finished",
};

const char *rollout_state_name(enum rollout_state s)
{
    return state_names[s];
}

void engine_count(const struct engine *g, struct engine_counts *out)
{
    *out = (struct engine_counts){.total = g->spec ? (int64_t)g->spec->n_hosts : 0};
    for (int64_t i = 0; i < out->total; i++) {
        const struct host_run *h = &g->hosts[i];
        if (h->state == HOST_QUEUED) {
            out->queued++;
        } else if (h->state != HOST_FINAL) {
            out->in_flight++;
        } else {
            out->final++;
            out->by_outcome[h->outcome]++;
            out->bad += outcome_is_bad(h->outcome);
        }
    }
}

int32_t engine_wave(const struct engine *g)
{
    int32_t w = 1;
    while (w <= g->spec->n_waves && g->waves[w - 1].state == WAVE_PASSED)
        w++;
    return w;
}

static bool waits_for_approval(const struct engine *g)
{
    int32_t w = engine_wave(g);
    return g->spec->policy.approval_between_waves && w <= g->spec->n_waves && w > g->promoted &&
           g->waves[w - 1].state == WAVE_PENDING;
}

enum rollout_state engine_state(const struct engine *g)
{
    if (!g->spec)
        return ROLLOUT_EMPTY;
    if (g->finished)
        return ROLLOUT_FINISHED;
    if (g->aborted)
        return ROLLOUT_ABORTING;
    if (g->paused)
        return ROLLOUT_PAUSED;
    return waits_for_approval(g) ? ROLLOUT_WAITING : ROLLOUT_RUNNING;
}

bool engine_is_at_rest(const struct engine *g)
{
    struct engine_counts n;
    engine_count(g, &n);
    enum rollout_state s = engine_state(g);
    return s == ROLLOUT_FINISHED ||
           ((s == ROLLOUT_PAUSED || s == ROLLOUT_WAITING) && n.in_flight == 0);
}

enum next engine_next(const struct engine *g, size_t host, int64_t now_ms, struct action *out,
                      int64_t *wake_ms)
{
    return host_next(&g->hosts[host], g->spec, now_ms, out, wake_ms);
}

static bool pause_for(struct event *out, bool budget)
{
    out->kind = EV_PAUSED;
    out->budget = budget;
    return true;
}

static bool decide_budget(const struct engine *g, const struct engine_counts *n, struct event *out)
{
    if (n->bad < g->max_failed)
        return false;
    snprintf(out->why, sizeof out->why,
             "the failure budget is spent: %lld of %lld allowed failed "
             "(%lld failed, %lld unreachable, %lld inconclusive)",
             (long long)n->bad, (long long)g->max_failed, (long long)n->by_outcome[OUTCOME_FAILED],
             (long long)n->by_outcome[OUTCOME_UNREACHABLE],
             (long long)n->by_outcome[OUTCOME_INCONCLUSIVE]);
    return pause_for(out, true);
}

static bool affinity_is_busy(const struct engine *g, size_t host)
{
    const char *affinity = g->spec->hosts[host].affinity;
    for (size_t i = 0; affinity && i < g->spec->n_hosts; i++)
        if (i != host && g->spec->hosts[i].affinity &&
            strcmp(g->spec->hosts[i].affinity, affinity) == 0 && host_is_unavailable(&g->hosts[i]))
            return true;
    return false;
}

/* Starts one more host of the wave if the limits allow it; pauses if they never will by themselves.
 */
static bool decide_start(const struct engine *g, int32_t wave, const struct engine_counts *n,
                         struct event *out)
{
    int64_t away = 0, limit = amount_of(g->spec->policy.max_unavailable, n->total);
    bool queued = false;
    for (size_t i = 0; i < g->spec->n_hosts; i++)
        away += host_is_unavailable(&g->hosts[i]);
    for (size_t i = 0; i < g->spec->n_hosts; i++) {
        const struct spec_host *sh = &g->spec->hosts[i];
        if (sh->wave != wave || g->hosts[i].state != HOST_QUEUED)
            continue;
        queued = true;
        /* One that may be down since an earlier attempt takes up its place already. */
        if (away - host_is_unavailable(&g->hosts[i]) >= limit || affinity_is_busy(g, i))
            continue;
        out->kind = EV_HOST_STARTED;
        out->attempt = g->hosts[i].attempt + 1;
        snprintf(out->host, sizeof out->host, "%s", sh->name);
        return true;
    }
    if (!queued || n->in_flight)
        return false;
    snprintf(out->why, sizeof out->why,
             "%lld hosts may still be down (restart not proved), and max_unavailable or "
             "anti-affinity allows no more to be touched",
             (long long)away);
    return pause_for(out, false);
}

bool engine_wave_is_final(const struct engine *g, int32_t wave)
{
    for (size_t i = 0; i < g->spec->n_hosts; i++)
        if (g->spec->hosts[i].wave == wave && g->hosts[i].state != HOST_FINAL)
            return false;
    return true;
}

static bool decide_finish(const struct engine *g, const struct engine_counts *n, struct event *out)
{
    out->kind = EV_ROLLOUT_FINISHED;
    snprintf(
        out->why, sizeof out->why,
        "%s: %lld ok, %lld changed, %lld rolled back, %lld failed, %lld unreachable, "
        "%lld inconclusive, %lld skipped",
        g->aborted ? "aborted" : "all waves done", (long long)n->by_outcome[OUTCOME_OK],
        (long long)n->by_outcome[OUTCOME_CHANGED], (long long)n->by_outcome[OUTCOME_ROLLED_BACK],
        (long long)n->by_outcome[OUTCOME_FAILED], (long long)n->by_outcome[OUTCOME_UNREACHABLE],
        (long long)n->by_outcome[OUTCOME_INCONCLUSIVE], (long long)n->by_outcome[OUTCOME_SKIPPED]);
    return true;
}

/* After an abort the queued hosts are left alone, one decision each. */
static bool decide_abort(const struct engine *g, const struct engine_counts *n, struct event *out)
{
    for (size_t i = 0; i < g->spec->n_hosts; i++)
        if (g->hosts[i].state == HOST_QUEUED) {
            bool touched = g->hosts[i].changed;
            out->kind = EV_HOST_FINISHED;
            out->outcome = touched ? OUTCOME_INCONCLUSIVE : OUTCOME_SKIPPED;
            snprintf(out->host, sizeof out->host, "%s", g->spec->hosts[i].name);
            snprintf(out->why, sizeof out->why, "the rollout was aborted before this host%s%s",
                     touched ? " was tried again; an earlier try may have written" : "",
                     g->hosts[i].woken ? "; RemoteRegistry is not put back yet" : "");
            return true;
        }
    return n->in_flight == 0 && decide_finish(g, n, out);
}

/* Of all waves before: one that was gone through again soaks again. */
static int64_t soak_end(const struct engine *g, int32_t wave)
{
    int64_t passed = 0;
    for (int32_t w = 1; w < wave && w <= g->spec->n_waves; w++)
        if (g->waves[w - 1].passed_ms > passed)
            passed = g->waves[w - 1].passed_ms;
    return wave < 2 ? 0 : passed + g->spec->policy.soak_ms;
}

static bool decide_wave(const struct engine *g, int64_t now_ms, const struct engine_counts *n,
                        struct event *out)
{
    int32_t wave = engine_wave(g);
    if (wave > g->spec->n_waves)
        return decide_finish(g, n, out);
    if (g->waves[wave - 1].state == WAVE_RUNNING) {
        if (!engine_wave_is_final(g, wave))
            return now_ms >= soak_end(g, wave) && decide_start(g, wave, n, out);
        out->kind = EV_WAVE_PASSED;
        out->wave = wave;
        return true;
    }
    if (waits_for_approval(g) || now_ms < soak_end(g, wave))
        return false;
    out->kind = EV_WAVE_STARTED;
    out->wave = wave;
    return true;
}

bool engine_decide(const struct engine *g, int64_t now_ms, struct event *out)
{
    struct engine_counts n;
    *out = (struct event){.rollout = g->rollout};
    if (!g->spec || g->finished)
        return false;
    for (size_t i = 0; i < g->spec->n_hosts; i++)
        if (host_decide(&g->hosts[i], g->spec, now_ms, out)) {
            snprintf(out->host, sizeof out->host, "%s", g->spec->hosts[i].name);
            return true;
        }
    engine_count(g, &n);
    if (g->aborted)
        return decide_abort(g, &n, out);
    if (g->paused)
        return false;
    /* With nobody left in the queue a spent budget no longer stops anything. */
    if (n.queued > 0 && decide_budget(g, &n, out))
        return true;
    return decide_wave(g, now_ms, &n, out);
}

int64_t engine_wake(const struct engine *g, int64_t now_ms)
{
    int64_t wake = INT64_MAX, at;
    struct action unused;
    if (!g->spec || g->finished)
        return wake;
    for (size_t i = 0; i < g->spec->n_hosts; i++)
        if (host_next(&g->hosts[i], g->spec, now_ms, &unused, &at) == NEXT_WAIT && at < wake)
            wake = at;
    if (engine_state(g) == ROLLOUT_RUNNING && (at = soak_end(g, engine_wave(g))) > now_ms &&
        at < wake)
        wake = at;
    return wake;
}
