/* A TLS server of our own that says which versions and suites it takes, and in which way it
 * refuses; nothing after the ServerHello is real. A thread a connection. */
#ifndef SWELL_TESTS_HANDSHAKE_SCAN_PEER_H
#define SWELL_TESTS_HANDSHAKE_SCAN_PEER_H

#include "handshake/client_hello.h"
#include "handshake/hello.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCAN_PEER_ADDRESS "127.51.7.1"

enum scan_refusal { REFUSE_ALERT, /* 40, or 70 for a version */
                    REFUSE_RESET,
                    REFUSE_CLOSE };

enum { SCAN_PEER_SUITES = 64,
       SCAN_PEER_CONNECTIONS = 2048,
       SCAN_PEER_HELLO_MAX = 8192 };

struct scan_peer {
    /* in the server's order; 0 ends; a version without any is not spoken */
    uint16_t suites[TLS_VERSIONS][SCAN_PEER_SUITES];
    bool follows_client;
    enum scan_refusal refusal;
    size_t hello_max;   /* longer ones are not answered, but reset; 0: any length */
    unsigned limit;     /* that many are answered, then connections are reset; 0: no limit */
    uint16_t unoffered; /* chosen whenever nothing else is left */
    /* what came; to be read after scan_peer_stop() */
    unsigned asked;
    int fd;
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t lock;
    size_t n_threads;
    struct scan_peer_connection {
        struct scan_peer *peer;
        int fd;
        pthread_t thread;
    } connections[SCAN_PEER_CONNECTIONS];
};

static inline bool scan_peer_read(int fd, uint8_t *to, size_t n)
{
    for (ssize_t got; n > 0; to += got, n -= (size_t)got)
        if ((got = recv(fd, to, n, 0)) <= 0)
            return false;
    return true;
}

static inline uint16_t scan_peer_choose(const struct scan_peer *p, int v,
                                        const struct client_hello *h)
{
    size_t best = SCAN_PEER_SUITES;
    for (size_t i = 0; i < h->n_suites; i++)
        for (size_t k = 0; k < SCAN_PEER_SUITES && p->suites[v][k]; k++)
            if (p->suites[v][k] == h->suites[i]) {
                if (p->follows_client)
                    return h->suites[i];
                best = k < best ? k : best;
            }
    return best < SCAN_PEER_SUITES ? p->suites[v][best] : p->unoffered;
}

static inline void scan_peer_refuse(const struct scan_peer *p, int fd, uint8_t alert)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    const uint8_t wire[] = {21, 3, 1, 0, 2, 2, alert};
    if (p->refusal == REFUSE_RESET)
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    if (p->refusal == REFUSE_ALERT)
        (void)send(fd, wire, sizeof wire, MSG_NOSIGNAL);
}

static inline void scan_peer_accept(int fd, int v, uint16_t suite)
{
    static const uint8_t random[32] = {1}, versions[] = {0, 43, 0, 2, 3, 4};
    struct wr w;
    wr_init(&w, 0);
    wr_u8(&w, 22);
    wr_be16(&w, 0x0303);
    struct hole record = wr_hole16(&w);
    wr_u8(&w, 2);
    struct hole hello = wr_hole24(&w);
    wr_be16(&w, v == TLS_1_3 ? 0x0303 : hello_version((enum tls_version)v));
    wr_bytes(&w, random, sizeof random);
    wr_u8(&w, 0);
    wr_be16(&w, suite);
    wr_u8(&w, 0);
    if (v == TLS_1_3) {
        wr_be16(&w, sizeof versions);
        wr_bytes(&w, versions, sizeof versions);
    }
    wr_close(&w, hello);
    if (v < TLS_1_3)
        wr_be32(&w, 0x0e000000); /* ServerHelloDone */
    wr_close(&w, record);
    (void)send(fd, w.bytes, w.used, MSG_NOSIGNAL);
    wr_fini(&w);
}

/* False: the connection is to be reset. */
static inline bool scan_peer_enter(struct scan_peer *p)
{
    (void)pthread_mutex_lock(&p->lock);
    bool serve = p->limit == 0 || p->asked < p->limit;
    p->asked++;
    (void)pthread_mutex_unlock(&p->lock);
    return serve;
}

static inline void scan_peer_hello(struct scan_peer *p, int fd, struct rd message, uint16_t record)
{
    struct client_hello *h = calloc(1, sizeof *h);
    if (h && client_hello_read(message, record, h, NULL) == OK) {
        int v = (int)client_highest_version(h) - 0x0300 + SSL_3_0;
        uint16_t suite = scan_peer_choose(p, v, h);
        if (p->suites[v][0] == 0)
            scan_peer_refuse(p, fd, 70);
        else if (suite == 0)
            scan_peer_refuse(p, fd, 40);
        else
            scan_peer_accept(fd, v, suite);
    }
    free(h);
}

static inline void *scan_peer_serve(void *self)
{
    struct scan_peer_connection *c = self;
    struct scan_peer *p = c->peer;
    uint8_t hello[SCAN_PEER_HELLO_MAX], scrap[64];
    struct rd r = rd_of(hello + 3, 2);
    bool serve = scan_peer_enter(p);
    if (scan_peer_read(c->fd, hello, 5) && hello[0] == 22) {
        size_t n = rd_be16(&r);
        struct rd head = rd_of(hello + 1, 2);
        if (n < sizeof hello && scan_peer_read(c->fd, hello, n)) {
            if (!serve || (p->hello_max && n > p->hello_max))
                scan_peer_refuse(&(struct scan_peer){.refusal = REFUSE_RESET}, c->fd, 0);
            else
                scan_peer_hello(p, c->fd, rd_of(hello + 4, n - 4), rd_be16(&head));
            if (p->refusal == REFUSE_ALERT && serve && (!p->hello_max || n <= p->hello_max))
                while (recv(c->fd, scrap, sizeof scrap, 0) > 0)
                    continue;
        }
    }
    (void)close(c->fd);
    return NULL;
}

static inline void *scan_peer_main(void *self)
{
    struct scan_peer *p = self;
    int fd;
    while ((fd = accept(p->fd, NULL, NULL)) >= 0) {
        struct scan_peer_connection *c = &p->connections[p->n_threads++];
        *c = (struct scan_peer_connection){.peer = p, .fd = fd};
        if (p->n_threads == SCAN_PEER_CONNECTIONS ||
            pthread_create(&c->thread, NULL, scan_peer_serve, c) != 0)
            abort();
    }
    for (size_t i = 0; i < p->n_threads; i++)
        (void)pthread_join(p->connections[i].thread, NULL);
    return NULL;
}

static inline void scan_peer_start(struct scan_peer *p)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (pthread_mutex_init(&p->lock, NULL) != 0 || p->fd < 0 ||
        inet_pton(AF_INET, SCAN_PEER_ADDRESS, &at.sin_addr) != 1 ||
        bind(p->fd, (const struct sockaddr *)&at, size) != 0 || listen(p->fd, 512) != 0 ||
        getsockname(p->fd, (struct sockaddr *)&at, &size) != 0 ||
        pthread_create(&p->thread, NULL, scan_peer_main, p) != 0)
        abort();
    p->port = ntohs(at.sin_port);
}

static inline void scan_peer_stop(struct scan_peer *p)
{
    (void)shutdown(p->fd, SHUT_RDWR); /* makes accept() return */
    (void)pthread_join(p->thread, NULL);
    (void)pthread_mutex_destroy(&p->lock);
    (void)close(p->fd);
}

#endif
