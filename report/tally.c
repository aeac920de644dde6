#include "report/tally.h"

#include "report/host_parts.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64

/* Keys are interned: their address is their identity. */
static size_t slot_of(const struct tally *y, const uint32_t *index, size_t room, const char *key)
{
    uintptr_t at = (uintptr_t)key >> 4;
    size_t i = (size_t)(at * 0x9e3779b97f4a7c15u >> 20) & (room - 1);
    while (index[i] != UINT32_MAX && y->rows[index[i]].key != key)
        i = (i + 1) & (room - 1);
    return i;
}

static bool grow(struct tally *y)
{
    size_t room = y->room ? y->room * 2 : ROOM_FIRST;
    uint32_t *index = malloc(room * sizeof *index);
    if (!index)
        return false;
    memset(index, 0xff, room * sizeof *index);
    for (uint32_t r = 0; r < y->n_rows; r++)
        index[slot_of(y, index, room, y->rows[r].key)] = r;
    free(y->index);
    y->index = index;
    y->room = room;
    return true;
}

bool tally_add(struct tally *y, const char *key, const void *sample, uint32_t host)
{
    const char *kept;
    if ((!y->keys && !(y->keys = intern_new())) || !(kept = intern_text(y->keys, key)))
        return false;
    if ((size_t)y->n_rows * 2 >= y->room && !grow(y))
        return false;
    size_t i = slot_of(y, y->index, y->room, kept);
    if (y->index[i] == UINT32_MAX) {
        struct tally_row *row = LIST_ADD(y->rows, y->n_rows);
        if (!row)
            return false;
        *row = (struct tally_row){.key = kept, .sample = sample};
        y->index[i] = y->n_rows - 1;
    }
    struct tally_row *row = &y->rows[y->index[i]];
    if (row->n_hosts && row->hosts[row->n_hosts - 1] == host)
        return true;
    uint32_t *to = LIST_ADD(row->hosts, row->n_hosts);
    if (to)
        *to = host;
    return to != NULL;
}

void tally_fini(struct tally *y)
{
    for (uint32_t i = 0; i < y->n_rows; i++)
        free(y->rows[i].hosts);
    free(y->rows);
    free(y->index);
    intern_free(y->keys);
    *y = (struct tally){0};
}
