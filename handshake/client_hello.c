#include "handshake/client_hello.h"

#include "handshake/names.h"

#include <string.h>

enum {
    RANDOM_SIZE = 32,
    SESSION_ID_MAX = 32,
    SNI_HOST_NAME = 0,
    SSL_2_0 = 0x0002,
    SSL_3_0 = 0x0300
};

enum {
    EXT_SERVER_NAME = 0,
    EXT_GROUPS = 10,
    EXT_POINT_FORMATS = 11,
    EXT_SIGALGS = 13,
    EXT_ALPN = 16,
    EXT_VERSIONS = 43,
    EXT_PSK_MODES = 45,
    EXT_SIGALGS_CERT = 50,
    EXT_KEY_SHARE = 51
};

static enum err too_many(const char *what, struct why *why)
{
    return why_set(why, E_LIMIT, "more %s than any client needs", what);
}

static enum err not_whole(const char *what, enum err e, struct why *why)
{
    return why_set(why, e, "%s: %s", what,
                   e == E_SHORT ? "ended before what it announced" : "bytes are left over");
}

/* Numbers of two bytes until the end of r. */
static enum err list_read(struct rd r, const char *what, struct client_list *out, struct why *why)
{
    out->n = 0;
    while (r.left > 0) {
        if (out->n == CLIENT_LIST_MAX)
            return too_many(what, why);
        out->at[out->n++] = rd_be16(&r);
    }
    return rd_end(&r) == OK ? OK : not_whole(what, E_SHORT, why);
}

static enum err bytes_read(struct rd r, const char *what, struct client_bytes *out,
                           struct why *why)
{
    if (r.left > CLIENT_BYTES_MAX)
        return too_many(what, why);
    out->n = r.left;
    return rd_copy(&r, out->at, out->n) ? OK : not_whole(what, E_SHORT, why);
}

/* --- one extension each --- */

typedef enum err take(struct rd *r, struct client_hello *h, struct why *why);

static enum err take_server_name(struct rd *r, struct client_hello *h, struct why *why)
{
    struct rd list;
    if (r->left == 0) /* as servers write it, some clients too */
        return OK;
    list = rd_sub(r, rd_be16(r));
    while (list.left > 0) {
        uint8_t kind = rd_u8(&list);
        struct rd name = rd_sub(&list, rd_be16(&list));
        size_t size = name.left;
        if (kind != SNI_HOST_NAME || list.bad)
            continue;
        if (size >= CLIENT_NAME_SIZE)
            return too_many("bytes of a server_name", why);
        (void)rd_copy(&name, h->sni, size);
        h->sni[size] = '\0';
        if (strlen(h->sni) != size) /* whoever reads it as text would read another name */
            return why_set(why, E_FORMAT, "server_name: a zero byte within the name");
    }
    return rd_end(&list) == OK ? OK : not_whole("server_name", E_SHORT, why);
}

static enum err take_alpn(struct rd *r, struct client_hello *h, struct why *why)
{
    struct rd list = rd_sub(r, rd_be16(r));
    h->n_alpn = 0;
    while (list.left > 0) {
        if (h->n_alpn == CLIENT_ALPN_MAX)
            return too_many("protocols in ALPN", why);
        struct client_protocol *p = &h->alpn[h->n_alpn++];
        p->size = rd_u8(&list);
        (void)rd_copy(&list, p->bytes, p->size);
    }
    return rd_end(&list) == OK ? OK : not_whole("ALPN", E_SHORT, why);
}

static enum err take_key_share(struct rd *r, struct client_hello *h, struct why *why)
{
    struct rd list = rd_sub(r, rd_be16(r));
    h->key_shares.n = 0;
    while (list.left > 0) {
        if (h->key_shares.n == CLIENT_LIST_MAX)
            return too_many("key shares", why);
        h->key_shares.at[h->key_shares.n++] = rd_be16(&list);
        rd_skip(&list, rd_be16(&list));
    }
    return rd_end(&list) == OK ? OK : not_whole("key_share", E_SHORT, why);
}

