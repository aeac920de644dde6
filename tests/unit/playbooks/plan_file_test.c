/* Plans written, read, and refused. */
#include "base/crypto.h"
#include "base/text.h"
#include "playbooks/plan.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

static struct change change_of(const char *path, const char *name, const char *before,
                               const char *after)
{
    struct change c = {.name = str_dup(name)};
    assert_int_equal(path_from_code(path, &c.path), OK);
    assert_int_equal(value_from_code(before, &c.before), OK);
    assert_int_equal(value_from_code(after, &c.after), OK);
    return c;
}

static struct plan *sample(void)
{
    struct plan *p = calloc(1, sizeof *p);
    p->title = str_dup("A \"title\" \\ \x01 \x7f é");
    p->playbook = str_dup("p");
    p->made_at_ms = INT64_C(1795226584567);
    p->n_verify = 1;
    p->verify = calloc(1, sizeof *p->verify);
    p->verify[0] = (struct verify_rule){.port = 443, .dialect = "smtp", .line = 7};
    p->verify[0].want[TLS_1_0] = WANT_REFUSED;
    p->verify[0].want[TLS_1_3] = WANT_ACCEPTED;
    p->n_hosts = 3;
    p->hosts = calloc(3, sizeof *p->hosts);
    p->hosts[0] = (struct plan_host){.name = str_dup("web01"),
                                     .affinity = str_dup("pair"),
                                     .owes_restart = true,
                                     .n_changes = 4};
    p->hosts[0].changes = calloc(4, sizeof(struct change));
    p->hosts[0].changes[0] = change_of("HKLM\\SOFTWARE\\T", NULL, "absent", "0:");
    p->hosts[0].changes[1] = change_of("HKLM/32\\SOFTWARE\\T", "V", "absent", "4:01000000");
    p->hosts[0].changes[1].effect = EFFECT_NONE;
    p->hosts[0].changes[1].why = str_dup("because");
    p->hosts[0].changes[2] =
        change_of("HKLM\\SOFTWARE\\half\xed\xa0\x80", "half\xed\xa0\x80", "1:3100", "absent");
    p->hosts[0].changes[3] = change_of("HKU\\x", NULL, "0:", "absent");
    p->hosts[1] = (struct plan_host){.name = str_dup("web02"),
                                     .verdict = PLAN_EXEMPT,
                                     .reason = str_dup("os.build >= 7601 does not hold")};
    p->hosts[2] = (struct plan_host){.name = str_dup("web03"),
                                     .verdict = PLAN_UNKNOWN,
                                     .err = E_TIMEOUT,
                                     .reason = str_dup("no answer")};
    assert_int_equal(plan_seal(p), OK);
    return p;
}

static char *written(const struct plan *p)
{
    struct text t = {0};
    char *s = NULL;
    assert_int_equal(plan_write(p, &t), OK);
    assert_int_equal(text_take(&t, &s), OK);
    return s;
}

static const char canonical[] =
    "\"hosts\":["
    "{\"affinity\":\"pair\",\"changes\":["
    "{\"after\":\"0:\",\"before\":\"absent\",\"effect\":\"restart\",\"key\":"
    "\"HKLM\\\\SOFTWARE\\\\T\",\"name\":null,\"why\":null},"
    "{\"after\":\"4:01000000\",\"before\":\"absent\",\"effect\":\"none\",\"key\":\"HKLM/"
    "32\\\\SOFTWARE\\\\T\",\"name\":\"V\",\"why\":\"because\"},"
    "{\"after\":\"absent\",\"before\":\"1:3100\",\"effect\":\"restart\",\"key\":{\"hex\":"
    "\"484b4c4d5c534f4654574152455c68616c66eda080\"},"
    "\"name\":{\"hex\":\"68616c66eda080\"},\"why\":null},"
    "{\"after\":\"absent\",\"before\":\"0:\",\"effect\":\"restart\",\"key\":\"HKU\\\\x\",\"name\":"
    "null,\"why\":null}],"
    "\"err\":\"OK\",\"name\":\"web01\",\"owes_restart\":true,\"reason\":null,\"verdict\":\"go\"},"
    "{\"affinity\":null,\"changes\":[],\"err\":\"OK\",\"name\":\"web02\",\"owes_restart\":false,"
    "\"reason\":\"os.build >= 7601 does not hold\",\"verdict\":\"exempt\"},"
    "{\"affinity\":null,\"changes\":[],\"err\":\"E_TIMEOUT\",\"name\":\"web03\",\"owes_restart\":"
    "false,\"reason\":\"no answer\",\"verdict\":\"unknown\"}],"
    "\"kind\":\"apply\",\"made_at\":\"2026-11-21T02:03:04.567Z\",\"playbook\":\"p\",\"rollback_"
    "of\":0,\"schema_version\":1,"
    "\"title\":\"A \\\"title\\\" \\\\ \\u0001 \\u007f \xc3\xa9\","
    "\"verify\":[{\"line\":7,\"port\":443,\"starttls\":\"smtp\",\"tls1.0\":\"refused\",\"tls1.1\":"
    "\"any\",\"tls1.2\":\"any\",\"tls1.3\":\"accepted\"}]}";

