/* Every form of a value, and every way to get it wrong. */
#include "base/text.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

#define HEAD "playbook: t\nsettings:\n  - key: HKLM\\SOFTWARE\\T\n    values:\n"

/* V: is at line 5, column 7; its value begins at column 10. */
static char *around(const char *value)
{
    struct text t = {0};
    char *s = NULL;
    text_printf(&t, HEAD "      V: %s\n", value);
    assert_int_equal(text_take(&t, &s), OK);
    return s;
}

static void is(const char *value, const char *code)
{
    char *yaml = around(value);
    struct playbook *p = yaml_good(yaml);
    struct text got = {0};
    assert_int_equal(p->n_settings, 1);
    value_put_code(&got, &p->settings[0].value);
    if (p->settings[0].kind == SETTING_VALUE_ABSENT)
        assert_string_equal(code, "absent");
    else if (strcmp(text_str(&got), code) != 0)
        fail_msg("%s: expected %s, got %s", value, code, text_str(&got));
    assert_string_equal(p->settings[0].name, "V");
    text_fini(&got);
    playbook_free(p);
    free(yaml);
}

static void is_not(const char *value, const char *place, const char *words)
{
    char *yaml = around(value);
    yaml_bad(yaml, place, words);
    free(yaml);
}

static void every_type_has_a_text_form(void **state)
{
    (void)state;
    is("dword 1", "4:01000000");
    is("dword 0", "4:00000000");
    is("dword 0x200", "4:00020000");
    is("dword 4294967295", "4:ffffffff");
    is("dword 0xFFFFFFFF", "4:ffffffff");
    is("dword 00000001", "4:01000000");
    is("REG_DWORD 7", "4:07000000");
    is("dword_be 0x01020304", "5:01020304");
    is("qword 18446744073709551615", "11:ffffffffffffffff");
    is("qword 5", "11:0500000000000000");
    is("sz abc", "1:6100620063000000");
    is("sz", "1:0000");
    is("'sz '", "1:0000");
    is("'sz  a '", "1:2000610020000000");
    is("sz no", "1:6e006f000000");
    is("sz absent", "1:61006200730065006e0074000000");
    is("expand_sz %x%", "2:2500780025000000");
    is("\"sz \\u00e9\\U0001F600\"", "1:e9003dd800de0000");
    is("\"sz a\\nb\"", "1:61000a0062000000");
    is("binary 01 02 ff", "3:0102ff");
    is("binary 0102ff", "3:0102ff");
    is("binary 01 02FF", "3:0102ff");
    is("binary", "3:");
    is("none", "0:");
    is("none 01", "0:01");
    is("absent", "absent");
    is("string abc", "1:6100620063000000");
}

static void a_map_names_the_type_and_holds_the_data(void **state)
{
    (void)state;
    is("{dword: 1}", "4:01000000");
    is("{sz: ' \"quoted\" '}", "1:20002200710075006f007400650064002200200000"
                               "00");
    is("{sz: '\"'}", "1:22000000");
    is("{sz: '\"\"'}", "1:220022000000");
    is("{sz: ''}", "1:0000");
    is("{multi_sz: [a, bc]}", "7:6100000062006300000000"
                              "00");
    is("{multi_sz: []}", "7:0000");
    is("{multi_sz: [no, 1, ~]}", "7:6e006f000000310000007e0000000000");
    is("{binary: 01 02}", "3:0102");
    is("{none: ''}", "0:");
}

static void a_long_map_is_like_win_regedit(void **state)
{
    (void)state;
    is("{type: dword, data: 1}", "4:01000000");
    is("{type: REG_QWORD, data: 0x10}", "11:1000000000000000");
    is("{type: multi_sz, data: [a]}", "7:6100000000"
                                      "00");
    is("{data: abc, type: sz}", "1:6100620063000000");
    is("{type: dword, hex: 01 02 03}", "4:010203");
    is("{type: sz, hex: '6100'}", "1:6100");
    is("{type: multi_sz, hex: ''}", "7:");
    is("{type: 8, hex: 00 01}", "8:0001");
    is("{type: type 42, hex: 00}", "42:00");
    is("{type: 0xffffffff, hex: 00}", "4294967295:00");
    is("{type: link, hex: 00}", "6:00");
    is("{state: absent}", "absent");
}

