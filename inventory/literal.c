#include "inventory/literal.h"

#include "inventory/literal_string.h"
#include "inventory/number.h"

#include <string.h>

struct literal {
    struct rd r;
    struct values *values;
    struct literal_string string; /* the last one read */
    const char *broken;           /* a literal, but one that is none for us: why */
    bool starved;
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

static struct value *value_of(struct literal *l, enum value_kind kind, const char *s, size_t n)
{
    struct value *v = value_new(l->values, kind, 0, 0);

    if (v == NULL || (s != NULL && !value_set_text(v, s, n))) {
        l->starved = true;
        return NULL;
    }
    return v;
}

/* --- numbers --- */

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

static bool take_decimal(struct literal *l, bool *whole_number)
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
    *whole_number = !fraction;
    return take_exponent(l);
}

static bool is_based(struct rd r)
{
    return r.left > 2 && r.at[0] == '0' && strchr("xXoObB", r.at[1]) != NULL;
}

static struct value *take_number(struct literal *l, bool negative)
{
    bool based = is_based(l->r), whole = true, good;
    int letter = based ? l->r.at[1] | 0x20 : 0;
    int base = letter == 'x' ? 16 : letter == 'o' ? 8
                                : letter == 'b'   ? 2
                                                  : 10;
    const char *begin;
    struct text t = {0};
    struct value *v = NULL;
    size_t n = 0;

    if (based) {
        rd_skip(&l->r, 2);
        (void)accept(l, '_');
    }
    begin = (const char *)l->r.at;
    good = based ? take_digits(l, base, &n) && n > 0 : take_decimal(l, &whole);
    if (!good || is_word(peek(l)) || peek(l) == '.')
        return NULL;
    n = (size_t)((const char *)l->r.at - begin);
    good = whole ? number_put_int(&t, negative, begin, n, (unsigned)base)
                 : number_put_float(&t, negative, begin, n);
    if (!good)
        l->broken = "a number of too many digits";
    v = value_of(l, VALUE_NUMBER, text_str(&t), t.used);
    text_fini(&t);
    return v;
}

/* --- words and strings --- */

static struct value *take_name(struct literal *l)
{
    static const struct {
        const char *name, *meant;
        enum value_kind kind;
    } names[] = {{"True", "true", VALUE_BOOL},
                 {"False", "false", VALUE_BOOL},
                 {"None", "null", VALUE_NULL}};

    for (size_t i = 0; i < COUNT(names); i++) {
        size_t n = strlen(names[i].name);

        if (l->r.left >= n && memcmp(l->r.at, names[i].name, n) == 0) {
            rd_skip(&l->r, n);
            return is_word(peek(l)) ? NULL
                                    : value_of(l, names[i].kind, names[i].meant,
                                               strlen(names[i].meant));
        }
    }
    return NULL;
}

static struct value *take_string(struct literal *l, size_t depth)
{
    if (!literal_string_take(&l->r, &l->string) || (l->string.bytes && depth > 0))
        return NULL;
    if (l->string.broken)
        l->broken = "an escape in a value makes a NUL or half a character";
    if (text_end(&l->string.text) != OK)
        l->starved = true;
    return value_of(l, VALUE_STRING, text_str(&l->string.text), l->string.text.used);
}

/* --- brackets --- */

static struct value *take_any(struct literal *l, size_t depth);

static bool add(struct literal *l, struct value *to, struct value *item)
{
    if (item != NULL && !value_add(to, item))
        l->starved = true;
    return item != NULL && !l->starved;
}

/* The key is read; a set is nothing of ours. */
static bool take_pair(struct literal *l, struct value *map, struct value *key, size_t depth)
{
    if (!value_is_scalar(key))
        return false; /* Python hashes a tuple; JSON has no word for it */
    if (value_is_mark(key->text))
        l->broken = "a key that is a mark of Ansible's own JSON";
    skip_blanks(l);
    return accept(l, ':') && add(l, map, key) && add(l, map, take_any(l, depth + 1));
}

/* After '[', '(' or '{'. A thing alone in ( ) is that thing. */
static struct value *take_bracket(struct literal *l, char open, size_t depth)
{
    char close = open == '[' ? ']' : open == '(' ? ')'
                                                 : '}';
    struct value *v = value_of(l, open == '{' ? VALUE_MAP : VALUE_LIST, NULL, 0), *one = NULL;
    size_t n = 0, commas = 0;

    if (v == NULL)
        return NULL;
    for (skip_blanks(l); !accept(l, close); skip_blanks(l)) {
        if (n > commas || (one = take_any(l, depth + 1)) == NULL ||
            !(open == '{' ? take_pair(l, v, one, depth) : add(l, v, one)))
            return NULL;
        skip_blanks(l);
        n++;
        commas += accept(l, ',');
    }
    if (open == '{' && value_settle_map(v, "", NULL) != OK)
        l->starved = true;
    return open == '(' && n == 1 && commas == 0 ? one : v;
}

/* NULL: no literal. */
static struct value *take_any(struct literal *l, size_t depth)
{
    bool negative;
    int c;

    skip_blanks(l);
    c = peek(l);
    if (depth > VALUE_DEPTH_MAX || c < 0)
        return NULL;
    if (literal_string_begins(l->r))
        return take_string(l, depth);
    if (c == '[' || c == '(' || c == '{') {
        rd_skip(&l->r, 1);
        return take_bracket(l, (char)c, depth);
    }
    negative = c == '-';
    if (c == '+' || c == '-') {
        rd_skip(&l->r, 1);
        skip_blanks(l);
        c = peek(l);
        return digit_of(c) < 10 || c == '.' ? take_number(l, negative) : NULL;
    }
    return digit_of(c) < 10 || c == '.' ? take_number(l, false) : take_name(l);
}

/* Commas behind the first literal: all of them are one tuple. */
static struct value *take_tuple(struct literal *l, struct value *first)
{
    struct value *v = value_of(l, VALUE_LIST, NULL, 0);

    if (v == NULL || !add(l, v, first))
        return NULL;
    while (accept(l, ',')) {
        skip_blanks(l);
        if (peek(l) < 0 || peek(l) == '#')
            break;
        if (!add(l, v, take_any(l, 1)))
            return NULL;
        skip_blanks(l);
    }
    return v;
}

static struct value *take_value(struct literal *l)
{
    struct value *v = take_any(l, 0);

    skip_blanks(l);
    if (v != NULL && peek(l) == ',')
        v = l->string.bytes ? NULL : take_tuple(l, v);
    return peek(l) >= 0 && peek(l) != '#' ? NULL : v;
}

enum err literal_read(const char *s, size_t n, struct values *values, struct value **out,
                      struct why *why)
{
    struct literal l = {.r = rd_of(s, n), .values = values};
    struct value *v = take_value(&l);

    text_fini(&l.string.text);
    if (v != NULL && l.broken != NULL && !l.starved)
        return why_set(why, E_DATA, "%s", l.broken);
    if (v == NULL && !l.starved)
        v = value_of(&l, VALUE_STRING, s, n);
    if (l.starved && values->n >= VALUES_MAX)
        return why_set(why, E_LIMIT, "more than %d values in one file", VALUES_MAX);
    if (l.starved)
        return why_set(why, E_MEMORY, "out of memory");
    *out = v;
    return OK;
}
