/* base/log: whole lines from many threads, nothing that drives a terminal, a hook around each. */
#include "base/log.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define THREADS 4
#define LINES 200

struct capture {
    int kept; /* the standard error that was */
    FILE *file;
};

static int capture_begin(void **state)
{
    struct capture *c = calloc(1, sizeof *c);

    assert_non_null(c);
    c->file = tmpfile();
    assert_non_null(c->file);
    fcntl(fileno(c->file), F_SETFL, O_APPEND);
    c->kept = dup(STDERR_FILENO);
    assert_true(dup2(fileno(c->file), STDERR_FILENO) >= 0);
    *state = c;
    return 0;
}

static int capture_end(void **state)
{
    struct capture *c = *state;

    log_hook_set(NULL, NULL, NULL);
    log_level_set(LOG_WARN);
    (void)dup2(c->kept, STDERR_FILENO);
    close(c->kept);
    (void)fclose(c->file);
    free(c);
    return 0;
}

/* All that was logged so far; the caller frees. */
static char *captured(void **state)
{
    struct capture *c = *state;
    struct text t = {0};
    char part[4096], *s = NULL;
    ssize_t n;
    off_t at = 0;

    while ((n = pread(fileno(c->file), part, sizeof part, at)) > 0) {
        text_put_n(&t, part, (size_t)n);
        at += n;
    }
    assert_int_equal(text_take(&t, &s), OK);
    return s;
}

static void line_has_time_level_module_and_text(void **state)
{
    char *s;

    log_line(LOG_ERROR, "smb", "host %s said %d", "h1", 5);
    s = captured(state);
    assert_int_equal(strlen(s), strlen("2026-11-21T02:03:04.567Z ERROR smb: host h1 said 5\n"));
    assert_int_equal(s[10], 'T');
    assert_int_equal(s[23], 'Z');
    assert_string_equal(s + 24, " ERROR smb: host h1 said 5\n");
    free(s);
}

static void level_keeps_the_lesser_lines_away(void **state)
{
    char *s;

    log_line(LOG_INFO, "m", "not by default");
    log_level_set(LOG_ERROR);
    log_line(LOG_WARN, "m", "not now");
    s = captured(state);
    assert_string_equal(s, "");
    free(s);
    log_level_set(LOG_TRACE);
    log_line(LOG_TRACE, "m", "now");
    s = captured(state);
    assert_non_null(strstr(s, " TRACE m: now\n"));
    free(s);
}

static void text_from_outside_stays_on_its_line(void **state)
{
    char *s;

    log_line(LOG_WARN, "m", "evil %s", "a\n2026 ERROR forged\x1b[2J");
    s = captured(state);
    assert_non_null(strstr(s, "evil a\\x0A2026 ERROR forged\\x1B[2J\n"));
    assert_ptr_equal(strchr(s, '\n'), s + strlen(s) - 1);
    free(s);
}

static void long_text_is_cut_and_says_so(void **state)
{
    char big[6000], *s;

    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    log_line(LOG_WARN, "m", "%s", big);
    s = captured(state);
    assert_true(strlen(s) < 4200);
    assert_string_equal(s + strlen(s) - 4, "\xe2\x80\xa6\n");
    free(s);
}

static void errno_stays_as_it_was(void **state)
{
    (void)state;
    errno = ENOENT;
    log_line(LOG_WARN, "m", "x");
    assert_int_equal(errno, ENOENT);
}

struct hook {
    int before, after, open;
};

static void hook_before(void *self)
{
    struct hook *h = self;

    h->before++;
    h->open++;
    (void)!write(STDERR_FILENO, "<", 1);
}

static void hook_after(void *self)
{
    struct hook *h = self;

    h->after++;
    h->open--;
    (void)!write(STDERR_FILENO, ">", 1);
}

static void hook_is_called_around_each_line_that_is_written(void **state)
{
    struct hook h = {0};
    char *s;

    log_hook_set(hook_before, hook_after, &h);
    log_line(LOG_WARN, "m", "one");
    log_line(LOG_DEBUG, "m", "not written");
    log_hook_set(NULL, NULL, NULL);
    log_line(LOG_WARN, "m", "two");
    assert_int_equal(h.before, 1);
    assert_int_equal(h.after, 1);
    s = captured(state);
    assert_int_equal(s[0], '<');
    assert_non_null(strstr(s, "m: one\n>"));
    assert_null(strchr(s + 1, '<'));
    free(s);
}

static void *log_many(void *arg)
{
    const int *which = arg;

    for (int i = 0; i < LINES; i++)
        log_line(LOG_WARN, "thread", "%d-%03d-abcdefghijklmnopqrstuvwxyz", *which, i);
    return NULL;
}

static void lines_of_many_threads_stay_whole(void **state)
{
    struct hook h = {0};
    pthread_t threads[THREADS];
    int which[THREADS], count = 0;
    char *s, *line, *rest;

    log_hook_set(hook_before, hook_after, &h);
    for (int i = 0; i < THREADS; i++) {
        which[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, &which[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    s = captured(state);
    for (line = strtok_r(s, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (strcmp(line, ">") != 0) {
            assert_non_null(strstr(line, "Z WARN  thread: "));
            assert_string_equal(line + strlen(line) - 27, "-abcdefghijklmnopqrstuvwxyz");
            count++;
        }
    assert_int_equal(count, THREADS * LINES);
    assert_int_equal(h.before, THREADS * LINES);
    assert_int_equal(h.open, 0);
    free(s);
}

int main(void)
{
#define captured_test(f) cmocka_unit_test_setup_teardown(f, capture_begin, capture_end)
    const struct CMUnitTest tests[] = {
        captured_test(line_has_time_level_module_and_text),
        captured_test(level_keeps_the_lesser_lines_away),
        captured_test(text_from_outside_stays_on_its_line),
        captured_test(long_text_is_cut_and_says_so),
        captured_test(errno_stays_as_it_was),
        captured_test(hook_is_called_around_each_line_that_is_written),
        captured_test(lines_of_many_threads_stay_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
