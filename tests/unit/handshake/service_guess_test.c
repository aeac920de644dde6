#include "handshake/service_guess.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
    const char *bytes;
    size_t n;
    const char *guess;
} known[] = {
    {BYTES(""), ""},
    {BYTES("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n"), "HTTP: HTTP/1.1 400 Bad Request"},
    {BYTES("<html>\r\n<head>"), "HTTP: <html>"},
    {BYTES("<!DOCTYPE HTML PUBLIC"), "HTTP: <!DOCTYPE HTML PUBLIC"},
    {BYTES("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n\x00\x00"), "SSH: SSH-2.0-OpenSSH_9.2p1 Debian-2"},
    {BYTES("220 mail.test ESMTP Postfix\r\n"), "SMTP: 220 mail.test ESMTP Postfix"},
    {BYTES("220 x Microsoft ESMTP MAIL Service ready"),
     "SMTP: 220 x Microsoft ESMTP MAIL Service ready"},
    {BYTES("220-FileZilla Server\r\n"), "SMTP or FTP: 220-FileZilla Server"},
    {BYTES("220 Microsoft FTP Service\r\n"), "FTP: 220 Microsoft FTP Service"},
    {BYTES("2200 things\r\n"), "2200 things"},
    {BYTES("* OK [CAPABILITY IMAP4rev1] x"), "IMAP: * OK [CAPABILITY IMAP4rev1] x"},
    {BYTES("+OK ready\r\n"), "POP3: +OK ready"},
    {BYTES("RFB 003.008\n"), "VNC: RFB 003.008"},
    {BYTES("\x4a\x00\x00\x00\x0a"
           "8.0.36\x00"),
     "MySQL"},
    {BYTES("\x48\x00\x00\x00\xff\x6a\x04Host"), "MySQL"},
    {BYTES("E\x00\x00\x00\x85SFATAL\x00"), "PostgreSQL"},
    {BYTES("\x30\x0c\x02\x01\x00\x78"), "LDAP"},
    {BYTES("\x30\x84\x00\x00\x00\x28\x02\x01\x00"), "LDAP"},
    {BYTES("\x03\x00\x00\x13\x0e\xd0"), "RDP (TPKT)"},
    {BYTES("\x04\x01\x00\x25\x00\x00\x01\x00"), "SQL Server (TDS)"},
    {BYTES("\x00\x00\x00\x49\xfeSMB@"), "SMB"},
    {BYTES("\x16\x03\x03\x00\x31"), "TLS"},
    {BYTES("\x15\x03\x01\x00\x02\x02\x28"), "TLS"},
    {BYTES("\xff\xfd\x18\xff\xfd\x20"), "Telnet"},
    {BYTES("hello\tworld\x7f"), "bytes 68 65 6c 6c 6f 09 77 6f 72 6c 64 7f"},
    {BYTES("hello\tworld\n\x7f"), "hello?world"},
    {BYTES("\x01\x02\x03"), "bytes 01 02 03"},
    {BYTES("0123456789abcdef01234567\x01"),
     "bytes 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 30 31 32 33 34 35 36 37 ..."},
    {BYTES("\r\n"), "bytes 0d 0a"},
};

static void services_are_known_by_their_first_bytes(void **state)
{
    char text[SERVICE_GUESS_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++)
        assert_string_equal(service_guess(rd_of(known[i].bytes, known[i].n), text), known[i].guess);
}

static void every_beginning_has_a_printable_guess(void **state)
{
    char text[SERVICE_GUESS_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++)
        for (size_t n = 0; n <= known[i].n; n++) {
            const char *s = service_guess(rd_of(known[i].bytes, n), text);
            assert_int_equal(*s == '\0', n == 0);
            for (; *s; s++)
                assert_in_range(*s, ' ', '~');
        }
}

static void long_texts_are_cut(void **state)
{
    char line[500], text[SERVICE_GUESS_SIZE];
    (void)state;
    memset(line, 'a', sizeof line);
    memcpy(line, "SSH-2.0-", 8);
    (void)service_guess(rd_of(line, sizeof line), text);
    assert_int_equal(strlen(text), SERVICE_GUESS_SIZE - 1);
    assert_string_equal(text + SERVICE_GUESS_SIZE - 6, "aa...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_are_known_by_their_first_bytes),
        cmocka_unit_test(every_beginning_has_a_printable_guess),
        cmocka_unit_test(long_texts_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
