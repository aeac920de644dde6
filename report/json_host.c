/* One host as JSON. */
#include "report/json_parts.h"

#include "base/clock.h"
#include "registry/path.h"
#include "registry/value.h"

#include <stdlib.h>
#include <string.h>

json_t *time_json(int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    return ms ? json_string(clock_text(ms, text)) : json_null();
}

json_t *said_json(const char *s)
{
    struct text t = {0};
    json_t *j = json_string(s);
    if (j)
        return j;
    text_put_safe(&t, s, strlen(s));
    j = t.bad ? NULL : json_string(text_str(&t));
    text_fini(&t);
    return j;
}

bool json_add(json_t *list, json_t *item)
{
    return json_array_append_new(list, item) == 0; /* takes item, fails on NULL */
}

void text_put_json(struct text *t, json_t *j)
{
    char *s = j ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) : NULL;
    if (s)
        text_put(t, s);
    else
        t->bad = true;
    free(s);
    json_decref(j);
}

/* A list made of what `one` makes of each place. */
static json_t *list_json(const struct report_host *h, size_t n,
                         json_t *(*one)(const struct report_host *h, size_t i))
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < n; i++)
        if (!json_add(list, one(h, i))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *attempt_json(const struct report_host *h, size_t i)
{
    const struct report_attempt *a = &h->attempts[i];
    return json_pack("{s:i, s:o, s:o, s:s?, s:s}", "attempt", a->attempt, "started_at",
                     time_json(a->started_ms), "finished_at", time_json(a->finished_ms), "outcome",
                     a->finished_ms ? outcome_name(a->outcome) : NULL, "why",
                     a->why ? a->why : "");
}

static json_t *phase_json(const struct report_host *h, size_t i)
{
    const struct report_phase *p = &h->phases[i];
    json_t *took = p->to_ms ? json_integer(p->to_ms - p->from_ms) : json_null();
    return json_pack("{s:s, s:i, s:o, s:o}", "phase", host_state_name(p->state), "attempt",
                     p->attempt, "from", time_json(p->from_ms), "took_ms", took);
}

/* Of a key only whether it is there; of a value also its type, bytes and words. */
static json_t *value_json(const struct report_item *it, const char *code)
{
    char type[REG_TYPE_TEXT_SIZE];
    struct reg_value v = {0};
    struct text hex = {0}, words = {0};
    json_t *o = NULL;
    if (value_from_code(code, &v) != OK)
        return NULL;
    text_hex(&hex, v.bytes, v.size);
    value_put_text(&words, &v);
    if (v.absent || !it->name)
        o = json_pack("{s:b}", "absent", v.absent);
    else if (!hex.bad && !words.bad)
        o = json_pack("{s:b, s:s, s:s, s:s}", "absent", 0, "type", reg_type_name(v.type, type),
                      "hex", text_str(&hex), "text", text_str(&words));
    text_fini(&hex);
    text_fini(&words);
    value_fini(&v);
    return o;
}

static const char *const result_names[RESULTS] = {
    [RESULT_RIGHT] = "right_already",
    [RESULT_WRITTEN] = "changed",
    [RESULT_LEFT] = "left",
    [RESULT_NOT_WRITTEN] = "not_written",
};

static json_t *item_json(const struct report_host *h, size_t i)
{
    const struct report_item *it = &h->items[i];
    struct reg_path path = {0};
    struct text key = {0};
    json_t *o = NULL;
    if (path_from_code(it->path, &path) != OK)
        return NULL;
    text_printf(&key, "%s%s%s", hive_name(path.hive), path.key[0] ? "\\" : "", path.key);
    if (!key.bad)
        o = json_pack("{s:s, s:i, s:s?, s:o, s:o, s:s, s:s, s:b, s:s?}", "key", text_str(&key),
                      "view", path.view == VIEW_32 ? 32 : 64, "name", it->name, "before",
                      value_json(it, it->before), "goal", value_json(it, it->goal), "result",
                      result_names[report_result_of(it)], "did", did_name(it->did),
                      "needs_restart", it->needs_restart, "why", it->why);
    text_fini(&key);
    path_fini(&path);
    return o;
}

static json_t *restart_json(const struct report_host *h, size_t i)
{
    const struct report_restart *r = &h->restarts[i];
    json_t *took = r->up_ms ? json_integer(r->up_ms - r->asked_ms) : json_null();
    return json_pack("{s:i, s:b, s:o, s:o, s:o, s:o, s:i, s:b, s:s, s:b, s:b, s:b, s:s?}",
                     "attempt", r->attempt, "asked", r->asked, "asked_at", time_json(r->asked_ms),
                     "down_at", time_json(r->down_ms), "back_at", time_json(r->up_ms), "took_ms",
                     took, "restarts_seen", r->restarts, "proved", r->proved, "witnesses",
                     r->witnesses, "was_going_down", r->was_going_down, "fate_was_unknown",
                     r->fate_unknown, "had_no_effect", r->no_effect, "error",
                     r->err == OK ? NULL : err_name(r->err));
}

static json_t *answer_json(const struct report_answer *a)
{
    json_t *o = json_pack("{s:s, s:s}", "seen", report_seen_name(a->seen), "how",
                          a->how ? a->how : "none");
    bool ok = o && (!a->alert || json_object_set_new(o, "alert", json_integer(a->alert)) == 0) &&
              (!a->suite || json_object_set_new(o, "suite", json_integer(a->suite)) == 0) &&
              (!a->version || json_object_set_new(o, "version", json_integer(a->version)) == 0);
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *look_json(const struct report_look *l)
{
    json_t *o = l->taken ? json_pack("{s:b}", "open", l->open) : json_null();
    json_t *certificate =
        o && l->certificate ? json_loads(l->certificate, 0, NULL) : NULL;
    if (certificate && json_object_set_new(o, "certificate", certificate) != 0) {
        json_decref(o);
        return NULL;
    }
    if (o && l->handshake && json_object_set_new(o, "handshake", json_string(l->handshake)) != 0) {
        json_decref(o);
        return NULL;
    }
    for (int v = 0; o && l->taken && v < TLS_VERSIONS; v++)
        if (!(tls_version_is_ssl((enum tls_version)v) &&
              l->answers[v].seen == REPORT_NOT_ASKED) &&
            json_object_set_new(o, tls_version_name((enum tls_version)v),
                                answer_json(&l->answers[v])) != 0) {
            json_decref(o);
            return NULL;
        }
    return o;
}

static json_t *port_json(const struct report_host *h, size_t i)
{
    const struct report_port *p = &h->ports[i];
    return json_pack("{s:i, s:s, s:o, s:o}", "port", p->port, "dialect", p->dialect, "before",
                     look_json(&p->before), "after", look_json(&p->after));
}

static json_t *finding_json(const struct report_host *h, size_t i)
{
    const struct report_finding *f = &h->findings[i];
    const char *version = f->version == TLS_VERSIONS ? NULL : tls_version_name(f->version);
    return json_pack("{s:i, s:s?, s:s, s:b, s:s, s:s?}", "port", f->port, "version", version,
                     "verdict", check_name(f->verdict), "regression", f->regression, "text",
                     f->text, "explain", f->explain);
}

static json_t *wrong_json(const struct report_host *h, size_t i)
{
    return json_string(h->values_wrong[i]);
}

static json_t *moved_json(const struct report_host *h, size_t i)
{
    return json_string(h->moved[i]);
}

static json_t *trouble_json(const struct report_host *h, size_t i)
{
    const struct report_trouble *t = &h->troubles[i];
    return json_pack("{s:o, s:s, s:s, s:s}", "at", time_json(t->at_ms), "step", step_name(t->step),
                     "error", err_name(t->err), "why", t->why);
}

json_t *host_report_json(const struct host_run *run, const struct report_host *h)
{
    bool final = run->state == HOST_FINAL;
    json_t *facts = h->facts ? json_loads(h->facts, 0, NULL) : json_null();
    json_t *matrix = h->matrix ? json_loads(h->matrix, 0, NULL) : json_null();
    return json_pack(
        "{s:s, s:s?, s:o, s:i, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o}",
        "state", host_state_name(run->state), "outcome", final ? outcome_name(run->outcome) : NULL,
        "why", said_json(run->why), "attempt", run->attempt, "started_at",
        time_json(run->started_ms),
        "finished_at", time_json(run->finished_ms), "owes_restart", report_owes_restart(run),
        "facts", facts, "attempts", list_json(h, h->n_attempts, attempt_json), "phases",
        list_json(h, h->n_phases, phase_json), "changes", list_json(h, h->n_items, item_json),
        "restarts", list_json(h, h->n_restarts, restart_json), "handshakes",
        list_json(h, h->n_ports, port_json), "findings",
        list_json(h, h->n_findings, finding_json), "values_wrong",
        list_json(h, h->n_values_wrong, wrong_json), "moved", list_json(h, h->n_moved, moved_json),
        "troubles", list_json(h, h->n_troubles, trouble_json), "matrix", matrix);
}
