/* The limits that keep a fleet safe: waves, soak, approval, unavailable hosts, anti-affinity,
 * budget. */
#include "tests/unit/rollout/play.h"

static const int32_t waves_1_2_3[] = {1, 2, 3, 0}, waves_2_2[] = {2, 2, 0}, waves_4[] = {4, 0};

static enum event_kind next_decision(struct play *p, struct event *ev)
{
    return play_decide_one(p, ev) ? ev->kind : EVENT_KINDS;
}

static void must_be_paused(const struct play *p, bool budget, const char *words)
{
    assert_int_equal(engine_state(p->g), ROLLOUT_PAUSED);
    assert_int_equal(p->g->budget_spent, budget);
    if (!strstr(p->g->why, words))
        fail_msg("'%s' does not say '%s'", p->g->why, words);
    assert_true(engine_is_at_rest(p->g));
}

static void first_wave_begins_at_once_with_its_hosts_in_order(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    struct event ev;
    (void)state;
    assert_int_equal(engine_state(p.g), ROLLOUT_RUNNING);
    assert_int_equal(next_decision(&p, &ev), EV_WAVE_STARTED);
    assert_int_equal(ev.wave, 1);
    assert_int_equal(next_decision(&p, &ev), EV_HOST_STARTED);
    assert_string_equal(ev.host, "h1");
    assert_true(ev.attempt == 1 && ev.rollout == 7);
    assert_int_equal(next_decision(&p, &ev), EV_HOST_STARTED);
    assert_string_equal(ev.host, "h2");
    assert_int_equal(next_decision(&p, &ev), EVENT_KINDS);
    assert_false(engine_is_at_rest(p.g));
    play_end(&p);
}

static void rollout_goes_through_all_waves_and_finishes_once(void **state)
{
    struct play p = play_of(play_spec(waves_1_2_3));
    struct engine_counts n;
    (void)state;
    play_decide(&p);
    play_ok(&p, "h1");
    assert_string_equal(play_in_flight(&p), "h2 h3");
    play_ok(&p, "h3");
    play_ok(&p, "h2");
    assert_string_equal(play_in_flight(&p), "h4 h5 h6");
    play_ok(&p, "h4");
    play_ok(&p, "h5");
    assert_int_equal(engine_wave(p.g), 3);
    play_ok(&p, "h6");
    assert_int_equal(engine_wave(p.g), 4);
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    assert_string_equal(p.g->why, "all waves done: 6 ok, 0 changed, 0 rolled back, 0 failed, "
                                  "0 unreachable, 0 inconclusive, 0 skipped");
    engine_count(p.g, &n);
    assert_true(n.total == 6 && n.final == 6 && n.by_outcome[OUTCOME_OK] == 6 && n.bad == 0);
    assert_true(engine_is_at_rest(p.g) && play_decide(&p) == 0);
    assert_true(engine_wake(p.g, p.now_ms) == INT64_MAX);
    play_end(&p);
}

/* --- promise 3 --- */
static void promise_3_no_more_hosts_in_flight_than_allowed(void **state)
{
    struct rollout_spec *spec = play_spec(waves_4);
    struct play p;
    (void)state;
    spec->policy.max_unavailable = (struct amount){2, false};
    p = play_of(spec);
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h1 h2");
    play_ok(&p, "h2");
    assert_string_equal(play_in_flight(&p), "h1 h3");
    play_fail(&p, "h1", E_AUTH);
    assert_string_equal(play_in_flight(&p), "h3 h4");
    play_end(&p);
}

static void promise_3_share_of_unavailable_hosts_is_of_all_and_never_below_one(void **state)
{
    static const struct {
        int64_t percent;
        const char *in_flight;
    } cases[] = {{1, "h1"}, {25, "h1"}, {49, "h1"}, {50, "h1 h2"}, {99, "h1 h2 h3"}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rollout_spec *spec = play_spec(waves_4);
        struct play p;
        spec->policy.max_unavailable = (struct amount){cases[i].percent, true};
        p = play_of(spec);
        play_decide(&p);
        assert_string_equal(play_in_flight(&p), cases[i].in_flight);
        play_end(&p);
    }
}

static void promise_3_never_two_of_one_affinity_group(void **state)
{
    struct rollout_spec *spec = play_spec(waves_4);
    struct play p;
    (void)state;
    spec->hosts[0].affinity = str_dup("payroll");
    spec->hosts[1].affinity = str_dup("payroll");
    spec->hosts[3].affinity = str_dup("mail");
    p = play_of(spec);
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h1 h3 h4");
    play_ok(&p, "h3");
    assert_string_equal(play_in_flight(&p), "h1 h4");
    play_ok(&p, "h1");
    assert_string_equal(play_in_flight(&p), "h2 h4");
    play_end(&p);
}

