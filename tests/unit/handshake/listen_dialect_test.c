/* What clients say before TLS, and what they are answered. */
#include "tests/unit/handshake/listen_client.h"

static void hello_after(struct client *c)
{
    assert_int_equal(c->step, TALK_MORE);
    wr_reset(&c->heard);
    client_hello_say(c, "openssl12");
    assert_outcome(c, LISTEN_HELLO, "");
    assert_heard(c, handshake_failure, sizeof handshake_failure);
    client_end(c);
}

static void smtp_is_spoken_until_starttls(void **state)
{
    struct client c;
    (void)state;
    client_begin(&c, "smtp");
    assert_words(&c, "220 swell listens ESMTP\r\n");
    client_words(&c, "ehlo print");
    assert_words(&c, "");
    client_words(&c, "er.example\r\n");
    assert_words(&c, "250-swell listens\r\n250 STARTTLS\r\n");
    client_words(&c, "XYZ\r\nSTARTTLS\r\n");
    assert_words(&c, "502 not here\r\n220 go ahead\r\n");
    assert_string_equal(c.talk.before.said, "ehlo printer.example");
    hello_after(&c);
    client_begin(&c, "smtp");
    client_words(&c, "HELO x\r\nMAIL FROM:<a@b>\r\n");
    assert_outcome(&c, LISTEN_NO_TLS, "");
    assert_non_null(strstr(c.talk.before.said, "went on without TLS: MAIL"));
    client_end(&c);
}

