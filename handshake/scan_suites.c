/* Which suites each version knows: parts of the list are offered side by side, and each time the
 * one chosen is taken out. The last refusal of a part proves that it is complete. */
#include "handshake/scan_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    WEIGHT_SURE = 64,      /* of one suite that is certain */
    WEIGHT_SPLIT = 5 * 64, /* a part with less is not worth a refusal of its own … */
    WEIGHT_ALIVE = 64,     /* … but one of which the server took something just now */
    SHORT_SUITES = 40,     /* in a hello of less than 256 bytes */
    LONG_SUITES = 64,      /* more than that is long */
    TRIES_PLAIN = 2,       /* then with a control */
    CYCLES_MAX = 2,
    FFDHE_FIRST = 256, /* IANA: ffdhe2048 … ffdhe8192 */
    FFDHE_LAST = 260,
    ALERT_HANDSHAKE_FAILURE = 40,
    ALERT_INSUFFICIENT_SECURITY = 71,
    ALERT_NO_PROTOCOL = 120
};

static bool part_ask(struct scan *s, struct part *p);

size_t suite_index(const struct suites_run *r, uint16_t id)
{
    size_t i = 0;
    while (i < r->n_all && r->all[i] != id)
        i++;
    return i;
}

bool suite_beats(const struct suites_run *r, size_t x, size_t y)
{
    return r->beats[x][y / 8] & 1u << y % 8;
}

/* What was offered before the one chosen is skipped: a server that follows its client has none of
 * them. */
void suite_won(struct suites_run *r, uint16_t id, const struct hello_offer *offer)
{
    size_t x = suite_index(r, id);
    bool before = true;
    for (size_t i = 0; i < offer->n_suites; i++) {
        size_t y = suite_index(r, offer->suites[i]);
        before = before && offer->suites[i] != id;
        if (y == r->n_all || y == x)
            continue;
        r->beats[x][y / 8] |= (uint8_t)(1u << y % 8);
        r->skipped[y] = r->skipped[y] || before;
    }
    if (!r->accepted[x])
        r->n_accepted++;
    r->accepted[x] = true;
}

static void part_weigh(struct part *p)
{
    p->weight = 0;
    for (size_t i = 0; i < p->n; i++)
        p->weight += suite_weight(p->ids[i], p->version);
}

static void part_ready(struct scan *s, struct part *p)
{
    part_weigh(p);
    p->next = s->ready;
    s->ready = p;
    s->n_ready++;
}

static struct part *part_new(struct scan *s, enum tls_version v)
{
    struct part *p = calloc(1, sizeof *p);
    if (!p) {
        s->out->local = E_MEMORY;
        return NULL;
    }
    p->version = v;
    s->suites[v].n_parts++;
    return p;
}

void groups_name(struct hello_offer *o)
{
    for (uint16_t id = FFDHE_FIRST; id <= FFDHE_LAST && o->n_groups < HELLO_LIST_MAX; id++)
        o->groups[o->n_groups++] = id;
}

static bool has_finite_field(uint16_t id)
{
    const char *name = suite_name(id);
    return name && (str_starts(name, "DHE_") || str_starts(name, "DH_anon_"));
}

/* What was refused without these groups is offered once more with them. */
static bool named_begin(struct scan *s, enum tls_version v)
{
    struct suites_run *r = &s->suites[v];
    if (r->named_asked || v < TLS_1_0 || v == TLS_1_3)
        return false;
    r->named_asked = true;
    struct part *p = part_new(s, v);
    if (!p)
        return false;
    p->named = true;
    for (size_t i = 0; i < r->n_all; i++)
        if (!r->accepted[i] && has_finite_field(r->all[i]))
            p->ids[p->n++] = r->all[i];
    if (p->n > 0) {
        part_ready(s, p);
        return true;
    }
    r->n_parts--;
    free(p);
    return false;
}

static void part_over(struct scan *s, struct part *p, bool complete)
{
    struct suites_run *r = &s->suites[p->version];
    enum tls_version v = p->version;
    r->cut = r->cut || !complete;
    free(p);
    if (--r->n_parts == 0 && !named_begin(s, v))
        order_begin(s, v);
}

/* The ids from the n-th on become a part of their own. */
static bool part_cut(struct scan *s, struct part *p, size_t n)
{
    struct part *q = part_new(s, p->version);
    if (!q)
        return false;
    q->n = p->n - n;
    memcpy(q->ids, p->ids + n, q->n * sizeof *q->ids);
    q->turns = p->turns;
    q->named = p->named;
    p->n = n;
    part_weigh(p);
    part_ready(s, q);
    return true;
}

static bool part_split(struct scan *s, struct part *p)
{
    unsigned half = 0;
    size_t n = 0;
    while (n + 1 < p->n && half * 2 < p->weight)
        half += suite_weight(p->ids[n++], p->version);
    return n == 0 || part_cut(s, p, n);
}

