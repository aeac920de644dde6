/* Promise 8: apply does exactly the plan. A host whose state moved since is not touched; it is
 * reported, and the others go on. */
#include "tests/support/story.h"

#include "base/file.h"
#include "db/plan_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_web1_untouched_and_web2_changed(struct story *s, const char *words)
{
    struct fleet_host *h = story_host(s, "web1");
    story_ended(s, "web1", OUTCOME_FAILED);
    story_because(s, "web1", words);
    assert_int_equal(fleet_host_tally(h).written, 0);
    assert_int_equal(fleet_host_tally(h).restarts_asked, 0);
    story_ended(s, "web2", OUTCOME_CHANGED);
    story_end(s);
}

static void promise_8_a_host_whose_value_moved_since_the_plan_is_not_touched(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
    fleet_host_put(story_host(s, "web1"), STORY_APP, "Mode", "1:6e00650077000000");
    story_run(s);
    assert_web1_untouched_and_web2_changed(s, "moved since the plan was made");
}

static void promise_8_a_value_that_was_right_when_it_was_planned_counts_too(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
    fleet_host_take(story_host(s, "web1"), STORY_APP, "Right");
    story_run(s);
    assert_web1_untouched_and_web2_changed(s, "moved since the plan was made");
}

static void promise_8_a_value_that_somebody_else_made_right_counts_too(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
    fleet_host_put(story_host(s, "web1"), STORY_APP, "Mode", "4:05000000");
    story_run(s);
    assert_web1_untouched_and_web2_changed(s, "moved since the plan was made");
}

static void promise_8_a_key_that_appeared_counts_too(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
    fleet_host_put_key(story_host(s, "web1"), STORY_TLS10);
    story_run(s);
    assert_web1_untouched_and_web2_changed(s, "moved since the plan was made");
}

static bool at_first_write(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WRITE && strcmp(fleet_host_name(act->host), "web1") == 0;
}

static void promise_8_a_change_after_the_before_image_is_seen_before_the_first_write(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, at_first_write)); /* the image is taken, the intent written */
    fleet_host_put(story_host(s, "web1"), STORY_APP, "Odd", "4:09090909");
    story_run(s);
    assert_web1_untouched_and_web2_changed(s, "changed by somebody else a moment ago");
}

static void promise_8_no_host_outside_of_the_plan_is_even_looked_at(void **state)
{
    struct story *s = *state;
    struct fleet_tally t;
    story_begin(s, "web[1:3]\n");
    s->limit = "web1:web2";
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    t = fleet_host_tally(story_host(s, "web3"));
    for (size_t i = 0; i < FLEET_CALLS; i++)
        assert_int_equal(t.calls[i], 0);
    story_end(s);
}

static void promise_8_a_host_gets_what_was_planned_for_it_and_nothing_else(void **state)
{
    struct story *s = *state;
    const struct fleet_record *r;
    struct fleet_host *h;
    size_t changes = 0, done = 0;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    story_plan(s);
    for (size_t i = 0; i < s->plan->hosts[0].n_changes; i++)
        changes += !change_is_noop(&s->plan->hosts[0].changes[i]);
    story_playbook(s, "playbook: another\nsettings:\n"
                      "  - {key: 'HKLM\\SOFTWARE\\Vendor\\App', values: {Mode: dword 77}}\n");
    story_create(s);
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    for (size_t i = 0; (r = fleet_record(s->fleet, h, i)); i++)
        done += r->what <= FLEET_KEY_DELETED;
    assert_int_equal(done, changes);
    assert_true(story_is_applied(s, "web1"));
    story_end(s);
}

/* The plan's file, one digit of it changed on the way. */
static void promise_8_an_edited_plan_is_refused_by_the_program(void **state)
{
    struct story *s = *state;
    struct text bytes = {0}, out = {0};
    struct why why = {0};
    char file[128];
    story_begin(s, "web1\n");
    story_plan(s);
    assert_int_equal(plan_write(s->plan, &bytes), OK);
    char *at = strstr(bytes.s, "4:05000000");
    assert_non_null(at);
    at[3] = '6';
    (void)snprintf(file, sizeof file, "%s/edited.plan", s->folder);
    assert_int_equal(file_write(file, bytes.s, bytes.used, 0600, &why), OK);
    assert_int_equal(story_program(s, &out, "apply", file, "--user", STORY_USER, "--password-file",
                                   s->password_file, NULL),
                     65);
    assert_non_null(strstr(text_str(&out), "edited"));
    assert_int_equal(story_events(s, 1, NULL, EV_ROLLOUT_CREATED, STEPS), 0);
    text_fini(&bytes);
    text_fini(&out);
    story_end(s);
}

static void promise_8_a_plan_changed_in_the_database_is_not_carried_out(void **state)
{
    struct story *s = *state;
    struct why why = {0};
    story_begin(s, "web1\n");
    story_plan(s);
    story_create(s);
    story_sql(s, "DROP TRIGGER plan_no_update; UPDATE plan SET bytes = "
                 "CAST(replace(CAST(bytes AS TEXT), '4:05000000', '4:06000000') AS BLOB)");
    assert_int_equal(story_try_run(s, &why), E_CORRUPT);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).calls[FLEET_OPEN], 1); /* to plan */
    s->tampered = true;
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_8_a_host_whose_value_moved_since_the_plan_is_not_touched),
        STORY_TEST(promise_8_a_value_that_was_right_when_it_was_planned_counts_too),
        STORY_TEST(promise_8_a_value_that_somebody_else_made_right_counts_too),
        STORY_TEST(promise_8_a_key_that_appeared_counts_too),
        STORY_TEST(promise_8_a_change_after_the_before_image_is_seen_before_the_first_write),
        STORY_TEST(promise_8_no_host_outside_of_the_plan_is_even_looked_at),
        STORY_TEST(promise_8_a_host_gets_what_was_planned_for_it_and_nothing_else),
        STORY_TEST(promise_8_an_edited_plan_is_refused_by_the_program),
        STORY_TEST(promise_8_a_plan_changed_in_the_database_is_not_carried_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
