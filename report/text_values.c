/* Values before and after, each change once with the hosts that it was made on. */
#include "report/text_parts.h"

#include "registry/path.h"
#include "registry/value.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_COLUMNS 40 /* of one value */
#define NAME_COLUMNS 32
#define HOSTS_COLUMNS 44
#define ROWS_MAX 12 /* of one value that differed from host to host */

const char *item_name(const struct report_item *it)
{
    if (!it->name)
        return "(the key)";
    return it->name[0] ? it->name : "(default)";
}

void item_put_value(const struct page *p, struct text *t, const struct report_item *it,
                    const char *code)
{
    struct reg_value v = {0};
    struct text words = {0};
    if (value_from_code(code, &v) != OK) /* it was read once already: memory is out */
        t->bad = true;
    else if (!it->name)
        text_put(&words, v.absent ? "absent" : "there");
    else
        value_put_text(&words, &v);
    t->bad |= words.bad;
    page_said_cut(p, t, text_str(&words), VALUE_COLUMNS);
    text_fini(&words);
    value_fini(&v);
}

void item_put_key(const struct page *p, struct text *t, const struct report_item *it)
{
    struct reg_path path = {0};
    struct text words = {0};
    if (path_from_code(it->path, &path) != OK)
        t->bad = true;
    else
        path_put_text(&words, &path);
    t->bad |= words.bad;
    page_said(p, t, text_str(&words));
    text_fini(&words);
    path_fini(&path);
}

void item_put_change(const struct page *p, struct text *t, const struct report_item *it)
{
    item_put_value(p, t, it, it->before);
    switch (report_result_of(it)) {
    case RESULT_RIGHT: text_put(t, " already"); return;
    case RESULT_WRITTEN:
        text_printf(t, " %s ", page_arrow(p));
        item_put_value(p, t, it, it->goal);
        return;
    case RESULT_LEFT:
        text_put(t, it->did == DID_IN_USE ? ", left: the key is in use"
                                          : ", left: changed by somebody else");
        return;
    case RESULT_NOT_WRITTEN:
        text_put(t, ", not written: ");
        item_put_value(p, t, it, it->goal);
        return;
    case RESULTS: break;
    }
    abort();
}

static bool group_items(const struct telling *k, struct tally *y, size_t *with_items)
{
    bool ok = true;
    for (size_t i = 0; ok && i < k->g->spec->n_hosts; i++) {
        const struct report_host *h = &k->r->hosts[i];
        *with_items += h->n_items > 0;
        for (size_t n = 0; ok && n < h->n_items; n++) {
            const struct report_item *it = &h->items[n];
            struct text key = {0};
            text_printf(&key, "%s\n%d%s\n%s\n%s\n%d%d", it->path, it->name != NULL,
                        it->name ? it->name : "", it->before, it->goal, (int)report_result_of(it),
                        it->did == DID_IN_USE);
            ok = !key.bad && tally_add(y, text_str(&key), it, (uint32_t)i);
            text_fini(&key);
        }
    }
    return ok;
}

int item_compare(const struct report_item *a, const struct report_item *b)
{
    int order = str_cmp_nocase(a->path, b->path);
    if (!order && (!a->name || !b->name))
        return (a->name != NULL) - (b->name != NULL);
    return order || !a->name ? order : str_cmp_nocase(a->name, b->name);
}

static int compare_rows(const void *a, const void *b)
{
    const struct tally_row *ra = a, *rb = b;
    int order = item_compare(ra->sample, rb->sample);
    if (!order)
        order = (ra->n_hosts < rb->n_hosts) - (ra->n_hosts > rb->n_hosts);
    return order ? order : strcmp(ra->key, rb->key);
}

static bool same_place(const struct report_item *a, const struct report_item *b)
{
    return a->path == b->path && a->name == b->name; /* interned */
}

/* The rows of one value stand together. */
static uint32_t rows_of_place(const struct tally *y, uint32_t first)
{
    uint32_t n = 1;
    while (first + n < y->n_rows && same_place(y->rows[first + n].sample, y->rows[first].sample))
        n++;
    return n;
}

/* What was right already on every host is only counted. */
static bool is_news(const struct tally *y, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n; i++)
        if (report_result_of(y->rows[i].sample) != RESULT_RIGHT)
            return true;
    return false;
}

