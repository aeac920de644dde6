/* base/utf8 and base/utf16: what is broken is refused, lone surrogates survive a round trip. */
#include "base/utf16.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const broken[] = {
    "\x80",             /* a continuation alone */
    "\xc3",             /* cut */
    "\xe2\x82",         /* cut */
    "\xf0\x9f\x98",     /* cut */
    "\xc3(",            /* no continuation */
    "\xe2(\xa1",        /* */
    "\xc0\xaf",         /* overlong */
    "\xe0\x80\xaf",     /* overlong */
    "\xf0\x80\x80\xaf", /* overlong */
    "\xf4\x90\x80\x80", /* beyond U+10FFFF */
    "\xf5\x80\x80\x80", /* */
    "\xff",
};

static void every_code_point_is_encoded_and_decoded(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10ffff; code += code < 0x11000 ? 1 : 61) {
        char s[UTF8_MAX];
        uint32_t back;
        size_t n = utf8_encode(code, s);

        assert_int_equal(utf8_decode(s, n, &back), n);
        assert_int_equal(back, code);
        for (size_t cut = 0; cut < n; cut++)
            assert_int_equal(utf8_decode(s, cut, &back), 0);
    }
}

static void broken_utf8_is_no_code_point(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(broken); i++) {
        uint32_t code = 1;

        assert_int_equal(utf8_decode(broken[i], strlen(broken[i]), &code), 0);
        assert_int_equal(code, 0);
    }
}

static void surrogates_are_told_from_characters(void **state)
{
    (void)state;
    assert_false(utf8_is_surrogate(0xd7ff));
    assert_true(utf8_is_surrogate(0xd800));
    assert_true(utf8_is_surrogate(0xdfff));
    assert_false(utf8_is_surrogate(0xe000));
}

static void small_letters_have_their_capitals(void **state)
{
    static const uint32_t pairs[][2] = {
        {'a', 'A'},
        {'z', 'Z'},
        {0xe9, 0xc9},
        {0xff, 0x178},
        {0x161, 0x160},
        {0x17e, 0x17d},
        {0x13a, 0x139},
        {0x3b1, 0x391},
        {0x3c2, 0x3a3},
        {0x3cc, 0x38c},
        {0x436, 0x416},
        {0x451, 0x401},
        {0x4d9, 0x4d8},
        {0x561, 0x531},
        {0x1ea1, 0x1ea0},
        {0xff41, 0xff21},
    };
    static const uint32_t alone[] = {'A', '[', '`', '{', '0', 0xd7, 0xf7, 0xdf, 0x100, 0x138, 0x3b0,
                                     0x4e00, 0x1f600, 0x10ffff};

    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_int_equal(utf8_upper(pairs[i][0]), pairs[i][1]);
        assert_int_equal(utf8_upper(pairs[i][1]), pairs[i][1]);
    }
    for (size_t i = 0; i < COUNT(alone); i++)
        assert_int_equal(utf8_upper(alone[i]), alone[i]);
}

