/* base/wire, struct rd: one bounds check, and bad once is bad for good. */
#include "base/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t wire[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88, 0x99};

static void reader_reads_numbers_of_both_byte_orders(void **state)
{
    struct rd r = rd_of(wire, sizeof wire);

    (void)state;
    assert_int_equal(rd_u8(&r), 0x01);
    r = rd_of(wire, sizeof wire);
    assert_int_equal(rd_le16(&r), 0x0201);
    assert_int_equal(rd_be16(&r), 0x0304);
    assert_int_equal(rd_le32(&r), 0x88070605);
    assert_int_equal(rd_u8(&r), 0x99);
    assert_int_equal(rd_end(&r), OK);
    r = rd_of(wire, sizeof wire);
    assert_true(rd_le64(&r) == UINT64_C(0x8807060504030201));
    r = rd_of(wire, sizeof wire);
    assert_int_equal(rd_be24(&r), 0x010203);
    assert_int_equal(rd_be32(&r), 0x04050607);
}

static void reader_end_tells_short_from_left_over(void **state)
{
    struct rd r = rd_of(wire, 2);

    (void)state;
    assert_int_equal(rd_end(&r), E_FORMAT);
    assert_int_equal(rd_ok(&r), OK);
    (void)rd_le16(&r);
    assert_int_equal(rd_end(&r), OK);
    (void)rd_u8(&r);
    assert_int_equal(rd_end(&r), E_SHORT);
    assert_int_equal(rd_ok(&r), E_SHORT);
}

static void read_one(struct rd *r, size_t which)
{
    uint64_t got[] = {0, 0, 0, 0, 0, 0, 0};

    switch (which) {
    case 0: got[0] = rd_u8(r); break;
    case 1: got[0] = rd_le16(r); break;
    case 2: got[0] = rd_be16(r); break;
    case 3: got[0] = rd_be24(r); break;
    case 4: got[0] = rd_le32(r); break;
    case 5: got[0] = rd_be32(r); break;
    default: got[0] = rd_le64(r); break;
    }
    if (r->bad)
        assert_true(got[0] == 0);
}

static void reader_refuses_each_number_cut_at_each_length(void **state)
{
    static const size_t widths[] = {1, 2, 2, 3, 4, 4, 8};

    (void)state;
    for (size_t which = 0; which < COUNT(widths); which++)
        for (size_t n = 0; n <= widths[which]; n++) {
            struct rd r = rd_of(wire, n);

            read_one(&r, which);
            assert_int_equal(rd_end(&r), n == widths[which] ? OK : E_SHORT);
        }
}

static void reader_stays_bad_though_bytes_were_left(void **state)
{
    struct rd r = rd_of(wire, 3);
    uint8_t copy[2] = {7, 7};

    (void)state;
    assert_int_equal(rd_le32(&r), 0);
    assert_int_equal(rd_u8(&r), 0);
    assert_int_equal(rd_le16(&r), 0);
    assert_true(rd_sub(&r, 0).bad);
    assert_int_equal(rd_sub(&r, 1).left, 0);
    assert_false(rd_copy(&r, copy, 0));
    assert_false(rd_copy(&r, copy, 2));
    assert_int_equal(copy[0] | copy[1], 0);
    rd_skip(&r, 0);
    rd_align(&r, wire, 4);
    assert_int_equal(rd_ok(&r), E_SHORT);
}

static void reader_refuses_length_longer_than_message(void **state)
{
    static const uint8_t lying[] = {0xff, 0xff, 'h', 'i'};
    struct rd r = rd_of(lying, sizeof lying);
    struct rd sub = rd_sub(&r, rd_le16(&r));

    (void)state;
    assert_int_equal(sub.left, 0);
    assert_true(sub.bad);
    assert_int_equal(rd_end(&r), E_SHORT);
}

static void view_is_the_next_bytes_and_no_more(void **state)
{
    struct rd r = rd_of(wire, sizeof wire);
    struct rd sub;

    (void)state;
    rd_skip(&r, 1);
    sub = rd_sub(&r, 2);
    assert_int_equal(rd_le16(&sub), 0x0302);
    assert_int_equal(rd_u8(&sub), 0);
    assert_int_equal(rd_end(&sub), E_SHORT);
    assert_int_equal(rd_u8(&r), 0x04);
    sub = rd_sub(&r, 0);
    assert_int_equal(rd_end(&sub), OK);
}

