/* A scan as text. */
#include "controller/scan_view.h"

#include "base/clock.h"
#include "controller/endpoint.h"
#include "controller/tls_json.h"
#include "handshake/strength.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <string.h>

#define LABEL_COLUMN 2
#define VALUE_COLUMN 16
#define WORTH_COLUMN 58
#define OPENSSL_COLUMN 92
#define WIDE 128 /* columns, from which on a suite has its second name too */

struct lines {
    const struct page *page;
    struct text *t;
    const struct scan_view *view;
};

static void line_begin(const struct lines *l, const char *label, size_t *start)
{
    *start = l->t->used;
    page_pad_to(l->t, *start, LABEL_COLUMN);
    page_put(l->page, l->t, TONE_QUIET, label);
    page_pad_to(l->t, *start, VALUE_COLUMN);
}

/* A value that is not there has no line. */
static void put_line(const struct lines *l, const char *label, const char *value)
{
    size_t start;
    if (*value == '\0')
        return;
    line_begin(l, label, &start);
    page_wrap(l->page, l->t, &start, VALUE_COLUMN, value);
    text_char(l->t, '\n');
}

static void put_text_line(const struct lines *l, const char *label, struct text *value)
{
    l->t->bad = l->t->bad || value->bad;
    put_line(l, label, text_str(value));
    text_fini(value);
}

/* --- versions --- */

static enum tone tone_of_version(enum tls_version v, enum tls_seen seen)
{
    switch (seen) {
    case SEEN_ACCEPTED: return v >= TLS_1_2 ? TONE_GOOD : TONE_BAD;
    case SEEN_REFUSED: return v >= TLS_1_2 ? TONE_BUSY : TONE_GOOD;
    case SEEN_INCONCLUSIVE: return TONE_BUSY;
    case SEEN_NOT_ASKED: return TONE_QUIET;
    }
    return TONE_PLAIN;
}

/* So that the colour is not all that tells. */
static const char *mark_of_version(enum tls_version v, enum tls_seen seen)
{
    if (seen != SEEN_ACCEPTED || v >= TLS_1_2)
        return "";
    return v < TLS_1_0 ? "broken: " : "old: ";
}

static void put_accepted(struct text *t, const struct scan_version *v)
{
    static const char *const orders[] = {[ORDER_UNKNOWN] = "",
                                         [ORDER_SERVER] = ", the server chooses",
                                         [ORDER_CLIENT] = ", the client chooses"};
    text_printf(t, "%s%zu suite%s%s", v->complete ? "" : "at least ", v->n_suites,
                v->n_suites == 1 ? "" : "s", orders[v->order]);
}

/* What stands in the brackets of "refused (alert 70 protocol_version)". */
static void put_reason(struct text *t, const struct tls_answer *a)
{
    char buf[TLS_ANSWER_TEXT_SIZE];
    const char *begin = strchr(tls_answer_text(a, buf), '('), *end = strrchr(buf, ')');
    if (begin != NULL && end != NULL)
        text_put_n(t, begin + 1, (size_t)(end - begin - 1));
}

static void put_version(const struct lines *l, enum tls_version version)
{
    const struct scan_version *v = &l->view->result->versions[version];
    struct text words = {0};
    size_t start;
    text_put(&words, mark_of_version(version, v->answer.seen));
    if (v->answer.seen == SEEN_ACCEPTED && v->n_suites > 0)
        put_accepted(&words, v);
    else
        put_reason(&words, &v->answer);
    line_begin(l, tls_version_words(version), &start);
    page_put(l->page, l->t, tone_of_version(version, v->answer.seen),
             v->answer.seen == SEEN_NOT_ASKED ? "not asked" : tls_seen_word(v->answer.seen));
    if (words.used > 0)
        page_pad_to(l->t, start, VALUE_COLUMN + 14);
    page_wrap(l->page, l->t, &start, VALUE_COLUMN + 14, text_str(&words));
    text_char(l->t, '\n');
    text_fini(&words);
}

/* --- suites --- */

static enum tone tone_of_worth(enum strength s)
{
    switch (s) {
    case STRENGTH_STRONG: return TONE_GOOD;
    case STRENGTH_OLD: return TONE_PLAIN;
    case STRENGTH_SIGNAL: return TONE_QUIET;
    case STRENGTH_WEAK:
    case STRENGTH_BROKEN: return TONE_BAD;
    }
    return TONE_PLAIN;
}

