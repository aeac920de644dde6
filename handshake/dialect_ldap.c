/* StartTLS over LDAP: RFC 4511 4.1.1 (messages), 4.1.9 (results), 4.4.1 (notice of disconnection),
 * 4.12 (extended operations), 4.14 (StartTLS), 5.1 (definite lengths alone). */
#include "handshake/dialect_parts.h"

#include <stdio.h>

#define MESSAGE_MAX 8192u

enum { BER_INTEGER = 0x02,
       BER_OCTETS = 0x04,
       BER_ENUMERATED = 0x0a,
       BER_SEQUENCE = 0x30,
       EXTENDED_RESPONSE = 0x78,
       LDAP_SUCCESS = 0 };

static const struct {
    uint32_t code;
    const char *words;
} results[] = {
    {1, "operationsError"},
    {2, "protocolError"},
    {8, "strongerAuthRequired"},
    {11, "adminLimitExceeded"},
    {12, "unavailableCriticalExtension"},
    {13, "confidentialityRequired"},
    {50, "insufficientAccessRights"},
    {51, "busy"},
    {52, "unavailable"},
    {53, "unwillingToPerform"},
    {80, "other"},
};

/* The length of an element's content; RFC 4511 5.1 forbids the indefinite form. */
static size_t ber_length(struct rd *r)
{
    size_t n = rd_u8(r);
    if (n < 0x80)
        return n;
    size_t bytes = n & 0x7f;
    if (bytes == 0 || bytes > 4)
        r->bad = true;
    for (n = 0; bytes > 0 && !r->bad; bytes--)
        n = n << 8 | rd_u8(r);
    return n;
}

/* The content of the next element, which must be of that kind. */
static struct rd ber_take(struct rd *r, uint8_t tag)
{
    if (rd_u8(r) != tag)
        r->bad = true;
    size_t n = ber_length(r);
    return rd_sub(r, n);
}

static uint32_t ber_number(struct rd content)
{
    uint32_t n = 0;
    while (content.left > 0 && n <= UINT32_MAX >> 8)
        n = n << 8 | rd_u8(&content);
    return n;
}

static void ldap_result(struct dialect_talk *t, uint32_t id, uint32_t code, struct rd text)
{
    char words[64];
    const char *name = "";
    t->detail = code;
    if (id != 0 && code == LDAP_SUCCESS) {
        dialect_agree(t);
        return;
    }
    for (size_t i = 0; i < COUNT(results); i++)
        if (results[i].code == code)
            name = results[i].words;
    (void)snprintf(words, sizeof words, "LDAP result %lu%s%s", (unsigned long)code,
                   *name ? " " : "", name);
    dialect_refuse(t, words, text);
}

static void ldap_message(struct dialect_talk *t, struct rd body, struct rd whole)
{
    uint32_t id = ber_number(ber_take(&body, BER_INTEGER));
    struct rd response = ber_take(&body, EXTENDED_RESPONSE);
    uint32_t code = ber_number(ber_take(&response, BER_ENUMERATED));
    (void)ber_take(&response, BER_OCTETS); /* matchedDN */
    struct rd text = ber_take(&response, BER_OCTETS);
    if (body.bad || response.bad)
        dialect_foreign(t, whole);
    else
        ldap_result(t, id, code, text);
}

static void ldap_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    static const uint8_t request[] = {BER_SEQUENCE, 29, BER_INTEGER, 1, 1, 0x77, 24, 0x80, 22};
    struct rd r = *in;
    if (t->stage == 0) {
        wr_bytes(out, request, sizeof request);
        wr_view(out, rd_text("1.3.6.1.4.1.1466.20037"));
        t->stage = 1;
    }
    if (in->left < 2)
        return;
    rd_skip(&r, 1);
    uint8_t first = r.at[0];
    size_t n = ber_length(&r);
    bool whole_length = in->left >= 2u + (first & 0x80 ? first & 0x7fu : 0);
    if (whole_length && (r.bad || n > MESSAGE_MAX)) {
        dialect_foreign(t, *in);
    } else if (!r.bad && n <= r.left) {
        struct rd whole = *in;
        struct rd body = rd_sub(&r, n);
        *in = r;
        ldap_message(t, body, whole);
    }
}

const struct dialect dialect_ldap = {
    .id = STARTTLS_LDAP,
    .words = "LDAP StartTLS",
    .first = {(const uint8_t *)"0", 1, false},
    .before = ldap_before,
};
