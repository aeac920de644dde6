/* registry/path: what people write, in one order, with parents before children. */
#include "registry/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct reg_path path(const char *s, enum reg_view view)
{
    struct reg_path p;
    struct why why;

    assert_int_equal(path_parse(s, view, &p, &why), OK);
    return p;
}

static void assert_refused(const char *s, const char *words)
{
    struct reg_path p = {.view = VIEW_32};
    struct why why = {0};

    assert_int_equal(path_parse(s, VIEW_64, &p, &why), E_DATA);
    assert_null(p.key);
    assert_string_equal(why.place, "");
    if (strstr(why.text, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, why.text);
    assert_int_equal(path_parse(s, VIEW_64, &p, NULL), E_DATA);
}

static void every_name_of_every_hive_is_understood(void **state)
{
    static const struct {
        enum reg_hive hive;
        const char *names[2];
    } hives[] = {
        {HIVE_LOCAL_MACHINE, {"HKLM", "HKEY_LOCAL_MACHINE"}},
        {HIVE_USERS, {"HKU", "HKEY_USERS"}},
        {HIVE_CLASSES_ROOT, {"HKCR", "HKEY_CLASSES_ROOT"}},
        {HIVE_CURRENT_CONFIG, {"HKCC", "HKEY_CURRENT_CONFIG"}},
        {HIVE_CURRENT_USER, {"HKCU", "HKEY_CURRENT_USER"}},
    };
    static const char *const forms[] = {"%s\\A\\b C", "%s:\\A\\b C", "%s", "%s:"};

    (void)state;
    for (size_t i = 0; i < COUNT(hives); i++) {
        assert_string_equal(hive_name(hives[i].hive), hives[i].names[0]);
        assert_string_equal(hive_long_name(hives[i].hive), hives[i].names[1]);
        for (size_t k = 0; k < 2; k++)
            for (size_t f = 0; f < COUNT(forms); f++) {
                struct text s = {0};
                struct reg_path p;

                text_put(&s, hives[i].names[k]);
                text_put(&s, forms[f] + 2);
                p = path(s.s, VIEW_32);
                assert_int_equal(p.hive, hives[i].hive);
                assert_int_equal(p.view, VIEW_32);
                assert_string_equal(p.key, f < 2 ? "A\\b C" : "");
                path_fini(&p);
                text_fini(&s);
            }
    }
}

static void hive_is_read_without_case_and_the_key_kept_as_written(void **state)
{
    struct reg_path p = path("hkey_Local_machine\\SoftWare\\https://x", VIEW_64);

    (void)state;
    assert_int_equal(p.hive, HIVE_LOCAL_MACHINE);
    assert_string_equal(p.key, "SoftWare\\https://x");
    path_fini(&p);
    assert_null(p.key);
}

static void misspelt_hive_is_answered_with_the_nearest(void **state)
{
    (void)state;
    assert_refused("HKML\\A", "not \"HKML\"; did you mean HKLM?");
    assert_refused("KLM\\A", "did you mean HKLM?");
    assert_refused("tHKEY_LOCAL_MACHINE\\A", "did you mean HKEY_LOCAL_MACHINE?");
    assert_refused("HKEY_LOCAL_MASHINE\\A", "did you mean HKEY_LOCAL_MACHINE?");
    assert_refused("HKEY_CURRENT_USERS\\A", "did you mean HKEY_CURRENT_USER?");
    assert_refused("C:\\Windows", "expected HKLM, HKU, HKCR, HKCC or HKCU");
    assert_refused("HKLMX:\\A", "not \"HKLMX\"");
    assert_refused("", "expected a registry path");
    assert_refused("\\A", "expected HKLM");
    assert_refused(":\\A", "expected HKLM");
    assert_refused("HK\x1b[2J\\A", "not \"HK\\x1B[2J\"");
}

static void slashes_for_backslashes_are_told_apart(void **state)
{
    (void)state;
    assert_refused("HKLM/SOFTWARE/X", "parted by '\\', not by '/'");
    assert_refused("hkey_local_machine/SOFTWARE", "parted by '\\'");
    assert_refused("/HKLM", "expected HKLM");
}

static void empty_levels_are_refused(void **state)
{
    (void)state;
    assert_refused("HKLM\\", "after each '\\'");
    assert_refused("HKLM\\A\\", "after each '\\'");
    assert_refused("HKLM\\A\\\\B", "after each '\\'");
    assert_refused("HKLM\\\\A", "after each '\\'");
}

static void control_characters_and_broken_text_are_refused(void **state)
{
    (void)state;
    assert_refused("HKLM\\A\\b\tc", "control character 0x09");
    assert_refused("HKLM\\A\nB", "control character 0x0A");
    assert_refused("HKLM\\\x7f", "control character 0x7F");
    assert_refused("HKLM\\A\xff", "UTF-8");
    assert_refused("HKLM\\\xc3", "UTF-8");
}

static void level_may_have_255_units(void **state)
{
    char s[600] = "HKLM\\A\\";
    struct reg_path p;

    (void)state;
    memset(s + 7, 'x', 255);
    p = path(s, VIEW_64);
    path_fini(&p);
    memset(s + 7, 'x', 256);
    assert_refused(s, "256 characters, more than 255");
    for (size_t i = 0; i < 127; i++) /* two units each */
        memcpy(s + 7 + 4 * i, "\xf0\x9f\x98\x80", 5);
    p = path(s, VIEW_64);
    path_fini(&p);
    memcpy(s + 7 + 4 * 127, "\xf0\x9f\x98\x80", 5);
    assert_refused(s, "256 characters");
}

static void path_has_a_greatest_depth_and_length(void **state)
{
    static char s[REG_KEY_MAX + 10] = "HKLM";
    struct reg_path p;

    (void)state;
    for (size_t i = 0; i < REG_DEPTH_MAX; i++)
        memcpy(s + 4 + 2 * i, "\\a", 3);
    p = path(s, VIEW_64);
    path_fini(&p);
    memcpy(s + 4 + 2 * (size_t)REG_DEPTH_MAX, "\\a", 3);
    assert_refused(s, "more than 64 levels");
    memset(s + 5, 'a', REG_KEY_MAX + 1);
    for (size_t i = 0; i < REG_KEY_MAX; i += 200)
        s[5 + i + 100] = '\\';
    s[5 + REG_KEY_MAX] = '\0';
    p = path(s, VIEW_64);
    path_fini(&p);
    s[5 + REG_KEY_MAX] = 'a';
    assert_refused(s, "longer than 4096 bytes");
}

static void names_compare_without_case_in_every_alphabet(void **state)
{
    (void)state;
    assert_false(reg_name_equal("\\", "\x01")); /* a value name may hold either */
    assert_true(reg_name_equal("TLS 1.2", "tls 1.2"));
    assert_true(reg_name_equal("\xc3\x89t\xc3\xa9", "\xc3\xa9T\xc3\x89")); /* Été */
    assert_true(reg_name_equal("\xc5\xbeup", "\xc5\xbdUP"));               /* žup */
    assert_true(reg_name_equal("\xd0\xb6", "\xd0\x96"));                   /* ж */
    assert_true(reg_name_equal("\xc3\xbf", "\xc5\xb8"));                   /* ÿ */
    assert_false(reg_name_equal("a", "\xc3\xa1"));
    assert_false(reg_name_equal("", "a"));
    assert_true(reg_name_equal("\xff", "\xff")); /* broken, but the same */
    assert_false(reg_name_equal("\xff", "\xfe"));
    assert_int_equal(reg_name_compare("a", "B"), -1);
    assert_int_equal(reg_name_compare("B", "a"), 1);
    assert_int_equal(reg_name_compare("a", "AB"), -1);
    assert_int_equal(reg_name_compare("z", "\xc3\xa9"), -1);
    assert_int_equal(reg_name_compare("\xf4\x8f\xbf\xbf", "\x80"), -1);
}

static void order_is_hive_view_and_parents_before_children(void **state)
{
    static const struct {
        const char *s;
        enum reg_view view;
    } sorted[] = {
        {"HKLM", VIEW_64},
        {"HKLM\\a", VIEW_64},
        {"HKLM\\A\\b", VIEW_64},
        {"HKLM\\a\\B\\c", VIEW_64},
        {"HKLM\\A b", VIEW_64},
        {"HKLM\\A!", VIEW_64},
        {"HKLM\\AB", VIEW_64},
        {"HKLM\\b", VIEW_64},
        {"HKLM\\\xc3\xa9", VIEW_64},
        {"HKLM", VIEW_32},
        {"HKLM\\a", VIEW_32},
        {"HKU\\a", VIEW_64},
        {"HKCU", VIEW_64},
    };
    struct reg_path p[COUNT(sorted)];

    (void)state;
    for (size_t i = 0; i < COUNT(sorted); i++)
        p[i] = path(sorted[i].s, sorted[i].view);
    for (size_t i = 0; i < COUNT(sorted); i++)
        for (size_t k = 0; k < COUNT(sorted); k++) {
            assert_int_equal(path_compare(&p[i], &p[k]), i < k ? -1 : i > k);
            assert_int_equal(path_equal(&p[i], &p[k]), i == k);
        }
    for (size_t i = 0; i < COUNT(sorted); i++)
        path_fini(&p[i]);
}

static void paths_are_equal_without_case(void **state)
{
    struct reg_path a = path("HKLM\\Software\\\xc3\xa9", VIEW_64);
    struct reg_path b = path("hklm:\\SOFTWARE\\\xc3\x89", VIEW_64), c;

    (void)state;
    assert_true(path_equal(&a, &b));
    assert_int_equal(path_copy(&a, &c), OK);
    assert_string_equal(a.key, c.key);
    assert_ptr_not_equal(a.key, c.key);
    path_fini(&a);
    path_fini(&b);
    path_fini(&c);
}

static void parent_is_one_level_up_and_the_hive_has_none(void **state)
{
    struct reg_path p = path("HKU\\A\\B", VIEW_32), up, top, none;

    (void)state;
    assert_int_equal(path_parent(&p, &up), OK);
    assert_string_equal(up.key, "A");
    assert_int_equal(up.hive, HIVE_USERS);
    assert_int_equal(up.view, VIEW_32);
    assert_int_equal(path_parent(&up, &top), OK);
    assert_string_equal(top.key, "");
    none = top;
    assert_int_equal(path_parent(&top, &none), E_ABSENT);
    assert_null(none.key);
    path_fini(&p);
    path_fini(&up);
    path_fini(&top);
}

static void under_means_strictly_below_in_the_same_view(void **state)
{
    static const struct {
        const char *p, *ancestor;
        bool under;
    } cases[] = {
        {"HKLM\\A\\B", "HKLM\\A", true},
        {"HKLM\\A\\B\\C", "HKLM\\a", true},
        {"HKLM\\A", "HKLM", true},
        {"HKLM\\A", "HKLM\\A", false},
        {"HKLM", "HKLM", false},
        {"HKLM", "HKLM\\A", false},
        {"HKLM\\AB", "HKLM\\A", false},
        {"HKLM\\A", "HKLM\\A\\B", false},
        {"HKU\\A\\B", "HKLM\\A", false},
        {"HKLM\\\xc3\xa9\\B", "HKLM\\\xc3\x89", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reg_path p = path(cases[i].p, VIEW_64), a = path(cases[i].ancestor, VIEW_64);

        assert_int_equal(path_is_under(&p, &a), cases[i].under);
        a.view = VIEW_32;
        assert_false(path_is_under(&p, &a));
        path_fini(&p);
        path_fini(&a);
    }
}

static void code_and_text_say_the_view(void **state)
{
    static const struct {
        const char *s;
        enum reg_view view;
        const char *code, *text;
    } cases[] = {
        {"HKLM\\A\\B", VIEW_64, "HKLM\\A\\B", "HKLM\\A\\B"},
        {"HKEY_USERS\\A", VIEW_32, "HKU/32\\A", "HKU\\A (32-bit view)"},
        {"HKCR", VIEW_64, "HKCR", "HKCR"},
        {"HKCC", VIEW_32, "HKCC/32", "HKCC (32-bit view)"},
        {"HKLM\\\xe2\x80\xae", VIEW_64, "HKLM\\\xe2\x80\xae", "HKLM\\\\xE2\\x80\\xAE"},
        {"HKLM\\\xed\xa0\x80", VIEW_64, "HKLM\\\xed\xa0\x80", "HKLM\\\\xED\\xA0\\x80"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reg_path p = path(cases[i].s, cases[i].view), back;
        struct text code = {0}, text = {0};

        path_put_code(&code, &p);
        path_put_text(&text, &p);
        assert_string_equal(text_str(&code), cases[i].code);
        assert_string_equal(text_str(&text), cases[i].text);
        assert_int_equal(path_from_code(code.s, &back), OK);
        assert_true(path_equal(&p, &back));
        assert_string_equal(p.key, back.key);
        path_fini(&p);
        path_fini(&back);
        text_fini(&code);
        text_fini(&text);
    }
}

static void code_in_any_other_form_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "hklm",
        "HKLM\\",
        "HKLM/32\\",
        "HKLM/64\\A",
        "HKLM/32A",
        "HKLMX",
        "HKUX\\A",
        "HKEY_USERS\\A",
        "HKLM:\\A",
        "HKLM\\A\\",
        "HKLM\\A\\\\B",
        "HKLM\\A\tB",
        "HKLM\\\xff",
        "A\\HKLM",
        " HKLM",
    };
    struct reg_path p = {.view = VIEW_32};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(path_from_code(bad[i], &p), E_FORMAT);
        assert_true(p.key == NULL && p.view == VIEW_64);
    }
}

