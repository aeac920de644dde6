#include "report/intern.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

struct slot {
    char *s; /* NULL: free */
    size_t n;
    uint64_t hash;
};

struct intern {
    struct slot *slots;
    size_t room; /* a power of two */
    size_t used;
};

struct intern *intern_new(void)
{
    struct intern *in = calloc(1, sizeof *in);
    if (!in || !(in->slots = calloc(ROOM_FIRST, sizeof *in->slots))) {
        free(in);
        return NULL;
    }
    in->room = ROOM_FIRST;
    return in;
}

void intern_free(struct intern *in)
{
    if (!in)
        return;
    for (size_t i = 0; i < in->room; i++)
        free(in->slots[i].s);
    free(in->slots);
    free(in);
}

static uint64_t hash_of(const char *s, size_t n) /* FNV-1a */
{
    uint64_t h = 0xcbf29ce484222325u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 0x100000001b3u;
    return h;
}

/* The slot that holds s, or the free one where it belongs. */
static struct slot *slot_of(struct slot *slots, size_t room, const char *s, size_t n, uint64_t hash)
{
    size_t at = (size_t)hash & (room - 1);
    while (slots[at].s && !(slots[at].hash == hash && slots[at].n == n &&
                            memcmp(slots[at].s, s, n) == 0))
        at = (at + 1) & (room - 1);
    return &slots[at];
}

static bool grow(struct intern *in)
{
    size_t room = in->room * 2;
    struct slot *slots = calloc(room, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < in->room; i++) {
        const struct slot *old = &in->slots[i];
        if (old->s)
            *slot_of(slots, room, old->s, old->n, old->hash) = *old;
    }
    free(in->slots);
    in->slots = slots;
    in->room = room;
    return true;
}

const char *intern_text_n(struct intern *in, const char *s, size_t n)
{
    uint64_t hash = hash_of(s, n);
    struct slot *slot = slot_of(in->slots, in->room, s, n, hash);
    if (slot->s)
        return slot->s;
    if (in->used * 2 >= in->room) {
        if (!grow(in))
            return NULL;
        slot = slot_of(in->slots, in->room, s, n, hash);
    }
    if (!(slot->s = str_dup_n(s, n)))
        return NULL;
    slot->n = n;
    slot->hash = hash;
    in->used++;
    return slot->s;
}

const char *intern_text(struct intern *in, const char *s)
{
    return intern_text_n(in, s, strlen(s));
}
