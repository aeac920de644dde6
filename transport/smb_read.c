#include "transport/smb_host.h"

#include <stdlib.h>
#include <string.h>

static int item_compare(const void *a, const void *b)
{
    const struct reg_read *const *x = a;
    const struct reg_read *const *y = b;
    int by_path = path_compare((*x)->path, (*y)->path);

    if (by_path != 0)
        return by_path;
    return *x < *y ? -1 : *x > *y; /* of one array: the order that was asked */
}

/* A value that is not there is an answer too. */
static enum err value_read(struct smb_host *h, const struct smb_key *key, struct reg_read *item,
                           struct why *why)
{
    struct reg_value value = {0};
    enum err e = winreg_query_value(&h->winreg.rpc, &key->handle, item->name, &value, why);

    if (e == E_ABSENT)
        return OK;
    if (e != OK)
        return place_key(why, e, "read", item->path, item->name);
    item->value = value;
    return OK;
}

static void item_fail(struct reg_read *item, enum err e, const struct why *why)
{
    item->err = e;
    item->why = *why;
}

/* The items of one key. An error of the connection is returned, and *done tells how many items were
 * settled. */
static enum err group_read(struct smb_host *h, struct reg_read *const *items, size_t n,
                           size_t *done)
{
    struct why why = {0};
    struct smb_key key;
    enum err e = smb_key_open(h, items[0]->path, KEY_READ, &key, &why);

    *done = 0;
    if (e == E_ABSENT) {
        *done = n;
        return OK;
    }
    for (size_t i = 0; e != OK && i < n; i++)
        item_fail(items[i], e, &why);
    if (e != OK) {
        *done = item_error(e) ? n : 0;
        return item_error(e) ? OK : e;
    }
    for (; *done < n; (*done)++) {
        struct reg_read *item = items[*done];

        why = (struct why){0};
        item->key_exists = true;
        e = item->name == NULL ? OK : value_read(h, &key, item, &why);
        if (item->name == NULL)
            item->value = (struct reg_value){0}; /* it is open, so it is there */
        if (e != OK)
            item_fail(item, e, &why);
        if (e != OK && !item_error(e))
            return e;
    }
    smb_key_close(h, &key);
    return OK;
}

static size_t group_size(struct reg_read *const *items, size_t n)
{
    size_t k = 1;

    while (k < n && path_equal(items[k]->path, items[0]->path))
        k++;
    return k;
}

/* Nothing was learnt of these: they must not pass for absent. */
static void items_give_up(struct reg_read *const *items, size_t n, enum err e,
                          const struct why *why)
{
    for (size_t i = 0; i < n; i++) {
        items[i]->key_exists = false;
        item_fail(items[i], e, why);
    }
}

static enum err groups_read(struct smb_host *h, struct reg_read *const *items, size_t n,
                            struct why *why)
{
    for (size_t at = 0; at < n;) {
        size_t k = group_size(items + at, n - at), done = 0;
        enum err e = group_read(h, items + at, k, &done);

        if (e != OK) {
            struct why first = items[at + done]->why;

            items_give_up(items + at + done, n - at - done, e, &first);
            if (why != NULL)
                *why = first;
            return e;
        }
        at += k;
    }
    return OK;
}

enum err smb_read_items(struct transport *t, struct reg_read *items, size_t n, int64_t deadline_ms,
                        struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    struct reg_read **sorted = calloc(n == 0 ? 1 : n, sizeof *sorted);
    struct why here = {0};
    enum err e;

    h->connection.deadline_ms = deadline_ms;
    for (size_t i = 0; i < n; i++) {
        items[i].key_exists = false;
        items[i].value = value_absent();
        items[i].err = OK;
        items[i].why = (struct why){0};
    }
    if (sorted == NULL) {
        e = why_set(why, E_MEMORY, "out of memory");
        for (size_t i = 0; i < n; i++)
            items[i].err = e;
        return e;
    }
    for (size_t i = 0; i < n; i++)
        sorted[i] = &items[i];
    qsort(sorted, n, sizeof *sorted, item_compare);
    if ((e = smb_read_together(h, sorted, &n, &here)) == OK)
        e = groups_read(h, sorted, n, &here);
    else
        items_give_up(sorted, n, e, &here);
    if (e != OK && why != NULL)
        *why = here;
    free(sorted);
    return e;
}
