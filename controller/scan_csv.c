/* A scan as CSV: one line a version. */
#include "controller/scan_view.h"

#include "base/clock.h"
#include "controller/tls_json.h"
#include "handshake/strength.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS = 21 };

static const char *const titles[COLUMNS] = {
    "host", "port", "starttls", "result", "version", "seen", "how",
    "alert", "detail", "suites", "weakest", "dh_bits", "handshake", "subject",
    "not_after", "key", "signature", "thumbprint", "trust", "name_matches", "findings"};

void scan_put_csv_titles(struct listing *l)
{
    l->columns = COLUMNS;
    for (size_t i = 0; i < COLUMNS; i++)
        listing_put(l, titles[i]);
}

/* Spreadsheets take a cell for a formula by its first letter, and what is behind control characters
 * is not seen: an apostrophe goes before, and nothing unprintable goes in. */
static void put_cell(struct listing *l, const char *s)
{
    struct text t = {0};
    if (*s != '\0' && strchr("=+-@|%\t\r", *s) != NULL)
        text_char(&t, '\'');
    text_put_safe(&t, s, strlen(s));
    if (t.bad)
        l->bad = true;
    else
        listing_put(l, text_str(&t));
    text_fini(&t);
}

static void put_number(struct listing *l, int64_t n)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)n);
    listing_put(l, text);
}

static const char *weakest(const struct scan_version *v)
{
    enum strength worst = STRENGTH_STRONG;
    if (v->n_suites == 0)
        return "";
    for (size_t i = 0; i < v->n_suites; i++) {
        enum strength s = suite_worth(suite_name(v->suites[i])).strength;
        worst = s < worst ? s : worst;
    }
    return strength_word(worst);
}

static void put_version(struct listing *l, enum tls_version version, const struct scan_version *v)
{
    char text[TLS_ANSWER_TEXT_SIZE];
    listing_put(l, tls_version_words(version));
    listing_put(l, tls_seen_word(v->answer.seen));
    listing_put(l, tls_how_word(v->answer.how));
    if (v->answer.how == HOW_ALERT)
        put_number(l, v->answer.alert);
    else
        listing_put(l, "");
    put_cell(l, tls_answer_text(&v->answer, text));
    if (v->n_suites > 0)
        put_number(l, (int64_t)v->n_suites);
    else
        listing_put(l, "");
    listing_put(l, weakest(v));
}

static void put_handshake(struct listing *l, const struct handshake_seen *h)
{
    const struct certificate *c = h->n_chain > 0 ? &h->chain[0] : NULL;
    char time[CLOCK_TEXT_SIZE], key[48] = "";
    listing_put(l, handshake_outcome_word(h->outcome));
    put_cell(l, c != NULL ? c->subject : "");
    listing_put(l, c != NULL ? clock_text(c->not_after * 1000, time) : "");
    if (c != NULL)
        (void)snprintf(key, sizeof key, "%s %u", c->key, c->key_bits);
    put_cell(l, key);
    put_cell(l, c != NULL ? c->signature : "");
    listing_put(l, c != NULL ? c->sha1 : "");
    listing_put(l, trust_word(h->trust));
    listing_put(l, !h->name_asked ? "" : h->name_matches ? "yes"
                                                         : "no");
}

static void put_findings(struct listing *l, const struct scan_view *v)
{
    struct text t = {0};
    for (size_t i = 0; i < v->n_findings; i++)
        text_printf(&t, "%s%s", i == 0 ? "" : " ", v->findings[i].id);
    if (t.bad)
        l->bad = true;
    else
        put_cell(l, text_str(&t));
    text_fini(&t);
}

void scan_put_csv(struct listing *l, const struct scan_view *v)
{
    const struct scan_result *r = v->result;
    for (size_t i = 0; i < TLS_VERSIONS; i++) {
        put_cell(l, v->host);
        put_number(l, r->port);
        listing_put(l, r->dialect);
        listing_put(l, scan_sum_word(scan_sum_of(v)));
        put_version(l, (enum tls_version)i, &r->versions[i]);
        if (r->dh.bits > 0)
            put_number(l, r->dh.bits);
        else
            listing_put(l, "");
        put_handshake(l, &r->whole);
        put_findings(l, v);
    }
}
