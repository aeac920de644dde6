/* Promise 13: bad input (a playbook, an inventory, a plan, a host's answer, a database) gives an
 * error with place and reason, and changes nothing: not the database, not a host. */
#include "tests/support/story.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void file_put(struct story *s, const char *name, const char *text, char path[160])
{
    struct why why = {0};
    (void)snprintf(path, 160, "%s/%s", s->folder, name);
    assert_int_equal(file_write(path, text, strlen(text), 0600, &why), OK);
}

/* The whole database, byte for byte. */
static struct text database(struct story *s)
{
    struct text bytes = {0};
    struct why why = {0};
    assert_int_equal(file_read(s->db, FILE_LIMIT_DEFAULT, &bytes, &why), OK);
    return bytes;
}

static void assert_unchanged(struct story *s, struct text *before)
{
    struct text now = database(s);
    assert_int_equal(now.used, before->used);
    assert_memory_equal(now.s, before->s, now.used);
    text_fini(&now);
    text_fini(before);
}

static const struct {
    const char *file, *text, *place, *words;
} bad_files[] = {
    {"type.yaml", "playbook: p\nsettings:\n  - {key: 'HKLM\\SOFTWARE\\A', values: {x: dwrod 1}}\n",
     "type.yaml:3:", "dword"},
    {"twice.yaml",
     "playbook: p\nsettings:\n  - {key: 'HKLM\\SOFTWARE\\A', values: {x: dword 1}}\n"
     "  - {key: 'HKLM\\Software\\a', values: {X: dword 2}}\n",
     "twice.yaml:4:", "a second setting"},
    {"hive.yaml", "playbook: p\nsettings:\n  - {key: 'HKML\\SOFTWARE\\A', values: {x: dword 1}}\n",
     "hive.yaml:3:", "HKLM"},
    {"word.yaml", "playbook: p\nsetings: []\n", "word.yaml:2:", "settings"},
    {"guard.yaml",
     "playbook: p\nguards: [{that: 'os.build >'}]\nsettings:\n"
     "  - {key: 'HKLM\\SOFTWARE\\A', values: {x: dword 1}}\n",
     "guard.yaml:2:", ""},
    {"cut.reg",
     "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\A]\r\n\"x\"=dword:1z\r\n",
     "cut.reg:4:", ""},
    {"cut.plan", "{\"schema_version\":1,\"kind\":\"apply\"", "cut.plan", ""},
};

static void promise_13_a_bad_file_is_refused_with_its_place_and_changes_nothing(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1 ansible_host=127.0.0.1 swell_smb_port=1\n");
    for (size_t i = 0; i < COUNT(bad_files); i++) {
        struct text out = {0}, before = database(s);
        char path[160];
        file_put(s, bad_files[i].file, bad_files[i].text, path);
        int code = story_program(s, &out, "apply", path, "--yes", "--user", "me", "--password-file",
                                 s->password_file, NULL);
        if (code != 65 || !strstr(text_str(&out), bad_files[i].place) ||
            !strstr(text_str(&out), bad_files[i].words))
            fail_msg("%s: %d, \"%s\"", bad_files[i].file, code, text_str(&out));
        assert_unchanged(s, &before);
        text_fini(&out);
    }
    story_end(s);
}

static void promise_13_a_bad_inventory_leaves_the_old_one(void **state)
{
    static const char *const bad[] = {"web1\nweb1\n[web\n", "web[5:1]\n",
                                      "[web:children]\nnobody\n", "web1 ansible_host\n"};
    struct story *s = *state;
    story_begin(s, "web[1:3]\n");
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text out = {0}, before = database(s);
        char path[160];
        file_put(s, "bad.ini", bad[i], path);
        assert_int_equal(story_program(s, &out, "inventory", "import", path, NULL), 65);
        if (!strstr(text_str(&out), "bad.ini:"))
            fail_msg("no place in \"%s\"", text_str(&out));
        assert_unchanged(s, &before);
        text_fini(&out);
    }
    story_end(s);
}

static void assert_nobody_was_asked(struct story *s, enum err expected)
{
    struct why why = {0};
    enum err e = story_try_run(s, &why);
    assert_int_equal(e, expected);
    assert_true(why.text[0]);
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        struct fleet_tally t = fleet_host_tally(story_host(s, s->inventory->hosts[i].name));
        assert_int_equal(t.calls[FLEET_OPEN], 1); /* to plan */
        assert_int_equal(t.calls[FLEET_WRITE], 0);
    }
    s->tampered = true;
    story_end(s);
}

static void begin(struct story *s)
{
    story_begin(s, "web[1:2]\n");
    story_plan(s);
    story_create(s);
}

