/* Promise 10: no secret reaches the database, a log line, argv, a report or the console. A whole
 * rollout is run with a password that can be recognised, and everything it left is searched for it
 * in every form that a mistake could give it. */
#include "tests/support/story.h"

#include "base/file.h"
#include "base/log.h"
#include "base/utf16.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET           \
    "Gr\xc3\xbc\xc3\x9f" \
    "e-s3cr3t/Kennwort+42"

struct forms {
    struct text forms[24];
    size_t n;
};

static struct text *form_add(struct forms *f)
{
    assert_true(f->n < COUNT(f->forms));
    return &f->forms[f->n++];
}

static void add_hex(struct forms *f, const void *bytes, size_t n)
{
    struct text *lower = form_add(f), *upper;
    text_hex(lower, bytes, n);
    upper = form_add(f);
    for (const char *c = lower->s; *c; c++)
        text_char(upper, (char)(*c >= 'a' ? *c - 32 : *c));
}

/* RFC 4648. What stands before it in the same text moves the letters: the form is what is the same
 * for each of the three ways in which it may begin. */
static void add_base64(struct forms *f, const uint8_t *bytes, size_t n)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t from = 0; from < 3; from++) {
        struct text *t = form_add(f);
        for (size_t i = from; i + 3 <= n; i += 3) {
            uint32_t three = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
            for (int shift = 18; shift >= 0; shift -= 6)
                text_char(t, letters[three >> shift & 63]);
        }
    }
}

static void forms_make(struct forms *f)
{
    struct wr wide;
    wr_init(&wide, 0);
    assert_int_equal(utf16_put(&wide, SECRET), OK);
    text_put(form_add(f), SECRET);
    text_put(form_add(f), "s3cr3t"); /* a part of it is enough, however the rest was escaped */
    text_put_n(form_add(f), (const char *)wide.bytes, wide.used);
    add_hex(f, SECRET, strlen(SECRET));
    add_hex(f, wide.bytes, wide.used);
    add_base64(f, (const uint8_t *)SECRET, strlen(SECRET));
    add_base64(f, wide.bytes, wide.used);
    wr_fini(&wide);
}

static void forms_fini(struct forms *f)
{
    for (size_t i = 0; i < f->n; i++)
        text_fini(&f->forms[i]);
}

static bool has(const struct text *where, const struct text *form)
{
    for (size_t i = 0; i + form->used <= where->used; i++)
        if (memcmp(where->s + i, form->s, form->used) == 0)
            return true;
    return false;
}

/* Which form is in there, from 1; 0 for none. */
static size_t find_secret(const struct text *where)
{
    struct forms f = {0};
    size_t found = 0;
    forms_make(&f);
    for (size_t i = 0; i < f.n && !found; i++)
        found = has(where, &f.forms[i]) ? i + 1 : 0;
    forms_fini(&f);
    return found;
}

static void assert_clean(const struct text *where, const char *name)
{
    size_t form = find_secret(where);
    if (form)
        fail_msg("the password is in %s (form %zu)", name, form);
}

static void assert_file_clean(const char *path)
{
    struct text bytes = {0};
    struct why why = {0};
    assert_int_equal(file_read(path, FILE_LIMIT_DEFAULT, &bytes, &why), OK);
    assert_clean(&bytes, path);
    text_fini(&bytes);
}

/* Every file that the story left, but the one that holds the password. */
static void assert_folder_clean(struct story *s)
{
    DIR *d = opendir(s->folder);
    const struct dirent *entry;
    int files = 0;
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", s->folder, entry->d_name);
        if (entry->d_name[0] == '.' || strcmp(path, s->password_file) == 0)
            continue;
        assert_file_clean(path);
        files++;
    }
    closedir(d);
    assert_true(files >= 2); /* the database and its lock, at least */
}

