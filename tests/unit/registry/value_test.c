/* registry/value: type and bytes, exactly as a host stores them, and what people see of them. */
#include "registry/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_value(struct reg_value *v, uint32_t type, const void *bytes, size_t size)
{
    assert_false(v->absent);
    assert_int_equal(v->type, type);
    assert_int_equal(v->size, size);
    if (size > 0)
        assert_memory_equal(v->bytes, bytes, size);
    value_fini(v);
}

static struct reg_value raw(uint32_t type, const void *bytes, size_t size)
{
    struct reg_value v;

    assert_int_equal(value_raw(type, bytes, size, &v), OK);
    return v;
}

static void assert_shown(struct reg_value v, const char *expected)
{
    struct text t = {0};

    value_put_text(&t, &v);
    assert_int_equal(text_end(&t), OK);
    assert_string_equal(text_str(&t), expected);
    text_fini(&t);
    value_fini(&v);
}

static void numbers_are_stored_in_their_byte_order(void **state)
{
    struct reg_value v;

    (void)state;
    assert_int_equal(value_dword(0x01020304, &v), OK);
    assert_value(&v, REG_DWORD, "\4\3\2\1", 4);
    assert_int_equal(value_dword_be(0x01020304, &v), OK);
    assert_value(&v, REG_DWORD_BE, "\1\2\3\4", 4);
    assert_int_equal(value_qword(UINT64_C(0x0102030405060708), &v), OK);
    assert_value(&v, REG_QWORD, "\x8\7\6\5\4\3\2\1", 8);
}

static void strings_are_utf16_with_their_nul(void **state)
{
    static const char *const items[] = {"a", "\xc3\xa9t"};
    struct reg_value v;

    (void)state;
    assert_int_equal(value_sz(REG_SZ, "a\xe2\x82\xac", &v), OK);
    assert_value(&v, REG_SZ, "a\0\xac\x20\0\0", 6);
    assert_int_equal(value_sz(REG_EXPAND_SZ, "", &v), OK);
    assert_value(&v, REG_EXPAND_SZ, "\0\0", 2);
    assert_int_equal(value_multi_sz(items, 2, &v), OK);
    assert_value(&v, REG_MULTI_SZ, "a\0\0\0\xe9\0t\0\0\0\0\0", 12);
    assert_int_equal(value_multi_sz(NULL, 0, &v), OK);
    assert_value(&v, REG_MULTI_SZ, "\0\0", 2);
}

static void broken_strings_make_no_value(void **state)
{
    static const char *const broken[] = {"a", "\xff"};
    static const char *const empty[] = {"a", "", "b"};
    struct reg_value v = {.type = 9};

    (void)state;
    assert_int_equal(value_sz(REG_SZ, "a\xc3", &v), E_FORMAT);
    assert_true(v.bytes == NULL && v.size == 0 && v.type == 0);
    assert_int_equal(value_multi_sz(broken, 2, &v), E_FORMAT);
    assert_null(v.bytes);
    assert_int_equal(value_multi_sz(empty, 3, &v), E_FORMAT);
    assert_null(v.bytes);
}

static void value_has_a_largest_size(void **state)
{
    char *big = malloc(REG_VALUE_MAX + 1);
    const char *items[1];
    struct reg_value v;

    (void)state;
    assert_non_null(big);
    memset(big, 'a', REG_VALUE_MAX + 1);
    assert_int_equal(value_raw(REG_BINARY, big, REG_VALUE_MAX, &v), OK);
    value_fini(&v);
    assert_int_equal(value_raw(REG_BINARY, big, REG_VALUE_MAX + 1, &v), E_LIMIT);
    assert_null(v.bytes);
    big[REG_VALUE_MAX / 2 - 1] = '\0'; /* with its NUL exactly as long as may be */
    assert_int_equal(value_sz(REG_SZ, big, &v), OK);
    assert_int_equal(v.size, REG_VALUE_MAX);
    value_fini(&v);
    items[0] = big;
    assert_int_equal(value_multi_sz(items, 1, &v), E_LIMIT);
    big[REG_VALUE_MAX / 2 - 1] = 'a';
    big[REG_VALUE_MAX / 2] = '\0';
    assert_int_equal(value_sz(REG_SZ, big, &v), E_LIMIT);
    assert_null(v.bytes);
    free(big);
}

static void copy_is_its_own_and_absence_is_copied(void **state)
{
    struct reg_value v = raw(42, "xyz", 3), absent = value_absent(), copy;

    (void)state;
    assert_int_equal(value_copy(&v, &copy), OK);
    assert_true(value_equal(&v, &copy));
    assert_ptr_not_equal(v.bytes, copy.bytes);
    value_fini(&v);
    assert_value(&copy, 42, "xyz", 3);
    assert_int_equal(value_copy(&absent, &copy), OK);
    assert_true(copy.absent);
    value_fini(&copy);
    assert_false(copy.absent);
}

