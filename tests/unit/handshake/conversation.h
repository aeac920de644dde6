/* tests/unit/handshake/conversation.h: what a server and a dialect say to each other in a test,
 * with an inner talk that stands for TLS: it says HELLO and notes what it is given.
 * Shape:  a script has turns: the server says something, and the dialect what stands beside it. */
#ifndef SWELL_TESTS_UNIT_HANDSHAKE_CONVERSATION_H
#define SWELL_TESTS_UNIT_HANDSHAKE_CONVERSATION_H

#include "handshake/dialect.h"

#define HELLO "<hello>"
#define TURNS_MAX 8

struct says {
    const char *bytes;
    size_t n;
};

#define SAYS(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }

struct script {
    const char *words; /* for a failure */
    const char *dialect;
    struct says opens; /* the client's first words */
    struct {
        struct says server, client;
    } turns[TURNS_MAX];
    enum dialect_outcome outcome;
    const char *said;
    uint32_t detail;
};

struct inner {
    struct talk talk;
    unsigned steps, ends;
    enum talk_end end;
    size_t left_at_end;
    struct wr got;
    size_t takes; /* at most so many bytes a step; 0: all */
    bool done;    /* at the next step */
};

struct conversation {
    struct dialect_talk dialect;
    struct inner inner;
    struct wr came; /* not taken yet */
    struct wr out;  /* what the dialect wrote since it was last looked at */
    bool over;
};

void conversation_begin(struct conversation *c, const char *dialect);
void conversation_end(struct conversation *c);
void conversation_hear(struct conversation *c, const char *bytes, size_t n);
/* The connection ends now. */
void conversation_cut(struct conversation *c, enum talk_end end);
/* What was written is that; and forgets it. */
void conversation_wrote(struct conversation *c, struct says what);

/* All of the script, each of the server's sayings in one piece; in pieces of one byte; and cut off
 * after every byte, which must be an end and never an answer. */
void script_play(const struct script *s);

#endif
