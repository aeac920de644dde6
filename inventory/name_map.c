#include "inventory/name_map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

/* FNV-1a, 64 bits. */
static uint64_t name_hash(const char *name)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *name != '\0'; name++)
        h = (h ^ (uint8_t)*name) * 0x100000001b3u;
    return h;
}

/* The slot that holds name, or the free one where it belongs. */
static struct name_slot *slot_of(struct name_slot *slots, size_t n_slots, const char *name)
{
    size_t at = (size_t)name_hash(name) & (n_slots - 1);

    while (slots[at].name != NULL && strcmp(slots[at].name, name) != 0)
        at = (at + 1) & (n_slots - 1);
    return &slots[at];
}

static enum err name_map_grow(struct name_map *m)
{
    size_t n_slots = m->n_slots == 0 ? FIRST_SLOTS : m->n_slots * 2;
    struct name_slot *slots = calloc(n_slots, sizeof *slots);

    if (slots == NULL)
        return E_MEMORY;
    for (size_t i = 0; i < m->n_slots; i++)
        if (m->slots[i].name != NULL)
            *slot_of(slots, n_slots, m->slots[i].name) = m->slots[i];
    free(m->slots);
    m->slots = slots;
    m->n_slots = n_slots;
    return OK;
}

void name_map_fini(struct name_map *m)
{
    free(m->slots);
    *m = (struct name_map){0};
}

enum err name_map_put(struct name_map *m, const char *name, size_t number)
{
    if (m->used + 1 > m->n_slots / 3 * 2 && name_map_grow(m) != OK)
        return E_MEMORY;
    *slot_of(m->slots, m->n_slots, name) = (struct name_slot){.name = name, .number = number};
    m->used++;
    return OK;
}

bool name_map_get(const struct name_map *m, const char *name, size_t *number)
{
    const struct name_slot *slot;

    if (m->n_slots == 0)
        return false;
    slot = slot_of(m->slots, m->n_slots, name);
    if (slot->name == NULL)
        return false;
    *number = slot->number;
    return true;
}
