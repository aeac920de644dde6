/* tests/unit/rollout/road.h: one host on its road, told step by step what comes back. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_ROAD_H
#define SWELL_TESTS_UNIT_ROLLOUT_ROAD_H

#include "rollout/host_run.h"
#include "tests/unit/rollout/events.h"

#define ROAD_BEGIN_MS INT64_C(1700000000000)

struct road {
    struct rollout_spec spec; /* no hosts: host_run does not look at them */
    struct host_run h;
    int64_t now_ms, seq;
};

static inline struct road road_new(void)
{
    struct road r = {.now_ms = ROAD_BEGIN_MS};
    r.spec.policy = policy_default();
    return r;
}

static inline enum err road_try(struct road *r, struct event ev, struct why *why)
{
    ev.seq = ++r->seq;
    ev.at_ms = r->now_ms;
    (void)snprintf(ev.host, sizeof ev.host, "h1");
    return host_fold(&r->h, &r->spec, &ev, why);
}

static inline void road_fold(struct road *r, struct event ev)
{
    struct why why = {0};
    must(road_try(r, ev, &why), &why);
}

static inline void road_wait(struct road *r, int64_t ms)
{
    r->now_ms += ms;
}

static inline void road_start(struct road *r)
{
    road_fold(r, (struct event){.kind = EV_HOST_STARTED, .attempt = r->h.attempt + 1});
}

/* The step that is due now; there has to be one. */
static inline struct action road_next(const struct road *r)
{
    struct action a = {0};
    int64_t wake = 0;
    assert_int_equal(host_next(&r->h, &r->spec, r->now_ms, &a, &wake), NEXT_STEP);
    assert_int_equal(a.attempt, r->h.attempt);
    return a;
}

/* Nothing is due before the returned time. */
static inline int64_t road_wake(const struct road *r)
{
    struct action a;
    int64_t wake = 0;
    assert_int_equal(host_next(&r->h, &r->spec, r->now_ms, &a, &wake), NEXT_WAIT);
    assert_true(wake > r->now_ms);
    return wake;
}

static inline void road_intent(struct road *r, enum step step)
{
    assert_int_equal(road_next(r).step, step);
    road_fold(r, (struct event){.kind = EV_INTENT, .step = step, .attempt = r->h.attempt});
}

/* The step that is due comes back; result says how. As the runner does, what is no news is only
 * noted. True: it was news. */
static inline bool road_result(struct road *r, struct event result)
{
    result.kind = EV_OUTCOME;
    result.attempt = r->h.attempt;
    result.at_ms = r->now_ms;
    if (!host_is_news(&r->h, &r->spec, &result)) {
        host_note(&r->h, &r->spec, &result);
        return false;
    }
    road_fold(r, result);
    return true;
}

static inline bool road_step(struct road *r, struct event result)
{
    assert_int_equal(road_next(r).step, result.step);
    if (step_needs_intent(result.step))
        road_intent(r, result.step);
    road_wait(r, 100);
    return road_result(r, result);
}

/* What is decided for the host now is folded; EVENT_KINDS when nothing is. */
static inline struct event road_decide(struct road *r)
{
    struct event ev = {0};
    if (host_decide(&r->h, &r->spec, r->now_ms, &ev))
        road_fold(r, ev);
    else
        ev.kind = EVENT_KINDS;
    return ev;
}

static inline void road_must_end(struct road *r, enum outcome outcome, const char *words)
{
    struct event ev = road_decide(r);
    assert_int_equal(ev.kind, EV_HOST_FINISHED);
    assert_string_equal(outcome_name(ev.outcome), outcome_name(outcome));
    if (!strstr(ev.why, words))
        fail_msg("'%s' does not say '%s'", ev.why, words);
    assert_int_equal(r->h.state, HOST_FINAL);
    assert_int_equal(r->h.outcome, outcome);
    assert_string_equal(r->h.why, ev.why);
    assert_int_equal(road_decide(r).kind, EVENT_KINDS);
}

