/* Events as JSON bodies. One table names every field; a field with nothing in it is left out, and
 * read back as nothing. */
#include "rollout/event_json.h"

#include <stdlib.h>
#include <string.h>

enum field_type { F_TEXT,
                  F_I32,
                  F_I64,
                  F_BOOL,
                  F_STEP,
                  F_OUTCOME,
                  F_CHECK,
                  F_ERR };

#define FIELD(type, member)                                                                \
    {                                                                                      \
#member, type, offsetof(struct event, member), sizeof(((struct event *)0)->member) \
    }
static const struct field {
    const char *name;
    enum field_type type;
    size_t at, size;
} fields[] = {
    FIELD(F_TEXT, by),
    FIELD(F_TEXT, why),
    FIELD(F_TEXT, comment),
    FIELD(F_I32, wave),
    FIELD(F_I32, attempt),
    FIELD(F_BOOL, budget),
    FIELD(F_I64, max_failed),
    FIELD(F_I32, restarts),
    FIELD(F_OUTCOME, outcome),
    FIELD(F_STEP, step),
    FIELD(F_ERR, err),
    FIELD(F_I64, took_ms),
    FIELD(F_I64, service_start),
    FIELD(F_I64, service_state),
    FIELD(F_I64, to_change),
    FIELD(F_BOOL, needs_restart),
    FIELD(F_I64, written),
    FIELD(F_I64, foreign),
    FIELD(F_BOOL, asked),
    FIELD(F_CHECK, check),
    FIELD(F_I64, services_missing),
};

/* What a kind cannot do without. */
static const struct {
    enum event_kind kind;
    const char *needs[3];
} needed[] = {
    {EV_ROLLOUT_CREATED, {"spec"}},
    {EV_PROMOTED, {"wave"}},
    {EV_RETRIED, {"hosts"}},
    {EV_WAVE_STARTED, {"wave"}},
    {EV_WAVE_PASSED, {"wave"}},
    {EV_HOST_STARTED, {"attempt"}},
    {EV_INTENT, {"attempt", "step"}},
    {EV_OUTCOME, {"attempt", "step"}},
    {EV_RESTART_SETTLED, {"attempt"}},
    {EV_RESTART_PROVED, {"attempt"}},
    {EV_HOST_ENDING, {"outcome"}},
    {EV_HOST_FINISHED, {"outcome"}},
};

/* jansson refuses text that is not UTF-8; words of a host or a user must not be lost for that. */
static json_t *text_json(const char *s, size_t size)
{
    json_t *v = json_stringn(s, strlen(s));
    struct text t = {0};
    char fits[EVENT_WHY_SIZE];
    if (v)
        return v;
    text_put_safe(&t, s, strlen(s));
    if (!t.bad)
        v = json_string(words_fit(fits, size < sizeof fits ? size : sizeof fits, text_str(&t)));
    text_fini(&t);
    return v;
}

static int enum_at(const void *at)
{
    int v;
    memcpy(&v, at, sizeof v);
    return v;
}

static bool field_is_said(const struct event *ev, const struct field *f)
{
    static const char zeros[sizeof(int64_t)];
    const char *at = (const char *)ev + f->at;
    switch (f->type) {
    case F_TEXT: return *at != '\0';
    case F_I32:
    case F_I64:
    case F_BOOL:
    case F_ERR: return memcmp(at, zeros, f->size) != 0;
    case F_STEP: return ev->kind == EV_INTENT || ev->kind == EV_OUTCOME;
    case F_OUTCOME: return ev->kind == EV_HOST_FINISHED || ev->kind == EV_HOST_ENDING;
    case F_CHECK: return ev->kind == EV_OUTCOME && ev->step == STEP_VERIFY;
    }
    abort();
}

