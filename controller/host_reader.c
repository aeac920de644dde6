#include "controller/host_reader.h"

#include <stdlib.h>
#include <string.h>

static struct reg_read *item_find(const struct host_reader *r, const struct reg_path *path,
                                  const char *name)
{
    for (size_t i = 0; i < r->n; i++)
        if (!name == !r->items[i].name && (!name || str_eq_nocase(name, r->items[i].name)) &&
            path_equal(path, r->items[i].path))
            return &r->items[i];
    return NULL;
}

/* Any item that was answered tells whether its key is there. */
static const struct reg_read *key_find(const struct host_reader *r, const struct reg_path *path)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->items[i].err == OK && path_equal(path, r->items[i].path))
            return &r->items[i];
    return NULL;
}

static enum err item_want(struct host_reader *r, const struct reg_path *path, const char *name)
{
    enum err e;
    if (item_find(r, path, name))
        return OK;
    if (r->n == r->room)
        return E_LIMIT; /* the room is counted before */
    if ((e = path_copy(path, &r->paths[r->n])) != OK)
        return e;
    r->items[r->n] = (struct reg_read){.path = &r->paths[r->n], .name = name};
    r->n++;
    return OK;
}

/* Every key above a key that is not there, but not the hive. */
static enum err parents_want(struct host_reader *r, const struct reg_path *path)
{
    struct reg_path at = {0}, up = {0};
    enum err e = path_parent(path, &at);
    while (e == OK && at.key[0] && (key_find(r, &at) || (e = item_want(r, &at, NULL)) == OK) &&
           (e = path_parent(&at, &up)) == OK) {
        path_fini(&at);
        at = up;
        up = (struct reg_path){0};
    }
    path_fini(&at);
    return e == E_ABSENT ? OK : e;
}

static enum err room_make(struct host_reader *r, const struct playbook *pb)
{
    size_t room = FACT_READS;
    for (size_t i = 0; i < pb->n_settings; i++) {
        room += 2;
        for (const char *k = pb->settings[i].path.key; *k; k++)
            room += *k == '\\';
    }
    r->room = room;
    r->items = calloc(r->room, sizeof *r->items);
    r->paths = calloc(r->room, sizeof *r->paths);
    return r->items && r->paths ? OK : E_MEMORY;
}

/* A value's answer tells of its key too. */
static enum err settings_want(struct host_reader *r, const struct playbook *pb, struct why *why)
{
    for (size_t i = 0; i < pb->n_settings; i++) {
        const struct setting *s = &pb->settings[i];
        enum err e = item_want(r, &s->path, s->name);
        if (e != OK)
            return why_set(why, e, "cannot prepare the reading of %s", s->path.key);
    }
    return OK;
}

/* What will be made from the top must know where that is. */
static enum err missing_read(struct host_reader *r, struct why *why)
{
    const size_t n = r->n;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < n; i++)
        if (r->items[i].err == OK && !r->items[i].key_exists && i >= FACT_READS)
            e = parents_want(r, r->items[i].path);
    if (e != OK)
        return why_set(why, e, "cannot prepare the reading of keys");
    return r->n == n ? OK
                     : r->kind->read(r->transport, r->items + n, r->n - n, r->deadline_ms, why);
}

enum err host_reader_init(struct host_reader *r, const struct transport_kind *kind,
                          struct transport *t, const struct playbook *pb, int64_t deadline_ms,
                          struct facts *facts, struct why *why)
{
    enum err e;
    *r = (struct host_reader){.kind = kind, .transport = t, .deadline_ms = deadline_ms};
    if ((e = room_make(r, pb)) != OK) {
        why_set(why, e, "no memory to read %zu settings", pb->n_settings);
        goto out;
    }
    e = facts_ask(r->paths, r->items, why);
    r->n = FACT_READS;
    if (e != OK || (e = settings_want(r, pb, why)) != OK ||
        (e = kind->read(t, r->items, r->n, deadline_ms, why)) != OK)
        goto out;
    facts_take(r->items, facts);
    e = missing_read(r, why);
out:
    if (e != OK)
        host_reader_fini(r);
    return e;
}

void host_reader_fini(struct host_reader *r)
{
    read_fini(r->items, r->n);
    for (size_t i = 0; r->paths && i < r->n; i++)
        path_fini(&r->paths[i]);
    free(r->items);
    free(r->paths);
    *r = (struct host_reader){0};
}

/* The item read ahead, or one read now into *own. */
static enum err ask(struct host_reader *r, const struct reg_path *path, const char *name,
                    struct reg_read *own, const struct reg_read **out, struct why *why)
{
    enum err e = OK;
    *own = (struct reg_read){.path = path, .name = name};
    if (!(*out = item_find(r, path, name))) {
        e = r->kind->read(r->transport, own, 1, r->deadline_ms, why);
        *out = own;
    }
    if (e == OK && (e = (*out)->err) != OK && why)
        *why = (*out)->why;
    return e;
}

static enum err reader_value(void *self, const struct reg_path *path, const char *name,
                             struct reg_value *out, struct why *why)
{
    struct reg_read own;
    const struct reg_read *item;
    enum err e = ask(self, path, name, &own, &item, why);
    if (e == OK)
        e = value_copy(&item->value, out);
    read_fini(&own, 1);
    return e;
}

static enum err reader_key(void *self, const struct reg_path *path, bool *exists, struct why *why)
{
    struct reg_read own;
    const struct reg_read *item;
    enum err e;
    if (!path->key[0]) {
        *exists = true; /* a hive */
        return OK;
    }
    if ((item = key_find(self, path))) {
        *exists = item->key_exists;
        return OK;
    }
    e = ask(self, path, NULL, &own, &item, why);
    if (e == OK)
        *exists = item->key_exists;
    read_fini(&own, 1);
    return e;
}

static enum err reader_list(void *self, const struct reg_path *path, struct key_state *out,
                            struct why *why)
{
    struct host_reader *r = self;
    struct reg_list list = {0};
    struct key_state k = {0};
    enum err e = r->kind->list(r->transport, path, r->deadline_ms, &list, why);
    if (e != OK || (e = path_copy(path, &k.path)) != OK)
        goto out;
    k.exists = list.key_exists;
    k.values = calloc(list.n_values + 1, sizeof *k.values);
    if (!k.values) {
        e = E_MEMORY;
        goto out;
    }
    for (; k.n_values < list.n_values; k.n_values++) {
        k.values[k.n_values].name = list.values[k.n_values].name; /* moved */
        k.values[k.n_values].value = list.values[k.n_values].value;
        list.values[k.n_values].name = NULL;
        list.values[k.n_values].value = (struct reg_value){0};
    }
    k.subkeys = list.subkeys; /* moved */
    k.n_subkeys = list.n_subkeys;
    list.subkeys = NULL;
    list.n_subkeys = 0;
    *out = k;
    k = (struct key_state){0};
out:
    key_state_fini(&k);
    list_fini(&list);
    return e;
}

struct plan_reader host_reader_for_plan(struct host_reader *r)
{
    return (struct plan_reader){
        .value = reader_value, .key = reader_key, .list = reader_list, .self = r};
}
