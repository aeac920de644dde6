#include "controller/cli/wakes.h"

#include "controller/app.h"
#include "controller/debts.h"
#include "controller/runner.h"

#include <stdlib.h>

void wakes_fini(struct wakes *w)
{
    store_close(w->store);
    free(w->may_wake);
    free(w->debts);
    *w = (struct wakes){0};
}

static enum err host_may(const struct invocation *inv, const struct host *h, bool *out,
                         struct why *why)
{
    const char *said = host_var_get(h, "swell_wake_remote_registry");
    if (!said)
        *out = option_is_set(inv, OPT_WAKE);
    else if (!switch_parse(said, out))
        return why_place(why,
                         why_set(why, E_DATA, "swell_wake_remote_registry is '%.40s', "
                                              "expected yes or no",
                                 said),
                         "host %s", h->name);
    return OK;
}

/* A rollout that woke it puts it back itself, now or when it is resumed. */
static void debt_take(const struct debts *all, const struct host *h, struct service_debt *out)
{
    const struct service_debt *d = debts_find(all, h->name);
    if (d && d->rollout == 0)
        *out = *d;
}

enum err wakes_load(const struct invocation *inv, struct store *st, const struct inventory *hosts,
                    const bool *chosen, struct wakes *out, struct why *why)
{
    struct wakes w = {.inv = inv};
    struct debts all = {0};
    enum err e = debts_load(st, &all, why);
    if (e != OK)
        return e;
    w.may_wake = calloc(hosts->n_hosts + 1, sizeof *w.may_wake);
    w.debts = calloc(hosts->n_hosts + 1, sizeof *w.debts);
    if (!w.may_wake || !w.debts)
        e = why_set(why, E_MEMORY, "no memory for %zu hosts", hosts->n_hosts);
    for (size_t i = 0; e == OK && i < hosts->n_hosts; i++) {
        if (!chosen[i])
            continue;
        e = host_may(inv, &hosts->hosts[i], &w.may_wake[i], why);
        debt_take(&all, &hosts->hosts[i], &w.debts[i]);
    }
    debts_fini(&all);
    if (e == OK)
        *out = w;
    else
        wakes_fini(&w);
    return e;
}

static enum err journal_put(void *self, struct event *ev, struct why *why)
{
    struct wakes *w = self;
    enum err e = w->store ? OK : app_open(w->inv, APP_WRITE, &w->store, why);
    return e == OK ? rollout_append(w->store, 0, ev, ev->at_ms, why) : e;
}

void wakes_give(struct wakes *w, struct planning *pl)
{
    pl->may_wake = w->may_wake;
    pl->debts = w->debts;
    pl->journal = journal_put;
    pl->journal_self = w;
}
