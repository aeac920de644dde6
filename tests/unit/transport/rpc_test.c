/* RPC over a channel that a test scripts: what comes back, and in which pieces. */
#include "tests/unit/transport/hex.h"
#include "transport/rpc/pdu.h"
#include "transport/rpc/winreg.h"

#define CHUNKS_MAX 64

/* Gives the chunks one by one; NULL ends the connection. Keeps all that was sent. */
struct script {
    const char *chunks[CHUNKS_MAX];
    size_t at;
    size_t sends, transacts, receives;
    struct wr sent;
};

static enum err script_next(struct script *s, struct wr *in, struct why *why)
{
    const char *text = s->at < CHUNKS_MAX ? s->chunks[s->at++] : NULL;
    struct blob b;

    if (text == NULL)
        return why_set(why, E_CUT, "the script ends");
    b = blob_of(text);
    wr_view(in, blob_view(&b));
    return wr_end(in);
}

static enum err script_send(void *self, struct rd fragment, struct why *why)
{
    struct script *s = self;

    (void)why;
    s->sends++;
    wr_view(&s->sent, fragment);
    return OK;
}

static enum err script_transact(void *self, struct rd fragment, struct wr *in, struct why *why)
{
    struct script *s = self;

    s->transacts++;
    wr_view(&s->sent, fragment);
    return script_next(s, in, why);
}

static enum err script_receive(void *self, struct wr *in, struct why *why)
{
    struct script *s = self;

    s->receives++;
    return script_next(s, in, why);
}

static void begin(struct rpc *r, struct script *s)
{
    wr_init(&s->sent, 0);
    rpc_init(r, (struct rpc_channel){.send = script_send,
                                     .transact = script_transact,
                                     .receive = script_receive,
                                     .self = s});
}

static void end(struct rpc *r, struct script *s)
{
    rpc_fini(r);
    wr_fini(&s->sent);
}

#define ACK_HEAD "05000c03 10000000 4400 0000 01000000 b810 b810 01000000"
#define ACK_ADDRESS "0d00 5c706970655c77696e72656700 00"
#define NDR20 "045d888a eb1cc911 9fe80800 2b104860 02000000"
#define ACK ACK_HEAD ACK_ADDRESS "01000000 0000 0000" NDR20

static enum err bind_with(const char *answer, struct why *why)
{
    struct script s = {.chunks = {answer}};
    struct rpc r;
    enum err e;

    begin(&r, &s);
    e = rpc_bind(&r, &winreg_interface, why);
    assert_true(e == OK || r.broken);
    end(&r, &s);
    return e;
}

static void bind_is_accepted(void **state)
{
    (void)state;
    assert_int_equal(bind_with(ACK, NULL), OK);
}

static void bind_answer_cut_anywhere_is_refused(void **state)
{
    struct blob ack = blob_of(ACK);

    (void)state;
    for (size_t n = PDU_HEADER_SIZE; n < ack.n; n++) {
        struct blob cut = ack;
        struct pdu_bind_ack out;
        uint8_t *copy = exact_copy(cut.bytes, n);

        assert_int_equal(pdu_bind_ack_get(rd_of(copy, n), &out, NULL), E_SHORT);
        free(copy);
    }
}

static void refused_bind_says_why(void **state)
{
    struct why why = {0};

    (void)state;
    assert_int_equal(bind_with(ACK_HEAD ACK_ADDRESS "01000000 0200 0100" NDR20, &why),
                     E_UNSUPPORTED);
    assert_non_null(strstr(why.text, "interface is not there"));
    assert_int_equal(bind_with("05000d03 10000000 1500 0000 01000000 0400 01 0500", &why),
                     E_UNSUPPORTED);
    assert_int_equal(bind_with("05000d03 10000000 1500 0000 01000000 0800 01 0500", &why),
                     E_DENIED);
    assert_int_equal(bind_with("05000d03 10000000 1500 0000 01000000 0100 01 0500", &why),
                     E_UNAVAILABLE);
    assert_int_equal(bind_with("05000d03 10000000 1500 0000 01000000 0000 01 0500", &why),
                     E_REFUSED);
    assert_int_equal(bind_with("05000d03 10000000 1000 0000 01000000", &why), E_PROTOCOL);
}

