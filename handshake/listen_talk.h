/* handshake/listen_talk.h: a conversation with a client that wants TLS, as far as its ClientHello;
 * then an alert, and no more. A talk (talk.h), from the server's side.
 * Source: RFC 8446 5.1, 6; draft-hickman-netscape-ssl-00 1.1, 5.5 (records and errors of SSL 2.0);
 *         MS-TDS 2.2.6.5 (TLS within TDS packets).
 * Shape:  a hello may be spread over at most LISTEN_RECORDS_MAX records, and have CLIENT_HELLO_MAX
 *         bytes. After TALK_DONE or ended() the outcome is never LISTEN_TALKING.
 * Owns:   listen_talk_fini frees; the dialect lives for ever. */
#ifndef SWELL_HANDSHAKE_LISTEN_TALK_H
#define SWELL_HANDSHAKE_LISTEN_TALK_H

#include "handshake/client_hello.h"
#include "handshake/listen_dialect.h"
#include "handshake/talk.h"

#define LISTEN_RECORDS_MAX 64

enum listen_outcome {
    LISTEN_TALKING,
    LISTEN_HELLO,   /* hello is set */
    LISTEN_NO_TLS,  /* it spoke the dialect and went on without TLS */
    LISTEN_FOREIGN, /* something else was spoken: why.text has what it seems to be */
    LISTEN_BROKEN,  /* TLS, but no ClientHello: why */
    LISTEN_ENDED    /* it ended before anything could be said: why */
};

struct listen_talk {
    struct talk talk;
    const struct listen_dialect *dialect;
    struct before before;
    bool in_tls;
    struct wr tls; /* what came since TLS began, taken out of TDS packets */
    enum listen_outcome outcome;
    struct client_hello hello;
    struct why why;
};

void listen_talk_init(struct listen_talk *t, const struct listen_dialect *d);
void listen_talk_fini(struct listen_talk *t);
const char *listen_outcome_word(enum listen_outcome o); /* "hello", "no_tls" … */

#endif
