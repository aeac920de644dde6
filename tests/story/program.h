/* tests/story/program.h: the program itself, run as a person would: SWELL names it; each test has a
 * folder of its own for its home, its database and its files. */
#ifndef SWELL_TESTS_PROGRAM_H
#define SWELL_TESTS_PROGRAM_H

#include "tests/unit/db/db_support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#define PROGRAM_WORDS_MAX 32

struct ran {
    int code; /* 128 + signal if one ended it */
    char *out, *err;
};

static inline void ran_fini(struct ran *r)
{
    free(r->out);
    free(r->err);
    *r = (struct ran){0};
}

/* cmocka's setup: a folder that is HOME and holds the database. */
static inline int home_make(void **state)
{
    struct place *p;
    (void)place_make(state);
    p = *state;
    (void)setenv("HOME", p->folder, 1);
    (void)setenv("SWELL_DB", p->file, 1);
    (void)unsetenv("XDG_CONFIG_HOME");
    (void)unsetenv("XDG_STATE_HOME");
    (void)unsetenv("SWELL_CONFIG");
    return 0;
}

#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, home_make, place_remove)

static inline char *path_in(const struct place *p, const char *name)
{
    struct text t = {0};
    char *path = NULL;
    text_printf(&t, "%s/%s", p->folder, name);
    assert_int_equal(text_take(&t, &path), OK);
    return path; /* the caller frees it */
}

static inline void file_make(const struct place *p, const char *name, const char *content)
{
    char *path = path_in(p, name);
    bytes_write(path, "wb", 0, content, strlen(content));
    free(path);
}

static inline int program_wait(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        assert_int_equal(errno, EINTR);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* out: a descriptor for its standard output, or -1 for none at all. argv begins with the first word
 * behind the program's name. Runs in the test's folder. */
static inline int program_run_to(const struct place *p, char *const *words, int out, int err)
{
    const char *program = getenv("SWELL");
    char *argv[PROGRAM_WORDS_MAX + 2] = {0};
    char name[] = "swell";
    pid_t pid;
    assert_non_null(program);
    argv[0] = name;
    for (size_t i = 0; words[i] != NULL; i++) {
        assert_true(i < PROGRAM_WORDS_MAX);
        argv[i + 1] = words[i];
    }
    assert_true((pid = fork()) >= 0);
    if (pid == 0) {
        (void)signal(SIGPIPE, SIG_DFL);
        if (chdir(p->folder) != 0 || (err >= 0 && dup2(err, STDERR_FILENO) < 0))
            _exit(126);
        if (out < 0)
            (void)close(STDOUT_FILENO);
        else if (dup2(out, STDOUT_FILENO) < 0)
            _exit(126);
        execv(program, argv);
        _exit(127);
    }
    return program_wait(pid);
}

static inline char *text_of(const char *path)
{
    char *s = NULL;
    size_t n = bytes_of(path, &s);
    s[n] = '\0';
    return s;
}

/* Runs it with these words (NULL behind the last) and keeps what it printed. */
static inline struct ran program_run(const struct place *p, ...)
{
    char *words[PROGRAM_WORDS_MAX + 1] = {0};
    char *out = path_in(p, "stdout"), *err = path_in(p, "stderr");
    struct ran r = {0};
    size_t n = 0;
    va_list args;
    va_start(args, p);
    for (char *word; (word = va_arg(args, char *)) != NULL; words[n++] = word)
        assert_true(n < PROGRAM_WORDS_MAX);
    va_end(args);
    int out_fd = open(out, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    int err_fd = open(err, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(out_fd >= 0 && err_fd >= 0);
    r.code = program_run_to(p, words, out_fd, err_fd);
    (void)close(out_fd);
    (void)close(err_fd);
    r.out = text_of(out);
    r.err = text_of(err);
    free(out);
    free(err);
    return r;
}

/* It ended so, with this in its output and this in its errors. */
static inline void ran_check(struct ran r, int code, const char *out, const char *err,
                             const char *file, int line)
{
    if (r.code != code || strstr(r.out, out) == NULL || strstr(r.err, err) == NULL)
        fail_msg("%s:%d: exit code %d, expected %d\n--- out\n%s--- err\n%s", file, line, r.code,
                 code, r.out, r.err);
    ran_fini(&r);
}

#define assert_ran(place, code, out, err, ...) \
    ran_check(program_run(place, __VA_ARGS__, NULL), code, out, err, __FILE__, __LINE__)

#endif
