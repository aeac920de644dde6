/* Restarts and who witnessed them. Of many only the odd ones are named. */
#include "report/text_parts.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 60

struct away { /* how long a host was away, of those whose restart was proved */
    int64_t *ms;
    size_t n;
    int64_t longest_ms;
    size_t longest; /* host */
};

bool restart_is_odd(const struct report_restart *r)
{
    return r->asked && (!r->proved || r->restarts > 1 || r->was_going_down);
}

void restart_put_words(struct text *t, const struct report_restart *r)
{
    if (r->no_effect)
        text_put(t, "the request had no effect");
    else if (!r->proved)
        text_put(t, r->down_ms || r->up_ms ? "not proved" : "not seen");
    if (r->witnesses[0])
        text_printf(t, "%s%s", r->proved && !r->no_effect ? "" : ": ", r->witnesses);
    if (r->restarts > 1)
        text_printf(t, "; restarted %d times", (int)r->restarts);
    if (r->was_going_down)
        text_put(t, "; a restart was under way already");
    if (r->fate_unknown && !r->no_effect)
        text_put(t, "; whether the request arrived was not known at first");
}

static int compare_ms(const void *a, const void *b)
{
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static size_t count_asked(const struct telling *k)
{
    size_t n = 0;
    for (size_t i = 0; i < k->g->spec->n_hosts; i++)
        for (size_t r = 0; r < k->r->hosts[i].n_restarts; r++)
            n += k->r->hosts[i].restarts[r].asked;
    return n;
}

static void measure(const struct telling *k, struct away *a)
{
    for (size_t i = 0; i < k->g->spec->n_hosts; i++)
        for (size_t r = 0; r < k->r->hosts[i].n_restarts; r++) {
            const struct report_restart *restart = &k->r->hosts[i].restarts[r];
            if (!restart->proved)
                continue;
            a->ms[a->n++] = restart->took_ms;
            if (restart->took_ms >= a->longest_ms) {
                a->longest_ms = restart->took_ms;
                a->longest = i;
            }
        }
    qsort(a->ms, a->n, sizeof *a->ms, compare_ms);
}

/* "588 restarts proved: half of them took less than 41s, the longest (web77) 3m02s" */
static void put_statistics(const struct telling *k, size_t asked)
{
    struct away a = {.ms = calloc(asked, sizeof *a.ms)};
    char half[PAGE_TIME_SIZE], longest[PAGE_TIME_SIZE];
    size_t line_start = k->t->used;
    struct text t = {0};
    if (!a.ms) {
        k->t->bad = true;
        return;
    }
    measure(k, &a);
    text_printf(&t, "%zu of %zu proved", a.n, asked);
    if (a.n)
        text_printf(&t, "; half of them within %s, the longest %s (%s)",
                    page_took(a.ms[a.n / 2], half), page_took(a.longest_ms, longest),
                    k->g->spec->hosts[a.longest].name);
    text_put(&t, ". Named below is what was not as usual; --format json has all.");
    page_pad_to(k->t, line_start, 2);
    page_wrap(k->p, k->t, &line_start, 2, text_str(&t));
    text_char(k->t, '\n');
    k->t->bad |= t.bad;
    text_fini(&t);
    free(a.ms);
}

static void add_time(const struct telling *k, struct grid *g, int64_t ms)
{
    char time[PAGE_TIME_SIZE];
    grid_add(g, TONE_PLAIN, ms ? tell_time(k, ms, time) : "-");
}

static void add_row(const struct telling *k, struct grid *g, size_t host,
                    const struct report_restart *r)
{
    char took[PAGE_TIME_SIZE];
    struct text t = {0};
    page_said_cut(k->p, &t, k->g->spec->hosts[host].name, 40);
    grid_take(g, TONE_PLAIN, &t);
    add_time(k, g, r->asked_ms);
    add_time(k, g, r->down_ms);
    add_time(k, g, r->up_ms);
    grid_add(g, TONE_PLAIN, r->up_ms ? page_took(r->up_ms - r->asked_ms, took) : "-");
    restart_put_words(&t, r);
    grid_take(g, r->proved ? TONE_PLAIN : TONE_BAD, &t);
}

void tell_restarts(struct telling *k)
{
    static const char *const heads[] = {"host", "asked", "down", "back", "took", "witnesses"};
    struct grid g = {.columns = COUNT(heads)};
    size_t asked = count_asked(k), rows = 0;
    if (!asked)
        return;
    page_heading(k->p, k->t, "Restarts");
    if (asked > ROWS_MAX)
        put_statistics(k, asked);
    for (size_t c = 0; c < COUNT(heads); c++)
        grid_add(&g, TONE_QUIET, heads[c]);
    for (size_t i = 0; i < k->g->spec->n_hosts; i++)
        for (size_t n = 0; n < k->r->hosts[i].n_restarts && rows < ROWS_MAX; n++) {
            const struct report_restart *r = &k->r->hosts[i].restarts[n];
            if (!r->asked || (asked > ROWS_MAX && !restart_is_odd(r)))
                continue;
            add_row(k, &g, i, r);
            rows++;
        }
    if (rows)
        grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
}
