#include "handshake/engine_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { READ_SIZE = 16384 };

static bool no_descriptor(int error_number)
{
    return error_number == EMFILE || error_number == ENFILE;
}

static bool is_ours(int error_number)
{
    return no_descriptor(error_number) || error_number == ENOBUFS || error_number == ENOMEM;
}

static bool is_cut(int error_number)
{
    return error_number == ECONNRESET || error_number == EPIPE;
}

static void socket_close(struct link *l)
{
    if (l->fd >= 0)
        (void)close(l->fd); /* takes it out of epoll too */
    l->fd = -1;
}

static enum link_state wait_for(struct link *l, uint32_t events, struct why *why)
{
    struct epoll_event ev = {.events = events, .data.ptr = l};
    int how = l->waits_for == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (l->waits_for == events)
        return LINK_GOES_ON;
    l->waits_for = events;
    if (epoll_ctl(l->epoll, how, l->fd, &ev) == 0)
        return LINK_GOES_ON;
    (void)why_errno(why, E_IO, errno, "epoll does not take a connection");
    return LINK_LOCAL;
}

static enum link_state talk_ended(struct link *l, enum talk_end end)
{
    l->job.talk->kind->ended(l->job.talk, end, wr_view_of(&l->in));
    return LINK_OVER;
}

/* What was written goes out as far as the socket takes it. */
static enum link_state link_send(struct link *l, struct why *why)
{
    while (!l->cut && l->sent < l->out.used) {
        ssize_t n = send(l->fd, l->out.bytes + l->sent, l->out.used - l->sent, MSG_NOSIGNAL);
        if (n >= 0)
            l->sent += (size_t)n;
        else if (errno == EAGAIN)
            return wait_for(l, EPOLLIN | EPOLLOUT, why);
        else if (is_cut(errno))
            l->cut = true; /* an alert may still wait to be read */
        else if (errno != EINTR)
            return l->finishing ? LINK_OVER : talk_ended(l, TALK_END_NO_CONNECTION);
    }
    if (l->finishing)
        return LINK_OVER;
    wr_reset(&l->out);
    l->sent = 0;
    return wait_for(l, EPOLLIN, why);
}

/* Tells the talk what has come. What it leaves is kept for the next time. */
static enum link_state link_step(struct link *l, struct why *why)
{
    struct rd in = l->in.used > 0 ? wr_view_of(&l->in) : (struct rd){0};
    enum talk_step step = l->job.talk->kind->step(l->job.talk, &in, &l->out);
    size_t left = in.bad ? l->in.used : in.left;
    if (wr_end(&l->out) != OK) {
        (void)why_set(why, wr_end(&l->out), "no memory for what is said to a host");
        return LINK_NO_MEMORY;
    }
    if (left > 0 && left < l->in.used)
        memmove(l->in.bytes, l->in.bytes + l->in.used - left, left);
    l->in.used = left;
    l->finishing = step == TALK_DONE;
    return link_send(l, why);
}

static enum link_state address_try(struct link *l, int64_t now_ms, struct why *why);

/* The way to one address failed. Another job may meanwhile have found one that answers. */
static enum link_state address_failed(struct link *l, int64_t now_ms, struct why *why)
{
    const struct target *t = l->job.target;
    bool narrowed = t->n == 1 && memcmp(&t->addresses[0], &l->tried, sizeof l->tried) != 0;
    socket_close(l);
    l->waits_for = 0;
    if (narrowed)
        l->address = 0;
    else if (++l->address >= t->n)
        return talk_ended(l, TALK_END_NO_CONNECTION);
    return address_try(l, now_ms, why);
}

static enum link_state link_connected(struct link *l, struct why *why)
{
    const int on = 1;
    struct target *t = l->job.target;
    if (t->n > 1) {
        t->addresses[0] = l->tried;
        t->sizes[0] = t->sizes[l->address];
        t->n = 1;
    }
    l->connected = true;
    l->look_ms = l->until_ms;
    (void)setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return link_step(l, why);
}

