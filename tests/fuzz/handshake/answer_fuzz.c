/* The first byte chooses what was asked, the rest is what the peer says, given as the reader of a
 * socket would. */
#include "handshake/answer.h"
#include "handshake/hello.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_stopped(struct rd bytes)
{
    for (int end = END_CLOSED; end <= END_DEADLINE; end++) {
        char text[TLS_ANSWER_TEXT_SIZE];
        struct tls_answer a = answer_stopped(bytes, (enum answer_end)end);
        check(a.seen == SEEN_REFUSED || a.seen == SEEN_INCONCLUSIVE);
        check(end != END_DEADLINE || a.seen == SEEN_INCONCLUSIVE);
        check(strlen(tls_answer_text(&a, text)) < sizeof text);
    }
}

static void check_done(const struct answer_asked *asked, const struct tls_answer *a)
{
    char text[TLS_ANSWER_TEXT_SIZE];
    check(a->seen != SEEN_NOT_ASKED);
    if (a->seen == SEEN_ACCEPTED) {
        check(a->how == HOW_SERVER_HELLO && a->version == hello_version(asked->version));
        check(suites_hold(asked->suites, asked->version, a->suite));
        check(suite_name(a->suite) != NULL);
    }
    check(strlen(tls_answer_text(a, text)) < sizeof text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct rd r = rd_of(bytes, n);
    uint8_t choice = rd_u8(&r);
    const struct answer_asked asked = {(enum tls_version)(choice % TLS_VERSIONS),
                                       choice & 4 ? SUITES_RARE : SUITES_COMMON};
    struct tls_answer whole, part;
    size_t need = 0, have = 0;
    if (n == 0)
        return 0;
    enum answer_step last = answer_read(r, &asked, &whole, &need);
    enum answer_step step = ANSWER_MORE;
    while (step == ANSWER_MORE && have <= r.left) {
        struct rd begun = rd_of(r.at, have);
        step = answer_read(begun, &asked, &part, &need);
        if (step == ANSWER_MORE) {
            check(need > 0 && need <= ANSWER_BYTES_MAX);
            check_stopped(begun);
            have += need;
        }
    }
    /* Asking for no more than is needed, the reader misses no answer. */
    check(step == last || (step == ANSWER_MORE && whole.how == HOW_GARBAGE));
    if (step == ANSWER_DONE) {
        check_done(&asked, &part);
        check(last == ANSWER_DONE);
        check(part.seen == whole.seen && part.how == whole.how && part.suite == whole.suite);
    }
    return 0;
}