static void strange_answers_to_a_bind_are_protocol_errors(void **state)
{
    (void)state;
    /* another transfer syntax; a fragment limit that no server may have; two results; a response */
    assert_int_equal(bind_with(ACK_HEAD ACK_ADDRESS "01000000 0000 0000"
                                                    "33057171 babe3749 8319b5db ef9ccc36 01000000",
                               NULL),
                     E_PROTOCOL);
    assert_int_equal(bind_with("05000c03 10000000 4400 0000 01000000 b810 0004 01000000" ACK_ADDRESS
                               "01000000 0000 0000" NDR20,
                               NULL),
                     E_PROTOCOL);
    assert_int_equal(bind_with(ACK_HEAD ACK_ADDRESS "02000000 0000 0000" NDR20, NULL), E_PROTOCOL);
    assert_int_equal(bind_with("05000203 10000000 1800 0000 01000000 00000000 00000000", NULL),
                     E_PROTOCOL);
    assert_int_equal(bind_with(ACK "00", NULL), E_PROTOCOL); /* more behind it */
    assert_int_equal(bind_with("04000c03 10000000 1000 0000 01000000", NULL),
                     E_PROTOCOL); /* version 4 */
    assert_int_equal(bind_with("05000c03 00000000 1000 0000 01000000", NULL),
                     E_UNSUPPORTED); /* big-endian */
    assert_int_equal(bind_with("05000c03 10000000 0f00 0000 01000000", NULL),
                     E_PROTOCOL); /* size < header */
    assert_int_equal(bind_with(NULL, NULL), E_CUT);
}

/* One call of operation 5 with a 4-byte stub, answered by the chunks. */
static enum err call_with(struct script *s, const char *expected_reply, struct rpc *kept)
{
    struct rpc r;
    struct rd reply;
    enum err e;

    begin(&r, s);
    ndr_put_u32(rpc_begin(&r), 7);
    e = rpc_call(&r, 5, &reply, NULL);
    if (e == OK && expected_reply != NULL)
        assert_bytes(reply, expected_reply);
    if (kept != NULL)
        *kept = r;
    end(&r, s);
    return e;
}

static void call_goes_out_and_its_answer_comes_back(void **state)
{
    struct script s = {
        .chunks = {"05000203 10000000 1c00 0000 01000000 04000000 00000000 aabbccdd"}};
    struct rpc r;
    struct rd reply;

    (void)state;
    begin(&r, &s);
    ndr_put_u32(rpc_begin(&r), 7);
    assert_int_equal(rpc_call(&r, 5, &reply, NULL), OK);
    assert_bytes(reply, "aabbccdd");
    assert_bytes(wr_view_of(&s.sent),
                 "05000003 10000000 1c00 0000 01000000 04000000 0000 0500 07000000");
    end(&r, &s);
}

static void answer_in_many_fragments_and_pieces_is_put_together(void **state)
{
    /* three fragments: in three pieces, in one, and cut at odd places */
    struct script three = {
        .chunks = {"05000201 10000000 1a00 0000 01000000 06000000 00000000 aabb",
                   "05000200 10000000 1a00 0000 01000000 04000000 00000000 ccdd",
                   "05000202 10000000 1a00 0000 01000000 02000000 00000000 eeff"}};
    struct script one = {.chunks = {"05000201 10000000 1a00 0000 01000000 06000000 00000000 aabb"
                                    "05000200 10000000 1a00 0000 01000000 04000000 00000000 ccdd"
                                    "05000202 10000000 1a00 0000 01000000 02000000 00000000 eeff"}};
    struct script odd = {
        .chunks = {"05", "000201 10000000 1a00 0000 01000000 06000000 00000000 aabb 0500",
                   "0200 10000000 1a00", "0000 01000000 04000000 00000000 cc",
                   "dd 05000202 10000000 1a00 0000 01000000 02000000 00000000 eeff"}};

    (void)state;
    assert_int_equal(call_with(&three, "aabbccddeeff", NULL), OK);
    assert_int_equal(three.receives, 2);
    assert_int_equal(call_with(&one, "aabbccddeeff", NULL), OK);
    assert_int_equal(one.receives, 0);
    assert_int_equal(call_with(&odd, "aabbccddeeff", NULL), OK);
}

