#include "handshake/answer_parts.h"

#include <string.h>

enum {
    EXT_ALPN = 16,
    EXT_MASTER_SECRET = 23,
    EXT_TICKET = 35,
    EXT_VERSIONS = 43,
    EXT_COOKIE = 44,
    EXT_KEY_SHARE = 51,
    EXT_RENEGOTIATION = 0xff01,
    SESSION_ID_MAX = 32
};

/* RFC 8446 4.1.3: the SHA-256 of "HelloRetryRequest". */
static const uint8_t retry_random[HELLO_RANDOM_SIZE] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static void alpn_take(struct rd body, struct server_said *out)
{
    struct rd list = rd_sub(&body, rd_be16(&body));
    struct rd name = rd_sub(&list, rd_u8(&list));
    if (rd_ok(&name) != OK || name.left >= sizeof out->alpn)
        return;
    for (size_t i = 0; i < name.left; i++)
        if (name.at[i] <= ' ' || name.at[i] > '~')
            return;
    (void)rd_copy(&name, out->alpn, name.left);
}

/* The version that the extension selects goes into *selected; false when there are two or it names
 * 0. */
static bool extension_take(uint16_t type, struct rd body, uint16_t *selected,
                           struct server_said *out)
{
    switch (type) {
    case EXT_VERSIONS: {
        bool again = *selected != 0;
        *selected = rd_be16(&body);
        return !again && *selected != 0 && rd_end(&body) == OK;
    }
    case EXT_ALPN: alpn_take(body, out); return true;
    case EXT_MASTER_SECRET: out->master_secret = true; return true;
    case EXT_TICKET: out->ticket = true; return true;
    case EXT_RENEGOTIATION: out->secure_renegotiation = true; return true;
    case EXT_COOKIE: out->cookie = rd_sub(&body, rd_be16(&body)); return rd_end(&body) == OK;
    case EXT_KEY_SHARE: out->group = rd_be16(&body); return rd_ok(&body) == OK;
    default: return true;
    }
}

/* TLS 1.3 is named by the extension and by nothing else, and the extension names nothing else (RFC
 * 8446 4.2.1). */
static bool version_settle(uint16_t legacy, uint16_t selected, uint16_t *out)
{
    *out = selected != 0 ? selected : legacy;
    if (selected != 0)
        return selected == hello_version(TLS_1_3) && legacy == hello_version(TLS_1_2);
    return legacy >= hello_version(SSL_3_0) && legacy <= hello_version(TLS_1_2);
}

/* A HelloRetryRequest has the form of a ServerHello (RFC 8446 4.1.3), so it is judged as one. */
bool answer_hello_decode(struct rd r, const struct hello_offer *offer, uint16_t *version,
                         uint16_t *suite, struct server_said *out)
{
    uint16_t selected = 0;
    uint16_t legacy = rd_be16(&r);
    struct rd random = rd_sub(&r, HELLO_RANDOM_SIZE);
    uint8_t id_size = rd_u8(&r);
    rd_skip(&r, id_size);
    *suite = rd_be16(&r);
    uint8_t compression = rd_u8(&r);
    if (r.left > 0) { /* extensions may be missing before TLS 1.3 */
        struct rd extensions = rd_sub(&r, rd_be16(&r));
        while (extensions.left > 0) {
            uint16_t type = rd_be16(&extensions);
            struct rd body = rd_sub(&extensions, rd_be16(&extensions));
            if (extensions.bad || !extension_take(type, body, &selected, out))
                return false;
        }
        if (rd_end(&extensions) != OK)
            return false;
    }
    out->deflate = compression == 1;
    out->retry = rd_equal(random, rd_of(retry_random, sizeof retry_random));
    return rd_end(&r) == OK && id_size <= SESSION_ID_MAX &&
           (compression == 0 || (compression == 1 && offer->with & HELLO_DEFLATE)) &&
           version_settle(legacy, selected, version);
}
