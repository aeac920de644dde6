/* Dynamic inventories: programs that are run. */
#include "tests/unit/inventory/folder_support.h"

#include "base/clock.h"
#include "inventory/program.h"

#define LISTING \
    "echo '{\"web\": [\"w1\", \"w2\"], \"_meta\": {\"hostvars\": {\"w1\": {\"x\": 1}}}}'\n"

static void a_program_is_run_without_a_shell(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;

    file_put(f, "inv $(x).sh", 0700, "#!/bin/sh\n[ \"$#$1\" = 1--list ] || exit 9\n" LISTING);
    inv = loaded(f, "inv $(x).sh");
    assert_hosts(inv, "w1 w2");
    assert_var(inv, "w1", "x", "1");
    inventory_free(inv);
}

/* Without _meta each host is asked for; nothing printed is no variable. */
static void hosts_are_asked_for_where_there_is_no_meta(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;

    file_put(f, "inv", 0700,
             "#!/bin/sh\n[ $1 = --list ] && echo '{\"web\": [\"w1\", \"w2\", \"w3\"]}' && exit\n"
             "[ $2 = w3 ] || echo '{\"me\": \"'$2'\", \"token\": \"hunter2\"}'\n");
    inv = loaded(f, "inv");
    assert_var(inv, "w1", "me", "w1");
    assert_var(inv, "w2", "me", "w2");
    assert_var(inv, "w3", "me", NULL);
    assert_int_equal(inv->dropped_secrets, 2);
    inventory_free(inv);
    file_put(f, "inv", 0700,
             "#!/bin/sh\n[ $1 = --list ] && echo '{\"web\": [\"w1\"]}' && exit\necho '[1]'\n");
    assert_load_refused(f, "inv", E_DATA, "inv:1:1", "the variables of a host, a map, got a list");
    file_put(f, "inv", 0700,
             "#!/bin/sh\n[ $1 = --list ] && echo '{\"web\": [\"w1\"]}' && exit\nexit 4\n");
    assert_load_refused(f, "inv", E_DATA, "inv", "exit code 4");
}

static void a_program_that_fails_is_told(void **state)
{
    static const struct {
        const char *body, *words;
    } cases[] = {
        {"echo hunter2; exit 3\n", "exit code 3"},
        {"kill -9 $$\n", "signal 9"},
        {"echo no JSON\n", "expected a JSON value"},
        {"echo web:\necho '  hosts:'\n", "expected a JSON value"}, /* YAML is not enough */
        {"true\n", "expected a JSON value"},
        {"echo '[]'\n", "expected a map of groups, got a list"},
        {"echo '{\"web\": {\"hosts\": {\"w1\": {}}}}'\n", "expected a list of hosts, got a map"},
        {"echo '{\"web\": null}'\n", "expected a list of hosts, got nothing"},
        {"echo '{\"web\": {\"hosts\": [1]}}'\n", "the name of a host, a string, got a number"},
        {"echo '{\"web\": {\"children\": \"db\"}}'\n", "expected a list of groups"},
        {"echo '{\"web\": {\"vars\": []}}'\n", "expected a map of variables"},
        {"echo '{\"web\": [], \"_meta\": []}'\n", "expected a map behind _meta"},
        {"echo '{\"web\": [], \"_meta\": {\"hostvars\": 1}}'\n", "expected a map of hosts"},
        {"echo '{\"web\": [\"a b\"]}'\n", "cannot hold ' '"},
        {"echo '{\"ungrouped\": {}}'\n", "a host cannot be called ungrouped"},
    };
    const struct folder *f = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text t = {0};

        text_printf(&t, "#!/bin/sh\n%s", cases[i].body);
        file_put(f, "inv.sh", 0700, text_str(&t));
        assert_load_refused(f, "inv.sh", E_DATA, "", cases[i].words);
        text_fini(&t);
    }
    file_put(f, "inv.sh", 0700, "#!/nonexistent/interpreter\n");
    assert_load_refused(f, "inv.sh", E_IO, "inv.sh", "cannot be started");
}

static void a_program_is_bounded_in_time_and_output(void **state)
{
    const struct folder *f = *state;
    struct text out = {0};
    struct why why = {0};
    char path[200];
    int64_t begin = clock_mono_ms();

    path_in(f, "inv", path);
    file_put(f, "inv", 0700, "#!/bin/sh\nsleep 60\n");
    assert_int_equal(program_run(path, "--list", NULL, begin + 300, 1000, &out, &why), E_DATA);
    assert_non_null(strstr(why.text, "did not end in time"));
    assert_string_equal(why.place, path);
    file_put(f, "inv", 0700, "#!/bin/sh\nexec cat /dev/zero\n");
    why = (struct why){0};
    assert_int_equal(program_run(path, "--list", NULL, begin + 30000, 1000, &out, &why), E_DATA);
    assert_non_null(strstr(why.text, "more than 1000 bytes"));
    assert_true(clock_mono_ms() - begin < 20000);
    text_fini(&out);
}

static void what_is_run_is_a_program_that_others_may_not_write(void **state)
{
    const struct folder *f = *state;
    struct inventory *inv;

    file_put(f, "inv", 0702 | 0070, "#!/bin/sh\n" LISTING);
    assert_load_refused(f, "inv", E_DATA, "inv", "everybody may write");
    file_put(f, "inv", 0600, "#!/bin/sh\n" LISTING);
    assert_load_refused(f, "inv", E_DATA, "inv", "chmod +x");
    file_put(f, "inv.ini", 0777, "[web]\nw1\n"); /* as on a disk of Windows: no program */
    inv = loaded(f, "inv.ini");
    assert_hosts(inv, "w1");
    inventory_free(inv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(a_program_is_run_without_a_shell),
        WITH_FOLDER(hosts_are_asked_for_where_there_is_no_meta),
        WITH_FOLDER(a_program_that_fails_is_told),
        WITH_FOLDER(a_program_is_bounded_in_time_and_output),
        WITH_FOLDER(what_is_run_is_a_program_that_others_may_not_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
