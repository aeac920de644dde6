#include "tests/unit/handshake/conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static enum talk_step inner_step(struct talk *talk, struct rd *in, struct wr *out)
{
    struct inner *i = (struct inner *)talk;
    if (i->steps++ == 0) {
        assert_int_equal(in->left, 0);
        wr_view(out, rd_text(HELLO));
    }
    wr_view(&i->got, rd_sub(in, i->takes && i->takes < in->left ? i->takes : in->left));
    return i->done ? TALK_DONE : TALK_MORE;
}

static void inner_ended(struct talk *talk, enum talk_end end, struct rd left)
{
    struct inner *i = (struct inner *)talk;
    i->ends++;
    i->end = end;
    i->left_at_end = left.left;
}

static void step(struct conversation *c)
{
    struct rd in = wr_view_of(&c->came);
    enum talk_step next = c->dialect.talk.kind->step(&c->dialect.talk, &in, &c->out);
    assert_false(in.bad);
    assert_int_equal(wr_end(&c->out), OK);
    c->over = next == TALK_DONE;
    assert_true(c->dialect.outcome == DIALECT_AGREED || c->inner.steps == 0);
    assert_true(c->dialect.outcome != DIALECT_TALKING || !c->over);
    if (in.left > 0)
        memmove(c->came.bytes, in.at, in.left);
    c->came.used = in.left;
}

void conversation_begin(struct conversation *c, const char *dialect)
{
    static const struct talk_kind kind = {inner_step, inner_ended};
    const struct dialect *d = dialect_named(dialect);
    assert_non_null(d);
    memset(c, 0, sizeof *c);
    c->inner.talk.kind = &kind;
    wr_init(&c->inner.got, 0);
    wr_init(&c->came, 0);
    wr_init(&c->out, 0);
    dialect_begin(&c->dialect, d, &c->inner.talk);
    step(c);
}

void conversation_end(struct conversation *c)
{
    dialect_end(&c->dialect);
    wr_fini(&c->inner.got);
    wr_fini(&c->came);
    wr_fini(&c->out);
}

void conversation_hear(struct conversation *c, const char *bytes, size_t n)
{
    assert_false(c->over);
    wr_bytes(&c->came, bytes, n);
    step(c);
}

void conversation_cut(struct conversation *c, enum talk_end end)
{
    assert_false(c->over);
    c->dialect.talk.kind->ended(&c->dialect.talk, end, wr_view_of(&c->came));
    c->over = true;
}

void conversation_wrote(struct conversation *c, struct says what)
{
    assert_int_equal(c->out.used, what.n);
    if (what.n > 0)
        assert_memory_equal(c->out.bytes, what.bytes, what.n);
    wr_reset(&c->out);
}

static void assert_result(const struct script *s, const struct conversation *c)
{
    assert_int_equal(c->dialect.outcome, s->outcome);
    assert_string_equal(c->dialect.said, s->said ? s->said : "");
    assert_int_equal(c->dialect.detail, s->detail);
    assert_int_equal(c->over, s->outcome != DIALECT_AGREED);
    assert_int_equal(c->inner.steps > 0, s->outcome == DIALECT_AGREED);
    assert_int_equal(c->inner.got.used, 0);
}

/* One saying in pieces; what is said meanwhile counts at its end. */
static void hear(struct conversation *c, struct says what, size_t piece)
{
    for (size_t at = 0; at < what.n; at += piece)
        conversation_hear(c, what.bytes + at, what.n - at < piece ? what.n - at : piece);
}

static void play(const struct script *s, size_t piece)
{
    struct conversation c;
    conversation_begin(&c, s->dialect);
    conversation_wrote(&c, s->opens);
    for (size_t i = 0; i < TURNS_MAX && s->turns[i].server.n > 0; i++) {
        size_t n = s->turns[i].server.n;
        hear(&c, s->turns[i].server, piece && piece < n ? piece : n);
        conversation_wrote(&c, s->turns[i].client);
    }
    assert_result(s, &c);
    conversation_end(&c);
}

/* Cut off after n bytes of one of its sayings, which are not the whole of it. */
static void play_cut(const struct script *s, size_t turn, size_t n)
{
    struct conversation c;
    conversation_begin(&c, s->dialect);
    for (size_t i = 0; i < turn; i++)
        hear(&c, s->turns[i].server, s->turns[i].server.n);
    if (n > 0)
        conversation_hear(&c, s->turns[turn].server.bytes, n);
    if (!c.over)
        conversation_cut(&c, TALK_END_RESET);
    /* What will be foreign may be so early; nothing else is known before its end. */
    if (c.dialect.outcome != DIALECT_FOREIGN || s->outcome != DIALECT_FOREIGN) {
        assert_int_equal(c.dialect.outcome, DIALECT_ENDED);
        assert_int_equal(c.dialect.end, TALK_END_RESET);
        assert_string_equal(c.dialect.said, "");
    }
    assert_int_equal(c.inner.steps, 0);
    assert_int_equal(c.inner.ends, 0);
    conversation_end(&c);
}

void script_play(const struct script *s)
{
    print_message("%s: %s\n", s->dialect, s->words);
    play(s, 0);
    for (size_t i = 0; i < TURNS_MAX && s->turns[i].server.n > 0; i++)
        for (size_t n = 0; n < s->turns[i].server.n; n++)
            play_cut(s, i, n);
    if (s->outcome != DIALECT_FOREIGN)
        play(s, 1);
}
