/* Every allocation of registry/, and of base/ below it, made to fail once: E_MEMORY, no output, and
 * nothing lost. The sanitizers have an allocator of their own, so this runs without them only. */
#include "base/secret.h"
#include "base/utf16.h"
#include "registry/reg_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_ALLOCATOR 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR 1
#endif

/* While armed, allocation number fail_at fails; held counts what was taken and not given back. */
static struct {
    bool armed;
    long fail_at;
    long count;
    long held;
} heap;

#if OWN_ALLOCATOR
void *__libc_malloc(size_t n);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void __libc_free(void *p);

static bool refuses(void)
{
    return heap.armed && heap.count++ == heap.fail_at;
}

static void *taken(void *p)
{
    heap.held += heap.armed && p != NULL;
    return p;
}

void *malloc(size_t n)
{
    return refuses() ? NULL : taken(__libc_malloc(n));
}

void *realloc(void *p, size_t n)
{
    if (refuses())
        return NULL;
    return p == NULL ? taken(__libc_malloc(n)) : __libc_realloc(p, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
    if (refuses())
        return ENOMEM;
    *out = taken(__libc_memalign(alignment, n));
    return *out == NULL ? ENOMEM : 0;
}

void free(void *p)
{
    heap.held -= heap.armed && p != NULL;
    __libc_free(p);
}
#endif

/* Does its work, gives everything back and tells how it went. */
typedef enum err work_fn(void);

static void assert_survives(work_fn *work)
{
    enum err e = E_MEMORY;
    long n = 0;

    if (!OWN_ALLOCATOR)
        skip();
    for (; e != OK; n++) {
        heap.armed = true;
        heap.fail_at = n;
        heap.count = 0;
        heap.held = 0;
        e = work();
        heap.armed = false;
        assert_int_equal(heap.held, 0);
        assert_true(e == OK || e == E_MEMORY);
        assert_true(n < 10000);
    }
    assert_true(n > 1); /* something was allocated at all */
}

static const char source[] = "REGEDIT4\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\T]\n"
                             "\"sz\"=\"text\"\n\"e\"=hex(2):41,\\\n00\n@=dword:1\n\"gone\"=-\n"
                             "[-HKEY_USERS\\X]\n[HKEY_CURRENT_USER\\Y]\n";

static enum err read_bytes(const void *bytes, size_t n)
{
    struct reg_file f = {.n = 7};
    struct why why = {0};
    enum err e = reg_file_read("t.reg", rd_of(bytes, n), &f, &why);

    if (e != OK)
        assert_true(f.entries == NULL && f.n == 0 && why.text[0] != '\0');
    reg_file_fini(&f);
    return e;
}

static enum err work_read(void)
{
    return read_bytes(source, sizeof source - 1);
}

static enum err work_read_ansi(void)
{
    static const char ansi[] = "REGEDIT4\n; \xe9\n";

    return read_bytes(ansi, sizeof ansi - 1);
}

static enum err work_read_utf16(void)
{
    static const char utf16[] = "\xff\xfeR\0E\0G\0E\0D\0I\0T\0\x34\0\n\0";

    return read_bytes(utf16, sizeof utf16 - 1);
}

static enum err work_write(void)
{
    struct reg_entry entries[] = {
        {.kind = REG_KEY_CREATE, .path = {.key = (char[]){"A"}}},
        {.kind = REG_VALUE_SET,
         .path = {.view = VIEW_32, .key = (char[]){"SOFTWARE\\A"}},
         .name = (char[]){"n"},
         .value = {.type = REG_SZ, .bytes = (uint8_t[]){'a', 0, 0, 0}, .size = 4}},
    };
    struct wr w;
    enum err e;

    wr_init(&w, 0);
    e = reg_file_put_bytes(&w, entries, COUNT(entries));
    wr_fini(&w);
    return e;
}

static enum err work_path(void)
{
    struct reg_path p = {0}, copy = {0}, up = {0}, wide = {0}, back = {0};
    struct text code = {0};
    struct why why = {0};
    enum err e;

    if ((e = path_parse("HKLM:\\SOFTWARE\\A\\B", VIEW_32, &p, &why)) != OK ||
        (e = path_copy(&p, &copy)) != OK || (e = path_parent(&p, &up)) != OK ||
        (e = path_to_64bit_form(&p, &wide)) != OK)
        goto out;
    path_put_code(&code, &p);
    if ((e = text_end(&code)) == OK)
        e = path_from_code(code.s, &back);
out:
    path_fini(&p);
    path_fini(&copy);
    path_fini(&up);
    path_fini(&wide);
    path_fini(&back);
    text_fini(&code);
    return e;
}

static enum err work_value(void)
{
    static const char *const items[] = {"a", "b"};
    struct reg_value v[6] = {{0}};
    struct text shown = {0}, read = {0};
    enum err e;

    if ((e = value_dword(1, &v[0])) == OK && (e = value_sz(REG_SZ, "text", &v[1])) == OK &&
        (e = value_multi_sz(items, 2, &v[2])) == OK && (e = value_copy(&v[1], &v[3])) == OK &&
        (e = value_from_code("3:010203", &v[4])) == OK && (e = value_qword(2, &v[5])) == OK &&
        (e = value_as_text(&v[1], &read)) == OK) {
        value_put_code(&shown, &v[1]);
        e = text_end(&shown);
    }
    for (size_t i = 0; i < COUNT(v); i++)
        value_fini(&v[i]);
    text_fini(&shown);
    text_fini(&read);
    return e;
}

static enum err work_secret(void)
{
    struct secret s = {0}, copy = {0};
    enum err e = secret_from_bytes("pw", 2, &s);

    if (e == OK)
        e = secret_copy(&s, &copy);
    secret_fini(&copy);
    secret_fini(&s);
    return e;
}

static enum err work_text(void)
{
    struct text t = {0};
    struct wr w;
    enum err e;
    char *taken = NULL;

    wr_init(&w, 0);
    text_printf(&t, "%0100d", 1);
    text_put_safe(&t, "\x1b", 1);
    if ((e = utf16_put(&w, text_str(&t))) == OK && (e = utf16_read(wr_view_of(&w), &t)) == OK)
        e = text_take(&t, &taken);
    free(taken);
    text_fini(&t);
    wr_fini(&w);
    return e;
}

static void reading_a_file_survives_each_failed_allocation(void **state)
{
    (void)state;
    assert_survives(work_read);
    assert_survives(work_read_ansi);
    assert_survives(work_read_utf16);
}

static void writing_a_file_survives_each_failed_allocation(void **state)
{
    (void)state;
    assert_survives(work_write);
}

static void paths_survive_each_failed_allocation(void **state)
{
    (void)state;
    assert_survives(work_path);
}

static void values_survive_each_failed_allocation(void **state)
{
    (void)state;
    assert_survives(work_value);
}

static void secrets_survive_each_failed_allocation(void **state)
{
    (void)state;
    assert_survives(work_secret);
}

static void texts_survive_each_failed_allocation(void **state)
{
    (void)state;
    assert_survives(work_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_a_file_survives_each_failed_allocation),
        cmocka_unit_test(writing_a_file_survives_each_failed_allocation),
        cmocka_unit_test(paths_survive_each_failed_allocation),
        cmocka_unit_test(values_survive_each_failed_allocation),
        cmocka_unit_test(secrets_survive_each_failed_allocation),
        cmocka_unit_test(texts_survive_each_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
