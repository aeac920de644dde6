#include "playbooks/guard.h"

#include "base/text.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

struct host {
    int64_t build; /* 0: unknown */
    const char *product, *name;
    bool mistyped; /* every fact is told as the other type */
};

static struct fact_value text_fact(const char *s)
{
    struct fact_value v = {.known = s != NULL};
    (void)snprintf(v.text, sizeof v.text, "%s", s == NULL ? "" : s);
    return v;
}

static struct fact_value ask(void *self, const char *name)
{
    const struct host *h = self;
    struct fact_value v;
    if (strcmp(name, "os.build") == 0)
        v = (struct fact_value){.known = h->build != 0, .is_number = true, .number = h->build};
    else
        v = text_fact(strcmp(name, "os.product") == 0 ? h->product : h->name);
    v.is_number = v.is_number != h->mistyped;
    return v;
}

static enum guard_answer eval(const char *that, struct host h)
{
    enum guard_answer answer = GUARD_FAILS;
    struct why why = {0};
    enum err e = guard_eval(that, ask, &h, &answer, &why);
    if (e != OK)
        fail_msg("%s: %s: %s", that, why.place, why.text);
    return answer;
}

static const struct host server = {
    .build = 9600, .product = "ServerNT", .name = "Windows Server 2012 R2 Standard"};

static void a_number_is_compared_in_six_ways(void **state)
{
    (void)state;
    assert_int_equal(eval("os.build == 9600", server), GUARD_HOLDS);
    assert_int_equal(eval("os.build != 9600", server), GUARD_FAILS);
    assert_int_equal(eval("os.build < 9600", server), GUARD_FAILS);
    assert_int_equal(eval("os.build < 9601", server), GUARD_HOLDS);
    assert_int_equal(eval("os.build <= 9600", server), GUARD_HOLDS);
    assert_int_equal(eval("os.build <= 9599", server), GUARD_FAILS);
    assert_int_equal(eval("os.build > 9600", server), GUARD_FAILS);
    assert_int_equal(eval("os.build > 9599", server), GUARD_HOLDS);
    assert_int_equal(eval("os.build >= 9600", server), GUARD_HOLDS);
    assert_int_equal(eval("os.build >= 9601", server), GUARD_FAILS);
    assert_int_equal(eval("os.build == 0x2580", server), GUARD_HOLDS);
    assert_int_equal(eval("os.build <= 9223372036854775807", server), GUARD_HOLDS);
}

static void a_text_is_equal_without_case_or_not_equal(void **state)
{
    (void)state;
    assert_int_equal(eval("os.product == \"ServerNT\"", server), GUARD_HOLDS);
    assert_int_equal(eval("os.product == 'servernt'", server), GUARD_HOLDS);
    assert_int_equal(eval("os.product != 'WinNT'", server), GUARD_HOLDS);
    assert_int_equal(eval("os.product == 'WinNT'", server), GUARD_FAILS);
    assert_int_equal(eval("os.name == 'Windows Server 2012 R2 Standard'", server), GUARD_HOLDS);
    assert_int_equal(eval("os.name == ''", server), GUARD_FAILS);
}

static void not_binds_closer_than_and_and_that_closer_than_or(void **state)
{
    (void)state;
    assert_int_equal(eval("os.build > 1 or os.build < 1 and os.build < 1", server), GUARD_HOLDS);
    assert_int_equal(eval("(os.build > 1 or os.build < 1) and os.build < 1", server), GUARD_FAILS);
    assert_int_equal(eval("not os.build < 1 and os.build < 1", server), GUARD_FAILS);
    assert_int_equal(eval("not (os.build < 1 and os.build < 1)", server), GUARD_HOLDS);
    assert_int_equal(eval("not not os.build > 1", server), GUARD_HOLDS);
    assert_int_equal(eval("not(os.build<1)and(os.build>1)", server), GUARD_HOLDS);
    assert_int_equal(eval("os.product == \"ServerNT\" and not os.build < 9200", server),
                     GUARD_HOLDS);
}

static void an_unknown_fact_makes_the_answer_unknown_wherever_it_stands(void **state)
{
    static const char *const guards[] = {"os.build >= 1",
                                         "not os.build >= 1",
                                         "os.build >= 1 or os.product == 'ServerNT'",
                                         "os.product == 'ServerNT' or os.build >= 1",
                                         "os.product == 'X' and os.build >= 1",
                                         "os.build >= 1 and os.product == 'X'"};
    struct host h = server;
    (void)state;
    h.build = 0;
    for (size_t i = 0; i < COUNT(guards); i++)
        assert_int_equal(eval(guards[i], h), GUARD_UNKNOWN);
    assert_int_equal(eval("os.product == 'ServerNT'", h), GUARD_HOLDS);
}

static void a_fact_of_the_wrong_type_counts_as_unknown(void **state)
{
    struct host h = server;
    (void)state;
    h.mistyped = true;
    assert_int_equal(eval("os.build >= 1", h), GUARD_UNKNOWN);
    assert_int_equal(eval("os.product != 'x'", h), GUARD_UNKNOWN);
}

