/* Promise 9: what could not be observed is inconclusive, never ok. Zero hosts evaluated is an
 * error, never success. */
#include "tests/support/story.h"

#include "report/verdict.h"

#include <string.h>

static void assert_inconclusive(struct story *s, const char *words)
{
    story_all_ended(s, OUTCOME_INCONCLUSIVE);
    story_because(s, "web1", words);
    assert_int_equal(report_exit_bits(s->end), REPORT_BIT_HANDSHAKE);
    story_end(s);
}

/* From its restart on, the port connects and says nothing. */
static void fall_silent(struct story *s, const struct fleet_act *act)
{
    (void)s;
    if (act->call == FLEET_RESTART)
        fleet_host_tls(act->host, FLEET_TLS_SILENT);
}

static void promise_9_a_port_that_says_nothing_is_inconclusive(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->on_act = fall_silent;
    story_apply(s);
    assert_inconclusive(s, "443");
}

static void promise_9_a_port_that_never_could_be_seen_is_inconclusive(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    fleet_host_tls(story_host(s, "web1"), FLEET_TLS_CLOSED);
    story_apply(s);
    assert_inconclusive(s, "443");
}

static void promise_9_silence_is_no_refusal(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    story_playbook(s, "playbook: off\n"
                      "settings:\n"
                      "  - {key: 'HKLM\\SOFTWARE\\Vendor\\App', values: {Mode: dword 9}}\n"
                      "verify:\n"
                      "  - {port: 443, tls1.0: refused}\n");
    fleet_host_tls(story_host(s, "web1"), FLEET_TLS_SILENT); /* before and after */
    story_apply(s);
    assert_inconclusive(s, "443");
}

static void promise_9_a_run_that_finds_all_values_right_still_has_to_see_the_port(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    fleet_host_tls(story_host(s, "web1"), FLEET_TLS_SILENT);
    story_apply(s);
    assert_inconclusive(s, "443");
}

static void promise_9_witnesses_that_disagree_are_inconclusive(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->policy.restart_timeout_ms = 500000;
    fleet_host_restarting(story_host(s, "web1"),
                          (struct fleet_restarting){.manner = FLEET_SERVICE_ONLY, .away_ms = 9000});
    story_apply(s);
    assert_inconclusive(s, "witnesses");
}

/* Gone from its first write on: nobody knows what arrived. */
static void lose_after_write(struct story *s, const struct fleet_act *act)
{
    (void)s;
    if (act->call == FLEET_WRITE && act->phase == FLEET_AFTER && act->n == 3)
        fleet_host_cut_off(act->host, INT64_C(1) << 50);
}

static void promise_9_a_host_lost_amid_its_writes_is_inconclusive_not_unreachable(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->on_act = lose_after_write;
    story_apply(s);
    story_all_ended(s, OUTCOME_INCONCLUSIVE);
    story_end(s);
}

/* A guard that asks for what the host does not tell. */
static void
promise_9_a_guard_that_cannot_be_decided_leaves_the_host_out_as_inconclusive(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:2]\n");
    fleet_host_put(story_host(s, "web1"), "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                   "CurrentBuildNumber", "1:78000000"); /* "x" */
    story_apply(s);
    story_ended(s, "web1", OUTCOME_INCONCLUSIVE);
    story_ended(s, "web2", OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).written, 0);
    assert_int_equal(report_exit_bits(s->end), REPORT_BIT_HANDSHAKE);
    story_end(s);
}

static void promise_9_no_host_chosen_is_an_error(void **state)
{
    struct story *s = *state;
    struct why why = {0};
    story_begin(s, "web1\n");
    s->limit = "db*";
    assert_int_not_equal(story_try_plan(s, &why), OK);
    s->limit = "web1:!web1";
    assert_int_not_equal(story_try_plan(s, &why), OK);
    assert_true(why.text[0]);
    story_end(s);
}

/* Whoever calls the planner, and however the hosts were chosen. */
static void promise_9_a_plan_of_no_host_is_an_error(void **state)
{
    struct story *s = *state;
    struct why why = {0};
    struct plan *plan = NULL;
    const bool none[2] = {false, false};
    story_begin(s, "web1\n");
    const struct planning pl = {.world = &s->world,
                                .inventory = s->inventory,
                                .chosen = none,
                                .owed = none,
                                .playbook = s->playbook,
                                .step_timeout_ms = 1000,
                                .forks = 1};
    assert_int_equal(planner_run(&pl, &plan, &why), E_DATA);
    assert_null(plan);
    story_end(s);
}

static void promise_9_a_plan_without_a_host_to_do_is_an_error(void **state)
{
    struct story *s = *state;
    struct why why = {0};
    story_begin(s, "web[1:2]\n");
    for (int i = 0; i < 2; i++)
        fleet_host_put(story_host(s, i ? "web1" : "web2"),
                       "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
                       "CurrentBuildNumber", "1:36003000300030000000"); /* 6000 */
    story_plan(s);
    assert_int_equal(s->plan->hosts[0].verdict, PLAN_EXEMPT);
    assert_int_equal(story_try_create(s, &why), E_DATA);
    assert_int_equal(story_events(s, 0, NULL, EV_ROLLOUT_CREATED, STEPS), 0);
    story_end(s);
}

static void promise_9_hosts_that_were_all_left_out_or_lost_are_no_success(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
    for (int i = 0; i < 2; i++)
        fleet_host_cut_off(story_host(s, i ? "web1" : "web2"), INT64_C(1) << 50);
    story_run(s);
    story_all_ended(s, OUTCOME_UNREACHABLE);
    assert_int_equal(report_exit_bits(s->end), REPORT_BIT_UNREACHABLE);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_9_a_port_that_says_nothing_is_inconclusive),
        STORY_TEST(promise_9_a_port_that_never_could_be_seen_is_inconclusive),
        STORY_TEST(promise_9_silence_is_no_refusal),
        STORY_TEST(promise_9_a_run_that_finds_all_values_right_still_has_to_see_the_port),
        STORY_TEST(promise_9_witnesses_that_disagree_are_inconclusive),
        STORY_TEST(promise_9_a_host_lost_amid_its_writes_is_inconclusive_not_unreachable),
        STORY_TEST(promise_9_a_guard_that_cannot_be_decided_leaves_the_host_out_as_inconclusive),
        STORY_TEST(promise_9_no_host_chosen_is_an_error),
        STORY_TEST(promise_9_a_plan_of_no_host_is_an_error),
        STORY_TEST(promise_9_a_plan_without_a_host_to_do_is_an_error),
        STORY_TEST(promise_9_hosts_that_were_all_left_out_or_lost_are_no_success),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
