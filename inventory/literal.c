#include "inventory/literal.h"

#include "base/utf8.h"
#include "base/wire.h"

#include <string.h>

#define DEPTH_MAX 32 /* brackets inside brackets; deeper is text */

enum kind {
    KIND_NONE, /* no literal */
    KIND_STRING,
    KIND_OTHER
};

struct literal {
    struct rd r;
    struct text string; /* of the last string read */
    bool broken;        /* a string that C or UTF-8 cannot hold */
};

static int peek(const struct literal *l)
{
    return l->r.left > 0 ? *l->r.at : -1;
}

static bool accept(struct literal *l, char c)
{
    if (peek(l) != c)
        return false;
    rd_skip(&l->r, 1);
    return true;
}

static void skip_blanks(struct literal *l)
{
    while (peek(l) == ' ' || peek(l) == '\t')
        rd_skip(&l->r, 1);
}

static int digit_of(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static bool is_word(int c)
{
    return c == '_' || c >= 0x80 || digit_of(c) < 10 || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

/* Digits of a base, single underscores between them, and how many; false at a stray one. */
static bool take_digits(struct literal *l, int base, size_t *n)
{
    *n = 0;
    while (digit_of(peek(l)) < base) {
        rd_skip(&l->r, 1);
        ++*n;
        if (accept(l, '_') && digit_of(peek(l)) >= base)
            return false;
    }
    return true;
}

static bool take_exponent(struct literal *l)
{
    size_t n;

    if (!accept(l, 'e') && !accept(l, 'E'))
        return true;
    if (!accept(l, '+'))
        (void)accept(l, '-');
    return take_digits(l, 10, &n) && n > 0;
}

static bool take_decimal(struct literal *l)
{
    bool zeros = peek(l) == '0', fraction;
    const uint8_t *begin = l->r.at;
    size_t whole, part = 0;

    if (!take_digits(l, 10, &whole))
        return false;
    for (const uint8_t *p = begin; p < l->r.at; p++)
        zeros = zeros && (*p == '0' || *p == '_');
    fraction = accept(l, '.');
    if ((fraction && !take_digits(l, 10, &part)) || whole + part == 0)
        return false;
    fraction = fraction || peek(l) == 'e' || peek(l) == 'E';
    /* 007 is no number in Python, but 0, 00 and 007.5 are. */
    if (!fraction && whole > 1 && *begin == '0' && !zeros)
        return false;
    return take_exponent(l);
}

static enum kind take_number(struct literal *l)
{
    bool good;
    size_t n;

    if (l->r.left > 2 && l->r.at[0] == '0' && strchr("xXoObB", l->r.at[1]) != NULL) {
        int base = (l->r.at[1] | 0x20) == 'x' ? 16 : (l->r.at[1] | 0x20) == 'o' ? 8
                                                                                : 2;

        rd_skip(&l->r, 2);
        (void)accept(l, '_');
        good = take_digits(l, base, &n) && n > 0;
    } else {
        good = take_decimal(l);
    }
    return good && !is_word(peek(l)) && peek(l) != '.' ? KIND_OTHER : KIND_NONE;
}

static enum kind take_name(struct literal *l)
{
    static const char *const names[] = {"True", "False", "None"};

    for (size_t i = 0; i < COUNT(names); i++) {
        size_t n = strlen(names[i]);

        if (l->r.left >= n && memcmp(l->r.at, names[i], n) == 0) {
            rd_skip(&l->r, n);
            return is_word(peek(l)) ? KIND_NONE : KIND_OTHER;
        }
    }
    return KIND_NONE;
}

static void put_code(struct literal *l, uint32_t code)
{
    char utf8[UTF8_MAX];

    if (code == 0 || utf8_is_surrogate(code))
        l->broken = true;
    else
        text_put_n(&l->string, utf8, utf8_encode(code, utf8));
}

/* \xhh, \uhhhh, \Uhhhhhhhh: exactly so many digits, or it is no literal. */
static bool take_hex_escape(struct literal *l, int digits)
{
    uint32_t code = 0;

    for (int i = 0; i < digits; i++) {
        int d = digit_of(peek(l));

        if (d > 15)
            return false;
        code = code << 4 | (uint32_t)d;
        rd_skip(&l->r, 1);
    }
    if (code > 0x10ffff)
        return false;
    put_code(l, code);
    return true;
}

static void take_octal_escape(struct literal *l, int c)
{
    uint32_t code = (uint32_t)digit_of(c);

    for (int i = 0; i < 2 && digit_of(peek(l)) < 8; i++)
        code = code << 3 | (uint32_t)digit_of(rd_u8(&l->r));
    put_code(l, code);
}

static bool take_escape(struct literal *l)
{
    static const char letters[] = "abfnrtv\\'\"", means[] = "\a\b\f\n\r\t\v\\'\"";
    int c = peek(l);
    const char *known;

    if (c < 0)
        return false;
    rd_skip(&l->r, 1);
    known = c == 0 ? NULL : strchr(letters, c);
    if (known != NULL) {
        text_char(&l->string, means[known - letters]);
        return true;
    }
    if (digit_of(c) < 8) {
        take_octal_escape(l, c);
        return true;
    }
    if (c == 'x' || c == 'u' || c == 'U')
        return take_hex_escape(l, c == 'x' ? 2 : c == 'u' ? 4
                                                          : 8);
    if (c == 'N')
        return false;
    text_char(&l->string, '\\');
    text_char(&l->string, (char)c);
    return true;
}

static bool take_one_string(struct literal *l, bool raw)
{
    int quote = rd_u8(&l->r);

    for (;;) {
        int c = peek(l);

        if (c < 0)
            return false;
        rd_skip(&l->r, 1);
        if (c == quote)
            return true;
        if (c != '\\') {
            text_char(&l->string, (char)c);
        } else if (!raw) {
            if (!take_escape(l))
                return false;
        } else { /* the backslash stays, and so does a quote behind it */
            text_char(&l->string, '\\');
            if (peek(l) < 0)
                return false;
            text_char(&l->string, (char)rd_u8(&l->r));
        }
    }
}

static bool string_begins(const struct literal *l, bool *raw, size_t *prefix)
{
    int c = peek(l);

    *raw = c == 'r' || c == 'R';
    *prefix = *raw || c == 'u' || c == 'U' ? 1 : 0;
    if (l->r.left <= *prefix)
        return false;
    c = l->r.at[*prefix];
    return c == '"' || c == '\'';
}

/* One string or several beside each other, which are one. */
static enum kind take_string(struct literal *l)
{
    bool raw;
    size_t prefix;

    text_fini(&l->string);
    while (string_begins(l, &raw, &prefix)) {
        rd_skip(&l->r, prefix);
        if (!take_one_string(l, raw))
            return KIND_NONE;
        skip_blanks(l);
    }
    return KIND_STRING;
}

static enum kind take_any(struct literal *l, size_t depth);

/* After '[', '(' or '{'. A thing alone in ( ) is that thing. */
static enum kind take_bracket(struct literal *l, char open, size_t depth)
{
    char close = open == '[' ? ']' : open == '(' ? ')'
                                                 : '}';
    enum kind one = KIND_OTHER;
    bool pairs = false;
    size_t n = 0, commas = 0;

    for (skip_blanks(l); !accept(l, close); skip_blanks(l)) {
        if (n > commas || (one = take_any(l, depth + 1)) == KIND_NONE)
            return KIND_NONE;
        skip_blanks(l);
        if (open == '{') {
            bool pair = accept(l, ':');

            if ((n > 0 && pair != pairs) || (pair && take_any(l, depth + 1) == KIND_NONE))
                return KIND_NONE;
            pairs = pair;
            skip_blanks(l);
        }
        n++;
        commas += accept(l, ',');
    }
    return open == '(' && n == 1 && commas == 0 ? one : KIND_OTHER;
}

static enum kind take_any(struct literal *l, size_t depth)
{
    bool raw;
    size_t prefix;
    int c;

    skip_blanks(l);
    c = peek(l);
    if (depth > DEPTH_MAX || c < 0)
        return KIND_NONE;
    if (string_begins(l, &raw, &prefix))
        return take_string(l);
    if (c == '[' || c == '(' || c == '{') {
        rd_skip(&l->r, 1);
        return take_bracket(l, (char)c, depth);
    }
    if (c == '+' || c == '-') {
        rd_skip(&l->r, 1);
        skip_blanks(l);
        c = peek(l);
        return digit_of(c) < 10 || c == '.' ? take_number(l) : KIND_NONE;
    }
    return digit_of(c) < 10 || c == '.' ? take_number(l) : take_name(l);
}

/* The whole value: one literal, or several with commas between them, which are a tuple. */
static enum kind take_value(struct literal *l)
{
    enum kind kind = take_any(l, 0);

    skip_blanks(l);
    while (kind != KIND_NONE && accept(l, ',')) {
        kind = KIND_OTHER;
        skip_blanks(l);
        if (peek(l) < 0 || peek(l) == '#')
            break;
        kind = take_any(l, 0) == KIND_NONE ? KIND_NONE : KIND_OTHER;
        skip_blanks(l);
    }
    return kind;
}

enum err literal_value(const char *s, size_t n, struct text *out, struct why *why)
{
    struct literal l = {.r = rd_of(s, n)};
    enum kind kind = take_value(&l);
    size_t length = n - l.r.left;
    enum err e = OK;

    if (peek(&l) >= 0 && peek(&l) != '#')
        kind = KIND_NONE;
    text_fini(out);
    switch (kind) {
    case KIND_NONE: text_put_n(out, s, n); break;
    case KIND_STRING: text_put_n(out, text_str(&l.string), l.string.used); break;
    case KIND_OTHER:
        while (length > 0 && (s[length - 1] == ' ' || s[length - 1] == '\t'))
            length--;
        text_put_n(out, s, length);
        break;
    }
    if (kind == KIND_STRING && l.broken)
        e = why_set(why, E_DATA, "an escape in a value makes a NUL or half a character");
    else if (text_end(out) != OK || text_end(&l.string) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    text_fini(&l.string);
    return e;
}
