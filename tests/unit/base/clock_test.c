/* base/clock: the system's clocks, and times as people read them. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void monotonic_clock_never_goes_back(void **state)
{
    int64_t last = clock_mono_ms();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_mono_ms();

        assert_true(now >= last);
        last = now;
    }
}

static void real_clock_is_after_the_year_2025(void **state)
{
    (void)state;
    assert_true(clock_real_ms() > INT64_C(1735689600000));
}

static void cpu_clock_counts_work(void **state)
{
    int64_t begin = clock_process_cpu_ms(), give_up_ms = clock_mono_ms() + 60000;

    (void)state;
    assert_true(begin >= 0);
    while (clock_process_cpu_ms() < begin + 2) /* asking is work, too */
        assert_true(clock_mono_ms() < give_up_ms);
}

static void system_clock_is_the_same_two_clocks(void **state)
{
    const struct clock *c = clock_system();
    int64_t mono = clock_mono_ms(), real = clock_real_ms();

    (void)state;
    assert_true(c->mono_ms(c->self) >= mono);
    assert_true(c->mono_ms(c->self) < mono + 60000);
    assert_true(c->real_ms(c->self) > real - 60000);
}

static void times_are_written_as_rfc_3339_utc(void **state)
{
    char buf[CLOCK_TEXT_SIZE];

    (void)state;
    assert_ptr_equal(clock_text(0, buf), buf);
    assert_string_equal(buf, "1970-01-01T00:00:00.000Z");
    assert_string_equal(clock_text(INT64_C(1795226584567), buf), "2026-11-21T02:03:04.567Z");
    assert_string_equal(clock_text(INT64_C(951782400000), buf), "2000-02-29T00:00:00.000Z");
    assert_string_equal(clock_text(INT64_C(4102444799999), buf), "2099-12-31T23:59:59.999Z");
}

static void times_before_1970_round_down(void **state)
{
    char buf[CLOCK_TEXT_SIZE];

    (void)state;
    assert_string_equal(clock_text(-1, buf), "1969-12-31T23:59:59.999Z");
    assert_string_equal(clock_text(-1000, buf), "1969-12-31T23:59:59.000Z");
    assert_string_equal(clock_text(-1001, buf), "1969-12-31T23:59:58.999Z");
}

static void farthest_times_fit_the_buffer(void **state)
{
    char buf[CLOCK_TEXT_SIZE];

    (void)state;
    assert_string_equal(clock_text(INT64_MAX, buf), "292278994-08-17T07:12:55.807Z");
    assert_string_equal(clock_text(INT64_MIN, buf), "-292275055-05-16T16:47:04.192Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monotonic_clock_never_goes_back),
        cmocka_unit_test(real_clock_is_after_the_year_2025),
        cmocka_unit_test(cpu_clock_counts_work),
        cmocka_unit_test(system_clock_is_the_same_two_clocks),
        cmocka_unit_test(times_are_written_as_rfc_3339_utc),
        cmocka_unit_test(times_before_1970_round_down),
        cmocka_unit_test(farthest_times_fit_the_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
