/* The JSON of a dynamic inventory: what a program prints that is run with --list, and what
 * `ansible-inventory --list` prints. */
#include "base/shown.h"
#include "inventory/names.h"
#include "inventory/readers.h"

#include <stdlib.h>
#include <string.h>

struct listing {
    struct draft *draft;
    bool *mine; /* per host: named in this listing */
    size_t n_mine;
    struct why *why;
};

static enum err place(const struct listing *l, const struct value *at, enum err e)
{
    return why_place(l->why, e, "%s:%d:%d", shown_file(draft_file_name(l->draft)), at->line,
                     at->column);
}

static enum err expected(const struct listing *l, const struct value *at, const char *what)
{
    return place(l, at,
                 why_set(l->why, E_DATA, "expected %s, got %s", what, value_kind_words(at->kind)));
}

bool listing_is_one(const struct value *root)
{
    if (root->kind != VALUE_MAP)
        return false;
    if (value_get(root, "_meta") != NULL)
        return true;
    for (size_t i = 1; i < root->n; i += 2) {
        const struct value *group = root->items[i], *hosts = value_get(group, "hosts"),
                           *children = value_get(group, "children");

        if (group->kind == VALUE_LIST || (hosts != NULL && hosts->kind == VALUE_LIST) ||
            (children != NULL && children->kind == VALUE_LIST))
            return true;
    }
    return false;
}

static enum err mine_grow(struct listing *l)
{
    size_t n = l->n_mine == 0 ? 64 : l->n_mine * 2;
    bool *mine = realloc(l->mine, n * sizeof *mine);

    if (mine == NULL)
        return why_set(l->why, E_MEMORY, "out of memory");
    memset(mine + l->n_mine, 0, (n - l->n_mine) * sizeof *mine);
    l->mine = mine;
    l->n_mine = n;
    return OK;
}

/* A name is taken as it is: no range, no port. */
static enum err host_take(struct listing *l, size_t group, const struct value *at, const char *name)
{
    size_t host;
    enum err e;

    if ((e = host_name_check(name, l->why)) != OK ||
        (e = host_enter(l->draft, group, name, NULL, (size_t)at->line, &host, l->why)) != OK)
        return place(l, at, e);
    while (host >= l->n_mine)
        if ((e = mine_grow(l)) != OK)
            return e;
    l->mine[host] = true;
    return OK;
}

static enum err hosts_take(struct listing *l, size_t group, const struct value *hosts)
{
    enum err e = OK;

    if (hosts->kind != VALUE_LIST)
        return expected(l, hosts, "a list of hosts");
    for (size_t i = 0; e == OK && i < hosts->n; i++) {
        const struct value *host = hosts->items[i];

        if (host->kind != VALUE_STRING)
            return expected(l, host, "the name of a host, a string");
        e = host_take(l, group, host, host->text);
    }
    return e;
}

static enum err group_find(struct listing *l, const struct value *at, const char *name, size_t *out)
{
    enum err e;

    if ((e = group_name_check(name, l->why)) != OK ||
        (e = draft_group(l->draft, name, (size_t)at->line, out, l->why)) != OK)
        return place(l, at, e);
    l->draft->groups[*out].seen = l->draft->groups[*out].declared = true;
    return OK;
}

static enum err children_take(struct listing *l, size_t group, const struct value *children)
{
    size_t step = children->kind == VALUE_MAP ? 2 : 1; /* of a map its keys */
    enum err e = OK;

    if (children->kind != VALUE_LIST && children->kind != VALUE_MAP)
        return expected(l, children, "a list of groups");
    for (size_t i = 0; e == OK && i < children->n; i += step) {
        const struct value *name = children->items[i];
        size_t child;

        if (name->kind != VALUE_STRING)
            return expected(l, name, "the name of a group, a string");
        if ((e = group_find(l, name, name->text, &child)) == OK)
            e = place(l, name, draft_nest(l->draft, group, child, l->why));
    }
    return e;
}

