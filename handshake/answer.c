#include "handshake/answer_parts.h"

#include <string.h>

enum {
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_HEADER = 5,
    RECORD_MAX = 1 << 14,
    MESSAGE_HEADER = 4,
    MESSAGE_SERVER_HELLO = 2,
    MESSAGE_SERVER_KEY = 12,
    MESSAGE_CERTIFICATE_REQUEST = 13,
    MESSAGE_HELLO_DONE = 14,
    ALERT_SIZE = 2,
    ALERT_WARNING = 1,
    ALERT_FATAL = 2,
    ALERT_UNRECOGNIZED_NAME = 112
};

/* What the records carried, put together. */
struct reading {
    const struct hello_offer *offer;
    bool rest;
    bool accepted;    /* a ServerHello is behind us, only the rest is looked for */
    uint8_t *message; /* ANSWER_BYTES_MAX */
    size_t used;
    uint8_t alert[ALERT_SIZE];
    size_t n_alert;
    bool warned; /* unrecognized_name was passed over */
    bool within; /* a record has begun and not ended */
    struct server_said *out;
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

/* After a ServerHello that was accepted nothing takes its word back: what follows is only cut
 * short. */
static enum answer_step done(struct reading *s, enum tls_how how)
{
    if (!s->accepted)
        s->out->answer = answer_of(how);
    return ANSWER_DONE;
}

static enum answer_step done_alert(struct reading *s, uint8_t alert)
{
    if (s->accepted) {
        s->out->has_alert = true;
        s->out->late_alert = alert;
        return ANSWER_DONE;
    }
    s->out->answer = answer_of(HOW_ALERT);
    s->out->answer.alert = alert;
    return ANSWER_DONE;
}

static enum answer_step hello_judge(struct reading *s, struct rd body)
{
    uint16_t version = 0, suite = 0;
    if (!answer_hello_decode(body, s->offer, &version, &suite, s->out))
        return done(s, HOW_GARBAGE);
    if (version != hello_version(s->offer->version)) {
        done(s, HOW_OTHER_VERSION);
    } else if (!hello_offers(s->offer, suite)) {
        done(s, HOW_GARBAGE);
        s->out->unoffered = true;
        s->out->answer.suite = suite;
        return ANSWER_DONE;
    } else {
        done(s, HOW_SERVER_HELLO);
        s->out->answer.suite = suite;
    }
    s->out->answer.version = version;
    s->accepted = s->rest && s->out->answer.seen == SEEN_ACCEPTED &&
                  version < hello_version(TLS_1_3);
    return s->accepted ? ANSWER_MORE : ANSWER_DONE;
}

/* One message that is whole. */
static enum answer_step message_take(struct reading *s)
{
    struct rd body = rd_of(s->message + MESSAGE_HEADER, s->used - MESSAGE_HEADER);
    if (!s->accepted)
        return hello_judge(s, body);
    switch (s->message[0]) {
    case MESSAGE_SERVER_KEY:
        return answer_key_decode(body, s->offer->version, s->out) ? ANSWER_MORE : ANSWER_DONE;
    case MESSAGE_CERTIFICATE_REQUEST: s->out->wants_certificate = true; return ANSWER_MORE;
    case MESSAGE_HELLO_DONE: s->out->has_rest = true; return ANSWER_DONE;
    default: return ANSWER_MORE;
    }
}

/* Bytes that the message still lacks: of its header first, then of all of it. bad: too long, or not
 * the ServerHello that must come first. */
static size_t message_lacks(const struct reading *s, bool *bad)
{
    if (s->used > 0 && !s->accepted && s->message[0] != MESSAGE_SERVER_HELLO)
        *bad = true;
    if (s->used < MESSAGE_HEADER)
        return MESSAGE_HEADER - s->used;
    struct rd head = rd_of(s->message + 1, MESSAGE_HEADER - 1);
    uint32_t size = rd_be24(&head);
    if (size > (s->accepted ? ANSWER_BYTES_MAX - MESSAGE_HEADER : ANSWER_HELLO_MAX)) {
        *bad = true;
        return 0;
    }
    return MESSAGE_HEADER + size - s->used;
}

/* The lack of the message is in *need when more must come. */
static enum answer_step take_handshake(struct reading *s, struct rd fragment, size_t *need)
{
    bool bad = false;
    for (;;) {
        size_t lacks = message_lacks(s, &bad);
        if (bad)
            return done(s, HOW_GARBAGE);
        if (lacks == 0) {
            if (message_take(s) == ANSWER_DONE)
                return ANSWER_DONE;
            s->used = 0;
            continue;
        }
        if (fragment.left == 0) {
            *need = lacks;
            return ANSWER_MORE;
        }
        size_t n = lacks < fragment.left ? lacks : fragment.left;
        (void)rd_copy(&fragment, s->message + s->used, n);
        s->used += n;
    }
}

static enum answer_step take_alerts(struct reading *s, struct rd fragment, size_t *need)
{
    while (fragment.left > 0) {
        s->alert[s->n_alert++] = rd_u8(&fragment);
        if (s->n_alert < ALERT_SIZE)
            continue;
        s->n_alert = 0;
        if (s->alert[0] != ALERT_WARNING && s->alert[0] != ALERT_FATAL)
            return done(s, HOW_GARBAGE);
        if (s->alert[0] != ALERT_WARNING || s->alert[1] != ALERT_UNRECOGNIZED_NAME)
            return done_alert(s, s->alert[1]);
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

static enum answer_step scan_records(struct reading *s, struct rd bytes, size_t *need)
{
    while (bytes.left >= RECORD_HEADER) {
        uint8_t type = rd_u8(&bytes);
        uint16_t version = rd_be16(&bytes);
        size_t size = rd_be16(&bytes);
        if (!record_ok(type, version, size))
            return done(s, HOW_GARBAGE);
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
        return done(s, HOW_GARBAGE);
    s->within = bytes.left > 0;
    *need = bytes.left == 0 ? 1 : RECORD_HEADER - bytes.left; /* one byte may tell what it is not */
    return ANSWER_MORE;
}

/* A server that speaks SSL 2.0 answers in its form; a TLS record is another version's word. */
static bool is_sslv2(const struct hello_offer *offer, struct rd bytes)
{
    return offer->version == SSL_2_0 && bytes.left > 0 && bytes.at[0] & 0x80;
}

enum answer_step answer_read(struct rd bytes, const struct hello_offer *offer, bool rest,
                             struct server_said *out, size_t *need)
{
    uint8_t message[ANSWER_BYTES_MAX];
    struct reading s = {.offer = offer, .rest = rest, .message = message, .out = out};
    *out = (struct server_said){.answer = {.seen = SEEN_NOT_ASKED}};
    enum answer_step step =
        is_sslv2(offer, bytes) ? answer_sslv2(bytes, out, need) : scan_records(&s, bytes, need);
    if (step == ANSWER_MORE && bytes.left >= ANSWER_BYTES_MAX)
        return done(&s, HOW_GARBAGE);
    return step;
}

struct tls_answer answer_stopped(struct rd bytes, enum answer_end end)
{
    static const struct hello_offer any = {.version = TLS_1_2};
    uint8_t message[ANSWER_BYTES_MAX];
    struct server_said said;
    struct reading s = {.offer = &any, .message = message, .out = &said};
    size_t need;
    if (end == END_DEADLINE)
        return answer_of(HOW_SILENCE);
    if (bytes.left == 0)
        return answer_of(end == END_RESET ? HOW_RESET : HOW_CLOSED);
    memset(&said, 0, sizeof said);
    /* A warning and then the end is a refusal by that alert; a part of a message is none. */
    if (scan_records(&s, bytes, &need) == ANSWER_DONE || !s.warned || s.within ||
        s.used + s.n_alert > 0)
        return answer_of(HOW_GARBAGE);
    done_alert(&s, ALERT_UNRECOGNIZED_NAME);
    return said.answer;
}
