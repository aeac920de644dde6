#include "tests/unit/db/db_support.h"

#include "db/schema.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PAGE 4096

/* Opening must fail with E_CORRUPT and this word in its reason, and leave the file as it is. */
static void must_refuse(const char *file, const char *word)
{
    struct store *st = NULL;
    struct why why = {0}, why_reader = {0};
    char *before, *after;
    size_t n = bytes_of(file, &before);

    assert_int_equal(store_open(file, &st, &why), E_CORRUPT);
    assert_null(st);
    assert_int_equal(store_open_readonly(file, &st, &why_reader), E_CORRUPT);
    assert_null(st);
    assert_string_equal(why.place, file);
    assert_non_null(strstr(why.text, word));
    assert_non_null(strstr(why_reader.text, word));
    assert_int_equal(bytes_of(file, &after), n);
    assert_memory_equal(before, after, n);
    free(before);
    free(after);
}

static void create_makes_missing_folders_and_private_files(void **state)
{
    struct place *p = *state;
    struct why why = {0};
    struct stat info;
    char deep[256], folder[128];

    (void)snprintf(folder, sizeof folder, "%s/a/b", p->folder);
    (void)snprintf(deep, sizeof deep, "%s/swell.db", folder);
    assert_ok(store_create(deep, &why), &why);
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_int_equal(stat(deep, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    store_close(store_must_open(deep));
}

static void create_leaves_nothing_beside_the_database(void **state)
{
    struct place *p = *state;
    struct why why = {0};
    DIR *d;
    int n = 0;

    assert_ok(store_create(p->file, &why), &why);
    d = opendir(p->folder);
    assert_non_null(d);
    for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d))
        n += entry->d_name[0] != '.';
    closedir(d);
    assert_int_equal(n, 1);
}

static void create_refuses_a_file_that_is_there(void **state)
{
    struct place *p = *state;
    struct why why = {0};

    assert_int_equal(store_create(p->file, &why), E_EXISTS);
    assert_string_equal(why.place, p->file);
    store_close(store_must_open(p->file)); /* and has not harmed it */
}

static void create_refuses_the_log_of_a_deleted_database(void **state)
{
    struct place *p = *state;
    struct why why = {0};
    char wal[256];

    (void)snprintf(wal, sizeof wal, "%s-wal", p->file);
    bytes_write(wal, "wb", 0, "old", 3);
    assert_int_equal(store_create(p->file, &why), E_EXISTS);
    assert_non_null(strstr(why.text, "swell.db-wal"));
    assert_int_equal(access(p->file, F_OK), -1);
}

static void open_of_an_absent_file_names_init(void **state)
{
    struct place *p = *state;
    struct store *st = NULL;
    struct why why = {0};

    assert_int_equal(store_open(p->file, &st, &why), E_ABSENT);
    assert_non_null(strstr(why.text, "swell init"));
    assert_int_equal(store_open_readonly(p->file, &st, &why), E_ABSENT);
    assert_int_equal(access(p->file, F_OK), -1);
}

static void open_refuses_a_folder(void **state)
{
    struct place *p = *state;
    struct store *st = NULL;
    struct why why = {0};

    assert_int_equal(store_open(p->folder, &st, &why), E_CORRUPT);
    assert_null(st);
}

static void open_refuses_a_text_file(void **state)
{
    struct place *p = *state;
    char text[8192];

    memset(text, 'a', sizeof text);
    bytes_write(p->file, "wb", 0, text, 100);
    must_refuse(p->file, "not a database");
    bytes_write(p->file, "wb", 0, text, sizeof text);
    must_refuse(p->file, "not a database");
}

static void open_refuses_an_empty_file(void **state)
{
    struct place *p = *state;

    bytes_write(p->file, "wb", 0, "", 0);
    must_refuse(p->file, "empty");
}

static void open_refuses_another_programs_database(void **state)
{
    struct place *p = *state;

    raw_sql(p->file, "CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA user_version = 1");
    must_refuse(p->file, "not one of Swell");
}

static void open_refuses_a_newer_schema(void **state)
{
    struct place *p = *state;

    raw_sql(p->file, "PRAGMA user_version = 999");
    must_refuse(p->file, "newer Swell");
    raw_sql(p->file, "PRAGMA user_version = 0");
    must_refuse(p->file, "no schema");
}

