/* MySQL's and MariaDB's SSLRequest: MySQL Internals, "Connection Phase", Protocol::HandshakeV10,
 * Protocol::SSLRequest, ERR_Packet. */
#include "handshake/dialect_parts.h"

#include <stdio.h>
#include <string.h>

#define GREETING_MAX 4096u

enum { PROTOCOL_10 = 10,
       PROTOCOL_9 = 9,
       ERR_PACKET = 0xff,
       CLIENT_SSL = 0x800,
       CLIENT_PROTOCOL_41 = 0x200,
       CLIENT_SECURE_CONNECTION = 0x8000,
       CHARSET_UTF8 = 33 };

static void request_put(struct wr *out)
{
    static const uint8_t head[] = {32, 0, 0, 1}; /* length, and the second packet of all */
    wr_bytes(out, head, sizeof head);
    wr_le32(out, CLIENT_SSL | CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION);
    wr_le32(out, 1u << 24);
    wr_u8(out, CHARSET_UTF8);
    wr_zeros(out, 23);
}

static void mysql_error(struct dialect_talk *t, struct rd body)
{
    char words[32];
    t->detail = rd_le16(&body);
    (void)snprintf(words, sizeof words, "error %lu", (unsigned long)t->detail);
    dialect_refuse(t, words, body);
}

static void mysql_greeting(struct dialect_talk *t, struct rd body, struct rd whole, struct wr *out)
{
    uint8_t protocol = rd_u8(&body);
    const uint8_t *end = body.left > 0 ? memchr(body.at, 0, body.left) : NULL;
    if (protocol == ERR_PACKET && body.left >= 2) {
        mysql_error(t, body);
        return;
    }
    if ((protocol != PROTOCOL_10 && protocol != PROTOCOL_9) || end == NULL) {
        dialect_foreign(t, whole);
        return;
    }
    struct rd version = rd_sub(&body, (size_t)(end - body.at));
    rd_skip(&body, 1 + 4 + 8 + 1); /* NUL, connection, first part of the salt, filler */
    uint16_t capabilities = rd_le16(&body);
    if (protocol == PROTOCOL_10 && body.bad) {
        dialect_foreign(t, whole);
    } else if (protocol == PROTOCOL_10 && capabilities & CLIENT_SSL) {
        request_put(out);
        dialect_agree(t); /* there is no answer: TLS follows at once */
    } else {
        dialect_refuse(t, "it offers no TLS", version);
    }
}

static void mysql_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    struct rd r = *in;
    if (in->left < 4)
        return;
    uint8_t low = rd_u8(&r);
    size_t size = (size_t)rd_le16(&r) << 8 | low;
    uint8_t sequence = rd_u8(&r);
    if (size == 0 || size > GREETING_MAX || sequence != 0) {
        dialect_foreign(t, *in);
    } else if (size <= r.left) {
        struct rd whole = *in;
        struct rd body = rd_sub(&r, size);
        *in = r;
        mysql_greeting(t, body, whole, out);
    }
}

const struct dialect dialect_mysql = {
    .id = STARTTLS_MYSQL,
    .words = "MySQL SSLRequest",
    .before = mysql_before,
};
