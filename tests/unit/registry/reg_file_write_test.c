/* registry/reg_file, writing: as regedit writes, and read back it is the same. */
#include "registry/reg_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "Windows Registry Editor Version 5.00\r\n"
#define ENTRIES 12
#define AB_10 "ab,ab,ab,ab,ab,ab,ab,ab,ab,ab,"

/* A file that is built up; fini by reg_file_fini. */
struct built {
    struct reg_entry entries[ENTRIES];
    size_t n;
};

static void add(struct built *b, enum reg_entry_kind kind, const char *code, const char *name,
                const char *value)
{
    struct reg_entry *e = &b->entries[b->n++];

    assert_true(b->n <= ENTRIES);
    *e = (struct reg_entry){.kind = kind};
    assert_int_equal(path_from_code(code, &e->path), OK);
    e->name = str_dup(name);
    if (value != NULL)
        assert_int_equal(value_from_code(value, &e->value), OK);
}

static void built_fini(struct built *b)
{
    for (size_t i = 0; i < b->n; i++) {
        path_fini(&b->entries[i].path);
        free(b->entries[i].name);
        value_fini(&b->entries[i].value);
    }
    b->n = 0;
}

static void assert_text(struct built *b, const char *expected)
{
    struct text t = {0};

    assert_int_equal(reg_file_put_text(&t, b->entries, b->n), OK);
    assert_true(t.used > 4);
    assert_string_equal(t.s + t.used - 4, "\r\n\r\n");
    t.s[t.used - 2] = '\0'; /* an empty line ends every file */
    assert_string_equal(text_str(&t), expected);
    text_fini(&t);
    built_fini(b);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void assert_same(const struct reg_entry *a, const struct reg_entry *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->path.hive, b->path.hive);
    assert_int_equal(a->path.view, b->path.view);
    assert_string_equal(a->path.key, b->path.key);
    assert_true(same_text(a->name, b->name));
    assert_true(value_equal(&a->value, &b->value));
}

