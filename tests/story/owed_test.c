/* Promise 6: a value found right already still owes the restart that was never done: the ledger
 * outlives runs and crashes. And a run with nothing left to do does nothing. */
#include "tests/support/story.h"

#include "controller/app.h"

#include <string.h>

static bool is_owed(struct story *s, const char *host)
{
    struct ledger_entry entry = {0};
    struct why why = {0};
    struct store *st = story_store(s);
    assert_int_equal(app_ledger(st, host, &entry, &why), OK);
    store_close(st);
    return entry.owed;
}

/* A new plan finds every value right, and restarts the host all the same; the one after that finds
 * nothing to do. */
static void assert_paid_by_the_next_run(struct story *s)
{
    struct fleet_host *h = story_host(s, "web1");
    uint32_t written = fleet_host_tally(h).written, boots = fleet_host_tally(h).boots;
    assert_true(is_owed(s, "web1"));
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(h).written, written);
    assert_int_equal(fleet_host_tally(h).boots, boots + 1);
    assert_false(is_owed(s, "web1"));
    story_apply(s);
    story_all_ended(s, OUTCOME_OK);
    assert_int_equal(fleet_host_tally(h).written, written);
    assert_int_equal(fleet_host_tally(h).boots, boots + 1);
    story_end(s);
}

static void promise_6_a_restart_left_for_later_is_done_by_the_next_run(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->policy.restart_never = true;
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_because(s, "web1", "a restart is owed");
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).boots, 0);
    story_apply(s); /* still never */
    story_all_ended(s, OUTCOME_OK);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).boots, 0);
    s->policy.restart_never = false;
    assert_paid_by_the_next_run(s);
}

static bool amid_writes(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WRITE && act->phase == FLEET_AFTER && act->n == 4;
}

static bool at_request(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_RESTART && act->phase == FLEET_BEFORE;
}

static void give_up(struct story *s)
{
    story_say(s, (struct event){.kind = EV_ABORTED, .by = "the boss", .why = "enough"});
}

/* Nobody resumes; the rollout is given up, and another one comes. */
static void promise_6_a_run_killed_before_its_restart_leaves_it_to_another(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, at_request));
    give_up(s);
    assert_paid_by_the_next_run(s);
}

static void promise_6_a_run_killed_amid_its_writes_leaves_its_restart_to_another(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, amid_writes));
    give_up(s);
    assert_true(is_owed(s, "web1"));
    s->policy.restart_never = true;
    story_apply(s); /* the rest is written */
    assert_true(story_is_applied(s, "web1"));
    assert_int_equal(fleet_host_tally(h).boots, 0);
    s->policy.restart_never = false;
    assert_paid_by_the_next_run(s);
}

static void promise_6_a_restart_that_failed_is_done_when_it_is_tried_again(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    fleet_host_fault(h, (struct fleet_fault){.call = FLEET_RESTART, .err = E_DENIED});
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    assert_true(is_owed(s, "web1"));
    story_retry(s, "web1");
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(h).boots, 1);
    assert_false(is_owed(s, "web1"));
    story_end(s);
}

static void promise_6_a_restart_that_is_not_proved_is_still_owed(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    s->policy.restart_timeout_ms = 500000;
    fleet_host_restarting(
        h, (struct fleet_restarting){.manner = FLEET_SERVICE_ONLY, .away_ms = 5000});
    story_apply(s);
    story_all_ended(s, OUTCOME_INCONCLUSIVE);
    fleet_host_restarting(h, (struct fleet_restarting){.away_ms = 20000});
    assert_paid_by_the_next_run(s);
}

/* A change that takes effect at once owes nothing. */
static void a_change_without_effect_on_the_boot_owes_no_restart(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    story_playbook(s, "playbook: quick\n"
                      "settings:\n"
                      "  - {key: 'HKLM\\SOFTWARE\\Vendor\\App', effect: none, "
                      "values: {Mode: dword 9}}\n");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_false(is_owed(s, "web1"));
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).restarts_asked, 0);
    s->rollout = 1;
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).restarts_asked, 0);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_6_a_restart_left_for_later_is_done_by_the_next_run),
        STORY_TEST(promise_6_a_run_killed_before_its_restart_leaves_it_to_another),
        STORY_TEST(promise_6_a_run_killed_amid_its_writes_leaves_its_restart_to_another),
        STORY_TEST(promise_6_a_restart_that_failed_is_done_when_it_is_tried_again),
        STORY_TEST(promise_6_a_restart_that_is_not_proved_is_still_owed),
        STORY_TEST(a_change_without_effect_on_the_boot_owes_no_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
