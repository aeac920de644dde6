/* A host whose RemoteRegistry is disabled: it is woken only where that is allowed, the journal says
 * it before it is done, and it is put back whatever happens. */
#include "tests/support/story.h"

#include "controller/app.h"
#include "controller/debts.h"

#include <stdlib.h>
#include <string.h>

static void asleep(struct story *s, const char *host)
{
    fleet_host_registry_service(story_host(s, host), SERVICE_IS_DISABLED, SERVICE_IS_STOPPED);
}

static void assert_as_before(struct story *s, const char *host)
{
    struct registry_service now = fleet_host_registry_service_now(story_host(s, host));
    assert_int_equal(now.start_type, SERVICE_IS_DISABLED);
    assert_int_equal(now.state, SERVICE_IS_STOPPED);
}

static size_t debts_of(struct story *s)
{
    struct debts d = {0};
    struct why why = {0};
    struct store *st = story_store(s);
    assert_int_equal(debts_load(st, &d, &why), OK);
    size_t n = d.n;
    debts_fini(&d);
    store_close(st);
    return n;
}

static size_t happenings(struct story *s, const char *host, enum fleet_happening what)
{
    const struct fleet_host *h = story_host(s, host);
    const struct fleet_record *r;
    size_t n = 0;
    for (size_t i = 0; (r = fleet_record(s->fleet, h, i)); i++)
        n += r->what == what;
    return n;
}

static void disabled_registry_is_left_asleep_where_nobody_allowed_it(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\nweb2\n");
    asleep(s, "web1");
    story_plan(s);
    assert_int_equal(plan_find_host(s->plan, "web1")->verdict, PLAN_UNKNOWN);
    assert_int_equal(plan_find_host(s->plan, "web1")->err, E_UNAVAILABLE);
    assert_non_null(
        strstr(plan_find_host(s->plan, "web1")->reason, "--wake-remote-registry lets Swell start"));
    assert_int_equal(plan_find_host(s->plan, "web2")->verdict, PLAN_GO);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).calls[FLEET_WAKE], 0);
    assert_as_before(s, "web1");
    story_end(s);
}

static void plan_says_that_it_wakes_and_puts_back(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\nweb2\n");
    s->may_wake = true;
    asleep(s, "web1");
    story_plan(s);
    const struct plan_host *h = plan_find_host(s->plan, "web1");
    assert_int_equal(h->verdict, PLAN_GO);
    assert_true(h->may_wake);
    assert_true(plan_host_changes(h));
    assert_false(plan_find_host(s->plan, "web2")->may_wake);
    assert_as_before(s, "web1");
    assert_int_equal(happenings(s, "web1", FLEET_WOKEN), 1);
    assert_int_equal(happenings(s, "web1", FLEET_RESTED), 1);
    assert_int_equal(happenings(s, "web2", FLEET_WOKEN), 0);
    assert_int_equal(debts_of(s), 0);
    story_end(s);
}

static void inventory_allows_it_host_by_host(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1 swell_wake_remote_registry=yes\nweb2\n");
    asleep(s, "web1");
    asleep(s, "web2");
    story_plan(s);
    assert_int_equal(plan_find_host(s->plan, "web1")->verdict, PLAN_GO);
    assert_int_equal(plan_find_host(s->plan, "web2")->verdict, PLAN_UNKNOWN);
    assert_int_equal(happenings(s, "web2", FLEET_WOKEN), 0);
    story_end(s);
}

static void host_that_sleeps_is_woken_changed_restarted_and_put_back(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\nweb2\n");
    s->may_wake = true;
    asleep(s, "web1");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_true(story_is_applied(s, "web1"));
    assert_as_before(s, "web1");
    assert_int_equal(debts_of(s), 0);
    assert_int_equal(story_events(s, 1, "web1", EV_INTENT, STEP_WAKE), 1);
    assert_int_equal(story_events(s, 1, "web1", EV_INTENT, STEP_REST), 1);
    assert_int_equal(story_events(s, 1, "web2", EV_INTENT, STEP_WAKE), 0);
    story_end(s);
}

