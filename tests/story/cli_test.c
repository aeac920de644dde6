/* The verbs that meet no host, through the program itself. */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include "tests/story/program.h"

static const char inventory[] = "[web]\n"
                                "web[01:03] ansible_host=127.0.0.9\n"
                                "[db]\n"
                                "db01 ansible_password=hunter2 swell_affinity=db\n"
                                "[prod:children]\n"
                                "web\n"
                                "db\n";

static const char playbook[] = "playbook: tls\n"
                               "title: TLS 1.0 off\n"
                               "settings:\n"
                               "  - key: HKLM\\SOFTWARE\\Swell\n"
                               "    values: {A: dword 1, B: {multi_sz: [x, y]}, C: absent}\n";

static void make_hosts(const struct place *p)
{
    file_make(p, "hosts.ini", inventory);
    assert_ran(p, 0, "made the database", "", "init");
    assert_ran(p, 0, "4 hosts: 4 added", "", "inventory", "import", "hosts.ini");
}

static void a_database_is_made_once(void **state)
{
    struct place *p = *state;
    assert_ran(p, 65, "", "`swell init` makes one", "inventory", "list");
    assert_ran(p, 0, p->file, "", "init");
    assert_ran(p, 65, "", "exists already", "init");
    assert_ran(p, 65, "", "the inventory is empty", "inventory", "list");
    assert_ran(p, 0, "0 events, head 0000", "", "audit", "verify");
}

static void an_import_tells_what_came_and_went(void **state)
{
    struct place *p = *state;
    make_hosts(p);
    assert_ran(p, 0, "0 added, 0 changed, 0 removed, 4 same\n", "", "inventory", "import",
               "hosts.ini");
    file_make(p, "hosts.csv", "name,address,groups\nweb01,127.0.0.9,web\nnew01,,db\n");
    assert_ran(p, 0, "added: new01\nremoved: web02, web03, db01\n", "", "inventory", "import",
               "hosts.csv");
    assert_ran(p, 0, "new01", "", "inventory", "list");
}

/* Promise 13 */
static void a_bad_inventory_changes_nothing(void **state)
{
    struct place *p = *state;
    struct ran before, after;
    make_hosts(p);
    before = program_run(p, "inventory", "list", "--format", "json", NULL);
    file_make(p, "bad.ini", "[web]\nweb[1:\n");
    assert_ran(p, 65, "", "bad.ini:2:", "inventory", "import", "bad.ini");
    file_make(p, "bad.ini", "# nobody\n");
    assert_ran(p, 65, "", "bad.ini: ", "inventory", "import", "bad.ini");
    assert_ran(p, 1, "", "absent.ini: ", "inventory", "import", "absent.ini");
    after = program_run(p, "inventory", "list", "--format", "json", NULL);
    assert_int_equal(after.code, 0);
    assert_string_equal(before.out, after.out);
    ran_fini(&before);
    ran_fini(&after);
}

/* Promise 10 */
static void a_password_in_an_inventory_is_left_out_and_said_so(void **state)
{
    static const char *const endings[] = {"", "-wal"};
    struct place *p = *state;
    file_make(p, "hosts.ini", inventory);
    assert_ran(p, 0, "", "", "init");
    assert_ran(p, 0, "", "1 password was left out", "inventory", "import", "hosts.ini");
    struct ran r = program_run(p, "-vvv", "inventory", "import", "hosts.ini", NULL);
    assert_null(strstr(r.err, "hunter2"));
    ran_fini(&r);
    for (size_t i = 0; i < COUNT(endings); i++) {
        char file[160], *bytes = NULL;
        (void)snprintf(file, sizeof file, "%s%s", p->file, endings[i]);
        if (access(file, F_OK) != 0)
            continue;
        size_t n = bytes_of(file, &bytes);
        for (size_t k = 0; k + 7 <= n; k++)
            assert_true(memcmp(bytes + k, "hunter2", 7) != 0);
        free(bytes);
    }
}

