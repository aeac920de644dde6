/* Words to a rollout (pause, resume, abort, promote, retry), and events that cannot follow. */
#include "tests/unit/rollout/play.h"

static const int32_t waves_1_2[] = {1, 2, 0}, waves_2_2[] = {2, 2, 0};

static struct event word(enum event_kind kind)
{
    return (struct event){.kind = kind, .by = "bob", .why = "as asked"};
}

static struct event of_wave(enum event_kind kind, int32_t wave)
{
    return (struct event){.kind = kind, .wave = wave};
}

static struct event of_host(enum event_kind kind, const char *host, int32_t attempt)
{
    struct event ev = {.kind = kind, .attempt = attempt};
    (void)snprintf(ev.host, sizeof ev.host, "%s", host);
    return ev;
}

static void paused_rollout_brings_hosts_to_their_end_and_starts_none(void **state)
{
    struct rollout_spec *spec = play_spec(waves_2_2);
    struct play p;
    (void)state;
    spec->policy.max_unavailable = (struct amount){1, false};
    p = play_of(spec);
    play_decide(&p);
    play_say(&p, word(EV_PAUSED));
    assert_int_equal(engine_state(p.g), ROLLOUT_PAUSED);
    assert_string_equal(p.g->why, "as asked");
    assert_false(engine_is_at_rest(p.g));
    play_ok(&p, "h1");
    assert_int_equal(play_host(&p, "h1")->outcome, OUTCOME_OK);
    assert_true(engine_is_at_rest(p.g));
    assert_string_equal(play_in_flight(&p), "");
    play_say(&p, word(EV_RESUMED));
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h2");
    play_end(&p);
}

static void resumed_rollout_keeps_its_budget_unless_told_a_new_one(void **state)
{
    struct play p = play_of(play_spec(waves_1_2));
    struct event more = word(EV_RESUMED);
    (void)state;
    play_say(&p, word(EV_PAUSED));
    play_say(&p, word(EV_RESUMED));
    assert_true(p.g->max_failed == HOSTS_ANY);
    more.max_failed = 5;
    play_say(&p, more);
    assert_int_equal(p.g->max_failed, 5);
    play_end(&p);
}

static void aborted_rollout_skips_what_is_queued_and_finishes(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    (void)state;
    play_decide(&p);
    play_ok(&p, "h1");
    play_say(&p, word(EV_ABORTED));
    assert_int_equal(engine_state(p.g), ROLLOUT_ABORTING);
    play_decide(&p);
    assert_int_equal(play_host(&p, "h3")->outcome, OUTCOME_SKIPPED);
    assert_int_equal(play_host(&p, "h4")->outcome, OUTCOME_SKIPPED);
    assert_int_equal(engine_state(p.g), ROLLOUT_ABORTING); /* h2 is on its way */
    assert_false(engine_is_at_rest(p.g));
    play_ok(&p, "h2");
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    assert_string_equal(p.g->why, "aborted: 2 ok, 0 changed, 0 rolled back, 0 failed, "
                                  "0 unreachable, 0 inconclusive, 2 skipped");
    play_end(&p);
}

static void abort_is_stronger_than_a_pause_and_than_the_budget(void **state)
{
    struct rollout_spec *spec = play_spec(waves_1_2);
    struct play p;
    (void)state;
    spec->policy.max_failed = 1;
    p = play_of(spec);
    play_decide(&p);
    play_fail(&p, "h1", E_AUTH);
    assert_int_equal(engine_state(p.g), ROLLOUT_PAUSED);
    play_say(&p, word(EV_ABORTED));
    play_say(&p, word(EV_PAUSED)); /* two people at once */
    assert_int_equal(engine_state(p.g), ROLLOUT_ABORTING);
    play_decide(&p);
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    play_end(&p);
}

/* "Skipped" would say that nothing was done to it. */
static void promise_9_host_aborted_before_its_second_try_is_not_skipped(void **state)
{
    struct play p = play_of(play_spec(waves_1_2));
    (void)state;
    play_decide(&p);
    play_lose(&p, "h1"); /* written to */
    play_fail(&p, "h2", E_CONNECT);
    play_ok(&p, "h3");
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    play_retry(&p, "h1");
    play_retry(&p, "h2");
    play_say(&p, word(EV_ABORTED));
    play_decide(&p);
    assert_int_equal(play_host(&p, "h1")->outcome, OUTCOME_INCONCLUSIVE);
    assert_non_null(strstr(play_host(&p, "h1")->why, "an earlier try may have written"));
    assert_int_equal(play_host(&p, "h2")->outcome, OUTCOME_SKIPPED);
    play_end(&p);
}

