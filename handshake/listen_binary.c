/* The dialects that are not made of lines, from the server's side. */
#include "handshake/listen_dialect.h"

#include <stdio.h>
#include <string.h>

/* --- RDP: TPKT, X.224 connection request and confirm (MS-RDPBCGR 2.2.1.1, 2.2.1.2) --- */

enum {
    RDP_REQUEST = 1,
    RDP_RESPONSE = 2,
    RDP_FAILURE = 3,
    RDP_PROTOCOL_SSL = 1,
    RDP_PROTOCOL_HYBRID = 2,
    RDP_PROTOCOL_HYBRID_EX = 8,
    RDP_SSL_REQUIRED = 1,
    RDP_NEGOTIATION_SIZE = 8,
    X224_REQUEST = 0xe0,
    X224_CONFIRM = 0xd0,
    X224_FIXED = 6 /* behind the length indicator */
};

static void rdp_confirm(struct wr *out, uint8_t type, uint32_t value)
{
    wr_u8(out, 3); /* TPKT */
    wr_u8(out, 0);
    wr_be16(out, 19);
    wr_u8(out, X224_FIXED + RDP_NEGOTIATION_SIZE);
    wr_u8(out, X224_CONFIRM);
    wr_be16(out, 0);
    wr_be16(out, 0x1234);
    wr_u8(out, 0);
    wr_u8(out, type);
    wr_u8(out, 0);
    wr_le16(out, RDP_NEGOTIATION_SIZE);
    wr_le32(out, value);
}

static void rdp_say(struct before *b, uint32_t wanted)
{
    static const struct rd none = {0};
    before_say(b, "RDP: asks for standard RDP security", none);
    if (wanted & RDP_PROTOCOL_SSL)
        before_say(b, ", TLS", none);
    if (wanted & RDP_PROTOCOL_HYBRID)
        before_say(b, ", CredSSP", none);
    if (wanted & RDP_PROTOCOL_HYBRID_EX)
        before_say(b, ", CredSSP with early user authorization", none);
}

static enum before_step rdp_answer(struct before *b, uint32_t wanted, struct wr *out)
{
    rdp_say(b, wanted);
    if (wanted & RDP_PROTOCOL_HYBRID)
        rdp_confirm(out, RDP_RESPONSE, RDP_PROTOCOL_HYBRID);
    else if (wanted & RDP_PROTOCOL_HYBRID_EX)
        rdp_confirm(out, RDP_RESPONSE, RDP_PROTOCOL_HYBRID_EX);
    else if (wanted & RDP_PROTOCOL_SSL)
        rdp_confirm(out, RDP_RESPONSE, RDP_PROTOCOL_SSL);
    else
        rdp_confirm(out, RDP_FAILURE, RDP_SSL_REQUIRED);
    return wanted & (RDP_PROTOCOL_SSL | RDP_PROTOCOL_HYBRID | RDP_PROTOCOL_HYBRID_EX)
               ? BEFORE_TLS
               : BEFORE_NO_TLS;
}

/* A cookie or a routing token may stand before the request; both end with CR LF. */
static void rdp_cookie(struct before *b, struct rd *body)
{
    const uint8_t *end;
    if (body->left == 0 || (body->at[0] != 'C' && body->at[0] != 't' && body->at[0] != 'm') ||
        (end = memchr(body->at, '\n', body->left)) == NULL)
        return;
    struct rd line = rd_sub(body, (size_t)(end - body->at) + 1);
    line.left -= line.left > 1 ? 2 : 1;
    before_say(b, "", line);
    before_say(b, "; ", rd_of(NULL, 0));
}

enum before_step before_rdp(struct before *b, struct rd *in, struct wr *out)
{
    struct rd look = *in;
    if (look.left > 0 && look.at[0] != 3)
        return BEFORE_FOREIGN;
    if (look.left < 4)
        return BEFORE_MORE;
    rd_skip(&look, 2);
    uint16_t size = rd_be16(&look);
    if (size < 4 + 1 + X224_FIXED || size > BEFORE_BYTES_MAX)
        return BEFORE_FOREIGN;
    if (in->left < size)
        return BEFORE_MORE;
    struct rd body = rd_sub(in, size);
    rd_skip(&body, 4);
    uint8_t length = rd_u8(&body), code = rd_u8(&body);
    rd_skip(&body, X224_FIXED - 1);
    if (body.bad || code != X224_REQUEST || length != size - 5)
        return BEFORE_FOREIGN;
    rdp_cookie(b, &body);
    uint8_t type = rd_u8(&body);
    rd_skip(&body, 3);
    uint32_t wanted = rd_le32(&body);
    if (!body.bad && type == RDP_REQUEST)
        return rdp_answer(b, wanted, out);
    rdp_say(b, 0);
    return BEFORE_NO_TLS; /* a client of before RDP 5.2, which asks for nothing */
}

