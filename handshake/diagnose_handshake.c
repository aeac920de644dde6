/* Findings from the whole handshake and its certificates. */
#include "handshake/diagnose_parts.h"

#include "handshake/suite_match.h"

#include <inttypes.h>
#include <string.h>

#define DAY_S 86400
#define SOON_DAYS 30

/* Remote desktop and SQL Server make their own certificate when they are given none. */
static bool makes_its_own(const struct scan_result *r)
{
    return strcmp(r->dialect, "rdp") == 0 || strcmp(r->dialect, "mssql") == 0 ||
           strcmp(r->dialect, "mssql-strict") == 0;
}

static void broken(struct diagnosing *d)
{
    const struct handshake_seen *w = &d->r->whole;
    diagnosis_add(d, "pretends-version", SEVERITY_BAD, "it says %s and breaks %s: %s",
                  tls_version_words(w->version), w->at, w->reason);
    if (suite_is(w->suite, "DHE"))
        diagnosis_add(d, "dh-broken", SEVERITY_BAD,
                      "the handshake that broke %s used Diffie-Hellman: %s", w->at, w->reason);
}

static void outcome(struct diagnosing *d)
{
    const struct handshake_seen *w = &d->r->whole;
    switch (w->outcome) {
    case HANDSHAKE_BROKEN: broken(d); break;
    case HANDSHAKE_SILENT:
        diagnosis_add(d, "silent", SEVERITY_WEAK, "a whole handshake came to a stop %s", w->at);
        break;
    case HANDSHAKE_WANTS_CERTIFICATE:
        diagnosis_add(d, "client-certificate-wanted", SEVERITY_NOTE,
                      "it lets nobody in without a client certificate");
        break;
    case HANDSHAKE_NOT_TRIED:
    case HANDSHAKE_DONE:
    case HANDSHAKE_REFUSED:
    case HANDSHAKE_LOCAL:
    case HANDSHAKE_OUTCOMES: break;
    }
}

/* A root is trusted for being there: what its own signature is made with says nothing. */
static void signature(struct diagnosing *d, const struct certificate *c, bool leaf)
{
    enum severity s = c->self_signed ? SEVERITY_NOTE : SEVERITY_BAD;
    if (c->self_signed && !leaf)
        return;
    if (strcmp(c->hash, "MD5") == 0 || strcmp(c->hash, "MD2") == 0)
        diagnosis_add(d, "md5-certificate", s, "signed with %s: %s", c->hash, c->subject);
    if (strcmp(c->hash, "SHA1") == 0)
        diagnosis_add(d, "sha1-certificate", s, "signed with SHA-1: %s", c->subject);
    if (strcmp(c->hash, "SHA512") == 0)
        diagnosis_add(d, "sha512-certificate", SEVERITY_NOTE,
                      "signed with SHA-512, which old Windows cannot use in TLS 1.2: %s",
                      c->subject);
}

static void key_size(struct diagnosing *d, const struct certificate *c, bool leaf)
{
    bool rsa = strncmp(c->key, "RSA", 3) == 0;
    if (rsa && c->key_bits < 2048 && (leaf || !c->self_signed))
        diagnosis_add(d, "short-rsa-certificate",
                      c->key_bits < 1024 ? SEVERITY_BAD : SEVERITY_WEAK, "RSA with %u bits: %s",
                      c->key_bits, c->subject);
}

static void age(struct diagnosing *d, const struct certificate *c, bool leaf)
{
    int64_t left = c->not_after - d->now_unix;
    if (left < 0)
        diagnosis_add(d, "certificate-expired", SEVERITY_BAD, "expired %" PRId64 " days ago: %s",
                      -left / DAY_S, c->subject);
    else if (c->not_before > d->now_unix)
        diagnosis_add(d, "certificate-not-yet-valid", SEVERITY_BAD,
                      "valid only in %" PRId64 " days: %s",
                      (c->not_before - d->now_unix) / DAY_S + 1, c->subject);
    else if (leaf && left < (int64_t)SOON_DAYS * DAY_S)
        diagnosis_add(d, "certificate-expires-soon", SEVERITY_WEAK, "%" PRId64 " days left: %s",
                      left / DAY_S, c->subject);
}

static void trust(struct diagnosing *d)
{
    const struct handshake_seen *w = &d->r->whole;
    switch (w->trust) {
    case TRUST_SELF_SIGNED:
        diagnosis_add(d, "certificate-self-signed",
                      makes_its_own(d->r) ? SEVERITY_NOTE : SEVERITY_BAD, "%s", w->trust_why);
        break;
    case TRUST_UNKNOWN_ROOT:
        diagnosis_add(d, "certificate-untrusted", SEVERITY_BAD, "%s", w->trust_why);
        break;
    case TRUST_PARTIAL:
        diagnosis_add(d, "certificate-partial-chain", SEVERITY_BAD, "%s", w->trust_why);
        break;
    case TRUST_BAD:
        if (w->chain[0].server_auth) /* otherwise that is what was meant */
            diagnosis_add(d, "certificate-untrusted", SEVERITY_BAD, "%s", w->trust_why);
        break;
    case TRUST_NOT_KNOWN:
    case TRUST_OK:
    case TRUST_TIME: /* each date is told on its own */
    case TRUSTS: break;
    }
}

static void staple(struct diagnosing *d)
{
    const struct handshake_seen *w = &d->r->whole;
    if (w->staple == STAPLE_REVOKED)
        diagnosis_add(d, "certificate-revoked", SEVERITY_BAD,
                      "its own OCSP response says revoked: %s", w->staple_why);
    if (w->staple == STAPLE_BAD)
        diagnosis_add(d, "ocsp-staple-bad", SEVERITY_WEAK, "the stapled OCSP response: %s",
                      w->staple_why);
}

void diagnose_handshake(struct diagnosing *d)
{
    const struct handshake_seen *w = &d->r->whole;
    outcome(d);
    if (w->n_chain == 0)
        return;
    for (size_t i = 0; i < w->n_chain; i++) {
        signature(d, &w->chain[i], i == 0);
        key_size(d, &w->chain[i], i == 0);
        age(d, &w->chain[i], i == 0);
    }
    trust(d);
    staple(d);
    if (w->name_asked && !w->name_matches)
        diagnosis_add(d, "certificate-wrong-name",
                      makes_its_own(d->r) ? SEVERITY_NOTE : SEVERITY_BAD, "%s", w->name_why);
    if (!w->chain[0].server_auth)
        diagnosis_add(d, "certificate-not-for-servers", SEVERITY_BAD,
                      "its extended key usage does not name servers: %s", w->chain[0].subject);
}
