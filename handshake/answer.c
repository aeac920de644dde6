#include "handshake/answer.h"
#include "handshake/hello.h"

#include <string.h>

enum {
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_HEADER = 5,
    RECORD_MAX = 1 << 14,
    MESSAGE_HEADER = 4,
    SERVER_HELLO = 2,
    ALERT_SIZE = 2,
    ALERT_WARNING = 1,
    ALERT_FATAL = 2,
    ALERT_UNRECOGNIZED_NAME = 112,
    EXT_VERSIONS = 43,
    SESSION_ID_MAX = 32
};

#define SSL_3_0 0x0300

/* What the records carried, put together. */
struct scan {
    const struct answer_asked *asked;
    uint8_t message[MESSAGE_HEADER + ANSWER_HELLO_MAX];
    size_t used;
    uint8_t alert[ALERT_SIZE];
    size_t n_alert;
    bool warned; /* unrecognized_name was passed over */
    bool within; /* a record has begun and not ended */
    struct tls_answer *out;
};

struct tls_answer answer_of(enum tls_how how)
{
    enum tls_seen seen = SEEN_INCONCLUSIVE;
    switch (how) {
    case HOW_NONE: seen = SEEN_NOT_ASKED; break;
    case HOW_SERVER_HELLO: seen = SEEN_ACCEPTED; break;
    case HOW_OTHER_VERSION:
    case HOW_ALERT:
    case HOW_RESET:
    case HOW_CLOSED: seen = SEEN_REFUSED; break;
    case HOW_SILENCE:
    case HOW_GARBAGE:
    case HOW_NO_CONNECTION:
    case HOW_COUNT: break;
    }
    return (struct tls_answer){.seen = seen, .how = how};
}

static enum answer_step done(struct tls_answer *out, enum tls_how how)
{
    *out = answer_of(how);
    return ANSWER_DONE;
}

static enum answer_step done_alert(struct tls_answer *out, uint8_t alert)
{
    *out = answer_of(HOW_ALERT);
    out->alert = alert;
    return ANSWER_DONE;
}

/* The version that the extension selects; 0 when there is none, and r is bad when there are two or
 * it names 0. */
static uint16_t selected_version(struct rd *r)
{
    uint16_t selected = 0;
    bool seen = false;
    while (r->left > 0) {
        uint16_t type = rd_be16(r);
        struct rd body = rd_sub(r, rd_be16(r));
        if (type != EXT_VERSIONS)
            continue;
        selected = rd_be16(&body);
        if (seen || selected == 0 || rd_end(&body) != OK)
            r->bad = true;
        seen = true;
    }
    return selected;
}

/* TLS 1.3 is named by the extension and by nothing else, and the extension names nothing else (RFC
 * 8446 4.2.1). */
static bool version_settle(uint16_t legacy, uint16_t selected, uint16_t *out)
{
    *out = selected != 0 ? selected : legacy;
    if (selected != 0)
        return selected == hello_version(TLS_1_3) && legacy == hello_version(TLS_1_2);
    return legacy >= SSL_3_0 && legacy <= hello_version(TLS_1_2);
}

/* A HelloRetryRequest has the form of a ServerHello (RFC 8446 4.1.3), so it is judged as one. */
static bool hello_decode(struct rd r, uint16_t *version, uint16_t *suite)
{
    uint16_t selected = 0;
    uint16_t legacy = rd_be16(&r);
    rd_skip(&r, HELLO_RANDOM_SIZE);
    uint8_t id_size = rd_u8(&r);
    rd_skip(&r, id_size);
    *suite = rd_be16(&r);
    uint8_t compression = rd_u8(&r);
    if (r.left > 0) { /* extensions may be missing before TLS 1.3 */
        struct rd extensions = rd_sub(&r, rd_be16(&r));
        selected = selected_version(&extensions);
        if (rd_end(&extensions) != OK)
            return false;
    }
    return rd_end(&r) == OK && id_size <= SESSION_ID_MAX && compression == 0 &&
           version_settle(legacy, selected, version);
}

static enum answer_step hello_judge(const struct scan *s)
{
    uint16_t version = 0, suite = 0;
    struct rd body = rd_of(s->message + MESSAGE_HEADER, s->used - MESSAGE_HEADER);
    if (!hello_decode(body, &version, &suite))
        return done(s->out, HOW_GARBAGE);
    if (version != hello_version(s->asked->version)) {
        done(s->out, HOW_OTHER_VERSION);
    } else if (!suites_hold(s->asked->suites, s->asked->version, suite)) {
        return done(s->out, HOW_GARBAGE); /* chose what was not offered */
    } else {
        done(s->out, HOW_SERVER_HELLO);
        s->out->suite = suite;
    }
    s->out->version = version;
    return ANSWER_DONE;
}

