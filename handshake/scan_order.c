/* Whose order counts, and which it is. A chain of a part shows the server's order within it; what
 * is missing between neighbours is asked for with two suites, the one that should win offered
 * last. */
#include "handshake/scan_parts.h"

#include <string.h>

enum { PAIRS_EACH = 3 }; /* questions for each suite, at most */

void order_begin(struct scan *s, enum tls_version v)
{
    struct suites_run *r = &s->suites[v];
    struct scan_version *out = &s->out->versions[v];
    r->stage = r->n_accepted < 2 || out->order == ORDER_CLIENT ? SUITES_OVER
               : out->order == ORDER_SERVER                    ? SUITES_ORDER
                                                               : SUITES_PAIR;
    for (size_t i = 0; i < r->n_all && r->stage == SUITES_PAIR; i++)
        if (r->accepted[i] && r->skipped[i]) { /* it was there, first, and not taken */
            out->order = ORDER_SERVER;
            r->stage = SUITES_ORDER;
        }
}

static size_t accepted_of(const struct suites_run *r, size_t out[SUITES_ALL_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_all; i++)
        if (r->accepted[i])
            out[n++] = i;
    return n;
}

/* The list so far: nobody stands before one who beat him, and where nothing is known the stronger
 * one comes first. Where the server's choices go round in circles, so does this. */
static size_t order_guess(const struct suites_run *r, size_t out[SUITES_ALL_MAX])
{
    size_t left[SUITES_ALL_MAX];
    size_t n_left = accepted_of(r, left), n = 0;
    while (n_left > 0) {
        size_t best = 0;
        for (size_t i = 0; i < n_left; i++) {
            bool beaten = false;
            for (size_t k = 0; k < n_left && !beaten; k++)
                beaten = k != i && suite_beats(r, left[k], left[i]);
            if (!beaten) {
                best = i;
                break;
            }
        }
        out[n++] = left[best];
        memmove(left + best, left + best + 1, (n_left - best - 1) * sizeof *left);
        n_left--;
    }
    return n;
}

static void pair_answered(struct scan *s, struct question *q)
{
    struct suites_run *r = &s->suites[q->version];
    const struct tls_answer *a = &q->ask.said.answer;
    const struct hello_offer *o = &q->ask.offer;
    r->n_pairs--;
    if (a->seen != SEEN_ACCEPTED) {
        r->pair_lost = true;
        return;
    }
    if (r->stage == SUITES_PAIR) { /* the one that lost before was offered first */
        bool client = a->suite == o->suites[0];
        s->out->versions[q->version].order = client ? ORDER_CLIENT : ORDER_SERVER;
        r->stage = client ? SUITES_OVER : SUITES_ORDER;
    } else {
        suite_won(r, a->suite, o);
    }
}

static bool pair_ask(struct scan *s, enum tls_version v, size_t loser, size_t winner)
{
    struct suites_run *r = &s->suites[v];
    struct question *q = question_new(s, v, pair_answered);
    if (!q)
        return false;
    q->ask.offer.suites[0] = r->all[loser];
    q->ask.offer.suites[1] = r->all[winner];
    q->ask.offer.n_suites = 2;
    if (r->named_won)
        groups_name(&q->ask.offer);
    r->n_pairs++;
    r->pairs_asked++;
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

/* Whether the client's order counts: two of which one was chosen before, now the other first. */
static bool preference_next(struct scan *s, enum tls_version v)
{
    struct suites_run *r = &s->suites[v];
    if (r->n_pairs > 0)
        return false;
    for (size_t x = 0; x < r->n_all && !r->pair_lost; x++)
        for (size_t y = 0; y < r->n_all && r->accepted[x]; y++)
            if (r->accepted[y] && y != x && suite_beats(r, x, y) && !suite_beats(r, y, x))
                return pair_ask(s, v, y, x);
    r->stage = SUITES_OVER;
    return false;
}

static bool neighbours_next(struct scan *s, enum tls_version v)
{
    struct suites_run *r = &s->suites[v];
    size_t order[SUITES_ALL_MAX];
    if (r->n_pairs > 0)
        return false; /* all of a round at once, then the next round */
    size_t n = order_guess(r, order), asked = 0;
    for (size_t i = 0; i + 1 < n && !r->pair_lost && s->out->local == OK; i++)
        if (!suite_beats(r, order[i], order[i + 1]) &&
            r->pairs_asked < PAIRS_EACH * r->n_accepted)
            asked += pair_ask(s, v, order[i + 1], order[i]);
    if (asked == 0)
        r->stage = SUITES_OVER;
    return asked > 0;
}

bool order_next(struct scan *s)
{
    for (int v = TLS_VERSIONS - 1; v > SSL_2_0; v--) {
        enum tls_version version = (enum tls_version)v;
        if (s->suites[v].stage == SUITES_PAIR && preference_next(s, version))
            return true;
        if (s->suites[v].stage == SUITES_ORDER && neighbours_next(s, version))
            return true;
    }
    return false;
}

void order_result(struct scan *s, enum tls_version v)
{
    const struct suites_run *r = &s->suites[v];
    struct scan_version *out = &s->out->versions[v];
    size_t order[SUITES_ALL_MAX];
    out->n_suites = 0;
    if (out->order == ORDER_SERVER) {
        size_t n = order_guess(r, order);
        for (size_t i = 0; i < n; i++)
            out->suites[out->n_suites++] = r->all[order[i]];
        return;
    }
    for (size_t i = 0; i < r->n_all; i++)
        if (r->accepted[i])
            out->suites[out->n_suites++] = r->all[i];
}
