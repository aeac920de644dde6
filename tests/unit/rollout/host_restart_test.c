/* The restart of a host: asked for once, seen, proved; and everything that can go otherwise. */
#include "tests/unit/rollout/road.h"

static void restart_is_proved_and_then_watched(void **state)
{
    struct road r = road_new();
    struct event ev;
    (void)state;
    road_to_quiet(&r);
    assert_int_equal(r.h.restarts, 1);
    assert_string_equal(r.h.witnesses,
                        "server GUID new, volatile key gone, booted after the request, seen down");
    ev = look_until(&r, seen_after(1, r.h.back.boot_ms), r.now_ms + 120000);
    assert_int_equal(ev.kind, EV_RESTART_PROVED);
    assert_int_equal(ev.restarts, 1);
    assert_int_equal(ev.took_ms, r.h.up_ms - r.h.asked_ms);
    assert_string_equal(ev.why, r.h.witnesses);
    assert_true(r.now_ms - r.h.up_ms >= r.spec.policy.restart_quiet_ms);
    assert_true(r.now_ms - r.h.up_ms <= r.spec.policy.restart_quiet_ms + 5000);
}

static void look_is_light_until_something_happened(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_asked(&r);
    assert_false(road_next(&r).thorough);
    assert_false(road_look(&r, front_door(1))); /* as before: no news */
    assert_true(road_wake(&r) - r.now_ms <= r.spec.policy.look_ms);
    road_wait(&r, 2000);
    road_look_away(&r);
    assert_true(road_next(&r).thorough);
}

static void look_is_thorough_where_the_front_door_says_nothing(void **state)
{
    struct road r = road_new();
    struct observation seen = seen_before();
    (void)state;
    seen.set.has_guid = false;
    road_to_restart(&r);
    road_step(&r, (struct event){.step = STEP_ARM, .seen = seen});
    road_step(&r, (struct event){.step = STEP_RESTART, .asked = true});
    assert_true(road_next(&r).thorough);
}

static void restart_too_quick_to_be_seen_down_is_proved(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_asked(&r);
    assert_true(road_look(&r, front_door(9)));
    assert_int_equal(r.h.state, HOST_AWAIT_UP);
    assert_true(road_next(&r).thorough && !r.h.down_seen);
    struct observation seen = seen_after(8, r.now_ms);
    assert_true(road_look(&r, seen));
    assert_int_equal(r.h.state, HOST_QUIET);
}

static void promise_2_restart_is_asked_for_once(void **state)
{
    struct road r = road_new();
    struct why why = {0};
    struct event again = {.kind = EV_INTENT, .step = STEP_RESTART, .attempt = 1};
    (void)state;
    road_to_armed(&r);
    road_intent(&r, STEP_RESTART);
    assert_int_equal(road_try(&r, again, &why), E_CORRUPT);
    road_result(&r, (struct event){.step = STEP_RESTART, .asked = true});
    assert_int_equal(road_try(&r, again, &why), E_CORRUPT);
    road_look_away(&r);
    assert_int_equal(road_try(&r, again, &why), E_CORRUPT);
}

static void restart_that_was_not_asked_for_may_be_tried_again(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_armed(&r);
    road_step(&r, (struct event){.step = STEP_RESTART, .err = E_UNAVAILABLE});
    assert_false(r.h.asked);
    r.now_ms = road_wake(&r);
    road_step(&r, (struct event){.step = STEP_RESTART, .asked = true});
    assert_int_equal(r.h.state, HOST_AWAIT_DOWN);
    assert_false(r.h.fate_unknown);
}

static void restart_that_is_refused_ends_the_host_and_it_stays_up(void **state)
{
    static const enum err errs[] = {E_AUTH, E_DENIED, E_REFUSED, E_UNSUPPORTED};
    (void)state;
    for (size_t i = 0; i < COUNT(errs); i++) {
        struct road r = road_new();
        road_to_armed(&r);
        road_step(&r, (struct event){.step = STEP_RESTART, .err = errs[i], .why = "no"});
        road_must_end(&r, OUTCOME_FAILED, "no");
        assert_false(host_is_unavailable(&r.h));
    }
}

static void request_that_broke_its_protocol_may_have_been_heard(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_armed(&r);
    road_step(&r, (struct event){.step = STEP_RESTART, .asked = true, .err = E_SECURITY});
    road_must_end(&r, OUTCOME_FAILED, "");
    assert_true(host_is_unavailable(&r.h));
}

