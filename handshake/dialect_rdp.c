/* RDP's X.224 connection, which chooses the security protocol: MS-RDPBCGR 2.2.1.1, 2.2.1.2; RFC
 * 1006 (TPKT); X.224 13.3, 13.4, 13.5. Each protocol but RDP's own old one begins with TLS. */
#include "handshake/dialect_parts.h"

#include <stdio.h>

#define TPKT_SIZE 4u
#define TPKT_MAX 1024u

enum { X224_CONFIRM = 0xd0,
       X224_DISCONNECT = 0x80,
       NEG_RESPONSE = 2,
       NEG_FAILURE = 3,
       PROTOCOL_RDP = 0,
       PROTOCOL_SSL = 1,
       PROTOCOL_HYBRID = 2,
       PROTOCOL_RDSTLS = 4,
       PROTOCOL_HYBRID_EX = 8,
       REQUESTED = PROTOCOL_SSL | PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX /* as mstsc asks */ };

/* MS-RDPBCGR 2.2.1.2.2 */
static const char *const failures[] = {
    [1] = "SSL_REQUIRED_BY_SERVER",
    [2] = "SSL_NOT_ALLOWED_BY_SERVER",
    [3] = "SSL_CERT_NOT_ON_SERVER",
    [4] = "INCONSISTENT_FLAGS",
    [5] = "HYBRID_REQUIRED_BY_SERVER",
    [6] = "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
};

static void rdp_request(struct wr *out)
{
    static const uint8_t head[] = {3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0};
    wr_bytes(out, head, sizeof head);
    wr_le32(out, REQUESTED);
}

static void rdp_selected(struct dialect_talk *t, uint32_t protocol)
{
    t->detail = protocol;
    switch (protocol) {
    case PROTOCOL_SSL:
    case PROTOCOL_HYBRID:
    case PROTOCOL_RDSTLS:
    case PROTOCOL_HYBRID_EX: dialect_agree(t); return;
    case PROTOCOL_RDP:
        dialect_refuse(t, "it selected the old RDP security, without TLS", rd_text(""));
        return;
    }
    dialect_refuse(t, "it selected a security protocol that is not known", rd_text(""));
}

static void rdp_failed(struct dialect_talk *t, uint32_t code)
{
    char words[64];
    t->detail = code;
    (void)snprintf(words, sizeof words, "RDP negotiation failure %lu", (unsigned long)code);
    dialect_refuse(t, words, rd_text(code > 0 && code < COUNT(failures) ? failures[code] : ""));
}

/* What follows the X.224 part; a server that knows no negotiation (before Windows Server 2003 SP1)
 * sends nothing there. */
static void rdp_negotiated(struct dialect_talk *t, struct rd body, struct rd whole)
{
    if (body.left == 0) {
        dialect_refuse(t, "it knows only the old RDP security, without TLS", rd_text(""));
        return;
    }
    uint8_t type = rd_u8(&body);
    rd_skip(&body, 1);
    uint16_t size = rd_le16(&body);
    uint32_t value = rd_le32(&body);
    if (rd_ok(&body) == OK && size == 8 && type == NEG_RESPONSE)
        rdp_selected(t, value);
    else if (rd_ok(&body) == OK && size == 8 && type == NEG_FAILURE)
        rdp_failed(t, value);
    else
        dialect_foreign(t, whole);
}

static void rdp_answer(struct dialect_talk *t, struct rd whole)
{
    struct rd r = whole;
    rd_skip(&r, TPKT_SIZE);
    struct rd x224 = rd_sub(&r, rd_u8(&r));
    uint8_t type = rd_u8(&x224) & 0xf0;
    rd_skip(&x224, 5); /* both references, and the class or the reason */
    if (rd_end(&r) != OK || rd_ok(&x224) != OK)
        dialect_foreign(t, whole);
    else if (type == X224_CONFIRM)
        rdp_negotiated(t, x224, whole);
    else if (type == X224_DISCONNECT)
        dialect_refuse(t, "it answered with an X.224 disconnect request", rd_text(""));
    else
        dialect_foreign(t, whole);
}

static void rdp_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    struct rd peek = *in;
    if (t->stage == 0) {
        rdp_request(out);
        t->stage = 1;
    }
    if (in->left < TPKT_SIZE)
        return;
    rd_skip(&peek, 2);
    uint16_t size = rd_be16(&peek);
    if (size < TPKT_SIZE || size > TPKT_MAX)
        dialect_foreign(t, *in);
    else if (in->left >= size)
        rdp_answer(t, rd_sub(in, size));
}

const struct dialect dialect_rdp = {
    .id = STARTTLS_RDP,
    .words = "RDP (X.224)",
    .first = {(const uint8_t *)"\x03", 1, false},
    .before = rdp_before,
};
