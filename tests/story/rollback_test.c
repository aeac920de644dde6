/* Promise 7: rollback restores the before-image exactly: type and bytes, or absence; keys that
 * Swell created go if they are empty. It writes old values before it deletes new ones, and never
 * touches a value that somebody else changed since: it says so. */
#include "tests/support/story.h"

#include "db/plan_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS_MAX 8

struct before { /* what the hosts had */
    char *dumps[HOSTS_MAX];
};

static void remember(struct story *s, struct before *b)
{
    for (size_t i = 0; i < s->inventory->n_hosts; i++)
        b->dumps[i] = fleet_host_dump(story_host(s, s->inventory->hosts[i].name));
}

static void assert_as_before(struct story *s, struct before *b)
{
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        char *now = fleet_host_dump(story_host(s, s->inventory->hosts[i].name));
        assert_string_equal(now, b->dumps[i]);
        free(now);
        free(b->dumps[i]);
    }
}

static void promise_7_every_byte_comes_back(void **state)
{
    struct story *s = *state;
    struct before b;
    story_begin(s, "web[1:3]\n");
    remember(s, &b);
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_true(fleet_host_has_key(story_host(s, "web1"), STORY_NEW));
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).boots, 2);
    story_end(s);
}

/* Names compare without case; a person who looks at the host sees it. */
static void promise_7_a_deleted_value_comes_back_in_its_own_letters(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    struct before b;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    fleet_host_take(h, STORY_APP, "Legacy");
    fleet_host_put(h, STORY_APP, "lEGACY", "3:00ff");
    remember(s, &b);
    assert_non_null(strstr(b.dumps[0], "lEGACY"));
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    story_end(s);
}

/* What old rollouts left: every type, odd sizes, a default value, an unknown type. */
static void promise_7_values_of_every_kind_come_back(void **state)
{
    static const char *const codes[] = {"0:",
                                        "0:ff",
                                        "1:",
                                        "1:6100",
                                        "1:610000",
                                        "2:2500000000",
                                        "3:00ff",
                                        "4:01",
                                        "5:00000001",
                                        "6:610062",
                                        "7:",
                                        "7:61000000000000",
                                        "11:0102030405060708",
                                        "4294967295:c0ffee"};
    struct story *s = *state;
    struct fleet_host *h;
    struct text yaml = {0};
    struct before b;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    text_put(&yaml, "playbook: kinds\nsettings:\n  - key: 'HKLM\\SOFTWARE\\Kinds'\n    values:\n"
                    "      '(default)': absent\n");
    fleet_host_put(h, "HKLM\\SOFTWARE\\Kinds", "", "1:64000000");
    for (size_t i = 0; i < COUNT(codes); i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "v%zu", i);
        fleet_host_put(h, "HKLM\\SOFTWARE\\Kinds", name, codes[i]);
        text_printf(&yaml, "      %s: %s\n", name, i % 2 ? "dword 7" : "absent");
    }
    story_playbook(s, text_str(&yaml));
    text_fini(&yaml);
    remember(s, &b);
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    story_end(s);
}

static void promise_7_a_key_taken_away_with_all_below_it_is_rebuilt(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    struct before b;
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    fleet_host_put(h, "HKLM\\SOFTWARE\\Old\\A\\Deep", "x", "4:01000000");
    fleet_host_put(h, "HKLM\\SOFTWARE\\Old\\B", "",
                   "1:6200"
                   "0000");
    fleet_host_put_key(h, "HKLM\\SOFTWARE\\Old\\Empty\\Too");
    fleet_host_put(h, "HKLM\\SOFTWARE\\Wow6432Node\\Twin", "y", "3:00");
    story_playbook(s, "playbook: tree\n"
                      "settings:\n"
                      "  - {key: 'HKLM\\SOFTWARE\\Old', state: absent}\n"
                      "  - {key: 'HKLM\\SOFTWARE\\Twin', view: 32, values: {y: absent}}\n");
    remember(s, &b);
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_false(fleet_host_has_key(h, "HKLM\\SOFTWARE\\Old"));
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    story_end(s);
}

