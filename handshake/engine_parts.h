/* handshake/engine_parts.h: one connection of the engine: a talk brought to a socket. Only
 * engine*.c include it.
 * Shape:  a link lives from link_begin() until link_look() or link_expire() says LINK_OVER; its
 *         talk has been told everything by then.
 * Units:  *_ms are points on clock_mono_ms().
 * Owns:   link_end() closes and frees what a link holds.
 * Errors: LINK_NO_MEMORY, LINK_LOCAL: this machine failed; why has the reason. */
#ifndef SWELL_HANDSHAKE_ENGINE_PARTS_H
#define SWELL_HANDSHAKE_ENGINE_PARTS_H

#include "handshake/engine.h"

#define LINK_TAKEN_MAX (1u << 20) /* bytes that a talk leaves untaken; more is an end */

enum link_state { LINK_GOES_ON,
                  LINK_OVER,
                  LINK_NO_DESCRIPTOR, /* only from link_begin(), which may be called again later */
                  LINK_NO_MEMORY,
                  LINK_LOCAL };

struct link {
    struct engine_job job;
    struct engine_host *host;
    size_t index; /* in the engine's list */
    int fd;
    int epoll;
    bool connected, cut, finishing;
    uint32_t waits_for;            /* epoll events */
    size_t address;                /* of the target, which is being tried … */
    struct sockaddr_storage tried; /* … and which it was: the target may have been narrowed */
    int64_t until_ms;              /* of the attempt */
    int64_t look_ms;               /* when something must be done, if nothing comes before */
    struct wr out, in;
    size_t sent;
};

enum link_state link_begin(struct link *l, int64_t now_ms, struct why *why);
enum link_state link_look(struct link *l, int64_t now_ms, struct why *why);
/* look_ms has come. */
enum link_state link_expire(struct link *l, int64_t now_ms, struct why *why);
void link_end(struct link *l);

#endif