static void put_suite(const struct lines *l, uint32_t id)
{
    const char *name = suite_name(id);
    struct suite_worth worth = suite_worth(name);
    size_t start = l->t->used;
    const char *openssl = suite_openssl_name(id);
    bool narrow = l->page->columns > 0 && l->page->columns < WORTH_COLUMN + 24;
    bool wide = l->page->columns == 0 || l->page->columns >= WIDE;
    page_pad_to(l->t, start, LABEL_COLUMN + 2);
    text_printf(l->t, "%0*x  %s%s", id > UINT16_MAX ? 6 : 4, (unsigned)id,
                name != NULL && id <= UINT16_MAX ? "TLS_" : "", name != NULL ? name : "unknown");
    if (narrow)
        text_put(l->t, "  ");
    else
        page_pad_to(l->t, start, WORTH_COLUMN);
    page_put(l->page, l->t, tone_of_worth(worth.strength), strength_word(worth.strength));
    if (*worth.why != '\0')
        text_printf(l->t, ": %s", worth.why);
    if (wide && openssl != NULL) {
        page_pad_to(l->t, start, OPENSSL_COLUMN);
        page_put(l->page, l->t, TONE_QUIET, openssl);
    }
    text_char(l->t, '\n');
}

static bool suites_equal(const struct scan_version *a, const struct scan_version *b)
{
    return a->n_suites == b->n_suites && a->order == b->order &&
           memcmp(a->suites, b->suites, a->n_suites * sizeof a->suites[0]) == 0;
}

static void put_suites_of(const struct lines *l, enum tls_version version, int above)
{
    const struct scan_version *versions = l->view->result->versions;
    text_char(l->t, '\n');
    page_pad_to(l->t, l->t->used, LABEL_COLUMN);
    page_put(l->page, l->t, TONE_TITLE, tls_version_words(version));
    if (above >= 0 && suites_equal(&versions[version], &versions[above])) {
        text_printf(l->t, "  the suites of %s\n", tls_version_words((enum tls_version)above));
        return;
    }
    text_char(l->t, '\n');
    for (size_t i = 0; i < versions[version].n_suites; i++)
        put_suite(l, versions[version].suites[i]);
}

static void put_suites(const struct lines *l)
{
    int above = -1;
    for (int v = TLS_VERSIONS - 1; v >= 0; v--) {
        if (l->view->result->versions[v].n_suites == 0)
            continue;
        put_suites_of(l, (enum tls_version)v, above);
        above = v;
    }
}

/* --- the rest --- */

static void put_names(const struct lines *l, const char *label, const uint16_t *at, size_t n,
                      tls_name_of *name)
{
    struct text words = {0};
    char buf[TLS_NAME_SIZE];
    for (size_t i = 0; i < n; i++)
        text_printf(&words, "%s%s", i == 0 ? "" : ", ", name(at[i], buf));
    put_text_line(l, label, &words);
}

static void put_exchange(const struct lines *l)
{
    const struct scan_result *r = l->view->result;
    struct text words = {0};
    if (r->dh.bits > 0) {
        text_printf(&words, "%u bits, %s%s", r->dh.bits, *r->dh.prime ? r->dh.prime : "own prime",
                    r->dh.ephemeral_reused ? ", the same key again and again" : "");
        if (r->dh.bits < 2048)
            text_put(&words, r->dh.bits < 1024 ? "; broken: too short" : "; weak: short");
    }
    if (r->dh.export_bits > 0)
        text_printf(&words, "%s%u bits for export suites; broken: too short",
                    words.used > 0 ? "; " : "", r->dh.export_bits);
    put_text_line(l, "DH", &words);
    put_names(l, "groups", r->groups, r->n_groups, tls_group_name);
    put_names(l, "in TLS 1.3", r->groups13, r->n_groups13, tls_group_name);
    put_names(l, "signs with", r->sigalgs, r->n_sigalgs, tls_sigalg_name);
    put_names(l, "in TLS 1.3", r->sigalgs13, r->n_sigalgs13, tls_sigalg_name);
}

