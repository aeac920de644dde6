#include "tests/unit/controller/cli_support.h"

static const char yaml[] = "# settings\n"
                           "forks: 7\n"
                           "serial: [1, 50%]\n"
                           "approval: yes\n"
                           "restart: sometimes\n";

static int env_clear(void **state)
{
    (void)state;
    for (enum opt o = 0; o < OPTS; o++)
        if (option_of(o)->env != NULL)
            (void)unsetenv(option_of(o)->env);
    return 0;
}

static struct config *config_make(void)
{
    struct config *c = NULL;
    struct why why = {0};
    assert_int_equal(config_read("swell.yaml", yaml, strlen(yaml), &c, &why), OK);
    return c;
}

static void every_option_has_its_row(void **state)
{
    (void)state;
    for (enum opt o = 0; o < OPTS; o++) {
        const struct option *a = option_of(o);
        assert_non_null(a->name);
        assert_non_null(a->help);
        if (a->letter != 0)
            assert_null(a->value); /* joined letters leave no room for one */
        if (a->key != NULL)
            assert_non_null(a->env); /* what swell.yaml says, one call can say otherwise */
        for (enum opt p = 0; p < o; p++) {
            assert_string_not_equal(a->name, option_of(p)->name);
            assert_true(a->letter == 0 || a->letter != option_of(p)->letter);
        }
    }
}

static void keys_and_variables_are_named_after_the_option(void **state)
{
    (void)state;
    for (enum opt o = 0; o < OPTS; o++) {
        const struct option *a = option_of(o);
        char name[64];
        size_t n = strlen(a->name);
        for (size_t i = 0; i <= n; i++)
            name[i] = (char)(a->name[i] == '-' ? '_' : a->name[i]);
        if (a->key != NULL)
            assert_string_equal(a->key, name);
        if (a->env != NULL && o != OPT_NO_COLOR) {
            assert_true(str_starts(a->env, "SWELL_"));
            assert_true(str_eq_nocase(a->env + strlen("SWELL_"), name));
        }
    }
}

static void flag_beats_environment_beats_file(void **state)
{
    struct invocation inv = {.config = config_make()};
    (void)state;
    assert_string_equal(option_get(&inv, OPT_FORKS), "7");
    assert_int_equal(option_level(&inv, OPT_FORKS), LEVEL_FILE);
    assert_string_equal(option_get(&inv, OPT_SERIAL), "1,50%");
    (void)setenv("SWELL_FORKS", "8", 1);
    assert_string_equal(option_get(&inv, OPT_FORKS), "8");
    assert_int_equal(option_level(&inv, OPT_FORKS), LEVEL_ENV);
    inv.values[OPT_FORKS] = "9";
    assert_string_equal(option_get(&inv, OPT_FORKS), "9");
    assert_int_equal(option_level(&inv, OPT_FORKS), LEVEL_FLAG);
    assert_null(option_get(&inv, OPT_SOAK));
    assert_int_equal(option_level(&inv, OPT_SOAK), LEVEL_NONE);
    (void)setenv("SWELL_SOAK", "", 1); /* empty is not set */
    assert_null(option_get(&inv, OPT_SOAK));
    (void)setenv("SWELL_LIMIT", "all", 1); /* a choice of hosts is made on the command line only */
    assert_null(option_get(&inv, OPT_LIMIT));
    (void)unsetenv("SWELL_LIMIT");
    config_free(inv.config);
}

static void a_switch_is_set_by_the_highest_that_speaks(void **state)
{
    struct invocation inv = {.config = config_make()};
    (void)state;
    assert_true(option_is_set(&inv, OPT_APPROVAL));
    (void)setenv("SWELL_APPROVAL", "off", 1);
    assert_false(option_is_set(&inv, OPT_APPROVAL));
    inv.values[OPT_APPROVAL] = "";
    assert_true(option_is_set(&inv, OPT_APPROVAL));
    inv.values[OPT_APPROVAL] = "no";
    assert_false(option_is_set(&inv, OPT_APPROVAL));
    assert_false(option_is_set(&inv, OPT_NO_COLOR));
    (void)setenv("NO_COLOR", "0", 1); /* no-color.org: any value */
    assert_true(option_is_set(&inv, OPT_NO_COLOR));
    config_free(inv.config);
}