static void promise_3_host_that_may_be_down_keeps_its_place(void **state)
{
    struct rollout_spec *spec = play_spec(waves_4);
    struct play p;
    (void)state;
    spec->policy.max_unavailable = (struct amount){2, false};
    p = play_of(spec);
    play_decide(&p);
    play_vanish(&p, "h1");
    assert_string_equal(play_in_flight(&p), "h2");
    play_ok(&p, "h2");
    assert_string_equal(play_in_flight(&p), "h3");
    play_vanish(&p, "h3");
    must_be_paused(&p, false, "2 hosts may still be down (restart not proved)");
    /* Told to go on it says the same again. */
    play_say(&p, (struct event){.kind = EV_RESUMED});
    assert_int_equal(play_decide(&p), 1);
    must_be_paused(&p, false, "allows no more to be touched");
    play_end(&p);
}

static void promise_3_host_tried_again_keeps_its_place_until_it_answers(void **state)
{
    struct rollout_spec *spec = play_spec(waves_4);
    struct play p;
    (void)state;
    spec->policy.max_unavailable = (struct amount){1, false};
    p = play_of(spec);
    play_decide(&p);
    play_vanish(&p, "h1");
    must_be_paused(&p, false, "1 hosts may still be down");
    play_retry(&p, "h1");
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h1"); /* its own place is not in its way */
    play_fail(&p, "h1", E_CONNECT);
    must_be_paused(&p, false, "1 hosts may still be down");
    play_retry(&p, "h1");
    play_decide(&p);
    play_answer(&p, "h1");
    assert_string_equal(play_in_flight(&p), "h2");
    play_end(&p);
}

static void promise_3_affinity_holds_for_a_host_that_may_be_down(void **state)
{
    struct rollout_spec *spec = play_spec(waves_2_2);
    struct play p;
    (void)state;
    for (size_t i = 0; i < 3; i++)
        spec->hosts[i].affinity = str_dup("payroll");
    p = play_of(spec);
    play_decide(&p);
    play_vanish(&p, "h1");
    must_be_paused(&p, false, "anti-affinity");
    play_retry(&p, "h1");
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h1");
    play_answer(&p, "h1");
    assert_string_equal(play_in_flight(&p), "h2");
    play_end(&p);
}

/* --- promise 4 --- */
static void promise_4_next_wave_waits_for_every_host_of_the_last(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    (void)state;
    play_decide(&p);
    play_ok(&p, "h1");
    p.now_ms += 3600000;
    assert_int_equal(play_decide(&p), 0);
    assert_int_equal(p.g->waves[0].state, WAVE_RUNNING);
    assert_int_equal(p.g->waves[1].state, WAVE_PENDING);
    play_ok(&p, "h2");
    assert_int_equal(p.g->waves[0].state, WAVE_PASSED);
    assert_int_equal(p.g->waves[1].state, WAVE_RUNNING);
    play_end(&p);
}

static void promise_4_next_wave_waits_for_the_soak(void **state)
{
    struct rollout_spec *spec = play_spec(waves_2_2);
    struct play p;
    (void)state;
    spec->policy.soak_ms = 600000;
    p = play_of(spec);
    play_decide(&p);
    play_ok(&p, "h1");
    play_ok(&p, "h2");
    int64_t passed_ms = p.now_ms;
    assert_true(engine_wake(p.g, p.now_ms) == passed_ms + 600000);
    p.now_ms = passed_ms + 599999;
    assert_int_equal(play_decide(&p), 0);
    assert_false(engine_is_at_rest(p.g));
    p.now_ms++;
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h3 h4");
    play_ok(&p, "h3");
    play_ok(&p, "h4"); /* and after the last wave there is none */
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    play_end(&p);
}

