/* base/wire, struct wr: what is too large makes it bad, a hole is filled with what came after. */
#include "base/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

typedef void put_fn(struct wr *w, uint64_t v);

static const struct {
    put_fn *put;
    size_t width;
    bool big_endian;
} puts_of[] = {
    {wr_u8, 1, false},
    {wr_le16, 2, false},
    {wr_le32, 4, false},
    {wr_le64, 8, false},
    {wr_be16, 2, true},
    {wr_be24, 3, true},
    {wr_be32, 4, true},
};

static void assert_written(const struct wr *w, const void *bytes, size_t n)
{
    struct rd got = wr_view_of(w);

    assert_int_equal(wr_end(w), OK);
    assert_int_equal(got.left, n);
    if (n > 0)
        assert_memory_equal(got.at, bytes, n);
}

static void writer_writes_each_width_in_its_byte_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(puts_of); i++) {
        uint8_t expected[8];
        uint64_t v = 0;
        struct wr w;

        for (size_t k = 0; k < puts_of[i].width; k++) {
            v = v << 8 | (0xf1 + k);
            expected[puts_of[i].big_endian ? k : puts_of[i].width - 1 - k] = (uint8_t)(0xf1 + k);
        }
        wr_init(&w, 0);
        puts_of[i].put(&w, v);
        assert_written(&w, expected, puts_of[i].width);
        wr_fini(&w);
    }
}

static void value_too_large_for_its_width_makes_the_writer_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(puts_of); i++) {
        struct wr w;

        if (puts_of[i].width == 8)
            continue;
        wr_init(&w, 0);
        puts_of[i].put(&w, (UINT64_C(1) << 8 * puts_of[i].width) - 1);
        assert_int_equal(wr_end(&w), OK);
        puts_of[i].put(&w, UINT64_C(1) << 8 * puts_of[i].width);
        assert_int_equal(wr_end(&w), E_LIMIT);
        assert_true(wr_view_of(&w).bad);
        wr_fini(&w);
    }
}

static void writer_never_grows_past_its_limit(void **state)
{
    (void)state;
    for (size_t limit = 1; limit < 12; limit++)
        for (size_t i = 0; i < COUNT(puts_of); i++) {
            struct wr w;

            wr_init(&w, limit);
            puts_of[i].put(&w, 0);
            assert_int_equal(wr_end(&w), puts_of[i].width <= limit ? OK : E_LIMIT);
            assert_true(w.room <= limit);
            wr_fini(&w);
        }
}

static void writer_that_is_bad_does_nothing_more(void **state)
{
    struct hole h;
    struct wr w;

    (void)state;
    wr_init(&w, 4);
    wr_be32(&w, 1);
    wr_u8(&w, 1);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_u8(&w, 1);
    wr_bytes(&w, "ab", 2);
    wr_zeros(&w, 3);
    wr_align(&w, 0, 8);
    wr_view(&w, rd_text("x"));
    h = wr_hole16(&w);
    wr_fill(&w, h, 1);
    wr_close(&w, h);
    assert_int_equal(w.used, 4);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_fini(&w);
}

static void writer_grows_over_many_puts(void **state)
{
    struct wr w;

    (void)state;
    wr_init(&w, 100000);
    for (uint32_t i = 0; i < 25000; i++)
        wr_le32(&w, i);
    assert_int_equal(wr_end(&w), OK);
    assert_int_equal(w.used, 100000);
    assert_memory_equal(w.bytes + 4 * 24999, "\xa7\x61\0\0", 4);
    wr_u8(&w, 0);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_fini(&w);
}

static void reset_makes_it_empty_and_good_again(void **state)
{
    struct wr w;

    (void)state;
    wr_init(&w, 2);
    wr_le32(&w, 1);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_reset(&w);
    assert_written(&w, NULL, 0);
    wr_le16(&w, 0x0102);
    assert_written(&w, "\x02\x01", 2);
    wr_fini(&w);
    assert_null(w.bytes);
    assert_int_equal(w.limit, 2);
}

static void bytes_views_zeros_and_alignment_are_appended(void **state)
{
    struct rd bad = {.bad = true};
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    wr_bytes(&w, "ab", 2);
    wr_bytes(&w, NULL, 0);
    wr_view(&w, rd_text("c"));
    wr_view(&w, rd_of(NULL, 0));
    wr_align(&w, 0, 4);
    wr_align(&w, 0, 4);
    wr_zeros(&w, 0);
    wr_u8(&w, 'd');
    wr_align(&w, 1, 8);
    assert_written(&w, "abc\0d\0\0\0\0", 9);
    wr_view(&w, bad);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_fini(&w);
}

