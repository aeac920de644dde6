#include "handshake/diagnose_parts.h"

#include "base/text.h"
#include "handshake/suite_match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const severity_words[SEVERITIES] = {
    [SEVERITY_NOTE] = "note", [SEVERITY_WEAK] = "weak", [SEVERITY_BAD] = "bad"};

const char *severity_word(enum severity s)
{
    return severity_words[s];
}

void diagnosis_add(struct diagnosing *d, const char *id, enum severity s, const char *fmt, ...)
{
    char text[DIAGNOSIS_TEXT_SIZE];
    size_t i = 0;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    while (i < d->n && strcmp(d->list[i].id, id) != 0)
        i++;
    if (i == DIAGNOSES_MAX || (i < d->n && d->list[i].severity >= s))
        return;
    d->n += i == d->n;
    d->list[i].id = id;
    d->list[i].severity = s;
    memcpy(d->list[i].text, text, sizeof text);
}

static bool accepts(const struct scan_result *r, enum tls_version v)
{
    return r->versions[v].answer.seen == SEEN_ACCEPTED;
}

static bool refuses(const struct scan_result *r, enum tls_version v)
{
    return r->versions[v].answer.seen == SEEN_REFUSED;
}

/* Something of TLS was seen at all. */
static bool speaks(const struct scan_result *r)
{
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (accepts(r, (enum tls_version)v))
            return true;
    return false;
}

static bool all_answered(const struct scan_result *r, enum tls_how how)
{
    unsigned n = 0;
    for (int v = 0; v < TLS_VERSIONS; v++) {
        const struct tls_answer *a = &r->versions[v].answer;
        if (a->seen != SEEN_NOT_ASKED && a->how != how)
            return false;
        n += a->seen != SEEN_NOT_ASKED;
    }
    return n > 0;
}

static void nothing_spoken(struct diagnosing *d)
{
    const struct scan_result *r = d->r;
    if (!r->open)
        diagnosis_add(d, "unreachable", SEVERITY_BAD, "no connection could be made");
    else if (r->before_tls == DIALECT_REFUSED)
        diagnosis_add(d, "tls-refused", SEVERITY_BAD, "it refuses TLS: %s", r->said);
    else if (r->before_tls == DIALECT_FOREIGN || all_answered(r, HOW_GARBAGE))
        diagnosis_add(d, "not-tls", SEVERITY_BAD, "what answers is %s",
                      r->said[0] ? r->said : "not TLS");
    else if (all_answered(r, HOW_SILENCE))
        diagnosis_add(d, "silent", SEVERITY_BAD, "the connection stands and nothing is answered");
    else
        diagnosis_add(d, "connection-reset", SEVERITY_BAD,
                      "no version of TLS was accepted, and none clearly refused");
}

/* "SSL 2.0 and SSL 3.0", of those from first to last that are accepted; false if none is. */
static bool accepted_words(const struct scan_result *r, enum tls_version first,
                           enum tls_version last, char *buf, size_t size)
{
    size_t used = 0;
    buf[0] = '\0';
    for (int v = (int)first; v <= (int)last; v++)
        if (accepts(r, (enum tls_version)v) && used < size)
            used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " and " : "",
                                     tls_version_words((enum tls_version)v));
    return used > 0;
}

static void versions(struct diagnosing *d)
{
    char words[64];
    if (accepted_words(d->r, SSL_2_0, SSL_3_0, words, sizeof words))
        diagnosis_add(d, "ssl-on", SEVERITY_BAD, "%s accepted", words);
    if (accepted_words(d->r, TLS_1_0, TLS_1_1, words, sizeof words))
        diagnosis_add(d, "old-versions-on", SEVERITY_WEAK, "%s accepted", words);
    if (!refuses(d->r, TLS_1_2))
        return;
    if (accepts(d->r, TLS_1_3))
        diagnosis_add(d, "tls13-only", SEVERITY_NOTE, "TLS 1.3 is spoken and TLS 1.2 is not");
    else
        diagnosis_add(d, "no-tls12", SEVERITY_BAD, "neither TLS 1.2 nor 1.3 is spoken");
}

/* Which of these families are there, as words; false if none is. */
static bool families_there(const struct scan_result *r, const char *const *families, size_t n,
                           char *buf, size_t size)
{
    size_t used = 0;
    for (size_t f = 0; f < n; f++) {
        bool there = false;
        for (int v = 0; v < TLS_VERSIONS && !there; v++)
            for (size_t i = 0; i < r->versions[v].n_suites && !there; i++)
                there = suite_is(r->versions[v].suites[i], families[f]);
        if (there && used < size)
            used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
                                     families[f]);
    }
    return used > 0;
}

