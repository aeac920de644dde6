#include "tests/support/fleet_registry.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NO_KEY FLEET_KEYS_MAX

static void copy_name(char *out, size_t size, const char *s)
{
    assert(strlen(s) < size);
    memcpy(out, s, strlen(s) + 1);
}

void fleet_path_of(const struct reg_path *path, char out[FLEET_PATH_SIZE])
{
    struct reg_path full = {0};
    struct text t = {0};
    enum err e = path_to_64bit_form(path, &full);
    assert(e == OK);
    path_put_code(&t, &full);
    copy_name(out, FLEET_PATH_SIZE, text_str(&t));
    text_fini(&t);
    path_fini(&full);
}

/* As reg_name_equal, but soon done with names that differ. */
static bool same(const char *a, const char *b)
{
    if (strcasecmp(a, b) == 0)
        return true;
    for (const char *c = a; *c; c++)
        if ((unsigned char)*c >= 0x80)
            return reg_name_equal(a, b);
    return false;
}

static bool is_hive(const char *path)
{
    return strchr(path, '\\') == NULL;
}

/* The part behind ancestor and its '\', or NULL. */
static const char *below(const char *path, const char *ancestor)
{
    size_t n = strlen(ancestor);
    char head[FLEET_PATH_SIZE];
    if (strlen(path) <= n || path[n] != '\\')
        return NULL;
    memcpy(head, path, n);
    head[n] = '\0';
    return same(head, ancestor) ? path + n + 1 : NULL;
}

static size_t key_find(const struct fleet_registry *r, const char *path)
{
    size_t i = 0;
    while (i < FLEET_KEYS_MAX && !(r->keys[i].there && same(r->keys[i].path, path)))
        i++;
    return i;
}

bool fleet_key_exists(const struct fleet_registry *r, const char *path)
{
    return is_hive(path) || key_find(r, path) != NO_KEY;
}

static void key_add(struct fleet_registry *r, const char *path, bool is_volatile)
{
    struct fleet_key *k = r->keys;
    while (k < r->keys + FLEET_KEYS_MAX && k->there)
        k++;
    assert(k < r->keys + FLEET_KEYS_MAX);
    *k = (struct fleet_key){.there = true, .is_volatile = is_volatile};
    copy_name(k->path, sizeof k->path, path);
}

static bool parent_of(const char *path, char out[FLEET_PATH_SIZE])
{
    const char *end = strrchr(path, '\\');
    if (!end)
        return false;
    memcpy(out, path, (size_t)(end - path));
    out[end - path] = '\0';
    return true;
}

void fleet_keys_make(struct fleet_registry *r, const char *path)
{
    char up[FLEET_PATH_SIZE];
    if (fleet_key_exists(r, path))
        return;
    if (parent_of(path, up))
        fleet_keys_make(r, up);
    key_add(r, path, false);
}

const struct fleet_value *fleet_value_find(const struct fleet_registry *r, const char *path,
                                           const char *name)
{
    size_t key = key_find(r, path);
    for (size_t i = 0; key != NO_KEY && i < FLEET_VALUES_MAX; i++) {
        const struct fleet_value *v = &r->values[i];
        if (v->there && v->key == key && same(v->name, name))
            return v;
    }
    return NULL;
}

void fleet_value_put(struct fleet_registry *r, const char *path, const char *name,
                     const struct reg_value *value)
{
    size_t key = key_find(r, path);
    const struct fleet_value *found = fleet_value_find(r, path, name);
    size_t at = found ? (size_t)(found - r->values) : 0;
    assert(key != NO_KEY && value->size <= FLEET_BYTES_MAX);
    while (!found && at < FLEET_VALUES_MAX && r->values[at].there)
        at++;
    assert(at < FLEET_VALUES_MAX);
    struct fleet_value *v = &r->values[at];
    if (!found)
        copy_name(v->name, sizeof v->name, name);
    v->there = true;
    v->key = key;
    v->type = value->type;
    v->size = value->size;
    if (value->size)
        memcpy(v->bytes, value->bytes, value->size);
}

void fleet_value_take(struct fleet_registry *r, const char *path, const char *name)
{
    const struct fleet_value *v = fleet_value_find(r, path, name);
    if (v)
        r->values[v - r->values].there = false;
}

static void key_drop(struct fleet_registry *r, size_t key)
{
    for (size_t i = 0; i < FLEET_VALUES_MAX; i++)
        if (r->values[i].there && r->values[i].key == key)
            r->values[i].there = false;
    r->keys[key].there = false;
}

