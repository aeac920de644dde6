/* What a playbook asks for beside versions: suites, sizes of keys, certificates. */
#include "handshake/suite_match.h"
#include "handshake/suites.h"
#include "handshake/verdict.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_S 86400

struct judging {
    const struct verify_rule *rule;
    const struct port_more *before; /* or NULL */
    const struct port_more *after;
    int64_t now_unix;
    char port[32];
    struct finding *list;
    size_t n;
    enum verdict worst;
};

static void add(struct judging *j, enum verdict v, const char *id, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void add(struct judging *j, enum verdict v, const char *id, const char *fmt, ...)
{
    struct finding f = {.port = j->rule->port, .version = TLS_VERSIONS, .verdict = v, .id = id};
    char words[160];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(words, sizeof words, fmt, args);
    va_end(args);
    (void)snprintf(f.text, sizeof f.text, "%s: %s", j->port, n < 0 ? "" : words);
    if (j->n < VERDICT_MORE_MAX)
        j->list[j->n++] = f;
    if (v == VERDICT_FAILED || (v == VERDICT_INCONCLUSIVE && j->worst == VERDICT_PASSED))
        j->worst = v;
}

static void regression(struct judging *j)
{
    j->list[j->n - 1].regression = true;
}

/* The first suite that answers to a name; false if none does. */
static bool there(const struct port_more *m, const char *name, size_t n, uint16_t *which)
{
    for (size_t i = 0; i < m->n_suites; i++)
        if (suite_matches(name, n, m->suites[i])) {
            *which = m->suites[i];
            return true;
        }
    return false;
}

static void must_judge(struct judging *j)
{
    const char *rest = j->rule->must, *name;
    uint16_t which;
    size_t n;
    while (verify_suite_next(&rest, &name, &n)) {
        if (there(j->after, name, n, &which))
            continue;
        add(j, j->after->suites_complete ? VERDICT_FAILED : VERDICT_INCONCLUSIVE, "no-common-suite",
            "no cipher suite answers to %.*s, one must be there", (int)n, name);
        if (j->before && there(j->before, name, n, &which))
            regression(j);
    }
}

static void must_not_judge(struct judging *j)
{
    const char *rest = j->rule->must_not, *name;
    uint16_t which;
    size_t n;
    while (verify_suite_next(&rest, &name, &n))
        if (there(j->after, name, n, &which))
            add(j, VERDICT_FAILED, "weak-suites",
                "%s is accepted, %.*s must not be: restart owed, or not a Schannel service",
                suite_name(which), (int)n, name);
    if (!j->after->suites_complete && j->rule->must_not[0] != '\0')
        add(j, VERDICT_INCONCLUSIVE, "rate-limited", "not all cipher suites could be seen");
}

static bool any_dhe(const struct port_more *m)
{
    for (size_t i = 0; i < m->n_suites; i++)
        if (suite_is(m->suites[i], "DHE") || suite_is(m->suites[i], "ANON"))
            return true;
    return false;
}

static void dh_judge(struct judging *j)
{
    unsigned bits = j->after->dh_bits;
    if (bits > 0 && bits < j->rule->min_dh)
        add(j, VERDICT_FAILED, "dh-too-short", "Diffie-Hellman with %u bits, %u are asked for",
            bits, j->rule->min_dh);
    else if (bits == 0 && (!j->after->suites_complete || any_dhe(j->after)))
        add(j, VERDICT_INCONCLUSIVE, "dh-too-short",
            "the size of its Diffie-Hellman could not be seen");
}

static void suites_judge(struct judging *j)
{
    if (!verify_asks_suites(j->rule))
        return;
    if (!j->after->suites_seen) {
        add(j, VERDICT_INCONCLUSIVE, "silent", "its cipher suites could not be seen");
        return;
    }
    must_judge(j);
    must_not_judge(j);
    if (j->rule->min_dh > 0)
        dh_judge(j);
}

static bool is_bad_trust(enum trust t)
{
    switch (t) {
    case TRUST_OK:
    case TRUST_TIME: /* days_left speaks of that */
    case TRUST_NOT_KNOWN:
    case TRUSTS: return false;
    case TRUST_SELF_SIGNED:
    case TRUST_UNKNOWN_ROOT:
    case TRUST_PARTIAL:
    case TRUST_BAD: return true;
    }
    return true;
}

static void trust_judge(struct judging *j)
{
    const struct port_certificate *c = &j->after->certificate;
    if (c->trust == TRUST_NOT_KNOWN)
        add(j, VERDICT_INCONCLUSIVE, "certificate-untrusted",
            "whether its certificate is trusted could not be seen");
    else if (is_bad_trust(c->trust))
        add(j, VERDICT_FAILED,
            c->trust == TRUST_PARTIAL ? "certificate-partial-chain" : "certificate-untrusted",
            "its certificate is not trusted: %s", c->trust_why);
    else if (c->trust == TRUST_TIME)
        add(j, VERDICT_FAILED, "certificate-expired", "its certificate: %s", c->trust_why);
}

static void days_judge(struct judging *j)
{
    const struct port_certificate *c = &j->after->certificate;
    int64_t left = (c->not_after - j->now_unix) / DAY_S;
    if (c->not_after < j->now_unix)
        add(j, VERDICT_FAILED, "certificate-expired", "its certificate has expired");
    else if (left < j->rule->certificate.days_left)
        add(j, VERDICT_FAILED, "certificate-expires-soon",
            "its certificate expires in %" PRId64 " days, %d are asked for", left,
            j->rule->certificate.days_left);
}

/* An unexpected change is told in any case, and fails only where somebody asked for none. */
static void change_judge(struct judging *j)
{
    const struct port_certificate *now = &j->after->certificate;
    const struct port_certificate *then = j->before ? &j->before->certificate : NULL;
    bool asked = j->rule->certificate.unchanged;
    if (!then || !then->seen) {
        if (asked)
            add(j, VERDICT_INCONCLUSIVE, "certificate-changed",
                "its certificate was not seen before, so nobody knows whether it changed");
        return;
    }
    if (strcmp(now->sha256, then->sha256) == 0)
        return;
    add(j, asked ? VERDICT_FAILED : VERDICT_PASSED, "certificate-changed",
        "another certificate than before: %.12s… was %.12s…", now->sha1, then->sha1);
    if (asked)
        regression(j);
}

static void certificate_judge(struct judging *j)
{
    const struct verify_rule *r = j->rule;
    const struct port_certificate *c = &j->after->certificate;
    if (!c->seen) {
        if (verify_asks_certificate(r))
            add(j, VERDICT_INCONCLUSIVE, "silent", "its certificate could not be seen");
        return;
    }
    change_judge(j);
    if (r->certificate.name && !c->name_matches)
        add(j, c->name_asked ? VERDICT_FAILED : VERDICT_INCONCLUSIVE, "certificate-wrong-name",
            "its certificate: %s", c->name_asked ? c->name_why : "no name to compare it with");
    if (r->certificate.trusted)
        trust_judge(j);
    if (r->certificate.days_left > 0)
        days_judge(j);
    if (r->min_rsa > 0 && c->shortest_rsa > 0 && c->shortest_rsa < r->min_rsa)
        add(j, VERDICT_FAILED, "short-rsa-certificate",
            "an RSA key of %u bits in its certificates, %u are asked for", c->shortest_rsa,
            r->min_rsa);
}

/* A handshake that could be finished before and cannot now is worse than any size of a key. */
static void whole_judge(struct judging *j)
{
    if (j->after->whole != HANDSHAKE_BROKEN)
        return;
    bool worked = j->before && j->before->whole == HANDSHAKE_DONE;
    add(j, worked ? VERDICT_FAILED : VERDICT_PASSED, "pretends-version", "says %s and breaks %s",
        tls_version_words(j->after->whole_version), j->after->broke);
    if (worked)
        regression(j);
}

enum verdict verdict_judge_more(const struct verify_rule *rule, const struct port_more *before,
                                const struct port_more *after, int64_t now_unix,
                                struct finding findings[VERDICT_MORE_MAX], size_t *n)
{
    struct judging j = {.rule = rule,
                        .before = before,
                        .after = after,
                        .now_unix = now_unix,
                        .list = findings,
                        .worst = VERDICT_PASSED};
    (void)snprintf(j.port, sizeof j.port, "%u%s%.*s%s", rule->port, rule->dialect[0] ? " (" : "",
                   DIALECT_NAME_MAX - 1, rule->dialect, rule->dialect[0] ? ")" : "");
    suites_judge(&j);
    certificate_judge(&j);
    whole_judge(&j);
    *n = j.n;
    return j.worst;
}
