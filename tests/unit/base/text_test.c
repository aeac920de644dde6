/* base/text: text that grows, and the small string helpers. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_text(struct text *t, const char *expected)
{
    assert_int_equal(text_end(t), OK);
    assert_string_equal(text_str(t), expected);
    assert_int_equal(t->used, strlen(expected));
    text_fini(t);
}

static void text_grows_by_each_kind_of_put(void **state)
{
    struct text t = {0};

    (void)state;
    assert_string_equal(text_str(&t), "");
    text_put(&t, "ab");
    text_put_n(&t, "cdef", 2);
    text_char(&t, '-');
    text_printf(&t, "%d/%s", 5, "six");
    text_hex(&t, "\x00\xab\xff", 3);
    assert_text(&t, "abcd-5/six00abff");
}

static void text_grows_far_over_its_first_room(void **state)
{
    struct text t = {0};

    (void)state;
    for (int i = 0; i < 1000; i++)
        text_printf(&t, "%04d", i);
    assert_int_equal(t.used, 4000);
    assert_int_equal(strlen(t.s), 4000);
    assert_memory_equal(t.s + 3996, "0999", 5);
    text_printf(&t, "%0500d", 7);
    assert_int_equal(t.used, 4500);
    text_fini(&t);
    assert_null(t.s);
}

static void text_keeps_nuls_and_puts_of_nothing_end_it(void **state)
{
    struct text t = {0};

    (void)state;
    text_put_n(&t, "", 0);
    assert_non_null(t.s);
    assert_int_equal(t.s[0], 0);
    text_put_n(&t, "a\0b", 3);
    assert_int_equal(t.used, 3);
    assert_memory_equal(t.s, "a\0b", 4);
    text_fini(&t);
}

static void text_taken_is_the_callers_and_the_text_is_empty(void **state)
{
    struct text t = {0};
    char *taken = NULL;

    (void)state;
    assert_int_equal(text_take(&t, &taken), OK);
    assert_string_equal(taken, "");
    free(taken);
    text_put(&t, "abc");
    assert_int_equal(text_take(&t, &taken), OK);
    assert_string_equal(taken, "abc");
    assert_null(t.s);
    assert_int_equal(t.used, 0);
    free(taken);
}

static void text_without_memory_is_bad_for_good(void **state)
{
    struct text t = {0};
    char *taken = NULL;

    (void)state;
    text_put(&t, "kept");
    text_put_n(&t, "x", SIZE_MAX / 2);
    assert_int_equal(text_end(&t), E_MEMORY);
    text_put(&t, "more");
    text_char(&t, 'c');
    text_printf(&t, "%d", 1);
    text_hex(&t, "x", 1);
    text_put_safe(&t, "x", 1);
    assert_string_equal(text_str(&t), "kept");
    assert_int_equal(text_take(&t, &taken), E_MEMORY);
    assert_null(taken);
    text_fini(&t);
    text_hex(&t, "x", SIZE_MAX / 4);
    assert_int_equal(text_end(&t), E_MEMORY);
    text_fini(&t);
}

static void copies_are_new_and_null_stays_null(void **state)
{
    static const char s[] = "copy";
    char *whole = str_dup(s), *part = str_dup_n(s, 2), *none = str_dup_n(s, 0);

    (void)state;
    assert_string_equal(whole, s);
    assert_ptr_not_equal(whole, s);
    assert_string_equal(part, "co");
    assert_string_equal(none, "");
    assert_null(str_dup(NULL));
    assert_null(str_dup_n(NULL, 3));
    free(whole);
    free(part);
    free(none);
}

static void ascii_letters_compare_without_case(void **state)
{
    (void)state;
    assert_true(str_eq_nocase("HKLM", "hklm"));
    assert_true(str_eq_nocase("", ""));
    assert_false(str_eq_nocase("HKLM", "HKL"));
    assert_false(str_eq_nocase("[", "{")); /* 32 apart, but no letters */
    assert_int_equal(str_cmp_nocase("a", "B"), -1);
    assert_int_equal(str_cmp_nocase("b", "A"), 1);
    assert_int_equal(str_cmp_nocase("ab", "A"), 1);
    assert_int_equal(str_cmp_nocase("", "a"), -1);
    assert_int_equal(str_cmp_nocase("\xff", "a"), 1);
    assert_true(str_starts("prefix", "pre"));
    assert_true(str_starts("prefix", ""));
    assert_false(str_starts("pre", "prefix"));
}

static void numbers_are_parsed_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *s;
        uint64_t n;
    } good[] = {
        {"0", 0},
        {"007", 7},
        {"18446744073709551615", UINT64_MAX},
        {"0x0", 0},
        {"0xaF", 175},
        {"0XFFFFFFFFFFFFFFFF", UINT64_MAX},
    };
    static const char *const bad[] = {
        "",
        "0x",
        "-1",
        "+1",
        " 1",
        "1 ",
        "1a",
        "0x1g",
        "x1",
        "1.0",
        "18446744073709551616",
        "0x10000000000000000",
        "99999999999999999999999",
    };
    uint64_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(str_parse_u64(good[i].s, &n));
        assert_true(n == good[i].n);
    }
    n = 42;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(str_parse_u64(bad[i], &n));
    assert_true(n == 42);
}