static enum tone result_tone(const struct report_item *it)
{
    enum report_result r = report_result_of(it);
    return r == RESULT_LEFT || r == RESULT_NOT_WRITTEN ? TONE_BAD : TONE_PLAIN;
}

/* All hosts are the rule, and not named. */
static void put_which(const struct telling *k, struct text *t, const struct tally_row *row,
                      size_t all)
{
    if (row->n_hosts != all)
        tell_which(k, t, row->hosts, row->n_hosts, all, HOSTS_COLUMNS);
}

static void row_add(const struct telling *k, struct grid *g, const struct tally_row *row,
                    bool first, size_t all)
{
    const struct report_item *it = row->sample;
    struct text t = {0};
    if (first)
        page_said_cut(k->p, &t, item_name(it), NAME_COLUMNS);
    grid_take(g, TONE_PLAIN, &t);
    item_put_change(k->p, &t, it);
    grid_take(g, result_tone(it), &t);
    put_which(k, &t, row, all);
    grid_take(g, TONE_QUIET, &t);
}

static void rows_left(struct grid *g, const struct tally *y, uint32_t from, uint32_t to)
{
    struct text t = {0};
    size_t hosts = 0;
    for (uint32_t i = from; i < to; i++)
        hosts += y->rows[i].n_hosts;
    grid_add(g, TONE_PLAIN, "");
    text_printf(&t, "and %u more on %zu hosts: see --format json", to - from, hosts);
    grid_take(g, TONE_QUIET, &t);
    grid_add(g, TONE_PLAIN, "");
}

/* The key above its values; what became of the key itself beside it, if that was the same on all
 * hosts that have it. */
static void key_add(const struct telling *k, struct grid *g, const struct tally_row *row, bool own,
                    size_t all)
{
    const struct report_item *it = row->sample;
    struct text t = {0};
    item_put_key(k->p, &t, it);
    if (own) {
        text_put(&t, "  (");
        item_put_change(k->p, &t, it);
        text_char(&t, ')');
    }
    if (own && row->n_hosts != all) {
        text_put(&t, "  ");
        put_which(k, &t, row, all);
    }
    grid_line(g, own ? result_tone(it) : TONE_PLAIN, &t);
}

/* The n rows of one value, or of a key itself. path: of what stands above. */
static void place_add(const struct telling *k, struct grid *g, const struct tally *y,
                      uint32_t first, uint32_t n, const char *path, size_t all)
{
    const struct report_item *it = y->rows[first].sample;
    bool own = !it->name && n == 1;
    if (path != it->path)
        key_add(k, g, &y->rows[first], own, all);
    for (uint32_t row = 0; !own && row < n && row < ROWS_MAX; row++)
        row_add(k, g, &y->rows[first + row], row == 0, all);
    if (n > ROWS_MAX)
        rows_left(g, y, first + ROWS_MAX, first + n);
}

static void put_rows(const struct telling *k, const struct tally *y, size_t all)
{
    struct grid g = {.columns = 3};
    const char *path = NULL;
    size_t right = 0;
    for (uint32_t i = 0, n; i < y->n_rows; i += n) {
        const struct report_item *it = y->rows[i].sample;
        n = rows_of_place(y, i);
        if (is_news(y, i, n)) {
            place_add(k, &g, y, i, n, path, all);
            path = it->path;
        } else {
            right += it->name != NULL;
        }
    }
    grid_put(&g, k->p, k->t, 4);
    grid_fini(&g);
    if (right)
        text_printf(k->t, "  %zu more %s right already and %s not shown\n", right,
                    right == 1 ? "value was" : "values were", right == 1 ? "is" : "are");
}

static void put_heading(const struct telling *k, size_t all)
{
    struct text t = {0};
    text_put(&t, "Values, before and after");
    if (all == 2)
        text_put(&t, ", on both hosts unless said otherwise");
    else if (all > 1)
        text_printf(&t, ", on all %zu hosts unless said otherwise", all);
    page_heading(k->p, k->t, text_str(&t));
    k->t->bad |= t.bad;
    text_fini(&t);
}

void tell_values(struct telling *k)
{
    struct tally y = {0};
    size_t all = 0;
    if (!group_items(k, &y, &all))
        k->t->bad = true;
    if (y.n_rows) {
        qsort(y.rows, y.n_rows, sizeof *y.rows, compare_rows);
        put_heading(k, all);
        put_rows(k, &y, all);
    }
    tally_fini(&y);
}