static void the_search_finds_a_password_in_every_form(void **state)
{
    struct forms f = {0};
    (void)state;
    forms_make(&f);
    for (size_t i = 0; i < f.n; i++) {
        struct text where = {0};
        assert_true(f.forms[i].used > 5);
        text_put(&where, "before");
        text_put_n(&where, f.forms[i].s, f.forms[i].used);
        text_put(&where, "after");
        assert_int_not_equal(find_secret(&where), 0);
        text_fini(&where);
    }
    forms_fini(&f);
}

/* stderr goes to a file of the story, as loud as can be. */
static int log_begin(struct story *s)
{
    char path[160];
    int saved = dup(STDERR_FILENO), fd;
    (void)snprintf(path, sizeof path, "%s/log", s->folder);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(saved >= 0 && fd >= 0);
    assert_true(dup2(fd, STDERR_FILENO) >= 0);
    close(fd);
    log_level_set(LOG_TRACE);
    return saved;
}

static void log_end(int saved)
{
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    close(saved);
    log_level_set(LOG_WARN);
}

static void look_at_argv(struct story *s, const struct fleet_act *act)
{
    struct text argv = {0};
    struct why why;
    if (act->call == FLEET_OPEN && (file_read("/proc/self/cmdline", 1 << 20, &argv, &why) != OK ||
                                    argv.used == 0 || find_secret(&argv)))
        atomic_fetch_add((atomic_int *)s->self, 1);
    text_fini(&argv);
}

static const char inventory[] = "[all:vars]\nansible_host=127.0.0.1\nswell_smb_port=1\n"
                                "[web]\nweb[1:5]\n";

static void run_with_troubles(struct story *s)
{
    story_plan(s);
    story_create(s);
    fleet_host_fault(story_host(s, "web1"),
                     (struct fleet_fault){.call = FLEET_WRITE, .err = E_DENIED});
    fleet_host_fault(story_host(s, "web2"),
                     (struct fleet_fault){.call = FLEET_OPEN, .from = 3, .err = E_AUTH});
    fleet_host_fault(story_host(s, "web3"),
                     (struct fleet_fault){.call = FLEET_READ, .err = E_PROTOCOL});
    story_run(s);
    story_ended(s, "web4", OUTCOME_CHANGED);
}

static void assert_reports_clean(struct story *s)
{
    static const char *const verbs[][4] = {{"report", "1"},
                                           {"report", "1", "--format", "json"},
                                           {"status", "1"},
                                           {"status", "--format", "json"},
                                           {"history", "web1"},
                                           {"history", "web2", "--format", "json"},
                                           {"owed"},
                                           {"inventory", "show", "web1"},
                                           {"audit", "verify"}};
    for (size_t i = 0; i < COUNT(verbs); i++) {
        struct text out = {0};
        (void)story_program(s, &out, verbs[i][0], verbs[i][1], verbs[i][2], verbs[i][3], NULL);
        assert_true(out.used > 20);
        assert_clean(&out, verbs[i][0]);
        text_fini(&out);
    }
}

static void promise_10_a_whole_rollout_leaves_no_password_anywhere(void **state)
{
    struct story *s = *state;
    struct text plan = {0};
    struct store *held;
    atomic_int flaws = 0;
    int saved;
    story_begin(s, inventory);
    fleet_password(s->fleet, SECRET);
    story_login(s, ".\\swell", SECRET);
    s->self = &flaws;
    s->on_act = look_at_argv;
    held = story_store(s); /* so that the write-ahead log stays to be searched */
    saved = log_begin(s);
    run_with_troubles(s);
    log_end(saved);
    assert_int_equal(flaws, 0);
    assert_folder_clean(s);
    assert_int_equal(plan_write(s->plan, &plan), OK);
    assert_clean(&plan, "the plan");
    text_fini(&plan);
    assert_reports_clean(s);
    store_close(held);
    assert_folder_clean(s); /* now all is in the one file */
    story_end(s);
}