static void rollback_wakes_it_again_and_puts_it_back(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->may_wake = true;
    asleep(s, "web1");
    char *before = fleet_host_dump(story_host(s, "web1"));
    story_apply(s);
    s->may_wake = false; /* what is undone has said it */
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    char *after = fleet_host_dump(story_host(s, "web1"));
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_as_before(s, "web1");
    assert_int_equal(debts_of(s), 0);
    story_end(s);
}

static void plan_that_does_not_say_it_does_not_wake(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->may_wake = true;
    story_plan(s);
    asleep(s, "web1"); /* since */
    story_create(s);
    story_run(s);
    story_all_ended(s, OUTCOME_UNREACHABLE);
    assert_int_equal(happenings(s, "web1", FLEET_WOKEN), 0);
    story_end(s);
}

/* --- killed in between --- */
static bool after_wake(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WAKE && act->phase == FLEET_AFTER;
}

static bool before_wake(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WAKE && act->phase == FLEET_BEFORE;
}

static bool amid_writes(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WRITE && act->phase == FLEET_AFTER && act->n == 3;
}

static bool before_rest(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_REST && act->phase == FLEET_BEFORE;
}

static bool after_rest(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_REST && act->phase == FLEET_AFTER;
}

static void killed_anywhere_it_is_put_back_by_resume(void **state)
{
    static story_crash_fn *const moments[] = {before_wake, after_wake, amid_writes, before_rest,
                                              after_rest};
    struct story *s = *state;
    for (size_t i = 0; i < COUNT(moments); i++) {
        if (i > 0) {
            void *fresh = NULL;
            story_teardown(state);
            assert_int_equal(story_setup(&fresh), 0);
            *state = s = fresh;
        }
        story_begin(s, "web1\n");
        s->may_wake = true;
        asleep(s, "web1");
        story_plan(s);
        story_create(s);
        /* the plan's own calls are counted too */
        assert_true(story_crash(s, moments[i]));
        assert_int_equal(debts_of(s), 1);
        story_run(s);
        story_all_ended(s, OUTCOME_CHANGED);
        assert_true(story_is_applied(s, "web1"));
        assert_as_before(s, "web1");
        assert_int_equal(debts_of(s), 0);
        story_end(s);
    }
}

static void plan_that_was_killed_is_tidied_up_by_the_next(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->may_wake = true;
    asleep(s, "web1");
    assert_true(story_crash_plan(s, after_wake));
    assert_int_equal(debts_of(s), 1);
    assert_int_equal(fleet_host_registry_service_now(story_host(s, "web1")).start_type,
                     SERVICE_STARTS_ON_DEMAND);
    s->may_wake = false; /* what is ours is put back all the same */
    story_plan(s);
    assert_int_equal(plan_find_host(s->plan, "web1")->verdict, PLAN_GO);
    assert_as_before(s, "web1");
    assert_int_equal(debts_of(s), 0);
    story_end(s);
}

static void owed_lists_what_is_still_awake(void **state)
{
    struct story *s = *state;
    struct text out = {0};
    story_begin(s, "web1\n");
    s->may_wake = true;
    asleep(s, "web1");
    assert_true(story_crash_plan(s, after_wake));
    assert_int_equal(story_program(s, &out, "owed", NULL), 0);
    assert_non_null(strstr(text_str(&out), "RemoteRegistry of web1 was started"));
    assert_non_null(strstr(text_str(&out), "was disabled before"));
    assert_non_null(strstr(text_str(&out), "no restart is owed"));
    text_fini(&out);
    assert_int_equal(story_program(s, &out, "owed", "--format", "json", NULL), 0);
    assert_non_null(strstr(text_str(&out), "\"was\":\"disabled\""));
    text_fini(&out);
    story_plan(s);
    assert_int_equal(story_program(s, &out, "owed", NULL), 0);
    assert_null(strstr(text_str(&out), "RemoteRegistry"));
    text_fini(&out);
    story_end(s);
}

static void rollout_given_up_is_put_back_by_the_next(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->may_wake = true;
    asleep(s, "web1");
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, amid_writes));
    story_say(s, (struct event){.kind = EV_ABORTED, .by = "the boss", .why = "enough"});
    assert_int_equal(debts_of(s), 1);
    story_apply(s);
    assert_int_equal(story_outcome(s, "web1"), OUTCOME_CHANGED);
    assert_as_before(s, "web1");
    assert_int_equal(debts_of(s), 0);
    story_end(s);
}

