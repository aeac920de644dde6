/* tests/support/man_between.h: somebody between a client and a host, who may change what passes.
 * Shape:  each frame (four bytes of length, big-endian, and a message) goes through change() of
 *         its direction before it is passed on; what is left in *message is what arrives. One
 *         thread serves one connection after another until between_stop.
 * Owns:   change() runs in that thread: what it writes may be read after between_stop.
 * Errors: none: whatever goes wrong with a socket ends both connections. */
#ifndef SWELL_TESTS_SUPPORT_MAN_BETWEEN_H
#define SWELL_TESTS_SUPPORT_MAN_BETWEEN_H

#include "base/wire.h"

#include <pthread.h>

struct man_between {
    uint16_t port; /* on 127.0.0.1: where the client goes */
    uint16_t host_port;
    int listener;
    int stop[2];
    pthread_t thread;
    unsigned connections;
    /* n: from 0, of this connection and direction */
    void (*change)(void *self, bool from_client, unsigned n, struct wr *message);
    void *self;
};

/* host_port, change and self are set before. */
void between_start(struct man_between *m);
void between_stop(struct man_between *m);

#endif