static void promise_10_a_wrong_password_is_not_repeated_either(void **state)
{
    struct story *s = *state;
    int saved;
    story_begin(s, inventory);
    story_login(s, "FLEET\\swell", SECRET); /* the fleet wants another one */
    saved = log_begin(s);
    story_plan(s);
    log_end(saved);
    for (size_t i = 0; i < s->plan->n_hosts; i++) {
        struct text reason = {0};
        assert_int_equal(s->plan->hosts[i].err, E_AUTH);
        text_put(&reason, s->plan->hosts[i].reason);
        assert_clean(&reason, "a reason");
        text_fini(&reason);
    }
    assert_folder_clean(s);
    story_end(s);
}

static void file_put(struct story *s, const char *name, const char *text, char path[160])
{
    struct why why = {0};
    (void)snprintf(path, 160, "%s/%s", s->folder, name);
    assert_int_equal(file_write(path, text, strlen(text), 0600, &why), OK);
}

/* The program itself, told where the password is in each way that there is; nobody listens. */
static void promise_10_the_program_says_no_password_however_it_was_told(void **state)
{
    struct story *s = *state;
    char playbook[160], config[160], yaml[400];
    story_begin(s, inventory);
    story_login(s, "swell", SECRET);
    file_put(s, "story.yaml",
             "playbook: p\nsettings:\n  - {key: 'HKLM\\SOFTWARE\\A', values: {x: dword 1}}\n",
             playbook);
    (void)snprintf(yaml, sizeof yaml,
                   "credentials:\n  - {group: web, user: swell, password_command: 'cat %s'}\n",
                   s->password_file);
    file_put(s, "swell.yaml", yaml, config);
    assert_int_equal(setenv("STORY_PASSWORD", SECRET, 1), 0);
    struct text file = {0}, env = {0}, command = {0};
    (void)story_program(s, &file, "-vvv", "plan", playbook, "--user", "swell", "--password-file",
                        s->password_file, NULL);
    (void)story_program(s, &env, "-vvv", "plan", playbook, "--user", "swell", "--password-env",
                        "STORY_PASSWORD", NULL);
    (void)story_program(s, &command, "-vvv", "plan", playbook, "--config", config, NULL);
    assert_int_equal(unsetenv("STORY_PASSWORD"), 0);
    assert_non_null(strstr(text_str(&file), "web1"));
    assert_non_null(strstr(text_str(&env), "web1"));
    assert_non_null(strstr(text_str(&command), "web1"));
    assert_clean(&file, "the output with --password-file");
    assert_clean(&env, "the output with --password-env");
    assert_clean(&command, "the output with password_command");
    assert_folder_clean(s);
    text_fini(&file);
    text_fini(&env);
    text_fini(&command);
    story_end(s);
}

/* What Ansible users have in their inventories is not taken over. */
static void promise_10_a_password_in_an_inventory_does_not_reach_the_database(void **state)
{
    struct story *s = *state;
    char path[160];
    struct text out = {0};
    story_begin(s, inventory);
    (void)snprintf(path, sizeof path, "%s/hosts.ini", s->folder);
    file_put(s, "hosts.ini", "web1 ansible_password='" SECRET "' ansible_user=me\n", path);
    assert_int_equal(story_program(s, &out, "inventory", "import", path, NULL), 0);
    assert_int_equal(story_program(s, &out, "inventory", "show", "web1", NULL), 0);
    assert_int_equal(unlink(path), 0);
    assert_clean(&out, "the output");
    assert_folder_clean(s);
    text_fini(&out);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds_a_password_in_every_form),
        STORY_TEST(promise_10_a_whole_rollout_leaves_no_password_anywhere),
        STORY_TEST(promise_10_a_wrong_password_is_not_repeated_either),
        STORY_TEST(promise_10_the_program_says_no_password_however_it_was_told),
        STORY_TEST(promise_10_a_password_in_an_inventory_does_not_reach_the_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