static void fault_is_an_error_with_a_name_and_leaves_the_channel_good(void **state)
{
    struct script s = {
        .chunks = {"05000323 10000000 2000 0000 01000000 20000000 00000000 0200011c 00000000"}};
    struct rpc r;
    struct rd reply;
    struct why why = {0};

    (void)state;
    begin(&r, &s);
    (void)rpc_begin(&r);
    assert_int_equal(rpc_call(&r, 99, &reply, &why), E_UNSUPPORTED);
    assert_string_equal(why.native_name, "nca_s_op_rng_error");
    assert_int_equal(why.native, 0x1c010002);
    assert_false(r.broken);
    assert_true(reply.bad);
    end(&r, &s);
}

static void forgotten_handles_end_the_channel(void **state)
{
    struct script s = {
        .chunks = {"05000323 10000000 2000 0000 01000000 20000000 00000000 1a00001c 00000000"}};
    struct rpc r;

    (void)state;
    assert_int_equal(call_with(&s, NULL, &r), E_CUT);
    assert_true(r.broken);
}

static void faults_mean_what_they_say(void **state)
{
    struct why why = {0};

    (void)state;
    assert_int_equal(rpc_fault_fail(&why, 5), E_DENIED);
    assert_int_equal(rpc_fault_fail(&why, 0x6f7), E_PROTOCOL);
    assert_string_equal(why.native_name, "RPC_X_BAD_STUB_DATA");
    assert_int_equal(rpc_fault_fail(&why, 0x6ba), E_UNAVAILABLE);
    assert_int_equal(rpc_fault_fail(&why, 0x1c010003), E_UNSUPPORTED);
    assert_int_equal(rpc_fault_fail(&why, 0x1c00001d), E_DENIED);
    assert_int_equal(rpc_fault_fail(&why, 0x12345678), E_REFUSED);
    assert_string_equal(why.native_name, "");
}

