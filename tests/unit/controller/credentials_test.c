#include "controller/credentials.h"

#include "tests/unit/controller/cli_support.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "hunter2"

static char web_groups[] = "web", db_groups[] = "db", user_name[] = "ansible_user";
static char inv_user[] = "WIN\\local";
static char *web_group[] = {web_groups}, *db_group[] = {db_groups},
            *both_group[] = {db_groups, web_groups};
static struct host_var user_var = {.name = user_name, .value = inv_user};

static char name_web[] = "web01", name_db[] = "db01", name_both[] = "both01", name_own[] = "own01";
static struct host four[] = {
    {.name = name_web, .groups = web_group, .n_groups = 1},
    {.name = name_db, .groups = db_group, .n_groups = 1},
    {.name = name_both, .groups = both_group, .n_groups = 2},
    {.name = name_own, .vars = &user_var, .n_vars = 1},
};
static const struct inventory hosts = {.hosts = four, .n_hosts = COUNT(four)};
static const bool everybody[] = {true, true, true, true};

struct login_case {
    struct invocation inv;
    struct credentials *creds;
    struct why why;
};

static void case_begin(struct login_case *c, const char *yaml)
{
    static const enum opt opts[] = {OPT_USER, OPT_PASSWORD_ENV, OPT_PASSWORD_FILE};
    *c = (struct login_case){0};
    for (size_t i = 0; i < COUNT(opts); i++)
        (void)unsetenv(option_of(opts[i])->env);
    (void)setenv("SOME_PASSWORD", SECRET, 1);
    (void)setenv("OTHER_PASSWORD", "other", 1);
    (void)unsetenv("NO_PASSWORD");
    assert_int_equal(config_read("swell.yaml", yaml, strlen(yaml), &c->inv.config, &c->why), OK);
}

static void case_end(struct login_case *c)
{
    credentials_free(c->creds);
    config_free(c->inv.config);
}

static enum err load(struct login_case *c, const bool *chosen)
{
    enum err e = credentials_load(&c->inv, &hosts, chosen, &c->creds, &c->why);
    char line[700];
    assert_true((e == OK) == (c->creds != NULL));
    assert_null(strstr(why_line(&c->why, line, sizeof line), SECRET));
    return e;
}

static void assert_login(struct login_case *c, size_t host, const char *user, const char *password)
{
    struct login l = {0};
    assert_int_equal(credentials_for(c->creds, &four[host], &l, &c->why), OK);
    assert_string_equal(l.user, user);
    assert_int_equal(l.password->used, strlen(password));
    assert_memory_equal(l.password->bytes, password, strlen(password));
}

static void assert_refused_for(struct login_case *c, enum err expected, const char *place,
                               const char *words)
{
    assert_int_equal(load(c, everybody), expected);
    if (strcmp(c->why.place, place) != 0 || strstr(c->why.text, words) == NULL)
        fail_msg("%s: %s", c->why.place, c->why.text);
    case_end(c);
}

static void options_are_for_every_host(void **state)
{
    struct login_case c;
    (void)state;
    case_begin(&c, "credentials: [{group: web, user: x, password_env: OTHER_PASSWORD}]\n");
    c.inv.values[OPT_USER] = "FLEET\\ops";
    c.inv.values[OPT_PASSWORD_ENV] = "SOME_PASSWORD";
    assert_int_equal(load(&c, everybody), OK);
    for (size_t i = 0; i < COUNT(four); i++)
        assert_login(&c, i, "FLEET\\ops", SECRET);
    case_end(&c);
}