static void retried_host_goes_through_its_wave_again(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    (void)state;
    play_decide(&p);
    play_ok(&p, "h1");
    play_fail(&p, "h2", E_CONNECT);
    play_ok(&p, "h3");
    play_ok(&p, "h4");
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    play_retry(&p, "h2");
    assert_int_equal(engine_state(p.g), ROLLOUT_RUNNING);
    assert_true(p.g->retried && !p.g->finished);
    assert_int_equal(engine_wave(p.g), 1);
    play_decide(&p);
    assert_string_equal(play_in_flight(&p), "h2");
    assert_int_equal(play_host(&p, "h2")->attempt, 2);
    assert_int_equal(play_host(&p, "h1")->attempt, 1);
    play_ok(&p, "h2");
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    assert_false(p.g->retried);
    assert_non_null(strstr(p.g->why, "4 ok"));
    play_end(&p);
}

static void aborted_rollout_can_be_tried_again_in_part(void **state)
{
    struct play p = play_of(play_spec(waves_1_2));
    (void)state;
    play_decide(&p);
    play_say(&p, word(EV_ABORTED));
    play_decide(&p);
    play_fail(&p, "h1", E_CONNECT);
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    play_retry(&p, "h1");
    play_decide(&p);
    play_ok(&p, "h1");
    assert_int_equal(engine_state(p.g), ROLLOUT_FINISHED);
    assert_non_null(strstr(p.g->why, "all waves done: 1 ok"));
    assert_non_null(strstr(p.g->why, "2 skipped"));
    play_end(&p);
}

static void approval_of_an_earlier_wave_takes_none_back(void **state)
{
    struct play p = play_of(play_spec(waves_1_2));
    (void)state;
    assert_int_equal(p.g->promoted, 1);
    play_say(&p, of_wave(EV_PROMOTED, 2));
    play_say(&p, of_wave(EV_PROMOTED, 1));
    assert_int_equal(p.g->promoted, 2);
    play_end(&p);
}

static void started_controller_is_told_to_every_host(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    (void)state;
    play_decide(&p);
    for (int i = 1; i <= 2; i++) {
        const char *host = i == 1 ? "h1" : "h2";
        play_outcome(&p, host, (struct event){.step = STEP_PREFLIGHT});
        play_outcome(&p, host, (struct event){.step = STEP_SNAPSHOT, .needs_restart = true});
        play_act(&p, host, (struct event){.step = STEP_ARM});
        play_say(&p, (struct event){.kind = EV_INTENT,
                                    .step = STEP_RESTART,
                                    .attempt = 1,
                                    .host = {'h', (char)('0' + i)}});
    }
    play_say(&p, word(EV_CONTROLLER_STARTED));
    assert_int_equal(play_host(&p, "h1")->state, HOST_AWAIT_DOWN);
    assert_int_equal(play_host(&p, "h2")->state, HOST_AWAIT_DOWN);
    assert_true(play_host(&p, "h2")->fate_unknown);
    play_end(&p);
}

/* --- events that cannot follow --- */
static void event_before_the_creation_is_refused(void **state)
{
    struct engine *g = engine_new();
    struct event ev = word(EV_PAUSED), spoilt;
    struct why why = {0};
    int64_t wake;
    (void)state;
    assert_int_equal(engine_state(g), ROLLOUT_EMPTY);
    assert_int_equal(engine_fold(g, &ev, &why), E_CORRUPT);
    assert_false(engine_decide(g, 0, &spoilt));
    wake = engine_wake(g, 0);
    assert_true(wake == INT64_MAX);
    engine_free(g);
    engine_free(NULL);
}

static void rollout_is_created_once(void **state)
{
    struct play p = play_of(play_spec(waves_1_2));
    (void)state;
    play_refuse(&p, (struct event){.kind = EV_ROLLOUT_CREATED, .spec = play_spec(waves_1_2)},
                "created once");
    play_end(&p);
}

static void rollout_with_a_host_twice_or_with_none_is_refused(void **state)
{
    struct engine *g = engine_new();
    struct rollout_spec *spec = play_spec(waves_2_2);
    struct event ev = {.kind = EV_ROLLOUT_CREATED, .spec = spec};
    struct why why = {0};
    (void)state;
    free(spec->hosts[3].name);
    spec->hosts[3].name = str_dup("h1");
    assert_int_equal(engine_fold(g, &ev, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "'h1' twice"));
    assert_int_equal(engine_state(g), ROLLOUT_EMPTY);
    event_fini(&ev);
    ev = (struct event){.kind = EV_ROLLOUT_CREATED, .spec = calloc(1, sizeof *spec)};
    assert_int_equal(engine_fold(g, &ev, &why), E_CORRUPT);
    event_fini(&ev);
    ev = (struct event){.kind = EV_ROLLOUT_CREATED, .spec = play_spec(waves_2_2)};
    assert_int_equal(engine_fold(g, &ev, &why), OK); /* the engine was left as it was */
    engine_free(g);
}

