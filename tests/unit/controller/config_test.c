#include "tests/unit/controller/cli_support.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct config *read_ok(const char *yaml)
{
    struct config *c = NULL;
    struct why why = {0};
    if (config_read("dir/swell.yaml", yaml, strlen(yaml), &c, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    return c;
}

/* Refused at that place, with these words, and without any of the secret. */
static void assert_bad(const char *yaml, const char *place, const char *words)
{
    struct config *c = (struct config *)&c;
    struct why why = {0};
    assert_int_equal(config_read("f", yaml, strlen(yaml), &c, &why), E_CONFIG);
    assert_null(c);
    if (strcmp(why.place, place) != 0 || strstr(why.text, words) == NULL)
        fail_msg("%s: %s", why.place, why.text);
    assert_null(strstr(why.text, "hunter2"));
}

static void settings_are_read_and_lists_joined(void **state)
{
    struct config *c = read_ok("db: /var/swell.db\n"
                               "serial: [1, 10%, 100%]\n"
                               "max_failed: none\n"
                               "approval: On\n"
                               "user: FLEET\\ops\n"
                               "restart_timeout: \"30m\"\n");
    (void)state;
    assert_string_equal(config_get(c, OPT_DB), "/var/swell.db");
    assert_string_equal(config_get(c, OPT_SERIAL), "1,10%,100%");
    assert_string_equal(config_get(c, OPT_MAX_FAILED), "none");
    assert_string_equal(config_get(c, OPT_APPROVAL), "On");
    assert_string_equal(config_get(c, OPT_USER), "FLEET\\ops");
    assert_string_equal(config_get(c, OPT_RESTART_TIMEOUT), "30m");
    assert_string_equal(config_place(c, OPT_MAX_FAILED), "dir/swell.yaml:3:13");
    assert_null(config_get(c, OPT_FORKS));
    assert_int_equal(config_logins(c), 0);
    config_free(c);
    assert_null(config_get(NULL, OPT_DB));
    assert_int_equal(config_logins(NULL), 0);
    config_free(NULL);
}

static void a_file_without_settings_is_fine(void **state)
{
    static const char *const empty[] = {"", "\n\n", "# nothing\n", "  # a\r\n\t\n#b",
                                        "\xef\xbb\xbf# marked\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(empty); i++)
        config_free(read_ok(empty[i]));
}

static void paths_begin_at_the_home_or_at_the_file(void **state)
{
    struct config *c;
    (void)state;
    (void)setenv("HOME", "/home/me", 1);
    c = read_ok("db: ~/fleet/swell.db\npassword_file: secret/pw\n");
    assert_string_equal(config_get(c, OPT_DB), "/home/me/fleet/swell.db");
    assert_string_equal(config_get(c, OPT_PASSWORD_FILE), "dir/secret/pw");
    config_free(c);
}

static void logins_keep_their_order_and_place(void **state)
{
    struct config *c = read_ok("credentials:\n"
                               "  - {group: web, user: FLEET\\ops, password_env: WEB_PASSWORD}\n"
                               "  - group: db\n"
                               "    password_file: /etc/pw\n"
                               "    auth: ntlm\n"
                               "  - {group: all, password_command: pass show ops}\n");
    const struct config_login *l;
    (void)state;
    assert_int_equal(config_logins(c), 3);
    l = config_login(c, 0);
    assert_string_equal(l->group, "web");
    assert_string_equal(l->user, "FLEET\\ops");
    assert_string_equal(l->password_env, "WEB_PASSWORD");
    assert_int_equal(l->auth, AUTH_NEGOTIATE);
    assert_string_equal(l->place, "dir/swell.yaml:2:5");
    l = config_login(c, 1);
    assert_null(l->user);
    assert_string_equal(l->password_file, "/etc/pw");
    assert_int_equal(l->auth, AUTH_NTLM);
    assert_string_equal(config_login(c, 2)->password_command, "pass show ops");
    config_free(c);
}

static void unknown_keys_are_answered_with_the_nearest(void **state)
{
    (void)state;
    assert_bad("db: x\nfork: 3\n", "f:2:1", "no key `fork`; did you mean `forks`?");
    assert_bad("credential: []\n", "f:1:1", "did you mean `credentials`?");
    assert_bad("limit: web\n", "f:1:1", "no key `limit`");
    assert_bad("yes: true\n", "f:1:1", "no key `yes`");
    assert_bad("credentials:\n  - {grup: web}\n", "f:2:6", "did you mean `group`?");
}

static void a_setting_has_the_right_form(void **state)
{
    (void)state;
    assert_bad("approval: maybe\n", "f:1:11", "expected yes or no");
    assert_bad("approval: [yes]\n", "f:1:11", "expected yes or no");
    assert_bad("serial: {a: 1}\n", "f:1:9", "expected a text");
    assert_bad("serial: []\n", "f:1:9", "an empty list");
    assert_bad("serial: [1, [2]]\n", "f:1:13", "expected a text");
    assert_bad("db:\n", "f:1:4", "got nothing");
    assert_bad("db: x\ndb: y\n", "f:2:1", "a second time");
    assert_bad("- db\n", "f:1:1", "expected settings, a map");
    assert_bad("db: [x\n", "f:2:1", "");
    assert_bad("hunter2\n", "f:1:1", "expected settings, a map");
}

static void a_password_in_the_file_is_refused_in_plain_words(void **state)
{
    (void)state;
    assert_bad("password: hunter2\n", "f:1:1", "a password does not belong in this file");
    assert_bad("user: ops\nansible_password: hunter2\n", "f:2:1", "does not belong");
    assert_bad("credentials:\n - {group: a, password: hunter2}\n", "f:2:15", "does not belong");
}

static void an_entry_says_once_where_its_password_is(void **state)
{
    (void)state;
    assert_bad("credentials: hunter2\n", "f:1:14", "expected a list of entries");
    assert_bad("credentials: [hunter2]\n", "f:1:15", "expected an entry");
    assert_bad("credentials:\n- {user: a}\n", "f:2:3", "has no group:");
    assert_bad("credentials:\n- {group: a}\n", "f:2:3", "does not say where");
    assert_bad("credentials:\n- {group: a, password_env: A, password_file: b}\n", "f:2:3",
               "says twice");
    assert_bad("credentials:\n- {group: a, password_env: hunter2!}\n", "f:2:28",
               "the name of an environment variable");
    assert_bad("credentials:\n- {group: a, password_env: A, auth: hunter2}\n", "f:2:37",
               "negotiate, ntlm or kerberos");
    assert_bad("credentials:\n- {group: a, password_env: [hunter2]}\n", "f:2:28", "a text");
    assert_bad("password_env: A\npassword_file: b\n", "f:2:1", "already");
}

static void limits_hold(void **state)
{
    struct text t = {0};
    (void)state;
    text_put(&t, "credentials: [");
    for (int i = 0; i <= CONFIG_LOGINS_MAX; i++)
        text_put(&t, "{group: a, password_env: A}, ");
    text_put(&t, "]\n");
    assert_bad(text_str(&t), "f:1:14", "more than 1000 entries");
    text_fini(&t);
    for (int i = 0; i < 100; i++)
        text_put(&t, "[");
    assert_bad(text_str(&t), "f:1:33", "levels");
    text_fini(&t);
    text_put(&t, "db: ");
    for (int i = 0; i < 5000; i++)
        text_put(&t, "x");
    assert_bad(text_str(&t), "f:1:5", "bytes");
    text_fini(&t);
    text_put(&t, "a: &a [x,x,x,x,x,x,x,x]\n");
    for (char c = 'b'; c < 'k'; c++)
        text_printf(&t, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c - 1, c - 1, c - 1,
                    c - 1, c - 1, c - 1, c - 1, c - 1);
    assert_bad(text_str(&t), "f:7:17", "aliases"); /* a bomb */
    text_fini(&t);
}

static void a_file_cut_anywhere_is_read_or_refused(void **state)
{
    static const char yaml[] = "serial: [1, 10%]\ncredentials:\n  - {group: web, user: ops, "
                               "password_env: WEB_PASSWORD, auth: ntlm}\nforks: 3\n";
    (void)state;
    for (size_t n = 0; n < sizeof yaml; n++) {
        char *copy = str_dup_n(yaml, n);
        struct config *c = NULL;
        struct why why = {0};
        assert_non_null(copy);
        enum err e = config_read("f", copy, n, &c, &why);
        assert_true(e == OK || e == E_CONFIG);
        assert_true((e == OK) == (c != NULL));
        assert_true(e == OK || (why.place[0] != '\0' && why.text[0] != '\0'));
        config_free(c);
        free(copy);
    }
}

/* --- files --- */

struct place {
    char folder[64];
    char file[128];
};

static int place_make(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/swell-config-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    (void)setenv("XDG_CONFIG_HOME", p->folder, 1);
    (void)unsetenv("SWELL_CONFIG");
    (void)snprintf(p->file, sizeof p->file, "%s/swell", p->folder);
    assert_int_equal(mkdir(p->file, 0700), 0);
    (void)snprintf(p->file, sizeof p->file, "%s/swell/swell.yaml", p->folder);
    *state = p;
    return 0;
}

static int place_remove(void **state)
{
    struct place *p = *state;
    (void)unlink(p->file);
    *strrchr(p->file, '/') = '\0';
    (void)rmdir(p->file);
    (void)rmdir(p->folder);
    (void)unsetenv("XDG_CONFIG_HOME");
    free(p);
    return 0;
}

static void file_make(const char *file, const char *s, mode_t mode)
{
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    assert_true(fputs(s, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(file, mode), 0);
}

static void the_file_is_found_or_there_is_none(void **state)
{
    struct place *p = *state;
    struct invocation inv = {0};
    struct config *c = NULL;
    struct why why = {0};
    assert_int_equal(config_load(&inv, &c, &why), OK);
    assert_null(c);
    file_make(p->file, "forks: 3\n", 0644);
    assert_int_equal(config_load(&inv, &c, &why), OK);
    assert_string_equal(config_get(c, OPT_FORKS), "3");
    config_free(c);
    inv.values[OPT_CONFIG] = "/nonexistent/swell.yaml";
    assert_int_equal(config_load(&inv, &c, &why), E_CONFIG);
    assert_string_equal(why.place, "/nonexistent/swell.yaml");
    assert_null(c);
    inv.values[OPT_CONFIG] = NULL;
    (void)setenv("SWELL_CONFIG", p->folder, 1); /* a folder is no file */
    assert_int_equal(config_load(&inv, &c, &why), E_CONFIG);
    (void)unsetenv("SWELL_CONFIG");
}

static void a_file_that_is_too_large_is_refused(void **state)
{
    struct place *p = *state;
    struct invocation inv = {.values = {[OPT_CONFIG] = p->file}};
    struct config *c = NULL;
    struct why why = {0};
    file_make(p->file, "# large\n", 0644);
    assert_int_equal(truncate(p->file, CONFIG_FILE_MAX + 1), 0);
    assert_int_equal(config_load(&inv, &c, &why), E_CONFIG);
    assert_null(c);
}

static void commands_that_others_could_change_are_not_run(void **state)
{
    static const char yaml[] = "credentials: [{group: all, password_command: pass}]\n";
    struct place *p = *state;
    struct invocation inv = {0};
    struct config *c = NULL;
    struct why why = {0};
    file_make(p->file, yaml, 0664);
    assert_int_equal(config_load(&inv, &c, &why), E_CONFIG);
    assert_non_null(strstr(why.text, "chmod go-w"));
    assert_null(c);
    file_make(p->file, yaml, 0644);
    assert_int_equal(config_load(&inv, &c, &why), OK);
    config_free(c);
    file_make(p->file, "forks: 3\n", 0664); /* no command in it */
    assert_int_equal(config_load(&inv, &c, &why), OK);
    config_free(c);
}

#define PLACED(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read_and_lists_joined),
        cmocka_unit_test(a_file_without_settings_is_fine),
        cmocka_unit_test(paths_begin_at_the_home_or_at_the_file),
        cmocka_unit_test(logins_keep_their_order_and_place),
        cmocka_unit_test(unknown_keys_are_answered_with_the_nearest),
        cmocka_unit_test(a_setting_has_the_right_form),
        cmocka_unit_test(a_password_in_the_file_is_refused_in_plain_words),
        cmocka_unit_test(an_entry_says_once_where_its_password_is),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(a_file_cut_anywhere_is_read_or_refused),
        PLACED(the_file_is_found_or_there_is_none),
        PLACED(a_file_that_is_too_large_is_refused),
        PLACED(commands_that_others_could_change_are_not_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
