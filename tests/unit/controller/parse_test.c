#include "tests/unit/controller/cli_support.h"

static void an_empty_line_and_help_need_no_verb(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(parse(&inv, &why, NULL), OK);
    assert_null(inv.verb);
    assert_int_equal(parse(&inv, &why, "--help", NULL), OK);
    assert_string_equal(inv.values[OPT_HELP], "");
    assert_int_equal(parse(&inv, &why, "--version", NULL), OK);
    assert_non_null(inv.values[OPT_VERSION]);
    assert_int_equal(parse(&inv, &why, "help", NULL), OK);
    assert_non_null(inv.values[OPT_HELP]);
    assert_int_equal(parse(&inv, &why, "help", "apply", NULL), OK);
    assert_string_equal(inv.verb->name, "apply");
    assert_int_equal(parse(&inv, &why, "apply", "-h", NULL), OK);
    assert_non_null(inv.values[OPT_HELP]);
    assert_int_equal(parse(&inv, &why, "inventory", "--help", NULL), OK);
    assert_null(inv.verb);
    assert_string_equal(inv.family, "inventory");
}

static void a_verb_of_two_words_is_one(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(parse(&inv, &why, "inventory", "import", "a.ini", NULL), OK);
    assert_ptr_equal(inv.verb, &some_verbs[1]);
    assert_string_equal(inv.sub, "import");
    assert_int_equal(inv.n_args, 1);
    assert_string_equal(inv.args[0], "a.ini");
    assert_int_equal(parse(&inv, &why, "inventory", "-v", "list", NULL), OK);
    assert_string_equal(inv.sub, "list");
    assert_int_equal(parse(&inv, &why, "init", NULL), OK);
    assert_null(inv.sub);
}

static void options_stand_anywhere_and_in_both_forms(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(
        parse(&inv, &why, "--db", "x.db", "apply", "--serial=1,10%", "p", "--forks", "8", NULL),
        OK);
    assert_string_equal(inv.values[OPT_DB], "x.db");
    assert_string_equal(inv.values[OPT_SERIAL], "1,10%");
    assert_string_equal(inv.values[OPT_FORKS], "8");
    assert_string_equal(inv.args[0], "p");
    assert_int_equal(parse(&inv, &why, "--yes", "apply", "p", "--yes", NULL), OK);
    assert_string_equal(inv.values[OPT_YES], "");
    assert_int_equal(parse(&inv, &why, "inventory", "list", "--limit=--odd", NULL), OK);
    assert_string_equal(inv.values[OPT_LIMIT], "--odd");
    assert_int_equal(parse(&inv, &why, "inventory", "list", "--limit=a=b", NULL), OK);
    assert_string_equal(inv.values[OPT_LIMIT], "a=b");
    assert_int_equal(parse(&inv, &why, "inventory", "list", "--limit", "-", NULL), OK);
    assert_string_equal(inv.values[OPT_LIMIT], "-");
}

static void letters_join_and_v_counts(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(parse(&inv, &why, "status", "-w", NULL), OK);
    assert_string_equal(inv.values[OPT_WATCH], "");
    assert_int_equal(inv.verbose, 0);
    assert_int_equal(parse(&inv, &why, "-v", "status", "-vwv", "--verbose", NULL), OK);
    assert_int_equal(inv.verbose, 4);
    assert_string_equal(inv.values[OPT_WATCH], "");
}

static void two_dashes_end_the_options(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(parse(&inv, &why, "lint", "--", "--help", "-v", "--", NULL), OK);
    assert_int_equal(inv.n_args, 3);
    assert_string_equal(inv.args[0], "--help");
    assert_string_equal(inv.args[2], "--");
    assert_null(inv.values[OPT_HELP]);
    assert_int_equal(parse(&inv, &why, "lint", "-", NULL), OK);
    assert_string_equal(inv.args[0], "-");
}

static void a_switch_of_the_settings_can_be_said_off(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(parse(&inv, &why, "apply", "p", "--approval=no", NULL), OK);
    assert_string_equal(inv.values[OPT_APPROVAL], "no");
    assert_refused(E_USAGE, "expected yes or no, got `maybe`", "apply", "p", "--approval=maybe");
    assert_refused(E_USAGE, "--yes takes no value", "apply", "p", "--yes=yes");
}

static void a_misspelt_verb_is_answered_with_the_nearest(void **state)
{
    (void)state;
    assert_refused(E_USAGE, "no command `stauts`; did you mean `status`?", "stauts");
    assert_refused(E_USAGE, "no command `xyzzy`; `swell --help`", "xyzzy");
    assert_refused(E_USAGE, "did you mean `inventory list`?", "inventory", "lits");
    assert_refused(E_USAGE, "expected `inventory import` or `inventory list`", "inventory", "zzz");
    assert_refused(E_USAGE, "`inventory` is not a whole command", "inventory");
    assert_refused(E_USAGE, "there is no command", "-v");
    assert_refused(E_USAGE, "no command `help`", "help", "help");
    assert_refused(E_USAGE, "no command ``", "");
}

