/* What is exported is imported again as the same inventory, and Ansible reads it as the same. */
#include "tests/unit/inventory/inventory_support.h"

#include "base/file.h"
#include "inventory/draft.h"
#include "inventory/export.h"
#include "inventory/value_write.h"

#include <sys/stat.h>

#define HOSTS_MOST 6
#define ROUNDS 60        /* that we read ourselves, in each form */
#define ANSIBLE_ROUNDS 6 /* that Ansible reads, in three forms */

static const char *const endings[] = {
    [EXPORT_INI] = "ini", [EXPORT_YAML] = "yml", [EXPORT_JSON] = "json", [EXPORT_CSV] = "csv"};

static const char *const host_names[] = {
    "h1", "web-1.example.com", "2001:db8::1", "\xc3\xbc", "a#b", "x;y", "{b}", "a(b)", "#c", ";d",
    "-e", "1", "yes", "null", "1.5", "$f", "g%h", "fe80::1%eth0", "0x1F", "a|b", "<h>", "`i`",
    "2001-01-01", "g1", "True", "a.b.c", "\xf0\x9f\x98\x80", "x\xe2\x80\xa2y", "(", ")", "%", "-"};
static const char *const group_names[] = {
    "g1", "eu-west", "a.b", "\xc3\xbc", "1", "yes", "x#y", ";z", "(p)", "a/b", "-", "None", "'q'",
    "d\"q", "\\", "#"};
static const char *const var_names[] = {
    "a", "ansible_host", "spaced name", "it's", "quo\"te", "b\\s", "\xc3\xbc", "#x", "a:b", "- x",
    "yes", "1", "null", "{x}", "~", "<<", "1.5", "it's \"both\"", "[", "a,b", "!x", "&y", "*z",
    "%t"};
static const char *const strings[] = {
    "", " ", "text", "5986", "1.5", "yes", "No", "null", "~", "True", "None", "0x10", "010", "1e5",
    "1_0", "1j", "2001-01-01", "<<", "=", "'", "\"", "\\", "'''", "\"\"\"", "it's \"both\"", "a b",
    " lead", "trail ", "#c", "a #c", "a: b", "- a", "[1]", "{a: 1}", "{'a': 1}", "!vault x", "&a",
    "*a", "%a", "@a", "`a`", "|", ">", "two\nlines", "tab\there", "C:\\Windows\\new", "\\\\srv\\x$",
    "\x01\x1f", "\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xc3\xa9\xf0\x9f\x98\x80",
    "\xc2\xa0", "192.0.2.1", "10.0.20348", "1.2.3.4.5", "2001:db8::1", "22:30", "a=b", "$HOME",
    "{{ x }}", "b'x'", "r\"x\"", "u'x'", "lambda: 0", "-", "---", "...", "?", ",", "1,2", "()",
    "\r",
    "x\r\ny", "a'b c'd", "\\x41", "\\n", "?a", "!!str 1", ".5", "5.", "+1", "-1", "NaN", ".inf"};
static const char *const words[] = {
    "null", "true", "false", "0", "5986", "-7", "123456789012345678901234567890", "1.5", "0.1",
    "1e+16", "1e-07", "1.5e+300", "-0.0", "Infinity", "-Infinity", "100000.0"};

/* Always the same ones: a failure can be looked at again. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

#define ANY(list, seed) ((list)[next_random(seed) % COUNT(list)])

static struct value *make_value(struct values *values, uint64_t *seed, size_t depth)
{
    uint32_t kind = next_random(seed) % (depth < 3 ? 5 : 3);
    struct value *v = value_new(values, VALUE_STRING, 0, 0);

    assert_non_null(v);
    if (kind < 3) {
        const char *s = kind == 0 ? ANY(words, seed) : ANY(strings, seed);

        if (kind == 0)
            v->kind = strchr("tf", s[0]) != NULL ? VALUE_BOOL : s[0] == 'n' ? VALUE_NULL
                                                                            : VALUE_NUMBER;
        assert_true(value_set_text(v, s, strlen(s)));
        return v;
    }
    v->kind = kind == 3 ? VALUE_LIST : VALUE_MAP;
    for (uint32_t n = next_random(seed) % 4; n > 0; n--) {
        struct value *key = value_new(values, VALUE_STRING, 0, 0);
        const char *name = ANY(strings, seed);

        assert_non_null(key);
        if (n == 3) /* longer than libyaml takes without a `?` */
            name = "a key of some length, a key of some length, a key of some length, a key of "
                   "some length, a key of some length, a key of some length";
        assert_true(value_set_text(key, name, strlen(name)));
        if (kind == 4)
            assert_true(value_add(v, key));
        assert_true(value_add(v, make_value(values, seed, depth + 1)));
    }
    if (kind == 4)
        assert_int_equal(value_settle_map(v, "", NULL), OK);
    return v;
}

