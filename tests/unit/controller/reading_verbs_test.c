/* status, report, history and owed as they are called, on a database that others write to. */
#include "tests/unit/controller/app_support.h"

#include "base/file.h"
#include "db/host_table.h"

#include <sys/wait.h>
#include <unistd.h>

#define SNAPSHOT                                                                 \
    "{\"items\":[{\"path\":\"HKLM\\\\SOFTWARE\\\\A\",\"name\":\"v\",\"before\":" \
    "\"absent\",\"goal\":\"4:01000000\",\"effect\":\"restart\"}]}"

static void happens(const char *file, int64_t rollout, struct event ev)
{
    struct store *st = NULL;
    struct why why = {0};
    assert_ok(store_open(file, &st, &why), &why);
    event_must_append(st, rollout, ev);
    store_close(st);
    event_fini(&ev);
}

static int64_t rollout_begin(const char *file)
{
    struct store *st = NULL;
    struct why why = {0};
    int64_t number;
    assert_ok(store_open(file, &st, &why), &why);
    number = rollout_make(st, "TLS 1.2 on");
    store_close(st);
    happens(file, number, (struct event){.kind = EV_WAVE_STARTED, .wave = 1});
    happens(file, number, host_event(EV_HOST_STARTED, "web01"));
    return number;
}

/* Up to the moment in which nobody can say any more that nothing was written. */
static void host_write(const char *file, int64_t rollout)
{
    struct event ev = host_event(EV_OUTCOME, "web01");
    happens(file, rollout, ev);
    ev.step = STEP_SNAPSHOT;
    ev.to_change = 1;
    ev.needs_restart = true;
    ev.detail = str_dup(SNAPSHOT);
    happens(file, rollout, ev);
    ev = host_event(EV_INTENT, "web01");
    ev.step = STEP_APPLY;
    happens(file, rollout, ev);
}

struct said {
    int code;
    char text[16384];
};

/* Runs a verb and keeps what it writes to standard output. */
static struct said run(verb_run *verb, const char *file, const char *arg, enum opt o,
                       const char *value)
{
    struct invocation inv = {.n_args = arg ? 1 : 0};
    struct said said = {0};
    char path[] = "/tmp/swell-said-XXXXXX";
    int fd = mkstemp(path), out = dup(STDOUT_FILENO);
    assert_true(fd >= 0 && out >= 0);
    inv.args[0] = arg;
    inv.values[OPT_DB] = file;
    if (o != OPTS)
        inv.values[o] = value;
    (void)fflush(stdout);
    assert_true(dup2(fd, STDOUT_FILENO) >= 0);
    said.code = verb(&inv);
    (void)fflush(stdout);
    assert_true(dup2(out, STDOUT_FILENO) >= 0);
    ssize_t n = pread(fd, said.text, sizeof said.text - 1, 0);
    assert_true(n >= 0);
    (void)close(fd);
    (void)close(out);
    (void)unlink(path);
    return said;
}

static void assert_says(const struct said *s, const char *words)
{
    if (!strstr(s->text, words))
        fail_msg("'%s' is not in:\n%s", words, s->text);
}

static void status_says_that_nobody_carries_a_rollout_on(void **state)
{
    const struct place *p = *state;
    struct said s;
    (void)rollout_begin(p->file);
    s = run(verb_status, p->file, NULL, OPTS, NULL);
    assert_int_equal(s.code, EXIT_PAUSED);
    assert_says(&s, "no controller is at work: `swell resume 1` carries it on");
    assert_says(&s, "web01  is being reached");
}

static void status_names_the_controller_and_takes_nothing_from_it(void **state)
{
    const struct place *p = *state;
    struct store *st = NULL, *other = NULL;
    struct why why = {0};
    char line[64];
    (void)rollout_begin(p->file);
    assert_ok(store_open(p->file, &st, &why), &why);
    assert_ok(store_lock_controller(st, &why), &why);
    struct said s = run(verb_status, p->file, "1", OPTS, NULL);
    assert_int_equal(s.code, EXIT_WELL);
    (void)snprintf(line, sizeof line, "at work (process %ld)", (long)getpid());
    assert_says(&s, line);
    s = run(verb_status, p->file, "1", OPT_FORMAT, "json");
    (void)snprintf(line, sizeof line, "\"controller\":{\"state\":\"at_work\",\"process\":%ld}",
                   (long)getpid());
    assert_says(&s, line);
    assert_ok(store_open(p->file, &other, &why), &why);
    assert_int_equal(store_lock_controller(other, &why), E_LOCKED);
    store_close(other);
    store_close(st);
}

