#include "registry/value.h"

#include "base/utf16.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void value_fini(struct reg_value *v)
{
    free(v->bytes);
    *v = (struct reg_value){0};
}

enum err value_raw(uint32_t type, const void *bytes, size_t size, struct reg_value *out)
{
    uint8_t *copy = NULL;

    *out = (struct reg_value){0};
    if (size > REG_VALUE_MAX)
        return E_LIMIT;
    if (size > 0) {
        if ((copy = malloc(size)) == NULL)
            return E_MEMORY;
        memcpy(copy, bytes, size);
    }
    *out = (struct reg_value){.type = type, .bytes = copy, .size = size};
    return OK;
}

enum err value_copy(const struct reg_value *from, struct reg_value *out)
{
    enum err e = value_raw(from->type, from->bytes, from->size, out);

    if (e == OK)
        out->absent = from->absent;
    return e;
}

struct reg_value value_absent(void)
{
    return (struct reg_value){.absent = true};
}

/* What w holds becomes the value; w is freed in any case. */
static enum err value_from_writer(uint32_t type, struct wr *w, enum err e, struct reg_value *out)
{
    *out = (struct reg_value){0};
    if (e == OK)
        e = wr_end(w);
    if (e == OK)
        e = value_raw(type, w->bytes, w->used, out);
    wr_fini(w);
    return e;
}

enum err value_dword(uint32_t n, struct reg_value *out)
{
    struct wr w;

    wr_init(&w, REG_VALUE_MAX);
    wr_le32(&w, n);
    return value_from_writer(REG_DWORD, &w, OK, out);
}

enum err value_dword_be(uint32_t n, struct reg_value *out)
{
    struct wr w;

    wr_init(&w, REG_VALUE_MAX);
    wr_be32(&w, n);
    return value_from_writer(REG_DWORD_BE, &w, OK, out);
}

enum err value_qword(uint64_t n, struct reg_value *out)
{
    struct wr w;

    wr_init(&w, REG_VALUE_MAX);
    wr_le64(&w, n);
    return value_from_writer(REG_QWORD, &w, OK, out);
}

enum err value_sz(uint32_t type, const char *utf8, struct reg_value *out)
{
    struct wr w;
    enum err e;

    wr_init(&w, REG_VALUE_MAX);
    e = utf16_put(&w, utf8);
    wr_le16(&w, 0);
    return value_from_writer(type, &w, e, out);
}

enum err value_multi_sz(const char *const *items, size_t n, struct reg_value *out)
{
    struct wr w;
    enum err e = OK;

    wr_init(&w, REG_VALUE_MAX);
    for (size_t i = 0; i < n && e == OK; i++) {
        e = items[i][0] == '\0' ? E_FORMAT : utf16_put(&w, items[i]);
        wr_le16(&w, 0);
    }
    wr_le16(&w, 0);
    return value_from_writer(REG_MULTI_SZ, &w, e, out);
}

bool value_equal(const struct reg_value *a, const struct reg_value *b)
{
    if (a->absent || b->absent)
        return a->absent && b->absent;
    return a->type == b->type && rd_equal(rd_of(a->bytes, a->size), rd_of(b->bytes, b->size));
}

bool value_as_u64(const struct reg_value *v, uint64_t *out)
{
    struct rd r = rd_of(v->bytes, v->size);

    if (v->absent)
        return false;
    if (v->type == REG_DWORD && v->size == 4)
        *out = rd_le32(&r);
    else if (v->type == REG_DWORD_BE && v->size == 4)
        *out = rd_be32(&r);
    else if (v->type == REG_QWORD && v->size == 8)
        *out = rd_le64(&r);
    else
        return false;
    return true;
}

enum err value_as_text(const struct reg_value *v, struct text *out)
{
    if (v->absent || (v->type != REG_SZ && v->type != REG_EXPAND_SZ))
        return E_FORMAT;
    return utf16_read_z(rd_of(v->bytes, v->size), out);
}

void value_put_code(struct text *t, const struct reg_value *v)
{
    if (v->absent) {
        text_put(t, "absent");
        return;
    }
    text_printf(t, "%lu:", (unsigned long)v->type);
    text_hex(t, v->bytes, v->size);
}

/* Decimal without sign or leading zeros, then a colon: one number has one form. */
static const char *code_type(const char *code, uint32_t *type)
{
    uint64_t n = 0;
    const char *at = code;

    for (; *at >= '0' && *at <= '9' && at - code < 10; at++)
        n = n * 10 + (uint64_t)(*at - '0');
    if (at == code || *at != ':' || n > UINT32_MAX || (code[0] == '0' && at - code > 1))
        return NULL;
    *type = (uint32_t)n;
    return at + 1;
}

enum err value_from_code(const char *code, struct reg_value *out)
{
    static const char digits[] = "0123456789abcdef";
    const char *hex;
    uint8_t *bytes;
    uint32_t type;
    size_t n;
    enum err e;

    *out = (struct reg_value){0};
    if (strcmp(code, "absent") == 0) {
        *out = value_absent();
        return OK;
    }
    if ((hex = code_type(code, &type)) == NULL)
        return E_FORMAT;
    n = strlen(hex);
    if (n % 2 != 0 || strspn(hex, digits) != n)
        return E_FORMAT;
    if (n / 2 > REG_VALUE_MAX)
        return E_LIMIT;
    if ((bytes = malloc(n / 2 + 1)) == NULL)
        return E_MEMORY;
    e = hex_decode(hex, n, bytes, n / 2) ? value_raw(type, bytes, n / 2, out) : E_FORMAT;
    free(bytes);
    return e;
}