static void a_misspelt_option_is_answered_with_the_nearest_that_fits(void **state)
{
    (void)state;
    assert_refused(E_USAGE, "no option --serail; did you mean --serial?", "apply", "--serail", "1");
    assert_refused(E_USAGE, "no option --serail; did you mean --serial?", "--serail=1", "apply");
    assert_refused(E_USAGE, "no option --lim; `swell init --help`", "init", "--lim", "x");
    assert_refused(E_USAGE, "no option --zzzzzzz; `swell --help`", "--zzzzzzz");
    assert_refused(E_USAGE, "there is no option -x", "status", "-vx");
    assert_refused(E_USAGE, "`swell status` takes no --serial; it belongs to `apply`", "--serial",
                   "1", "status");
}

static void a_value_is_neither_missing_nor_empty_nor_the_next_option(void **state)
{
    (void)state;
    assert_refused(E_USAGE, "--limit needs a value: --limit PATTERN", "inventory", "list",
                   "--limit");
    assert_refused(E_USAGE, "--limit has an empty value", "inventory", "list", "--limit", "");
    assert_refused(E_USAGE, "--limit has an empty value", "inventory", "list", "--limit=");
    assert_refused(E_USAGE, "write --limit=--format", "inventory", "list", "--limit", "--format");
    assert_refused(E_USAGE, "--limit is given twice", "inventory", "list", "--limit", "a",
                   "--limit=b");
}

static void too_few_and_too_many_arguments_show_what_is_expected(void **state)
{
    (void)state;
    assert_refused(E_USAGE, "expected swell apply PLAN", "apply", "--yes");
    assert_refused(E_USAGE, "`b` is too much: expected swell apply PLAN", "apply", "a", "b");
    assert_refused(E_USAGE, "`swell init` takes no argument, but got `now`", "init", "now");
}

static void more_arguments_than_there_is_room_for_are_refused(void **state)
{
    static char program[] = "swell", verb[] = "lint", file[] = "f";
    char *argv[ARGS_MAX + 3] = {program, verb};
    struct invocation inv;
    struct why why = {0};
    (void)state;
    for (size_t i = 2; i < COUNT(argv); i++)
        argv[i] = file;
    assert_int_equal(invocation_parse(some_table(), ARGS_MAX + 2, argv, &inv, &why), OK);
    assert_int_equal(inv.n_args, ARGS_MAX);
    assert_int_equal(invocation_parse(some_table(), ARGS_MAX + 3, argv, &inv, &why), E_USAGE);
}

static void a_password_on_the_command_line_is_refused_and_not_repeated(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(parse(&inv, &why, "apply", "p", "--password", "hunter2", NULL), E_USAGE);
    assert_non_null(strstr(why.text, "--password-file"));
    assert_null(strstr(why.text, "hunter2"));
    assert_int_equal(parse(&inv, &why, "apply", "p", "--password=hunter2", NULL), E_USAGE);
    assert_null(strstr(why.text, "hunter2"));
}

static void a_switch_in_the_environment_says_yes_or_no(void **state)
{
    struct invocation inv;
    struct why why;
    (void)state;
    assert_int_equal(setenv("SWELL_APPROVAL", "maybe", 1), 0);
    assert_refused(E_CONFIG, "SWELL_APPROVAL: expected yes or no, got 'maybe'", "init");
    assert_int_equal(setenv("SWELL_APPROVAL", "Yes", 1), 0);
    assert_int_equal(parse(&inv, &why, "init", NULL), OK);
    assert_int_equal(unsetenv("SWELL_APPROVAL"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_line_and_help_need_no_verb),
        cmocka_unit_test(a_verb_of_two_words_is_one),
        cmocka_unit_test(options_stand_anywhere_and_in_both_forms),
        cmocka_unit_test(letters_join_and_v_counts),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_switch_of_the_settings_can_be_said_off),
        cmocka_unit_test(a_misspelt_verb_is_answered_with_the_nearest),
        cmocka_unit_test(a_misspelt_option_is_answered_with_the_nearest_that_fits),
        cmocka_unit_test(a_value_is_neither_missing_nor_empty_nor_the_next_option),
        cmocka_unit_test(too_few_and_too_many_arguments_show_what_is_expected),
        cmocka_unit_test(more_arguments_than_there_is_room_for_are_refused),
        cmocka_unit_test(a_password_on_the_command_line_is_refused_and_not_repeated),
        cmocka_unit_test(a_switch_in_the_environment_says_yes_or_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
