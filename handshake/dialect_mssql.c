/* SQL Server up to TDS 7.4: PRELOGIN says whether there is TLS, whose handshake then travels inside
 * of TDS packets. MS-TDS 2.2.3.1 (packets), 2.2.6.5 (PRELOGIN), 3.2.5.1, 3.3.5.1. */
#include "handshake/dialect_parts.h"

#include <stdio.h>

#define HEADER_SIZE 8u
#define PACKET_MAX 4096u /* until a login has negotiated another */
#define OPTIONS_MAX 64

enum { TYPE_REPLY = 4,
       TYPE_PRELOGIN = 18, /* and TLS, from TDS 7.2 on; before it servers have 4 there too */
       STATUS_END = 1,
       OPTION_ENCRYPTION = 1,
       OPTIONS_END = 0xff,
       ENCRYPT_OFF = 0, /* for the login alone */
       ENCRYPT_ON = 1,
       ENCRYPT_NOT_SUP = 2,
       ENCRYPT_REQ = 3,
       ENCRYPT_CLIENT_CERT = 0x80 };

struct packet {
    uint8_t type, status;
    struct rd body;
};

enum took { TOOK_PACKET,
            TOOK_NOTHING, /* it is not whole yet */
            TOOK_NONSENSE };

static enum took header_take(struct rd *in, struct packet *out, size_t *body_size)
{
    struct rd r = *in;
    struct rd head = rd_sub(&r, HEADER_SIZE);
    out->type = rd_u8(&head);
    out->status = rd_u8(&head);
    uint16_t size = rd_be16(&head);
    if (head.bad)
        return TOOK_NOTHING;
    if (size < HEADER_SIZE)
        return TOOK_NONSENSE;
    *in = r;
    *body_size = size - HEADER_SIZE;
    return TOOK_PACKET;
}

static enum took packet_take(struct rd *in, struct packet *out)
{
    struct rd r = *in;
    size_t size = 0;
    enum took took = header_take(&r, out, &size);
    if (took != TOOK_PACKET)
        return took;
    if (out->type != TYPE_REPLY)
        return TOOK_NONSENSE;
    if (size > r.left)
        return TOOK_NOTHING;
    out->body = rd_sub(&r, size);
    *in = r;
    return TOOK_PACKET;
}

/* --- PRELOGIN --- */

static void prelogin_put(struct wr *out)
{
    static const uint8_t options[] = {
        0, 0, 26, 0, 6, /* VERSION, first as it must be */
        1, 0, 32, 0, 1, /* ENCRYPTION */
        2, 0, 33, 0, 1, /* INSTOPT */
        3, 0, 34, 0, 4, /* THREADID */
        4, 0, 38, 0, 1, /* MARS */
        OPTIONS_END,    /* offsets count from the first option */
        9, 0, 0, 0, 0, 0, ENCRYPT_ON, 0, 0, 0, 0, 0, 0};
    wr_u8(out, TYPE_PRELOGIN);
    wr_u8(out, STATUS_END);
    wr_be16(out, HEADER_SIZE + sizeof options);
    wr_zeros(out, 4); /* process, packet number, window */
    wr_bytes(out, options, sizeof options);
}

/* False if there is no such option, or what is there are no options. */
static bool encryption_find(struct rd body, uint8_t *out)
{
    struct rd r = body;
    for (int i = 0; i < OPTIONS_MAX; i++) {
        uint8_t token = rd_u8(&r);
        if (r.bad || token == OPTIONS_END)
            return false;
        uint16_t at = rd_be16(&r);
        uint16_t size = rd_be16(&r);
        if (r.bad || token != OPTION_ENCRYPTION)
            continue;
        struct rd value = rd_at(body, at, size);
        *out = rd_u8(&value);
        return !value.bad;
    }
    return false;
}

static void prelogin_answered(struct dialect_talk *t, struct rd body, struct rd whole)
{
    uint8_t answer = 0;
    if (!encryption_find(body, &answer)) {
        dialect_foreign(t, whole);
        return;
    }
    t->detail = answer;
    switch (answer & ~ENCRYPT_CLIENT_CERT) {
    case ENCRYPT_OFF:
    case ENCRYPT_ON:
    case ENCRYPT_REQ: dialect_agree(t); return;
    case ENCRYPT_NOT_SUP:
        dialect_refuse(t, "it has no encryption (ENCRYPT_NOT_SUP)", rd_text(""));
        return;
    }
    dialect_foreign(t, whole);
}

/* An answer over several packets counts when the last of them is there. */
static void mssql_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    struct rd r = *in;
    struct packet p = {.status = 0};
    enum took took = TOOK_PACKET;
    if (t->stage == 0) {
        prelogin_put(out);
        t->stage = 1;
    }
    while ((took = packet_take(&r, &p)) == TOOK_PACKET) {
        wr_view(&t->came, p.body);
        if (p.status & STATUS_END) {
            prelogin_answered(t, wr_view_of(&t->came), *in);
            *in = r;
            break;
        }
    }
    wr_reset(&t->came);
    if (took == TOOK_NONSENSE)
        dialect_foreign(t, *in);
}

/* --- TLS in packets --- */

/* How many of the bytes that follow are TLS'. A TLS record without a packet around it is one all
 * the same, and nonsense is for the inner talk to name. */
static enum took next_size(struct dialect_talk *t, struct rd *in, size_t *size)
{
    struct packet p;
    if (!t->bare && t->packet_left == 0) {
        enum took took = TOOK_NONSENSE;
        if (in->at[0] == TYPE_PRELOGIN || in->at[0] == TYPE_REPLY)
            took = header_take(in, &p, &t->packet_left);
        if (took == TOOK_NOTHING)
            return took;
        t->bare = took == TOOK_NONSENSE;
    }
    *size = t->bare || t->packet_left > in->left ? in->left : t->packet_left;
    return TOOK_PACKET;
}

static void mssql_unpack(struct dialect_talk *t, struct rd *in)
{
    size_t size = 0, room = 1;
    while (in->left > 0 && room > 0 && next_size(t, in, &size) == TOOK_PACKET) {
        room = t->came.limit - t->came.used;
        size_t n = size < room ? size : room;
        wr_view(&t->came, rd_sub(in, n));
        t->packet_left -= t->bare ? 0 : n;
    }
}

static void mssql_pack(struct rd bytes, struct wr *out)
{
    while (bytes.left > 0) {
        size_t n = bytes.left < PACKET_MAX - HEADER_SIZE ? bytes.left : PACKET_MAX - HEADER_SIZE;
        wr_u8(out, TYPE_PRELOGIN);
        wr_u8(out, n == bytes.left ? STATUS_END : 0);
        wr_be16(out, HEADER_SIZE + n);
        wr_zeros(out, 4);
        wr_view(out, rd_sub(&bytes, n));
    }
}

const struct dialect dialect_mssql = {
    .id = STARTTLS_MSSQL,
    .words = "SQL Server (TDS 7, TLS inside PRELOGIN packets)",
    .first = {(const uint8_t *)"\x04", 1, false},
    .before = mssql_before,
    .unpack = mssql_unpack,
    .pack = mssql_pack,
};
