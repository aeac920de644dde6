/* Host lines, values and globs as Python reads them, over thousands of made-up texts. */
#include "tests/unit/inventory/inventory_support.h"

#include "inventory/glob.h"
#include "inventory/literal.h"
#include "inventory/shell_words.h"

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

static void put_value_of(struct text *lines, const char *s)
{
    struct text value = {0};
    enum err e = literal_value(s, strlen(s), &value, NULL);

    assert_true(e == OK || e == E_DATA);
    put_word(lines, s, strlen(s));
    text_char(lines, ' ');
    if (e == OK)
        put_word(lines, text_str(&value), value.used);
    else
        text_char(lines, '!');
    text_char(lines, '\n');
    text_fini(&value);
}

static void values_are_those_of_literal_eval(void **state)
{
    static const char *const alphabets[] = {"0123456789_.eExXoObB-+ #,", "'\"\\abnrtuUx0179fF #",
                                            "[](){}:, 1'a'#", "TrueFalsNo0 ,#[]", "rRuU'\"\\ #a"};
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
                                          "\xc3\xa9", "'\xc3\xa9' # \xc3\xa9"};
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
        cmocka_unit_test(globs_are_those_of_fnmatch),
        cmocka_unit_test(a_glob_counts_characters_not_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
