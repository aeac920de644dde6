/* swell owed: hosts whose changes wait for a restart, and those whose RemoteRegistry is awake. */
#include "base/clock.h"
#include "base/file.h"
#include "controller/app.h"
#include "controller/debts.h"
#include "db/host_table.h"
#include "inventory/pattern.h"
#include "report/owed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Only hosts that were ever about to be written to can owe anything; some of them may have left the
 * inventory since. */
struct written {
    char **hosts;
    size_t n;
};

static void written_fini(struct written *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->hosts[i]);
    free(w->hosts);
}

static enum err written_add(void *self, const struct journal_row *row)
{
    struct written *w = self;
    if (w->n && strcmp(w->hosts[w->n - 1], row->host) == 0)
        return OK;
    if ((w->n & (w->n - 1)) == 0) { /* 0 or a power of two: full */
        char **more = realloc(w->hosts, (w->n ? 2 * w->n : 1) * sizeof(char *));
        if (!more)
            return E_MEMORY;
        w->hosts = more;
    }
    if (!(w->hosts[w->n] = str_dup(row->host)))
        return E_MEMORY;
    w->n++;
    return OK;
}

static int compare_names(const void *a, const void *b)
{
    const char *x, *y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return strcmp(x, y);
}

/* Sorted, each once. */
static enum err written_load(struct store *st, struct written *w, struct why *why)
{
    struct journal_filter f = {.kind = event_kind_name(EV_INTENT)};
    enum err e = journal_read(st, &f, written_add, w, why);
    size_t n = 0;
    if (e != OK)
        return e == E_MEMORY ? why_set(why, e, "no memory for the hosts that were written to") : e;
    if (w->n)
        qsort(w->hosts, w->n, sizeof *w->hosts, compare_names);
    for (size_t i = 0; i < w->n; i++)
        if (n && strcmp(w->hosts[n - 1], w->hosts[i]) == 0)
            free(w->hosts[i]);
        else
            w->hosts[n++] = w->hosts[i];
    w->n = n;
    return OK;
}

/* Drops those that are not marked. */
static void written_keep(struct written *w, const bool *keep)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        if (keep[i])
            w->hosts[n++] = w->hosts[i];
        else
            free(w->hosts[i]);
    w->n = n;
}

static enum err written_limit(struct store *st, const struct invocation *inv, struct written *w,
                              struct why *why)
{
    const char *limit = option_get(inv, OPT_LIMIT);
    struct inventory *hosts = NULL;
    bool *chosen = NULL, *keep = NULL;
    enum err e = OK;
    if (!limit || (e = host_table_load(st, &hosts, why)) != OK)
        goto out;
    chosen = calloc(hosts->n_hosts + 1, sizeof *chosen);
    keep = calloc(w->n + 1, sizeof *keep);
    if (!chosen || !keep) {
        e = why_set(why, E_MEMORY, "no memory for %zu hosts", hosts->n_hosts);
        goto out;
    }
    if ((e = pattern_select(hosts, limit, chosen, why)) != OK) {
        e = option_blame(inv, OPT_LIMIT, e, why);
        goto out;
    }
    for (size_t i = 0; i < hosts->n_hosts && w->n; i++) {
        const char *name = hosts->hosts[i].name;
        char **found = bsearch(&name, w->hosts, w->n, sizeof *w->hosts, compare_names);
        if (found && chosen[i])
            keep[found - w->hosts] = true;
    }
    written_keep(w, keep);
out:
    free(chosen);
    free(keep);
    inventory_free(hosts);
    return e;
}

static enum err owed_load(struct store *st, const struct written *w, struct owed *list, size_t *n,
                          struct why *why)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < w->n; i++) {
        struct ledger_entry entry = {0};
        e = app_ledger(st, w->hosts[i], &entry, why);
        if (e == OK && entry.owed)
            list[(*n)++] = (struct owed){w->hosts[i], entry.since_ms, entry.rollout};
    }
    return e;
}

/* What was woken on those of them. */
static enum err services_load(struct store *st, const struct written *w, struct debts *debts,
                              struct owed_service **out, size_t *n, struct why *why)
{
    enum err e = debts_load(st, debts, why);
    if (e != OK)
        return e;
    if (!(*out = calloc(debts->n + 1, sizeof **out)))
        return why_set(why, E_MEMORY, "no memory for %zu hosts", debts->n);
    for (size_t i = 0; i < debts->n; i++) {
        const struct debt *d = &debts->items[i];
        if (w->n && bsearch(&d->host, w->hosts, w->n, sizeof *w->hosts, compare_names))
            (*out)[(*n)++] = (struct owed_service){d->host, service_start_words(d->debt.start),
                                                   d->debt.since_ms, d->debt.rollout};
    }
    return OK;
}

struct lists {
    struct owed *restarts;
    struct owed_service *services;
    size_t n_restarts, n_services;
};

enum form { FORM_TEXT,
            FORM_JSON,
            FORM_CSV };

static enum err owed_print(const struct invocation *inv, const struct lists *l, enum form form,
                           struct why *why)
{
    struct page page = page_for(STDOUT_FILENO, option_is_set(inv, OPT_NO_COLOR));
    struct text t = {0};
    enum err e = OK;
    switch (form) {
    case FORM_TEXT:
        e = owed_put_text(l->restarts, l->n_restarts, clock_real_ms(), &page, &t);
        if (e == OK)
            e = owed_put_services_text(l->services, l->n_services, &page, &t);
        break;
    case FORM_JSON:
        e = owed_put_json(l->restarts, l->n_restarts, l->services, l->n_services, &t);
        break;
    case FORM_CSV: e = owed_put_csv(l->restarts, l->n_restarts, &t); break;
    }
    if (e == OK)
        e = file_write("-", text_str(&t), t.used, 0644, why);
    else
        e = why_set(why, e, "no memory for the list");
    text_fini(&t);
    return e;
}

int verb_owed(struct invocation *inv)
{
    static const char *const forms[] = {
        [FORM_TEXT] = "text", [FORM_JSON] = "json", [FORM_CSV] = "csv"};
    struct written w = {0};
    struct lists l = {0};
    struct debts debts = {0};
    struct store *st = NULL;
    struct why why = {0};
    size_t form = FORM_TEXT;
    enum err e;
    if ((e = option_word(inv, OPT_FORMAT, forms, COUNT(forms), FORM_TEXT, &form, &why)) != OK ||
        (e = app_open(inv, APP_READ, &st, &why)) != OK ||
        (e = written_load(st, &w, &why)) != OK || (e = written_limit(st, inv, &w, &why)) != OK)
        goto out;
    if (!(l.restarts = calloc(w.n + 1, sizeof *l.restarts))) {
        e = why_set(&why, E_MEMORY, "no memory for %zu hosts", w.n);
        goto out;
    }
    if ((e = owed_load(st, &w, l.restarts, &l.n_restarts, &why)) == OK &&
        (e = services_load(st, &w, &debts, &l.services, &l.n_services, &why)) == OK)
        e = owed_print(inv, &l, (enum form)form, &why);
out:
    free(l.restarts);
    free(l.services);
    debts_fini(&debts);
    written_fini(&w);
    store_close(st);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
