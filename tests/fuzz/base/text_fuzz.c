/* Text of any bytes, made safe: printable UTF-8 on one line, and never changed again. Two words of
 * any bytes have one distance. */
#include "base/text.h"
#include "base/utf16.h"

#include <stdlib.h>
#include <string.h>

static void require(bool true_always)
{
    if (!true_always)
        abort();
}

static void make_safe(const char *s, size_t n)
{
    struct text once = {0}, twice = {0};

    text_put_safe(&once, s, n);
    require(text_end(&once) == OK && once.used >= n);
    require(utf8_check(text_str(&once), once.used) == OK);
    for (size_t i = 0; i < once.used; i++)
        require((unsigned char)once.s[i] >= 0x20 && once.s[i] != 0x7f);
    text_put_safe(&twice, text_str(&once), once.used);
    require(strcmp(text_str(&once), text_str(&twice)) == 0);
    text_fini(&twice);
    text_fini(&once);
}

static void measure(const char *a, const char *b)
{
    const char *const both[] = {a, b};
    size_t distance = str_distance(a, b);
    uint64_t n;

    require(distance == str_distance(b, a));
    require(distance == SIZE_MAX || (distance == 0) == str_eq_nocase(a, b));
    require(str_cmp_nocase(a, b) == -str_cmp_nocase(b, a));
    (void)str_nearest(a, both, 2);
    (void)str_parse_u64(a, &n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *a = str_dup_n((const char *)data, size / 2);
    char *b = str_dup_n((const char *)data + size / 2, size - size / 2);

    require(a != NULL && b != NULL);
    make_safe((const char *)data, size);
    measure(a, b);
    free(a);
    free(b);
    return 0;
}
