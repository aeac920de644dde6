#include "inventory/pattern_members.h"

#include "inventory/glob.h"

#include <stdlib.h>
#include <string.h>

#define MEMBER_DIGITS_MAX 9

static bool digits_parse(const char *s, size_t n, int64_t *out)
{
    int64_t v = 0;

    if (n == 0 || n > MEMBER_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *out = v;
    return true;
}

bool members_parse(const char *pattern, struct members *out)
{
    const char *open = strrchr(pattern, '[');
    size_t n = strlen(pattern), length, first;
    bool negative;

    if (open == NULL || open == pattern || pattern[n - 1] != ']')
        return false;
    open++;
    length = (size_t)(pattern + n - 1 - open);
    *out = (struct members){.last = -1};
    first = strcspn(open, ":-");
    if (first < length && first > 0) {
        out->is_slice = true;
        if (!digits_parse(open, first, &out->first) ||
            (first + 1 < length && !digits_parse(open + first + 1, length - first - 1, &out->last)))
            return false;
    } else {
        negative = *open == '-';
        if (!digits_parse(open + negative, length - negative, &out->first))
            return false;
        out->first = negative ? -out->first : out->first;
    }
    out->base = str_dup_n(pattern, (size_t)(open - 1 - pattern));
    return true;
}

/* --- the members in their order --- */

struct member {
    size_t place, host;
};

struct list {
    struct member *at; /* room for each host twice: as a member and by its own name */
    size_t n;
};

static int member_compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->host < y->host ? -1 : x->host > y->host;
}

static void list_group(const struct matcher *m, const char *group, struct list *list)
{
    bool all = strcmp(group, "all") == 0;

    for (size_t i = 0; i < m->inv->n_hosts; i++) {
        const struct host *h = &m->inv->hosts[i];

        if (all)
            list->at[list->n++] = (struct member){.place = h->place, .host = i};
        for (size_t k = 0; !all && k < h->n_groups; k++)
            if (strcmp(h->groups[k], group) == 0)
                list->at[list->n++] =
                    (struct member){.place = h->places == NULL ? i : h->places[k], .host = i};
    }
    qsort(list->at, list->n, sizeof *list->at, member_compare);
}

/* The one group that is marked; NULL if there is none, or more than one. */
static const char *marked_group(const struct matcher *m, size_t *n)
{
    const char *name = NULL;

    *n = 0;
    for (size_t i = 0; i < m->n_groups; i++)
        if (m->groups[i].meant) {
            name = m->groups[i].name;
            ++*n;
        }
    return *n == 1 ? name : NULL;
}

static enum err list_fill(struct matcher *m, const char *base, struct list *list)
{
    bool is_glob = glob_is_one(base), any;
    size_t n_groups = 0, host;

    if (strcmp(base, "all") == 0) {
        list_group(m, base, list);
        return OK;
    }
    any = matcher_mark_groups(m, base);
    if (any) {
        const char *group = marked_group(m, &n_groups);

        if (group == NULL)
            return why_set(m->why, E_DATA,
                           "%s matches %zu groups: say of which one the members are meant", base,
                           n_groups);
        list_group(m, group, list);
    }
    if (is_glob) {
        for (size_t i = 0; i < m->inv->n_hosts; i++)
            if (glob_match(base, m->inv->hosts[i].name))
                list->at[list->n++] = (struct member){.host = i};
    } else if ((!any || strchr(base, '.') != NULL) && name_map_get(&m->hosts, base, &host)) {
        list->at[list->n++] = (struct member){.host = host};
    }
    return OK;
}

enum err members_match(struct matcher *m, const struct members *sub)
{
    struct list list = {.at = calloc(2 * m->inv->n_hosts + 1, sizeof *list.at)};
    int64_t n, first, last;
    enum err e;

    if (list.at == NULL)
        return why_set(m->why, E_MEMORY, "out of memory");
    e = list_fill(m, sub->base, &list);
    n = (int64_t)list.n;
    first = sub->first < 0 ? n + sub->first : sub->first;
    last = sub->last < 0 ? n - 1 : sub->last;
    if (!sub->is_slice || sub->last == 0) /* to Ansible [2:0] is [2]: an end of 0 is none to it */
        last = first;
    for (int64_t i = first; e == OK && i >= 0 && i < n && i <= last; i++)
        m->match[list.at[i].host] = true;
    free(list.at);
    return e;
}
