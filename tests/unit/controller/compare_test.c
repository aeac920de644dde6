#include "controller/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct two {
    struct compare_end a, b;
    struct comparison c;
};

static struct two *two_new(void)
{
    struct two *t = calloc(1, sizeof *t);
    assert_non_null(t);
    return t;
}

/* A server that speaks from..to, each with these suites. */
static void server(struct compare_end *e, const char *name, enum tls_version from,
                   enum tls_version to, const uint32_t *suites, size_t n)
{
    struct scan_result *r = calloc(1, sizeof *r);
    assert_non_null(r);
    for (size_t v = 0; v < TLS_VERSIONS; v++) {
        bool on = v >= (size_t)from && v <= (size_t)to;
        r->versions[v].answer.seen = on ? SEEN_ACCEPTED : SEEN_REFUSED;
        if (on) {
            memcpy(r->versions[v].suites, suites, n * sizeof *suites);
            r->versions[v].n_suites = n;
        }
    }
    compare_end_of_scan(name, r, false, e);
    free(r);
}

static enum err end_of(const char *json, struct compare_end *out, struct why *why)
{
    json_t *j = json_loads(json, 0, NULL);
    assert_non_null(j);
    enum err e = compare_end_of_json("file.json", j, out, why);
    json_decref(j);
    return e;
}

static void assert_outcome(const struct two *t, enum compare_outcome outcome, const char *text,
                           const char *remedy)
{
    if (t->c.outcome != outcome || strstr(t->c.text, text) == NULL ||
        strstr(t->c.remedy, remedy) == NULL)
        fail_msg("outcome %d: %s; remedy: %s", (int)t->c.outcome, t->c.text, t->c.remedy);
}

static const uint32_t modern[] = {0xc030, 0xc02f, 0x0035}, ancient[] = {0x0035, 0x0005};

static void what_is_shared_is_counted(void **state)
{
    struct two *t = two_new();
    (void)state;
    server(&t->a, "a", TLS_1_0, TLS_1_2, modern, COUNT(modern));
    server(&t->b, "b", TLS_1_2, TLS_1_2, ancient, COUNT(ancient));
    compare_ends(&t->a, &t->b, &t->c);
    assert_outcome(t, COMPARE_SHARED, "they share TLS 1.2 (1 suite)", "");
    assert_int_equal(t->c.suites[TLS_1_2].at[0], 0x0035);
    assert_int_equal(t->c.versions[TLS_1_0], CMP_NO);
    free(t);
}

static void disjoint_versions_have_a_remedy(void **state)
{
    struct two *t = two_new();
    (void)state;
    server(&t->a, "old:443", SSL_3_0, TLS_1_0, ancient, COUNT(ancient));
    server(&t->b, "new:443", TLS_1_2, TLS_1_3, modern, COUNT(modern));
    compare_ends(&t->a, &t->b, &t->c);
    assert_outcome(t, COMPARE_NOTHING, "no version",
                   "switch TLS 1.2 on at old:443: below HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
                   "SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server set Enabled to 1");
    free(t);
}

