/* Files told apart, folders of sources, and the variables beside them. That Ansible reads them
 * alike is in ansible_test.c. */
#include "tests/unit/inventory/folder_support.h"

/* Which reader takes a file: by its ending, else by its first line. */
static void the_forms_are_told_apart(void **state)
{
    static const struct {
        const char *name, *text, *hosts, *words;
    } cases[] = {
        {"a.csv", "name\nweb1\n", "web1", NULL},
        {"a.CSV", "host,x\nweb1,\n", "web1", NULL},
        {"a.txt", "# c\nweb1 a=1\n", "web1", NULL},
        {"a", "Address,\"Name\"\n192.0.2.1,web1\n", "web1", NULL},
        {"a.ini", "[name]\nweb1\n", "web1", NULL},
        {"a", "---\nall:\n  hosts:\n    web1:\n", "web1", NULL},
        {"a.inv", "all:\n  hosts:\n    web1:\n", "web1", NULL},
        {"a", "all: # a comment\n  hosts:\n    web1:\n", "web1", NULL},
        {"a", "all: {hosts: {web1: }}\n", "web1", NULL},
        {"a.yml", "all: {hosts: web1}\n", "web1", NULL},
        {"a.yaml", "{\"all\": {\"hosts\": {\"web1\": null}}}", "web1", NULL},
        {"a.json", "{\"web\": {\"hosts\": [\"web1\"]}}", "web1", NULL},
        {"a.txt", "{\"web\": [\"web1\"], \"_meta\": {}}", "web1", NULL},
        {"a", "web1 note=x: y\n", NULL, "expected name=value"}, /* a map to YAML, but no groups */
        {"a.yml", "x\n", NULL, "expected a map of groups, got a string"},
        {"a.yml", "- x\n", NULL, "got a list"},
        {"a.yml", "---\n", NULL, "got nothing"},
        {"a.yml", "{}", NULL, "an empty one"},
        {"a.json", "{\"all\": ]", NULL, "expected a JSON value"},
        {"a", "#!/bin/sh\necho\n", NULL, "may not be run"},
        {"a.toml", "[all.hosts]\n", NULL, "looks like TOML"},
        {"a.yml", "$ANSIBLE_VAULT;1.1;AES256\n6131\n", NULL, "encrypted"},
        {"a.yml", "plugin: amazon.aws.aws_ec2\nregions: [x]\n", NULL, "amazon.aws.aws_ec2"},
    };
    const struct folder *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        file_put(f, cases[i].name, 0600, cases[i].text);
        if (cases[i].hosts == NULL) {
            assert_load_refused(f, cases[i].name, E_DATA, "", cases[i].words);
        } else {
            struct inventory *inv = loaded(f, cases[i].name);

            assert_hosts(inv, cases[i].hosts);
            inventory_free(inv);
        }
    }
}

static void what_is_absent_is_named(void **state)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    (void)state;
    assert_int_equal(inventory_load("/nonexistent/hosts.ini", &inv, &why), E_IO);
    assert_null(inv);
    assert_int_not_equal(why.native, 0);
    assert_string_equal(why.place, "/nonexistent/hosts.ini");
}

static void a_folder_is_all_of_its_sources(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;

    file_put(f, "inv/20-db", 0600, "[db]\nd1\nw1 from=ini\n[site:children]\nweb\ndb\n");
    file_put(f, "inv/10-web.yml", 0600, "web: {hosts: {w1: {from: yaml}, w2: }}\n");
    file_put(f, "inv/30-list.csv", 0600, "name,groups,x\nw2,csv,1\nc1,csv,2\n");
    file_put(f, "inv/hosts.ini", 0600, "[[[");
    file_put(f, "inv/README.md", 0600, "[[[");
    file_put(f, "inv/below/40.yml", 0600, "below: {hosts: {b1: }}\n");
    file_put(f, "inv/group_vars/site.yml", 0600, "site_file: 1\n");
    file_put(f, "inv/below/group_vars/below.yml", 0600, "never: 1\n");
    inv = loaded(f, "inv");
    assert_hosts(inv, "w1 w2 d1 c1 b1");
    assert_groups(host_of(inv, "w1"), "db site web");
    assert_groups(host_of(inv, "w2"), "csv site web");
    assert_var(inv, "w1", "from", "ini");
    assert_var(inv, "w1", "site_file", "1");
    assert_var(inv, "c1", "x", "2");
    assert_var(inv, "b1", "never", NULL);
    assert_int_equal(inv->notes.n, 1);
    assert_noted(inv, "inv/hosts.ini: passed over");
    inventory_free(inv);
}