static enum err take_groups(struct rd *r, struct client_hello *h, struct why *why)
{
    return list_read(rd_sub(r, rd_be16(r)), "supported_groups", &h->groups, why);
}

static enum err take_sigalgs(struct rd *r, struct client_hello *h, struct why *why)
{
    return list_read(rd_sub(r, rd_be16(r)), "signature_algorithms", &h->sigalgs, why);
}

static enum err take_sigalgs_cert(struct rd *r, struct client_hello *h, struct why *why)
{
    return list_read(rd_sub(r, rd_be16(r)), "signature_algorithms_cert", &h->sigalgs_cert, why);
}

static enum err take_versions(struct rd *r, struct client_hello *h, struct why *why)
{
    return list_read(rd_sub(r, rd_u8(r)), "supported_versions", &h->versions, why);
}

static enum err take_point_formats(struct rd *r, struct client_hello *h, struct why *why)
{
    return bytes_read(rd_sub(r, rd_u8(r)), "ec_point_formats", &h->point_formats, why);
}

static enum err take_psk_modes(struct rd *r, struct client_hello *h, struct why *why)
{
    return bytes_read(rd_sub(r, rd_u8(r)), "psk_key_exchange_modes", &h->psk_modes, why);
}

static const struct {
    uint16_t type;
    const char *name;
    take *take;
} readers[] = {
    {EXT_SERVER_NAME, "server_name", take_server_name},
    {EXT_GROUPS, "supported_groups", take_groups},
    {EXT_POINT_FORMATS, "ec_point_formats", take_point_formats},
    {EXT_SIGALGS, "signature_algorithms", take_sigalgs},
    {EXT_ALPN, "ALPN", take_alpn},
    {EXT_VERSIONS, "supported_versions", take_versions},
    {EXT_PSK_MODES, "psk_key_exchange_modes", take_psk_modes},
    {EXT_SIGALGS_CERT, "signature_algorithms_cert", take_sigalgs_cert},
    {EXT_KEY_SHARE, "key_share", take_key_share},
};

static enum err extension_take(uint16_t type, struct rd body, struct client_hello *h,
                               struct why *why)
{
    for (size_t i = 0; i < COUNT(readers); i++) {
        enum err e;
        if (readers[i].type != type)
            continue;
        if ((e = readers[i].take(&body, h, why)) != OK)
            return e;
        return (e = rd_end(&body)) == OK ? OK : not_whole(readers[i].name, e, why);
    }
    return OK;
}

static enum err extensions_take(struct rd r, struct client_hello *h, struct why *why)
{
    while (r.left > 0) {
        uint16_t type = rd_be16(&r);
        struct rd body = rd_sub(&r, rd_be16(&r));
        enum err e;
        if (r.bad)
            return not_whole("an extension", E_SHORT, why);
        if (client_list_has(&h->extensions, type)) /* RFC 8446 4.2 */
            return why_set(why, E_FORMAT, "extension %u stands there twice", type);
        if (h->extensions.n == CLIENT_LIST_MAX)
            return too_many("extensions", why);
        h->extensions.at[h->extensions.n++] = type;
        if ((e = extension_take(type, body, h, why)) != OK)
            return e;
    }
    return OK;
}

/* --- the hello --- */

static enum err suites_take(struct rd r, struct client_hello *h, struct why *why)
{
    if (r.left / 2 > CLIENT_SUITES_MAX)
        return too_many("cipher suites", why);
    while (r.left > 0)
        h->suites[h->n_suites++] = rd_be16(&r);
    return rd_end(&r) == OK ? OK : not_whole("cipher suites", E_SHORT, why);
}

