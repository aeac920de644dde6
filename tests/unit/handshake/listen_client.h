/* tests/unit/handshake/listen_client.h: a client of a struct listen_talk, without any socket. */
#ifndef SWELL_TESTS_LISTEN_CLIENT_H
#define SWELL_TESTS_LISTEN_CLIENT_H

#include "base/file.h"
#include "handshake/listen_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t handshake_failure[] = {21, 3, 3, 0, 2, 2, 40};

/* One client: what it sends is given to the talk piece by piece, what comes back is kept. */
struct client {
    struct listen_talk talk;
    struct wr sent, heard;
    size_t taken;
    enum talk_step step;
};

static inline void client_begin(struct client *c, const char *dialect)
{
    struct rd nothing = rd_of(NULL, 0);
    listen_talk_init(&c->talk, listen_dialect_named(dialect));
    wr_init(&c->sent, 0);
    wr_init(&c->heard, 0);
    c->taken = 0;
    c->step = c->talk.talk.kind->step(&c->talk.talk, &nothing, &c->heard);
}

static inline void client_end(struct client *c)
{
    listen_talk_fini(&c->talk);
    wr_fini(&c->sent);
    wr_fini(&c->heard);
}

static inline void client_say(struct client *c, const void *bytes, size_t n)
{
    assert_int_equal(c->step, TALK_MORE);
    wr_bytes(&c->sent, bytes, n);
    struct rd in = rd_of(c->sent.bytes + c->taken, c->sent.used - c->taken);
    size_t had = in.left;
    c->step = c->talk.talk.kind->step(&c->talk.talk, &in, &c->heard);
    assert_false(in.bad);
    c->taken += had - in.left;
}

static inline void client_words(struct client *c, const char *words)
{
    client_say(c, words, strlen(words));
}

static inline void client_stop(struct client *c, enum talk_end end)
{
    assert_int_equal(c->step, TALK_MORE);
    c->talk.talk.kind->ended(&c->talk.talk, end,
                             rd_of(c->sent.bytes + c->taken, c->sent.used - c->taken));
}

static inline void assert_heard(struct client *c, const void *bytes, size_t n)
{
    assert_int_equal(c->heard.used, n);
    assert_memory_equal(c->heard.bytes, bytes, n);
    wr_reset(&c->heard);
}

static inline void assert_words(struct client *c, const char *words)
{
    assert_heard(c, words, strlen(words));
}

static inline void assert_outcome(const struct client *c, enum listen_outcome outcome,
                                  const char *words)
{
    if (c->talk.outcome != outcome || strstr(c->talk.why.text, words) == NULL)
        fail_msg("%s: %s; expected %s: %s", listen_outcome_word(c->talk.outcome),
                 c->talk.why.text, listen_outcome_word(outcome), words);
}

static inline struct text hello_bytes(const char *client)
{
    char path[200];
    struct text bytes = {0};
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/handshake/client_hello.corpus/%s", TEST_ROOT,
                   client);
    assert_int_equal(file_read(path, 1 << 16, &bytes, NULL), OK);
    return bytes;
}

static inline void client_hello_say(struct client *c, const char *client)
{
    struct text bytes = hello_bytes(client);
    client_say(c, bytes.s, bytes.used);
    text_fini(&bytes);
}

#endif
