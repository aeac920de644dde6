/* One port after the other, each with one thing that is wrong. */
#include "handshake/diagnose.h"
#include "handshake/explain.h"
#include "handshake/suite_match.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1800000000
#define DAY 86400

static struct certificate chain[2];

static void says(struct scan_result *r, enum tls_version v, enum tls_seen seen, enum tls_how how)
{
    r->versions[v].answer.seen = seen;
    r->versions[v].answer.how = how;
}

static void suite(struct scan_result *r, enum tls_version v, uint16_t id)
{
    r->versions[v].suites[r->versions[v].n_suites++] = id;
}

/* Nothing is wrong with it. */
static void well(struct scan_result *r)
{
    static const struct certificate good = {.subject = "CN=a",
                                            .key = "RSA",
                                            .key_bits = 2048,
                                            .hash = "SHA256",
                                            .not_before = NOW - DAY,
                                            .not_after = NOW + 90 * DAY,
                                            .server_auth = true};
    *r = (struct scan_result){.port = 443, .open = true};
    for (int v = 0; v < TLS_1_2; v++)
        says(r, (enum tls_version)v, SEEN_REFUSED, HOW_ALERT);
    says(r, TLS_1_2, SEEN_ACCEPTED, HOW_SERVER_HELLO);
    says(r, TLS_1_3, SEEN_ACCEPTED, HOW_SERVER_HELLO);
    suite(r, TLS_1_2, 0xc02f);
    suite(r, TLS_1_3, 0x1301);
    r->versions[TLS_1_2].complete = true;
    r->dh.bits = 2048;
    r->secure_renegotiation = r->fallback_scsv = r->extended_master_secret = SURE_YES;
    r->compression = SURE_NO;
    r->whole = (struct handshake_seen){.outcome = HANDSHAKE_DONE,
                                       .version = TLS_1_3,
                                       .chain = chain,
                                       .n_chain = 2,
                                       .trust = TRUST_OK,
                                       .name_asked = true,
                                       .name_matches = true};
    chain[0] = chain[1] = good;
}

static void finds(const struct scan_result *r, const char *id, enum severity severity,
                  const char *words)
{
    struct diagnosis list[DIAGNOSES_MAX];
    size_t n = diagnose(r, NOW, list);
    for (size_t i = 0; i < n; i++) {
        if (!explanation_of(list[i].id))
            fail_msg("%s is not explained", list[i].id);
        if (i > 0)
            assert_true(list[i - 1].severity >= list[i].severity);
        if (strcmp(list[i].id, id) != 0)
            continue;
        if (list[i].severity != severity || !strstr(list[i].text, words))
            fail_msg("%s: %s, %s", id, severity_word(list[i].severity), list[i].text);
        return;
    }
    fail_msg("%s is not found; the first of %zu is %s", id, n, n ? list[0].id : "");
}

static void finds_nothing(const struct scan_result *r)
{
    struct diagnosis list[DIAGNOSES_MAX];
    if (diagnose(r, NOW, list) != 0)
        fail_msg("%s: %s", list[0].id, list[0].text);
}

static void port_that_is_well_has_no_findings(void **state)
{
    static struct scan_result r;
    (void)state;
    well(&r);
    finds_nothing(&r);
    r.versions[TLS_1_3].answer.seen = SEEN_REFUSED;
    finds_nothing(&r);
    chain[1].self_signed = true; /* a root that is sent: only its being there counts */
    memcpy(chain[1].hash, "SHA1", 5);
    chain[1].key_bits = 1024;
    finds_nothing(&r);
}

/* What has not been asked, or not been answered, is no fault. */
static void what_was_not_seen_is_not_found_fault_with(void **state)
{
    static struct scan_result r;
    (void)state;
    well(&r);
    r.whole = (struct handshake_seen){.outcome = HANDSHAKE_NOT_TRIED};
    r.versions[TLS_1_2].n_suites = r.versions[TLS_1_3].n_suites = 0;
    r.dh = (struct scan_dh){0};
    r.secure_renegotiation = r.fallback_scsv = r.extended_master_secret = SURE_UNKNOWN;
    r.compression = SURE_UNKNOWN;
    says(&r, TLS_1_2, SEEN_INCONCLUSIVE, HOW_SILENCE);
    says(&r, SSL_2_0, SEEN_NOT_ASKED, HOW_NONE);
    finds_nothing(&r);
    well(&r);
    r.versions[TLS_1_2].suites[0] = 0x009c; /* kRSA, but more may be there */
    r.versions[TLS_1_2].complete = false;
    finds_nothing(&r);
    r.whole.outcome = HANDSHAKE_REFUSED; /* our offer, not the port, may be the reason */
    finds_nothing(&r);
}