/* A server that answers nothing to long hellos gets short ones, in all that follows. */
static void part_shorten(struct scan *s, struct part *p)
{
    s->short_mode = true;
    p->tries = 0;
    while (p->n > SHORT_SUITES && part_cut(s, p, p->n - SHORT_SUITES))
        continue;
    part_ready(s, p);
}

static void id_remove(struct part *p, uint16_t id)
{
    size_t i = 0;
    while (i < p->n && p->ids[i] != id)
        i++;
    if (i == p->n)
        return;
    memmove(p->ids + i, p->ids + i + 1, (p->n - i - 1) * sizeof *p->ids);
    p->n--;
}

static bool part_holds(const struct part *p, uint16_t id)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->ids[i] == id)
            return true;
    return false;
}

static bool is_explicit(const struct tls_answer *a)
{
    return a->how == HOW_ALERT && (a->alert == ALERT_HANDSHAKE_FAILURE ||
                                   a->alert == ALERT_INSUFFICIENT_SECURITY);
}

/* A refusal that nobody spoke is believed when it comes twice and the server still takes a suite
 * that it took before, offered last. */
static void part_refused(struct scan *s, struct part *p)
{
    bool is_long = p->n > SHORT_SUITES && !s->long_ok;
    if (++p->tries <= TRIES_PLAIN) {
        part_ready(s, p);
    } else if (is_long) {
        part_shorten(s, p);
    } else if (++p->cycles < CYCLES_MAX) {
        s->out->rate_limited = true;
        s->width = 1;
        p->tries = 0;
        part_ready(s, p);
    } else {
        part_over(s, p, false);
    }
}

/* The version's first suite was offered again, last. A server with an order of its own takes it
 * again (true), one that follows its client does not. */
static bool order_take(struct scan *s, struct part *p, uint16_t chosen)
{
    struct suites_run *r = &s->suites[p->version];
    size_t x = suite_index(r, r->first), y = suite_index(r, chosen);
    p->again = false;
    if (chosen == r->first)
        s->out->versions[p->version].order = ORDER_SERVER;
    else if (y < r->n_all && suite_beats(r, x, y)) /* now it lost against the same one */
        s->out->versions[p->version].order = ORDER_CLIENT;
    return chosen == r->first;
}

static void part_accepted(struct scan *s, struct part *p, const struct question *q)
{
    const struct tls_answer *a = &q->ask.said.answer;
    bool control = !part_holds(p, a->suite);
    s->long_ok = s->long_ok || q->ask.offer.n_suites > LONG_SUITES;
    if (p->again && order_take(s, p, a->suite)) {
        part_ready(s, p);
        return;
    }
    suite_won(&s->suites[p->version], a->suite, &q->ask.offer);
    s->suites[p->version].named_won = s->suites[p->version].named_won || (p->named && !control);
    if (s->short_mode && q->ask.offer.n_suites <= SHORT_SUITES)
        s->out->short_hellos = !s->long_ok;
    id_remove(p, a->suite);
    p->tries = 0;
    if (control || p->n == 0)
        part_over(s, p, true);
    else
        part_ready(s, p);
}

static void part_answered(struct scan *s, struct question *q)
{
    const struct tls_answer *a = &q->ask.said.answer;
    struct part *p = q->part;
    q->part = NULL; /* ours now */
    scan_learn(s, q);
    if (q->alpn) {
        alpn_take(s, q);
        if (a->how == HOW_ALERT && a->alert == ALERT_NO_PROTOCOL) { /* of the protocol alone */
            part_ready(s, p);
            return;
        }
    }
    if (q->ask.said.unoffered) {
        s->out->chose_unoffered = true;
        part_over(s, p, false);
    } else if (a->seen == SEEN_ACCEPTED) {
        part_accepted(s, p, q);
    } else if (is_explicit(a)) {
        part_over(s, p, true);
    } else {
        part_refused(s, p);
    }
}

/* Now in this order, now in that: so it shows whose order counts. */
static void part_offer(struct scan *s, const struct part *p, struct hello_offer *o)
{
    bool reversed = p->turns % 2 != 0;
    o->n_suites = p->n;
    for (size_t i = 0; i < p->n; i++)
        o->suites[i] = p->ids[reversed ? p->n - 1 - i : i];
    const struct suites_run *r = &s->suites[p->version];
    if (p->again && o->n_suites < SUITES_ALL_MAX)
        o->suites[o->n_suites++] = r->first;
    if (p->again || p->tries < TRIES_PLAIN || o->n_suites == SUITES_ALL_MAX)
        return;
    for (size_t i = 0; i < r->n_all; i++)
        if (r->accepted[i]) {
            o->suites[o->n_suites++] = r->all[i];
            break;
        }
}

