/* The real table of verbs, with verbs that do nothing: what is tested is the table and the help. */
#include "controller/cli/help.h" /* before cmocka, which has a macro named fail */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static __attribute__((used)) int nothing(struct invocation *inv)
{
    (void)inv;
    return EXIT_WELL;
}

#define NOTHING(verb) extern verb_run verb __attribute__((alias("nothing")));
NOTHING(verb_init)
NOTHING(verb_inventory_import)
NOTHING(verb_inventory_list)
NOTHING(verb_inventory_show)
NOTHING(verb_lint)
NOTHING(verb_convert)
NOTHING(verb_export)
NOTHING(verb_plan)
NOTHING(verb_apply)
NOTHING(verb_status)
NOTHING(verb_pause)
NOTHING(verb_resume)
NOTHING(verb_abort)
NOTHING(verb_promote)
NOTHING(verb_retry)
NOTHING(verb_rollback)
NOTHING(verb_history)
NOTHING(verb_report)
NOTHING(verb_owed)
NOTHING(verb_audit_verify)

struct printed {
    char *s;
    size_t n;
    FILE *f;
};

static void print_begin(struct printed *p)
{
    *p = (struct printed){0};
    p->f = open_memstream(&p->s, &p->n);
    assert_non_null(p->f);
}

static void print_end(struct printed *p)
{
    assert_int_equal(fclose(p->f), 0);
    for (char *line = p->s; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (n >= HELP_WIDTH || (n > 0 && line[n - 1] == ' '))
            fail_msg("%zu columns: %.*s", n, (int)n, line);
        assert_int_equal(line[n], '\n');
        line += n + 1;
    }
}

static void every_verb_is_whole_and_its_group_stays_together(void **state)
{
    struct verb_table t = verb_table();
    (void)state;
    assert_int_equal(t.n, 25);
    for (size_t i = 0; i < t.n; i++) {
        const struct verb *v = &t.verbs[i];
        assert_non_null(v->run);
        assert_non_null(v->args);
        assert_true(v->args_min <= v->args_max && v->args_max <= ARGS_MAX);
        assert_true((v->args[0] == '\0') == (v->args_max == 0));
        assert_true((v->args[0] == '[') == (v->args_min == 0 && v->args_max > 0));
        assert_true(strlen(v->summary) < 52); /* one line of `swell --help` */
        if (i > 0)
            assert_true(v->group >= t.verbs[i - 1].group);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(v->name, t.verbs[k].name);
    }
}

static void no_verb_takes_an_option_twice(void **state)
{
    struct verb_table t = verb_table();
    (void)state;
    for (size_t i = 0; i < t.n; i++) {
        bool seen[OPTS] = {0};
        for (const enum opt *o = t.verbs[i].opts; *o != OPTS; o++) {
            assert_false(seen[*o] || option_of(*o)->global);
            seen[*o] = true;
        }
    }
}

static void every_option_belongs_to_somebody(void **state)
{
    struct verb_table t = verb_table();
    (void)state;
    for (enum opt o = 0; o < OPTS; o++) {
        bool taken = option_of(o)->global;
        for (size_t i = 0; i < t.n; i++)
            for (const enum opt *at = t.verbs[i].opts; *at != OPTS; at++)
                taken = taken || *at == o;
        if (!taken)
            fail_msg("--%s", option_of(o)->name);
    }
}

static void help_names_everything_within_its_width(void **state)
{
    struct verb_table t = verb_table();
    struct printed p;
    (void)state;
    print_begin(&p);
    help_program(p.f, t);
    print_end(&p);
    for (size_t i = 0; i < t.n; i++)
        assert_non_null(strstr(p.s, t.verbs[i].name));
    assert_non_null(strstr(p.s, "130, 143"));
    free(p.s);
    for (size_t i = 0; i < t.n; i++) {
        print_begin(&p);
        help_verb(p.f, &t.verbs[i]);
        print_end(&p);
        for (const enum opt *o = t.verbs[i].opts; *o != OPTS; o++)
            assert_non_null(strstr(p.s, option_of(*o)->name));
        free(p.s);
    }
    print_begin(&p);
    help_family(p.f, t, "inventory");
    print_end(&p);
    assert_non_null(strstr(p.s, "inventory show HOST"));
    assert_null(strstr(p.s, "rollback"));
    free(p.s);
}

static void text_is_wrapped_at_words_and_literal_lines_are_kept(void **state)
{
    struct printed p;
    (void)state;
    print_begin(&p);
    help_wrap(p.f,
              "one two three four five six seven eight nine ten eleven twelve thirteen fourteen\n\n"
              "  as   it  is\nnext",
              4, 4);
    assert_int_equal(fclose(p.f), 0);
    assert_string_equal(p.s,
                        "one two three four five six seven eight nine ten eleven twelve thirteen\n"
                        "    fourteen\n\n"
                        "      as   it  is\n    next\n");
    free(p.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_verb_is_whole_and_its_group_stays_together),
        cmocka_unit_test(no_verb_takes_an_option_twice),
        cmocka_unit_test(every_option_belongs_to_somebody),
        cmocka_unit_test(help_names_everything_within_its_width),
        cmocka_unit_test(text_is_wrapped_at_words_and_literal_lines_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
