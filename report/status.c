#include "report/status.h"

#include "report/bad_list.h"
#include "report/grid.h"
#include "report/host_list.h"
#include "report/verdict.h"

#include <stdlib.h>
#include <string.h>

#define BAD_MAX 10    /* reasons that are named */
#define FLIGHT_MAX 15 /* hosts in flight that are named */
#define BAR_COLUMNS 20

struct showing {
    const struct status *s;
    const struct engine *g;
    const struct page *p;
    struct text *t;
    struct engine_counts n;
};

static enum tone state_tone(enum rollout_state s, unsigned bits)
{
    if (bits & ~(unsigned)REPORT_BIT_PAUSED)
        return TONE_BAD;
    return s == ROLLOUT_FINISHED ? TONE_GOOD : TONE_BUSY;
}

static void put_head(struct showing *k)
{
    char verdict[REPORT_VERDICT_SIZE];
    struct text title = {0};
    size_t line_start;
    report_put_title(&title, k->g->rollout, k->g->spec, k->g->title);
    page_put(k->p, k->t, TONE_TITLE, text_str(&title));
    k->t->bad |= title.bad;
    text_fini(&title);
    text_char(k->t, '\n');
    line_start = k->t->used;
    page_tone(k->p, k->t, state_tone(engine_state(k->g), report_exit_bits(k->g)));
    page_wrap(k->p, k->t, &line_start, 0, report_verdict(k->g, verdict));
    page_tone(k->p, k->t, TONE_PLAIN);
    text_char(k->t, '\n');
}

/* Between two waves, while the last one shows what it is worth. */
static void put_soak(struct showing *k)
{
    int32_t wave = engine_wave(k->g);
    char clock[PAGE_TIME_SIZE], left[PAGE_TIME_SIZE];
    if (engine_state(k->g) != ROLLOUT_RUNNING || wave < 2 || wave > k->g->spec->n_waves ||
        k->g->waves[wave - 1].state != WAVE_PENDING)
        return;
    int64_t until_ms = k->g->waves[wave - 2].passed_ms + k->g->spec->policy.soak_ms;
    if (until_ms > k->s->now_ms)
        text_printf(k->t, "wave %d begins at %s UTC, after the soak (in %s)\n", (int)wave,
                    page_clock(until_ms, clock), page_took(until_ms - k->s->now_ms, left));
}

static bool is_bad(const struct host_run *h)
{
    return h->state == HOST_FINAL && outcome_is_bad(h->outcome);
}

static void host_cell(struct showing *k, struct grid *g, size_t host)
{
    struct text t = {0};
    page_said_cut(k->p, &t, k->g->spec->hosts[host].name, 40);
    grid_take(g, TONE_PLAIN, &t);
}

static void more_row(struct grid *g, size_t more)
{
    struct text t = {0};
    if (!more)
        return;
    text_printf(&t, "and %zu more", more);
    grid_take(g, TONE_QUIET, &t);
    for (size_t c = 1; c < g->columns; c++)
        grid_add(g, TONE_PLAIN, "");
}

static void put_outcomes(struct text *t, const int64_t by_outcome[OUTCOMES], int64_t in_flight)
{
    const char *part = "";
    for (int o = 0; o < OUTCOMES; o++)
        if (by_outcome[o]) {
            text_printf(t, "%s%lld %s", part, (long long)by_outcome[o],
                        outcome_words((enum outcome)o));
            part = ", ";
        }
    if (in_flight)
        text_printf(t, "%s%lld in flight", part, (long long)in_flight);
}

static void wave_row(struct showing *k, struct grid *g, int32_t wave)
{
    static const char *const words[] = {
        [WAVE_PENDING] = "not begun", [WAVE_RUNNING] = "under way", [WAVE_PASSED] = "passed"};
    static const enum tone tones[] = {
        [WAVE_PENDING] = TONE_QUIET, [WAVE_RUNNING] = TONE_BUSY, [WAVE_PASSED] = TONE_GOOD};
    const struct wave *w = &k->g->waves[wave - 1];
    int64_t by_outcome[OUTCOMES] = {0}, final = 0, in_flight = 0;
    bool bad = false;
    for (size_t i = 0; i < k->g->spec->n_hosts; i++) {
        const struct host_run *h = &k->g->hosts[i];
        if (k->g->spec->hosts[i].wave != wave)
            continue;
        in_flight += host_in_flight(h);
        final += h->state == HOST_FINAL;
        by_outcome[h->outcome] += h->state == HOST_FINAL;
        bad |= is_bad(h);
    }
    struct text t = {0};
    text_printf(&t, "wave %d", (int)wave);
    grid_take(g, TONE_PLAIN, &t);
    page_bar(k->p, &t, final, w->hosts, BAR_COLUMNS);
    grid_take(g, bad ? TONE_BAD : tones[w->state], &t);
    text_printf(&t, "%lld/%d", (long long) final, (int)w->hosts);
    grid_take(g, TONE_PLAIN, &t);
    grid_add(g, tones[w->state], words[w->state]);
    put_outcomes(&t, by_outcome, in_flight);
    grid_take(g, TONE_PLAIN, &t);
}

/* Of very many waves those around the present one. */
static void put_waves(struct showing *k)
{
    enum { WAVES_MAX = 12 };
    struct grid g = {.columns = 5};
    int32_t last = k->g->spec->n_waves, now = engine_wave(k->g), first = 1;
    if (last > WAVES_MAX) {
        first = now > WAVES_MAX / 2 ? now - WAVES_MAX / 2 : 1;
        first = first > last - WAVES_MAX + 1 ? last - WAVES_MAX + 1 : first;
        last = first + WAVES_MAX - 1;
    }
    if (last < 1)
        return;
    for (int32_t w = first; w <= last; w++)
        wave_row(k, &g, w);
    text_char(k->t, '\n');
    grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
    if (k->g->spec->n_waves > WAVES_MAX)
        text_printf(k->t, "  (waves %d to %d of %d)\n", (int)first, (int)last,
                    (int)k->g->spec->n_waves);
}

