#include "controller/cli/listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct listing filled(const char *const *cells, size_t n, size_t columns)
{
    struct listing l = {.columns = columns};
    for (size_t i = 0; i < n; i++)
        listing_put(&l, cells[i]);
    assert_false(l.bad);
    return l;
}

static void assert_prints(struct listing *l, enum err (*print)(const struct listing *, FILE *),
                          const char *expected)
{
    char *s = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&s, &n);
    assert_non_null(f);
    assert_int_equal(print(l, f), OK);
    assert_int_equal(fclose(f), 0);
    assert_string_equal(s, expected);
    free(s);
    listing_fini(l);
}

static void columns_line_up_by_character_and_no_line_ends_in_spaces(void **state)
{
    static const char *const cells[] = {"NAME", "GROUPS", "Žďár", "web", "a-long-one", ""};
    struct listing l = filled(cells, COUNT(cells), 2);
    (void)state;
    assert_prints(&l, listing_text,
                  "NAME        GROUPS\n"
                  "Žďár        web\n"
                  "a-long-one\n");
}

static void what_a_terminal_would_obey_is_made_safe(void **state)
{
    static const char *const cells[] = {"a\x1b[2J", "b", "c", "d\n"};
    struct listing l = filled(cells, COUNT(cells), 2);
    (void)state;
    assert_prints(&l, listing_text, "a\\x1B[2J  b\nc         d\\x0A\n");
}

static void csv_quotes_what_it_must(void **state)
{
    static const char *const cells[] = {"a,b", "say \"hi\"", "two\nlines", " blank ", "", "plain"};
    struct listing l = filled(cells, COUNT(cells), 3);
    (void)state;
    assert_prints(&l, listing_csv,
                  "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n\" blank \",,plain\n");
}

static void a_list_of_nothing_prints_nothing(void **state)
{
    struct listing l = {.columns = 3};
    (void)state;
    assert_prints(&l, listing_text, "");
    l.columns = 3;
    assert_prints(&l, listing_csv, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up_by_character_and_no_line_ends_in_spaces),
        cmocka_unit_test(what_a_terminal_would_obey_is_made_safe),
        cmocka_unit_test(csv_quotes_what_it_must),
        cmocka_unit_test(a_list_of_nothing_prints_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
