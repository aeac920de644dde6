/* base/err: every error has a name, words and a class, and a reason fits where it is written. */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char ellipsis[] = "\xe2\x80\xa6";

static void every_error_has_a_name_of_its_own_and_words(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT; i++) {
        assert_non_null(err_name((enum err)i));
        assert_non_null(err_words((enum err)i));
        assert_true(strlen(err_words((enum err)i)) > 3);
        assert_int_equal(err_from_name(err_name((enum err)i)), i);
    }
}

static void names_are_those_of_the_header(void **state)
{
    (void)state;
    assert_string_equal(err_name(OK), "OK");
    assert_string_equal(err_name(E_TIMEOUT), "E_TIMEOUT");
    assert_string_equal(err_name(E_MOVED), "E_MOVED");
    assert_string_equal(err_words(E_TIMEOUT), "the deadline passed");
}

static void unknown_name_and_unknown_number_are_internal_errors(void **state)
{
    (void)state;
    assert_int_equal(err_from_name("E_NO_SUCH"), E_INTERNAL);
    assert_int_equal(err_from_name(""), E_INTERNAL);
    assert_string_equal(err_name((enum err)ERR_COUNT), "E_INTERNAL");
    assert_string_equal(err_words((enum err)9999), err_words(E_INTERNAL));
    assert_int_equal(err_class((enum err)9999), CLASS_HALT);
}

static void class_says_what_a_failure_means_for_its_host(void **state)
{
    static const enum err_class expected[ERR_COUNT] = {
        [OK] = CLASS_OK,
        [E_MEMORY] = CLASS_HALT,
        [E_IO] = CLASS_HALT,
        [E_LOCKED] = CLASS_HALT,
        [E_CORRUPT] = CLASS_HALT,
        [E_INTERNAL] = CLASS_HALT,
        [E_CANCELLED] = CLASS_HALT,
        [E_USAGE] = CLASS_HALT,
        [E_CONFIG] = CLASS_HALT,
        [E_DATA] = CLASS_FAIL_HOST,
        [E_LIMIT] = CLASS_FAIL_HOST,
        [E_ABSENT] = CLASS_FAIL_HOST,
        [E_EXISTS] = CLASS_FAIL_HOST,
        [E_SHORT] = CLASS_FAIL_HOST,
        [E_FORMAT] = CLASS_FAIL_HOST,
        [E_RESOLVE] = CLASS_UNREACHABLE,
        [E_CONNECT] = CLASS_UNREACHABLE,
        [E_TIMEOUT] = CLASS_UNREACHABLE,
        [E_CUT] = CLASS_AGAIN,
        [E_UNAVAILABLE] = CLASS_AGAIN,
        [E_AUTH] = CLASS_FAIL_HOST,
        [E_DENIED] = CLASS_FAIL_HOST,
        [E_SECURITY] = CLASS_FAIL_HOST,
        [E_PROTOCOL] = CLASS_FAIL_HOST,
        [E_UNSUPPORTED] = CLASS_FAIL_HOST,
        [E_REFUSED] = CLASS_FAIL_HOST,
        [E_GOING_DOWN] = CLASS_AGAIN,
        [E_MOVED] = CLASS_FAIL_HOST,
    };

    (void)state;
    for (int i = 0; i < ERR_COUNT; i++)
        assert_int_equal(err_class((enum err)i), expected[i]);
}

static void reason_is_set_whole_and_forgets_the_one_before(void **state)
{
    struct why why;

    (void)state;
    memset(&why, 'x', sizeof why);
    assert_int_equal(why_set(&why, E_DATA, "line %d is %s", 7, "odd"), E_DATA);
    assert_string_equal(why.text, "line 7 is odd");
    assert_string_equal(why.place, "");
    assert_int_equal(why.native, 0);
    assert_string_equal(why.native_name, "");
}

static void reason_may_quote_the_one_before(void **state)
{
    struct why why;

    (void)state;
    (void)why_set(&why, E_DATA, "inner");
    (void)why_set(&why, E_DATA, "outer: %s", why.text);
    assert_string_equal(why.text, "outer: inner");
}

static void nobody_asking_for_a_reason_is_fine(void **state)
{
    (void)state;
    assert_int_equal(why_set(NULL, E_IO, "%d", 1), E_IO);
    assert_int_equal(why_errno(NULL, E_IO, ENOENT, "%d", 1), E_IO);
    assert_int_equal(why_native(NULL, E_REFUSED, 5, "FIVE", "%d", 1), E_REFUSED);
    assert_int_equal(why_place(NULL, E_IO, "%d", 1), E_IO);
}

