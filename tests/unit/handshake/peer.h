/* A server of our own for what real ones cannot be made to do: it reads one hello, sees which
 * version it offers, and answers by a script. A thread a connection. */
#ifndef SWELL_TESTS_HANDSHAKE_PEER_H
#define SWELL_TESTS_HANDSHAKE_PEER_H

#include "base/wire.h"
#include "playbooks/verify.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_ADDRESS "127.0.83.1"

enum { PEER_HELLO_MAX = 1024,
       PEER_TURNS = 2,
       PEER_CONNECTIONS_MAX = 512 };

enum peer_then {
    PEER_WAIT,  /* until the client goes */
    PEER_CLOSE, /* FIN */
    PEER_RESET, /* RST */
    PEER_LOOP   /* send the bytes again and again */
};

struct peer_reply {
    enum peer_then then;
    const void *bytes;
    size_t n;
    size_t piece; /* bytes a segment; 0 = all at once */
    int pause_ms; /* between segments */
};

struct peer_connection {
    struct peer *peer;
    int fd;
    pthread_t thread;
};

struct peer {
    int fd;
    uint16_t port;
    pthread_t thread;
    struct peer_reply replies[TLS_VERSIONS][PEER_TURNS]; /* of the first and the later asking */
    bool raw;                                            /* every connection is reset unread */
    pthread_mutex_t lock;
    struct peer_connection connections[PEER_CONNECTIONS_MAX];
    size_t n_connections;
    /* what came; to be read after peer_stop() */
    unsigned asked[TLS_VERSIONS];
    uint8_t hello[TLS_VERSIONS][PEER_HELLO_MAX]; /* the last one */
    size_t hello_size[TLS_VERSIONS];
};

static inline bool peer_read(int fd, uint8_t *to, size_t n)
{
    while (n > 0) {
        ssize_t got = recv(fd, to, n, 0);
        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
    }
    return true;
}

/* The version of a hello, found as a server that knows TLS 1.3 would; -1 when none came. */
static inline int peer_hello(struct peer *p, int fd)
{
    static const uint8_t only_13[] = {0, 43, 0, 3, 2, 3, 4};
    uint8_t hello[PEER_HELLO_MAX];
    if (!peer_read(fd, hello, 5) || hello[3] > 2)
        return -1;
    size_t n = (size_t)hello[3] << 8 | hello[4];
    if (!peer_read(fd, hello + 5, n))
        return -1;
    int version = hello[10] + SSL_3_0;
    for (size_t i = 5; i + sizeof only_13 <= n + 5; i++)
        if (memcmp(hello + i, only_13, sizeof only_13) == 0)
            version = TLS_1_3;
    if (version < TLS_1_0 || version >= TLS_VERSIONS)
        return -1;
    (void)pthread_mutex_lock(&p->lock);
    memcpy(p->hello[version], hello, n + 5);
    p->hello_size[version] = n + 5;
    (void)pthread_mutex_unlock(&p->lock);
    return version;
}

/* False when the client has gone. */
static inline bool peer_send(int fd, const struct peer_reply *r)
{
    const uint8_t *bytes = r->bytes;
    for (size_t at = 0; at < r->n;) {
        struct pollfd gone = {.fd = fd, .events = POLLIN};
        size_t piece = r->piece > 0 && r->piece < r->n - at ? r->piece : r->n - at;
        if (at > 0 && r->pause_ms > 0 && poll(&gone, 1, r->pause_ms) != 0)
            return false;
        ssize_t sent = send(fd, bytes + at, piece, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += (size_t)sent;
    }
    return true;
}

static inline void peer_reset(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static inline void peer_serve(struct peer *p, int fd)
{
    const int on = 1;
    uint8_t scrap[64];
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int version = p->raw ? -1 : peer_hello(p, fd);
    if (version < 0) {
        peer_reset(fd);
        return;
    }
    (void)pthread_mutex_lock(&p->lock);
    const struct peer_reply *r = &p->replies[version][p->asked[version]++ > 0];
    (void)pthread_mutex_unlock(&p->lock);
    bool there = peer_send(fd, r);
    while (there && r->then == PEER_LOOP)
        there = peer_send(fd, r);
    if (r->then == PEER_RESET)
        peer_reset(fd);
    while (there && r->then == PEER_WAIT && recv(fd, scrap, sizeof scrap, 0) > 0)
        continue;
}

static inline void *peer_connection_main(void *self)
{
    struct peer_connection *c = self;
    peer_serve(c->peer, c->fd);
    (void)close(c->fd);
    return NULL;
}

static inline void *peer_main(void *self)
{
    struct peer *p = self;
    int fd;
    while ((fd = accept(p->fd, NULL, NULL)) >= 0) {
        struct peer_connection *c = &p->connections[p->n_connections++];
        *c = (struct peer_connection){.peer = p, .fd = fd};
        if (p->n_connections == PEER_CONNECTIONS_MAX ||
            pthread_create(&c->thread, NULL, peer_connection_main, c) != 0)
            abort();
    }
    for (size_t i = 0; i < p->n_connections; i++)
        (void)pthread_join(p->connections[i].thread, NULL);
    return NULL;
}

/* The same answer to each asking of a version. */
static inline void peer_answers(struct peer *p, enum tls_version v, struct peer_reply r)
{
    p->replies[v][0] = r;
    p->replies[v][1] = r;
}

static inline void peer_start(struct peer *p)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pthread_mutex_init(&p->lock, NULL) != 0 || p->fd < 0 ||
        inet_pton(AF_INET, PEER_ADDRESS, &at.sin_addr) != 1 ||
        bind(p->fd, (const struct sockaddr *)&at, size) != 0 || listen(p->fd, 64) != 0 ||
        getsockname(p->fd, (struct sockaddr *)&at, &size) != 0 ||
        pthread_create(&p->thread, NULL, peer_main, p) != 0)
        abort();
    p->port = ntohs(at.sin_port);
}

static inline void peer_stop(struct peer *p)
{
    (void)shutdown(p->fd, SHUT_RDWR); /* makes accept() return */
    (void)pthread_join(p->thread, NULL);
    (void)pthread_mutex_destroy(&p->lock);
    (void)close(p->fd);
}

#endif