static void a_plan_is_one_line_of_sorted_json_with_its_digest(void **state)
{
    struct plan *p = sample();
    char *s = written(p);
    struct text want = {0}, plain = {0}, hex = {0};
    uint8_t hash[SHA256_SIZE];
    (void)state;
    text_printf(&want, "{\"digest\":\"%s\",%s\n", p->digest, canonical);
    assert_string_equal(s, text_str(&want));
    text_printf(&plain, "{%s", canonical); /* the digest is of this */
    assert_int_equal(crypto_sha256(rd_of(plain.s, plain.used), hash), OK);
    text_hex(&hex, hash, sizeof hash);
    assert_string_equal(p->digest, text_str(&hex));
    text_fini(&want);
    text_fini(&plain);
    text_fini(&hex);
    free(s);
    plan_free(p);
}

static void a_wish_about_ssl_is_written_only_where_there_is_one(void **state)
{
    struct plan *p = sample(), *again = NULL;
    char *s = written(p);
    (void)state;
    assert_null(strstr(s, "ssl")); /* so plans of before SSL was known keep their digest */
    free(s);
    p->verify[0].want[SSL_3_0] = WANT_REFUSED;
    assert_int_equal(plan_seal(p), OK);
    s = written(p);
    assert_non_null(strstr(s, "\"port\":443,\"ssl3.0\":\"refused\",\"starttls\":\"smtp\""));
    assert_int_equal(plan_read("x", s, strlen(s), &again, NULL), OK);
    assert_int_equal(again->verify[0].want[SSL_3_0], WANT_REFUSED);
    assert_int_equal(again->verify[0].want[SSL_2_0], WANT_ANYTHING);
    free(s);
    plan_free(again);
    plan_free(p);
}

static void a_plan_read_again_is_the_same(void **state)
{
    struct plan *p = sample(), *again = NULL;
    char *s = written(p);
    struct why why = {0};
    (void)state;
    enum err e = plan_read("x.plan", s, strlen(s), &again, &why);
    if (e != OK)
        fail_msg("%s: %s", why.place, why.text);
    char *t = written(again);
    assert_string_equal(s, t);
    assert_string_equal(again->title, p->title);
    assert_int_equal(again->made_at_ms, p->made_at_ms);
    assert_string_equal(again->hosts[0].changes[2].name, "half\xed\xa0\x80");
    assert_int_equal(again->hosts[2].err, E_TIMEOUT);
    assert_int_equal(again->verify[0].want[TLS_1_3], WANT_ACCEPTED);
    assert_ptr_equal(plan_find_host(again, "web02"), &again->hosts[1]);
    assert_null(plan_find_host(again, "web04"));
    free(t);
    free(s);
    plan_free(p);
    plan_free(again);
}

static void an_empty_plan_and_a_rollback_survive(void **state)
{
    struct plan p = {.kind = PLAN_ROLLBACK, .rollback_of = INT64_MAX}, *again = NULL;
    struct why why = {0};
    (void)state;
    assert_int_equal(plan_seal(&p), OK);
    char *s = written(&p);
    assert_int_equal(plan_read("x.plan", s, strlen(s), &again, &why), OK);
    assert_int_equal(again->kind, PLAN_ROLLBACK);
    assert_true(again->rollback_of == INT64_MAX);
    assert_null(again->title);
    assert_int_equal(again->made_at_ms, 0);
    free(s);
    plan_free(again);
}