static void a_host_takes_the_first_group_of_the_file_that_it_is_in(void **state)
{
    struct login_case c;
    (void)state;
    case_begin(&c, "user: top\n"
                   "password_env: SOME_PASSWORD\n"
                   "credentials:\n"
                   "- {group: web, user: FLEET\\web, password_env: OTHER_PASSWORD, auth: ntlm}\n"
                   "- {group: db, password_command: echo fromdb}\n");
    struct login l = {0};
    assert_int_equal(load(&c, everybody), OK);
    assert_login(&c, 0, "FLEET\\web", "other");
    assert_login(&c, 1, "top", "fromdb");
    assert_login(&c, 2, "FLEET\\web", "other");
    assert_login(&c, 3, "top", SECRET);
    assert_int_equal(credentials_for(c.creds, &four[0], &l, &c.why), OK);
    assert_int_equal(l.auth, AUTH_NTLM);
    assert_int_equal(credentials_for(c.creds, &four[1], &l, &c.why), OK);
    assert_int_equal(l.auth, AUTH_NEGOTIATE);
    case_end(&c);
}

static void the_inventory_names_the_user_where_nobody_else_does(void **state)
{
    static const bool only_own[] = {false, false, false, true};
    struct login_case c;
    (void)state;
    case_begin(&c, "");
    c.inv.values[OPT_PASSWORD_ENV] = "SOME_PASSWORD";
    assert_int_equal(load(&c, only_own), OK);
    assert_login(&c, 3, "WIN\\local", SECRET);
    case_end(&c);
    case_begin(&c, "");
    c.inv.values[OPT_PASSWORD_ENV] = "SOME_PASSWORD";
    assert_refused_for(&c, E_CONFIG, "web01", "no user for this host");
    case_begin(&c, "credentials: [{group: all, password_env: SOME_PASSWORD}]\n");
    assert_refused_for(&c, E_CONFIG, "web01", "user: at swell.yaml:1:15");
}

static enum err login_with(struct login_case *c, size_t host, const char *name, const char *value,
                           struct login *out)
{
    char name_copy[32], value_copy[32];
    struct host_var var = {.name = name_copy, .value = value_copy}, *vars = four[host].vars;
    size_t n_vars = four[host].n_vars;
    bool chosen[COUNT(four)] = {false};
    enum err e;
    chosen[host] = true;
    (void)snprintf(name_copy, sizeof name_copy, "%s", name);
    (void)snprintf(value_copy, sizeof value_copy, "%s", value);
    four[host].vars = &var;
    four[host].n_vars = 1;
    if ((e = load(c, chosen)) == OK)
        e = credentials_for(c->creds, &four[host], out, &c->why);
    four[host].vars = vars;
    four[host].n_vars = n_vars;
    return e;
}

static void kerberos_needs_neither_user_nor_password(void **state)
{
    struct login_case c;
    struct login l = {0};
    (void)state;
    case_begin(&c, "credentials: [{group: web, auth: kerberos}]\n");
    assert_int_equal(login_with(&c, 0, "x", "y", &l), OK);
    assert_int_equal(l.auth, AUTH_KERBEROS);
    assert_null(l.user);
    assert_false(secret_is_set(l.password));
    case_end(&c);
    case_begin(&c, ""); /* nothing but the inventory's word */
    assert_int_equal(login_with(&c, 1, "swell_auth", "kerberos", &l), OK);
    assert_int_equal(l.auth, AUTH_KERBEROS);
    assert_false(secret_is_set(l.password));
    case_end(&c);
    case_begin(&c, "credentials: [{group: db, user: a@B, password_env: SOME_PASSWORD}]\n");
    assert_int_equal(login_with(&c, 1, "swell_auth", "kerberos", &l), OK);
    assert_string_equal(l.user, "a@B");
    assert_int_equal(l.password->used, strlen(SECRET));
    case_end(&c);
    case_begin(&c, "credentials: [{group: db, user: a, password_env: SOME_PASSWORD}]\n");
    assert_int_equal(login_with(&c, 1, "swell_auth", "ntlm", &l), OK);
    assert_int_equal(l.auth, AUTH_NTLM);
    case_end(&c);
    case_begin(&c, "");
    assert_int_equal(login_with(&c, 1, "swell_auth", "basic", &l), E_CONFIG);
    assert_string_equal(c.why.place, "db01");
    case_end(&c);
}

