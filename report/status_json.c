#include "report/json.h"
#include "report/json_parts.h"
#include "report/status.h"
#include "report/verdict.h"

static json_t *controller_json(const struct status *s)
{
    static const char *const words[] = {
        [AT_WORK_UNKNOWN] = "unknown", [AT_WORK_YES] = "at_work", [AT_WORK_NO] = "none"};
    return json_pack("{s:s, s:o}", "state", words[s->controller], "process",
                     s->process ? json_integer(s->process) : json_null());
}

static json_t *rollout_json(const struct status *s)
{
    const struct engine *g = s->engine;
    char verdict[REPORT_VERDICT_SIZE];
    struct engine_counts n;
    engine_count(g, &n);
    return json_pack("{s:I, s:s, s:s, s:o, s:s, s:o, s:o, s:b, s:i, s:i, s:i, s:o, s:o}", "number",
                     (json_int_t)g->rollout, "title", g->title, "asked_by", g->by, "asked_at",
                     time_json(g->created_ms), "state", rollout_state_name(engine_state(g)),
                     "verdict", said_json(report_verdict(g, verdict)), "why", said_json(g->why),
                     "at_rest", engine_is_at_rest(g), "exit_bits", (int)report_exit_bits(g), "wave",
                     (int)engine_wave(g), "waves", (int)g->spec->n_waves, "counts",
                     counts_json(&n), "controller", controller_json(s));
}

static json_t *host_json(const struct status *s, size_t i)
{
    const struct host_run *h = &s->engine->hosts[i];
    bool final = h->state == HOST_FINAL;
    return json_pack("{s:s, s:i, s:s, s:s?, s:o, s:o, s:i}", "name", s->engine->spec->hosts[i].name,
                     "wave", (int)s->engine->spec->hosts[i].wave, "state",
                     host_state_name(h->state), "outcome", final ? outcome_name(h->outcome) : NULL,
                     "why", said_json(h->why), "since", time_json(h->since_ms), "attempt",
                     (int)h->attempt);
}

enum err status_put_json(const struct status *s, struct text *t)
{
    text_printf(t, "{\"schema_version\":%d,\"kind\":\"status\",\"at\":", REPORT_SCHEMA_VERSION);
    text_put_json(t, time_json(s->now_ms));
    text_put(t, ",\n\"rollout\":");
    text_put_json(t, rollout_json(s));
    text_put(t, ",\n\"hosts\":[");
    for (size_t i = 0; i < s->engine->spec->n_hosts && !t->bad; i++) {
        text_put(t, i ? ",\n" : "\n");
        text_put_json(t, host_json(s, i));
    }
    text_put(t, "]}\n");
    return text_end(t);
}
