/* The JSON report, parsed back and held against the model. */
#include "report/json.h"

#include "base/clock.h"
#include "report/verdict.h"
#include "tests/unit/report/scenes.h"

#include <jansson.h>

static json_t *document_of(const struct told *s)
{
    struct text t = {0};
    json_error_t je;
    assert_int_equal(report_put_json(s->r, &t), OK);
    for (const char *c = text_str(&t); *c; c++)
        assert_true((*c >= ' ' && *c < 0x7f) || *c == '\n');
    json_t *doc = json_loads(text_str(&t), JSON_REJECT_DUPLICATES, &je);
    if (!doc)
        fail_msg("line %d: %s", je.line, je.text);
    text_fini(&t);
    assert_int_equal(json_integer_value(json_object_get(doc, "schema_version")),
                     REPORT_SCHEMA_VERSION);
    assert_string_equal(json_string_value(json_object_get(doc, "kind")), "report");
    return doc;
}

static const json_t *at(const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    if (!v)
        fail_msg("there is no '%s'", name);
    return v;
}

static void assert_text(const json_t *o, const char *name, const char *want)
{
    const json_t *v = at(o, name);
    if (want)
        assert_string_equal(json_string_value(v), want);
    else
        assert_true(json_is_null(v));
}

static void assert_number(const json_t *o, const char *name, int64_t want)
{
    assert_true(json_is_integer(at(o, name)));
    assert_int_equal(json_integer_value(at(o, name)), want);
}

static void assert_truth(const json_t *o, const char *name, bool want)
{
    assert_true(json_is_boolean(at(o, name)));
    assert_int_equal(json_is_true(at(o, name)), want);
}

static void assert_time(const json_t *o, const char *name, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    assert_text(o, name, ms ? clock_text(ms, text) : NULL);
}

static void assert_changes(const json_t *host, const struct report_host *h)
{
    assert_int_equal(json_array_size(at(host, "changes")), h->n_items);
    for (size_t i = 0; i < h->n_items; i++) {
        const json_t *o = json_array_get(at(host, "changes"), i);
        const struct report_item *it = &h->items[i];
        assert_text(o, "name", it->name);
        assert_text(o, "why", it->why);
        assert_text(o, "did", did_name(it->did));
        assert_truth(o, "needs_restart", it->needs_restart);
        assert_truth(at(o, "before"), "absent", strcmp(it->before, "absent") == 0);
        assert_truth(at(o, "goal"), "absent", strcmp(it->goal, "absent") == 0);
        if (it->name && strcmp(it->goal, "absent") != 0)
            assert_string_equal(json_string_value(at(at(o, "goal"), "hex")),
                                strchr(it->goal, ':') + 1);
    }
}

static void assert_restarts(const json_t *host, const struct report_host *h)
{
    assert_int_equal(json_array_size(at(host, "restarts")), h->n_restarts);
    for (size_t i = 0; i < h->n_restarts; i++) {
        const json_t *o = json_array_get(at(host, "restarts"), i);
        const struct report_restart *r = &h->restarts[i];
        assert_number(o, "attempt", r->attempt);
        assert_time(o, "asked_at", r->asked_ms);
        assert_time(o, "down_at", r->down_ms);
        assert_time(o, "back_at", r->up_ms);
        assert_number(o, "restarts_seen", r->restarts);
        assert_truth(o, "proved", r->proved);
        assert_text(o, "witnesses", r->witnesses);
    }
}

static void assert_phases(const json_t *host, const struct report_host *h)
{
    assert_int_equal(json_array_size(at(host, "phases")), h->n_phases);
    for (size_t i = 0; i < h->n_phases; i++) {
        const json_t *o = json_array_get(at(host, "phases"), i);
        const struct report_phase *p = &h->phases[i];
        assert_text(o, "phase", host_state_name(p->state));
        assert_number(o, "attempt", p->attempt);
        assert_time(o, "from", p->from_ms);
        if (p->to_ms)
            assert_number(o, "took_ms", p->to_ms - p->from_ms);
        else
            assert_true(json_is_null(at(o, "took_ms")));
    }
}

static void assert_handshakes(const json_t *host, const struct report_host *h)
{
    assert_int_equal(json_array_size(at(host, "handshakes")), h->n_ports);
    for (size_t i = 0; i < h->n_ports; i++) {
        const json_t *o = json_array_get(at(host, "handshakes"), i);
        const struct report_port *p = &h->ports[i];
        assert_number(o, "port", p->port);
        assert_int_equal(json_is_null(at(o, "before")), !p->before.taken);
        assert_int_equal(json_is_null(at(o, "after")), !p->after.taken);
        for (int v = TLS_1_0; p->after.taken && v < TLS_VERSIONS; v++)
            assert_text(at(at(o, "after"), tls_version_name((enum tls_version)v)), "seen",
                        report_seen_name(p->after.answers[v].seen));
    }
    assert_int_equal(json_array_size(at(host, "findings")), h->n_findings);
    for (size_t i = 0; i < h->n_findings; i++) {
        const json_t *o = json_array_get(at(host, "findings"), i);
        assert_text(o, "text", h->findings[i].text);
        assert_text(o, "verdict", check_name(h->findings[i].verdict));
        assert_truth(o, "regression", h->findings[i].regression);
    }
}

