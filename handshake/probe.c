#include "base/clock.h"
#include "handshake/answer.h"
#include "handshake/connect.h"
#include "handshake/hello.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 2,
       READ_SIZE = 4096 };

enum {
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_INSUFFICIENT_SECURITY = 71
};

struct asking {
    struct target target;
    const char *sni;
    int64_t deadline_ms; /* of the port */
    struct port_state *out;
};

static enum err hello_send(int fd, const struct hello_offer *offer, int64_t deadline_ms,
                           enum err *sent, struct why *why)
{
    struct hello_fresh fresh;
    struct wr w;
    enum err e;
    wr_init(&w, HELLO_LIMIT);
    if ((e = hello_fresh_make(&fresh, why)) == OK &&
        (e = hello_put(&w, offer, &fresh)) == OK)
        *sent = stream_send(fd, wr_view_of(&w), deadline_ms);
    wr_fini(&w);
    return e;
}

/* The answer that a failed or ended read leaves. */
static struct tls_answer answer_after(enum err e, struct rd bytes)
{
    if (e == OK)
        return answer_stopped(bytes, END_CLOSED);
    if (e == E_CUT)
        return answer_stopped(bytes, END_RESET);
    if (e == E_TIMEOUT)
        return answer_stopped(bytes, END_DEADLINE);
    return answer_of(HOW_NO_CONNECTION);
}

static enum err answer_receive(int fd, const struct hello_offer *offer, int64_t deadline_ms,
                               struct tls_answer *out)
{
    const struct answer_asked asked = {offer->version, offer->suites};
    uint8_t buf[READ_SIZE];
    struct wr bytes;
    size_t need = 1;
    enum err e = OK;
    wr_init(&bytes, ANSWER_BYTES_MAX + READ_SIZE);
    while (e == OK && answer_read(wr_view_of(&bytes), &asked, out, &need) == ANSWER_MORE) {
        size_t wanted = bytes.used + need;
        while (e == OK && bytes.used < wanted) {
            size_t got = 0;
            enum err r = stream_recv(fd, buf, sizeof buf, deadline_ms, &got);
            if (r != OK || got == 0) {
                *out = answer_after(r, wr_view_of(&bytes));
                goto out;
            }
            wr_bytes(&bytes, buf, got);
            e = wr_end(&bytes);
        }
    }
out:
    wr_fini(&bytes);
    return e;
}

/* One connection, one hello, one answer. */
static enum err attempt(struct asking *a, const struct hello_offer *offer, int64_t deadline_ms,
                        struct tls_answer *out, struct why *why)
{
    int fd = -1;
    enum err sent = OK;
    if (deadline_ms <= clock_mono_ms()) {
        *out = answer_of(HOW_SILENCE);
        return OK;
    }
    enum err e = target_connect(&a->target, deadline_ms, &fd, why);
    if (e == OK || e == E_CUT)
        a->out->open = true;
    if (e == E_CUT || e == E_CONNECT || e == E_TIMEOUT) {
        *out = answer_of(e == E_CUT ? HOW_RESET : HOW_NO_CONNECTION);
        return OK;
    }
    if (e != OK)
        return e;
    e = hello_send(fd, offer, deadline_ms, &sent, why);
    /* A hello that was cut off may still have its answer waiting: an alert, then the reset. */
    if (e == OK && (sent == OK || sent == E_CUT))
        e = answer_receive(fd, offer, deadline_ms, out);
    else if (e == OK)
        *out = answer_after(sent, (struct rd){0});
    if (e == OK && sent == E_CUT && out->how == HOW_CLOSED) /* the send has used up the reset */
        *out = answer_of(HOW_RESET);
    (void)close(fd);
    return e;
}

static bool deserves_repeat(const struct tls_answer *answer)
{
    return answer->seen == SEEN_REFUSED || answer->how == HOW_NO_CONNECTION;
}

static bool lacks_suite(const struct tls_answer *answer)
{
    return answer->how == HOW_ALERT && (answer->alert == ALERT_HANDSHAKE_FAILURE ||
                                        answer->alert == ALERT_INSUFFICIENT_SECURITY);
}

