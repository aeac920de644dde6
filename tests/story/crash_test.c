/* Controllers that are killed at one moment after the other: the rollout ends as if nothing had
 * been, no host restarts twice, and the way back leads to the last byte. */
#include "tests/support/story.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITES 15 /* of the usual playbook on one host, the boot marker included */

static void assert_each_restarted_once(struct story *s, uint32_t boots)
{
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        const char *name = s->inventory->hosts[i].name;
        struct fleet_tally t = fleet_host_tally(story_host(s, name));
        assert_int_equal(t.boots, boots);
        assert_int_equal(t.restarts_asked, boots);
    }
}

/* What each host had before, and has again when all is put back. */
static void assert_way_back(struct story *s, char *const *before)
{
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        char *now = fleet_host_dump(story_host(s, s->inventory->hosts[i].name));
        assert_string_equal(now, before[i]);
        free(now);
        free(before[i]);
    }
    assert_each_restarted_once(s, 2);
}

static void begin(struct story *s, const char *ini, char **before)
{
    story_begin(s, ini);
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        struct fleet_host *h = story_host(s, s->inventory->hosts[i].name);
        before[i] = fleet_host_dump(h);
        fleet_host_restarting(h, (struct fleet_restarting){.away_ms = 10000});
    }
    s->policy.restart_quiet_ms = 10000;
}

/* web1 loses its controller after its first write, web2 after its second, and so on. */
static bool at_nth_write_of_nth_host(struct story *s, const struct fleet_act *act)
{
    char name[16];
    const int *nth = s->self;
    (void)snprintf(name, sizeof name, "web%d", *nth);
    return act->call == FLEET_WRITE && act->phase == FLEET_AFTER && act->n == (uint32_t)*nth &&
           strcmp(fleet_host_name(act->host), name) == 0;
}

static void killed_after_each_write_it_ends_as_if_never_killed(void **state)
{
    struct story *s = *state;
    char *before[WRITES];
    int nth = 1;
    begin(s, "web[1:15]\n", before);
    s->policy.serial[0] = (struct amount){1, false}; /* the next host is not there yet */
    s->self = &nth;
    story_plan(s);
    story_create(s);
    for (; nth <= WRITES; nth++)
        assert_true(story_crash(s, at_nth_write_of_nth_host));
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_each_restarted_once(s, 1);
    s->policy.serial[0] = (struct amount){100, true};
    assert_way_back(s, before);
    story_end(s);
}

struct countdown { /* in memory that the killed one shares */
    atomic_int acts;
};

static bool at_count(struct story *s, const struct fleet_act *act)
{
    struct countdown *c = fleet_shared(s->fleet);
    (void)act;
    return atomic_fetch_sub(&c->acts, 1) == 1;
}

/* A small generator with a seed: the same moments every time, as far as threads allow. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void kill_at_random(struct story *s, uint32_t seed, int most_acts)
{
    struct countdown *c = fleet_shared(s->fleet);
    int killed = 0;
    do
        atomic_store(&c->acts, 1 + (int)(next_random(&seed) % (uint32_t)most_acts));
    while (story_crash(s, at_count) && ++killed < 40);
    assert_in_range(killed, 1, 39);
}

static void killed_at_random_moments(void **state, uint32_t seed)
{
    struct story *s = *state;
    struct rollback_scope all = {0};
    struct why why;
    char *before[6];
    begin(s, "a[1:3] swell_affinity=a\nb[1:3]\n", before);
    s->policy.max_unavailable = (struct amount){4, false};
    story_plan(s);
    story_create(s);
    kill_at_random(s, seed, 300);
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_each_restarted_once(s, 1);
    assert_int_equal(story_try_rollback(s, &all, &why), OK);
    kill_at_random(s, seed + 1, 300);
    story_run(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        char *now = fleet_host_dump(story_host(s, s->inventory->hosts[i].name));
        assert_string_equal(now, before[i]);
        free(now);
        free(before[i]);
    }
    assert_each_restarted_once(s, 2);
    assert_int_equal(fleet_most(s->fleet).touched_of_one_group, 1);
    assert_in_range(fleet_most(s->fleet).touched, 2, 4);
    story_end(s);
}

#define KILLED(seed)                                          \
    static void killed_at_random_moments_##seed(void **state) \
    {                                                         \
        killed_at_random_moments(state, seed);                \
    }
KILLED(1)
KILLED(2)

/* More seeds than a test run has time for: STORY_SEEDS=FROM-TO. */
static void killed_at_random_moments_of_more_seeds(void **state)
{
    const char *said = getenv("STORY_SEEDS");
    unsigned from = 0, to = 0;
    if (!said || sscanf(said, "%u-%u", &from, &to) != 2)
        skip();
    for (unsigned seed = from; seed <= to; seed++) {
        print_message("seed %u\n", seed);
        killed_at_random_moments(state, seed);
        (void)story_teardown(state);
        (void)story_setup(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(killed_after_each_write_it_ends_as_if_never_killed),
        STORY_TEST(killed_at_random_moments_1),
        STORY_TEST(killed_at_random_moments_2),
        STORY_TEST(killed_at_random_moments_of_more_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
