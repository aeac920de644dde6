#define _GNU_SOURCE /* pipe2 */
#include "base/child.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 20 /* how late the end of a command may be noticed */

static int spawn(const char *const argv[], int output, pid_t *pid)
{
    char *const *args = (char *const *)(uintptr_t)argv; /* only read */
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
        failed = posix_spawn(pid, argv[0], &actions, &attributes, args, environ);
    posix_spawnattr_destroy(&attributes);
out:
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

enum err child_start(const char *const argv[], struct child *out, struct why *why)
{
    int ends[2];
    int failed;

    *out = CHILD_NONE;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return why_errno(why, E_IO, errno, "no pipe for the command");
    failed = spawn(argv, ends[1], &out->pid);
    close(ends[1]);
    if (failed != 0) {
        out->pid = 0;
        close(ends[0]);
        return why_errno(why, E_IO, failed, "%s cannot be started", argv[0]);
    }
    out->fd = ends[0];
    return OK;
}

static void output_close(struct child *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

static void look_ended(struct child *c)
{
    pid_t which = waitpid(c->pid, &c->status, WNOHANG);

    if (which == c->pid)
        c->ended = c->status_known = true;
    else if (which < 0 && errno != EINTR)
        c->ended = true; /* somebody else reaped it */
}

/* One read; *n stays 0 at the end of the output and after a signal. */
static enum err read_once(struct child *c, void *into, size_t room, size_t *n, struct why *why)
{
    ssize_t got = read(c->fd, into, room);

    if (got < 0 && errno != EINTR)
        return why_errno(why, E_IO, errno, "the output of the command cannot be read");
    if (got == 0)
        output_close(c);
    else if (got > 0)
        *n = (size_t)got;
    return OK;
}

enum err child_read(struct child *c, void *into, size_t room, int64_t deadline_ms, size_t *n,
                    struct why *why)
{
    for (*n = 0;;) {
        int64_t left_ms = deadline_ms - clock_mono_ms();
        struct pollfd output = {.fd = c->fd, .events = POLLIN};
        int ready;
        enum err e;

        if (left_ms <= 0)
            return why_set(why, E_TIMEOUT, "the command did not end in time and was stopped");
        if (!c->ended)
            look_ended(c);
        if (c->ended && c->fd < 0)
            return OK;
        ready = poll(&output, 1, c->ended ? 0 : left_ms < LOOK_AGAIN_MS ? (int)left_ms
                                                                        : LOOK_AGAIN_MS);
        if (ready > 0 && ((e = read_once(c, into, room, n, why)) != OK || *n > 0))
            return e;
        if (ready == 0 && c->ended)
            return OK;
        if (ready < 0 && errno != EINTR)
            return why_errno(why, E_IO, errno, "the command cannot be waited for");
    }
}

enum err child_judge(const struct child *c, struct why *why)
{
    if (!c->status_known)
        return why_set(why, E_REFUSED, "the exit code of the command is unknown");
    if (WIFSIGNALED(c->status))
        return why_set(why, E_REFUSED, "the command was ended by signal %d", WTERMSIG(c->status));
    if (WEXITSTATUS(c->status) != 0)
        return why_set(why, E_REFUSED, "the command failed with exit code %d",
                       WEXITSTATUS(c->status));
    return OK;
}

void child_stop(struct child *c)
{
    output_close(c);
    if (c->pid > 0 && !c->ended) {
        kill(-c->pid, SIGKILL);
        while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    *c = CHILD_NONE;
}
