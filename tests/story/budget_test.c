/* Promise 5: the failure budget counts failed, unreachable and inconclusive hosts, over the whole
 * rollout. */
#include "tests/support/story.h"

#include <stdio.h>
#include <string.h>

static void fail_one(struct story *s, const char *host)
{
    fleet_host_tls(story_host(s, host), FLEET_TLS_STUCK);
}

/* It answered the planner; now nobody is there. */
static void lose_one(struct story *s, const char *host)
{
    fleet_host_cut_off(story_host(s, host), INT64_C(1) << 50);
}

static void blur_one(struct story *s, const char *host)
{
    fleet_host_restarting(story_host(s, host),
                          (struct fleet_restarting){.manner = FLEET_SERVICE_ONLY, .away_ms = 5000});
}

/* One host after the other. */
static void begin(struct story *s, int64_t max_failed)
{
    story_begin(s, "web[1:6]\n");
    s->policy.serial[0] = (struct amount){1, false};
    s->policy.max_failed = max_failed;
    s->policy.restart_timeout_ms = 500000;
}

static void assert_untouched(struct story *s, const char *host)
{
    assert_int_equal(fleet_host_tally(story_host(s, host)).calls[FLEET_OPEN], 1); /* to plan */
    assert_int_equal(fleet_host_tally(story_host(s, host)).written, 0);
}

static void promise_5_each_kind_of_bad_end_counts_across_waves(void **state)
{
    struct story *s = *state;
    begin(s, 3);
    story_plan(s);
    story_create(s);
    fail_one(s, "web1");
    lose_one(s, "web3");
    blur_one(s, "web4");
    story_run(s);
    story_ended(s, "web1", OUTCOME_FAILED);
    story_ended(s, "web2", OUTCOME_CHANGED);
    story_ended(s, "web3", OUTCOME_UNREACHABLE);
    story_ended(s, "web4", OUTCOME_INCONCLUSIVE);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_true(s->end->budget_spent);
    assert_untouched(s, "web5");
    assert_untouched(s, "web6");
    story_end(s);
}

static void promise_5_below_the_budget_it_goes_on_to_the_end(void **state)
{
    struct story *s = *state;
    begin(s, 3);
    story_plan(s);
    story_create(s);
    fail_one(s, "web1");
    lose_one(s, "web3");
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_FINISHED);
    story_ended(s, "web6", OUTCOME_CHANGED);
    story_end(s);
}

static void spend_one(struct story *s, void (*how)(struct story *, const char *),
                      enum outcome outcome)
{
    begin(s, 1);
    story_plan(s);
    story_create(s);
    how(s, "web1");
    story_run(s);
    story_ended(s, "web1", outcome);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_true(s->end->budget_spent);
    assert_untouched(s, "web2");
    story_end(s);
}

static void promise_5_a_failed_host_counts(void **state)
{
    spend_one(*state, fail_one, OUTCOME_FAILED);
}

static void promise_5_an_unreachable_host_counts(void **state)
{
    spend_one(*state, lose_one, OUTCOME_UNREACHABLE);
}

static void promise_5_an_inconclusive_host_counts(void **state)
{
    spend_one(*state, blur_one, OUTCOME_INCONCLUSIVE);
}

static void promise_5_a_host_that_could_not_even_be_planned_counts(void **state)
{
    struct story *s = *state;
    begin(s, 1);
    lose_one(s, "web6");
    story_apply(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_true(s->end->budget_spent);
    assert_untouched(s, "web1");
    story_end(s);
}

static void promise_5_a_crash_forgets_no_failure(void **state)
{
    struct story *s = *state;
    begin(s, 2);
    story_plan(s);
    story_create(s);
    fail_one(s, "web1");
    fail_one(s, "web3");
    assert_true(story_crash_at_event(s, EV_HOST_FINISHED, STEPS, "web2"));
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_true(s->end->budget_spent);
    assert_untouched(s, "web4");
    story_end(s);
}

static void promise_5_a_larger_budget_lets_it_go_on_and_the_old_failures_still_count(void **state)
{
    struct story *s = *state;
    begin(s, 1);
    story_plan(s);
    story_create(s);
    fail_one(s, "web1");
    fail_one(s, "web4");
    story_run(s);
    assert_untouched(s, "web2");
    story_run(s); /* nobody said anything new */
    assert_untouched(s, "web2");
    story_say(s, (struct event){.kind = EV_RESUMED, .max_failed = 2});
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_true(s->end->budget_spent);
    story_ended(s, "web3", OUTCOME_CHANGED);
    assert_untouched(s, "web5");
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_5_each_kind_of_bad_end_counts_across_waves),
        STORY_TEST(promise_5_below_the_budget_it_goes_on_to_the_end),
        STORY_TEST(promise_5_a_failed_host_counts),
        STORY_TEST(promise_5_an_unreachable_host_counts),
        STORY_TEST(promise_5_an_inconclusive_host_counts),
        STORY_TEST(promise_5_a_host_that_could_not_even_be_planned_counts),
        STORY_TEST(promise_5_a_crash_forgets_no_failure),
        STORY_TEST(promise_5_a_larger_budget_lets_it_go_on_and_the_old_failures_still_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
