#include "inventory/draft.h"

#include "inventory/names.h"
#include "inventory/value_write.h"

#include <stdlib.h>
#include <string.h>

void draft_vars_fini(struct draft_vars *vars)
{
    for (size_t i = 0; i < vars->n; i++) {
        free(vars->at[i].name);
        free(vars->at[i].value);
    }
    free(vars->at);
}

/* --- secrets --- */

static bool is_secret(struct draft *d, const char *name, struct value *v);

/* What is secret in a map goes with its key. */
static void map_prune(struct draft *d, struct value *map)
{
    size_t kept = 0;

    for (size_t i = 0; i < map->n; i += 2) {
        if (is_secret(d, map->items[i]->text, map->items[i + 1])) {
            d->dropped_secrets++;
            continue;
        }
        map->items[kept++] = map->items[i];
        map->items[kept++] = map->items[i + 1];
    }
    map->n = kept;
}

/* A secret in a list takes the whole list with it: its other items would get other places. */
static bool is_secret(struct draft *d, const char *name, struct value *v)
{
    if (v->kind == VALUE_SECRET || var_is_secret(name, value_is_scalar(v) ? v->text : ""))
        return true;
    for (size_t i = 0; v->kind == VALUE_LIST && i < v->n; i++)
        if (is_secret(d, "", v->items[i]))
            return true;
    if (v->kind == VALUE_MAP)
        map_prune(d, v);
    return false;
}

/* --- variables --- */

static enum err vars_add(struct draft *d, struct draft_vars *vars, const char *name,
                         const char *text, bool typed, struct why *why)
{
    struct host_var *at;
    char *name_copy, *value_copy;
    enum err e;

    if (strlen(text) > HOST_VALUE_MAX)
        return why_set(why, E_LIMIT, "the value of %s has more than %d bytes", name,
                       HOST_VALUE_MAX);
    if ((e = draft_spend(d, strlen(name) + strlen(text), why)) != OK)
        return e;
    at = draft_grown(vars->at, vars->n, &vars->room, sizeof *at);
    if (at == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    vars->at = at;
    name_copy = str_dup(name);
    value_copy = str_dup(text);
    if (name_copy == NULL || value_copy == NULL) {
        free(name_copy);
        free(value_copy);
        return why_set(why, E_MEMORY, "out of memory");
    }
    /* One that is there already is overruled when variables are merged: the last one counts. */
    vars->at[vars->n++] = (struct host_var){.name = name_copy, .value = value_copy, .typed = typed};
    return OK;
}

static enum err vars_set(struct draft *d, struct draft_vars *vars, const char *name,
                         struct value *value, struct why *why)
{
    struct text json = {0};
    enum err e;

    if ((e = var_name_check(name, why)) != OK)
        return e;
    if (is_secret(d, name, value)) {
        d->dropped_secrets++;
        return OK;
    }
    if (value->kind == VALUE_STRING)
        return vars_add(d, vars, name, value->text, false, why);
    if (value_depth(value) > VALUE_DEPTH_MAX)
        return why_set(why, E_LIMIT, "the value of %s has more than %d levels", name,
                       VALUE_DEPTH_MAX);
    value_put_json(&json, value);
    if (text_end(&json) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    else
        e = vars_add(d, vars, name, text_str(&json), true, why);
    text_fini(&json);
    return e;
}

enum err draft_host_var(struct draft *d, size_t host, const char *name, struct value *value,
                        struct why *why)
{
    return vars_set(d, &d->hosts[host].vars, name, value, why);
}

enum err draft_host_text(struct draft *d, size_t host, const char *name, const char *text,
                         struct why *why)
{
    enum err e = var_name_check(name, why);

    if (e != OK)
        return e;
    if (var_is_secret(name, text)) {
        d->dropped_secrets++;
        return OK;
    }
    return vars_add(d, &d->hosts[host].vars, name, text, false, why);
}

enum err draft_host_file_var(struct draft *d, size_t host, const char *name, struct value *value,
                             struct why *why)
{
    return vars_set(d, &d->hosts[host].file_vars, name, value, why);
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

enum err draft_group_var(struct draft *d, size_t group, const char *name, struct value *value,
                         struct why *why)
{
    if (strcmp(name, "ansible_group_priority") != 0)
        return vars_set(d, &d->groups[group].vars, name, value, why);
    if ((value->kind != VALUE_STRING && value->kind != VALUE_NUMBER) ||
        !priority_parse(value->text, &d->groups[group].priority))
        return why_set(why, E_DATA, "expected a whole number for ansible_group_priority");
    return OK;
}

enum err draft_group_file_var(struct draft *d, size_t group, const char *name, struct value *value,
                              struct why *why)
{
    return vars_set(d, &d->groups[group].file_vars, name, value, why);
}

enum err draft_named_var(struct draft *d, size_t host, const char *name, struct value *value,
                         struct why *why)
{
    size_t group;

    if (name_map_get(&d->group_of, d->hosts[host].name, &group) && d->groups[group].seen)
        return draft_group_var(d, group, name, value, why);
    return draft_host_var(d, host, name, value, why);
}
