/* The YAML (or JSON) inventory that a person writes: groups with hosts:, children: and vars:. */
#include "base/shown.h"
#include "inventory/names.h"
#include "inventory/readers.h"

#include <stdlib.h>
#include <string.h>

struct groups {
    struct draft *draft;
    struct why *why;
};

static enum err place(const struct groups *g, const struct value *at, enum err e)
{
    return why_place(g->why, e, "%s:%d:%d", shown_file(draft_file_name(g->draft)), at->line,
                     at->column);
}

static void note(const struct groups *g, const struct value *at, const char *words,
                 const char *name)
{
    char buf[SHOWN_SIZE];

    notes_add(&g->draft->notes, "%s:%d:%d: %s `%s`", shown_file(draft_file_name(g->draft)),
              at->line, at->column, words, shown(name, strlen(name), buf));
}

/* A key that is to be a name: in YAML, `on:` and `1:` are none. */
static enum err name_take(const struct groups *g, const struct value *key, const char *what)
{
    if (key->kind == VALUE_STRING)
        return OK;
    return place(g, key,
                 why_set(g->why, E_DATA,
                         "expected the name of a %s, got %s: put it in quotes", what,
                         value_kind_words(key->kind)));
}

static enum err group_read(struct groups *g, const struct value *key, struct value *data,
                           size_t *out);

/* --- vars: --- */

static enum err vars_read(struct groups *g, size_t group, struct value *vars)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < vars->n; i += 2) {
        const struct value *key = vars->items[i];

        if ((e = name_take(g, key, "variable")) == OK)
            e = place(g, key,
                      draft_group_var(g->draft, group, key->text, vars->items[i + 1], g->why));
    }
    return e;
}

/* --- hosts: --- */

static enum err host_vars_read(struct groups *g, size_t host, struct value *vars)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < vars->n; i += 2) {
        const struct value *key = vars->items[i];

        if ((e = name_take(g, key, "variable")) == OK)
            e = place(g, key,
                      draft_named_var(g->draft, host, key->text, vars->items[i + 1], g->why));
    }
    return e;
}

static enum err host_line_read(struct groups *g, size_t group, const struct value *key,
                               struct value *vars)
{
    struct names names = {0};
    const char *port = NULL;
    char *word = str_dup(key->text);
    enum err e = word == NULL ? why_set(g->why, E_MEMORY, "out of memory")
                              : host_names_of(word, &names, &port, g->why);

    for (size_t i = 0; e == OK && i < names.n; i++) {
        size_t host;

        if ((e = host_enter(g->draft, group, names.at[i], port, (size_t)key->line, &host,
                            g->why)) == OK &&
            vars->kind == VALUE_MAP)
            e = host_vars_read(g, host, vars);
    }
    names_fini(&names);
    free(word);
    return place(g, key, e);
}

static enum err hosts_read(struct groups *g, size_t group, struct value *hosts)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < hosts->n; i += 2) {
        const struct value *key = hosts->items[i];
        struct value *vars = hosts->items[i + 1];

        if ((e = name_take(g, key, "host")) != OK)
            return e;
        if (vars->kind != VALUE_MAP && !value_is_false(vars))
            return place(g, vars,
                         why_set(g->why, E_DATA, "expected the variables of a host, a map, got %s",
                                 value_kind_words(vars->kind)));
        e = host_line_read(g, group, key, vars);
    }
    return e;
}

/* --- children: --- */

static enum err children_read(struct groups *g, size_t group, struct value *children)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < children->n; i += 2) {
        size_t child;

        if ((e = group_read(g, children->items[i], children->items[i + 1], &child)) == OK)
            e = place(g, children->items[i], draft_nest(g->draft, group, child, g->why));
    }
    return e;
}

/* --- groups --- */

/* `hosts: web1` is short for a map with that one key. */
static enum err section_read(struct groups *g, size_t group, const struct value *key,
                             struct value *section)
{
    static const struct {
        const char *name;
        enum err (*read)(struct groups *, size_t, struct value *);
    } sections[] = {{"hosts", hosts_read}, {"children", children_read}, {"vars", vars_read}};
    struct value nothing = {.kind = VALUE_NULL, .line = section->line, .column = section->column};
    struct value *pair[] = {section, &nothing};
    struct value one = {.kind = VALUE_MAP, .items = pair, .n = COUNT(pair)};
    char null[] = "null";

    nothing.text = null;
    for (size_t i = 0; key->kind == VALUE_STRING && i < COUNT(sections); i++) {
        if (strcmp(sections[i].name, key->text) != 0)
            continue;
        if (section->kind == VALUE_NULL)
            return OK;
        if (section->kind == VALUE_STRING)
            return sections[i].read(g, group, &one);
        if (section->kind == VALUE_MAP)
            return sections[i].read(g, group, section);
        return place(g, section,
                     why_set(g->why, E_DATA, "expected a map behind %s:, got %s", key->text,
                             value_kind_words(section->kind)));
    }
    note(g, key, "only hosts, children and vars are read in a group; passed over:", key->text);
    return OK;
}

static enum err group_read(struct groups *g, const struct value *key, struct value *data,
                           size_t *out)
{
    enum err e;

    if ((e = name_take(g, key, "group")) != OK)
        return e;
    if (data->kind != VALUE_MAP && data->kind != VALUE_NULL)
        return place(g, data,
                     why_set(g->why, E_DATA, "expected a map with hosts, children or vars, got %s",
                             value_kind_words(data->kind)));
    if ((e = group_name_check(key->text, g->why)) != OK ||
        (e = draft_group(g->draft, key->text, (size_t)key->line, out, g->why)) != OK)
        return place(g, key, e);
    g->draft->groups[*out].seen = g->draft->groups[*out].declared = true;
    for (size_t i = 0; e == OK && i < data->n; i += 2)
        e = section_read(g, *out, data->items[i], data->items[i + 1]);
    return e;
}

static enum err plugin_refuse(const struct groups *g, const struct value *plugin)
{
    char buf[SHOWN_SIZE] = "";

    if (plugin->kind == VALUE_STRING)
        (void)shown(plugin->text, strlen(plugin->text), buf);
    return place(g, plugin,
                 why_set(g->why, E_DATA,
                         "this tells Ansible's plugin %s what to do and holds no hosts; import what"
                         " `ansible-inventory -i FILE --list` prints",
                         buf));
}

enum err groups_read(struct draft *d, struct value *root, struct why *why)
{
    struct groups g = {.draft = d, .why = why};
    const struct value *plugin;
    enum err e = OK;
    size_t ignored;

    if (root->kind != VALUE_MAP || root->n == 0)
        return place(&g, root,
                     why_set(why, E_DATA, "expected a map of groups, got %s",
                             root->kind == VALUE_MAP ? "an empty one"
                                                     : value_kind_words(root->kind)));
    if ((plugin = value_get(root, "plugin")) != NULL && !value_is_false(plugin))
        return plugin_refuse(&g, plugin);
    for (size_t i = 0; e == OK && i < root->n; i += 2) {
        const struct value *key = root->items[i];
        struct value *data = root->items[i + 1];

        if (data->kind == VALUE_MAP || data->kind == VALUE_NULL)
            e = group_read(&g, key, data, &ignored);
        else
            note(&g, key, "no group, for it is no map; passed over:", key->text);
    }
    return e;
}