/* Out in each form and in again, nothing has changed. */
static void hosts_are_exported_and_imported_again(void **state)
{
    static const char *const forms[] = {"ini", "yaml", "json"};
    struct place *p = *state;
    make_hosts(p);
    file_make(p, "more.yml",
              "web:\n  hosts:\n    web[01:03]: {ansible_port: 22, note: a b}\n  extra: 1\n"
              "db: {hosts: {db01: {list: [1, yes]}}}\n");
    assert_ran(p, 0, "4 hosts", "more.yml:4:3: only hosts, children and vars", "inventory",
               "import", "more.yml");
    for (size_t i = 0; i < COUNT(forms); i++) {
        char file[16];
        (void)snprintf(file, sizeof file, "out.%s", forms[i]);
        assert_ran(p, 0, "", "", "inventory", "export", "--format", forms[i], "--out", file);
        assert_ran(p, 0, "0 added, 0 changed, 0 removed, 4 same", "", "inventory", "import", file);
    }
    assert_ran(p, 0, "[all]\ndb01 list='[1, True]'\n\n[db]\ndb01\n", "", "inventory", "export",
               "--limit", "~db\\d+");
    assert_ran(p, 0, "name,groups,ansible_port,note\nweb02,web,22,a b\n", "", "inventory", "export",
               "--limit", "web[1]", "--format", "csv");
    assert_ran(p, 64, "", "--format: expected ini, yaml, json or csv", "inventory", "export",
               "--format", "toml");
    assert_ran(p, 65, "", "--limit: ", "inventory", "export", "--limit", "~db(");
}

static void hosts_are_listed_and_shown_in_every_form(void **state)
{
    struct place *p = *state;
    make_hosts(p);
    assert_ran(p, 0, "NAME   ADDRESS    GROUPS\nweb01  127.0.0.9  prod, web\n", "", "inventory",
               "list");
    assert_ran(p, 0, "name,address,groups\ndb01,db01,db;prod\n", "", "inventory", "list", "--limit",
               "prod:!web", "--format", "csv");
    assert_ran(p, 0, "\"schema_version\": 1", "", "inventory", "list", "--format=json");
    assert_ran(p, 65, "", "--limit: ", "inventory", "list", "--limit", "nobody*");
    assert_ran(p, 64, "", "--format: expected text, json or csv", "inventory", "list", "--format",
               "xml");
    assert_ran(p, 0, "swell_affinity  db\n", "", "inventory", "show", "db01");
    assert_ran(p, 0, "name,address,groups,swell_affinity\ndb01,db01,db;prod,db\n", "", "inventory",
               "show", "db01", "--format", "csv");
    assert_ran(p, 0, "\"swell_affinity\": \"db\"", "", "inventory", "show", "db01", "--format",
               "json");
    assert_ran(p, 65, "", "no host db02 in the inventory; did you mean db01?", "inventory", "show",
               "db02");
}

static void lint_goes_on_after_an_unusable_playbook(void **state)
{
    struct place *p = *state;
    file_make(p, "good.yaml", playbook);
    file_make(p, "bad.yaml",
              "playbook: x\nsettings:\n  - key: HKLN\\A\n    values: {a: dword 1}\n");
    assert_ran(p, 0, "1 playbook, 0 unusable, 3 settings", "", "lint", "good.yaml");
    file_make(p, "suites.yaml", "playbook: p\nverify:\n"
                                "  - {port: 443, suites: {must: ECDHE, must_not: [RC4, RC5]}}\n");
    assert_ran(p, 0, "suites.yaml:3:1: port 443: no cipher suite that is known answers to RC5\n",
               "",
               "lint", "suites.yaml");
    assert_ran(p, 65, "2 playbooks, 1 unusable, 3 settings", "bad.yaml:3:10: ", "lint", "bad.yaml",
               "good.yaml");
}

static void a_playbook_goes_to_reg_and_back(void **state)
{
    struct place *p = *state;
    char *one = path_in(p, "one.reg"), *two = path_in(p, "two.reg"), *a = NULL, *b = NULL;
    file_make(p, "tls.yaml", playbook);
    assert_ran(p, 0, "", "left out", "export", "tls.yaml", "--format", "reg", "--out", "one.reg");
    assert_ran(p, 0, "", "", "convert", "one.reg", "--out", "back.yaml");
    assert_ran(p, 0, "B:", "", "convert", "one.reg");
    assert_ran(p, 0, "", "", "export", "back.yaml", "--out", "two.reg");
    size_t n = bytes_of(one, &a);
    assert_true(n > 2 && memcmp(a, "\xff\xfe", 2) == 0);
    assert_int_equal(bytes_of(two, &b), n);
    assert_memory_equal(a, b, n);
    assert_ran(p, 64, "", "--format: expected reg", "export", "tls.yaml", "--format", "ps1");
    assert_ran(p, 65, "", "tls.yaml:1:1: ", "convert", "tls.yaml");
    free(one);
    free(two);
    free(a);
    free(b);
}