static void broken_answers_break_the_channel(void **state)
{
    static const char *const answers[][3] = {
        /* wrong call; authentication; a bind_ack; out of order; first twice; more behind the end */
        {"05000203 10000000 1800 0000 02000000 00000000 00000000"},
        {"05000203 10000000 1800 0800 01000000 00000000 00000000"},
        {"05000c03 10000000 1800 0000 01000000 00000000 00000000"},
        {"05000202 10000000 1800 0000 01000000 00000000 00000000"},
        {"05000201 10000000 1a00 0000 01000000 00000000 00000000 aabb",
         "05000203 10000000 1a00 0000 01000000 00000000 00000000 ccdd"},
        {"05000203 10000000 1800 0000 01000000 00000000 00000000 00"},
        /* ends before the stub; nothing comes */
        {"05000203 10000000 1700 0000 01000000 00000000 000000"},
        {"05000203 10000000 2000 0000 01000000 00000000 00000000", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        struct script s = {.chunks = {answers[i][0], answers[i][1], answers[i][2]}};
        struct rpc r;

        assert_int_equal(call_with(&s, NULL, &r), E_PROTOCOL);
        assert_true(r.broken);
    }
}

static void broken_channel_gives_cut_and_sends_nothing(void **state)
{
    struct script s = {.chunks = {NULL}};
    struct rpc r;
    struct rd reply;

    (void)state;
    begin(&r, &s);
    (void)rpc_begin(&r);
    assert_int_equal(rpc_call(&r, 5, &reply, NULL), E_CUT);
    assert_int_equal(s.transacts, 1);
    (void)rpc_begin(&r);
    assert_int_equal(rpc_call(&r, 5, &reply, NULL), E_CUT);
    assert_int_equal(s.transacts, 1);
    end(&r, &s);
}

/* Takes apart what was sent: the flags and hints of each fragment are right, the stubs make the
 * whole. */
static void long_call_goes_out_in_fragments(void **state)
{
    struct script s = {.chunks = {"05000203 10000000 1800 0000 01000000 00000000 00000000"}};
    enum {
        SIZE = 10000,
        ROOM = RPC_FRAGMENT_SIZE - PDU_REQUEST_HEADER_SIZE
    };
    static uint8_t stub[SIZE];
    struct rpc r;
    struct rd reply, sent;
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        stub[i] = (uint8_t)(i * 7);
    begin(&r, &s);
    wr_bytes(rpc_begin(&r), stub, SIZE);
    assert_int_equal(rpc_call(&r, 22, &reply, NULL), OK);
    assert_int_equal(s.sends, 2);
    assert_int_equal(s.transacts, 1);
    sent = wr_view_of(&s.sent);
    while (sent.left > 0) {
        struct rd head = rd_at(sent, 0, PDU_HEADER_SIZE), pdu;
        struct pdu_header ph;
        size_t n = SIZE - at < ROOM ? SIZE - at : ROOM;

        assert_int_equal(pdu_header_get(&head, &ph), OK);
        assert_int_equal(ph.flags, (at == 0 ? PDU_FIRST : 0) | (at + n == SIZE ? PDU_LAST : 0));
        pdu = rd_sub(&sent, ph.size);
        rd_skip(&pdu, PDU_HEADER_SIZE);
        assert_int_equal(rd_le32(&pdu), SIZE - at);
        rd_skip(&pdu, 4);
        assert_int_equal(pdu.left, n);
        assert_memory_equal(pdu.at, stub + at, n);
        at += n;
    }
    assert_int_equal(at, SIZE);
    end(&r, &s);
}

static void servers_smaller_fragments_are_honoured(void **state)
{
    struct script s = {
        .chunks = {"05000c03 10000000 4400 0000 01000000 b810 9805 01000000" ACK_ADDRESS
                   "01000000 0000 0000" NDR20,
                   "05000203 10000000 1800 0000 02000000 00000000 00000000"}};
    struct rpc r;
    struct rd reply;

    (void)state;
    begin(&r, &s);
    assert_int_equal(rpc_bind(&r, &winreg_interface, NULL), OK);
    wr_zeros(rpc_begin(&r), 3000); /* 1408 bytes fit one fragment of 1432 */
    assert_int_equal(rpc_call(&r, 22, &reply, NULL), OK);
    assert_int_equal(s.sends, 2);
    end(&r, &s);
}

static void call_that_is_too_long_is_not_sent(void **state)
{
    struct script s = {.chunks = {NULL}};
    struct rpc r;
    struct rd reply;

    (void)state;
    begin(&r, &s);
    wr_zeros(rpc_begin(&r), RPC_STUB_MAX + 1);
    assert_int_equal(rpc_call(&r, 22, &reply, NULL), E_LIMIT);
    assert_int_equal(s.sends + s.transacts, 0);
    assert_false(r.broken);
    end(&r, &s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bind_is_accepted),
        cmocka_unit_test(bind_answer_cut_anywhere_is_refused),
        cmocka_unit_test(refused_bind_says_why),
        cmocka_unit_test(strange_answers_to_a_bind_are_protocol_errors),
        cmocka_unit_test(call_goes_out_and_its_answer_comes_back),
        cmocka_unit_test(answer_in_many_fragments_and_pieces_is_put_together),
        cmocka_unit_test(fault_is_an_error_with_a_name_and_leaves_the_channel_good),
        cmocka_unit_test(forgotten_handles_end_the_channel),
        cmocka_unit_test(faults_mean_what_they_say),
        cmocka_unit_test(broken_answers_break_the_channel),
        cmocka_unit_test(broken_channel_gives_cut_and_sends_nothing),
        cmocka_unit_test(long_call_goes_out_in_fragments),
        cmocka_unit_test(servers_smaller_fragments_are_honoured),
        cmocka_unit_test(call_that_is_too_long_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
