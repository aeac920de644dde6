#include "transport/smb_host.h"

#include <string.h>

#define KEYS_OPEN_MAX \
    64 /* keys held open at once; the oldest are flushed and closed to make room */

struct open_key {
    struct reg_path path;
    struct smb_key key;
    bool touched; /* something in it must reach the host's disk */
};

struct apply {
    struct smb_host *h;
    struct open_key keys[KEYS_OPEN_MAX];
    size_t n;
};

/* Flush what was touched, close all. The first failure is told, the rest is still done. */
static enum err keys_finish(struct apply *a, struct why *why)
{
    enum err first = OK;

    for (size_t i = 0; i < a->n; i++) {
        struct open_key *k = &a->keys[i];
        struct why here = {0};
        enum err e = OK;

        if (k->touched && !a->h->winreg.rpc.broken)
            e = winreg_flush_key(&a->h->winreg.rpc, &k->key.handle, &here);
        if (e != OK && first == OK) {
            first = place_key(&here, e, "flush", &k->path, NULL);
            if (why != NULL)
                *why = here;
        }
        smb_key_close(a->h, &k->key);
        path_fini(&k->path);
    }
    a->n = 0;
    return first;
}

static struct open_key *key_find(struct apply *a, const struct reg_path *path)
{
    for (size_t i = 0; i < a->n; i++)
        if (path_equal(&a->keys[i].path, path))
            return &a->keys[i];
    return NULL;
}

static enum err key_room(struct apply *a, struct why *why)
{
    return a->n < KEYS_OPEN_MAX ? OK : keys_finish(a, why);
}

/* key becomes the list's; on failure it is closed. */
static enum err key_keep(struct apply *a, const struct reg_path *path, struct smb_key *key,
                         struct open_key **out, struct why *why)
{
    struct open_key *k = &a->keys[a->n];
    enum err e;

    *k = (struct open_key){.key = *key};
    if ((e = path_copy(path, &k->path)) != OK) {
        smb_key_close(a->h, key);
        return why_set(why, e, "%s", err_words(e));
    }
    a->n++;
    *out = k;
    return OK;
}

static enum err key_get(struct apply *a, const struct reg_path *path, struct open_key **out,
                        struct why *why)
{
    struct smb_key key;
    enum err e;

    *out = key_find(a, path);
    if (*out != NULL)
        return OK;
    if ((e = key_room(a, why)) != OK ||
        (e = smb_key_open(a->h, path, KEY_READ_WRITE, &key, why)) != OK)
        return e;
    return key_keep(a, path, &key, out, why);
}

/* A key that is about to be deleted must not be held open. It may turn out that it stays: what was
 * set in it counts. */
static enum err key_drop(struct apply *a, const struct reg_path *path, struct why *why)
{
    struct open_key *k = key_find(a, path);
    enum err e = OK;

    if (k == NULL)
        return OK;
    if (k->touched)
        e = winreg_flush_key(&a->h->winreg.rpc, &k->key.handle, why);
    smb_key_close(a->h, &k->key);
    path_fini(&k->path);
    *k = a->keys[--a->n];
    return place_key(why, e, "flush", path, NULL);
}

static enum err parent_get(struct apply *a, const struct reg_path *path, struct open_key **out,
                           struct why *why)
{
    struct reg_path parent = {0};
    enum err e = path_parent(path, &parent);

    if (e == OK)
        e = key_get(a, &parent, out, why);
    else
        why_set(why, e, "%s", err_words(e));
    path_fini(&parent);
    return e;
}

static enum err op_create_key(struct apply *a, const struct reg_op *op, struct why *why)
{
    struct open_key *parent, *made;
    struct smb_key key;
    enum err e;

    if (*op->path->key == '\0' || key_find(a, op->path) != NULL)
        return OK;
    if ((e = parent_get(a, op->path, &parent, why)) != OK || (e = key_room(a, why)) != OK ||
        (e = parent_get(a, op->path, &parent, why)) != OK || /* making room may have closed it */
        (e = smb_key_create(a->h, &parent->key, op->path, op->volatile_key, &key, why)) != OK ||
        (e = key_keep(a, op->path, &key, &made, why)) != OK)
        return e;
    made->touched = !op->volatile_key;
    return OK;
}

