#include "report/text.h"

#include "report/bad_list.h"
#include "report/text_parts.h"
#include "report/verdict.h"

#include <stdio.h>
#include <string.h>

#define ATTENTION_MAX 6 /* reasons that the summary names */
#define DIGEST_SHOWN 12

const char *tell_time(const struct telling *k, int64_t ms, char buf[PAGE_TIME_SIZE])
{
    return k->one_day ? page_clock(ms, buf) : page_time(ms, buf);
}

enum tone outcome_tone(enum outcome o)
{
    if (outcome_is_bad(o))
        return TONE_BAD;
    return o == OUTCOME_SKIPPED ? TONE_QUIET : TONE_GOOD;
}

void tell_which(const struct telling *k, struct text *t, const uint32_t *hosts, size_t n,
                size_t all, size_t columns)
{
    if (n == all && n > 1) {
        if (n == 2)
            text_put(t, "both hosts");
        else
            text_printf(t, "all %zu hosts", n);
        return;
    }
    struct text names = {0};
    bool whole = host_list_put(k->p, &names, k->g->spec, hosts, n, columns);
    bool most = n > all / 2 && all > 0;
    if (n > 1)
        text_printf(t, "%zu hosts", n);
    if (n == 1 || whole || !most) /* of most of them the first few names say nothing */
        text_printf(t, "%s%s", n > 1 ? ": " : "", text_str(&names));
    t->bad |= names.bad;
    text_fini(&names);
}

static void fact(struct grid *g, const char *name, struct text *value)
{
    grid_add(g, TONE_QUIET, name);
    grid_take(g, TONE_PLAIN, value);
}

static void put_counts(struct text *t, const struct engine_counts *n)
{
    const char *part = ": ";
    text_printf(t, "%lld", (long long)n->total);
    for (int o = 0; o < OUTCOMES; o++)
        if (n->by_outcome[o]) {
            text_printf(t, "%s%lld %s", part, (long long)n->by_outcome[o],
                        outcome_words((enum outcome)o));
            part = ", ";
        }
    if (n->in_flight)
        text_printf(t, "%s%lld in flight", part, (long long)n->in_flight);
    if (n->queued)
        text_printf(t, "%s%lld not begun", n->in_flight ? ", " : part, (long long)n->queued);
}

static void put_ran(const struct telling *k, struct text *t)
{
    char from[PAGE_TIME_SIZE], to[PAGE_TIME_SIZE], took[PAGE_TIME_SIZE];
    int64_t end = k->r->finished_ms ? k->r->finished_ms : k->g->changed_ms;
    int64_t begun = k->g->created_ms;
    page_time(begun, from);
    page_took(end - begun, took);
    if (page_same_day(begun, end))
        page_clock(end, to);
    else
        page_time(end, to);
    text_printf(t, "%s to %s UTC (%s)%s", from, to, took,
                k->r->finished_ms ? "" : ", not finished");
}

static void put_waves(const struct telling *k, struct text *t)
{
    int32_t passed = 0;
    for (int32_t w = 0; w < k->g->spec->n_waves; w++)
        passed += k->g->waves[w].state == WAVE_PASSED;
    text_printf(t, "%d of %d passed", (int)passed, (int)k->g->spec->n_waves);
}

static void put_done(const struct telling *k, struct text *t)
{
    struct report_totals n;
    report_total(k->r, &n);
    page_count(t, n.written, "value or key changed", "values and keys changed");
    text_put(t, ", ");
    page_count(t, n.restarts, "restart proved", "restarts proved");
    if (n.restarts_open)
        text_printf(t, ", %lld not proved", (long long)n.restarts_open);
    if (n.restarts_owed)
        text_printf(t, ", %lld still owed", (long long)n.restarts_owed);
}

static void summary_facts(const struct telling *k)
{
    struct grid g = {.columns = 2};
    struct engine_counts n;
    struct text t = {0};
    engine_count(k->g, &n);
    page_said(k->p, &t, k->g->by[0] ? k->g->by : "nobody known");
    fact(&g, "asked by", &t);
    put_ran(k, &t);
    fact(&g, "ran", &t);
    text_printf(&t, "%.*s", DIGEST_SHOWN, k->g->spec->plan);
    if (k->g->spec->plan[0])
        fact(&g, "plan", &t);
    text_fini(&t);
    put_counts(&t, &n);
    fact(&g, "hosts", &t);
    put_waves(k, &t);
    fact(&g, "waves", &t);
    put_done(k, &t);
    fact(&g, "done", &t);
    text_char(k->t, '\n');
    grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
}

static void put_title(const struct telling *k)
{
    struct text t = {0};
    report_put_title(&t, k->g->rollout, k->g->spec, k->g->title);
    k->t->bad |= t.bad;
    page_put(k->p, k->t, TONE_TITLE, text_str(&t));
    text_char(k->t, '\n');
    text_fini(&t);
}

void tell_summary(struct telling *k)
{
    char verdict[REPORT_VERDICT_SIZE];
    unsigned bits = report_exit_bits(k->g);
    size_t line_start;
    put_title(k);
    line_start = k->t->used;
    page_tone(k->p, k->t, bits & ~(unsigned)REPORT_BIT_PAUSED ? TONE_BAD : bits ? TONE_BUSY
                                                                                : TONE_GOOD);
    page_wrap(k->p, k->t, &line_start, 0, report_verdict(k->g, verdict));
    page_tone(k->p, k->t, TONE_PLAIN);
    text_char(k->t, '\n');
    summary_facts(k);
    bad_list_put(k->g, k->p, k->t, ATTENTION_MAX);
}

enum err report_put_text(const struct report *r, const struct page *p, struct text *t)
{
    struct telling k = {.r = r, .g = r->engine, .p = p, .t = t};
    k.one_day = page_same_day(r->engine->created_ms, r->engine->changed_ms);
    tell_summary(&k);
    tell_waves(&k);
    tell_decisions(&k);
    tell_hosts(&k);
    tell_values(&k);
    tell_handshakes(&k);
    tell_certificates(&k);
    tell_notes(&k);
    tell_restarts(&k);
    tell_left_out(&k);
    return text_end(t);
}
