/* Text, tables and lists of hosts, as a terminal or a file gets them. */
#include "report/grid.h"
#include "report/host_list.h"
#include "report/owed.h"
#include "report/tally.h"
#include "tests/unit/report/told.h"

#include <jansson.h>

static void assert_text_is(struct text *t, const char *want)
{
    assert_int_equal(text_end(t), OK);
    assert_string_equal(text_str(t), want);
    text_fini(t);
}

static void said_text_is_safe_and_ascii_where_it_must_be(void **state)
{
    static const struct page utf8 = {.utf8 = true}, ascii = {0};
    struct text t = {0};
    (void)state;
    page_said(&utf8, &t, "caf\xc3\xa9 \033[1m \xe2\x80\xae \xe2\x80\xa6");
    assert_text_is(&t, "caf\xc3\xa9 \\x1B[1m \\xE2\\x80\\xAE \xe2\x80\xa6");
    page_said(&ascii, &t, "caf\xc3\xa9 \xe2\x80\xa6 \x80");
    assert_text_is(&t, "caf\\xC3\\xA9 ... \\x80");
    page_said_cut(&utf8, &t, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 3);
    assert_text_is(&t, "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
    page_said_cut(&ascii, &t, "abcdef", 5);
    assert_text_is(&t, "ab...");
    page_said_cut(&ascii, &t, "abcde", 5);
    assert_text_is(&t, "abcde");
}

static void width_counts_characters_and_no_colours(void **state)
{
    (void)state;
    assert_int_equal(page_width("\033[1;31mr\xc5\x99\033[0m"), 2);
    assert_int_equal(page_width(""), 0);
    assert_int_equal(page_width("\033"), 1);
    assert_int_equal(page_width("\xff\xfe"), 2);
}

static void lines_are_wrapped_below_their_column(void **state)
{
    static const struct page narrow = {.columns = 16};
    struct text t = {0};
    size_t line_start = 0;
    (void)state;
    text_put(&t, "ab  ");
    page_wrap(&narrow, &t, &line_start, 4, "one two three a-word-that-is-too-long end");
    assert_text_is(&t, "ab  one two\n    three\n    a-word-that-is-too-long\n    end");
}

static void fitted_text_never_wraps_or_scrolls(void **state)
{
    static const struct page narrow = {.columns = 6};
    struct text t = {0};
    (void)state;
    assert_int_equal(page_fit(&narrow, &t, "short\nmuch too long\nthird\nfourth\n", 3), 3);
    assert_text_is(&t, "short\nmuc...\nthird\n");
}

static void bar_is_full_only_at_the_end(void **state)
{
    static const struct page ascii = {0};
    struct text t = {0};
    (void)state;
    page_bar(&ascii, &t, 0, 3, 4);
    text_char(&t, ' ');
    page_bar(&ascii, &t, 99, 100, 4);
    text_char(&t, ' ');
    page_bar(&ascii, &t, 3, 3, 4);
    assert_text_is(&t, ".... ###. ####");
}

static void damaged_times_are_shown_and_not_read_beyond(void **state)
{
    char buf[PAGE_TIME_SIZE];
    (void)state;
    assert_string_equal(page_time(TOLD_BEGIN_MS, buf), "2026-11-21 02:03:04");
    assert_string_equal(page_clock(TOLD_BEGIN_MS, buf), "02:03:04");
    assert_true(strlen(page_time(INT64_MAX, buf)) < PAGE_TIME_SIZE);
    assert_true(strlen(page_clock(INT64_MIN, buf)) < PAGE_TIME_SIZE);
    assert_string_equal(page_took(41234, buf), "41s");
    assert_string_equal(page_took(-5, buf), "0ms");
    assert_string_equal(page_took(76 * 3600000LL + 5, buf), "3d04h");
    assert_true(strlen(page_took(INT64_MAX, buf)) < PAGE_TIME_SIZE);
}

static void table_is_as_wide_as_its_cells(void **state)
{
    static const struct page ascii = {.columns = 20};
    struct grid g = {.columns = 3};
    struct text t = {0}, line = {0};
    (void)state;
    text_put(&line, "a heading that is long");
    grid_line(&g, TONE_PLAIN, &line);
    grid_add(&g, TONE_PLAIN, "a");
    grid_add(&g, TONE_BAD, "bb");
    grid_add(&g, TONE_PLAIN, "last words of the row");
    grid_add(&g, TONE_PLAIN, "aaa");
    grid_add(&g, TONE_PLAIN, "");
    grid_add(&g, TONE_PLAIN, "");
    grid_put(&g, &ascii, &t, 2);
    grid_fini(&g);
    assert_text_is(&t, "a heading that is long\n"
                       "  a    bb  last\n           words of\n           the row\n"
                       "  aaa\n");
}

static void check_hosts(const struct told_host *hosts, size_t columns, const char *want)
{
    static const struct page ascii = {0};
    struct rollout_spec *spec = told_spec(hosts);
    uint32_t at[16];
    struct text t = {0};
    for (uint32_t i = 0; i < spec->n_hosts; i++)
        at[i] = i;
    host_list_put(&ascii, &t, spec, at, spec->n_hosts, columns);
    assert_text_is(&t, want);
    spec_free(spec);
}

#define HOST(name)    \
    {                 \
        name, 1, 0, 0 \
    }
#define END           \
    {                 \
        NULL, 0, 0, 0 \
    }

static void names_that_count_up_become_a_range(void **state)
{
    static const struct told_host counting[] = {HOST("web01"), HOST("web02"), HOST("web03"),
                                                HOST("web05"), HOST("db1"), HOST("db2"), END};
    static const struct told_host growing[] = {HOST("n8.x"), HOST("n9.x"), HOST("n10.x"),
                                               HOST("n11.x"), END};
    static const struct told_host padded[] = {HOST("w09"), HOST("w10"), HOST("w11"), HOST("w011"),
                                              END};
    static const struct told_host odd[] = {HOST("a[1]"), HOST("a[2]"), HOST("a[3]"), HOST("\033"),
                                           END};
    (void)state;
    check_hosts(counting, 80, "web[01:03], web05, db1, db2");
    check_hosts(growing, 80, "n[8:11].x");
    check_hosts(padded, 80, "w[09:11], w011");
    check_hosts(odd, 80, "a[1], a[2], a[3], \\x1B");
    check_hosts(counting, 19, "web[01:03], web05, ... 2 more");
}

static void tally_keeps_rows_in_order_and_each_host_once(void **state)
{
    struct tally y = {0};
    char key[16];
    (void)state;
    for (uint32_t i = 0; i < 5000; i++) {
        (void)snprintf(key, sizeof key, "k%u", i % 1000);
        assert_true(tally_add(&y, key, NULL, i));
        assert_true(tally_add(&y, key, NULL, i));
    }
    assert_int_equal(y.n_rows, 1000);
    assert_string_equal(y.rows[7].key, "k7");
    assert_int_equal(y.rows[7].n_hosts, 5);
    assert_int_equal(y.rows[7].hosts[4], 4007);
    tally_fini(&y);
}

static void owed_restarts_are_a_table_json_and_csv(void **state)
{
    static const struct page ascii = {0};
    static const struct owed list[] = {{"web1", TOLD_BEGIN_MS, 12},
                                       {"a,\"b\"\033", TOLD_BEGIN_MS + 1000, 13}};
    struct text t = {0};
    (void)state;
    assert_int_equal(owed_put_text(list, 2, TOLD_BEGIN_MS + 3600000, &ascii, &t), OK);
    assert_text_is(&t, "host       since (UTC)          for     from\n"
                       "web1       2026-11-21 02:03:04  1h      rollout 12\n"
                       "a,\"b\"\\x1B  2026-11-21 02:03:05  59m59s  rollout 13\n"
                       "\n2 hosts owe a restart\n");
    assert_int_equal(owed_put_text(NULL, 0, 0, &ascii, &t), OK);
    assert_text_is(&t, "no restart is owed\n");
    assert_int_equal(owed_put_csv(list, 2, &t), OK);
    assert_text_is(&t, "host,since,rollout\nweb1,2026-11-21T02:03:04.000Z,12\n"
                       "\"a,\"\"b\"\"\\x1B\",2026-11-21T02:03:05.000Z,13\n");
    assert_int_equal(owed_put_json(list, 2, NULL, 0, &t), OK);
    json_t *doc = json_loads(text_str(&t), 0, NULL);
    const json_t *hosts = json_object_get(doc, "hosts");
    assert_int_equal(json_array_size(hosts), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(hosts, 1), "host")),
                        list[1].host);
    json_decref(doc);
    text_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(said_text_is_safe_and_ascii_where_it_must_be),
        cmocka_unit_test(width_counts_characters_and_no_colours),
        cmocka_unit_test(lines_are_wrapped_below_their_column),
        cmocka_unit_test(fitted_text_never_wraps_or_scrolls),
        cmocka_unit_test(bar_is_full_only_at_the_end),
        cmocka_unit_test(damaged_times_are_shown_and_not_read_beyond),
        cmocka_unit_test(table_is_as_wide_as_its_cells),
        cmocka_unit_test(names_that_count_up_become_a_range),
        cmocka_unit_test(tally_keeps_rows_in_order_and_each_host_once),
        cmocka_unit_test(owed_restarts_are_a_table_json_and_csv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
