/* The code of a value is its only form; any value can be shown, and shows nothing that drives a
 * terminal. */
#include "registry/value.h"

#include <stdlib.h>
#include <string.h>

static void require(bool true_always)
{
    if (!true_always)
        abort();
}

static void require_safe(const struct reg_value *v)
{
    struct text t = {0};

    value_put_text(&t, v);
    require(text_end(&t) == OK && t.used > 0);
    for (size_t i = 0; i < t.used; i++)
        require((unsigned char)t.s[i] >= 0x20 && t.s[i] != 0x7f);
    text_fini(&t);
}

static void try_code(const uint8_t *data, size_t size)
{
    char *code = str_dup_n((const char *)data, size);
    struct text back = {0};
    struct reg_value v;

    require(code != NULL);
    if (value_from_code(code, &v) == OK) {
        value_put_code(&back, &v);
        require(strcmp(text_str(&back), code) == 0);
        require_safe(&v);
    } else {
        require(v.bytes == NULL && v.size == 0 && !v.absent);
    }
    value_fini(&v);
    text_fini(&back);
    free(code);
}

/* The first byte is the type of the rest. */
static void try_value(const uint8_t *data, size_t size)
{
    struct text code = {0}, text = {0};
    struct reg_value v, back;
    uint64_t n;

    require(value_raw(data[0], data + 1, size - 1, &v) == OK);
    value_put_code(&code, &v);
    require(value_from_code(text_str(&code), &back) == OK && value_equal(&v, &back));
    require_safe(&v);
    (void)value_as_u64(&v, &n);
    if (value_as_text(&v, &text) == OK)
        require(strlen(text_str(&text)) == text.used);
    value_fini(&back);
    value_fini(&v);
    text_fini(&text);
    text_fini(&code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > REG_VALUE_MAX)
        return 0;
    try_code(data, size);
    if (size > 0)
        try_value(data, size);
    return 0;
}
