/* The specification of a rollout (policy, hosts, waves) as JSON. */
#include "rollout/event_json.h"

#include <stdlib.h>
#include <string.h>

#define SPEC_HOSTS_MAX 100000

#define PART(member, most)                             \
    {                                                  \
#member, offsetof(struct policy, member), most \
    }
static const struct part {
    const char *name;
    size_t at;
    int64_t most;
} parts[] = {
    PART(max_failed, HOSTS_ANY),
    PART(soak_ms, DURATION_MAX_MS),
    PART(restart_timeout_ms, DURATION_MAX_MS),
    PART(restart_delay_ms, DURATION_MAX_MS),
    PART(restart_quiet_ms, DURATION_MAX_MS),
    PART(restart_settle_ms, DURATION_MAX_MS),
    PART(look_ms, DURATION_MAX_MS),
    PART(step_timeout_ms, DURATION_MAX_MS),
    PART(verify_timeout_ms, DURATION_MAX_MS),
    PART(step_tries, INT32_MAX),
};

static bool put(json_t *o, const char *name, json_t *v)
{
    return json_object_set_new(o, name, v) == 0;
}

static json_t *amount_json(struct amount a)
{
    return a.percent ? json_sprintf("%lld%%", (long long)a.count)
                     : json_sprintf("%lld", (long long)a.count);
}

static bool amount_read(const json_t *v, struct amount *out)
{
    const char *s = json_string_value(v);
    return s && amount_parse(s, out, NULL) == OK;
}

static json_t *policy_json(const struct policy *p)
{
    json_t *o = json_object(), *serial = json_array();
    bool ok = o && serial;
    for (size_t i = 0; ok && i < p->n_serial; i++)
        ok = json_array_append_new(serial, amount_json(p->serial[i])) == 0;
    for (size_t i = 0; ok && i < COUNT(parts); i++) {
        int64_t v;
        memcpy(&v, (const char *)p + parts[i].at, sizeof v);
        ok = put(o, parts[i].name, json_integer(v));
    }
    ok = ok && put(o, "max_unavailable", amount_json(p->max_unavailable)) &&
         put(o, "approval_between_waves", json_boolean(p->approval_between_waves)) &&
         put(o, "restart_never", json_boolean(p->restart_never)) &&
         put(o, "serial", json_incref(serial));
    json_decref(serial);
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

/* A limit that is left out must not be read as one that is off. */
static bool bool_read(const json_t *o, const char *name, bool *out)
{
    const json_t *v = json_object_get(o, name);
    *out = json_is_true(v);
    return json_is_boolean(v);
}

static bool policy_read(const json_t *o, struct policy *out)
{
    struct policy p = {0};
    const json_t *serial = json_object_get(o, "serial"), *v;
    p.n_serial = json_array_size(serial);
    if (!p.n_serial || p.n_serial > SERIAL_STEPS_MAX ||
        !amount_read(json_object_get(o, "max_unavailable"), &p.max_unavailable) ||
        !bool_read(o, "approval_between_waves", &p.approval_between_waves) ||
        !bool_read(o, "restart_never", &p.restart_never))
        return false;
    for (size_t i = 0; i < p.n_serial; i++)
        if (!amount_read(json_array_get(serial, i), &p.serial[i]))
            return false;
    for (size_t i = 0; i < COUNT(parts); i++) {
        int64_t n = json_integer_value(v = json_object_get(o, parts[i].name));
        if (!json_is_integer(v) || n < 0 || n > parts[i].most)
            return false;
        memcpy((char *)&p + parts[i].at, &n, sizeof n);
    }
    *out = p;
    return true;
}

static json_t *host_json(const struct spec_host *h)
{
    json_t *o = json_object();
    bool ok = o && put(o, "name", json_string(h->name)) && put(o, "wave", json_integer(h->wave)) &&
              (!h->affinity || put(o, "affinity", json_string(h->affinity))) &&
              (h->left_out == OUTCOME_NONE ||
               put(o, "left_out", json_string(outcome_name(h->left_out)))) &&
              (!h->why || put(o, "why", json_string(h->why)));
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static bool host_read(const json_t *o, int32_t n_waves, struct spec_host *out)
{
    const char *left_out = json_string_value(json_object_get(o, "left_out"));
    json_int_t wave = json_integer_value(json_object_get(o, "wave"));
    int i = 0;
    out->name = str_dup(json_string_value(json_object_get(o, "name")));
    out->affinity = str_dup(json_string_value(json_object_get(o, "affinity")));
    out->why = str_dup(json_string_value(json_object_get(o, "why")));
    while (left_out && i < OUTCOMES && strcmp(outcome_name((enum outcome)i), left_out) != 0)
        i++;
    out->left_out = (enum outcome)i;
    out->wave = (int32_t)wave;
    return out->name && *out->name && strlen(out->name) < EVENT_HOST_SIZE && i < OUTCOMES &&
           wave >= 0 && wave <= n_waves && (wave == 0) == (out->left_out != OUTCOME_NONE);
}

json_t *spec_json(const struct rollout_spec *spec)
{
    json_t *o = json_object(), *hosts = json_array();
    bool ok = o && hosts;
    for (size_t i = 0; ok && i < spec->n_hosts; i++)
        ok = json_array_append_new(hosts, host_json(&spec->hosts[i])) == 0;
    ok = ok && put(o, "plan", json_string(spec->plan)) &&
         put(o, "waves", json_integer(spec->n_waves)) &&
         put(o, "rollback", json_boolean(spec->rollback)) &&
         put(o, "rollback_of", json_integer(spec->rollback_of)) &&
         put(o, "policy", policy_json(&spec->policy)) && put(o, "hosts", json_incref(hosts));
    json_decref(hosts);
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

struct rollout_spec *spec_read(const json_t *o)
{
    struct rollout_spec *spec = calloc(1, sizeof *spec);
    const json_t *hosts = json_object_get(o, "hosts");
    const char *plan = json_string_value(json_object_get(o, "plan"));
    const json_t *of = json_object_get(o, "rollback_of"), *waves = json_object_get(o, "waves");
    size_t n = json_array_size(hosts);
    /* A wave has a host, or there would be no reason for it. */
    if (!spec || !json_is_integer(of) || !json_is_integer(waves) || json_integer_value(waves) < 0 ||
        json_integer_value(waves) > (json_int_t)n || !bool_read(o, "rollback", &spec->rollback))
        goto bad;
    if (!plan || strlen(plan) >= sizeof spec->plan || !n || n > SPEC_HOSTS_MAX ||
        !policy_read(json_object_get(o, "policy"), &spec->policy) ||
        !(spec->hosts = calloc(n, sizeof *spec->hosts)))
        goto bad;
    memcpy(spec->plan, plan, strlen(plan) + 1);
    spec->rollback_of = json_integer_value(of);
    spec->n_waves = (int32_t)json_integer_value(waves);
    for (size_t i = 0; i < n; i++) {
        spec->n_hosts++;
        if (!host_read(json_array_get(hosts, i), spec->n_waves, &spec->hosts[i]))
            goto bad;
    }
    return spec;
bad:
    spec_free(spec);
    return NULL;
}
