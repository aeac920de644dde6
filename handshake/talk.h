/* handshake/talk.h: one side of a conversation over one connection, without the connection: bytes
 * that came go in, bytes to be sent come out. A probe with a hello of ours, a whole handshake and
 * what a dialect says before TLS are talks; the engine (engine.h) brings them to a socket.
 * Shape:  a talk is embedded first in a struct of its kind and kept there by whoever made it. The
 *         engine calls step() once with no bytes when the connection stands, and then whenever
 *         bytes have come; after TALK_DONE or ended() it calls nothing more.
 * Owns:   a talk's maker frees it; the views are only good during the call. */
#ifndef SWELL_HANDSHAKE_TALK_H
#define SWELL_HANDSHAKE_TALK_H

#include "base/wire.h"

enum talk_step {
    TALK_MORE, /* what was written is sent, and more bytes are waited for */
    TALK_DONE  /* the result stands; what was written is still sent, then the connection closed */
};

/* Why no more bytes will come. */
enum talk_end {
    TALK_END_CLOSED,       /* FIN */
    TALK_END_RESET,        /* RST */
    TALK_END_DEADLINE,     /* the deadline came first */
    TALK_END_NO_CONNECTION /* there never was one, or the way to it is lost */
};

struct talk;

struct talk_kind {
    /* All bytes that have come and were not taken yet; what is read from *in is taken. */
    enum talk_step (*step)(struct talk *t, struct rd *in, struct wr *out);
    /* left is what was never taken. */
    void (*ended)(struct talk *t, enum talk_end end, struct rd left);
};

struct talk {
    const struct talk_kind *kind;
};

#endif