static void promise_4_next_wave_waits_for_its_approval(void **state)
{
    struct rollout_spec *spec = play_spec(waves_1_2_3);
    struct play p;
    (void)state;
    spec->policy.approval_between_waves = true;
    p = play_of(spec);
    play_decide(&p); /* the first wave needs none */
    assert_string_equal(play_in_flight(&p), "h1");
    play_ok(&p, "h1");
    assert_int_equal(engine_state(p.g), ROLLOUT_WAITING);
    assert_true(engine_is_at_rest(p.g));
    p.now_ms += 86400000;
    assert_int_equal(play_decide(&p), 0);
    play_say(&p, (struct event){.kind = EV_PROMOTED, .wave = 2, .by = "carol"});
    assert_int_equal(engine_state(p.g), ROLLOUT_RUNNING);
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h2 h3");
    play_ok(&p, "h2");
    play_ok(&p, "h3");
    assert_int_equal(engine_state(p.g), ROLLOUT_WAITING); /* of wave 2, not of all that follow */
    play_end(&p);
}

static void promise_4_approval_does_not_shorten_the_soak(void **state)
{
    struct rollout_spec *spec = play_spec(waves_2_2);
    struct play p;
    (void)state;
    spec->policy.approval_between_waves = true;
    spec->policy.soak_ms = 600000;
    p = play_of(spec);
    play_decide(&p);
    play_say(&p, (struct event){.kind = EV_PROMOTED, .wave = 2}); /* in advance */
    play_ok(&p, "h1");
    assert_string_equal(play_in_flight(&p), "h2");
    play_ok(&p, "h2");
    assert_string_equal(play_in_flight(&p), "");
    assert_int_equal(engine_state(p.g), ROLLOUT_RUNNING);
    p.now_ms += 600000;
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h3 h4");
    play_end(&p);
}

static void promise_4_wave_gone_through_again_soaks_again(void **state)
{
    struct rollout_spec *spec = play_spec(waves_1_2_3);
    struct play p;
    (void)state;
    spec->policy.soak_ms = 600000;
    spec->policy.max_unavailable = (struct amount){1, false};
    p = play_of(spec);
    play_decide(&p);
    play_fail(&p, "h1", E_AUTH);
    p.now_ms += 600000;
    play_decide(&p);
    play_ok(&p, "h2");
    assert_string_equal(play_in_flight(&p), "h3"); /* wave 2 is under way */
    play_retry(&p, "h1");
    play_ok(&p, "h3");
    assert_string_equal(play_in_flight(&p), "h1");
    play_ok(&p, "h1");
    assert_int_equal(engine_wave(p.g), 3);
    p.now_ms += 599999;
    assert_int_equal(play_decide(&p), 0);
    p.now_ms++;
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h4");
    play_end(&p);
}

static void promise_4_rest_of_a_wave_waits_for_the_soak_of_an_earlier_one(void **state)
{
    struct rollout_spec *spec = play_spec(waves_1_2_3);
    struct play p;
    (void)state;
    spec->policy.soak_ms = 600000;
    spec->policy.max_unavailable = (struct amount){1, false};
    p = play_of(spec);
    play_decide(&p);
    play_fail(&p, "h1", E_AUTH);
    p.now_ms += 600000;
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h2");
    play_say(&p, (struct event){.kind = EV_PAUSED});
    play_ok(&p, "h2");
    play_retry(&p, "h1");
    play_decide(&p);
    play_ok(&p, "h1");
    assert_string_equal(play_in_flight(&p), ""); /* h3 has to wait */
    assert_true(engine_wake(p.g, p.now_ms) == p.now_ms + 600000);
    p.now_ms += 600000;
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h3");
    play_end(&p);
}

/* --- promise 5 --- */
static void promise_5_spent_budget_stops_new_hosts(void **state)
{
    static const struct {
        const char *words;
        void (*end)(struct play *, const char *);
    } cases[] = {{"(0 failed, 0 unreachable, 1 inconclusive)", play_lose},
                 {"(1 failed, 0 unreachable, 0 inconclusive)", play_vanish}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rollout_spec *spec = play_spec(waves_4);
        struct play p;
        spec->policy.max_failed = 1;
        spec->policy.max_unavailable = (struct amount){2, false};
        p = play_of(spec);
        play_decide(&p);
        cases[i].end(&p, "h1");
        assert_string_equal(play_in_flight(&p), "h2"); /* which goes on */
        assert_int_equal(engine_state(p.g), ROLLOUT_PAUSED);
        play_ok(&p, "h2");
        must_be_paused(&p, true, "the failure budget is spent: 1 of 1 allowed failed");
        assert_non_null(strstr(p.g->why, cases[i].words));
        play_end(&p);
    }
}