static void ports_without_tls_are_called_what_they_are(void **state)
{
    static struct scan_result r;
    (void)state;
    r = (struct scan_result){.port = 443};
    finds(&r, "unreachable", SEVERITY_BAD, "no connection");
    r.open = true;
    for (int v = 0; v < TLS_VERSIONS; v++)
        says(&r, (enum tls_version)v, SEEN_INCONCLUSIVE, HOW_SILENCE);
    finds(&r, "silent", SEVERITY_BAD, "nothing is answered");
    for (int v = 0; v < TLS_VERSIONS; v++)
        says(&r, (enum tls_version)v, SEEN_INCONCLUSIVE, HOW_GARBAGE);
    memcpy(r.said, "HTTP", 5);
    finds(&r, "not-tls", SEVERITY_BAD, "HTTP");
    says(&r, TLS_1_2, SEEN_INCONCLUSIVE, HOW_RESET);
    finds(&r, "connection-reset", SEVERITY_BAD, "no version");
    r.before_tls = DIALECT_REFUSED;
    finds(&r, "tls-refused", SEVERITY_BAD, "HTTP");
    r.before_tls = DIALECT_FOREIGN;
    finds(&r, "not-tls", SEVERITY_BAD, "HTTP");
}

static void versions_are_judged(void **state)
{
    static struct scan_result r;
    (void)state;
    well(&r);
    says(&r, SSL_2_0, SEEN_ACCEPTED, HOW_SERVER_HELLO);
    says(&r, SSL_3_0, SEEN_ACCEPTED, HOW_SERVER_HELLO);
    finds(&r, "ssl-on", SEVERITY_BAD, "SSL 2.0 and SSL 3.0 accepted");
    well(&r);
    says(&r, TLS_1_1, SEEN_ACCEPTED, HOW_SERVER_HELLO);
    finds(&r, "old-versions-on", SEVERITY_WEAK, "TLS 1.1 accepted");
    says(&r, TLS_1_2, SEEN_REFUSED, HOW_ALERT);
    finds(&r, "tls13-only", SEVERITY_NOTE, "TLS 1.2 is not");
    says(&r, TLS_1_3, SEEN_REFUSED, HOW_ALERT);
    finds(&r, "no-tls12", SEVERITY_BAD, "neither");
}

static void suites_are_judged(void **state)
{
    static const struct {
        uint16_t id;
        enum severity severity;
        const char *words;
    } cases[] = {
        {0x0005, SEVERITY_BAD, "RC4"},
        {0x0001, SEVERITY_BAD, "NULL"},
        {0x0018, SEVERITY_BAD, "ANON, RC4"},
        {0x0003, SEVERITY_BAD, "EXPORT"},
        {0x0009, SEVERITY_BAD, "DES"},
        {0x000a, SEVERITY_WEAK, "3DES"},
    };
    static struct scan_result r;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        well(&r);
        suite(&r, TLS_1_2, cases[i].id);
        finds(&r, "weak-suites", cases[i].severity, cases[i].words);
    }
    suite(&r, TLS_1_2, 0x0005); /* of both kinds the worse one is told */
    finds(&r, "weak-suites", SEVERITY_BAD, "RC4");
    well(&r);
    r.versions[TLS_1_2].suites[0] = 0x009c;
    finds(&r, "no-forward-secrecy", SEVERITY_NOTE, "no suite with an ephemeral key");
    says(&r, TLS_1_3, SEEN_REFUSED, HOW_ALERT);
    finds(&r, "no-forward-secrecy", SEVERITY_WEAK, "no suite with an ephemeral key");
    r.n_alpn = 1;
    memcpy(r.alpn[0], "h2", 3);
    r.versions[TLS_1_2].order = ORDER_SERVER;
    finds(&r, "http2-suites", SEVERITY_BAD, "HTTP/2");
}

