#include "inventory/pattern_match.h"

#include "inventory/glob.h"
#include "inventory/host_range.h"
#include "inventory/pattern_members.h"
#include "inventory/regex.h"

#include <stdlib.h>
#include <string.h>

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

bool matcher_mark_groups(struct matcher *m, const char *pattern)
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
    groups = matcher_mark_groups(m, pattern);
    if (groups)
        match_group_members(m);
    if (glob_is_one(pattern))
        for (size_t i = 0; i < m->inv->n_hosts; i++)
            m->match[i] = m->match[i] || glob_match(pattern, m->inv->hosts[i].name);
    else if ((!groups || strchr(pattern, '.') != NULL) && name_map_get(&m->hosts, pattern, &host))
        m->match[host] = true;
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

/* --- members: NAME[2], NAME[-1], NAME[0:4], NAME[3:] --- */

static bool is_padded(const char *pattern)
{
    const char *open = strrchr(pattern, '[');

    return open != NULL && open[1] == '0' && open[2] >= '0' && open[2] <= '9';
}

/* [a:b] behind the name of a group. Ansible would take `db[01:20]` for members 1 to 20, even where
 * hosts db01 to db20 are there; who wrote the zero meant those. */
static enum err padded_refuse(struct matcher *m, const char *pattern, const struct members *sub)
{
    bool is_host = false;
    enum err e;

    if (!sub->is_slice || !is_padded(pattern) || !has_range(pattern))
        return OK;
    if ((e = match_range(m, pattern, true, &is_host)) != OK || !is_host)
        return e;
    return why_set(m->why, E_DATA,
                   "%s could be hosts of these names or members of group %s: write the members"
                   " without leading zeros, or the names with a glob",
                   pattern, sub->base);
}

/* A base that has hosts of its own to number: a group, "all", a glob, or a host's name. */
static bool has_members(const struct matcher *m, const char *base)
{
    size_t ignored;

    return strcmp(base, "all") == 0 || glob_is_one(base) ||
           name_map_get(&m->group_of, base, &ignored) || name_map_get(&m->hosts, base, &ignored);
}

static enum err match_subscript(struct matcher *m, const char *pattern, const struct members *sub)
{
    size_t group = 0;
    bool is_group = name_map_get(&m->group_of, sub->base, &group), ignored;
    enum err e;

    if (has_range(sub->base))
        return why_set(m->why, E_DATA, "a range and a subscript do not go together: %s", pattern);
    if (!is_group && sub->is_slice && has_range(pattern) && !glob_is_one(sub->base) &&
        strcmp(sub->base, "all") != 0)
        return match_range(m, pattern, false, &ignored);
    if (!has_members(m, sub->base))
        return why_set(m->why, E_DATA,
                       "digits in brackets at the end number the members of a group, and there is"
                       " no group %s",
                       sub->base);
    if (is_group && (e = padded_refuse(m, pattern, sub)) != OK)
        return e;
    return members_match(m, sub);
}

static enum err match_brackets(struct matcher *m, const char *pattern)
{
    struct members sub = {0};
    bool subscript = members_parse(pattern, &sub), ignored;
    enum err e = OK;

    if (subscript && sub.base == NULL)
        return out_of_memory(m);
    if (subscript)
        e = match_subscript(m, pattern, &sub);
    else if (has_range(pattern) && strpbrk(pattern, "*?") != NULL)
        e = why_set(m->why, E_DATA, "a range and a glob do not go together: %s", pattern);
    else if (has_range(pattern))
        e = match_range(m, pattern, false, &ignored);
    else
        match_plain(m, pattern);
    free(sub.base);
    return e;
}

/* --- regular expressions --- */

/* Groups but "all", and hosts. */
static enum err match_regex(struct matcher *m, const char *pattern)
{
    struct regex *r = NULL;
    bool any = false;
    enum err e;

    if (*pattern == '\0')
        return why_set(m->why, E_DATA, "expected a regular expression behind ~");
    if ((e = regex_new(pattern, &r, m->why)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < m->n_groups; i++) {
        e = regex_match(r, m->groups[i].name, &m->groups[i].meant, m->why);
        any = any || m->groups[i].meant;
    }
    if (e == OK && any)
        match_group_members(m);
    for (size_t i = 0; e == OK && i < m->inv->n_hosts; i++)
        if (!m->match[i])
            e = regex_match(r, m->inv->hosts[i].name, &m->match[i], m->why);
    regex_free(r);
    return e;
}

enum err matcher_match(struct matcher *m, const char *pattern)
{
    size_t host;

    memset(m->match, 0, m->inv->n_hosts * sizeof *m->match);
    if (pattern[0] == '~')
        return match_regex(m, pattern + 1);
    if (name_map_get(&m->hosts, pattern, &host) && !name_map_get(&m->group_of, pattern, &host))
        m->match[host] = true;
    else if (strchr(pattern, '[') != NULL)
        return match_brackets(m, pattern);
    else
        match_plain(m, pattern);
    return OK;
}
