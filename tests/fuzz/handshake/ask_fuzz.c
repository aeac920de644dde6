/* A whole question: the first byte chooses the version and the size of the pieces, the rest is what
 * the peer says. What is left over stays, as the engine would keep it. */
#include "handshake/ask.h"

#include <stdlib.h>
#include <string.h>

enum { HEARD_MAX = 1 << 17 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct ask a;
    static uint8_t heard[HEARD_MAX];
    struct rd r = rd_of(bytes, n), none = {0};
    uint8_t choice = rd_u8(&r);
    size_t piece = (choice >> 4) + 1u, kept = 0;
    struct wr out;
    if (n == 0 || n > HEARD_MAX)
        return 0;
    hello_offer_usual(&a.offer, (enum tls_version)(choice % TLS_VERSIONS), SUITES_COMMON, NULL);
    a.rest = choice & 8;
    ask_begin(&a);
    wr_init(&out, 0);
    enum talk_step step = a.talk.kind->step(&a.talk, &none, &out);
    check(step == TALK_MORE && wr_end(&out) == OK);
    while (step == TALK_MORE && r.left > 0) {
        size_t here = piece < r.left ? piece : r.left;
        (void)rd_copy(&r, heard + kept, here);
        struct rd in = rd_of(heard, kept + here);
        wr_reset(&out);
        step = a.talk.kind->step(&a.talk, &in, &out);
        check(!in.bad && in.left <= kept + here && wr_end(&out) == OK);
        memmove(heard, in.at, in.left);
        kept = in.left;
    }
    if (step == TALK_MORE)
        a.talk.kind->ended(&a.talk, (enum talk_end)(choice & 3), rd_of(heard, kept));
    check(a.said.answer.seen != SEEN_NOT_ASKED && a.said.cookie.at == NULL);
    check(strlen(a.guess) < sizeof a.guess);
    wr_fini(&out);
    return 0;
}