static void status_without_a_controller_leaves_the_lock_free(void **state)
{
    const struct place *p = *state;
    struct store *st = NULL;
    struct why why = {0};
    (void)rollout_begin(p->file);
    (void)run(verb_status, p->file, NULL, OPTS, NULL);
    assert_ok(store_open(p->file, &st, &why), &why);
    assert_ok(store_lock_controller(st, &why), &why);
    store_close(st);
}

/* What the child said so far, until these words or its end. */
static void read_until(int fd, struct text *said, const char *words)
{
    char buf[4096];
    ssize_t n;
    while ((!words || !strstr(text_str(said), words)) && (n = read(fd, buf, sizeof buf)) > 0)
        text_put_n(said, buf, (size_t)n);
}

/* A child watches while we hold the lock, until we pause the rollout. */
static void watch_tells_what_another_process_does_and_ends_when_it_rests(void **state)
{
    const struct place *p = *state;
    struct invocation inv = {.values = {[OPT_DB] = p->file, [OPT_WATCH] = ""}};
    int64_t number = rollout_begin(p->file);
    struct event ev = host_event(EV_HOST_FINISHED, "web01");
    struct store *st = NULL;
    struct text said = {0};
    struct why why = {0};
    int ends[2], status = 0;
    assert_ok(store_open(p->file, &st, &why), &why);
    assert_ok(store_lock_controller(st, &why), &why);
    assert_int_equal(pipe(ends), 0);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        (void)alarm(30);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        _exit(verb_status(&inv));
    }
    assert_true(child > 0);
    (void)close(ends[1]);
    read_until(ends[0], &said, "web01  is being reached");
    host_write(p->file, number);
    read_until(ends[0], &said, "web01 is being written\n");
    ev.outcome = OUTCOME_FAILED;
    (void)snprintf(ev.why, sizeof ev.why, "access denied");
    happens(p->file, number, ev);
    happens(p->file, number, (struct event){.kind = EV_PAUSED, .why = "that will do"});
    read_until(ends[0], &said, NULL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), EXIT_HOSTS_FAILED | EXIT_PAUSED);
    assert_non_null(strstr(text_str(&said), "00:00:02  web01: failed: access denied\n"));
    assert_non_null(strstr(text_str(&said), "00:00:02  paused: that will do\n"));
    text_fini(&said);
    (void)close(ends[0]);
    store_close(st);
}

/* Without a terminal, and with nobody who carries it on, there is nothing to wait for. */
static void watch_ends_when_nobody_is_at_work(void **state)
{
    const struct place *p = *state;
    (void)rollout_begin(p->file);
    struct said s = run(verb_status, p->file, NULL, OPT_WATCH, "");
    assert_int_equal(s.code, EXIT_PAUSED);
    assert_says(&s, "no controller is at work");
}

static void watch_of_json_is_refused(void **state)
{
    const struct place *p = *state;
    struct invocation inv = {0};
    (void)rollout_begin(p->file);
    inv.values[OPT_DB] = p->file;
    inv.values[OPT_WATCH] = "";
    inv.values[OPT_FORMAT] = "json";
    assert_int_equal(verb_status(&inv), EXIT_BAD_USAGE);
}

static void owed_finds_hosts_that_have_left_the_inventory(void **state)
{
    const struct place *p = *state;
    int64_t number = rollout_begin(p->file);
    struct said s = run(verb_owed, p->file, NULL, OPTS, NULL);
    assert_says(&s, "no restart is owed");
    host_write(p->file, number);
    s = run(verb_owed, p->file, NULL, OPTS, NULL);
    assert_int_equal(s.code, EXIT_WELL);
    assert_says(&s, "web01  1970-01-01 00:00:02");
    assert_says(&s, "1 host owes a restart");
    s = run(verb_owed, p->file, NULL, OPT_FORMAT, "csv");
    assert_string_equal(s.text, "host,since,rollout\nweb01,1970-01-01T00:00:02.000Z,1\n");
}