static void text_becomes_utf16_little_endian(void **state)
{
    struct wr w;
    size_t units;

    (void)state;
    wr_init(&w, 0);
    assert_int_equal(utf16_put(&w, "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), OK);
    assert_true(rd_equal(wr_view_of(&w), rd_of("A\0\xe9\0\xac\x20\x3d\xd8\0\xde", 10)));
    assert_int_equal(utf16_units("A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", &units), OK);
    assert_int_equal(units, 5);
    wr_reset(&w);
    assert_int_equal(utf16_put_n(&w, "a\0b", 3), OK);
    assert_true(rd_equal(wr_view_of(&w), rd_of("a\0\0\0b\0", 6)));
    wr_fini(&w);
}

static void broken_text_becomes_nothing(void **state)
{
    struct wr w;
    size_t units = 77;

    (void)state;
    wr_init(&w, 0);
    wr_u8(&w, 1);
    for (size_t i = 0; i < COUNT(broken); i++) {
        char s[16] = "ok";

        memcpy(s + 2, broken[i], strlen(broken[i]) + 1);
        assert_int_equal(utf16_put(&w, s), E_FORMAT);
        assert_int_equal(utf16_units(s, &units), E_FORMAT);
        assert_int_equal(utf8_check(s, strlen(s)), E_FORMAT);
    }
    assert_int_equal(w.used, 1);
    assert_int_equal(wr_end(&w), OK);
    assert_int_equal(units, 77);
    wr_fini(&w);
}

static void text_is_written_whole_or_not_at_all(void **state)
{
    struct wr w;

    (void)state;
    for (size_t limit = 1; limit < 12; limit++) {
        wr_init(&w, limit);
        assert_int_equal(utf16_put(&w, "abc"), limit >= 6 ? OK : E_LIMIT);
        assert_int_equal(w.used, limit >= 6 ? 6 : 0);
        wr_fini(&w);
    }
    wr_init(&w, 8);
    wr_u8(&w, 300);
    assert_int_equal(utf16_put(&w, "a"), E_LIMIT); /* bad before */
    wr_fini(&w);
}

static void utf16_becomes_text_with_its_nuls(void **state)
{
    struct text t = {0};

    (void)state;
    text_put(&t, ">");
    assert_int_equal(utf16_read(rd_of("a\0\0\0\xac\x20", 6), &t), OK);
    assert_int_equal(t.used, 6);
    assert_memory_equal(t.s, ">a\0\xe2\x82\xac", 7);
    text_fini(&t);
    assert_int_equal(utf16_read(rd_of(NULL, 0), &t), OK);
    assert_string_equal(t.s, "");
    text_fini(&t);
}

static void utf16_up_to_its_nul_stops_there(void **state)
{
    struct text t = {0};

    (void)state;
    assert_int_equal(utf16_read_z(rd_of("a\0b\0\0\0c\0", 8), &t), OK);
    assert_string_equal(t.s, "ab");
    assert_int_equal(utf16_read_z(rd_of("c\0", 2), &t), OK);
    assert_string_equal(t.s, "abc");
    text_fini(&t);
}

static void odd_count_of_bytes_is_short_at_each_length(void **state)
{
    static const uint8_t wire[] = {'a', 0, 'b', 0, 0, 0, 'c', 0};
    struct rd bad = {.bad = true};
    struct text t = {0};

    (void)state;
    for (size_t n = 1; n < sizeof wire; n += 2) {
        assert_int_equal(utf16_read(rd_of(wire, n), &t), E_SHORT);
        assert_int_equal(utf16_read_z(rd_of(wire, n), &t), E_SHORT);
    }
    assert_int_equal(utf16_read(bad, &t), E_SHORT);
    assert_null(t.s);
}

static void every_unit_survives_a_round_trip(void **state)
{
    static const uint16_t units[] = {
        0xd800,
        'x',
        0xdc00,
        0xd83d,
        0xde00,
        0xdfff,
        0xdbff,
        0xdbff,
        0xdc00,
        0xd800,
    };
    struct text t = {0};
    struct wr w, back;

    (void)state;
    wr_init(&w, 0);
    wr_init(&back, 0);
    for (size_t i = 0; i < COUNT(units); i++)
        wr_le16(&w, units[i]);
    for (uint32_t unit = 1; unit <= 0xffff; unit++) {
        wr_le16(&w, unit);
        wr_le16(&w, 'x'); /* no pairs by chance */
    }
    assert_int_equal(utf16_read(wr_view_of(&w), &t), OK);
    assert_int_equal(utf16_put_n(&back, t.s, t.used), OK);
    assert_true(rd_equal(wr_view_of(&w), wr_view_of(&back)));
    text_fini(&t);
    wr_fini(&back);
    wr_fini(&w);
}

static void pair_written_as_two_surrogates_is_refused(void **state)
{
    static const char pair[] = "\xed\xa0\xbd\xed\xb8\x80";
    static const char reversed[] = "\xed\xb8\x80\xed\xa0\xbd";
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    assert_int_equal(utf16_put(&w, pair), E_FORMAT);
    assert_int_equal(utf16_put(&w, reversed), OK);
    wr_fini(&w);
}

static void strict_check_refuses_surrogates_and_takes_the_rest(void **state)
{
    (void)state;
    assert_int_equal(utf8_check("", 0), OK);
    assert_int_equal(utf8_check("A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10), OK);
    assert_int_equal(utf8_check("a\0b", 3), OK);
    assert_int_equal(utf8_check("\xed\xa0\x80", 3), E_FORMAT);
    assert_int_equal(utf8_check("\xf0\x9f\x98\x80", 3), E_FORMAT);
}

static size_t bytes_of(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2
                         : code < 0x10000 ? 3
                                          : 4;
}

static void capital_is_as_long_as_its_small_letter(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10ffff; code++)
        assert_int_equal(bytes_of(utf8_upper(code)), bytes_of(code));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capital_is_as_long_as_its_small_letter),
        cmocka_unit_test(every_code_point_is_encoded_and_decoded),
        cmocka_unit_test(broken_utf8_is_no_code_point),
        cmocka_unit_test(surrogates_are_told_from_characters),
        cmocka_unit_test(small_letters_have_their_capitals),
        cmocka_unit_test(text_becomes_utf16_little_endian),
        cmocka_unit_test(broken_text_becomes_nothing),
        cmocka_unit_test(text_is_written_whole_or_not_at_all),
        cmocka_unit_test(utf16_becomes_text_with_its_nuls),
        cmocka_unit_test(utf16_up_to_its_nul_stops_there),
        cmocka_unit_test(odd_count_of_bytes_is_short_at_each_length),
        cmocka_unit_test(every_unit_survives_a_round_trip),
        cmocka_unit_test(pair_written_as_two_surrogates_is_refused),
        cmocka_unit_test(strict_check_refuses_surrogates_and_takes_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