static void a_reg_file_is_not_thrown_at_a_terminal(void **state)
{
    char verb[] = "export", file[] = "tls.yaml";
    char *const words[] = {verb, file, NULL};
    struct place *p = *state;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), screen, null = open("/dev/null", O_WRONLY);
    file_make(p, "tls.yaml", playbook);
    assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    assert_true((screen = open(ptsname(terminal), O_RDWR | O_NOCTTY)) >= 0);
    assert_int_equal(program_run_to(p, words, screen, null), 64);
    (void)close(screen);
    (void)close(terminal);
    (void)close(null);
}

static void output_that_does_not_arrive_is_no_success(void **state)
{
    char verb[] = "inventory", sub[] = "list";
    char *const words[] = {verb, sub, NULL};
    struct place *p = *state;
    int full = open("/dev/full", O_WRONLY), ends[2];
    char *err = path_in(p, "stderr"), *said;
    int err_fd;
    make_hosts(p);
    assert_true(full >= 0);
    assert_true((err_fd = open(err, O_CREAT | O_TRUNC | O_WRONLY, 0600)) >= 0);
    assert_int_equal(program_run_to(p, words, full, err_fd), 1);
    said = text_of(err);
    assert_non_null(strstr(said, "No space left"));
    free(said);
    assert_int_equal(program_run_to(p, words, -1, err_fd), 1); /* closed before it began */
    assert_int_equal(ftruncate(err_fd, 0), 0);
    assert_int_equal(pipe(ends), 0);
    (void)close(ends[0]);
    assert_int_equal(program_run_to(p, words, ends[1], err_fd), 1);
    said = text_of(err);
    assert_string_equal(said, ""); /* who left the pipe knows it */
    free(said);
    free(err);
    (void)close(ends[1]);
    (void)close(full);
    (void)close(err_fd);
    /* Nothing of what was meant for the closed stream went into the database. */
    assert_ran(p, 0, "all linked", "", "audit", "verify");
    assert_ran(p, 0, "web01", "", "inventory", "list");
}

/* Promise 12 */
static void an_edited_record_is_named_offline(void **state)
{
    struct place *p = *state;
    struct store *st;
    make_hosts(p);
    st = store_must_open(p->file);
    events_append(st, 3);
    store_close(st);
    raw_sql(p->file, "DROP TRIGGER journal_no_update;"
                     "UPDATE journal SET body = '{}' WHERE seq = 2;");
    assert_ran(p, 65, "", "event 2 was changed", "audit", "verify");
    assert_ran(p, 65, "", "event 2 was changed", "audit", "verify", p->file);
    assert_ran(p, 65, "", "absent.db: ", "audit", "verify", "absent.db");
    file_make(p, "text.db", "this is no database, and long enough to be looked at\n");
    assert_ran(p, 65, "", "text.db: ", "audit", "verify", "text.db");
}

static void a_wrong_word_is_usage_and_a_wrong_file_configuration(void **state)
{
    struct place *p = *state;
    assert_ran(p, 64, "", "no command `stauts`; did you mean `status`?", "stauts");
    assert_ran(p, 64, "", "did you mean --max-failed?", "apply", "--maxfailed", "1", "x");
    assert_ran(p, 0, "Usage: swell apply", "", "apply", "--help");
    assert_ran(p, 0, "swell ", "", "--version");
    file_make(p, "swell.yaml", "forks: 3\npassword: hunter2\n");
    assert_ran(p, 78, "", "swell.yaml:2:1: a password does not belong", "--config", "swell.yaml",
               "inventory", "list");
    assert_ran(p, 0, "Usage", "", "--config", "swell.yaml", "--help");
    struct ran r = program_run(p, "--config", "swell.yaml", "owed", NULL);
    assert_null(strstr(r.err, "hunter2"));
    ran_fini(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HOME(a_database_is_made_once),
        WITH_HOME(an_import_tells_what_came_and_went),
        WITH_HOME(a_bad_inventory_changes_nothing),
        WITH_HOME(a_password_in_an_inventory_is_left_out_and_said_so),
        WITH_HOME(hosts_are_exported_and_imported_again),
        WITH_HOME(hosts_are_listed_and_shown_in_every_form),
        WITH_HOME(lint_goes_on_after_an_unusable_playbook),
        WITH_HOME(a_playbook_goes_to_reg_and_back),
        WITH_HOME(a_reg_file_is_not_thrown_at_a_terminal),
        WITH_HOME(output_that_does_not_arrive_is_no_success),
        WITH_HOME(an_edited_record_is_named_offline),
        WITH_HOME(a_wrong_word_is_usage_and_a_wrong_file_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