/* --- MS-TDS: PRELOGIN --- */

enum {
    TDS_HEADER = 8,
    TDS_PRELOGIN = 0x12,
    TDS_RESPONSE = 0x04,
    TDS_END_OF_MESSAGE = 1,
    TDS_VERSION = 0,
    TDS_ENCRYPTION = 1,
    TDS_INSTANCE = 2,
    TDS_TERMINATOR = 0xff,
    TDS_ENCRYPT_OFF = 0,
    TDS_ENCRYPT_ON = 1,
    TDS_ENCRYPT_NOT_SUP = 2,
    TDS_ENCRYPT_REQ = 3,
    TDS_ENCRYPT_CLIENT_CERT = 0x80
};

/* The answer of a SQL Server 2019 that wants TLS for everything. */
static void tds_put_answer(struct wr *out, uint8_t encryption)
{
    enum { OPTIONS = 3 * 5 + 1 };
    wr_u8(out, TDS_RESPONSE);
    wr_u8(out, TDS_END_OF_MESSAGE);
    wr_be16(out, TDS_HEADER + OPTIONS + 6 + 1 + 1);
    wr_zeros(out, 2);
    wr_u8(out, 1);
    wr_u8(out, 0);
    wr_u8(out, TDS_VERSION);
    wr_be16(out, OPTIONS);
    wr_be16(out, 6);
    wr_u8(out, TDS_ENCRYPTION);
    wr_be16(out, OPTIONS + 6);
    wr_be16(out, 1);
    wr_u8(out, TDS_INSTANCE);
    wr_be16(out, OPTIONS + 7);
    wr_be16(out, 1);
    wr_u8(out, TDS_TERMINATOR);
    wr_u8(out, 15);
    wr_u8(out, 0);
    wr_be16(out, 2000);
    wr_be16(out, 0);
    wr_u8(out, encryption);
    wr_u8(out, 0);
}

struct prelogin {
    uint8_t major, minor;
    uint16_t build;
    uint8_t encryption;
};

static bool prelogin_read(struct rd whole, struct prelogin *out)
{
    struct rd options = whole;
    bool version = false, encryption = false;
    for (uint8_t token; (token = rd_u8(&options)) != TDS_TERMINATOR && !options.bad;) {
        uint16_t from = rd_be16(&options), n = rd_be16(&options);
        struct rd value = rd_at(whole, from, n);
        if (token == TDS_VERSION) {
            out->major = rd_u8(&value);
            out->minor = rd_u8(&value);
            out->build = rd_be16(&value);
            version = !value.bad;
        } else if (token == TDS_ENCRYPTION) {
            out->encryption = rd_u8(&value) & (uint8_t)~TDS_ENCRYPT_CLIENT_CERT;
            encryption = !value.bad;
        }
    }
    return !options.bad && version && encryption && out->encryption <= TDS_ENCRYPT_REQ;
}

static enum before_step tds_answer(struct before *b, const struct prelogin *p, struct wr *out)
{
    static const char *const words[] = {"encryption of the login alone", "encryption",
                                        "no encryption", "encryption without fail"};
    char said[BEFORE_SAID_SIZE];
    (void)snprintf(said, sizeof said, "TDS 7 client %u.%u.%u, asks for %s", p->major, p->minor,
                   p->build, words[p->encryption]);
    before_say(b, said, rd_of(NULL, 0));
    tds_put_answer(out, p->encryption == TDS_ENCRYPT_ON ? TDS_ENCRYPT_ON : TDS_ENCRYPT_REQ);
    b->in_tds = true;
    return p->encryption == TDS_ENCRYPT_NOT_SUP ? BEFORE_NO_TLS : BEFORE_TLS;
}

