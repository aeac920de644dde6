#include "inventory/literal_string.h"

#include "base/utf16.h"
#include "base/utf8.h"

#include <string.h>

struct cursor {
    struct rd r;
    struct literal_string *out;
    bool raw;
};

static int peek(const struct cursor *c)
{
    return c->r.left > 0 ? *c->r.at : -1;
}

static int digit_of(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* How many letters of a prefix stand before a quote; false if there is none. */
static bool prefix_parse(struct rd r, size_t *n, bool *raw, bool *bytes)
{
    bool unicode = false;

    *raw = *bytes = false;
    for (*n = 0; *n < r.left && *n <= 2; ++*n) {
        int c = r.at[*n] | 0x20;
        bool *is = c == 'r' ? raw : c == 'b' ? bytes
                                             : &unicode;

        if (r.at[*n] == '"' || r.at[*n] == '\'')
            return !unicode || *n == 1;
        if ((c != 'r' && c != 'b' && c != 'u') || *is)
            return false;
        *is = true;
    }
    return false;
}

bool literal_string_begins(struct rd r)
{
    bool raw, bytes;
    size_t n;

    return prefix_parse(r, &n, &raw, &bytes);
}

static void put_code(struct cursor *c, uint32_t code)
{
    char utf8[UTF8_MAX];

    if (code == 0 || (!c->out->bytes && utf8_is_surrogate(code)))
        c->out->broken = true;
    else if (c->out->bytes)
        text_char(&c->out->text, (char)(uint8_t)code);
    else
        text_put_n(&c->out->text, utf8, utf8_encode(code, utf8));
}

/* \xhh, \uhhhh, \Uhhhhhhhh: exactly so many digits, or it is no literal. */
static bool take_hex_escape(struct cursor *c, int digits)
{
    uint32_t code = 0;

    for (int i = 0; i < digits; i++) {
        int d = digit_of(peek(c));

        if (d > 15)
            return false;
        code = code << 4 | (uint32_t)d;
        rd_skip(&c->r, 1);
    }
    if (code > 0x10ffff)
        return false;
    put_code(c, code);
    return true;
}

static void take_octal_escape(struct cursor *c, int first)
{
    uint32_t code = (uint32_t)digit_of(first);

    for (int i = 0; i < 2 && digit_of(peek(c)) < 8; i++)
        code = code << 3 | (uint32_t)digit_of(rd_u8(&c->r));
    put_code(c, code);
}

/* Behind the backslash. */
static bool take_escape(struct cursor *c)
{
    static const char letters[] = "abfnrtv\\'\"", means[] = "\a\b\f\n\r\t\v\\'\"";
    int first = peek(c);
    const char *known;

    if (first < 0)
        return false;
    rd_skip(&c->r, 1);
    known = first == 0 ? NULL : strchr(letters, first);
    if (known != NULL) {
        text_char(&c->out->text, means[known - letters]);
        return true;
    }
    if (digit_of(first) < 8) {
        take_octal_escape(c, first);
        return true;
    }
    if (first == 'x')
        return take_hex_escape(c, 2);
    if ((first == 'u' || first == 'U') && !c->out->bytes)
        return take_hex_escape(c, first == 'u' ? 4 : 8);
    if (first == 'N' && !c->out->bytes)
        return false;
    text_char(&c->out->text, '\\');
    text_char(&c->out->text, (char)first);
    return true;
}

/* One quote or three; false if they are not next. */
static bool accept_quotes(struct cursor *c, int quote, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c->r.left <= i || c->r.at[i] != quote)
            return false;
    rd_skip(&c->r, n);
    return true;
}

static bool take_quoted(struct cursor *c)
{
    int quote = peek(c), next;
    size_t n = accept_quotes(c, quote, 3) ? 3 : 1;

    if (n == 1)
        rd_skip(&c->r, 1);
    while (!accept_quotes(c, quote, n)) {
        if ((next = peek(c)) < 0 || (c->out->bytes && next >= 0x80))
            return false;
        rd_skip(&c->r, 1);
        if (next != '\\') {
            text_char(&c->out->text, (char)next);
        } else if (!c->raw) {
            if (!take_escape(c))
                return false;
        } else { /* what it escapes is kept, and ends nothing */
            if ((next = peek(c)) < 0)
                return false;
            rd_skip(&c->r, 1);
            text_char(&c->out->text, '\\');
            text_char(&c->out->text, (char)next);
        }
    }
    return true;
}

bool literal_string_take(struct rd *r, struct literal_string *out)
{
    struct cursor c = {.r = *r, .out = out};
    bool first = true;

    text_fini(&out->text);
    *out = (struct literal_string){0};
    for (;;) {
        size_t prefix;
        bool bytes;

        if (!prefix_parse(c.r, &prefix, &c.raw, &bytes))
            break;
        if (!first && bytes != out->bytes)
            return false;
        out->bytes = bytes;
        first = false;
        rd_skip(&c.r, prefix);
        if (!take_quoted(&c))
            return false;
        while (peek(&c) == ' ' || peek(&c) == '\t')
            rd_skip(&c.r, 1);
    }
    if (out->bytes && utf8_check(text_str(&out->text), out->text.used) != OK)
        out->broken = true;
    *r = c.r;
    return true;
}
