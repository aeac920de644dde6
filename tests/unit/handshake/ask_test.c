/* One question, step by step, without a socket. */
#include "handshake/ask.h"
#include "tests/unit/handshake/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t change_of_cipher[] = {20, 3, 3, 0, 1, 1};
static const uint8_t alert_40[] = {21, 3, 3, 0, 2, 2, 40};

static void begin(struct ask *a, struct wr *out, enum tls_version v)
{
    struct rd none = {0};
    hello_offer_usual(&a->offer, v, SUITES_COMMON, NULL);
    a->rest = false;
    ask_begin(a);
    wr_init(out, 0);
    assert_int_equal(a->talk.kind->step(&a->talk, &none, out), TALK_MORE);
    assert_true(out->used > 0);
    assert_true(a->connected);
}

static enum talk_step hear(struct ask *a, struct wr *out, const void *bytes, size_t n)
{
    struct rd in = rd_of(bytes, n);
    wr_reset(out);
    return a->talk.kind->step(&a->talk, &in, out);
}

static void hello_goes_out_and_its_answer_is_taken(void **state)
{
    struct ask a;
    struct wr out;
    (void)state;
    begin(&a, &out, TLS_1_2);
    for (size_t cut = 1; cut < sizeof hello_12; cut++)
        assert_int_equal(hear(&a, &out, hello_12, cut), TALK_MORE);
    assert_int_equal(hear(&a, &out, hello_12, sizeof hello_12), TALK_DONE);
    assert_int_equal(a.said.answer.seen, SEEN_ACCEPTED);
    assert_int_equal(out.used, 0);
    wr_fini(&out);
}

/* hello_retry asks for another group: the second hello has its key and the same random. */
static void retry_is_followed_with_a_key_of_the_group(void **state)
{
    uint8_t first[HELLO_LIMIT], wire[sizeof change_of_cipher + sizeof hello_13];
    struct ask a;
    struct wr out;
    (void)state;
    begin(&a, &out, TLS_1_3);
    memcpy(first, out.bytes, 44);
    assert_int_equal(hear(&a, &out, hello_retry, sizeof hello_retry), TALK_MORE);
    assert_true(a.retried);
    assert_int_not_equal(a.offer.share, GROUP_X25519);
    assert_memory_equal(out.bytes + 11, first + 11, HELLO_RANDOM_SIZE);
    memcpy(wire, change_of_cipher, sizeof change_of_cipher);
    memcpy(wire + sizeof change_of_cipher, hello_13, sizeof hello_13);
    assert_int_equal(hear(&a, &out, wire, 3), TALK_MORE);
    assert_int_equal(hear(&a, &out, wire, sizeof wire), TALK_DONE);
    assert_int_equal(a.said.answer.seen, SEEN_ACCEPTED);
    assert_false(a.said.retry);
    wr_fini(&out);
}

static void retry_names_the_version_whatever_follows(void **state)
{
    struct rd none = {0};
    struct ask a;
    struct wr out;
    (void)state;
    begin(&a, &out, TLS_1_3);
    assert_int_equal(hear(&a, &out, hello_retry, sizeof hello_retry), TALK_MORE);
    assert_int_equal(hear(&a, &out, alert_40, sizeof alert_40), TALK_DONE);
    assert_int_equal(a.said.answer.seen, SEEN_ACCEPTED);
    assert_true(a.said.has_alert);
    assert_int_equal(a.said.late_alert, 40);
    wr_fini(&out);
    begin(&a, &out, TLS_1_3);
    assert_int_equal(hear(&a, &out, hello_retry, sizeof hello_retry), TALK_MORE);
    a.talk.kind->ended(&a.talk, TALK_END_DEADLINE, none);
    assert_int_equal(a.said.answer.seen, SEEN_ACCEPTED);
    wr_fini(&out);
}

/* Without a share of ours the group is all that is wanted. */
static void retry_after_an_empty_list_of_shares_shows_the_group(void **state)
{
    struct rd none = {0};
    struct ask a;
    struct wr out;
    (void)state;
    hello_offer_usual(&a.offer, TLS_1_3, SUITES_COMMON, NULL);
    a.offer.share = 0;
    a.rest = false;
    ask_begin(&a);
    wr_init(&out, 0);
    assert_int_equal(a.talk.kind->step(&a.talk, &none, &out), TALK_MORE);
    assert_int_equal(hear(&a, &out, hello_retry, sizeof hello_retry), TALK_DONE);
    assert_true(a.said.retry);
    assert_int_not_equal(a.said.group, 0);
    wr_fini(&out);
}

static void what_is_no_tls_is_called_what_it_is(void **state)
{
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n";
    struct ask a;
    struct wr out;
    (void)state;
    begin(&a, &out, TLS_1_2);
    assert_int_equal(hear(&a, &out, http, sizeof http - 1), TALK_DONE);
    assert_int_equal(a.said.answer.how, HOW_GARBAGE);
    assert_memory_equal(a.guess, "HTTP", 4);
    wr_fini(&out);
}

static void each_end_has_its_answer(void **state)
{
    static const enum tls_how hows[] = {[TALK_END_CLOSED] = HOW_CLOSED,
                                        [TALK_END_RESET] = HOW_RESET,
                                        [TALK_END_DEADLINE] = HOW_SILENCE,
                                        [TALK_END_NO_CONNECTION] = HOW_NO_CONNECTION};
    struct rd none = {0};
    (void)state;
    for (size_t end = 0; end < COUNT(hows); end++) {
        struct ask a;
        struct wr out;
        begin(&a, &out, TLS_1_1);
        a.talk.kind->ended(&a.talk, (enum talk_end)end, none);
        assert_int_equal(a.said.answer.how, hows[end]);
        wr_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_goes_out_and_its_answer_is_taken),
        cmocka_unit_test(retry_is_followed_with_a_key_of_the_group),
        cmocka_unit_test(retry_names_the_version_whatever_follows),
        cmocka_unit_test(retry_after_an_empty_list_of_shares_shows_the_group),
        cmocka_unit_test(what_is_no_tls_is_called_what_it_is),
        cmocka_unit_test(each_end_has_its_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
