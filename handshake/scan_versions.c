#include "handshake/scan_parts.h"

#include "base/clock.h"

#include <string.h>

enum {
    ASKS_MAX = 3,
    ROUNDS = 3, /* that the time must last for */
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_INSUFFICIENT_SECURITY = 71
};

#define ALL_VERSIONS ((1u << TLS_VERSIONS) - 1)
#define TLS_ALONE (ALL_VERSIONS & ~(1u << SSL_2_0 | 1u << SSL_3_0))

void versions_begin(struct scan *s)
{
    unsigned wanted = s->options.versions;
    if (wanted == 0)
        wanted = s->suites ? ALL_VERSIONS : TLS_ALONE;
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (wanted & 1u << v)
            s->out->versions[v].answer = answer_of(HOW_NO_CONNECTION);
        else
            s->versions[v].stage = VERSION_OVER;
}

static bool lacks_suite(const struct tls_answer *a)
{
    return a->how == HOW_ALERT && (a->alert == ALERT_HANDSHAKE_FAILURE ||
                                   a->alert == ALERT_INSUFFICIENT_SECURITY);
}

/* "No common suite" is no word about the version: its repeat offers other suites, in a whole scan
 * all of them. */
static void repeat_suites(const struct scan *s, enum tls_version v, struct hello_offer *o)
{
    uint16_t common[SUITES_MAX], all[SUITES_ALL_MAX];
    size_t n_common = suites_of(SUITES_COMMON, v, common);
    size_t n_all = s->suites ? suites_all(v, all)
                             : suites_of(SUITES_RARE, v, all);
    size_t n = 0;
    for (size_t i = 0; i < n_all; i++) {
        bool known = false;
        for (size_t k = 0; k < n_common && !known; k++)
            known = common[k] == all[i];
        if (!known)
            o->suites[n++] = all[i];
    }
    if (n > 0)
        o->n_suites = n;
    else
        o->n_suites = suites_of(SUITES_COMMON, v, o->suites);
}

/* Refused is what was refused twice; of the two reasons the spoken one is kept. */
static void refusal_take(struct version_run *r)
{
    if (r->refusals++ == 0 || (r->refusal.how != HOW_ALERT && r->last.how == HOW_ALERT))
        r->refusal = r->last;
}

static void stage_settle(struct scan *s, struct version_run *r)
{
    r->stage = VERSION_AGAIN;
    if (r->last.how == HOW_SILENCE)
        r->silences++;
    else if (r->last.how == HOW_NO_CONNECTION)
        r->failures++;
    else
        s->answers = true;
    if (r->last.seen == SEEN_REFUSED)
        refusal_take(r);
    if (r->last.seen == SEEN_ACCEPTED || r->last.how == HOW_GARBAGE || r->refusals == 2 ||
        r->silences == 2 || r->failures == 2 || r->asks == ASKS_MAX)
        r->stage = VERSION_OVER;
}

static void version_answered(struct scan *s, struct question *q)
{
    struct version_run *r = &s->versions[q->version];
    struct scan_version *out = &s->out->versions[q->version];
    r->last = q->ask.said.answer;
    stage_settle(s, r);
    out->answer = r->last;
    if (r->refusals == 2)
        out->answer = r->refusal;
    else if (r->last.seen == SEEN_REFUSED && r->stage == VERSION_OVER)
        out->answer.seen = SEEN_INCONCLUSIVE; /* once only */
    if (r->last.seen == SEEN_ACCEPTED && s->suites) {
        scan_learn(s, q);
        suites_begin(s, q);
    }
    if (q->ask.said.unoffered)
        s->out->chose_unoffered = true;
    /* Where nobody answers a second time either, the other versions would not get any further. */
    if (!s->answers && r->stage == VERSION_OVER)
        for (int v = 0; v < TLS_VERSIONS; v++)
            s->versions[v].stage = VERSION_OVER;
}

/* The fair share of what is left, when everything that may still be asked takes as long; never more
 * than the limit, so that a silent port costs little. */
static int64_t share_ms(const struct scan *s, bool first)
{
    int64_t left = s->options.deadline_ms - clock_mono_ms();
    int64_t rounds = first ? ROUNDS : 1;
    for (int v = 0; v < TLS_VERSIONS && !first; v++)
        rounds += s->versions[v].stage == VERSION_AGAIN;
    return left / rounds < s->options.attempt_ms ? left / rounds : s->options.attempt_ms;
}

static bool version_ask(struct scan *s, enum tls_version v)
{
    struct version_run *r = &s->versions[v];
    struct question *q = question_new(s, v, version_answered);
    if (!q)
        return false;
    if (r->asks > 0 && lacks_suite(&r->last))
        repeat_suites(s, v, &q->ask.offer);
    int64_t attempt_ms = share_ms(s, r->asks == 0);
    r->asks++;
    r->stage = VERSION_ASKED;
    q->ask.rest = s->suites != NULL;
    scan_ask(s, q, attempt_ms);
    return true;
}

/* A refusal is repeated once another version was accepted, or all were asked once: so a service
 * that only came up in the middle is not taken for one that refuses. What was silent or could not
 * be reached is asked again alone: it may have been the others that kept the server. */
static bool may_repeat(const struct scan *s, const struct version_run *r)
{
    bool accepted = false;
    for (int v = 0; v < TLS_VERSIONS; v++)
        accepted = accepted || scan_speaks(s, (enum tls_version)v);
    return s->n_open == 0 || (accepted && r->last.seen == SEEN_REFUSED);
}

bool versions_next(struct scan *s)
{
    for (int v = TLS_VERSIONS - 1; v >= 0; v--)
        if (s->versions[v].stage == VERSION_TODO)
            return version_ask(s, (enum tls_version)v);
    for (int v = TLS_VERSIONS - 1; v >= 0; v--)
        if (s->versions[v].stage == VERSION_AGAIN && may_repeat(s, &s->versions[v]))
            return version_ask(s, (enum tls_version)v);
    return false;
}

bool versions_over(const struct scan *s)
{
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (s->versions[v].stage != VERSION_OVER)
            return false;
    return true;
}

/* A port that accepts nothing shows nothing: it may be broken, or not TLS at all. */
void versions_judge(struct scan *s)
{
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (scan_speaks(s, (enum tls_version)v))
            return;
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (s->out->versions[v].answer.seen == SEEN_REFUSED)
            s->out->versions[v].answer.seen = SEEN_INCONCLUSIVE;
}
