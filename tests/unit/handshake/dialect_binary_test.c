/* The dialects that are not made of lines, byte for byte. */
#include "tests/unit/handshake/conversation.h"

#include <setjmp.h>
#include <stdarg.h>
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

/* MS-RDPBCGR 2.2.1.1: TPKT, X.224 connection request, RDP_NEG_REQ for SSL, HYBRID and HYBRID_EX. */
#define RDP_ASKS SAYS("\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00" \
                      "\x01\x00\x08\x00\x0b\x00\x00\x00")
#define RDP_ANSWER(negotiated) "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00" negotiated

static const struct script rdp[] = {
    {.words = "TLS",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x02\x01\x08\x00\x01\x00\x00\x00"), GO),
     .outcome = DIALECT_AGREED,
     .detail = 1},
    {.words = "CredSSP",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x02\x1f\x08\x00\x02\x00\x00\x00"), GO),
     .outcome = DIALECT_AGREED,
     .detail = 2},
    {.words = "RDSTLS",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x02\x00\x08\x00\x04\x00\x00\x00"), GO),
     .outcome = DIALECT_AGREED,
     .detail = 4},
    {.words = "CredSSP with early user authorization",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x02\x1f\x08\x00\x08\x00\x00\x00"), GO),
     .outcome = DIALECT_AGREED,
     .detail = 8},
    {.words = "old security, chosen",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x02\x00\x08\x00\x00\x00\x00\x00"), NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it selected the old RDP security, without TLS"},
    {.words = "two protocols at once are none",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x02\x00\x08\x00\x03\x00\x00\x00"), NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it selected a security protocol that is not known",
     .detail = 3},
    {.words = "old security, nothing else known",
     .opens = RDP_ASKS,
     .turns = ONE("\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it knows only the old RDP security, without TLS"},
    {.words = "TLS is not allowed",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x03\x00\x08\x00\x02\x00\x00\x00"), NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "RDP negotiation failure 2: SSL_NOT_ALLOWED_BY_SERVER",
     .detail = 2},
    {.words = "no certificate",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x03\x00\x08\x00\x03\x00\x00\x00"), NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "RDP negotiation failure 3: SSL_CERT_NOT_ON_SERVER",
     .detail = 3},
    {.words = "a failure of the future",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x03\x00\x08\x00\xff\xff\xff\xff"), NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "RDP negotiation failure 4294967295",
     .detail = UINT32_MAX},
    {.words = "disconnect request",
     .opens = RDP_ASKS,
     .turns = ONE("\x03\x00\x00\x0b\x06\x80\x00\x00\x12\x34\x00", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it answered with an X.224 disconnect request"},
    {.words = "another length inside",
     .opens = RDP_ASKS,
     .turns = ONE("\x03\x00\x00\x13\x0d\xd0\x00\x00\x12\x34\x00\x02\x01\x08\x00\x01\x00\x00\x00",
                  NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "RDP (TPKT)"},
    {.words = "data instead of an answer",
     .opens = RDP_ASKS,
     .turns = ONE("\x03\x00\x00\x0b\x06\xf0\x80\x00\x12\x34\x00", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "RDP (TPKT)"},
    {.words = "another length of what was negotiated",
     .opens = RDP_ASKS,
     .turns = ONE(RDP_ANSWER("\x02\x01\x09\x00\x01\x00\x00\x00"), NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "RDP (TPKT)"},
    {.words = "a packet of no size",
     .opens = RDP_ASKS,
     .turns = ONE("\x03\x00\x00\x03\x00\x00\x00\x00", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "RDP (TPKT)"},
    {.words = "a web server",
     .opens = RDP_ASKS,
     .turns = ONE("HTTP/1.1 400 Bad Request\r\n", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "HTTP: HTTP/1.1 400 Bad Request"},
};

#define LDAP_ASKS SAYS("\x30\x1d\x02\x01\x01\x77\x18\x80\x16" \
                       "1.3.6.1.4.1.1466.20037")

static const struct script ldap[] = {
    {.words = "success, as OpenLDAP writes it",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00", GO),
     .outcome = DIALECT_AGREED},
    {.words = "success with long lengths and a name, as Active Directory writes it",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x84\x00\x00\x00\x28\x02\x01\x01\x78\x84\x00\x00\x00\x1f\x0a\x01\x00\x04\x00"
                  "\x04\x00\x8a\x16"
                  "1.3.6.1.4.1.1466.20037",
                  GO),
     .outcome = DIALECT_AGREED},
    {.words = "no certificate there",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x11\x02\x01\x01\x78\x0c\x0a\x01\x34\x04\x00\x04\x05no\ncr", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "LDAP result 52 unavailable: no?cr",
     .detail = 52},
    {.words = "not known there",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "LDAP result 2 protocolError",
     .detail = 2},
    {.words = "a result without a name",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x0d\x02\x01\x01\x78\x08\x0a\x02\x10\x01\x04\x00\x04\x00", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "LDAP result 4097",
     .detail = 4097},
    {.words = "notice of disconnection, with a result that says success",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x0c\x02\x01\x00\x78\x07\x0a\x01\x00\x04\x00\x04\x00", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "LDAP result 0"},
    {.words = "a bind response",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "LDAP"},
    {.words = "a length without end",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x80\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00\x00\x00", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "LDAP"},
    {.words = "too long",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x84\x7f\xff\xff\xff\x02\x01\x01", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "LDAP"},
    {.words = "an inner length beyond the outer",
     .opens = LDAP_ASKS,
     .turns = ONE("\x30\x0c\x02\x01\x01\x78\x7f\x0a\x01\x00\x04\x00\x04\x00", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "LDAP"},
};

#define POSTGRES_ASKS SAYS("\x00\x00\x00\x08\x04\xd2\x16\x2f")

static const struct script postgres[] = {
    {.words = "yes", .opens = POSTGRES_ASKS, .turns = ONE("S", GO), .outcome = DIALECT_AGREED},
    {.words = "no",
     .opens = POSTGRES_ASKS,
     .turns = ONE("N", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it has TLS switched off (ssl = off)"},
    {.words = "an error with fields",
     .opens = POSTGRES_ASKS,
     .turns = ONE("E\x00\x00\x00\x19SFATAL\x00"
                  "C53300\x00Mfull\x00\x00",
                  NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "full"},
    {.words = "an error of old",
     .opens = POSTGRES_ASKS,
     .turns = ONE("EFATAL: unsupported\n\x00", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "FATAL: unsupported?"},
    {.words = "a web server",
     .opens = POSTGRES_ASKS,
     .turns = ONE("HTTP/1.0 400 x\r\n", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "HTTP: HTTP/1.0 400 x"},
};

/* Protocol 10, "8.0.36", connection 1, salt, filler, capabilities, character set, status. */
#define MYSQL_GREETS(capabilities) "\x19\x00\x00\x00\x0a"       \
                                   "8.0.36\x00\x01\x00\x00\x00" \
                                   "saltsalt\x00" capabilities "\x21\x02"
#define MYSQL_ASKS "\x20\x00\x00\x01\x00\x8a\x00\x00\x00\x00\x00\x01\x21" \
                   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct script mysql[] = {
    {.words = "yes",
     .turns = ONE(MYSQL_GREETS("\xff\xff"), SAYS(MYSQL_ASKS HELLO)),
     .outcome = DIALECT_AGREED},
    {.words = "no",
     .turns = ONE(MYSQL_GREETS("\xff\xf7"), NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it offers no TLS: 8.0.36"},
    {.words = "older than TLS",
     .turns = ONE("\x0b\x00\x00\x00\x09"
                  "3.20\x00\x01\x00\x00\x00\x00",
                  NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "it offers no TLS: 3.20"},
    {.words = "not for us",
     .turns = ONE("\x10\x00\x00\x00\xff\x6a\x04Host x is not", NOTHING),
     .outcome = DIALECT_REFUSED,
     .said = "error 1130: Host x is not",
     .detail = 1130},
    {.words = "a greeting that ends early",
     .turns = ONE("\x08\x00\x00\x00\x0a"
                  "8.0.36\x00",
                  NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "MySQL"},
    {.words = "SSH",
     .turns = ONE("SSH-2.0-x\r\n", NOTHING),
     .outcome = DIALECT_FOREIGN,
     .said = "SSH: SSH-2.0-x"},
};

static void play_all(const char *dialect, const struct script *scripts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct script s = scripts[i];
        s.dialect = dialect;
        script_play(&s);
    }
}

static void rdp_tells_three_securities_and_their_failures(void **state)
{
    (void)state;
    play_all("rdp", rdp, COUNT(rdp));
}

static void ldap_reads_the_result_of_starttls(void **state)
{
    (void)state;
    play_all("ldap", ldap, COUNT(ldap));
}

static void postgres_reads_one_letter(void **state)
{
    (void)state;
    play_all("postgres", postgres, COUNT(postgres));
}

static void ssh_on_the_port_of_postgres_is_no_yes(void **state)
{
    struct conversation c;
    (void)state;
    conversation_begin(&c, "postgres");
    conversation_hear(&c, "SSH-2.0-OpenSSH_9.2\r\n", 21);
    assert_int_equal(c.dialect.outcome, DIALECT_FOREIGN);
    assert_string_equal(c.dialect.said, "SSH: SSH-2.0-OpenSSH_9.2");
    conversation_end(&c);
}

static void mysql_asks_when_the_greeting_offers_tls(void **state)
{
    (void)state;
    play_all("mysql", mysql, COUNT(mysql));
}

static const struct {
    const char *name;
    uint16_t ports[12];
} usual[] = {
    {"tls", {443, 465, 636, 990, 993, 995, 3269, 5986, 8443, 1, 65535}},
    {"smtp", {25, 587}},
    {"imap", {143}},
    {"pop3", {110}},
    {"ftp", {21}},
    {"ldap", {389, 3268}},
    {"rdp", {3389}},
    {"mssql", {1433}},
    {"postgres", {5432}},
    {"mysql", {3306}},
};

static void ports_and_names_choose_the_dialect(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(usual); i++)
        for (const uint16_t *p = usual[i].ports; *p; p++) {
            assert_string_equal(dialect_name(dialect_of_port(*p)), usual[i].name);
            assert_ptr_equal(dialect_for("", *p), dialect_of_port(*p));
            assert_ptr_equal(dialect_for(NULL, *p), dialect_of_port(*p));
            assert_string_equal(dialect_name(dialect_for("mssql-strict", *p)), "mssql-strict");
        }
    assert_null(dialect_for("tds", 1433));
    assert_null(dialect_named(""));
    assert_null(dialect_named("TLS"));
    assert_int_equal(dialect_count(), STARTTLS_COUNT);
    for (size_t i = 0; i < dialect_count(); i++) {
        assert_string_equal(dialect_name(dialect_at(i)), starttls_names[i]);
        assert_ptr_equal(dialect_named(starttls_names[i]), dialect_at(i));
        assert_true(strlen(dialect_words(dialect_at(i))) > 0);
    }
    assert_string_equal(dialect_alpn(dialect_named("mssql-strict")), "tds/8.0");
    assert_null(dialect_alpn(dialect_named("mssql")));
    assert_string_equal(dialect_outcome_word(DIALECT_FOREIGN), "foreign");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rdp_tells_three_securities_and_their_failures),
        cmocka_unit_test(ldap_reads_the_result_of_starttls),
        cmocka_unit_test(postgres_reads_one_letter),
        cmocka_unit_test(ssh_on_the_port_of_postgres_is_no_yes),
        cmocka_unit_test(mysql_asks_when_the_greeting_offers_tls),
        cmocka_unit_test(ports_and_names_choose_the_dialect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
