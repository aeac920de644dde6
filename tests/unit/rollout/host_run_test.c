/* A host's road, but for the restart itself: what follows what, and how each failure counts. */
#include "tests/unit/rollout/road.h"

static void host_goes_the_whole_road(void **state)
{
    struct road r = road_new();
    (void)state;
    assert_int_equal(r.h.state, HOST_QUEUED);
    road_to_proved(&r);
    assert_true(r.h.restart_proved && !r.h.owes_restart && r.h.changed);
    assert_true(r.h.written == 3 && r.h.to_change == 3 && r.h.restarts == 1);
    assert_false(road_next(&r).restart_is_due);
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_CHANGED, "");
    assert_string_equal(r.h.why, "");
    assert_int_equal(r.h.attempt, 1);
}

static void host_that_is_right_already_is_only_verified(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_snapshot(&r);
    road_step(&r, (struct event){.step = STEP_SNAPSHOT});
    assert_int_equal(r.h.state, HOST_VERIFY);
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_OK, "");
    assert_false(r.h.changed);
}

static void promise_6_right_value_with_an_owed_restart_is_restarted(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_snapshot(&r);
    road_step(&r, (struct event){.step = STEP_SNAPSHOT, .needs_restart = true});
    assert_int_equal(r.h.state, HOST_RESTART);
}

static void change_that_needs_no_restart_gets_none(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_apply(&r, false);
    road_step(&r, (struct event){.step = STEP_APPLY, .written = 3});
    assert_int_equal(r.h.state, HOST_VERIFY);
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_CHANGED, "");
}

static void promise_6_restart_left_undone_is_said_to_be_owed(void **state)
{
    struct road r = road_new();
    (void)state;
    r.spec.policy.restart_never = true;
    road_to_apply(&r, true);
    road_step(&r, (struct event){.step = STEP_APPLY, .written = 3});
    assert_int_equal(r.h.state, HOST_VERIFY);
    assert_true(road_next(&r).restart_is_due);
    road_step(&r, (struct event){.step = STEP_VERIFY, .why = "well", .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_CHANGED, "well; a restart is owed");
    assert_true(r.h.owes_restart);
}

static void promise_1_nothing_is_written_before_the_before_image(void **state)
{
    struct road r = road_new();
    struct why why = {0};
    struct event apply = {.kind = EV_INTENT, .step = STEP_APPLY, .attempt = 1};
    (void)state;
    assert_int_equal(road_try(&r, apply, &why), E_CORRUPT);
    road_start(&r);
    assert_int_equal(road_try(&r, apply, &why), E_CORRUPT);
    road_step(&r, (struct event){.step = STEP_PREFLIGHT});
    assert_int_equal(road_try(&r, apply, &why), E_CORRUPT);
    road_step(&r, (struct event){.step = STEP_SNAPSHOT, .err = E_CUT});
    assert_int_equal(road_try(&r, apply, &why), E_CORRUPT);
    road_wait(&r, r.spec.policy.look_ms);
    road_step(&r, (struct event){.step = STEP_SNAPSHOT, .to_change = 1});
    road_fold(&r, apply);
}

static void rollback_ends_rolled_back(void **state)
{
    struct road r = road_new();
    (void)state;
    r.spec.rollback = true;
    road_start(&r);
    assert_true(road_next(&r).tolerant);
    road_step(&r, (struct event){.step = STEP_PREFLIGHT});
    road_step(&r, (struct event){.step = STEP_SNAPSHOT, .to_change = 2});
    road_step(&r, (struct event){.step = STEP_APPLY, .written = 2});
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_ROLLED_BACK, "");
}

static void promise_7_value_that_somebody_else_changed_is_told(void **state)
{
    struct road r = road_new();
    (void)state;
    r.spec.rollback = true;
    road_to_apply(&r, false);
    road_step(&r, (struct event){.step = STEP_APPLY, .written = 2, .foreign = 1});
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_FAILED, "1 left as found");
}

static void work_of_an_earlier_try_is_tolerated(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_snapshot(&r);
    assert_false(road_next(&r).tolerant);
    road_step(&r, (struct event){.step = STEP_SNAPSHOT, .to_change = 1});
    assert_false(road_next(&r).tolerant);
    road_step(&r, (struct event){.step = STEP_APPLY, .err = E_CUT, .written = 1});
    road_wait(&r, r.spec.policy.look_ms);
    assert_true(road_next(&r).tolerant);
    assert_int_equal(r.h.written, 1);
}

/* --- failures --- */

