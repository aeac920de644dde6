#include "handshake/answer_parts.h"

#include "base/crypto.h"

#include <string.h>

enum { NAMED_CURVE = 3 };

static struct rd without_zeros(struct rd r)
{
    while (r.left > 0 && r.at[0] == 0)
        rd_skip(&r, 1);
    return r;
}

static unsigned bits_of(struct rd number)
{
    struct rd r = without_zeros(number);
    unsigned bits = 0;
    for (unsigned top = r.left > 0 ? r.at[0] : 0; top > 0; top >>= 1)
        bits++;
    return r.left > 0 ? (unsigned)(r.left - 1) * 8 + bits : 0;
}

static bool digest_take(struct rd key, struct server_said *out)
{
    uint8_t hash[SHA256_SIZE] = {0};
    struct rd r = rd_of(hash, sizeof hash);
    if (crypto_sha256(key, hash) != OK)
        return false;
    out->key_digest = rd_le64(&r);
    return true;
}

/* RFC 5246 7.4.3: p, g and the key, each with its size. */
static bool dh_take(struct rd *r, struct server_said *out)
{
    struct rd p = rd_sub(r, rd_be16(r));
    struct rd g = rd_sub(r, rd_be16(r));
    struct rd key = rd_sub(r, rd_be16(r));
    if (r->bad || p.left == 0 || g.left == 0 || key.left == 0)
        return false;
    out->dh_bits = bits_of(p);
    out->dh_name = dh_prime_name(without_zeros(p));
    return digest_take(key, out);
}

/* RFC 8422 5.4. Explicit curves were forbidden; one that comes has no number. */
static bool curve_take(struct rd *r, struct server_said *out)
{
    if (rd_u8(r) != NAMED_CURVE)
        return false;
    out->group = rd_be16(r);
    struct rd key = rd_sub(r, rd_u8(r));
    return !r->bad && key.left > 0 && digest_take(key, out);
}

static bool is_signed(uint16_t suite)
{
    const char *name = suite_name(suite);
    return name && !strstr(name, "anon") && !strstr(name, "PSK");
}

bool answer_key_decode(struct rd body, enum tls_version version, struct server_said *out)
{
    uint16_t suite = out->answer.suite;
    const char *name = suite_name(suite);
    enum suite_exchange exchange = suite_exchange(suite);
    bool good = true;
    if (name && strstr(name, "PSK")) { /* RFC 4279 2: a hint comes first */
        struct rd hint = rd_sub(&body, rd_be16(&body));
        if (rd_ok(&hint) != OK)
            return false;
    }
    switch (exchange) {
    case EXCHANGE_DHE: good = dh_take(&body, out); break;
    case EXCHANGE_ECDHE: good = curve_take(&body, out); break;
    case EXCHANGE_OTHER:
    case EXCHANGE_13: break; /* of a kind whose form we do not know */
    }
    bool known = exchange == EXCHANGE_DHE || exchange == EXCHANGE_ECDHE;
    if (good && known && version == TLS_1_2 && is_signed(suite)) {
        out->sigalg = rd_be16(&body);
        good = rd_ok(&body) == OK;
    }
    return good;
}
