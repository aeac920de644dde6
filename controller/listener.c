#include "controller/listener.h"

#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128
#define STOP_EVERY_MS 200
#define READ_BYTES 4096
#define CLIENT_BYTES_LIMIT 131072u
#define GOODBYE_MS 1000 /* for the client to read our alert before the connection goes */

struct client {
    int fd;
    bool told;   /* its result was given away; what it still says is thrown away */
    bool silent; /* nothing more is written to it */
    int64_t began_ms, deadline_ms;
    struct heard heard;
    struct listen_talk talk;
    struct wr in, out;
    size_t sent;
};

struct listener {
    int fd;
    char where[ENDPOINT_TEXT_SIZE];
    struct client *clients[LISTENER_CLIENTS_MAX];
    size_t n;
    uint64_t hellos;
    const struct listener_wish *wish;
};

static void address_text(const struct sockaddr_storage *a, socklen_t size,
                         char buf[ENDPOINT_TEXT_SIZE])
{
    char host[ENDPOINT_HOST_SIZE] = "?", port[8] = "0";
    (void)getnameinfo((const struct sockaddr *)a, size, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV);
    (void)endpoint_text(host, (uint16_t)strtoul(port, NULL, 10), buf);
}

/* --- one client --- */

static void client_free(struct client *c)
{
    if (c == NULL)
        return;
    (void)close(c->fd);
    listen_talk_fini(&c->talk);
    wr_fini(&c->in);
    wr_fini(&c->out);
    free(c);
}

static void client_tell(struct listener *l, struct client *c, int64_t now_ms)
{
    c->told = true;
    c->heard.took_ms = now_ms - c->began_ms;
    c->heard.talk = &c->talk;
    c->deadline_ms = now_ms + GOODBYE_MS;
    l->hellos += c->talk.outcome == LISTEN_HELLO ? 1 : 0;
    l->wish->heard(l->wish->who, &c->heard);
}

static void client_stop(struct listener *l, struct client *c, enum talk_end end, int64_t now_ms)
{
    if (!c->told) {
        c->talk.talk.kind->ended(&c->talk.talk, end, wr_view_of(&c->in));
        client_tell(l, c, now_ms);
    }
    c->silent = true;
}

static void client_step(struct listener *l, struct client *c, int64_t now_ms)
{
    struct rd in = wr_view_of(&c->in);
    size_t had = in.left;
    enum talk_step step = c->talk.talk.kind->step(&c->talk.talk, &in, &c->out);
    if (in.left > 0 && in.left < had)
        memmove(c->in.bytes, c->in.bytes + (had - in.left), in.left);
    c->in.used = in.left;
    if (step == TALK_DONE)
        client_tell(l, c, now_ms);
}

/* False when the connection is over. */
static bool client_read(struct listener *l, struct client *c, int64_t now_ms)
{
    uint8_t bytes[READ_BYTES];
    ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n <= 0) {
        client_stop(l, c, n == 0 ? TALK_END_CLOSED : TALK_END_RESET, now_ms);
        return false;
    }
    if (c->told)
        return true;
    wr_bytes(&c->in, bytes, (size_t)n);
    if (wr_end(&c->in) != OK) {
        wr_reset(&c->in);
        client_stop(l, c, TALK_END_NO_CONNECTION, now_ms);
        return false;
    }
    client_step(l, c, now_ms);
    return true;
}

/* What is unread when a socket is closed makes the kernel send a reset, which takes our alert away
 * from the client: so its end comes first. */
static bool client_write(struct listener *l, struct client *c, int64_t now_ms)
{
    while (c->sent < c->out.used) {
        ssize_t n = send(c->fd, c->out.bytes + c->sent, c->out.used - c->sent, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (n < 0) {
            client_stop(l, c, TALK_END_RESET, now_ms);
            return false;
        }
        c->sent += (size_t)n;
    }
    if (c->told && !c->silent) {
        c->silent = true;
        (void)shutdown(c->fd, SHUT_WR);
    }
    return true;
}

static bool client_turn(struct listener *l, struct client *c, short events, int64_t now_ms)
{
    if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !client_read(l, c, now_ms))
        return false;
    if (now_ms >= c->deadline_ms) {
        client_stop(l, c, TALK_END_DEADLINE, now_ms);
        return false;
    }
    return client_write(l, c, now_ms);
}

/* --- all of them --- */

static struct client *client_new(const struct listener *l, int fd,
                                 const struct sockaddr_storage *from, socklen_t size)
{
    struct client *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->fd = fd;
    c->began_ms = clock_mono_ms();
    c->deadline_ms = c->began_ms + l->wish->timeout_ms;
    c->heard.real_ms = clock_real_ms();
    address_text(from, size, c->heard.from);
    listen_talk_init(&c->talk, l->wish->dialect);
    wr_init(&c->in, CLIENT_BYTES_LIMIT);
    wr_init(&c->out, CLIENT_BYTES_LIMIT);
    return c;
}

static bool accept_again(int error)
{
    return error == EAGAIN || error == EINTR || error == ECONNABORTED || error == EPROTO ||
           error == ENETDOWN || error == EHOSTDOWN || error == EHOSTUNREACH ||
           error == ENETUNREACH;
}