static void bad_guard(const char *that, int column, const char *words)
{
    char place[32];
    struct why why = {0};
    enum guard_answer answer = GUARD_FAILS;
    struct host h = server;
    (void)snprintf(place, sizeof place, "column %d", column);
    assert_int_equal(guard_eval(that, ask, &h, &answer, &why), E_DATA);
    assert_int_equal(answer, GUARD_FAILS);
    assert_int_equal(guard_check(that, &why), E_DATA);
    if (strcmp(why.place, place) != 0 || strstr(why.text, words) == NULL)
        fail_msg("%s: expected %s with \"%s\", got %s: %s", that, place, words, why.place,
                 why.text);
}

static void an_error_names_the_column_and_what_was_expected(void **state)
{
    (void)state;
    bad_guard("", 1, "expected a fact");
    bad_guard("   ", 4, "expected a fact");
    bad_guard("7601 <= os.build", 1, "expected a fact");
    bad_guard("os.bild >= 7601", 1, "expected os.build");
    bad_guard("zzzz == 1", 1, "os.build, os.product or os.name");
    bad_guard("os.build", 9, "expected == != < <= > or >=");
    bad_guard("os.build = 7601", 10, "expected ==");
    bad_guard("os.build >=", 12, "expected one such as 7601, got the end");
    bad_guard("os.build >= \"7601\"", 13, "os.build is a number");
    bad_guard("os.build >= -1", 13, "os.build is a number");
    bad_guard("os.build >= 7601x", 13, "got `7601x`");
    bad_guard("os.build >= 9223372036854775808", 13, "os.build is a number");
    bad_guard("os.build >= 99999999999999999999999999999999", 13, "os.build is a number");
    bad_guard("os.product == ServerNT", 15, "os.product is a text");
    bad_guard("os.product == 5", 15, "os.product is a text");
    bad_guard("os.product < 'x'", 12, "expected == or !=");
    bad_guard("os.product == 'x", 15, "no closing '");
    bad_guard("os.product == \"x'", 15, "no closing \"");
    bad_guard("os.build > 1 os.build < 3", 14, "expected `and`, `or` or the end");
    bad_guard("os.build > 1 && os.build < 3", 14, "got `&`");
    bad_guard("(os.build > 1", 14, "expected `and`, `or` or `)`, got the end");
    bad_guard("os.build > 1)", 13, "got `)`");
    bad_guard("os.build > 1 and", 17, "expected a fact");
    bad_guard("not", 4, "expected a fact");
    bad_guard("()", 2, "expected a fact");
    bad_guard("os.build > 1 And os.build > 2", 14, "got `And`");
    bad_guard("os.build >= 1\x1b[0m", 14, "\\x1B");
}

static char *repeat(const char *head, const char *part, size_t n, const char *tail)
{
    struct text t = {0};
    char *s = NULL;
    text_put(&t, head);
    for (size_t i = 0; i < n; i++)
        text_put(&t, part);
    text_put(&t, tail);
    assert_int_equal(text_take(&t, &s), OK);
    return s;
}

static void depth_width_and_length_are_bounded(void **state)
{
    struct why why = {0};
    char *s;
    (void)state;
    s = repeat("", "(", 15, "os.build > 1)))))))))))))))");
    assert_int_equal(guard_check(s, &why), OK);
    free(s);
    s = repeat("", "(", 16, "os.build > 1))))))))))))))))");
    bad_guard(s, 17, "levels of parentheses");
    free(s);
    s = repeat("", "not ", 300 / 4, "os.build > 1");
    bad_guard(s, 65, "levels of parentheses");
    free(s);
    s = repeat("os.build > 1", " or os.build > 1", 31, "");
    assert_int_equal(guard_check(s, &why), OK);
    free(s);
    s = repeat("os.build > 1", " or os.build > 1", 32, "");
    assert_int_equal(guard_check(s, &why), E_DATA);
    assert_non_null(strstr(why.text, "more than 64 operators"));
    free(s);
    s = repeat("os.build > 1", " ", 990, "");
    bad_guard(s, 1, "more than 1000 bytes");
    free(s);
    s = repeat("os.name == '", "x", 128, "'");
    bad_guard(s, 12, "at most 127");
    free(s);
}

static void every_beginning_of_a_guard_is_an_error_or_a_guard(void **state)
{
    static const char whole[] =
        "os.product == \"ServerNT\" and not (os.build < 9200 or os.name == 'x')";
    struct why why = {0};
    (void)state;
    assert_int_equal(guard_check(whole, &why), OK);
    for (size_t n = 0; n < strlen(whole); n++) {
        char *cut = str_dup_n(whole, n);
        enum err e = guard_check(cut, &why);
        assert_true(e == E_DATA || n == strlen("os.product == \"ServerNT\"") ||
                    n == strlen("os.product == \"ServerNT\" "));
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_compared_in_six_ways),
        cmocka_unit_test(a_text_is_equal_without_case_or_not_equal),
        cmocka_unit_test(not_binds_closer_than_and_and_that_closer_than_or),
        cmocka_unit_test(an_unknown_fact_makes_the_answer_unknown_wherever_it_stands),
        cmocka_unit_test(a_fact_of_the_wrong_type_counts_as_unknown),
        cmocka_unit_test(an_error_names_the_column_and_what_was_expected),
        cmocka_unit_test(depth_width_and_length_are_bounded),
        cmocka_unit_test(every_beginning_of_a_guard_is_an_error_or_a_guard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