static void the_other_dialects_of_lines_are_spoken(void **state)
{
    static const struct {
        const char *dialect, *words, *answers;
    } cases[] = {
        {"imap", "a1 CAPABILITY\r\na2 starttls\r\n", "a1 OK done\r\na2 OK begin TLS\r\n"},
        {"pop3", "CAPA\r\nSTLS\r\n", "+OK\r\nSTLS\r\n.\r\n+OK begin TLS\r\n"},
        {"ftp", "FEAT\nAUTH TLS\n", "211-here\r\n AUTH TLS\r\n211 end\r\n234 begin TLS\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct client c;
        client_begin(&c, cases[i].dialect);
        wr_reset(&c.heard);
        client_words(&c, cases[i].words);
        assert_words(&c, cases[i].answers);
        hello_after(&c);
    }
}

static void tls_where_a_dialect_should_be_is_told(void **state)
{
    static const char *const dialects[] = {"smtp", "imap", "rdp", "ldap", "postgres"};
    (void)state;
    for (size_t i = 0; i < COUNT(dialects); i++) {
        struct client c;
        client_begin(&c, dialects[i]);
        client_hello_say(&c, "curl");
        assert_outcome(&c, LISTEN_FOREIGN, "TLS from the first byte");
        client_end(&c);
    }
}

static void lines_have_a_limit(void **state)
{
    char line[600];
    struct client c;
    (void)state;
    memset(line, 'a', sizeof line);
    client_begin(&c, "smtp");
    client_say(&c, line, sizeof line);
    assert_outcome(&c, LISTEN_FOREIGN, "unknown protocol");
    client_end(&c);
}

static const uint8_t rdp_request[] = "\x03\x00\x00\x29\x24\xe0\x00\x00\x00\x00\x00"
                                     "Cookie: mstshash=eve\r\n"
                                     "\x01\x00\x08\x00\x03\x00\x00\x00";
static const uint8_t rdp_confirm[] = "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00"
                                     "\x02\x00\x08\x00\x02\x00\x00\x00";

static void an_rdp_client_is_heard(void **state)
{
    struct client c;
    (void)state;
    client_begin(&c, "rdp");
    for (size_t i = 0; i < sizeof rdp_request - 1; i++) {
        assert_int_equal(c.heard.used, 0);
        client_say(&c, rdp_request + i, 1);
    }
    assert_heard(&c, rdp_confirm, sizeof rdp_confirm - 1);
    assert_string_equal(c.talk.before.said, "Cookie: mstshash=eve; RDP: asks for standard RDP "
                                            "security, TLS, CredSSP");
    hello_after(&c);
}

static void an_rdp_client_of_before_tls_is_told(void **state)
{
    static const uint8_t old[] = {3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 0, 0};
    static const uint8_t plain[] = {3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0};
    static const uint8_t failure[] = {3, 0, 0, 19, 14, 0xd0, 0, 0, 0x12, 0x34,
                                      0, 3, 0, 8, 0, 1, 0, 0, 0};
    struct client c;
    (void)state;
    client_begin(&c, "rdp");
    client_say(&c, old, sizeof old);
    assert_outcome(&c, LISTEN_NO_TLS, "");
    assert_int_equal(c.heard.used, 0);
    client_end(&c);
    client_begin(&c, "rdp");
    client_say(&c, plain, sizeof plain);
    assert_outcome(&c, LISTEN_NO_TLS, "");
    assert_heard(&c, failure, sizeof failure);
    client_end(&c);
}

/* The example of MS-TDS 4.1: PRELOGIN of a client of version 9.0.0 that wants encryption. */
static const uint8_t prelogin[] = {
    0x12, 0x01, 0x00, 0x2f, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x1a, 0x00, 0x06, 0x01, 0x00, 0x20,
    0x00, 0x01, 0x02, 0x00, 0x21, 0x00, 0x01, 0x03, 0x00, 0x22, 0x00, 0x04, 0x04, 0x00, 0x26, 0x00,
    0x01, 0xff, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0xb8, 0x0d, 0x00, 0x00, 0x01};
enum { PRELOGIN_ENCRYPTION = 0x20 + 8 };

static void a_sql_client_is_heard_within_tds(void **state)
{
    static const uint8_t alert_in_tds[] = {0x12, 1, 0, 15, 0, 0, 0, 0, 21, 3, 3, 0, 2, 2, 40};
    struct text hello = hello_bytes("openssl12");
    struct client c;
    (void)state;
    client_begin(&c, "mssql");
    client_say(&c, prelogin, sizeof prelogin);
    assert_int_equal(c.step, TALK_MORE);
    assert_int_equal(c.heard.bytes[0], 0x04);
    assert_int_equal(c.heard.bytes[3], c.heard.used);
    assert_int_equal(c.heard.bytes[8 + 16 + 6], 1); /* ENCRYPT_ON */
    assert_string_equal(c.talk.before.said, "TDS 7 client 9.0.0, asks for encryption");
    wr_reset(&c.heard);
    for (size_t at = 0; at < hello.used; at += 100) { /* in packets of 100 bytes */
        uint8_t header[] = {0x12, 0, 0, 0, 0, 0, 0, 0};
        size_t n = hello.used - at < 100 ? hello.used - at : 100;
        header[3] = (uint8_t)(n + sizeof header);
        client_say(&c, header, sizeof header);
        client_say(&c, hello.s + at, n);
    }
    assert_outcome(&c, LISTEN_HELLO, "");
    assert_heard(&c, alert_in_tds, sizeof alert_in_tds);
    client_end(&c);
    text_fini(&hello);
}

static void a_sql_client_of_tds_8_begins_with_tls(void **state)
{
    struct client c;
    (void)state;
    client_begin(&c, "mssql");
    hello_after(&c);
}

static void a_sql_client_without_encryption_is_told(void **state)
{
    uint8_t bytes[sizeof prelogin];
    struct client c;
    (void)state;
    memcpy(bytes, prelogin, sizeof bytes);
    bytes[PRELOGIN_ENCRYPTION] = 2; /* ENCRYPT_NOT_SUP */
    client_begin(&c, "mssql");
    client_say(&c, bytes, sizeof bytes);
    assert_outcome(&c, LISTEN_NO_TLS, "");
    assert_non_null(strstr(c.talk.before.said, "no encryption"));
    client_end(&c);
    bytes[12] = 0xff; /* the version reaches past the packet */
    client_begin(&c, "mssql");
    client_say(&c, bytes, sizeof bytes);
    assert_int_equal(c.talk.outcome, LISTEN_FOREIGN);
    client_end(&c);
}

static void ldap_starttls_is_agreed_to(void **state)
{
    static const uint8_t request[] = "\x30\x1d\x02\x01\x07\x77\x18\x80\x16"
                                     "1.3.6.1.4.1.1466.20037";
    static const uint8_t response[] = {0x30, 0x0c, 2, 1, 7, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0};
    static const uint8_t bind_request[] = {0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0};
    struct client c;
    (void)state;
    client_begin(&c, "ldap");
    client_say(&c, request, sizeof request - 1);
    assert_heard(&c, response, sizeof response);
    hello_after(&c);
    client_begin(&c, "ldap");
    client_say(&c, bind_request, sizeof bind_request);
    assert_outcome(&c, LISTEN_NO_TLS, "");
    client_end(&c);
}

static void databases_are_agreed_with(void **state)
{
    static const uint8_t gss[] = {0, 0, 0, 8, 4, 0xd2, 0x16, 0x30};
    static const uint8_t ssl[] = {0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f};
    static const uint8_t startup[] = {0, 0, 0, 9, 0, 3, 0, 0, 0};
    uint8_t mysql[36] = {32, 0, 0, 1, 0, 0x08};
    struct client c;
    (void)state;
    client_begin(&c, "postgres");
    client_say(&c, gss, sizeof gss);
    assert_words(&c, "N");
    client_say(&c, ssl, sizeof ssl);
    assert_words(&c, "S");
    hello_after(&c);
    client_begin(&c, "postgres");
    client_say(&c, startup, sizeof startup);
    assert_outcome(&c, LISTEN_NO_TLS, "");
    client_end(&c);
    client_begin(&c, "mysql");
    assert_int_equal(c.heard.bytes[0], c.heard.used - 4);
    assert_int_equal(c.heard.bytes[4], 10);
    client_say(&c, mysql, sizeof mysql);
    hello_after(&c);
}

/* Every dialect, cut after every byte: nothing is said that is not so. */
static void every_truncation_is_waited_for(void **state)
{
    static const struct {
        const char *dialect;
        const uint8_t *bytes;
        size_t n;
    } cases[] = {{"rdp", rdp_request, sizeof rdp_request - 1},
                 {"mssql", prelogin, sizeof prelogin}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t n = 1; n < cases[i].n; n++) {
            struct client c;
            client_begin(&c, cases[i].dialect);
            client_say(&c, cases[i].bytes, n);
            assert_int_equal(c.step, TALK_MORE);
            assert_int_equal(c.heard.used, 0);
            client_stop(&c, TALK_END_CLOSED);
            assert_outcome(&c, LISTEN_ENDED, cases[i].dialect);
            client_end(&c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smtp_is_spoken_until_starttls),
        cmocka_unit_test(the_other_dialects_of_lines_are_spoken),
        cmocka_unit_test(tls_where_a_dialect_should_be_is_told),
        cmocka_unit_test(lines_have_a_limit),
        cmocka_unit_test(an_rdp_client_is_heard),
        cmocka_unit_test(an_rdp_client_of_before_tls_is_told),
        cmocka_unit_test(a_sql_client_is_heard_within_tds),
        cmocka_unit_test(a_sql_client_of_tds_8_begins_with_tls),
        cmocka_unit_test(a_sql_client_without_encryption_is_told),
        cmocka_unit_test(ldap_starttls_is_agreed_to),
        cmocka_unit_test(databases_are_agreed_with),
        cmocka_unit_test(every_truncation_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
