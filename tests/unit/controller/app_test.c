#include "tests/unit/controller/app_support.h"

#include "controller/config.h"

#include <limits.h>
#include <pwd.h>

static void the_database_is_where_flag_environment_or_xdg_say(void **state)
{
    struct invocation inv = {0};
    struct why why = {0};
    char file[256], small[8];
    (void)state;
    (void)unsetenv("SWELL_DB");
    (void)setenv("HOME", "/home/me", 1);
    (void)unsetenv("XDG_STATE_HOME");
    assert_int_equal(app_db_path(&inv, file, sizeof file, &why), OK);
    assert_string_equal(file, "/home/me/.local/state/swell/swell.db");
    (void)setenv("XDG_STATE_HOME", "relative", 1); /* the specification: to be ignored */
    assert_int_equal(app_db_path(&inv, file, sizeof file, &why), OK);
    assert_string_equal(file, "/home/me/.local/state/swell/swell.db");
    (void)setenv("XDG_STATE_HOME", "/state", 1);
    assert_int_equal(app_db_path(&inv, file, sizeof file, &why), OK);
    assert_string_equal(file, "/state/swell/swell.db");
    (void)setenv("SWELL_DB", "/env.db", 1);
    assert_int_equal(app_db_path(&inv, file, sizeof file, &why), OK);
    assert_string_equal(file, "/env.db");
    inv.values[OPT_DB] = "flag.db";
    assert_int_equal(app_db_path(&inv, file, sizeof file, &why), OK);
    assert_string_equal(file, "flag.db");
    inv.values[OPT_DB] = "/a/rather/long/one.db";
    assert_int_equal(app_db_path(&inv, small, sizeof small, &why), E_CONFIG);
    assert_string_equal(why.place, "--db");
    (void)unsetenv("SWELL_DB");
    (void)unsetenv("XDG_STATE_HOME");
}

static void a_missing_database_says_how_to_make_one(void **state)
{
    struct place *p = *state;
    struct invocation inv = {.values = {[OPT_DB] = p->file}};
    struct store *st = NULL;
    struct why why = {0};
    assert_int_equal(app_open(&inv, APP_READ, &st, &why), E_ABSENT);
    assert_null(st);
    assert_non_null(strstr(why.text, "swell init"));
    assert_int_equal(app_open(&inv, APP_WRITE, &st, &why), E_ABSENT);
    assert_ok(store_create(p->file, &why), &why);
    assert_ok(app_open(&inv, APP_READ, &st, &why), &why);
    store_close(st);
    assert_ok(app_open(&inv, APP_WRITE, &st, &why), &why);
    store_close(st);
}

static void a_rollout_is_named_by_number_or_latest(void **state)
{
    static const char *const wrong[] = {
        "", "x", "-1", "0", "1x", "0x1", " 1", "Latest", "9223372036854775808"};
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct why why = {0};
    int64_t n = 0;
    assert_int_equal(app_rollout_number(st, NULL, &n, &why), E_ABSENT);
    assert_int_equal(app_rollout_number(st, "1", &n, &why), E_ABSENT);
    assert_int_equal(rollout_make(st, "one"), 1);
    assert_int_equal(rollout_make(st, "two"), 2);
    assert_ok(app_rollout_number(st, NULL, &n, &why), &why);
    assert_int_equal(n, 2);
    assert_ok(app_rollout_number(st, "1", &n, &why), &why);
    assert_int_equal(n, 1);
    assert_ok(app_rollout_number(st, "latest", &n, &why), &why);
    assert_int_equal(n, 2);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(app_rollout_number(st, wrong[i], &n, &why), E_USAGE);
    assert_int_equal(app_rollout_number(st, "3", &n, &why), E_ABSENT);
    assert_string_equal(why.text, "there is no rollout 3; the last one is 2");
    assert_int_equal(n, 2);
    store_close(st);
}

struct seen {
    int events;
    int64_t last;
    int stop_at;
};

static enum err see(void *self, const struct engine *g, const struct event *ev)
{
    struct seen *s = self;
    s->events++;
    s->last = ev->seq;
    assert_int_equal(g->last_seq, ev->seq); /* folded before it is shown */
    return s->events == s->stop_at ? E_CANCELLED : OK;
}

