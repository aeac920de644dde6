/* controller/listener.h: clients of TLS come to a socket of ours and are heard out, many at once,
 * in one thread.
 * Units:  *_ms in milliseconds of clock_mono_ms(), but real_ms of clock_real_ms().
 * Owns:   listener_free closes everything (NULL is fine).
 * Errors: E_USAGE for an address that is not one of this machine; E_RESOLVE; E_IO, native = errno:
 *         the port is taken, or there are no descriptors left. What a client does is no error. */
#ifndef SWELL_CONTROLLER_LISTENER_H
#define SWELL_CONTROLLER_LISTENER_H

#include "controller/endpoint.h"
#include "handshake/listen_talk.h"

#define LISTENER_CLIENTS_MAX 128 /* at once; more wait in the kernel's queue */
#define LISTENER_TIMEOUT_MS 8000

struct heard {
    char from[ENDPOINT_TEXT_SIZE]; /* the client's address and port */
    int64_t real_ms;               /* when it came */
    int64_t took_ms;
    const struct listen_talk *talk; /* borrowed during the call */
};

struct listener_wish {
    const struct listen_dialect *dialect;
    int64_t timeout_ms; /* for all that one client says */
    uint64_t count;     /* of ClientHellos, then it ends; 0: never */
    void (*heard)(void *who, const struct heard *h);
    bool (*stop)(void *who); /* asked at least five times a second; may be NULL */
    void *who;
};

struct listener;

MUST_CHECK enum err listener_new(const struct endpoint *at, struct listener **out,
                                 struct why *why);
void listener_free(struct listener *l);
/* Where it listens, with the port that was chosen for 0. */
const char *listener_where(const struct listener *l);
/* Until so many ClientHellos have come, or stop says so. */
MUST_CHECK enum err listener_run(struct listener *l, const struct listener_wish *wish,
                                 struct why *why);

#endif