static void promise_4_wave_out_of_order_is_refused(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    (void)state;
    play_refuse(&p, of_wave(EV_WAVE_STARTED, 3), "no wave 3");
    play_refuse(&p, of_wave(EV_WAVE_STARTED, -1), "no wave -1");
    play_refuse(&p, of_wave(EV_WAVE_STARTED, 2), "wave 2 is not at that point");
    play_refuse(&p, of_wave(EV_WAVE_PASSED, 1), "wave 1 is not at that point");
    play_say(&p, of_wave(EV_WAVE_STARTED, 1));
    play_refuse(&p, of_wave(EV_WAVE_STARTED, 1), "wave 1 is not at that point");
    play_refuse(&p, of_wave(EV_WAVE_STARTED, 2), "wave 2 is not at that point");
    play_refuse(&p, of_wave(EV_WAVE_PASSED, 1),
                "wave 1 is not at that point"); /* hosts are queued */
    play_decide(&p);
    play_ok(&p, "h1");
    play_refuse(&p, of_wave(EV_WAVE_PASSED, 1),
                "wave 1 is not at that point"); /* h2 is on its way */
    play_end(&p);
}

static void promise_4_host_of_a_wave_that_is_not_under_way_is_not_started(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    (void)state;
    play_refuse(&p, of_host(EV_HOST_STARTED, "h1", 1), "wave 1 of host h1 is not under way");
    play_decide(&p);
    play_refuse(&p, of_host(EV_HOST_STARTED, "h3", 1), "wave 2 of host h3 is not under way");
    play_refuse(&p, of_host(EV_HOST_STARTED, "h1", 2), "cannot follow");
    play_end(&p);
}

static void host_that_is_not_of_the_rollout_is_refused(void **state)
{
    struct play p = play_of(play_spec(waves_2_2));
    static const char *const names[] = {"", "h", "h11", "H1", "h0", "h5", "zzz"};
    size_t at = 42;
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        play_refuse(&p, of_host(EV_HOST_STARTED, names[i], 1), "is not in rollout 7");
        assert_false(engine_find(p.g, names[i], &at));
        assert_int_equal(at, 42);
    }
    play_end(&p);
}

static struct event retry_of(const char *a, const char *b)
{
    struct event ev = {.kind = EV_RETRIED, .n_hosts = b ? 2 : 1};
    ev.hosts = calloc(2, sizeof *ev.hosts);
    assert_non_null(ev.hosts);
    ev.hosts[0] = str_dup(a);
    ev.hosts[1] = str_dup(b);
    return ev;
}

static void retry_that_names_one_wrong_host_changes_none(void **state)
{
    struct rollout_spec *spec = play_spec(waves_2_2);
    struct play p;
    (void)state;
    spec->hosts[3].wave = 0;
    spec->hosts[3].left_out = OUTCOME_UNREACHABLE;
    p = play_of(spec);
    play_decide(&p);
    play_fail(&p, "h1", E_CONNECT);
    play_refuse(&p, retry_of("h1", "h2"), "h2 cannot be tried again"); /* on its way */
    play_refuse(&p, retry_of("h1", "h3"), "h3 cannot be tried again"); /* queued */
    play_refuse(&p, retry_of("h1", "h4"), "h4 cannot be tried again"); /* not planned */
    play_refuse(&p, retry_of("h1", "h9"), "h9 cannot be tried again"); /* unknown */
    play_refuse(&p, retry_of("h1", "h1"), "h1 cannot be tried again"); /* twice */
    play_say(&p, retry_of("h1", NULL));
    play_end(&p);
}

static void every_state_of_a_rollout_has_a_name(void **state)
{
    (void)state;
    for (int i = ROLLOUT_EMPTY; i <= ROLLOUT_FINISHED; i++)
        assert_true(strlen(rollout_state_name((enum rollout_state)i)) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paused_rollout_brings_hosts_to_their_end_and_starts_none),
        cmocka_unit_test(resumed_rollout_keeps_its_budget_unless_told_a_new_one),
        cmocka_unit_test(aborted_rollout_skips_what_is_queued_and_finishes),
        cmocka_unit_test(abort_is_stronger_than_a_pause_and_than_the_budget),
        cmocka_unit_test(promise_9_host_aborted_before_its_second_try_is_not_skipped),
        cmocka_unit_test(retried_host_goes_through_its_wave_again),
        cmocka_unit_test(aborted_rollout_can_be_tried_again_in_part),
        cmocka_unit_test(approval_of_an_earlier_wave_takes_none_back),
        cmocka_unit_test(started_controller_is_told_to_every_host),
        cmocka_unit_test(event_before_the_creation_is_refused),
        cmocka_unit_test(rollout_is_created_once),
        cmocka_unit_test(rollout_with_a_host_twice_or_with_none_is_refused),
        cmocka_unit_test(promise_4_wave_out_of_order_is_refused),
        cmocka_unit_test(promise_4_host_of_a_wave_that_is_not_under_way_is_not_started),
        cmocka_unit_test(host_that_is_not_of_the_rollout_is_refused),
        cmocka_unit_test(retry_that_names_one_wrong_host_changes_none),
        cmocka_unit_test(every_state_of_a_rollout_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