static void blanks_and_the_order_of_members_do_not_matter(void **state)
{
    struct plan p = {0}, *again = NULL;
    struct text t = {0};
    struct why why = {0};
    (void)state;
    assert_int_equal(plan_seal(&p), OK);
    text_printf(&t,
                "{ \"verify\": [ ],\n \"title\": null, \"schema_version\": 1, \"rollback_of\": 0, "
                "\"playbook\": null,\n"
                "\"made_at\": \"1970-01-01T00:00:00.000Z\", \"kind\": \"apply\", \"hosts\": [], "
                "\"digest\": \"%s\" }",
                p.digest);
    assert_int_equal(plan_read("x.plan", t.s, t.used, &again, &why), OK);
    assert_string_equal(again->digest, p.digest);
    plan_free(again);
    text_fini(&t);
}

static void refused(const char *json, size_t n, const char *place, const char *words)
{
    struct plan *p = NULL;
    struct why why = {0};
    enum err e = plan_read("x.plan", json, n, &p, &why);
    assert_null(p);
    if (e != E_DATA || strcmp(why.place, place) != 0 || strstr(why.text, words) == NULL)
        fail_msg("expected E_DATA %s with \"%s\", got %s %s: %s", place, words, err_name(e),
                 why.place, why.text);
}

/* The sample with the first `from` replaced by `to`. */
static void edited(const char *from, const char *to, const char *place, const char *words)
{
    struct plan *p = sample();
    char *s = written(p);
    struct text t = {0};
    char *at = strstr(s, from);
    assert_non_null(at);
    text_put_n(&t, s, (size_t)(at - s));
    text_put(&t, to);
    text_put(&t, at + strlen(from));
    refused(t.s, t.used, place, words);
    text_fini(&t);
    free(s);
    plan_free(p);
}

static void promise_8_edited_content_is_told_by_its_digest(void **state)
{
    (void)state;
    edited("4:01000000", "4:00000000", "x.plan: digest", "edited: its content has the digest");
    edited("web01", "web09", "x.plan: digest", "edited");
    edited("\"owes_restart\":true", "\"owes_restart\":false", "x.plan: digest", "edited");
    edited("\"effect\":\"none\"", "\"effect\":\"restart\"", "x.plan: digest", "edited");
    edited("\"port\":443", "\"port\":444", "x.plan: digest", "edited");
    edited("\"verdict\":\"exempt\"", "\"verdict\":\"go\"", "x.plan: digest", "edited");
    edited("because", "becauze", "x.plan: digest", "edited");
    edited("04.567Z", "04.568Z", "x.plan: digest", "edited");
    edited("\"kind\":\"apply\"", "\"kind\":\"rollback\"", "x.plan: digest", "edited");
    edited("\"rollback_of\":0", "\"rollback_of\":1", "x.plan: digest", "edited");
    edited("\"digest\":\"", "\"digest\":\"x", "x.plan: digest", "64 hex digits");
    edited("\"digest\":\"", "\"digest\":1,\"d\":\"", "x.plan: d", "no member of this name");
}

static void another_schema_version_is_told_before_anything_else(void **state)
{
    (void)state;
    edited("\"schema_version\":1", "\"schema_version\":2,\"new\":1", "x.plan: schema_version",
           "a plan of schema version 2; this program reads version 1");
    edited("\"schema_version\":1", "\"schema_version\":\"1\"", "x.plan: schema_version",
           "expected an integer");
    edited("\"schema_version\":1,", "", "x.plan: schema_version", "missing");
    refused("{}", 2, "x.plan: schema_version", "missing");
    refused("[]", 2, "x.plan: ", "expected a plan, a JSON object");
}

static void a_missing_or_unknown_member_is_told_with_its_place(void **state)
{
    (void)state;
    edited("\"kind\":\"apply\",", "", "x.plan: kind", "missing");
    edited("\"title\":", "\"tilte\":", "x.plan: title", "missing");
    edited("\"playbook\":\"p\"", "\"playbook\":\"p\",\"x\":1", "x.plan: x",
           "no member of this name");
    edited("\"effect\":\"none\",", "", "x.plan: hosts[0].changes[1].effect", "missing");
    edited("\"reason\":null,", "", "x.plan: hosts[0].reason", "missing");
    edited("\"port\":443,", "", "x.plan: verify[0].port", "missing");
    edited("\"port\":443,", "\"port\":443,\"\\u001b\":1,", "x.plan: verify[0].\\x1B",
           "no member of this name");
}

