/* PostgreSQL's SSLRequest: PostgreSQL manual, "SSL Session Encryption" and "Message Formats". */
#include "handshake/dialect_parts.h"

#include <string.h>

#define ERROR_MAX 4096u

/* The human words among the fields of an error; each is a letter and a text that ends in NUL. */
static struct rd field_find(struct rd fields, uint8_t letter)
{
    while (fields.left > 0) {
        uint8_t kind = rd_u8(&fields);
        const uint8_t *end = fields.left > 0 ? memchr(fields.at, 0, fields.left) : NULL;
        if (end == NULL)
            break;
        struct rd value = rd_sub(&fields, (size_t)(end - fields.at));
        rd_skip(&fields, 1);
        if (kind == letter)
            return value;
    }
    return rd_text("");
}

/* Errors before protocol 3 are a text alone, and its first letters are no length. */
static void postgres_error(struct dialect_talk *t, struct rd *in)
{
    struct rd r = *in;
    rd_skip(&r, 1);
    uint32_t size = rd_be32(&r);
    if (r.bad)
        return;
    if (size < 4 || size > ERROR_MAX) {
        r = *in;
        rd_skip(&r, 1);
        const uint8_t *end = memchr(r.at, 0, r.left);
        if (end != NULL)
            dialect_refuse(t, "", rd_sub(&r, (size_t)(end - r.at)));
    } else if (size - 4 <= r.left) {
        dialect_refuse(t, "", field_find(rd_sub(&r, size - 4), 'M'));
    }
}

static void postgres_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    if (t->stage == 0) {
        wr_be32(out, 8);
        wr_be16(out, 1234);
        wr_be16(out, 5679);
        t->stage = 1;
    }
    if (in->left == 0)
        return;
    switch (in->at[0]) {
    case 'S':
        if (line_starts(*in, "SSH-") || line_starts(*in, "SIP/"))
            break;
        dialect_agree(t);
        return;
    case 'N': dialect_refuse(t, "it has TLS switched off (ssl = off)", rd_text("")); return;
    case 'E': postgres_error(t, in); return;
    }
    dialect_foreign(t, *in);
}

const struct dialect dialect_postgres = {
    .id = STARTTLS_POSTGRES,
    .words = "PostgreSQL SSLRequest",
    .first = {(const uint8_t *)"SNE", 3, false},
    .before = postgres_before,
};
