#include "handshake/look.h"

#include "base/clock.h"
#include "handshake/connect.h"
#include "handshake/scan.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 16384
#define SAID_MAX (1u << 20) /* bytes that a talk may leave untaken */

/* One talk over one connection, blocking. */
struct line {
    int fd;
    int64_t deadline_ms;
    struct talk *talk;
    struct wr heard, said;
};

static enum err say(struct line *l)
{
    enum err e = wr_end(&l->said);
    if (e == OK && l->said.used > 0)
        e = stream_send(l->fd, wr_view_of(&l->said), l->deadline_ms);
    wr_reset(&l->said);
    return e;
}

/* What was not taken waits for more. */
static enum talk_step step(struct line *l)
{
    struct rd in = wr_view_of(&l->heard);
    size_t had = in.left;
    enum talk_step s = l->talk->kind->step(l->talk, &in, &l->said);
    if (had > 0 && in.left > 0)
        memmove(l->heard.bytes, l->heard.bytes + (had - in.left), in.left);
    l->heard.used = in.left;
    return s;
}

static enum talk_end end_of(enum err e)
{
    if (e == OK)
        return TALK_END_CLOSED;
    return e == E_TIMEOUT ? TALK_END_DEADLINE
           : e == E_CUT   ? TALK_END_RESET
                          : TALK_END_NO_CONNECTION;
}

static void converse(struct line *l)
{
    uint8_t bytes[READ_SIZE];
    enum talk_step s = step(l);
    enum err e = say(l);
    while (s == TALK_MORE && e == OK) {
        size_t got = 0;
        if ((e = stream_recv(l->fd, bytes, sizeof bytes, l->deadline_ms, &got)) != OK || got == 0)
            break;
        wr_bytes(&l->heard, bytes, got);
        if (wr_end(&l->heard) != OK)
            break;
        s = step(l);
        enum err sent = say(l);
        e = s == TALK_DONE ? OK : sent;
    }
    if (s == TALK_MORE)
        l->talk->kind->ended(l->talk, end_of(e), wr_view_of(&l->heard));
}

/* Only what this machine lacks is an error. */
static enum err talk_run(struct target *t, struct talk *talk, int64_t deadline_ms,
                         struct why *why)
{
    struct line l = {.fd = -1, .deadline_ms = deadline_ms, .talk = talk};
    enum err e = target_connect(t, deadline_ms, &l.fd, why);
    if (e == E_IO || e == E_MEMORY)
        return e;
    wr_init(&l.heard, SAID_MAX);
    wr_init(&l.said, SAID_MAX);
    if (e == OK)
        converse(&l);
    else
        talk->kind->ended(talk, TALK_END_NO_CONNECTION, wr_view_of(&l.heard));
    wr_fini(&l.heard);
    wr_fini(&l.said);
    if (l.fd >= 0)
        (void)close(l.fd);
    return OK;
}

static enum err whole_look(const struct look_wish *wish, const struct dialect *d, struct target *t,
                           int64_t deadline_ms, struct port_more *out, struct why *why)
{
    const struct whole_options options = {.name = wish->name,
                                          .anchors = wish->anchors,
                                          .alpn = dialect_alpn(d),
                                          .lowest = TLS_1_0,
                                          .highest = TLS_1_3,
                                          .now_unix = wish->now_unix};
    struct whole_talk *whole = NULL;
    struct dialect_talk outer;
    struct handshake_seen seen = {0};
    enum err e = whole_talk_new(&options, &whole, why);
    if (e != OK)
        return e;
    dialect_begin(&outer, d, whole_talk_of(whole));
    if ((e = talk_run(t, &outer.talk, deadline_ms, why)) == OK) {
        whole_talk_take(whole, &seen);
        port_more_of_handshake(&seen, out);
    }
    dialect_end(&outer);
    handshake_seen_fini(&seen);
    whole_talk_free(whole);
    return e;
}