static void a_bare_number_or_text_says_what_is_expected(void **state)
{
    (void)state;
    is_not("1", "5:10", "expected a type and data such as `dword 1`");
    is_not("0x1", "5:10", "expected a type and data");
    is_not("no", "5:10", "`no` is no registry type");
    is_not("hello world", "5:10", "`hello` is no registry type");
    is_not("", "5:9", "got nothing");
    is_not("''", "5:10", "got nothing");
    is_not("~", "5:10", "expected a type and data");
    is_not("dwrod 1", "5:10", "did you mean `dword`?");
    is_not("DWORDS 1", "5:10", "did you mean `dword`?");
    is_not("multisz a", "5:10", "did you mean `multi_sz`?");
    is_not("dword:00000001", "5:10", ".reg syntax");
    is_not("abset", "5:10", "did you mean `absent`?");
    is_not("[a, b]", "5:10", "{multi_sz: [a, b]}");
    is_not("[]", "5:10", "{multi_sz: [a, b]}");
    is_not("absent 1", "5:17", "`absent` has no data");
    is_not("\"\\x1b[31m 1\"", "5:10", "\\x1B");
}

static void a_number_is_checked_against_its_range_at_its_place(void **state)
{
    (void)state;
    is_not("dword", "5:15", "expected a number, 0 to 4294967295 (0xFFFFFFFF), got nothing");
    is_not("dword 4294967296", "5:16", "0 to 4294967295 (0xFFFFFFFF), got `4294967296`");
    is_not("dword 0x100000000", "5:16", "0 to 4294967295");
    is_not("dword -1", "5:16", "got `-1`");
    is_not("dword 1.0", "5:16", "got `1.0`");
    is_not("dword 1 2", "5:16", "got `1 2`");
    is_not("dword  1", "5:16", "got ` 1`");
    is_not("dword one", "5:16", "got `one`");
    is_not("'dword x'", "5:17", "got `x`");
    is_not("dword_be 0x1FFFFFFFF", "5:19", "0 to 4294967295");
    is_not("qword 18446744073709551616", "5:16", "0 to 18446744073709551615 (0xFFFFFFFFFFFFFFFF)");
    is_not("dword 00000200", "5:16", "decimal or hexadecimal; write 0x200");
    is_not("dword 010", "5:16", "decimal or hexadecimal; write 0x10");
    is_not("{dword: ''}", "5:18", "got nothing");
    is_not("{dword: x}", "5:18", "expected a number");
    is_not("{dword: [1]}", "5:18", "got a list");
    is_not("\"dword \\x31\\x1b\"", "5:10", "1\\x1B");
}

static void hex_is_checked_at_the_byte(void **state)
{
    (void)state;
    is_not("binary 01 0g", "5:20", "half a byte");
    is_not("binary 01 g0", "5:20", "expected pairs of hex digits");
    is_not("binary 01,02", "5:19", "expected pairs of hex digits");
    is_not("binary 012", "5:19", "half a byte");
    is_not("binary 0", "5:17", "half a byte");
    is_not("none x", "5:15", "expected pairs");
    is_not("{type: 3, hex: 0}", "5:25", "half a byte");
    is_not("{type: 3, hex: [0]}", "5:25", "got a list");
}

static void quotes_inside_of_the_text_are_asked_about(void **state)
{
    (void)state;
    is_not("sz \"x\"", "5:13", "the quotes would be part of the text");
    is_not("sz 'x'", "5:13", "the quotes would be part of the text");
    is_not("expand_sz \"\"", "5:20", "the quotes would be part of the text");
    is("sz \"x\" y", "1:22007800220020007900"
                     "0000");
    is("sz x\"", "1:780022000000");
}