static void a_wrong_type_or_word_is_told_with_its_place(void **state)
{
    (void)state;
    edited("\"kind\":\"apply\"", "\"kind\":\"apply now\"", "x.plan: kind",
           "expected apply or rollback");
    edited("\"kind\":\"apply\"", "\"kind\":null", "x.plan: kind", "expected apply or rollback");
    edited("\"playbook\":\"p\"", "\"playbook\":5", "x.plan: playbook", "expected a text or null");
    edited("\"rollback_of\":0", "\"rollback_of\":-1", "x.plan: rollback_of", "expected an integer");
    edited("\"rollback_of\":0", "\"rollback_of\":0.5", "x.plan: rollback_of",
           "expected an integer");
    edited("\"name\":\"web02\"", "\"name\":null", "x.plan: hosts[1].name", "expected a text");
    edited("\"name\":\"web02\"", "\"name\":\"web01\"", "x.plan: hosts[1].name",
           "not in the list already");
    edited("\"verdict\":\"exempt\"", "\"verdict\":\"stay\"", "x.plan: hosts[1].verdict",
           "go or exempt or unknown");
    edited("\"err\":\"E_TIMEOUT\"", "\"err\":\"E_TIMEOUTS\"", "x.plan: hosts[2].err",
           "the name of an error");
    edited("\"owes_restart\":true", "\"owes_restart\":1", "x.plan: hosts[0].owes_restart",
           "true or false");
    edited("\"before\":\"1:3100\"", "\"before\":\"1:310\"", "x.plan: hosts[0].changes[2].before",
           "absent or TYPE:HEX");
    edited("\"before\":\"1:3100\"", "\"before\":null", "x.plan: hosts[0].changes[2].before",
           "absent or TYPE:HEX");
    edited("HKLM/32", "HKLN", "x.plan: hosts[0].changes[1].key", "a registry key");
    edited("\"effect\":\"none\"", "\"effect\":1", "x.plan: hosts[0].changes[1].effect",
           "restart or none");
    edited("\"name\":\"V\"", "\"name\":null", "x.plan: hosts[0].changes[1].name", "a value name");
    edited("\"name\":\"V\"", "\"name\":{\"hex\":\"61\"}", "x.plan: hosts[0].changes[1].name",
           "a text that is not UTF-8");
    edited("\"name\":\"V\"", "\"name\":{\"hex\":\"ff00\"}", "x.plan: hosts[0].changes[1].name",
           "a text that is not UTF-8");
    edited("\"name\":\"V\"", "\"name\":{\"hex\":\"f\"}", "x.plan: hosts[0].changes[1].name",
           "{\"hex\": …}");
    edited("\"name\":\"V\"", "\"name\":{\"hex\":\"ffffxx\"}", "x.plan: hosts[0].changes[1].name",
           "a text that is not UTF-8");
    edited("\"starttls\":\"smtp\"", "\"starttls\":\"0123456789abcdef\"",
           "x.plan: verify[0].starttls", "at most 15 bytes");
    edited("\"tls1.1\":\"any\"", "\"tls1.1\":\"maybe\"", "x.plan: verify[0].tls1.1",
           "any or accepted or refused");
    edited("\"port\":443", "\"port\":65536", "x.plan: verify[0].port", "expected an integer");
    edited("\"verify\":[{", "\"verify\":[[],{", "x.plan: verify[0].", "an object");
    edited("\"changes\":[]", "\"changes\":{}", "x.plan: hosts[1].changes", "expected a list");
}

static void a_time_is_a_real_one(void **state)
{
    static const char *const times[] = {"2026-02-30T00:00:00.000Z", "2026-11-21T24:00:00.000Z",
                                        "2026-11-21T02:60:00.000Z", "2026-13-01T00:00:00.000Z",
                                        "1969-12-31T23:59:59.999Z", "2026-11-21T02:03:04Z",
                                        "2026-11-21 02:03:04.567Z", "",
                                        "2026-11-21T02:03:04.567+"};
    (void)state;
    for (size_t i = 0; i < COUNT(times); i++)
        edited("2026-11-21T02:03:04.567Z", times[i], "x.plan: made_at", "expected a time such as");
    edited("2026-11-21T02:03:04.567Z", "2024-02-29T00:00:00.000Z", "x.plan: digest", "edited");
}

