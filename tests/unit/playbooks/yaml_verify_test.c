#include "base/text.h"
#include "playbooks/plan.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

#define P "playbook: p\nverify:\n"
#define FULL                                                                                 \
    P "  - {port: 443, ssl3.0: refused, tls1.0: refused, tls1.2: accepted, suites: {must: "  \
      "[\"TLS_ECDHE_*\", \"ECDHE-RSA-AES128-GCM-SHA256\"], must_not: [\"RC4\", \"3DES\", "   \
      "\"NULL\"]}, min_dh: 2048, min_rsa: 3072, certificate: {unchanged: true, name: true, " \
      "trusted: true, days_left: 30}}\n"                                                     \
      "  - {port: 1433, starttls: mssql, certificate: {unchanged: true}}\n"

static void rule_with_suites_keys_and_certificate_is_read(void **state)
{
    struct playbook *p = yaml_good(FULL);
    const struct verify_rule *r = &p->verify[0];
    (void)state;
    assert_int_equal(p->n_verify, 2);
    assert_string_equal(r->must, "TLS_ECDHE_* ECDHE-RSA-AES128-GCM-SHA256");
    assert_string_equal(r->must_not, "RC4 3DES NULL");
    assert_int_equal(r->min_dh, 2048);
    assert_int_equal(r->min_rsa, 3072);
    assert_true(r->certificate.unchanged && r->certificate.name && r->certificate.trusted);
    assert_int_equal(r->certificate.days_left, 30);
    assert_true(verify_asks_suites(r) && verify_asks_certificate(r));
    assert_false(verify_asks_suites(&p->verify[1]));
    assert_true(verify_asks_certificate(&p->verify[1]));
    assert_false(p->verify[1].certificate.name);
    playbook_free(p);
    p = yaml_good(P "  - {port: 1, suites: {must_not: RC4}}\n  - {port: 2, tls1.2: accepted}\n"
                    "  - {port: 3, min_dh: 1024}\n  - {port: 4, min_rsa: 1}\n"
                    "  - {port: 5, certificate: {name: false}}\n");
    assert_string_equal(p->verify[0].must_not, "RC4");
    assert_true(verify_asks_suites(&p->verify[0]) && !verify_asks_certificate(&p->verify[0]));
    assert_false(verify_asks_suites(&p->verify[1]) || verify_asks_certificate(&p->verify[1]));
    assert_true(verify_asks_suites(&p->verify[2]));
    assert_true(verify_asks_certificate(&p->verify[3]));
    assert_false(verify_asks_certificate(&p->verify[4]));
    playbook_free(p);
}

static void bad_parts_are_refused_with_place_and_reason(void **state)
{
    (void)state;
    yaml_bad(P "  - {port: 1, suites: RC4}\n", "3:23", "expected suites, a map");
    yaml_bad(P "  - {port: 1, suites: {}}\n", "3:23", "asks for nothing");
    yaml_bad(P "  - {port: 1, suites: {must: []}}\n", "3:23", "asks for nothing");
    yaml_bad(P "  - {port: 1, suites: {most: [RC4]}}\n", "3:24", "did you mean `must`?");
    yaml_bad(P "  - {port: 1, suites: {must: [{a: b}]}}\n", "3:31", "the name of a cipher suite");
    yaml_bad(P "  - {port: 1, suites: {must: ['']}}\n", "3:31", "such as RC4");
    yaml_bad(P "  - {port: 1, suites: {must: ['RC4 3DES']}}\n", "3:31", "got `RC4 3DES`");
    yaml_bad(P "  - {port: 1, suites: {must: [\"a\\0b\"]}}\n", "3:31", "such as RC4");
    yaml_bad(P "  - {port: 1, suites: {must: ['*']}}\n", "3:31", "got `*`");
    yaml_bad(P "  - {port: 1, suites: {must: [\"RC#4\"]}}\n", "3:31", "such as RC4");
    yaml_bad(P "  - {port: 1, min_dh: 0}\n", "3:23", "expected bits, 1 to 65536, got `0`");
    yaml_bad(P "  - {port: 1, min_dh: 65537}\n", "3:23", "expected bits");
    yaml_bad(P "  - {port: 1, min_rsa: big}\n", "3:24", "got `big`");
    yaml_bad(P "  - {port: 1, min_rsa: []}\n", "3:24", "got a list");
    yaml_bad(P "  - {port: 1, certificate: same}\n", "3:28", "expected certificate, a map");
    yaml_bad(P "  - {port: 1, certificate: {changed: true}}\n", "3:29", "mean `unchanged`?");
    yaml_bad(P "  - {port: 1, certificate: {unchanged: yes}}\n", "3:40", "expected false or true");
    yaml_bad(P "  - {port: 1, certificate: {trusted: 1}}\n", "3:38", "got `1`");
    yaml_bad(P "  - {port: 1, certificate: {days_left: 0}}\n", "3:40", "expected days, 1 to 3650");
    yaml_bad(P "  - {port: 1, certificate: {days_left: 3651}}\n", "3:40", "got `3651`");
    yaml_bad(P "  - {port: 1, ssl3.1: any}\n", "3:15", "did you mean `ssl3.0`?");
}

