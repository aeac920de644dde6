/* A host that is back from its restart: logged in to, watched for a while, counted as there. */
#include "tests/unit/rollout/road.h"

static struct observation refused(void)
{
    struct observation o = front_door(1);
    o.refused = true;
    return o;
}

static void account_is_not_locked_by_refused_logins(void **state)
{
    struct road r = road_new();
    int64_t began;
    (void)state;
    road_to_down(&r);
    began = r.now_ms;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
        assert_false(road_look(&r, refused()));
        assert_true(road_wake(&r) - r.now_ms >= 30000);
        r.now_ms = i < 2 ? road_wake(&r) : r.now_ms;
    }
    road_must_end(&r, OUTCOME_INCONCLUSIVE, "refuses the login");
    assert_true(r.now_ms - began >= 60000);
}

/* Where the boot is another one too, it is still a login that was refused. */
static void refused_login_counts_whatever_else_is_news(void **state)
{
    struct road r = road_new();
    struct observation new_boot = refused();
    (void)state;
    new_boot.set.guid[0] = 77;
    road_to_quiet(&r);
    for (int i = 0; i < 3; i++) {
        assert_false(road_look(&r, new_boot));
        r.now_ms = road_wake(&r);
    }
    road_must_end(&r, OUTCOME_INCONCLUSIVE, "refuses the login");
}

static void accepted_login_ends_the_count_of_refused_ones(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_down(&r);
    for (int i = 0; i < 2; i++) {
        road_look(&r, refused());
        r.now_ms = road_wake(&r);
    }
    assert_true(road_look(&r, seen_after(1, r.now_ms - 10000)));
    assert_int_equal(r.h.refusals, 0);
    road_look(&r, refused());
    assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
}

