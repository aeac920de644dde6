#include "inventory/export.h"

#include "base/shown.h"
#include "inventory/export_parts.h"
#include "inventory/json_read.h"

#include <stdlib.h>
#include <string.h>

static enum err out_of_memory(const struct export *x)
{
    return why_set(x->why, E_MEMORY, "out of memory");
}

enum err export_refuse(const struct export *x, const struct host *h, const struct host_var *var,
                       const char *words)
{
    char host[SHOWN_SIZE], name[SHOWN_SIZE];
    enum err e = why_set(x->why, E_DATA, "%s%s%s", words, var == NULL ? "" : ": the variable ",
                         var == NULL ? "" : shown(var->name, strlen(var->name), name));

    return why_place(x->why, e, "%s", shown(h->name, strlen(h->name), host));
}

enum err export_value(const struct export *x, const struct host *h, const struct host_var *var,
                      struct values *values, struct value **out)
{
    enum err e = json_read("", var->value, strlen(var->value), NULL, values, out, NULL);

    if (e == E_MEMORY)
        return out_of_memory(x);
    if (e != OK || (*out)->kind == VALUE_SECRET)
        return export_refuse(x, h, var, "the stored value is damaged; import the inventory again");
    return OK;
}

/* --- hosts and groups, in order --- */

static enum err group_of(struct export *x, const char *name, struct export_group **out)
{
    size_t number;

    if (!name_map_get(&x->group_of, name, &number)) {
        if (x->n_groups == x->groups_room) {
            size_t room = x->groups_room == 0 ? 16 : x->groups_room * 2;
            struct export_group *groups = realloc(x->groups, room * sizeof *groups);

            if (groups == NULL)
                return out_of_memory(x);
            x->groups = groups;
            x->groups_room = room;
        }
        if (name_map_put(&x->group_of, name, x->n_groups) != OK)
            return out_of_memory(x);
        number = x->n_groups++;
        x->groups[number] = (struct export_group){.name = name};
    }
    *out = &x->groups[number];
    return OK;
}

static enum err member_add(struct export *x, const char *group, struct export_member member)
{
    struct export_group *g = NULL;
    enum err e = group_of(x, group, &g);

    if (e != OK)
        return e;
    if (g->n == g->room) {
        size_t room = g->room == 0 ? 8 : g->room * 2;
        struct export_member *members = realloc(g->members, room * sizeof *members);

        if (members == NULL)
            return out_of_memory(x);
        g->members = members;
        g->room = room;
    }
    g->members[g->n++] = member;
    return OK;
}

static int member_compare(const void *a, const void *b)
{
    const struct export_member *m = a, *n = b;

    if (m->place != n->place)
        return m->place < n->place ? -1 : 1;
    return m->host < n->host ? -1 : m->host > n->host;
}

static int group_compare(const void *a, const void *b)
{
    const struct export_group *g = a, *h = b;

    return strcmp(g->name, h->name);
}

static enum err export_init(struct export *x, const bool *chosen)
{
    enum err e = OK;

    x->hosts = calloc(x->inv->n_hosts + 1, sizeof(struct host *));
    if (x->hosts == NULL)
        return out_of_memory(x);
    for (size_t i = 0; i < x->inv->n_hosts; i++) {
        const struct host *h = &x->inv->hosts[i];

        if (chosen != NULL && !chosen[i])
            continue;
        for (size_t k = 0; e == OK && k < h->n_groups; k++)
            e = member_add(x, h->groups[k],
                           (struct export_member){.host = x->n_hosts,
                                                  .place = h->places == NULL ? i : h->places[k]});
        x->hosts[x->n_hosts++] = h;
    }
    if (x->n_groups > 0)
        qsort(x->groups, x->n_groups, sizeof *x->groups, group_compare);
    for (size_t i = 0; i < x->n_groups; i++)
        qsort(x->groups[i].members, x->groups[i].n, sizeof *x->groups[i].members, member_compare);
    return e;
}

static void export_fini(struct export *x)
{
    for (size_t i = 0; i < x->n_groups; i++)
        free(x->groups[i].members);
    free(x->groups);
    free(x->hosts);
    name_map_fini(&x->group_of);
}

enum err inventory_export(const struct inventory *inv, const bool *chosen, enum export_form form,
                          struct text *out, struct why *why)
{
    struct export x = {.inv = inv, .out = out, .why = why};
    enum err e = export_init(&x, chosen);

    if (e == OK)
        switch (form) {
        case EXPORT_INI: e = export_ini(&x); break;
        case EXPORT_YAML: e = export_yaml(&x); break;
        case EXPORT_JSON: e = export_json(&x); break;
        case EXPORT_CSV: e = export_csv(&x); break;
        }
    if (e == OK && text_end(out) != OK)
        e = out_of_memory(&x);
    export_fini(&x);
    return e;
}