static enum link_state connect_settle(struct link *l, int problem, int64_t now_ms,
                                      struct why *why)
{
    if (problem == 0)
        return link_connected(l, why);
    if (problem == EINPROGRESS)
        return wait_for(l, EPOLLOUT, why);
    if (problem == ECONNRESET) /* not while connecting: that is ECONNREFUSED */
        return talk_ended(l, TALK_END_RESET);
    if (!is_ours(problem))
        return address_failed(l, now_ms, why);
    (void)why_errno(why, E_IO, problem, "no connection");
    return LINK_LOCAL;
}

static enum link_state address_try(struct link *l, int64_t now_ms, struct why *why)
{
    const struct target *t = l->job.target;
    l->tried = t->addresses[l->address];
    l->look_ms = now_ms + (l->until_ms - now_ms) / (int64_t)(t->n - l->address);
    l->fd = socket(l->tried.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (l->fd < 0 && !is_ours(errno))
        return address_failed(l, now_ms, why);
    if (l->fd < 0) {
        enum link_state s = no_descriptor(errno) ? LINK_NO_DESCRIPTOR : LINK_LOCAL;
        (void)why_errno(why, E_IO, errno, "no socket");
        return s;
    }
    int failed = connect(l->fd, (const struct sockaddr *)&l->tried, t->sizes[l->address]);
    return connect_settle(l, failed == 0 ? 0 : errno, now_ms, why);
}

enum link_state link_begin(struct link *l, int64_t now_ms, struct why *why)
{
    int64_t until_ms = now_ms + l->job.attempt_ms;
    l->until_ms = until_ms < l->job.deadline_ms ? until_ms : l->job.deadline_ms;
    l->fd = -1;
    wr_init(&l->in, LINK_TAKEN_MAX + READ_SIZE);
    wr_init(&l->out, 0);
    if (now_ms >= l->until_ms)
        return talk_ended(l, TALK_END_DEADLINE);
    if (l->job.target->n == 0)
        return talk_ended(l, TALK_END_NO_CONNECTION);
    return address_try(l, now_ms, why);
}

static enum link_state link_receive(struct link *l, struct why *why)
{
    uint8_t buf[READ_SIZE];
    ssize_t n = recv(l->fd, buf, sizeof buf, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return LINK_GOES_ON;
    if (n < 0)
        return talk_ended(l, is_cut(errno) ? TALK_END_RESET : TALK_END_NO_CONNECTION);
    if (n == 0) /* where a send has used up the reset, the end looks like a close */
        return talk_ended(l, l->cut ? TALK_END_RESET : TALK_END_CLOSED);
    wr_bytes(&l->in, buf, (size_t)n);
    if (wr_end(&l->in) == E_MEMORY) {
        (void)why_set(why, E_MEMORY, "no memory for what a host says");
        return LINK_NO_MEMORY;
    }
    if (l->in.used > LINK_TAKEN_MAX)
        return talk_ended(l, TALK_END_CLOSED);
    return link_step(l, why);
}

enum link_state link_look(struct link *l, int64_t now_ms, struct why *why)
{
    enum link_state s;
    if (!l->connected) {
        int problem = 0;
        socklen_t size = sizeof problem;
        if (getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0)
            problem = errno;
        return connect_settle(l, problem, now_ms, why);
    }
    if (l->sent < l->out.used && !l->cut && (s = link_send(l, why)) != LINK_GOES_ON)
        return s;
    return l->finishing ? LINK_GOES_ON : link_receive(l, why);
}

enum link_state link_expire(struct link *l, int64_t now_ms, struct why *why)
{
    if (!l->connected)
        return address_failed(l, now_ms, why);
    return l->finishing ? LINK_OVER : talk_ended(l, TALK_END_DEADLINE);
}

void link_end(struct link *l)
{
    socket_close(l);
    wr_fini(&l->in);
    wr_fini(&l->out);
}
