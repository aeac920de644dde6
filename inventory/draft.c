#include "inventory/draft.h"

#include "inventory/names.h"

#include <stdlib.h>
#include <string.h>

#define COST_OF_TEXT 32 /* what a small piece of memory costs besides its bytes */

void numbers_fini(struct numbers *list)
{
    free(list->at);
    *list = (struct numbers){0};
}

enum err numbers_add(struct numbers *list, size_t number)
{
    if (list->n == list->room) {
        size_t room = list->room == 0 ? 4 : list->room * 2;
        size_t *at = realloc(list->at, room * sizeof *at);

        if (at == NULL)
            return E_MEMORY;
        list->at = at;
        list->room = room;
    }
    list->at[list->n++] = number;
    return OK;
}

bool numbers_hold(const struct numbers *list, size_t number)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i] == number)
            return true;
    return false;
}

static void vars_fini(struct draft_vars *vars)
{
    for (size_t i = 0; i < vars->n; i++) {
        free(vars->at[i].name);
        free(vars->at[i].value);
    }
    free(vars->at);
}

enum err draft_init(struct draft *d)
{
    size_t all, ungrouped;
    enum err e;

    *d = (struct draft){0};
    if ((e = draft_group(d, "all", 0, &all, NULL)) != OK ||
        (e = draft_group(d, "ungrouped", 0, &ungrouped, NULL)) != OK)
        return e;
    d->groups[all].seen = d->groups[all].declared = true;
    d->groups[ungrouped].seen = d->groups[ungrouped].declared = true;
    return draft_nest(d, all, ungrouped, NULL);
}

void draft_fini(struct draft *d)
{
    for (size_t i = 0; i < d->n_groups; i++) {
        struct draft_group *g = &d->groups[i];

        free(g->name);
        vars_fini(&g->vars);
        numbers_fini(&g->hosts);
        numbers_fini(&g->children);
        numbers_fini(&g->parents);
        numbers_fini(&g->waiting);
    }
    for (size_t i = 0; i < d->n_hosts; i++) {
        free(d->hosts[i].name);
        vars_fini(&d->hosts[i].vars);
        numbers_fini(&d->hosts[i].groups);
    }
    free(d->groups);
    free(d->hosts);
    name_map_fini(&d->group_of);
    name_map_fini(&d->host_of);
    *d = (struct draft){0};
}

enum err draft_spend(struct draft *d, size_t bytes, struct why *why)
{
    d->n_bytes += bytes + COST_OF_TEXT;
    if (d->n_bytes > DRAFT_BYTES_MAX)
        return why_set(why, E_LIMIT,
                       "the inventory takes more than %u MiB when it is written out for every host",
                       DRAFT_BYTES_MAX >> 20);
    return OK;
}

/* Room for one more element; the array is NULL and the room 0 at first. */
static void *grown(void *array, size_t n, size_t *room, size_t size)
{
    size_t wanted = *room == 0 ? 16 : *room * 2;
    void *bigger;

    if (n < *room)
        return array;
    bigger = realloc(array, wanted * size);
    if (bigger != NULL)
        *room = wanted;
    return bigger;
}

enum err draft_group(struct draft *d, const char *name, size_t line, size_t *out, struct why *why)
{
    struct draft_group *groups;
    char *copy;

    if (name_map_get(&d->group_of, name, out))
        return OK;
    if (d->n_groups >= DRAFT_GROUPS_MAX)
        return why_set(why, E_LIMIT, "more than %d groups", DRAFT_GROUPS_MAX);
    groups = grown(d->groups, d->n_groups, &d->groups_room, sizeof *groups);
    if (groups == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    d->groups = groups;
    copy = str_dup(name);
    if (copy == NULL || name_map_put(&d->group_of, copy, d->n_groups) != OK) {
        free(copy);
        return why_set(why, E_MEMORY, "out of memory");
    }
    d->groups[d->n_groups] = (struct draft_group){.name = copy, .priority = 1, .line = line};
    *out = d->n_groups++;
    return OK;
}

enum err draft_host(struct draft *d, const char *name, size_t line, size_t *out, bool *is_new,
                    struct why *why)
{
    struct draft_host *hosts;
    char *copy;
    enum err e;

