/* handshake/engine.h: many talks at once over non-blocking sockets, in one thread, politely: never
 * more than so many connections at all, and to one host.
 * Units:  *_ms in milliseconds of clock_mono_ms().
 * Shape:  jobs of one host begin in the order in which they were added. A job whose deadline comes
 *         before its turn ends as TALK_END_DEADLINE without a connection. Each address of a target
 *         has a fair share of an attempt, until one has answered.
 * Names:  struct engine and engine_*() are the rollout's; the controller includes and links both.
 * Owns:   the engine owns sockets and buffers; talks, targets and callbacks' data are borrowed
 *         until the callback was called.
 * Errors: what a host does is no error (its talk is told by ended()); E_IO when this machine has no
 *         descriptor left even for one connection, E_MEMORY. */
#ifndef SWELL_HANDSHAKE_ENGINE_H
#define SWELL_HANDSHAKE_ENGINE_H

#include "handshake/connect.h"
#include "handshake/talk.h"

#define ENGINE_PER_HOST 8      /* connections to one address at once, by default */
#define ENGINE_CONNECTIONS 512 /* in all */

struct talks;

struct engine_limits {
    unsigned per_host;    /* 0: ENGINE_PER_HOST */
    unsigned connections; /* 0: ENGINE_CONNECTIONS, and never more than descriptors allow */
    unsigned gap_ms;      /* the least time between two connections to one host; 0: none */
};

struct engine_job {
    struct target *target; /* narrowed to the address that answered, for all its jobs */
    struct talk *talk;
    int64_t attempt_ms;  /* from the moment when the connection is begun … */
    int64_t deadline_ms; /* … but never later than this point on the clock */
    /* The talk has its result; more jobs may be added from here. */
    void (*done)(void *who, struct talk *talk);
    void *who;
};

MUST_CHECK enum err talks_new(const struct engine_limits *limits, struct talks **out,
                              struct why *why);
void talks_free(struct talks *e); /* talks under way are dropped without a callback */
MUST_CHECK enum err talks_add(struct talks *e, const struct engine_job *job, struct why *why);
unsigned talks_per_host(const struct talks *e);
/* Until no job is left, or stop (may be NULL) says so: it is asked at least ten times a second. The
 * jobs that are left then are dropped without a callback. */
MUST_CHECK enum err talks_run(struct talks *e, bool (*stop)(void *), void *who, struct why *why);

#endif
