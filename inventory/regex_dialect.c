/* What Python's re and PCRE2 read alike. Whatever is not known here to mean the same is refused: a
 * limit that means other hosts than it does in Ansible is worse than one that is not taken. */
#include "inventory/regex.h"

#include <string.h>

#define GROUPS_MAX 100

struct dialect {
    const char *begin, *at;
    bool repeatable; /* what stands before may be repeated */
    size_t depth;
    bool behind[GROUPS_MAX + 1]; /* per open group: a lookbehind, or within one */
    struct why *why;
};

static enum err refuse(const struct dialect *d, const char *words)
{
    return why_set(d->why, E_DATA, "a regular expression with %s, at byte %zu", words,
                   (size_t)(d->at - d->begin) + 1);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c != '\0' && strchr("abcdefABCDEF", c) != NULL);
}

/* At the backslash; moves behind the escape. In a class, \b is a backspace. */
static enum err take_escape(struct dialect *d, bool class)
{
    const char *known = class ? "dDwWsStnrfab" : "dDwWsStnrfa";
    char c = d->at[1];

    d->repeatable = true;
    if (c == '\0')
        return refuse(d, "a \\ at its end");
    if (c == 'x') {
        if (!is_hex(d->at[2]) || !is_hex(d->at[3]))
            return refuse(d, "a \\x without two hexadecimal digits");
        d->at += 4;
        return OK;
    }
    if (!class && strchr("bBAZ", c) != NULL)
        d->repeatable = false;
    else if (is_digit(c) || (is_letter(c) && strchr(known, c) == NULL))
        return refuse(d, "an escape that has another meaning in Python, or none here");
    d->at += 2;
    return OK;
}

/* At the '['; moves behind the ']'. */
static enum err take_class(struct dialect *d)
{
    const char *first;
    enum err e;

    d->at++;
    if (*d->at == '^')
        d->at++;
    first = d->at;
    while (*d->at != ']' || d->at == first) {
        if (*d->at == '\0')
            return refuse(d, "a [ without its ]");
        if (*d->at == '[' && d->at[1] != '\0' && strchr(":.=", d->at[1]) != NULL)
            return refuse(d, "a [: in brackets, which Python does not know");
        if (*d->at != '\\')
            d->at++;
        else if ((e = take_escape(d, true)) != OK)
            return e;
    }
    d->at++;
    d->repeatable = true;
    return OK;
}

static bool accept(struct dialect *d, const char *word)
{
    if (!str_starts(d->at, word))
        return false;
    d->at += strlen(word);
    return true;
}

/* At the '('; moves behind the group's begin. */
static enum err take_group(struct dialect *d)
{
    static const char *const ahead[] = {"(?:", "(?=", "(?!", "(?i:"};
    static const char *const behind[] = {"(?<=", "(?<!"};
    bool looks_behind = false, known = false;

    if (d->depth == GROUPS_MAX)
        return refuse(d, "too many groups in each other");
    d->repeatable = false;
    if (d->at == d->begin && accept(d, "(?i)"))
        return OK;
    for (size_t i = 0; i < COUNT(ahead) && !known; i++)
        known = accept(d, ahead[i]);
    for (size_t i = 0; i < COUNT(behind) && !known; i++)
        known = looks_behind = accept(d, behind[i]);
    if (!known && accept(d, "(?P<")) {
        const char *name = d->at;

        while (is_letter(*d->at) || *d->at == '_' || (d->at > name && is_digit(*d->at)))
            d->at++;
        if (d->at == name || !accept(d, ">"))
            return refuse(d, "a group that has no proper name");
        known = true;
    }
    if (!known) {
        if (d->at[1] == '?' || d->at[1] == '*')
            return refuse(d, "a group that has another meaning in Python, or none");
        d->at++;
    }
    d->depth++;
    d->behind[d->depth] = looks_behind || d->behind[d->depth - 1];
    return OK;
}

static enum err take_end_of_group(struct dialect *d)
{
    if (d->depth == 0)
        return refuse(d, "a ) without its (");
    d->depth--;
    d->at++;
    d->repeatable = true;
    return OK;
}

/* {2} {2,} {2,5}; how long it is, or 0: then '{' is itself. */
static size_t braces_length(const char *s)
{
    size_t n = 1 + strspn(s + 1, "0123456789");

    if (n == 1)
        return 0;
    if (s[n] == ',')
        n += 1 + strspn(s + n + 1, "0123456789");
    return s[n] == '}' ? n + 1 : 0;
}

static enum err take_repetition(struct dialect *d, size_t n)
{
    if (!d->repeatable)
        return refuse(d, "a repetition of nothing");
    d->at += n;
    if (*d->at == '+')
        return refuse(d, "a possessive repetition, which not every Python knows");
    if (*d->at == '?')
        d->at++;
    d->repeatable = false;
    return OK;
}

static enum err take_brace(struct dialect *d)
{
    size_t n = braces_length(d->at);

    if (n > 0)
        return take_repetition(d, n);
    if (d->at[1] == ',')
        return refuse(d, "a {, which has another meaning in Python");
    d->at++;
    d->repeatable = true;
    return OK;
}

static enum err take_one(struct dialect *d)
{
    switch (*d->at) {
    case '\\': return take_escape(d, false);
    case '[': return take_class(d);
    case '(': return take_group(d);
    case ')': return take_end_of_group(d);
    case '*':
    case '+':
    case '?': return take_repetition(d, 1);
    case '{': return take_brace(d);
    case '|':
        if (d->behind[d->depth])
            return refuse(d, "a choice in a look behind, which must have one length in Python");
        d->repeatable = false;
        break;
    case '^':
    case '$': d->repeatable = false; break;
    default: d->repeatable = true; break;
    }
    d->at++;
    return OK;
}

enum err regex_dialect_check(const char *pattern, struct why *why)
{
    struct dialect d = {.begin = pattern, .at = pattern, .why = why};
    enum err e = OK;

    while (e == OK && *d.at != '\0')
        e = take_one(&d);
    if (e == OK && d.depth > 0)
        return refuse(&d, "a ( without its )");
    return e;
}