static void hex_is_decoded_whole_or_not_at_all(void **state)
{
    uint8_t out[3] = {7, 7, 7};

    (void)state;
    assert_false(hex_decode("0102", 4, out, 3));
    assert_false(hex_decode("01020", 5, out, 2));
    assert_false(hex_decode("01020g", 6, out, 3));
    assert_false(hex_decode("0 0203", 6, out, 3));
    assert_int_equal(out[0], 7);
    assert_true(hex_decode("01aBFf", 6, out, 3));
    assert_memory_equal(out, "\x01\xab\xff", 3);
    assert_true(hex_decode("", 0, out, 0));
}

static void distance_counts_letters_to_change(void **state)
{
    char long_word[66];

    (void)state;
    assert_int_equal(str_distance("", ""), 0);
    assert_int_equal(str_distance("abc", ""), 3);
    assert_int_equal(str_distance("", "abc"), 3);
    assert_int_equal(str_distance("HKML", "hklm"), 1); /* neighbours swapped */
    assert_int_equal(str_distance("kitten", "sitting"), 3);
    assert_int_equal(str_distance("abcd", "badc"), 2);
    assert_int_equal(str_distance("dword", "DWORD"), 0);
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[65] = '\0';
    assert_true(str_distance(long_word, "a") == SIZE_MAX);
    assert_true(str_distance("a", long_word) == SIZE_MAX);
    long_word[64] = '\0';
    assert_int_equal(str_distance(long_word, "a"), 63);
}

static void nearest_word_is_found_only_when_it_is_near(void **state)
{
    static const char *const words[] = {"settings", "guards", "title", "HKLM", "HKCU"};

    (void)state;
    assert_string_equal(str_nearest("setings", words, COUNT(words)), "settings");
    assert_string_equal(str_nearest("GUADRS", words, COUNT(words)), "guards");
    assert_string_equal(str_nearest("HKML", words, COUNT(words)), "HKLM");
    assert_null(str_nearest("playbook", words, COUNT(words)));
    assert_null(str_nearest("x", words, COUNT(words)));
    assert_null(str_nearest("title", words, 0));
}

static void text_from_outside_cannot_drive_a_terminal(void **state)
{
    static const struct {
        const char *s;
        const char *safe;
    } cases[] = {
        {"plain \xc3\xa9 \xf0\x9f\x98\x80", "plain \xc3\xa9 \xf0\x9f\x98\x80"},
        {"C:\\dir", "C:\\dir"},
        {"a\nb\tc\rd", "a\\x0Ab\\x09c\\x0Dd"},
        {"\x1b[2J\x7f", "\\x1B[2J\\x7F"},
        {"\xc2\x9b", "\\xC2\\x9B"},                   /* CSI as a C1 control */
        {"\xe2\x80\xae", "\\xE2\\x80\\xAE"},          /* right-to-left override */
        {"\xe2\x81\xa6", "\\xE2\\x81\\xA6"},          /* isolate */
        {"\xef\xbb\xbf", "\\xEF\\xBB\\xBF"},          /* byte order mark */
        {"a\xff\xc3", "a\\xFF\\xC3"},                 /* broken and cut */
        {"\xed\xa0\x80", "\\xED\\xA0\\x80"},          /* surrogate */
        {"\xc0\x80\xf5\x80", "\\xC0\\x80\\xF5\\x80"}, /* overlong, beyond Unicode */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text t = {0};

        text_put_safe(&t, cases[i].s, strlen(cases[i].s));
        assert_text(&t, cases[i].safe);
    }
}

static void nul_from_outside_is_made_visible(void **state)
{
    struct text t = {0};

    (void)state;
    text_put_safe(&t, "a\0b", 3);
    assert_text(&t, "a\\x00b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_grows_by_each_kind_of_put),
        cmocka_unit_test(text_grows_far_over_its_first_room),
        cmocka_unit_test(text_keeps_nuls_and_puts_of_nothing_end_it),
        cmocka_unit_test(text_taken_is_the_callers_and_the_text_is_empty),
        cmocka_unit_test(text_without_memory_is_bad_for_good),
        cmocka_unit_test(copies_are_new_and_null_stays_null),
        cmocka_unit_test(ascii_letters_compare_without_case),
        cmocka_unit_test(numbers_are_parsed_whole_or_not_at_all),
        cmocka_unit_test(hex_is_decoded_whole_or_not_at_all),
        cmocka_unit_test(distance_counts_letters_to_change),
        cmocka_unit_test(nearest_word_is_found_only_when_it_is_near),
        cmocka_unit_test(text_from_outside_cannot_drive_a_terminal),
        cmocka_unit_test(nul_from_outside_is_made_visible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
