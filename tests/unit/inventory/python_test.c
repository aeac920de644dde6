/* Host lines, values and globs as Python reads them, over thousands of made-up texts. */
#include "tests/unit/inventory/inventory_support.h"

#include "inventory/glob.h"
#include "inventory/json_read.h"
#include "inventory/literal.h"
#include "inventory/regex.h"
#include "inventory/shell_words.h"
#include "inventory/value_write.h"
#include "inventory/yaml_scalar.h"

#define CASES 20000
#define LETTERS_MAX 14

/* Always the same texts: a failure can be looked at again. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

static void make_text(uint64_t *seed, const char *letters, char out[LETTERS_MAX + 1])
{
    size_t n = next_random(seed) % (LETTERS_MAX + 1);

    for (size_t i = 0; i < n; i++)
        out[i] = letters[next_random(seed) % strlen(letters)];
    out[n] = '\0';
}

static void put_word(struct text *t, const char *s, size_t n)
{
    if (n == 0)
        text_char(t, '-');
    else
        text_hex(t, s, n);
}

static void python_agrees(const char *mode, const struct text *lines)
{
    char said[4000];

    if (script_run("tests/unit/inventory/python_compare.py", mode, NULL, lines, said,
                   sizeof said) != 0)
        fail_msg("%s", said);
}

static void put_words_of(struct text *lines, const char *line)
{
    struct rd r = rd_text(line);
    struct text word = {0}, words = {0};
    bool got = true;
    enum err e = OK;

    put_word(lines, line, strlen(line));
    while (e == OK && got) {
        e = word_next(&r, &word, &got, NULL, NULL);
        if (e == OK && got) {
            text_char(&words, ' ');
            put_word(&words, text_str(&word), word.used);
        }
    }
    assert_true(e == OK || e == E_DATA);
    text_put(lines, e == OK ? text_str(&words) : " !");
    text_char(lines, '\n');
    text_fini(&word);
    text_fini(&words);
}

static void words_are_those_of_shlex(void **state)
{
    uint64_t seed = 1;
    struct text lines = {0};

    (void)state;
    for (int i = 0; i < CASES; i++) {
        char line[LETTERS_MAX + 1];

        make_text(&seed, "ab='\"\\ \t#", line);
        put_words_of(&lines, line);
    }
    python_agrees("words", &lines);
    text_fini(&lines);
}

/* ` s text` for a string, ` j text` for any other value as JSON, ` !` for an error. */
static void put_value(struct text *lines, const struct value *v, enum err e)
{
    struct text json = {0};

    assert_true(e == OK || e == E_DATA);
    if (e != OK) {
        text_put(lines, " !");
    } else if (v->kind == VALUE_STRING) {
        text_put(lines, " s ");
        put_word(lines, v->text, strlen(v->text));
    } else {
        value_put_json(&json, v);
        text_put(lines, " j ");
        put_word(lines, text_str(&json), json.used);
    }
    text_char(lines, '\n');
    text_fini(&json);
}

static void put_value_of(struct text *lines, const char *s)
{
    struct values values = {0};
    struct value *v = NULL;
    enum err e = literal_read(s, strlen(s), &values, &v, NULL);

    put_word(lines, s, strlen(s));
    put_value(lines, v, e);
    values_fini(&values);
}

