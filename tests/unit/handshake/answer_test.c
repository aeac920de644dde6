#include "handshake/answer.h"
#include "tests/unit/handshake/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { RECORD_HEADER = 5 };

static enum answer_step look(struct rd bytes, enum tls_version version, struct tls_answer *out)
{
    struct hello_offer offer;
    struct server_said said;
    size_t need = 0;
    hello_offer_usual(&offer, version, SUITES_COMMON, NULL);
    enum answer_step step = answer_read(bytes, &offer, false, &said, &need);
    if (step == ANSWER_MORE)
        assert_true(need > 0);
    *out = said.answer;
    return step;
}

static struct tls_answer judged(struct rd bytes, enum tls_version version)
{
    struct tls_answer answer;
    assert_int_equal(look(bytes, version, &answer), ANSWER_DONE);
    return answer;
}

static void assert_how(const void *bytes, size_t n, enum tls_how how)
{
    struct tls_answer answer = judged(rd_of(bytes, n), TLS_1_2);
    assert_string_equal(tls_how_word(answer.how), tls_how_word(how));
}

/* The message of a captured record, each piece of at most `piece` bytes in a record of its own. */
static void put_split(struct wr *w, const uint8_t *record, size_t n, size_t piece)
{
    for (size_t at = RECORD_HEADER; at < n; at += piece) {
        size_t here = piece < n - at ? piece : n - at;
        wr_bytes(w, record, 3);
        wr_be16(w, here);
        wr_bytes(w, record + at, here);
    }
}

static void real_server_hellos_are_accepted(void **state)
{
    (void)state;
    struct tls_answer a = judged(rd_of(hello_10, sizeof hello_10), TLS_1_0);
    assert_int_equal(a.seen, SEEN_ACCEPTED);
    assert_int_equal(a.version, 0x0301);
    assert_int_equal(a.suite, 0xc014);
    a = judged(rd_of(hello_12, sizeof hello_12), TLS_1_2);
    assert_int_equal(a.seen, SEEN_ACCEPTED);
    assert_int_equal(a.suite, 0xc030);
    a = judged(rd_of(hello_13, sizeof hello_13), TLS_1_3);
    assert_int_equal(a.seen, SEEN_ACCEPTED);
    assert_int_equal(a.version, 0x0304);
    assert_int_equal(a.suite, 0x1302);
}

static void hello_retry_request_is_accepted_as_tls_13(void **state)
{
    (void)state;
    struct tls_answer a = judged(rd_of(hello_retry, sizeof hello_retry), TLS_1_3);
    assert_int_equal(a.how, HOW_SERVER_HELLO);
    assert_int_equal(a.version, 0x0304);
}

static void server_hello_of_another_version_is_refused(void **state)
{
    (void)state;
    struct tls_answer a = judged(rd_of(hello_10, sizeof hello_10), TLS_1_2);
    assert_int_equal(a.how, HOW_OTHER_VERSION);
    assert_int_equal(a.seen, SEEN_REFUSED);
    assert_int_equal(a.version, 0x0301);
    a = judged(rd_of(hello_12, sizeof hello_12), TLS_1_3);
    assert_int_equal(a.how, HOW_OTHER_VERSION);
    assert_int_equal(a.version, 0x0303);
    a = judged(rd_of(hello_13, sizeof hello_13), TLS_1_2);
    assert_int_equal(a.how, HOW_OTHER_VERSION);
    assert_int_equal(a.version, 0x0304);
}

/* Every shorter piece wants more, never more than there is, and is no refusal if it is all that
 * comes. */