static void open_refuses_a_truncated_file(void **state)
{
    struct place *p = *state;
    char *whole;
    size_t n;

    store_close(store_must_open(p->file));
    n = bytes_of(p->file, &whole);
    assert_true(n > 3 * PAGE);
    for (size_t at = n - 1; at > 60; at -= at > PAGE ? 1000 : 60) {
        struct store *st = NULL;
        struct why why = {0};

        assert_int_equal(truncate(p->file, (off_t)at), 0);
        assert_int_equal(store_open(p->file, &st, &why), E_CORRUPT);
        assert_null(st);
        assert_true(why.text[0] != '\0');
    }
    free(whole);
}

/* Each page in turn overwritten: what is read says E_CORRUPT or is still right; it never crashes,
 * never lies. */
static void overwritten_pages_are_found_or_harmless(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    char *whole, junk[PAGE];
    int found = 0;
    size_t n;

    for (int i = 0; i < 20; i++)
        events_append(st, 10);
    store_close(st);
    n = bytes_of(p->file, &whole);
    memset(junk, 0xa5, sizeof junk);
    for (size_t at = 0; at < n; at += PAGE) {
        struct journal_proof proof = {0};
        struct why why = {0};
        enum err e;

        bytes_write(p->file, "wb", 0, whole, n);
        bytes_write(p->file, "r+b", at, junk, sizeof junk);
        e = store_open_readonly(p->file, &st, &why);
        if (e == OK)
            e = journal_verify(st, &proof, &why);
        assert_true(e == E_CORRUPT || (e == OK && proof.events == 200));
        assert_true(e == OK || why.text[0] != '\0');
        found += e != OK;
        store_close(st);
    }
    assert_true(found > 3); /* schema, journal pages; index pages are not read by an audit */
    free(whole);
}

static void a_flipped_byte_in_an_event_is_found(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct journal_proof proof;
    struct why why = {0};
    char *whole;
    size_t n;

    events_append(st, 5);
    store_close(st);
    n = bytes_of(p->file, &whole);
    bytes_write(p->file, "r+b", bytes_find(whole, n, "{\"n\":3") + 5, "7", 1);
    free(whole);
    st = store_must_open(p->file);
    assert_int_equal(journal_verify(st, &proof, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "event 4 was changed"));
    store_close(st);
}

static void commit_after_rollback_is_no_success(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct why why = {0};

    assert_int_equal(store_commit(st, &why), E_INTERNAL);
    assert_ok(store_begin(st, &why), &why);
    store_rollback(st);
    store_rollback(st);
    assert_int_equal(store_commit(st, &why), E_INTERNAL);
    store_close(st);
    store_close(NULL);
}

static void readonly_store_reads_and_never_writes(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file), *reader = NULL;
    struct why why = {0};

    events_append(st, 3);
    assert_ok(store_open_readonly(p->file, &reader, &why), &why);
    assert_int_equal(journal_must_verify(reader), 3);
    events_append(st, 2); /* a reader is in nobody's way, and sees what came since */
    assert_int_equal(journal_must_verify(reader), 5);
    assert_int_equal(events_try(reader, 1, 10, &why), E_IO);
    store_close(reader);
    store_close(st);
}