static void more_suites_than_fit_are_refused(void **state)
{
    struct text t = {0};
    (void)state;
    text_put(&t, P "  - {port: 1, suites: {must: [A");
    for (int i = 0; i < 20; i++)
        text_printf(&t, ", TLS_ECDHE_RSA_WITH_SOME_QUITE_LONG_%02d", i);
    text_put(&t, "]}}\n");
    yaml_bad(text_str(&t), "3:541", "more names than fit");
    text_fini(&t);
}

static void rules_come_back_from_yaml_as_they_were(void **state)
{
    struct playbook *p = yaml_good(FULL), *again;
    struct text t = {0};
    (void)state;
    assert_int_equal(playbook_write_yaml(p, &t), OK);
    again = yaml_good(text_str(&t));
    assert_int_equal(again->n_verify, 2);
    again->verify[0].line = p->verify[0].line;
    again->verify[1].line = p->verify[1].line;
    assert_memory_equal(again->verify, p->verify, 2 * sizeof *p->verify);
    text_fini(&t);
    playbook_free(again);
    playbook_free(p);
}

static struct plan *plan_of(const struct playbook *p)
{
    struct plan *plan = calloc(1, sizeof *plan);
    assert_non_null(plan);
    plan->playbook = str_dup(p->name);
    plan->title = str_dup(p->name);
    plan->hosts = calloc(1, sizeof *plan->hosts);
    plan->verify = calloc(p->n_verify, sizeof *plan->verify);
    assert_non_null(plan->verify);
    memcpy(plan->verify, p->verify, p->n_verify * sizeof *p->verify);
    plan->n_verify = p->n_verify;
    assert_int_equal(plan_seal(plan), OK);
    return plan;
}

static void plan_refuses(const char *whole, const char *from, const char *to, const char *place)
{
    struct text t = {0};
    struct plan *plan;
    struct why why;
    const char *at = strstr(whole, from);
    assert_non_null(at);
    text_put_n(&t, whole, (size_t)(at - whole));
    text_put(&t, to);
    text_put(&t, at + strlen(from));
    assert_int_equal(plan_read("x", text_str(&t), t.used, &plan, &why), E_DATA);
    if (strcmp(why.place, place) != 0)
        fail_msg("%s instead of %s", why.place, place);
    text_fini(&t);
}

