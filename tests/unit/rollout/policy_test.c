#include "rollout/policy.h"

#include "tests/unit/rollout/test.h"

#define HOSTS_MAX 1000

static struct policy serial_of(const char *s)
{
    struct policy p = policy_default();
    struct why why = {0};
    must(policy_parse_serial(s, &p, &why), &why);
    return p;
}

/* The sizes of the waves of n hosts, as "1,10,89". */
static const char *waves_of(const char *serial, int64_t n)
{
    static char text[4096];
    int32_t wave_of[HOSTS_MAX];
    struct policy p = serial_of(serial);
    int32_t waves = waves_assign(&p, n, wave_of), wave = 0;
    size_t used = 0;
    int64_t size = 0;
    text[0] = '\0';
    for (int64_t i = 0; i <= n; i++) {
        if (size > 0 && (i == n || wave_of[i] != wave)) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld", used ? "," : "",
                                     (long long)size);
            size = 0;
        }
        if (i < n) {
            assert_true(wave_of[i] == wave || wave_of[i] == wave + 1);
            wave = wave_of[i];
            size++;
        }
    }
    assert_int_equal(wave, waves);
    return text;
}

static void waves_are_counts_and_shares_of_all_hosts(void **state)
{
    (void)state;
    assert_string_equal(waves_of("1,10%,50%,100%", 100), "1,10,50,39");
    assert_string_equal(waves_of("1,10%,50%,100%", 600), "1,60,300,239");
    assert_string_equal(waves_of("100%", 7), "7");
    assert_string_equal(waves_of("3,4", 7), "3,4");
    assert_string_equal(waves_of("100", 7), "7");
}

/* Ansible: a share is taken of all hosts, cut to a whole number, and the last entry repeats. */
static void last_wave_size_repeats_until_no_host_is_left(void **state)
{
    (void)state;
    assert_string_equal(waves_of("2", 7), "2,2,2,1");
    assert_string_equal(waves_of("1,3", 8), "1,3,3,1");
    assert_string_equal(waves_of("30%", 10), "3,3,3,1");
    assert_string_equal(waves_of("1,30%", 11), "1,3,3,3,1");
    assert_string_equal(waves_of("49%", 3), "1,1,1");
}

static void wave_is_never_below_one_host(void **state)
{
    (void)state;
    assert_string_equal(waves_of("1%", 5), "1,1,1,1,1");
    assert_string_equal(waves_of("10%,100%", 9), "1,8");
    assert_string_equal(waves_of("19%", 10), "1,1,1,1,1,1,1,1,1,1");
    assert_string_equal(waves_of("1", 1), "1");
}

static void no_host_is_no_wave(void **state)
{
    (void)state;
    assert_string_equal(waves_of("1,10%", 0), "");
}

static void every_host_has_one_wave_in_order(void **state)
{
    static const char *const lists[] = {"1", "7", "1%", "33%", "1,10%,50%,100%", "5,3%,2"};
    (void)state;
    for (size_t k = 0; k < COUNT(lists); k++)
        for (int64_t n = 1; n <= 240; n += 7) {
            int32_t wave_of[HOSTS_MAX];
            struct policy p = serial_of(lists[k]);
            int32_t waves = waves_assign(&p, n, wave_of);
            int64_t size = 0;
            size_t step = 0;
            for (int64_t i = 0; i < n; i++) {
                size++;
                if (i + 1 < n && wave_of[i + 1] == wave_of[i])
                    continue;
                assert_true(i + 1 == n ? wave_of[i] == waves : wave_of[i + 1] == wave_of[i] + 1);
                assert_true(size <= amount_of(p.serial[step], n));
                assert_true(i + 1 == n || size == amount_of(p.serial[step], n));
                step += step + 1 < p.n_serial;
                size = 0;
            }
        }
}

static void amount_is_a_count_or_a_share(void **state)
{
    static const struct {
        const char *text;
        struct amount amount;
    } good[] = {
        {"1", {1, false}},
        {"3", {3, false}},
        {"007", {7, false}},
        {"1%", {1, true}},
        {"10%", {10, true}},
        {"100%", {100, true}},
        {"101", {101, false}},
        {"1000000", {1000000, false}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        struct amount a = {0, false};
        struct why why = {0};
        must(amount_parse(good[i].text, &a, &why), &why);
        assert_int_equal(a.count, good[i].amount.count);
        assert_int_equal(a.percent, good[i].amount.percent);
    }
}

static void bad_amount_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = {
        "", "0", "0%", "-1", "+1", "1.5", "101%", "200%",
        "ten", "1 ", " 1", "1 %", "%", "1%%", "1000001", "99999999999999999999999",
        "0x10", "1%1", "1\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct amount a = {42, true};
        struct why why = {0};
        assert_int_equal(amount_parse(bad[i], &a, &why), E_USAGE);
        assert_non_null(strstr(why.text, "expected"));
        assert_true(a.count == 42 && a.percent);
    }
}

static void bad_serial_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = {"",
                                      ",",
                                      "1,",
                                      ",1",
                                      "1,,2",
                                      "1, 2",
                                      "1;2",
                                      "0",
                                      "1,0%",
                                      "1,101%",
                                      "all",
                                      "1,2,x",
                                      "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
                                      "100000000000000000000000000000000000000"};
    struct policy before = policy_default();
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct policy p = before;
        struct why why = {0};
        assert_int_equal(policy_parse_serial(bad[i], &p, &why), E_USAGE);
        assert_true(why.text[0] != '\0');
        assert_memory_equal(&p, &before, sizeof p);
    }
}