/* To Ansible a source that cannot be read is a warning; here, nobody would miss its hosts. */
static void one_bad_source_is_a_bad_inventory(void **state)
{
    const struct folder *f = *state;

    file_put(f, "inv/10.yml", 0600, "web: {hosts: {w1: }}\n");
    file_put(f, "inv/20.yml", 0600, "web: {hosts: [w1]}\n");
    assert_load_refused(f, "inv", E_DATA, "20.yml:1:14", "a map behind hosts:, got a list");
    file_put(f, "inv/20.yml", 0600, "a: {children: {b: }}\n");
    file_put(f, "inv/30.yml", 0600, "b: {children: {a: }}\n");
    assert_load_refused(f, "inv", E_DATA, "20.yml:1:1", "a cycle");
    file_put(f, "inv/30.yml", 0600, "g1: {}\n");
    file_put(f, "inv/20.yml", 0600, "g2: {}\n");
    file_put(f, "inv/40", 0600, "[g3:vars]\nx=1\n");
    assert_load_refused(f, "inv", E_DATA, "40:1:1", "nowhere defined");
}

static void a_folder_without_a_source_and_one_too_deep_are_refused(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;
    char path[200], link[200];

    file_put(f, "inv/group_vars/all.yml", 0600, "x: 1\n");
    assert_load_refused(f, "inv", E_DATA, "inv", "no inventory in this folder");
    file_put(f, "inv/a/hosts", 0600, "h\n");
    inv = loaded(f, "inv");
    assert_var(inv, "h", "x", "1");
    inventory_free(inv);
    path_in(f, "inv", path);
    path_in(f, "inv/a/again", link);
    assert_int_equal(symlink(path, link), 0);
    assert_load_refused(f, "inv", E_LIMIT, "", "folders inside of each other");
}

static void variables_beside_a_file_overrule_those_in_it(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;

    file_put(f, "hosts.ini", 0600,
             "[web]\nw1 h=host over=host\nw2\n[web:vars]\ng=group a=1\n[all:vars]\nb=all\n");
    file_put(f, "group_vars/all.yml", 0600, "g: all file\nb: all file\n");
    file_put(f, "group_vars/web/1.yml", 0600, "n: {m: 1}\nt: first\n");
    file_put(f, "group_vars/web/2.json", 0600, "{\"t\": \"second\"}");
    file_put(f, "group_vars/web/.hidden.yml", 0600, "t: hidden\n");
    file_put(f, "group_vars/web/3.yml~", 0600, "t: backup\n");
    file_put(f, "group_vars/web/4.ini", 0600, "t=ini\n");
    file_put(f, "group_vars/web/empty.yml", 0600, "# nothing\n");
    file_put(f, "host_vars/w1.yaml", 0600, "over: host file\n");
    inv = loaded(f, "hosts.ini");
    assert_var(inv, "w1", "g", "all file"); /* all of group_vars/ comes after all groups */
    assert_var(inv, "w1", "b", "all file");
    assert_var(inv, "w1", "h", "host");
    assert_var(inv, "w1", "over", "host file");
    assert_var(inv, "w1", "n", "{\"m\": 1}");
    assert_var(inv, "w1", "t", "second");
    assert_var(inv, "w2", "over", NULL);
    inventory_free(inv);
}

static void a_bad_file_of_variables_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *place, *words;
    } cases[] = {
        {"a: [1\n", "group_vars/web.yml:2:1", "did not find expected"},
        {"- a\n", "group_vars/web.yml:1:1", "expected a map of variables, got a list"},
        {"a: 1\non: 2\n", "group_vars/web.yml:2:1", "got a truth value"},
        {"a: !mystery 1\n", "group_vars/web.yml:1:4", "the tag !mystery"},
        {"a: 2001-02-30\n", "group_vars/web.yml:1:4", "looks like a date"},
        {"a: \"\\0\"\n", "group_vars/web.yml:1:4", "a NUL"},
        {"? [x]\n: 1\n", "group_vars/web.yml:1:3", "expected a text as key"},
        {"\"\": 1\n", "group_vars/web.yml:1:1", "variable is empty"},
        {"{<<: 1}\n", "group_vars/web.yml:1:6", "expected a map behind <<"},
    };
    const struct folder *f = *state;

    file_put(f, "hosts", 0600, "[web]\nw1\n");
    for (size_t i = 0; i < COUNT(cases); i++) {
        file_put(f, "group_vars/web.yml", 0600, cases[i].text);
        assert_load_refused(f, "hosts", E_DATA, cases[i].place, cases[i].words);
    }
}