static void rules_come_back_from_a_plan_as_they_were(void **state)
{
    struct playbook *p = yaml_good(FULL);
    struct plan *plan = plan_of(p), *again;
    struct text t = {0};
    struct why why;
    (void)state;
    assert_int_equal(plan_write(plan, &t), OK);
    assert_int_equal(plan_read("x", text_str(&t), t.used, &again, &why), OK);
    assert_memory_equal(again->verify, p->verify, 2 * sizeof *p->verify);
    assert_string_equal(again->digest, plan->digest);
    plan_refuses(text_str(&t), "\"min_dh\":2048", "\"min_dh\":2047", "x: digest");
    plan_refuses(text_str(&t), "\"min_dh\":2048", "\"min_dh\":-1", "x: verify[0].min_dh");
    plan_refuses(text_str(&t), "\"min_rsa\":3072", "\"min_rsa\":[]", "x: verify[0].min_rsa");
    plan_refuses(text_str(&t), "\"days_left\":30", "\"days_left\":99999",
                 "x: verify[0].days_left");
    plan_refuses(text_str(&t), "\"certificate_name\":true", "\"certificate_name\":false",
                 "x: verify[0].certificate_name");
    plan_refuses(text_str(&t), "\"RC4 3DES NULL\"", "\"RC4 #\"",
                 "x: verify[0].suites_must_not");
    plan_refuses(text_str(&t), "\"RC4 3DES NULL\"", "7", "x: verify[0].suites_must_not");
    text_fini(&t);
    plan_free(again);
    plan_free(plan);
    playbook_free(p);
}

static void plan_that_asks_for_nothing_new_is_written_as_ever(void **state)
{
    struct playbook *p = yaml_good(P "  - {port: 443, tls1.2: accepted}\n");
    struct plan *plan = plan_of(p);
    struct text t = {0};
    (void)state;
    assert_int_equal(plan_write(plan, &t), OK);
    assert_non_null(strstr(text_str(&t),
                           "\"verify\":[{\"line\":3,\"port\":443,\"starttls\":\"\",\"tls1.0\":"
                           "\"any\",\"tls1.1\":\"any\",\"tls1.2\":\"accepted\",\"tls1.3\":"
                           "\"any\"}]"));
    text_fini(&t);
    plan_free(plan);
    playbook_free(p);
}

static void finds(const char *rule, const char *words)
{
    struct text t = {0};
    struct lint_finding *found = NULL;
    size_t n = 0;
    text_printf(&t, P "  - {port: 7, %s}\n", rule);
    struct playbook *p = yaml_good(text_str(&t));
    assert_int_equal(playbook_lint(p, &found, &n), OK);
    assert_int_equal(n, words ? 1 : 0);
    if (words && (found[0].line != 3 || !strstr(found[0].text, words)))
        fail_msg("%d: %s", found[0].line, found[0].text);
    free(found);
    playbook_free(p);
    text_fini(&t);
}

static void rules_that_are_probably_not_meant_are_found(void **state)
{
    (void)state;
    finds("tls1.2: accepted, suites: {must: A, must_not: [B, A]}", "A both must be there");
    finds("suites: {must: [AB], must_not: [A, B]}", NULL);
    finds("tls1.0: refused, tls1.1: refused, tls1.2: refused, tls1.3: refused",
          "nobody could connect");
    finds("tls1.0: refused, tls1.1: refused, tls1.2: refused", NULL);
    finds("ssl3.0: accepted", "RFC 7568");
    finds("ssl2.0: refused, ssl3.0: any", NULL);
    finds("starttls: mssql, tls1.3: accepted", "mssql-strict");
    finds("starttls: mssql-strict, tls1.3: accepted", NULL);
    finds("starttls: rdp, certificate: {trusted: true}", "signs its certificate itself");
    finds("starttls: mssql, certificate: {name: true}", "signs its certificate itself");
    finds("starttls: rdp, certificate: {unchanged: true}", NULL);
    finds("starttls: smtp, certificate: {name: true}", NULL);
    finds("min_rsa: 1024", "Server 2025");
    finds("min_rsa: 2048", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_with_suites_keys_and_certificate_is_read),
        cmocka_unit_test(bad_parts_are_refused_with_place_and_reason),
        cmocka_unit_test(more_suites_than_fit_are_refused),
        cmocka_unit_test(rules_come_back_from_yaml_as_they_were),
        cmocka_unit_test(rules_come_back_from_a_plan_as_they_were),
        cmocka_unit_test(plan_that_asks_for_nothing_new_is_written_as_ever),
        cmocka_unit_test(rules_that_are_probably_not_meant_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
