/* What follows a ServerHello, and answers in the form of SSL 2.0. */
#include "handshake/answer.h"
#include "tests/unit/handshake/captured_flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t sslv2[] = {0x80, 35, 4, 0, 1, 0, 2, 0, 2, 0, 6, 0, 16,
                                0x30, 0x00,                         /* a certificate */
                                0x07, 0x00, 0xc0, 0x01, 0x00, 0x80, /* two kinds */
                                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct hello_offer offer_of(enum tls_version version, uint16_t suite)
{
    struct hello_offer o;
    hello_offer_usual(&o, version, SUITES_COMMON, NULL);
    if (suite != 0) {
        o.suites[0] = suite;
        o.n_suites = 1;
    }
    return o;
}

static struct server_said said_of(const void *wire, size_t n, const struct hello_offer *o,
                                  enum answer_step want)
{
    struct server_said said;
    size_t need = 0;
    assert_int_equal(answer_read(rd_of(wire, n), o, true, &said, &need), want);
    assert_true(want == ANSWER_DONE || need > 0);
    return said;
}

static void flight_with_dhe_shows_prime_signature_and_request(void **state)
{
    struct hello_offer o = offer_of(TLS_1_2, 0x0033);
    struct server_said s = said_of(flight_dhe_12, sizeof flight_dhe_12, &o, ANSWER_DONE);
    (void)state;
    assert_int_equal(s.answer.seen, SEEN_ACCEPTED);
    assert_int_equal(s.answer.suite, 0x0033);
    assert_true(s.has_rest);
    assert_int_equal(s.dh_bits, 1024);
    assert_string_equal(s.dh_name, "RFC 2409 group 2");
    assert_int_equal(s.sigalg, 0x0401);
    assert_true(s.wants_certificate);
    assert_true(s.key_digest != 0);
    assert_int_equal(s.group, 0);
}

static void flight_with_ecdhe_shows_the_curve(void **state)
{
    struct hello_offer o = offer_of(TLS_1_0, 0xc014);
    struct server_said s = said_of(flight_ecdhe_10, sizeof flight_ecdhe_10, &o, ANSWER_DONE);
    (void)state;
    assert_true(s.has_rest);
    assert_int_equal(s.group, 29);
    assert_int_equal(s.dh_bits, 0);
    assert_int_equal(s.sigalg, 0); /* TLS 1.0 does not say */
    assert_true(s.wants_certificate);
}

static void rest_is_not_looked_at_unless_asked_for(void **state)
{
    struct hello_offer o = offer_of(TLS_1_2, 0x0033);
    struct server_said s;
    size_t need;
    (void)state;
    assert_int_equal(
        answer_read(rd_of(flight_dhe_12, sizeof flight_dhe_12), &o, false, &s, &need),
        ANSWER_DONE);
    assert_int_equal(s.answer.seen, SEEN_ACCEPTED);
    assert_false(s.has_rest);
    assert_int_equal(s.dh_bits, 0);
}

/* From the ServerHello on, the version is accepted, however the rest is cut. */
static void flight_cut_anywhere_wants_more(void **state)
{
    struct hello_offer o = offer_of(TLS_1_2, 0x0033);
    bool accepted = false;
    (void)state;
    for (size_t cut = 0; cut < sizeof flight_dhe_12; cut++) {
        struct server_said s = said_of(flight_dhe_12, cut, &o, ANSWER_MORE);
        assert_true(s.answer.seen == SEEN_ACCEPTED || !accepted);
        accepted = s.answer.seen == SEEN_ACCEPTED;
        assert_false(s.has_rest);
    }
    assert_true(accepted);
}

/* Each byte changed to two other values: never a crash, never another version or suite. */
static void changed_flight_is_read_as_far_as_it_makes_sense(void **state)
{
    struct hello_offer o = offer_of(TLS_1_2, 0x0033);
    uint8_t wire[sizeof flight_dhe_12];
    (void)state;
    memcpy(wire, flight_dhe_12, sizeof wire);
    for (size_t at = 0; at < sizeof wire; at++)
        for (int flip = 1; flip < 256; flip += 0x7f) {
            struct server_said s;
            size_t need = 0;
            wire[at] ^= (uint8_t)flip;
            enum answer_step step = answer_read(rd_of(wire, sizeof wire), &o, true, &s, &need);
            assert_true(step == ANSWER_DONE || need > 0);
            if (s.answer.seen == SEEN_ACCEPTED) {
                assert_int_equal(s.answer.suite, 0x0033);
                assert_in_range(s.dh_bits, 0, 8 * sizeof wire);
            }
            wire[at] ^= (uint8_t)flip;
        }
}

