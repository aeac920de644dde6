#include "controller/debts.h"

#include "controller/app.h"
#include "transport/transport.h"

#include <stdlib.h>
#include <string.h>

void debts_fini(struct debts *d)
{
    for (size_t i = 0; i < d->n; i++)
        free(d->items[i].host);
    free(d->items);
    *d = (struct debts){0};
}

const struct service_debt *debts_find(const struct debts *d, const char *host)
{
    for (size_t i = 0; i < d->n; i++)
        if (strcmp(d->items[i].host, host) == 0)
            return &d->items[i].debt;
    return NULL;
}

const char *service_start_words(int64_t start_type)
{
    switch (start_type) {
    case SERVICE_STARTS_AUTO: return "automatic";
    case SERVICE_STARTS_ON_DEMAND: return "on demand";
    case SERVICE_IS_DISABLED: return "disabled";
    default: return "unknown";
    }
}

/* Of all intents only a waking makes a debt: few hosts have one. */
static enum err host_add(void *self, const struct journal_row *row)
{
    struct debts *d = self;
    struct debt *grown;
    if (!strstr(row->body, "\"step\":\"wake\"") || debts_find(d, row->host))
        return OK;
    if (!(grown = realloc(d->items, (d->n + 1) * sizeof *grown)))
        return E_MEMORY;
    d->items = grown;
    d->items[d->n] = (struct debt){.host = str_dup(row->host)};
    return d->items[d->n].host ? (d->n++, OK) : E_MEMORY;
}

enum err debts_load(struct store *st, struct debts *out, struct why *why)
{
    struct journal_filter f = {.kind = event_kind_name(EV_INTENT)};
    struct debts d = {0};
    size_t n = 0;
    enum err e = journal_read(st, &f, host_add, &d, why);
    if (e == E_MEMORY)
        why_set(why, e, "no memory for the hosts that were woken");
    for (size_t i = 0; e == OK && i < d.n; i++) {
        struct ledger_entry entry = {0};
        if ((e = app_ledger(st, d.items[i].host, &entry, why)) != OK)
            break;
        d.items[i].debt = entry.service;
    }
    for (size_t i = 0; e == OK && i < d.n; i++)
        if (d.items[i].debt.owed)
            d.items[n++] = d.items[i];
        else
            free(d.items[i].host);
    if (e == OK) {
        d.n = n;
        *out = d;
        return OK;
    }
    debts_fini(&d);
    return e;
}
