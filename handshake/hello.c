#include "handshake/hello.h"

#include <arpa/inet.h>
#include <string.h>

enum { RECORD_HANDSHAKE = 22,
       CLIENT_HELLO = 1,
       SSLV2_CHALLENGE = 16 };

enum extension {
    EXT_SERVER_NAME = 0,
    EXT_GROUPS = 10,
    EXT_POINT_FORMATS = 11,
    EXT_SIGNATURES = 13,
    EXT_ALPN = 16,
    EXT_MASTER_SECRET = 23,
    EXT_TICKET = 35,
    EXT_VERSIONS = 43,
    EXT_COOKIE = 44,
    EXT_KEY_SHARE = 51
};

#define SCSV_RENEGOTIATION 0x00ff
#define SCSV_FALLBACK 0x5600

uint16_t hello_version(enum tls_version v)
{
    return v == SSL_2_0 ? 0x0002 : (uint16_t)(0x0300u + (unsigned)v - SSL_3_0);
}

bool hello_name_ok(const char *name)
{
    unsigned char address[16];
    size_t n = name ? strlen(name) : 0;
    if (n == 0 || n > HELLO_NAME_MAX || strchr(name, ':') || inet_pton(AF_INET, name, address) == 1)
        return false;
    for (const char *p = name; *p; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    return strcmp(name, ".") != 0;
}

static void put_name(struct wr *w, const char *name)
{
    struct rd host = rd_text(name);
    if (host.at[host.left - 1] == '.') /* RFC 6066 3: without the trailing dot */
        host.left--;
    wr_be16(w, EXT_SERVER_NAME);
    struct hole ext = wr_hole16(w);
    struct hole list = wr_hole16(w);
    wr_u8(w, 0); /* host_name */
    wr_be16(w, host.left);
    wr_view(w, host);
    wr_close(w, list);
    wr_close(w, ext);
}

/* Before TLS 1.3 no FFDHE group is named: one would forbid the server's own DH parameters (RFC 7919
 * 4). */
static void offer_groups(struct hello_offer *o)
{
    static const uint16_t curves[] = {GROUP_X25519, 23, 24, 25, 26, 27, 28}; /* 26…: brainpool */
    static const uint16_t groups[] = {GROUP_X25519, 23, 24, 25, 30, 256, 257};
    const uint16_t *from = o->version == TLS_1_3 ? groups : curves;
    o->n_groups = o->version == TLS_1_3 ? COUNT(groups) : COUNT(curves);
    memcpy(o->groups, from, o->n_groups * sizeof *from);
}

/* Every scheme that any certificate chain may need: with one missing, a server that speaks the
 * version would refuse. */
static void offer_signatures(struct hello_offer *o)
{
    static const uint16_t schemes[] = {
        0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0807, 0x0808,
        0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0402, 0x0202};
    const size_t dsa = 2; /* at the end; TLS 1.3 has none (RFC 8446 4.2.3) */
    o->n_sigalgs = o->version == TLS_1_3 ? COUNT(schemes) - dsa : COUNT(schemes);
    memcpy(o->sigalgs, schemes, o->n_sigalgs * sizeof *schemes);
}

void hello_offer_usual(struct hello_offer *out, enum tls_version version, enum suite_list suites,
                       const char *sni)
{
    memset(out, 0, sizeof *out);
    out->version = version;
    out->n_suites = suites_of(suites, version, out->suites);
    out->sni = sni;
    if (version >= TLS_1_0)
        offer_groups(out);
    if (version >= TLS_1_2)
        offer_signatures(out);
    if (version == TLS_1_3)
        out->share = GROUP_X25519;
    else
        out->with = HELLO_MASTER_SECRET;
}

bool hello_offers(const struct hello_offer *offer, uint16_t suite)
{
    for (size_t i = 0; i < offer->n_suites; i++)
        if (offer->suites[i] == suite)
            return true;
    return false;
}

static void put_list(struct wr *w, enum extension type, const uint16_t *ids, size_t n)
{
    if (n == 0)
        return;
    wr_be16(w, type);
    struct hole ext = wr_hole16(w);
    struct hole list = wr_hole16(w);
    for (size_t i = 0; i < n; i++)
        wr_be16(w, ids[i]);
    wr_close(w, list);
    wr_close(w, ext);
}

static void put_point_formats(struct wr *w)
{
    wr_be16(w, EXT_POINT_FORMATS);
    struct hole ext = wr_hole16(w);
    wr_u8(w, 1);
    wr_u8(w, 0); /* uncompressed */
    wr_close(w, ext);
}

/* One real share, as every browser sends: servers with X25519 answer it with a ServerHello, all
 * others with a HelloRetryRequest, which shows the version as well. An empty list makes each server
 * take the retry road, the one that servers and middleboxes have tried least. */
static void put_key_share(struct wr *w, const struct hello_offer *offer,
                          const struct hello_fresh *fresh)
{
    wr_be16(w, EXT_KEY_SHARE);
    struct hole ext = wr_hole16(w);
    struct hole list = wr_hole16(w);
    if (offer->share != 0) {
        wr_be16(w, offer->share);
        wr_be16(w, fresh->share_size);
        wr_bytes(w, fresh->share, fresh->share_size);
    }
    wr_close(w, list);
    wr_close(w, ext);
}

static void put_versions(struct wr *w)
{
    wr_be16(w, EXT_VERSIONS);
    struct hole ext = wr_hole16(w);
    wr_u8(w, 2);
    wr_be16(w, hello_version(TLS_1_3));
    wr_close(w, ext);
}

static void put_cookie(struct wr *w, const struct hello_fresh *fresh)
{
    if (fresh->cookie_size == 0)
        return;
    wr_be16(w, EXT_COOKIE);
    struct hole ext = wr_hole16(w);
    wr_be16(w, fresh->cookie_size);
    wr_bytes(w, fresh->cookie, fresh->cookie_size);
    wr_close(w, ext);
}

static void put_alpn(struct wr *w, const char *names)
{
    if (!names)
        return;
    wr_be16(w, EXT_ALPN);
    struct hole ext = wr_hole16(w);
    struct hole list = wr_hole16(w);
    for (const char *at = names; *at;) {
        size_t n = strcspn(at, " ");
        wr_u8(w, n);
        wr_bytes(w, at, n);
        at += n + (at[n] == ' ');
    }
    wr_close(w, list);
    wr_close(w, ext);
}

static void put_empty(struct wr *w, enum extension type)
{
    wr_be16(w, type);
    wr_be16(w, 0);
}

static void put_extensions(struct wr *w, const struct hello_offer *offer,
                           const struct hello_fresh *fresh)
{
    struct hole all = wr_hole16(w);
    if (hello_name_ok(offer->sni))
        put_name(w, offer->sni);
    put_list(w, EXT_GROUPS, offer->groups, offer->n_groups);
    if (offer->version >= TLS_1_2)
        put_list(w, EXT_SIGNATURES, offer->sigalgs, offer->n_sigalgs);
    put_alpn(w, offer->alpn);
    if (offer->version == TLS_1_3) {
        put_versions(w);
        put_cookie(w, fresh);
        put_key_share(w, offer, fresh);
    } else {
        put_point_formats(w);
        if (offer->with & HELLO_MASTER_SECRET)
            put_empty(w, EXT_MASTER_SECRET);
        if (offer->with & HELLO_TICKET)
            put_empty(w, EXT_TICKET);
    }
    wr_close(w, all);
}

static void put_suites(struct wr *w, const struct hello_offer *offer)
{
    struct hole list = wr_hole16(w);
    for (size_t i = 0; i < offer->n_suites; i++)
        wr_be16(w, offer->suites[i]);
    if (offer->version < TLS_1_3)
        wr_be16(w, SCSV_RENEGOTIATION);
    if (offer->with & HELLO_FALLBACK)
        wr_be16(w, SCSV_FALLBACK);
    wr_close(w, list);
}

/* TLS 1.3 carries a session id, as RFC 8446 D.4 advises, so that middleboxes take it for a
 * resumption they know. */
static void put_session_id(struct wr *w, enum tls_version version, const struct hello_fresh *fresh)
{
    struct hole id = wr_hole8(w);
    if (version == TLS_1_3)
        wr_bytes(w, fresh->session_id, sizeof fresh->session_id);
    wr_close(w, id);
}

static void put_compressions(struct wr *w, const struct hello_offer *offer)
{
    bool deflate = offer->with & HELLO_DEFLATE;
    wr_u8(w, deflate ? 2 : 1);
    if (deflate)
        wr_u8(w, 1);
    wr_u8(w, 0); /* none */
}

/* SSL 2.0: a record with two bytes of length, the top bit set, and CLIENT-HELLO in it. */
static enum err sslv2_put(struct wr *w, const struct hello_fresh *fresh)
{
    uint32_t kinds[SUITES_MAX];
    size_t n = suites_sslv2(kinds);
    wr_be16(w, 0x8000u | (9 + 3 * n + SSLV2_CHALLENGE));
    wr_u8(w, CLIENT_HELLO);
    wr_be16(w, hello_version(SSL_2_0));
    wr_be16(w, 3 * n);
    wr_be16(w, 0); /* no session */
    wr_be16(w, SSLV2_CHALLENGE);
    for (size_t i = 0; i < n; i++)
        wr_be24(w, kinds[i]);
    wr_bytes(w, fresh->random, SSLV2_CHALLENGE);
    return wr_end(w);
}

enum err hello_put(struct wr *w, const struct hello_offer *offer, const struct hello_fresh *fresh)
{
    bool is_13 = offer->version == TLS_1_3;
    if (offer->version == SSL_2_0)
        return sslv2_put(w, fresh);
    wr_u8(w, RECORD_HANDSHAKE);
    /* The version asked for in the record too, so that who has it not can say so at once; TLS 1.3
     * hides (RFC 8446 5.1). */
    wr_be16(w, is_13 ? hello_version(TLS_1_0) : hello_version(offer->version));
    struct hole record = wr_hole16(w);
    wr_u8(w, CLIENT_HELLO);
    struct hole body = wr_hole24(w);
    wr_be16(w, is_13 ? hello_version(TLS_1_2) : hello_version(offer->version));
    wr_bytes(w, fresh->random, sizeof fresh->random);
    put_session_id(w, offer->version, fresh);
    put_suites(w, offer);
    put_compressions(w, offer);
    if (offer->version != SSL_3_0)
        put_extensions(w, offer, fresh);
    wr_close(w, body);
    wr_close(w, record);
    return wr_end(w);
}
