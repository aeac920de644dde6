/* What the ports spoke before and after, equal ports together. */
#include "report/text_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS_COLUMNS 24

/* SSL 2.0 and 3.0 have a column only where a rule asked for them. */
static bool has_column(const struct tally *y, int v)
{
    bool asked = !tls_version_is_ssl((enum tls_version)v);
    for (uint32_t i = 0; i < y->n_rows && !asked; i++) {
        const struct report_port *p = y->rows[i].sample;
        asked = p->before.answers[v].seen != REPORT_NOT_ASKED ||
                p->after.answers[v].seen != REPORT_NOT_ASKED;
    }
    return asked;
}

static bool group_ports(const struct telling *k, struct tally *y)
{
    bool ok = true;
    for (size_t i = 0; ok && i < k->g->spec->n_hosts; i++) {
        const struct report_host *h = &k->r->hosts[i];
        for (size_t n = 0; ok && n < h->n_ports; n++) {
            const struct report_port *p = &h->ports[n];
            struct text key = {0};
            text_printf(&key, "%05u %s %d%d%d%d", p->port, p->dialect, p->before.taken,
                        p->before.open, p->after.taken, p->after.open);
            for (int v = 0; v < TLS_VERSIONS; v++)
                text_printf(&key, " %d%d", (int)p->before.answers[v].seen,
                            (int)p->after.answers[v].seen);
            ok = !key.bad && tally_add(y, text_str(&key), p, (uint32_t)i);
            text_fini(&key);
        }
    }
    return ok;
}

static const char *seen_words(const struct report_look *look, int v)
{
    if (!look->open)
        return "port closed";
    return look->answers[v].seen == REPORT_NOT_ASKED ? "not asked"
                                                     : report_seen_name(look->answers[v].seen);
}

static void add_version(const struct telling *k, struct grid *g, const struct report_port *p, int v)
{
    const char *after = seen_words(p->after.taken ? &p->after : &p->before, v);
    const char *before = p->before.taken ? seen_words(&p->before, v) : after;
    bool lost = p->before.taken && p->after.taken &&
                p->before.answers[v].seen == REPORT_ACCEPTED &&
                p->after.answers[v].seen != REPORT_ACCEPTED &&
                p->after.answers[v].seen != REPORT_REFUSED;
    struct text t = {0};
    text_put(&t, before);
    if (strcmp(before, after) != 0)
        text_printf(&t, " %s %s", page_arrow(k->p), after);
    grid_take(g, lost ? TONE_BAD : strcmp(before, after) != 0 ? TONE_GOOD
                                                              : TONE_PLAIN,
              &t);
}

static int compare_rows(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    const struct report_port *px = x->sample, *py = y->sample;
    int order = (px->port > py->port) - (px->port < py->port);
    if (!order)
        order = strcmp(px->dialect, py->dialect);
    if (!order)
        order = (x->n_hosts < y->n_hosts) - (x->n_hosts > y->n_hosts);
    return order ? order : strcmp(x->key, y->key);
}

static size_t hosts_of_port(const struct tally *y, const struct report_port *p)
{
    size_t n = 0;
    for (uint32_t i = 0; i < y->n_rows; i++) {
        const struct report_port *q = y->rows[i].sample;
        n += q->port == p->port && q->dialect == p->dialect ? y->rows[i].n_hosts : 0;
    }
    return n;
}

static void add_head(struct telling *k, struct grid *g, const bool columns[TLS_VERSIONS])
{
    page_heading(k->p, k->t, "Handshakes, before and after");
    grid_add(g, TONE_QUIET, "port");
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (columns[v])
            grid_add(g, TONE_QUIET, tls_version_words((enum tls_version)v));
    grid_add(g, TONE_QUIET, "");
}

void tell_handshakes(struct telling *k)
{
    struct grid g = {.columns = 2};
    struct tally y = {0};
    bool columns[TLS_VERSIONS];
    if (!group_ports(k, &y))
        k->t->bad = true;
    for (int v = 0; v < TLS_VERSIONS; v++)
        g.columns += columns[v] = has_column(&y, v);
    if (y.n_rows) {
        qsort(y.rows, y.n_rows, sizeof *y.rows, compare_rows);
        add_head(k, &g, columns);
    }
    for (uint32_t i = 0; i < y.n_rows; i++) {
        const struct report_port *p = y.rows[i].sample;
        struct text t = {0};
        text_printf(&t, "%u%s", p->port, p->dialect[0] ? " " : "");
        page_said_cut(k->p, &t, p->dialect, DIALECT_NAME_MAX);
        grid_take(&g, TONE_PLAIN, &t);
        for (int v = 0; v < TLS_VERSIONS; v++)
            if (columns[v])
                add_version(k, &g, p, v);
        tell_which(k, &t, y.rows[i].hosts, y.rows[i].n_hosts, hosts_of_port(&y, p), HOSTS_COLUMNS);
        if (!p->after.taken || !p->before.taken)
            text_printf(&t, " (only %s)", p->before.taken ? "before" : "after");
        grid_take(&g, TONE_QUIET, &t);
    }
    grid_put(&g, k->p, k->t, 2);
    grid_fini(&g);
    tally_fini(&y);
}
