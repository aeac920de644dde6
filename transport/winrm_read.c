#include "transport/winrm_host.h"

#include <stdlib.h>
#include <string.h>

enum err winrm_place(struct why *why, enum err e, const char *doing, const struct reg_path *path,
                     const char *name)
{
    struct text t = {0};

    if (e == OK)
        return OK;
    path_put_text(&t, path);
    if (name != NULL) {
        text_put(&t, " value ");
        text_put_safe(&t, name, strlen(name));
    }
    e = why_place(why, e, "%s %s", doing, text_str(&t));
    text_fini(&t);
    return e;
}

static void calls_free(struct call *calls, size_t n)
{
    for (size_t i = 0; calls != NULL && i < n; i++)
        call_fini(&calls[i]);
    free(calls);
}

static enum err key_take(const struct call *c, const struct reg_path *path, struct winrm_key *k)
{
    k->err = regprov_names(c, true, &k->values, &k->why);
    k->key_exists = k->err == OK;
    if (k->err == E_ABSENT) {
        k->err = OK;
        k->why = (struct why){0};
    }
    return winrm_place(&k->why, k->err, "read", path, NULL);
}

enum err winrm_keys_read(struct winrm_host *h, const struct reg_path *const *paths, size_t n,
                         int64_t deadline_ms, struct winrm_key *out, struct why *why)
{
    struct call *calls = calloc(n == 0 ? 1 : n, sizeof *calls);
    enum err e = calls == NULL ? why_set(why, E_MEMORY, "out of memory") : OK;
    size_t asked = 0;

    for (size_t i = 0; i < n && e == OK; i++) {
        e = out[i].err = regprov_ask(REGPROV_ENUM_VALUES, paths[i], NULL, &calls[asked],
                                     &out[i].why);
        asked += e == OK;
        if (e != OK && wsman_item_error(e))
            e = OK;
    }
    if (e == OK)
        e = wsman_run(h->wsman, calls, asked, deadline_ms, why);
    for (size_t i = 0, at = 0; i < n && e == OK; i++)
        if (out[i].err == OK)
            (void)key_take(&calls[at++], paths[i], &out[i]);
    calls_free(calls, asked);
    return e;
}

struct reading {
    struct reg_read **items; /* sorted by path */
    size_t n;
    size_t *key_of; /* of each item: which key */
    const struct reg_path **paths;
    struct winrm_key *keys;
    size_t n_keys;
    struct call *calls; /* one an item that has a value to be read */
    uint32_t *types;
};

static int item_compare(const void *a, const void *b)
{
    const struct reg_read *const *x = a;
    const struct reg_read *const *y = b;

    return path_compare((*x)->path, (*y)->path);
}

static bool reading_init(struct reading *r, struct reg_read *items, size_t n)
{
    size_t room = n == 0 ? 1 : n;

    *r = (struct reading){.items = calloc(room, sizeof *r->items),
                          .n = n,
                          .key_of = calloc(room, sizeof *r->key_of),
                          .paths = calloc(room, sizeof *r->paths),
                          .keys = calloc(room, sizeof *r->keys),
                          .calls = calloc(room, sizeof *r->calls),
                          .types = calloc(room, sizeof *r->types)};
    if (r->items == NULL || r->key_of == NULL || r->paths == NULL || r->keys == NULL ||
        r->calls == NULL || r->types == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        r->items[i] = &items[i];
    qsort(r->items, n, sizeof *r->items, item_compare);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !path_equal(r->items[i]->path, r->items[i - 1]->path))
            r->paths[r->n_keys++] = r->items[i]->path;
        r->key_of[i] = r->n_keys - 1;
    }
    return true;
}

static void reading_fini(struct reading *r)
{
    for (size_t i = 0; r->keys != NULL && i < r->n_keys; i++)
        regprov_names_fini(&r->keys[i].values);
    calls_free(r->calls, r->calls == NULL ? 0 : r->n);
    free(r->items);
    free(r->key_of);
    free(r->paths);
    free(r->keys);
    free(r->types);
}

/* Some hosts do not list a key's default value: its own method tells then. */
static bool type_find(const struct winrm_key *k, const char *name, uint32_t *type)
{
    for (size_t i = 0; i < k->values.n; i++)
        if (reg_name_equal(k->values.items[i].name, name)) {
            *type = k->values.items[i].type;
            return true;
        }
    *type = REG_SZ;
    return *name == '\0';
}

/* True: a call is to be made for it. */
static bool item_ask(struct reading *r, size_t i, struct call *c, uint32_t *type)
{
    const struct winrm_key *k = &r->keys[r->key_of[i]];
    struct reg_read *item = r->items[i];

    item->err = k->err;
    item->why = k->why;
    if (item->err != OK || !k->key_exists)
        return false;
    item->key_exists = true;
    if (item->name == NULL)
        item->value = (struct reg_value){0};
    if (item->name == NULL || !type_find(k, item->name, type))
        return false;
    item->err = regprov_ask(regprov_getter(*type), item->path, item->name, c, &item->why);
    (void)winrm_place(&item->why, item->err, "read", item->path, item->name);
    return item->err == OK;
}

static void item_take(struct reg_read *item, const struct call *c, uint32_t type)
{
    struct reg_value value = {0};

    item->err = regprov_value(c, type, &value, &item->why);
    if (item->err == E_ABSENT) {
        item->err = OK;
        item->why = (struct why){0};
    } else if (item->err == OK) {
        item->value = value;
    }
    (void)winrm_place(&item->why, item->err, "read", item->path, item->name);
}

