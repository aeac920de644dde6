/* Waves, and what was decided on the way. */
#include "report/text_parts.h"
#include "report/verdict.h"

#include <string.h>

#define NAMES_COLUMNS 200 /* of hosts that are tried again */

static void put_took(struct grid *g, int64_t from_ms, int64_t to_ms)
{
    char took[PAGE_TIME_SIZE];
    grid_add(g, TONE_PLAIN, from_ms && to_ms >= from_ms ? page_took(to_ms - from_ms, took) : "");
}

/* "1 changed, 1 failed, 3 not begun" */
static void put_wave_counts(const struct telling *k, struct text *t, int32_t wave)
{
    int64_t by_outcome[OUTCOMES] = {0}, in_flight = 0, queued = 0;
    const char *part = "";
    for (size_t i = 0; i < k->g->spec->n_hosts; i++) {
        const struct host_run *h = &k->g->hosts[i];
        if (k->g->spec->hosts[i].wave != wave)
            continue;
        if (h->state == HOST_FINAL)
            by_outcome[h->outcome]++;
        else if (h->state == HOST_QUEUED)
            queued++;
        else
            in_flight++;
    }
    for (int o = 0; o < OUTCOMES; o++)
        if (by_outcome[o]) {
            text_printf(t, "%s%lld %s", part, (long long)by_outcome[o],
                        outcome_words((enum outcome)o));
            part = ", ";
        }
    if (in_flight)
        text_printf(t, "%s%lld in flight", part, (long long)in_flight);
    if (queued)
        text_printf(t, "%s%lld not begun", *part || in_flight ? ", " : "", (long long)queued);
}

static void wave_row(const struct telling *k, struct grid *g, int32_t wave)
{
    static const char *const words[] = {
        [WAVE_PENDING] = "not begun", [WAVE_RUNNING] = "under way", [WAVE_PASSED] = "passed"};
    const struct wave *w = &k->g->waves[wave - 1];
    char time[PAGE_TIME_SIZE];
    struct text t = {0};
    text_printf(&t, "%d", (int)wave);
    grid_take(g, TONE_PLAIN, &t);
    text_printf(&t, "%d", (int)w->hosts);
    grid_take(g, TONE_PLAIN, &t);
    grid_add(g, w->state == WAVE_PASSED ? TONE_GOOD : TONE_BUSY, words[w->state]);
    grid_add(g, TONE_PLAIN, w->state != WAVE_PENDING ? tell_time(k, w->started_ms, time) : "");
    put_took(g, w->started_ms, w->state == WAVE_PASSED ? w->passed_ms : 0);
    if (w->state != WAVE_PENDING)
        put_wave_counts(k, &t, wave);
    grid_take(g, TONE_PLAIN, &t);
}

void tell_waves(struct telling *k)
{
    static const char *const heads[] = {"wave", "hosts", "state", "began", "took", "outcome"};
    struct grid g = {.columns = COUNT(heads)};
    for (size_t c = 0; c < COUNT(heads); c++)
        grid_add(&g, TONE_QUIET, heads[c]);
    for (int32_t w = 1; w <= k->g->spec->n_waves; w++)
        wave_row(k, &g, w);
    page_heading(k->p, k->t, "Waves");
    grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
}

/* False for what is no news: waves have a table, and the first controller is the usual one. */
static bool decision_words(const struct telling *k, const struct report_decision *d, bool first,
                           struct text *t)
{
    switch (d->kind) {
    case EV_ROLLOUT_CREATED: text_put(t, "asked for this rollout"); return true;
    case EV_CONTROLLER_STARTED:
        text_put(t, "carried on, the program before had ended");
        return !first;
    case EV_PAUSED: text_put(t, "paused: "); break;
    case EV_RESUMED:
        text_put(t, "resumed");
        if (d->max_failed == HOSTS_ANY)
            text_put(t, ", any number of hosts may fail");
        else if (d->max_failed)
            text_printf(t, ", stops at %lld failed", (long long)d->max_failed);
        break;
    case EV_ABORTED: text_put(t, "aborted: "); break;
    case EV_PROMOTED: text_printf(t, "approved wave %d: ", (int)d->wave); break;
    case EV_RETRIED: {
        struct text list = {0};
        tell_which(k, &list, d->hosts, d->n_hosts, 0, NAMES_COLUMNS);
        text_printf(t, "again: %s", text_str(&list));
        t->bad |= list.bad;
        text_fini(&list);
        return true;
    }
    case EV_ROLLOUT_FINISHED: text_put(t, "finished"); return true; /* the summary says how */
    case EV_WAVE_STARTED:
    case EV_WAVE_PASSED:
    case EV_HOST_STARTED:
    case EV_INTENT:
    case EV_OUTCOME:
    case EV_RESTART_SETTLED:
    case EV_RESTART_PROVED:
    case EV_HOST_ENDING:
    case EV_HOST_FINISHED:
    case EVENT_KINDS: return false;
    }
    if (d->text[0])
        page_said(k->p, t, d->text);
    else if (t->used > 2 && strcmp(text_str(t) + t->used - 2, ": ") == 0)
        t->s[t->used -= 2] = '\0';
    return true;
}

void tell_decisions(struct telling *k)
{
    struct grid g = {.columns = 3};
    bool carried = false;
    for (size_t i = 0; i < k->r->n_decisions; i++) {
        const struct report_decision *d = &k->r->decisions[i];
        char time[PAGE_TIME_SIZE];
        struct text t = {0}, by = {0};
        bool news = decision_words(k, d, !carried, &t);
        carried |= d->kind == EV_CONTROLLER_STARTED;
        if (!news) {
            text_fini(&t);
            continue;
        }
        grid_add(&g, TONE_QUIET, tell_time(k, d->at_ms, time));
        page_said_cut(k->p, &by, d->by[0] ? d->by : "swell", 24);
        grid_take(&g, TONE_PLAIN, &by);
        grid_take(&g, TONE_PLAIN, &t);
    }
    page_heading(k->p, k->t, "Decisions");
    grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
}
