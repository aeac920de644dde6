#include "tests/support/strict_parts.h"

#include <string.h>

struct strict_handle *strict_handle_new(struct strict_server *s, const struct strict_pipe *p)
{
    for (size_t i = 0; i < STRICT_HANDLES; i++) {
        struct strict_handle *h = &s->handles[i];

        if (h->used)
            continue;
        *h = (struct strict_handle){.used = true, .group = p->group, .interface = p->interface};
        if (crypto_random(h->id, sizeof h->id) != OK)
            return NULL;
        return h;
    }
    return NULL;
}

struct strict_handle *strict_handle_find(struct strict_server *s, const struct strict_pipe *p,
                                         struct rd id)
{
    rd_skip(&id, 4); /* attributes */
    for (size_t i = 0; i < STRICT_HANDLES; i++) {
        struct strict_handle *h = &s->handles[i];

        if (!h->used || !rd_equal(id, rd_of(h->id, sizeof h->id)))
            continue;
        if (h->group == p->group && h->interface == p->interface)
            return h;
        strict_violation(s, "a handle of another association on %s",
                         strict_pipe_names[p->interface]);
    }
    return NULL;
}

void strict_handle_put(struct wr *w, const struct strict_handle *h)
{
    wr_le32(w, 0);
    if (h == NULL)
        wr_zeros(w, sizeof h->id);
    else
        wr_bytes(w, h->id, sizeof h->id);
}

void strict_handles_drop(struct strict_server *s, uint32_t group)
{
    for (size_t i = 0; i < STRICT_HANDLES; i++)
        if (group != 0 ? s->handles[i].group == group : s->handles[i].interface == IF_WINREG)
            s->handles[i].used = false;
}
