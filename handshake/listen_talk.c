#include "handshake/listen_talk.h"

#include <stdio.h>
#include <string.h>

enum {
    RECORD_HEADER = 5,
    RECORD_MAX = (1 << 14) + 256,
    RECORD_HANDSHAKE = 22,
    RECORD_ALERT = 21,
    MESSAGE_HEADER = 4,
    MESSAGE_CLIENT_HELLO = 1,
    ALERT_FATAL = 2,
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_DECODE_ERROR = 50,
    SSLV2_ERROR = 0,
    SSLV2_NO_CIPHER = 1,
    TDS_HEADER = 8,
    TDS_PRELOGIN = 0x12,
    TDS_PACKET_MAX = 32767
};

#define SSL_3_0 0x0300
#define TLS_1_2_WIRE 0x0303
#define TLS_BYTES_MAX (CLIENT_HELLO_MAX + LISTEN_RECORDS_MAX * RECORD_HEADER + RECORD_MAX)
#define LOOK_BYTES 8u /* by which a foreign protocol is known */

static enum talk_step end_with(struct listen_talk *t, enum listen_outcome outcome)
{
    t->outcome = outcome;
    return TALK_DONE;
}

/* --- what is no TLS --- */

static const struct {
    const char *bytes;
    uint8_t n;
    const char *is;
} known[] = {
    {"GET ", 4, "HTTP"},
    {"POST ", 5, "HTTP"},
    {"HEAD ", 5, "HTTP"},
    {"PUT ", 4, "HTTP"},
    {"OPTIONS ", 8, "HTTP"},
    {"CONNECT ", 8, "HTTP, to a proxy"},
    {"PRI * HT", 8, "HTTP/2 without TLS"},
    {"SSH-", 4, "SSH"},
    {"EHLO", 4, "SMTP (--starttls smtp)"},
    {"HELO", 4, "SMTP (--starttls smtp)"},
    {"\x03\x00\x00", 3, "RDP (--starttls rdp)"},
    {"\x12\x01", 2, "SQL Server, TDS 7 (--starttls mssql)"},
    {"\x00\x00\x00\x08\x04\xd2\x16\x2f", 8, "PostgreSQL (--starttls postgres)"},
    {"\x00\x00\x00", 3, "SMB or another protocol of length and content"},
    {"\x30\x1d\x02\x01", 4, "LDAP (--starttls ldap)"},
    {"\x30", 1, "LDAP or another protocol in BER"},
    {"\x05", 1, "SOCKS 5"},
    {"\x04\x01", 2, "SOCKS 4"},
    {"\x15\x03", 2, "a TLS alert before any hello"},
    {"\x17\x03", 2, "TLS data before any hello"},
};

static const char *foreign_name(struct rd bytes)
{
    for (size_t i = 0; i < COUNT(known); i++)
        if (bytes.left >= known[i].n && memcmp(bytes.at, known[i].bytes, known[i].n) == 0)
            return known[i].is;
    return "an unknown protocol";
}

static enum talk_step end_foreign(struct listen_talk *t, struct rd bytes)
{
    struct before first = {0};
    struct rd look = rd_of(bytes.at, bytes.left < 40 ? bytes.left : 40);
    before_say(&first, "", look);
    (void)why_set(&t->why, E_PROTOCOL, "this is %s, not TLS; it began with `%s`",
                  foreign_name(bytes), first.said);
    return end_with(t, LISTEN_FOREIGN);
}

/* --- answers --- */

static uint16_t answer_version(const struct client_hello *h)
{
    return h->version > TLS_1_2_WIRE ? TLS_1_2_WIRE : h->version;
}

static void put_alert(const struct listen_talk *t, uint16_t version, uint8_t alert,
                      struct wr *out)
{
    if (t->before.in_tds) {
        wr_u8(out, TDS_PRELOGIN);
        wr_u8(out, 1);
        wr_be16(out, TDS_HEADER + RECORD_HEADER + 2);
        wr_zeros(out, 4);
    }
    wr_u8(out, RECORD_ALERT);
    wr_be16(out, version);
    wr_be16(out, 2);
    wr_u8(out, ALERT_FATAL);
    wr_u8(out, alert);
}

static enum talk_step answer_hello(struct listen_talk *t, struct wr *out)
{
    if (t->hello.version >= SSL_3_0) {
        put_alert(t, answer_version(&t->hello), ALERT_HANDSHAKE_FAILURE, out);
    } else { /* SSL 2.0 has no alerts */
        wr_u8(out, 0x80);
        wr_u8(out, 3);
        wr_u8(out, SSLV2_ERROR);
        wr_be16(out, SSLV2_NO_CIPHER);
    }
    return end_with(t, LISTEN_HELLO);
}