/* NULL when memory is out. */
static json_t *field_json(const struct event *ev, const struct field *f)
{
    const char *at = (const char *)ev + f->at;
    int64_t i64;
    int32_t i32;
    switch (f->type) {
    case F_TEXT: return text_json(at, f->size);
    case F_I32: memcpy(&i32, at, sizeof i32); return json_integer(i32);
    case F_I64: memcpy(&i64, at, sizeof i64); return json_integer(i64);
    case F_BOOL: return json_true(); /* a no is not said */
    case F_STEP: return json_string(step_name((enum step)enum_at(at)));
    case F_OUTCOME: return json_string(outcome_name((enum outcome)enum_at(at)));
    case F_CHECK: return json_string(check_name((enum check)enum_at(at)));
    case F_ERR: return json_string(err_name((enum err)enum_at(at)));
    }
    abort();
}

static bool put(json_t *o, const char *name, json_t *v)
{
    return json_object_set_new(o, name, v) == 0; /* takes v, fails on NULL */
}

static bool put_hex(json_t *o, const char *name, const uint8_t *bytes, size_t n)
{
    struct text t = {0};
    text_hex(&t, bytes, n);
    bool ok = !t.bad && put(o, name, json_string(text_str(&t)));
    text_fini(&t);
    return ok;
}

/* Decimal text: JSON integers are signed. */
static bool put_u64(json_t *o, const char *name, uint64_t v)
{
    struct text t = {0};
    text_printf(&t, "%llu", (unsigned long long)v);
    bool ok = !t.bad && put(o, name, json_string(text_str(&t)));
    text_fini(&t);
    return ok;
}

static const char *const marker_names[] = {
    [MARKER_UNKNOWN] = "unknown", [MARKER_PRESENT] = "present", [MARKER_ABSENT] = "absent"};

static json_t *seen_json(const struct observation *o)
{
    json_t *j = json_object();
    const struct witness_set *s = &o->set;
    bool ok = j && put(j, "reachable", json_boolean(o->reachable)) &&
              put(j, "authenticated", json_boolean(o->authenticated)) &&
              (!o->refused || put(j, "refused", json_true())) &&
              put(j, "marker", json_string(marker_names[s->marker])) &&
              (!s->has_guid || put_hex(j, "server_guid", s->guid, sizeof s->guid)) &&
              (!s->has_start || put_u64(j, "start_filetime", s->start)) &&
              (!s->has_boot || put(j, "boot_ms", json_integer(s->boot_ms))) &&
              (!s->has_shutdown || put_u64(j, "shutdown_filetime", s->shutdown));
    if (ok)
        return j;
    json_decref(j);
    return NULL;
}

static bool marker_read(const char *word, enum marker *out)
{
    for (size_t i = 0; word && i < COUNT(marker_names); i++)
        if (strcmp(marker_names[i], word) == 0) {
            *out = (enum marker)i;
            return true;
        }
    return false;
}

/* Absent, and *has stays false, or decimal text. */
static bool u64_read(const json_t *v, bool *has, uint64_t *out)
{
    *has = v != NULL;
    return !v || (json_is_string(v) && str_parse_u64(json_string_value(v), out));
}

static bool seen_read(const json_t *j, struct observation *out)
{
    struct observation o = {0};
    struct witness_set *set = &o.set;
    const json_t *reachable = json_object_get(j, "reachable"),
                 *authenticated = json_object_get(j, "authenticated"),
                 *guid = json_object_get(j, "server_guid"), *boot = json_object_get(j, "boot_ms");
    const char *hex = json_string_value(guid);
    if (!json_is_boolean(reachable) || !json_is_boolean(authenticated) ||
        !marker_read(json_string_value(json_object_get(j, "marker")), &set->marker) ||
        (guid && (!hex || !hex_decode(hex, strlen(hex), set->guid, sizeof set->guid))) ||
        (boot && !json_is_integer(boot)) ||
        !u64_read(json_object_get(j, "start_filetime"), &set->has_start, &set->start) ||
        !u64_read(json_object_get(j, "shutdown_filetime"), &set->has_shutdown, &set->shutdown))
        return false;
    o.reachable = json_is_true(reachable);
    o.authenticated = json_is_true(authenticated);
    o.refused = json_is_true(json_object_get(j, "refused"));
    set->has_guid = guid != NULL;
    set->has_boot = boot != NULL;
    set->boot_ms = json_integer_value(boot);
    *out = o;
    return true;
}

