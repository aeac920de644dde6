#include "rollout/ledger.h"

#include "tests/unit/rollout/test.h"

static void fold(struct ledger_entry *l, struct event ev)
{
    ledger_fold(l, &ev);
}

static struct event snapshot(bool needs_restart, enum err err)
{
    return (struct event){
        .kind = EV_OUTCOME, .step = STEP_SNAPSHOT, .needs_restart = needs_restart, .err = err};
}

static struct event apply_intent(int64_t rollout, int64_t at_ms)
{
    return (struct event){
        .kind = EV_INTENT, .step = STEP_APPLY, .rollout = rollout, .at_ms = at_ms};
}

static const struct event proved = {.kind = EV_RESTART_PROVED};

static void promise_6_restart_is_owed_from_the_intent_to_write_on(void **state)
{
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, snapshot(true, OK));
    assert_false(l.owed); /* nothing is written yet */
    fold(&l, apply_intent(3, 5000));
    assert_true(l.owed && l.since_ms == 5000 && l.rollout == 3);
}

static void change_without_effect_at_a_restart_owes_none(void **state)
{
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, snapshot(false, OK));
    fold(&l, apply_intent(3, 5000));
    assert_false(l.owed);
}

static void promise_6_only_a_proved_restart_pays(void **state)
{
    static const struct event others[] = {
        {.kind = EV_OUTCOME, .step = STEP_APPLY, .err = E_CUT},
        {.kind = EV_OUTCOME, .step = STEP_APPLY},
        {.kind = EV_INTENT, .step = STEP_RESTART},
        {.kind = EV_OUTCOME, .step = STEP_RESTART, .asked = true},
        {.kind = EV_OUTCOME, .step = STEP_LOOK},
        {.kind = EV_RESTART_SETTLED},
        {.kind = EV_OUTCOME, .step = STEP_VERIFY, .check = CHECK_PASSED},
        {.kind = EV_HOST_FINISHED, .outcome = OUTCOME_CHANGED},
        {.kind = EV_HOST_FINISHED, .outcome = OUTCOME_FAILED},
        {.kind = EV_RETRIED},
        {.kind = EV_CONTROLLER_STARTED},
        {.kind = EV_ABORTED},
        {.kind = EV_ROLLOUT_FINISHED},
    };
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, snapshot(true, OK));
    fold(&l, apply_intent(3, 5000));
    for (size_t i = 0; i < COUNT(others); i++) {
        fold(&l, others[i]);
        assert_true(l.owed && l.since_ms == 5000 && l.rollout == 3);
    }
    fold(&l, proved);
    assert_true(!l.owed && !l.since_ms && !l.rollout && !l.next_needs);
}

static void promise_6_debt_outlives_its_rollout(void **state)
{
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, snapshot(true, OK));
    fold(&l, apply_intent(3, 5000));
    /* A year later another rollout finds the value right already. */
    fold(&l, snapshot(false, OK));
    fold(&l, (struct event){.kind = EV_HOST_FINISHED, .outcome = OUTCOME_OK});
    assert_true(l.owed && l.rollout == 3);
    /* And another writes more: the debt is as old as its first write. */
    fold(&l, snapshot(true, OK));
    fold(&l, apply_intent(4, 9000));
    assert_true(l.owed && l.rollout == 3 && l.since_ms == 5000);
    fold(&l, proved);
    fold(&l, snapshot(true, OK));
    fold(&l, apply_intent(5, 9900));
    assert_true(l.owed && l.rollout == 5 && l.since_ms == 9900);
}

static void snapshot_that_failed_says_nothing(void **state)
{
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, snapshot(true, OK));
    fold(&l, snapshot(false, E_CUT));
    fold(&l, apply_intent(3, 5000));
    assert_true(l.owed);
    l = (struct ledger_entry){0};
    fold(&l, snapshot(true, E_MOVED));
    fold(&l, apply_intent(3, 5000));
    assert_false(l.owed);
}

static void intents_to_do_other_things_owe_nothing(void **state)
{
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, snapshot(true, OK));
    fold(&l, (struct event){.kind = EV_INTENT, .step = STEP_ARM});
    fold(&l, (struct event){.kind = EV_INTENT, .step = STEP_RESTART});
    assert_false(l.owed);
}

static const struct event slept = {.kind = EV_OUTCOME,
                                   .step = STEP_PREFLIGHT,
                                   .err = E_UNAVAILABLE,
                                   .service_start = 4,
                                   .service_state = 1};
static const struct event waking = {
    .kind = EV_INTENT, .step = STEP_WAKE, .at_ms = 7000, .rollout = 3};

static void service_is_owed_its_rest_from_the_intent_to_wake_on(void **state)
{
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, slept);
    assert_false(l.service.owed);
    fold(&l, waking);
    assert_true(l.service.owed && l.service.start == 4 && l.service.state == 1);
    assert_true(l.service.since_ms == 7000 && l.service.rollout == 3);
    assert_false(l.owed); /* that is the restart */
}

static void only_a_rest_that_came_true_settles_it(void **state)
{
    struct ledger_entry l = {0};
    (void)state;
    fold(&l, slept);
    fold(&l, waking);
    fold(&l, (struct event){.kind = EV_OUTCOME, .step = STEP_WAKE, .err = E_CUT});
    fold(&l, (struct event){.kind = EV_INTENT, .step = STEP_REST});
    fold(&l, (struct event){.kind = EV_OUTCOME, .step = STEP_REST, .err = E_CUT});
    fold(&l, (struct event){.kind = EV_HOST_ENDING, .outcome = OUTCOME_CHANGED});
    fold(&l, (struct event){.kind = EV_HOST_FINISHED, .outcome = OUTCOME_CHANGED});
    fold(&l, proved); /* a restart pays restarts only */
    assert_true(l.service.owed && l.service.start == 4);
    fold(&l, (struct event){.kind = EV_OUTCOME, .step = STEP_REST});
    assert_true(!l.service.owed && !l.service.start);
}

/* Whoever comes later finds it as the first left it; what was before the first counts. */
static void first_state_is_the_one_to_be_put_back(void **state)
{
    struct ledger_entry l = {0};
    struct event later = slept;
    (void)state;
    fold(&l, slept);
    fold(&l, waking);
    later.service_start = 3;
    fold(&l, later);
    later = waking;
    later.rollout = 4;
    fold(&l, later);
    assert_true(l.service.owed && l.service.start == 4 && l.service.rollout == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_6_restart_is_owed_from_the_intent_to_write_on),
        cmocka_unit_test(change_without_effect_at_a_restart_owes_none),
        cmocka_unit_test(promise_6_only_a_proved_restart_pays),
        cmocka_unit_test(promise_6_debt_outlives_its_rollout),
        cmocka_unit_test(snapshot_that_failed_says_nothing),
        cmocka_unit_test(service_is_owed_its_rest_from_the_intent_to_wake_on),
        cmocka_unit_test(only_a_rest_that_came_true_settles_it),
        cmocka_unit_test(first_state_is_the_one_to_be_put_back),
        cmocka_unit_test(intents_to_do_other_things_owe_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
