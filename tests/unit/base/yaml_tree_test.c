#include "base/yaml_tree.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static struct yaml_tree *good_n(const char *text, size_t n)
{
    struct yaml_tree *t = NULL;
    struct why why = {0};
    enum err e = yaml_tree_read("f", text, n, &t, &why);
    if (e != OK)
        fail_msg("%s: %s", why.place, why.text);
    return t;
}

static struct yaml_tree *good(const char *text)
{
    return good_n(text, strlen(text));
}

static void bad_n(const char *text, size_t n, const char *place, const char *words)
{
    struct yaml_tree *t = NULL;
    struct why why = {0};
    assert_int_equal(yaml_tree_read("f", text, n, &t, &why), E_DATA);
    assert_null(t);
    if (strcmp(why.place, place) != 0 || strstr(why.text, words) == NULL)
        fail_msg("expected %s with \"%s\", got %s: %s", place, words, why.place, why.text);
}

static void bad(const char *text, const char *place, const char *words)
{
    bad_n(text, strlen(text), place, words);
}

static void texts_stay_as_they_were_written(void **state)
{
    static const char *const same[] = {"no", "1", "0x10", "~",
                                       "null", "2001-01-01", "1_000", "yes"};
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++) {
        struct yaml_tree *t = good(same[i]);
        assert_int_equal(t->root->shape, YAML_TEXT);
        assert_string_equal(t->root->text, same[i]);
        yaml_tree_free(t);
    }
}

static void lists_and_maps_know_where_they_stand(void **state)
{
    struct yaml_tree *t = good("a: 1\nb:\n  - x\n  - {c: \"d e\"}\n");
    const struct yaml_item *list = t->root->items[3];
    (void)state;
    assert_int_equal(t->root->shape, YAML_MAP);
    assert_int_equal(t->root->n, 4);
    assert_string_equal(t->root->items[2]->text, "b");
    assert_int_equal(t->root->items[2]->line, 2);
    assert_int_equal(t->root->items[2]->column, 1);
    assert_int_equal(list->shape, YAML_LIST);
    assert_int_equal(list->n, 2);
    assert_int_equal(list->items[0]->line, 3);
    assert_int_equal(list->items[0]->column, 5);
    assert_string_equal(list->items[1]->items[1]->text, "d e");
    assert_int_equal(list->items[1]->items[1]->line, 4);
    assert_int_equal(list->items[1]->items[1]->column, 9);
    yaml_tree_free(t);
}