static void disjoint_suites_have_a_remedy(void **state)
{
    static const uint32_t rc4[] = {0x0005}, gcm[] = {0x009d, 0xc030};
    struct two *t = two_new();
    (void)state;
    server(&t->a, "a", TLS_1_2, TLS_1_2, gcm, COUNT(gcm));
    server(&t->b, "b", TLS_1_2, TLS_1_2, rc4, COUNT(rc4));
    compare_ends(&t->a, &t->b, &t->c);
    assert_outcome(t, COMPARE_NOTHING, "no cipher suite",
                   "give b a suite that a has, as TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    free(t);
}

static void what_was_not_seen_is_in_doubt(void **state)
{
    struct two *t = two_new();
    (void)state;
    server(&t->a, "a", TLS_1_0, TLS_1_0, ancient, COUNT(ancient));
    server(&t->b, "b", TLS_1_2, TLS_1_2, modern, COUNT(modern));
    t->b.versions[TLS_1_0] = CMP_UNKNOWN;
    compare_ends(&t->a, &t->b, &t->c);
    assert_outcome(t, COMPARE_DOUBTFUL, "not everything could be seen", "");
    free(t);
}

static const char client[] =
    "{\"schema_version\": 1, \"kind\": \"clients\", \"clients\": [{\"schema_version\": 1, "
    "\"kind\": \"client\", \"hello\": {\"versions\": {\"SSL 2.0\": \"no\", \"SSL 3.0\": "
    "\"perhaps\", \"TLS 1.0\": \"yes\", \"TLS 1.1\": \"no\", \"TLS 1.2\": \"no\", \"TLS 1.3\": "
    "\"no\"}, \"suites\": [{\"id\": \"0x0035\"}, {\"id\": \"0x1301\"}]}}]}";

static void a_client_that_was_heard_is_an_end(void **state)
{
    struct two *t = two_new();
    (void)state;
    assert_int_equal(end_of(client, &t->a, NULL), OK);
    assert_true(t->a.client);
    assert_int_equal(t->a.suites[TLS_1_0].n, 1);
    assert_int_equal(t->a.suites[TLS_1_3].n, 1);
    server(&t->b, "new:443", TLS_1_2, TLS_1_2, modern, COUNT(modern));
    compare_ends(&t->a, &t->b, &t->c);
    assert_outcome(t, COMPARE_NOTHING, "no version", "Protocols\\TLS 1.2\\Client set Enabled");
    server(&t->b, "old:443", SSL_3_0, SSL_3_0, ancient, COUNT(ancient));
    compare_ends(&t->a, &t->b, &t->c);
    assert_outcome(t, COMPARE_DOUBTFUL, "a lower version than it names, SSL 3.0 (1 suite)", "");
    free(t);
}

static void a_scan_that_was_kept_is_an_end(void **state)
{
    static const char scan[] =
        "{\"schema_version\": 1, \"kind\": \"scan\", \"versions\": [{\"version\": \"TLS 1.2\", "
        "\"seen\": \"accepted\", \"suites\": [{\"id\": \"0xc030\"}]}, {\"version\": \"SSL 2.0\", "
        "\"seen\": \"accepted\", \"suites\": [{\"id\": \"0x0700c0\"}]}]}";
    struct two *t = two_new();
    (void)state;
    assert_int_equal(end_of(scan, &t->a, NULL), OK);
    assert_false(t->a.client);
    assert_int_equal(t->a.versions[TLS_1_2], CMP_YES);
    assert_int_equal(t->a.versions[TLS_1_0], CMP_UNKNOWN);
    assert_int_equal(t->a.suites[SSL_2_0].at[0], 0x0700c0);
    free(t);
}

static void other_files_are_refused(void **state)
{
    static const char *const bad[] = {
        "{}",
        "[]",
        "{\"kind\": \"report\"}",
        "{\"kind\": \"clients\", \"clients\": []}",
        "{\"kind\": \"scan\"}",
        "{\"kind\": \"scan\", \"schema_version\": 2, \"versions\": []}",
        "{\"kind\": \"scan\", \"schema_version\": 1, \"versions\": []}",
        "{\"kind\": \"scan\", \"schema_version\": 1, \"versions\": [{\"version\": \"TLS 9\"}]}",
        "{\"kind\": \"client\", \"schema_version\": 1, \"hello\": null}",
        "{\"kind\": \"client\", \"schema_version\": 1, \"hello\": {\"suites\": [{\"id\": 5}]}}",
    };
    struct two *t = two_new();
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct why why = {0};
        if (end_of(bad[i], &t->a, &why) != E_DATA || *why.text == '\0')
            fail_msg("%s was taken", bad[i]);
    }
    free(t);
}

static void a_comparison_is_shown(void **state)
{
    const struct page page = {.columns = 80};
    struct two *t = two_new();
    struct text text = {0};
    (void)state;
    server(&t->a, "old:443\x1b[1m", SSL_3_0, TLS_1_0, ancient, COUNT(ancient));
    server(&t->b, "new:443", TLS_1_0, TLS_1_2, modern, COUNT(modern));
    compare_ends(&t->a, &t->b, &t->c);
    compare_put_text(&page, &text, &t->a, &t->b, &t->c);
    assert_non_null(strstr(text_str(&text), "yes, 1 suite\n"));
    assert_non_null(strstr(text_str(&text), "  0035  TLS_RSA_WITH_AES_256_CBC_SHA  old\n"));
    assert_non_null(strstr(text_str(&text), "result: they share TLS 1.0 (1 suite)\n"));
    assert_null(strchr(text_str(&text), '\x1b'));
    json_t *j = compare_json(&t->a, &t->b, &t->c);
    assert_string_equal(json_string_value(json_object_get(j, "outcome")), "shared");
    json_decref(j);
    text_fini(&text);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shared_is_counted),
        cmocka_unit_test(disjoint_versions_have_a_remedy),
        cmocka_unit_test(disjoint_suites_have_a_remedy),
        cmocka_unit_test(what_was_not_seen_is_in_doubt),
        cmocka_unit_test(a_client_that_was_heard_is_an_end),
        cmocka_unit_test(a_scan_that_was_kept_is_an_end),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(a_comparison_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