static bool hosts_put(json_t *o, const struct event *ev)
{
    json_t *list = json_array();
    if (!list)
        return false;
    for (size_t i = 0; i < ev->n_hosts; i++)
        if (json_array_append_new(list, json_string(ev->hosts[i])) != 0) {
            json_decref(list);
            return false;
        }
    return put(o, "hosts", list);
}

#define DETAIL_PLACE "\"detail\":null"

/* What a JSON writer made is put in as it is. Before it in the order of names nothing has members
 * of its own, so the first such place is the one. */
static char *detail_splice(const char *body, const char *detail)
{
    const char *place = strstr(body, DETAIL_PLACE);
    struct text t = {0};
    char *all = NULL;

    if (place == NULL)
        return NULL;
    text_put_n(&t, body, (size_t)(place - body));
    text_put(&t, "\"detail\":");
    text_put(&t, detail);
    text_put(&t, place + strlen(DETAIL_PLACE));
    if (text_take(&t, &all) != OK)
        all = NULL;
    text_fini(&t);
    return all;
}

enum err event_encode(const struct event *ev, char **body)
{
    enum err e = E_MEMORY;
    json_t *o = json_object();
    bool splice;
    *body = NULL;
    if (!o)
        return e;
    for (size_t i = 0; i < COUNT(fields); i++)
        if (field_is_said(ev, &fields[i]) && !put(o, fields[i].name, field_json(ev, &fields[i])))
            goto out;
    if (ev->kind == EV_OUTCOME && (ev->step == STEP_ARM || ev->step == STEP_LOOK) &&
        !put(o, "seen", seen_json(&ev->seen)))
        goto out;
    if (ev->n_hosts && !hosts_put(o, ev))
        goto out;
    if (ev->spec && !put(o, "spec", spec_json(ev->spec)))
        goto out;
    splice = ev->detail && ev->detail_is_json;
    if (ev->detail && (!put(o, "detail", splice ? json_null() : json_loads(ev->detail, 0, NULL)) ||
                       (!splice && !json_is_object(json_object_get(o, "detail"))))) {
        e = E_INTERNAL;
        goto out;
    }
    *body = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
    if (*body && splice) {
        char *all = detail_splice(*body, ev->detail);
        free(*body);
        *body = all;
    }
    e = *body ? OK : E_MEMORY;
out:
    json_decref(o);
    return e;
}

static bool enum_read(const char *word, const char *(*name)(int), int count, void *at)
{
    for (int i = 0; word && i < count; i++)
        if (strcmp(name(i), word) == 0) {
            memcpy(at, &i, sizeof i);
            return true;
        }
    return false;
}

static const char *step_word(int i)
{
    return step_name((enum step)i);
}
static const char *outcome_word(int i)
{
    return outcome_name((enum outcome)i);
}
static const char *check_word(int i)
{
    return check_name((enum check)i);
}
static const char *err_word(int i)
{
    return err_name((enum err)i);
}

static bool field_read(const json_t *v, const struct field *f, struct event *ev)
{
    char *at = (char *)ev + f->at;
    const char *s = json_string_value(v);
    int64_t i64 = json_integer_value(v);
    int32_t i32 = (int32_t)i64;
    bool yes = json_is_true(v);
    switch (f->type) {
    case F_TEXT:
        if (!s || strlen(s) >= f->size)
            return false;
        memcpy(at, s, strlen(s) + 1);
        return true;
    case F_I32: memcpy(at, &i32, sizeof i32); return json_is_integer(v) && i32 == i64;
    case F_I64: memcpy(at, &i64, sizeof i64); return json_is_integer(v);
    case F_BOOL: memcpy(at, &yes, sizeof yes); return json_is_boolean(v);
    case F_STEP: return enum_read(s, step_word, STEPS, at);
    case F_OUTCOME: return enum_read(s, outcome_word, OUTCOMES, at);
    case F_CHECK: return enum_read(s, check_word, CHECKS, at);
    case F_ERR: return enum_read(s, err_word, ERR_COUNT, at);
    }
    abort();
}

