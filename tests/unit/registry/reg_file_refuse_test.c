/* registry/reg_file, refusing: FILE:LINE:COLUMN, what was expected there, and nothing returned. */
#include "registry/reg_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "REGEDIT4\n[HKEY_LOCAL_MACHINE\\A]\n" /* two lines */

static void assert_refused_bytes(const void *bytes, size_t n, const char *place, const char *words)
{
    struct reg_file f = {.n = 7};
    struct why why = {0};

    assert_int_equal(reg_file_read("t.reg", rd_of(bytes, n), &f, &why), E_DATA);
    assert_true(f.entries == NULL && f.n == 0);
    if (strncmp(why.place, "t.reg", 5) != 0 || strcmp(why.place + 5, place) != 0)
        fail_msg("t.reg%s is not the place: %s: %s", place, why.place, why.text);
    if (strstr(why.text, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\" at %s", words, why.text, why.place);
    assert_int_equal(reg_file_read("t.reg", rd_of(bytes, n), &f, NULL), E_DATA);
}

static void assert_refused(const char *s, const char *place, const char *words)
{
    assert_refused_bytes(s, strlen(s), place, words);
}

struct bad {
    const char *line; /* the third of the file */
    const char *place;
    const char *words;
};

static void assert_all_refused(const struct bad *bad, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct text s = {0};

        text_printf(&s, HEAD "%s", bad[i].line);
        assert_refused(s.s, bad[i].place, bad[i].words);
        text_put(&s, "\r\n\"after\"=dword:1\r\n");
        if (strstr(bad[i].words, "ends this string") == NULL)
            assert_refused(s.s, bad[i].place, bad[i].words);
        text_fini(&s);
    }
}

