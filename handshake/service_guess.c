#include "handshake/service_guess.h"

#include <string.h>

#define SHOWN_BYTES 24u

static bool is_printable(uint8_t c)
{
    return c >= ' ' && c <= '~';
}

/* Where a mark stands: at the beginning, unless told otherwise. */
struct mark {
    const char *service;
    size_t at;
    const char *bytes;
    size_t n;
};

#define MARK(service, at, bytes)              \
    {                                         \
        service, at, bytes, sizeof(bytes) - 1 \
    }

static const struct mark texts[] = {
    MARK("HTTP", 0, "HTTP/"),
    MARK("HTTP", 0, "<!DOCTYPE "),
    MARK("HTTP", 0, "<!doctype "),
    MARK("HTTP", 0, "<html"),
    MARK("HTTP", 0, "<HTML"),
    MARK("SSH", 0, "SSH-"),
    MARK("IMAP", 0, "* OK"),
    MARK("IMAP", 0, "* BYE"),
    MARK("IMAP", 0, "* PREAUTH"),
    MARK("POP3", 0, "+OK"),
    MARK("POP3", 0, "-ERR "),
    MARK("VNC", 0, "RFB 0"),
    MARK("RTSP", 0, "RTSP/"),
    MARK("SIP", 0, "SIP/2"),
    MARK("XMPP", 0, "<?xml"),
    MARK("AMQP", 0, "AMQP"),
    MARK("NATS", 0, "INFO {"),
};

/* Bytes that are no text; what begins like text is looked at before. */
static const struct mark binaries[] = {
    MARK("TLS", 0, "\x16\x03"),
    MARK("TLS", 0, "\x15\x03"),
    MARK("SMB", 4, "\xfeSMB"),
    MARK("SMB", 4, "\xffSMB"),
    MARK("SQL Server (TDS)", 0, "\x04\x01"),
    MARK("RDP (TPKT)", 0, "\x03\x00"),
    MARK("DCE/RPC", 0, "\x05\x00"),
    MARK("Telnet", 0, "\xff\xfb"),
    MARK("Telnet", 0, "\xff\xfc"),
    MARK("Telnet", 0, "\xff\xfd"),
    MARK("Telnet", 0, "\xff\xfe"),
    MARK("MySQL", 2, "\x00\x00\x0a"),
    MARK("MySQL", 2, "\x00\x00\xff"),
    MARK("PostgreSQL", 0, "E\x00\x00\x00"),
    MARK("PostgreSQL", 0, "E\x00\x00\x01"),
    MARK("LDAP", 2, "\x02\x01"),
    MARK("LDAP", 6, "\x02\x01"), /* a length of four bytes, as Active Directory writes it */
};

static bool mark_stands(const struct mark *m, struct rd bytes)
{
    struct rd there = rd_at(bytes, m->at, m->n);
    return rd_equal(there, rd_of(m->bytes, m->n));
}

static const char *mark_find(const struct mark *marks, size_t n, struct rd bytes)
{
    for (size_t i = 0; i < n; i++)
        if (mark_stands(&marks[i], bytes))
            return marks[i].service;
    return NULL;
}

static bool holds(struct rd line, const char *word)
{
    size_t n = strlen(word);
    for (size_t at = 0; at + n <= line.left; at++)
        if (memcmp(line.at + at, word, n) == 0)
            return true;
    return false;
}

/* `220 …`: FTP and SMTP greet alike; many say in words which of them they are. */
static const char *reply_guess(struct rd line)
{
    struct rd r = line;
    uint8_t digit = rd_u8(&r);
    for (int i = 0; i < 2; i++) {
        uint8_t c = rd_u8(&r);
        if (c < '0' || c > '9')
            return NULL;
    }
    uint8_t after = r.left > 0 ? rd_u8(&r) : ' ';
    if (r.bad || digit < '1' || digit > '5' || (after != ' ' && after != '-'))
        return NULL;
    if (holds(line, "FTP"))
        return "FTP";
    return holds(line, "SMTP") || holds(line, "Mail") ? "SMTP" : "SMTP or FTP";
}

/* The first line, if it is text; else nothing. */
static struct rd line_of(struct rd bytes)
{
    struct rd r = bytes;
    size_t n = 0;
    while (r.left > 0) {
        uint8_t c = rd_u8(&r);
        if (c == '\r' || c == '\n')
            break;
        if (!is_printable(c) && c != '\t')
            return (struct rd){.left = 0};
        n++;
    }
    return rd_sub(&bytes, n);
}

static size_t text_put(char *out, size_t used, struct rd text)
{
    for (; text.left > 0 && used + 1 < SERVICE_GUESS_SIZE; used++) {
        uint8_t c = rd_u8(&text);
        out[used] = is_printable(c) ? (char)c : '?';
    }
    out[used] = '\0';
    if (text.left > 0)
        memset(out + used - 3, '.', 3);
    return used;
}

static size_t hex_put(char *out, struct rd bytes)
{
    static const char digits[] = "0123456789abcdef";
    bool cut = bytes.left > SHOWN_BYTES;
    struct rd shown = rd_sub(&bytes, cut ? SHOWN_BYTES : bytes.left);
    size_t used = text_put(out, 0, rd_text("bytes"));
    while (shown.left > 0) {
        uint8_t c = rd_u8(&shown);
        out[used++] = ' ';
        out[used++] = digits[c >> 4];
        out[used++] = digits[c & 15];
    }
    return text_put(out, used, rd_text(cut ? " ..." : ""));
}

const char *service_guess(struct rd bytes, char out[SERVICE_GUESS_SIZE])
{
    struct rd line = line_of(bytes);
    const char *service = mark_find(texts, COUNT(texts), bytes);
    *out = '\0';
    if (!service && line.left > 0)
        service = reply_guess(line);
    if (!service)
        service = mark_find(binaries, COUNT(binaries), bytes);
    if (service) {
        size_t used = text_put(out, 0, rd_text(service));
        if (line.left > 0)
            (void)text_put(out, text_put(out, used, rd_text(": ")), line);
    } else if (line.left > 0) {
        (void)text_put(out, 0, line);
    } else if (bytes.left > 0) {
        (void)hex_put(out, bytes);
    }
    return out;
}
