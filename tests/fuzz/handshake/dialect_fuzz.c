/* A server's side of each dialect: the first byte chooses the dialect, the second how its bytes are
 * cut into pieces. Whole or in pieces the answer is one, and it comes with no more than what was
 * said; what it says is printable. */
#include "handshake/dialect.h"

#include <stdlib.h>
#include <string.h>

#define TAKEN_MAX 65536u

struct inner {
    struct talk talk;
    struct wr got;
    unsigned steps, ends;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static enum talk_step inner_step(struct talk *t, struct rd *in, struct wr *out)
{
    struct inner *i = (struct inner *)t;
    check(i->steps > 0 || in->left == 0);
    if (i->steps++ == 0)
        wr_view(out, rd_text("hello"));
    wr_view(&i->got, rd_sub(in, in->left));
    return i->got.used > TAKEN_MAX ? TALK_DONE : TALK_MORE;
}

static void inner_ended(struct talk *t, enum talk_end end, struct rd left)
{
    struct inner *i = (struct inner *)t;
    (void)end;
    check(!left.bad);
    i->ends++;
}

struct heard {
    struct dialect_talk talk;
    struct inner inner;
    struct wr out;
};

static void hear(struct heard *h, const struct dialect *d, struct rd bytes, size_t piece)
{
    static const struct talk_kind kind = {inner_step, inner_ended};
    enum talk_step next = TALK_MORE;
    const uint8_t *at = bytes.at;
    size_t have = 0, taken = 0;
    *h = (struct heard){.inner = {.talk = {&kind}}};
    wr_init(&h->inner.got, 0);
    wr_init(&h->out, 0);
    dialect_begin(&h->talk, d, &h->inner.talk);
    for (;;) {
        struct rd in = have > taken ? rd_of(at + taken, have - taken) : rd_of(NULL, 0);
        next = h->talk.talk.kind->step(&h->talk.talk, &in, &h->out);
        check(!in.bad && wr_end(&h->out) == OK);
        taken = have - in.left;
        check(h->talk.outcome == DIALECT_AGREED || h->inner.steps == 0);
        if (next == TALK_DONE || have == bytes.left)
            break;
        have += piece < bytes.left - have ? piece : bytes.left - have;
    }
    if (next == TALK_MORE)
        h->talk.talk.kind->ended(&h->talk.talk, TALK_END_CLOSED,
                                 rd_of(at ? at + taken : NULL, have - taken));
    check(h->talk.outcome != DIALECT_TALKING);
    for (const char *s = h->talk.said; *s; s++)
        check(*s >= ' ' && *s <= '~');
    check(strlen(h->talk.said) < DIALECT_SAID_SIZE);
}

static void heard_end(struct heard *h)
{
    dialect_end(&h->talk);
    wr_fini(&h->inner.got);
    wr_fini(&h->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct rd r = rd_of(bytes, n);
    struct heard whole, parts;
    uint8_t choice = rd_u8(&r);
    uint8_t piece = rd_u8(&r);
    if (n < 2)
        return 0;
    const struct dialect *d = dialect_at(choice % dialect_count());
    hear(&whole, d, r, r.left + 1);
    hear(&parts, d, r, 1u + piece);
    /* Bytes that come together with the agreement are dropped, and those that come later are not;
     * and of what is foreign, more may be known by then. A refusal is one in both. */
    if (whole.talk.outcome == DIALECT_REFUSED && parts.talk.outcome == DIALECT_REFUSED)
        check(strcmp(whole.talk.said, parts.talk.said) == 0);
    check((whole.talk.outcome == DIALECT_ENDED) == (parts.talk.outcome == DIALECT_ENDED) ||
          whole.talk.outcome == DIALECT_FOREIGN || parts.talk.outcome == DIALECT_FOREIGN);
    heard_end(&whole);
    heard_end(&parts);
    return 0;
}
