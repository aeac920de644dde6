#include "tests/unit/controller/app_support.h"

#include "controller/audit.h"

static void audit_must_find(const char *file, const char *words)
{
    struct store *st = NULL;
    struct audit_result r = {.rollouts = -7};
    struct why why = {0};
    char line[700];
    assert_ok(store_open_readonly(file, &st, &why), &why);
    assert_int_equal(audit_verify(st, &r, &why), E_CORRUPT);
    if (strstr(why_line(&why, line, sizeof line), words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, line);
    assert_int_equal(r.rollouts, -7);
    store_close(st);
}

static void rollouts_of_two_make(const char *file)
{
    struct store *st = store_must_open(file);
    (void)rollout_make(st, "one");
    event_must_append(st, 1, (struct event){.kind = EV_WAVE_STARTED, .wave = 1});
    (void)rollout_make(st, "two");
    event_must_append(st, 1, host_event(EV_HOST_STARTED, "web01"));
    store_close(st);
}

/* Promise 12 */
static void a_record_that_nobody_edited_is_proved(void **state)
{
    struct place *p = *state;
    struct store *st = NULL;
    struct audit_result r = {0};
    struct why why = {0};
    assert_ok(store_open_readonly(p->file, &st, &why), &why);
    assert_ok(audit_verify(st, &r, &why), &why);
    assert_int_equal(r.proof.events, 0);
    assert_int_equal(r.rollouts, 0);
    store_close(st);
    rollouts_of_two_make(p->file);
    assert_ok(store_open_readonly(p->file, &st, &why), &why);
    assert_ok(audit_verify(st, &r, &why), &why);
    assert_int_equal(r.proof.events, 4);
    assert_int_equal(r.rollouts, 2);
    store_close(st);
}

/* Promise 12 */
static void a_changed_event_is_found(void **state)
{
    struct place *p = *state;
    rollouts_of_two_make(p->file);
    raw_sql(p->file, "DROP TRIGGER journal_no_update;"
                     "UPDATE journal SET host = 'web02' WHERE seq = 4;");
    audit_must_find(p->file, "event 4 was changed");
}

/* Promise 12 */
static void a_well_linked_event_that_cannot_be_is_found(void **state)
{
    struct place *p = *state;
    struct store *st;
    rollouts_of_two_make(p->file);
    st = store_must_open(p->file);
    event_must_append(st, 1, host_event(EV_HOST_STARTED, "web01"));
    store_close(st);
    audit_must_find(p->file, "event 5");
}

static void an_event_of_no_rollout_is_found(void **state)
{
    struct place *p = *state;
    struct store *st;
    rollouts_of_two_make(p->file);
    st = store_must_open(p->file);
    event_must_append(st, 0, (struct event){.kind = EV_PAUSED});
    store_close(st);
    audit_must_find(p->file, "1 events belong to no rollout");
}

static void a_number_that_was_skipped_is_found(void **state)
{
    struct place *p = *state;
    struct store *st;
    rollouts_of_two_make(p->file);
    st = store_must_open(p->file);
    event_must_append(st, INT64_MAX, (struct event){.kind = EV_PAUSED});
    store_close(st);
    audit_must_find(p->file, "rollout 3 has no events");
}

/* Promise 8: the plan that a rollout names is the one it carried out. */
static void a_plan_that_was_changed_or_removed_is_found(void **state)
{
    struct place *p = *state;
    rollouts_of_two_make(p->file);
    raw_sql(p->file, "DROP TRIGGER plan_no_update;"
                     "UPDATE plan SET bytes = CAST(replace(bytes, 'two', 'TWO') AS BLOB);");
    audit_must_find(p->file, "the plan of rollout 2 was changed");
    raw_sql(p->file, "DELETE FROM plan");
    audit_must_find(p->file, "the plan of rollout 1 is missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_record_that_nobody_edited_is_proved),
        WITH_STORE(a_changed_event_is_found),
        WITH_STORE(a_well_linked_event_that_cannot_be_is_found),
        WITH_STORE(an_event_of_no_rollout_is_found),
        WITH_STORE(a_number_that_was_skipped_is_found),
        WITH_STORE(a_plan_that_was_changed_or_removed_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
