#include "transport/smb_host.h"

#include <stdlib.h>

#define LIST_MAX 65536u /* subkeys, or values, of one key */

/* Room for what the key said it holds, and for what was added since. */
static enum err room_make(void **array, size_t used, size_t *room, size_t width, struct why *why)
{
    size_t more = *room == 0 ? 16 : *room * 2;
    void *bigger;

    if (used < *room)
        return OK;
    if (used >= LIST_MAX)
        return why_set(why, E_LIMIT, "the key holds more than %u entries", LIST_MAX);
    bigger = realloc(*array, more * width);
    if (bigger == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    *array = bigger;
    *room = more;
    return OK;
}

static enum err subkeys_list(struct rpc *r, const struct smb_key *key, struct reg_list *l,
                             struct why *why)
{
    size_t room = 0;
    void *array = NULL;
    enum err e;

    for (;;) {
        char *name = NULL;

        if ((e = room_make(&array, l->n_subkeys, &room, sizeof *l->subkeys, why)) != OK)
            return e;
        l->subkeys = array;
        e = winreg_enum_key(r, &key->handle, (uint32_t)l->n_subkeys, &name, why);
        if (e != OK)
            return e == E_ABSENT ? OK : e;
        l->subkeys[l->n_subkeys++] = name;
    }
}

static enum err values_list(struct rpc *r, const struct smb_key *key, struct reg_list *l,
                            struct why *why)
{
    size_t room = 0;
    void *array = NULL;
    enum err e;

    for (;;) {
        if ((e = room_make(&array, l->n_values, &room, sizeof *l->values, why)) != OK)
            return e;
        l->values = array;
        e = winreg_enum_value(r, &key->handle, (uint32_t)l->n_values, &l->values[l->n_values], why);
        if (e != OK)
            return e == E_ABSENT ? OK : e;
        l->n_values++;
    }
}

enum err smb_list_key(struct transport *t, const struct reg_path *path, int64_t deadline_ms,
                      struct reg_list *out, struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    struct reg_list l = {.key_exists = true};
    struct smb_key key;
    enum err e;

    *out = (struct reg_list){0};
    h->connection.deadline_ms = deadline_ms;
    if ((e = smb_key_open(h, path, KEY_READ, &key, why)) != OK)
        return e == E_ABSENT ? OK : e; /* key_exists is false */
    if ((e = subkeys_list(&h->winreg.rpc, &key, &l, why)) != OK ||
        (e = values_list(&h->winreg.rpc, &key, &l, why)) != OK) {
        e = place_key(why, e, "list", path, NULL);
        goto out;
    }
    *out = l;
    l = (struct reg_list){0}; /* moved to the caller */
out:
    smb_key_close(h, &key);
    list_fini(&l);
    return e;
}