static void check_truncations(const uint8_t *wire, size_t n, enum tls_version version)
{
    struct hello_offer offer;
    hello_offer_usual(&offer, version, SUITES_COMMON, NULL);
    for (size_t cut = 0; cut < n; cut++) {
        struct server_said said;
        size_t need = 0;
        struct rd part = rd_of(wire, cut);
        assert_int_equal(answer_read(part, &offer, false, &said, &need), ANSWER_MORE);
        assert_in_range(need, 1, n - cut);
        assert_int_equal(said.answer.seen, SEEN_NOT_ASKED);
        assert_int_equal(answer_stopped(part, END_DEADLINE).seen, SEEN_INCONCLUSIVE);
        if (cut > 0) {
            assert_int_equal(answer_stopped(part, END_CLOSED).how, HOW_GARBAGE);
            assert_int_equal(answer_stopped(part, END_RESET).seen, SEEN_INCONCLUSIVE);
        }
    }
}

static void truncated_server_hello_wants_more_at_every_length(void **state)
{
    (void)state;
    check_truncations(hello_10, sizeof hello_10, TLS_1_0);
    check_truncations(hello_12, sizeof hello_12, TLS_1_2);
    check_truncations(hello_13, sizeof hello_13, TLS_1_3);
    check_truncations(hello_retry, sizeof hello_retry, TLS_1_3);
}

/* The message itself shortened, its lengths made to fit: that is a ServerHello only where the
 * extensions begin, as before TLS 1.3 they may be missing. */
static void shortened_server_hello_is_garbage(void **state)
{
    size_t accepted = 0;
    (void)state;
    for (size_t size = 0; size < sizeof hello_13 - RECORD_HEADER - 4; size++) {
        uint8_t wire[sizeof hello_13];
        memcpy(wire, hello_13, sizeof wire);
        wire[4] = (uint8_t)(size + 4);
        wire[8] = (uint8_t)size;
        struct tls_answer a = judged(rd_of(wire, RECORD_HEADER + 4 + size), TLS_1_3);
        if (a.how != HOW_GARBAGE) { /* without extensions it is a TLS 1.2 one */
            assert_int_equal(a.how, HOW_OTHER_VERSION);
            accepted++;
        }
    }
    assert_int_equal(accepted, 1);
}

static void server_hello_may_be_spread_over_records(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= 60; piece++) {
        struct wr w;
        struct tls_answer answer;
        wr_init(&w, 0);
        put_split(&w, hello_13, sizeof hello_13, piece);
        assert_int_equal(judged(wr_view_of(&w), TLS_1_3).suite, 0x1302);
        for (size_t cut = 0; cut < w.used; cut++)
            assert_int_equal(look(rd_of(w.bytes, cut), TLS_1_3, &answer), ANSWER_MORE);
        wr_fini(&w);
    }
}

static void bytes_after_the_server_hello_are_not_looked_at(void **state)
{
    uint8_t wire[sizeof hello_12 + 3];
    (void)state;
    memcpy(wire, hello_12, sizeof hello_12);
    memset(wire + sizeof hello_12, 0xee, 3);
    assert_int_equal(judged(rd_of(wire, sizeof wire), TLS_1_2).seen, SEEN_ACCEPTED);
    /* and a record that also holds the certificate need not have come wholly */
    wire[3] = 0x3f;
    assert_int_equal(judged(rd_of(wire, sizeof hello_12), TLS_1_2).seen, SEEN_ACCEPTED);
}

static void alert_is_a_refusal_with_its_number(void **state)
{
    static const uint8_t alert_70[] = {21, 3, 1, 0, 2, 2, 70};
    static const uint8_t close_notify[] = {21, 3, 3, 0, 2, 1, 0};
    static const uint8_t in_halves[] = {21, 3, 3, 0, 1, 2, 21, 3, 3, 0, 1, 40};
    (void)state;
    struct tls_answer a = judged(rd_of(alert_70, sizeof alert_70), TLS_1_2);
    assert_int_equal(a.how, HOW_ALERT);
    assert_int_equal(a.seen, SEEN_REFUSED);
    assert_int_equal(a.alert, 70);
    a = judged(rd_of(close_notify, sizeof close_notify), TLS_1_2);
    assert_int_equal(a.how, HOW_ALERT);
    assert_int_equal(a.alert, 0);
    a = judged(rd_of(in_halves, sizeof in_halves), TLS_1_2);
    assert_int_equal(a.alert, 40);
    for (size_t cut = 0; cut < sizeof alert_70; cut++)
        assert_int_equal(look(rd_of(alert_70, cut), TLS_1_2, &a), ANSWER_MORE);
}

