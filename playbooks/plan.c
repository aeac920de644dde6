#include "playbooks/plan.h"

#include "playbooks/plan_parts.h"

#include <stdlib.h>
#include <string.h>

void change_fini(struct change *c)
{
    path_fini(&c->path);
    free(c->name);
    value_fini(&c->before);
    value_fini(&c->after);
    free(c->why);
    *c = (struct change){0};
}

void plan_host_fini(struct plan_host *h)
{
    for (size_t i = 0; i < h->n_changes; i++)
        change_fini(&h->changes[i]);
    free(h->changes);
    free(h->name);
    free(h->affinity);
    free(h->reason);
    *h = (struct plan_host){0};
}

void plan_free(struct plan *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_hosts; i++)
        plan_host_fini(&p->hosts[i]);
    free(p->title);
    free(p->playbook);
    free(p->verify);
    free(p->hosts);
    free(p);
}

void key_state_fini(struct key_state *k)
{
    path_fini(&k->path);
    for (size_t i = 0; i < k->n_values; i++) {
        free(k->values[i].name);
        value_fini(&k->values[i].value);
    }
    for (size_t i = 0; i < k->n_subkeys; i++)
        free(k->subkeys[i]);
    free(k->values);
    free(k->subkeys);
    *k = (struct key_state){0};
}

bool change_is_noop(const struct change *c)
{
    return value_equal(&c->before, &c->after);
}

bool plan_host_changes(const struct plan_host *h)
{
    for (size_t i = 0; i < h->n_changes; i++)
        if (!change_is_noop(&h->changes[i]))
            return true;
    return false;
}

bool plan_host_needs_restart(const struct plan_host *h)
{
    for (size_t i = 0; i < h->n_changes; i++)
        if (h->changes[i].effect == EFFECT_RESTART && !change_is_noop(&h->changes[i]))
            return true;
    return h->owes_restart;
}

const struct plan_host *plan_find_host(const struct plan *p, const char *name)
{
    for (size_t i = 0; i < p->n_hosts; i++)
        if (strcmp(p->hosts[i].name, name) == 0)
            return &p->hosts[i];
    return NULL;
}

enum change_phase change_phase(const struct change *c)
{
    if (c->name == NULL)
        return c->after.absent ? PHASE_KEY_DELETE : PHASE_KEY_CREATE;
    return c->after.absent ? PHASE_VALUE_DELETE : PHASE_VALUE_SET;
}

void change_list_fini(struct change_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        change_fini(&l->items[i]);
    free(l->items);
    *l = (struct change_list){0};
}

enum err change_list_add(struct change_list *l, struct change *c)
{
    if ((l->n & (l->n - 1)) == 0) { /* full at every power of two */
        struct change *items = realloc(l->items, (l->n == 0 ? 1 : l->n * 2) * sizeof *items);
        if (items == NULL)
            return E_MEMORY;
        l->items = items;
    }
    l->items[l->n++] = *c;
    *c = (struct change){0}; /* moved */
    return OK;
}

enum err change_make(const struct reg_path *path, const char *name, const struct reg_value *before,
                     const struct reg_value *after, enum effect effect, const char *why,
                     struct change *out)
{
    struct change c = {.effect = effect};
    enum err e;
    if ((e = path_copy(path, &c.path)) != OK || (e = value_copy(before, &c.before)) != OK ||
        (e = value_copy(after, &c.after)) != OK)
        goto out;
    if ((name != NULL && (c.name = str_dup(name)) == NULL) ||
        (why != NULL && (c.why = str_dup(why)) == NULL)) {
        e = E_MEMORY;
        goto out;
    }
    *out = c;
    c = (struct change){0}; /* moved */
out:
    change_fini(&c);
    return e;
}
