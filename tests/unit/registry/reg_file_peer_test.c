/* registry/reg_file against Samba: what we write, `net registry import` takes; what `net registry
 * export` writes in each of its formats, we read; and the values are the same all the way round. */
#include "base/file.h"
#include "registry/reg_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define ROOT_KEY "HKLM\\SOFTWARE\\SwellPeer"
#define PATH_SIZE 256

extern char **environ;

struct peer {
    char folder[64];
    char config[PATH_SIZE];
    char log[PATH_SIZE];
};

static const char *const folders[] = {"private", "lock", "state", "cache", "pid"};

static int peer_make(void **state)
{
    struct peer *p = calloc(1, sizeof *p);
    struct text config = {0};
    struct why why;

    assert_non_null(p);
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/swell-peer-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->config, sizeof p->config, "%s/smb.conf", p->folder);
    (void)snprintf(p->log, sizeof p->log, "%s/net.log", p->folder);
    text_printf(&config, "[global]\n ncalrpc dir = %s/ncalrpc\n log file = %s/log\n", p->folder,
                p->folder);
    for (size_t i = 0; i < COUNT(folders); i++) {
        char path[PATH_SIZE];

        (void)snprintf(path, sizeof path, "%s/%s", p->folder, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
        text_printf(&config, " %s dir%s = %s\n", folders[i], i > 0 ? "ectory" : "", path);
    }
    assert_int_equal(file_write(p->config, config.s, config.used, 0600, &why), OK);
    text_fini(&config);
    *state = p;
    return 0;
}

static void remove_files(const char *folder)
{
    DIR *dir = opendir(folder);

    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[PATH_SIZE * 2];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0) {
            remove_files(path);
            (void)rmdir(path);
        }
    }
    (void)closedir(dir);
}

static int peer_remove(void **state)
{
    struct peer *p = *state;

    remove_files(p->folder);
    (void)rmdir(p->folder);
    free(p);
    return 0;
}

/* Runs `net registry VERB …`; its words are in the log and are shown when it fails. */
static void net(const struct peer *p, const char *verb, const char *a, const char *b, const char *c)
{
    char option[PATH_SIZE + 16];
    char *argv[8] = {NULL};
    const char *const words[] = {"net", option, "registry", verb, a, b, c};
    posix_spawn_file_actions_t actions;
    struct text said = {0};
    struct why why;
    pid_t pid;
    int status, failed;

    (void)snprintf(option, sizeof option, "--configfile=%s", p->config);
    for (size_t i = 0; i < COUNT(words); i++)
        argv[i] = str_dup(words[i]);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&actions, 1, p->log,
                                                      O_WRONLY | O_CREAT | O_TRUNC, 0600),
                     0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, 1, 2), 0);
    failed = posix_spawnp(&pid, "net", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 0; i < COUNT(words); i++)
        free(argv[i]);
    if (failed != 0)
        fail_msg("net (Debian's samba-common-bin) cannot be run: %s", strerror(failed));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (status != 0 && file_read(p->log, 65536, &said, &why) == OK)
        print_error("net registry %s: %s\n", verb, text_str(&said));
    text_fini(&said);
    assert_int_equal(status, 0);
}

static struct reg_file read_file(const char *path)
{
    struct text bytes = {0};
    struct reg_file f;
    struct why why = {0};

    assert_int_equal(file_read(path, REG_FILE_MAX, &bytes, &why), OK);
    if (reg_file_read(path, rd_of(bytes.s, bytes.used), &f, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    text_fini(&bytes);
    return f;
}

static const struct reg_entry *find(const struct reg_file *f, const struct reg_entry *like)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->entries[i].kind == like->kind && path_equal(&f->entries[i].path, &like->path) &&
            (like->kind != REG_VALUE_SET || reg_name_equal(f->entries[i].name, like->name)))
            return &f->entries[i];
    return NULL;
}

/* Every value of a is in b, the same to the byte. */
static void assert_values_are_in(const struct reg_file *a, const struct reg_file *b)
{
    for (size_t i = 0; i < a->n; i++) {
        const struct reg_entry *found;

        if (a->entries[i].kind != REG_VALUE_SET)
            continue;
        found = find(b, &a->entries[i]);
        if (found == NULL || !value_equal(&found->value, &a->entries[i].value))
            fail_msg("%s \\ %s is %s", a->entries[i].path.key, a->entries[i].name,
                     found == NULL ? "missing" : "another value");
    }
}

static size_t values_of(const struct reg_file *f)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n; i++)
        n += f->entries[i].kind == REG_VALUE_SET;
    return n;
}