static void a_rollout_is_folded_from_its_own_events(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct engine *g = NULL;
    struct why why = {0};
    struct seen seen = {0};
    (void)rollout_make(st, "one");
    (void)rollout_make(st, "two");
    event_must_append(st, 1, (struct event){.kind = EV_WAVE_STARTED, .wave = 1});
    event_must_append(st, 2, (struct event){.kind = EV_PAUSED, .why = "asked for"});
    event_must_append(st, 1, host_event(EV_HOST_STARTED, "web01"));
    assert_ok(app_load_rollout(st, 1, see, &seen, &g, &why), &why);
    assert_int_equal(engine_state(g), ROLLOUT_RUNNING);
    assert_string_equal(g->title, "one");
    assert_int_equal(g->hosts[0].state, HOST_PREFLIGHT);
    assert_int_equal(g->hosts[1].state, HOST_QUEUED);
    assert_int_equal(seen.events, 3);
    assert_int_equal(seen.last, 5);
    engine_free(g);
    assert_ok(app_load_rollout(st, 2, NULL, NULL, &g, &why), &why);
    assert_int_equal(engine_state(g), ROLLOUT_PAUSED);
    engine_free(g);
    g = NULL;
    seen = (struct seen){.stop_at = 2};
    assert_int_equal(app_load_rollout(st, 1, see, &seen, &g, &why), E_CANCELLED);
    assert_null(g);
    assert_int_equal(seen.events, 2);
    assert_int_equal(app_load_rollout(st, 3, NULL, NULL, &g, &why), E_ABSENT);
    assert_null(g);
    store_close(st);
}

static void row_must_append(struct store *st, int64_t rollout, const char *kind, const char *body)
{
    struct journal_row row = {
        .at_ms = 3000, .rollout = rollout, .host = "", .kind = kind, .body = body};
    struct why why = {0};
    assert_ok(store_begin(st, &why), &why);
    assert_ok(journal_append(st, &row, &why), &why);
    assert_ok(store_commit(st, &why), &why);
}

static void an_event_that_cannot_be_is_named(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct engine *g = NULL;
    struct why why = {0};
    (void)rollout_make(st, "one");
    (void)rollout_make(st, "two");
    (void)rollout_make(st, "three");
    event_must_append(st, 1, host_event(EV_HOST_STARTED, "nobody"));
    row_must_append(st, 2, "of the future", "{}");
    row_must_append(st, 3, event_kind_name(EV_WAVE_STARTED), "not json");
    assert_int_equal(app_load_rollout(st, 1, NULL, NULL, &g, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "event 4"));
    why = (struct why){0};
    assert_int_equal(app_load_rollout(st, 2, NULL, NULL, &g, &why), E_CORRUPT);
    assert_string_equal(why.place, "event 5");
    why = (struct why){0};
    assert_int_equal(app_load_rollout(st, 3, NULL, NULL, &g, &why), E_CORRUPT);
    assert_string_equal(why.place, "event 6");
    assert_null(g);
    store_close(st);
}

/* Promise 6: what is owed is read from every rollout's events of that host. */
static void a_restart_is_owed_across_rollouts_until_it_is_proved(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct ledger_entry entry = {.owed = true};
    struct event ev;
    struct why why = {0};
    (void)rollout_make(st, "one");
    assert_ok(app_ledger(st, "web01", &entry, &why), &why);
    assert_false(entry.owed);
    ev = host_event(EV_OUTCOME, "web01");
    ev.step = STEP_SNAPSHOT;
    ev.needs_restart = true;
    event_must_append(st, 1, ev);
    ev = host_event(EV_INTENT, "web01");
    ev.step = STEP_APPLY;
    event_must_append(st, 1, ev);
    (void)rollout_make(st, "two");
    assert_ok(app_ledger(st, "web01", &entry, &why), &why);
    assert_true(entry.owed);
    assert_int_equal(entry.rollout, 1);
    assert_ok(app_ledger(st, "web02", &entry, &why), &why);
    assert_false(entry.owed);
    event_must_append(st, 2, host_event(EV_RESTART_PROVED, "web01"));
    assert_ok(app_ledger(st, "web01", &entry, &why), &why);
    assert_false(entry.owed);
    store_close(st);
}

static void the_name_at_the_keyboard_is_safe_and_fits(void **state)
{
    const struct passwd *me = getpwuid(getuid());
    char buf[EVENT_BY_SIZE], long_name[500];
    (void)state;
    (void)unsetenv("SUDO_USER");
    assert_non_null(me);
    assert_string_equal(app_user(buf), me->pw_name);
    if (geteuid() != 0)
        skip(); /* only root's word on who called sudo counts */
    (void)setenv("SUDO_USER", "op\x1b[2J\xff", 1);
    assert_string_equal(app_user(buf), "op\\x1B[2J\\xFF");
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    (void)setenv("SUDO_USER", long_name, 1);
    assert_int_equal(strlen(app_user(buf)), EVENT_BY_SIZE - 1);
    (void)unsetenv("SUDO_USER");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_database_is_where_flag_environment_or_xdg_say),
        WITH_PLACE(a_missing_database_says_how_to_make_one),
        WITH_STORE(a_rollout_is_named_by_number_or_latest),
        WITH_STORE(a_rollout_is_folded_from_its_own_events),
        WITH_STORE(an_event_that_cannot_be_is_named),
        WITH_STORE(a_restart_is_owed_across_rollouts_until_it_is_proved),
        cmocka_unit_test(the_name_at_the_keyboard_is_safe_and_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
