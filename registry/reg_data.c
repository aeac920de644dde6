#include "registry/reg_data.h"

#include "registry/ansi.h"

#include <string.h>

bool reg_key_is_ambiguous(const char *key)
{
    for (const char *at = key; (at = strchr(at, ']')) != NULL;) {
        at++;
        if (at[strspn(at, " \t")] == ';')
            return true;
    }
    return false;
}

enum err reg_quoted_read(struct cursor *c, struct text *out)
{
    struct place begin = cursor_place(c);

    cursor_next(c);
    for (;;) {
        int byte = cursor_peek(c);

        if (byte == CURSOR_END)
            return cursor_fail_at(c, begin, "expected a second '\"' that ends this string");
        if (byte == '\\') {
            cursor_next(c);
            byte = cursor_peek(c);
            if (byte != '\\' && byte != '"')
                return cursor_fail(c, "expected '\\' or '\"' after a '\\' in a string");
        } else if (byte == '"') {
            cursor_next(c);
            return text_end(out);
        }
        text_char(out, (char)byte);
        cursor_next(c);
    }
}

static int digit_value(int byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* 1 to most hexadecimal digits. */
static enum err hex_read(struct cursor *c, int most, const char *what, uint32_t *out)
{
    uint32_t n = 0;
    int count = 0;

    for (int digit; (digit = digit_value(cursor_peek(c))) >= 0; count++) {
        if (count == most)
            return cursor_fail(c, "expected at most %d hexadecimal digits for %s", most, what);
        n = n << 4 | (uint32_t)digit;
        cursor_next(c);
    }
    if (count == 0)
        return cursor_fail(c, "expected hexadecimal digits for %s", what);
    *out = n;
    return OK;
}

static bool list_ends(const struct cursor *c)
{
    return cursor_at_line_end(c) || cursor_peek(c) == ';';
}

/* Behind a '\': on to the line that goes on, over empty lines and comments as regedit does. */
static enum err continue_line(struct cursor *c)
{
    cursor_next(c);
    do {
        enum err e = cursor_end_line(c, "the end of the line after '\\'");

        if (e != OK)
            return e;
        cursor_skip_blanks(c);
    } while (cursor_peek(c) != CURSOR_END && list_ends(c));
    if (digit_value(cursor_peek(c)) < 0)
        return cursor_fail(c, "expected more bytes, because the line before ends with '\\'");
    return OK;
}

/* Bytes parted by commas, over as many lines as end with '\'. */
static enum err list_read(struct cursor *c, struct wr *w)
{
    uint32_t byte;
    enum err e;

    cursor_skip_blanks(c);
    if (list_ends(c))
        return OK;
    for (;;) {
        if (cursor_peek(c) == '\\' && (e = continue_line(c)) != OK)
            return e;
        if ((e = hex_read(c, 2, "a byte", &byte)) != OK)
            return e;
        wr_u8(w, byte);
        if (w->bad)
            return wr_end(w) == E_LIMIT
                       ? cursor_fail(c, "expected at most %u bytes in a value", REG_VALUE_MAX)
                       : wr_end(w);
        cursor_skip_blanks(c);
        if (list_ends(c))
            return OK;
        if (!cursor_take(c, ","))
            return cursor_fail(c, "expected ',' between bytes, or the end of the line");
        cursor_skip_blanks(c);
        if (list_ends(c)) /* regedit forgives a last comma; a lost backslash shows below */
            return OK;
    }
}

static bool is_string(uint32_t type)
{
    return type == REG_SZ || type == REG_EXPAND_SZ || type == REG_MULTI_SZ;
}

static enum err list_value(struct cursor *c, enum reg_version version, uint32_t type,
                           struct reg_value *out)
{
    struct place begin = cursor_place(c);
    struct wr listed, wide;
    enum err e;

    wr_init(&listed, REG_VALUE_MAX);
    wr_init(&wide, REG_VALUE_MAX);
    if ((e = list_read(c, &listed)) != OK)
        goto out;
    if (version == REG_VERSION_4 && is_string(type)) {
        ansi_put_utf16(&wide, wr_view_of(&listed));
        if ((e = wr_end(&wide)) == OK)
            e = value_raw(type, wide.bytes, wide.used, out);
    } else {
        e = value_raw(type, listed.bytes, listed.used, out);
    }
    if (e == E_LIMIT)
        e = cursor_fail_at(c, begin, "expected at most %u bytes in a value", REG_VALUE_MAX);
out:
    wr_fini(&wide);
    wr_fini(&listed);
    return e;
}

static enum err string_value(struct cursor *c, struct reg_value *out)
{
    struct place begin = cursor_place(c);
    struct text s = {0};
    enum err e = reg_quoted_read(c, &s);

    if (e == OK)
        cursor_skip_blanks(c);
    if (e == OK && begin.line != c->line && !list_ends(c)) /* a quote is missing far above */
        e = cursor_fail_at(c, begin, "expected a string on one line, or nothing behind its end on "
                                     "line %zu",
                           c->line);
    if (e == OK && (e = value_sz(REG_SZ, text_str(&s), out)) == E_LIMIT)
        e = cursor_fail_at(c, begin, "expected at most %u bytes in a value", REG_VALUE_MAX);
    text_fini(&s);
    return e;
}

enum err reg_data_read(struct cursor *c, enum reg_version version, struct reg_value *out)
{
    uint32_t n = 0;
    enum err e;

    *out = (struct reg_value){0};
    if (cursor_peek(c) == '"')
        return string_value(c, out);
    if (cursor_take(c, "dword:")) {
        cursor_skip_blanks(c);
        e = hex_read(c, 8, "a dword", &n);
        return e == OK ? value_dword(n, out) : e;
    }
    if (cursor_take(c, "hex:"))
        return list_value(c, version, REG_BINARY, out);
    if (!cursor_take(c, "hex("))
        return cursor_fail(c, "expected \"text\", dword:, hex:, hex(type): or - after '='");
    if ((e = hex_read(c, 8, "a type", &n)) != OK)
        return e;
    if (!cursor_take(c, "):"))
        return cursor_fail(c, "expected '):' after the number of the type");
    return list_value(c, version, n, out);
}