static void hole_is_closed_with_the_count_of_bytes_since_it(void **state)
{
    static struct hole (*const holes[])(struct wr *) = {wr_hole8, wr_hole16, wr_hole24,
                                                        wr_hole_le16, wr_hole_le32};
    static const char *const expected[] = {"x\3abc", "x\0\3abc", "x\0\0\3abc", "x\3\0abc",
                                           "x\3\0\0\0abc"};
    static const size_t widths[] = {1, 2, 3, 2, 4};

    (void)state;
    for (size_t i = 0; i < COUNT(holes); i++) {
        struct hole h;
        struct wr w;

        wr_init(&w, 0);
        wr_u8(&w, 'x');
        h = holes[i](&w);
        wr_bytes(&w, "abc", 3);
        wr_close(&w, h);
        assert_written(&w, expected[i], 4 + widths[i]);
        wr_fini(&w);
    }
}

static void holes_nest_and_may_be_empty(void **state)
{
    struct hole outer, inner;
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    outer = wr_hole16(&w);
    inner = wr_hole8(&w);
    wr_close(&w, inner);
    wr_u8(&w, 0xff);
    wr_close(&w, outer);
    assert_written(&w, "\0\2\0\xff", 4);
    wr_fini(&w);
}

static void hole_too_narrow_for_its_bytes_makes_the_writer_bad(void **state)
{
    struct hole h;
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    h = wr_hole8(&w);
    wr_zeros(&w, 255);
    wr_close(&w, h);
    assert_int_equal(wr_end(&w), OK);
    assert_int_equal(w.bytes[0], 255);
    wr_zeros(&w, 1);
    wr_close(&w, h);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_fini(&w);
}

static void hole_is_filled_with_a_value_that_fits(void **state)
{
    struct hole h;
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    h = wr_hole_le32(&w);
    wr_u8(&w, 7);
    wr_fill(&w, h, 0xa1b2c3d4);
    assert_written(&w, "\xd4\xc3\xb2\xa1\7", 5);
    wr_fill(&w, h, UINT64_C(1) << 32);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_fini(&w);
}

static void hole_at_the_limit_makes_the_writer_bad(void **state)
{
    struct hole h;
    struct wr w;

    (void)state;
    wr_init(&w, 3);
    wr_le16(&w, 0);
    h = wr_hole16(&w);
    wr_close(&w, h);
    assert_int_equal(wr_end(&w), E_LIMIT);
    wr_fini(&w);
}

static void memory_that_runs_out_is_told_from_a_limit(void **state)
{
    struct wr w;

    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip(); /* its allocator ends the program */
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
    skip();
#endif
#endif
    wr_init(&w, SIZE_MAX);
    wr_u8(&w, 1);
    wr_zeros(&w, SIZE_MAX / 4);
    assert_int_equal(wr_end(&w), E_MEMORY);
    wr_reset(&w);
    assert_int_equal(wr_end(&w), OK);
    wr_fini(&w);
}

static void zeroed_writer_is_freed_as_nothing(void **state)
{
    struct wr w = {0};

    (void)state;
    wr_fini(&w);
    wr_fini(&w);
    assert_written(&w, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writer_writes_each_width_in_its_byte_order),
        cmocka_unit_test(value_too_large_for_its_width_makes_the_writer_bad),
        cmocka_unit_test(writer_never_grows_past_its_limit),
        cmocka_unit_test(writer_that_is_bad_does_nothing_more),
        cmocka_unit_test(writer_grows_over_many_puts),
        cmocka_unit_test(reset_makes_it_empty_and_good_again),
        cmocka_unit_test(bytes_views_zeros_and_alignment_are_appended),
        cmocka_unit_test(hole_is_closed_with_the_count_of_bytes_since_it),
        cmocka_unit_test(holes_nest_and_may_be_empty),
        cmocka_unit_test(hole_too_narrow_for_its_bytes_makes_the_writer_bad),
        cmocka_unit_test(hole_is_filled_with_a_value_that_fits),
        cmocka_unit_test(hole_at_the_limit_makes_the_writer_bad),
        cmocka_unit_test(memory_that_runs_out_is_told_from_a_limit),
        cmocka_unit_test(zeroed_writer_is_freed_as_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
