#include "tests/support/man_between.h"

#include "tests/support/smb_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_SIZE 4
#define BETWEEN_TIME_MS 10000
#define CHUNK 65536

struct way { /* of one direction */
    int from, to;
    bool from_client;
    unsigned frames;
    struct wr in;
};

static bool frame_pass(struct man_between *m, struct way *w, size_t n)
{
    struct wr message, out;
    bool good;

    wr_init(&message, 0);
    wr_init(&out, 0);
    wr_bytes(&message, w->in.bytes + FRAME_SIZE, n);
    m->change(m->self, w->from_client, w->frames++, &message);
    wr_be32(&out, message.used);
    wr_view(&out, wr_view_of(&message));
    good = wr_end(&out) == OK && peer_write(w->to, out.bytes, out.used);
    wr_fini(&message);
    wr_fini(&out);
    return good;
}

/* False: one side has gone. */
static bool way_pass(struct man_between *m, struct way *w)
{
    uint8_t bytes[CHUNK];
    ssize_t k = recv(w->from, bytes, sizeof bytes, 0);

    if (k <= 0)
        return false;
    wr_bytes(&w->in, bytes, (size_t)k);
    while (w->in.used >= FRAME_SIZE) {
        struct rd r = wr_view_of(&w->in);
        size_t n = rd_be32(&r), left;

        if (n > r.left)
            return true;
        if (!frame_pass(m, w, n))
            return false;
        rd_skip(&r, n);
        left = r.left;
        for (size_t i = 0; i < left; i++)
            w->in.bytes[i] = r.at[i];
        w->in.used = left;
    }
    return true;
}

static int host_connect(const struct man_between *m)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons(m->host_port),
                            .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0)
        abort();
    return fd;
}

/* Without this, small frames wait for each other. */
static void at_once(int fd)
{
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)) < 0)
        abort();
}

/* False: it is to stop. */
static bool connection_serve(struct man_between *m, int client)
{
    int host = host_connect(m);
    struct way up = {.from = client, .to = host, .from_client = true};
    struct way down = {.from = host, .to = client};
    bool good = true, stopped = false;

    m->connections++;
    at_once(client);
    at_once(host);
    wr_init(&up.in, 0);
    wr_init(&down.in, 0);
    while (good && !stopped) {
        struct pollfd fds[] = {{.fd = client, .events = POLLIN},
                               {.fd = host, .events = POLLIN},
                               {.fd = m->stop[0], .events = POLLIN}};

        if (poll(fds, COUNT(fds), BETWEEN_TIME_MS) < 0)
            abort();
        stopped = fds[2].revents != 0;
        if (fds[0].revents != 0)
            good = way_pass(m, &up);
        if (good && fds[1].revents != 0)
            good = way_pass(m, &down);
    }
    wr_fini(&up.in);
    wr_fini(&down.in);
    (void)close(host);
    (void)close(client);
    return !stopped;
}

static void *between_run(void *arg)
{
    struct man_between *m = arg;

    for (;;) {
        struct pollfd fds[] = {{.fd = m->listener, .events = POLLIN},
                               {.fd = m->stop[0], .events = POLLIN}};
        int fd;

        if (poll(fds, COUNT(fds), -1) < 0)
            abort();
        if (fds[1].revents != 0)
            return NULL;
        fd = accept(m->listener, NULL, NULL);
        if (fd < 0)
            abort();
        if (!connection_serve(m, fd))
            return NULL;
    }
}

void between_start(struct man_between *m)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof a;

    m->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (m->listener < 0 || bind(m->listener, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(m->listener, 8) < 0 || getsockname(m->listener, (struct sockaddr *)&a, &size) < 0 ||
        pipe(m->stop) < 0)
        abort();
    m->port = ntohs(a.sin_port);
    if (pthread_create(&m->thread, NULL, between_run, m) != 0)
        abort();
}

void between_stop(struct man_between *m)
{
    if (write(m->stop[1], "", 1) != 1)
        abort();
    (void)pthread_join(m->thread, NULL);
    (void)close(m->listener);
    (void)close(m->stop[0]);
    (void)close(m->stop[1]);
}