/* What was not seen yet goes to the front, so that a server that follows its client shows it. */
static void unseen_first(uint16_t *ids, size_t n, const uint16_t *seen, size_t n_seen)
{
    uint16_t old[HELLO_LIST_MAX];
    size_t used = 0;
    memcpy(old, ids, n * sizeof *ids);
    for (int known = 0; known < 2; known++)
        for (size_t i = 0; i < n; i++) {
            int is_known = 0;
            for (size_t k = 0; k < n_seen; k++)
                is_known |= seen[k] == old[i];
            if (is_known == known)
                ids[used++] = old[i];
        }
}

/* What else can be learnt on the way. Not in a repeat, which must not be longer than its control.
 */
static void extras_ask(struct scan *s, const struct part *p, struct question *q)
{
    if (p->tries > 0 || s->short_mode)
        return;
    if (p->turns == 1 && s->out->compression == SURE_UNKNOWN)
        q->ask.offer.with |= HELLO_DEFLATE;
    alpn_ask(s, q);
}

static bool part_ask(struct scan *s, struct part *p)
{
    struct question *q = question_new(s, p->version, part_answered);
    if (!q) {
        part_over(s, p, false);
        return false;
    }
    struct hello_offer *o = &q->ask.offer;
    part_offer(s, p, o);
    q->part = p;
    q->ask.rest = p->version < TLS_1_3;
    if (p->version < TLS_1_3) {
        o->with |= HELLO_TICKET;
        unseen_first(o->groups, o->n_groups, s->out->groups, s->out->n_groups);
        unseen_first(o->sigalgs, o->n_sigalgs, s->out->sigalgs, s->out->n_sigalgs);
        extras_ask(s, p, q);
    }
    if (p->named)
        groups_name(o);
    p->turns++;
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

static struct part *heaviest_take(struct scan *s)
{
    struct part **best = &s->ready;
    for (struct part **at = &s->ready; *at; at = &(*at)->next)
        if ((*at)->weight > (*best)->weight)
            best = at;
    struct part *p = *best;
    *best = p->next;
    p->next = NULL;
    s->n_ready--;
    return p;
}

/* Where there is room for two questions. What was refused as a whole must be asked again as one. */
static bool is_worth_two(const struct part *p)
{
    return p->tries == 0 && p->weight >= (p->turns > 0 ? WEIGHT_ALIVE : WEIGHT_SPLIT);
}

bool suites_next(struct scan *s)
{
    if (!s->ready)
        return false;
    unsigned room = s->width - s->n_open;
    struct part *p = heaviest_take(s);
    if (s->short_mode && p->n > SHORT_SUITES) {
        part_shorten(s, p);
        p = heaviest_take(s);
    } else if (s->n_ready + 1 < room && is_worth_two(p) && !part_split(s, p)) {
        part_over(s, p, false);
        return false;
    }
    return part_ask(s, p);
}

/* A version was accepted: all but the suite chosen there is open. */
void suites_begin(struct scan *s, const struct question *first)
{
    enum tls_version v = first->version;
    struct suites_run *r = &s->suites[v];
    struct scan_version *out = &s->out->versions[v];
    if (v == SSL_2_0) { /* it names them all at once */
        const struct server_said *said = &first->ask.said;
        out->n_suites = said->n_kinds;
        memcpy(out->suites, said->kinds, said->n_kinds * sizeof *said->kinds);
        out->complete = true;
        return;
    }
    r->n_all = suites_all(v, r->all);
    r->beats = calloc(r->n_all, sizeof *r->beats);
    struct part *p = r->beats ? part_new(s, v) : NULL;
    if (!p) {
        s->out->local = E_MEMORY;
        return;
    }
    r->stage = SUITES_PARTS;
    r->first = first->ask.said.answer.suite;
    suite_won(r, r->first, &first->ask.offer);
    p->again = true;
    for (size_t i = 0; i < r->n_all; i++)
        if (!r->accepted[i])
            p->ids[p->n++] = r->all[i];
    part_ready(s, p);
}

void suites_result(struct scan *s)
{
    for (int v = SSL_3_0; v < TLS_VERSIONS && s->suites; v++) {
        const struct suites_run *r = &s->suites[v];
        struct scan_version *out = &s->out->versions[v];
        if (r->stage == SUITES_NONE)
            continue;
        out->complete = !r->cut && r->n_parts == 0;
        order_result(s, (enum tls_version)v);
    }
}

void suites_fini(struct scan *s)
{
    while (s->ready) {
        struct part *p = s->ready;
        s->ready = p->next;
        free(p);
    }
    for (int v = 0; v < TLS_VERSIONS && s->suites; v++)
        free(s->suites[v].beats);
    free(s->suites);
}