static void values_are_equal_by_type_and_bytes_or_both_absent(void **state)
{
    struct reg_value a = raw(REG_DWORD, "\1\0\0\0", 4), b = raw(REG_BINARY, "\1\0\0\0", 4);
    struct reg_value shorter = raw(REG_DWORD, "\1\0\0", 3), other = raw(REG_DWORD, "\2\0\0\0", 4);
    struct reg_value none = {0}, absent = value_absent(), gone = value_absent();

    (void)state;
    assert_true(value_equal(&a, &a));
    assert_false(value_equal(&a, &b));
    assert_false(value_equal(&a, &shorter));
    assert_false(value_equal(&a, &other));
    assert_true(value_equal(&absent, &gone));
    assert_false(value_equal(&absent, &none));
    assert_false(value_equal(&none, &absent));
    assert_true(value_equal(&none, &none));
    value_fini(&a);
    value_fini(&b);
    value_fini(&shorter);
    value_fini(&other);
}

static void number_is_read_only_from_the_right_type_and_size(void **state)
{
    static const uint8_t bytes[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

    (void)state;
    for (uint32_t type = 0; type <= 12; type++)
        for (size_t size = 0; size <= sizeof bytes; size++) {
            struct reg_value v = raw(type, bytes, size);
            bool dword = (type == REG_DWORD || type == REG_DWORD_BE) && size == 4;
            uint64_t n = 77;

            assert_int_equal(value_as_u64(&v, &n), dword || (type == REG_QWORD && size == 8));
            if (type == REG_DWORD && size == 4)
                assert_int_equal(n, 0x04030201);
            else if (type == REG_DWORD_BE && size == 4)
                assert_int_equal(n, 0x01020304);
            else if (type == REG_QWORD && size == 8)
                assert_true(n == UINT64_C(0x0807060504030201));
            else
                assert_int_equal(n, 77);
            value_fini(&v);
        }
}

static void text_is_read_up_to_its_nul(void **state)
{
    static const char utf16[] = "a\0b\0\0\0c\0";
    struct text t = {0};

    (void)state;
    for (size_t size = 0; size <= 8; size++) {
        struct reg_value v = raw(REG_EXPAND_SZ, utf16, size);

        assert_int_equal(value_as_text(&v, &t), size % 2 == 0 ? OK : E_SHORT);
        if (size % 2 == 0)
            assert_string_equal(text_str(&t), size == 0 ? "" : size == 2 ? "a"
                                                                         : "ab");
        text_fini(&t);
        value_fini(&v);
    }
}

static void text_is_not_read_from_other_types(void **state)
{
    struct reg_value v = raw(REG_MULTI_SZ, "a\0\0\0\0\0", 6), absent = value_absent();
    struct text t = {0};

    (void)state;
    assert_int_equal(value_as_text(&v, &t), E_FORMAT);
    assert_int_equal(value_as_text(&absent, &t), E_FORMAT);
    assert_null(t.s);
    value_fini(&v);
}

static void type_names_are_those_of_playbooks(void **state)
{
    static const struct {
        uint32_t type;
        const char *name;
    } names[] = {
        {REG_NONE, "none"},
        {REG_SZ, "sz"},
        {REG_EXPAND_SZ, "expand_sz"},
        {REG_BINARY, "binary"},
        {REG_DWORD, "dword"},
        {REG_DWORD_BE, "dword_be"},
        {REG_LINK, "link"},
        {REG_MULTI_SZ, "multi_sz"},
        {8, "type 8"},
        {REG_QWORD, "qword"},
        {42, "type 42"},
        {UINT32_MAX, "type 4294967295"},
    };
    char buf[REG_TYPE_TEXT_SIZE];
    uint32_t type;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_string_equal(reg_type_name(names[i].type, buf), names[i].name);
        assert_true(reg_type_from_name(names[i].name, &type));
        assert_int_equal(type, names[i].type);
    }
}

