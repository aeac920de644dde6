#include "handshake/answer_parts.h"

#include <string.h>

enum {
    SERVER_HELLO = 4,
    ERROR = 0,
    HEADER = 3,      /* the length and the type */
    FIXED_SIZE = 11, /* of the ServerHello, before its certificate */
    ALERT_HANDSHAKE_FAILURE = 40
};

/* type, session hit, certificate type, version, three lengths, then what they measure */
static bool hello_take(struct rd r, struct server_said *out)
{
    rd_skip(&r, 3);
    uint16_t version = rd_be16(&r);
    uint16_t certificate_size = rd_be16(&r), kinds_size = rd_be16(&r), id_size = rd_be16(&r);
    rd_skip(&r, certificate_size);
    struct rd kinds = rd_sub(&r, kinds_size);
    rd_skip(&r, id_size);
    if (rd_end(&r) != OK || version != hello_version(SSL_2_0) || kinds_size % 3 != 0)
        return false;
    out->n_kinds = 0;
    while (kinds.left > 0 && out->n_kinds < ANSWER_KINDS_MAX)
        out->kinds[out->n_kinds++] = rd_be24(&kinds);
    out->answer = answer_of(HOW_SERVER_HELLO);
    out->answer.version = version;
    return true;
}

enum answer_step answer_sslv2(struct rd bytes, struct server_said *out, size_t *need)
{
    struct rd r = bytes;
    uint16_t size = rd_be16(&r) & 0x7fff;
    if (bytes.left < HEADER) {
        *need = HEADER - bytes.left;
        return ANSWER_MORE;
    }
    uint8_t type = r.at[0];
    if ((type != SERVER_HELLO && type != ERROR) || size < 3 ||
        (type == SERVER_HELLO && size < FIXED_SIZE)) {
        out->answer = answer_of(HOW_GARBAGE);
        return ANSWER_DONE;
    }
    if (r.left < size) {
        *need = size - r.left;
        return ANSWER_MORE;
    }
    if (type == ERROR) { /* "no cipher" and its like */
        out->answer = answer_of(HOW_ALERT);
        out->answer.alert = ALERT_HANDSHAKE_FAILURE;
    } else if (!hello_take(rd_sub(&r, size), out)) {
        out->answer = answer_of(HOW_GARBAGE);
    }
    return ANSWER_DONE;
}