/* The step that is due fails until it is given up; how often it was tried. */
static int64_t fail_for_good(struct road *r, enum step step, enum err err)
{
    int64_t tries = 0;
    struct event ev = {.step = step, .err = err, .why = "as it failed"};
    while (r->h.ending == OUTCOME_NONE) {
        struct action a;
        int64_t wake;
        if (host_next(&r->h, &r->spec, r->now_ms, &a, &wake) == NEXT_WAIT) {
            assert_int_equal(wake - r->now_ms, r->spec.policy.look_ms);
            r->now_ms = wake;
        }
        road_step(r, ev);
        assert_true(++tries < 2000);
    }
    return tries;
}

static void road_to_step(struct road *r, enum step step)
{
    if (step == STEP_PREFLIGHT)
        road_start(r);
    else if (step == STEP_SNAPSHOT)
        road_to_snapshot(r);
    else if (step == STEP_APPLY)
        road_to_apply(r, true);
    else if (step == STEP_ARM)
        road_to_restart(r);
    else if (step == STEP_RESTART)
        road_to_armed(r);
    else
        road_to_proved(r);
}

/* Before the first write a host that is away is unreachable and may be left; after it, nobody can
 * say how it stands. */
static enum outcome outcome_wanted(enum err_class class, bool written)
{
    switch (class) {
    case CLASS_UNREACHABLE:
    case CLASS_AGAIN: return written ? OUTCOME_INCONCLUSIVE : OUTCOME_UNREACHABLE;
    case CLASS_FAIL_HOST:
    case CLASS_HALT: return OUTCOME_FAILED;
    case CLASS_OK: break;
    }
    fail();
    return OUTCOME_NONE;
}

static void promise_9_every_failure_in_every_step_has_its_outcome(void **state)
{
    static const enum step steps[] = {STEP_PREFLIGHT, STEP_SNAPSHOT, STEP_APPLY, STEP_ARM,
                                      STEP_RESTART};
    (void)state;
    for (size_t s = 0; s < COUNT(steps); s++)
        for (int e = OK + 1; e < ERR_COUNT; e++) {
            struct road r = road_new();
            enum err_class class = err_class((enum err)e);
            bool written = steps[s] >= STEP_APPLY;
            int64_t tries;
            if (e == E_GOING_DOWN)
                continue; /* has tests of its own */
            road_to_step(&r, steps[s]);
            tries = fail_for_good(&r, steps[s], (enum err)e);
            bool again = class == CLASS_AGAIN || (class == CLASS_UNREACHABLE && written);
            assert_int_equal(tries, again ? r.spec.policy.step_tries : 1);
            road_must_end(&r, outcome_wanted(class, written), "as it failed");
            assert_int_equal(r.h.changed, written);
        }
}

static void host_that_goes_down_is_waited_for(void **state)
{
    static const enum step steps[] = {STEP_PREFLIGHT, STEP_SNAPSHOT, STEP_APPLY, STEP_ARM};
    (void)state;
    for (size_t s = 0; s < COUNT(steps); s++) {
        struct road r = road_new();
        int64_t began;
        road_to_step(&r, steps[s]);
        began = r.now_ms;
        assert_true(fail_for_good(&r, steps[s], E_GOING_DOWN) > 100);
        assert_true(r.now_ms - began >= r.spec.policy.restart_timeout_ms);
        assert_true(r.now_ms - began <= r.spec.policy.restart_timeout_ms + 10000);
        road_must_end(&r, OUTCOME_FAILED, "as it failed");
    }
}

static void step_that_succeeds_at_last_goes_on(void **state)
{
    struct road r = road_new();
    (void)state;
    road_start(&r);
    for (int i = 0; i < 4; i++) {
        road_step(&r, (struct event){.step = STEP_PREFLIGHT, .err = E_UNAVAILABLE});
        assert_int_equal(r.h.ending, OUTCOME_NONE);
        r.now_ms = road_wake(&r);
    }
    road_step(&r, (struct event){.step = STEP_PREFLIGHT});
    assert_int_equal(r.h.state, HOST_SNAPSHOT);
    assert_int_equal(r.h.tries, 0);
}

static void check_after_a_restart_is_repeated_while_services_come_up(void **state)
{
    struct road r = road_new();
    struct event bad = {.step = STEP_VERIFY, .check = CHECK_FAILED, .why = "443 answers TLS 1.0"};
    (void)state;
    road_to_proved(&r);
    for (int64_t t = 0; t + 3000 < r.spec.policy.verify_timeout_ms; t += 2100) {
        assert_false(road_step(&r, bad));
        r.now_ms = road_wake(&r);
    }
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_CHANGED, "");
}

