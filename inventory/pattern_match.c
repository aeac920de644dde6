#include "inventory/pattern_match.h"

#include "inventory/glob.h"
#include "inventory/host_range.h"

#include <stdlib.h>
#include <string.h>

#define MEMBER_DIGITS_MAX 9

struct group_mark {
    const char *name;
    bool meant; /* by the pattern at hand */
};

static enum err out_of_memory(const struct matcher *m)
{
    return why_set(m->why, E_MEMORY, "out of memory");
}

static enum err group_note(struct matcher *m, const char *name, size_t *room)
{
    size_t number;

    if (name_map_get(&m->group_of, name, &number))
        return OK;
    if (m->n_groups == *room) {
        size_t wanted = *room == 0 ? 64 : *room * 2;
        struct group_mark *groups = realloc(m->groups, wanted * sizeof *groups);

        if (groups == NULL)
            return out_of_memory(m);
        m->groups = groups;
        *room = wanted;
    }
    if (name_map_put(&m->group_of, name, m->n_groups) != OK)
        return out_of_memory(m);
    m->groups[m->n_groups++] = (struct group_mark){.name = name};
    return OK;
}

enum err matcher_init(struct matcher *m)
{
    size_t room = 0;

    m->match = calloc(m->inv->n_hosts + 1, sizeof *m->match);
    if (m->match == NULL)
        return out_of_memory(m);
    for (size_t i = 0; i < m->inv->n_hosts; i++) {
        const struct host *h = &m->inv->hosts[i];
        enum err e;

        if (name_map_put(&m->hosts, h->name, i) != OK)
            return out_of_memory(m);
        for (size_t k = 0; k < h->n_groups; k++)
            if ((e = group_note(m, h->groups[k], &room)) != OK)
                return e;
    }
    return OK;
}

void matcher_fini(struct matcher *m)
{
    name_map_fini(&m->hosts);
    name_map_fini(&m->group_of);
    free(m->groups);
    free(m->match);
}

/* --- what one pattern matches --- */

static void match_group_members(struct matcher *m)
{
    for (size_t i = 0; i < m->inv->n_hosts; i++) {
        const struct host *h = &m->inv->hosts[i];

        for (size_t k = 0; k < h->n_groups && !m->match[i]; k++) {
            size_t group;

            m->match[i] =
                name_map_get(&m->group_of, h->groups[k], &group) && m->groups[group].meant;
        }
    }
}

static bool match_groups(struct matcher *m, const char *pattern)
{
    bool any = false;
    size_t number;

    if (!glob_is_one(pattern)) {
        if (!name_map_get(&m->group_of, pattern, &number))
            return false;
        for (size_t i = 0; i < m->n_groups; i++)
            m->groups[i].meant = i == number;
        return true;
    }
    for (size_t i = 0; i < m->n_groups; i++) {
        m->groups[i].meant = glob_match(pattern, m->groups[i].name);
        any = any || m->groups[i].meant;
    }
    return any;
}

static void match_all(struct matcher *m)
{
    for (size_t i = 0; i < m->inv->n_hosts; i++)
        m->match[i] = true;
}

/* Groups; and hosts too if no group matches, or if the pattern has a dot or is a glob. */
static void match_plain(struct matcher *m, const char *pattern)
{
    bool groups;
    size_t host;

    if (strcmp(pattern, "all") == 0) {
        match_all(m);
        return;
    }
    groups = match_groups(m, pattern);
    if (groups)
        match_group_members(m);
    if (glob_is_one(pattern))
        for (size_t i = 0; i < m->inv->n_hosts; i++)
            m->match[i] = m->match[i] || glob_match(pattern, m->inv->hosts[i].name);
    else if ((!groups || strchr(pattern, '.') != NULL) && name_map_get(&m->hosts, pattern, &host))
        m->match[host] = true;
}

/* --- members of a group: NAME[2], NAME[-1], NAME[0:4], NAME[3:] --- */

struct members {
    char *base;
    bool is_slice;
    int64_t first, last; /* both belong to it; last -1: to the end */
};

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

/* Does the pattern end in what Ansible takes for a subscript? */
static bool members_parse(const char *pattern, struct members *out)
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

static bool is_padded(const char *pattern)
{
    const char *open = strrchr(pattern, '[');

    return open != NULL && open[1] == '0' && open[2] >= '0' && open[2] <= '9';
}