static enum talk_step answer_broken(struct listen_talk *t, struct wr *out)
{
    put_alert(t, TLS_1_2_WIRE, ALERT_DECODE_ERROR, out);
    return end_with(t, LISTEN_BROKEN);
}

/* --- records --- */

/* The message as far as it has come, put together from whole and partial records. */
struct assembly {
    uint8_t bytes[MESSAGE_HEADER + CLIENT_HELLO_MAX];
    size_t used;
    size_t records;
    uint16_t record_version;
};

/* Bytes that the message has in all; 0 while its header is not there. */
static size_t message_size(const struct assembly *a)
{
    struct rd head = rd_of(a->bytes, a->used);
    rd_skip(&head, 1);
    uint32_t size = rd_be24(&head);
    return head.bad ? 0 : MESSAGE_HEADER + (size_t)size;
}

static bool fragment_add(struct listen_talk *t, struct assembly *a, struct rd fragment)
{
    size_t room = sizeof a->bytes - a->used;
    size_t n = fragment.left < room ? fragment.left : room;
    (void)rd_copy(&fragment, a->bytes + a->used, n);
    a->used += n;
    if (a->used > 0 && a->bytes[0] != MESSAGE_CLIENT_HELLO) {
        (void)why_set(&t->why, E_PROTOCOL, "handshake message %u instead of a ClientHello",
                      a->bytes[0]);
        return false;
    }
    if (message_size(a) > sizeof a->bytes) {
        (void)why_set(&t->why, E_LIMIT, "a ClientHello of %zu bytes", message_size(a));
        return false;
    }
    return true;
}

static bool record_take(struct listen_talk *t, struct assembly *a, struct rd *r)
{
    uint8_t type = rd_u8(r);
    uint16_t version = rd_be16(r);
    size_t size = rd_be16(r);
    size_t here = size < r->left ? size : r->left;
    if (type != RECORD_HANDSHAKE || version >> 8 != 3 || size == 0 || size > RECORD_MAX ||
        ++a->records > LISTEN_RECORDS_MAX) {
        (void)why_set(&t->why, E_PROTOCOL, "%s",
                      a->records > LISTEN_RECORDS_MAX
                          ? "a hello in more records than any client needs"
                          : "not a record of a TLS handshake");
        return false;
    }
    if (a->records == 1)
        a->record_version = version;
    return fragment_add(t, a, rd_sub(r, here));
}

static enum talk_step take_records(struct listen_talk *t, struct rd r, struct wr *out)
{
    struct assembly a;
    a.used = a.records = 0;
    a.record_version = 0;
    while (r.left >= RECORD_HEADER) {
        if (!record_take(t, &a, &r))
            return answer_broken(t, out);
        size_t size = message_size(&a);
        if (size == 0 || a.used < size)
            continue;
        struct rd message = rd_of(a.bytes + MESSAGE_HEADER, size - MESSAGE_HEADER);
        if (client_hello_read(message, a.record_version, &t->hello, &t->why) != OK)
            return answer_broken(t, out);
        return answer_hello(t, out);
    }
    return TALK_MORE;
}

/* A record of SSL 2.0: two bytes of length with the highest bit set, then the message. */
static enum talk_step take_sslv2(struct listen_talk *t, struct rd r, struct wr *out)
{
    size_t size = rd_be16(&r) & 0x7fffu;
    if (r.bad || r.left < size)
        return TALK_MORE;
    if (client_hello_read_sslv2(rd_sub(&r, size), &t->hello, &t->why) != OK)
        return answer_broken(t, out);
    return answer_hello(t, out);
}

static bool is_sslv2_hello(struct rd r)
{
    uint8_t high = rd_u8(&r);
    rd_skip(&r, 1);
    uint8_t type = rd_u8(&r);
    uint8_t major = rd_u8(&r), minor = rd_u8(&r);
    return high >= 0x80 && (r.bad || (type == 1 && (major == 3 || (major == 0 && minor == 2))));
}

static enum talk_step take_tls(struct listen_talk *t, struct wr *out)
{
    struct rd r = wr_view_of(&t->tls), look = r;
    uint8_t first = rd_u8(&look), major = rd_u8(&look);
    if (r.left == 0)
        return TALK_MORE;
    if (first == RECORD_HANDSHAKE && (look.bad || major == 3))
        return take_records(t, r, out);
    if (is_sslv2_hello(r))
        return take_sslv2(t, r, out);
    /* A few more bytes may tell what it is. */
    return r.left < LOOK_BYTES && memchr(r.at, '\n', r.left) == NULL ? TALK_MORE
                                                                     : end_foreign(t, r);
}

