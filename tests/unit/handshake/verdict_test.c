#include "handshake/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PORT = 443 };

static const struct tls_answer yes = {SEEN_ACCEPTED, HOW_SERVER_HELLO, 0, 0xc030, 0x0303};
static const struct tls_answer no = {SEEN_REFUSED, HOW_ALERT, 70, 0, 0};
static const struct tls_answer unsure = {SEEN_INCONCLUSIVE, HOW_SILENCE, 0, 0, 0};
static const struct tls_answer unasked = {SEEN_NOT_ASKED, HOW_NONE, 0, 0, 0};
static const struct tls_answer gone = {SEEN_INCONCLUSIVE, HOW_NO_CONNECTION, 0, 0, 0};

static struct port_state port_of(struct tls_answer all)
{
    struct port_state p = {.port = PORT, .open = all.how != HOW_NO_CONNECTION};
    for (int v = 0; v < TLS_VERSIONS; v++)
        p.answers[v] = all;
    return p;
}

/* One version of interest; the others answer alike before and after and nobody wants anything of
 * them. */
struct judged {
    enum verdict verdict;
    size_t n;
    struct finding first;
};

static struct judged judge(enum tls_want want, const struct tls_answer *before,
                           struct tls_answer after)
{
    struct verify_rule rule = {.port = PORT};
    struct port_state was = port_of(no), is = port_of(no);
    struct finding findings[TLS_VERSIONS];
    struct judged j;
    rule.want[TLS_1_1] = want;
    if (before)
        was.answers[TLS_1_1] = *before;
    is.answers[TLS_1_1] = after;
    j.verdict = verdict_judge(&rule, before ? &was : NULL, &is, findings, &j.n);
    assert_int_equal(j.n, j.verdict == VERDICT_PASSED ? 0 : 1);
    memset(&j.first, 0, sizeof j.first);
    if (j.n == 1) {
        j.first = findings[0];
        assert_int_equal(j.first.port, PORT);
        assert_int_equal(j.first.version, TLS_1_1);
        assert_int_equal(j.first.verdict, j.verdict);
    }
    return j;
}

