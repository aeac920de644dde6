/* tests/unit/playbooks/registry_map.h: a registry in memory, as strict as Windows about what may be
 * done to it: a key is made below one that is there and taken away when it is empty, a value is set
 * in a key that is there. */
#ifndef SWELL_TESTS_UNIT_PLAYBOOKS_REGISTRY_MAP_H
#define SWELL_TESTS_UNIT_PLAYBOOKS_REGISTRY_MAP_H

#include "playbooks/plan.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

struct map_value {
    char *name;
    struct reg_value value;
};

struct map_key {
    struct reg_path path;
    struct map_value *values;
    size_t n;
};

struct map {
    struct map_key *keys;
    size_t n;
    size_t asked_keys; /* what the planner cost */
    size_t asked_values;
    const char *broken; /* a key of which nothing can be read, or NULL */
};

static inline struct reg_path path_of(const char *s)
{
    struct reg_path p;
    struct why why = {0};
    if (path_parse(s, VIEW_64, &p, &why) != OK)
        fail_msg("%s: %s", s, why.text);
    return p;
}

static inline struct map_key *map_key(const struct map *m, const struct reg_path *path)
{
    for (size_t i = 0; i < m->n; i++)
        if (path_equal(&m->keys[i].path, path))
            return &m->keys[i];
    return NULL;
}

static inline bool map_has_key(const struct map *m, const struct reg_path *path)
{
    return *path->key == '\0' || map_key(m, path) != NULL;
}

static inline struct map_value *map_value(const struct map *m, const struct reg_path *path,
                                          const char *name)
{
    struct map_key *k = map_key(m, path);
    for (size_t i = 0; k != NULL && i < k->n; i++)
        if (reg_name_equal(k->values[i].name, name))
            return &k->values[i];
    return NULL;
}

static inline void map_key_make(struct map *m, const struct reg_path *path)
{
    struct reg_path up;
    assert_false(map_has_key(m, path));
    assert_int_equal(path_parent(path, &up), OK);
    assert_true(map_has_key(m, &up));
    path_fini(&up);
    m->keys = realloc(m->keys, (m->n + 1) * sizeof *m->keys);
    m->keys[m->n] = (struct map_key){0};
    assert_int_equal(path_copy(path, &m->keys[m->n++].path), OK);
}

/* With all keys above it. */
static inline void map_keys_make(struct map *m, const struct reg_path *path)
{
    struct reg_path up;
    if (map_has_key(m, path))
        return;
    assert_int_equal(path_parent(path, &up), OK);
    map_keys_make(m, &up);
    path_fini(&up);
    map_key_make(m, path);
}

static inline void map_value_set(struct map *m, const struct reg_path *path, const char *name,
                                 const struct reg_value *v)
{
    struct map_value *old = map_value(m, path, name);
    struct map_key *k = map_key(m, path);
    assert_non_null(k);
    if (old == NULL) {
        k->values = realloc(k->values, (k->n + 1) * sizeof *k->values);
        old = &k->values[k->n++];
        *old = (struct map_value){.name = str_dup(name)};
    }
    value_fini(&old->value);
    assert_int_equal(value_copy(v, &old->value), OK);
}

static inline void map_value_delete(struct map *m, const struct reg_path *path, const char *name)
{
    struct map_value *v = map_value(m, path, name);
    struct map_key *k = map_key(m, path);
    assert_non_null(v);
    free(v->name);
    value_fini(&v->value);
    *v = k->values[--k->n];
}

static inline void map_key_delete(struct map *m, const struct reg_path *path)
{
    struct map_key *k = map_key(m, path);
    assert_non_null(k);
    assert_int_equal(k->n, 0);
    for (size_t i = 0; i < m->n; i++)
        assert_false(path_is_under(&m->keys[i].path, path));
    path_fini(&k->path);
    free(k->values);
    *k = m->keys[--m->n];
}

static inline void map_fini(struct map *m)
{
    while (m->n > 0) {
        struct map_key *k = &m->keys[--m->n];
        for (size_t i = 0; i < k->n; i++) {
            free(k->values[i].name);
            value_fini(&k->values[i].value);
        }
        free(k->values);
        path_fini(&k->path);
    }
    free(m->keys);
    *m = (struct map){0};
}

