/* playbooks/key_memo.h: which keys of a host are there, asked once each, and which of the others a
 * plan creates; private to playbooks/.
 * Owns:   key_memo_fini frees (fine on a zeroed struct).
 * Errors: E_MEMORY; the memo is unchanged then. */
#ifndef SWELL_PLAYBOOKS_KEY_MEMO_H
#define SWELL_PLAYBOOKS_KEY_MEMO_H

#include "registry/path.h"

#include <stdint.h>

struct key_note {
    struct reg_path path;
    bool exists;
    size_t creation; /* where the plan's creation of a missing key stands in its list */
};

struct key_memo {
    struct key_note *notes;
    size_t n;
    size_t *slots; /* open addressing; a note's index plus 1, 0 = free */
    size_t n_slots;
};

void key_memo_fini(struct key_memo *m);
struct key_note *key_memo_find(struct key_memo *m,
                               const struct reg_path *path); /* borrowed until the next add */
MUST_CHECK enum err key_memo_add(struct key_memo *m, const struct reg_path *path, bool exists,
                                 size_t creation);

#endif