static void alert_after_the_server_hello_is_told(void **state)
{
    struct hello_offer o = offer_of(TLS_1_2, 0x0033);
    uint8_t wire[sizeof flight_dhe_12 + 7];
    struct rd head = rd_of(flight_dhe_12 + 3, 2);
    size_t n = 5u + rd_be16(&head);
    (void)state;
    memcpy(wire, flight_dhe_12, n);
    memcpy(wire + n, (const uint8_t[]){21, 3, 3, 0, 2, 2, 80}, 7);
    struct server_said s = said_of(wire, n + 7, &o, ANSWER_DONE);
    assert_int_equal(s.answer.seen, SEEN_ACCEPTED);
    assert_true(s.has_alert);
    assert_int_equal(s.late_alert, 80);
    assert_false(s.has_rest);
}

static void answer_in_the_form_of_ssl_20_lists_its_kinds(void **state)
{
    struct hello_offer o = offer_of(SSL_2_0, 0);
    struct server_said s = said_of(sslv2, sizeof sslv2, &o, ANSWER_DONE);
    (void)state;
    assert_int_equal(s.answer.seen, SEEN_ACCEPTED);
    assert_int_equal(s.answer.version, 2);
    assert_int_equal(s.n_kinds, 2);
    assert_int_equal(s.kinds[0], 0x0700c0);
    assert_int_equal(s.kinds[1], 0x010080);
    for (size_t cut = 0; cut < sizeof sslv2; cut++)
        assert_int_equal(said_of(sslv2, cut, &o, ANSWER_MORE).answer.seen, SEEN_NOT_ASKED);
}

static void lengths_that_lie_are_no_answer_of_ssl_20(void **state)
{
    struct hello_offer o = offer_of(SSL_2_0, 0);
    static const size_t places[] = {2, 6, 8, 10, 12};
    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        uint8_t wire[sizeof sslv2];
        memcpy(wire, sslv2, sizeof wire);
        wire[places[i]] ^= 0x11;
        assert_int_equal(said_of(wire, sizeof wire, &o, ANSWER_DONE).answer.how, HOW_GARBAGE);
    }
}

/* Every Windows takes the form of SSL 2.0 for a newer version (MS-TLSP, appendix A): an answer in
 * TLS records is none of SSL 2.0. */
static void tls_answer_to_a_hello_of_ssl_20_refuses_it(void **state)
{
    static const uint8_t alert[] = {21, 3, 1, 0, 2, 2, 70}, error[] = {0x80, 3, 0, 0, 1};
    struct hello_offer o = offer_of(SSL_2_0, 0);
    (void)state;
    assert_int_equal(said_of(alert, sizeof alert, &o, ANSWER_DONE).answer.seen, SEEN_REFUSED);
    assert_int_equal(said_of(error, sizeof error, &o, ANSWER_DONE).answer.seen, SEEN_REFUSED);
    struct server_said s = said_of(flight_ecdhe_10, sizeof flight_ecdhe_10, &o, ANSWER_DONE);
    assert_int_equal(s.answer.how, HOW_OTHER_VERSION);
    assert_int_equal(s.answer.version, 0x0301);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flight_with_dhe_shows_prime_signature_and_request),
        cmocka_unit_test(flight_with_ecdhe_shows_the_curve),
        cmocka_unit_test(rest_is_not_looked_at_unless_asked_for),
        cmocka_unit_test(flight_cut_anywhere_wants_more),
        cmocka_unit_test(changed_flight_is_read_as_far_as_it_makes_sense),
        cmocka_unit_test(alert_after_the_server_hello_is_told),
        cmocka_unit_test(answer_in_the_form_of_ssl_20_lists_its_kinds),
        cmocka_unit_test(lengths_that_lie_are_no_answer_of_ssl_20),
        cmocka_unit_test(tls_answer_to_a_hello_of_ssl_20_refuses_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
