#include "inventory/yaml_scalar.h"

#include "inventory/number.h"
#include "inventory/yaml_time.h"

#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(s, words[i]) == 0)
            return true;
    return false;
}

static bool looks_bool(const char *s)
{
    static const char *const words[] = {"yes", "Yes", "YES", "no", "No", "NO",
                                        "true", "True", "TRUE", "false", "False", "FALSE",
                                        "on", "On", "ON", "off", "Off", "OFF"};

    return is_one_of(s, words, COUNT(words));
}

static bool looks_null(const char *s)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};

    return is_one_of(s, words, COUNT(words));
}

static const char *unsigned_part(const char *s)
{
    return *s == '-' || *s == '+' ? s + 1 : s;
}

static bool all_of(const char *s, const char *letters)
{
    return *s != '\0' && s[strspn(s, letters)] == '\0';
}

/* (:[0-5]?[0-9])+ and where it ends. */
static bool skip_sixties(const char **s)
{
    bool any = false;

    while ((*s)[0] == ':' && is_digit((*s)[1])) {
        *s += (*s)[1] <= '5' && is_digit((*s)[2]) ? 3 : 2;
        any = true;
    }
    return any;
}

static bool looks_int(const char *s)
{
    s = unsigned_part(s);
    if (s[0] == '0')
        return s[1] == '\0' || (s[1] == 'b' && all_of(s + 2, "01_")) ||
               (s[1] == 'x' && all_of(s + 2, "0123456789abcdefABCDEF_")) ||
               all_of(s + 1, "01234567_");
    if (!is_digit(*s))
        return false;
    s += strspn(s, "0123456789_");
    return *s == '\0' || (skip_sixties(&s) && *s == '\0');
}

static bool looks_exponent(const char *s)
{
    if (*s == '\0')
        return true;
    return (*s == 'e' || *s == 'E') && (s[1] == '+' || s[1] == '-') && all_of(s + 2, "0123456789");
}

static bool looks_float(const char *s)
{
    static const char *const special[] = {".inf", ".Inf", ".INF"}, *const nan[] = {".nan", ".NaN",
                                                                                   ".NAN"};
    const char *u = unsigned_part(s);

    if (is_one_of(u, special, COUNT(special)) || is_one_of(s, nan, COUNT(nan)))
        return true;
    if (*s == '.' && is_digit(s[1]))
        return looks_exponent(s + 1 + strspn(s + 1, "0123456789_"));
    if (!is_digit(*u))
        return false;
    u += strspn(u, "0123456789_");
    if (*u == '.')
        return looks_exponent(u + 1 + strspn(u + 1, "0123456789_"));
    return skip_sixties(&u) && *u == '.' && u[1 + strspn(u + 1, "0123456789_")] == '\0';
}

enum yaml_type yaml_type_of(const char *s)
{
    if (looks_null(s))
        return YAML_TYPE_NULL;
    if (looks_bool(s))
        return YAML_TYPE_BOOL;
    if (looks_float(s))
        return YAML_TYPE_FLOAT;
    if (looks_int(s))
        return YAML_TYPE_INT;
    return yaml_looks_time(s) ? YAML_TYPE_TIME : YAML_TYPE_STRING;
}

static bool put_sixties_int(struct text *t, bool negative, const char *s)
{
    int64_t v = 0;

    for (; *s != '\0'; s += *s == ':') {
        int64_t part = 0;

        for (; *s != '\0' && *s != ':'; s++)
            if (*s != '_' &&
                (!is_digit(*s) || __builtin_mul_overflow(part, 10, &part) ||
                 __builtin_add_overflow(part, *s - '0', &part)))
                return false;
        if (__builtin_mul_overflow(v, 60, &v) || __builtin_add_overflow(v, part, &v))
            return false;
    }
    text_printf(t, "%s%lld", negative && v > 0 ? "-" : "", (long long)v);
    return true;
}

