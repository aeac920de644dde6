/* Where a handshake breaks that somebody meddles with, and what it is then. */
#include "tests/unit/handshake/whole_place.h"

/* Changes, or ends at, the first record of this type by one of the two. */
struct meddler {
    uint8_t type;
    bool of_client;
    uint8_t message;     /* a handshake record that begins with this one; 0: any */
    size_t turned;       /* this byte of its payload is turned over; 0: the connection ends there */
    const char *instead; /* what comes in its place at the end */
    size_t n_instead;
};

static bool meddle(void *who, bool from_server, struct wr *bytes)
{
    const struct meddler *m = who;
    for (size_t i = 0; from_server != m->of_client && i + 5 < bytes->used;) {
        size_t n = (size_t)bytes->bytes[i + 3] << 8 | bytes->bytes[i + 4];
        uint8_t *body = bytes->bytes + i + 5;
        if (bytes->bytes[i] == m->type && (!m->message || *body == m->message)) {
            if (!m->turned) {
                bytes->used = i;
                wr_bytes(bytes, m->instead, m->n_instead);
                return false;
            }
            body[m->turned < n ? m->turned : n - 1] ^= 1;
        }
        i += 5 + n;
    }
    return true;
}

struct break_case {
    struct meddler m;
    int version; /* 0: TLS 1.2 */
    enum handshake_outcome outcome;
    int alert; /* 0: none */
    const char *at, *reason;
};

#define FATAL(alert) "\x15\3\3\0\2\2" alert, 7

static void broken_as_told(const struct place *p, const struct break_case *k, size_t number)
{
    struct memory_server s = server(p);
    struct whole_options o = options(p);
    struct meddler m = k->m;
    s.lowest = s.highest = k->version ? k->version : TLS1_2_VERSION;
    s.meddle = meddle;
    s.who = &m;
    struct handshake_seen seen = memory_talk(&s, &o);
    if (seen.outcome != k->outcome || strcmp(seen.at, k->at) != 0 ||
        !strstr(seen.reason, k->reason) || seen.alerted != (k->alert > 0) ||
        seen.alert != k->alert)
        fail_msg("case %zu: %s, alert %d, %s: %s", number, handshake_outcome_word(seen.outcome),
                 seen.alert, seen.at, seen.reason);
    handshake_seen_fini(&seen);
}

static void peer_that_pretends_a_version_is_seen_to_break(void **state)
{
    static const struct break_case cases[] = {
        /* The server cannot read our Finished, as devices do that pretend TLS 1.2. */
        {.m = {.type = 22, .of_client = true, .message = 16, .turned = 9},
         .outcome = HANDSHAKE_BROKEN,
         .alert = 20,
         .at = "after our Finished",
         .reason = "bad record mac"},
        /* It hangs up: at its key exchange, and when its Finished is due. */
        {.m = {.type = 22, .message = 12},
         .outcome = HANDSHAKE_BROKEN,
         .at = "after its Certificate",
         .reason = "closed"},
        {.m = {.type = 20},
         .outcome = HANDSHAKE_BROKEN,
         .at = "after our Finished",
         .reason = "closed"},
        {.m = {.type = 22, .message = 12, .turned = 60},
         .outcome = HANDSHAKE_BROKEN,
         .at = "after its ServerKeyExchange",
         .reason = "signature"},
        {.m = {.type = 22, .message = 12, .instead = FATAL("\x50")},
         .outcome = HANDSHAKE_BROKEN,
         .alert = 80,
         .at = "after its Certificate",
         .reason = "internal error"},
        /* Without a ServerHello nothing was pretended. */
        {.m = {.type = 22, .message = 2},
         .outcome = HANDSHAKE_REFUSED,
         .at = "before a ServerHello",
         .reason = "closed"},
        {.m = {.type = 22, .message = 2, .instead = FATAL("\x28")},
         .outcome = HANDSHAKE_REFUSED,
         .alert = 40,
         .at = "before a ServerHello",
         .reason = "handshake failure"},
        {.m = {.type = 22, .message = 2, .instead = "HTTP/1.1 400 Bad\r\n\r\n", .n_instead = 20},
         .outcome = HANDSHAKE_REFUSED,
         .at = "before a ServerHello",
         .reason = "wrong version number"},
        {.m = {.type = 23, .turned = 9},
         .version = TLS1_3_VERSION,
         .outcome = HANDSHAKE_BROKEN,
         .at = "after its ServerHello",
         .reason = "bad record mac"},
        {.m = {.type = 23, .of_client = true, .turned = 9},
         .version = TLS1_3_VERSION,
         .outcome = HANDSHAKE_BROKEN,
         .alert = 20,
         .at = "after its Finished",
         .reason = "bad record mac"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        broken_as_told(*state, &cases[i], i);
}

/* The first flight of a server and all after it, ended at every byte in every way. */
static void handshake_cut_at_every_byte_is_never_done(void **state)
{
    struct memory_server whole = server(*state);
    struct whole_options o = options(*state);
    struct handshake_seen seen = memory_talk(&whole, &o);
    handshake_seen_fini(&seen);
    assert_in_range(whole.sent, 1000, 5000);
    for (size_t cut = 1; cut < whole.sent; cut += cut < 300 || cut + 100 > whole.sent ? 1 : 17) {
        static const enum talk_end ends[] = {TALK_END_CLOSED, TALK_END_RESET, TALK_END_DEADLINE,
                                             TALK_END_NO_CONNECTION};
        struct memory_server s = server(*state);
        s.cut = cut;
        s.end = ends[cut % COUNT(ends)];
        seen = memory_talk(&s, &o);
        enum handshake_outcome want = s.end == TALK_END_NO_CONNECTION ? HANDSHAKE_NOT_TRIED
                                      : s.end == TALK_END_DEADLINE    ? HANDSHAKE_SILENT
                                      : seen.suite                    ? HANDSHAKE_BROKEN
                                                                      : HANDSHAKE_REFUSED;
        if (cut + 40 < whole.sent && seen.outcome != want) /* the last record is its goodbye */
            fail_msg("cut %zu: %s, %s", cut, handshake_outcome_word(seen.outcome), seen.reason);
        handshake_seen_fini(&seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer_that_pretends_a_version_is_seen_to_break),
        cmocka_unit_test(handshake_cut_at_every_byte_is_never_done),
    };
    return cmocka_run_group_tests(tests, place_make, place_remove);
}
