/* base/child: programs without a shell: what they print, how they end, how long they may take. */
#include "base/child.h"
#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_MS 20000

static enum err run(const char *const argv[], int64_t ms, struct text *printed, struct why *why)
{
    int64_t deadline_ms = clock_mono_ms() + ms;
    struct child c;
    char part[100];
    size_t n = 1;
    enum err e = child_start(argv, &c, why);

    while (e == OK && n > 0) {
        e = child_read(&c, part, sizeof part, deadline_ms, &n, why);
        if (e == OK && n > 0)
            text_put_n(printed, part, n);
    }
    if (e == OK)
        e = child_judge(&c, why);
    child_stop(&c);
    child_stop(&c);
    return e;
}

static void all_that_is_printed_is_read(void **state)
{
    static const char *const echo[] = {"/bin/echo", "$HOME; `x`", "two words", NULL};
    static const char *const many[] = {"/usr/bin/head", "-c", "100000", "/dev/zero", NULL};
    static const char *const nothing[] = {"/bin/cat", NULL};
    struct text t = {0};
    struct why why = {0};

    (void)state;
    assert_int_equal(run(echo, LONG_MS, &t, &why), OK);
    assert_string_equal(text_str(&t), "$HOME; `x` two words\n");
    text_fini(&t);
    assert_int_equal(run(many, LONG_MS, &t, &why), OK);
    assert_int_equal(t.used, 100000);
    text_fini(&t);
    assert_int_equal(run(nothing, LONG_MS, &t, &why), OK);
    assert_int_equal(t.used, 0);
}

static void a_failure_is_told(void **state)
{
    static const char *const fails[] = {"/bin/sh", "-c", "echo hunter2; exit 3", NULL};
    static const char *const killed[] = {"/bin/sh", "-c", "kill -9 $$", NULL};
    static const char *const absent[] = {"/nonexistent/program", NULL};
    struct text t = {0};
    struct why why = {0};

    (void)state;
    assert_int_equal(run(fails, LONG_MS, &t, &why), E_REFUSED);
    assert_non_null(strstr(why.text, "exit code 3"));
    assert_null(strstr(why.text, "hunter2"));
    assert_int_equal(run(killed, LONG_MS, &t, &why), E_REFUSED);
    assert_non_null(strstr(why.text, "signal 9"));
    assert_int_equal(run(absent, LONG_MS, &t, &why), E_IO);
    assert_int_equal(why.native, ENOENT);
    text_fini(&t);
}

static void a_file_that_is_no_program_is_told_apart(void **state)
{
    char path[80];
    const char *argv[] = {path, NULL};
    struct text t = {0};
    struct why why = {0};
    FILE *f;

    (void)state;
    (void)snprintf(path, sizeof path, "/tmp/swell-child-%ld", (long)getpid());
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fputs("[web]\nweb1\n", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0700), 0);
    assert_int_equal(run(argv, LONG_MS, &t, &why), E_IO);
    assert_int_equal(why.native, ENOEXEC);
    assert_int_equal(unlink(path), 0);
}

static void the_deadline_stops_the_whole_group(void **state)
{
    static const char *const waits[] = {"/bin/sh", "-c", "sleep 60 & sleep 60", NULL};
    int64_t begin = clock_mono_ms();
    struct text t = {0};
    struct why why = {0};

    (void)state;
    assert_int_equal(run(waits, 300, &t, &why), E_TIMEOUT);
    assert_true(clock_mono_ms() - begin < LONG_MS);
}

static void a_daemon_left_behind_keeps_nobody_waiting(void **state)
{
    static const char *const leaves[] = {"/bin/sh", "-c", "sleep 5 & echo done", NULL};
    int64_t begin = clock_mono_ms();
    struct text t = {0};
    struct why why = {0};

    (void)state;
    assert_int_equal(run(leaves, LONG_MS, &t, &why), OK);
    assert_string_equal(text_str(&t), "done\n");
    assert_true(clock_mono_ms() - begin < 4000);
    text_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_printed_is_read),
        cmocka_unit_test(a_failure_is_told),
        cmocka_unit_test(a_file_that_is_no_program_is_told_apart),
        cmocka_unit_test(the_deadline_stops_the_whole_group),
        cmocka_unit_test(a_daemon_left_behind_keeps_nobody_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