/* --- lost answers --- */
static void road_to_lost(struct road *r, enum err err)
{
    road_to_armed(r);
    road_step(r, (struct event){.step = STEP_RESTART, .asked = true, .err = err});
    assert_int_equal(r->h.state, HOST_AWAIT_DOWN);
    assert_true(r->h.fate_unknown && r->h.asked);
    assert_true(road_next(r).thorough);
}

static void promise_2_lost_request_is_settled_before_the_next(void **state)
{
    static const enum err errs[] = {E_CUT, E_TIMEOUT};
    (void)state;
    for (size_t i = 0; i < COUNT(errs); i++) {
        struct road r = road_new();
        struct event ev;
        int64_t asked_ms,
            wait_ms = r.spec.policy.restart_delay_ms + r.spec.policy.restart_settle_ms;
        road_to_lost(&r, errs[i]);
        asked_ms = r.h.asked_ms;
        ev = look_until(&r, seen_before(), asked_ms + 2 * wait_ms);
        assert_int_equal(ev.kind, EV_RESTART_SETTLED);
        assert_true(r.now_ms - asked_ms >= wait_ms && r.now_ms - asked_ms <= wait_ms + 5000);
        assert_true(ev.attempt == 2 && r.h.attempt == 2);
        assert_non_null(strstr(ev.why, "had no effect"));
        assert_int_equal(road_next(&r).step, STEP_RESTART);
        assert_int_equal(road_next(&r).attempt, 2);
        road_step(&r, (struct event){.step = STEP_RESTART, .asked = true});
        assert_false(r.h.fate_unknown);
    }
}

/* To the second request, after the first was taken as lost; the first one's time. */
static int64_t road_to_settled(struct road *r)
{
    int64_t first_ms;
    road_to_lost(r, E_CUT);
    first_ms = r->h.asked_ms;
    assert_int_equal(look_until(r, seen_before(), r->now_ms + 200000).kind, EV_RESTART_SETTLED);
    return first_ms;
}

static void promise_2_second_request_is_only_for_the_boot_of_the_first(void **state)
{
    struct road r = road_new();
    struct action a;
    (void)state;
    road_to_armed(&r);
    assert_false(road_next(&r).thorough); /* the first needs no such care */
    r = road_new();
    int64_t first_ms = road_to_settled(&r);
    a = road_next(&r);
    assert_true(a.step == STEP_RESTART && a.thorough && a.asked_ms == first_ms);
    assert_int_equal(a.before.guid[0], 1);
    /* The host restarted after all, a moment ago: nothing is asked, it is looked into. */
    road_step(&r, (struct event){.step = STEP_RESTART, .err = E_MOVED});
    assert_int_equal(r.h.state, HOST_AWAIT_DOWN);
    assert_true(r.h.fate_unknown && r.h.asked && r.h.ending == OUTCOME_NONE);
    assert_true(road_look(&r, seen_after(1, r.now_ms - 5000)));
    assert_int_equal(r.h.state, HOST_QUIET);
    assert_int_equal(r.h.restarts, 1);
}

/* A restart that began late is why it cannot be asked again: asked once more when it is back, it
 * would restart twice. */
static void promise_2_host_that_goes_down_before_the_second_request_is_not_asked_again(void **state)
{
    static const enum err errs[] = {E_CONNECT, E_TIMEOUT, E_CUT, E_UNAVAILABLE};
    (void)state;
    for (size_t i = 0; i < COUNT(errs); i++) {
        struct road r = road_new();
        int64_t first_ms = road_to_settled(&r), boot_ms;
        road_step(&r, (struct event){.step = STEP_RESTART, .err = errs[i]});
        assert_int_equal(road_next(&r).step, STEP_LOOK);
        boot_ms = r.now_ms - 1000; /* before the second request was made, and after the first */
        road_wait(&r, 30000);
        assert_true(road_look(&r, seen_after(1, boot_ms)));
        assert_int_equal(r.h.state, HOST_QUIET);
        look_until(&r, seen_after(1, boot_ms), r.now_ms + 200000);
        assert_int_equal(r.h.state, HOST_VERIFY);
        assert_int_equal(r.h.first_asked_ms, first_ms);
    }
}