void fleet_key_take(struct fleet_registry *r, const char *path)
{
    for (size_t i = 0; i < FLEET_KEYS_MAX; i++)
        if (r->keys[i].there &&
            (same(r->keys[i].path, path) || below(r->keys[i].path, path)))
            key_drop(r, i);
}

void fleet_volatile_end(struct fleet_registry *r)
{
    for (size_t i = 0; i < FLEET_KEYS_MAX; i++)
        if (r->keys[i].there && r->keys[i].is_volatile)
            key_drop(r, i);
}

static void count_inside(const struct fleet_registry *r, const char *path, uint32_t *subkeys,
                         uint32_t *values)
{
    *subkeys = *values = 0;
    for (size_t i = 0; i < FLEET_KEYS_MAX; i++) {
        const char *rest = r->keys[i].there ? below(r->keys[i].path, path) : NULL;
        *subkeys += rest && !strchr(rest, '\\');
    }
    for (size_t i = 0; i < FLEET_VALUES_MAX; i++)
        *values += r->values[i].there && same(r->keys[r->values[i].key].path, path);
}

enum err fleet_read(const struct fleet_registry *r, struct reg_read *item)
{
    char path[FLEET_PATH_SIZE];
    fleet_path_of(item->path, path);
    item->key_exists = fleet_key_exists(r, path);
    if (!item->name) {
        item->value = item->key_exists ? (struct reg_value){.type = REG_NONE} : value_absent();
        return OK;
    }
    const struct fleet_value *v = fleet_value_find(r, path, item->name);
    if (v)
        return value_raw(v->type, v->bytes, v->size, &item->value);
    item->value = value_absent();
    return OK;
}

static void list_values(const struct fleet_registry *r, const char *path, struct reg_list *l)
{
    for (size_t i = 0; i < FLEET_VALUES_MAX; i++) {
        const struct fleet_value *v = &r->values[i];
        if (!v->there || !same(r->keys[v->key].path, path))
            continue;
        struct reg_entry *en = &l->values[l->n_values++];
        en->name = str_dup(v->name);
        enum err e = value_raw(v->type, v->bytes, v->size, &en->value);
        assert(e == OK && en->name);
    }
}

enum err fleet_list(const struct fleet_registry *r, const char *path, struct reg_list *out)
{
    struct reg_list l = {.key_exists = fleet_key_exists(r, path)};
    uint32_t subkeys, values;
    count_inside(r, path, &subkeys, &values);
    l.subkeys = calloc(subkeys + 1, sizeof *l.subkeys);
    l.values = calloc(values + 1, sizeof *l.values);
    assert(l.subkeys && l.values);
    for (size_t i = 0; i < FLEET_KEYS_MAX; i++) {
        const char *rest = r->keys[i].there ? below(r->keys[i].path, path) : NULL;
        if (rest && !strchr(rest, '\\'))
            l.subkeys[l.n_subkeys++] = str_dup(rest);
    }
    list_values(r, path, &l);
    *out = l;
    return OK;
}

static enum err create_key(struct fleet_registry *r, const char *path, bool is_volatile,
                           bool *changed)
{
    char up[FLEET_PATH_SIZE];
    if (fleet_key_exists(r, path))
        return OK;
    if (!parent_of(path, up) || !fleet_key_exists(r, up))
        return E_ABSENT;
    key_add(r, path, is_volatile);
    *changed = true;
    return OK;
}

static enum err delete_key(struct fleet_registry *r, const char *path, bool *changed)
{
    size_t key = key_find(r, path);
    uint32_t subkeys, values;
    if (is_hive(path))
        return E_REFUSED;
    count_inside(r, path, &subkeys, &values);
    if (subkeys || values)
        return E_REFUSED;
    *changed = key != NO_KEY;
    if (*changed)
        key_drop(r, key);
    return OK;
}

enum err fleet_write(struct fleet_registry *r, const struct reg_op *op, bool *changed)
{
    char path[FLEET_PATH_SIZE];
    *changed = false;
    fleet_path_of(op->path, path);
    switch (op->kind) {
    case OP_CREATE_KEY: return create_key(r, path, op->volatile_key, changed);
    case OP_SET_VALUE:
        if (key_find(r, path) == NO_KEY)
            return E_ABSENT;
        fleet_value_put(r, path, op->name, op->value);
        *changed = true;
        return OK;
    case OP_DELETE_VALUE:
        *changed = fleet_value_find(r, path, op->name) != NULL;
        fleet_value_take(r, path, op->name);
        return OK;
    case OP_DELETE_KEY: return delete_key(r, path, changed);
    }
    abort();
}