static void values_are_those_of_literal_eval(void **state)
{
    static const char *const alphabets[] = {"0123456789_.eExXoObB-+ #,", "'\"\\abnrtuUx0179fF #",
                                            "[](){}:, 1'a'#", "TrueFalsNo0 ,#[]", "rRuU'\"\\ #a",
                                            "bBr'\"\\xa1", "''''\"\"\"a\\ "};
    static const char *const written[] = {"True", "False # no",
                                          "None", "None1",
                                          "'a' 'b' # c", "\"\\U0001F600\"",
                                          "'\\ud83d'", "'\\x00'",
                                          "'\\0'", "'\\400'",
                                          "u'x'", "R'\\n'",
                                          "r'\\''", "{'a': 1, 'b': [2, (3,)]} # c",
                                          "{1, 2}", "{1: 2, 3}",
                                          "(1)", "('a')",
                                          "('a',)", "()",
                                          "[]", "{}",
                                          "[1,,2]", "[,]",
                                          "(,)", "1,",
                                          "1,2", "1,2 # c",
                                          "- 1", "--1",
                                          "1_000", "1__0",
                                          "0x_f", "0o8",
                                          "0b102", "00",
                                          "0_0", "007",
                                          "007.5", "1e5",
                                          "1e", ".5",
                                          "5.", ".",
                                          "1.2.3", "0777 # c",
                                          "a # b", "#",
                                          "'#'", "'open",
                                          "\"a\\", "[[[[[[[[[[1]]]]]]]]]]",
                                          "\xc3\xa9", "'\xc3\xa9' # \xc3\xa9",
                                          "'''a'b'''", "\"\"\"a\"\"\"",
                                          "''''a'''", "'''a''''",
                                          "b'a'", "b'a' b\"c\"",
                                          "b'a' 'c'", "b'\\xff'",
                                          "b'\\u00e9'", "rb'\\x'",
                                          "bR'a'", "ub'a'",
                                          "[b'a']", "1e400",
                                          "-1e400", "1e22",
                                          "123456789012345678901234567890", "0xffffffffffffffff",
                                          "0.1", "1e-7",
                                          "123456789.123456789", "-0",
                                          "-0.0", "{'a': 1, 'a': 2}",
                                          "{1: 2, None: 3, 1.5: 4}", "{(1,): 2}",
                                          "{[]: 1}", "((1), (2,))"};
    uint64_t seed = 2;
    struct text lines = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(written); i++)
        put_value_of(&lines, written[i]);
    for (int i = 0; i < CASES; i++) {
        char s[LETTERS_MAX + 1];

        make_text(&seed, alphabets[(size_t)i % COUNT(alphabets)], s);
        put_value_of(&lines, s);
    }
    python_agrees("value", &lines);
    text_fini(&lines);
}

/* Plain texts in a YAML file, typed by their looks. */
static void yaml_types_are_those_of_pyyaml(void **state)
{
    static const char *const alphabets[] = {"0123456789_.:-+", "0179_xbeE+-.o",
                                            "yesnoYESNOtruefalseTF", "0123-:tTzZ. +",
                                            "nulNUL~.infANaI-+"};
    uint64_t seed = 4;
    struct text lines = {0};

    (void)state;
    for (int i = 0; i < CASES; i++) {
        struct values values = {0};
        struct value *v;
        char s[LETTERS_MAX + 1];
        enum err e;

        make_text(&seed, alphabets[(size_t)i % COUNT(alphabets)], s);
        if (i % 5 == 3 && strlen(s) > 3) { /* most of a date, or none would be one */
            memcpy(s, i % 2 == 0 ? "2024-02-" : "0001-1-3", strlen(s) < 8 ? strlen(s) : 8);
            s[strlen(s) - 1] = '0';
        }
        v = value_new(&values, VALUE_NULL, 0, 0);
        assert_non_null(v);
        e = yaml_scalar_set(v, yaml_type_of(s), s, NULL);
        put_word(&lines, s, strlen(s));
        put_value(&lines, v, e);
        values_fini(&values);
    }
    python_agrees("yaml", &lines);
    text_fini(&lines);
}

static const char *const jsons[] = {"{\"a\":1,\"a\":2}",
                                    "[1e400]",
                                    "\"\\ud83d\\ude00\"",
                                    "\"\\ud83d\"",
                                    "\"\\u0000\"",
                                    " [ ] ",
                                    "\"\t\"",
                                    "1 2",
                                    "-",
                                    "01",
                                    "{\"a\":}",
                                    "[1,]",
                                    "NaN",
                                    "-Infinity",
                                    "{\"b\": [{}, null, true], \"a\": \"\\/\"}"};

static void make_json(uint64_t *seed, size_t i, char *s, size_t size)
{
    static const char *const alphabets[] = {"{}[]:,\"a1 ", "0123456789-+.eE",
                                            "\"\\\\ubnftr/0d8e\"", "truefalsnNaIinty-,[]"};

    if (i < COUNT(jsons)) {
        (void)snprintf(s, size, "%s", jsons[i]);
        return;
    }
    make_text(seed, alphabets[i % COUNT(alphabets)], s);
    if (i % COUNT(alphabets) == 2) { /* one string */
        memmove(s + 1, s, strlen(s) + 1);
        s[0] = '"';
        (void)snprintf(s + strlen(s), size - strlen(s), "\"");
    }
}

static void json_is_that_of_python(void **state)
{
    uint64_t seed = 5;
    struct text lines = {0};

    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct values values = {0};
        struct value *v = NULL;
        char s[64];
        enum err e;

        make_json(&seed, i, s, sizeof s);
        e = json_read("f", s, strlen(s), NULL, &values, &v, NULL);
        put_word(&lines, s, strlen(s));
        put_value(&lines, v, e);
        values_fini(&values);
    }
    python_agrees("json", &lines);
    text_fini(&lines);
}