static bool hosts_read(const json_t *list, struct event *ev)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || !n || !(ev->hosts = calloc(n, sizeof *ev->hosts)))
        return false;
    for (; ev->n_hosts < n; ev->n_hosts++)
        if (!(ev->hosts[ev->n_hosts] =
                  str_dup(json_string_value(json_array_get(list, ev->n_hosts)))))
            return false;
    return true;
}

/* A result left out would be read as "passed", or as a host that was not there. */
static const char *missing_result(const json_t *o, const struct event *ev)
{
    if (ev->kind != EV_OUTCOME)
        return NULL;
    if (ev->step == STEP_VERIFY && !json_object_get(o, "check"))
        return "check";
    if ((ev->step == STEP_ARM || ev->step == STEP_LOOK) && !json_object_get(o, "seen"))
        return "seen";
    return NULL;
}

/* Waves and attempts count from 1: 0 is none. */
static bool is_there(const json_t *v)
{
    return v && !(json_is_integer(v) && json_integer_value(v) == 0);
}

static const char *missing_field(const json_t *o, enum event_kind kind)
{
    for (size_t i = 0; i < COUNT(needed); i++)
        for (size_t k = 0;
             needed[i].kind == kind && k < COUNT(needed[i].needs) && needed[i].needs[k]; k++)
            if (!is_there(json_object_get(o, needed[i].needs[k])))
                return needed[i].needs[k];
    return NULL;
}

static const char *body_read(const json_t *o, struct event *ev)
{
    const json_t *v;
    const char *missing = missing_field(o, ev->kind);
    if (missing)
        return missing;
    for (size_t i = 0; i < COUNT(fields); i++)
        if ((v = json_object_get(o, fields[i].name)) && !field_read(v, &fields[i], ev))
            return fields[i].name;
    if ((missing = missing_result(o, ev)))
        return missing;
    if ((ev->kind == EV_HOST_FINISHED || ev->kind == EV_HOST_ENDING) && ev->outcome == OUTCOME_NONE)
        return "outcome";
    if ((v = json_object_get(o, "seen")) && !seen_read(v, &ev->seen))
        return "seen";
    if ((v = json_object_get(o, "hosts")) && !hosts_read(v, ev))
        return "hosts";
    if ((v = json_object_get(o, "spec")) && !(ev->spec = spec_read(v)))
        return "spec";
    if ((v = json_object_get(o, "detail")) &&
        (!json_is_object(v) || !(ev->detail = json_dumps(v, JSON_COMPACT))))
        return "detail";
    return NULL;
}

enum err event_decode(const char *kind, const char *body, struct event *out, struct why *why)
{
    struct event ev = {0};
    json_error_t je;
    const char *wrong;
    *out = ev;
    if (!event_kind_from_name(kind, &ev.kind))
        return why_set(why, E_CORRUPT, "an event of kind '%s' is unknown to this version of swell",
                       kind);
    json_t *o = json_loads(body, JSON_REJECT_DUPLICATES, &je);
    if (!json_is_object(o)) {
        json_decref(o);
        return why_set(why, E_CORRUPT, "the body of a '%s' event is no JSON object", kind);
    }
    wrong = body_read(o, &ev);
    json_decref(o);
    if (wrong) {
        event_fini(&ev);
        return why_set(why, E_CORRUPT, "a '%s' event has no good '%s'", kind, wrong);
    }
    *out = ev;
    return OK;
}
