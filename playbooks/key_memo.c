#include "playbooks/key_memo.h"

#include <stdlib.h>

#define SLOTS_FIRST 64 /* a power of two */

/* FNV-1a over the ASCII letters in lower case. Other bytes are left out, so that equal paths hash
 * alike however path_equal() folds them. */
static size_t path_hash(const struct reg_path *p)
{
    uint64_t h = 14695981039346656037u ^ ((uint64_t)p->hive << 8 | (uint64_t)p->view);
    for (const char *s = p->key; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0x80)
            continue;
        h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 1099511628211u;
    }
    return (size_t)(h ^ h >> 32);
}

void key_memo_fini(struct key_memo *m)
{
    for (size_t i = 0; i < m->n; i++)
        path_fini(&m->notes[i].path);
    free(m->notes);
    free(m->slots);
    *m = (struct key_memo){0};
}

/* The slot that holds path, or the free one where it belongs. */
static size_t *slot_of(const struct key_note *notes, size_t *slots, size_t n_slots,
                       const struct reg_path *path)
{
    size_t at = path_hash(path) & (n_slots - 1);
    while (slots[at] != 0 && !path_equal(&notes[slots[at] - 1].path, path))
        at = (at + 1) & (n_slots - 1);
    return &slots[at];
}

struct key_note *key_memo_find(struct key_memo *m, const struct reg_path *path)
{
    size_t note = m->n_slots == 0 ? 0 : *slot_of(m->notes, m->slots, m->n_slots, path);
    return note == 0 ? NULL : &m->notes[note - 1];
}

/* Room for one more note, with at least half of the slots free. */
static enum err memo_grow(struct key_memo *m)
{
    if (m->n < m->n_slots / 2)
        return OK;
    size_t n_slots = m->n_slots == 0 ? SLOTS_FIRST : m->n_slots * 2;
    struct key_note *notes = realloc(m->notes, n_slots / 2 * sizeof *notes);
    if (notes == NULL)
        return E_MEMORY;
    m->notes = notes;
    size_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL)
        return E_MEMORY;
    for (size_t i = 0; i < m->n; i++)
        *slot_of(notes, slots, n_slots, &notes[i].path) = i + 1;
    free(m->slots);
    m->slots = slots;
    m->n_slots = n_slots;
    return OK;
}

enum err key_memo_add(struct key_memo *m, const struct reg_path *path, bool exists, size_t creation)
{
    struct key_note note = {.exists = exists, .creation = creation};
    enum err e;
    if ((e = memo_grow(m)) != OK || (e = path_copy(path, &note.path)) != OK)
        return e;
    *slot_of(m->notes, m->slots, m->n_slots, path) = m->n + 1;
    m->notes[m->n++] = note;
    return OK;
}
