/* Promise 12: the journal is append-only; a changed, removed or reordered event is found by `swell
 * audit verify`, offline: on a copy of the file, by the program itself, after a whole rollout. */
#include "tests/support/story.h"

#include <string.h>

#define DROP                                                          \
    "DROP TRIGGER journal_no_update; DROP TRIGGER journal_no_delete;" \
    "DROP TRIGGER journal_follows; DROP TRIGGER journal_moves_head;"  \
    "DROP TRIGGER journal_head_only_forward; DROP TRIGGER journal_head_stays;"

/* Two rollouts: one with a crash, and its rollback. */
static bool at_request(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_RESTART && act->phase == FLEET_AFTER;
}

static void tell(struct story *s)
{
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
    assert_true(story_crash(s, at_request));
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
}

/* The same in short. */
static void tell_quickly(struct story *s)
{
    story_begin(s, "web[1:2]\n");
    s->policy.restart_never = true;
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
}

static int verify(struct story *s, struct text *out)
{
    return story_program(s, out, "audit", "verify", s->db, NULL);
}

static void promise_12_an_untouched_record_is_proved(void **state)
{
    struct story *s = *state;
    struct text out = {0};
    tell(s);
    assert_int_equal(verify(s, &out), 0);
    assert_non_null(strstr(text_str(&out), "2 rollouts"));
    text_fini(&out);
    story_end(s);
}

static void assert_found(void **state, const char *sql, const char *words)
{
    struct story *s = *state;
    struct text out = {0};
    tell_quickly(s);
    story_sql(s, sql);
    s->tampered = true;
    assert_int_not_equal(verify(s, &out), 0);
    if (!strstr(text_str(&out), words))
        fail_msg("\"%s\" is not in \"%s\"", words, text_str(&out));
    text_fini(&out);
    story_end(s);
}

static void promise_12_a_changed_event_is_found(void **state)
{
    assert_found(state,
                 DROP "UPDATE journal SET body = replace(body, '\"changed\"', '\"failed\"') "
                      "WHERE kind = 'host_finished' AND host = 'web1' AND rollout = 1",
                 "changed");
}

static void promise_12_a_changed_time_is_found(void **state)
{
    assert_found(state, DROP "UPDATE journal SET at_ms = at_ms - 1 WHERE seq = 7", "event 7");
}

static void promise_12_an_event_given_to_another_host_is_found(void **state)
{
    assert_found(state,
                 DROP "UPDATE journal SET host = 'web2' WHERE seq = "
                      "(SELECT min(seq) FROM journal WHERE host = 'web1')",
                 "was changed: its hash does not fit");
}

static void promise_12_a_removed_event_is_found(void **state)
{
    assert_found(state, DROP "DELETE FROM journal WHERE seq = 9", "9");
}

static void promise_12_a_removed_event_whose_gap_was_closed_is_found(void **state)
{
    assert_found(state,
                 DROP "DELETE FROM journal WHERE seq = 9;"
                      "UPDATE journal SET seq = -(seq - 1) WHERE seq > 9;"
                      "UPDATE journal SET seq = -seq WHERE seq < 0;"
                      "UPDATE journal_head SET seq = seq - 1",
                 "9");
}

static void promise_12_a_removed_end_is_found(void **state)
{
    assert_found(state, DROP "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
                 "is missing at the end");
}

static void promise_12_two_events_that_changed_places_are_found(void **state)
{
    assert_found(state,
                 DROP "UPDATE journal SET seq = -1 WHERE seq = 8;"
                      "UPDATE journal SET seq = 8 WHERE seq = 9;"
                      "UPDATE journal SET seq = 9 WHERE seq = -1",
                 "event 8");
}

static void promise_12_an_event_that_was_put_in_is_found(void **state)
{
    assert_found(state,
                 DROP
                 "INSERT INTO journal SELECT max(seq) + 1, at_ms, rollout, host, kind, hash, body "
                 "FROM journal; UPDATE journal_head SET seq = seq + 1",
                 "was changed: its hash does not fit");
}

static void promise_12_a_changed_plan_is_found(void **state)
{
    assert_found(state,
                 "DROP TRIGGER plan_no_update;"
                 "UPDATE plan SET bytes = CAST(replace(CAST(bytes AS TEXT), '4:05000000', "
                 "'4:07000000') AS BLOB)",
                 "plan");
}

static void promise_12_a_plan_put_in_place_of_another_is_found(void **state)
{
    assert_found(state,
                 "DROP TRIGGER plan_no_update;"
                 "UPDATE plan SET bytes = (SELECT bytes FROM plan ORDER BY rowid DESC LIMIT 1)",
                 "plan");
}

/* A chain that was cut at its end and made right again there is whole: only the head that somebody
 * kept elsewhere tells. */
static void promise_12_a_record_cut_with_care_shows_another_head(void **state)
{
    struct story *s = *state;
    struct text before = {0}, after = {0};
    tell_quickly(s);
    assert_int_equal(verify(s, &before), 0);
    story_sql(s, DROP "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal);"
                      "UPDATE journal_head SET (seq, hash) = "
                      "(SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1)");
    s->tampered = true;
    (void)verify(s, &after);
    assert_string_not_equal(text_str(&before), text_str(&after));
    text_fini(&before);
    text_fini(&after);
    story_end(s);
}

/* Rightly chained, but it cannot be: the host was finished before. */
static void promise_12_an_event_that_could_not_follow_is_found(void **state)
{
    struct story *s = *state;
    struct text out = {0};
    struct event ev = {.kind = EV_HOST_FINISHED, .outcome = OUTCOME_CHANGED, .host = "web1"};
    tell_quickly(s);
    story_say(s, ev);
    s->tampered = true;
    assert_int_not_equal(verify(s, &out), 0);
    assert_non_null(strstr(text_str(&out), "cannot follow"));
    text_fini(&out);
    story_end(s);
}

static void promise_12_the_database_itself_refuses_to_change_an_event(void **state)
{
    static const char insert[] =
        "INSERT INTO journal SELECT 999, at_ms, rollout, host, kind, hash, "
        "body FROM journal LIMIT 1";
    static const char *const attempts[] = {"UPDATE journal SET body = '{}' WHERE seq = 2",
                                           "DELETE FROM journal WHERE seq = 2", insert,
                                           "DELETE FROM journal_head"};
    struct story *s = *state;
    tell_quickly(s);
    for (size_t i = 0; i < COUNT(attempts); i++)
        assert_int_not_equal(story_sql_try(s, attempts[i]), 0);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_12_an_untouched_record_is_proved),
        STORY_TEST(promise_12_a_changed_event_is_found),
        STORY_TEST(promise_12_a_changed_time_is_found),
        STORY_TEST(promise_12_an_event_given_to_another_host_is_found),
        STORY_TEST(promise_12_a_removed_event_is_found),
        STORY_TEST(promise_12_a_removed_event_whose_gap_was_closed_is_found),
        STORY_TEST(promise_12_a_removed_end_is_found),
        STORY_TEST(promise_12_two_events_that_changed_places_are_found),
        STORY_TEST(promise_12_an_event_that_was_put_in_is_found),
        STORY_TEST(promise_12_a_changed_plan_is_found),
        STORY_TEST(promise_12_a_plan_put_in_place_of_another_is_found),
        STORY_TEST(promise_12_a_record_cut_with_care_shows_another_head),
        STORY_TEST(promise_12_an_event_that_could_not_follow_is_found),
        STORY_TEST(promise_12_the_database_itself_refuses_to_change_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
