#include "controller/rollback.h"

#include "controller/app.h"
#include "controller/detail.h"
#include "db/plan_table.h"

#include <stdlib.h>
#include <string.h>

/* Of each host: the first before-image (later attempts would show our own work), and whether a
 * write was begun. */
struct images {
    char **snapshots; /* beside the hosts; JSON */
    bool *written, *woken;
    size_t n;
};

static enum err visit(void *self, const struct engine *g, const struct event *ev)
{
    struct images *im = self;
    size_t at;
    if (!im->snapshots) {
        im->n = g->spec->n_hosts;
        im->snapshots = calloc(im->n + 1, sizeof *im->snapshots);
        im->written = calloc(im->n + 1, sizeof *im->written);
        im->woken = calloc(im->n + 1, sizeof *im->woken);
        if (!im->snapshots || !im->written || !im->woken)
            return E_MEMORY;
    }
    if (!engine_find(g, ev->host, &at))
        return OK;
    if (ev->kind == EV_INTENT && ev->step == STEP_APPLY)
        im->written[at] = true;
    if (ev->kind == EV_INTENT && ev->step == STEP_WAKE)
        im->woken[at] = true;
    if (ev->kind != EV_OUTCOME || ev->step != STEP_SNAPSHOT || ev->err != OK || im->snapshots[at])
        return OK;
    im->snapshots[at] = str_dup(ev->detail ? ev->detail : "");
    return im->snapshots[at] ? OK : E_MEMORY;
}

static void images_fini(struct images *im)
{
    for (size_t i = 0; im->snapshots && i < im->n; i++)
        free(im->snapshots[i]);
    free(im->snapshots);
    free(im->written);
    free(im->woken);
}

static enum err host_back(struct store *st, const struct spec_host *sh, const char *snapshot,
                          struct plan_host *out, struct why *why)
{
    struct plan_host was = {.name = sh->name, .affinity = sh->affinity};
    struct ledger_entry owed;
    enum err e = detail_read_snapshot(snapshot, &was.changes, &was.n_changes);
    if (e != OK)
        return why_set(why, e, "the before-image of %s cannot be read", sh->name);
    if ((e = plan_host_invert(&was, out)) != OK)
        why_set(why, e, "no memory for the way back of %s", sh->name);
    else if ((e = app_ledger(st, sh->name, &owed, why)) == OK)
        out->owes_restart = owed.owed;
    for (size_t i = 0; i < was.n_changes; i++)
        change_fini(&was.changes[i]);
    free(was.changes);
    return e;
}

static bool in_scope(const struct rollback_scope *scope, const struct spec_host *sh)
{
    return sh->wave && (!scope->wave || sh->wave == scope->wave) &&
           (!scope->host || strcmp(scope->host, sh->name) == 0);
}

static enum err scope_check(const struct engine *g, const struct rollback_scope *scope,
                            struct why *why)
{
    size_t unused;
    if (scope->wave < 0 || scope->wave > g->spec->n_waves)
        return why_set(why, E_USAGE, "rollout %lld has no wave %d; it has %d",
                       (long long)g->rollout, (int)scope->wave, (int)g->spec->n_waves);
    if (scope->host && !engine_find(g, scope->host, &unused))
        return why_set(why, E_USAGE, "rollout %lld has no host '%s'", (long long)g->rollout,
                       scope->host);
    for (size_t i = 0; i < g->spec->n_hosts; i++)
        if (in_scope(scope, &g->spec->hosts[i]) && host_in_flight(&g->hosts[i]))
            return why_set(
                why, E_USAGE,
                "host '%s' is still on its way (%s): `swell resume %lld` brings it to an end first",
                g->spec->hosts[i].name, host_state_name(g->hosts[i].state), (long long)g->rollout);
    return OK;
}

static enum err plan_begin(const struct engine *g, const struct plan *of, int64_t now_ms,
                           struct plan **out)
{
    struct plan *p = calloc(1, sizeof *p);
    *out = p;
    if (!p)
        return E_MEMORY;
    p->kind = PLAN_ROLLBACK;
    p->rollback_of = g->rollout;
    p->made_at_ms = now_ms;
    if (!(p->title = str_dup(g->title)) || !(p->playbook = str_dup(of->playbook)) ||
        !(p->hosts = calloc(g->spec->n_hosts + 1, sizeof *p->hosts)) ||
        !(p->verify = calloc(of->n_verify + 1, sizeof *p->verify)))
        return E_MEMORY;
    if (of->n_verify)
        memcpy(p->verify, of->verify, of->n_verify * sizeof *p->verify);
    p->n_verify = of->n_verify;
    return OK;
}

enum err rollback_plan(struct store *st, int64_t rollout, const struct rollback_scope *scope,
                       int64_t now_ms, struct plan **out, struct why *why)
{
    struct images im = {0};
    struct engine *g = NULL;
    struct plan *of = NULL, *plan = NULL;
    enum err e;
    *out = NULL;
    if ((e = app_load_rollout(st, rollout, visit, &im, &g, why)) != OK ||
        (e = scope_check(g, scope, why)) != OK ||
        (e = plan_table_get(st, g->spec->plan, &of, why)) != OK)
        goto out;
    if ((e = plan_begin(g, of, now_ms, &plan)) != OK) {
        why_set(why, e, "no memory for the way back");
        goto out;
    }
    for (size_t i = 0; e == OK && i < g->spec->n_hosts; i++)
        if (in_scope(scope, &g->spec->hosts[i]) && im.written[i] && im.snapshots[i] &&
            (e = host_back(st, &g->spec->hosts[i], im.snapshots[i], &plan->hosts[plan->n_hosts],
                           why)) == OK) {
            const struct plan_host *was = plan_find_host(of, g->spec->hosts[i].name);
            plan->hosts[plan->n_hosts++].may_wake = im.woken[i] || (was && was->may_wake);
        }
    if (e == OK && !plan->n_hosts)
        e = why_set(why, E_ABSENT,
                    "rollout %lld wrote nothing there, so there is nothing to put back",
                    (long long)rollout);
    if (e == OK && (e = plan_seal(plan)) != OK)
        why_set(why, e, "the plan cannot be sealed");
    if (e != OK)
        goto out;
    *out = plan;
    plan = NULL; /* moved */
out:
    plan_free(plan);
    plan_free(of);
    engine_free(g);
    images_fini(&im);
    return e;
}