static void changes_out_of_order_are_refused(void **state)
{
    struct plan *p = sample();
    struct change c = p->hosts[0].changes[0];
    (void)state;
    p->hosts[0].changes[0] = p->hosts[0].changes[1];
    p->hosts[0].changes[1] = c;
    assert_int_equal(plan_seal(p), OK);
    char *s = written(p);
    refused(s, strlen(s), "x.plan: hosts[0].changes[1].after",
            "keys created, values set, values deleted");
    free(s);
    plan_free(p);
}

static void what_is_not_json_is_told_with_line_and_column(void **state)
{
    (void)state;
    refused("", 0, "x.plan:1:0", "the file ends in the middle");
    refused("{\n  \"a\": x\n}", 12, "x.plan:2:8", "not JSON");
    refused("{\"a\":1,\"a\":2}", 13, "x.plan:1:10", "duplicate object key");
    refused("{} {}", 5, "x.plan:1:4", "end of file expected");
    refused("\xff", 1, "x.plan:1:0", "not JSON");
    refused("{\"a\":\"\\u0000\"}", 14, "x.plan:1:13", "not JSON");
    refused("{\"a\" \x1b]0;x", 10, "x.plan:1:6", "\\x1B");
}

static void promise_13_a_plan_cut_anywhere_is_refused(void **state)
{
    struct plan *p = sample();
    char *s = written(p);
    size_t middle = 0;
    (void)state;
    for (size_t n = 0; n < strlen(s) - 1; n++) { /* without its newline it is whole */
        struct plan *cut = NULL;
        struct why why = {0};
        assert_int_equal(plan_read("x.plan", s, n, &cut, &why), E_DATA);
        assert_null(cut);
        assert_true(str_starts(why.place, "x.plan:1:"));
        middle += str_starts(why.text, "the file ends in the middle: ");
    }
    assert_true(middle > strlen(s) * 9 / 10); /* the others are cut in a word or a character */
    free(s);
    plan_free(p);
}

static void any_flipped_byte_is_refused_or_means_the_same(void **state)
{
    struct plan *p = sample();
    char *s = written(p);
    size_t n = strlen(s);
    (void)state;
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            struct plan *other = NULL;
            struct why why = {0};
            s[i] = (char)(s[i] ^ 1 << bit);
            if (plan_read("x.plan", s, n, &other, &why) == OK)
                assert_string_equal(other->digest, p->digest); /* the newline may be any blank */
            plan_free(other);
            s[i] = (char)(s[i] ^ 1 << bit);
        }
    free(s);
    plan_free(p);
}

static void a_plan_without_digest_or_with_an_impossible_time_is_not_written(void **state)
{
    struct plan p = {0};
    struct text t = {0};
    (void)state;
    assert_int_equal(plan_write(&p, &t), E_INTERNAL);
    p.made_at_ms = -1;
    assert_int_equal(plan_seal(&p), E_INTERNAL);
    p.made_at_ms = INT64_MAX;
    assert_int_equal(plan_seal(&p), E_INTERNAL);
    text_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_is_one_line_of_sorted_json_with_its_digest),
        cmocka_unit_test(a_wish_about_ssl_is_written_only_where_there_is_one),
        cmocka_unit_test(a_plan_read_again_is_the_same),
        cmocka_unit_test(an_empty_plan_and_a_rollback_survive),
        cmocka_unit_test(blanks_and_the_order_of_members_do_not_matter),
        cmocka_unit_test(promise_8_edited_content_is_told_by_its_digest),
        cmocka_unit_test(another_schema_version_is_told_before_anything_else),
        cmocka_unit_test(a_missing_or_unknown_member_is_told_with_its_place),
        cmocka_unit_test(a_wrong_type_or_word_is_told_with_its_place),
        cmocka_unit_test(a_time_is_a_real_one),
        cmocka_unit_test(changes_out_of_order_are_refused),
        cmocka_unit_test(what_is_not_json_is_told_with_line_and_column),
        cmocka_unit_test(promise_13_a_plan_cut_anywhere_is_refused),
        cmocka_unit_test(any_flipped_byte_is_refused_or_means_the_same),
        cmocka_unit_test(a_plan_without_digest_or_with_an_impossible_time_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
