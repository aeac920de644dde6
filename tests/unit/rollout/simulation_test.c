/* Whole rollouts under virtual time, with every fault there is, and the promises watched at every
 * moment of them. SWELL_SIM_RUNS is how many (2000), SWELL_SIM_SEED the first of their seeds;
 * SWELL_SIM_JOURNAL=1 prints what happened. */
#include "tests/unit/rollout/sim_fleet.h"

#define RUNS_DEFAULT 2000

struct simulation {
    struct broken broken[PROMISES];
    int64_t seen[EVENT_KINDS + OUTCOMES]; /* events by kind, ends by outcome */
    int64_t runs;
};

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *s = getenv(name);
    uint64_t n;
    return s && str_parse_u64(s, &n) ? n : otherwise;
}

static int simulate(void **state)
{
    struct simulation *sim = calloc(1, sizeof *sim);
    uint64_t seed = number_from("SWELL_SIM_SEED", 1),
             runs = number_from("SWELL_SIM_RUNS", RUNS_DEFAULT);
    if (!sim)
        return -1;
    for (uint64_t i = 0; i < runs; i++)
        sim_run(seed + i, sim->broken, sim->seen);
    sim->runs = (int64_t)runs;
    *state = sim;
    return 0;
}

static int forget(void **state)
{
    free(*state);
    return 0;
}

static void must_hold(void **state, enum promise p)
{
    const struct simulation *sim = *state;
    const struct broken *b = &sim->broken[p];
    if (b->times)
        fail_msg("broken %lld times, first with SWELL_SIM_SEED=%llu SWELL_SIM_RUNS=1: %s",
                 (long long)b->times, (unsigned long long)b->seed, b->first);
}

static void promise_1_no_write_before_the_before_image_is_on_disk(void **state)
{
    must_hold(state, PROMISE_1_IMAGE_FIRST);
}

static void promise_2_no_host_is_restarted_twice(void **state)
{
    must_hold(state, PROMISE_2_RESTART_ONCE);
}

static void promise_3_never_more_hosts_away_than_allowed(void **state)
{
    must_hold(state, PROMISE_3_UNAVAILABLE);
}

static void promise_4_no_wave_before_the_last_one_passed_soaked_and_was_approved(void **state)
{
    must_hold(state, PROMISE_4_WAVES);
}

static void promise_5_no_host_is_started_once_the_budget_is_spent(void **state)
{
    must_hold(state, PROMISE_5_BUDGET);
}

static void promise_6_what_is_written_and_not_in_effect_is_owed(void **state)
{
    must_hold(state, PROMISE_6_LEDGER);
}

static void promise_9_what_was_not_observed_is_never_well(void **state)
{
    must_hold(state, PROMISE_9_OBSERVED);
}

static void every_rollout_finishes_or_pauses_with_a_reason(void **state)
{
    must_hold(state, PROMISE_END);
}

static void journal_folded_again_gives_the_same_state(void **state)
{
    must_hold(state, PROMISE_FOLD);
}

static void paused_or_aborted_rollout_starts_no_host(void **state)
{
    must_hold(state, PROMISE_WORDS);
}

static void what_was_woken_is_put_back_or_owed(void **state)
{
    must_hold(state, PROMISE_REST);
}

/* A simulation in which nothing happens would keep every promise. */
static void simulation_saw_every_event_and_every_end(void **state)
{
    const struct simulation *sim = *state;
    if (sim->runs < RUNS_DEFAULT)
        skip();
    for (int k = 0; k < EVENT_KINDS; k++)
        if (sim->seen[k] < sim->runs / 50)
            fail_msg("only %lld events '%s' in %lld runs", (long long)sim->seen[k],
                     event_kind_name((enum event_kind)k), (long long)sim->runs);
    for (int o = OUTCOME_OK; o < OUTCOMES; o++)
        if (sim->seen[EVENT_KINDS + o] < sim->runs / 50)
            fail_msg("only %lld hosts ended '%s' in %lld runs",
                     (long long)sim->seen[EVENT_KINDS + o], outcome_name((enum outcome)o),
                     (long long)sim->runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_1_no_write_before_the_before_image_is_on_disk),
        cmocka_unit_test(promise_2_no_host_is_restarted_twice),
        cmocka_unit_test(promise_3_never_more_hosts_away_than_allowed),
        cmocka_unit_test(promise_4_no_wave_before_the_last_one_passed_soaked_and_was_approved),
        cmocka_unit_test(promise_5_no_host_is_started_once_the_budget_is_spent),
        cmocka_unit_test(promise_6_what_is_written_and_not_in_effect_is_owed),
        cmocka_unit_test(promise_9_what_was_not_observed_is_never_well),
        cmocka_unit_test(every_rollout_finishes_or_pauses_with_a_reason),
        cmocka_unit_test(journal_folded_again_gives_the_same_state),
        cmocka_unit_test(paused_or_aborted_rollout_starts_no_host),
        cmocka_unit_test(what_was_woken_is_put_back_or_owed),
        cmocka_unit_test(simulation_saw_every_event_and_every_end),
    };
    return cmocka_run_group_tests(tests, simulate, forget);
}
