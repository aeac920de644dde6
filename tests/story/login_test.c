/* A wrong password must not lock an account: a domain login that one host refused is not tried on
 * the others; a local account is each host's own. */
#include "tests/support/story.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static uint32_t refused(struct story *s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < s->inventory->n_hosts; i++)
        n += fleet_host_tally(story_host(s, s->inventory->hosts[i].name)).logins_refused;
    return n;
}

static void a_domain_login_refused_by_one_host_is_not_tried_on_the_others(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:20]\n");
    s->forks = 20;
    story_login(s, "FLEET\\swell", "the wrong one");
    story_plan(s);
    assert_int_equal(refused(s), 1);
    for (size_t i = 0; i < s->plan->n_hosts; i++) {
        assert_int_equal(s->plan->hosts[i].verdict, PLAN_UNKNOWN);
        assert_int_equal(s->plan->hosts[i].err, E_AUTH);
    }
    story_end(s);
}

static void a_local_login_is_tried_on_each_host_once(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:20]\n");
    s->forks = 20;
    story_login(s, ".\\swell", "the wrong one");
    story_plan(s);
    assert_int_equal(refused(s), 20);
    story_end(s);
}

/* The password is changed between plan and apply. */
static void a_domain_login_that_went_stale_costs_one_refusal_and_touches_nobody(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:20]\n");
    s->forks = 20;
    story_login(s, "swell@FLEET.EXAMPLE", FLEET_PASSWORD);
    story_plan(s);
    story_create(s);
    fleet_password(s->fleet, "a new one");
    story_run(s);
    assert_int_equal(refused(s), 1);
    story_all_ended(s, OUTCOME_FAILED);
    for (int i = 1; i <= 20; i++) {
        char host[16];
        (void)snprintf(host, sizeof host, "web%d", i);
        assert_int_equal(fleet_host_tally(story_host(s, host)).written, 0);
    }
    story_end(s);
}

/* The password is changed when all of them are on their way down, and out of reach until then. */
static void change_password(struct story *s, const struct fleet_act *act)
{
    atomic_int *asked = s->self;
    if (act->call != FLEET_RESTART || act->phase != FLEET_AFTER)
        return;
    fleet_host_cut_off(act->host, INT64_C(1) << 50);
    if (atomic_fetch_add(asked, 1) < 19)
        return;
    fleet_password(s->fleet, "a new one");
    for (size_t i = 0; i < s->inventory->n_hosts; i++)
        fleet_host_cut_off(fleet_host_find(s->fleet, s->inventory->hosts[i].name), 0);
}

static void a_domain_login_that_goes_stale_amid_restarts_is_not_tried_by_every_host(void **state)
{
    struct story *s = *state;
    atomic_int asked = 0;
    story_begin(s, "web[1:20]\n");
    s->forks = 4;
    s->policy.restart_timeout_ms *= 10; /* all of them have to be asked first */
    story_login(s, "FLEET\\swell", FLEET_PASSWORD);
    story_plan(s);
    story_create(s);
    s->self = &asked;
    s->on_act = change_password;
    story_run(s);
    story_all_ended(s, OUTCOME_INCONCLUSIVE);
    story_because(s, "web20", "refuses the login");
    assert_in_range(refused(s), 1, 3 + 4); /* three in a row, and those under way by then */
    story_end(s);
}

/* A host's own logon service may begin later than its registry. */
static void refuse_for_a_moment(struct story *s, const struct fleet_act *act)
{
    (void)s;
    if (act->call == FLEET_RESTART && act->phase == FLEET_AFTER)
        fleet_host_fault(act->host,
                         (struct fleet_fault){.call = FLEET_OPEN, .err = E_AUTH, .times = 1});
}

static void a_host_that_refuses_for_a_moment_after_its_restart_is_asked_again(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:3]\n");
    s->policy.serial[0] = (struct amount){1, false};
    story_login(s, "FLEET\\swell", FLEET_PASSWORD);
    s->on_act = refuse_for_a_moment;
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

/* Swallowed packets: the login to the first host ends with its deadline, and the others waited. */
static void a_host_that_swallows_the_first_login_costs_the_others_nothing(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:6]\n");
    story_login(s, "FLEET\\swell", FLEET_PASSWORD);
    fleet_host_fault(story_host(s, "web1"),
                     (struct fleet_fault){.call = FLEET_OPEN, .times = 9, .delay_ms = 400});
    fleet_host_fault(story_host(s, "web2"),
                     (struct fleet_fault){.call = FLEET_LOOK, .times = 9, .delay_ms = 400});
    s->policy.step_timeout_ms = 250;
    story_plan(s);
    for (size_t i = 0; i < s->plan->n_hosts; i++)
        if (i == 0)
            assert_int_equal(s->plan->hosts[i].err, E_TIMEOUT);
        else if (s->plan->hosts[i].err != OK && i > 1)
            fail_msg("%s: %s", s->plan->hosts[i].name, s->plan->hosts[i].reason);
    story_end(s);
}

/* The first login is still under way: the others wait for what comes of it. */
static void an_unproved_domain_login_is_on_one_host_at_a_time(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:8]\n");
    story_login(s, "FLEET\\swell", "the wrong one");
    for (int i = 1; i <= 8; i++) {
        char host[16];
        (void)snprintf(host, sizeof host, "web%d", i);
        fleet_host_fault(story_host(s, host),
                         (struct fleet_fault){.call = FLEET_OPEN, .delay_ms = 60});
    }
    story_plan(s);
    assert_int_equal(refused(s), 1);
    story_end(s);
}

static void a_host_that_is_not_there_says_nothing_of_the_login(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:5]\n");
    s->forks = 1;
    story_login(s, "FLEET\\swell", FLEET_PASSWORD);
    fleet_host_cut_off(story_host(s, "web1"), INT64_C(1) << 50);
    story_apply(s);
    story_ended(s, "web1", OUTCOME_UNREACHABLE);
    for (int i = 2; i <= 5; i++) {
        char host[16];
        (void)snprintf(host, sizeof host, "web%d", i);
        story_ended(s, host, OUTCOME_CHANGED);
    }
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(a_domain_login_refused_by_one_host_is_not_tried_on_the_others),
        STORY_TEST(a_local_login_is_tried_on_each_host_once),
        STORY_TEST(a_domain_login_that_went_stale_costs_one_refusal_and_touches_nobody),
        STORY_TEST(a_domain_login_that_goes_stale_amid_restarts_is_not_tried_by_every_host),
        STORY_TEST(a_host_that_refuses_for_a_moment_after_its_restart_is_asked_again),
        STORY_TEST(a_host_that_swallows_the_first_login_costs_the_others_nothing),
        STORY_TEST(an_unproved_domain_login_is_on_one_host_at_a_time),
        STORY_TEST(a_host_that_is_not_there_says_nothing_of_the_login),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