static void inventory_import(const char *file, const char *csv)
{
    struct inventory *hosts = NULL;
    struct store *st = NULL;
    struct why why = {0};
    assert_ok(inventory_read_csv("hosts.csv", csv, strlen(csv), &hosts, &why), &why);
    assert_ok(store_open(file, &st, &why), &why);
    assert_ok(host_table_replace(st, hosts, NULL, &why), &why);
    store_close(st);
    inventory_free(hosts);
}

static void owed_is_limited_by_the_inventory(void **state)
{
    const struct place *p = *state;
    host_write(p->file, rollout_begin(p->file));
    inventory_import(p->file, "name\nweb01\nweb02\n");
    struct said s = run(verb_owed, p->file, NULL, OPT_LIMIT, "web01");
    assert_says(&s, "1 host owes a restart");
    s = run(verb_owed, p->file, NULL, OPT_LIMIT, "web02");
    assert_says(&s, "no restart is owed");
    s = run(verb_owed, p->file, NULL, OPT_LIMIT, "nobody");
    assert_int_equal(s.code, EXIT_BAD_DATA);
}

static void history_and_report_are_printed(void **state)
{
    const struct place *p = *state;
    char file[160];
    struct text t = {0};
    struct why why = {0};
    host_write(p->file, rollout_begin(p->file));
    struct said s = run(verb_history, p->file, "web01", OPTS, NULL);
    assert_int_equal(s.code, EXIT_WELL);
    assert_says(&s, "web01: 1 rollout, the newest last");
    assert_says(&s, "not written: dword 1");
    s = run(verb_report, p->file, "latest", OPTS, NULL);
    assert_says(&s, "Rollout 1: TLS 1.2 on\nrunning: wave 1 of");
    (void)snprintf(file, sizeof file, "%s/report.txt", p->folder);
    s = run(verb_report, p->file, "1", OPT_OUT, file);
    assert_string_equal(s.text, "");
    assert_ok(file_read(file, FILE_LIMIT_DEFAULT, &t, &why), &why);
    assert_non_null(strstr(text_str(&t), "Rollout 1: TLS 1.2 on\n"));
    text_fini(&t);
    assert_int_equal(run(verb_report, p->file, "7", OPTS, NULL).code, EXIT_BAD_DATA);
    assert_int_equal(run(verb_report, p->file, "1", OPT_FORMAT, "xml").code, EXIT_BAD_USAGE);
}

/* Details that no program of ours wrote: an error, and nothing that looks like a report. */
static void damaged_details_end_the_report_with_their_number(void **state)
{
    const struct place *p = *state;
    int64_t number = rollout_begin(p->file);
    struct event ev = host_event(EV_OUTCOME, "web01");
    ev.detail = str_dup("{\"ports\":7}");
    happens(p->file, number, ev);
    struct said s = run(verb_report, p->file, NULL, OPTS, NULL);
    assert_int_equal(s.code, EXIT_BAD_DATA);
    assert_string_equal(s.text, "");
    assert_int_equal(run(verb_history, p->file, "web01", OPTS, NULL).code, EXIT_BAD_DATA);
    assert_int_equal(run(verb_status, p->file, NULL, OPTS, NULL).code, EXIT_PAUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(status_says_that_nobody_carries_a_rollout_on),
        WITH_STORE(status_names_the_controller_and_takes_nothing_from_it),
        WITH_STORE(status_without_a_controller_leaves_the_lock_free),
        WITH_STORE(watch_tells_what_another_process_does_and_ends_when_it_rests),
        WITH_STORE(watch_ends_when_nobody_is_at_work),
        WITH_STORE(watch_of_json_is_refused),
        WITH_STORE(owed_finds_hosts_that_have_left_the_inventory),
        WITH_STORE(owed_is_limited_by_the_inventory),
        WITH_STORE(history_and_report_are_printed),
        WITH_STORE(damaged_details_end_the_report_with_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