static bool put_int(struct text *t, const char *s)
{
    bool negative = *s == '-';

    s = unsigned_part(s);
    if (strchr(s, ':') != NULL)
        return put_sixties_int(t, negative, s);
    if (s[0] == '0' && (s[1] == 'b' || s[1] == 'x'))
        return number_put_int(t, negative, s + 2, strlen(s + 2), s[1] == 'b' ? 2 : 16);
    return number_put_int(t, negative, s, strlen(s), s[0] == '0' ? 8 : 10);
}

/* As PyYAML adds it up: the parts from the last to the first. */
static bool put_sixties_float(struct text *t, bool negative, const char *s)
{
    char buf[NUMBER_DIGITS_MAX + 1];
    size_t used = 0;
    double v = 0, base = 1;

    for (; *s != '\0'; s++) {
        if (used == NUMBER_DIGITS_MAX)
            return false;
        if (*s != '_')
            buf[used++] = *s;
    }
    while (used > 0) {
        buf[used] = '\0';
        while (used > 0 && buf[used - 1] != ':')
            used--;
        v += strtod(buf + used, NULL) * base;
        base *= 60;
        used -= used > 0;
    }
    number_put_double(t, negative ? -v : v);
    return true;
}

static bool put_float(struct text *t, const char *s)
{
    bool negative = *s == '-';

    s = unsigned_part(s);
    if (str_eq_nocase(s, ".inf")) {
        text_put(t, negative ? "-Infinity" : "Infinity");
        return true;
    }
    if (str_eq_nocase(s, ".nan")) {
        text_put(t, "NaN");
        return true;
    }
    if (strchr(s, ':') != NULL)
        return put_sixties_float(t, negative, s);
    return number_put_float(t, negative, s, strlen(s));
}

static bool put_bool(struct text *t, const char *s)
{
    static const char *const yes[] = {"yes", "true", "on"}, *const no[] = {"no", "false", "off"};

    for (size_t i = 0; i < COUNT(yes); i++)
        if (str_eq_nocase(s, yes[i]) || str_eq_nocase(s, no[i])) {
            text_put(t, str_eq_nocase(s, yes[i]) ? "true" : "false");
            return true;
        }
    return false;
}

static bool put_typed(struct text *t, struct value *v, enum yaml_type type, const char *s)
{
    switch (type) {
    case YAML_TYPE_NULL:
        v->kind = VALUE_NULL;
        text_put(t, "null");
        return true;
    case YAML_TYPE_BOOL: v->kind = VALUE_BOOL; return put_bool(t, s);
    case YAML_TYPE_INT: v->kind = VALUE_NUMBER; return put_int(t, s);
    case YAML_TYPE_FLOAT: v->kind = VALUE_NUMBER; return put_float(t, s);
    case YAML_TYPE_TIME: v->kind = VALUE_STRING; return yaml_put_time(t, s);
    case YAML_TYPE_STRING: break;
    }
    v->kind = VALUE_STRING;
    text_put(t, s);
    return true;
}

enum err yaml_scalar_set(struct value *v, enum yaml_type type, const char *s, struct why *why)
{
    static const char *const what[] = {[YAML_TYPE_STRING] = "string",
                                       [YAML_TYPE_NULL] = "null",
                                       [YAML_TYPE_BOOL] = "truth value",
                                       [YAML_TYPE_INT] = "whole number",
                                       [YAML_TYPE_FLOAT] = "number",
                                       [YAML_TYPE_TIME] = "date"};
    struct text t = {0};
    enum err e = OK;

    if (!put_typed(&t, v, type, s))
        e = why_set(why, E_DATA, "this looks like a %s to YAML, and is none: quote it", what[type]);
    else if (text_end(&t) != OK || !value_set_text(v, text_str(&t), t.used))
        e = why_set(why, E_MEMORY, "out of memory");
    text_fini(&t);
    return e;
}
