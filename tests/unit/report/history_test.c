#include "report/history.h"

#include "db/journal.h"
#include "report/row.h"
#include "tests/unit/report/scenes.h"

#include <jansson.h>
#include <unistd.h>

/* The scenes one after the other, as one host sees them. */
static struct history *history_of(const char *host)
{
    static void (*const scenes[])(struct told *) = {scene_all_well, scene_retried,
                                                    scene_rolled_back};
    struct history *hs = history_new(host);
    struct why why = {0};
    int64_t seq = 0, now_ms = TOLD_BEGIN_MS;
    assert_non_null(hs);
    for (size_t i = 0; i < COUNT(scenes); i++) {
        struct told s = scene_begin();
        s.rollout = 11 + (int64_t)i;
        s.history = hs;
        s.seq = seq;
        s.now_ms = now_ms;
        scenes[i](&s);
        seq = s.seq;
        now_ms = s.now_ms + 86400000;
        told_end(&s);
    }
    assert_ok(history_end(hs, &why), &why);
    return hs;
}

static void check_history(const char *host, const char *golden)
{
    static const struct page plain = {.utf8 = true};
    struct history *hs = history_of(host);
    struct text t = {0};
    assert_int_equal(history_put_text(hs, &plain, &t), OK);
    assert_golden(golden, &t);
    text_fini(&t);
    history_free(hs);
}

static void history_has_every_rollout_newest_last(void **state)
{
    (void)state;
    check_history("web1", "history-web1.txt");
}

static void history_says_why_a_host_was_left_out(void **state)
{
    (void)state;
    check_history("old1", "history-old1.txt");
}

static void unknown_host_has_no_history(void **state)
{
    (void)state;
    check_history("nobody\033[1m", "history-nobody.txt");
}

static void history_is_json_too(void **state)
{
    struct history *hs = history_of("web1");
    struct text t = {0};
    (void)state;
    assert_int_equal(history_put_json(hs, &t), OK);
    json_t *doc = json_loads(text_str(&t), JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_object_get(doc, "rollouts");
    assert_string_equal(json_string_value(json_object_get(doc, "host")), "web1");
    assert_int_equal(json_array_size(list), 3);
    const json_t *back = json_array_get(list, 2);
    assert_int_equal(json_integer_value(json_object_get(back, "rollback_of")), 12);
    assert_string_equal(json_string_value(json_object_get(back, "outcome")), "failed");
    assert_int_equal(json_array_size(json_object_get(json_array_get(list, 1), "attempts")), 2);
    json_decref(doc);
    text_fini(&t);
    history_free(hs);
}

static void event_that_cannot_follow_is_refused_by_number(void **state)
{
    struct event ev = {.kind = EV_INTENT, .seq = 77, .rollout = 3, .host = "web1"};
    struct history *hs = history_new("web1");
    struct why why = {0};
    (void)state;
    assert_int_equal(history_see(hs, &ev, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "event 77"));
    history_free(hs);
}

/* --- from a database --- */

static void append(struct store *st, int64_t rollout, const char *host, const char *kind,
                   const char *body)
{
    struct journal_row row = {
        .at_ms = TOLD_BEGIN_MS, .rollout = rollout, .host = host, .kind = kind, .body = body};
    struct why why = {0};
    assert_ok(store_begin(st, &why), &why);
    assert_ok(journal_append(st, &row, &why), &why);
    assert_ok(store_commit(st, &why), &why);
}

static struct store *store_make(char file[128])
{
    struct store *st = NULL;
    struct why why = {0};
    (void)snprintf(file, 128, "/tmp/swell-report-%ld.db", (long)getpid());
    assert_ok(store_create(file, &why), &why);
    assert_ok(store_open(file, &st, &why), &why);
    return st;
}

static void store_remove(struct store *st, const char *file)
{
    static const char *const tails[] = {"", "-wal", "-shm", ".lock"};
    store_close(st);
    for (size_t i = 0; i < COUNT(tails); i++) {
        char path[160];
        (void)snprintf(path, sizeof path, "%s%s", file, tails[i]);
        (void)unlink(path);
    }
}

static char *created_body(void)
{
    static const struct told_host hosts[] = {{"web1", 1, 0, 0}, {"web2", 1, 0, 0}, {NULL, 0, 0, 0}};
    struct event ev = {.kind = EV_ROLLOUT_CREATED, .by = "anna", .spec = told_spec(hosts)};
    char *body;
    assert_int_equal(event_encode(&ev, &body), OK);
    event_fini(&ev);
    return body;
}

static void history_is_read_from_the_journal(void **state)
{
    struct history *hs = NULL;
    struct why why = {0};
    char file[128], *body = created_body();
    struct store *st = store_make(file);
    (void)state;
    append(st, 1, "", "rollout_created", body);
    append(st, 1, "web2", "host_started", "{\"attempt\":1}");
    append(st, 1, "web1", "host_started", "{\"attempt\":1}");
    append(st, 1, "web1", "host_finished", "{\"outcome\":\"failed\",\"why\":\"first\"}");
    append(st, 1, "", "retried", "{\"by\":\"bob\",\"hosts\":[\"web1\"]}");
    append(st, 1, "web1", "host_started", "{\"attempt\":2}");
    append(st, 1, "", "controller_started", "{\"by\":\"x\"}");
    append(st, 1, "web1", "host_finished", "{\"outcome\":\"ok\"}");
    append(st, 2, "", "rollout_created", body);
    assert_ok(history_load(st, "web1", &hs, &why), &why);
    assert_int_equal(hs->n_entries, 2);
    assert_int_equal(hs->entries[0].host.n_attempts, 2);
    assert_int_equal(hs->entries[0].run.outcome, OUTCOME_OK);
    assert_int_equal(hs->entries[1].run.state, HOST_QUEUED);
    history_free(hs);
    free(body);
    store_remove(st, file);
}

static void event_of_a_newer_program_is_named_by_number(void **state)
{
    struct history *hs = NULL;
    struct why why = {0};
    char file[128], *body = created_body();
    struct store *st = store_make(file);
    (void)state;
    append(st, 1, "", "rollout_created", body);
    append(st, 1, "web1", "host_painted", "{}");
    assert_int_equal(history_load(st, "web1", &hs, &why), E_CORRUPT);
    assert_null(hs);
    assert_string_equal(why.place, "event 2");
    assert_non_null(strstr(why.text, "an event of kind 'host_painted' is unknown"));
    free(body);
    store_remove(st, file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_has_every_rollout_newest_last),
        cmocka_unit_test(history_says_why_a_host_was_left_out),
        cmocka_unit_test(unknown_host_has_no_history),
        cmocka_unit_test(history_is_json_too),
        cmocka_unit_test(event_that_cannot_follow_is_refused_by_number),
        cmocka_unit_test(history_is_read_from_the_journal),
        cmocka_unit_test(event_of_a_newer_program_is_named_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