static void assert_host(const json_t *host, const struct told *s, size_t i)
{
    const struct host_run *run = &s->g->hosts[i];
    const struct report_host *h = &s->r->hosts[i];
    assert_text(host, "name", s->g->spec->hosts[i].name);
    assert_number(host, "wave", s->g->spec->hosts[i].wave);
    assert_text(host, "state", host_state_name(run->state));
    assert_text(host, "outcome", run->state == HOST_FINAL ? outcome_name(run->outcome) : NULL);
    assert_text(host, "why", run->why);
    assert_number(host, "attempt", run->attempt);
    assert_truth(host, "owes_restart", report_owes_restart(run));
    assert_time(host, "started_at", run->started_ms);
    assert_time(host, "finished_at", run->finished_ms);
    assert_int_equal(json_array_size(at(host, "attempts")), h->n_attempts);
    assert_int_equal(json_array_size(at(host, "troubles")), h->n_troubles);
    assert_changes(host, h);
    assert_restarts(host, h);
    assert_phases(host, h);
    assert_handshakes(host, h);
}

static void assert_waves(const json_t *doc, const struct told *s)
{
    assert_int_equal(json_array_size(at(doc, "waves")), s->g->spec->n_waves);
    for (int32_t w = 0; w < s->g->spec->n_waves; w++) {
        const json_t *o = json_array_get(at(doc, "waves"), (size_t)w);
        assert_number(o, "wave", w + 1);
        assert_int_equal(json_array_size(at(o, "hosts")), s->g->waves[w].hosts);
        assert_time(o, "started_at", s->g->waves[w].started_ms);
    }
}

static void assert_whole(const struct told *s)
{
    json_t *doc = document_of(s);
    const json_t *r = at(doc, "rollout");
    char verdict[REPORT_VERDICT_SIZE];
    struct engine_counts n;
    engine_count(s->g, &n);
    assert_number(r, "number", s->g->rollout);
    assert_text(r, "title", s->g->title);
    assert_text(r, "asked_by", s->g->by);
    assert_text(r, "state", rollout_state_name(engine_state(s->g)));
    assert_text(r, "verdict", report_verdict(s->g, verdict));
    assert_number(r, "exit_bits", report_exit_bits(s->g));
    assert_time(r, "asked_at", s->g->created_ms);
    assert_time(r, "finished_at", s->r->finished_ms);
    assert_number(at(r, "counts"), "hosts", n.total);
    assert_number(at(r, "counts"), "failed", n.by_outcome[OUTCOME_FAILED]);
    assert_number(at(r, "counts"), "not_begun", n.queued);
    assert_int_equal(json_array_size(at(doc, "needs_attention")), n.bad);
    assert_int_equal(json_array_size(at(doc, "decisions")), s->r->n_decisions);
    assert_waves(doc, s);
    assert_int_equal(json_array_size(at(doc, "hosts")), s->g->spec->n_hosts);
    for (size_t i = 0; i < s->g->spec->n_hosts; i++)
        assert_host(json_array_get(at(doc, "hosts"), i), s, i);
    json_decref(doc);
}

static void json_of_each_scene_is_the_model(void **state)
{
    static void (*const scenes[])(struct told *) = {scene_all_well, scene_canary_failed,
                                                    scene_retried, scene_rolled_back,
                                                    scene_never_back, scene_hostile};
    (void)state;
    for (size_t i = 0; i < COUNT(scenes); i++) {
        struct told s = scene_begin();
        scenes[i](&s);
        assert_whole(&s);
        told_end(&s);
    }
}

static void values_are_told_with_type_bytes_and_view(void **state)
{
    struct told s = scene_begin();
    (void)state;
    scene_all_well(&s);
    json_t *doc = document_of(&s);
    const json_t *changes = at(json_array_get(at(doc, "hosts"), 0), "changes");
    const json_t *key = json_array_get(changes, 0), *value = json_array_get(changes, 2);
    const json_t *net = json_array_get(changes, 3);
    assert_text(key, "name", NULL);
    assert_truth(at(key, "before"), "absent", true);
    assert_truth(at(key, "goal"), "absent", false);
    assert_text(value, "name", "DisabledByDefault");
    assert_text(at(value, "before"), "type", "dword");
    assert_text(at(value, "before"), "hex", "00000000");
    assert_text(at(value, "goal"), "text", "dword 1");
    assert_text(value, "result", "changed");
    assert_number(value, "view", 64);
    assert_text(net, "key", "HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319");
    assert_number(net, "view", 32);
    assert_text(net, "result", "right_already");
    assert_number(at(json_array_get(at(doc, "hosts"), 0), "facts"), "os.build", 20348);
    json_decref(doc);
    told_end(&s);
}

/* A reason that was cut in the middle of a character, as a buffer of fixed size does it. */
static void cut_text_is_still_json(void **state)
{
    struct told s = scene_begin();
    (void)state;
    scene_never_back(&s);
    memcpy(s.g->hosts[0].why, "caf\xc3", 5);
    json_t *doc = document_of(&s);
    assert_text(json_array_get(at(doc, "hosts"), 0), "why", "caf\\xC3");
    json_decref(doc);
    told_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_of_each_scene_is_the_model),
        cmocka_unit_test(values_are_told_with_type_bytes_and_view),
        cmocka_unit_test(cut_text_is_still_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