/* A name decides which file is read, so a name must not lead out of the folder. */
static void a_name_is_no_way_out_of_the_folder(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;

    file_put(f, "secret.yml", 0600, "x: 1\n");
    file_put(f, "hosts", 0600, "[../secret]\nw1\n[..]\nw1\n[a/b]\nw1\n");
    file_put(f, "group_vars/all.yml", 0600, "y: 1\n");
    file_put(f, "group_vars/a/b.yml", 0600, "x: 2\n");
    inv = loaded(f, "hosts");
    assert_var(inv, "w1", "x", NULL);
    assert_var(inv, "w1", "y", "1");
    inventory_free(inv);
}

/* Promise 10: encrypted values, encrypted files and passwords within maps are left out. */
static void promise_10_nothing_encrypted_is_kept(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;

    file_put(f, "hosts.yml", 0600,
             "web:\n  hosts:\n    w1:\n      sealed: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n"
             "        6131\n"
             "      login: {user: bob, password: hunter2, more: [{token: hunter2, a: 1}]}\n"
             "      pins: [1, !vault x]\n      urls: [\"https://bob:hunter2@example.com/\"]\n"
             "      deep: {a: {b: {api_key: hunter2, c: 1}}}\n      ansible_password: hunter2\n");
    file_put(f, "group_vars/web/vault.yml", 0600, "$ANSIBLE_VAULT;1.1;AES256\n6131\n");
    file_put(f, "group_vars/web/vars.yml", 0600, "port: 1\ndb_password: !vault x\n");
    inv = loaded(f, "hosts.yml");
    assert_int_equal(inv->dropped_secrets, 9);
    assert_noted(inv, "group_vars/web/vault.yml: passed over: encrypted");
    assert_var(inv, "w1", "sealed", NULL);
    assert_var(inv, "w1", "pins", NULL);
    assert_var(inv, "w1", "urls", NULL);
    assert_var(inv, "w1", "login", "{\"user\": \"bob\", \"more\": [{\"a\": 1}]}");
    assert_var(inv, "w1", "deep", "{\"a\": {\"b\": {\"c\": 1}}}");
    assert_var(inv, "w1", "port", "1");
    for (size_t k = 0; k < inv->hosts[0].n_vars; k++) {
        assert_null(strstr(inv->hosts[0].vars[k].value, "hunter"));
        assert_null(strstr(inv->hosts[0].vars[k].value, "6131"));
    }
    inventory_free(inv);
}

static void what_is_no_file_keeps_nobody_waiting(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;
    char path[200];

    file_put(f, "inv/hosts", 0600, "[web]\nw1\n");
    file_put(f, "inv/group_vars/all.yml", 0600, "x: 1\n");
    path_in(f, "inv/pipe", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    path_in(f, "inv/group_vars/web", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    inv = loaded(f, "inv");
    assert_hosts(inv, "w1");
    assert_var(inv, "w1", "x", "1");
    assert_noted(inv, "inv/pipe: passed over");
    inventory_free(inv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(the_forms_are_told_apart),
        WITH_FOLDER(what_is_absent_is_named),
        WITH_FOLDER(a_folder_is_all_of_its_sources),
        WITH_FOLDER(one_bad_source_is_a_bad_inventory),
        WITH_FOLDER(a_folder_without_a_source_and_one_too_deep_are_refused),
        WITH_FOLDER(variables_beside_a_file_overrule_those_in_it),
        WITH_FOLDER(a_bad_file_of_variables_is_told_with_its_place),
        WITH_FOLDER(a_name_is_no_way_out_of_the_folder),
        WITH_FOLDER(promise_10_nothing_encrypted_is_kept),
        WITH_FOLDER(what_is_no_file_keeps_nobody_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
