#include "base/utf16.h"

#include "base/utf8.h"

#include <string.h>

static bool is_high(uint32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(uint32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* How many bytes from s on are letters of one byte: nearly all of what a registry is named by. */
static size_t ascii_run(const char *s, size_t n)
{
    size_t i = 0;

    while (i < n && (unsigned char)s[i] < 0x80)
        i++;
    return i;
}

/* A pair written as twice three bytes would come back as four: it is not generalized UTF-8. */
static enum err count_units(const char *s, size_t n, size_t *out)
{
    uint32_t code, previous = 0;
    size_t units = 0;

    for (size_t i = 0; i < n;) {
        size_t run = ascii_run(s + i, n - i), length;

        if (run > 0) {
            i += run;
            units += run;
            previous = 0;
            continue;
        }
        length = utf8_decode(s + i, n - i, &code);
        if (length == 0 || (is_high(previous) && is_low(code)))
            return E_FORMAT;
        units += length == UTF8_MAX ? 2 : 1;
        previous = code;
        i += length;
    }
    *out = units;
    return OK;
}

/* The letters of a run, as many as fit at once. */
static size_t ascii_put(struct wr *w, const char *s, size_t run)
{
    uint8_t wide[128] = {0};
    size_t n = run < sizeof wide / 2 ? run : sizeof wide / 2;

    for (size_t i = 0; i < n; i++)
        wide[2 * i] = (uint8_t)s[i];
    wr_bytes(w, wide, 2 * n);
    return n;
}

enum err utf16_put(struct wr *w, const char *s)
{
    return utf16_put_n(w, s, strlen(s));
}

enum err utf16_put_n(struct wr *w, const char *s, size_t n)
{
    size_t units;
    enum err e = count_units(s, n, &units);

    if (e != OK)
        return e;
    if (wr_end(w) == OK && units > (w->limit - w->used) / 2)
        w->bad = true; /* all or nothing */
    for (size_t i = 0; i < n && !w->bad;) {
        size_t run = ascii_run(s + i, n - i);
        uint32_t code;

        if (run > 0) {
            i += ascii_put(w, s + i, run);
            continue;
        }
        i += utf8_decode(s + i, n - i, &code);
        if (code >= 0x10000) {
            wr_le16(w, 0xd800 + ((code - 0x10000) >> 10));
            wr_le16(w, 0xdc00 + ((code - 0x10000) & 0x3ff));
        } else {
            wr_le16(w, code);
        }
    }
    return wr_end(w);
}

enum err utf16_units(const char *s, size_t *out)
{
    return count_units(s, strlen(s), out);
}

static enum err read_units(struct rd bytes, bool to_nul, struct text *out)
{
    size_t before = out->used;

    if (bytes.bad || bytes.left % 2 != 0)
        return E_SHORT;
    text_put_n(out, "", 0);
    while (bytes.left > 0) {
        uint32_t code = rd_le16(&bytes);
        struct rd next = bytes;
        uint32_t low = is_high(code) && bytes.left > 0 ? rd_le16(&next) : 0;
        char utf8[UTF8_MAX];

        if (code == 0 && to_nul)
            break;
        if (is_low(low)) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            bytes = next;
        }
        text_put_n(out, utf8, utf8_encode(code, utf8));
    }
    if (out->bad && out->s != NULL) {
        out->used = before;
        out->s[before] = '\0';
    }
    return text_end(out);
}

enum err utf16_read(struct rd bytes, struct text *out)
{
    return read_units(bytes, false, out);
}

enum err utf16_read_z(struct rd bytes, struct text *out)
{
    return read_units(bytes, true, out);
}

enum err utf8_check(const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t run = ascii_run(s + i, n - i), length;
        uint32_t code;

        if ((i += run) == n)
            break;
        length = utf8_decode(s + i, n - i, &code);
        if (length == 0 || utf8_is_surrogate(code))
            return E_FORMAT;
        i += length;
    }
    return OK;
}