static const char *const regexes[] = {"web\\d+", "^web(0[1-9]|1\\d)$",
                                      "(?P<a>x)\\w*", "(?i)A+b?",
                                      "a(?=b)", "a(?!b)",
                                      ".*(?<!b)$", "[^a-b]+",
                                      "[]a]", "[a\\]]",
                                      "a{2}", "a{2,}b",
                                      "a{,2}", "a{",
                                      "\\x61", "\\bab\\b",
                                      "a\\Z", "(?i:A)b",
                                      "a**", "a++",
                                      "\\", "[[:alpha:]]"};

static void make_regex(uint64_t *seed, size_t i, char pattern[32])
{
    static const char *const alphabets[] = {"ab.*+?|()", "ab[]^-\\dwsb", "a{}12,?*+(|)",
                                            "(?:=!<iP>a)b|", "a\\dDwWsSbBAZx4z1$^+"};

    if (i < 20 * COUNT(regexes))
        (void)snprintf(pattern, 32, "%s", regexes[i % COUNT(regexes)]);
    else
        make_text(seed, alphabets[i % COUNT(alphabets)], pattern);
}

/* What is taken means the same in Python; what is refused may mean anything. */
static void regular_expressions_are_those_of_re(void **state)
{
    uint64_t seed = 6;
    struct text lines = {0};
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        char pattern[32], name[LETTERS_MAX + 1];
        struct regex *r = NULL;
        bool matches = false;

        make_regex(&seed, i, pattern);
        make_text(&seed, i % 2 == 0 ? "ab" : "ab1-.AxZ", name);
        name[i % 6] = '\0';
        if (regex_new(pattern, &r, NULL) == OK) {
            taken++;
            assert_int_equal(regex_match(r, name, &matches, NULL), OK);
            put_word(&lines, pattern, strlen(pattern));
            text_char(&lines, ' ');
            put_word(&lines, name, strlen(name));
            text_put(&lines, matches ? " 1\n" : " 0\n");
        }
        regex_free(r);
    }
    assert_true(taken > CASES / 5);
    python_agrees("regex", &lines);
    text_fini(&lines);
}

static void a_match_that_takes_too_long_is_refused(void **state)
{
    char name[60];
    struct regex *r = NULL;
    struct why why = {0};
    bool matches;

    (void)state;
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    assert_int_equal(regex_new("(a|aa)+[bc]", &r, &why), OK);
    assert_int_equal(regex_match(r, name, &matches, &why), E_DATA);
    assert_false(matches);
    assert_non_null(strstr(why.text, "too many steps"));
    regex_free(r);
}

static void globs_are_those_of_fnmatch(void **state)
{
    uint64_t seed = 3;
    struct text lines = {0};

    (void)state;
    for (int i = 0; i < CASES; i++) {
        char pattern[LETTERS_MAX + 1], name[LETTERS_MAX + 1];

        make_text(&seed, i % 2 == 0 ? "ab*?[]!-" : "ab**[a-c]", pattern);
        make_text(&seed, "abc", name);
        name[i % 5] = '\0';
        put_word(&lines, pattern, strlen(pattern));
        text_char(&lines, ' ');
        put_word(&lines, name, strlen(name));
        text_put(&lines, glob_match(pattern, name) ? " 1\n" : " 0\n");
    }
    python_agrees("glob", &lines);
    text_fini(&lines);
}

static void a_glob_counts_characters_not_bytes(void **state)
{
    (void)state;
    assert_true(glob_match("m?ller", "m\xc3\xbcller"));
    assert_false(glob_match("m??ller", "m\xc3\xbcller"));
    assert_true(glob_match("[\xc3\xa0-\xc3\xbc]x", "\xc3\xa9x"));
    assert_true(glob_match("?", "\xff"));
    assert_true(glob_match("****a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_shlex),
        cmocka_unit_test(values_are_those_of_literal_eval),
        cmocka_unit_test(yaml_types_are_those_of_pyyaml),
        cmocka_unit_test(json_is_that_of_python),
        cmocka_unit_test(regular_expressions_are_those_of_re),
        cmocka_unit_test(a_match_that_takes_too_long_is_refused),
        cmocka_unit_test(globs_are_those_of_fnmatch),
        cmocka_unit_test(a_glob_counts_characters_not_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
