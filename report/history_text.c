#include "report/history.h"

#include "report/text_parts.h"
#include "report/verdict.h"

#include <stdlib.h>
#include <string.h>

static void line_begin(const struct page *p, struct text *t, const char *label, size_t *line_start)
{
    *line_start = t->used;
    text_put(t, "  ");
    page_put(p, t, TONE_QUIET, label);
    page_pad_to(t, *line_start, 12);
}

static void put_attempts(const struct page *p, struct text *t, const struct history_entry *en)
{
    for (size_t i = 0; i < en->host.n_attempts; i++) {
        const struct report_attempt *a = &en->host.attempts[i];
        char from[PAGE_TIME_SIZE], took[PAGE_TIME_SIZE];
        struct text words = {0};
        size_t line_start;
        line_begin(p, t, en->host.n_attempts > 1 ? "attempt" : "began", &line_start);
        text_printf(t, "%s  ", page_time(a->started_ms, from));
        if (!a->finished_ms)
            text_put(&words, host_state_words(en->run.state));
        else
            page_put(p, t, outcome_tone(a->outcome), outcome_words(a->outcome));
        if (a->finished_ms)
            text_printf(&words, "after %s%s%s", page_took(a->finished_ms - a->started_ms, took),
                        a->why[0] ? ": " : "", a->why);
        t->bad |= words.bad;
        if (a->finished_ms)
            text_char(t, ' ');
        page_wrap(p, t, &line_start, 12, text_str(&words));
        text_fini(&words);
        text_char(t, '\n');
    }
}

static int compare_items(const void *a, const void *b)
{
    const struct report_item *x, *y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return item_compare(x, y);
}

static void item_add(const struct page *p, struct grid *g, const struct report_item *it,
                     const char *path)
{
    struct text words = {0};
    if (path != it->path || !it->name) {
        item_put_key(p, &words, it);
        if (!it->name) {
            text_put(&words, "  (");
            item_put_change(p, &words, it);
            text_char(&words, ')');
        }
        grid_line(g, TONE_PLAIN, &words);
    }
    if (!it->name)
        return;
    page_said_cut(p, &words, item_name(it), 40);
    grid_take(g, TONE_PLAIN, &words);
    item_put_change(p, &words, it);
    grid_take(g, TONE_PLAIN, &words);
}

static void put_items(const struct page *p, struct text *t, const struct report_host *h)
{
    const struct report_item **sorted = calloc(h->n_items + 1u, sizeof *sorted);
    struct grid g = {.columns = 2};
    const char *path = NULL;
    size_t right = 0, n = 0;
    t->bad |= !sorted;
    for (size_t i = 0; sorted && i < h->n_items; i++)
        if (report_result_of(&h->items[i]) != RESULT_RIGHT)
            sorted[n++] = &h->items[i];
        else
            right += h->items[i].name != NULL;
    if (n)
        qsort(sorted, n, sizeof *sorted, compare_items);
    for (size_t i = 0; i < n; i++) {
        item_add(p, &g, sorted[i], path);
        path = sorted[i]->path;
    }
    if (n) {
        page_put(p, t, TONE_QUIET, "  values");
        text_char(t, '\n');
    }
    grid_put(&g, p, t, 6);
    grid_fini(&g);
    free(sorted);
    if (right)
        text_printf(t, "    %zu %s right already\n", right, right == 1 ? "was" : "were");
}

static void put_restarts(const struct page *p, struct text *t, const struct report_host *h)
{
    for (size_t i = 0; i < h->n_restarts; i++) {
        const struct report_restart *r = &h->restarts[i];
        char time[PAGE_TIME_SIZE], took[PAGE_TIME_SIZE];
        struct text words = {0};
        size_t line_start;
        if (!r->asked)
            continue;
        line_begin(p, t, "restart", &line_start);
        text_printf(t, "%s ", page_time(r->asked_ms, time));
        if (r->up_ms)
            text_printf(&words, "back after %s; ", page_took(r->up_ms - r->asked_ms, took));
        restart_put_words(&words, r);
        t->bad |= words.bad;
        page_wrap(p, t, &line_start, 12, text_str(&words));
        text_char(t, '\n');
        text_fini(&words);
    }
}

static void put_findings(const struct page *p, struct text *t, const struct report_host *h)
{
    for (size_t i = 0; i < h->n_findings; i++) {
        size_t line_start;
        line_begin(p, t, i ? "" : "handshakes", &line_start);
        page_wrap(p, t, &line_start, 12, h->findings[i].text);
        text_char(t, '\n');
    }
}

static void put_head(const struct page *p, struct text *t, const struct history_entry *en)
{
    char time[PAGE_TIME_SIZE];
    struct text title = {0};
    size_t line_start;
    report_put_title(&title, en->rollout, &en->spec, en->title);
    text_char(t, '\n');
    page_put(p, t, TONE_TITLE, text_str(&title));
    text_char(t, '\n');
    t->bad |= title.bad;
    text_fini(&title);
    line_begin(p, t, "asked", &line_start);
    text_printf(t, "%s  by ", page_time(en->created_ms, time));
    page_said(p, t, en->by[0] ? en->by : "nobody known");
    if (en->wave)
        text_printf(t, ", in wave %d", (int)en->wave);
    text_char(t, '\n');
}

/* What no attempt says: left out at the start, by an abort, or not come to yet. */
static void put_untouched(const struct page *p, struct text *t, const struct history_entry *en)
{
    const struct host_run *h = &en->run;
    size_t line_start;
    bool final = h->state == HOST_FINAL;
    if (en->host.n_attempts)
        return;
    line_begin(p, t, final ? outcome_words(h->outcome) : "state", &line_start);
    page_wrap(p, t, &line_start, 12, final ? h->why : host_state_words(h->state));
    text_char(t, '\n');
}

enum err history_put_text(const struct history *hs, const struct page *p, struct text *t)
{
    page_put(p, t, TONE_TITLE, hs->host);
    if (!hs->n_entries)
        text_put(t, ": no rollout ever had this host\n");
    else
        text_printf(t, ": %u %s, the newest last; times are UTC\n", hs->n_entries,
                    hs->n_entries == 1 ? "rollout" : "rollouts");
    for (size_t i = 0; i < hs->n_entries; i++) {
        const struct history_entry *en = &hs->entries[i];
        put_head(p, t, en);
        put_untouched(p, t, en);
        put_attempts(p, t, en);
        put_items(p, t, &en->host);
        put_restarts(p, t, &en->host);
        put_findings(p, t, &en->host);
        if (report_owes_restart(&en->run) && en->run.state == HOST_FINAL)
            text_put(t, "  owed        the restart that makes this take effect\n");
    }
    return text_end(t);
}
