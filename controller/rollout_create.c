/* A plan becomes a rollout: hosts get their waves, and the first event is written. */
#include "controller/runner.h"

#include "db/plan_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a host counts that the plan could not include. */
static enum outcome left_out(const struct plan_host *h)
{
    if (h->verdict == PLAN_EXEMPT)
        return OUTCOME_SKIPPED;
    switch (err_class(h->err)) {
    case CLASS_UNREACHABLE:
    case CLASS_AGAIN: return OUTCOME_UNREACHABLE;
    case CLASS_FAIL_HOST:
    case CLASS_HALT: return OUTCOME_FAILED;
    case CLASS_OK: return OUTCOME_INCONCLUSIVE; /* a guard that could not be decided */
    }
    abort();
}

static enum err spec_fill(struct rollout_spec *spec, const struct plan *plan)
{
    int32_t *waves = calloc(plan->n_hosts + 1, sizeof *waves);
    size_t go = 0, k = 0;
    if (!waves)
        return E_MEMORY;
    for (size_t i = 0; i < plan->n_hosts; i++)
        go += plan->hosts[i].verdict == PLAN_GO;
    spec->n_waves = waves_assign(&spec->policy, (int64_t)go, waves);
    for (size_t i = 0; i < plan->n_hosts; i++) {
        const struct plan_host *from = &plan->hosts[i];
        struct spec_host *h = &spec->hosts[spec->n_hosts++];
        h->name = str_dup(from->name);
        h->affinity = str_dup(from->affinity);
        h->why = str_dup(from->reason);
        if (from->verdict == PLAN_GO)
            h->wave = waves[k++];
        else
            h->left_out = left_out(from);
        if (!h->name || (from->affinity && !h->affinity) || (from->reason && !h->why)) {
            free(waves);
            return E_MEMORY;
        }
    }
    free(waves);
    return OK;
}

static enum err spec_of(const struct plan *plan, const struct policy *policy,
                        struct rollout_spec **out)
{
    struct rollout_spec *spec = calloc(1, sizeof *spec);
    *out = spec;
    if (!spec || !(spec->hosts = calloc(plan->n_hosts + 1, sizeof *spec->hosts)))
        return E_MEMORY;
    spec->policy = *policy;
    spec->rollback = plan->kind == PLAN_ROLLBACK;
    spec->rollback_of = plan->rollback_of;
    memcpy(spec->plan, plan->digest, sizeof spec->plan);
    return spec_fill(spec, plan);
}

enum err event_append(struct store *st, struct event *ev, struct why *why)
{
    char *body = NULL;
    enum err e = event_encode(ev, &body);
    struct journal_row row = {.at_ms = ev->at_ms,
                              .rollout = ev->rollout,
                              .host = ev->host,
                              .kind = event_kind_name(ev->kind),
                              .body = body};
    if (e != OK)
        return why_set(why, e, "a '%s' event cannot be written", event_kind_name(ev->kind));
    e = journal_append(st, &row, why);
    ev->seq = row.seq;
    free(body);
    return e;
}

enum err rollout_append(struct store *st, int64_t rollout, struct event *ev, int64_t now_ms,
                        struct why *why)
{
    enum err e;
    ev->rollout = rollout;
    ev->at_ms = now_ms;
    if ((e = store_begin(st, why)) != OK || (e = event_append(st, ev, why)) != OK ||
        (e = store_commit(st, why)) != OK)
        store_rollback(st);
    return e;
}

enum err rollout_create(struct store *st, const struct plan *plan, const struct policy *policy,
                        const char *by, const char *title, int64_t now_ms, int64_t *rollout,
                        struct why *why)
{
    struct event ev = {.kind = EV_ROLLOUT_CREATED, .at_ms = now_ms};
    enum err e;
    size_t go = 0;
    for (size_t i = 0; i < plan->n_hosts; i++)
        go += plan->hosts[i].verdict == PLAN_GO;
    if (!go)
        return why_set(why, E_DATA,
                       "the plan has no host that can be done: %zu hosts, all left out",
                       plan->n_hosts);
    snprintf(ev.by, sizeof ev.by, "%s", by);
    snprintf(ev.comment, sizeof ev.comment, "%s", title);
    if ((e = spec_of(plan, policy, &ev.spec)) != OK) {
        why_set(why, e, "no memory for a rollout of %zu hosts", plan->n_hosts);
        goto out;
    }
    if ((e = store_begin(st, why)) != OK ||
        (e = journal_next_rollout(st, &ev.rollout, why)) != OK ||
        (e = plan_table_put(st, plan, why)) != OK || (e = event_append(st, &ev, why)) != OK ||
        (e = store_commit(st, why)) != OK)
        store_rollback(st);
    else
        *rollout = ev.rollout;
out:
    event_fini(&ev);
    return e;
}