static const char source[] =
    "Windows Registry Editor Version 5.00\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\SwellPeer]\n"
    "@=\"the default\"\n"
    "\"sz\"=\"C:\\\\dir \\\"quoted\\\" ; [x] = @\"\n"
    "\"empty\"=\"\"\n"
    "\"dword\"=dword:00000a80\n"
    "\"qword\"=hex(b):01,02,03,04,05,06,07,08\n"
    "\"binary\"=hex:00,01,02,ff\n"
    "\"nothing\"=hex:\n"
    "\"expand\"=hex(2):25,00,50,00,41,00,54,00,48,00,25,00,00,00\n"
    "\"multi\"=hex(7):61,00,00,00,62,00,63,00,00,00,00,00\n"
    "\"big endian\"=hex(5):00,00,00,01\n"
    "\"link\"=hex(6):41,00\n"
    "\"none\"=hex(0):01\n"
    "\"type 42\"=hex(2a):01,02,03\n"
    "\"name \\\"with\\\" \\\\ ] = ;\"=dword:00000001\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\SwellPeer\\TLS 1.2\\Server]\n"
    "\"Enabled\"=dword:00000001\n"
    "\"long\"=hex:"
    "00,11,22,33,44,55,66,77,88,99,aa,bb,cc,dd,ee,ff,00,11,22,33,44,55,66,77,88,99,aa,bb,cc,dd,ee,"
    "ff,00,11,22,33,44,55,66,77,88,99,aa,bb,cc,dd,ee,ff,00,11,22,33,44,55,66,77,88,99,aa,bb,cc\n";

/* What is beyond the reach of a version 4 file. */
static const char source_unicode[] =
    "Windows Registry Editor Version 5.00\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\SwellPeer\\\xc3\xa9t\xc3\xa9 \xe2\x82\xac]\n"
    "\"\xc3\xa9\"=\"\xe2\x82\xac \xf0\x9f\x98\x80\"\n";

/* Our file of `text` into Samba, Samba's file in `format` back to us. */
static void go_round(const struct peer *p, const char *text, const char *format)
{
    char ours[PATH_SIZE], theirs[PATH_SIZE];
    struct reg_file wanted, got;
    struct why why = {0};
    struct wr w;

    (void)snprintf(ours, sizeof ours, "%s/ours.reg", p->folder);
    (void)snprintf(theirs, sizeof theirs, "%s/theirs.reg", p->folder);
    assert_int_equal(reg_file_read("source", rd_text(text), &wanted, &why), OK);
    wr_init(&w, 0);
    assert_int_equal(reg_file_put_bytes(&w, wanted.entries, wanted.n), OK);
    assert_int_equal(file_write(ours, w.bytes, w.used, 0600, &why), OK);
    wr_fini(&w);
    net(p, "import", ours, NULL, NULL);
    net(p, "export", ROOT_KEY, theirs, format);
    got = read_file(theirs);
    assert_values_are_in(&wanted, &got);
    assert_values_are_in(&got, &wanted);
    assert_int_equal(values_of(&got), values_of(&wanted));
    reg_file_fini(&got);
    reg_file_fini(&wanted);
}

static void samba_takes_our_file_and_gives_the_same_values_back(void **state)
{
    go_round(*state, source, NULL);
}

static void samba_version_5_file_has_the_same_values(void **state)
{
    go_round(*state, source, "regedit5");
}

static void samba_version_4_file_has_the_same_values(void **state)
{
    go_round(*state, source, "regedit4");
}

static void letters_beyond_ansi_go_round(void **state)
{
    go_round(*state, source_unicode, NULL);
    go_round(*state, source_unicode, "regedit5");
}

static void deletions_that_we_write_are_done_by_samba(void **state)
{
    static const char deletions[] = "REGEDIT4\n"
                                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\SwellPeer]\n"
                                    "\"sz\"=-\n"
                                    "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\SwellPeer\\TLS 1.2\\Server]\n";
    const struct peer *p = *state;
    char path[PATH_SIZE];
    struct reg_file f, before, after;
    struct why why = {0};
    struct wr w;

    (void)snprintf(path, sizeof path, "%s/file.reg", p->folder);
    go_round(p, source, NULL);
    net(p, "export", ROOT_KEY, path, NULL);
    before = read_file(path);
    assert_int_equal(reg_file_read("deletions", rd_text(deletions), &f, &why), OK);
    wr_init(&w, 0);
    assert_int_equal(reg_file_put_bytes(&w, f.entries, f.n), OK);
    assert_int_equal(file_write(path, w.bytes, w.used, 0600, &why), OK);
    wr_fini(&w);
    net(p, "import", path, NULL, NULL);
    net(p, "export", ROOT_KEY, path, NULL);
    after = read_file(path);
    assert_int_equal(values_of(&after), values_of(&before) - 3);
    assert_values_are_in(&after, &before);
    reg_file_fini(&f);
    reg_file_fini(&before);
    reg_file_fini(&after);
}

int main(void)
{
#define peer_test(f) cmocka_unit_test_setup_teardown(f, peer_make, peer_remove)
    const struct CMUnitTest tests[] = {
        peer_test(samba_takes_our_file_and_gives_the_same_values_back),
        peer_test(samba_version_5_file_has_the_same_values),
        peer_test(samba_version_4_file_has_the_same_values),
        peer_test(letters_beyond_ansi_go_round),
        peer_test(deletions_that_we_write_are_done_by_samba),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
