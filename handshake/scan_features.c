/* What else a port shows: groups, signature algorithms, and whether it knows this or that
 * extension. */
#include "handshake/scan_parts.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALERT_INAPPROPRIATE_FALLBACK = 86,
    ALERT_NO_PROTOCOL = 120,
    FAMILIES_FIRST = 4
};

static const char alpn_names[] = "h2 http/1.1 http/1.0 spdy/3.1 h2c acme-tls/1 imap pop3 ftp";

static void add(uint16_t *list, size_t *n, size_t max, uint16_t id)
{
    if (id == 0 || *n == max)
        return;
    for (size_t i = 0; i < *n; i++)
        if (list[i] == id)
            return;
    list[(*n)++] = id;
}

static void sure(enum scan_sure *to, bool yes)
{
    if (*to != SURE_YES)
        *to = yes ? SURE_YES : SURE_NO;
}

static void dh_learn(struct scan *s, const struct server_said *said)
{
    struct scan_dh *dh = &s->out->dh;
    if (said->dh_bits == 0)
        return;
    if (suite_is_export(said->answer.suite)) {
        dh->export_bits = said->dh_bits;
        return;
    }
    dh->ephemeral_reused = dh->ephemeral_reused || s->dh_digest == said->key_digest;
    s->dh_digest = said->key_digest;
    if (dh->bits != 0 && dh->bits <= said->dh_bits)
        return;
    dh->bits = said->dh_bits;
    (void)snprintf(dh->prime, sizeof dh->prime, "%s", said->dh_name ? said->dh_name : "");
}

void scan_learn(struct scan *s, const struct question *q)
{
    const struct server_said *said = &q->ask.said;
    struct scan_result *out = s->out;
    if (said->answer.seen != SEEN_ACCEPTED || q->version == SSL_2_0)
        return;
    if (q->version == TLS_1_3) {
        add(out->groups13, &out->n_groups13, SCAN_GROUPS_MAX, said->group);
        return;
    }
    add(out->groups, &out->n_groups, SCAN_GROUPS_MAX, said->group);
    add(out->sigalgs, &out->n_sigalgs, SCAN_SIGALGS_MAX, said->sigalg);
    dh_learn(s, said);
    sure(&out->secure_renegotiation, said->secure_renegotiation);
    if (q->ask.offer.with & HELLO_MASTER_SECRET && q->version != SSL_3_0)
        sure(&out->extended_master_secret, said->master_secret);
    if (q->ask.offer.with & HELLO_TICKET && q->version != SSL_3_0)
        sure(&out->tickets, said->ticket);
    if (q->ask.offer.with & HELLO_DEFLATE)
        sure(&out->compression, said->deflate);
    if (said->has_rest)
        sure(&out->client_certificate, said->wants_certificate);
}

static void sift_set(struct sift *f, const uint16_t *ids, size_t n, uint16_t *found,
                     size_t *n_found, size_t max)
{
    *f = (struct sift){.found = found, .n_found = n_found, .max = max, .begun = true};
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < *n_found; k++)
            known = known || found[k] == ids[i];
        if (!known)
            f->left[f->n_left++] = ids[i];
    }
    f->over = f->n_left == 0;
}

static void sift_answered(struct scan *s, struct question *q)
{
    struct sift *f = q->sift;
    const struct server_said *said = &q->ask.said;
    uint16_t id = f == &s->sigalgs ? said->sigalg : said->group;
    f->busy = false;
    f->over = true;
    if (said->answer.seen != SEEN_ACCEPTED)
        return;
    for (size_t i = 0; i < f->n_left; i++)
        if (f->left[i] == id) {
            add(f->found, f->n_found, f->max, id);
            memmove(f->left + i, f->left + i + 1, (f->n_left - i - 1) * sizeof *f->left);
            f->over = --f->n_left == 0;
            return;
        }
}

