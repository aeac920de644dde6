#include "transport/tcp.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static enum err fail_errno(struct why *why, int error_number, const char *doing)
{
    switch (error_number) {
    case ECONNREFUSED: return why_errno(why, E_CONNECT, error_number, "the port is closed");
    case ETIMEDOUT: return why_errno(why, E_TIMEOUT, error_number, "%s: no answer", doing);
    case ECONNRESET:
    case EPIPE:
        return why_errno(why, E_CUT, error_number, "%s: the host cut the connection", doing);
    case ENOMEM:
    case ENOBUFS: return why_errno(why, E_MEMORY, error_number, "%s", doing);
    case EMFILE:
    case ENFILE:
        return why_errno(why, E_IO, error_number, "%s: no descriptor is left on this machine",
                         doing);
    default: return why_errno(why, E_CONNECT, error_number, "%s failed", doing);
    }
}

/* Wait until fd is ready for events. Errors on the socket count as ready: the call that follows
 * tells which. */
static enum err wait_ready(int fd, short events, int64_t deadline_ms, struct why *why)
{
    struct pollfd p = {.fd = fd, .events = events};

    for (;;) {
        int64_t left = deadline_ms - clock_mono_ms();
        int n;

        if (left <= 0)
            return why_set(why, E_TIMEOUT, "no answer before the deadline");
        n = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (n > 0)
            return OK;
        if (n < 0 && errno != EINTR)
            return fail_errno(why, errno, "waiting");
    }
}

static enum err socket_prepare(int fd, struct why *why)
{
    int flags = fcntl(fd, F_GETFL);
    int on = 1;

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return why_errno(why, E_IO, errno, "the socket cannot be set up");
    /* One small request and one small answer at a time: Nagle's wait would double each round trip.
     */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return OK;
}

static enum err socket_finish(int fd, int64_t deadline_ms, struct why *why)
{
    int error_number = 0;
    socklen_t size = sizeof error_number;
    enum err e = wait_ready(fd, POLLOUT, deadline_ms, why);

    if (e != OK)
        return e;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &size) < 0)
        error_number = errno;
    return error_number == 0 ? OK : fail_errno(why, error_number, "connect");
}

static enum err connect_one(const struct addrinfo *a, int64_t deadline_ms, int *out,
                            struct why *why)
{
    int fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
    enum err e;

    if (fd < 0)
        return fail_errno(why, errno, "socket");
    if ((e = socket_prepare(fd, why)) != OK)
        goto out;
    if (connect(fd, a->ai_addr, a->ai_addrlen) < 0 && errno != EINPROGRESS && errno != EINTR)
        e = fail_errno(why, errno, "connect");
    else
        e = socket_finish(fd, deadline_ms, why);
    if (e != OK)
        goto out;
    *out = fd;
    fd = -1; /* moved to the caller */
out:
    tcp_close(&fd);
    return e;
}

static enum err resolve(const char *address, uint16_t port, struct addrinfo **out, struct why *why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    char service[8];
    int code;

    if (tcp_address_is_literal(address))
        hints.ai_flags = AI_NUMERICHOST;
    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    code = getaddrinfo(address, service, &hints, out);
    if (code == 0)
        return OK;
    *out = NULL;
    if (code == EAI_MEMORY)
        return why_set(why, E_MEMORY, "out of memory");
    return why_set(why, E_RESOLVE, "the name %s has no address: %s", address, gai_strerror(code));
}

enum err tcp_connect(const char *address, uint16_t port, int64_t deadline_ms, int *fd,
                     struct why *why)
{
    struct addrinfo *all = NULL;
    int64_t left_addresses = 0;
    enum err e = resolve(address, port, &all, why);

    *fd = -1;
    if (e != OK)
        return e;
    for (const struct addrinfo *a = all; a != NULL; a = a->ai_next)
        left_addresses++;
    for (const struct addrinfo *a = all; a != NULL; a = a->ai_next, left_addresses--) {
        int64_t now = clock_mono_ms();

        e = connect_one(a, now + (deadline_ms - now) / left_addresses, fd, why);
        if (e == OK)
            break;
    }
    freeaddrinfo(all);
    return e;
}

enum err tcp_send(int fd, struct rd bytes, int64_t deadline_ms, struct why *why)
{
    if (bytes.bad)
        return why_set(why, E_INTERNAL, "a message could not be written");
    while (bytes.left > 0) {
        ssize_t n = send(fd, bytes.at, bytes.left, MSG_NOSIGNAL);

        if (n >= 0) {
            rd_skip(&bytes, (size_t)n);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            enum err e = wait_ready(fd, POLLOUT, deadline_ms, why);

            if (e != OK)
                return e;
        } else if (errno != EINTR) {
            return fail_errno(why, errno, "sending");
        }
    }
    return OK;
}

/* To be woken once for many small answers: each waking costs more than the answer. */
static void wake_at(int fd, size_t wanted)
{
    int n = wanted == 0 ? 1 : wanted > INT_MAX ? INT_MAX
                                               : (int)wanted;

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &n, sizeof n);
}

enum err tcp_receive(int fd, void *out, size_t room, size_t wanted, int64_t deadline_ms,
                     size_t *got, struct why *why)
{
    for (;;) {
        ssize_t n = recv(fd, out, room, 0);

        if (n > 0) {
            *got = (size_t)n;
            return OK;
        }
        if (n == 0)
            return why_set(why, E_CUT, "the host ended the connection");
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            enum err e;

            wake_at(fd, wanted);
            if ((e = wait_ready(fd, POLLIN, deadline_ms, why)) != OK)
                return e;
        } else if (errno != EINTR) {
            return fail_errno(why, errno, "receiving");
        }
    }
}

int64_t tcp_round_trip_us(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
        return INT64_MAX;
    return info.tcpi_rtt;
}

void tcp_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

bool tcp_address_is_literal(const char *address)
{
    struct in6_addr any;

    return inet_pton(AF_INET, address, &any) == 1 || inet_pton(AF_INET6, address, &any) == 1 ||
           (strchr(address, ':') != NULL && strchr(address, '%') != NULL); /* fe80::1%eth0 */
}