static void what_a_type_cannot_hold_is_refused(void **state)
{
    (void)state;
    is_not("\"sz a\\0b\"", "5:10", "a NUL cannot stand in a text");
    is_not("{sz: \"\\0\"}", "5:15", "a NUL cannot stand in a text");
    is_not("multi_sz a b", "5:10", "{multi_sz: [a, b]}");
    is_not("multi_sz", "5:10", "{multi_sz: [a, b]}");
    is_not("{multi_sz: a}", "5:21", "expected the list of a multi_sz");
    is_not("{multi_sz: [a, '']}", "5:25", "ends a multi_sz early");
    is_not("{multi_sz: [a, [b]]}", "5:25", "expected a text, got a list");
    is_not("{multi_sz: [\"a\\0\"]}", "5:22", "NUL");
    is_not("link abc", "5:10", "link has no text form");
    is_not("{type: 42, data: x}", "5:27", "type 42 has no text form");
}

static void a_long_map_is_whole_and_nothing_else(void **state)
{
    (void)state;
    is_not("{}", "5:10", "the value has no type:");
    is_not("{data: 1}", "5:10", "the value has no type:");
    is_not("{type: dword}", "5:10", "the value has no data: (or hex:)");
    is_not("{type: dword, date: 1}", "5:24", "did you mean `data`?");
    is_not("{type: dword, data: 1, hex: 00}", "5:38", "expected data: or hex:, got both");
    is_not("{type: dwort, data: 1}", "5:17", "did you mean `dword`?");
    is_not("{type: 4294967296, data: 1}", "5:17", "is no registry type");
    is_not("{type: [a], data: 1}", "5:17", "expected a registry type such as dword, got a list");
    is_not("{state: absent, type: dword, data: 1}", "5:10", "expected state: or type: and data:");
    is_not("{state: present}", "5:18", "expected absent, got `present`");
    is_not("{dwrd: 1}", "5:11", "did you mean `dword`?");
    is_not("{dword: 1, sz: x}", "5:11", "a value has no key `dword`");
    is_not("{dword: 1, dword: 2}", "5:21", "a second time");
}

static void a_value_of_a_mebibyte_is_read_and_a_larger_one_refused(void **state)
{
    struct text t = {0};
    (void)state;
    text_put(&t, HEAD "      V: binary ");
    for (size_t i = 0; i < REG_VALUE_MAX; i++)
        text_put(&t, "ab");
    struct playbook *p = yaml_good(text_str(&t));
    assert_int_equal(p->settings[0].value.size, REG_VALUE_MAX);
    playbook_free(p);
    text_put(&t, "ab");
    yaml_bad(text_str(&t), "5:17", "more than 1048576 bytes");
    text_fini(&t);
}

static void a_name_may_be_told_apart_from_its_label(void **state)
{
    struct playbook *p = yaml_good(HEAD "      a: {name: '@', type: dword, data: 1}\n"
                                        "      b: {name: '(default)', state: absent}\n"
                                        "      c: {name: '', type: sz, data: x}\n");
    (void)state;
    assert_string_equal(p->settings[0].name, "@");
    assert_string_equal(p->settings[1].name, "(default)");
    assert_int_equal(p->settings[1].kind, SETTING_VALUE_ABSENT);
    assert_string_equal(p->settings[2].name, "");
    playbook_free(p);
    is_not("{name: [a], type: dword, data: 1}", "5:17", "expected a value name, got a list");
    is_not("{name: \"a\\0\", type: dword, data: 1}", "5:17", "NUL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_has_a_text_form),
        cmocka_unit_test(a_map_names_the_type_and_holds_the_data),
        cmocka_unit_test(a_long_map_is_like_win_regedit),
        cmocka_unit_test(a_bare_number_or_text_says_what_is_expected),
        cmocka_unit_test(a_number_is_checked_against_its_range_at_its_place),
        cmocka_unit_test(hex_is_checked_at_the_byte),
        cmocka_unit_test(quotes_inside_of_the_text_are_asked_about),
        cmocka_unit_test(what_a_type_cannot_hold_is_refused),
        cmocka_unit_test(a_long_map_is_whole_and_nothing_else),
        cmocka_unit_test(a_value_of_a_mebibyte_is_read_and_a_larger_one_refused),
        cmocka_unit_test(a_name_may_be_told_apart_from_its_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
