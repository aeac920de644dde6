/* Promise 4: wave n+1 starts only after wave n passed its gate, its soak and, where asked for, its
 * approval. Seen from both sides: what the journal says, and when the hosts were first written to
 * or even logged in to. */
#include "tests/support/story.h"

#include <stdio.h>
#include <string.h>

static void begin(struct story *s, const char *serial)
{
    struct why why;
    story_begin(s, "web[1:6]\n");
    assert_int_equal(policy_parse_serial(serial, &s->policy, &why), OK);
    story_plan(s);
    story_create(s);
}

struct waves { /* when each wave passed; from the runner's own thread */
    int64_t passed_ms[8];
};

static void note_waves(struct story *s, const struct engine *g, const struct event *ev)
{
    struct waves *w = s->self;
    (void)g;
    if (ev->kind == EV_WAVE_PASSED)
        w->passed_ms[ev->wave] = ev->at_ms;
}

static int32_t wave_of(const struct story *s, const char *host)
{
    size_t at;
    assert_true(engine_find(s->end, host, &at));
    return s->end->spec->hosts[at].wave;
}

/* Each host of a later wave was written to so long after the wave before it had passed. */
static void assert_in_order(struct story *s, const struct waves *w, int64_t soak_ms)
{
    for (int i = 1; i <= 6; i++) {
        char host[16];
        (void)snprintf(host, sizeof host, "web%d", i);
        int32_t wave = wave_of(s, host);
        if (wave == 1)
            continue;
        assert_true(w->passed_ms[wave - 1] > 0);
        assert_true(story_first_write_ms(s, host) >= w->passed_ms[wave - 1] + soak_ms);
        assert_true(story_event_ms(s, s->rollout, host, EV_HOST_STARTED, STEPS) >=
                    w->passed_ms[wave - 1] + soak_ms);
    }
}

static void promise_4_waves_go_one_after_the_other(void **state)
{
    struct story *s = *state;
    struct waves w = {0};
    begin(s, "1,2,100%");
    s->self = &w;
    s->on_event = note_waves;
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(s->end->spec->n_waves, 3);
    assert_in_order(s, &w, 0);
    story_end(s);
}

static void promise_4_a_wave_soaks_before_the_next(void **state)
{
    struct story *s = *state;
    struct waves w = {0};
    story_begin(s, "web[1:6]\n");
    s->policy.serial[0] = (struct amount){3, false};
    s->policy.soak_ms = 600000;
    s->self = &w;
    s->on_event = note_waves;
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_in_order(s, &w, 600000);
    story_end(s);
}

static void promise_4_a_crash_does_not_shorten_the_soak(void **state)
{
    struct story *s = *state;
    struct waves w = {0};
    story_begin(s, "web[1:6]\n");
    s->policy.serial[0] = (struct amount){3, false};
    s->policy.soak_ms = 600000;
    story_plan(s);
    story_create(s);
    assert_true(story_crash_at_event(s, EV_WAVE_PASSED, STEPS, NULL));
    w.passed_ms[1] = story_event_ms(s, 1, NULL, EV_WAVE_PASSED, STEPS);
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_in_order(s, &w, 600000);
    story_end(s);
}

static void assert_alone(struct story *s, const char *host, uint32_t planner_logins)
{
    struct fleet_tally t = fleet_host_tally(story_host(s, host));
    assert_int_equal(t.calls[FLEET_OPEN], planner_logins);
    assert_int_equal(t.written, 0);
}

static void promise_4_a_wave_waits_for_its_approval(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:6]\n");
    s->policy.serial[0] = (struct amount){2, false};
    s->policy.approval_between_waves = true;
    story_apply(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_WAITING);
    story_ended(s, "web2", OUTCOME_CHANGED);
    assert_alone(s, "web3", 1);
    story_run(s); /* to ask again is no approval */
    assert_int_equal(engine_state(s->end), ROLLOUT_WAITING);
    assert_alone(s, "web3", 1);
    story_say(s, (struct event){.kind = EV_PROMOTED, .wave = 2, .by = "the boss"});
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_WAITING);
    story_ended(s, "web4", OUTCOME_CHANGED);
    assert_alone(s, "web5", 1);
    story_say(s, (struct event){.kind = EV_PROMOTED, .wave = 3, .by = "the boss"});
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

static void promote_ahead(struct story *s, const struct engine *g, const struct event *ev)
{
    (void)g;
    if (ev->kind == EV_WAVE_STARTED && ev->wave == 1)
        story_say(s, (struct event){.kind = EV_PROMOTED, .wave = 2, .by = "the boss"});
}

static void promise_4_an_approval_given_while_a_wave_runs_is_heard_and_is_for_one_wave(
    void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:6]\n");
    s->policy.serial[0] = (struct amount){2, false};
    s->policy.approval_between_waves = true;
    s->on_event = promote_ahead;
    story_apply(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_WAITING);
    story_ended(s, "web4", OUTCOME_CHANGED);
    assert_alone(s, "web5", 1);
    story_end(s);
}

/* The gate: a canary that fails stops what would follow it. */
static void promise_4_a_canary_that_fails_holds_the_next_wave_back(void **state)
{
    struct story *s = *state;
    struct why why;
    story_begin(s, "web[1:6]\n");
    assert_int_equal(policy_parse_serial("1,100%", &s->policy, &why), OK);
    s->policy.max_failed = 1;
    fleet_host_tls(story_host(s, "web1"), FLEET_TLS_STUCK);
    story_apply(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_true(s->end->budget_spent);
    story_ended(s, "web1", OUTCOME_FAILED);
    for (int i = 2; i <= 6; i++) {
        char host[16];
        (void)snprintf(host, sizeof host, "web%d", i);
        assert_alone(s, host, 1);
    }
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_4_waves_go_one_after_the_other),
        STORY_TEST(promise_4_a_wave_soaks_before_the_next),
        STORY_TEST(promise_4_a_crash_does_not_shorten_the_soak),
        STORY_TEST(promise_4_a_wave_waits_for_its_approval),
        STORY_TEST(promise_4_an_approval_given_while_a_wave_runs_is_heard_and_is_for_one_wave),
        STORY_TEST(promise_4_a_canary_that_fails_holds_the_next_wave_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
