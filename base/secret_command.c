#define _GNU_SOURCE /* pipe2 */
#include "base/secret.h"

#include "base/clock.h"
#include "base/secret_line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 20 /* how late the end of a command may be noticed */

struct run {
    pid_t pid; /* also its process group */
    int fd;    /* its standard output, -1 after the end of it */
    bool ended;
    bool status_known;
    int status;
    bool line_whole;
    size_t used;
    char line[SECRET_LINE_SIZE];
};

/* A group of its own, to be stopped as a whole; no signal setting of ours; nothing to read. */
static int spawn_shell(const char *command, int output, pid_t *pid)
{
    char shell[] = "sh", option[] = "-c";
    char *const argv[] = {shell, option, (char *)(uintptr_t)command, NULL}; /* only read */
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int failed;

    sigemptyset(&none);
    sigfillset(&all);
    if ((failed = posix_spawn_file_actions_init(&actions)) != 0)
        return failed;
    if ((failed = posix_spawnattr_init(&attributes)) != 0)
        goto out;
    if ((failed = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
        (failed = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0 &&
        (failed = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                                            POSIX_SPAWN_SETSIGMASK |
                                                            POSIX_SPAWN_SETSIGDEF)) == 0 &&
        (failed = posix_spawnattr_setpgroup(&attributes, 0)) == 0 &&
        (failed = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
        (failed = posix_spawnattr_setsigdefault(&attributes, &all)) == 0)
        failed = posix_spawn(pid, "/bin/sh", &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
out:
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static enum err run_start(const char *command, struct run *run, struct why *why)
{
    int ends[2];
    int failed;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return why_errno(why, E_CONFIG, errno, "no pipe for the command");
    failed = spawn_shell(command, ends[1], &run->pid);
    close(ends[1]);
    if (failed != 0) {
        close(ends[0]);
        return why_errno(why, E_CONFIG, failed, "/bin/sh cannot be started");
    }
    run->fd = ends[0];
    return OK;
}

static void run_close(struct run *run)
{
    if (run->fd >= 0)
        close(run->fd);
    run->fd = -1;
}

/* One read; what comes after the first line is thrown away. */
static enum err run_read(struct run *run, struct why *why)
{
    char rest[256];
    bool keep = !run->line_whole && run->used < sizeof run->line;
    char *into = keep ? run->line + run->used : rest;
    ssize_t got = read(run->fd, into, keep ? sizeof run->line - run->used : sizeof rest);

    secret_wipe(rest, sizeof rest);
    if (got < 0 && errno == EINTR)
        return OK;
    if (got < 0)
        return why_errno(why, E_CONFIG, errno, "the output of the command cannot be read");
    if (got == 0)
        run_close(run);
    else if (keep) {
        char *newline = memchr(into, '\n', (size_t)got);

        run->line_whole = newline != NULL;
        run->used = newline != NULL ? (size_t)(newline - run->line) + 1 : run->used + (size_t)got;
    }
    return OK;
}

static void run_look_ended(struct run *run)
{
    pid_t which = waitpid(run->pid, &run->status, WNOHANG);

    if (which == run->pid)
        run->ended = run->status_known = true;
    else if (which < 0 && errno != EINTR)
        run->ended = true; /* somebody else reaped it */
}

/* Until the command has ended and its line is read. A daemon that it left behind may hold the pipe
 * open for ever, so after the end only what is in the pipe counts. */
static enum err run_collect(struct run *run, int64_t deadline_ms, struct why *why)
{
    for (;;) {
        int64_t left_ms = deadline_ms - clock_mono_ms();
        struct pollfd output = {.fd = run->fd, .events = POLLIN};
        int ready;
        enum err e;

        if (left_ms <= 0)
            return why_set(why, E_CONFIG, "the command did not end in time and was stopped");
        if (!run->ended)
            run_look_ended(run);
        if (run->ended && (run->fd < 0 || run->line_whole))
            return OK;
        ready = poll(&output, 1, run->ended ? 0 : left_ms < LOOK_AGAIN_MS ? (int)left_ms
                                                                          : LOOK_AGAIN_MS);
        if (ready > 0 && (e = run_read(run, why)) != OK)
            return e;
        if (ready == 0 && run->ended)
            return OK;
        if (ready < 0 && errno != EINTR)
            return why_errno(why, E_CONFIG, errno, "the command cannot be waited for");
    }
}

static enum err run_judge(const struct run *run, struct why *why)
{
    if (!run->status_known)
        return why_set(why, E_CONFIG, "the exit code of the command is unknown");
    if (WIFSIGNALED(run->status))
        return why_set(why, E_CONFIG, "the command was ended by signal %d", WTERMSIG(run->status));
    if (WEXITSTATUS(run->status) != 0)
        return why_set(why, E_CONFIG, "the command failed with exit code %d",
                       WEXITSTATUS(run->status));
    return OK;
}

static void run_stop(struct run *run)
{
    run_close(run);
    if (run->pid > 0 && !run->ended) {
        kill(-run->pid, SIGKILL);
        while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
}

enum err secret_from_command(const char *command, int64_t deadline_ms, struct secret *out,
                             struct why *why)
{
    struct run run = {.fd = -1};
    enum err e;

    *out = (struct secret){0};
    if ((e = run_start(command, &run, why)) != OK ||
        (e = run_collect(&run, deadline_ms, why)) != OK || (e = run_judge(&run, why)) != OK)
        goto out;
    e = secret_from_line(run.line, run.used, out, why);
out:
    run_stop(&run);
    secret_wipe(&run, sizeof run);
    return why_place(why, e, "password_command");
}
