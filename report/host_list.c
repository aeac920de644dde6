#include "report/host_list.h"

#include <string.h>

#define DIGITS_MAX 9
#define RANGE_MIN 3 /* fewer names in a row are written out */

/* name = head, digits, tail: the last run of digits counts. */
struct parts {
    size_t head, digits;
    uint32_t number;
};

static bool parts_of(const char *name, struct parts *out)
{
    size_t end = strlen(name), at;
    for (const char *c = name; *c; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("[]:,!&*?", *c)) /* not for a pattern */
            return false;
    while (end > 0 && !(name[end - 1] >= '0' && name[end - 1] <= '9'))
        end--;
    for (at = end; at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9';)
        at--;
    if (end == at || end - at > DIGITS_MAX)
        return false;
    *out = (struct parts){.head = at, .digits = end - at};
    for (size_t i = at; i < end; i++)
        out->number = out->number * 10 + (uint32_t)(name[i] - '0');
    return true;
}

/* Is b the name after a? */
static bool follows(const char *a, const char *b)
{
    struct parts x, y;
    if (!parts_of(a, &x) || !parts_of(b, &y) || x.head != y.head || y.number != x.number + 1 ||
        strncmp(a, b, x.head) != 0 || strcmp(a + x.head + x.digits, b + y.head + y.digits) != 0)
        return false;
    /* web9, web10 is a range; web09, web10 too; web9, web010 is none. */
    return x.digits == y.digits ||
           (y.digits == x.digits + 1 && a[x.head] != '0' && b[y.head] != '0');
}

static size_t run_length(const struct rollout_spec *spec, const uint32_t *hosts, size_t n)
{
    size_t i = 1;
    while (i < n && follows(spec->hosts[hosts[i - 1]].name, spec->hosts[hosts[i]].name))
        i++;
    return i;
}

static void put_range(struct text *t, const char *first, const char *last)
{
    struct parts x = {0}, y = {0};
    (void)(parts_of(first, &x) && parts_of(last, &y));
    text_put_n(t, first, x.head);
    text_char(t, '[');
    text_put_n(t, first + x.head, x.digits);
    text_char(t, ':');
    text_put_n(t, last + y.head, y.digits);
    text_char(t, ']');
    text_put(t, last + y.head + y.digits);
}

bool host_list_put(const struct page *p, struct text *t, const struct rollout_spec *spec,
                   const uint32_t *hosts, size_t n, size_t columns)
{
    size_t used = 0;
    for (size_t i = 0; i < n && !t->bad;) {
        size_t run = run_length(spec, hosts + i, n - i);
        struct text piece = {0};
        run = run < RANGE_MIN ? 1 : run;
        if (run > 1)
            put_range(&piece, spec->hosts[hosts[i]].name, spec->hosts[hosts[i + run - 1]].name);
        else
            page_said(p, &piece, spec->hosts[hosts[i]].name);
        size_t width = page_width(text_str(&piece)) + 2;
        bool fits = i == 0 || used + width <= columns;
        if (fits)
            text_printf(t, "%s%s", i ? ", " : "", text_str(&piece));
        t->bad |= piece.bad;
        text_fini(&piece);
        if (!fits) {
            text_printf(t, ", %s %zu more", page_more(p), n - i);
            return false;
        }
        used += width;
        i += run;
    }
    return true;
}
