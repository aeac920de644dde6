/* base/secret, password_command: its first line, its exit code, its deadline. */
#include "base/clock.h"
#include "base/secret.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 20000
#define SHORT_MS 300

static enum err run(const char *command, int64_t ms, struct secret *s, struct why *why)
{
    return secret_from_command(command, clock_mono_ms() + ms, s, why);
}

static void first_line_is_the_secret(void **state)
{
    static const struct {
        const char *command;
        const char *secret;
    } cases[] = {
        {"echo pw", "pw"},
        {"printf pw", "pw"},
        {"printf 'pw\\r\\nrest\\n'", "pw"},
        {"printf 'one\\ntwo\\nthree'", "one"},
        {"printf p; printf w; echo", "pw"},
        {"printf 'first\\n'; head -c 100000 /dev/zero", "first"},
        {"echo \"$SWELL_TEST_WORD\"", "from the environment"},
    };

    (void)state;
    assert_int_equal(setenv("SWELL_TEST_WORD", "from the environment", 1), 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct secret s;
        struct why why = {0};

        assert_int_equal(run(cases[i].command, LONG_MS, &s, &why), OK);
        assert_string_equal(s.bytes, cases[i].secret);
        assert_int_equal(s.used, strlen(cases[i].secret));
        secret_fini(&s);
    }
}

static void failure_of_the_command_is_told_without_its_output(void **state)
{
    static const struct {
        const char *command;
        const char *words;
    } cases[] = {
        {"echo hunter2; exit 3", "exit code 3"},
        {"exec /nonexistent/hunter2 2>/dev/null", "exit code 127"},
        {"echo hunter2; kill -9 $$", "signal 9"},
        {"true", "empty"},
        {"echo; echo hunter2", "empty"},
        {"cat", "empty"}, /* it has nothing to read */
        {"head -c 5000 /dev/zero | tr '\\0' h", "longer than 4096"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct secret s;
        struct why why;

        assert_int_equal(run(cases[i].command, LONG_MS, &s, &why), E_CONFIG);
        assert_false(secret_is_set(&s));
        assert_string_equal(why.place, "password_command");
        assert_non_null(strstr(why.text, cases[i].words));
        assert_null(strstr(why.text, "hunter2"));
    }
}

static void longest_line_is_taken(void **state)
{
    struct secret s;
    struct why why;

    (void)state;
    assert_int_equal(run("head -c 4096 /dev/zero | tr '\\0' p; echo", LONG_MS, &s, &why), OK);
    assert_int_equal(s.used, SECRET_MAX);
    secret_fini(&s);
}

static void deadline_stops_the_command(void **state)
{
    static const char *const commands[] = {
        "exec sleep 60",
        "sleep 60",
        "yes",
        "printf pw; sleep 60",
        "trap '' TERM INT HUP; sleep 60",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(commands); i++) {
        int64_t begin = clock_mono_ms();
        struct secret s;
        struct why why;

        assert_int_equal(run(commands[i], SHORT_MS, &s, &why), E_CONFIG);
        assert_non_null(strstr(why.text, "did not end in time"));
        assert_false(secret_is_set(&s));
        assert_true(clock_mono_ms() - begin >= SHORT_MS);
        assert_true(clock_mono_ms() - begin < LONG_MS);
    }
}

static void deadline_of_the_past_runs_nothing_to_its_end(void **state)
{
    struct secret s;
    struct why why;

    (void)state;
    assert_int_equal(run("echo pw", -1, &s, &why), E_CONFIG);
    assert_false(secret_is_set(&s));
}

/* Gone, or dead and waiting for an init that does not wait. */
static bool is_dead(pid_t pid)
{
    char path[64], line[256] = "", *state;
    FILE *f;

    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    if ((f = fopen(path, "r")) == NULL)
        return true;
    (void)!fgets(line, sizeof line, f);
    (void)fclose(f);
    state = strrchr(line, ')');
    return state == NULL || strncmp(state, ") Z", 3) == 0;
}

static void deadline_stops_what_the_command_has_started(void **state)
{
    char path[] = "/tmp/swell-command-XXXXXX", command[128];
    int64_t deadline_ms = clock_mono_ms() + LONG_MS;
    struct secret s;
    struct why why;
    long pid = 0;
    FILE *f;

    (void)state;
    close(mkstemp(path));
    (void)snprintf(command, sizeof command, "sleep 60 & echo $! > %s; wait", path);
    assert_int_equal(run(command, SHORT_MS, &s, &why), E_CONFIG);
    f = fopen(path, "r");
    assert_non_null(f);
    assert_int_equal(fscanf(f, "%ld", &pid), 1);
    (void)fclose(f);
    (void)unlink(path);
    while (!is_dead((pid_t)pid))
        assert_true(clock_mono_ms() < deadline_ms);
}

static void daemon_that_keeps_the_pipe_does_not_hold_us_up(void **state)
{
    int64_t begin = clock_mono_ms();
    struct secret s;
    struct why why;

    (void)state;
    assert_int_equal(run("sleep 3 2>/dev/null & echo pw", LONG_MS, &s, &why), OK);
    assert_string_equal(s.bytes, "pw");
    secret_fini(&s);
    assert_int_equal(run("sleep 3 2>/dev/null & printf pw", LONG_MS, &s, &why), OK);
    assert_string_equal(s.bytes, "pw");
    secret_fini(&s);
    assert_true(clock_mono_ms() - begin < 2500);
}

static void exit_code_that_nobody_knows_is_no_success(void **state)
{
    struct secret s;
    struct why why;

    (void)state;
    assert_true(signal(SIGCHLD, SIG_IGN) != SIG_ERR); /* the system reaps */
    assert_int_equal(run("echo pw", LONG_MS, &s, &why), E_CONFIG);
    assert_non_null(strstr(why.text, "unknown"));
    assert_false(secret_is_set(&s));
    assert_true(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
}

static void command_runs_with_the_usual_signals(void **state)
{
    struct secret s;
    struct why why;
    sigset_t all, before;

    (void)state;
    sigfillset(&all);
    assert_int_equal(sigprocmask(SIG_BLOCK, &all, &before), 0);
    assert_int_equal(run("sh -c 'kill -TERM $$; echo no' || echo yes", LONG_MS, &s, &why), OK);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
    assert_string_equal(s.bytes, "yes");
    secret_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_line_is_the_secret),
        cmocka_unit_test(failure_of_the_command_is_told_without_its_output),
        cmocka_unit_test(longest_line_is_taken),
        cmocka_unit_test(deadline_stops_the_command),
        cmocka_unit_test(deadline_of_the_past_runs_nothing_to_its_end),
        cmocka_unit_test(deadline_stops_what_the_command_has_started),
        cmocka_unit_test(daemon_that_keeps_the_pipe_does_not_hold_us_up),
        cmocka_unit_test(exit_code_that_nobody_knows_is_no_success),
        cmocka_unit_test(command_runs_with_the_usual_signals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