/* The order in which the rollback touched this host: all it wrote, then all it deleted. */
static void promise_7_old_values_are_written_before_new_ones_are_deleted(void **state)
{
    struct story *s = *state;
    const struct fleet_record *r;
    size_t i = 0, written = 0, deleted = 0;
    story_begin(s, "web1\n");
    story_apply(s);
    while (fleet_record(s->fleet, NULL, i))
        i++;
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    for (; (r = fleet_record(s->fleet, NULL, i)); i++) {
        if (r->what == FLEET_SET || r->what == FLEET_CREATED) {
            assert_int_equal(deleted, 0);
            written++;
        }
        deleted += r->what == FLEET_DELETED || r->what == FLEET_KEY_DELETED;
    }
    assert_int_equal(written, 3);     /* Mode, Legacy, Odd */
    assert_int_equal(deleted, 5 + 6); /* Made and Schannel's four; New, Deep and Schannel's four */
    story_end(s);
}

static void promise_7_what_somebody_else_changed_since_is_left_and_said(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    char code[FLEET_CODE_SIZE];
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    story_apply(s);
    fleet_host_put(h, STORY_APP, "Mode", "4:06000000");      /* Swell wrote 5 */
    fleet_host_put(h, STORY_APP, "Legacy", "3:00");          /* Swell deleted it */
    fleet_host_put(h, STORY_TLS10, "Enabled", "3:00000000"); /* the same bytes, another type */
    story_rollback(s);
    story_all_ended(s, OUTCOME_FAILED);
    story_because(s, "web1", "3 left as found: somebody else changed them");
    assert_string_equal(fleet_host_code(h, STORY_APP, "Mode", code), "4:06000000");
    assert_string_equal(fleet_host_code(h, STORY_APP, "Legacy", code), "3:00");
    assert_string_equal(fleet_host_code(h, STORY_TLS10, "Enabled", code), "3:00000000");
    assert_string_equal(fleet_host_code(h, STORY_APP, "Odd", code),
                        "4:010203"); /* the rest is back */
    assert_false(fleet_host_has_key(h, STORY_NEW));
    story_end(s);
}

static void change_it_now(struct story *s, const struct fleet_act *act)
{
    (void)s;
    if (act->call == FLEET_IDENTITY && act->n == 1) /* well before the rollback */
        return;
    if (act->call == FLEET_PROBE && act->phase == FLEET_AFTER)
        fleet_host_put(act->host, STORY_APP, "Mode", "4:06000000");
}

static void promise_7_what_somebody_else_changes_at_the_last_moment_is_left_too(void **state)
{
    struct story *s = *state;
    char code[FLEET_CODE_SIZE];
    story_begin(s, "web1\n");
    story_apply(s);
    s->on_act = change_it_now; /* while the rollback takes its baseline */
    story_rollback(s);
    story_all_ended(s, OUTCOME_FAILED);
    assert_string_equal(fleet_host_code(story_host(s, "web1"), STORY_APP, "Mode", code),
                        "4:06000000");
    story_end(s);
}

static void promise_7_a_key_that_somebody_else_uses_by_now_stays(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    char code[FLEET_CODE_SIZE];
    story_begin(s, "web1\n");
    h = story_host(s, "web1");
    story_apply(s);
    fleet_host_put(h, STORY_NEW, "Theirs", "4:01000000");
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_string_equal(fleet_host_code(h, STORY_NEW, "Theirs", code), "4:01000000");
    assert_string_equal(fleet_host_code(h, STORY_NEW, "Made", code), "absent");
    assert_false(fleet_host_has_key(h, STORY_TLS10));
    story_end(s);
}

static bool amid_writes(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WRITE && act->phase == FLEET_AFTER && act->n == 7;
}

static void promise_7_a_host_left_half_written_is_put_back(void **state)
{
    struct story *s = *state;
    struct before b;
    story_begin(s, "web1\n");
    remember(s, &b);
    story_plan(s);
    story_create(s);
    fleet_host_fault(story_host(s, "web1"),
                     (struct fleet_fault){.call = FLEET_WRITE, .from = 8, .err = E_DENIED});
    story_run(s);
    story_all_ended(s, OUTCOME_FAILED);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).written, 7);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    story_end(s);
}

static void promise_7_a_crash_amid_the_writes_does_not_spoil_the_way_back(void **state)
{
    struct story *s = *state;
    struct before b;
    story_begin(s, "web1\n");
    remember(s, &b);
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, amid_writes));
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    story_end(s);
}