static enum err hello_take(struct rd r, struct client_hello *h, struct why *why)
{
    enum err e;
    h->version = rd_be16(&r);
    rd_skip(&r, RANDOM_SIZE);
    h->session_id_size = rd_u8(&r);
    rd_skip(&r, h->session_id_size);
    if (!r.bad && (h->version < SSL_3_0 || h->session_id_size > SESSION_ID_MAX))
        return why_set(why, E_FORMAT, "not the beginning of a ClientHello");
    struct rd suites = rd_sub(&r, rd_be16(&r));
    struct rd compressions = rd_sub(&r, rd_u8(&r));
    if (r.bad)
        return not_whole("ClientHello", E_SHORT, why);
    if ((e = suites_take(suites, h, why)) != OK ||
        (e = bytes_read(compressions, "compression methods", &h->compressions, why)) != OK)
        return e;
    if (r.left == 0) /* extensions may be missing before TLS 1.3 */
        return OK;
    struct rd extensions = rd_sub(&r, rd_be16(&r));
    if ((e = rd_end(&r)) != OK)
        return not_whole("ClientHello", e, why);
    return extensions_take(extensions, h, why);
}

enum err client_hello_read(struct rd message, uint16_t record_version, struct client_hello *out,
                           struct why *why)
{
    struct client_hello h = {.record_version = record_version};
    enum err e = hello_take(message, &h, why);
    if (e == OK)
        *out = h;
    return e;
}

static enum err kinds_take(struct rd r, struct client_hello *h, struct why *why)
{
    while (r.left > 0) {
        uint32_t kind = rd_be24(&r);
        if (r.bad)
            return not_whole("cipher kinds", E_SHORT, why);
        if (kind <= UINT16_MAX && h->n_suites < CLIENT_SUITES_MAX)
            h->suites[h->n_suites++] = (uint16_t)kind;
        else if (kind > UINT16_MAX && h->n_kinds < CLIENT_BYTES_MAX)
            h->kinds[h->n_kinds++] = kind;
        else
            return too_many("cipher kinds", why);
    }
    return OK;
}

enum err client_hello_read_sslv2(struct rd r, struct client_hello *out, struct why *why)
{
    enum { CLIENT_HELLO = 1,
           CHALLENGE_LEAST = 16,
           CHALLENGE_MOST = 32 };
    struct client_hello h = {.sslv2_form = true};
    enum err e;
    uint8_t type = rd_u8(&r);
    h.version = rd_be16(&r);
    size_t kinds_size = rd_be16(&r);
    h.session_id_size = rd_be16(&r);
    size_t challenge_size = rd_be16(&r);
    struct rd kinds = rd_sub(&r, kinds_size);
    rd_skip(&r, h.session_id_size);
    rd_skip(&r, challenge_size);
    if ((e = rd_end(&r)) != OK)
        return not_whole("ClientHello in the form of SSL 2.0", e, why);
    if (type != CLIENT_HELLO || (h.version != SSL_2_0 && h.version < SSL_3_0) ||
        challenge_size < CHALLENGE_LEAST || challenge_size > CHALLENGE_MOST)
        return why_set(why, E_FORMAT, "not a ClientHello in the form of SSL 2.0");
    if ((e = kinds_take(kinds, &h, why)) == OK)
        *out = h;
    return e;
}

/* --- readings --- */

bool client_list_has(const struct client_list *l, uint16_t number)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->at[i] == number)
            return true;
    return false;
}

enum client_says client_says_version(const struct client_hello *h, uint16_t version)
{
    if (h->versions.n > 0)
        return client_list_has(&h->versions, version) ? CLIENT_YES : CLIENT_NO;
    if (version == SSL_2_0)
        return h->sslv2_form && h->n_kinds > 0 ? CLIENT_YES : CLIENT_NO;
    if (version == h->version)
        return CLIENT_YES;
    return version >= SSL_3_0 && version < h->version ? CLIENT_PERHAPS : CLIENT_NO;
}

bool client_offers_suite(const struct client_hello *h, uint16_t suite)
{
    for (size_t i = 0; i < h->n_suites; i++)
        if (h->suites[i] == suite)
            return true;
    return false;
}

uint16_t client_highest_version(const struct client_hello *h)
{
    uint16_t highest = 0;
    if (h->versions.n == 0)
        return h->version;
    for (size_t i = 0; i < h->versions.n; i++)
        if (!tls_is_grease(h->versions.at[i]) && h->versions.at[i] > highest)
            highest = h->versions.at[i];
    return highest;
}
