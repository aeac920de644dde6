/* What one client sends to a listener that speaks TLS from the first byte, whole and cut in two. */
#include "handshake/ja.h"
#include "handshake/listen_talk.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_hello(const struct client_hello *h)
{
    struct text raw = {0};
    char ja3[JA3_SIZE], ja4[JA4_SIZE];
    check(strlen(h->sni) < sizeof h->sni);
    check(ja3_of(h, &raw, ja3) == OK && ja4_of(h, &raw, ja4) == OK);
    check(strlen(ja3) == JA3_SIZE - 1 && strlen(ja4) == 36);
    text_fini(&raw);
}

static enum talk_step feed(struct listen_talk *t, const uint8_t *bytes, size_t n, struct wr *out)
{
    struct rd in = rd_of(bytes, n);
    return t->talk.kind->step(&t->talk, &in, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct listen_talk whole, parts;
    struct wr out;
    wr_init(&out, 0);
    listen_talk_init(&whole, listen_dialect_named("tls"));
    listen_talk_init(&parts, listen_dialect_named("tls"));
    if (feed(&whole, bytes, n, &out) == TALK_MORE)
        whole.talk.kind->ended(&whole.talk, TALK_END_CLOSED, rd_of(NULL, 0));
    if (feed(&parts, bytes, n / 2, &out) == TALK_MORE &&
        feed(&parts, bytes + n / 2, n - n / 2, &out) == TALK_MORE)
        parts.talk.kind->ended(&parts.talk, TALK_END_CLOSED, rd_of(NULL, 0));
    check(whole.outcome != LISTEN_TALKING && parts.outcome != LISTEN_TALKING);
    check((whole.outcome == LISTEN_HELLO) == (parts.outcome == LISTEN_HELLO));
    check(wr_end(&out) == OK);
    if (whole.outcome == LISTEN_HELLO)
        check_hello(&whole.hello);
    else
        check(*whole.why.text != '\0');
    listen_talk_fini(&whole);
    listen_talk_fini(&parts);
    wr_fini(&out);
    return 0;
}
