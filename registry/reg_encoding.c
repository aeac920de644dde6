#include "registry/reg_encoding.h"

#include "base/utf16.h"
#include "base/utf8.h"
#include "registry/ansi.h"
#include "registry/reg_cursor.h"

#include <string.h>

enum encoding {
    UTF16_LE,
    UTF16_BE,
    UTF8,
    UNMARKED
};

static bool take_mark(struct rd *bytes, const char *mark)
{
    struct rd rest = *bytes;

    if (!rd_equal(rd_sub(&rest, strlen(mark)), rd_text(mark)))
        return false;
    *bytes = rest;
    return true;
}

static enum encoding take_encoding(struct rd *bytes)
{
    struct rd look = *bytes;

    if (take_mark(bytes, "\xff\xfe"))
        return UTF16_LE;
    if (take_mark(bytes, "\xfe\xff"))
        return UTF16_BE;
    if (take_mark(bytes, "\xef\xbb\xbf"))
        return UTF8;
    return rd_u8(&look) != 0 && rd_u8(&look) == 0 && rd_ok(&look) == OK ? UTF16_LE : UNMARKED;
}

/* Refuses what the reader of lines cannot take: a NUL, and what is no UTF-8 where it must be. */
static enum err check(const char *file, const struct text *text, bool must_be_utf8, struct why *why)
{
    struct cursor c = cursor_of(file, rd_of(text_str(text), text->used), why);

    while (c.left.left > 0) {
        uint32_t code;
        size_t n = utf8_decode((const char *)c.left.at, c.left.left, &code);

        if (must_be_utf8 && (n == 0 || utf8_is_surrogate(code)))
            return cursor_fail(&c, "expected UTF-8, as the mark at the head of the file says");
        if (code == 0)
            return cursor_fail(&c, "expected text, not a NUL character");
        for (; n > 0; n--)
            cursor_next(&c);
    }
    return OK;
}

enum err reg_decode(const char *file, struct rd bytes, struct text *out, struct why *why)
{
    enum encoding encoding = take_encoding(&bytes);
    size_t before = out->used;
    enum err e = OK;

    switch (encoding) {
    case UTF16_LE:
        e = utf16_read(bytes, out);
        break;
    case UTF16_BE:
        return why_place(why, why_set(why, E_DATA, "expected UTF-16 little-endian, not big-endian"),
                         "%s:1:1", file);
    case UTF8:
    case UNMARKED:
        text_put_n(out, (const char *)bytes.at, bytes.left);
        if (encoding == UNMARKED && !out->bad &&
            utf8_check(out->s + before, bytes.left) != OK) {
            out->used = before;
            ansi_put_utf8(out, bytes);
        }
        e = text_end(out);
        break;
    }
    if (e == E_SHORT)
        return why_place(why, why_set(why, E_DATA, "the file ends in the middle of a character"),
                         "%s", file);
    if (e != OK)
        return why_place(why, why_set(why, e, "%s", err_words(e)), "%s", file);
    return check(file, out, encoding == UTF8, why);
}