static void suites(struct diagnosing *d)
{
    static const char *const broken[] = {"NULL", "ANON", "EXPORT", "DES", "RC4", "RC2"};
    static const char *const weak[] = {"3DES", "IDEA", "MD5"};
    char words[100];
    if (families_there(d->r, broken, COUNT(broken), words, sizeof words))
        diagnosis_add(d, "weak-suites", SEVERITY_BAD, "suites that protect nothing: %s", words);
    if (families_there(d->r, weak, COUNT(weak), words, sizeof words))
        diagnosis_add(d, "weak-suites", SEVERITY_WEAK, "weak suites: %s", words);
}

/* Only where all suites of a version were seen. */
static void forward_secrecy(struct diagnosing *d)
{
    bool any = false;
    for (int v = TLS_1_0; v <= (int)TLS_1_2; v++) {
        const struct scan_version *s = &d->r->versions[v];
        for (size_t i = 0; i < s->n_suites; i++)
            if (suite_is(s->suites[i], "ECDHE") || suite_is(s->suites[i], "DHE"))
                return;
        any = any || (s->n_suites > 0 && s->complete);
    }
    if (any)
        diagnosis_add(d, "no-forward-secrecy",
                      accepts(d->r, TLS_1_3) ? SEVERITY_NOTE : SEVERITY_WEAK,
                      "no suite with an ephemeral key up to TLS 1.2");
}

static bool has_alpn(const struct scan_result *r, const char *name)
{
    for (size_t i = 0; i < r->n_alpn; i++)
        if (strcmp(r->alpn[i], name) == 0)
            return true;
    return false;
}

/* RFC 9113 9.2.2: browsers end such a connection. */
static void http2(struct diagnosing *d)
{
    const struct scan_version *s = &d->r->versions[TLS_1_2];
    if (!has_alpn(d->r, "h2") || s->n_suites == 0 || s->order != ORDER_SERVER)
        return;
    if (suite_is(s->suites[0], "CBC") || suite_is(s->suites[0], "kRSA"))
        diagnosis_add(d, "http2-suites", SEVERITY_BAD,
                      "HTTP/2 is offered, and the suite chosen first in TLS 1.2 rules it out");
}

static void diffie_hellman(struct diagnosing *d)
{
    const struct scan_dh *dh = &d->r->dh;
    unsigned shortest = dh->bits;
    if (dh->export_bits && (!shortest || dh->export_bits < shortest))
        shortest = dh->export_bits;
    if (shortest && shortest < 2048)
        diagnosis_add(d, "dh-too-short", shortest < 1024 ? SEVERITY_BAD : SEVERITY_WEAK,
                      "Diffie-Hellman with %u bits%s", shortest,
                      shortest < 1024 ? ": Windows and browsers refuse less than 1024" : "");
    if (dh->bits && dh->bits <= 1024 && dh->prime[0])
        diagnosis_add(d, "dh-common-prime", SEVERITY_WEAK, "Diffie-Hellman with the prime %s",
                      dh->prime);
    if (dh->ephemeral_reused)
        diagnosis_add(d, "dh-reused", SEVERITY_NOTE, "the same Diffie-Hellman value came twice");
}

static void features(struct diagnosing *d)
{
    const struct scan_result *r = d->r;
    bool before_13 = false;
    for (int v = SSL_3_0; v <= (int)TLS_1_2; v++)
        before_13 = before_13 || accepts(r, (enum tls_version)v);
    if (r->compression == SURE_YES)
        diagnosis_add(d, "compression", SEVERITY_WEAK, "it compresses");
    if (r->secure_renegotiation == SURE_NO && before_13)
        diagnosis_add(d, "insecure-renegotiation", SEVERITY_WEAK,
                      "it does not know secure renegotiation (RFC 5746)");
    if (r->fallback_scsv == SURE_NO)
        diagnosis_add(d, "no-fallback-scsv", SEVERITY_NOTE, "it does not know TLS_FALLBACK_SCSV");
    if (r->extended_master_secret == SURE_NO && before_13)
        diagnosis_add(d, "no-extended-master-secret", SEVERITY_NOTE,
                      "it does not know the extended master secret");
    if (r->short_hellos)
        diagnosis_add(d, "long-hello-intolerance", SEVERITY_BAD,
                      "it answers a short hello and not the same offer in a long one");
    if (r->rate_limited)
        diagnosis_add(d, "rate-limited", SEVERITY_NOTE,
                      "it stopped answering in between: what is missing is not known");
}

static int worst_first(const void *a, const void *b)
{
    const struct diagnosis *x = a, *y = b;
    int order = (int)y->severity - (int)x->severity;
    return order ? order : strcmp(x->id, y->id);
}

size_t diagnose(const struct scan_result *r, int64_t now_unix, struct diagnosis out[DIAGNOSES_MAX])
{
    struct diagnosing d = {.r = r, .now_unix = now_unix, .list = out};
    if (!speaks(r)) {
        nothing_spoken(&d);
    } else {
        versions(&d);
        suites(&d);
        forward_secrecy(&d);
        http2(&d);
        diffie_hellman(&d);
        features(&d);
    }
    diagnose_handshake(&d);
    qsort(out, d.n, sizeof *out, worst_first);
    return d.n;
}