static void check_that_stays_bad_ends_as_it_is(void **state)
{
    static const struct {
        struct event ev;
        enum outcome outcome;
    } cases[] = {
        {{.check = CHECK_FAILED, .why = "why"}, OUTCOME_FAILED},
        {{.check = CHECK_INCONCLUSIVE, .why = "why"}, OUTCOME_INCONCLUSIVE},
        {{.err = E_CUT, .why = "why"}, OUTCOME_INCONCLUSIVE},
        {{.err = E_TIMEOUT, .why = "why"}, OUTCOME_INCONCLUSIVE},
        {{.err = E_GOING_DOWN, .why = "why"}, OUTCOME_FAILED},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct road r = road_new();
        struct event ev = cases[i].ev;
        ev.step = STEP_VERIFY;
        road_to_proved(&r);
        assert_false(road_step(&r, ev));
        road_wait(&r, r.spec.policy.verify_timeout_ms);
        assert_true(road_step(&r, ev));
        assert_int_equal(r.h.check_failed, cases[i].ev.check == CHECK_FAILED);
        road_must_end(&r, cases[i].outcome, "why");
    }
}

static void check_refused_outright_is_not_repeated(void **state)
{
    static const enum err errs[] = {E_AUTH, E_DENIED, E_SECURITY, E_PROTOCOL, E_MEMORY};
    (void)state;
    for (size_t i = 0; i < COUNT(errs); i++) {
        struct road r = road_new();
        road_to_proved(&r);
        assert_true(road_step(&r, (struct event){.step = STEP_VERIFY, .err = errs[i]}));
        road_must_end(&r, OUTCOME_FAILED, "");
    }
}

static void promise_9_check_without_a_restart_is_taken_at_once(void **state)
{
    static const enum outcome outcomes[CHECKS] = {
        [CHECK_PASSED] = OUTCOME_CHANGED,
        [CHECK_FAILED] = OUTCOME_FAILED,
        [CHECK_INCONCLUSIVE] = OUTCOME_INCONCLUSIVE,
    };
    (void)state;
    for (int c = 0; c < CHECKS; c++) {
        struct road r = road_new();
        road_to_apply(&r, false);
        road_step(&r, (struct event){.step = STEP_APPLY});
        assert_true(road_step(&r, (struct event){.step = STEP_VERIFY, .check = (enum check)c}));
        road_must_end(&r, outcomes[c], "");
    }
}

/* --- crashes and tries --- */
static void promise_2_act_of_unknown_fate_is_looked_into(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_apply(&r, true);
    road_intent(&r, STEP_APPLY);
    assert_true(r.h.changed); /* it may have been written */
    host_controller_started(&r.h, r.now_ms);
    assert_true(road_next(&r).tolerant); /* and what is there already is found */
    road_step(&r, (struct event){.step = STEP_APPLY});
    road_intent(&r, STEP_ARM);
    host_controller_started(&r.h, r.now_ms);
    road_step(&r, (struct event){.step = STEP_ARM, .seen = seen_before()});
    road_intent(&r, STEP_RESTART);
    host_controller_started(&r.h, r.now_ms);
    assert_int_equal(r.h.state, HOST_AWAIT_DOWN);
    assert_true(r.h.fate_unknown && r.h.asked);
    assert_int_equal(road_next(&r).step, STEP_LOOK);
}

static void nothing_is_done_while_an_act_is_open(void **state)
{
    struct road r = road_new();
    struct action a;
    int64_t wake;
    (void)state;
    road_to_apply(&r, true);
    road_intent(&r, STEP_APPLY);
    assert_int_equal(host_next(&r.h, &r.spec, r.now_ms, &a, &wake), NEXT_NONE);
    assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
}

static void started_controller_gives_new_tries(void **state)
{
    struct road r = road_new();
    (void)state;
    road_start(&r);
    road_step(&r, (struct event){.step = STEP_PREFLIGHT, .err = E_CUT});
    assert_true(r.h.tries == 1 && road_wake(&r) > r.now_ms);
    host_controller_started(&r.h, r.now_ms);
    assert_int_equal(r.h.tries, 0);
    assert_int_equal(road_next(&r).step, STEP_PREFLIGHT);
}

static void new_attempt_remembers_what_was_written_and_is_owed(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_restart(&r);
    road_step(&r, (struct event){.step = STEP_ARM, .err = E_DENIED, .why = "no"});
    road_must_end(&r, OUTCOME_FAILED, "no");
    road_fold(&r, (struct event){.kind = EV_RETRIED});
    assert_int_equal(r.h.state, HOST_QUEUED);
    assert_true(r.h.changed && r.h.owes_restart && r.h.written == 3 && !r.h.asked);
    assert_int_equal(r.h.outcome, OUTCOME_NONE);
    road_to_snapshot(&r);
    assert_int_equal(r.h.attempt, 2);
    assert_true(road_next(&r).tolerant);
    road_step(&r, (struct event){.step = STEP_SNAPSHOT}); /* all is there, and needs nothing more */
    assert_int_equal(r.h.state, HOST_RESTART);
}

