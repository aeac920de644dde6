/* tests/unit/rollout/events.h: events and specifications made and compared in tests. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_EVENTS_H
#define SWELL_TESTS_UNIT_ROLLOUT_EVENTS_H

#include "rollout/event.h"
#include "tests/unit/rollout/test.h"

#include <jansson.h>

/* Hosts h1, h2 … in waves of these sizes; ends with 0. */
static inline struct rollout_spec *spec_make(const int32_t *waves)
{
    struct rollout_spec *spec = calloc(1, sizeof *spec);
    assert_non_null(spec);
    spec->policy = policy_default();
    while (waves[spec->n_waves])
        spec->n_hosts += (size_t)waves[spec->n_waves++];
    spec->hosts = calloc(spec->n_hosts, sizeof *spec->hosts);
    assert_non_null(spec->hosts);
    size_t at = 0;
    for (int32_t w = 1; w <= spec->n_waves; w++)
        for (int32_t k = 0; k < waves[w - 1]; k++, at++) {
            char name[32];
            (void)snprintf(name, sizeof name, "h%zu", at + 1);
            spec->hosts[at] = (struct spec_host){.name = str_dup(name), .wave = w};
        }
    return spec;
}

static inline struct rollout_spec *spec_copy(const struct rollout_spec *spec)
{
    struct rollout_spec *copy = calloc(1, sizeof *copy);
    assert_non_null(copy);
    *copy = *spec;
    copy->hosts = calloc(spec->n_hosts, sizeof *copy->hosts);
    assert_non_null(copy->hosts);
    for (size_t i = 0; i < spec->n_hosts; i++) {
        const struct spec_host *h = &spec->hosts[i];
        copy->hosts[i] = *h;
        copy->hosts[i].name = str_dup(h->name);
        copy->hosts[i].affinity = str_dup(h->affinity);
        copy->hosts[i].why = str_dup(h->why);
    }
    return copy;
}

static inline void assert_same_text(const char *a, const char *b)
{
    assert_true((a == NULL) == (b == NULL));
    if (a)
        assert_string_equal(a, b);
}

static inline void assert_same_policy(const struct policy *a, const struct policy *b)
{
    assert_int_equal(a->n_serial, b->n_serial);
    for (size_t i = 0; i < a->n_serial; i++) {
        assert_int_equal(a->serial[i].count, b->serial[i].count);
        assert_int_equal(a->serial[i].percent, b->serial[i].percent);
    }
    assert_int_equal(a->max_unavailable.count, b->max_unavailable.count);
    assert_int_equal(a->max_unavailable.percent, b->max_unavailable.percent);
    assert_int_equal(a->max_failed, b->max_failed);
    assert_int_equal(a->soak_ms, b->soak_ms);
    assert_int_equal(a->approval_between_waves, b->approval_between_waves);
    assert_int_equal(a->restart_never, b->restart_never);
    assert_int_equal(a->restart_timeout_ms, b->restart_timeout_ms);
    assert_int_equal(a->restart_delay_ms, b->restart_delay_ms);
    assert_int_equal(a->restart_quiet_ms, b->restart_quiet_ms);
    assert_int_equal(a->restart_settle_ms, b->restart_settle_ms);
    assert_int_equal(a->look_ms, b->look_ms);
    assert_int_equal(a->step_timeout_ms, b->step_timeout_ms);
    assert_int_equal(a->verify_timeout_ms, b->verify_timeout_ms);
    assert_int_equal(a->step_tries, b->step_tries);
}

static inline void assert_same_spec(const struct rollout_spec *a, const struct rollout_spec *b)
{
    assert_true((a == NULL) == (b == NULL));
    if (!a)
        return;
    assert_int_equal(a->rollback, b->rollback);
    assert_int_equal(a->rollback_of, b->rollback_of);
    assert_string_equal(a->plan, b->plan);
    assert_same_policy(&a->policy, &b->policy);
    assert_int_equal(a->n_waves, b->n_waves);
    assert_int_equal(a->n_hosts, b->n_hosts);
    for (size_t i = 0; i < a->n_hosts; i++) {
        assert_same_text(a->hosts[i].name, b->hosts[i].name);
        assert_same_text(a->hosts[i].affinity, b->hosts[i].affinity);
        assert_same_text(a->hosts[i].why, b->hosts[i].why);
        assert_int_equal(a->hosts[i].wave, b->hosts[i].wave);
        assert_int_equal(a->hosts[i].left_out, b->hosts[i].left_out);
    }
}

static inline void assert_same_witnesses(const struct witness_set *a, const struct witness_set *b)
{
    assert_int_equal(a->has_guid, b->has_guid);
    assert_memory_equal(a->guid, b->guid, sizeof a->guid);
    assert_int_equal(a->has_start, b->has_start);
    assert_true(a->start == b->start);
    assert_int_equal(a->has_boot, b->has_boot);
    assert_true(a->boot_ms == b->boot_ms);
    assert_int_equal(a->has_shutdown, b->has_shutdown);
    assert_true(a->shutdown == b->shutdown);
    assert_int_equal(a->marker, b->marker);
}

static inline void assert_same_json(const char *a, const char *b)
{
    json_t *x, *y;
    assert_true((a == NULL) == (b == NULL));
    if (!a)
        return;
    x = json_loads(a, 0, NULL);
    y = json_loads(b, 0, NULL);
    assert_true(x && y && json_equal(x, y));
    json_decref(x);
    json_decref(y);
}

/* All that a body holds. */
static inline void assert_same_event(const struct event *a, const struct event *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_string_equal(a->by, b->by);
    assert_string_equal(a->why, b->why);
    assert_string_equal(a->comment, b->comment);
    assert_int_equal(a->wave, b->wave);
    assert_int_equal(a->attempt, b->attempt);
    assert_int_equal(a->budget, b->budget);
    assert_true(a->max_failed == b->max_failed);
    assert_int_equal(a->restarts, b->restarts);
    assert_int_equal(a->outcome, b->outcome);
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->err, b->err);
    assert_true(a->took_ms == b->took_ms);
    assert_true(a->to_change == b->to_change);
    assert_int_equal(a->needs_restart, b->needs_restart);
    assert_true(a->written == b->written);
    assert_true(a->foreign == b->foreign);
    assert_int_equal(a->asked, b->asked);
    assert_int_equal(a->seen.reachable, b->seen.reachable);
    assert_int_equal(a->seen.authenticated, b->seen.authenticated);
    assert_int_equal(a->seen.refused, b->seen.refused);
    assert_same_witnesses(&a->seen.set, &b->seen.set);
    assert_int_equal(a->check, b->check);
    assert_same_spec(a->spec, b->spec);
    assert_int_equal(a->n_hosts, b->n_hosts);
    for (size_t i = 0; i < a->n_hosts; i++)
        assert_string_equal(a->hosts[i], b->hosts[i]);
    assert_same_json(a->detail, b->detail);
}

/* Through the journal and back; *out is to be finished by the caller. */
static inline void event_through_journal(const struct event *ev, struct event *out)
{
    struct why why = {0};
    char *body = NULL;
    must(event_encode(ev, &body), &why);
    must(event_decode(event_kind_name(ev->kind), body, out, &why), &why);
    free(body);
    out->seq = ev->seq;
    out->at_ms = ev->at_ms;
    out->rollout = ev->rollout;
    (void)snprintf(out->host, sizeof out->host, "%s", ev->host);
}

#endif