    *is_new = false;
    if (name_map_get(&d->host_of, name, out))
        return OK;
    if (d->n_hosts >= INVENTORY_HOSTS_MAX)
        return why_set(why, E_LIMIT, "more than %d hosts", INVENTORY_HOSTS_MAX);
    if ((e = draft_spend(d, strlen(name), why)) != OK)
        return e;
    hosts = grown(d->hosts, d->n_hosts, &d->hosts_room, sizeof *hosts);
    if (hosts == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    d->hosts = hosts;
    copy = str_dup(name);
    if (copy == NULL || name_map_put(&d->host_of, copy, d->n_hosts) != OK) {
        free(copy);
        return why_set(why, E_MEMORY, "out of memory");
    }
    d->hosts[d->n_hosts] = (struct draft_host){.name = copy, .line = line};
    *out = d->n_hosts++;
    *is_new = true;
    return OK;
}

enum err draft_join(struct draft *d, size_t host, size_t group, struct why *why)
{
    enum err e = draft_spend(d, strlen(d->hosts[host].name), why);

    if (e != OK || numbers_hold(&d->hosts[host].groups, group))
        return e;
    if (numbers_add(&d->hosts[host].groups, group) != OK ||
        numbers_add(&d->groups[group].hosts, host) != OK)
        return why_set(why, E_MEMORY, "out of memory");
    return OK;
}

enum err draft_nest(struct draft *d, size_t parent, size_t child, struct why *why)
{
    if (parent == child)
        return why_set(why, E_DATA, "group %s is its own child", d->groups[parent].name);
    if (numbers_hold(&d->groups[child].parents, parent))
        return OK;
    if (d->n_edges >= DRAFT_EDGES_MAX)
        return why_set(why, E_LIMIT, "more than %d children in all groups", DRAFT_EDGES_MAX);
    if (numbers_add(&d->groups[child].parents, parent) != OK ||
        numbers_add(&d->groups[parent].children, child) != OK)
        return why_set(why, E_MEMORY, "out of memory");
    d->n_edges++;
    return OK;
}

static enum err vars_set(struct draft *d, struct draft_vars *vars, const char *name,
                         const char *value, struct why *why)
{
    struct host_var *at;
    char *name_copy, *value_copy;
    enum err e;

    if (strlen(value) > HOST_VALUE_MAX)
        return why_set(why, E_LIMIT, "the value of %s has more than %d bytes", name,
                       HOST_VALUE_MAX);
    if (var_is_secret(name, value)) {
        d->dropped_secrets++;
        return OK;
    }
    if ((e = draft_spend(d, strlen(name) + strlen(value), why)) != OK)
        return e;
    at = grown(vars->at, vars->n, &vars->room, sizeof *at);
    if (at == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    vars->at = at;
    name_copy = str_dup(name);
    value_copy = str_dup(value);
    if (name_copy == NULL || value_copy == NULL) {
        free(name_copy);
        free(value_copy);
        return why_set(why, E_MEMORY, "out of memory");
    }
    /* One that is there already is overruled when variables are merged: the last one counts. */
    vars->at[vars->n++] = (struct host_var){.name = name_copy, .value = value_copy};
    return OK;
}

enum err draft_host_var(struct draft *d, size_t host, const char *name, const char *value,
                        struct why *why)
{
    return vars_set(d, &d->hosts[host].vars, name, value, why);
}

/* As Python's int() takes it: blanks around, a sign, digits. */
static bool priority_parse(const char *s, int64_t *out)
{
    bool negative = *s == '-';
    uint64_t n;

    if (*s == '-' || *s == '+')
        s++;
    if (*s == '\0' || strlen(s) > 9 || s[strspn(s, "0123456789")] != '\0' || !str_parse_u64(s, &n))
        return false;
    *out = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

enum err draft_group_var(struct draft *d, size_t group, const char *name, const char *value,
                         struct why *why)
{
    if (strcmp(name, "ansible_group_priority") != 0)
        return vars_set(d, &d->groups[group].vars, name, value, why);
    if (!priority_parse(value, &d->groups[group].priority))
        return why_set(why, E_DATA, "expected a whole number for ansible_group_priority");
    return OK;
}
