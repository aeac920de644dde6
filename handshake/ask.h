/* handshake/ask.h: one question to a port: a hello of ours, and the answer to it. A
 * HelloRetryRequest is followed with a key of the group that it asks for, where one can be made.
 * Shape:  a talk (talk.h); said.answer stands once it has ended, and says so even when nothing but
 *         its end came: judged alone, not yet beside other answers (scan.h).
 * Owns:   a plain value; the name and the ALPN of its offer are borrowed. */
#ifndef SWELL_HANDSHAKE_ASK_H
#define SWELL_HANDSHAKE_ASK_H

#include "handshake/answer.h"
#include "handshake/service_guess.h"
#include "handshake/talk.h"

struct ask {
    struct talk talk; /* first: the engine gives it back */
    struct hello_offer offer;
    bool rest;      /* what follows the ServerHello is wanted too */
    bool connected; /* a connection stood */
    bool retried;   /* a second hello was sent */
    bool failed;    /* our own library made no hello: local has why */
    enum err local;
    enum talk_end end; /* where no answer came first */
    struct server_said said;
    char guess[SERVICE_GUESS_SIZE]; /* what it speaks, where that is not TLS */
    struct hello_fresh fresh;       /* kept only for the second hello */
    size_t need;
};

/* The offer is filled in by the caller first, by hello_offer_usual() or by hand. */
void ask_begin(struct ask *a);

#endif