static void head_must_be_one_of_two(void **state)
{
    static const char *const heads[] = {
        "",
        "\n",
        "REGEDIT",
        "REGEDIT5\n",
        "\nREGEDIT4\n",
        "[HKEY_LOCAL_MACHINE\\A]\n",
        "Windows Registry Editor Version 4.00\n",
        "; c\nREGEDIT4\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++)
        assert_refused(heads[i], ":1:1", "expected the first line to be Windows Registry Editor");
    assert_refused("REGEDIT4x\n", ":1:9", "end of the line after the version");
    assert_refused("Windows Registry Editor Version 5.000\n", ":1:37", "end of the line");
}

static void wrong_keys_are_refused(void **state)
{
    static const struct bad bad[] = {
        {"[HKEY_LOCAL_MASHINE\\B]", ":3:2", "did you mean HKEY_LOCAL_MACHINE?"},
        {"[ HKEY_LOCAL_MACHINE\\B]", ":3:2", "did you mean HKEY_LOCAL_MACHINE?"},
        {"[-HKXX\\B]", ":3:3", "expected HKLM"},
        {"[]", ":3:2", "expected a registry path"},
        {"[-]", ":3:3", "expected a registry path"},
        {"[HKEY_LOCAL_MACHINE\\B", ":3:2", "expected a key and ']'"},
        {"[HKEY_LOCAL_MACHINE\\B\\]", ":3:2", "after each '\\'"},
        {"[HKEY_LOCAL_MACHINE\\B\\\\C]", ":3:2", "after each '\\'"},
        {"[HKEY_LOCAL_MACHINE/B]", ":3:2", "parted by '\\'"},
        {"[HKEY_LOCAL_MACHINE\\B] x", ":3:24", "end of the line after the key"},
        {"[HKEY_LOCAL_MACHINE\\B] ; see [x]", ":3:2", "no ']' in the comment"},
        {"[-HKEY_LOCAL_MACHINE]", ":3:1", "a hive cannot be deleted"},
        {"[-HKEY_USERS\\B]\n\"n\"=dword:1", ":4:1", "no values under a key that is deleted"},
    };

    (void)state;
    assert_all_refused(bad, COUNT(bad));
}

static void wrong_lines_are_refused(void **state)
{
    static const struct bad bad[] = {
        {"x", ":3:1", "expected a key in [ ]"},
        {"# comment", ":3:1", "or a comment"},
        {"\xc3\xa9\xc3\xa9=1", ":3:1", "expected a key in [ ]"},
        {"  55,66", ":3:3", "expected a key in [ ]"},
        {"\"n\"", ":3:4", "expected '=' after the name"},
        {"\"\xc3\xa9\" x", ":3:5", "expected '=' after the name"},
        {"@", ":3:2", "expected '='"},
        {"\"n=dword:1\n\"m\"=\"x\"", ":3:1", "expected '=' after the name that begins here"},
        {"\"n", ":3:1", "a second '\"' that ends this string"},
        {"\"n\"=", ":3:5", "expected \"text\", dword:, hex:"},
        {"\"n\"=x", ":3:5", "expected \"text\", dword:, hex:"},
        {"\"n\"=sz:x", ":3:5", "after '='"},
        {"\"n\"=- x", ":3:7", "end of the line after the value"},
        {"\"n\"=\"a\" x", ":3:9", "end of the line after the value"},
        {"\"n\"=\"a\rb\"\r\r", ":3:10", "end of the line after the value"},
    };

    (void)state;
    assert_all_refused(bad, COUNT(bad));
    assert_refused("REGEDIT4\n\n \"n\"=dword:1\n", ":3:2", "expected a key in [ ] before");
}

static void wrong_strings_are_refused(void **state)
{
    static const struct bad bad[] = {
        {"\"n\"=\"C:\\Windows\"", ":3:9", "expected '\\' or '\"' after a '\\'"},
        {"\"n\"=\"a\\", ":3:8", "expected '\\' or '\"' after a '\\'"},
        {"\"a\\b\"=\"x\"", ":3:4", "expected '\\' or '\"'"},
        {"\"n\"=\"a\\\"", ":3:5", "a second '\"' that ends this string"},
        {"\"n\"=\"a\n\"m\"=\"b\"", ":3:5", "nothing behind its end on line 4"},
    };

    (void)state;
    assert_all_refused(bad, COUNT(bad));
}

static void wrong_numbers_are_refused(void **state)
{
    static const struct bad bad[] = {
        {"\"n\"=dword:", ":3:11", "hexadecimal digits for a dword"},
        {"\"n\"=dword:g", ":3:11", "hexadecimal digits for a dword"},
        {"\"n\"=dword:0x1", ":3:12", "end of the line after the value"},
        {"\"n\"=dword:000000001", ":3:19", "at most 8 hexadecimal digits"},
        {"\"n\"=dword:12 3", ":3:14", "end of the line after the value"},
        {"\"n\"=dword:-1", ":3:11", "hexadecimal digits"},
        {"\"n\"=hex(", ":3:9", "hexadecimal digits for a type"},
        {"\"n\"=hex():00", ":3:9", "hexadecimal digits for a type"},
        {"\"n\"=hex(x):00", ":3:9", "hexadecimal digits for a type"},
        {"\"n\"=hex(0x2):00", ":3:10", "expected '):'"},
        {"\"n\"=hex(2)00", ":3:10", "expected '):'"},
        {"\"n\"=hex(100000000):00", ":3:17", "at most 8 hexadecimal digits for a type"},
        {"\"n\"=hex 00", ":3:5", "after '='"},
    };

    (void)state;
    assert_all_refused(bad, COUNT(bad));
}

static void wrong_lists_are_refused(void **state)
{
    static const struct bad bad[] = {
        {"\"n\"=hex:x", ":3:9", "hexadecimal digits for a byte"},
        {"\"n\"=hex:01,,02", ":3:12", "hexadecimal digits for a byte"},
        {"\"n\"=hex:,01", ":3:9", "hexadecimal digits for a byte"},
        {"\"n\"=hex:001", ":3:11", "at most 2 hexadecimal digits"},
        {"\"n\"=hex:01 02", ":3:12", "expected ',' between bytes"},
        {"\"n\"=hex:01;02,\n  03", ":4:3", "expected a key in [ ]"},
        {"\"n\"=hex:01\\\n  02", ":3:11", "expected ',' between bytes"},
        {"\"n\"=hex:01,\\x\n  02", ":3:13", "end of the line after '\\'"},
        {"\"n\"=hex:01,\\\n  ,02", ":4:3", "expected more bytes"},
        {"\"n\"=hex:01,\\\n[HKEY_USERS\\X]", ":4:1", "expected more bytes"},
        {"\"n\"=hex:01,\\\n\\\n02", ":4:1", "expected more bytes"},
        {"\"n\"=hex:01,\n  02", ":4:3", "expected a key in [ ]"},
    };

    (void)state;
    assert_all_refused(bad, COUNT(bad));
    assert_refused(HEAD "\"n\"=hex:01,\\", ":3:13", "expected more bytes");
    assert_refused(HEAD "\"n\"=hex:01,\\\n", ":4:1", "expected more bytes");
    assert_refused(HEAD "\"n\"=hex:\\\n; c\n\n", ":6:1", "expected more bytes");
}

static void broken_encodings_are_refused(void **state)
{
    (void)state;
    assert_refused("\xef\xbb\xbfREGEDIT4\n; \xff", ":2:3", "expected UTF-8");
    assert_refused("\xef\xbb\xbfREGEDIT4\n;\xed\xa0\x80", ":2:2", "expected UTF-8");
    assert_refused_bytes("REGEDIT4\n; \0", 12, ":2:3", "not a NUL");
    assert_refused_bytes("REGEDIT4\n;\0\xff", 12, ":2:2", "not a NUL");
    assert_refused_bytes("\xff\xfeR\0E\0\n\0\0\0", 10, ":2:1", "not a NUL");
    assert_refused_bytes("\xff\xfeR\0E", 5, "", "middle of a character");
    assert_refused_bytes("\xff\xfe", 2, ":1:1", "expected the first line");
    assert_refused_bytes("\xfe\xff\0R", 4, ":1:1", "little-endian");
}

static void file_name_over_the_limit_of_a_place_is_cut(void **state)
{
    char file[400];
    struct reg_file f;
    struct why why;

    (void)state;
    memset(file, 'f', sizeof file - 1);
    file[sizeof file - 1] = '\0';
    assert_int_equal(reg_file_read(file, rd_text("x"), &f, &why), E_DATA);
    assert_true(strlen(why.place) < sizeof why.place);
}

static void value_and_name_have_a_largest_size(void **state)
{
    size_t n = REG_VALUE_MAX;
    struct text s = {0};
    struct reg_file f;
    struct why why;

    (void)state;
    text_put(&s, HEAD "\"n\"=hex:1");
    for (size_t i = 1; i < n; i++)
        text_put(&s, ",0");
    assert_int_equal(reg_file_read("t.reg", rd_of(s.s, s.used), &f, &why), OK);
    assert_int_equal(f.entries[0].value.size, n);
    reg_file_fini(&f);
    text_put(&s, ",0");
    assert_refused(s.s, ":3:2097162", "at most 1048576 bytes in a value");
    text_fini(&s);
    text_put(&s, HEAD "\"n\"=\"");
    for (size_t i = 0; i < n / 2; i++)
        text_char(&s, 'x');
    text_put(&s, "\"\n");
    assert_refused(s.s, ":3:5", "at most 1048576 bytes in a value");
    text_fini(&s);
    text_put(&s, HEAD "\"n\"=hex(1):41");
    for (size_t i = 0; i < n / 2; i++)
        text_put(&s, ",41"); /* ANSI, twice as long in UTF-16 */
    assert_refused(s.s, ":3:12", "at most 1048576 bytes in a value");
    text_fini(&s);
    text_put(&s, HEAD "\"");
    for (size_t i = 0; i <= REG_NAME_MAX; i++)
        text_char(&s, 'n');
    text_put(&s, "\"=-\n");
    assert_refused(s.s, ":3:1", "at most 16383 characters");
    text_fini(&s);
}

static void file_has_a_largest_size_and_number_of_entries(void **state)
{
    struct text s = {0};
    struct reg_file f = {.n = 7};
    struct why why;

    (void)state;
    text_put(&s, "REGEDIT4\n");
    for (size_t i = 0; i < REG_FILE_ENTRIES_MAX; i++)
        text_put(&s, "[HKLM\\A]\n");
    assert_int_equal(reg_file_read("t.reg", rd_of(s.s, s.used), &f, &why), OK);
    assert_int_equal(f.n, REG_FILE_ENTRIES_MAX);
    reg_file_fini(&f);
    text_put(&s, "[HKLM\\A]\n");
    assert_refused(s.s, ":200003:1", "at most 200000 entries");
    assert_int_equal(reg_file_read("t.reg", rd_of(s.s, (size_t)REG_FILE_MAX + 1), &f, &why),
                     E_LIMIT); /* refused before a byte is looked at */
    assert_string_equal(why.place, "t.reg");
    assert_null(f.entries);
    assert_int_equal(reg_file_read("t.reg", (struct rd){.bad = true}, &f, &why), E_LIMIT);
    text_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_must_be_one_of_two),
        cmocka_unit_test(wrong_keys_are_refused),
        cmocka_unit_test(wrong_lines_are_refused),
        cmocka_unit_test(wrong_strings_are_refused),
        cmocka_unit_test(wrong_numbers_are_refused),
        cmocka_unit_test(wrong_lists_are_refused),
        cmocka_unit_test(broken_encodings_are_refused),
        cmocka_unit_test(file_name_over_the_limit_of_a_place_is_cut),
        cmocka_unit_test(value_and_name_have_a_largest_size),
        cmocka_unit_test(file_has_a_largest_size_and_number_of_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
