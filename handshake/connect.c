#include "handshake/connect.h"
#include "base/clock.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum err target_resolve(const char *address, uint16_t port, struct target *out, struct why *why)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char service[8];
    memset(out, 0, sizeof *out);
    (void)snprintf(service, sizeof service, "%u", port);
    int code = getaddrinfo(address, service, &hints, &list);
    if (code != 0)
        return why_set(why, code == EAI_MEMORY ? E_MEMORY : E_RESOLVE, "%s: %s", address,
                       gai_strerror(code));
    for (struct addrinfo *a = list; a && out->n < TARGET_ADDRESSES_MAX; a = a->ai_next) {
        if (a->ai_addrlen > sizeof out->addresses[0])
            continue;
        memcpy(&out->addresses[out->n], a->ai_addr, a->ai_addrlen);
        out->sizes[out->n++] = a->ai_addrlen;
    }
    freeaddrinfo(list);
    return out->n > 0 ? OK : why_set(why, E_RESOLVE, "%s has no address", address);
}

static enum err wait_for(int fd, short events, int64_t deadline_ms)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        int64_t left = deadline_ms - clock_mono_ms();
        if (left <= 0)
            return E_TIMEOUT;
        int n = poll(&p, 1, left > 60000 ? 60000 : (int)left);
        if (n > 0)
            return OK;
        if (n < 0 && errno != EINTR)
            return E_IO;
    }
}

static bool is_ours(int error_number)
{
    return error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
           error_number == ENOMEM;
}

static enum err address_connect(const struct sockaddr *address, socklen_t size,
                                int64_t deadline_ms, int *out, struct why *why)
{
    int problem = 0;
    socklen_t problem_size = sizeof problem;
    enum err e = OK;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return why_errno(why, is_ours(errno) ? E_IO : E_CONNECT, errno, "no socket");
    if (connect(fd, address, size) != 0) {
        problem = errno;
        if (problem == EINPROGRESS && (e = wait_for(fd, POLLOUT, deadline_ms)) == OK &&
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &problem_size) != 0)
            problem = errno;
    }
    if (e != OK) {
        e = why_set(why, e, "no connection in time");
    } else if (problem == ECONNRESET) { /* not while connecting: that is ECONNREFUSED */
        e = why_errno(why, E_CUT, problem, "connected and reset at once");
    } else if (problem != 0) {
        e = why_errno(why, is_ours(problem) ? E_IO : E_CONNECT, problem, "no connection");
    } else {
        *out = fd;
        return OK;
    }
    (void)close(fd);
    return e;
}

enum err target_connect(struct target *t, int64_t deadline_ms, int *fd, struct why *why)
{
    enum err e = E_RESOLVE;
    *fd = -1;
    for (size_t i = 0; i < t->n; i++) {
        int64_t now = clock_mono_ms();
        int64_t until = now + (deadline_ms - now) / (int64_t)(t->n - i);
        struct sockaddr_storage address = t->addresses[i];
        e = address_connect((const struct sockaddr *)&address, t->sizes[i], until, fd, why);
        if (e == OK) {
            t->addresses[0] = address;
            t->sizes[0] = t->sizes[i];
            t->n = 1;
        }
        if (e == OK || e == E_CUT || e == E_IO)
            break;
    }
    return e;
}

static enum err fault(int error_number)
{
    return error_number == ECONNRESET || error_number == EPIPE ? E_CUT : E_CONNECT;
}

enum err stream_send(int fd, struct rd bytes, int64_t deadline_ms)
{
    while (bytes.left > 0) {
        ssize_t n = send(fd, bytes.at, bytes.left, MSG_NOSIGNAL);
        if (n >= 0) {
            rd_skip(&bytes, (size_t)n);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return fault(errno);
        enum err e = wait_for(fd, POLLOUT, deadline_ms);
        if (e != OK)
            return e;
    }
    return rd_ok(&bytes);
}

enum err stream_recv(int fd, void *buf, size_t size, int64_t deadline_ms, size_t *got)
{
    for (;;) {
        enum err e = wait_for(fd, POLLIN, deadline_ms);
        if (e != OK)
            return e;
        ssize_t n = recv(fd, buf, size, 0);
        if (n >= 0) {
            *got = (size_t)n;
            return OK;
        }
        if (errno != EAGAIN && errno != EINTR)
            return fault(errno);
    }
}
