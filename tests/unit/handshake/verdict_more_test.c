#include "handshake/explain.h"
#include "handshake/verdict.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1800000000
#define DAY 86400

static const struct verify_rule nothing = {.port = 443};

static struct port_more good(void)
{
    return (struct port_more){.suites_seen = true,
                              .suites_complete = true,
                              .suites = {0xc02f, 0x009e},
                              .n_suites = 2,
                              .dh_bits = 2048,
                              .whole = HANDSHAKE_DONE,
                              .certificate = {.seen = true,
                                              .sha256 = "aa",
                                              .sha1 = "aabbccddeeff00",
                                              .not_after = NOW + 90 * DAY,
                                              .shortest_rsa = 2048,
                                              .trust = TRUST_OK,
                                              .name_asked = true,
                                              .name_matches = true}};
}

/* One finding; or none for words NULL. */
static void judged(const struct verify_rule *rule, const struct port_more *before,
                   const struct port_more *after, enum verdict verdict, bool regression,
                   const char *words)
{
    struct finding list[VERDICT_MORE_MAX];
    size_t n = 0;
    enum verdict v = verdict_judge_more(rule, before, after, NOW, list, &n);
    if (n != (words ? 1 : 0))
        fail_msg("%zu findings, the first: %s", n, n ? list[0].text : "");
    assert_int_equal(v, verdict);
    if (n == 0)
        return;
    if (!strstr(list[0].text, words) || list[0].regression != regression)
        fail_msg("%s", list[0].text);
    assert_int_equal(list[0].verdict, verdict);
    assert_int_equal(list[0].version, TLS_VERSIONS);
    assert_int_equal(list[0].port, rule->port);
    assert_non_null(explanation_of(list[0].id));
}

static void suites_are_judged_by_what_was_seen(void **state)
{
    struct verify_rule r = {.port = 443, .must = "TLS_ECDHE_* GCM"};
    struct port_more then = good(), now = good();
    (void)state;
    judged(&r, &then, &now, VERDICT_PASSED, false, NULL);
    now.suites[0] = 0x009f;
    judged(&r, NULL, &now, VERDICT_FAILED, false,
           "443: no cipher suite answers to TLS_ECDHE_*, one must be there");
    judged(&r, &then, &now, VERDICT_FAILED, true, "answers to TLS_ECDHE_*");
    now.suites_complete = false;
    judged(&r, NULL, &now, VERDICT_INCONCLUSIVE, false, "TLS_ECDHE_*");
    r = (struct verify_rule){.port = 1433, .dialect = "mssql", .must_not = "RC4 3DES"};
    now = good();
    judged(&r, &then, &now, VERDICT_PASSED, false, NULL);
    now.suites[1] = 0x0005;
    judged(&r, &then, &now, VERDICT_FAILED, false,
           "1433 (mssql): RSA_WITH_RC4_128_SHA is accepted, RC4 must not be");
    now = good();
    now.suites_complete = false;
    judged(&r, &then, &now, VERDICT_INCONCLUSIVE, false, "not all cipher suites");
    now.suites_seen = false;
    judged(&r, &then, &now, VERDICT_INCONCLUSIVE, false, "could not be seen");
}

static void diffie_hellman_is_judged_by_its_bits(void **state)
{
    struct verify_rule r = {.port = 443, .min_dh = 2048};
    struct port_more now = good();
    (void)state;
    judged(&r, NULL, &now, VERDICT_PASSED, false, NULL);
    now.dh_bits = 1024;
    judged(&r, NULL, &now, VERDICT_FAILED, false, "with 1024 bits, 2048 are asked for");
    now.dh_bits = 0; /* though a suite with it is there */
    judged(&r, NULL, &now, VERDICT_INCONCLUSIVE, false, "could not be seen");
    now.n_suites = 1;
    judged(&r, NULL, &now, VERDICT_PASSED, false, NULL);
}