static void warning_about_the_name_is_passed_over(void **state)
{
    static const uint8_t warning[] = {21, 3, 3, 0, 2, 1, 112};
    uint8_t wire[sizeof warning + sizeof hello_12];
    struct tls_answer a;
    (void)state;
    memcpy(wire, warning, sizeof warning);
    memcpy(wire + sizeof warning, hello_12, sizeof hello_12);
    assert_int_equal(judged(rd_of(wire, sizeof wire), TLS_1_2).seen, SEEN_ACCEPTED);
    assert_int_equal(look(rd_of(warning, sizeof warning), TLS_1_2, &a), ANSWER_MORE);
    a = answer_stopped(rd_of(warning, sizeof warning), END_CLOSED);
    assert_int_equal(a.how, HOW_ALERT);
    assert_int_equal(a.alert, 112);
    assert_int_equal(answer_stopped(rd_of(warning, sizeof warning), END_DEADLINE).how, HOW_SILENCE);
    for (size_t cut = sizeof warning + 1; cut < sizeof wire; cut++)
        assert_int_equal(answer_stopped(rd_of(wire, cut), END_CLOSED).how, HOW_GARBAGE);
}

static void other_protocols_are_garbage(void **state)
{
    static const uint8_t sslv2[] = {0x80, 0x0b, 0x04, 0, 0, 0, 2};
    static const uint8_t bad_level[] = {21, 3, 3, 0, 2, 3, 70};
    static const uint8_t ccs[] = {20, 3, 3, 0, 1, 1};
    static const uint8_t empty_record[] = {22, 3, 3, 0, 0};
    static const uint8_t major_2[] = {22, 2, 0, 0, 4};
    static const uint8_t client_hello[] = {22, 3, 1, 0, 4, 1};
    (void)state;
    assert_how("HTTP/1.1 400 Bad Request\r\n", 26, HOW_GARBAGE);
    assert_how("SSH-2.0-OpenSSH_9.2\r\n", 21, HOW_GARBAGE);
    assert_how("2", 1, HOW_GARBAGE); /* the first byte is enough */
    assert_how(sslv2, sizeof sslv2, HOW_GARBAGE);
    assert_how(bad_level, sizeof bad_level, HOW_GARBAGE);
    assert_how(ccs, sizeof ccs, HOW_GARBAGE);
    assert_how(empty_record, sizeof empty_record, HOW_GARBAGE);
    assert_how(major_2, sizeof major_2, HOW_GARBAGE);
    assert_how(client_hello, sizeof client_hello, HOW_GARBAGE); /* an echo service */
}

static void oversize_is_garbage(void **state)
{
    static const uint8_t long_record[] = {22, 3, 3, 0x40, 0x01};
    static const uint8_t long_message[] = {22, 3, 3, 0, 4, 2, 0, 0x20, 0x01};
    static const uint8_t warning[] = {21, 3, 3, 0, 2, 1, 112};
    struct wr w;
    struct tls_answer a;
    (void)state;
    assert_how(long_record, sizeof long_record, HOW_GARBAGE);
    assert_how(long_message, sizeof long_message, HOW_GARBAGE);
    wr_init(&w, 0);
    while (w.used < ANSWER_BYTES_MAX) { /* warnings without end */
        assert_int_equal(w.used % 4096 == 0 ? look(wr_view_of(&w), TLS_1_2, &a) : ANSWER_MORE,
                         ANSWER_MORE);
        wr_bytes(&w, warning, sizeof warning);
    }
    assert_int_equal(look(wr_view_of(&w), TLS_1_2, &a), ANSWER_DONE);
    assert_int_equal(a.how, HOW_GARBAGE);
    wr_fini(&w);
}