static bool amid_writes_back(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WRITE && act->phase == FLEET_AFTER && act->n == 21;
}

static void promise_7_a_rollback_that_is_killed_goes_on(void **state)
{
    struct rollback_scope all = {0};
    struct story *s = *state;
    struct before b;
    struct why why;
    story_begin(s, "web1\n");
    remember(s, &b);
    story_apply(s);
    assert_int_equal(story_try_rollback(s, &all, &why), OK);
    assert_true(story_crash(s, amid_writes_back));
    story_run(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    story_end(s);
}

/* The image of the first attempt counts: the second one found Swell's own work. */
static void promise_7_a_host_that_was_tried_twice_gets_back_what_it_had_at_first(void **state)
{
    struct story *s = *state;
    struct before b;
    story_begin(s, "web1\n");
    remember(s, &b);
    fleet_host_fault(story_host(s, "web1"),
                     (struct fleet_fault){.call = FLEET_RESTART, .err = E_DENIED});
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    story_retry(s, "web1");
    story_all_ended(s, OUTCOME_CHANGED);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_as_before(s, &b);
    story_end(s);
}

static void promise_7_one_wave_or_one_host_goes_back_alone(void **state)
{
    struct story *s = *state;
    struct why why;
    story_begin(s, "web[1:6]\n");
    s->policy.serial[0] = (struct amount){2, false};
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(story_try_rollback(s, &(struct rollback_scope){.wave = 2}, &why), OK);
    story_run(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    s->rollout = 1;
    assert_int_equal(story_try_rollback(s, &(struct rollback_scope){.host = "web6"}, &why), OK);
    story_run(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    assert_true(story_is_applied(s, "web1"));
    assert_true(story_is_applied(s, "web2"));
    assert_false(story_is_applied(s, "web3"));
    assert_false(story_is_applied(s, "web4"));
    assert_true(story_is_applied(s, "web5"));
    assert_false(story_is_applied(s, "web6"));
    assert_int_equal(story_try_rollback(s, &(struct rollback_scope){.wave = 9}, &why), E_USAGE);
    story_end(s);
}

static void a_rollback_can_be_rolled_back(void **state)
{
    struct story *s = *state;
    char *applied, *now;
    story_begin(s, "web1\n");
    story_apply(s);
    applied = fleet_host_dump(story_host(s, "web1"));
    story_rollback(s);
    story_rollback(s); /* of the rollback */
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    now = fleet_host_dump(story_host(s, "web1"));
    assert_string_equal(now, applied);
    free(now);
    free(applied);
    story_end(s);
}

static void a_rollout_that_wrote_nothing_cannot_be_rolled_back(void **state)
{
    struct rollback_scope all = {0};
    struct story *s = *state;
    struct why why = {0};
    story_begin(s, "web1\n");
    story_plan(s);
    story_create(s);
    story_say(s, (struct event){.kind = EV_ABORTED});
    story_run(s);
    assert_int_equal(story_try_rollback(s, &all, &why), E_ABSENT);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_7_every_byte_comes_back),
        STORY_TEST(promise_7_values_of_every_kind_come_back),
        STORY_TEST(promise_7_a_deleted_value_comes_back_in_its_own_letters),
        STORY_TEST(promise_7_a_key_taken_away_with_all_below_it_is_rebuilt),
        STORY_TEST(promise_7_old_values_are_written_before_new_ones_are_deleted),
        STORY_TEST(promise_7_what_somebody_else_changed_since_is_left_and_said),
        STORY_TEST(promise_7_what_somebody_else_changes_at_the_last_moment_is_left_too),
        STORY_TEST(promise_7_a_key_that_somebody_else_uses_by_now_stays),
        STORY_TEST(promise_7_a_host_left_half_written_is_put_back),
        STORY_TEST(promise_7_a_crash_amid_the_writes_does_not_spoil_the_way_back),
        STORY_TEST(promise_7_a_rollback_that_is_killed_goes_on),
        STORY_TEST(promise_7_a_host_that_was_tried_twice_gets_back_what_it_had_at_first),
        STORY_TEST(promise_7_one_wave_or_one_host_goes_back_alone),
        STORY_TEST(a_rollback_can_be_rolled_back),
        STORY_TEST(a_rollout_that_wrote_nothing_cannot_be_rolled_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
