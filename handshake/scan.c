#include "handshake/scan_parts.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

void scan_result_fini(struct scan_result *r)
{
    handshake_seen_fini(&r->whole);
}

static void question_free(struct question *q)
{
    if (!q)
        return;
    dialect_end(&q->dialect);
    whole_talk_free(q->whole);
    free(q->part);
    free(q);
}

void scan_free(struct scan *s)
{
    if (!s)
        return;
    while (s->open) {
        struct question *q = s->open;
        s->open = q->next;
        question_free(q);
    }
    suites_fini(s);
    free(s);
}

static void scan_fail(struct scan *s, enum err e)
{
    if (s->out->local == OK)
        s->out->local = e;
}

struct question *question_new(struct scan *s, enum tls_version v,
                              void (*answered)(struct scan *s, struct question *q))
{
    struct question *q = calloc(1, sizeof *q);
    if (!q) {
        scan_fail(s, E_MEMORY);
        return NULL;
    }
    q->scan = s;
    q->version = v;
    q->answered = answered;
    hello_offer_usual(&q->ask.offer, v, SUITES_COMMON, s->job.sni);
    q->ask.offer.alpn = dialect_alpn(s->job.dialect);
    return q;
}

bool scan_speaks(const struct scan *s, enum tls_version v)
{
    return s->out->versions[v].answer.seen == SEEN_ACCEPTED;
}

static void scan_pump(struct scan *s);

/* What a dialect ended before TLS is no answer to a hello: nothing was learnt about a version. */
static void before_tls_take(struct scan *s, struct question *q)
{
    struct tls_answer *a = &q->ask.said.answer;
    s->out->before_tls = q->dialect.outcome;
    memcpy(s->out->said, q->dialect.said, sizeof s->out->said);
    *a = answer_of(HOW_GARBAGE);
    if (q->dialect.outcome == DIALECT_ENDED) {
        static const enum tls_how hows[] = {[TALK_END_CLOSED] = HOW_CLOSED,
                                            [TALK_END_RESET] = HOW_RESET,
                                            [TALK_END_DEADLINE] = HOW_SILENCE,
                                            [TALK_END_NO_CONNECTION] = HOW_NO_CONNECTION};
        *a = answer_of(hows[q->dialect.end]);
        a->seen = SEEN_INCONCLUSIVE;
    }
}

static void answer_take(struct scan *s, struct question *q)
{
    const struct dialect_talk *d = &q->dialect;
    if (q->ask.failed)
        scan_fail(s, q->ask.local);
    if (d->outcome != DIALECT_AGREED)
        before_tls_take(s, q);
    else if (s->out->before_tls == DIALECT_TALKING)
        s->out->before_tls = DIALECT_AGREED;
    if (q->ask.guess[0] != '\0' && s->out->said[0] == '\0')
        memcpy(s->out->said, q->ask.guess, sizeof s->out->said);
    s->out->open = s->out->open || q->ask.connected || d->taken > 0 ||
                   d->outcome == DIALECT_REFUSED || d->outcome == DIALECT_FOREIGN ||
                   (d->outcome == DIALECT_ENDED && d->end != TALK_END_NO_CONNECTION &&
                    d->end != TALK_END_DEADLINE);
}

static void question_done(void *who, struct talk *talk)
{
    struct question *q = who;
    struct scan *s = q->scan;
    struct question **at = &s->open;
    (void)talk;
    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    s->n_open--;
    if (!q->whole)
        answer_take(s, q);
    q->answered(s, q);
    question_free(q);
    scan_pump(s);
}

void scan_ask(struct scan *s, struct question *q, int64_t attempt_ms)
{
    struct talk *inner = q->whole ? whole_talk_of(q->whole) : &q->ask.talk;
    if (!q->whole)
        ask_begin(&q->ask);
    dialect_begin(&q->dialect, s->job.dialect, inner);
    const struct engine_job job = {.target = s->job.target,
                                   .talk = &q->dialect.talk,
                                   .attempt_ms = attempt_ms,
                                   .deadline_ms = s->options.deadline_ms,
                                   .done = question_done,
                                   .who = q};
    enum err e = talks_add(s->job.talks, &job, NULL);
    if (e != OK) {
        scan_fail(s, e);
        question_free(q);
        return;
    }
    s->out->connections++;
    q->next = s->open;
    s->open = q;
    s->n_open++;
}

static void scan_end(struct scan *s)
{
    s->over = true;
    if (!s->settled)
        versions_judge(s);
    suites_result(s);
    s->out->elapsed_ms = clock_mono_ms() - s->begun_ms;
    s->job.done(s->job.who, s->out); /* who may free the scan here */
}

static bool scan_next(struct scan *s)
{
    if (versions_next(s))
        return true;
    if (!s->settled && versions_over(s)) {
        versions_judge(s);
        s->settled = true;
    }
    return s->suites && ((s->settled && features_next(s)) || suites_next(s) || order_next(s));
}

static void scan_pump(struct scan *s)
{
    if (s->over || s->pumping)
        return;
    s->pumping = true;
    while (s->out->local == OK && s->n_open < s->width && scan_next(s))
        continue;
    s->pumping = false;
    if (s->n_open == 0)
        scan_end(s);
}

static struct scan *scan_new(const struct scan_job *job)
{
    struct scan *s = calloc(1, sizeof *s);
    bool whole = job->options.depth != SCAN_VERSIONS;
    if (!s)
        return NULL;
    s->job = *job;
    s->options = job->options;
    s->out = job->out;
    if (s->options.attempt_ms == 0)
        s->options.attempt_ms = PROBE_ATTEMPT_MS;
    s->width = talks_per_host(job->talks);
    s->begun_ms = clock_mono_ms();
    s->old = TLS_VERSIONS;
    if (whole)
        s->suites = calloc(TLS_VERSIONS, sizeof *s->suites);
    if (s->suites || !whole)
        return s;
    free(s);
    return NULL;
}

enum err scan_begin(const struct scan_job *job, struct scan **scan, struct why *why)
{
    const char *dialect = dialect_name(job->dialect);
    struct scan *s = scan_new(job);
    *scan = NULL;
    if (!s)
        return why_set(why, E_MEMORY, "no memory for a scan");
    memset(s->out, 0, sizeof *s->out);
    s->out->port = job->port;
    memcpy(s->out->dialect, dialect, strlen(dialect) + 1);
    versions_begin(s);
    *scan = s;
    scan_pump(s);
    return OK;
}