static inline void map_copy(const struct map *from, struct map *out)
{
    *out = (struct map){0};
    for (size_t i = 0; i < from->n; i++)
        map_keys_make(out, &from->keys[i].path);
    for (size_t i = 0; i < from->n; i++)
        for (size_t k = 0; k < from->keys[i].n; k++)
            map_value_set(out, &from->keys[i].path, from->keys[i].values[k].name,
                          &from->keys[i].values[k].value);
}

static inline bool map_has_all(const struct map *a, const struct map *of)
{
    for (size_t i = 0; i < of->n; i++) {
        const struct map_key *k = &of->keys[i];
        if (!map_has_key(a, &k->path) || map_key(a, &k->path)->n != k->n)
            return false;
        for (size_t v = 0; v < k->n; v++) {
            const struct map_value *there = map_value(a, &k->path, k->values[v].name);
            if (there == NULL || !value_equal(&there->value, &k->values[v].value))
                return false;
        }
    }
    return true;
}

static inline bool map_equal(const struct map *a, const struct map *b)
{
    return a->n == b->n && map_has_all(a, b);
}

/* Does each change in its turn; each must find what its before says. */
static inline void map_apply(struct map *m, const struct plan_host *h)
{
    const struct reg_value absent = value_absent();
    for (size_t i = 0; i < h->n_changes; i++) {
        const struct change *c = &h->changes[i];
        if (c->name == NULL) {
            assert_true(map_has_key(m, &c->path) == !c->before.absent);
            if (!c->after.absent && c->before.absent)
                map_key_make(m, &c->path);
            else if (c->after.absent && !c->before.absent)
                map_key_delete(m, &c->path);
            continue;
        }
        const struct map_value *v = map_value(m, &c->path, c->name);
        assert_true(value_equal(v != NULL ? &v->value : &absent, &c->before));
        if (!c->after.absent)
            map_value_set(m, &c->path, c->name, &c->after);
        else if (v != NULL)
            map_value_delete(m, &c->path, c->name);
    }
}

static inline enum err map_broken(const struct map *m, const struct reg_path *path, struct why *why)
{
    return m->broken != NULL && str_eq_nocase(m->broken, path->key)
               ? why_set(why, E_DENIED, "denied")
               : OK;
}

static inline enum err map_read_value(void *self, const struct reg_path *path, const char *name,
                                      struct reg_value *out, struct why *why)
{
    struct map *m = self;
    const struct map_value *v = map_value(m, path, name);
    m->asked_values++;
    if (map_broken(m, path, why) != OK)
        return E_DENIED;
    if (v != NULL)
        return value_copy(&v->value, out);
    if (m->asked_values % 2 == 0)
        return E_ABSENT; /* both ways of saying so */
    *out = value_absent();
    return OK;
}

static inline enum err map_read_key(void *self, const struct reg_path *path, bool *exists,
                                    struct why *why)
{
    struct map *m = self;
    m->asked_keys++;
    *exists = map_has_key(m, path);
    return map_broken(m, path, why);
}

static inline enum err map_list(void *self, const struct reg_path *path, struct key_state *out,
                                struct why *why)
{
    const struct map *m = self;
    const struct map_key *k = map_key(m, path);
    if (map_broken(m, path, why) != OK)
        return E_DENIED;
    *out = (struct key_state){.exists = k != NULL};
    if (k == NULL)
        return OK;
    out->values = calloc(k->n + 1, sizeof *out->values);
    for (size_t i = 0; i < k->n; i++) {
        out->values[i].name = str_dup(k->values[i].name);
        assert_int_equal(value_copy(&k->values[i].value, &out->values[i].value), OK);
    }
    out->n_values = k->n;
    out->subkeys = calloc(m->n + 1, sizeof *out->subkeys);
    for (size_t i = 0; i < m->n; i++)
        if (path_is_under(&m->keys[i].path, path) &&
            strchr(m->keys[i].path.key + strlen(path->key) + 1, '\\') == NULL)
            out->subkeys[out->n_subkeys++] = str_dup(m->keys[i].path.key + strlen(path->key) + 1);
    return path_copy(path, &out->path);
}

static inline struct plan_reader map_reader(struct map *m)
{
    return (struct plan_reader){
        .value = map_read_value, .key = map_read_key, .list = map_list, .self = m};
}

#endif