/* --- what carries TLS --- */

/* Payloads of whole TDS packets go over to t->tls. */
static bool unwrap_tds(struct listen_talk *t, struct rd *in)
{
    while (in->left >= TDS_HEADER) {
        struct rd look = *in;
        uint8_t type = rd_u8(&look);
        rd_skip(&look, 1);
        uint16_t size = rd_be16(&look);
        if (type != TDS_PRELOGIN || size < TDS_HEADER || size > TDS_PACKET_MAX) {
            (void)why_set(&t->why, E_PROTOCOL, "TLS is not within TDS packets of type 0x12");
            return false;
        }
        if (in->left < size)
            return true;
        struct rd packet = rd_sub(in, size);
        rd_skip(&packet, TDS_HEADER);
        wr_view(&t->tls, packet);
    }
    return true;
}

static enum talk_step step_before(struct listen_talk *t, struct rd *in, struct wr *out)
{
    struct rd had = *in;
    switch (t->dialect->step(&t->before, in, out)) {
    case BEFORE_MORE: return TALK_MORE;
    case BEFORE_TLS: t->in_tls = true; return TALK_MORE;
    case BEFORE_NO_TLS: return end_with(t, LISTEN_NO_TLS);
    case BEFORE_FOREIGN: break;
    }
    if (had.left > 1 && had.at[0] == RECORD_HANDSHAKE && had.at[1] == 3) {
        (void)why_set(&t->why, E_PROTOCOL, "TLS from the first byte, without the %s before it",
                      t->dialect->name);
        return end_with(t, LISTEN_FOREIGN);
    }
    return end_foreign(t, had);
}

static enum talk_step listen_step(struct talk *talk, struct rd *in, struct wr *out)
{
    struct listen_talk *t = (struct listen_talk *)talk;
    if (!t->in_tls) {
        enum talk_step step = step_before(t, in, out);
        if (step == TALK_DONE || !t->in_tls)
            return step;
    }
    if (t->before.in_tds) {
        if (!unwrap_tds(t, in))
            return end_with(t, LISTEN_BROKEN);
    } else {
        wr_view(&t->tls, rd_sub(in, in->left));
    }
    if (wr_end(&t->tls) != OK) {
        (void)why_set(&t->why, E_LIMIT, "more than %u bytes and no whole ClientHello",
                      (unsigned)TLS_BYTES_MAX);
        return end_with(t, LISTEN_BROKEN);
    }
    return take_tls(t, out);
}

static const char *end_words(enum talk_end end)
{
    switch (end) {
    case TALK_END_CLOSED: return "the client closed the connection";
    case TALK_END_RESET: return "the client reset the connection";
    case TALK_END_DEADLINE: return "the time was over";
    case TALK_END_NO_CONNECTION: return "the connection was lost";
    }
    return "";
}

static void listen_ended(struct talk *talk, enum talk_end end, struct rd left)
{
    struct listen_talk *t = (struct listen_talk *)talk;
    struct rd r = t->in_tls && t->tls.used > 0 ? wr_view_of(&t->tls) : left;
    t->outcome = LISTEN_ENDED;
    if (r.left == 0)
        (void)why_set(&t->why, E_CUT, "%s, and it had not said anything%s", end_words(end),
                      t->in_tls && t->dialect->step != NULL && *t->before.said != '\0'
                          ? " since TLS was agreed on"
                          : "");
    else if (r.at[0] == RECORD_HANDSHAKE || r.at[0] >= 0x80 || !t->in_tls)
        (void)why_set(&t->why, E_CUT, "%s within what should be %s", end_words(end),
                      t->in_tls ? "a ClientHello" : t->dialect->name);
    else
        (void)end_foreign(t, r);
}

void listen_talk_init(struct listen_talk *t, const struct listen_dialect *d)
{
    static const struct talk_kind kind = {listen_step, listen_ended};
    *t = (struct listen_talk){.talk = {&kind}, .dialect = d};
    wr_init(&t->tls, TLS_BYTES_MAX);
}

void listen_talk_fini(struct listen_talk *t)
{
    wr_fini(&t->tls);
}

const char *listen_outcome_word(enum listen_outcome o)
{
    static const char *const words[] = {
        [LISTEN_TALKING] = "talking",
        [LISTEN_HELLO] = "hello",
        [LISTEN_NO_TLS] = "no_tls",
        [LISTEN_FOREIGN] = "not_tls",
        [LISTEN_BROKEN] = "broken",
        [LISTEN_ENDED] = "ended",
    };
    return words[o];
}