/* Promise 9: an answer that was not seen passes no wish. */
static void every_wish_and_answer_gives_its_verdict(void **state)
{
    static const enum verdict P = VERDICT_PASSED, F = VERDICT_FAILED, I = VERDICT_INCONCLUSIVE;
    const struct {
        enum tls_want want;
        const struct tls_answer *before;
        enum verdict after_yes, after_no, after_unsure, after_unasked;
        bool regression_after_no;
    } table[] = {
        {WANT_ACCEPTED, NULL, P, F, I, I, false},
        {WANT_ACCEPTED, &no, P, F, I, I, false},
        {WANT_ACCEPTED, &unsure, P, F, I, I, false},
        {WANT_ACCEPTED, &yes, P, F, I, I, true},
        {WANT_REFUSED, NULL, F, P, I, I, false},
        {WANT_REFUSED, &no, F, P, I, I, false},
        {WANT_REFUSED, &unsure, F, P, I, I, false},
        {WANT_REFUSED, &yes, F, P, I, I, false},
        {WANT_ANYTHING, NULL, P, P, P, P, false},
        {WANT_ANYTHING, &no, P, P, P, P, false},
        {WANT_ANYTHING, &unsure, P, P, P, P, false},
        {WANT_ANYTHING, &unasked, P, P, P, P, false},
        {WANT_ANYTHING, &yes, P, F, I, I, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        assert_int_equal(judge(table[i].want, table[i].before, yes).verdict, table[i].after_yes);
        assert_int_equal(judge(table[i].want, table[i].before, unsure).verdict,
                         table[i].after_unsure);
        assert_int_equal(judge(table[i].want, table[i].before, unasked).verdict,
                         table[i].after_unasked);
        struct judged j = judge(table[i].want, table[i].before, no);
        assert_int_equal(j.verdict, table[i].after_no);
        assert_int_equal(j.first.regression, table[i].regression_after_no);
        assert_false(judge(table[i].want, table[i].before, unsure).first.regression);
    }
}

static void findings_say_what_is_wrong(void **state)
{
    (void)state;
    assert_string_equal(judge(WANT_REFUSED, &yes, yes).first.text,
                        "443 TLS 1.1: accepted (ECDHE_RSA_WITH_AES_256_GCM_SHA384), should be "
                        "refused: restart owed, or not a Schannel service");
    assert_string_equal(judge(WANT_REFUSED, &yes, unsure).first.text,
                        "443 TLS 1.1: inconclusive (no answer in time), should be refused");
    assert_string_equal(judge(WANT_ACCEPTED, NULL, no).first.text,
                        "443 TLS 1.1: refused (alert 70 protocol_version), should be accepted");
    assert_string_equal(judge(WANT_ACCEPTED, &yes, no).first.text,
                        "443 TLS 1.1: refused (alert 70 protocol_version), should be accepted and "
                        "was before");
    assert_string_equal(judge(WANT_ANYTHING, &yes, no).first.text,
                        "443 TLS 1.1: refused (alert 70 protocol_version), was accepted before and "
                        "was not meant to stop");
}

static void port_that_is_gone_is_one_regression(void **state)
{
    struct verify_rule rule = {.port = PORT,
                               .want = {[TLS_1_0] = WANT_REFUSED, WANT_REFUSED, WANT_ACCEPTED}};
    struct port_state before = port_of(yes), after = port_of(gone);
    struct finding findings[TLS_VERSIONS];
    size_t n;
    (void)state;
    before.answers[TLS_1_3] = no;
    assert_int_equal(verdict_judge(&rule, &before, &after, findings, &n), VERDICT_FAILED);
    assert_int_equal(n, 1);
    assert_true(findings[0].regression);
    assert_int_equal(findings[0].version, TLS_1_2);
    assert_string_equal(findings[0].text,
                        "443: nothing answers any more, before it accepted TLS 1.2");
    before = port_of(unsure);
    assert_int_equal(verdict_judge(&rule, &before, &after, findings, &n), VERDICT_FAILED);
    assert_string_equal(findings[0].text, "443: nothing answers any more");
}

static void port_that_never_was_open_is_inconclusive_where_there_is_a_wish(void **state)
{
    struct verify_rule rule = {.port = PORT,
                               .want = {[TLS_1_0] = WANT_REFUSED, WANT_REFUSED, WANT_ACCEPTED}};
    struct port_state closed = port_of(gone);
    struct finding findings[TLS_VERSIONS];
    size_t n;
    (void)state;
    assert_int_equal(verdict_judge(&rule, NULL, &closed, findings, &n), VERDICT_INCONCLUSIVE);
    assert_int_equal(n, 3);
    assert_int_equal(verdict_judge(&rule, &closed, &closed, findings, &n), VERDICT_INCONCLUSIVE);
    assert_int_equal(n, 3);
    memset(rule.want, 0, sizeof rule.want);
    assert_int_equal(verdict_judge(&rule, &closed, &closed, findings, &n), VERDICT_PASSED);
    assert_int_equal(n, 0);
}

static void failed_outweighs_inconclusive(void **state)
{
    struct verify_rule rule = {.port = PORT,
                               .want = {[TLS_1_0] = WANT_ACCEPTED, WANT_REFUSED}};
    struct port_state after = port_of(unsure);
    struct finding findings[TLS_VERSIONS];
    size_t n;
    (void)state;
    rule.want[TLS_1_2] = WANT_REFUSED;
    rule.want[TLS_1_3] = WANT_ACCEPTED;
    assert_int_equal(verdict_judge(&rule, NULL, &after, findings, &n), VERDICT_INCONCLUSIVE);
    assert_int_equal(n, 4);
    after.answers[TLS_1_1] = yes;
    assert_int_equal(verdict_judge(&rule, NULL, &after, findings, &n), VERDICT_FAILED);
    assert_int_equal(findings[1].verdict, VERDICT_FAILED);
    assert_int_equal(findings[2].verdict, VERDICT_INCONCLUSIVE);
    assert_string_equal(verdict_word(findings[2].verdict), "inconclusive");
    assert_string_equal(verdict_word(VERDICT_PASSED), "passed");
    assert_string_equal(verdict_word(VERDICT_FAILED), "failed");
}

static void dialect_is_named_and_the_longest_text_fits(void **state)
{
    struct verify_rule rule = {.port = 65535, .dialect = "fifteen-letters"};
    struct port_state before = port_of(yes), after = port_of(yes);
    struct finding findings[TLS_VERSIONS];
    size_t n;
    (void)state;
    rule.want[TLS_1_2] = WANT_REFUSED;
    after.answers[TLS_1_2].suite = 0x0063; /* one of the longest names */
    assert_int_equal(verdict_judge(&rule, &before, &after, findings, &n), VERDICT_FAILED);
    assert_string_equal(findings[0].text,
                        "65535 (fifteen-letters) TLS 1.2: accepted "
                        "(DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA), should be refused: restart owed, "
                        "or not a Schannel service");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_wish_and_answer_gives_its_verdict),
        cmocka_unit_test(findings_say_what_is_wrong),
        cmocka_unit_test(port_that_is_gone_is_one_regression),
        cmocka_unit_test(port_that_never_was_open_is_inconclusive_where_there_is_a_wish),
        cmocka_unit_test(failed_outweighs_inconclusive),
        cmocka_unit_test(dialect_is_named_and_the_longest_text_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