static void a_refusal_names_the_place_of_the_value(void **state)
{
    static const char *const words[] = {"auto", "never"};
    struct invocation inv = {.config = config_make()};
    struct why why = {0};
    size_t at = 7;
    (void)state;
    assert_int_equal(option_word(&inv, OPT_RESTART, words, 2, 0, &at, &why), E_CONFIG);
    assert_string_equal(why.place, "swell.yaml:5:10");
    (void)setenv("SWELL_RESTART", "neve", 1);
    assert_int_equal(option_word(&inv, OPT_RESTART, words, 2, 0, &at, &why), E_CONFIG);
    assert_string_equal(why.place, "SWELL_RESTART");
    assert_string_equal(why.text, "expected auto or never, got 'neve'; did you mean never?");
    inv.values[OPT_RESTART] = "x";
    assert_int_equal(option_word(&inv, OPT_RESTART, words, 2, 0, &at, &why), E_USAGE);
    assert_string_equal(why.place, "--restart");
    assert_int_equal(at, 7);
    inv.values[OPT_RESTART] = "never";
    assert_int_equal(option_word(&inv, OPT_RESTART, words, 2, 0, &at, &why), OK);
    assert_int_equal(at, 1);
    assert_int_equal(option_word(&inv, OPT_FORMAT, words, 2, 0, &at, &why), OK);
    assert_int_equal(at, 0);
    config_free(inv.config);
}

static void a_number_is_one_and_in_its_range(void **state)
{
    static const char *const wrong[] = {
        "0", "101", "-1", "x", "1x", " 1", "18446744073709551615", "18446744073709551616"};
    struct invocation inv = {0};
    struct why why = {0};
    int64_t n = 0;
    (void)state;
    assert_int_equal(option_number(&inv, OPT_FORKS, 1, 100, 32, &n, &why), OK);
    assert_int_equal(n, 32);
    inv.values[OPT_FORKS] = "100";
    assert_int_equal(option_number(&inv, OPT_FORKS, 1, 100, 32, &n, &why), OK);
    assert_int_equal(n, 100);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        inv.values[OPT_FORKS] = wrong[i];
        assert_int_equal(option_number(&inv, OPT_FORKS, 1, 100, 32, &n, &why), E_USAGE);
        assert_string_equal(why.place, "--forks");
        assert_int_equal(n, 100);
    }
}

static void every_error_has_its_exit_code(void **state)
{
    (void)state;
    assert_int_equal(exit_code_for(OK), 0);
    assert_int_equal(exit_code_for(E_USAGE), 64);
    assert_int_equal(exit_code_for(E_DATA), 65);
    assert_int_equal(exit_code_for(E_CORRUPT), 65);
    assert_int_equal(exit_code_for(E_ABSENT), 65);
    assert_int_equal(exit_code_for(E_EXISTS), 65);
    assert_int_equal(exit_code_for(E_LOCKED), 75);
    assert_int_equal(exit_code_for(E_AUTH), 77);
    assert_int_equal(exit_code_for(E_DENIED), 77);
    assert_int_equal(exit_code_for(E_CONFIG), 78);
    assert_int_equal(exit_code_for(E_CANCELLED), 130);
    assert_int_equal(exit_code_for(E_IO), 1);
    assert_int_equal(exit_code_for(E_MEMORY), 1);
    for (int e = 1; e <= ERR_COUNT + 1; e++)
        assert_int_not_equal(exit_code_for((enum err)e), 0);
}

#define CLEAN(test) cmocka_unit_test_setup_teardown(test, env_clear, env_clear)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLEAN(every_option_has_its_row),
        CLEAN(keys_and_variables_are_named_after_the_option),
        CLEAN(flag_beats_environment_beats_file),
        CLEAN(a_switch_is_set_by_the_highest_that_speaks),
        CLEAN(a_refusal_names_the_place_of_the_value),
        CLEAN(a_number_is_one_and_in_its_range),
        CLEAN(every_error_has_its_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
