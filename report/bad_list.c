#include "report/bad_list.h"

#include "report/grid.h"
#include "report/host_list.h"
#include "report/verdict.h"

#define NAMES_COLUMNS 36

bool hosts_by_reason(const struct engine *g, struct tally *out)
{
    bool ok = true;
    for (size_t i = 0; ok && i < g->spec->n_hosts; i++) {
        const struct host_run *h = &g->hosts[i];
        bool final = h->state == HOST_FINAL;
        struct text key = {0};
        text_printf(&key, "%d %d %d %s", (int)h->state, final ? (int)h->outcome : -1,
                    g->spec->hosts[i].wave == 0, final ? h->why : "");
        ok = !key.bad && tally_add(out, text_str(&key), h, (uint32_t)i);
        text_fini(&key);
    }
    return ok;
}

static void row_add(const struct engine *g, const struct page *p, struct grid *to,
                    const struct tally_row *row)
{
    const struct host_run *h = row->sample;
    struct text t = {0};
    grid_add(to, TONE_BAD, outcome_words(h->outcome));
    host_list_put(p, &t, g->spec, row->hosts, row->n_hosts, NAMES_COLUMNS);
    grid_take(to, TONE_PLAIN, &t);
    page_said(p, &t, h->why);
    grid_take(to, TONE_PLAIN, &t);
}

static void more_add(struct grid *to, size_t hosts)
{
    struct text t = {0};
    if (!hosts)
        return;
    text_printf(&t, "and %zu more", hosts);
    grid_take(to, TONE_BAD, &t);
    grid_add(to, TONE_PLAIN, "");
    grid_add(to, TONE_PLAIN, "");
}

void bad_list_put(const struct engine *g, const struct page *p, struct text *t, size_t rows)
{
    static const enum outcome order[] = {OUTCOME_FAILED, OUTCOME_INCONCLUSIVE, OUTCOME_UNREACHABLE};
    struct grid to = {.columns = 3};
    struct tally y = {0};
    size_t more = 0;
    t->bad |= !hosts_by_reason(g, &y);
    for (size_t o = 0; o < COUNT(order); o++)
        for (uint32_t i = 0; i < y.n_rows; i++) {
            const struct host_run *h = y.rows[i].sample;
            if (h->state != HOST_FINAL || h->outcome != order[o])
                continue;
            if (to.n_cells < rows * to.columns)
                row_add(g, p, &to, &y.rows[i]);
            else
                more += y.rows[i].n_hosts;
        }
    more_add(&to, more);
    if (to.n_cells)
        text_char(t, '\n');
    grid_put(&to, p, t, 2);
    grid_fini(&to);
    tally_fini(&y);
}