static enum err op_set_value(struct apply *a, const struct reg_op *op, struct why *why)
{
    struct open_key *k;
    enum err e = key_get(a, op->path, &k, why);

    if (e != OK)
        return e;
    if ((e = winreg_set_value(&a->h->winreg.rpc, &k->key.handle, op->name, op->value, why)) == OK)
        k->touched = true;
    return place_key(why, e, "set", op->path, op->name);
}

static enum err op_delete_value(struct apply *a, const struct reg_op *op, struct why *why)
{
    struct open_key *k;
    enum err e = key_get(a, op->path, &k, why);

    if (e != OK)
        return e == E_ABSENT ? OK : e;
    e = winreg_delete_value(&a->h->winreg.rpc, &k->key.handle, op->name, why);
    if (e == OK)
        k->touched = true;
    return e == E_ABSENT ? OK : place_key(why, e, "delete", op->path, op->name);
}

/* E_ABSENT: it is gone already. */
static enum err key_check_empty(struct apply *a, const struct reg_path *path, struct why *why)
{
    struct winreg_key_info info = {0};
    struct smb_key key;
    enum err e;

    if (*path->key == '\0')
        return why_set(why, E_REFUSED, "a whole hive is not deleted");
    if ((e = smb_key_open(a->h, path, KEY_READ, &key, why)) != OK)
        return e;
    e = winreg_query_info(&a->h->winreg.rpc, &key.handle, &info, why);
    smb_key_close(a->h, &key);
    if (e == OK && (info.subkeys > 0 || info.values > 0))
        e = why_set(why, E_REFUSED, "the key is not empty: it has %u subkeys and %u values",
                    (unsigned)info.subkeys, (unsigned)info.values);
    return e;
}

static enum err op_delete_key(struct apply *a, const struct reg_op *op, struct why *why)
{
    struct open_key *parent;
    enum err e;

    if ((e = key_drop(a, op->path, why)) == OK && (e = key_check_empty(a, op->path, why)) == OK &&
        (e = parent_get(a, op->path, &parent, why)) == OK &&
        (e = winreg_delete_key(&a->h->winreg.rpc, &parent->key.handle, path_leaf(op->path), why)) ==
            OK)
        parent->touched = true;
    return e == E_ABSENT ? OK : place_key(why, e, "delete", op->path, NULL);
}

static enum err op_do(struct apply *a, const struct reg_op *op, struct why *why)
{
    switch (op->kind) {
    case OP_CREATE_KEY: return op_create_key(a, op, why);
    case OP_SET_VALUE: return op_set_value(a, op, why);
    case OP_DELETE_VALUE: return op_delete_value(a, op, why);
    case OP_DELETE_KEY: return op_delete_key(a, op, why);
    }
    return why_set(why, E_INTERNAL, "no such operation");
}

enum err smb_apply_ops(struct transport *t, struct reg_op *ops, size_t n, int64_t deadline_ms,
                       struct why *why)
{
    struct apply a = {.h = (struct smb_host *)t};
    struct why end = {0};
    enum err e = OK, flushed;

    a.h->connection.deadline_ms = deadline_ms;
    for (size_t i = 0; i < n; i++) {
        ops[i].done = false;
        ops[i].err = OK;
        ops[i].why = (struct why){0};
    }
    if ((e = smb_apply_together(a.h, ops, n, &end)) != OK) {
        if (why != NULL)
            *why = end;
        return e;
    }
    for (size_t i = 0; i < n && e == OK; i++) {
        if (ops[i].done)
            continue;
        e = ops[i].err = op_do(&a, &ops[i], &ops[i].why);
        ops[i].done = e == OK;
        if (e != OK)
            end = ops[i].why;
        else
            ops[i].why = (struct why){0}; /* "it was not there" is no failure */
    }
    if (item_error(e)) /* the item tells; the connection is good */
        e = OK;
    flushed = keys_finish(&a, e == OK ? &end : NULL);
    e = e == OK ? flushed : e;
    if (e != OK && why != NULL)
        *why = end;
    return e;
}