static void type_names_of_others_are_understood(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
    } others[] = {
        {"REG_DWORD", REG_DWORD},
        {"reg_sz", REG_SZ},
        {"Reg_Multi_Sz", REG_MULTI_SZ},
        {"string", REG_SZ},
        {"String", REG_SZ},
        {"expandstring", REG_EXPAND_SZ},
        {"ExpandString", REG_EXPAND_SZ},
        {"MultiString", REG_MULTI_SZ},
        {"REG_DWORD_BIG_ENDIAN", REG_DWORD_BE},
        {"REG_QWORD_LITTLE_ENDIAN", REG_QWORD},
        {"TYPE 7", REG_MULTI_SZ},
        {"type 0x10", 16},
    };
    static const char *const unknown[] = {
        "",
        "reg_",
        "word",
        "REG_DWORDS",
        "type",
        "type ",
        "type x",
        "type 4294967296",
        "type -1",
        "4",
        "dword ",
    };
    uint32_t type;

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_true(reg_type_from_name(others[i].name, &type));
        assert_int_equal(type, others[i].type);
    }
    type = 77;
    for (size_t i = 0; i < COUNT(unknown); i++)
        assert_false(reg_type_from_name(unknown[i], &type));
    assert_int_equal(type, 77);
}

static void values_are_shown_on_one_safe_line(void **state)
{
    (void)state;
    assert_shown(value_absent(), "absent");
    assert_shown(raw(REG_DWORD, "\1\0\0\0", 4), "dword 1");
    assert_shown(raw(REG_DWORD_BE, "\0\0\1\0", 4), "dword_be 256");
    assert_shown(raw(REG_QWORD, "\xff\xff\xff\xff\xff\xff\xff\xff", 8),
                 "qword 18446744073709551615");
    assert_shown(raw(REG_SZ, "a\0\"\0\0\0", 6), "sz \"a\"\"");
    assert_shown(raw(REG_EXPAND_SZ, "%\0A\0%\0\0\0", 8), "expand_sz \"%A%\"");
    assert_shown(raw(REG_SZ, "\0\0", 2), "sz \"\"");
    assert_shown(raw(REG_SZ, "a\0\x1b\0\n\0\0\0", 8), "sz \"a\\x1B\\x0A\"");
    assert_shown(raw(REG_SZ, "\0\xd8\0\0", 4), "sz \"\\xED\\xA0\\x80\"");
    assert_shown(raw(REG_MULTI_SZ, "a\0\0\0b\0c\0\0\0\0\0", 12), "multi_sz [\"a\", \"bc\"]");
    assert_shown(raw(REG_MULTI_SZ, "\0\0", 2), "multi_sz []");
    assert_shown(raw(REG_BINARY, "\1\xfe", 2), "binary 01 fe");
    assert_shown(raw(REG_NONE, "\1", 1), "none 01");
}

static void bytes_that_do_not_fit_their_type_are_shown_as_bytes(void **state)
{
    (void)state;
    assert_shown(raw(REG_DWORD, "\1\2\3", 3), "dword (3 bytes) 01 02 03");
    assert_shown(raw(REG_DWORD, NULL, 0), "dword (0 bytes)");
    assert_shown(raw(REG_QWORD, "\1", 1), "qword (1 byte) 01");
    assert_shown(raw(REG_BINARY, NULL, 0), "binary (0 bytes)");
    assert_shown(raw(REG_SZ, "a\0b", 3), "sz (3 bytes) 61 00 62");
    assert_shown(raw(REG_SZ, "a\0\0\0b\0", 6), "sz (6 bytes) 61 00 00 00 62 00");
    assert_shown(raw(REG_SZ, "\0\0\0\0", 4), "sz (4 bytes) 00 00 00 00");
    assert_shown(raw(REG_SZ, "a\0", 2), "sz \"a\" (no NUL)");
    assert_shown(raw(REG_SZ, NULL, 0), "sz \"\" (no NUL)");
    assert_shown(raw(REG_MULTI_SZ, "a\0", 2), "multi_sz (2 bytes) 61 00");
    assert_shown(raw(REG_MULTI_SZ, "a\0\0\0", 4), "multi_sz (4 bytes) 61 00 00 00");
    assert_shown(raw(REG_MULTI_SZ, "\0\0\0\0", 4), "multi_sz (4 bytes) 00 00 00 00");
    assert_shown(raw(REG_MULTI_SZ, NULL, 0), "multi_sz (0 bytes)");
    assert_shown(raw(REG_LINK, "A\0", 2), "link (2 bytes) 41 00");
    assert_shown(raw(42, "A", 1), "type 42 (1 byte) 41");
}

static void long_values_are_cut_when_shown(void **state)
{
    static uint8_t bytes[65];
    struct text t = {0};
    struct reg_value v;
    char *s = malloc(10001);

    (void)state;
    assert_non_null(s);
    v = raw(REG_BINARY, bytes, sizeof bytes);
    value_put_text(&t, &v);
    assert_int_equal(strncmp(t.s, "binary 00 00", 12), 0);
    assert_non_null(strstr(t.s, "00 \xe2\x80\xa6 (65 bytes)"));
    text_fini(&t);
    value_fini(&v);
    for (size_t i = 0; i < 10000; i += 2)
        memcpy(s + i, "\xc3\xa9", 3);
    assert_int_equal(value_sz(REG_SZ, s, &v), OK);
    value_put_text(&t, &v);
    assert_true(t.used < 4200);
    assert_string_equal(t.s + t.used - 6, "\xa9\" \xe2\x80\xa6");
    assert_null(strchr(t.s, '\\'));
    text_fini(&t);
    value_fini(&v);
    free(s);
}