static void a_text_is_exact_if_its_bytes_stand_in_the_file(void **state)
{
    static const struct {
        const char *text;
        bool exact;
        int quote;
    } cases[] = {
        {"plain words", true, 0},
        {"'quoted'", true, 1},
        {"\"quoted\"", true, 1},
        {"\"esc\\taped\"", false, 1},
        {"'it''s'", false, 1},
        {"two\n lines", false, 0},
        {"&a anchored", false, 0},
        {"é", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct yaml_tree *t = good(cases[i].text);
        assert_int_equal(t->root->exact, cases[i].exact);
        assert_int_equal(t->root->quote, cases[i].quote);
        yaml_tree_free(t);
    }
}

static void a_nul_inside_of_a_text_survives(void **state)
{
    struct yaml_tree *t = good("\"a\\0b\"");
    (void)state;
    assert_int_equal(t->root->size, 3);
    assert_memory_equal(t->root->text, "a\0b", 4);
    yaml_tree_free(t);
}

static void utf16_and_a_byte_order_mark_are_read(void **state)
{
    static const char utf16[] = "\xff\xfe"
                                "a\0:\0 \0b\0\n";
    struct yaml_tree *t = good_n(utf16, sizeof utf16);
    (void)state;
    assert_string_equal(t->root->items[1]->text, "b");
    yaml_tree_free(t);
    t = good("\xef\xbb\xbf"
             "a: b");
    assert_string_equal(t->root->items[0]->text, "a");
    yaml_tree_free(t);
}

static void an_alias_shares_the_node_of_its_last_anchor(void **state)
{
    struct yaml_tree *t = good("[&a x, *a, &a y, *a]");
    (void)state;
    assert_ptr_equal(t->root->items[0], t->root->items[1]);
    assert_ptr_equal(t->root->items[2], t->root->items[3]);
    yaml_tree_free(t);
}

static void syntax_errors_name_line_and_column(void **state)
{
    (void)state;
    bad("a: [1, 2\n  3", "f:2:4", "did not find expected");
    bad("a: [1, 2", "f:1:9", "did not find expected");
    bad("a: 1\n b: 2\n", "f:2:3", "mapping values are not allowed");
    bad("a: 'x\n", "f:2:1", "unexpected end of stream");
    bad("\ta: 1", "f:1:1", "cannot start any token");
    bad("a: %x", "f:1:4", "cannot start any token");
    bad("a: @x", "f:1:4", "cannot start any token");
    bad("a: b\n\xff: c\n", "f:2:1", "UTF-8");
    bad("é: \x80", "f:1:4", "UTF-8");
    bad("a: \x01", "f:1:4", "control characters");
    bad("", "f:1:1", "empty");
    bad("# only a comment\n", "f:1:1", "empty");
    bad("a\n--- \nb\n", "f:2:1", "second document");
    bad("a: !!int 1", "f:1:4", "tags are not used");
    bad("!x [a]", "f:1:1", "the tag !x");
    bad("! a", "f:1:1", "tags are not used");
}

static void keys_are_texts_and_stand_once(void **state)
{
    (void)state;
    bad("a: 1\nb: 2\na: 3\nb: 4\n", "f:3:1", "`a` a second time; the first is at line 1, column 1");
    bad("{a: 1, b: 2, a: 3}", "f:1:14", "first is at line 1, column 2");
    bad("[a]: 1", "f:1:1", "expected a text as key, got a list");
    bad("? {a: b}\n: 1", "f:1:3", "got a map");
    bad("\"a\\0\": 1", "f:1:1", "NUL");
}

static void a_circle_and_an_alias_without_anchor_are_refused(void **state)
{
    (void)state;
    bad("&a [*a]", "f:1:5", "a circle");
    bad("&a {b: {c: *a}}", "f:1:12", "a circle");
    bad("[*b]", "f:1:2", "no &b before it");
    bad("[*b, &b x]", "f:1:2", "no &b before it");
}

static struct yaml_tree *loose(const char *text)
{
    static const struct yaml_rules rules = {.nodes_max = 10, .depth_max = 2, .loose = true};
    struct yaml_tree *t = NULL;
    struct why why = {0};
    enum err e = yaml_tree_read_by(&rules, "f", text, strlen(text), &t, &why);
    if (e != OK)
        fail_msg("%s: %s", why.place, why.text);
    return t;
}

static void looser_rules_keep_tags_and_repeated_keys(void **state)
{
    struct yaml_tree *t = loose("{a: !vault x, a: !!str 1, b: ! y, c: !<!z> []}");
    (void)state;
    assert_int_equal(t->root->n, 8);
    assert_null(t->root->tag);
    assert_string_equal(t->root->items[1]->tag, "!vault");
    assert_string_equal(t->root->items[2]->text, "a");
    assert_string_equal(t->root->items[3]->tag, "tag:yaml.org,2002:str");
    assert_string_equal(t->root->items[5]->tag, "!");
    assert_string_equal(t->root->items[7]->tag, "!z");
    yaml_tree_free(t);
}

static void looser_rules_read_a_file_that_says_nothing(void **state)
{
    static const char *const nothing[] = {"", "# a comment\n", "---\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(nothing); i++) {
        struct yaml_tree *t = loose(nothing[i]);
        assert_int_equal(t->root->shape, YAML_TEXT);
        assert_string_equal(t->root->text, "");
        yaml_tree_free(t);
    }
}

static void rules_have_their_own_bounds(void **state)
{
    static const struct yaml_rules rules = {.nodes_max = 3, .depth_max = 2, .loose = true};
    static const char *const texts[] = {"[a, b, c]", "[[[]]]"};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct yaml_tree *t = NULL;
        struct why why = {0};
        assert_int_equal(yaml_tree_read_by(&rules, "f", texts[i], strlen(texts[i]), &t, &why),
                         E_DATA);
        assert_null(t);
        assert_non_null(strstr(why.text, i == 0 ? "more than 3 texts" : "more than 2 levels"));
    }
}

static char *many(const char *part, size_t n, const char *head, const char *tail)
{
    struct text t = {0};
    char *s = NULL;
    text_put(&t, head);
    for (size_t i = 0; i < n; i++)
        text_put(&t, part);
    text_put(&t, tail);
    assert_int_equal(text_take(&t, &s), OK);
    return s;
}