static void sixteen_wave_sizes_are_the_most(void **state)
{
    struct policy p = serial_of("1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16%");
    (void)state;
    assert_int_equal(p.n_serial, SERIAL_STEPS_MAX);
    assert_true(p.serial[15].percent && p.serial[15].count == 16);
}

static void failure_budget_is_a_count_or_none(void **state)
{
    static const char *const bad[] = {"", "0", "-1", "10%", "None", "none ", "1000001", "1 "};
    struct policy p = policy_default();
    struct why why = {0};
    (void)state;
    must(policy_parse_max_failed("none", &p, &why), &why);
    assert_true(p.max_failed == HOSTS_ANY);
    must(policy_parse_max_failed("3", &p, &why), &why);
    assert_int_equal(p.max_failed, 3);
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(policy_parse_max_failed(bad[i], &p, &why), E_USAGE);
        assert_int_equal(p.max_failed, 3);
    }
}

static void duration_is_numbers_with_units(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"0", 0},
        {"0s", 0},
        {"500ms", 500},
        {"90s", 90000},
        {"10m", 600000},
        {"1h30m", 5400000},
        {"2d", 172800000},
        {"1m500ms", 60500},
        {"1d1h1m1s1ms", 90061001},
        {"3650d", DURATION_MAX_MS},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        int64_t ms = -1;
        struct why why = {0};
        must(duration_parse(good[i].text, &ms, &why), &why);
        assert_int_equal(ms, good[i].ms);
    }
}

static void bad_duration_is_refused_and_changes_nothing(void **state)
{
    static const char *const bad[] = {"",
                                      "5",
                                      "10",
                                      "1.5h",
                                      "-5s",
                                      "+5s",
                                      "s",
                                      "5 s",
                                      "5s ",
                                      " 5s",
                                      "5sec",
                                      "5M",
                                      "5S",
                                      "1hm",
                                      "5s5",
                                      "5msx",
                                      "1w",
                                      "0x5s",
                                      "3651d",
                                      "00",
                                      "3650d1ms",
                                      "9999999999s",
                                      "9223372036854775807ms",
                                      "1000000000d",
                                      "1s;rm"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        int64_t ms = 42;
        struct why why = {0};
        assert_int_equal(duration_parse(bad[i], &ms, &why), E_USAGE);
        assert_int_equal(ms, 42);
    }
}

/* However many parts it takes to get there, the sum has a limit and what follows it is read. */
static void long_duration_does_not_hide_what_follows(void **state)
{
    char text[2048] = "";
    int64_t ms = 42;
    struct why why = {0};
    (void)state;
    for (size_t i = 0; i < 60; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "3000d");
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "rubbish");
    assert_int_equal(duration_parse(text, &ms, &why), E_USAGE);
    assert_int_equal(ms, 42);
}

static void duration_text_is_read_by_people(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "0ms"},
        {-5, "0ms"},
        {999, "999ms"},
        {1000, "1s"},
        {1500, "1.5s"},
        {59999, "59.9s"},
        {60000, "1m"},
        {61500, "1m01s"},
        {3599000, "59m59s"},
        {3600000, "1h"},
        {5400000, "1h30m"},
        {3660999, "1h01m"},
        {90000000, "25h"},
        {INT64_MIN, "0ms"},
        {DURATION_MAX_MS, "87600h"},
    };
    char buf[DURATION_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(duration_text(cases[i].ms, buf), cases[i].text);
    assert_true(strlen(duration_text(INT64_MAX, buf)) < DURATION_TEXT_SIZE - 1);
}

static void default_policy_is_careful(void **state)
{
    struct policy p = policy_default();
    (void)state;
    assert_int_equal(p.max_failed, 1);
    assert_true(p.n_serial > 1 && p.serial[0].count == 1 && !p.serial[0].percent);
    assert_true(p.restart_quiet_ms > 0 && p.restart_settle_ms > 0 && p.look_ms > 0);
    assert_true(p.step_tries > 0 && !p.restart_never);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waves_are_counts_and_shares_of_all_hosts),
        cmocka_unit_test(last_wave_size_repeats_until_no_host_is_left),
        cmocka_unit_test(wave_is_never_below_one_host),
        cmocka_unit_test(no_host_is_no_wave),
        cmocka_unit_test(every_host_has_one_wave_in_order),
        cmocka_unit_test(amount_is_a_count_or_a_share),
        cmocka_unit_test(bad_amount_is_refused_and_changes_nothing),
        cmocka_unit_test(bad_serial_is_refused_and_changes_nothing),
        cmocka_unit_test(sixteen_wave_sizes_are_the_most),
        cmocka_unit_test(failure_budget_is_a_count_or_none),
        cmocka_unit_test(duration_is_numbers_with_units),
        cmocka_unit_test(bad_duration_is_refused_and_changes_nothing),
        cmocka_unit_test(long_duration_does_not_hide_what_follows),
        cmocka_unit_test(duration_text_is_read_by_people),
        cmocka_unit_test(default_policy_is_careful),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