static void key_exchange_and_features_are_judged(void **state)
{
    static struct scan_result r;
    (void)state;
    well(&r);
    r.dh.bits = 512;
    finds(&r, "dh-too-short", SEVERITY_BAD, "512 bits: Windows and browsers refuse");
    r.dh.bits = 1024;
    memcpy(r.dh.prime, "RFC 2409 group 2", 17);
    finds(&r, "dh-too-short", SEVERITY_WEAK, "1024 bits");
    finds(&r, "dh-common-prime", SEVERITY_WEAK, "RFC 2409 group 2");
    well(&r);
    r.dh.export_bits = 512;
    finds(&r, "dh-too-short", SEVERITY_BAD, "512");
    r.dh.ephemeral_reused = true;
    finds(&r, "dh-reused", SEVERITY_NOTE, "twice");
    well(&r);
    r.compression = SURE_YES;
    r.secure_renegotiation = r.fallback_scsv = r.extended_master_secret = SURE_NO;
    r.short_hellos = r.rate_limited = true;
    finds(&r, "compression", SEVERITY_WEAK, "");
    finds(&r, "insecure-renegotiation", SEVERITY_WEAK, "5746");
    finds(&r, "no-fallback-scsv", SEVERITY_NOTE, "");
    finds(&r, "no-extended-master-secret", SEVERITY_NOTE, "");
    finds(&r, "long-hello-intolerance", SEVERITY_BAD, "");
    finds(&r, "rate-limited", SEVERITY_NOTE, "");
}

static void handshakes_that_fail_are_judged(void **state)
{
    static struct scan_result r;
    (void)state;
    well(&r);
    r.whole = (struct handshake_seen){.outcome = HANDSHAKE_BROKEN,
                                      .version = TLS_1_2,
                                      .suite = 0xc02f,
                                      .at = "after our Finished",
                                      .reason = "bad record mac"};
    finds(&r, "pretends-version", SEVERITY_BAD,
          "it says TLS 1.2 and breaks after our Finished: bad record mac");
    r.whole.suite = 0x0039; /* DHE_RSA_WITH_AES_256_CBC_SHA */
    finds(&r, "dh-broken", SEVERITY_BAD, "used Diffie-Hellman");
    r.whole.outcome = HANDSHAKE_SILENT;
    finds(&r, "silent", SEVERITY_WEAK, "came to a stop after our Finished");
    r.whole.outcome = HANDSHAKE_WANTS_CERTIFICATE;
    finds(&r, "client-certificate-wanted", SEVERITY_NOTE, "");
}

static void certificates_are_judged(void **state)
{
    static struct scan_result r;
    (void)state;
    well(&r);
    memcpy(chain[0].hash, "SHA512", 7);
    finds(&r, "sha512-certificate", SEVERITY_NOTE, "CN=a");
    memcpy(chain[1].hash, "MD5", 4);
    finds(&r, "md5-certificate", SEVERITY_BAD, "signed with MD5");
    memcpy(chain[1].hash, "SHA1", 5);
    finds(&r, "sha1-certificate", SEVERITY_BAD, "SHA-1");
    well(&r);
    memcpy(chain[0].hash, "SHA1", 5);
    chain[0].self_signed = true;
    finds(&r, "sha1-certificate", SEVERITY_NOTE, "SHA-1");
    chain[0].key_bits = 1024;
    finds(&r, "short-rsa-certificate", SEVERITY_WEAK, "RSA with 1024 bits");
    chain[0].key_bits = 512;
    finds(&r, "short-rsa-certificate", SEVERITY_BAD, "512");
    well(&r);
    memcpy(chain[0].key, "ECDSA P-256", 12);
    chain[0].key_bits = 256;
    finds_nothing(&r);
    chain[0].not_after = NOW - 3 * DAY;
    finds(&r, "certificate-expired", SEVERITY_BAD, "expired 3 days ago");
    chain[0].not_after = NOW + 29 * DAY;
    finds(&r, "certificate-expires-soon", SEVERITY_WEAK, "29 days left");
    chain[0].not_after = NOW + 31 * DAY;
    finds_nothing(&r);
    chain[0].not_before = NOW + DAY;
    finds(&r, "certificate-not-yet-valid", SEVERITY_BAD, "valid only in 2 days");
    well(&r);
    chain[0].server_auth = false;
    finds(&r, "certificate-not-for-servers", SEVERITY_BAD, "CN=a");
    r.whole.staple = STAPLE_REVOKED;
    finds(&r, "certificate-revoked", SEVERITY_BAD, "revoked");
    r.whole.staple = STAPLE_BAD;
    finds(&r, "ocsp-staple-bad", SEVERITY_WEAK, "");
}

