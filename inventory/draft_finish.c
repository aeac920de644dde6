#include "inventory/draft.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What is computed once for all hosts. by_rank[] holds group numbers in the order in which their
 * variables overrule each other; by name, in the order in which a host lists them. */
struct finish {
    struct draft *d;
    struct inventory *inv;
    size_t *by_rank, *rank_of;
    size_t *by_name, *name_rank_of;
    size_t *stamp;             /* per group: the last one, plus 1, that saw it */
    struct numbers todo;       /* groups to be looked at */
    struct numbers *groups_of; /* per host: its groups as name ranks, sorted */
    struct why *why;
};

static enum err out_of_memory(const struct finish *f)
{
    return why_set(f->why, E_MEMORY, "out of memory");
}

/* qsort() hands its comparison no context, so each element carries what it is sorted by. */
struct ranked {
    const struct draft_group *group;
    size_t number;
};

static int name_compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    return strcmp(x->group->name, y->group->name);
}

static int merge_compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->group->depth != y->group->depth)
        return x->group->depth < y->group->depth ? -1 : 1;
    if (x->group->priority != y->group->priority)
        return x->group->priority < y->group->priority ? -1 : 1;
    return name_compare(a, b);
}

static void rank(const struct draft *d, struct ranked *scratch,
                 int (*compare)(const void *, const void *), size_t *order, size_t *rank_of)
{
    for (size_t i = 0; i < d->n_groups; i++)
        scratch[i] = (struct ranked){.group = &d->groups[i], .number = i};
    qsort(scratch, d->n_groups, sizeof *scratch, compare);
    for (size_t i = 0; i < d->n_groups; i++) {
        order[i] = scratch[i].number;
        rank_of[scratch[i].number] = i;
    }
}

static enum err finish_init(struct finish *f)
{
    size_t n = f->d->n_groups;
    struct ranked *scratch = calloc(n, sizeof *scratch);

    f->by_rank = calloc(n, sizeof *f->by_rank);
    f->rank_of = calloc(n, sizeof *f->rank_of);
    f->by_name = calloc(n, sizeof *f->by_name);
    f->name_rank_of = calloc(n, sizeof *f->name_rank_of);
    f->stamp = calloc(n, sizeof *f->stamp);
    f->groups_of = calloc(f->d->n_hosts + 1, sizeof *f->groups_of);
    f->inv = calloc(1, sizeof *f->inv);
    if (f->inv != NULL)
        f->inv->hosts = calloc(f->d->n_hosts + 1, sizeof *f->inv->hosts);
    if (scratch == NULL || f->by_rank == NULL || f->rank_of == NULL || f->by_name == NULL ||
        f->name_rank_of == NULL || f->stamp == NULL || f->groups_of == NULL || f->inv == NULL ||
        f->inv->hosts == NULL) {
        free(scratch);
        return out_of_memory(f);
    }
    rank(f->d, scratch, merge_compare, f->by_rank, f->rank_of);
    rank(f->d, scratch, name_compare, f->by_name, f->name_rank_of);
    free(scratch);
    return OK;
}

static void finish_fini(struct finish *f)
{
    for (size_t i = 0; f->groups_of != NULL && i < f->d->n_hosts; i++)
        numbers_fini(&f->groups_of[i]);
    free(f->groups_of);
    free(f->by_rank);
    free(f->rank_of);
    free(f->by_name);
    free(f->name_rank_of);
    free(f->stamp);
    numbers_fini(&f->todo);
    inventory_free(f->inv);
}