static enum err vars_take(struct listing *l, size_t group, const struct value *vars)
{
    enum err e = OK;

    if (vars->kind != VALUE_MAP)
        return expected(l, vars, "a map of variables");
    for (size_t i = 0; e == OK && i < vars->n; i += 2)
        e = place(l, vars->items[i],
                  draft_group_var(l->draft, group, vars->items[i]->text, vars->items[i + 1],
                                  l->why));
    return e;
}

static enum err group_take(struct listing *l, const struct value *key, const struct value *data)
{
    const struct value *hosts = value_get(data, "hosts"), *vars = value_get(data, "vars"),
                       *children = value_get(data, "children");
    size_t group;
    enum err e;

    if ((e = group_find(l, key, key->text, &group)) != OK)
        return e;
    if (data->kind != VALUE_MAP)
        return hosts_take(l, group, data);
    /* The oldest form: a host with its variables, which is its own group. */
    if (hosts == NULL && vars == NULL && children == NULL) {
        e = host_take(l, group, key, key->text);
        return e == OK ? vars_take(l, group, data) : e;
    }
    if (hosts != NULL && (e = hosts_take(l, group, hosts)) != OK)
        return e;
    if (vars != NULL && (e = vars_take(l, group, vars)) != OK)
        return e;
    return children == NULL ? OK : children_take(l, group, children);
}

/* --- variables of hosts --- */

static enum err host_vars_take(struct listing *l, size_t host, const struct value *vars)
{
    enum err e = OK;

    if (vars->kind != VALUE_MAP)
        return expected(l, vars, "the variables of a host, a map");
    for (size_t i = 0; e == OK && i < vars->n; i += 2)
        e = place(l, vars->items[i],
                  draft_named_var(l->draft, host, vars->items[i]->text, vars->items[i + 1],
                                  l->why));
    return e;
}

/* Of hosts that are in no group of this listing, as in Ansible, nothing is taken. */
static enum err meta_take(struct listing *l, const struct value *hostvars)
{
    enum err e = OK;

    if (hostvars->kind != VALUE_MAP)
        return expected(l, hostvars, "a map of hosts behind hostvars");
    for (size_t i = 0; e == OK && i < hostvars->n; i += 2) {
        size_t host;

        if (name_map_get(&l->draft->host_of, hostvars->items[i]->text, &host) &&
            host < l->n_mine && l->mine[host])
            e = host_vars_take(l, host, hostvars->items[i + 1]);
    }
    return e;
}

static enum err hosts_ask(struct listing *l, const struct host_asker *asker)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < l->n_mine; i++) {
        struct values values = {0};
        struct value *vars = NULL;

        if (!l->mine[i])
            continue;
        e = asker->ask(asker->self, l->draft->hosts[i].name, &values, &vars, l->why);
        if (e == OK && vars != NULL)
            e = host_vars_take(l, i, vars);
        values_fini(&values);
    }
    return e;
}

enum err listing_read(struct draft *d, struct value *root, const struct host_asker *asker,
                      struct why *why)
{
    struct listing l = {.draft = d, .why = why};
    const struct value *meta = NULL, *hostvars = NULL;
    enum err e = OK;

    if (root->kind != VALUE_MAP)
        return expected(&l, root, "a map of groups");
    for (size_t i = 0; e == OK && i < root->n; i += 2)
        if (strcmp(root->items[i]->text, "_meta") == 0)
            meta = root->items[i + 1];
        else
            e = group_take(&l, root->items[i], root->items[i + 1]);
    if (e == OK && meta != NULL && meta->kind != VALUE_MAP)
        e = expected(&l, meta, "a map behind _meta");
    else if (meta != NULL)
        hostvars = value_get(meta, "hostvars");
    if (e == OK && hostvars != NULL)
        e = meta_take(&l, hostvars);
    else if (e == OK && asker != NULL)
        e = hosts_ask(&l, asker);
    free(l.mine);
    return e;
}