static void requests_that_are_lost_over_and_over_come_to_an_end(void **state)
{
    struct road r = road_new();
    struct event ev = {.kind = EVENT_KINDS};
    int asked = 1;
    (void)state;
    road_to_lost(&r, E_CUT);
    for (;;) {
        ev = look_until(&r, seen_before(), r.now_ms + 200000);
        if (ev.kind != EV_RESTART_SETTLED)
            break;
        road_step(&r, (struct event){.step = STEP_RESTART, .asked = true, .err = E_TIMEOUT});
        asked++;
    }
    assert_int_equal(ev.kind, EV_HOST_FINISHED);
    assert_int_equal(ev.outcome, OUTCOME_FAILED);
    assert_int_equal(asked, r.spec.policy.step_tries + 1);
    assert_non_null(strstr(ev.why, "was asked to restart 6 times, and no request had an effect"));
}

/* What a look saw was so when it began; it may have gone down before the look came back. */
static void promise_2_look_that_began_before_the_deadline_settles_nothing(void **state)
{
    struct road r = road_new();
    struct event look = {.step = STEP_LOOK, .seen = seen_before(), .took_ms = 4000};
    (void)state;
    road_to_lost(&r, E_CUT);
    r.now_ms = r.h.asked_ms + r.spec.policy.restart_delay_ms + r.spec.policy.restart_settle_ms;
    road_wait(&r, 3000);
    assert_false(road_step(&r, look));
    assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
    r.now_ms = road_wake(&r);
    assert_false(road_step(&r, look));
    assert_int_equal(road_decide(&r).kind, EV_RESTART_SETTLED);
}

static void lost_request_that_arrived_is_not_repeated(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_lost(&r, E_CUT);
    look_until(&r, seen_before(), r.now_ms + 10000);
    r.now_ms = road_wake(&r);
    assert_true(road_look_away(&r));
    road_wait(&r, 30000);
    assert_true(road_look(&r, seen_after(1, r.now_ms - 5000)));
    assert_int_equal(r.h.state, HOST_QUIET);
    assert_int_equal(r.h.attempt, 1);
}

static void crash_while_asking_is_settled_by_boot_identity(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_armed(&r);
    road_intent(&r, STEP_RESTART);
    road_wait(&r, 3600000); /* the controller was away for an hour */
    host_controller_started(&r.h, r.now_ms);
    assert_int_equal(road_decide(&r).kind, EVENT_KINDS); /* not before a look */
    assert_true(road_look(&r, seen_after(1, r.now_ms - 3500000)));
    assert_int_equal(r.h.state, HOST_QUIET);

    r = road_new();
    road_to_armed(&r);
    road_intent(&r, STEP_RESTART);
    road_wait(&r, 3600000);
    host_controller_started(&r.h, r.now_ms);
    assert_false(road_look(&r, seen_before()));
    assert_int_equal(road_decide(&r).kind, EV_RESTART_SETTLED);
}

static void lost_request_is_not_settled_by_a_look_from_before_the_deadline(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_lost(&r, E_CUT);
    assert_false(road_look(&r, seen_before()));
    road_wait(&r, 10 * r.spec.policy.restart_settle_ms);
    assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
}

static void promise_9_lost_request_that_cannot_be_settled_is_inconclusive(void **state)
{
    struct road r = road_new();
    struct observation disagree = seen_before();
    int64_t patience = r.spec.policy.restart_delay_ms + r.spec.policy.restart_timeout_ms;
    (void)state;
    road_to_lost(&r, E_CUT);
    must_end_by(&r, front_door(1), patience, OUTCOME_INCONCLUSIVE, "cannot be told");
    assert_true(host_is_unavailable(&r.h));

    r = road_new();
    road_to_lost(&r, E_CUT);
    disagree.set.marker = MARKER_ABSENT;
    must_end_by(&r, disagree, patience, OUTCOME_INCONCLUSIVE, "do not agree");
}

/* --- hosts that do not do as they are told --- */
static void restart_under_way_already_is_waited_for(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_armed(&r);
    road_step(&r, (struct event){.step = STEP_RESTART, .asked = true, .err = E_GOING_DOWN});
    assert_int_equal(r.h.state, HOST_AWAIT_DOWN);
    assert_true(r.h.was_going_down && !r.h.fate_unknown);
    road_wait(&r, 5000);
    road_look_away(&r);
    road_wait(&r, 40000);
    road_look(&r, seen_after(1, r.now_ms - 10000));
    look_until(&r, seen_after(1, r.h.back.boot_ms), r.now_ms + 120000);
    assert_int_equal(r.h.state, HOST_VERIFY);
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_CHANGED, "a restart was under way already");
}

