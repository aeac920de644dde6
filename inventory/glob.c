#include "inventory/glob.h"

#include "base/utf8.h"

#include <string.h>

/* The code point at s and how long it is; broken UTF-8 counts byte by byte. */
static size_t code_at(const char *s, uint32_t *code)
{
    size_t n = utf8_decode(s, strlen(s), code);

    if (n == 0) {
        *code = (uint8_t)*s;
        return 1;
    }
    return n;
}

/* Where the class that begins behind '[' ends (at its ']'), or NULL. A ']' that comes first is one
 * of its members. */
static const char *class_end(const char *s)
{
    if (*s == '!')
        s++;
    if (*s == ']')
        s++;
    return strchr(s, ']');
}

static bool class_holds(const char *s, const char *end, uint32_t code)
{
    bool negated = *s == '!', found = false;

    if (negated)
        s++;
    while (s < end) {
        uint32_t from, to;

        s += code_at(s, &from);
        to = from;
        if (*s == '-' && s + 1 < end)
            s += 1 + code_at(s + 1, &to);
        found = found || (code >= from && code <= to);
    }
    return found != negated;
}

/* One character of the pattern against code; *pattern moves behind it. */
static bool one_matches(const char **pattern, uint32_t code)
{
    const char *end = **pattern == '[' ? class_end(*pattern + 1) : NULL;
    uint32_t wanted;

    if (end != NULL) {
        bool holds = class_holds(*pattern + 1, end, code);

        *pattern = end + 1;
        return holds;
    }
    *pattern += code_at(*pattern, &wanted);
    return wanted == '?' || wanted == code;
}

bool glob_match(const char *pattern, const char *name)
{
    const char *star = NULL, *retry = NULL; /* behind the last '*', and what it has not eaten yet */

    while (*name != '\0') {
        uint32_t code;
        size_t n = code_at(name, &code);

        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (*pattern != '\0' && one_matches(&pattern, code)) {
            name += n;
        } else if (star != NULL) {
            pattern = star;
            retry += code_at(retry, &code);
            name = retry;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

bool glob_is_one(const char *pattern)
{
    return strpbrk(pattern, "*?[") != NULL;
}