/* --- what a host looks like --- */
static inline struct observation seen_before(void)
{
    return (struct observation){.reachable = true,
                                .authenticated = true,
                                .set = {.has_guid = true,
                                        .guid = {1},
                                        .has_boot = true,
                                        .boot_ms = ROAD_BEGIN_MS - 86400000,
                                        .marker = MARKER_PRESENT}};
}

/* After its nth restart, at this time. */
static inline struct observation seen_after(uint8_t n, int64_t boot_ms)
{
    struct observation o = seen_before();
    o.set.guid[0] = (uint8_t)(1 + n);
    o.set.boot_ms = boot_ms;
    o.set.marker = MARKER_ABSENT;
    return o;
}

static inline bool road_look(struct road *r, struct observation seen)
{
    return road_step(r, (struct event){.step = STEP_LOOK, .seen = seen});
}

static inline bool road_look_away(struct road *r)
{
    return road_look(r, (struct observation){.reachable = false});
}

static inline struct observation front_door(uint8_t guid)
{
    return (struct observation){.reachable = true, .set = {.has_guid = true, .guid = {guid}}};
}

/* Looks as often as they are due, until something is decided or the time has passed. */
static inline struct event look_until(struct road *r, struct observation seen, int64_t until_ms)
{
    struct event ev = {.kind = EVENT_KINDS};
    while (r->now_ms < until_ms && ev.kind == EVENT_KINDS) {
        struct action a;
        int64_t wake;
        if (host_next(&r->h, &r->spec, r->now_ms, &a, &wake) == NEXT_WAIT)
            r->now_ms = wake;
        road_look(r, seen);
        ev = road_decide(r);
    }
    return ev;
}

static inline void must_end_by(struct road *r, struct observation seen, int64_t within_ms,
                               enum outcome outcome, const char *words)
{
    int64_t began = r->now_ms;
    struct event ev = look_until(r, seen, began + within_ms + 10000);
    assert_int_equal(ev.kind, EV_HOST_FINISHED);
    assert_string_equal(outcome_name(ev.outcome), outcome_name(outcome));
    if (!strstr(ev.why, words))
        fail_msg("'%s' does not say '%s'", ev.why, words);
    assert_true(r->now_ms - began <= within_ms + 10000);
    assert_int_equal(r->h.state, HOST_FINAL);
}

/* --- from the start to a state --- */
static inline void road_to_snapshot(struct road *r)
{
    road_start(r);
    road_step(r, (struct event){.step = STEP_PREFLIGHT});
}

static inline void road_to_apply(struct road *r, bool needs_restart)
{
    road_to_snapshot(r);
    road_step(
        r, (struct event){.step = STEP_SNAPSHOT, .to_change = 3, .needs_restart = needs_restart});
}

static inline void road_to_restart(struct road *r)
{
    road_to_apply(r, true);
    road_step(r, (struct event){.step = STEP_APPLY, .written = 3});
    assert_int_equal(r->h.state, HOST_RESTART);
}

static inline void road_to_armed(struct road *r)
{
    road_to_restart(r);
    road_step(r, (struct event){.step = STEP_ARM, .seen = seen_before()});
}

static inline void road_to_asked(struct road *r)
{
    road_to_armed(r);
    road_step(r, (struct event){.step = STEP_RESTART, .asked = true});
    assert_int_equal(r->h.state, HOST_AWAIT_DOWN);
}

static inline void road_to_down(struct road *r)
{
    road_to_asked(r);
    road_wait(r, 5000);
    assert_true(road_look_away(r));
    assert_int_equal(r->h.state, HOST_AWAIT_UP);
}

static inline void road_to_quiet(struct road *r)
{
    road_to_down(r);
    road_wait(r, 40000);
    assert_true(road_look(r, seen_after(1, r->now_ms - 10000)));
    assert_int_equal(r->h.state, HOST_QUIET);
}

static inline void road_to_proved(struct road *r)
{
    int64_t boot_ms;
    road_to_quiet(r);
    boot_ms = r->h.back.boot_ms;
    road_wait(r, r->spec.policy.restart_quiet_ms);
    assert_true(road_look(r, seen_after(1, boot_ms)));
    assert_int_equal(road_decide(r).kind, EV_RESTART_PROVED);
    assert_int_equal(r->h.state, HOST_VERIFY);
}

#endif
