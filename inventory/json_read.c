#include "inventory/json_read.h"

#include "base/shown.h"
#include "base/utf8.h"
#include "base/wire.h"
#include "inventory/number.h"

#include <string.h>

struct json {
    const char *file;
    struct rd r;
    int line, column; /* of the next byte */
    size_t depth;
    struct notes *notes;
    struct values *values;
    struct why *why;
};

static enum err refuse(const struct json *j, const char *words)
{
    return why_place(j->why, why_set(j->why, E_DATA, "%s", words), "%s:%d:%d", shown_file(j->file),
                     j->line, j->column);
}

static enum err out_of_memory(const struct json *j)
{
    if (j->values->n >= VALUES_MAX)
        return why_set(j->why, E_LIMIT, "more than %d values in one file", VALUES_MAX);
    return why_set(j->why, E_MEMORY, "out of memory");
}

static int peek(const struct json *j)
{
    return j->r.left > 0 ? *j->r.at : -1;
}

static uint8_t take(struct json *j)
{
    uint8_t c = rd_u8(&j->r);

    if (c == '\n') {
        j->line++;
        j->column = 1;
    } else if ((c & 0xc0) != 0x80) {
        j->column++;
    }
    return c;
}

static void skip_blanks(struct json *j)
{
    while (peek(j) == ' ' || peek(j) == '\t' || peek(j) == '\n' || peek(j) == '\r')
        (void)take(j);
}

static bool accept(struct json *j, char c)
{
    if (peek(j) != c)
        return false;
    (void)take(j);
    return true;
}

static bool accept_word(struct json *j, const char *word)
{
    size_t n = strlen(word);

    if (j->r.left < n || memcmp(j->r.at, word, n) != 0)
        return false;
    while (n-- > 0)
        (void)take(j);
    return true;
}

static struct value *value_here(const struct json *j, enum value_kind kind)
{
    return value_new(j->values, kind, j->line, j->column);
}

/* --- strings: RFC 8259, 7 --- */

static bool take_hex4(struct json *j, uint32_t *out)
{
    uint8_t two[2];

    if (j->r.left < 4 || !hex_decode((const char *)j->r.at, 4, two, sizeof two))
        return false;
    for (int i = 0; i < 4; i++)
        (void)take(j);
    *out = (uint32_t)two[0] << 8 | two[1];
    return true;
}

static bool take_low_half(struct json *j, uint32_t high, uint32_t *out)
{
    uint32_t low;

    if (!accept(j, '\\') || !accept(j, 'u') || !take_hex4(j, &low) || low < 0xdc00 || low > 0xdfff)
        return false;
    *out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static enum err take_code(struct json *j, struct text *t)
{
    char utf8[UTF8_MAX];
    uint32_t code;

    if (!take_hex4(j, &code))
        return refuse(j, "expected four hexadecimal digits behind \\u");
    if ((code >= 0xd800 && code < 0xdc00 && !take_low_half(j, code, &code)) ||
        utf8_is_surrogate(code))
        return refuse(j, "an escape makes half a character");
    if (code == 0)
        return refuse(j, "an escape makes a NUL");
    text_put_n(t, utf8, utf8_encode(code, utf8));
    return OK;
}

static enum err take_escape(struct json *j, struct text *t)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *at;

    if (accept(j, 'u'))
        return take_code(j, t);
    at = peek(j) > 0 ? strchr(letters, peek(j)) : NULL;
    if (at == NULL)
        return refuse(j, "an escape that JSON does not know");
    (void)take(j);
    text_char(t, meant[at - letters]);
    return OK;
}

/* The opening quote is next. */
static enum err take_string(struct json *j, struct text *t)
{
    enum err e = OK;

    (void)take(j);
    while (e == OK && !accept(j, '"')) {
        uint32_t code = 0;
        size_t n;

        if (peek(j) < 0)
            return refuse(j, "a string without its end");
        if (peek(j) < 0x20)
            return refuse(j, "a control character in a string");
        if (accept(j, '\\')) {
            e = take_escape(j, t);
            continue;
        }
        n = utf8_decode((const char *)j->r.at, j->r.left, &code);
        if (n == 0 || utf8_is_surrogate(code))
            return refuse(j, "the text is not UTF-8");
        text_put_n(t, (const char *)j->r.at, n);
        while (n-- > 0)
            (void)take(j);
    }
    return e == OK && text_end(t) != OK ? out_of_memory(j) : e;
}

static enum err take_string_value(struct json *j, struct value **out)
{
    struct value *v = value_here(j, VALUE_STRING);
    struct text t = {0};
    enum err e = v == NULL ? out_of_memory(j) : take_string(j, &t);

    if (e == OK && !value_set_text(v, text_str(&t), t.used))
        e = out_of_memory(j);
    text_fini(&t);
    *out = v;
    return e;
}

/* --- numbers and words --- */

static size_t take_digits(struct json *j)
{
    size_t n = 0;

    for (; peek(j) >= '0' && peek(j) <= '9'; n++)
        (void)take(j);
    return n;
}

/* RFC 8259, 6. */
static bool take_number_text(struct json *j, bool *whole)
{
    bool zero = peek(j) == '0';
    size_t n = take_digits(j);

    *whole = true;
    if (n == 0 || (zero && n > 1))
        return false;
    if (accept(j, '.')) {
        *whole = false;
        if (take_digits(j) == 0)
            return false;
    }
    if (accept(j, 'e') || accept(j, 'E')) {
        *whole = false;
        if (!accept(j, '+'))
            (void)accept(j, '-');
        return take_digits(j) > 0;
    }
    return true;
}

