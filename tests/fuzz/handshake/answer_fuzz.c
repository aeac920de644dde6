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

static void check_done(const struct hello_offer *offer, const struct server_said *said)
{
    const struct tls_answer *a = &said->answer;
    char text[TLS_ANSWER_TEXT_SIZE];
    check(a->seen != SEEN_NOT_ASKED);
    if (a->seen == SEEN_ACCEPTED) {
        check(a->how == HOW_SERVER_HELLO && a->version == hello_version(offer->version));
        check(offer->version == SSL_2_0 || hello_offers(offer, a->suite));
        check(said->n_kinds <= ANSWER_KINDS_MAX && strlen(said->alpn) < sizeof said->alpn);
    }
    check(said->unoffered == (a->how == HOW_GARBAGE && a->suite != 0) || a->suite == 0);
    check(strlen(tls_answer_text(a, text)) < sizeof text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct hello_offer offer;
    struct rd r = rd_of(bytes, n);
    uint8_t choice = rd_u8(&r);
    struct server_said whole, part;
    size_t need = 0, have = 0;
    bool rest = choice & 8;
    if (n == 0)
        return 0;
    hello_offer_usual(&offer, (enum tls_version)(choice % TLS_VERSIONS),
                      choice & 16 ? SUITES_RARE : SUITES_COMMON, NULL);
    offer.with |= choice & 32 ? HELLO_DEFLATE : 0;
    enum answer_step last = answer_read(r, &offer, rest, &whole, &need);
    enum answer_step step = ANSWER_MORE;
    while (step == ANSWER_MORE && have <= r.left) {
        struct rd begun = rd_of(r.at, have);
        step = answer_read(begun, &offer, rest, &part, &need);
        if (step == ANSWER_MORE) {
            check(need > 0 && need <= ANSWER_BYTES_MAX);
            check(part.answer.seen == SEEN_NOT_ASKED || part.answer.seen == SEEN_ACCEPTED);
            if (part.answer.seen == SEEN_NOT_ASKED)
                check_stopped(begun);
            have += need;
        }
    }
    /* Asking for no more than is needed, the reader misses no answer. */
    check(step == last || (step == ANSWER_MORE && (whole.answer.how == HOW_GARBAGE || rest)));
    if (step == ANSWER_DONE) {
        check_done(&offer, &part);
        check(last == ANSWER_DONE);
        check(part.answer.seen == whole.answer.seen && part.answer.how == whole.answer.how &&
              part.answer.suite == whole.answer.suite);
    }
    return 0;
}
