/* base/file: whole files read up to a limit, and replaced all or nothing. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct box {
    char folder[64];
    char path[96];
    char other[96];
};

static int box_make(void **state)
{
    struct box *b = calloc(1, sizeof *b);

    assert_non_null(b);
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/swell-file-XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    (void)snprintf(b->path, sizeof b->path, "%s/file", b->folder);
    (void)snprintf(b->other, sizeof b->other, "%s/other", b->folder);
    *state = b;
    return 0;
}

static int box_remove(void **state)
{
    struct box *b = *state;

    (void)unlink(b->path);
    (void)unlink(b->other);
    assert_int_equal(rmdir(b->folder), 0); /* nothing was left beside */
    free(b);
    return 0;
}

static void assert_content(const char *path, const void *bytes, size_t n)
{
    struct text t = {0};
    struct why why;

    assert_int_equal(file_read(path, 1u << 20, &t, &why), OK);
    assert_int_equal(t.used, n);
    assert_memory_equal(t.s, bytes, n);
    text_fini(&t);
}

static unsigned mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void file_is_written_and_read_back(void **state)
{
    const struct box *b = *state;
    static char big[200000];
    struct why why;

    assert_int_equal(file_write(b->path, "a\0b\n", 4, 0600, &why), OK);
    assert_content(b->path, "a\0b\n", 4);
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = (char)(i * 7);
    assert_int_equal(file_write(b->path, big, sizeof big, 0600, &why), OK);
    assert_content(b->path, big, sizeof big);
    assert_int_equal(file_write(b->path, NULL, 0, 0600, &why), OK);
    assert_content(b->path, "", 0);
}

static void mode_is_as_given_whatever_the_umask(void **state)
{
    const struct box *b = *state;
    mode_t before = umask(077);
    struct why why;

    assert_int_equal(file_write(b->path, "x", 1, 0644, &why), OK);
    assert_int_equal(mode_of(b->path), 0644);
    (void)umask(0);
    assert_int_equal(file_write(b->path, "x", 1, 0600, &why), OK);
    assert_int_equal(mode_of(b->path), 0600);
    (void)umask(before);
}

static void reading_appends(void **state)
{
    const struct box *b = *state;
    struct text t = {0};
    struct why why;

    assert_int_equal(file_write(b->path, "tail", 4, 0600, &why), OK);
    text_put(&t, "head ");
    assert_int_equal(file_read(b->path, 4, &t, &why), OK);
    assert_string_equal(t.s, "head tail");
    text_fini(&t);
}

static void file_over_the_limit_is_refused_and_nothing_appended(void **state)
{
    const struct box *b = *state;
    struct text t = {0};
    struct why why;

    assert_int_equal(file_write(b->path, "12345", 5, 0600, &why), OK);
    text_put(&t, "head");
    for (size_t limit = 0; limit < 5; limit++) {
        assert_int_equal(file_read(b->path, limit, &t, &why), E_LIMIT);
        assert_string_equal(why.place, b->path);
        assert_string_equal(t.s, "head");
        assert_int_equal(t.used, 4);
    }
    text_fini(&t);
}

static void what_cannot_be_read_is_told_with_errno_and_path(void **state)
{
    const struct box *b = *state;
    struct text t = {0};
    struct why why;

    assert_int_equal(file_read(b->path, 10, &t, &why), E_IO);
    assert_int_equal(why.native, ENOENT);
    assert_string_equal(why.place, b->path);
    assert_int_equal(file_read(b->folder, 10, &t, &why), E_IO);
    assert_int_equal(why.native, EISDIR);
    assert_int_equal(file_read(b->path, 10, &t, NULL), E_IO);
    assert_int_equal(t.used, 0);
    text_fini(&t);
}

static void what_cannot_be_written_leaves_all_as_it_was(void **state)
{
    const struct box *b = *state;
    char inside[128], folder[128];
    struct why why;

    (void)snprintf(inside, sizeof inside, "%s/no/file", b->folder);
    assert_int_equal(file_write(inside, "x", 1, 0600, &why), E_IO);
    assert_int_equal(why.native, ENOENT);
    assert_string_equal(why.place, inside);
    assert_int_equal(file_write(b->folder, "x", 1, 0600, &why), E_IO);
    assert_int_equal(why.native, EISDIR);
    assert_int_equal(file_write(b->path, "x", 1, 0600, &why), OK);
    (void)snprintf(folder, sizeof folder, "%s/", b->path);
    assert_int_equal(file_write(folder, "y", 1, 0600, &why), E_IO);
    assert_content(b->path, "x", 1);
}

