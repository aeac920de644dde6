#include "inventory/value_write.h"

#include "base/utf8.h"
#include "inventory/yaml_scalar.h"

#include <stdlib.h>
#include <string.h>

#define YAML_KEY_MAX 128 /* bytes; libyaml takes longer ones only behind a `?` */

enum language { LANGUAGE_JSON,
                LANGUAGE_YAML,
                LANGUAGE_PYTHON };

/* --- strings --- */

/* What is no plain text to one reader or another: controls, other ends of a line, a byte order mark
 * and what is no character. */
static bool is_odd(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
           code == 0xfeff || code == 0xfffe || code == 0xffff;
}

static void put_odd(struct text *t, enum language language, uint32_t code)
{
    if (code == '\n')
        text_put(t, "\\n");
    else if (language != LANGUAGE_JSON && code < 0x100)
        text_printf(t, "\\x%02x", (unsigned)code);
    else
        text_printf(t, "\\u%04x", (unsigned)code);
}

static void put_quoted(struct text *t, enum language language, const char *s)
{
    text_char(t, '"');
    while (*s != '\0') {
        uint32_t code;
        size_t n = utf8_decode(s, strnlen(s, UTF8_MAX), &code);

        if (n == 0) { /* never from our readers */
            code = 0xfffd;
            text_put(t, "\xef\xbf\xbd");
            n = 1;
        } else if (code == '"' || code == '\\') {
            text_char(t, '\\');
            text_char(t, (char)code);
        } else if (is_odd(code)) {
            put_odd(t, language, code);
        } else if (code == '\'' && language == LANGUAGE_PYTHON) {
            text_put(t, "\\x27");
        } else {
            text_put_n(t, s, n);
        }
        s += n;
    }
    text_char(t, '"');
}

void string_put_json(struct text *t, const char *s)
{
    put_quoted(t, LANGUAGE_JSON, s);
}

void string_put_python(struct text *t, const char *s)
{
    put_quoted(t, LANGUAGE_PYTHON, s);
}

static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

/* Letters, digits, `_`, `.`, and `-` or `/` within: such a text is itself wherever it stands. */
static bool is_plain_yaml(const char *s)
{
    if (!is_safe(*s) || *s == '.')
        return false;
    for (const char *at = s; *at != '\0'; at++)
        if (!is_safe(*at) && *at != '-' && *at != '/')
            return false;
    return strlen(s) <= YAML_KEY_MAX && yaml_type_of(s) == YAML_TYPE_STRING;
}

void string_put_yaml(struct text *t, const char *s)
{
    if (is_plain_yaml(s))
        text_put(t, s);
    else
        put_quoted(t, LANGUAGE_YAML, s);
}

static void put_string(struct text *t, enum language language, const char *s)
{
    if (language == LANGUAGE_YAML)
        string_put_yaml(t, s);
    else
        put_quoted(t, language, s);
}

/* --- numbers and words --- */

/* YAML 1.1 knows an exponent only behind a point. */
static void put_yaml_word(struct text *t, const char *s)
{
    size_t n = strspn(s, "-0123456789.");

    if (strcmp(s, "Infinity") == 0 || strcmp(s, "-Infinity") == 0)
        text_put(t, *s == '-' ? "-.inf" : ".inf");
    else if (strcmp(s, "NaN") == 0)
        text_put(t, ".nan");
    else if (n > 0 && s[n] == 'e' && memchr(s, '.', n) == NULL)
        text_printf(t, "%.*s.0%s", (int)n, s, s + n);
    else
        text_put(t, s);
}

static bool put_python_word(struct text *t, const char *s)
{
    static const char *const words[][2] = {{"null", "None"},
                                           {"true", "True"},
                                           {"false", "False"},
                                           {"Infinity", "1e999"},
                                           {"-Infinity", "-1e999"}};

    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(words[i][0], s) == 0) {
            text_put(t, words[i][1]);
            return true;
        }
    text_put(t, s);
    return strcmp(s, "NaN") != 0;
}

static bool put_word(struct text *t, enum language language, const char *s)
{
    if (language == LANGUAGE_PYTHON)
        return put_python_word(t, s);
    if (language == LANGUAGE_YAML)
        put_yaml_word(t, s);
    else
        text_put(t, s);
    return true;
}

/* --- all --- */

static bool put(struct text *t, enum language language, const struct value *v);

static bool put_list(struct text *t, enum language language, const struct value *v)
{
    bool good = true;

    text_char(t, '[');
    for (size_t i = 0; i < v->n; i++) {
        text_put(t, i == 0 ? "" : ", ");
        good = put(t, language, v->items[i]) && good;
    }
    text_char(t, ']');
    return good;
}

static bool put_map(struct text *t, enum language language, const struct value *v)
{
    bool good = true;

    text_char(t, '{');
    for (size_t i = 0; i < v->n; i += 2) {
        const char *key = v->items[i]->text;

        text_put(t, i == 0 ? "" : ", ");
        if (language == LANGUAGE_YAML && strlen(key) > YAML_KEY_MAX)
            text_put(t, "? ");
        put_string(t, language, key);
        text_put(t, ": ");
        good = put(t, language, v->items[i + 1]) && good;
    }
    text_char(t, '}');
    return good;
}

static bool put(struct text *t, enum language language, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_NUMBER: return put_word(t, language, v->text);
    case VALUE_STRING: put_string(t, language, v->text); return true;
    case VALUE_LIST: return put_list(t, language, v);
    case VALUE_MAP: return put_map(t, language, v);
    case VALUE_SECRET: break; /* left out before anything is written */
    }
    abort();
}

void value_put_json(struct text *t, const struct value *v)
{
    (void)put(t, LANGUAGE_JSON, v);
}

void value_put_yaml(struct text *t, const struct value *v)
{
    (void)put(t, LANGUAGE_YAML, v);
}

bool value_put_python(struct text *t, const struct value *v)
{
    return put(t, LANGUAGE_PYTHON, v);
}
