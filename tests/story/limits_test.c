/* Promise 3: never more hosts in flight than max_unavailable, never two of one anti-affinity group.
 * It is the fleet itself that counts: a host is touched from the first write until it has booted
 * afterwards, and while it is down. */
#include "tests/support/story.h"

#include <string.h>

static void begin(struct story *s, const char *ini, const char *max_unavailable)
{
    struct why why;
    story_begin(s, ini);
    s->forks = 16;
    assert_int_equal(amount_parse(max_unavailable, &s->policy.max_unavailable, &why), OK);
}

static void promise_3_never_more_hosts_are_touched_than_may_be_unavailable(void **state)
{
    struct story *s = *state;
    begin(s, "web[1:12]\n", "3");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_most(s->fleet).touched, 3);
    story_end(s);
}

static void promise_3_a_share_of_the_fleet_is_a_limit_too(void **state)
{
    struct story *s = *state;
    begin(s, "web[1:12]\n", "20%");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_most(s->fleet).touched, 2);
    story_end(s);
}

static void promise_3_never_two_of_one_group_are_touched(void **state)
{
    struct story *s = *state;
    begin(s, "a[1:4] swell_affinity=a\nb[1:4] swell_affinity=b\nc[1:4] swell_affinity=c\nfree1\n",
          "100%");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_most(s->fleet).touched_of_one_group, 1);
    assert_true(fleet_most(s->fleet).touched > 2);
    story_end(s);
}

static bool amid_writes(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WRITE && act->n == 5;
}

static bool at_some_restart(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_RESTART && strcmp(fleet_host_name(act->host), "b2") == 0;
}

static void promise_3_holds_over_crashes(void **state)
{
    struct story *s = *state;
    begin(s, "a[1:4] swell_affinity=a\nb[1:4] swell_affinity=b\n", "2");
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, amid_writes));
    assert_true(story_crash(s, at_some_restart));
    assert_true(story_crash_at_event(s, EV_RESTART_PROVED, STEPS, NULL));
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_most(s->fleet).touched_of_one_group, 1);
    assert_int_equal(fleet_most(s->fleet).touched, 2);
    story_end(s);
}

static void never_back(struct story *s, const char *host)
{
    s->policy.restart_timeout_ms = 600000;
    fleet_host_restarting(story_host(s, host),
                          (struct fleet_restarting){.manner = FLEET_NEVER_BACK});
}

static void promise_3_a_host_that_did_not_come_back_holds_its_place(void **state)
{
    struct story *s = *state;
    begin(s, "web[1:4]\n", "2");
    never_back(s, "web1");
    never_back(s, "web2");
    story_apply(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    story_ended(s, "web1", OUTCOME_UNREACHABLE);
    assert_int_equal(fleet_host_tally(story_host(s, "web3")).written, 0);
    assert_int_equal(fleet_host_tally(story_host(s, "web4")).written, 0);
    assert_int_equal(fleet_most(s->fleet).touched, 2);
    story_end(s);
}

static void promise_3_the_neighbour_of_a_host_that_did_not_come_back_is_left_alone(void **state)
{
    struct story *s = *state;
    begin(s, "db1 swell_affinity=db\ndb2 swell_affinity=db\nweb[1:2]\n", "100%");
    never_back(s, "db1");
    story_apply(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    story_ended(s, "db1", OUTCOME_UNREACHABLE);
    story_ended(s, "web1", OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(story_host(s, "db2")).written, 0);
    assert_int_equal(fleet_most(s->fleet).touched_of_one_group, 1);
    story_end(s);
}

static void promise_3_holds_for_a_rollback_too(void **state)
{
    struct story *s = *state;
    begin(s, "a[1:3] swell_affinity=a\nb[1:3] swell_affinity=b\n", "2");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_int_equal(fleet_most(s->fleet).touched, 2);
    assert_int_equal(fleet_most(s->fleet).touched_of_one_group, 1);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_3_never_more_hosts_are_touched_than_may_be_unavailable),
        STORY_TEST(promise_3_a_share_of_the_fleet_is_a_limit_too),
        STORY_TEST(promise_3_never_two_of_one_group_are_touched),
        STORY_TEST(promise_3_holds_over_crashes),
        STORY_TEST(promise_3_a_host_that_did_not_come_back_holds_its_place),
        STORY_TEST(promise_3_the_neighbour_of_a_host_that_did_not_come_back_is_left_alone),
        STORY_TEST(promise_3_holds_for_a_rollback_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