static int number_compare(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Every group above the host's own, "all" excepted, into todo. */
static enum err groups_above(struct finish *f, size_t host)
{
    const struct numbers *own = &f->d->hosts[host].groups;

    f->todo.n = 0;
    for (size_t i = 0; i < own->n; i++) {
        f->stamp[own->at[i]] = host + 1;
        if (numbers_add(&f->todo, own->at[i]) != OK)
            return out_of_memory(f);
    }
    for (size_t i = 0; i < f->todo.n; i++) {
        const struct numbers *parents = &f->d->groups[f->todo.at[i]].parents;

        for (size_t k = 0; k < parents->n; k++) {
            size_t parent = parents->at[k];

            if (parent == DRAFT_ALL || f->stamp[parent] == host + 1)
                continue;
            f->stamp[parent] = host + 1;
            if (numbers_add(&f->todo, parent) != OK)
                return out_of_memory(f);
        }
    }
    return OK;
}

/* The names of the groups in todo, sorted. */
static enum err groups_write(struct finish *f, size_t host, struct host *h)
{
    struct numbers *ranks = &f->groups_of[host];
    enum err e;

    h->groups = calloc(f->todo.n + 1, sizeof *h->groups);
    h->places = calloc(f->todo.n + 1, sizeof *h->places);
    if (h->groups == NULL || h->places == NULL)
        return out_of_memory(f);
    for (size_t i = 0; i < f->todo.n; i++)
        if (numbers_add(ranks, f->name_rank_of[f->todo.at[i]]) != OK)
            return out_of_memory(f);
    if (ranks->n > 0)
        qsort(ranks->at, ranks->n, sizeof *ranks->at, number_compare);
    for (size_t i = 0; i < ranks->n; i++) {
        const char *name = f->d->groups[f->by_name[ranks->at[i]]].name;

        if ((e = draft_spend(f->d, strlen(name), f->why)) != OK)
            return e;
        h->groups[i] = str_dup(name);
        if (h->groups[i] == NULL)
            return out_of_memory(f);
        h->n_groups++;
    }
    return OK;
}

struct candidate {
    const struct host_var *var;
    size_t order; /* a later one overrules */
};

static int candidate_compare(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int c = strcmp(x->var->name, y->var->name);

    return c != 0 ? c : number_compare(&x->order, &y->order);
}

static size_t candidates_add(struct candidate *list, size_t n, const struct draft_vars *vars)
{
    for (size_t i = 0; i < vars->n; i++, n++)
        list[n] = (struct candidate){.var = &vars->at[i], .order = n};
    return n;
}

static enum err vars_write(struct finish *f, const struct candidate *list, size_t n, struct host *h)
{
    enum err e;

    h->vars = calloc(n + 1, sizeof *h->vars);
    if (h->vars == NULL)
        return out_of_memory(f);
    for (size_t i = 0; i < n; i++) {
        const struct host_var *from = list[i].var;
        struct host_var *to;

        if (i + 1 < n && strcmp(from->name, list[i + 1].var->name) == 0)
            continue;
        if ((e = draft_spend(f->d, strlen(from->name) + strlen(from->value), f->why)) != OK)
            return e;
        to = &h->vars[h->n_vars++];
        to->name = str_dup(from->name);
        to->value = str_dup(from->value);
        to->typed = from->typed;
        if (to->name == NULL || to->value == NULL)
            return out_of_memory(f);
    }
    return OK;
}

static size_t vars_count(const struct draft_group *g)
{
    return g->vars.n + g->file_vars.n;
}

/* all, then the groups in todo by rank: first what the inventory itself says, then group_vars/;
 * then the host's own, and host_vars/. */
static enum err vars_merge(struct finish *f, size_t host, struct host *h)
{
    const struct draft *d = f->d;
    const struct draft_group *all = &d->groups[DRAFT_ALL];
    size_t most = vars_count(all) + d->hosts[host].vars.n + d->hosts[host].file_vars.n, n;
    struct candidate *list;
    enum err e;

    for (size_t i = 0; i < f->todo.n; i++) {
        most += vars_count(&d->groups[f->todo.at[i]]);
        f->todo.at[i] = f->rank_of[f->todo.at[i]];
    }
    if (f->todo.n > 0)
        qsort(f->todo.at, f->todo.n, sizeof *f->todo.at, number_compare);
    list = calloc(most + 1, sizeof *list);
    if (list == NULL)
        return out_of_memory(f);
    n = candidates_add(list, 0, &all->vars);
    for (size_t i = 0; i < f->todo.n; i++)
        n = candidates_add(list, n, &d->groups[f->by_rank[f->todo.at[i]]].vars);
    n = candidates_add(list, n, &all->file_vars);
    for (size_t i = 0; i < f->todo.n; i++)
        n = candidates_add(list, n, &d->groups[f->by_rank[f->todo.at[i]]].file_vars);
    n = candidates_add(list, n, &d->hosts[host].vars);
    n = candidates_add(list, n, &d->hosts[host].file_vars);
    qsort(list, n, sizeof *list, candidate_compare);
    e = vars_write(f, list, n, h);
    free(list);
    return e;
}

static enum err host_finish(struct finish *f, size_t host)
{
    struct host *h = &f->inv->hosts[host];
    enum err e;

    f->inv->n_hosts++;
    h->name = str_dup(f->d->hosts[host].name);
    if (h->name == NULL)
        return out_of_memory(f);
    if ((e = groups_above(f, host)) != OK || (e = groups_write(f, host, h)) != OK)
        return e;
    return vars_merge(f, host, h);
}

static void place_write(struct finish *f, size_t host, size_t group, size_t place)
{
    const struct numbers *ranks = &f->groups_of[host];
    const size_t *at;

    if (group == DRAFT_ALL) {
        f->inv->hosts[host].place = place;
        return;
    }
    at = bsearch(&f->name_rank_of[group], ranks->at, ranks->n, sizeof *ranks->at, number_compare);

    assert(at != NULL); /* what is below a group has the group above it */
    f->inv->hosts[host].places[at - ranks->at] = place;
}

/* The order of a group's hosts: its own, then those of its children, level by level. */
static enum err places_write(struct finish *f, size_t group, size_t *seen_by)
{
    size_t place = 0;

    f->todo.n = 0;
    f->stamp[group] = group + 1;
    if (numbers_add(&f->todo, group) != OK)
        return out_of_memory(f);
    for (size_t i = 0; i < f->todo.n; i++) {
        const struct draft_group *g = &f->d->groups[f->todo.at[i]];

        for (size_t k = 0; k < g->hosts.n; k++) {
            size_t host = g->hosts.at[k];

            if (seen_by[host] == group + 1)
                continue;
            seen_by[host] = group + 1;
            place_write(f, host, group, place++);
        }
        for (size_t k = 0; k < g->children.n; k++) {
            if (f->stamp[g->children.at[k]] == group + 1)
                continue;
            f->stamp[g->children.at[k]] = group + 1;
            if (numbers_add(&f->todo, g->children.at[k]) != OK)
                return out_of_memory(f);
        }
    }
    return OK;
}

static enum err all_places_write(struct finish *f)
{
    size_t *seen_by = calloc(f->d->n_hosts + 1, sizeof *seen_by);
    enum err e = seen_by == NULL ? out_of_memory(f) : OK;

    memset(f->stamp, 0, f->d->n_groups * sizeof *f->stamp);
    for (size_t i = DRAFT_ALL; e == OK && i < f->d->n_groups; i++)
        e = places_write(f, i, seen_by);
    free(seen_by);
    return e;
}

enum err draft_finish(struct draft *d, struct inventory **out, struct why *why)
{
    struct finish f = {.d = d, .why = why};
    enum err e;

    if ((e = draft_settle(d, why)) != OK || (e = finish_init(&f)) != OK)
        goto out;
    for (size_t i = 0; i < d->n_hosts; i++)
        if ((e = host_finish(&f, i)) != OK)
            goto out;
    if ((e = all_places_write(&f)) != OK)
        goto out;
    f.inv->dropped_secrets = d->dropped_secrets;
    f.inv->notes = d->notes;
    d->notes = (struct notes){0}; /* moved */
    *out = f.inv;
    f.inv = NULL; /* moved to the caller */
out:
    finish_fini(&f);
    return e;
}