static void promise_5_budget_counts_over_all_waves(void **state)
{
    struct rollout_spec *spec = play_spec(waves_1_2_3);
    struct play p;
    (void)state;
    spec->policy.max_failed = 3;
    spec->policy.max_unavailable = (struct amount){1, false};
    p = play_of(spec);
    play_decide(&p);
    play_fail(&p, "h1", E_AUTH);
    play_fail(&p, "h2", E_CONNECT);
    assert_string_equal(play_in_flight(&p), "h3");
    play_lose(&p, "h3");
    must_be_paused(&p, true, "3 of 3 allowed failed (1 failed, 1 unreachable, 1 inconclusive)");
    play_say(&p, (struct event){.kind = EV_RESUMED, .max_failed = 4});
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h4");
    play_end(&p);
}

static void promise_5_hosts_left_out_by_the_plan_count_by_how_they_were(void **state)
{
    struct rollout_spec *spec = play_spec(waves_4);
    struct play p;
    (void)state;
    spec->policy.max_failed = 1;
    spec->hosts[3].wave = 0;
    spec->hosts[3].left_out = OUTCOME_SKIPPED;
    spec->hosts[3].why = str_dup("exempt");
    p = play_of(spec);
    assert_string_equal(play_host(&p, "h4")->why, "exempt");
    assert_int_equal(p.g->waves[0].hosts, 3);
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h1 h2 h3"); /* skipped is not bad */
    play_end(&p);

    spec = play_spec(waves_4);
    spec->policy.max_failed = 1;
    spec->hosts[3].wave = 0;
    spec->hosts[3].left_out = OUTCOME_UNREACHABLE;
    p = play_of(spec);
    play_decide(&p);
    must_be_paused(&p, true, "1 unreachable");
    play_end(&p);
}

static void budget_that_can_stop_nothing_any_more_does_not_pause(void **state)
{
    struct rollout_spec *spec = play_spec(waves_2_2);
    struct play p;
    (void)state;
    spec->policy.max_failed = 2;
    p = play_of(spec);
    play_decide(&p);
    play_ok(&p, "h1");
    play_ok(&p, "h2");
    play_fail(&p, "h3", E_AUTH);
    play_fail(&p, "h4", E_CONNECT);
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    assert_non_null(strstr(p.g->why, "1 failed, 1 unreachable"));
    play_end(&p);
}

static void promise_5_resume_without_a_larger_budget_stops_again(void **state)
{
    struct rollout_spec *spec = play_spec(waves_1_2_3);
    struct play p;
    (void)state;
    spec->policy.max_failed = 1;
    p = play_of(spec);
    play_decide(&p);
    play_fail(&p, "h1", E_AUTH);
    must_be_paused(&p, true, "budget");
    play_say(&p, (struct event){.kind = EV_RESUMED});
    assert_int_equal(play_decide(&p), 1);
    must_be_paused(&p, true, "budget");
    play_retry(&p, "h1"); /* while it is tried again, it is not counted */
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h1");
    play_ok(&p, "h1");
    assert_string_equal(play_in_flight(&p), "h2 h3");
    play_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_wave_begins_at_once_with_its_hosts_in_order),
        cmocka_unit_test(rollout_goes_through_all_waves_and_finishes_once),
        cmocka_unit_test(promise_3_no_more_hosts_in_flight_than_allowed),
        cmocka_unit_test(promise_3_share_of_unavailable_hosts_is_of_all_and_never_below_one),
        cmocka_unit_test(promise_3_never_two_of_one_affinity_group),
        cmocka_unit_test(promise_3_host_that_may_be_down_keeps_its_place),
        cmocka_unit_test(promise_3_host_tried_again_keeps_its_place_until_it_answers),
        cmocka_unit_test(promise_3_affinity_holds_for_a_host_that_may_be_down),
        cmocka_unit_test(promise_4_next_wave_waits_for_every_host_of_the_last),
        cmocka_unit_test(promise_4_next_wave_waits_for_the_soak),
        cmocka_unit_test(promise_4_next_wave_waits_for_its_approval),
        cmocka_unit_test(promise_4_approval_does_not_shorten_the_soak),
        cmocka_unit_test(promise_4_wave_gone_through_again_soaks_again),
        cmocka_unit_test(promise_4_rest_of_a_wave_waits_for_the_soak_of_an_earlier_one),
        cmocka_unit_test(promise_5_spent_budget_stops_new_hosts),
        cmocka_unit_test(promise_5_budget_counts_over_all_waves),
        cmocka_unit_test(promise_5_hosts_left_out_by_the_plan_count_by_how_they_were),
        cmocka_unit_test(budget_that_can_stop_nothing_any_more_does_not_pause),
        cmocka_unit_test(promise_5_resume_without_a_larger_budget_stops_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
