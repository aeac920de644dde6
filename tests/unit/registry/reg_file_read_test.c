/* registry/reg_file, reading: every form that regedit takes. */
#include "registry/reg_file.h"

#include "base/utf16.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define V5 "Windows Registry Editor Version 5.00\r\n\r\n"
#define V4 "REGEDIT4\r\n\r\n"
#define KEY "[HKEY_LOCAL_MACHINE\\SOFTWARE\\T]\r\n"

static struct reg_file read_bytes(const void *bytes, size_t n)
{
    struct reg_file f;
    struct why why = {0};

    if (reg_file_read("t.reg", rd_of(bytes, n), &f, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    return f;
}

static struct reg_file read_text(const char *s)
{
    return read_bytes(s, strlen(s));
}

/* One line an entry: kind, path, name, value. */
static void assert_entries(struct reg_file f, const char *expected)
{
    static const char *const kinds[] = {"create", "delete", "set", "unset"};
    struct text t = {0};

    for (size_t i = 0; i < f.n; i++) {
        const struct reg_entry *e = &f.entries[i];

        text_printf(&t, "%s ", kinds[e->kind]);
        path_put_code(&t, &e->path);
        if (e->kind == REG_VALUE_SET || e->kind == REG_VALUE_DELETE)
            text_printf(&t, " <%s>", e->name);
        else
            assert_null(e->name);
        if (e->kind == REG_VALUE_SET) {
            text_char(&t, ' ');
            value_put_code(&t, &e->value);
        }
        text_char(&t, '\n');
    }
    assert_int_equal(text_end(&t), OK);
    assert_string_equal(text_str(&t), expected);
    text_fini(&t);
    reg_file_fini(&f);
    assert_null(f.entries);
}

static void assert_value_line(const char *version, const char *line, const char *expected)
{
    struct text s = {0}, all = {0};

    text_printf(&s, "%s" KEY "%s\r\n", version, line);
    text_printf(&all, "set HKLM\\SOFTWARE\\T %s\n", expected);
    assert_entries(read_text(s.s), all.s);
    text_fini(&all);
    text_fini(&s);
}

static void every_kind_of_entry_is_read_in_order(void **state)
{
    (void)state;
    assert_entries(read_text(V5 "; a comment\r\n" KEY
                                "\"a\"=dword:00000001\r\n"
                                "@=\"def\"\r\n"
                                "\"gone\"=-\r\n"
                                "@=-\r\n"
                                "\r\n"
                                "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Empty]\r\n"
                                "[-HKEY_USERS\\X]\r\n"
                                "\r\n"
                                "[HKEY_CURRENT_USER]\r\n"),
                   "set HKLM\\SOFTWARE\\T <a> 4:01000000\n"
                   "set HKLM\\SOFTWARE\\T <> 1:6400650066000000\n"
                   "unset HKLM\\SOFTWARE\\T <gone>\n"
                   "unset HKLM\\SOFTWARE\\T <>\n"
                   "create HKLM\\SOFTWARE\\Empty\n"
                   "delete HKU\\X\n"
                   "create HKCU\n");
}

static void file_of_nothing_but_its_head_has_no_entries(void **state)
{
    static const char *const heads[] = {
        "REGEDIT4", "REGEDIT4\n", "REGEDIT4\r\n", "REGEDIT4 \t\r\n\r\n \t\r\n",
        "Windows Registry Editor Version 5.00", "Windows Registry Editor Version 5.00 \n; c",
        " REGEDIT4 ; comment\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++)
        assert_entries(read_text(heads[i]), "");
}

static void strings_unescape_and_may_span_lines(void **state)
{
    (void)state;
    assert_value_line(V5, "\"n\"=\"\"", "<n> 1:0000");
    assert_value_line(V5, "\"a\\\\b\\\"c\"=\"\\\\\\\"\"", "<a\\b\"c> 1:5c0022000000");
    assert_value_line(V5, "\"n\"=\"a\r\nb\"", "<n> 1:61000d000a0062000000");
    assert_value_line(V5, "\"n\"=\"a\nb\"", "<n> 1:61000a0062000000");
    assert_value_line(V5, "\"n\"=\";[x]\"", "<n> 1:3b005b0078005d000000");
    assert_value_line(V5, "\"n=\"=\"a\"", "<n=> 1:61000000");
    assert_value_line(V5, "\"\"=\"a\"", "<> 1:61000000");
}

static void blanks_and_comments_around_are_skipped(void **state)
{
    (void)state;
    assert_value_line(V5, " \t\"n\" \t= \t\"a\" \t; c", "<n> 1:61000000");
    assert_value_line(V5, "@ = dword: 1 ;c", "<> 4:01000000");
    assert_value_line(V5, "\"n\"=hex: 01 , 2 ;c", "<n> 3:0102");
    assert_entries(read_text(V5 " [HKEY_LOCAL_MACHINE\\A] \t; c\n\"x\"=- ; c\n"),
                   "unset HKLM\\A <x>\n");
}

static void file_pasted_with_its_indentation_is_read(void **state)
{
    (void)state;
    assert_entries(read_text("    Windows Registry Editor Version 5.00\n"
                             "    [HKEY_LOCAL_MACHINE\\A\\Diffie-Hellman]\n"
                             "    \"ClientMinKeyBitLength\"=dword:00000200\n"
                             "\t\"Enabled\"=dword:00000000   \n"),
                   "set HKLM\\A\\Diffie-Hellman <ClientMinKeyBitLength> 4:00020000\n"
                   "set HKLM\\A\\Diffie-Hellman <Enabled> 4:00000000\n");
}

static void dwords_have_one_to_eight_digits(void **state)
{
    (void)state;
    assert_value_line(V5, "\"n\"=dword:00000200", "<n> 4:00020000");
    assert_value_line(V5, "\"n\"=dword:0", "<n> 4:00000000");
    assert_value_line(V5, "\"n\"=dword:aBcDeF01", "<n> 4:01efcdab");
    assert_value_line(V5, "\"n\"=DWORD:ffffffff", "<n> 4:ffffffff");
}

static void hex_has_any_type_and_goes_on_over_lines(void **state)
{
    (void)state;
    assert_value_line(V5, "\"n\"=hex:", "<n> 3:");
    assert_value_line(V5, "\"n\"=hex(0):", "<n> 0:");
    assert_value_line(V5, "\"n\"=hex(b):01,00,00,00,00,00,00,00", "<n> 11:0100000000000000");
    assert_value_line(V5, "\"n\"=hex(FFFFFFFF):1", "<n> 4294967295:01");
    assert_value_line(V5, "\"n\"=hex(4):01,02,03", "<n> 4:010203");
    assert_value_line(V5, "\"n\"=hex:01,\\\r\n  02,\\\n03", "<n> 3:010203");
    assert_value_line(V5, "\"n\"=hex:\\\r\n  01", "<n> 3:01");
    assert_value_line(V5, "\"n\"=hex:01, \\ ; c\r\n\t02", "<n> 3:0102");
    assert_value_line(V5, "\"n\"=hex:01,\\\r\n\r\n; c\r\n  ; d\r\n 02", "<n> 3:0102");
    assert_value_line(V5, "\"n\"=hex:01,02,", "<n> 3:0102");
    assert_value_line(V5, "\"n\"=hex:01,02, ; c", "<n> 3:0102");
}

static void version_5_keeps_hex_strings_as_they_are(void **state)
{
    (void)state;
    assert_value_line(V5, "\"n\"=hex(2):25,00,41,00,00,00", "<n> 2:250041000000");
    assert_value_line(V5, "\"n\"=hex(7):61,00,00,00,00,00", "<n> 7:610000000000");
    assert_value_line(V5, "\"n\"=hex(2):25", "<n> 2:25");
}

static void version_4_hex_strings_are_ansi(void **state)
{
    (void)state;
    assert_value_line(V4, "\"n\"=hex(2):25,41,80,00", "<n> 2:25004100ac200000");
    assert_value_line(V4, "\"n\"=hex(7):61,00,e9,00,00", "<n> 7:61000000e90000000000");
    assert_value_line(V4, "\"n\"=hex(1):41,00", "<n> 1:41000000");
    assert_value_line(V4, "\"n\"=hex(0):41,00", "<n> 0:4100");
    assert_value_line(V4, "\"n\"=hex:41,00", "<n> 3:4100");
    assert_value_line(V4, "\"n\"=hex(6):41,00", "<n> 6:4100");
    assert_value_line(V4, "\"n\"=dword:1", "<n> 4:01000000");
}

static void every_ansi_byte_has_its_character(void **state)
{
    struct reg_file f;
    struct text s = {0};

    (void)state;
    text_put(&s, V4 KEY "\"n\"=\"\x80\x81\x9f\xa0\xff\"\n");
    f = read_bytes(s.s, s.used);
    text_fini(&s);
    assert_entries(f, "set HKLM\\SOFTWARE\\T <n> 1:ac2081007801a000ff000000\n");
}

/* Name and data é€, in each way that people save a file. */
static void encodings_are_told_by_mark_and_by_content(void **state)
{
    static const char utf8[] = V5 KEY "\"\xc3\xa9\xe2\x82\xac\"=\"\xc3\xa9\xe2\x82\xac\"\r\n";
    static const char ansi[] = V5 KEY "\"\xe9\x80\"=\"\xe9\x80\"\r\n";
    static const char expected[] = "set HKLM\\SOFTWARE\\T <\xc3\xa9\xe2\x82\xac> 1:e900ac200000\n";
    struct text marked = {0};
    struct wr utf16;

    (void)state;
    assert_entries(read_text(utf8), expected);
    assert_entries(read_text(ansi), expected);
    text_printf(&marked, "\xef\xbb\xbf%s", utf8);
    assert_entries(read_text(marked.s), expected);
    wr_init(&utf16, 0);
    assert_int_equal(utf16_put(&utf16, marked.s), OK);
    assert_entries(read_bytes(utf16.bytes, utf16.used), expected);
    assert_entries(read_bytes(utf16.bytes + 2, utf16.used - 2), expected); /* its mark lost */
    wr_fini(&utf16);
    text_fini(&marked);
}

static void lone_surrogates_of_a_file_survive(void **state)
{
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    assert_int_equal(utf16_put(&w, "\xef\xbb\xbf" V5 KEY), OK);
    assert_int_equal(utf16_put(&w, "\"\xed\xa0\x80\"=\"\xed\xb0\x80\"\n"), OK);
    assert_entries(read_bytes(w.bytes, w.used),
                   "set HKLM\\SOFTWARE\\T <\xed\xa0\x80> 1:00dc0000\n");
    wr_fini(&w);
}

static void paths_are_kept_as_they_are_written(void **state)
{
    (void)state;
    assert_entries(read_text(V5 "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\a b]c]\n"
                                "[hkey_classes_root\\https://x] ; c\n"
                                "[HKLM\\short]\n"),
                   "create HKLM\\SOFTWARE\\Wow6432Node\\a b]c\n"
                   "create HKCR\\https://x\n"
                   "create HKLM\\short\n");
}

static void places_count_lines_and_characters(void **state)
{
    struct reg_file f = read_text(V5 "; \xc3\xa9\r\n" KEY "\"\xc3\xa9\"=\"a\r\nb\"\r\n"
                                     " \"n\"=hex:1,\\\r\n2\r\n"
                                     "  [-HKEY_LOCAL_MACHINE\\X]\r\n");

    (void)state;
    assert_int_equal(f.n, 3);
    assert_int_equal(f.entries[0].line, 5);
    assert_int_equal(f.entries[0].column, 1);
    assert_int_equal(f.entries[1].line, 7);
    assert_int_equal(f.entries[1].column, 2);
    assert_int_equal(f.entries[2].line, 9);
    assert_int_equal(f.entries[2].column, 3);
    reg_file_fini(&f);
}

static void file_cut_at_each_byte_is_read_or_refused_with_its_place(void **state)
{
    static const char whole[] = V5 KEY "\"a\\\"\"=\"x\\\\\r\ny\"\r\n"
                                       "@=hex(7):61,00,\\\r\n  00,00\r\n"
                                       "\"d\"=dword:12\r\n[-HKEY_USERS\\X]\r\n";
    struct wr utf16;

    (void)state;
    wr_init(&utf16, 0);
    assert_int_equal(utf16_put(&utf16, "\xef\xbb\xbf"), OK);
    assert_int_equal(utf16_put(&utf16, whole), OK);
    for (size_t n = 0; n < sizeof whole - 1 + utf16.used; n++) {
        bool wide = n >= sizeof whole - 1;
        size_t cut = wide ? n - (sizeof whole - 1) : n;
        struct reg_file f = {.n = 7};
        struct why why = {0};
        uint8_t *copy = malloc(cut + 1); /* of its own, so that a step too far is seen */
        enum err e;

        assert_non_null(copy);
        memcpy(copy, wide ? (const void *)utf16.bytes : whole, cut);
        e = reg_file_read("cut.reg", rd_of(copy, cut), &f, &why);
        free(copy);
        if (e != OK) {
            assert_int_equal(e, E_DATA);
            assert_int_equal(strncmp(why.place, "cut.reg", 7), 0);
            assert_true(f.entries == NULL && f.n == 0);
        }
        reg_file_fini(&f);
    }
    wr_fini(&utf16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_entry_is_read_in_order),
        cmocka_unit_test(file_of_nothing_but_its_head_has_no_entries),
        cmocka_unit_test(strings_unescape_and_may_span_lines),
        cmocka_unit_test(blanks_and_comments_around_are_skipped),
        cmocka_unit_test(file_pasted_with_its_indentation_is_read),
        cmocka_unit_test(dwords_have_one_to_eight_digits),
        cmocka_unit_test(hex_has_any_type_and_goes_on_over_lines),
        cmocka_unit_test(version_5_keeps_hex_strings_as_they_are),
        cmocka_unit_test(version_4_hex_strings_are_ansi),
        cmocka_unit_test(every_ansi_byte_has_its_character),
        cmocka_unit_test(encodings_are_told_by_mark_and_by_content),
        cmocka_unit_test(lone_surrogates_of_a_file_survive),
        cmocka_unit_test(paths_are_kept_as_they_are_written),
        cmocka_unit_test(places_count_lines_and_characters),
        cmocka_unit_test(file_cut_at_each_byte_is_read_or_refused_with_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