static void make_host(struct draft *d, uint64_t *seed)
{
    struct why why = {0};
    bool is_new;
    size_t host;

    assert_int_equal(draft_host(d, ANY(host_names, seed), 1, &host, &is_new, &why), OK);
    for (uint32_t n = next_random(seed) % 3; n > 0; n--) {
        size_t group;

        assert_int_equal(draft_group(d, ANY(group_names, seed), 1, &group, &why), OK);
        assert_int_equal(draft_join(d, host, group, &why), OK);
    }
    for (uint32_t n = next_random(seed) % 5; n > 0; n--) {
        struct values values = {0};
        struct value *v = make_value(&values, seed, 0);
        enum err e = draft_host_var(d, host, ANY(var_names, seed), v, &why);

        assert_ok(e, &why);
        values_fini(&values);
    }
}

static struct inventory *make_inventory(uint64_t *seed)
{
    struct inventory *inv = NULL;
    struct draft d = {0};
    struct why why = {0};

    assert_int_equal(draft_init(&d), OK);
    for (uint32_t n = 1 + next_random(seed) % HOSTS_MOST; n > 0; n--)
        make_host(&d, seed);
    assert_ok(draft_finish(&d, &inv, &why), &why);
    draft_fini(&d);
    return inv;
}

static bool same_vars(const struct host *a, const struct host *b)
{
    bool same = a->n_vars == b->n_vars;

    for (size_t i = 0; same && i < a->n_vars; i++)
        same = strcmp(a->vars[i].name, b->vars[i].name) == 0 &&
               strcmp(a->vars[i].value, b->vars[i].value) == 0 &&
               a->vars[i].typed == b->vars[i].typed;
    return same;
}

static bool same_groups(const struct host *a, const struct host *b)
{
    bool same = a->n_groups == b->n_groups;

    for (size_t i = 0; same && i < a->n_groups; i++)
        same = strcmp(a->groups[i], b->groups[i]) == 0 && a->places[i] == b->places[i];
    return same;
}

static void assert_same(const struct inventory *a, const struct inventory *b, const char *text)
{
    bool same = a->n_hosts == b->n_hosts;

    for (size_t i = 0; same && i < a->n_hosts; i++)
        same = strcmp(a->hosts[i].name, b->hosts[i].name) == 0 &&
               same_groups(&a->hosts[i], &b->hosts[i]) && same_vars(&a->hosts[i], &b->hosts[i]);
    if (!same)
        (void)fputs(text, stderr);
    assert_true(same);
}

static void comes_back(const struct inventory *inv, enum export_form form)
{
    struct inventory *again = NULL;
    struct text out = {0};
    struct why why = {0};

    assert_ok(inventory_export(inv, NULL, form, &out, &why), &why);
    if (form == EXPORT_INI)
        assert_ok(inventory_read_ini("x", text_str(&out), out.used, &again, &why), &why);
    else
        assert_ok(inventory_read_data("x", text_str(&out), out.used, &again, &why), &why);
    assert_same(inv, again, text_str(&out));
    assert_int_equal(again->notes.n, 0);
    inventory_free(again);
    text_fini(&out);
}

static void what_is_exported_is_imported_as_the_same(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        struct inventory *inv = make_inventory(&seed);

        comes_back(inv, EXPORT_INI);
        comes_back(inv, EXPORT_YAML);
        comes_back(inv, EXPORT_JSON);
        inventory_free(inv);
    }
}