static enum err clients_accept(struct listener *l, struct why *why)
{
    while (l->n < LISTENER_CLIENTS_MAX) {
        struct sockaddr_storage from;
        socklen_t size = sizeof from;
        int fd = accept(l->fd, (struct sockaddr *)&from, &size);
        if (fd < 0 && accept_again(errno))
            return OK;
        if (fd < 0)
            return l->n > 0 && (errno == EMFILE || errno == ENFILE)
                       ? OK /* somebody will go */
                       : why_errno(why, E_IO, errno, "cannot take clients any more");
        if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
            (l->clients[l->n] = client_new(l, fd, &from, size)) == NULL) {
            (void)close(fd);
            return why_set(why, E_MEMORY, "no memory for a client");
        }
        struct client *c = l->clients[l->n++];
        client_step(l, c, c->began_ms); /* a server of some dialects speaks first */
        if (!client_write(l, c, c->began_ms))
            client_free(l->clients[--l->n]);
    }
    return OK;
}

static bool is_enough(const struct listener *l)
{
    return l->wish->count > 0 && l->hellos >= l->wish->count;
}

static int wait_ms(const struct listener *l, int64_t now_ms)
{
    int64_t least = STOP_EVERY_MS;
    for (size_t i = 0; i < l->n; i++)
        if (l->clients[i]->deadline_ms - now_ms < least)
            least = l->clients[i]->deadline_ms - now_ms;
    return least > 0 ? (int)least : 0;
}

static size_t fds_fill(const struct listener *l, struct pollfd fds[LISTENER_CLIENTS_MAX + 1])
{
    bool takes = l->n < LISTENER_CLIENTS_MAX && !is_enough(l);
    for (size_t i = 0; i < l->n; i++) {
        const struct client *c = l->clients[i];
        fds[i] = (struct pollfd){.fd = c->fd, .events = POLLIN};
        if (c->sent < c->out.used)
            fds[i].events |= POLLOUT;
    }
    fds[l->n] = (struct pollfd){.fd = takes ? l->fd : -1, .events = POLLIN};
    return l->n + 1;
}

static enum err turn(struct listener *l, struct why *why)
{
    struct pollfd fds[LISTENER_CLIENTS_MAX + 1];
    size_t n = fds_fill(l, fds), kept = 0;
    int ready = poll(fds, n, wait_ms(l, clock_mono_ms()));
    int64_t now = clock_mono_ms();
    if (ready < 0)
        return errno == EINTR ? OK : why_errno(why, E_IO, errno, "cannot wait for clients");
    for (size_t i = 0; i + 1 < n; i++) {
        struct client *c = l->clients[i];
        bool enough = is_enough(l) && !c->told; /* the others are not waited for */
        if (!enough && client_turn(l, c, fds[i].revents, now))
            l->clients[kept++] = c;
        else
            client_free(c);
    }
    l->n = kept;
    return fds[n - 1].revents != 0 && !is_enough(l) ? clients_accept(l, why) : OK;
}

enum err listener_run(struct listener *l, const struct listener_wish *wish, struct why *why)
{
    enum err e = OK;
    l->wish = wish;
    l->hellos = 0;
    while (e == OK && !(is_enough(l) && l->n == 0) &&
           (wish->stop == NULL || !wish->stop(wish->who)))
        e = turn(l, why);
    return e;
}

/* --- the socket --- */

static int socket_open(const struct addrinfo *a)
{
    int on = 1, error, fd = socket(a->ai_family, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
        bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

static enum err listener_bind(struct listener *l, const struct endpoint *at, struct why *why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *all = NULL;
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    char port[8], where[ENDPOINT_TEXT_SIZE];
    int error;
    (void)snprintf(port, sizeof port, "%u", at->port);
    (void)endpoint_text(at->host, at->port, where);
    if ((error = getaddrinfo(*at->host ? at->host : NULL, port, &hints, &all)) != 0)
        return why_place(why, why_set(why, E_RESOLVE, "%s", gai_strerror(error)), "%s", where);
    for (const struct addrinfo *a = all; a != NULL && l->fd < 0; a = a->ai_next)
        l->fd = socket_open(a);
    error = errno;
    freeaddrinfo(all);
    if (l->fd < 0)
        return why_place(why,
                         why_errno(why, error == EADDRNOTAVAIL ? E_USAGE : E_IO, error,
                                   "cannot listen there"),
                         "%s", where);
    if (getsockname(l->fd, (struct sockaddr *)&own, &size) == 0)
        address_text(&own, size, l->where);
    return OK;
}

enum err listener_new(const struct endpoint *at, struct listener **out, struct why *why)
{
    struct listener *l = calloc(1, sizeof *l);
    enum err e;
    *out = NULL;
    if (l == NULL)
        return why_set(why, E_MEMORY, "no memory for a listener");
    l->fd = -1;
    if ((e = listener_bind(l, at, why)) != OK) {
        listener_free(l);
        return e;
    }
    *out = l;
    return OK;
}

void listener_free(struct listener *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->n; i++)
        client_free(l->clients[i]);
    if (l->fd >= 0)
        (void)close(l->fd);
    free(l);
}

const char *listener_where(const struct listener *l)
{
    return l->where;
}
