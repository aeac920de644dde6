/* SQL Server's PRELOGIN, and TLS in TDS packets, byte for byte. */
#include "tests/unit/handshake/conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GO SAYS(HELLO)
#define NOTHING SAYS("")
#define ONE(bytes, answer)      \
    {                           \
        {                       \
            SAYS(bytes), answer \
        }                       \
    }

/* MS-TDS 4.1, with another version and ENCRYPT_ON. */
#define TDS_ASKS SAYS("\x12\x01\x00\x2f\x00\x00\x00\x00" \
                      "\x00\x00\x1a\x00\x06"             \
                      "\x01\x00\x20\x00\x01"             \
                      "\x02\x00\x21\x00\x01"             \
                      "\x03\x00\x22\x00\x04"             \
                      "\x04\x00\x26\x00\x01\xff"         \
                      "\x09\x00\x00\x00\x00\x00"         \
                      "\x01\x00\x00\x00\x00\x00\x00")
#define TDS_OPTIONS "\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x0f\x00\x07\xd0\x00\x00"
#define TDS_ANSWER(encryption) "\x04\x01\x00\x1a\x00\x00\x01\x00" TDS_OPTIONS encryption
#define TDS_HELLO SAYS("\x12\x01\x00\x0f\x00\x00\x00\x00" HELLO)