static void certificates_are_judged_as_asked(void **state)
{
    struct verify_rule name = {.port = 443, .certificate = {.name = true}};
    struct verify_rule trusted = {.port = 443, .certificate = {.trusted = true}};
    struct verify_rule days = {.port = 443, .certificate = {.days_left = 30}};
    struct verify_rule rsa = {.port = 443, .min_rsa = 2048};
    struct port_more now = good();
    (void)state;
    judged(&name, NULL, &now, VERDICT_PASSED, false, NULL);
    judged(&trusted, NULL, &now, VERDICT_PASSED, false, NULL);
    judged(&days, NULL, &now, VERDICT_PASSED, false, NULL);
    judged(&rsa, NULL, &now, VERDICT_PASSED, false, NULL);
    now.certificate.name_matches = false;
    memcpy(now.certificate.name_why, "it is for b", 12);
    judged(&name, NULL, &now, VERDICT_FAILED, false, "it is for b");
    now.certificate.name_asked = false;
    judged(&name, NULL, &now, VERDICT_INCONCLUSIVE, false, "no name");
    memcpy(now.certificate.trust_why, "unknown root", 13);
    for (int t = TRUST_SELF_SIGNED; t < TRUSTS; t++) {
        now.certificate.trust = (enum trust)t;
        judged(&trusted, NULL, &now, VERDICT_FAILED, false, "unknown root");
    }
    now.certificate.trust = TRUST_NOT_KNOWN;
    judged(&trusted, NULL, &now, VERDICT_INCONCLUSIVE, false, "could not be seen");
    now.certificate.not_after = NOW + 30 * DAY;
    judged(&days, NULL, &now, VERDICT_PASSED, false, NULL);
    now.certificate.not_after = NOW + 30 * DAY - 1;
    judged(&days, NULL, &now, VERDICT_FAILED, false, "expires in 29 days, 30 are asked for");
    now.certificate.not_after = NOW - 1;
    judged(&days, NULL, &now, VERDICT_FAILED, false, "has expired");
    now.certificate.shortest_rsa = 1024;
    judged(&rsa, NULL, &now, VERDICT_FAILED, false, "RSA key of 1024 bits");
    now.certificate.shortest_rsa = 0; /* ECDSA */
    judged(&rsa, NULL, &now, VERDICT_PASSED, false, NULL);
    now.certificate.seen = false;
    judged(&rsa, NULL, &now, VERDICT_INCONCLUSIVE, false, "certificate could not be seen");
    judged(&name, NULL, &now, VERDICT_INCONCLUSIVE, false, "certificate could not be seen");
    judged(&nothing, NULL, &now, VERDICT_PASSED, false, NULL);
}

static void changed_certificate_fails_only_where_it_was_not_to_change(void **state)
{
    struct verify_rule same = {.port = 3389, .dialect = "rdp", .certificate = {.unchanged = true}};
    struct port_more then = good(), now = good();
    (void)state;
    judged(&same, &then, &now, VERDICT_PASSED, false, NULL);
    judged(&same, NULL, &now, VERDICT_INCONCLUSIVE, false, "not seen before");
    memcpy(now.certificate.sha256, "bb", 3);
    memcpy(now.certificate.sha1, "00112233445566", 15);
    judged(&same, &then, &now, VERDICT_FAILED, true,
           "3389 (rdp): another certificate than before: 001122334455… was aabbccddeeff…");
    judged(&nothing, &then, &now, VERDICT_PASSED, false, "another certificate than before");
    judged(&nothing, NULL, &now, VERDICT_PASSED, false, NULL);
    then.certificate.seen = false;
    judged(&same, &then, &now, VERDICT_INCONCLUSIVE, false, "not seen before");
}

static void handshake_that_breaks_now_is_a_regression(void **state)
{
    struct port_more then = good(), now = good();
    (void)state;
    now.whole = HANDSHAKE_BROKEN;
    now.whole_version = TLS_1_2;
    memcpy(now.broke, "after our Finished: bad record mac", 35);
    judged(&nothing, &then, &now, VERDICT_FAILED, true,
           "443: says TLS 1.2 and breaks after our Finished: bad record mac");
    judged(&nothing, NULL, &now, VERDICT_PASSED, false, "says TLS 1.2 and breaks");
    then.whole = HANDSHAKE_BROKEN;
    judged(&nothing, &then, &now, VERDICT_PASSED, false, "says TLS 1.2 and breaks");
}

static void more_findings_than_fit_are_counted_all_the_same(void **state)
{
    struct verify_rule r = {.port = 443};
    struct finding list[VERDICT_MORE_MAX];
    struct port_more now = good();
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i + 2 < VERIFY_SUITES_SIZE; i += 2)
        memcpy(r.must + i, "X ", 3);
    assert_int_equal(verdict_judge_more(&r, NULL, &now, NOW, list, &n), VERDICT_FAILED);
    assert_int_equal(n, VERDICT_MORE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suites_are_judged_by_what_was_seen),
        cmocka_unit_test(diffie_hellman_is_judged_by_its_bits),
        cmocka_unit_test(certificates_are_judged_as_asked),
        cmocka_unit_test(changed_certificate_fails_only_where_it_was_not_to_change),
        cmocka_unit_test(handshake_that_breaks_now_is_a_regression),
        cmocka_unit_test(more_findings_than_fit_are_counted_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