static void view_at_an_offset_must_lie_inside(void **state)
{
    struct rd whole = rd_of(wire, sizeof wire);

    (void)state;
    for (size_t from = 0; from <= sizeof wire + 1; from++)
        for (size_t n = 0; n <= sizeof wire + 1; n++) {
            struct rd sub = rd_at(whole, from, n);

            assert_int_equal(rd_ok(&sub), from + n <= sizeof wire ? OK : E_SHORT);
            assert_int_equal(sub.left, sub.bad ? 0 : n);
            if (!sub.bad && n > 0)
                assert_ptr_equal(sub.at, wire + from);
        }
    assert_true(rd_at(whole, SIZE_MAX, 2).bad);
    assert_true(rd_at(whole, 2, SIZE_MAX).bad);
}

static void reader_aligns_from_the_base_it_is_given(void **state)
{
    static const size_t from_0[] = {0, 4, 4, 4, 4, 8, 8, 8, 8};
    static const size_t from_1[] = {1, 1, 5, 5, 5, 5, 9, 9, 9};

    (void)state;
    for (size_t at = 1; at < sizeof wire; at++) {
        struct rd r = rd_of(wire, sizeof wire), s;

        rd_skip(&r, at);
        s = r;
        rd_align(&r, wire, 4);
        rd_align(&s, wire + 1, 4);
        assert_ptr_equal(r.at, wire + from_0[at]);
        assert_ptr_equal(s.at, wire + from_1[at]);
    }
}

static void reader_refuses_to_align_over_the_end(void **state)
{
    struct rd r = rd_of(wire, 6);

    (void)state;
    rd_skip(&r, 5);
    rd_align(&r, wire, 4);
    assert_int_equal(rd_ok(&r), E_SHORT);
}

static void copy_fills_with_zeros_when_bytes_are_missing(void **state)
{
    struct rd r = rd_of(wire, 3);
    uint8_t copy[4] = {9, 9, 9, 9};

    (void)state;
    assert_true(rd_copy(&r, copy, 2));
    assert_memory_equal(copy, wire, 2);
    assert_int_equal(copy[2], 9);
    assert_true(rd_copy(&r, copy, 0));
    assert_false(rd_copy(&r, copy, 4));
    assert_int_equal(copy[0] | copy[1] | copy[2] | copy[3], 0);
}

static void views_are_equal_by_their_bytes_and_never_when_bad(void **state)
{
    static const uint8_t same[] = {0x01, 0x02, 0x03};
    struct rd bad = {.bad = true};

    (void)state;
    assert_true(rd_equal(rd_of(wire, 3), rd_of(same, 3)));
    assert_false(rd_equal(rd_of(wire, 3), rd_of(same, 2)));
    assert_false(rd_equal(rd_of(wire + 1, 3), rd_of(same, 3)));
    assert_true(rd_equal(rd_of(NULL, 0), rd_of(same, 0)));
    assert_false(rd_equal(bad, bad));
    assert_false(rd_equal(rd_of(NULL, 0), bad));
}

static void nothing_is_an_empty_view_and_not_a_bad_one(void **state)
{
    struct rd r = rd_of(NULL, 0);

    (void)state;
    assert_int_equal(rd_end(&r), OK);
    rd_skip(&r, 0);
    assert_int_equal(rd_end(&r), OK);
    assert_int_equal(rd_text("abc").left, 3);
    assert_int_equal(rd_text("").left, 0);
    assert_true(rd_of(NULL, 1).bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_reads_numbers_of_both_byte_orders),
        cmocka_unit_test(reader_end_tells_short_from_left_over),
        cmocka_unit_test(reader_refuses_each_number_cut_at_each_length),
        cmocka_unit_test(reader_stays_bad_though_bytes_were_left),
        cmocka_unit_test(reader_refuses_length_longer_than_message),
        cmocka_unit_test(view_is_the_next_bytes_and_no_more),
        cmocka_unit_test(view_at_an_offset_must_lie_inside),
        cmocka_unit_test(reader_aligns_from_the_base_it_is_given),
        cmocka_unit_test(reader_refuses_to_align_over_the_end),
        cmocka_unit_test(copy_fills_with_zeros_when_bytes_are_missing),
        cmocka_unit_test(views_are_equal_by_their_bytes_and_never_when_bad),
        cmocka_unit_test(nothing_is_an_empty_view_and_not_a_bad_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
