/* In every state every event: those that can follow are taken, the others are refused and change
 * nothing. */
#include "tests/unit/rollout/road.h"

static void queued(struct road *r)
{
    (void)r;
}

static void preflight(struct road *r)
{
    road_start(r);
}

/* Its registry's service is disabled, and may be woken. */
static void asleep(struct road *r)
{
    road_start(r);
    road_step(r, (struct event){.step = STEP_PREFLIGHT,
                                .err = E_UNAVAILABLE,
                                .service_start = 4,
                                .service_state = 1});
}

static void waking(struct road *r)
{
    asleep(r);
    road_intent(r, STEP_WAKE);
}

static void woken(struct road *r)
{
    asleep(r);
    road_step(r, (struct event){.step = STEP_WAKE});
    road_wait(r, r->spec.policy.look_ms);
}

static void woken_and_decided(struct road *r)
{
    woken(r);
    road_step(r, (struct event){.step = STEP_PREFLIGHT, .err = E_AUTH});
}

static void putting_back(struct road *r)
{
    woken_and_decided(r);
    road_intent(r, STEP_REST);
}

static void put_back(struct road *r)
{
    woken_and_decided(r);
    road_step(r, (struct event){.step = STEP_REST});
}

static void apply(struct road *r)
{
    road_to_apply(r, true);
}

static void applying(struct road *r)
{
    road_to_apply(r, true);
    road_intent(r, STEP_APPLY);
}

static void arming(struct road *r)
{
    road_to_restart(r);
    road_intent(r, STEP_ARM);
}

static void asking(struct road *r)
{
    road_to_armed(r);
    road_intent(r, STEP_RESTART);
}

static void not_asked(struct road *r)
{
    road_to_armed(r);
    road_step(r, (struct event){.step = STEP_RESTART, .err = E_UNAVAILABLE});
}

static void unknown_fate(struct road *r)
{
    asking(r);
    host_controller_started(&r->h, r->now_ms);
}

static void settled(struct road *r)
{
    unknown_fate(r);
    road_fold(r, (struct event){.kind = EV_RESTART_SETTLED, .attempt = 2});
}

static void quiet_passed(struct road *r)
{
    int64_t boot_ms;
    road_to_quiet(r);
    boot_ms = r->h.back.boot_ms;
    road_wait(r, r->spec.policy.restart_quiet_ms);
    road_look(r, seen_after(1, boot_ms));
}

static void decided(struct road *r)
{
    road_start(r);
    road_step(r, (struct event){.step = STEP_PREFLIGHT, .err = E_AUTH});
}

static void final(struct road *r)
{
    decided(r);
    road_decide(r);
}

static void queued_again(struct road *r)
{
    final(r);
    road_fold(r, (struct event){.kind = EV_RETRIED});
}

/* What may follow: events of the present attempt, "+1" of the next one only, "*" of any. */
static const struct situation {
    const char *name;
    void (*go)(struct road *);
    const char *may_follow;
} situations[] = {
    {"queued", queued, "host_started+1 host_finished*"},
    {"preflight", preflight, "outcome:preflight host_finished*"},
    {"asleep", asleep, "intent:wake host_finished*"},
    {"waking", waking, "outcome:wake host_ending* host_finished*"},
    {"woken", woken, "outcome:preflight host_ending* host_finished*"},
    {"woken, decided", woken_and_decided, "intent:rest host_finished*"},
    {"putting back", putting_back, "outcome:rest host_finished*"},
    {"put back", put_back, "host_finished*"},
    {"snapshot", road_to_snapshot, "outcome:snapshot host_finished*"},
    {"apply", apply, "intent:apply host_finished*"},
    {"applying", applying, "outcome:apply host_finished*"},
    {"restart", road_to_restart, "intent:arm host_finished*"},
    {"arming", arming, "outcome:arm host_finished*"},
    {"armed", road_to_armed, "intent:arm intent:restart host_finished*"},
    {"asking", asking, "outcome:restart host_finished*"},
    {"not asked", not_asked, "intent:arm intent:restart host_finished*"},
    {"asked", road_to_asked, "outcome:look host_finished*"},
    {"unknown fate", unknown_fate, "outcome:look restart_settled+1 host_finished*"},
    {"settled", settled, "intent:arm intent:restart host_finished*"},
    {"down", road_to_down, "outcome:look host_finished*"},
    {"quiet", road_to_quiet, "outcome:look host_finished*"},
    {"quiet passed", quiet_passed, "outcome:look restart_proved host_finished*"},
    {"verify", road_to_proved, "outcome:verify host_finished*"},
    {"decided", decided, "host_finished*"},
    {"final", final, "retried*"},
    {"queued again", queued_again, "host_started+1 host_finished*"},
};