static void put_features(const struct lines *l)
{
    const struct scan_result *r = l->view->result;
    const struct {
        const char *name;
        enum scan_sure sure;
    } features[] = {
        {"secure renegotiation", r->secure_renegotiation},
        {"extended master secret", r->extended_master_secret},
        {"fallback SCSV", r->fallback_scsv},
        {"session tickets", r->tickets},
        {"compression", r->compression},
        {"asks for a client certificate", r->client_certificate},
    };
    static const char *const groups[] = {
        [SURE_UNKNOWN] = "not known", [SURE_NO] = "no", [SURE_YES] = "yes"};
    static const enum scan_sure order[] = {SURE_YES, SURE_NO, SURE_UNKNOWN};
    for (size_t o = 0; o < COUNT(order); o++) {
        struct text words = {0};
        for (size_t i = 0; i < COUNT(features); i++)
            if (features[i].sure == order[o])
                text_printf(&words, "%s%s", words.used > 0 ? ", " : "", features[i].name);
        put_text_line(l, groups[order[o]], &words);
    }
    struct text alpn = {0};
    for (size_t i = 0; i < r->n_alpn; i++)
        text_printf(&alpn, "%s%s", i == 0 ? "" : ", ", r->alpn[i]);
    put_text_line(l, "ALPN", &alpn);
}

static void put_certificate(const struct lines *l, const struct certificate *c, bool leaf)
{
    struct text words = {0};
    char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
    text_put(&words, c->subject);
    put_text_line(l, leaf ? "certificate" : "issued by", &words);
    if (leaf && c->names != NULL)
        put_line(l, "  names", c->names);
    text_printf(&words, "%s, %u bits, signed with %s", c->key, c->key_bits, c->signature);
    put_text_line(l, "  key", &words);
    (void)clock_text(c->not_before * 1000, from);
    (void)clock_text(c->not_after * 1000, to);
    text_printf(&words, "%.10s to %.10s", from, to);
    if (leaf && !c->server_auth)
        text_put(&words, "; not for servers, by its extended key usage");
    put_text_line(l, "  valid", &words);
    put_line(l, "  thumbprint", c->sha1);
}

static void put_handshake(const struct lines *l)
{
    const struct handshake_seen *h = &l->view->result->whole;
    struct text words = {0};
    if (h->outcome == HANDSHAKE_NOT_TRIED)
        return;
    for (const char *at = handshake_outcome_word(h->outcome); *at != '\0'; at++)
        text_char(&words, *at == '_' ? ' ' : *at);
    if (h->outcome == HANDSHAKE_DONE || h->outcome == HANDSHAKE_BROKEN)
        text_printf(&words, ", %s%s%s", tls_version_words(h->version), *h->at ? ", " : "", h->at);
    if (h->alerted)
        text_printf(&words, ", alert %u", h->alert);
    if (*h->reason != '\0')
        text_printf(&words, ": %s", h->reason);
    put_text_line(l, "handshake", &words);
    for (size_t i = 0; i < h->n_chain; i++)
        put_certificate(l, &h->chain[i], i == 0);
    if (h->n_chain == 0)
        return;
    if (h->trust == TRUST_OK)
        put_line(l, "trust", "trusted");
    else
        put_line(l, "trust", *h->trust_why ? h->trust_why : "not judged");
    if (h->name_asked && h->name_matches)
        put_line(l, "name", "matches");
    else if (h->name_asked)
        put_line(l, "name", *h->name_why ? h->name_why : "does not match");
    if (h->staple != STAPLE_NONE)
        put_line(l, "OCSP staple", *h->staple_why ? h->staple_why : staple_word(h->staple));
}

static void put_oddities(const struct lines *l)
{
    const struct scan_result *r = l->view->result;
    if (r->rate_limited)
        put_line(l, "careful", "it stopped answering what it had accepted before: it limits "
                               "connections, so some of this may be missing (try --gentle)");
    if (r->short_hellos)
        put_line(l, "careful", "it stumbles over ClientHellos of more than 255 bytes");
    if (r->chose_unoffered)
        put_line(l, "careful", "it chose a suite that had not been offered: its list is cut short");
}