static void write_over(struct story *s, long at, const char *bytes)
{
    FILE *f = fopen(s->db, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_true(fputs(bytes, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void promise_13_a_damaged_database_is_refused_and_no_host_is_asked(void **state)
{
    struct story *s = *state;
    begin(s);
    write_over(s, 4096, "damaged, and badly so, right where a page begins");
    assert_nobody_was_asked(s, E_CORRUPT);
}

static void promise_13_a_file_that_is_no_database_is_refused_and_stays(void **state)
{
    struct story *s = *state;
    begin(s);
    write_over(s, 0, "This was a database once.");
    struct text before = database(s);
    struct text out = {0};
    assert_int_equal(story_program(s, &out, "status", NULL), 65);
    assert_int_equal(story_program(s, &out, "resume", NULL), 65);
    text_fini(&out);
    assert_unchanged(s, &before);
    assert_nobody_was_asked(s, E_CORRUPT);
}

static void promise_13_a_database_of_a_newer_program_is_refused_and_stays(void **state)
{
    struct story *s = *state;
    begin(s);
    story_sql(s, "PRAGMA user_version = 4711");
    struct text before = database(s);
    struct text out = {0};
    assert_int_equal(story_program(s, &out, "resume", NULL), 65);
    assert_non_null(strstr(text_str(&out), "newer"));
    text_fini(&out);
    assert_unchanged(s, &before);
    assert_nobody_was_asked(s, E_CORRUPT);
}

static void say_raw(struct story *s, const char *kind, const char *host, const char *body)
{
    struct journal_row row = {.at_ms = s->clock.real_ms(s),
                              .rollout = s->rollout,
                              .host = host,
                              .kind = kind,
                              .body = body};
    struct store *st = story_store(s);
    struct why why = {0};
    assert_int_equal(store_begin(st, &why), OK);
    assert_int_equal(journal_append(st, &row, &why), OK);
    assert_int_equal(store_commit(st, &why), OK);
    store_close(st);
}

static void promise_13_an_event_of_an_unknown_kind_stops_everything(void **state)
{
    struct story *s = *state;
    begin(s);
    say_raw(s, "teleported", "web1", "{}");
    assert_nobody_was_asked(s, E_CORRUPT);
}

static void promise_13_an_event_that_makes_no_sense_stops_everything(void **state)
{
    struct story *s = *state;
    begin(s);
    say_raw(s, "intent", "web1", "{\"attempt\":1,\"step\":\"restart\"}");
    assert_nobody_was_asked(s, E_CORRUPT);
}

/* Somebody writes nonsense while the rollout runs. */
static void say_nonsense(struct story *s, const struct engine *g, const struct event *ev)
{
    (void)g;
    if (ev->kind == EV_OUTCOME && ev->step == STEP_SNAPSHOT)
        say_raw(s, "host_started", "nobody", "{\"attempt\":1}");
}

static void promise_13_nonsense_amid_a_run_ends_it_and_is_named(void **state)
{
    struct story *s = *state;
    struct why why = {0};
    story_begin(s, "web1\n");
    story_plan(s);
    story_create(s);
    s->on_event = say_nonsense;
    assert_int_equal(story_try_run(s, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "host 'nobody' is not in rollout 1"));
    s->on_event = NULL;
    why = (struct why){0};
    assert_int_equal(story_try_run(s, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "host 'nobody' is not in rollout 1"));
    s->tampered = true;
    story_end(s);
}

/* Facts of the wrong type, a key that is a value, names that are not names: the guard cannot be
 * decided, or the host is done as any other; nothing breaks. */
static void promise_13_what_a_host_says_is_not_believed_blindly(void **state)
{
    struct story *s = *state;
    struct fleet_host *h;
    story_begin(s, "web[1:2]\n");
    h = story_host(s, "web1");
    fleet_host_put(h, "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber",
                   "4:d84f0000"); /* a number where a text belongs */
    fleet_host_put(h, "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions", "ProductType",
                   "1:00d8"); /* half a surrogate */
    story_apply(s);
    story_ended(s, "web1", OUTCOME_INCONCLUSIVE);
    story_ended(s, "web2", OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(h).written, 0);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_13_a_bad_file_is_refused_with_its_place_and_changes_nothing),
        STORY_TEST(promise_13_a_bad_inventory_leaves_the_old_one),
        STORY_TEST(promise_13_a_damaged_database_is_refused_and_no_host_is_asked),
        STORY_TEST(promise_13_a_file_that_is_no_database_is_refused_and_stays),
        STORY_TEST(promise_13_a_database_of_a_newer_program_is_refused_and_stays),
        STORY_TEST(promise_13_an_event_of_an_unknown_kind_stops_everything),
        STORY_TEST(promise_13_an_event_that_makes_no_sense_stops_everything),
        STORY_TEST(promise_13_nonsense_amid_a_run_ends_it_and_is_named),
        STORY_TEST(promise_13_what_a_host_says_is_not_believed_blindly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