static bool has_step(enum event_kind k)
{
    return k == EV_INTENT || k == EV_OUTCOME;
}

/* Is it taken? If it is not, nothing may have changed. */
static bool is_taken(const struct road *r, enum event_kind kind, enum step step, int32_t attempt)
{
    struct road copy;
    struct why why = {0};
    struct event ev = {.kind = kind, .step = step, .attempt = attempt, .outcome = OUTCOME_OK};
    memcpy(&copy, r, sizeof copy);
    if (road_try(&copy, ev, &why) == OK)
        return true;
    assert_non_null(strstr(why.text, "cannot follow"));
    assert_memory_equal(&copy.h, &r->h, sizeof copy.h);
    return false;
}

static void what_may_follow(const struct road *r, struct text *out)
{
    for (int k = 0; k < EVENT_KINDS; k++)
        for (int s = 0; s < (has_step((enum event_kind)k) ? STEPS : 1); s++) {
            bool taken[3];
            for (int d = 0; d < 3; d++)
                taken[d] = is_taken(r, (enum event_kind)k, (enum step)s, r->h.attempt + d - 1);
            if (!taken[0] && !taken[1] && !taken[2])
                continue;
            assert_true(!taken[0] || (taken[1] && taken[2]));
            text_printf(out, "%s%s%s%s%s", out->used ? " " : "",
                        event_kind_name((enum event_kind)k),
                        has_step((enum event_kind)k) ? ":" : "",
                        has_step((enum event_kind)k) ? step_name((enum step)s) : "",
                        taken[0]   ? "*"
                        : taken[2] ? "+1"
                                   : "");
        }
}

static void impossible_event_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(situations); i++) {
        struct road r = road_new();
        struct text t = {0};
        situations[i].go(&r);
        what_may_follow(&r, &t);
        if (strcmp(text_str(&t), situations[i].may_follow) != 0)
            fail_msg("%s: '%s' may follow, not '%s'", situations[i].name, text_str(&t),
                     situations[i].may_follow);
        text_fini(&t);
    }
}

static void promise_9_host_is_not_finished_without_an_outcome(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(situations); i++) {
        struct road r = road_new();
        struct why why = {0};
        situations[i].go(&r);
        assert_int_equal(road_try(&r, (struct event){.kind = EV_HOST_FINISHED}, &why), E_CORRUPT);
    }
}

static void refusal_names_the_event_the_host_and_the_state(void **state)
{
    struct road r = road_new();
    struct why why = {0};
    struct event ev = {.kind = EV_OUTCOME, .step = STEP_VERIFY};
    (void)state;
    assert_int_equal(road_try(&r, ev, &why), E_CORRUPT);
    assert_string_equal(
        why.text, "event 1 (outcome verify of h1) cannot follow: the host is in state queued");
}

/* In no situation can anything be decided or done that the host's own fold would refuse. */
static void what_is_due_next_can_follow(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(situations); i++) {
        struct road r = road_new();
        struct action a;
        struct event ev = {0};
        int64_t wake;
        situations[i].go(&r);
        road_wait(&r, 10 * r.spec.policy.restart_timeout_ms);
        if (host_decide(&r.h, &r.spec, r.now_ms, &ev))
            assert_true(is_taken(&r, ev.kind, ev.step, ev.attempt));
        else if (host_next(&r.h, &r.spec, r.now_ms, &a, &wake) == NEXT_STEP)
            assert_true(is_taken(&r, step_needs_intent(a.step) ? EV_INTENT : EV_OUTCOME, a.step,
                                 a.attempt));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_event_is_refused_and_changes_nothing),
        cmocka_unit_test(promise_9_host_is_not_finished_without_an_outcome),
        cmocka_unit_test(refusal_names_the_event_the_host_and_the_state),
        cmocka_unit_test(what_is_due_next_can_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