/* The suites in which a server shows a key of its own, of those that it takes. */
static void suites_keep(const struct scan *s, struct hello_offer *o, bool curves_only)
{
    const struct suites_run *r = &s->suites[o->version];
    size_t n = 0;
    for (size_t i = 0; i < r->n_all; i++) {
        enum suite_exchange x = suite_exchange(r->all[i]);
        if (r->accepted[i] &&
            (x == EXCHANGE_ECDHE || (x == EXCHANGE_DHE && !curves_only)))
            o->suites[n++] = r->all[i];
    }
    o->n_suites = n;
}

static bool sift_ask(struct scan *s, struct sift *f)
{
    bool is_13 = f == &s->groups13;
    struct question *q = question_new(s, is_13 ? TLS_1_3 : s->old, sift_answered);
    if (!q)
        return false;
    struct hello_offer *o = &q->ask.offer;
    uint16_t *to = f == &s->sigalgs ? o->sigalgs : o->groups;
    memcpy(to, f->left, f->n_left * sizeof *to);
    *(f == &s->sigalgs ? &o->n_sigalgs : &o->n_groups) = f->n_left;
    if (is_13)
        o->share = 0; /* so that it names the group */
    else
        suites_keep(s, o, f == &s->groups);
    q->ask.rest = !is_13;
    q->sift = f;
    f->busy = true;
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

static bool sift_next(struct scan *s, struct sift *f)
{
    return f->begun && !f->busy && !f->over && sift_ask(s, f);
}

/* After the suites: they have shown most of it on the way. */
static void sifts_begin(struct scan *s)
{
    static const uint16_t groups[] = {29, 23, 24, 25, 30, 26, 27, 28, 22, 21, 20, 19, 18, 17, 16,
                                      15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
    static const uint16_t sigalgs[] = {
        0x0403, 0x0503, 0x0603, 0x0303, 0x0203, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a,
        0x080b, 0x0807, 0x0808, 0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0101, 0x0402,
        0x0502, 0x0602, 0x0302, 0x0202, 0x0102, 0x0103};
    struct scan_result *out = s->out;
    if (s->groups.begun || s->old == TLS_VERSIONS ||
        (s->ready && s->suites[s->old].stage < SUITES_PAIR))
        return;
    struct hello_offer o = {.version = s->old};
    sift_set(&s->groups, groups, COUNT(groups), out->groups, &out->n_groups, SCAN_GROUPS_MAX);
    suites_keep(s, &o, true);
    s->groups.over = s->groups.over || o.n_suites == 0 || s->old == SSL_3_0;
    sift_set(&s->sigalgs, sigalgs, COUNT(sigalgs), out->sigalgs, &out->n_sigalgs,
             SCAN_SIGALGS_MAX);
    suites_keep(s, &o, false);
    s->sigalgs.over = s->sigalgs.over || o.n_suites == 0 || s->old != TLS_1_2;
}

static void family_add(struct scan *s, const uint16_t *ids, size_t n)
{
    if (n == 0 || s->n_families == FAMILIES_MAX)
        return;
    struct family *f = &s->families[s->n_families++];
    f->n = n;
    memcpy(f->ids, ids, n * sizeof *ids);
}

static void features_begin(struct scan *s)
{
    static const uint16_t groups13[] = {4588, 4587, 4589, 29, 23, 24, 25, 30, 256, 257, 258,
                                        259, 260, 31, 32, 33, 41, 4590, 25497, 25498, 512,
                                        513, 514, 34, 35, 36, 37, 38, 39, 40};
    static const uint16_t schemes[] = {0x0804, 0x0805, 0x0806, /* then what fewer have */
                                       0x0403, 0x0503, 0x0603, 0x0809, 0x080a, 0x080b, 0x0807,
                                       0x0808, 0x081a, 0x081b, 0x081c, 0x0904, 0x0905, 0x0906};
    s->features_begun = true;
    for (int v = SSL_3_0; v <= TLS_1_2; v++)
        if (scan_speaks(s, (enum tls_version)v))
            s->old = (enum tls_version)v;
    (void)snprintf(s->alpn_left, sizeof s->alpn_left, "%s", alpn_names);
    s->alpn_over = s->old == TLS_VERSIONS || s->old == SSL_3_0 ||
                   dialect_named("tls") != s->job.dialect;
    if (!scan_speaks(s, TLS_1_3))
        return;
    sift_set(&s->groups13, groups13, COUNT(groups13), s->out->groups13, &s->out->n_groups13,
             SCAN_GROUPS_MAX);
    for (size_t i = 0; i + 1 < FAMILIES_FIRST; i++)
        family_add(s, schemes + i, 1);
    family_add(s, schemes + FAMILIES_FIRST - 1, COUNT(schemes) - (FAMILIES_FIRST - 1));
}

static void family_answered(struct scan *s, struct question *q)
{
    const struct family *f = &q->family;
    if (q->ask.said.answer.seen != SEEN_ACCEPTED)
        return;
    if (f->n == 1)
        add(s->out->sigalgs13, &s->out->n_sigalgs13, SCAN_SIGALGS_MAX, f->ids[0]);
    else
        for (size_t from = 0; from < f->n; from += (f->n + 1) / 2)
            family_add(s, f->ids + from,
                       from == 0 ? (f->n + 1) / 2 : f->n - from);
}

/* The older ones at the end are for chains only: TLS 1.3 lets no server sign with them. */
static bool family_next(struct scan *s)
{
    static const uint16_t for_chains[] = {0x0401, 0x0501, 0x0601, 0x0201};
    if (s->n_families == 0)
        return false;
    struct question *q = question_new(s, TLS_1_3, family_answered);
    if (!q)
        return false;
    q->family = s->families[--s->n_families];
    q->ask.offer.n_sigalgs = q->family.n + COUNT(for_chains);
    memcpy(q->ask.offer.sigalgs, q->family.ids, q->family.n * sizeof *for_chains);
    memcpy(q->ask.offer.sigalgs + q->family.n, for_chains, sizeof for_chains);
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

static void fallback_answered(struct scan *s, struct question *q)
{
    const struct tls_answer *a = &q->ask.said.answer;
    if (a->seen == SEEN_ACCEPTED)
        s->out->fallback_scsv = SURE_NO;
    else if (a->how == HOW_ALERT && a->alert == ALERT_INAPPROPRIATE_FALLBACK)
        s->out->fallback_scsv = SURE_YES;
}

/* A version that is not the best one, and says so. */
static bool fallback_next(struct scan *s)
{
    int best = TLS_1_3, v;
    if (s->fallback_asked)
        return false;
    s->fallback_asked = true;
    while (best > SSL_3_0 && !scan_speaks(s, (enum tls_version)best))
        best--;
    for (v = best - 1; v >= SSL_3_0 && !scan_speaks(s, (enum tls_version)v); v--)
        continue;
    struct question *q =
        v < SSL_3_0 ? NULL : question_new(s, (enum tls_version)v, fallback_answered);
    if (!q)
        return false;
    q->ask.offer.with |= HELLO_FALLBACK;
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

static void deflate_answered(struct scan *s, struct question *q)
{
    scan_learn(s, q);
}

static bool deflate_next(struct scan *s)
{
    if (s->deflate_asked || s->old == TLS_VERSIONS || s->out->compression != SURE_UNKNOWN ||
        s->suites[s->old].stage < SUITES_PAIR)
        return false;
    s->deflate_asked = true;
    struct question *q = question_new(s, s->old, deflate_answered);
    if (!q)
        return false;
    q->ask.offer.with |= HELLO_DEFLATE;
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

/* The name goes from what is left to what was found; false when it was not there. */
static bool alpn_move(struct scan *s, const char *name)
{
    size_t n = strlen(name);
    for (char *at = s->alpn_left; *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strncmp(at, name, n) != 0 || (at[n] != ' ' && at[n] != '\0'))
            continue;
        memmove(at, at + n + (at[n] == ' '), strlen(at + n + (at[n] == ' ')) + 1);
        size_t used = strlen(s->alpn_left);
        if (used > 0 && s->alpn_left[used - 1] == ' ')
            s->alpn_left[used - 1] = '\0';
        memcpy(s->out->alpn[s->out->n_alpn++], name, n + 1);
        return true;
    }
    return false;
}

void alpn_ask(struct scan *s, struct question *q)
{
    if (s->alpn_over || s->alpn_busy || q->version != s->old)
        return;
    q->alpn = s->alpn_busy = true;
    q->ask.offer.alpn = s->alpn_left;
}

/* A refusal that is not of the protocol says nothing of it. */
void alpn_take(struct scan *s, const struct question *q)
{
    const struct tls_answer *a = &q->ask.said.answer;
    const char *name = q->ask.said.alpn;
    s->alpn_busy = false;
    if (a->seen == SEEN_ACCEPTED)
        s->alpn_over = name[0] == '\0' || s->out->n_alpn == SCAN_ALPN_MAX ||
                       !alpn_move(s, name) || s->alpn_left[0] == '\0';
    else if (a->how == HOW_ALERT && a->alert == ALERT_NO_PROTOCOL)
        s->alpn_over = true;
}

static void alpn_answered(struct scan *s, struct question *q)
{
    alpn_take(s, q);
    s->alpn_over = s->alpn_over || q->ask.said.answer.seen != SEEN_ACCEPTED;
}

/* Before TLS 1.3 the server's choice is in the clear. The questions about suites ask for it on the
 * way; what is left then is asked for alone. */
static bool alpn_next(struct scan *s)
{
    if (s->alpn_over || s->alpn_busy || s->suites[s->old].stage < SUITES_PAIR)
        return false;
    struct question *q = question_new(s, s->old, alpn_answered);
    if (!q)
        return false;
    alpn_ask(s, q);
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

static void whole_answered(struct scan *s, struct question *q)
{
    whole_talk_take(q->whole, &s->out->whole);
    if (s->out->whole.outcome == HANDSHAKE_DONE)
        sure(&s->out->client_certificate, s->out->whole.certificate_asked);
}

static bool whole_next(struct scan *s)
{
    struct whole_options o = {.name = s->job.sni,
                              .anchors = s->options.anchors,
                              .alpn = dialect_alpn(s->job.dialect),
                              .lowest = TLS_VERSIONS,
                              .now_unix = clock_real_ms() / 1000};
    if (s->whole_asked)
        return false;
    s->whole_asked = true;
    for (int v = TLS_1_3; v >= TLS_1_0; v--)
        if (scan_speaks(s, (enum tls_version)v)) {
            o.highest = o.lowest == TLS_VERSIONS ? (enum tls_version)v : o.highest;
            o.lowest = (enum tls_version)v;
        }
    struct question *q =
        o.lowest == TLS_VERSIONS ? NULL : question_new(s, o.highest, whole_answered);
    if (!q)
        return false;
    enum err e = whole_talk_new(&o, &q->whole, NULL);
    if (e != OK) {
        s->out->local = e == E_MEMORY ? e : s->out->local;
        free(q);
        return false;
    }
    scan_ask(s, q, s->options.attempt_ms);
    return true;
}

bool features_next(struct scan *s)
{
    if (!s->features_begun)
        features_begin(s);
    if (s->options.depth == SCAN_SUITES)
        return whole_next(s);
    sifts_begin(s);
    return whole_next(s) || sift_next(s, &s->groups13) || sift_next(s, &s->groups) ||
           sift_next(s, &s->sigalgs) || fallback_next(s) || family_next(s) || deflate_next(s) ||
           alpn_next(s);
}