static enum err values_read(struct winrm_host *h, struct reading *r, int64_t deadline_ms,
                            struct why *why)
{
    size_t *of = calloc(r->n == 0 ? 1 : r->n, sizeof *of);
    size_t asked = 0;
    enum err e = of == NULL ? why_set(why, E_MEMORY, "out of memory") : OK;

    for (size_t i = 0; i < r->n && e == OK; i++)
        if (item_ask(r, i, &r->calls[asked], &r->types[asked]))
            of[asked++] = i;
    if (e == OK)
        e = wsman_run(h->wsman, r->calls, asked, deadline_ms, why);
    for (size_t i = 0; i < asked && e == OK; i++)
        item_take(r->items[of[i]], &r->calls[i], r->types[i]);
    free(of);
    return e;
}

static void items_reset(struct reg_read *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        items[i].key_exists = false;
        items[i].value = value_absent();
        items[i].err = OK;
        items[i].why = (struct why){0};
    }
}

enum err winrm_read_items(struct transport *t, struct reg_read *items, size_t n,
                          int64_t deadline_ms, struct why *why)
{
    struct winrm_host *h = (struct winrm_host *)t;
    struct reading r;
    struct why here = {0};
    enum err e;

    items_reset(items, n);
    if (!reading_init(&r, items, n))
        e = why_set(&here, E_MEMORY, "out of memory");
    else if ((e = winrm_keys_read(h, r.paths, r.n_keys, deadline_ms, r.keys, &here)) == OK)
        e = values_read(h, &r, deadline_ms, &here);
    /* Nothing was learnt of these: they must not pass for absent. */
    for (size_t i = 0; i < n && e != OK; i++) {
        value_fini(&items[i].value);
        items_reset(&items[i], 1);
        items[i].err = e;
        items[i].why = here;
    }
    if (e != OK && why != NULL)
        *why = here;
    reading_fini(&r);
    return e;
}

static enum err list_values(struct winrm_host *h, const struct reg_path *path,
                            const struct regprov_names *names, int64_t deadline_ms,
                            struct reg_list *l, struct why *why)
{
    struct reg_read *items = calloc(names->n == 0 ? 1 : names->n, sizeof *items);
    enum err e = OK;

    l->values = calloc(names->n == 0 ? 1 : names->n, sizeof *l->values);
    if (items == NULL || l->values == NULL) {
        free(items);
        return why_set(why, E_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < names->n; i++)
        items[i] = (struct reg_read){.path = path, .name = names->items[i].name};
    e = winrm_read_items(&h->base, items, names->n, deadline_ms, why);
    for (size_t i = 0; i < names->n && e == OK; i++) {
        struct reg_entry *entry = &l->values[l->n_values];

        if ((e = items[i].err) != OK && why != NULL)
            *why = items[i].why;
        if (e != OK || items[i].value.absent)
            continue;
        *entry = (struct reg_entry){.name = str_dup(items[i].name), .value = items[i].value};
        items[i].value = (struct reg_value){0}; /* moved */
        l->n_values++;
        if (entry->name == NULL)
            e = why_set(why, E_MEMORY, "out of memory");
    }
    read_fini(items, names->n);
    free(items);
    return e;
}

static enum err list_subkeys(struct regprov_names *names, struct reg_list *l, struct why *why)
{
    l->subkeys = calloc(names->n == 0 ? 1 : names->n, sizeof *l->subkeys);
    if (l->subkeys == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    for (; l->n_subkeys < names->n; l->n_subkeys++) {
        l->subkeys[l->n_subkeys] = names->items[l->n_subkeys].name;
        names->items[l->n_subkeys].name = NULL; /* moved */
    }
    return OK;
}

enum err winrm_list_key(struct transport *t, const struct reg_path *path, int64_t deadline_ms,
                        struct reg_list *out, struct why *why)
{
    struct winrm_host *h = (struct winrm_host *)t;
    struct call calls[2] = {{0}, {0}};
    struct regprov_names subkeys = {0}, values = {0};
    struct reg_list l = {.key_exists = true};
    enum err e;

    *out = (struct reg_list){0};
    if ((e = regprov_ask(REGPROV_ENUM_KEY, path, NULL, &calls[0], why)) == OK &&
        (e = regprov_ask(REGPROV_ENUM_VALUES, path, NULL, &calls[1], why)) == OK &&
        (e = wsman_run(h->wsman, calls, COUNT(calls), deadline_ms, why)) == OK &&
        (e = regprov_names(&calls[0], false, &subkeys, why)) == OK &&
        (e = regprov_names(&calls[1], true, &values, why)) == OK &&
        (e = list_subkeys(&subkeys, &l, why)) == OK)
        e = list_values(h, path, &values, deadline_ms, &l, why);
    if (e == OK) {
        *out = l;
        l = (struct reg_list){0}; /* moved to the caller */
    } else if (e == E_ABSENT) {
        e = OK; /* key_exists is false */
    }
    for (size_t i = 0; i < COUNT(calls); i++)
        call_fini(&calls[i]);
    regprov_names_fini(&subkeys);
    regprov_names_fini(&values);
    list_fini(&l);
    return winrm_place(why, e, "list", path, NULL);
}