static void full_disk_is_told(void **state)
{
    struct why why;

    (void)state;
    assert_int_equal(file_write("/dev/full", "x", 1, 0600, &why), E_IO);
    assert_int_equal(why.native, ENOSPC);
    assert_string_equal(why.place, "/dev/full");
}

static void device_is_written_to_and_never_replaced(void **state)
{
    struct stat st;
    struct why why;

    (void)state;
    assert_int_equal(file_write("/dev/null", "x", 1, 0600, &why), OK);
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));
}

static void link_stays_a_link_to_the_new_content(void **state)
{
    const struct box *b = *state;
    struct stat st;
    struct why why;

    assert_int_equal(file_write(b->other, "old", 3, 0600, &why), OK);
    assert_int_equal(symlink(b->other, b->path), 0);
    assert_int_equal(file_write(b->path, "new", 3, 0600, &why), OK);
    assert_int_equal(lstat(b->path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_content(b->other, "new", 3);
}

static void path_without_a_folder_is_in_the_current_one(void **state)
{
    const struct box *b = *state;
    int here = open(".", O_RDONLY | O_DIRECTORY);
    struct why why;

    assert_true(here >= 0);
    assert_int_equal(chdir(b->folder), 0);
    assert_int_equal(file_write("file", "x", 1, 0600, &why), OK);
    assert_int_equal(fchdir(here), 0);
    close(here);
    assert_content(b->path, "x", 1);
}

static void dash_is_standard_input(void **state)
{
    int kept = dup(STDIN_FILENO), ends[2];
    struct text t = {0};
    struct why why;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    close(ends[0]);
    assert_int_equal(file_read("-", 5, &t, &why), OK);
    (void)dup2(kept, STDIN_FILENO);
    close(kept);
    assert_string_equal(t.s, "piped");
    text_fini(&t);
}

/* What the call wrote to standard output. */
static void write_captured(const char *path, const char *file)
{
    int kept = dup(STDOUT_FILENO), fd = open(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
    struct why why;
    enum err e;

    assert_true(fd >= 0);
    (void)fflush(stdout);
    assert_true(dup2(fd, STDOUT_FILENO) >= 0);
    e = file_write(path, "shown", 5, 0600, &why);
    (void)dup2(kept, STDOUT_FILENO);
    close(kept);
    close(fd);
    assert_int_equal(e, OK);
}

static void dash_and_dev_stdout_are_standard_output(void **state)
{
    const struct box *b = *state;

    write_captured("-", b->path);
    assert_content(b->path, "shown", 5);
    write_captured("/dev/stdout", b->path); /* appended, not replaced */
    assert_content(b->path, "shownshown", 10);
}

static void pipe_takes_the_bytes(void **state)
{
    const struct box *b = *state;
    char got[8] = "";
    struct why why;
    int fd;

    assert_int_equal(mkfifo(b->path, 0600), 0);
    fd = open(b->path, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_int_equal(file_write(b->path, "piped", 5, 0600, &why), OK);
    assert_int_equal(read(fd, got, sizeof got), 5);
    assert_string_equal(got, "piped");
    close(fd);
}

int main(void)
{
#define boxed_test(f) cmocka_unit_test_setup_teardown(f, box_make, box_remove)
    const struct CMUnitTest tests[] = {
        boxed_test(file_is_written_and_read_back),
        boxed_test(mode_is_as_given_whatever_the_umask),
        boxed_test(reading_appends),
        boxed_test(file_over_the_limit_is_refused_and_nothing_appended),
        boxed_test(what_cannot_be_read_is_told_with_errno_and_path),
        boxed_test(what_cannot_be_written_leaves_all_as_it_was),
        cmocka_unit_test(full_disk_is_told),
        cmocka_unit_test(device_is_written_to_and_never_replaced),
        boxed_test(link_stays_a_link_to_the_new_content),
        boxed_test(path_without_a_folder_is_in_the_current_one),
        cmocka_unit_test(dash_is_standard_input),
        boxed_test(dash_and_dev_stdout_are_standard_output),
        boxed_test(pipe_takes_the_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