/* --- after it is back --- */
static void second_restart_in_the_quiet_window_is_seen_and_waited_for(void **state)
{
    struct road r = road_new();
    struct event ev;
    (void)state;
    road_to_quiet(&r);
    road_wait(&r, 30000);
    assert_true(road_look_away(&r));
    assert_false(road_look_away(&r));
    road_wait(&r, 30000);
    assert_true(road_look(&r, seen_after(2, r.now_ms - 10000)));
    assert_int_equal(r.h.restarts, 2);
    ev = look_until(&r, seen_after(2, r.h.back.boot_ms), r.now_ms + 120000);
    assert_true(ev.kind == EV_RESTART_PROVED && ev.restarts == 2);
    assert_true(r.now_ms - r.h.up_ms >= r.spec.policy.restart_quiet_ms);
    road_step(&r, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    road_must_end(&r, OUTCOME_CHANGED, "restarted more than once");
}

static void host_that_restarts_over_and_over_fails(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_quiet(&r);
    for (uint8_t n = 2; n <= 5; n++) {
        assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
        road_wait(&r, 20000);
        assert_true(road_look(&r, seen_after(n, r.now_ms - 1000)));
    }
    road_must_end(&r, OUTCOME_FAILED, "does not come to rest: restarted 5 times");
}

static void gap_after_it_is_back_makes_the_quiet_window_longer(void **state)
{
    struct road r = road_new();
    struct event ev;
    int64_t gap_ms;
    (void)state;
    road_to_quiet(&r);
    look_until(&r, seen_after(1, r.h.back.boot_ms), r.h.up_ms + 50000);
    r.now_ms = road_wake(&r);
    assert_true(road_look_away(&r));
    gap_ms = r.now_ms;
    ev = look_until(&r, seen_after(1, r.h.back.boot_ms), r.now_ms + 200000);
    assert_int_equal(ev.kind, EV_RESTART_PROVED);
    assert_true(r.now_ms - gap_ms >= r.spec.policy.restart_quiet_ms);
    assert_int_equal(ev.restarts, 1);
}

static void host_that_goes_away_again_for_good_is_unreachable(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_quiet(&r);
    must_end_by(&r, (struct observation){.reachable = false},
                r.spec.policy.restart_timeout_ms + r.spec.policy.restart_quiet_ms,
                OUTCOME_UNREACHABLE, "went down again and stayed away");
    assert_true(host_is_unavailable(&r.h));
}

static void promise_9_quiet_window_ends_only_with_a_login(void **state)
{
    struct road r = road_new();
    struct observation door;
    (void)state;
    road_to_quiet(&r);
    door = front_door(2);
    must_end_by(&r, door, r.spec.policy.restart_timeout_ms + r.spec.policy.restart_quiet_ms,
                OUTCOME_INCONCLUSIVE, "could not be logged in to afterwards");
}

/* Out of memory or descriptors: that is not the host's gap. */
static void promise_9_look_that_failed_here_has_not_seen_the_host_down(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_asked(&r);
    for (int64_t i = 0; i + 1 < r.spec.policy.step_tries; i++) {
        assert_true(road_step(&r, (struct event){.step = STEP_LOOK, .err = E_IO, .why = "no fd"}));
        assert_true(!r.h.down_seen && r.h.state == HOST_AWAIT_DOWN);
        assert_int_equal(road_decide(&r).kind, EVENT_KINDS);
        r.now_ms = road_wake(&r);
    }
    road_step(&r, (struct event){.step = STEP_LOOK, .err = E_IO, .why = "no fd"});
    road_must_end(&r, OUTCOME_INCONCLUSIVE, "no fd");
    assert_true(host_is_unavailable(&r.h));
}

/* --- is its service away? --- */
static void promise_3_host_that_may_be_down_is_unavailable_until_it_is_reached(void **state)
{
    struct road r = road_new();
    (void)state;
    assert_false(host_is_unavailable(&r.h));
    road_to_down(&r);
    assert_true(host_is_unavailable(&r.h) && host_in_flight(&r.h));
    look_until(&r, (struct observation){.reachable = false},
               r.now_ms + 2 * r.spec.policy.restart_timeout_ms);
    assert_int_equal(r.h.outcome, OUTCOME_UNREACHABLE);
    road_fold(&r, (struct event){.kind = EV_RETRIED});
    assert_true(host_is_unavailable(&r.h) && !host_in_flight(&r.h));
    road_start(&r);
    road_step(&r, (struct event){.step = STEP_PREFLIGHT, .err = E_DENIED});
    road_must_end(&r, OUTCOME_FAILED, "");
    assert_true(host_is_unavailable(&r.h)); /* not asked this time, and still not seen */
    road_fold(&r, (struct event){.kind = EV_RETRIED});
    road_to_snapshot(&r);
    road_step(&r, (struct event){.step = STEP_SNAPSHOT, .err = E_DENIED});
    road_must_end(&r, OUTCOME_FAILED, "");
    assert_false(host_is_unavailable(&r.h)); /* it answered */
}

static void host_whose_restart_is_proved_is_available_however_it_ends(void **state)
{
    struct road r = road_new();
    (void)state;
    road_to_proved(&r);
    road_step(&r, (struct event){.step = STEP_VERIFY, .err = E_DENIED});
    road_must_end(&r, OUTCOME_FAILED, "");
    assert_false(host_is_unavailable(&r.h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(account_is_not_locked_by_refused_logins),
        cmocka_unit_test(refused_login_counts_whatever_else_is_news),
        cmocka_unit_test(accepted_login_ends_the_count_of_refused_ones),
        cmocka_unit_test(second_restart_in_the_quiet_window_is_seen_and_waited_for),
        cmocka_unit_test(host_that_restarts_over_and_over_fails),
        cmocka_unit_test(gap_after_it_is_back_makes_the_quiet_window_longer),
        cmocka_unit_test(host_that_goes_away_again_for_good_is_unreachable),
        cmocka_unit_test(promise_9_quiet_window_ends_only_with_a_login),
        cmocka_unit_test(promise_9_look_that_failed_here_has_not_seen_the_host_down),
        cmocka_unit_test(promise_3_host_that_may_be_down_is_unavailable_until_it_is_reached),
        cmocka_unit_test(host_whose_restart_is_proved_is_available_however_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
