/* What counts as a restart, and what does not: hosts that never come back, come back twice, only
 * blink, or let nobody in afterwards are told apart. */
#include "tests/support/story.h"

#include <string.h>

static struct fleet_host *begin(struct story *s, enum fleet_manner manner)
{
    struct fleet_host *h;
    story_begin(s, "web1\n");
    s->policy.restart_timeout_ms = 600000;
    h = story_host(s, "web1");
    fleet_host_restarting(
        h, (struct fleet_restarting){.manner = manner, .away_ms = 60000, .again_ms = 10000});
    return h;
}

static void assert_why(struct story *s, const char *words)
{
    story_because(s, "web1", words);
    story_end(s);
}

static void a_host_that_never_comes_back_is_unreachable(void **state)
{
    struct story *s = *state;
    begin(s, FLEET_NEVER_BACK);
    story_apply(s);
    story_all_ended(s, OUTCOME_UNREACHABLE);
    assert_why(s, "did not come back");
}

static void a_host_that_restarts_twice_is_waited_for_and_said(void **state)
{
    struct story *s = *state;
    struct fleet_host *h = begin(s, FLEET_TWICE);
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(h).boots, 2);
    assert_int_equal(fleet_host_tally(h).restarts_asked, 1);
    assert_why(s, "restarted more than once");
}

static void a_service_that_restarts_alone_is_no_restart(void **state)
{
    struct story *s = *state;
    begin(s, FLEET_SERVICE_ONLY);
    story_apply(s);
    story_all_ended(s, OUTCOME_INCONCLUSIVE);
    assert_int_equal(story_events(s, 1, "web1", EV_RESTART_PROVED, STEPS), 0);
    story_end(s);
}

static void cut_off_when_asked(struct story *s, const struct fleet_act *act)
{
    (void)s;
    if (act->call == FLEET_RESTART && act->phase == FLEET_AFTER)
        fleet_host_cut_off(act->host, 120000);
}

static void a_network_that_blinks_is_no_restart(void **state)
{
    struct story *s = *state;
    begin(s, FLEET_IGNORES);
    s->on_act = cut_off_when_asked;
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    assert_int_equal(story_events(s, 1, "web1", EV_RESTART_PROVED, STEPS), 0);
    assert_why(s, "did not restart");
}

static void a_host_that_tells_little_is_proved_by_what_it_tells(void **state)
{
    struct story *s = *state;
    fleet_host_tells_uptime(begin(s, FLEET_RESTARTS), false);
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

static void refuse_logins(struct story *s, const struct fleet_act *act)
{
    if (act->call == FLEET_RESTART && act->phase == FLEET_AFTER)
        fleet_password(s->fleet, "another one");
}

static void
a_host_that_lets_nobody_in_afterwards_is_inconclusive_and_asked_three_times(void **state)
{
    struct story *s = *state;
    struct fleet_host *h = begin(s, FLEET_RESTARTS);
    s->on_act = refuse_logins;
    story_apply(s);
    story_all_ended(s, OUTCOME_INCONCLUSIVE);
    assert_int_equal(fleet_host_tally(h).logins_refused, 3);
    assert_why(s, "refuses the login");
}

static void a_host_that_is_slow_to_serve_is_given_time(void **state)
{
    struct story *s = *state;
    struct fleet_host *h = begin(s, FLEET_RESTARTS);
    /* The first look is the baseline. */
    fleet_host_fault(
        h, (struct fleet_fault){.call = FLEET_PROBE, .from = 2, .times = 3, .err = E_CONNECT});
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(h).calls[FLEET_PROBE], 5);
    story_end(s);
}

static void a_host_that_stops_to_serve_fails_as_a_regression(void **state)
{
    struct story *s = *state;
    struct fleet_host *h = begin(s, FLEET_RESTARTS);
    fleet_host_fault(h,
                     (struct fleet_fault){
                         .call = FLEET_PROBE, .from = 2, .times = FLEET_FOREVER, .err = E_CONNECT});
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    assert_why(s, "nothing answers any more");
}

static void a_host_that_serves_as_before_fails_its_check(void **state)
{
    struct story *s = *state;
    fleet_host_tls(begin(s, FLEET_RESTARTS), FLEET_TLS_STUCK);
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    assert_why(s, "should be refused");
}

static void write_back(struct story *s, const struct fleet_act *act)
{
    (void)s;
    if (act->call == FLEET_RESTART && act->phase == FLEET_AFTER)
        fleet_host_put(act->host, STORY_APP, "Mode", "1:6f006c0064000000");
}

static void a_value_that_group_policy_writes_back_fails_the_host(void **state)
{
    struct story *s = *state;
    begin(s, FLEET_RESTARTS);
    s->on_act = write_back;
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    assert_why(s, "Mode");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(a_host_that_never_comes_back_is_unreachable),
        STORY_TEST(a_host_that_restarts_twice_is_waited_for_and_said),
        STORY_TEST(a_service_that_restarts_alone_is_no_restart),
        STORY_TEST(a_network_that_blinks_is_no_restart),
        STORY_TEST(a_host_that_tells_little_is_proved_by_what_it_tells),
        STORY_TEST(a_host_that_lets_nobody_in_afterwards_is_inconclusive_and_asked_three_times),
        STORY_TEST(a_host_that_is_slow_to_serve_is_given_time),
        STORY_TEST(a_host_that_stops_to_serve_fails_as_a_regression),
        STORY_TEST(a_host_that_serves_as_before_fails_its_check),
        STORY_TEST(a_value_that_group_policy_writes_back_fails_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