static void view_of_32_bits_has_its_64_bit_form(void **state)
{
    static const struct {
        const char *narrow, *wide;
    } cases[] = {
        {"HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319",
         "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework\\v4.0.30319"},
        {"HKLM\\software", "HKLM\\software\\Wow6432Node"},
        {"HKLM\\SOFTWAREX\\A", "HKLM\\SOFTWAREX\\A"},
        {"HKLM\\SYSTEM\\CurrentControlSet", "HKLM\\SYSTEM\\CurrentControlSet"},
        {"HKLM", "HKLM"},
        {"HKLM\\SOFTWARE\\Wow6432Node\\X", "HKLM\\SOFTWARE\\Wow6432Node\\X"},
        {"HKLM\\SOFTWARE\\Policies\\Microsoft", "HKLM\\SOFTWARE\\Policies\\Microsoft"},
        {"HKLM\\Software\\microsoft\\ole", "HKLM\\Software\\microsoft\\ole"},
        {"HKLM\\SOFTWARE\\Microsoft\\OLEX", "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\OLEX"},
        {"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp",
         "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Internet "
         "Settings\\WinHttp"},
        {"HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Print\\X",
         "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Print\\X"},
        {"HKLM\\SOFTWARE\\Classes\\.txt", "HKLM\\SOFTWARE\\Classes\\.txt"},
        {"HKLM\\SOFTWARE\\Classes\\CLSID\\{1}", "HKLM\\SOFTWARE\\Classes\\Wow6432Node\\CLSID\\{1}"},
        {"HKCR\\CLSID", "HKCR\\Wow6432Node\\CLSID"},
        {"HKCR\\.txt", "HKCR\\.txt"},
        {"HKCU\\Software\\X", "HKCU\\Software\\X"},
        {"HKCU\\Software\\Classes\\Interface\\{1}",
         "HKCU\\Software\\Classes\\Wow6432Node\\Interface\\{1}"},
        {"HKU\\S-1-5-18\\Software\\Classes\\Media Type",
         "HKU\\S-1-5-18\\Software\\Classes\\Wow6432Node\\Media Type"},
        {"HKU\\S-1-5-18\\Software\\X", "HKU\\S-1-5-18\\Software\\X"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reg_path p = path(cases[i].narrow, VIEW_32), wide;
        struct text t = {0};

        assert_int_equal(path_to_64bit_form(&p, &wide), OK);
        path_put_code(&t, &wide);
        assert_string_equal(text_str(&t), cases[i].wide);
        path_fini(&wide);
        text_fini(&t);
        p.view = VIEW_64; /* what is 64-bit already stays as it is */
        assert_int_equal(path_to_64bit_form(&p, &wide), OK);
        assert_string_equal(wide.key, p.key);
        path_fini(&wide);
        path_fini(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_of_every_hive_is_understood),
        cmocka_unit_test(hive_is_read_without_case_and_the_key_kept_as_written),
        cmocka_unit_test(misspelt_hive_is_answered_with_the_nearest),
        cmocka_unit_test(slashes_for_backslashes_are_told_apart),
        cmocka_unit_test(empty_levels_are_refused),
        cmocka_unit_test(control_characters_and_broken_text_are_refused),
        cmocka_unit_test(level_may_have_255_units),
        cmocka_unit_test(path_has_a_greatest_depth_and_length),
        cmocka_unit_test(names_compare_without_case_in_every_alphabet),
        cmocka_unit_test(order_is_hive_view_and_parents_before_children),
        cmocka_unit_test(paths_are_equal_without_case),
        cmocka_unit_test(parent_is_one_level_up_and_the_hive_has_none),
        cmocka_unit_test(under_means_strictly_below_in_the_same_view),
        cmocka_unit_test(code_and_text_say_the_view),
        cmocka_unit_test(code_in_any_other_form_is_refused),
        cmocka_unit_test(view_of_32_bits_has_its_64_bit_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
