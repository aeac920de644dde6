/* Programs that a test runs: started without a shell, their output in a file, ended by their
 * number. */
#ifndef SWELL_TESTS_HANDSHAKE_PROCESS_H
#define SWELL_TESTS_HANDSHAKE_PROCESS_H

#include "base/clock.h"
#include "base/file.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { PROCESS_WAIT_MS = 20000,
       PROCESS_LOOK_MS = 20 };

/* Standard input is empty; standard output and error go to the file. -1 when there is no such
 * program. */
static inline pid_t process_start(char *const argv[], const char *output)
{
    posix_spawn_file_actions_t files;
    pid_t pid = -1;
    if (posix_spawn_file_actions_init(&files) != 0)
        abort();
    if (posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600) !=
            0 ||
        posix_spawn_file_actions_adddup2(&files, 1, 2) != 0)
        abort();
    if (posix_spawnp(&pid, argv[0], &files, NULL, argv, environ) != 0)
        pid = -1;
    (void)posix_spawn_file_actions_destroy(&files);
    return pid;
}

/* Waits a moment for the end of the process. */
static inline bool process_ends(pid_t pid)
{
    struct pollfd p = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    if (p.fd < 0)
        abort();
    bool ended = poll(&p, 1, PROCESS_LOOK_MS) > 0;
    (void)close(p.fd);
    return ended;
}

static inline void process_stop(pid_t pid)
{
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

/* Runs to its end; true when it says that all went well. */
static inline bool process_run(char *const argv[], const char *output)
{
    int status = -1;
    pid_t pid = process_start(argv, output);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static inline struct sockaddr_in port_address(const char *address, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &at.sin_addr) != 1)
        abort();
    return at;
}

/* A port that nobody has on any address: gnutls-serv always takes all of them. */
static inline uint16_t port_free(void)
{
    struct sockaddr_in at = port_address("0.0.0.0", 0);
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, size) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0)
        abort();
    (void)close(fd);
    return ntohs(at.sin_port);
}

static inline bool port_answers(const char *address, uint16_t port)
{
    struct sockaddr_in at = port_address(address, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool there = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    (void)close(fd);
    return there;
}

/* False when the process ends first, or nothing listens in time. */
static inline bool port_await(pid_t pid, const char *address, uint16_t port)
{
    int64_t until = clock_mono_ms() + PROCESS_WAIT_MS;
    while (clock_mono_ms() < until) {
        if (port_answers(address, port))
            return true;
        if (process_ends(pid))
            return false;
    }
    return false;
}

#endif