enum before_step before_mssql(struct before *b, struct rd *in, struct wr *out)
{
    struct prelogin p = {0};
    struct rd look = *in;
    if (look.left > 0 && look.at[0] == 0x16) { /* a TLS record: TDS 8 */
        before_say(b, "TDS 8 client: TLS from the first byte", rd_of(NULL, 0));
        return BEFORE_TLS;
    }
    if (look.left > 0 && look.at[0] != TDS_PRELOGIN)
        return BEFORE_FOREIGN;
    if (look.left < TDS_HEADER)
        return BEFORE_MORE;
    rd_skip(&look, 2);
    uint16_t size = rd_be16(&look);
    if (size <= TDS_HEADER || size > BEFORE_BYTES_MAX)
        return BEFORE_FOREIGN;
    if (in->left < size)
        return BEFORE_MORE;
    struct rd body = rd_sub(in, size);
    rd_skip(&body, TDS_HEADER);
    return prelogin_read(body, &p) ? tds_answer(b, &p, out) : BEFORE_FOREIGN;
}

/* --- LDAP: the extended operation StartTLS (RFC 4511 4.14) --- */

enum { BER_SEQUENCE = 0x30,
       BER_INTEGER = 0x02,
       BER_ENUMERATED = 0x0a,
       BER_OCTETS = 0x04,
       LDAP_EXTENDED_REQUEST = 0x77,
       LDAP_EXTENDED_RESPONSE = 0x78,
       LDAP_REQUEST_NAME = 0x80 };

/* Content of the next element, whose length has one to four bytes; bad if it is not of that tag. */
static struct rd ber_take(struct rd *r, uint8_t tag)
{
    uint8_t seen = rd_u8(r), first = rd_u8(r);
    size_t n = first & 0x7fu;
    if (seen != tag || (first > 0x84) || first == 0x80)
        r->bad = true;
    if (first > 0x80) {
        size_t octets = n;
        for (n = 0; octets > 0; octets--)
            n = n << 8 | rd_u8(r);
    }
    return rd_sub(r, n);
}

/* Size of the whole element at the start; 0 while that cannot be said. */
static size_t ber_size(struct rd r)
{
    size_t had = r.left;
    uint8_t first;
    rd_skip(&r, 1);
    first = rd_u8(&r);
    size_t n = first & 0x7fu;
    if (first > 0x80) {
        size_t octets = n < 4 ? n : 4;
        for (n = 0; octets > 0; octets--)
            n = n << 8 | rd_u8(&r);
    }
    return r.bad ? 0 : had - r.left + n;
}

static void ldap_put_agreed(struct wr *out, struct rd id)
{
    wr_u8(out, BER_SEQUENCE);
    struct hole whole = wr_hole8(out);
    wr_u8(out, BER_INTEGER);
    struct hole number = wr_hole8(out);
    wr_view(out, id);
    wr_close(out, number);
    wr_u8(out, LDAP_EXTENDED_RESPONSE);
    struct hole body = wr_hole8(out);
    wr_u8(out, BER_ENUMERATED); /* resultCode success */
    wr_u8(out, 1);
    wr_u8(out, 0);
    for (int i = 0; i < 2; i++) { /* matchedDN, diagnosticMessage */
        wr_u8(out, BER_OCTETS);
        wr_u8(out, 0);
    }
    wr_close(out, body);
    wr_close(out, whole);
}

enum before_step before_ldap(struct before *b, struct rd *in, struct wr *out)
{
    static const char start_tls[] = "1.3.6.1.4.1.1466.20037";
    size_t size;
    if (in->left > 0 && in->at[0] != BER_SEQUENCE)
        return BEFORE_FOREIGN;
    size = ber_size(*in);
    if (size > BEFORE_BYTES_MAX)
        return BEFORE_FOREIGN;
    if (size == 0 || in->left < size)
        return BEFORE_MORE;
    struct rd whole = rd_sub(in, size);
    struct rd message = ber_take(&whole, BER_SEQUENCE);
    struct rd id = ber_take(&message, BER_INTEGER);
    uint8_t operation = message.left > 0 ? message.at[0] : 0;
    if (message.bad || id.left == 0 || id.left > 4 || operation == 0)
        return BEFORE_FOREIGN;
    struct rd request = ber_take(&message, LDAP_EXTENDED_REQUEST);
    struct rd name = ber_take(&request, LDAP_REQUEST_NAME);
    if (request.bad || !rd_equal(name, rd_text(start_tls))) {
        char said[64];
        (void)snprintf(said, sizeof said, "LDAP: asks for operation 0x%02x, not for StartTLS",
                       operation);
        before_say(b, said, rd_of(NULL, 0));
        return BEFORE_NO_TLS;
    }
    before_say(b, "LDAP: asks for StartTLS", rd_of(NULL, 0));
    ldap_put_agreed(out, id);
    return BEFORE_TLS;
}