static void every_awkward_inventory_is_exported_and_comes_back(void **state)
{
    static const char *const names[] = {"types.yml", "tree", "quoting.ini", "oddities.ini",
                                        "groups.yml", "merge.yml", "listing.sh", "nested.ini"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct inventory *inv = file_of(names[i]);

        comes_back(inv, EXPORT_INI);
        comes_back(inv, EXPORT_YAML);
        comes_back(inv, EXPORT_JSON);
        inventory_free(inv);
    }
}

/* Writes it to FOLDER/NUMBER.ENDING and adds to lines what Ansible must read there. */
static void put_exported(const struct inventory *inv, const char *folder, int number,
                         enum export_form form, struct text *lines)
{
    struct text out = {0}, path = {0};
    struct inventory *again;
    struct why why = {0};

    text_printf(&path, "%s/%d.%s", folder, number, endings[form]);
    assert_ok(inventory_export(inv, NULL, form, &out, &why), &why);
    assert_ok(file_write(text_str(&path), text_str(&out), out.used, 0600, &why), &why);
    again = path_of(text_str(&path)); /* as it is read again: then its order is compared too */
    put_inventory(lines, text_str(&path), again);
    assert_same(inv, again, text_str(&out));
    inventory_free(again);
    text_fini(&out);
    text_fini(&path);
}

static void ansible_reads_what_is_exported_as_the_same(void **state)
{
    char folder[] = "/tmp/swell-export-XXXXXX";
    uint64_t seed = 8;
    struct text lines = {0}, path = {0};

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < ANSIBLE_ROUNDS; i++) {
        struct inventory *inv = make_inventory(&seed);

        for (enum export_form form = EXPORT_INI; form <= EXPORT_JSON; form++)
            put_exported(inv, folder, i, form, &lines);
        inventory_free(inv);
    }
    ansible_agrees("hosts", &lines);
    for (int i = 0; i < ANSIBLE_ROUNDS; i++)
        for (enum export_form form = EXPORT_INI; form <= EXPORT_JSON; form++) {
            text_fini(&path);
            text_printf(&path, "%s/%d.%s", folder, i, endings[form]);
            assert_int_equal(unlink(text_str(&path)), 0);
        }
    assert_int_equal(rmdir(folder), 0);
    text_fini(&path);
    text_fini(&lines);
}

static void csv_keeps_names_groups_and_texts(void **state)
{
    struct inventory *inv = data_of("{g: {hosts: {b: {n: 1, s: 'a, \"b\"', l: [1], m: \"x\\ny\"},"
                                    " a: {s: ' x '}}}, i: {hosts: {a: {e: ''}}}, ungrouped:"
                                    " {hosts: {c: {}}}}");
    struct inventory *again = NULL;
    struct text out = {0};
    struct why why = {0};

    (void)state;
    assert_ok(inventory_export(inv, NULL, EXPORT_CSV, &out, &why), &why);
    assert_string_equal(text_str(&out), "name,groups,e,l,m,n,s\n"
                                        "b,g,,[1],\"x\ny\",1,\"a, \"\"b\"\"\"\n"
                                        "a,g;i,,,,,\" x \"\n"
                                        "c,,,,,,\n");
    assert_ok(inventory_read_csv("x", text_str(&out), out.used, &again, &why), &why);
    assert_hosts(again, "b a c");
    assert_groups(host_of(again, "a"), "g i");
    assert_groups(host_of(again, "c"), "ungrouped");
    assert_var(again, "b", "s", "a, \"b\"");
    assert_var(again, "b", "m", "x\ny");
    assert_var(again, "b", "l", "[1]");
    assert_var(again, "a", "s", " x ");
    assert_var(again, "a", "e", NULL); /* an empty cell is no value */
    inventory_free(inv);
    inventory_free(again);
    text_fini(&out);
}

static void only_the_chosen_hosts_are_exported(void **state)
{
    struct inventory *inv = ini_of("[g]\na x=1\nb\n[h]\nb\n[i]\na\n");
    bool chosen[] = {false, true};
    struct text out = {0};
    struct why why = {0};

    (void)state;
    assert_ok(inventory_export(inv, chosen, EXPORT_INI, &out, &why), &why);
    assert_string_equal(text_str(&out), "[all]\nb\n\n[g]\nb\n\n[h]\nb\n");
    text_fini(&out);
    inventory_free(inv);
}