static void host_that_cannot_be_put_back_is_told_of_and_done_later(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    story_begin(s, "web1\n");
    s->may_wake = true;
    asleep(s, "web1");
    h = story_host(s, "web1");
    story_plan(s);
    story_create(s);
    fleet_host_fault(h, (struct fleet_fault){.call = FLEET_REST,
                                             .times = FLEET_FOREVER,
                                             .err = E_CUT});
    story_run(s);
    story_because(s, "web1", "RemoteRegistry is not put back yet");
    assert_int_equal(debts_of(s), 1);
    fleet_host_faults_end(h);
    story_apply(s);
    assert_as_before(s, "web1");
    assert_int_equal(debts_of(s), 0);
    story_end(s);
}

static void start_type_that_somebody_else_set_is_left_alone(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->may_wake = true;
    asleep(s, "web1");
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, amid_writes));
    fleet_host_registry_service(story_host(s, "web1"), SERVICE_STARTS_AUTO, SERVICE_IS_RUNNING);
    story_run(s);
    story_because(s, "web1", "somebody else changed its start type");
    assert_int_equal(fleet_host_registry_service_now(story_host(s, "web1")).start_type,
                     SERVICE_STARTS_AUTO);
    assert_int_equal(debts_of(s), 0);
    story_end(s);
}

static void host_that_fails_its_login_after_the_restart_is_not_forgotten(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    s->may_wake = true;
    asleep(s, "web1");
    story_plan(s);
    story_create(s);
    fleet_host_restarting(story_host(s, "web1"),
                          (struct fleet_restarting){.manner = FLEET_NEVER_BACK});
    s->policy.restart_timeout_ms = 60000;
    story_run(s);
    assert_true(outcome_is_bad(story_outcome(s, "web1")));
    story_because(s, "web1", "RemoteRegistry is not put back yet");
    assert_int_equal(debts_of(s), 1);
    story_end(s);
}

/* --- other services --- */
static void service_that_does_not_come_back_is_told_of(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    fleet_host_serves(h, "W3SVC", SERVICE_STARTS_AUTO, false);
    fleet_host_serves(h, "Fine", SERVICE_STARTS_AUTO, true);
    fleet_host_serves(h, "Idle", SERVICE_STARTS_ON_DEMAND, false);
    fleet_host_serves(h, "Late", SERVICE_STARTS_AUTO, false);
    fleet_host_put(h, "HKLM\\SYSTEM\\CurrentControlSet\\Services\\Late", "DelayedAutostart",
                   "4:01000000");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_because(s, "web1", "attention: ran before the restart and does not now: W3SVC");
    assert_null(strstr(s->end->hosts[0].why, "Idle"));
    assert_null(strstr(s->end->hosts[0].why, "Late"));
    story_end(s);
}

static void services_are_remembered_over_a_crash(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    fleet_host_serves(story_host(s, "web1"), "W3SVC", SERVICE_STARTS_AUTO, false);
    story_plan(s);
    story_create(s);
    assert_true(story_crash_at_event(s, EV_RESTART_PROVED, STEPS, NULL));
    story_run(s);
    story_because(s, "web1", "does not now: W3SVC");
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(disabled_registry_is_left_asleep_where_nobody_allowed_it),
        STORY_TEST(plan_says_that_it_wakes_and_puts_back),
        STORY_TEST(inventory_allows_it_host_by_host),
        STORY_TEST(host_that_sleeps_is_woken_changed_restarted_and_put_back),
        STORY_TEST(rollback_wakes_it_again_and_puts_it_back),
        STORY_TEST(plan_that_does_not_say_it_does_not_wake),
        STORY_TEST(killed_anywhere_it_is_put_back_by_resume),
        STORY_TEST(plan_that_was_killed_is_tidied_up_by_the_next),
        STORY_TEST(owed_lists_what_is_still_awake),
        STORY_TEST(rollout_given_up_is_put_back_by_the_next),
        STORY_TEST(host_that_cannot_be_put_back_is_told_of_and_done_later),
        STORY_TEST(start_type_that_somebody_else_set_is_left_alone),
        STORY_TEST(host_that_fails_its_login_after_the_restart_is_not_forgotten),
        STORY_TEST(service_that_does_not_come_back_is_told_of),
        STORY_TEST(services_are_remembered_over_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
