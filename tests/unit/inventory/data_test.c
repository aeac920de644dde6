/* Inventories in YAML and JSON: what is refused, what is passed over, and where. What is read as
 * Ansible reads it is in ansible_test.c. */
#include "tests/unit/inventory/inventory_support.h"

#include "base/file.h"
#include "inventory/json_read.h"
#include "inventory/value.h"

static void place_and_words(const char *file, const char *text, const char *place,
                            const char *words)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_int_equal(inventory_read_data(file, text, strlen(text), &inv, &why), E_DATA);
    assert_null(inv);
    if (strcmp(why.place, place) != 0 || strstr(why.text, words) == NULL)
        fail_msg("expected %s with \"%s\", got %s: %s", place, words, why.place, why.text);
}

static void mistakes_are_told_with_place_and_reason(void **state)
{
    static const struct {
        const char *text, *place, *words;
    } cases[] = {
        {"[]", "f:1:1", "got a list"},
        {"web: {hosts: [w1]}", "f:1:14", "expected a map behind hosts:, got a list"},
        {"web: {hosts: 5}", "f:1:14", "got a number"},
        {"web: {vars: [a]}", "f:1:13", "expected a map behind vars:"},
        {"web: {vars: !vault x}", "f:1:13", "got an encrypted value"},
        {"web: {hosts: {w1: x}}", "f:1:19",
         "expected the variables of a host, a map, got a string"},
        {"web: {hosts: {w1: [1]}}", "f:1:19", "got a list"},
        {"web: {hosts: {w1: !vault x}}", "f:1:19", "got an encrypted value"},
        {"web: {hosts: {1: }}", "f:1:15", "the name of a host, got a number: put it in quotes"},
        {"web: {hosts: {on: }}", "f:1:15", "got a truth value"},
        {"web: {hosts: {~: }}", "f:1:15", "got nothing"},
        {"web: {vars: {1: x}}", "f:1:14", "the name of a variable, got a number"},
        {"1: {}", "f:1:1", "the name of a group, got a number"},
        {"web: {children: {db: x}}", "f:1:22", "expected a map with hosts, children or vars"},
        {"web: {children: {web: }}", "f:1:18", "its own child"},
        {"a: {children: {b: {children: {a: }}}}", "f:1:1", "a cycle"},
        {"a: {children: {all: }}", "f:1:1", "a cycle"},
        {"a: {children: {ungrouped: }}", "f:1:16", "no child but of all"},
        {"ungrouped: {children: {a: }}", "f:1:24", "it has no children"},
        {"'a b': {}", "f:1:1", "cannot hold ' '"},
        {"web: {hosts: {'a b': }}", "f:1:15", "cannot hold ' '"},
        {"web: {hosts: {'w[1': }}", "f:1:15", "a '[' has no ']'"},
        {"web: {hosts: {'w[3:1]': }}", "f:1:15", "smaller end"},
        {"web: {hosts: {'w1:99999': }}", "f:1:15", "expected a port"},
        {"web: {hosts: {all: }}", "f:1:15", "a host cannot be called all"},
        {"web: {vars: {ansible_group_priority: high}}", "f:1:14", "whole number"},
        {"web: {vars: {ansible_group_priority: 1.5}}", "f:1:14", "whole number"},
        {"web: {vars: {ansible_group_priority: }}", "f:1:14", "whole number"},
        {"web: {vars: {a: 0b_}}", "f:1:17", "looks like a whole number"},
        {"web: {vars: {a: 2001-13-01}}", "f:1:17", "looks like a date"},
        {"web: {vars: {a: !!int x}}", "f:1:17", "looks like a whole number"},
        {"web: {vars: {a: !!binary eA==}}", "f:1:17", "the tag tag:yaml.org,2002:binary"},
        {"web: {vars: {a: !x [1]}}", "f:1:17", "the tag !x"},
        {"web: {vars: {a: \"\\ud83d\"}}", "f:1:20", "invalid Unicode"},
        {"web: {vars: {!vault x: 1}}", "f:1:14", "a key cannot be encrypted"},
        {"web: {vars: {a: {__ansible_unsafe: 1}}}", "f:1:18", "a mark of Ansible's"},
        {"web: {vars: {<<: [1]}}", "f:1:19", "expected a map behind <<"},
        {"web: {hosts: *x}", "f:1:14", "no &x before it"},
        {"web: &x {hosts: *x}", "f:1:17", "a circle"},
        {"a: 1\n---\nb: 2\n", "f:2:1", "a second document"},
        {"plugin: constructed\n", "f:1:9", "plugin constructed"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        place_and_words("f", cases[i].text, cases[i].place, cases[i].words);
}

static void mistakes_in_json_are_told_with_place_and_reason(void **state)
{
    static const struct {
        const char *text, *place, *words;
    } cases[] = {
        {"", "f.json:1:1", "expected a JSON value"},
        {"[\n1,\n]", "f.json:3:1", "expected a JSON value"},
        {"[1 2]", "f.json:1:4", "expected , or ]"},
        {"{\"a\" 1}", "f.json:1:6", "expected : behind a key"},
        {"{\"a\": 1 \"b\"}", "f.json:1:9", "expected , or }"},
        {"{a: [}", "f.json:1:2", "expected a key, in double quotes"},
        {"[\"a\n", "f.json:1:4", "a control character"},
        {"[\"\xc3\xa9\\x\"]", "f.json:1:5", "an escape that JSON does not know"},
        {"[\"\\u12\"]", "f.json:1:5", "four hexadecimal digits"},
        {"[\"\\ud800x\"]", "f.json:1:9", "half a character"},
        {"[\"\\u0000\"]", "f.json:1:9", "a NUL"},
        {"[\"abc", "f.json:1:6", "a string without its end"},
        {"[01]", "f.json:1:4", "this is no number"},
        {"[1.]", "f.json:1:4", "this is no number"},
        {"[\xff]", "f.json:1:2", "expected a JSON value"},
        {"[\"\xff\"]", "f.json:1:3", "not UTF-8"},
        {"{} x", "f.json:1:4", "behind the end of the JSON"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct values values = {0};
        struct value *v = NULL;
        struct why why = {0};
        enum err e =
            json_read("f.json", cases[i].text, strlen(cases[i].text), NULL, &values, &v, &why);

        assert_int_equal(e, E_DATA);
        assert_null(v);
        if (strcmp(why.place, cases[i].place) != 0 || strstr(why.text, cases[i].words) == NULL)
            fail_msg("expected %s with \"%s\", got %s: %s", cases[i].place, cases[i].words,
                     why.place, why.text);
        values_fini(&values);
    }
    /* Neither JSON nor YAML: which one was meant is told by the name. */
    place_and_words("f.json", "{\"a\": [1, }\n", "f.json:1:11", "expected a JSON value");
    place_and_words("f.yml", "{\"a\": [1, }\n", "f.yml:1:11", "did not find expected");
}

static void what_ansible_passes_over_is_passed_over_and_noted(void **state)
{
    struct inventory *inv = data_of("version: 2\nweb:\n  hosts: {w1: {a: 1, a: 2}}\n  note: x\n"
                                    "  list: [1]\nnames: [a]\nweb:\n  hosts: {w2: }\n");

    (void)state;
    assert_hosts(inv, "w2");
    assert_int_equal(inv->notes.n, 4);
    assert_string_equal(inv->notes.at[0],
                        "hosts.yml:3:22: `a` a second time: only the last one counts");
    assert_string_equal(inv->notes.at[1],
                        "hosts.yml:7:1: `web` a second time: only the last one counts");
    assert_string_equal(inv->notes.at[2],
                        "hosts.yml:1:1: no group, for it is no map; passed over: `version`");
    inventory_free(inv);
    inv = data_of("web:\n  hosts: {w1: }\n  notes: x\n");
    assert_int_equal(inv->notes.n, 1);
    assert_string_equal(inv->notes.at[0],
                        "hosts.yml:3:3: only hosts, children and vars are read in "
                        "a group; passed over: `notes`");
    inventory_free(inv);
}

static void more_notes_than_are_kept_are_counted(void **state)
{
    struct inventory *inv;
    struct text t = {0};

    (void)state;
    text_put(&t, "web: {hosts: {w1: }}\n");
    for (int i = 0; i < 100; i++)
        text_printf(&t, "n%d: 1\n", i);
    inv = data_of(text_str(&t));
    assert_int_equal(inv->notes.kept, NOTES_MAX);
    assert_int_equal(inv->notes.n, 100);
    inventory_free(inv);
    text_fini(&t);
}

/* A value is text if it is a string, else JSON. */
static void values_keep_their_type(void **state)
{
    struct inventory *inv = data_of(
        "g: {hosts: {h: {s: '5', n: 5, f: 1e5, b: yes, z: , l: [a, {b: 0x1F}], m: {1: x}}}}");
    const struct host *h = host_of(inv, "h");

    (void)state;
    assert_var(inv, "h", "s", "5");
    assert_var(inv, "h", "n", "5");
    assert_var(inv, "h", "f", "1e5");
    assert_var(inv, "h", "b", "true");
    assert_var(inv, "h", "z", NULL); /* nothing */
    assert_var(inv, "h", "l", "[\"a\", {\"b\": 31}]");
    assert_var(inv, "h", "m", "{\"1\": \"x\"}");
    for (size_t i = 0; i < h->n_vars; i++)
        assert_true(h->vars[i].typed == (strchr("sf", h->vars[i].name[0]) == NULL));
    inventory_free(inv);
}

static enum err read_all(const char *text, size_t n, struct why *why)
{
    struct inventory *inv = NULL;
    enum err e = inventory_read_data("x", text, n, &inv, why);

    assert_true((e == OK) == (inv != NULL));
    inventory_free(inv);
    return e;
}

static void a_file_cut_anywhere_is_read_or_refused(void **state)
{
    static const char *const names[] = {"groups.yml", "merge.yml", "types.yml", "groups.json",
                                        "vault.yml"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct text path = {0}, bytes = {0};
        struct why why = {0};

        text_printf(&path, "tests/vectors/inventory/%s", names[i]);
        assert_ok(file_read(text_str(&path), 1 << 16, &bytes, &why), &why);
        assert_ok(read_all(bytes.s, bytes.used, &why), &why);
        for (size_t cut = 0; cut < bytes.used; cut++) {
            char *exact = malloc(cut + 1); /* so that one byte too far is seen */
            enum err e;

            assert_non_null(exact);
            memcpy(exact, bytes.s, cut);
            why = (struct why){0};
            e = read_all(exact, cut, &why);
            assert_true(e == OK || (e == E_DATA && why.place[0] == 'x'));
            free(exact);
        }
        text_fini(&path);
        text_fini(&bytes);
    }
}

static void put_many(struct text *t, const char *s, int n)
{
    for (int i = 0; i < n; i++)
        text_put(t, s);
}

static void depth_size_and_aliases_are_bounded(void **state)
{
    struct text t = {0};
    struct why why = {0};

    (void)state;
    text_put(&t, "g: {vars: {a: ");
    put_many(&t, "[", VALUE_DEPTH_MAX + 1);
    put_many(&t, "]", VALUE_DEPTH_MAX + 1);
    text_put(&t, "}}");
    assert_int_equal(read_all(text_str(&t), t.used, &why), E_LIMIT);
    assert_non_null(strstr(why.text, "more than 48 levels"));
    text_fini(&t);
    put_many(&t, "{\"a\":", VALUE_TREE_DEPTH + 1);
    assert_int_equal(read_all(text_str(&t), t.used, &why), E_DATA);
    text_fini(&t);
    put_many(&t, "[", 100000);
    assert_int_equal(read_all(text_str(&t), t.used, &why), E_DATA);
    text_fini(&t);
    text_put(&t, "a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (char c = 'b'; c <= 'i'; c++) {
        text_printf(&t, "%c: &%c [", c, c);
        for (int i = 0; i < 9; i++)
            text_printf(&t, "*%c%s", c - 1, i < 8 ? "," : "]\n");
    }
    assert_int_equal(read_all(text_str(&t), t.used, &why), E_DATA);
    text_fini(&t);
    text_put(&t, "g: {hosts: {'h[1:100000]': {v: '");
    put_many(&t, "0123456789", 200); /* 200 MB, if each host had it */
    text_put(&t, "'}}}");
    assert_int_equal(read_all(text_str(&t), t.used, &why), E_LIMIT);
    text_fini(&t);
    text_put(&t, "g: {hosts: {h: {v: '");
    put_many(&t, "0123456789", HOST_VALUE_MAX / 10 + 1);
    text_put(&t, "'}}}");
    assert_int_equal(read_all(text_str(&t), t.used, &why), E_LIMIT);
    text_fini(&t);
}

static void many_hosts_are_read_fast_enough(void **state)
{
    struct inventory *inv;
    struct text t = {0};

    (void)state;
    text_put(&t, "{\"_meta\": {\"hostvars\": {");
    for (int i = 0; i < 20000; i++)
        text_printf(&t, "%s\"h%d\": {\"a\": %d, \"b\": [1, 2]}", i == 0 ? "" : ", ", i, i);
    text_put(&t, "}}, \"g\": {\"hosts\": [");
    for (int i = 0; i < 20000; i++)
        text_printf(&t, "%s\"h%d\"", i == 0 ? "" : ", ", i);
    text_put(&t, "]}}");
    inv = data_of(text_str(&t));
    assert_int_equal(inv->n_hosts, 20000);
    assert_string_equal(host_var_get(&inv->hosts[19999], "a"), "19999");
    inventory_free(inv);
    text_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_told_with_place_and_reason),
        cmocka_unit_test(mistakes_in_json_are_told_with_place_and_reason),
        cmocka_unit_test(what_ansible_passes_over_is_passed_over_and_noted),
        cmocka_unit_test(more_notes_than_are_kept_are_counted),
        cmocka_unit_test(values_keep_their_type),
        cmocka_unit_test(a_file_cut_anywhere_is_read_or_refused),
        cmocka_unit_test(depth_size_and_aliases_are_bounded),
        cmocka_unit_test(many_hosts_are_read_fast_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
