#include "controller/cli/crew.h"

#include "controller/cli/rollout_run.h"
#include "controller/credentials.h"
#include "db/host_table.h"

#include <stdlib.h>
#include <string.h>

/* The name of the n-th host that the rollout touches, NULL for one that it leaves out. */
typedef const char *nth_name(const void *self, size_t n);

static const char *name_in_plan(const void *self, size_t n)
{
    const struct plan *p = self;
    return p->hosts[n].verdict == PLAN_GO ? p->hosts[n].name : NULL;
}

struct carried {
    const struct engine *engine;
    const struct event *retried; /* or NULL */
};

static bool is_retried(const struct event *ev, const char *host)
{
    for (size_t i = 0; ev != NULL && i < ev->n_hosts; i++)
        if (strcmp(ev->hosts[i], host) == 0)
            return true;
    return false;
}

static const char *name_in_engine(const void *self, size_t n)
{
    const struct carried *c = self;
    const struct spec_host *h = &c->engine->spec->hosts[n];
    bool is_over = c->engine->hosts[n].state == HOST_FINAL && !is_retried(c->retried, h->name);
    return h->wave && !is_over ? h->name : NULL;
}

static enum err choose(const struct inventory *hosts, nth_name *name, const void *self, size_t n,
                       bool *chosen, struct why *why)
{
    for (size_t i = 0; i < n; i++) {
        const char *wanted = name(self, i);
        size_t at = 0;
        if (!wanted)
            continue;
        while (at < hosts->n_hosts && strcmp(hosts->hosts[at].name, wanted) != 0)
            at++;
        if (at == hosts->n_hosts)
            return why_set(why, E_DATA, "host '%s' of the rollout is not in the inventory any more",
                           wanted);
        chosen[at] = true;
    }
    return OK;
}

static enum err gather(const struct invocation *inv, struct store *st, nth_name *name,
                       const void *self, size_t n, struct crew *out, struct why *why)
{
    struct crew c = {0};
    bool *chosen = NULL;
    enum err e;
    if ((e = cli_forks(inv, &c.forks, why)) != OK ||
        (e = host_table_load(st, &c.hosts, why)) != OK)
        goto out;
    if (!(chosen = calloc(c.hosts->n_hosts + 1, sizeof *chosen))) {
        e = why_set(why, E_MEMORY, "no memory for %zu hosts", c.hosts->n_hosts);
        goto out;
    }
    if ((e = choose(c.hosts, name, self, n, chosen, why)) != OK ||
        (e = credentials_load(inv, c.hosts, chosen, &c.credentials, why)) != OK)
        goto out;
    *out = c;
    c = (struct crew){0}; /* moved */
out:
    free(chosen);
    crew_fini(&c);
    return e;
}

enum err crew_for_plan(const struct invocation *inv, struct store *st, const struct plan *plan,
                       struct crew *out, struct why *why)
{
    return gather(inv, st, name_in_plan, plan, plan->n_hosts, out, why);
}

enum err crew_for_rollout(const struct invocation *inv, struct store *st, const struct engine *g,
                          const struct event *retried, struct crew *out, struct why *why)
{
    const struct carried c = {.engine = g, .retried = retried};
    return gather(inv, st, name_in_engine, &c, g->spec->n_hosts, out, why);
}

void crew_fini(struct crew *c)
{
    credentials_free(c->credentials);
    inventory_free(c->hosts);
    *c = (struct crew){0};
}
