/* Promise 2: a host is asked to restart at most once per attempt; after a crash, or when an answer
 * is lost, a request of unknown fate is settled by the host's boot identity. Each story is one host
 * whose controller is killed, or whose request is lost, at one moment around the request. */
#include "tests/support/story.h"

#include <string.h>

static void begin(struct story *s)
{
    story_begin(s, "web1\n");
    story_plan(s);
    story_create(s);
}

/* Asked so often, by so many attempts, and restarted once, and all is well. */
static void assert_came_through(struct story *s, uint32_t arrived, int64_t attempts)
{
    struct fleet_tally t = fleet_host_tally(story_host(s, "web1"));
    story_all_ended(s, OUTCOME_CHANGED);
    assert_true(story_is_applied(s, "web1"));
    assert_int_equal(t.restarts_asked, arrived);
    assert_int_equal(t.boots, 1);
    assert_int_equal(story_events(s, 1, "web1", EV_INTENT, STEP_RESTART), attempts);
    assert_int_equal(story_events(s, 1, "web1", EV_RESTART_SETTLED, STEPS), attempts - 1);
    assert_int_equal(story_events(s, 1, "web1", EV_RESTART_PROVED, STEPS), 1);
    story_end(s);
}

static bool at_request(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_RESTART && act->phase == FLEET_BEFORE;
}

static bool at_answer(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_RESTART && act->phase == FLEET_AFTER;
}

static void promise_2_killed_before_the_request_arrives_it_is_asked_for_anew(void **state)
{
    struct story *s = *state;
    begin(s);
    assert_true(story_crash(s, at_request));
    story_run(s);
    assert_came_through(s, 1, 2);
}

static void promise_2_killed_when_the_request_has_arrived_it_is_not_repeated(void **state)
{
    struct story *s = *state;
    begin(s);
    assert_true(story_crash(s, at_answer));
    story_run(s);
    assert_came_through(s, 1, 1);
}

/* The request may be on its way by then, or not: either is settled. */
static void promise_2_killed_while_the_intent_is_written_it_restarts_once(void **state)
{
    struct story *s = *state;
    begin(s);
    assert_true(story_crash_at_event(s, EV_INTENT, STEP_RESTART, NULL));
    story_run(s);
    int64_t attempts = story_events(s, 1, "web1", EV_INTENT, STEP_RESTART);
    assert_in_range(attempts, 1, 2);
    assert_came_through(s, 1, attempts);
}

static void promise_2_killed_twice_around_one_request_it_still_restarts_once(void **state)
{
    struct story *s = *state;
    begin(s);
    assert_true(story_crash(s, at_request));
    assert_true(story_crash(s, at_answer)); /* of the second attempt */
    story_run(s);
    assert_came_through(s, 1, 2);
}

static void lose(struct story *s, enum fleet_phase phase, enum err err)
{
    fleet_host_fault(story_host(s, "web1"),
                     (struct fleet_fault){.call = FLEET_RESTART, .phase = phase, .err = err});
}

static void promise_2_an_answer_that_is_lost_does_not_repeat_the_request(void **state)
{
    struct story *s = *state;
    begin(s);
    lose(s, FLEET_AFTER, E_CUT);
    story_run(s);
    assert_came_through(s, 1, 1);
}

static void promise_2_an_answer_that_is_late_does_not_repeat_the_request(void **state)
{
    struct story *s = *state;
    begin(s);
    lose(s, FLEET_AFTER, E_TIMEOUT);
    story_run(s);
    assert_came_through(s, 1, 1);
}

static void promise_2_a_request_that_is_lost_is_repeated_once_that_is_certain(void **state)
{
    struct story *s = *state;
    begin(s);
    lose(s, FLEET_BEFORE, E_CUT);
    story_run(s);
    assert_came_through(s, 1, 2);
}

static void promise_2_a_request_that_could_not_be_sent_may_be_tried_again_at_once(void **state)
{
    struct story *s = *state;
    begin(s);
    lose(s, FLEET_BEFORE, E_UNAVAILABLE);
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).restarts_asked, 1);
    assert_int_equal(story_events(s, 1, "web1", EV_INTENT, STEP_RESTART), 2);
    assert_int_equal(story_events(s, 1, "web1", EV_RESTART_SETTLED, STEPS), 0);
    story_end(s);
}

static enum err note(void *self, const struct journal_row *row)
{
    bool *there = self;
    (void)row;
    *there = true;
    return OK;
}

static bool is_settled(struct story *s)
{
    struct journal_filter f = {.rollout = 1, .kind = event_kind_name(EV_RESTART_SETTLED)};
    struct store *st = NULL;
    struct why why;
    bool there = false;
    if (store_open_readonly(s->db, &st, &why) == OK)
        (void)!journal_read(st, &f, note, &there, &why);
    store_close(st);
    return there;
}