static enum err take_number(struct json *j, struct value *v, struct text *t)
{
    bool negative = accept(j, '-'), whole;
    const char *begin = (const char *)j->r.at;
    size_t left = j->r.left;

    if (accept_word(j, "Infinity")) {
        text_put(t, negative ? "-Infinity" : "Infinity");
        return OK;
    }
    if (!take_number_text(j, &whole))
        return refuse(j, "this is no number");
    if (!(whole ? number_put_int(t, negative, begin, left - j->r.left, 10)
                : number_put_float(t, negative, begin, left - j->r.left)))
        return refuse(j, "a number of too many digits");
    v->kind = VALUE_NUMBER;
    return OK;
}

static enum err take_word(struct json *j, struct value *v, struct text *t)
{
    static const struct {
        const char *word;
        enum value_kind kind;
    } words[] = {{"null", VALUE_NULL},
                 {"true", VALUE_BOOL},
                 {"false", VALUE_BOOL},
                 {"NaN", VALUE_NUMBER}};

    for (size_t i = 0; i < COUNT(words); i++)
        if (accept_word(j, words[i].word)) {
            v->kind = words[i].kind;
            text_put(t, words[i].word);
            return OK;
        }
    v->kind = VALUE_NUMBER;
    if (peek(j) == '-' || peek(j) == 'I' || (peek(j) >= '0' && peek(j) <= '9'))
        return take_number(j, v, t);
    return refuse(j, "expected a JSON value");
}

static enum err take_plain(struct json *j, struct value **out)
{
    struct value *v = value_here(j, VALUE_NULL);
    struct text t = {0};
    enum err e = v == NULL ? out_of_memory(j) : take_word(j, v, &t);

    if (e == OK && (text_end(&t) != OK || !value_set_text(v, text_str(&t), t.used)))
        e = out_of_memory(j);
    text_fini(&t);
    *out = v;
    return e;
}

/* --- lists and maps --- */

static enum err take_value(struct json *j, struct value **out);

static enum err take_list(struct json *j, struct value *list)
{
    enum err e;

    skip_blanks(j);
    if (accept(j, ']'))
        return OK;
    for (;;) {
        struct value *item;

        if ((e = take_value(j, &item)) != OK)
            return e;
        if (!value_add(list, item))
            return out_of_memory(j);
        skip_blanks(j);
        if (accept(j, ']'))
            return OK;
        if (!accept(j, ','))
            return refuse(j, "expected , or ]");
    }
}

static enum err take_pair(struct json *j, struct value *map)
{
    struct value *key, *item;
    enum err e;

    skip_blanks(j);
    if (peek(j) != '"')
        return refuse(j, "expected a key, in double quotes");
    if ((e = take_string_value(j, &key)) != OK)
        return e;
    skip_blanks(j);
    if (!accept(j, ':'))
        return refuse(j, "expected : behind a key");
    if ((e = take_value(j, &item)) != OK)
        return e;
    return value_add(map, key) && value_add(map, item) ? OK : out_of_memory(j);
}

/* What Ansible's own JSON marks: the first key that is a mark decides. */
static void unmark(struct value **out)
{
    struct value *map = *out;

    for (size_t i = 0; i < map->n; i += 2) {
        if (strcmp(map->items[i]->text, "__ansible_vault") == 0) {
            map->kind = VALUE_SECRET;
            map->n = 0;
            return;
        }
        if (strcmp(map->items[i]->text, "__ansible_unsafe") == 0) {
            *out = map->items[i + 1];
            return;
        }
    }
}

static enum err take_map(struct json *j, struct value **out)
{
    struct value *map = *out;
    enum err e;

    skip_blanks(j);
    if (accept(j, '}'))
        return OK;
    for (;;) {
        if ((e = take_pair(j, map)) != OK)
            return e;
        skip_blanks(j);
        if (accept(j, '}'))
            break;
        if (!accept(j, ','))
            return refuse(j, "expected , or }");
    }
    if (value_settle_map(map, j->file, j->notes) != OK)
        return out_of_memory(j);
    unmark(out);
    return OK;
}

static enum err take_value(struct json *j, struct value **out)
{
    bool list;
    enum err e;

    skip_blanks(j);
    if (peek(j) == '"')
        return take_string_value(j, out);
    list = peek(j) == '[';
    if (!list && peek(j) != '{')
        return take_plain(j, out);
    if (j->depth == VALUE_TREE_DEPTH)
        return refuse(j, "too many levels of lists and maps");
    if ((*out = value_here(j, list ? VALUE_LIST : VALUE_MAP)) == NULL)
        return out_of_memory(j);
    (void)take(j);
    j->depth++;
    e = list ? take_list(j, *out) : take_map(j, out);
    j->depth--;
    return e;
}

enum err json_read(const char *file, const char *bytes, size_t n, struct notes *notes,
                   struct values *values, struct value **out, struct why *why)
{
    struct json j = {.file = file,
                     .r = rd_of(bytes, n),
                     .line = 1,
                     .column = 1,
                     .notes = notes,
                     .values = values,
                     .why = why};
    struct value *root = NULL;
    enum err e;

    *out = NULL;
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        rd_skip(&j.r, 3);
    if ((e = take_value(&j, &root)) != OK)
        return why_place(why, e, "%s", shown_file(file));
    skip_blanks(&j);
    if (j.r.left > 0)
        return refuse(&j, "something stands behind the end of the JSON");
    *out = root;
    return OK;
}