static void long_words_of_a_host_are_cut_between_characters(void **state)
{
    struct road r = road_new();
    struct event ev = {.step = STEP_VERIFY, .check = CHECK_PASSED};
    (void)state;
    for (size_t i = 0; i + 2 < sizeof ev.why; i += 2)
        memcpy(ev.why + i, "\xc3\xbc", 2);
    memmove(ev.why + 1, ev.why, sizeof ev.why - 2);
    ev.why[0] = 'x';
    r.spec.policy.restart_never = true;
    road_to_apply(&r, true);
    road_step(&r, (struct event){.step = STEP_APPLY});
    road_step(&r, ev);
    road_must_end(&r, OUTCOME_CHANGED, "\xc3\xbc; a restart is owed");
}

static void every_state_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < HOST_STATES; i++)
        assert_true(strlen(host_state_name((enum host_state)i)) > 3);
    assert_string_equal(host_state_name(HOST_AWAIT_DOWN), "await_down");
}

static void is_asleep(struct road *r, int64_t start)
{
    road_step(r, (struct event){.step = STEP_PREFLIGHT,
                                .err = E_UNAVAILABLE,
                                .service_start = start,
                                .service_state = 1});
}

static void wakes(struct road *r)
{
    road_step(r, (struct event){.step = STEP_WAKE});
    road_wait(r, r->spec.policy.look_ms);
}

/* It fell asleep again, as we had left it: what is put back is what was there before us. */
static void service_is_put_back_as_it_was_before_the_first_waking(void **state)
{
    struct road r = road_new();
    struct action a;
    (void)state;
    road_start(&r);
    is_asleep(&r, 4);
    wakes(&r);
    is_asleep(&r, 3);
    wakes(&r);
    road_step(&r, (struct event){.step = STEP_PREFLIGHT, .err = E_AUTH});
    a = road_next(&r);
    assert_int_equal(a.step, STEP_REST);
    assert_true(a.service_start == 4 && a.service_state == 1);
    road_step(&r, (struct event){.step = STEP_REST});
    road_must_end(&r, OUTCOME_FAILED, "");
}

static void service_that_falls_asleep_again_and_again_is_given_up(void **state)
{
    struct road r = road_new();
    int wakings = 0;
    (void)state;
    road_start(&r);
    is_asleep(&r, 4);
    while (road_next(&r).step == STEP_WAKE && wakings++ < 100) {
        wakes(&r);
        is_asleep(&r, 3);
    }
    assert_in_range(wakings, 1, r.spec.policy.step_tries);
    road_step(&r, (struct event){.step = STEP_REST});
    road_must_end(&r, OUTCOME_UNREACHABLE, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_is_put_back_as_it_was_before_the_first_waking),
        cmocka_unit_test(service_that_falls_asleep_again_and_again_is_given_up),
        cmocka_unit_test(host_goes_the_whole_road),
        cmocka_unit_test(host_that_is_right_already_is_only_verified),
        cmocka_unit_test(promise_6_right_value_with_an_owed_restart_is_restarted),
        cmocka_unit_test(change_that_needs_no_restart_gets_none),
        cmocka_unit_test(promise_6_restart_left_undone_is_said_to_be_owed),
        cmocka_unit_test(promise_1_nothing_is_written_before_the_before_image),
        cmocka_unit_test(rollback_ends_rolled_back),
        cmocka_unit_test(promise_7_value_that_somebody_else_changed_is_told),
        cmocka_unit_test(work_of_an_earlier_try_is_tolerated),
        cmocka_unit_test(promise_9_every_failure_in_every_step_has_its_outcome),
        cmocka_unit_test(host_that_goes_down_is_waited_for),
        cmocka_unit_test(step_that_succeeds_at_last_goes_on),
        cmocka_unit_test(check_after_a_restart_is_repeated_while_services_come_up),
        cmocka_unit_test(check_that_stays_bad_ends_as_it_is),
        cmocka_unit_test(check_refused_outright_is_not_repeated),
        cmocka_unit_test(promise_9_check_without_a_restart_is_taken_at_once),
        cmocka_unit_test(promise_2_act_of_unknown_fate_is_looked_into),
        cmocka_unit_test(nothing_is_done_while_an_act_is_open),
        cmocka_unit_test(started_controller_gives_new_tries),
        cmocka_unit_test(new_attempt_remembers_what_was_written_and_is_owed),
        cmocka_unit_test(long_words_of_a_host_are_cut_between_characters),
        cmocka_unit_test(every_state_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