static void host_that_never_goes_down_fails_and_owes(void **state)
{
    struct road r = road_new();
    int64_t patience = r.spec.policy.restart_delay_ms + r.spec.policy.restart_timeout_ms;
    (void)state;
    road_to_asked(&r);
    must_end_by(&r, front_door(1), patience, OUTCOME_FAILED,
                "it accepted the restart, but did not");
    assert_true(r.h.owes_restart && host_is_unavailable(&r.h));

    r = road_new();
    road_to_armed(&r);
    road_step(&r, (struct event){.step = STEP_RESTART, .asked = true, .err = E_GOING_DOWN});
    must_end_by(&r, front_door(1), patience, OUTCOME_FAILED, "it announced the restart");
}

static void nothing_is_decided_without_a_look_after_the_deadline(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_asked(&r);
    assert_false(road_look(&r, front_door(1)));
    road_wait(&r, 100 * r.spec.policy.restart_timeout_ms);
    assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
    assert_false(road_look(&r, front_door(1)));
    assert_int_equal(road_decide(&r).kind, EV_HOST_FINISHED);
}

static void host_that_never_comes_back_is_unreachable(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_down(&r);
    must_end_by(&r, (struct observation){.reachable = false}, r.spec.policy.restart_timeout_ms,
                OUTCOME_UNREACHABLE, "did not come back within 20m");
    assert_true(r.h.owes_restart && host_is_unavailable(&r.h));
}

static void promise_9_host_that_cannot_be_logged_in_to_is_inconclusive(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_down(&r);
    must_end_by(&r, front_door(9), r.spec.policy.restart_timeout_ms, OUTCOME_INCONCLUSIVE,
                "could not be logged in to");
}

static void promise_9_witnesses_that_disagree_are_inconclusive(void **state)
{
    struct road r = road_new();
    struct observation service_only = seen_before();
    (void)state;
    service_only.set.guid[0] = 9;
    road_to_down(&r);
    must_end_by(&r, service_only, r.spec.policy.restart_timeout_ms, OUTCOME_INCONCLUSIVE,
                "do not agree: server GUID new, volatile key still there");
}

static void network_blip_is_told_from_a_restart(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_down(&r);
    must_end_by(&r, seen_before(), r.spec.policy.restart_timeout_ms, OUTCOME_FAILED,
                "out of reach for a moment, but did not restart");
    assert_true(r.h.owes_restart);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restart_is_proved_and_then_watched),
        cmocka_unit_test(look_is_light_until_something_happened),
        cmocka_unit_test(look_is_thorough_where_the_front_door_says_nothing),
        cmocka_unit_test(restart_too_quick_to_be_seen_down_is_proved),
        cmocka_unit_test(promise_2_restart_is_asked_for_once),
        cmocka_unit_test(restart_that_was_not_asked_for_may_be_tried_again),
        cmocka_unit_test(restart_that_is_refused_ends_the_host_and_it_stays_up),
        cmocka_unit_test(request_that_broke_its_protocol_may_have_been_heard),
        cmocka_unit_test(promise_2_lost_request_is_settled_before_the_next),
        cmocka_unit_test(promise_2_second_request_is_only_for_the_boot_of_the_first),
        cmocka_unit_test(
            promise_2_host_that_goes_down_before_the_second_request_is_not_asked_again),
        cmocka_unit_test(requests_that_are_lost_over_and_over_come_to_an_end),
        cmocka_unit_test(promise_2_look_that_began_before_the_deadline_settles_nothing),
        cmocka_unit_test(lost_request_that_arrived_is_not_repeated),
        cmocka_unit_test(crash_while_asking_is_settled_by_boot_identity),
        cmocka_unit_test(lost_request_is_not_settled_by_a_look_from_before_the_deadline),
        cmocka_unit_test(promise_9_lost_request_that_cannot_be_settled_is_inconclusive),
        cmocka_unit_test(restart_under_way_already_is_waited_for),
        cmocka_unit_test(host_that_never_goes_down_fails_and_owes),
        cmocka_unit_test(nothing_is_decided_without_a_look_after_the_deadline),
        cmocka_unit_test(host_that_never_comes_back_is_unreachable),
        cmocka_unit_test(promise_9_host_that_cannot_be_logged_in_to_is_inconclusive),
        cmocka_unit_test(promise_9_witnesses_that_disagree_are_inconclusive),
        cmocka_unit_test(network_blip_is_told_from_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