static void encryption_is_asked_for_by_the_inventory(void **state)
{
    static const char yaml[] =
        "credentials: [{group: all, user: a, password_env: SOME_PASSWORD}]\n";
    struct login_case c;
    struct login l = {.encrypt = true};
    (void)state;
    case_begin(&c, yaml);
    assert_int_equal(login_with(&c, 0, "x", "y", &l), OK);
    assert_false(l.encrypt);
    case_end(&c);
    case_begin(&c, yaml);
    assert_int_equal(login_with(&c, 0, "swell_smb_encrypt", "required", &l), OK);
    assert_true(l.encrypt);
    case_end(&c);
    case_begin(&c, yaml);
    assert_int_equal(login_with(&c, 0, "swell_smb_encrypt", "off", &l), OK);
    assert_false(l.encrypt);
    case_end(&c);
    case_begin(&c, yaml); /* what a plain off is in a YAML inventory */
    assert_int_equal(login_with(&c, 0, "swell_smb_encrypt", "false", &l), OK);
    assert_false(l.encrypt);
    case_end(&c);
    case_begin(&c, yaml);
    assert_int_equal(login_with(&c, 0, "swell_smb_encrypt", "yes", &l), E_CONFIG);
    case_end(&c);
}

static void a_host_without_a_login_is_named(void **state)
{
    struct login_case c;
    struct login l = {0};
    static const bool only_web[] = {true, false, true, false};
    (void)state;
    case_begin(&c, "credentials: [{group: web, user: x, password_env: SOME_PASSWORD}]\n");
    assert_refused_for(&c, E_CONFIG, "db01", "no login for this host");
    case_begin(&c, "credentials: [{group: web, user: x, password_env: SOME_PASSWORD}]\n");
    assert_int_equal(load(&c, only_web), OK);
    assert_login(&c, 2, "x", SECRET);
    assert_int_equal(credentials_for(c.creds, &four[1], &l, &c.why), E_CONFIG);
    assert_null(l.user);
    case_end(&c);
}

static void only_what_is_needed_is_read(void **state)
{
    static const bool only_web[] = {true, false, false, false}, nobody[] = {0, 0, 0, 0};
    static const char yaml[] = "credentials:\n"
                               "- {group: web, user: x, password_env: SOME_PASSWORD}\n"
                               "- {group: db, user: x, password_command: exit 3}\n";
    struct login_case c;
    (void)state;
    case_begin(&c, yaml);
    assert_int_equal(load(&c, only_web), OK);
    case_end(&c);
    case_begin(&c, yaml);
    assert_int_equal(load(&c, nobody), OK);
    case_end(&c);
}

static void a_command_runs_once_for_all_its_hosts(void **state)
{
    char folder[] = "/tmp/swell-login-XXXXXX", yaml[300], file[64];
    struct login_case c;
    struct stat st;
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/ran", folder);
    (void)snprintf(yaml, sizeof yaml,
                   "credentials: [{group: all, user: x, password_command: "
                   "'printf x >> %s; echo " SECRET "'}]\n",
                   file);
    case_begin(&c, yaml);
    assert_int_equal(load(&c, everybody), OK);
    assert_login(&c, 3, "x", SECRET);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 1);
    case_end(&c);
    (void)unlink(file);
    (void)rmdir(folder);
}

static void a_failure_names_its_entry_and_not_the_secret(void **state)
{
    struct login_case c;
    (void)state;
    case_begin(&c, "credentials: [{group: all, user: x, password_env: NO_PASSWORD}]\n");
    assert_refused_for(&c, E_CONFIG, "swell.yaml:1:15",
                       "password_env: the environment variable is not set: NO_PASSWORD");
    /* who took the key for the password's own place */
    case_begin(&c, "credentials: [{group: all, user: x, password_env: " SECRET "}]\n");
    assert_refused_for(&c, E_CONFIG, "swell.yaml:1:15", "password_env: the environment variable");
    case_begin(&c, "credentials: [{group: all, user: x, password_file: /nonexistent/pw}]\n");
    assert_refused_for(&c, E_CONFIG, "/nonexistent/pw", "");
    case_begin(&c, "credentials: [{group: all, user: x, password_command: 'echo " SECRET
                   "; exit 3'}]\n");
    assert_refused_for(&c, E_CONFIG, "swell.yaml:1:15",
                       "password_command: the command failed with exit code 3");
    case_begin(&c, "");
    c.inv.values[OPT_USER] = "x";
    c.inv.values[OPT_PASSWORD_ENV] = SECRET;
    assert_refused_for(&c, E_CONFIG, "--password-env", "the environment variable is not set");
    case_begin(&c, "");
    c.inv.values[OPT_USER] = "x";
    c.inv.values[OPT_PASSWORD_ENV] = SECRET "!";
    assert_refused_for(&c, E_CONFIG, "--password-env", "expected the name of an environment");
}

