/* The dialects made of lines, byte for byte. */
#include "tests/unit/handshake/conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define EHLO SAYS("EHLO swell.invalid\r\n")
#define STARTTLS SAYS("STARTTLS\r\n")
#define GO SAYS(HELLO)

static const struct script smtp[] = {
    {.words = "one line each",
     .dialect = "smtp",
     .turns = {{SAYS("220 mail.test ESMTP\r\n"), EHLO},
               {SAYS("250 mail.test\r\n"), STARTTLS},
               {SAYS("220 2.0.0 Ready to start TLS\r\n"), GO}},
     .outcome = DIALECT_AGREED,
     .detail = 220},
    {.words = "many lines, bare line feeds, codes alone",
     .dialect = "smtp",
     .turns = {{SAYS("220-mail.test\n220-no spam\n220\n"), EHLO},
               {SAYS("250-mail.test\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n"),
                STARTTLS},
               {SAYS("220-go\r\n220 on\r\n"), GO}},
     .outcome = DIALECT_AGREED,
     .detail = 220},
    {.words = "no TLS today",
     .dialect = "smtp",
     .turns = {{SAYS("220 x\r\n"), EHLO},
               {SAYS("250-x\r\n250 STARTTLS\r\n"), STARTTLS},
               {SAYS("454 4.7.0 TLS not available\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "454 4.7.0 TLS not available",
     .detail = 454},
    {.words = "does not know STARTTLS",
     .dialect = "smtp",
     .turns = {{SAYS("220 x\r\n"), EHLO},
               {SAYS("250 x\r\n"), STARTTLS},
               {SAYS("502 5.5.1 \x1b[31mwhat?\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "502 5.5.1 ?[31mwhat?",
     .detail = 502},
    {.words = "not even EHLO",
     .dialect = "smtp",
     .turns = {{SAYS("220 x\r\n"), EHLO}, {SAYS("500 unknown command\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "500 unknown command",
     .detail = 500},
    {.words = "not for us",
     .dialect = "smtp",
     .turns = {{SAYS("554 5.7.1 blocked\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "554 5.7.1 blocked",
     .detail = 554},
    {.words = "SSH",
     .dialect = "smtp",
     .turns = {{SAYS("SSH-2.0-OpenSSH_9.2p1\r\n"), SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "SSH: SSH-2.0-OpenSSH_9.2p1"},
    {.words = "HTTP",
     .dialect = "smtp",
     .turns = {{SAYS("HTTP/1.1 400 Bad Request\r\nServer: x\r\n"), SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "HTTP: HTTP/1.1 400 Bad Request"},
    {.words = "digits that are no reply",
     .dialect = "smtp",
     .turns = {{SAYS("2001: a space odyssey\r\n"), SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "2001: a space odyssey"},
    {.words = "MySQL",
     .dialect = "smtp",
     .turns = {{SAYS("\x4a\x00\x00\x00\x0a"
                     "5.5\x00"),
                SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "MySQL"},
};

static const struct script imap[] = {
    {.words = "as usual",
     .dialect = "imap",
     .turns = {{SAYS("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"), SAYS("a1 STARTTLS\r\n")},
               {SAYS("a1 OK begin TLS\r\n"), GO}},
     .outcome = DIALECT_AGREED},
    {.words = "small letters, and news in between",
     .dialect = "imap",
     .turns = {{SAYS("* ok hello\n"), SAYS("a1 STARTTLS\r\n")},
               {SAYS("* CAPABILITY IMAP4rev1\r\n* 3 EXISTS\r\nA1 ok go\r\n"), GO}},
     .outcome = DIALECT_AGREED},
    {.words = "no",
     .dialect = "imap",
     .turns = {{SAYS("* OK\r\n"), SAYS("a1 STARTTLS\r\n")},
               {SAYS("a1 BAD TLS support isn't enabled\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "a1 BAD TLS support isn't enabled"},
    {.words = "logged in already",
     .dialect = "imap",
     .turns = {{SAYS("* PREAUTH welcome back\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "* PREAUTH welcome back"},
    {.words = "goodbye",
     .dialect = "imap",
     .turns = {{SAYS("* OK\r\n"), SAYS("a1 STARTTLS\r\n")}, {SAYS("* BYE too late\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "* BYE too late"},
    {.words = "a star is not enough",
     .dialect = "imap",
     .turns = {{SAYS("* hello\r\n"), SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "* hello"},
    {.words = "POP3",
     .dialect = "imap",
     .turns = {{SAYS("+OK ready\r\n"), SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "POP3: +OK ready"},
};

static const struct script pop3[] = {
    {.words = "as usual",
     .dialect = "pop3",
     .turns = {{SAYS("+OK <1.2@x> ready\r\n"), SAYS("STLS\r\n")}, {SAYS("+OK go\r\n"), GO}},
     .outcome = DIALECT_AGREED},
    {.words = "no",
     .dialect = "pop3",
     .turns = {{SAYS("+OK\r\n"), SAYS("STLS\r\n")}, {SAYS("-ERR unknown command\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "-ERR unknown command"},
    {.words = "not now",
     .dialect = "pop3",
     .turns = {{SAYS("-ERR busy\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "-ERR busy"},
    {.words = "a plus is not enough",
     .dialect = "pop3",
     .turns = {{SAYS("+PONG\r\n"), SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "+PONG"},
};

#define AUTH_TLS SAYS("AUTH TLS\r\n")
#define AUTH_SSL SAYS("AUTH SSL\r\n")

static const struct script ftp[] = {
    {.words = "as usual",
     .dialect = "ftp",
     .turns = {{SAYS("220 (vsFTPd 3.0.3)\r\n"), AUTH_TLS}, {SAYS("234 Proceed.\r\n"), GO}},
     .outcome = DIALECT_AGREED,
     .detail = 234},
    {.words = "lines in between begin with anything",
     .dialect = "ftp",
     .turns = {{SAYS("220-Welcome\r\n  200 files\r\n 220 of 220\n331-x\r\n220 now\r\n"), AUTH_TLS},
               {SAYS("234 AUTH command OK. Expecting TLS Negotiation.\r\n"), GO}},
     .outcome = DIALECT_AGREED,
     .detail = 234},
    {.words = "ready in some minutes, and then it is",
     .dialect = "ftp",
     .turns = {{SAYS("120 ready in 1 minute\r\n"), SAYS("")},
               {SAYS("220 ready\r\n"), AUTH_TLS},
               {SAYS("234 x\r\n"), GO}},
     .outcome = DIALECT_AGREED,
     .detail = 234},
    {.words = "knows only AUTH SSL",
     .dialect = "ftp",
     .turns = {{SAYS("220 x\r\n"), AUTH_TLS},
               {SAYS("504 unknown security mechanism\r\n"), AUTH_SSL},
               {SAYS("334 go\r\n"), GO}},
     .outcome = DIALECT_AGREED,
     .detail = 334},
    {.words = "knows neither",
     .dialect = "ftp",
     .turns = {{SAYS("220 x\r\n"), AUTH_TLS},
               {SAYS("500 AUTH?\r\n"), AUTH_SSL},
               {SAYS("530 Please login with USER and PASS.\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "530 Please login with USER and PASS.",
     .detail = 530},
    {.words = "not now",
     .dialect = "ftp",
     .turns = {{SAYS("220 x\r\n"), AUTH_TLS}, {SAYS("431 no certificate\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "431 no certificate",
     .detail = 431},
    {.words = "too many",
     .dialect = "ftp",
     .turns = {{SAYS("421 too many users\r\n"), SAYS("")}},
     .outcome = DIALECT_REFUSED,
     .said = "421 too many users",
     .detail = 421},
    {.words = "nonsense",
     .dialect = "ftp",
     .turns = {{SAYS("2X0 hello\r\n"), SAYS("")}},
     .outcome = DIALECT_FOREIGN,
     .said = "2X0 hello"},
};

static void play_all(const struct script *scripts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        script_play(&scripts[i]);
}

static void smtp_asks_for_tls_after_ehlo(void **state)
{
    (void)state;
    play_all(smtp, COUNT(smtp));
}

static void imap_passes_over_untagged_lines(void **state)
{
    (void)state;
    play_all(imap, COUNT(imap));
}

static void pop3_asks_with_stls(void **state)
{
    (void)state;
    play_all(pop3, COUNT(pop3));
}

static void ftp_asks_for_tls_and_then_for_ssl(void **state)
{
    (void)state;
    play_all(ftp, COUNT(ftp));
}

static void bytes_after_the_agreement_never_reach_tls(void **state)
{
    static const char injected[] = "a1 OK go\r\n* OK injected\r\n\x15\x03\x01";
    struct conversation c;
    (void)state;
    conversation_begin(&c, "imap");
    conversation_hear(&c, "* OK\r\n", 6);
    conversation_hear(&c, injected, sizeof injected - 1);
    assert_int_equal(c.dialect.outcome, DIALECT_AGREED);
    assert_int_equal(c.inner.steps, 1);
    assert_int_equal(c.inner.got.used, 0);
    conversation_hear(&c, "\x16\x03", 2);
    assert_int_equal(c.inner.got.used, 2);
    assert_memory_equal(c.inner.got.bytes, "\x16\x03", 2);
    conversation_cut(&c, TALK_END_CLOSED);
    assert_int_equal(c.inner.ends, 1);
    assert_int_equal(c.inner.end, TALK_END_CLOSED);
    conversation_end(&c);
}

static void a_line_without_end_is_foreign(void **state)
{
    struct conversation c;
    (void)state;
    conversation_begin(&c, "smtp");
    conversation_hear(&c, "220 ", 4);
    for (size_t n = 4; !c.over; n += 8) {
        assert_in_range(n, 0, 3000);
        conversation_hear(&c, "aaaaaaaa", 8);
    }
    assert_int_equal(c.dialect.outcome, DIALECT_FOREIGN);
    assert_int_equal(strlen(c.dialect.said), DIALECT_SAID_SIZE - 1);
    assert_string_equal(c.dialect.said + DIALECT_SAID_SIZE - 6, "aa...");
    conversation_end(&c);
}

static void a_greeting_without_end_is_foreign(void **state)
{
    struct conversation c;
    (void)state;
    conversation_begin(&c, "ftp");
    for (size_t n = 0; !c.over; n += 8) {
        assert_in_range(n, 0, DIALECT_BEFORE_MAX);
        conversation_hear(&c, "220-aa\r\n", 8);
    }
    assert_int_equal(c.dialect.outcome, DIALECT_FOREIGN);
    conversation_end(&c);
}

static void a_long_refusal_is_cut(void **state)
{
    struct conversation c;
    char line[400];
    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "554 ", 4);
    memcpy(line + sizeof line - 2, "\r\n", 2);
    conversation_begin(&c, "smtp");
    conversation_hear(&c, line, sizeof line);
    assert_int_equal(c.dialect.outcome, DIALECT_REFUSED);
    assert_int_equal(strlen(c.dialect.said), DIALECT_SAID_SIZE - 1);
    assert_string_equal(c.dialect.said + DIALECT_SAID_SIZE - 6, "xx...");
    conversation_end(&c);
}

static void foreign_text_waits_for_its_line(void **state)
{
    struct conversation c;
    (void)state;
    conversation_begin(&c, "smtp");
    conversation_hear(&c, "SSH-2.0-Op", 10);
    assert_int_equal(c.dialect.outcome, DIALECT_TALKING);
    conversation_hear(&c, "enSSH\r", 6);
    conversation_cut(&c, TALK_END_DEADLINE);
    assert_int_equal(c.dialect.outcome, DIALECT_FOREIGN);
    assert_string_equal(c.dialect.said, "SSH: SSH-2.0-OpenSSH");
    conversation_end(&c);
}

static void silence_is_no_answer(void **state)
{
    struct conversation c;
    (void)state;
    for (size_t i = 0; i < dialect_count(); i++) {
        bool direct = dialect_at(i) == dialect_named("tls") ||
                      dialect_at(i) == dialect_named("mssql-strict");
        conversation_begin(&c, dialect_name(dialect_at(i)));
        conversation_cut(&c, TALK_END_DEADLINE);
        assert_int_equal(c.dialect.outcome, direct ? DIALECT_AGREED : DIALECT_ENDED);
        assert_int_equal(c.inner.ends, direct ? 1 : 0);
        conversation_end(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smtp_asks_for_tls_after_ehlo),
        cmocka_unit_test(imap_passes_over_untagged_lines),
        cmocka_unit_test(pop3_asks_with_stls),
        cmocka_unit_test(ftp_asks_for_tls_and_then_for_ssl),
        cmocka_unit_test(bytes_after_the_agreement_never_reach_tls),
        cmocka_unit_test(a_line_without_end_is_foreign),
        cmocka_unit_test(a_greeting_without_end_is_foreign),
        cmocka_unit_test(a_long_refusal_is_cut),
        cmocka_unit_test(foreign_text_waits_for_its_line),
        cmocka_unit_test(silence_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