static const struct script mssql[] = {
    {.words = "for the login alone",
     .opens = TDS_ASKS,
     .turns = ONE(TDS_ANSWER("\x00"), TDS_HELLO),
     .outcome = DIALECT_AGREED,
     .detail = 0},
    {.words = "on",
     .opens = TDS_ASKS,
     .turns = ONE(TDS_ANSWER("\x01"), TDS_HELLO),
     .outcome = DIALECT_AGREED,
     .detail = 1},
    {.words = "required",
     .opens = TDS_ASKS,
     .turns = ONE(TDS_ANSWER("\x03"), TDS_HELLO),
     .outcome = DIALECT_AGREED,
     .detail = 3},
    {.words = "required, with a client certificate",
     .opens = TDS_ASKS,
     .turns = ONE(TDS_ANSWER("\x83"), TDS_HELLO),
     .outcome = DIALECT_AGREED,
     .detail = 0x83},
    {.words = "not supported",
     .opens = TDS_ASKS,
     .turns = ONE(TDS_ANSWER("\x02"), NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it has no encryption (ENCRYPT_NOT_SUP)",
     .detail = 2},
    {.words = "an answer in three packets, one of them empty",
     .opens = TDS_ASKS,
     .turns = ONE("\x04\x00\x00\x0e\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01"
                  "\x04\x00\x00\x08\x00\x00\x02\x00"
                  "\x04\x01\x00\x14\x00\x00\x03\x00\x00\x11\x00\x01\xff"
                  "\x0f\x00\x07\xd0\x00\x00\x01",
                  TDS_HELLO),
     .outcome = DIALECT_AGREED,
     .detail = 1},
    {.words = "an answer that is not known",
     .opens = TDS_ASKS,
     .turns = ONE(TDS_ANSWER("\x07"), NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "SQL Server (TDS)",
     .detail = 7},
    {.words = "no word of encryption",
     .opens = TDS_ASKS,
     .turns = ONE("\x04\x01\x00\x14\x00\x00\x01\x00\x00\x00\x06\x00\x06\xff"
                  "\x0f\x00\x07\xd0\x00\x00",
                  NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "SQL Server (TDS)"},
    {.words = "encryption behind the end",
     .opens = TDS_ASKS,
     .turns = ONE("\x04\x01\x00\x0e\x00\x00\x01\x00\x01\x00\x06\x00\x01\xff", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "SQL Server (TDS)"},
    {.words = "options without end",
     .opens = TDS_ASKS,
     .turns = ONE("\x04\x01\x00\x0d\x00\x00\x01\x00\x00\x00\x05\x00\x00", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "SQL Server (TDS)"},
    {.words = "a packet shorter than its head",
     .opens = TDS_ASKS,
     .turns = ONE("\x04\x01\x00\x07\x00\x00\x01\x00", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "SQL Server (TDS)"},
};

static void mssql_reads_the_answer_to_prelogin(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mssql); i++) {
        struct script s = mssql[i];
        s.dialect = "mssql";
        script_play(&s);
    }
}

/* --- TLS in TDS packets --- */

static void mssql_agreed(struct conversation *c)
{
    static const char answer[] = TDS_ANSWER("\x01");
    conversation_begin(c, "mssql");
    conversation_hear(c, answer, sizeof answer - 1);
    assert_int_equal(c->dialect.outcome, DIALECT_AGREED);
    wr_reset(&c->out);
}

static void assert_got(struct conversation *c, const char *what)
{
    assert_int_equal(c->inner.got.used, strlen(what));
    if (*what)
        assert_memory_equal(c->inner.got.bytes, what, strlen(what));
    wr_reset(&c->inner.got);
}

static void tls_comes_out_of_packets_as_it_comes_in(void **state)
{
    struct conversation c;
    (void)state;
    mssql_agreed(&c);
    conversation_hear(&c, "\x12\x00\x00\x0b\x00\x00\x01", 7);
    assert_got(&c, "");
    conversation_hear(&c, "\x00\x61", 2);
    assert_got(&c, "a");
    conversation_hear(&c, "bc\x12\x00\x00\x08\x00\x00\x02\x00", 10);
    assert_got(&c, "bc");
    conversation_hear(&c, "\x04\x01\x00\x0a\x00\x00\x03\x00xy", 10);
    assert_got(&c, "xy");
    conversation_end(&c);
}

static void tls_without_packets_is_tls_all_the_same(void **state)
{
    struct conversation c;
    (void)state;
    mssql_agreed(&c);
    conversation_hear(&c, "\x15\x03\x01", 3);
    assert_got(&c, "\x15\x03\x01");
    conversation_hear(&c, "\x12\x34", 2);
    assert_got(&c, "\x12\x34");
    conversation_end(&c);
}

static void a_packet_shorter_than_its_head_is_for_tls_to_name(void **state)
{
    struct conversation c;
    (void)state;
    mssql_agreed(&c);
    conversation_hear(&c, "\x12\x01\x01\x09\x01\x01\x01\x01z", 9);
    assert_got(&c, "z");
    conversation_hear(&c, "yyyy", 4);
    assert_got(&c, "yyyy");
    conversation_cut(&c, TALK_END_CLOSED);
    conversation_end(&c);
    mssql_agreed(&c);
    conversation_hear(&c, "\x12\x01\x00\x07zzzz", 8);
    assert_int_equal(c.inner.got.used, 8);
    conversation_end(&c);
}

static void what_tls_leaves_is_given_to_it_again(void **state)
{
    struct conversation c;
    (void)state;
    mssql_agreed(&c);
    c.inner.takes = 2;
    conversation_hear(&c, "\x12\x01\x00\x0d\x00\x00\x01\x00"
                          "abcde",
                      13);
    assert_got(&c, "ab");
    conversation_hear(&c, "\x12", 1);
    assert_got(&c, "cd");
    conversation_cut(&c, TALK_END_RESET);
    assert_int_equal(c.inner.ends, 1);
    assert_int_equal(c.inner.end, TALK_END_RESET);
    assert_int_equal(c.inner.left_at_end, 1);
    conversation_end(&c);
}

/* A talk that never takes anything holds a bounded number of bytes. */
static void packets_that_nobody_takes_are_not_kept_for_ever(void **state)
{
    struct conversation c;
    size_t sent = 0;
    char *packet = calloc(1, 0xffff);
    (void)state;
    assert_non_null(packet);
    memcpy(packet, "\x12\x01\xff\xff", 4);
    mssql_agreed(&c);
    c.inner.takes = 1;
    for (; sent < 16; sent++)
        conversation_hear(&c, packet, 0xffff);
    assert_true(c.dialect.came.used <= 256u << 10);
    assert_true(c.came.used + c.dialect.came.used + c.inner.got.used + 16 * 8u >= 16 * 0xffffu);
    c.inner.takes = 0;
    while (c.came.used > 0)
        conversation_hear(&c, "", 0);
    assert_int_equal(c.inner.got.used, 16 * (0xffff - 8));
    conversation_end(&c);
    free(packet);
}

/* Writes much at its first step. */
static enum talk_step much_step(struct talk *t, struct rd *in, struct wr *out)
{
    (void)t;
    rd_skip(in, in->left);
    wr_zeros(out, 4088 + 4088 + 1);
    return TALK_DONE;
}

static void much_tls_leaves_in_packets_of_4096(void **state)
{
    static const struct talk_kind kind = {.step = much_step};
    static const char answer[] = TDS_ANSWER("\x01");
    struct talk inner = {&kind};
    struct dialect_talk t;
    struct wr out;
    struct rd in = rd_of(answer, sizeof answer - 1);
    (void)state;
    wr_init(&out, 0);
    dialect_begin(&t, dialect_named("mssql"), &inner);
    assert_int_equal(t.talk.kind->step(&t.talk, &in, &out), TALK_DONE);
    struct rd r = wr_view_of(&out);
    rd_skip(&r, 47);
    static const struct {
        uint8_t status;
        uint16_t size;
    } want[] = {{0, 4096}, {0, 4096}, {1, 9}};
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(rd_u8(&r), 0x12);
        assert_int_equal(rd_u8(&r), want[i].status);
        assert_int_equal(rd_be16(&r), want[i].size);
        rd_skip(&r, want[i].size - 4u);
    }
    assert_int_equal(rd_end(&r), OK);
    wr_fini(&out);
    dialect_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mssql_reads_the_answer_to_prelogin),
        cmocka_unit_test(tls_comes_out_of_packets_as_it_comes_in),
        cmocka_unit_test(tls_without_packets_is_tls_all_the_same),
        cmocka_unit_test(a_packet_shorter_than_its_head_is_for_tls_to_name),
        cmocka_unit_test(what_tls_leaves_is_given_to_it_again),
        cmocka_unit_test(packets_that_nobody_takes_are_not_kept_for_ever),
        cmocka_unit_test(much_tls_leaves_in_packets_of_4096),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