static void errno_becomes_its_words(void **state)
{
    struct why why;
    char line[700];

    (void)state;
    assert_int_equal(why_errno(&why, E_IO, ENOENT, "cannot open %s", "x"), E_IO);
    assert_int_equal(why.native, ENOENT);
    assert_string_equal(why.native_name, "No such file or directory");
    assert_string_equal(why_line(&why, line, sizeof line),
                        "cannot open x (No such file or directory, 0x2)");
}

static void place_is_set_once_and_only_for_a_failure(void **state)
{
    struct why why;

    (void)state;
    (void)why_set(&why, E_DATA, "bad");
    assert_int_equal(why_place(&why, OK, "nowhere"), OK);
    assert_string_equal(why.place, "");
    assert_int_equal(why_place(&why, E_DATA, "%s:%d:%d", "a.yaml", 3, 4), E_DATA);
    assert_int_equal(why_place(&why, E_DATA, "elsewhere"), E_DATA);
    assert_string_equal(why.place, "a.yaml:3:4");
}

static void line_has_place_text_and_native_code(void **state)
{
    struct why why;
    char line[700];

    (void)state;
    (void)why_native(&why, E_DENIED, 0xc0000022, "STATUS_ACCESS_DENIED", "tree connect");
    (void)why_place(&why, E_DENIED, "srv01");
    assert_string_equal(why_line(&why, line, sizeof line),
                        "srv01: tree connect (STATUS_ACCESS_DENIED, 0xC0000022)");
    (void)why_native(&why, E_REFUSED, 5, NULL, "no");
    assert_string_equal(why_line(&why, line, sizeof line), "no (0x5)");
    (void)why_native(&why, E_REFUSED, 0, "ZERO", "no");
    assert_string_equal(why_line(&why, line, sizeof line), "no (ZERO)");
    (void)why_set(&why, E_DATA, "plain");
    assert_string_equal(why_line(&why, line, sizeof line), "plain");
}

static void text_that_does_not_fit_is_cut_between_characters(void **state)
{
    struct why why;
    char long_text[500];
    size_t n;

    (void)state;
    for (size_t start = 0; start < 2; start++) { /* é at even and at odd offsets */
        memset(long_text, 'a', start);
        for (size_t i = start; i + 2 < sizeof long_text; i += 2)
            memcpy(long_text + i, "\xc3\xa9", 3);
        (void)why_set(&why, E_DATA, "%s", long_text);
        n = strlen(why.text);
        assert_true(n < sizeof why.text && n > sizeof why.text - 6);
        assert_string_equal(why.text + n - 3, ellipsis);
        assert_int_equal((unsigned char)why.text[n - 4], 0xa9);
    }
}

static void line_is_cut_to_any_size_of_buffer(void **state)
{
    struct why why;
    char line[64];

    (void)state;
    (void)why_native(&why, E_DENIED, 1, "ONE", "0123456789");
    (void)why_place(&why, E_DENIED, "host");
    for (size_t size = 1; size < sizeof line; size++) {
        memset(line, 'x', sizeof line);
        assert_ptr_equal(why_line(&why, line, size), line);
        assert_true(strlen(line) < size);
        assert_int_equal(line[size], 'x');
        if (size > 4 && size <= strlen("host: 0123456789 (ONE, 0x1)"))
            assert_string_equal(line + strlen(line) - 3, ellipsis);
    }
    assert_string_equal(why_line(&why, line, 0), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_name_of_its_own_and_words),
        cmocka_unit_test(names_are_those_of_the_header),
        cmocka_unit_test(unknown_name_and_unknown_number_are_internal_errors),
        cmocka_unit_test(class_says_what_a_failure_means_for_its_host),
        cmocka_unit_test(reason_is_set_whole_and_forgets_the_one_before),
        cmocka_unit_test(reason_may_quote_the_one_before),
        cmocka_unit_test(nobody_asking_for_a_reason_is_fine),
        cmocka_unit_test(errno_becomes_its_words),
        cmocka_unit_test(place_is_set_once_and_only_for_a_failure),
        cmocka_unit_test(line_has_place_text_and_native_code),
        cmocka_unit_test(text_that_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(line_is_cut_to_any_size_of_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