/* One byte of a good ServerHello changed. */
static struct tls_answer changed(size_t at, uint8_t to, enum tls_version version)
{
    uint8_t wire[sizeof hello_13];
    memcpy(wire, hello_13, sizeof wire);
    wire[at] = to;
    return judged(rd_of(wire, sizeof wire), version);
}

static void server_hello_that_breaks_the_rules_is_garbage(void **state)
{
    const size_t legacy = 10, id = 43, suite = 77, compression = 78, first_ext = 81;
    (void)state;
    assert_int_equal(hello_13[first_ext + 1], 43); /* the offsets are those of the capture */
    assert_int_equal(changed(legacy, 0x02, TLS_1_3).how, HOW_GARBAGE);
    assert_int_equal(changed(legacy, 0x04, TLS_1_3).how, HOW_GARBAGE);
    assert_int_equal(changed(legacy - 1, 0x7f, TLS_1_3).how, HOW_GARBAGE);
    assert_int_equal(changed(id, 33, TLS_1_3).how, HOW_GARBAGE);
    assert_int_equal(changed(suite, 0x99, TLS_1_3).how, HOW_GARBAGE); /* not offered */
    assert_int_equal(changed(compression, 1, TLS_1_3).how, HOW_GARBAGE);
    assert_int_equal(changed(first_ext + 5, 3, TLS_1_3).how, HOW_GARBAGE); /* 1.2 by extension */
    assert_int_equal(changed(first_ext + 3, 1, TLS_1_3).how, HOW_GARBAGE);
    assert_int_equal(changed(first_ext + 7, 43, TLS_1_3).how, HOW_GARBAGE); /* twice */
}

static void suite_of_the_other_list_is_not_taken(void **state)
{
    struct hello_offer rare;
    struct server_said said;
    size_t need;
    (void)state;
    hello_offer_usual(&rare, TLS_1_2, SUITES_RARE, NULL);
    assert_int_equal(answer_read(rd_of(hello_12, sizeof hello_12), &rare, false, &said, &need),
                     ANSWER_DONE);
    assert_int_equal(said.answer.how, HOW_GARBAGE);
    assert_true(said.unoffered);
    assert_int_equal(said.answer.suite, 0xc030);
}

static void nothing_at_all_is_told_apart_by_its_end(void **state)
{
    struct rd none = {0};
    (void)state;
    assert_int_equal(answer_stopped(none, END_CLOSED).how, HOW_CLOSED);
    assert_int_equal(answer_stopped(none, END_CLOSED).seen, SEEN_REFUSED);
    assert_int_equal(answer_stopped(none, END_RESET).how, HOW_RESET);
    assert_int_equal(answer_stopped(none, END_DEADLINE).how, HOW_SILENCE);
    assert_int_equal(answer_stopped(none, END_DEADLINE).seen, SEEN_INCONCLUSIVE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_server_hellos_are_accepted),
        cmocka_unit_test(hello_retry_request_is_accepted_as_tls_13),
        cmocka_unit_test(server_hello_of_another_version_is_refused),
        cmocka_unit_test(truncated_server_hello_wants_more_at_every_length),
        cmocka_unit_test(shortened_server_hello_is_garbage),
        cmocka_unit_test(server_hello_may_be_spread_over_records),
        cmocka_unit_test(bytes_after_the_server_hello_are_not_looked_at),
        cmocka_unit_test(alert_is_a_refusal_with_its_number),
        cmocka_unit_test(warning_about_the_name_is_passed_over),
        cmocka_unit_test(other_protocols_are_garbage),
        cmocka_unit_test(oversize_is_garbage),
        cmocka_unit_test(server_hello_that_breaks_the_rules_is_garbage),
        cmocka_unit_test(suite_of_the_other_list_is_not_taken),
        cmocka_unit_test(nothing_at_all_is_told_apart_by_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