/* "No common suite" is no word about the version: its repeat offers all other suites. */
static enum suite_list repeat_suites(const struct tls_answer *first, enum tls_version version)
{
    uint16_t ids[SUITES_MAX];
    if (lacks_suite(first) && suites_of(SUITES_RARE, version, ids) > 0)
        return SUITES_RARE;
    return SUITES_COMMON;
}

/* Refused is what was refused twice; of the two reasons the spoken one is kept. */
static struct tls_answer repeat_merge(const struct tls_answer *first,
                                      const struct tls_answer *second)
{
    struct tls_answer answer = *second;
    if (second->seen != SEEN_REFUSED)
        return answer;
    if (first->seen != SEEN_REFUSED)
        answer.seen = SEEN_INCONCLUSIVE;
    else if (first->how == HOW_ALERT)
        answer = *first;
    return answer;
}

/* The fair share of what is left, when every attempt that may still be needed takes as long; never
 * more than the limit, so that a silent port costs little. */
static int64_t attempt_deadline(const struct asking *a, int round, int version)
{
    int64_t now = clock_mono_ms();
    int64_t attempts = round == 0 ? version + 1 + TLS_VERSIONS - 2 * TLS_1_0 : 0;
    for (int v = version; round == 1 && v >= TLS_1_0; v--)
        attempts += deserves_repeat(&a->out->answers[v]);
    int64_t share = (a->deadline_ms - now) / attempts;
    return now + (share < PROBE_ATTEMPT_MS ? share : PROBE_ATTEMPT_MS);
}

static enum err version_ask(struct asking *a, int round, int version, struct why *why)
{
    struct tls_answer *known = &a->out->answers[version];
    struct tls_answer answer;
    struct hello_offer offer = {(enum tls_version)version, SUITES_COMMON, a->sni};
    if (round > 0)
        offer.suites = repeat_suites(known, offer.version);
    enum err e = attempt(a, &offer, attempt_deadline(a, round, version), &answer, why);
    if (e == OK)
        *known = round > 0 ? repeat_merge(known, &answer) : answer;
    return e;
}

/* All versions once, then what was refused once more. So each refusal has an acceptance before it,
 * and a service that only came up in the middle is not taken for one that refuses. */
static enum err versions_ask(struct asking *a, struct why *why)
{
    for (int round = 0; round < ROUNDS; round++)
        for (int v = TLS_VERSIONS - 1; v >= TLS_1_0; v--) {
            enum err e = OK;
            if (round == 0 || deserves_repeat(&a->out->answers[v]))
                e = version_ask(a, round, v, why);
            if (e != OK)
                return e;
            if (!a->out->open) /* the other versions would not get any further */
                break;
        }
    return OK;
}

/* A port that accepts nothing shows nothing: it may be broken, or not TLS at all. */
static void refusals_doubt(struct port_state *p)
{
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (p->answers[v].seen == SEEN_ACCEPTED)
            return;
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (p->answers[v].seen == SEEN_REFUSED)
            p->answers[v].seen = SEEN_INCONCLUSIVE;
}

enum err probe_port(const char *address, const char *sni, uint16_t port, const char *dialect,
                    int64_t deadline_ms, struct port_state *out, struct why *why)
{
    struct port_state state = {.port = port};
    struct asking a = {.sni = sni, .deadline_ms = deadline_ms, .out = &state};
    struct why reason = {.native = 0}; /* a version that could not be reached leaves words too */
    enum err e;
    if (dialect[0] != '\0')
        return why_set(why, E_UNSUPPORTED, "port %u: TLS after \"%s\" cannot be checked yet",
                       port, dialect);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        state.answers[v] = answer_of(HOW_NO_CONNECTION);
    e = target_resolve(address, port, &a.target, &reason);
    if (e == OK)
        e = versions_ask(&a, &reason);
    if (e != OK && e != E_RESOLVE) {
        if (why)
            *why = reason;
        return why_place(why, e, "%s:%u", address, port);
    }
    refusals_doubt(&state);
    *out = state;
    return OK;
}
