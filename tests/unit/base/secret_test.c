/* base/secret: where secrets come from, what is refused, and that no reason ever holds one. */
#include "base/secret.h"

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

#define VARIABLE "SWELL_TEST_SECRET"

struct box {
    char folder[64];
    char path[96];
};

static int box_make(void **state)
{
    struct box *b = calloc(1, sizeof *b);

    assert_non_null(b);
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/swell-secret-XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    (void)snprintf(b->path, sizeof b->path, "%s/password", b->folder);
    *state = b;
    return 0;
}

static int box_remove(void **state)
{
    struct box *b = *state;

    (void)unlink(b->path);
    (void)rmdir(b->folder);
    free(b);
    return 0;
}

static void put_file(const struct box *b, const void *bytes, size_t n, mode_t mode)
{
    int fd = open(b->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static void assert_secret(struct secret *s, const char *expected)
{
    assert_true(secret_is_set(s));
    assert_int_equal(s->used, strlen(expected));
    assert_string_equal(s->bytes, expected);
    secret_fini(s);
    assert_false(secret_is_set(s));
}

static void secret_is_a_copy_with_its_nuls(void **state)
{
    static const char bytes[] = "a\0b";
    struct secret s, copy;

    (void)state;
    assert_int_equal(secret_from_bytes(bytes, 3, &s), OK);
    assert_int_equal(s.used, 3);
    assert_memory_equal(s.bytes, "a\0b", 4);
    assert_int_equal(secret_copy(&s, &copy), OK);
    assert_ptr_not_equal(s.bytes, copy.bytes);
    secret_fini(&s);
    assert_int_equal(copy.used, 3);
    assert_memory_equal(copy.bytes, "a\0b", 4);
    secret_fini(&copy);
    secret_fini(&copy);
}

static void nothing_is_copied_as_nothing(void **state)
{
    struct secret none = {0}, copy = {.used = 7};
    struct secret empty;

    (void)state;
    assert_int_equal(secret_copy(&none, &copy), OK);
    assert_false(secret_is_set(&copy));
    assert_int_equal(copy.used, 0);
    assert_int_equal(secret_from_bytes(NULL, 0, &empty), OK);
    assert_secret(&empty, "");
}

static void secret_has_a_longest_length(void **state)
{
    static char bytes[SECRET_MAX + 1];
    struct secret s;

    (void)state;
    memset(bytes, 'p', sizeof bytes);
    assert_int_equal(secret_from_bytes(bytes, SECRET_MAX, &s), OK);
    assert_int_equal(s.used, SECRET_MAX);
    assert_int_equal(s.bytes[SECRET_MAX], 0);
    secret_fini(&s);
    assert_int_equal(secret_from_bytes(bytes, SECRET_MAX + 1, &s), E_LIMIT);
    assert_false(secret_is_set(&s));
}

static void wiped_bytes_are_zero(void **state)
{
    char bytes[] = "secret";

    (void)state;
    secret_wipe(bytes, 3);
    assert_memory_equal(bytes, "\0\0\0ret", 7);
    secret_wipe(NULL, 0);
}

static void secret_comes_from_a_variable(void **state)
{
    struct secret s;
    struct why why = {0};

    (void)state;
    assert_int_equal(setenv(VARIABLE, "p\xc3\xa4ss w", 1), 0);
    assert_int_equal(secret_from_env(VARIABLE, &s, &why), OK);
    assert_secret(&s, "p\xc3\xa4ss w");
    assert_int_equal(unsetenv(VARIABLE), 0);
}

static void variable_without_a_secret_is_refused_by_its_name(void **state)
{
    static char huge[SECRET_MAX + 2];
    struct secret s;
    struct why why;

    (void)state;
    assert_int_equal(secret_from_env(VARIABLE, &s, &why), E_CONFIG);
    assert_string_equal(why.place, VARIABLE);
    assert_string_equal(why.text, "the environment variable is not set");
    assert_int_equal(setenv(VARIABLE, "", 1), 0);
    assert_int_equal(secret_from_env(VARIABLE, &s, &why), E_CONFIG);
    assert_string_equal(why.text, "the environment variable is empty");
    memset(huge, 'q', sizeof huge - 1);
    assert_int_equal(setenv(VARIABLE, huge, 1), 0);
    assert_int_equal(secret_from_env(VARIABLE, &s, &why), E_CONFIG);
    assert_non_null(strstr(why.text, "4096"));
    assert_null(strstr(why.text, "qq"));
    assert_false(secret_is_set(&s));
    assert_int_equal(secret_from_env(VARIABLE, &s, NULL), E_CONFIG);
    assert_int_equal(unsetenv(VARIABLE), 0);
}

static void one_newline_at_the_end_of_a_file_is_dropped(void **state)
{
    static const struct {
        const char *file;
        const char *secret;
    } cases[] = {
        {"pw", "pw"},
        {"pw\n", "pw"},
        {"pw\r\n", "pw"},
        {"pw\n\n", "pw\n"},
        {"pw\r", "pw\r"},
        {" p w ", " p w "},
        {"a\nb\n", "a\nb"},
    };
    const struct box *b = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct secret s;
        struct why why;

        put_file(b, cases[i].file, strlen(cases[i].file), 0600);
        assert_int_equal(secret_from_file(b->path, &s, &why), OK);
        assert_secret(&s, cases[i].secret);
    }
}

static void file_that_others_may_read_is_refused_with_the_remedy(void **state)
{
    static const mode_t open_modes[] = {0640, 0604, 0644, 0660, 0622, 0610, 0601, 0777};
    static const mode_t closed_modes[] = {0600, 0400, 0700};
    const struct box *b = *state;
    struct secret s;
    struct why why;
    char remedy[128];

    (void)snprintf(remedy, sizeof remedy, "chmod 600 %s", b->path);
    for (size_t i = 0; i < COUNT(open_modes); i++) {
        put_file(b, "hunter2", 7, open_modes[i]);
        assert_int_equal(secret_from_file(b->path, &s, &why), E_CONFIG);
        assert_false(secret_is_set(&s));
        assert_string_equal(why.place, b->path);
        assert_non_null(strstr(why.text, remedy));
        assert_null(strstr(why.text, "hunter2"));
    }
    for (size_t i = 0; i < COUNT(closed_modes); i++) {
        put_file(b, "hunter2", 7, closed_modes[i]);
        assert_int_equal(secret_from_file(b->path, &s, &why), OK);
        assert_secret(&s, "hunter2");
    }
}

static void file_without_a_secret_is_refused(void **state)
{
    static const char *const empty[] = {"", "\n", "\r\n"};
    const struct box *b = *state;
    struct secret s;
    struct why why;

    for (size_t i = 0; i < COUNT(empty); i++) {
        put_file(b, empty[i], strlen(empty[i]), 0600);
        assert_int_equal(secret_from_file(b->path, &s, &why), E_CONFIG);
        assert_non_null(strstr(why.text, "empty"));
    }
    assert_int_equal(unlink(b->path), 0);
    assert_int_equal(secret_from_file(b->path, &s, &why), E_CONFIG);
    assert_string_equal(why.native_name, "No such file or directory");
    assert_string_equal(why.place, b->path);
    assert_int_equal(secret_from_file(b->folder, &s, &why), E_CONFIG);
    assert_non_null(strstr(why.text, "directory"));
    assert_false(secret_is_set(&s));
}

static void longest_secret_of_a_file_may_have_a_newline(void **state)
{
    static char bytes[SECRET_MAX + 3];
    const struct box *b = *state;
    struct secret s;
    struct why why;

    memset(bytes, 'p', sizeof bytes);
    bytes[SECRET_MAX] = '\r';
    bytes[SECRET_MAX + 1] = '\n';
    put_file(b, bytes, SECRET_MAX + 2, 0600);
    assert_int_equal(secret_from_file(b->path, &s, &why), OK);
    assert_int_equal(s.used, SECRET_MAX);
    secret_fini(&s);
    put_file(b, bytes, SECRET_MAX + 3, 0600);
    assert_int_equal(secret_from_file(b->path, &s, &why), E_CONFIG);
    bytes[SECRET_MAX] = 'p';
    put_file(b, bytes, SECRET_MAX + 2, 0600);
    assert_int_equal(secret_from_file(b->path, &s, &why), E_CONFIG);
    assert_non_null(strstr(why.text, "4096"));
    assert_null(strstr(why.text, "pp"));
}

static void secret_comes_from_a_descriptor_by_its_path(void **state)
{
    struct secret s;
    struct why why;
    char path[32];
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "by\npipe\n", 8), 8);
    close(ends[1]);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(secret_from_file(path, &s, &why), OK);
    assert_secret(&s, "by\npipe");
    close(ends[0]);
}

int main(void)
{
#define boxed_test(f) cmocka_unit_test_setup_teardown(f, box_make, box_remove)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_is_a_copy_with_its_nuls),
        cmocka_unit_test(nothing_is_copied_as_nothing),
        cmocka_unit_test(secret_has_a_longest_length),
        cmocka_unit_test(wiped_bytes_are_zero),
        cmocka_unit_test(secret_comes_from_a_variable),
        cmocka_unit_test(variable_without_a_secret_is_refused_by_its_name),
        boxed_test(one_newline_at_the_end_of_a_file_is_dropped),
        boxed_test(file_that_others_may_read_is_refused_with_the_remedy),
        boxed_test(file_without_a_secret_is_refused),
        boxed_test(longest_secret_of_a_file_may_have_a_newline),
        cmocka_unit_test(secret_comes_from_a_descriptor_by_its_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