static void assert_round_trip(const struct reg_entry *entries, size_t n)
{
    struct reg_file f;
    struct why why = {0};
    struct wr w;

    wr_init(&w, 0);
    assert_int_equal(reg_file_put_bytes(&w, entries, n), OK);
    if (reg_file_read("back.reg", wr_view_of(&w), &f, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    assert_int_equal(f.n, n);
    for (size_t i = 0; i < n; i++)
        assert_same(&entries[i], &f.entries[i]);
    reg_file_fini(&f);
    wr_fini(&w);
}

static void nothing_is_a_head_alone(void **state)
{
    struct built b = {.n = 0};

    (void)state;
    assert_text(&b, HEAD);
}

static void every_kind_is_written_in_order(void **state)
{
    struct built b = {.n = 0};

    (void)state;
    add(&b, REG_VALUE_SET, "HKLM\\A", "n", "4:00020000");
    add(&b, REG_VALUE_DELETE, "HKLM\\A", "m", NULL);
    add(&b, REG_VALUE_SET, "HKLM\\A", "", "1:610000000000");
    add(&b, REG_KEY_CREATE, "HKLM\\A", NULL, NULL);
    add(&b, REG_VALUE_SET, "HKLM\\A", "x", "1:0000");
    add(&b, REG_VALUE_SET, "HKU\\A", "x", "1:61000000");
    add(&b, REG_KEY_DELETE, "HKCR\\B", NULL, NULL);
    add(&b, REG_VALUE_DELETE, "HKCU", "", NULL);
    assert_round_trip(b.entries, b.n);
    assert_text(&b, HEAD "\r\n[HKEY_LOCAL_MACHINE\\A]\r\n"
                         "\"n\"=dword:00000200\r\n\"m\"=-\r\n@=hex(1):61,00,00,00,00,00\r\n"
                         "\r\n[HKEY_LOCAL_MACHINE\\A]\r\n"
                         "\r\n[HKEY_LOCAL_MACHINE\\A]\r\n\"x\"=\"\"\r\n"
                         "\r\n[HKEY_USERS\\A]\r\n\"x\"=\"a\"\r\n"
                         "\r\n[-HKEY_CLASSES_ROOT\\B]\r\n"
                         "\r\n[HKEY_CURRENT_USER]\r\n@=-\r\n");
}

static void every_type_is_written_in_its_form(void **state)
{
    static const char *const forms[][2] = {
        {"0:", "hex(0):"},
        {"0:01", "hex(0):01"},
        {"2:250041000000", "hex(2):25,00,41,00,00,00"},
        {"3:", "hex:"},
        {"3:01ff", "hex:01,ff"},
        {"4:efbeadde", "dword:deadbeef"},
        {"4:010203", "hex(4):01,02,03"},
        {"4:", "hex(4):"},
        {"5:00000001", "hex(5):00,00,00,01"},
        {"6:4100", "hex(6):41,00"},
        {"7:610000000000", "hex(7):61,00,00,00,00,00"},
        {"11:0100000000000000", "hex(b):01,00,00,00,00,00,00,00"},
        {"4294967295:aa", "hex(ffffffff):aa"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct built b = {.n = 0};
        struct text t = {0};

        add(&b, REG_VALUE_SET, "HKLM\\A", "n", forms[i][0]);
        assert_round_trip(b.entries, b.n);
        text_printf(&t, HEAD "\r\n[HKEY_LOCAL_MACHINE\\A]\r\n\"n\"=%s\r\n", forms[i][1]);
        assert_text(&b, t.s);
        text_fini(&t);
    }
}

static void strings_are_quoted_only_when_quotes_say_them_exactly(void **state)
{
    static const char *const forms[][2] = {
        {"1:410022005c000000", "\"A\\\"\\\\\""},
        {"1:0000", "\"\""},
        {"1:e900ac200000", "\"\xc3\xa9\xe2\x82\xac\""},
        {"1:", "hex(1):"},                              /* no NUL */
        {"1:4100", "hex(1):41,00"},                     /* no NUL */
        {"1:41", "hex(1):41"},                          /* half a unit */
        {"1:410000004200", "hex(1):41,00,00,00,42,00"}, /* a NUL inside */
        {"1:00000000", "hex(1):00,00,00,00"},           /* two of them */
        {"1:0a000000", "hex(1):0a,00,00,00"},           /* another line */
        {"1:0d000a000000", "hex(1):0d,00,0a,00,00,00"}, /* */
        {"1:1b000000", "hex(1):1b,00,00,00"},           /* a control character */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct built b = {.n = 0};
        struct text t = {0};

        add(&b, REG_VALUE_SET, "HKLM\\A", "n", forms[i][0]);
        assert_round_trip(b.entries, b.n);
        text_printf(&t, HEAD "\r\n[HKEY_LOCAL_MACHINE\\A]\r\n\"n\"=%s\r\n", forms[i][1]);
        assert_text(&b, t.s);
        text_fini(&t);
    }
}

static void view_of_32_bits_is_written_in_its_64_bit_form(void **state)
{
    struct built b = {.n = 0};

    (void)state;
    add(&b, REG_VALUE_SET, "HKLM/32\\SOFTWARE\\X", "n", "4:01000000");
    add(&b, REG_VALUE_SET, "HKLM\\SOFTWARE\\Wow6432Node\\X", "m", "4:01000000");
    add(&b, REG_VALUE_SET, "HKLM/32\\SYSTEM\\X", "n", "4:01000000");
    assert_text(&b, HEAD "\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\X]\r\n"
                         "\"n\"=dword:00000001\r\n\"m\"=dword:00000001\r\n"
                         "\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\X]\r\n\"n\"=dword:00000001\r\n");
}

static void long_data_is_wrapped_at_80_columns(void **state)
{
    struct built b = {.n = 0};
    struct text code = {0}, t = {0};
    char *line, *rest;

    (void)state;
    text_put(&code, "3:");
    for (int i = 0; i < 60; i++)
        text_put(&code, "ab");
    add(&b, REG_VALUE_SET, "HKLM\\A", "name", code.s);
    assert_round_trip(b.entries, b.n);
    assert_text(&b, HEAD "\r\n[HKEY_LOCAL_MACHINE\\A]\r\n"
                         "\"name\"=hex:" AB_10 AB_10 "ab,ab,\\\r\n"
                         "  " AB_10 AB_10 "ab,ab,ab,ab,ab,\\\r\n"
                         "  " AB_10 "ab,ab,ab\r\n");
    for (size_t length = 1; length < 100; length++) { /* a name of any length before it */
        char name[128] = "";

        memset(name, 'n', length);
        add(&b, REG_VALUE_SET, "HKLM\\A", name, code.s);
        assert_round_trip(b.entries, b.n);
        assert_int_equal(reg_file_put_text(&t, b.entries, b.n), OK);
        for (line = strtok_r(t.s, "\r\n", &rest); line != NULL;
             line = strtok_r(NULL, "\r\n", &rest))
            assert_true(strlen(line) <= 80 || strchr(line, ',') == strrchr(line, ','));
        text_fini(&t);
        built_fini(&b);
    }
    text_fini(&code);
}

static void bytes_are_utf16_behind_a_mark(void **state)
{
    struct built b = {.n = 0};
    struct wr w;

    (void)state;
    add(&b, REG_VALUE_SET, "HKLM\\A", "\xc3\xa9", "1:0000");
    wr_init(&w, 0);
    assert_int_equal(reg_file_put_bytes(&w, b.entries, b.n), OK);
    assert_memory_equal(w.bytes, "\xff\xfeW\0i\0n\0", 8);
    assert_memory_equal(w.bytes + w.used - 22, "\n\0\"\0\xe9\0\"\0=\0\"\0\"\0\r\0\n\0\r\0\n\0", 22);
    wr_fini(&w);
    built_fini(&b);
}

static void writer_too_small_is_told(void **state)
{
    struct built b = {.n = 0};
    struct wr w;
    size_t whole;

    (void)state;
    add(&b, REG_VALUE_SET, "HKLM\\A", "n", "1:0000");
    wr_init(&w, 0);
    assert_int_equal(reg_file_put_bytes(&w, b.entries, b.n), OK);
    whole = w.used;
    wr_fini(&w);
    for (size_t limit = 1; limit <= whole; limit++) {
        wr_init(&w, limit);
        assert_int_equal(reg_file_put_bytes(&w, b.entries, b.n), limit < whole ? E_LIMIT : OK);
        assert_int_equal(w.used, limit < whole ? 0 : whole);
        wr_fini(&w);
    }
    built_fini(&b);
}

static void key_that_could_be_a_comment_is_not_written(void **state)
{
    struct built b = {.n = 0};
    struct text t = {0};
    struct wr w;

    (void)state;
    add(&b, REG_KEY_CREATE, "HKLM\\A] ;b", NULL, NULL);
    assert_int_equal(reg_file_put_text(&t, b.entries, b.n), E_FORMAT);
    wr_init(&w, 0);
    assert_int_equal(reg_file_put_bytes(&w, b.entries, b.n), E_FORMAT);
    assert_int_equal(w.used, 0);
    wr_fini(&w);
    text_fini(&t);
    built_fini(&b);
    add(&b, REG_KEY_CREATE, "HKLM\\A]b;c[", NULL, NULL);
    assert_round_trip(b.entries, b.n);
    built_fini(&b);
}

static void memory_that_runs_out_is_told(void **state)
{
    struct text t = {.bad = true};

    (void)state;
    assert_int_equal(reg_file_put_text(&t, NULL, 0), E_MEMORY);
}

/* xorshift64: the same files in every run. */
static uint32_t chance(uint64_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 33) % below;
}

static void put_chance_name(struct text *t, uint64_t *seed, bool is_key)
{
    static const char *const parts[] = {
        "a", "B", " ", "\"", "]", ";", "[", "=", "@", "-", "/", "'", ",", "TLS 1.2",
        "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\xa0\x80x", "\xef\xbb\xbf",
        "\\", "\r\n", "\n", "\t", "\r", "\x1b", "hex:", "dword:", "x\xed\xb0\x80"};
    size_t safe = is_key ? 19 : COUNT(parts);

    for (uint32_t n = 1 + chance(seed, 6); n > 0; n--) {
        const char *part = parts[chance(seed, (uint32_t)safe)];

        if (is_key && strcmp(part, ";") == 0)
            part = "x"; /* a key must not look like a comment */
        text_put(t, part);
    }
}

static void add_by_chance(struct built *b, uint64_t *seed)
{
    static const uint32_t types[] = {0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 11, 42, UINT32_MAX};
    enum reg_entry_kind kind = (enum reg_entry_kind)chance(seed, 4);
    struct reg_entry *e = &b->entries[b->n];
    struct text path = {0}, name = {0}, string = {0};
    uint8_t bytes[200];

    text_put(&path, hive_name((enum reg_hive)chance(seed, 5)));
    for (uint32_t n = 1 + chance(seed, 3); n > 0; n--) {
        text_char(&path, '\\');
        put_chance_name(&path, seed, true);
    }
    if (chance(seed, 4) != 0)
        put_chance_name(&name, seed, false);
    add(b, kind, path.s, kind == REG_VALUE_SET || kind == REG_VALUE_DELETE ? text_str(&name) : NULL,
        NULL);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)chance(seed, 256);
    if (kind == REG_VALUE_SET && chance(seed, 3) == 0) {
        put_chance_name(&string, seed, false);
        assert_int_equal(value_sz(REG_SZ, string.s, &e->value), OK);
    } else if (kind == REG_VALUE_SET) {
        uint32_t size = chance(seed, chance(seed, 2) == 0 ? 9 : sizeof bytes);
        uint32_t type = types[chance(seed, COUNT(types))];

        assert_int_equal(value_raw(type, bytes, size, &e->value), OK);
    }
    text_fini(&path);
    text_fini(&name);
    text_fini(&string);
}

static void whatever_is_written_is_read_back_the_same(void **state)
{
    uint64_t seed = UINT64_C(0x5ee1c0ffee123457);

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct built b = {.n = 0};

        for (uint32_t n = chance(&seed, ENTRIES + 1); n > 0; n--) {
            add_by_chance(&b, &seed);
            if (b.n > 1 && chance(&seed, 2) == 0) { /* the same key again */
                path_fini(&b.entries[b.n - 1].path);
                assert_int_equal(path_copy(&b.entries[b.n - 2].path, &b.entries[b.n - 1].path), OK);
            }
        }
        assert_round_trip(b.entries, b.n);
        built_fini(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_a_head_alone),
        cmocka_unit_test(every_kind_is_written_in_order),
        cmocka_unit_test(every_type_is_written_in_its_form),
        cmocka_unit_test(strings_are_quoted_only_when_quotes_say_them_exactly),
        cmocka_unit_test(view_of_32_bits_is_written_in_its_64_bit_form),
        cmocka_unit_test(long_data_is_wrapped_at_80_columns),
        cmocka_unit_test(bytes_are_utf16_behind_a_mark),
        cmocka_unit_test(writer_too_small_is_told),
        cmocka_unit_test(key_that_could_be_a_comment_is_not_written),
        cmocka_unit_test(memory_that_runs_out_is_told),
        cmocka_unit_test(whatever_is_written_is_read_back_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