static void put_in_flight(struct showing *k)
{
    struct grid g = {.columns = 3};
    size_t named = 0;
    for (size_t i = 0; i < k->g->spec->n_hosts && named < FLIGHT_MAX; i++) {
        const struct host_run *h = &k->g->hosts[i];
        char since[PAGE_TIME_SIZE], clock[PAGE_TIME_SIZE];
        struct text t = {0};
        if (!host_in_flight(h))
            continue;
        named++;
        host_cell(k, &g, i);
        grid_add(&g, TONE_BUSY, host_state_words(h->state));
        text_printf(&t, "for %s, since %s UTC", page_took(k->s->now_ms - h->since_ms, since),
                    page_clock(h->since_ms, clock));
        if (h->tries)
            text_printf(&t, ", %lld tries failed", (long long)h->tries);
        grid_take(&g, TONE_QUIET, &t);
    }
    more_row(&g, (size_t)k->n.in_flight - named);
    if (g.n_cells)
        text_char(k->t, '\n');
    grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
}

static void next_row(struct showing *k, struct grid *g, const char *verb, const char *options,
                     const char *what)
{
    struct text t = {0};
    text_printf(&t, "swell %s %lld%s", verb, (long long)k->g->rollout, options);
    grid_take(g, TONE_PLAIN, &t);
    grid_add(g, TONE_QUIET, what);
}

/* The last wave in which something was written: the one that a person would put back. 0: none. */
static int32_t last_written_wave(const struct engine *g)
{
    int32_t last = 0;
    for (size_t i = 0; i < g->spec->n_hosts; i++)
        if (g->hosts[i].changed && g->spec->hosts[i].wave > last)
            last = g->spec->hosts[i].wave;
    return last;
}

/* Hosts that were never in a wave cannot be tried again: they are not in the plan. */
static void next_retry(struct showing *k, struct grid *g)
{
    static const char *const options[OUTCOMES] = {[OUTCOME_FAILED] = " --failed",
                                                  [OUTCOME_UNREACHABLE] = " --unreachable",
                                                  [OUTCOME_INCONCLUSIVE] = " --inconclusive"};
    int64_t bad[OUTCOMES] = {0};
    const char *option = NULL;
    for (size_t i = 0; i < k->g->spec->n_hosts; i++)
        if (is_bad(&k->g->hosts[i]) && k->g->spec->hosts[i].wave)
            bad[k->g->hosts[i].outcome]++;
    for (int o = 0; o < OUTCOMES; o++)
        if (bad[o])
            option = option ? "" : options[o]; /* without one all three are meant */
    if (option)
        next_row(k, g, "retry", option, "tries again what did not end well");
}

static void next_for_bad(struct showing *k, struct grid *g)
{
    struct text t = {0};
    int32_t wave = last_written_wave(k->g);
    next_retry(k, g);
    text_printf(&t, " --wave %d", (int)wave);
    if (k->n.bad && !k->g->spec->rollback && wave)
        next_row(k, g, "rollback", text_str(&t), "puts the values of that wave back");
    k->t->bad |= t.bad;
    text_fini(&t);
}

static void put_next(struct showing *k)
{
    enum rollout_state state = engine_state(k->g);
    bool idle = k->s->controller == AT_WORK_NO && !engine_is_at_rest(k->g);
    struct grid g = {.columns = 2};
    struct text more = {0};
    text_printf(&more, " --max-failed %lld", (long long)k->n.bad + 1);
    if (k->g->budget_spent)
        next_row(k, &g, "resume", text_str(&more), "goes on, until as many have failed");
    else if (state == ROLLOUT_PAUSED)
        next_row(k, &g, "resume", "", "goes on");
    else if (idle)
        next_row(k, &g, "resume", "", "carries it on");
    if (state == ROLLOUT_WAITING)
        next_row(k, &g, "promote", "", "approves the next wave");
    if (state == ROLLOUT_PAUSED || state == ROLLOUT_WAITING)
        next_row(k, &g, "abort", "", "ends it here; queued hosts are left alone");
    if (engine_is_at_rest(k->g))
        next_for_bad(k, &g);
    if (g.n_cells) {
        text_char(k->t, '\n');
        page_put(k->p, k->t, TONE_TITLE, "Next");
        text_char(k->t, '\n');
    }
    grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
    k->t->bad |= more.bad;
    text_fini(&more);
}

static void put_controller(struct showing *k)
{
    if (engine_state(k->g) == ROLLOUT_FINISHED || k->s->controller == AT_WORK_UNKNOWN)
        return;
    if (k->s->controller == AT_WORK_YES && k->s->process)
        text_printf(k->t, "a controller is at work (process %lld)\n", (long long)k->s->process);
    else if (k->s->controller == AT_WORK_YES)
        text_put(k->t, "a controller is at work\n");
    else if (engine_is_at_rest(k->g))
        text_put(k->t, "no controller is at work\n");
    else
        text_printf(k->t, "no controller is at work: `swell resume %lld` carries it on\n",
                    (long long)k->g->rollout);
}

enum err status_put_text(const struct status *s, const struct page *p, struct text *t)
{
    struct showing k = {.s = s, .g = s->engine, .p = p, .t = t};
    engine_count(k.g, &k.n);
    put_head(&k);
    put_soak(&k);
    put_controller(&k);
    bad_list_put(k.g, p, t, BAD_MAX);
    put_waves(&k);
    put_in_flight(&k);
    put_next(&k);
    return text_end(t);
}