/* As an auditor gets it: a copy that nobody may write, in a folder that nobody may write. */
static void readonly_store_opens_a_copy_on_a_readonly_medium(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    pid_t child;
    int status;

    events_append(st, 3);
    store_close(st);
    assert_int_equal(chmod(p->file, 0444), 0);
    assert_int_equal(chmod(p->folder, 0555), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *reader = NULL;
        struct journal_proof proof = {0};

        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        if (store_open(p->file, &reader, NULL) != E_IO || reader != NULL)
            _exit(3);
        if (store_open_readonly(p->file, &reader, NULL) != OK)
            _exit(4);
        if (journal_verify(reader, &proof, NULL) != OK || proof.events != 3)
            _exit(5);
        store_close(reader);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(p->folder, 0755), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void second_controller_in_one_process_is_refused(void **state)
{
    struct place *p = *state;
    struct store *a = store_must_open(p->file), *b = store_must_open(p->file);
    struct why why = {0};
    char expected[64];

    (void)snprintf(expected, sizeof expected, "process %ld", (long)getpid());
    assert_ok(store_lock_controller(a, &why), &why);
    assert_ok(store_lock_controller(a, &why), &why); /* its own lock is no hindrance */
    assert_int_equal(store_lock_controller(b, &why), E_LOCKED);
    assert_non_null(strstr(why.text, expected));
    assert_int_equal(store_lock_controller(b, &why), E_LOCKED);
    store_unlock_controller(a);
    assert_ok(store_lock_controller(b, &why), &why);
    store_close(b); /* gives it back */
    assert_ok(store_lock_controller(a, &why), &why);
    store_close(a);
}

static void assert_controller(const struct store *st, bool at_work, int64_t process)
{
    struct store_controller who = {.at_work = !at_work, .process = -1};
    struct why why = {0};

    assert_ok(store_controller_look(st, &who, &why), &why);
    assert_true(who.at_work == at_work);
    assert_int_equal(who.process, process);
}

static void who_holds_the_lock_is_told_and_it_stays_free(void **state)
{
    const struct place *p = *state;
    struct store *a = NULL, *b = NULL;
    struct why why = {0};

    assert_ok(store_open(p->file, &a, &why), &why);
    assert_ok(store_open_readonly(p->file, &b, &why), &why);
    assert_controller(b, false, 0); /* there is no file yet */
    for (int i = 0; i < 2; i++) {
        assert_ok(store_lock_controller(a, &why), &why);
        assert_controller(b, true, getpid());
        assert_controller(a, true, getpid());
        store_unlock_controller(a);
        assert_controller(b, false, 0);
    }
    store_close(a);
    store_close(b);
}

static void lock_is_one_for_all_names_of_a_database(void **state)
{
    struct place *p = *state;
    struct store *a = store_must_open(p->file), *b;
    struct why why = {0};
    char other[256];

    (void)snprintf(other, sizeof other, "%s/other.db", p->folder);
    assert_int_equal(symlink(p->file, other), 0);
    b = store_must_open(other);
    assert_ok(store_lock_controller(a, &why), &why);
    assert_int_equal(store_lock_controller(b, &why), E_LOCKED);
    store_close(a);
    store_close(b);
}

/* The child locks, says so through the pipe and then waits for its end. */
static pid_t controller_start(const char *file, int *from_child)
{
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct store *st = NULL;
        char said = 'x';

        if (store_open(file, &st, NULL) == OK && store_lock_controller(st, NULL) == OK)
            said = 'y';
        (void)!write(ends[1], &said, 1);
        for (;;)
            pause();
    }
    close(ends[1]);
    *from_child = ends[0];
    return child;
}

static void second_process_is_told_the_first_ones_number_until_it_is_killed(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct why why = {0};
    int from_child, status;
    pid_t child = controller_start(p->file, &from_child);
    char said = 0, expected[64];

    assert_int_equal(read(from_child, &said, 1), 1);
    assert_int_equal(said, 'y');
    (void)snprintf(expected, sizeof expected, "process %ld", (long)child);
    assert_int_equal(store_lock_controller(st, &why), E_LOCKED);
    assert_non_null(strstr(why.text, expected));
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_ok(store_lock_controller(st, &why), &why);
    close(from_child);
    store_close(st);
}

static void schema_is_the_one_of_the_program(void **state)
{
    (void)state;
    assert_true(schema_version >= 1);
    for (int i = 0; i < schema_version; i++)
        assert_int_equal(schema_migrations[i].version, i + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(create_makes_missing_folders_and_private_files),
        WITH_PLACE(create_leaves_nothing_beside_the_database),
        WITH_STORE(create_refuses_a_file_that_is_there),
        WITH_PLACE(create_refuses_the_log_of_a_deleted_database),
        WITH_PLACE(open_of_an_absent_file_names_init),
        WITH_PLACE(open_refuses_a_folder),
        WITH_PLACE(open_refuses_a_text_file),
        WITH_PLACE(open_refuses_an_empty_file),
        WITH_PLACE(open_refuses_another_programs_database),
        WITH_STORE(open_refuses_a_newer_schema),
        WITH_STORE(open_refuses_a_truncated_file),
        WITH_STORE(overwritten_pages_are_found_or_harmless),
        WITH_STORE(a_flipped_byte_in_an_event_is_found),
        WITH_STORE(commit_after_rollback_is_no_success),
        WITH_STORE(readonly_store_reads_and_never_writes),
        WITH_STORE(readonly_store_opens_a_copy_on_a_readonly_medium),
        WITH_STORE(second_controller_in_one_process_is_refused),
        WITH_STORE(who_holds_the_lock_is_told_and_it_stays_free),
        WITH_STORE(lock_is_one_for_all_names_of_a_database),
        WITH_STORE(second_process_is_told_the_first_ones_number_until_it_is_killed),
        cmocka_unit_test(schema_is_the_one_of_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