/* Taken for lost and settled, the request takes effect after all: as the next one is on its way. */
static void take_effect_late(struct story *s, const struct fleet_act *act)
{
    bool *done = s->self;
    if (act->call != FLEET_OPEN || act->phase != FLEET_BEFORE || *done || !is_settled(s))
        return;
    *done = true;
    fleet_host_restart(act->host, 0);
}

static void late_request(struct story *s, int64_t away_ms)
{
    struct fleet_host *h;
    bool done = false;
    begin(s);
    h = story_host(s, "web1");
    fleet_host_restarting(h, (struct fleet_restarting){.away_ms = away_ms});
    lose(s, FLEET_BEFORE, E_CUT);
    s->self = &done;
    s->on_act = take_effect_late;
    story_run(s);
    assert_true(done);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(h).boots, 1);
    story_end(s);
}

static void promise_2_a_request_that_takes_effect_after_it_was_settled_is_not_repeated(void **state)
{
    late_request(*state, 0); /* it is back at once, and would take a second one */
}

static void promise_2_a_late_request_may_be_amid_its_restart_when_the_next_is_due(void **state)
{
    late_request(*state, 60000);
}

/* One that takes effect only after the settling time began is still the same request. */
static void promise_2_a_request_of_unknown_fate_may_take_its_delay(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->policy.restart_delay_ms = 60000;
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, at_answer));
    story_run(s);
    assert_came_through(s, 1, 1);
}

/* While it is down, once it is back, while it is watched, when that is proved: whenever the next
 * controller begins, there is nothing left to ask for. */
static void promise_2_killed_at_any_later_moment_nothing_is_asked_for_again(void **state)
{
    static const struct {
        enum event_kind kind;
        enum step step;
    } moments[] = {
        {EV_OUTCOME, STEP_RESTART}, {EV_OUTCOME, STEP_LOOK}, {EV_RESTART_PROVED, STEPS}};
    struct story *s = *state;
    begin(s);
    for (size_t i = 0; i < COUNT(moments); i++)
        assert_true(story_crash_at_event(s, moments[i].kind, moments[i].step, NULL));
    story_run(s);
    assert_came_through(s, 1, 1);
}

static void schedule_another(struct story *s, const struct fleet_act *act)
{
    (void)s;
    if (act->call == FLEET_RESTART && act->phase == FLEET_BEFORE)
        fleet_host_restart(act->host, 10000);
}

static void promise_2_a_host_that_is_going_down_already_restarts_once(void **state)
{
    struct story *s = *state;
    begin(s);
    s->on_act = schedule_another;
    story_run(s);
    story_because(s, "web1", "under way already");
    assert_came_through(s, 1, 1);
}

static void promise_2_a_host_that_ignores_the_request_is_asked_once_per_attempt(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    s->policy.restart_timeout_ms = 600000;
    fleet_host_restarting(h, (struct fleet_restarting){.manner = FLEET_IGNORES});
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    story_because(s, "web1", "did not go down");
    assert_int_equal(fleet_host_tally(h).restarts_asked, 1);
    story_retry(s, "web1");
    story_all_ended(s, OUTCOME_FAILED);
    assert_int_equal(fleet_host_tally(h).restarts_asked, 2);
    fleet_host_restarting(h, (struct fleet_restarting){.away_ms = 20000});
    story_retry(s, "web1");
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(h).restarts_asked, 3);
    assert_int_equal(fleet_host_tally(h).boots, 1);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_2_killed_before_the_request_arrives_it_is_asked_for_anew),
        STORY_TEST(promise_2_killed_when_the_request_has_arrived_it_is_not_repeated),
        STORY_TEST(promise_2_killed_while_the_intent_is_written_it_restarts_once),
        STORY_TEST(promise_2_killed_twice_around_one_request_it_still_restarts_once),
        STORY_TEST(promise_2_an_answer_that_is_lost_does_not_repeat_the_request),
        STORY_TEST(promise_2_an_answer_that_is_late_does_not_repeat_the_request),
        STORY_TEST(promise_2_a_request_that_is_lost_is_repeated_once_that_is_certain),
        STORY_TEST(promise_2_a_request_that_could_not_be_sent_may_be_tried_again_at_once),
        STORY_TEST(promise_2_a_request_that_takes_effect_after_it_was_settled_is_not_repeated),
        STORY_TEST(promise_2_a_late_request_may_be_amid_its_restart_when_the_next_is_due),
        STORY_TEST(promise_2_a_request_of_unknown_fate_may_take_its_delay),
        STORY_TEST(promise_2_killed_at_any_later_moment_nothing_is_asked_for_again),
        STORY_TEST(promise_2_a_host_that_is_going_down_already_restarts_once),
        STORY_TEST(promise_2_a_host_that_ignores_the_request_is_asked_once_per_attempt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