static void trust_and_name_are_judged_by_the_service(void **state)
{
    static const struct {
        enum trust trust;
        const char *id;
    } cases[] = {{TRUST_SELF_SIGNED, "certificate-self-signed"},
                 {TRUST_UNKNOWN_ROOT, "certificate-untrusted"},
                 {TRUST_PARTIAL, "certificate-partial-chain"},
                 {TRUST_BAD, "certificate-untrusted"}};
    static struct scan_result r;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        well(&r);
        r.whole.trust = cases[i].trust;
        memcpy(r.whole.trust_why, "because", 8);
        finds(&r, cases[i].id, SEVERITY_BAD, "because");
    }
    well(&r);
    r.whole.name_matches = false;
    memcpy(r.whole.name_why, "it is for b", 12);
    finds(&r, "certificate-wrong-name", SEVERITY_BAD, "it is for b");
    memcpy(r.dialect, "rdp", 4);
    r.whole.trust = TRUST_SELF_SIGNED;
    finds(&r, "certificate-wrong-name", SEVERITY_NOTE, "it is for b");
    finds(&r, "certificate-self-signed", SEVERITY_NOTE, "");
    memcpy(r.dialect, "mssql", 6);
    finds(&r, "certificate-self-signed", SEVERITY_NOTE, "");
}

static bool match(const char *pattern, uint32_t id)
{
    return suite_matches(pattern, strlen(pattern), id);
}

static void suites_answer_to_names_globs_and_families(void **state)
{
    (void)state;
    assert_true(match("ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f));
    assert_true(match("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f));
    assert_true(match("tls_ecdhe_rsa_with_aes_128_gcm_sha256", 0xc02f));
    assert_true(match("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256_P384", 0xc02f));
    assert_true(match("TLS_ECDHE_*", 0xc02f) && match("*_GCM_*256", 0xc02f));
    assert_true(match("ECDHE_RSA_WITH_AES_???_GCM_SHA256", 0xc02f));
    assert_true(match("ECDHE", 0xc02f) && match("gcm", 0xc02f) && match("AES", 0xc02f));
    assert_false(match("DHE", 0xc02f) || match("kRSA", 0xc02f) || match("CBC", 0xc02f));
    assert_false(match("ECDHE_RSA_WITH_AES_128_GCM_SHA38", 0xc02f) || match("AES_*", 0xc02f));
    assert_true(match("RC4", 0x0005) && match("kRSA", 0x0005) && match("SHA1", 0x0005));
    assert_true(match("RC4", 0x0004) && match("MD5", 0x0004));
    assert_true(match("EXPORT", 0x0003) && match("NULL", 0x003b) && match("ANON", 0x0018));
    assert_true(match("3DES", 0x000a));
    assert_false(match("DES", 0x000a));
    assert_true(match("DES", 0x0009));
    assert_true(match("ECDHE-RSA-AES128-GCM-SHA256", 0xc02f) && match("RC4-SHA", 0x0005));
    assert_true(match("ecdhe-*", 0xc02f) && match("3DES", 0x0700c0));
    assert_false(match("RC4", 0x0700c0) || match("*", 0xfafa));
    assert_true(suite_pattern_is_known("RC4", 3) && suite_pattern_is_known("TLS_AES_*", 9));
    assert_false(suite_pattern_is_known("RC5", 3) || suite_pattern_is_known("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(port_that_is_well_has_no_findings),
        cmocka_unit_test(what_was_not_seen_is_not_found_fault_with),
        cmocka_unit_test(ports_without_tls_are_called_what_they_are),
        cmocka_unit_test(versions_are_judged),
        cmocka_unit_test(suites_are_judged),
        cmocka_unit_test(key_exchange_and_features_are_judged),
        cmocka_unit_test(handshakes_that_fail_are_judged),
        cmocka_unit_test(certificates_are_judged),
        cmocka_unit_test(trust_and_name_are_judged_by_the_service),
        cmocka_unit_test(suites_answer_to_names_globs_and_families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