/* Nine lists of nine aliases each, nine levels deep: 387 million texts if they were written out. */
static void an_alias_bomb_is_refused_where_it_gets_too_large(void **state)
{
    struct text t = {0};
    (void)state;
    text_put(&t, "a: &a [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
    for (char c = 'b'; c <= 'i'; c++) {
        text_printf(&t, "%c: &%c [", c, c);
        for (int i = 0; i < 9; i++)
            text_printf(&t, "*%c%s", c - 1, i < 8 ? "," : "]\n");
    }
    struct yaml_tree *tree = NULL;
    struct why why = {0};
    assert_int_equal(yaml_tree_read("f", t.s, t.used, &tree, &why), E_DATA);
    assert_true(str_starts(why.place, "f:7:")); /* 9 to the 7th nodes, of a hundred bytes each */
    assert_non_null(strstr(why.text, "aliases written out"));
    text_fini(&t);
}

static void a_large_text_cannot_be_multiplied_by_aliases(void **state)
{
    char *big = many("x", 1u << 20, "- &a ", "\n");
    char *bomb = many("- *a\n", 100, big, "");
    struct yaml_tree *t = NULL;
    struct why why = {0};
    (void)state;
    assert_int_equal(yaml_tree_read("f", bomb, strlen(bomb), &t, &why), E_DATA);
    assert_string_equal(why.place, "f:64:3");
    free(big);
    free(bomb);
}

static void depth_nodes_anchors_and_size_are_bounded(void **state)
{
    char *s;
    (void)state;
    s = many("[", YAML_DEPTH_MAX, "", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    yaml_tree_free(good(s));
    free(s);
    s = many("[", YAML_DEPTH_MAX + 1, "", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    bad(s, "f:1:33", "levels of lists and maps");
    free(s);
    s = many("[", 100000, "", "");
    bad(s, "f:1:33", "levels of lists and maps");
    free(s);
    s = many("- x\n", YAML_NODES_MAX, "", "");
    bad(s, "f:200000:3", "more than 200000 texts");
    free(s);
    s = many("- &a x\n", YAML_ANCHORS_MAX + 1, "", "");
    bad(s, "f:257:3", "more than 256 anchors");
    free(s);
    s = many("#", YAML_FILE_MAX, "", "\n");
    bad(s, "f:1:1", "bytes; at most");
    free(s);
}

static void every_beginning_of_a_file_is_read_or_refused_with_a_place(void **state)
{
    static const char whole[] =
        "playbook: &n x\ntitle: *n\nlist:\n  - {a: \"b \\u00e9\", c: 'd''s'}\n"
        "  - |\n    text\n    more\n  - >-\n    é folded\n";
    (void)state;
    yaml_tree_free(good(whole));
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct yaml_tree *t = NULL;
        struct why why = {0};
        enum err e = yaml_tree_read("f", whole, n, &t, &why);
        assert_true(e == OK ? t != NULL : e == E_DATA && t == NULL && str_starts(why.place, "f:"));
        yaml_tree_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_stay_as_they_were_written),
        cmocka_unit_test(lists_and_maps_know_where_they_stand),
        cmocka_unit_test(a_text_is_exact_if_its_bytes_stand_in_the_file),
        cmocka_unit_test(a_nul_inside_of_a_text_survives),
        cmocka_unit_test(utf16_and_a_byte_order_mark_are_read),
        cmocka_unit_test(an_alias_shares_the_node_of_its_last_anchor),
        cmocka_unit_test(syntax_errors_name_line_and_column),
        cmocka_unit_test(keys_are_texts_and_stand_once),
        cmocka_unit_test(a_circle_and_an_alias_without_anchor_are_refused),
        cmocka_unit_test(an_alias_bomb_is_refused_where_it_gets_too_large),
        cmocka_unit_test(a_large_text_cannot_be_multiplied_by_aliases),
        cmocka_unit_test(looser_rules_keep_tags_and_repeated_keys),
        cmocka_unit_test(looser_rules_read_a_file_that_says_nothing),
        cmocka_unit_test(rules_have_their_own_bounds),
        cmocka_unit_test(depth_nodes_anchors_and_size_are_bounded),
        cmocka_unit_test(every_beginning_of_a_file_is_read_or_refused_with_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
