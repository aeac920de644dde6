#include "tests/unit/handshake/listen_client.h"

/* --- TLS --- */

static void a_hello_is_answered_with_an_alert(void **state)
{
    struct client c;
    (void)state;
    client_begin(&c, "");
    client_hello_say(&c, "openssl13");
    assert_int_equal(c.step, TALK_DONE);
    assert_outcome(&c, LISTEN_HELLO, "");
    assert_string_equal(c.talk.hello.sni, "www.example.com");
    assert_heard(&c, handshake_failure, sizeof handshake_failure);
    client_end(&c);
}

static void a_hello_may_come_byte_by_byte(void **state)
{
    struct text bytes = hello_bytes("java");
    struct client c;
    (void)state;
    client_begin(&c, "tls");
    for (size_t i = 0; i < bytes.used; i++) {
        assert_int_equal(c.step, TALK_MORE);
        client_say(&c, bytes.s + i, 1);
    }
    assert_int_equal(c.step, TALK_DONE);
    assert_outcome(&c, LISTEN_HELLO, "");
    client_end(&c);
    text_fini(&bytes);
}

static void a_hello_may_be_spread_over_records(void **state)
{
    struct text bytes = hello_bytes("gnutls");
    struct wr w;
    struct client c;
    (void)state;
    wr_init(&w, 0);
    for (size_t at = 5; at < bytes.used; at += 50) {
        size_t n = bytes.used - at < 50 ? bytes.used - at : 50;
        wr_bytes(&w, bytes.s, 3);
        wr_be16(&w, n);
        wr_bytes(&w, bytes.s + at, n);
    }
    client_begin(&c, "tls");
    client_say(&c, w.bytes, w.used);
    assert_outcome(&c, LISTEN_HELLO, "");
    assert_int_equal(c.talk.hello.n_suites, 29);
    client_end(&c);
    wr_fini(&w);
    text_fini(&bytes);
}

static void the_alert_is_in_the_version_of_the_client(void **state)
{
    static const uint8_t tls10[] = {21, 3, 1, 0, 2, 2, 40};
    struct client c;
    (void)state;
    client_begin(&c, "");
    client_hello_say(&c, "openssl10");
    assert_heard(&c, tls10, sizeof tls10);
    client_end(&c);
    client_begin(&c, "");
    client_hello_say(&c, "java-sslv2-form");
    assert_outcome(&c, LISTEN_HELLO, "");
    assert_true(c.talk.hello.sslv2_form);
    assert_heard(&c, tls10, sizeof tls10);
    client_end(&c);
}

static void ssl_2_itself_gets_its_own_error(void **state)
{
    static const uint8_t hello[] = {0x80, 28, 1, 0, 2, 0, 3, 0, 0, 0, 16, 7, 0, 0xc0, 1, 2,
                                    3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    static const uint8_t error[] = {0x80, 3, 0, 0, 1};
    struct client c;
    (void)state;
    client_begin(&c, "");
    client_say(&c, hello, sizeof hello);
    assert_outcome(&c, LISTEN_HELLO, "");
    assert_int_equal(c.talk.hello.version, 2);
    assert_int_equal(c.talk.hello.kinds[0], 0x0700c0);
    assert_heard(&c, error, sizeof error);
    client_end(&c);
}

static void a_broken_hello_is_told(void **state)
{
    static const uint8_t server_hello[] = {22, 3, 3, 0, 4, 2, 0, 0, 0};
    static const uint8_t huge[] = {22, 3, 3, 0, 4, 1, 0xff, 0xff, 0xff};
    static const uint8_t empty[] = {22, 3, 3, 0, 0};
    static const uint8_t short_one[] = {22, 3, 3, 0, 6, 1, 0, 0, 2, 3, 3};
    static const uint8_t decode_error[] = {21, 3, 3, 0, 2, 2, 50};
    static const struct {
        const uint8_t *bytes;
        size_t n;
        const char *words;
    } cases[] = {{server_hello, sizeof server_hello, "handshake message 2"},
                 {huge, sizeof huge, "a ClientHello of"},
                 {empty, sizeof empty, "not a record"},
                 {short_one, sizeof short_one, "ended before"}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct client c;
        client_begin(&c, "");
        client_say(&c, cases[i].bytes, cases[i].n);
        assert_int_equal(c.step, TALK_DONE);
        assert_outcome(&c, LISTEN_BROKEN, cases[i].words);
        assert_heard(&c, decode_error, sizeof decode_error);
        client_end(&c);
    }
}

static void records_have_a_limit(void **state)
{
    static const uint8_t crumb[] = {22, 3, 1, 0, 1, 1};
    struct client c;
    struct wr w;
    (void)state;
    wr_init(&w, 0);
    for (int i = 0; i < LISTEN_RECORDS_MAX + 1; i++)
        wr_bytes(&w, crumb, sizeof crumb);
    w.bytes[sizeof crumb + 5] = 0; /* a short length, so that only their number is wrong */
    client_begin(&c, "");
    client_say(&c, w.bytes, w.used);
    assert_outcome(&c, LISTEN_BROKEN, "");
    client_end(&c);
    wr_fini(&w);
}

static void other_protocols_are_called_by_name(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *name;
    } cases[] = {{"GET / HTTP/1.1\r\n", 16, "HTTP"},
                 {"SSH-2.0-OpenSSH_9.2\r\n", 21, "SSH"},
                 {"EHLO me\r\n", 9, "--starttls smtp"},
                 {"\x03\x00\x00\x13\x0e\xe0\x00\x00", 8, "--starttls rdp"},
                 {"\x12\x01\x00\x2f\x00\x00\x01\x00", 8, "--starttls mssql"},
                 {"\x00\x00\x00\x08\x04\xd2\x16\x2f", 8, "--starttls postgres"},
                 {"\x1b[2Jabcd", 8, "an unknown protocol, not TLS; it began with `.[2Jabcd`"}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct client c;
        client_begin(&c, "");
        client_say(&c, cases[i].bytes, cases[i].n);
        assert_outcome(&c, LISTEN_FOREIGN, cases[i].name);
        assert_int_equal(c.heard.used, 0);
        client_end(&c);
    }
}

static void an_end_is_told_with_what_was_missing(void **state)
{
    struct client c;
    (void)state;
    client_begin(&c, "");
    client_stop(&c, TALK_END_DEADLINE);
    assert_outcome(&c, LISTEN_ENDED, "the time was over, and it had not said anything");
    client_end(&c);
    client_begin(&c, "");
    client_say(&c, "\x16\x03\x01\x02", 4);
    client_stop(&c, TALK_END_RESET);
    assert_outcome(&c, LISTEN_ENDED, "reset the connection within what should be a ClientHello");
    client_end(&c);
    client_begin(&c, "");
    client_words(&c, "GET /");
    client_stop(&c, TALK_END_CLOSED);
    assert_outcome(&c, LISTEN_FOREIGN, "HTTP");
    client_end(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_is_answered_with_an_alert),
        cmocka_unit_test(a_hello_may_come_byte_by_byte),
        cmocka_unit_test(a_hello_may_be_spread_over_records),
        cmocka_unit_test(the_alert_is_in_the_version_of_the_client),
        cmocka_unit_test(ssl_2_itself_gets_its_own_error),
        cmocka_unit_test(a_broken_hello_is_told),
        cmocka_unit_test(records_have_a_limit),
        cmocka_unit_test(other_protocols_are_called_by_name),
        cmocka_unit_test(an_end_is_told_with_what_was_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