/* Bytes that the message still lacks: of its header first, then of all of it. bad: not a
 * ServerHello. */
static size_t message_lacks(const struct scan *s, bool *bad)
{
    if (s->used > 0 && s->message[0] != SERVER_HELLO)
        *bad = true;
    if (s->used < MESSAGE_HEADER)
        return MESSAGE_HEADER - s->used;
    struct rd head = rd_of(s->message + 1, MESSAGE_HEADER - 1);
    uint32_t size = rd_be24(&head);
    if (size > ANSWER_HELLO_MAX) {
        *bad = true;
        return 0;
    }
    return MESSAGE_HEADER + size - s->used;
}

/* The lack of the message is in *need when more must come. */
static enum answer_step take_handshake(struct scan *s, struct rd fragment, size_t *need)
{
    bool bad = false;
    for (;;) {
        size_t lacks = message_lacks(s, &bad);
        if (bad)
            return done(s->out, HOW_GARBAGE);
        if (lacks == 0)
            return hello_judge(s);
        if (fragment.left == 0) {
            *need = lacks;
            return ANSWER_MORE;
        }
        size_t n = lacks < fragment.left ? lacks : fragment.left;
        (void)rd_copy(&fragment, s->message + s->used, n);
        s->used += n;
    }
}

static enum answer_step take_alerts(struct scan *s, struct rd fragment, size_t *need)
{
    while (fragment.left > 0) {
        s->alert[s->n_alert++] = rd_u8(&fragment);
        if (s->n_alert < ALERT_SIZE)
            continue;
        s->n_alert = 0;
        if (s->alert[0] != ALERT_WARNING && s->alert[0] != ALERT_FATAL)
            return done(s->out, HOW_GARBAGE);
        if (s->alert[0] != ALERT_WARNING || s->alert[1] != ALERT_UNRECOGNIZED_NAME)
            return done_alert(s->out, s->alert[1]);
        s->warned = true;
    }
    *need = ALERT_SIZE - s->n_alert;
    return ANSWER_MORE;
}

static bool record_ok(uint8_t type, uint16_t version, size_t size)
{
    return (type == RECORD_ALERT || type == RECORD_HANDSHAKE) && version >> 8 == 3 && size > 0 &&
           size <= RECORD_MAX;
}

static enum answer_step scan_records(struct scan *s, struct rd bytes, size_t *need)
{
    while (bytes.left >= RECORD_HEADER) {
        uint8_t type = rd_u8(&bytes);
        uint16_t version = rd_be16(&bytes);
        size_t size = rd_be16(&bytes);
        if (!record_ok(type, version, size))
            return done(s->out, HOW_GARBAGE);
        size_t here = size < bytes.left ? size : bytes.left;
        struct rd fragment = rd_sub(&bytes, here);
        enum answer_step step = type == RECORD_ALERT ? take_alerts(s, fragment, need)
                                                     : take_handshake(s, fragment, need);
        if (step == ANSWER_DONE)
            return step;
        if (here < size) { /* of this record no more than what the message lacks is waited for */
            *need = *need < size - here ? *need : size - here;
            s->within = true;
            return ANSWER_MORE;
        }
    }
    if (bytes.left > 0 && bytes.at[0] != RECORD_ALERT && bytes.at[0] != RECORD_HANDSHAKE)
        return done(s->out, HOW_GARBAGE);
    s->within = bytes.left > 0;
    *need = bytes.left == 0 ? 1 : RECORD_HEADER - bytes.left; /* one byte may tell what it is not */
    return ANSWER_MORE;
}

enum answer_step answer_read(struct rd bytes, const struct answer_asked *asked,
                             struct tls_answer *out, size_t *need)
{
    struct scan s = {.asked = asked, .out = out};
    enum answer_step step = scan_records(&s, bytes, need);
    if (step == ANSWER_MORE && bytes.left >= ANSWER_BYTES_MAX)
        return done(out, HOW_GARBAGE);
    return step;
}

struct tls_answer answer_stopped(struct rd bytes, enum answer_end end)
{
    static const struct answer_asked any = {TLS_1_2, SUITES_COMMON};
    struct tls_answer answer;
    struct scan s = {.asked = &any, .out = &answer};
    size_t need;
    if (end == END_DEADLINE)
        return answer_of(HOW_SILENCE);
    if (bytes.left == 0)
        return answer_of(end == END_RESET ? HOW_RESET : HOW_CLOSED);
    /* A warning and then the end is a refusal by that alert; a part of a message is none. */
    if (scan_records(&s, bytes, &need) == ANSWER_DONE || !s.warned || s.within ||
        s.used + s.n_alert > 0)
        return answer_of(HOW_GARBAGE);
    done_alert(&answer, ALERT_UNRECOGNIZED_NAME);
    return answer;
}