static void code_is_exact_and_its_own_inverse(void **state)
{
    static const struct {
        uint32_t type;
        const char *bytes;
        size_t size;
        const char *code;
    } cases[] = {
        {REG_DWORD, "\1\0\0\0", 4, "4:01000000"},
        {REG_SZ, "", 0, "1:"},
        {REG_NONE, "", 0, "0:"},
        {REG_QWORD, "\xff", 1, "11:ff"},
        {UINT32_MAX, "\xab", 1, "4294967295:ab"},
    };
    struct reg_value v;
    struct text t = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        v = raw(cases[i].type, cases[i].bytes, cases[i].size);
        value_put_code(&t, &v);
        assert_string_equal(text_str(&t), cases[i].code);
        value_fini(&v);
        assert_int_equal(value_from_code(t.s, &v), OK);
        text_fini(&t);
        assert_value(&v, cases[i].type, cases[i].bytes, cases[i].size);
    }
    v = value_absent();
    value_put_code(&t, &v);
    assert_string_equal(text_str(&t), "absent");
    v.absent = false;
    assert_int_equal(value_from_code("absent", &v), OK);
    assert_true(v.absent);
    text_fini(&t);
}

static void code_in_any_other_form_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        ":",
        "4",
        "4:0",
        "4:0g",
        "4:AB",
        " 4:",
        "4 :",
        "4: 00",
        "04:00",
        "-1:",
        "+1:",
        "4294967296:",
        "99999999999:",
        "x:00",
        "Absent",
        "absent ",
        "absen",
        "4:00\n",
        "4:00 ",
    };
    struct reg_value v = {.type = 7};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(value_from_code(bad[i], &v), E_FORMAT);
        assert_true(v.bytes == NULL && v.size == 0 && v.type == 0 && !v.absent);
    }
}

static void code_cut_at_each_length_is_another_value_or_none(void **state)
{
    static const char code[] = "11:0102030405060708";
    char cut[sizeof code];
    struct reg_value v;

    (void)state;
    for (size_t n = 0; n < sizeof code; n++) {
        memcpy(cut, code, n);
        cut[n] = '\0';
        if (n >= 3 && n % 2 == 1) {
            assert_int_equal(value_from_code(cut, &v), OK);
            assert_value(&v, 11, "\1\2\3\4\5\6\7\x8", (n - 3) / 2);
        } else {
            assert_int_equal(value_from_code(cut, &v), E_FORMAT);
        }
    }
}

static void code_of_too_large_a_value_is_refused(void **state)
{
    size_t n = 2 * (size_t)REG_VALUE_MAX;
    char *code = malloc(n + 5);
    struct reg_value v;

    (void)state;
    assert_non_null(code);
    memcpy(code, "3:", 2);
    memset(code + 2, '0', n + 2);
    code[n + 4] = '\0';
    assert_int_equal(value_from_code(code, &v), E_LIMIT);
    code[n + 2] = '\0';
    assert_int_equal(value_from_code(code, &v), OK);
    assert_int_equal(v.size, REG_VALUE_MAX);
    value_fini(&v);
    free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_stored_in_their_byte_order),
        cmocka_unit_test(strings_are_utf16_with_their_nul),
        cmocka_unit_test(broken_strings_make_no_value),
        cmocka_unit_test(value_has_a_largest_size),
        cmocka_unit_test(copy_is_its_own_and_absence_is_copied),
        cmocka_unit_test(values_are_equal_by_type_and_bytes_or_both_absent),
        cmocka_unit_test(number_is_read_only_from_the_right_type_and_size),
        cmocka_unit_test(text_is_read_up_to_its_nul),
        cmocka_unit_test(text_is_not_read_from_other_types),
        cmocka_unit_test(type_names_are_those_of_playbooks),
        cmocka_unit_test(type_names_of_others_are_understood),
        cmocka_unit_test(values_are_shown_on_one_safe_line),
        cmocka_unit_test(bytes_that_do_not_fit_their_type_are_shown_as_bytes),
        cmocka_unit_test(long_values_are_cut_when_shown),
        cmocka_unit_test(code_is_exact_and_its_own_inverse),
        cmocka_unit_test(code_in_any_other_form_is_refused),
        cmocka_unit_test(code_cut_at_each_length_is_another_value_or_none),
        cmocka_unit_test(code_of_too_large_a_value_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
