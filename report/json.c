#include "report/json.h"

#include "report/json_parts.h"
#include "report/verdict.h"

#include <stdlib.h>

json_t *counts_json(const struct engine_counts *n)
{
    json_t *o = json_pack("{s:I}", "hosts", (json_int_t)n->total);
    bool ok = o != NULL;
    for (int i = OUTCOME_NONE + 1; ok && i < OUTCOMES; i++)
        ok = json_object_set_new(o, outcome_name((enum outcome)i),
                                 json_integer(n->by_outcome[i])) == 0;
    ok = ok && json_object_set_new(o, "in_flight", json_integer(n->in_flight)) == 0 &&
         json_object_set_new(o, "not_begun", json_integer(n->queued)) == 0;
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *limit_json(int64_t n)
{
    return n == HOSTS_ANY ? json_null() : json_integer(n);
}

static json_t *rollout_json(const struct report *r)
{
    const struct engine *g = r->engine;
    char verdict[REPORT_VERDICT_SIZE];
    struct engine_counts n;
    struct report_totals total;
    engine_count(g, &n);
    report_total(r, &total);
    json_t *of = g->spec->rollback ? json_integer(g->spec->rollback_of) : json_null();
    return json_pack(
        "{s:I, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:i, s:o, s:s, s:o, s:o, s:I, s:I, s:I, "
        "s:I}",
        "number", (json_int_t)g->rollout, "title", g->title, "asked_by", g->by, "asked_at",
        time_json(g->created_ms), "finished_at", time_json(r->finished_ms), "last_event_at",
        time_json(g->changed_ms), "state", rollout_state_name(engine_state(g)), "verdict",
        said_json(report_verdict(g, verdict)), "why", said_json(g->why), "exit_bits",
        (int)report_exit_bits(g),
        "rollback_of", of, "plan", g->spec->plan, "max_failed", limit_json(g->max_failed), "counts",
        counts_json(&n), "values_changed", (json_int_t)total.written, "restarts_proved",
        (json_int_t)total.restarts, "restarts_not_proved", (json_int_t)total.restarts_open,
        "restarts_owed", (json_int_t)total.restarts_owed);
}

static json_t *attention_json(const struct engine *g)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < g->spec->n_hosts; i++) {
        const struct host_run *h = &g->hosts[i];
        if (h->state == HOST_FINAL && outcome_is_bad(h->outcome) &&
            !json_add(list, json_pack("{s:s, s:s, s:o}", "host", g->spec->hosts[i].name, "outcome",
                                      outcome_name(h->outcome), "why", said_json(h->why)))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *wave_json(const struct engine *g, int32_t wave)
{
    static const char *const words[] = {
        [WAVE_PENDING] = "not_begun", [WAVE_RUNNING] = "under_way", [WAVE_PASSED] = "passed"};
    const struct wave *w = &g->waves[wave - 1];
    json_t *hosts = json_array();
    bool ok = hosts != NULL;
    for (size_t i = 0; ok && i < g->spec->n_hosts; i++)
        if (g->spec->hosts[i].wave == wave)
            ok = json_add(hosts, json_string(g->spec->hosts[i].name));
    if (!ok) {
        json_decref(hosts);
        return NULL;
    }
    return json_pack("{s:i, s:s, s:o, s:o, s:o}", "wave", wave, "state", words[w->state],
                     "started_at", time_json(w->started_ms), "passed_at",
                     time_json(w->state == WAVE_PASSED ? w->passed_ms : 0), "hosts", hosts);
}

static json_t *decision_json(const struct engine *g, const struct report_decision *d)
{
    json_t *o = json_pack("{s:I, s:o, s:s, s:s, s:s}", "event", (json_int_t)d->seq, "at",
                          time_json(d->at_ms), "kind", event_kind_name(d->kind), "by", d->by,
                          "text", d->text);
    json_t *hosts = d->n_hosts ? json_array() : NULL;
    bool ok = o && (!d->wave || json_object_set_new(o, "wave", json_integer(d->wave)) == 0) &&
              (!d->max_failed ||
               json_object_set_new(o, "max_failed", limit_json(d->max_failed)) == 0) &&
              (!d->budget || json_object_set_new(o, "budget_spent", json_true()) == 0) &&
              (!d->n_hosts || hosts);
    for (size_t i = 0; ok && i < d->n_hosts; i++)
        ok = json_add(hosts, json_string(g->spec->hosts[d->hosts[i]].name));
    if (ok && hosts)
        ok = json_object_set(o, "hosts", hosts) == 0;
    json_decref(hosts);
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *host_json(const struct report *r, size_t i)
{
    const struct spec_host *sh = &r->engine->spec->hosts[i];
    json_t *head = json_pack("{s:s, s:i, s:s?}", "name", sh->name, "wave", (int)sh->wave,
                             "affinity", sh->affinity);
    json_t *rest = host_report_json(&r->engine->hosts[i], &r->hosts[i]);
    bool ok = head && rest && json_object_update(head, rest) == 0;
    json_decref(rest);
    if (ok)
        return head;
    json_decref(head);
    return NULL;
}

/* Host by host, so that the tree of only one of ten thousand is in memory. */
enum err report_put_json(const struct report *r, struct text *t)
{
    const struct engine *g = r->engine;
    text_printf(t, "{\"schema_version\":%d,\"kind\":\"report\",\n\"rollout\":",
                REPORT_SCHEMA_VERSION);
    text_put_json(t, rollout_json(r));
    text_put(t, ",\n\"needs_attention\":");
    text_put_json(t, attention_json(g));
    text_put(t, ",\n\"waves\":[");
    for (int32_t w = 1; w <= g->spec->n_waves; w++) {
        text_put(t, w > 1 ? ",\n" : "\n");
        text_put_json(t, wave_json(g, w));
    }
    text_put(t, "],\n\"decisions\":[");
    for (size_t i = 0; i < r->n_decisions; i++) {
        text_put(t, i ? ",\n" : "\n");
        text_put_json(t, decision_json(g, &r->decisions[i]));
    }
    text_put(t, "],\n\"hosts\":[");
    for (size_t i = 0; i < g->spec->n_hosts && !t->bad; i++) {
        text_put(t, i ? ",\n" : "\n");
        text_put_json(t, host_json(r, i));
    }
    text_put(t, "]}\n");
    return text_end(t);
}
