#include "inventory/host_range.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_MAX 8          /* brackets in one name */
#define RANGE_TEXT_MAX 64     /* bytes between two brackets */
#define RANGE_DIGITS_MAX 18   /* of a bound: what an int64_t holds */
#define EXPANDED_NAME_MAX 512 /* a longer one is no host's name anyway */

struct range {
    bool letters;
    uint64_t first, last, step; /* numbers, or places in the alphabet */
    size_t width;               /* 0: as short as it is */
};

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

void names_fini(struct names *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->at[i]);
    free(list->at);
    *list = (struct names){0};
}

enum err names_add(struct names *list, const char *name)
{
    char *copy = str_dup(name);

    if (copy == NULL)
        return E_MEMORY;
    if (list->n == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        char **at = realloc(list->at, room * sizeof *at);

        if (at == NULL) {
            free(copy);
            return E_MEMORY;
        }
        list->at = at;
        list->room = room;
    }
    list->at[list->n++] = copy;
    return OK;
}

bool has_range(const char *s)
{
    for (s = strchr(s, '['); s != NULL; s = strchr(s + 1, '[')) {
        size_t n = strcspn(s, "]");

        if (s[n] == ']' && memchr(s, ':', n) != NULL)
            return true;
    }
    return false;
}

static bool number_parse(const char *s, uint64_t *out)
{
    size_t n = strlen(s);

    return n > 0 && n <= RANGE_DIGITS_MAX && strspn(s, "0123456789") == n && str_parse_u64(s, out);
}

static bool letter_parse(const char *s, uint64_t *out)
{
    const char *at = s[0] != '\0' && s[1] == '\0' ? strchr(alphabet, s[0]) : NULL;

    if (at != NULL)
        *out = (uint64_t)(at - alphabet);
    return at != NULL;
}

static enum err bounds_parse(const char *first, const char *last, const char *step,
                             struct range *out, struct why *why)
{
    struct range r = {.step = 1};

    if (first[0] == '\0')
        first = "0";
    r.letters = letter_parse(first, &r.first) && letter_parse(last, &r.last);
    if (!r.letters && (!number_parse(first, &r.first) || !number_parse(last, &r.last)))
        return why_set(why, E_DATA,
                       "a range is two numbers or two letters, as in [01:20] or [a:f],"
                       " not [%s:%s]",
                       first, last);
    if (step != NULL && (!number_parse(step, &r.step) || r.step == 0))
        return why_set(why, E_DATA, "the step of a range is a number from 1, not %s", step);
    if (r.first > r.last)
        return why_set(why, E_DATA, "a range begins with its smaller end, not [%s:%s]", first,
                       last);
    if (!r.letters && first[0] == '0' && first[1] != '\0') {
        r.width = strlen(first);
        if (r.width != strlen(last))
            return why_set(why, E_DATA,
                           "with leading zeros both ends of a range have as many"
                           " digits, unlike [%s:%s]",
                           first, last);
    }
    *out = r;
    return OK;
}

/* What stands between the brackets, n bytes at s. */
static enum err range_parse(const char *s, size_t n, struct range *out, struct why *why)
{
    char text[RANGE_TEXT_MAX];
    char *last, *step;

    if (n >= sizeof text)
        return why_set(why, E_DATA, "a range is too long");
    memcpy(text, s, n);
    text[n] = '\0';
    last = strchr(text, ':');
    if (last == NULL)
        return why_set(why, E_DATA, "expected a range as in [01:20], not [%s]", text);
    *last++ = '\0';
    step = strchr(last, ':');
    if (step != NULL)
        *step++ = '\0';
    return bounds_parse(text, last, step, out, why);
}

/* n names of one range, times those of the ranges behind it. Depth is bounded by RANGES_MAX. */
static enum err expand(const char *head, const char *s, size_t max, size_t depth,
                       struct names *list, struct why *why);

static enum err expand_range(const char *head, const char *s, size_t open, size_t max, size_t depth,
                             struct names *list, struct why *why)
{
    size_t length = strcspn(s + open, "]");
    struct range r = {.step = 1};
    enum err e;

    if (s[open + length] != ']')
        return why_set(why, E_DATA, "a '[' has no ']'");
    if ((e = range_parse(s + open + 1, length - 1, &r, why)) != OK)
        return e;
    if ((r.last - r.first) / r.step >= max)
        return why_set(why, E_LIMIT, "a range of more than %zu names", max);
    for (uint64_t i = r.first; e == OK && i <= r.last; i += r.step) {
        char name[EXPANDED_NAME_MAX];
        int n;

        if (r.letters)
            n = snprintf(name, sizeof name, "%s%.*s%c", head, (int)open, s, alphabet[i]);
        else
            n = snprintf(name, sizeof name, "%s%.*s%0*" PRIu64, head, (int)open, s, (int)r.width,
                         i);
        if (n < 0 || (size_t)n >= sizeof name)
            return why_set(why, E_DATA, "a name made from a range is too long");
        e = expand(name, s + open + length + 1, max, depth + 1, list, why);
    }
    return e;
}

static enum err expand(const char *head, const char *s, size_t max, size_t depth,
                       struct names *list, struct why *why)
{
    size_t open = strcspn(s, "[");
    struct text name = {0};
    enum err e;

    if (s[open] == '[') {
        if (depth >= RANGES_MAX)
            return why_set(why, E_LIMIT, "more than %d ranges in one name", RANGES_MAX);
        return expand_range(head, s, open, max, depth, list, why);
    }
    if (list->n >= max)
        return why_set(why, E_LIMIT, "a range of more than %zu names", max);
    text_put(&name, head);
    text_put(&name, s);
    if ((e = text_end(&name)) != OK || (e = names_add(list, text_str(&name))) != OK)
        e = why_set(why, e, "out of memory");
    text_fini(&name);
    return e;
}

enum err host_range_expand(const char *s, size_t max, struct names *list, struct why *why)
{
    struct names made = {0};
    enum err e = expand("", s, max, 0, &made, why);

    for (size_t i = 0; e == OK && i < made.n; i++)
        if ((e = names_add(list, made.at[i])) != OK) {
            while (i-- > 0)
                free(list->at[--list->n]);
            e = why_set(why, e, "out of memory");
            break;
        }
    names_fini(&made);
    return e;
}