static void suite_add(struct port_more *out, uint32_t id)
{
    for (size_t i = 0; i < out->n_suites; i++)
        if (out->suites[i] == id)
            return;
    if (id > UINT16_MAX)
        return; /* of SSL 2.0, which is judged as a version */
    if (out->n_suites == PORT_SUITES_MAX)
        out->suites_complete = false;
    else
        out->suites[out->n_suites++] = (uint16_t)id;
}

static void suites_keep(const struct scan_result *r, struct port_more *out)
{
    unsigned shortest = r->dh.bits;
    out->suites_complete = !r->chose_unoffered && !r->rate_limited;
    for (size_t v = TLS_1_0; v < TLS_VERSIONS; v++) {
        const struct scan_version *s = &r->versions[v];
        if (s->answer.seen == SEEN_INCONCLUSIVE ||
            (s->answer.seen == SEEN_ACCEPTED && !s->complete))
            out->suites_complete = false;
        for (size_t i = 0; i < s->n_suites; i++)
            suite_add(out, s->suites[i]);
    }
    if (r->dh.export_bits && (!shortest || r->dh.export_bits < shortest))
        shortest = r->dh.export_bits;
    out->dh_bits = shortest;
    out->suites_seen = out->n_suites > 0;
}

static void nothing_more(void *who, struct scan_result *out)
{
    (void)who;
    (void)out;
}

static enum err suites_look(const struct look_wish *wish, const struct dialect *d, struct target *t,
                            int64_t deadline_ms, struct port_more *out, struct why *why)
{
    const struct engine_limits limits = {.per_host = 0};
    struct scan_result *r = calloc(1, sizeof *r);
    struct talks *talks = NULL;
    struct scan *scan = NULL;
    enum err e = r ? OK : why_set(why, E_MEMORY, "no memory for a scan");
    if (e != OK || (e = talks_new(&limits, &talks, why)) != OK)
        goto out;
    const struct scan_job job = {.talks = talks,
                                 .target = t,
                                 .sni = wish->name,
                                 .port = wish->rule->port,
                                 .dialect = d,
                                 .options = {.depth = SCAN_ALL,
                                             .anchors = wish->anchors,
                                             .deadline_ms = deadline_ms},
                                 .out = r,
                                 .done = nothing_more};
    if ((e = scan_begin(&job, &scan, why)) != OK || (e = talks_run(talks, NULL, NULL, why)) != OK)
        goto out;
    suites_keep(r, out);
out:
    talks_free(talks);
    scan_free(scan);
    if (r)
        scan_result_fini(r);
    free(r);
    return e;
}

enum err port_look(const struct look_wish *wish, int64_t deadline_ms, struct port_more *out,
                   struct why *why)
{
    const char *name = wish->rule->dialect[0] != '\0' ? wish->rule->dialect : "tls";
    const struct dialect *d = dialect_named(name);
    int64_t attempt_ms = clock_mono_ms() + PROBE_ATTEMPT_MS;
    struct port_more more = {.whole = HANDSHAKE_NOT_TRIED};
    struct anchors *anchors = NULL;
    struct look_wish asked = *wish;
    struct target t;
    enum err e;
    if (!d)
        return why_set(why, E_UNSUPPORTED, "no dialect is called %s", name);
    if (attempt_ms > deadline_ms)
        attempt_ms = deadline_ms;
    if (!asked.anchors && asked.rule->certificate.trusted) {
        if ((e = anchors_load(NULL, &anchors, why)) != OK)
            return e;
        asked.anchors = anchors;
    }
    e = target_resolve(asked.address, asked.rule->port, &t, why);
    if (e == OK)
        e = whole_look(&asked, d, &t, attempt_ms, &more, why);
    if (e == OK && verify_asks_suites(asked.rule))
        e = suites_look(&asked, d, &t, deadline_ms, &more, why);
    anchors_free(anchors);
    if (e != OK && e != E_RESOLVE)
        return e;
    *out = more;
    return OK;
}
