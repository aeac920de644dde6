#include "inventory/draft.h"

#include "base/shown.h"

#include <stdlib.h>

/* Hosts that are in no group but "all" belong to "ungrouped", and no others do. */
static enum err settle_ungrouped(struct draft *d)
{
    struct numbers kept = {0};
    enum err e = OK;

    for (size_t i = 0; i < d->n_hosts; i++) {
        struct numbers *groups = &d->hosts[i].groups, real = {0};

        for (size_t k = 0; e == OK && k < groups->n; k++)
            if (groups->at[k] != DRAFT_ALL && groups->at[k] != DRAFT_UNGROUPED)
                e = numbers_add(&real, groups->at[k]);
        if (e == OK && real.n == 0 && !numbers_hold(groups, DRAFT_UNGROUPED))
            e = numbers_add(&d->groups[DRAFT_UNGROUPED].hosts, i);
        if (e == OK && real.n == 0)
            e = numbers_add(&real, DRAFT_UNGROUPED);
        numbers_fini(groups);
        *groups = real;
    }
    for (size_t i = 0; e == OK && i < d->groups[DRAFT_UNGROUPED].hosts.n; i++) {
        size_t host = d->groups[DRAFT_UNGROUPED].hosts.at[i];

        if (d->hosts[host].groups.at[0] == DRAFT_UNGROUPED)
            e = numbers_add(&kept, host);
    }
    if (e != OK) {
        numbers_fini(&kept);
        return e;
    }
    numbers_fini(&d->groups[DRAFT_UNGROUPED].hosts);
    d->groups[DRAFT_UNGROUPED].hosts = kept;
    return OK;
}

static enum err settle_all(struct draft *d, struct why *why)
{
    for (size_t i = 0; i < d->n_groups; i++)
        if (i != DRAFT_ALL && d->groups[i].parents.n == 0) {
            enum err e = draft_nest(d, DRAFT_ALL, i, why);

            if (e != OK)
                return e;
        }
    return OK;
}

/* Some group on a cycle: from one that is left over, up through such parents, until one comes
 * again. */
static size_t cycle_find(const struct draft *d, const size_t *waits_for)
{
    size_t at = 0;

    while (waits_for[at] == 0)
        at++;
    /* "all" has no line of its own, but its parent has. */
    for (size_t steps = 0; steps < d->n_groups || at == DRAFT_ALL; steps++) {
        const struct numbers *parents = &d->groups[at].parents;
        size_t i = 0;

        while (i < parents->n && waits_for[parents->at[i]] == 0)
            i++;
        at = parents->at[i];
    }
    return at;
}

/* Takes groups whose parents are all done, so that each gets the longest way from the top (Kahn
 * 1962). */
static enum err settle_depths(struct draft *d, struct why *why)
{
    size_t *waits_for = calloc(d->n_groups, sizeof *waits_for);
    struct numbers ready = {0};
    enum err e = waits_for == NULL ? E_MEMORY : OK;

    for (size_t i = 0; e == OK && i < d->n_groups; i++) {
        waits_for[i] = d->groups[i].parents.n;
        if (waits_for[i] == 0)
            e = numbers_add(&ready, i);
    }
    for (size_t i = 0; e == OK && i < ready.n; i++) {
        const struct draft_group *g = &d->groups[ready.at[i]];

        for (size_t k = 0; e == OK && k < g->children.n; k++) {
            size_t child = g->children.at[k];

            if (d->groups[child].depth < g->depth + 1)
                d->groups[child].depth = g->depth + 1;
            if (--waits_for[child] == 0)
                e = numbers_add(&ready, child);
        }
    }
    if (e == OK && ready.n < d->n_groups) {
        const struct draft_group *g = &d->groups[cycle_find(d, waits_for)];

        e = why_set(why, E_DATA, "group %s is among its own children: a cycle", g->name);
        e = why_place(why, e, "%s:%zu:1", shown_file(g->file), g->line);
    } else if (e != OK) {
        e = why_set(why, e, "out of memory");
    }
    numbers_fini(&ready);
    free(waits_for);
    return e;
}

enum err draft_settle(struct draft *d, struct why *why)
{
    enum err e;

    if (settle_ungrouped(d) != OK)
        return why_set(why, E_MEMORY, "out of memory");
    if ((e = settle_all(d, why)) != OK)
        return e;
    return settle_depths(d, why);
}