struct member {
    size_t place, host;
};

static int member_compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    return x->place < y->place ? -1 : x->place > y->place;
}

static size_t members_list(const struct matcher *m, const char *group, struct member *list)
{
    size_t n = 0;

    for (size_t i = 0; i < m->inv->n_hosts; i++) {
        const struct host *h = &m->inv->hosts[i];

        for (size_t k = 0; k < h->n_groups; k++)
            if (strcmp(h->groups[k], group) == 0)
                list[n++] =
                    (struct member){.place = h->places == NULL ? i : h->places[k], .host = i};
    }
    qsort(list, n, sizeof *list, member_compare);
    return n;
}

static enum err match_members(struct matcher *m, const struct members *sub)
{
    struct member *list = calloc(m->inv->n_hosts + 1, sizeof *list);
    int64_t n, first, last;

    if (list == NULL)
        return out_of_memory(m);
    n = (int64_t)members_list(m, sub->base, list);
    first = sub->first < 0 ? n + sub->first : sub->first;
    last = sub->is_slice ? sub->last : first;
    if (sub->is_slice && last < 0)
        last = n - 1;
    for (int64_t i = first; i >= 0 && i < n && i <= last; i++)
        m->match[list[i].host] = true;
    free(list);
    return OK;
}

/* --- ranges of names --- */

/* *is_host: at least one of the names is a host's. */
static enum err match_range(struct matcher *m, const char *pattern, bool only_look, bool *is_host)
{
    struct names names = {0};
    enum err e = host_range_expand(pattern, INVENTORY_HOSTS_MAX, &names, m->why);

    *is_host = false;
    for (size_t i = 0; e == OK && i < names.n; i++) {
        size_t host;

        *is_host = *is_host || name_map_get(&m->hosts, names.at[i], &host);
        if (!only_look)
            match_plain(m, names.at[i]);
    }
    names_fini(&names);
    return e;
}

/* [a:b] behind the name of a group. Ansible would take `db[01:20]` for members 1 to 20, even where
 * hosts db01 to db20 are there; who wrote the zero meant those. */
static enum err match_group_subscript(struct matcher *m, const char *pattern,
                                      const struct members *sub)
{
    bool is_host = false;
    enum err e;

    if (sub->is_slice && is_padded(pattern) && has_range(pattern)) {
        if ((e = match_range(m, pattern, true, &is_host)) != OK)
            return e;
        if (is_host)
            return why_set(m->why, E_DATA,
                           "%s could be hosts of these names or members of group %s: write the"
                           " members without leading zeros, or the names with a glob",
                           pattern, sub->base);
    }
    return match_members(m, sub);
}

static enum err match_brackets(struct matcher *m, const char *pattern)
{
    struct members sub = {0};
    bool subscript = members_parse(pattern, &sub), ignored;
    size_t number;
    enum err e = OK;

    if (subscript && sub.base == NULL)
        return out_of_memory(m);
    if (subscript && strcmp(sub.base, "all") == 0)
        e = why_set(m->why, E_DATA, "members of the group all are not numbered: %s", pattern);
    else if (subscript && name_map_get(&m->group_of, sub.base, &number))
        e = match_group_subscript(m, pattern, &sub);
    else if (has_range(pattern) && strpbrk(pattern, "*?") != NULL)
        e = why_set(m->why, E_DATA, "a range and a glob do not go together: %s", pattern);
    else if (has_range(pattern))
        e = match_range(m, pattern, false, &ignored);
    else if (subscript)
        e = why_set(m->why, E_DATA,
                    "digits in brackets at the end number the members of a group, and there is no"
                    " group %s",
                    sub.base);
    else
        match_plain(m, pattern);
    free(sub.base);
    return e;
}

enum err matcher_match(struct matcher *m, const char *pattern)
{
    size_t host;

    memset(m->match, 0, m->inv->n_hosts * sizeof *m->match);
    if (pattern[0] == '~')
        return why_set(m->why, E_DATA, "regular expressions are not taken: %s", pattern);
    if (name_map_get(&m->hosts, pattern, &host) && !name_map_get(&m->group_of, pattern, &host))
        m->match[host] = true;
    else if (strchr(pattern, '[') != NULL)
        return match_brackets(m, pattern);
    else
        match_plain(m, pattern);
    return OK;
}
