#include "inventory/draft.h"

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
        draft_vars_fini(&g->vars);
        draft_vars_fini(&g->file_vars);
        numbers_fini(&g->hosts);
        numbers_fini(&g->children);
        numbers_fini(&g->parents);
        numbers_fini(&g->waiting);
    }
    for (size_t i = 0; i < d->n_hosts; i++) {
        free(d->hosts[i].name);
        draft_vars_fini(&d->hosts[i].vars);
        draft_vars_fini(&d->hosts[i].file_vars);
        numbers_fini(&d->hosts[i].groups);
    }
    free(d->groups);
    free(d->hosts);
    name_map_fini(&d->group_of);
    name_map_fini(&d->host_of);
    names_fini(&d->files);
    notes_fini(&d->notes);
    *d = (struct draft){0};
}

enum err draft_file(struct draft *d, const char *file)
{
    return names_add(&d->files, file);
}

const char *draft_file_name(const struct draft *d)
{
    return d->files.n == 0 ? "" : d->files.at[d->files.n - 1];
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
void *draft_grown(void *array, size_t n, size_t *room, size_t size)
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
    groups = draft_grown(d->groups, d->n_groups, &d->groups_room, sizeof *groups);
    if (groups == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    d->groups = groups;
    copy = str_dup(name);
    if (copy == NULL || name_map_put(&d->group_of, copy, d->n_groups) != OK) {
        free(copy);
        return why_set(why, E_MEMORY, "out of memory");
    }
    d->groups[d->n_groups] = (struct draft_group){
        .name = copy, .priority = 1, .file = draft_file_name(d), .line = line};
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
    hosts = draft_grown(d->hosts, d->n_hosts, &d->hosts_room, sizeof *hosts);
    if (hosts == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    d->hosts = hosts;
    copy = str_dup(name);
    if (copy == NULL || name_map_put(&d->host_of, copy, d->n_hosts) != OK) {
        free(copy);
        return why_set(why, E_MEMORY, "out of memory");
    }
    d->hosts[d->n_hosts] = (struct draft_host){
        .name = copy, .file = draft_file_name(d), .line = line};
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
    if (parent == DRAFT_UNGROUPED || (child == DRAFT_UNGROUPED && parent != DRAFT_ALL))
        return why_set(why, E_DATA,
                       "ungrouped holds the hosts of no other group: it has no children and is no"
                       " child but of all (Ansible loses hosts here)");
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