/* --- PostgreSQL: SSLRequest --- */

enum before_step before_postgresql(struct before *b, struct rd *in, struct wr *out)
{
    enum { SSL_REQUEST = 80877103,
           GSS_REQUEST = 80877104,
           REQUEST_SIZE = 8 };
    while (in->left > 0) {
        struct rd look = *in;
        if (in->at[0] != 0)
            return BEFORE_FOREIGN;
        if (in->left < REQUEST_SIZE)
            return BEFORE_MORE;
        uint32_t size = rd_be32(&look), code = rd_be32(&look);
        if (size == REQUEST_SIZE && code == GSS_REQUEST) {
            rd_skip(in, REQUEST_SIZE);
            wr_u8(out, 'N');
        } else if (size == REQUEST_SIZE && code == SSL_REQUEST) {
            rd_skip(in, REQUEST_SIZE);
            wr_u8(out, 'S');
            before_say(b, "PostgreSQL: asks for TLS", rd_of(NULL, 0));
            return BEFORE_TLS;
        } else if (code >> 16 == 3) {
            before_say(b, "PostgreSQL: goes on without asking for TLS", rd_of(NULL, 0));
            return BEFORE_NO_TLS;
        } else {
            return BEFORE_FOREIGN;
        }
    }
    return BEFORE_MORE;
}

/* --- MySQL: greeting and SSLRequest --- */

enum { MYSQL_SSL = 0x800,
       MYSQL_CAPABILITIES = 0x0008ffff, /* of an old server, with SSL and PLUGIN_AUTH */
       MYSQL_HEADER = 4,
       MYSQL_SSL_REQUEST_SIZE = 32,
       MYSQL_UTF8 = 33,
       MYSQL_STAGE_ASK = 1 };

static void mysql_put_greeting(struct wr *out)
{
    static const char version[] = "8.0.0-swell";
    static const char plugin[] = "mysql_native_password";
    struct wr body = {0};
    wr_init(&body, BEFORE_BYTES_MAX);
    wr_u8(&body, 10); /* protocol */
    wr_bytes(&body, version, sizeof version);
    wr_le32(&body, 1);                   /* connection */
    wr_view(&body, rd_text("listener")); /* a challenge that nobody answers */
    wr_u8(&body, 0);
    wr_le16(&body, MYSQL_CAPABILITIES & 0xffff);
    wr_u8(&body, MYSQL_UTF8);
    wr_le16(&body, 2); /* autocommit */
    wr_le16(&body, MYSQL_CAPABILITIES >> 16);
    wr_u8(&body, 21);
    wr_zeros(&body, 10);
    wr_view(&body, rd_text("listens only")); /* the rest of the challenge */
    wr_u8(&body, 0);
    wr_bytes(&body, plugin, sizeof plugin);
    wr_u8(out, body.used);
    wr_zeros(out, 3); /* the length's upper bytes, and sequence 0 */
    wr_view(out, wr_view_of(&body));
    wr_fini(&body);
}

enum before_step before_mysql(struct before *b, struct rd *in, struct wr *out)
{
    if (b->stage != MYSQL_STAGE_ASK) {
        mysql_put_greeting(out);
        b->stage = MYSQL_STAGE_ASK;
    }
    struct rd look = *in;
    if (in->left < MYSQL_HEADER)
        return BEFORE_MORE;
    uint8_t low = rd_u8(&look);
    uint16_t high = rd_le16(&look);
    uint8_t sequence = rd_u8(&look);
    size_t size = (size_t)high << 8 | low;
    if (sequence != 1 || size < MYSQL_SSL_REQUEST_SIZE || size > BEFORE_BYTES_MAX)
        return BEFORE_FOREIGN;
    if (look.left < size)
        return BEFORE_MORE;
    if ((rd_le32(&look) & MYSQL_SSL) == 0 || size != MYSQL_SSL_REQUEST_SIZE) {
        before_say(b, "MySQL: logs in without asking for TLS", rd_of(NULL, 0));
        return BEFORE_NO_TLS;
    }
    rd_skip(in, MYSQL_HEADER + size);
    before_say(b, "MySQL: asks for TLS", rd_of(NULL, 0));
    return BEFORE_TLS;
}