static void put_findings(const struct lines *l)
{
    static const enum tone tones[SEVERITIES] = {[SEVERITY_NOTE] = TONE_QUIET,
                                                [SEVERITY_WEAK] = TONE_BUSY,
                                                [SEVERITY_BAD] = TONE_BAD};
    for (size_t i = 0; i < l->view->n_findings; i++) {
        const struct diagnosis *d = &l->view->findings[i];
        size_t start;
        if (i == 0)
            text_char(l->t, '\n');
        line_begin(l, i == 0 ? "findings" : "", &start);
        page_put(l->page, l->t, tones[d->severity], severity_word(d->severity));
        page_pad_to(l->t, start, VALUE_COLUMN + 5);
        page_wrap(l->page, l->t, &start, VALUE_COLUMN + 6, d->id);
        text_char(l->t, ':');
        page_wrap(l->page, l->t, &start, VALUE_COLUMN + 6, d->text);
        text_char(l->t, '\n');
    }
}

/* --- the whole --- */

static void put_heading(const struct lines *l)
{
    const struct scan_result *r = l->view->result;
    char name[ENDPOINT_TEXT_SIZE], took[PAGE_TIME_SIZE];
    page_put(l->page, l->t, TONE_TITLE, endpoint_text(l->view->host, r->port, name));
    if (*r->dialect != '\0' && strcmp(r->dialect, "tls") != 0)
        text_printf(l->t, "  %s", r->dialect);
    if (r->connections > 0)
        text_printf(l->t, "  %u connection%s, %s", r->connections, r->connections == 1 ? "" : "s",
                    page_took(r->elapsed_ms, took));
    text_char(l->t, '\n');
}

static void put_without_tls(const struct lines *l, enum scan_sum sum)
{
    const struct scan_result *r = l->view->result;
    struct text words = {0};
    if (l->view->why != NULL)
        text_put(&words, l->view->why);
    else if (sum == SCAN_SUM_UNREACHABLE)
        text_put(&words, "no connection");
    else if (r->before_tls == DIALECT_REFUSED)
        text_put(&words, "it speaks the dialect and will not do TLS");
    else
        text_put(&words, "it can be connected to, and no version of TLS was seen");
    if (*r->said != '\0')
        text_printf(&words, "; it said: %s", r->said);
    put_text_line(l, "no TLS", &words);
}

void scan_put_text(const struct page *p, struct text *t, const struct scan_view *v)
{
    struct lines l = {p, t, v};
    enum scan_sum sum = scan_sum_of(v);
    put_heading(&l);
    if (sum == SCAN_SUM_UNREACHABLE || sum == SCAN_SUM_NO_TLS)
        put_without_tls(&l, sum);
    if (sum != SCAN_SUM_UNREACHABLE && v->result->before_tls != DIALECT_REFUSED &&
        v->result->before_tls != DIALECT_FOREIGN)
        for (size_t i = 0; i < TLS_VERSIONS; i++)
            put_version(&l, (enum tls_version)i);
    if (sum == SCAN_SUM_WHOLE || sum == SCAN_SUM_IN_DOUBT) {
        put_oddities(&l);
        if (!v->only_versions) {
            put_suites(&l);
            text_char(t, '\n');
            put_exchange(&l);
            put_features(&l);
            put_handshake(&l);
        }
    }
    put_findings(&l);
    text_char(t, '\n');
}

/* --- sum --- */

enum scan_sum scan_sum_of(const struct scan_view *v)
{
    const struct scan_result *r = v->result;
    bool any = false, doubt = false;
    if (v->why != NULL || !r->open)
        return SCAN_SUM_UNREACHABLE;
    for (size_t i = 0; i < TLS_VERSIONS; i++) {
        any = any || r->versions[i].answer.seen == SEEN_ACCEPTED;
        doubt = doubt || r->versions[i].answer.seen == SEEN_INCONCLUSIVE;
    }
    if (!any)
        return SCAN_SUM_NO_TLS;
    return doubt ? SCAN_SUM_IN_DOUBT : SCAN_SUM_WHOLE;
}

const char *scan_sum_word(enum scan_sum s)
{
    static const char *const words[SCAN_SUMS] = {
        [SCAN_SUM_WHOLE] = "whole",
        [SCAN_SUM_IN_DOUBT] = "in_doubt",
        [SCAN_SUM_NO_TLS] = "no_tls",
        [SCAN_SUM_UNREACHABLE] = "unreachable",
    };
    return words[s];
}