static void a_file_looks_as_a_person_would_write_it(void **state)
{
    struct inventory *inv = ini_of("lone\n[web]\n"
                                   "w1:5986 ansible_host=192.0.2.1 note='a b' up=True\n"
                                   "w2 path='C:\\x' list=[1]\n");
    struct text out = {0};
    struct why why = {0};

    (void)state;
    assert_ok(inventory_export(inv, NULL, EXPORT_INI, &out, &why), &why);
    assert_string_equal(text_str(&out),
                        "[all]\nlone\n"
                        "w1 ansible_host=192.0.2.1 ansible_port=5986 note='\"a b\"' up=True\n"
                        "w2 list='[1]' path='\"C:\\\\x\"'\n\n[ungrouped]\nlone\n\n[web]\nw1\nw2\n");
    text_fini(&out);
    assert_ok(inventory_export(inv, NULL, EXPORT_YAML, &out, &why), &why);
    assert_string_equal(text_str(&out),
                        "all:\n  hosts:\n    lone:\n    w1:\n      ansible_host: 192.0.2.1\n"
                        "      ansible_port: 5986\n      note: \"a b\"\n      up: true\n    w2:\n"
                        "      list: [1]\n      path: \"C:\\\\x\"\n  children:\n    ungrouped:\n"
                        "      hosts:\n        lone:\n    web:\n      hosts:\n        w1:\n"
                        "        w2:\n");
    text_fini(&out);
    inventory_free(inv);
}

static void what_a_form_cannot_hold_is_refused_by_name(void **state)
{
    static const struct {
        const char *text, *words;
        enum export_form form;
    } cases[] = {
        {"{g: {hosts: {h: {'a=b': 1}}}}", "a name with =: the variable a=b", EXPORT_INI},
        {"{g: {hosts: {h: {x: .nan}}}}", "NaN: the variable x", EXPORT_INI},
        {"{g: {hosts: {'2001:db8::': {}}}}", "ends in :", EXPORT_INI},
        {"{g: {hosts: {h: {x: \"hunter\\x01\"}}}}", "a control character: the variable x",
         EXPORT_CSV},
        {"{g: {hosts: {h: {Port: 1}}}}", "cannot hold the variable Port", EXPORT_CSV},
        {"{g: {hosts: {h: {' x': 1}}}}", "cannot hold the variable  x", EXPORT_CSV},
        {"{g: {hosts: {h: {ansible_port: hunter}}}}", "ports from 1", EXPORT_CSV},
        {"{'g;h': {hosts: {h: {}}}}", "a group with ;", EXPORT_CSV},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct inventory *inv = data_of(cases[i].text);
        struct text out = {0};
        struct why why = {0};

        assert_int_equal(inventory_export(inv, NULL, cases[i].form, &out, &why), E_DATA);
        if (strstr(why.text, cases[i].words) == NULL || strstr(why.text, "hunter") != NULL)
            fail_msg("said: %s", why.text);
        text_fini(&out);
        inventory_free(inv);
    }
}

static void a_damaged_value_is_no_crash(void **state)
{
    char name[] = "h", var[] = "v", value[] = "[1,";
    struct host_var vars[] = {{.name = var, .value = value, .typed = true}};
    struct host hosts[] = {{.name = name, .vars = vars, .n_vars = 1}};
    struct inventory inv = {.hosts = hosts, .n_hosts = 1};

    (void)state;
    for (enum export_form form = EXPORT_INI; form <= EXPORT_JSON; form++) {
        struct text out = {0};
        struct why why = {0};

        assert_int_equal(inventory_export(&inv, NULL, form, &out, &why), E_DATA);
        assert_non_null(strstr(why.text, "damaged"));
        text_fini(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_exported_is_imported_as_the_same),
        cmocka_unit_test(every_awkward_inventory_is_exported_and_comes_back),
        cmocka_unit_test(ansible_reads_what_is_exported_as_the_same),
        cmocka_unit_test(csv_keeps_names_groups_and_texts),
        cmocka_unit_test(only_the_chosen_hosts_are_exported),
        cmocka_unit_test(a_file_looks_as_a_person_would_write_it),
        cmocka_unit_test(what_a_form_cannot_hold_is_refused_by_name),
        cmocka_unit_test(a_damaged_value_is_no_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