static void a_user_needs_a_password_and_one_place_of_it(void **state)
{
    struct login_case c;
    (void)state;
    case_begin(&c, "");
    c.inv.values[OPT_USER] = "x";
    assert_refused_for(&c, E_USAGE, "--user", "--password-env or --password-file");
    case_begin(&c, "user: x\n");
    assert_refused_for(&c, E_CONFIG, "swell.yaml:1:7", "--password-env or --password-file");
    case_begin(&c, "");
    c.inv.values[OPT_USER] = "x";
    c.inv.values[OPT_PASSWORD_ENV] = "SOME_PASSWORD";
    c.inv.values[OPT_PASSWORD_FILE] = "/nonexistent";
    assert_refused_for(&c, E_USAGE, "--password-file", "said twice");
    case_begin(&c, "");
    assert_refused_for(&c, E_CONFIG, "web01", "no login for this host");
}

static void a_flag_beats_the_other_option_of_the_environment(void **state)
{
    struct login_case c;
    (void)state;
    case_begin(&c, "password_file: /nonexistent\n");
    (void)setenv("SWELL_USER", "env", 1);
    (void)setenv("SWELL_PASSWORD_FILE", "/nonexistent", 1);
    c.inv.values[OPT_PASSWORD_ENV] = "OTHER_PASSWORD";
    assert_int_equal(load(&c, everybody), OK);
    assert_login(&c, 0, "env", "other");
    (void)unsetenv("SWELL_USER");
    (void)unsetenv("SWELL_PASSWORD_FILE");
    case_end(&c);
}

static void a_password_file_is_read_if_it_is_private(void **state)
{
    char file[] = "/tmp/swell-pw-XXXXXX";
    int fd = mkstemp(file);
    struct login_case c;
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, SECRET "\n", strlen(SECRET) + 1), strlen(SECRET) + 1);
    case_begin(&c, "");
    c.inv.values[OPT_USER] = "x";
    c.inv.values[OPT_PASSWORD_FILE] = file;
    assert_int_equal(load(&c, everybody), OK);
    assert_login(&c, 0, "x", SECRET);
    case_end(&c);
    assert_int_equal(fchmod(fd, 0644), 0);
    case_begin(&c, "");
    c.inv.values[OPT_USER] = "x";
    c.inv.values[OPT_PASSWORD_FILE] = file;
    assert_refused_for(&c, E_CONFIG, file, "chmod 600");
    close(fd);
    (void)unlink(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_for_every_host),
        cmocka_unit_test(a_host_takes_the_first_group_of_the_file_that_it_is_in),
        cmocka_unit_test(the_inventory_names_the_user_where_nobody_else_does),
        cmocka_unit_test(kerberos_needs_neither_user_nor_password),
        cmocka_unit_test(encryption_is_asked_for_by_the_inventory),
        cmocka_unit_test(a_host_without_a_login_is_named),
        cmocka_unit_test(only_what_is_needed_is_read),
        cmocka_unit_test(a_command_runs_once_for_all_its_hosts),
        cmocka_unit_test(a_failure_names_its_entry_and_not_the_secret),
        cmocka_unit_test(a_user_needs_a_password_and_one_place_of_it),
        cmocka_unit_test(a_flag_beats_the_other_option_of_the_environment),
        cmocka_unit_test(a_password_file_is_read_if_it_is_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
