/* playbooks/lint_parts.h: what the lint rules share; private to playbooks/.
 * Shape:  a rule is a function over the whole playbook that adds findings.
 * Errors: E_MEMORY. */
#ifndef SWELL_PLAYBOOKS_LINT_PARTS_H
#define SWELL_PLAYBOOKS_LINT_PARTS_H

#include "playbooks/playbook.h"

#define LINT_FINDINGS_MAX 1000

struct lint_spot {
    const struct setting *setting;
    struct reg_path path; /* as a 64-bit program names it */
};

struct lint {
    const struct playbook *playbook;
    struct lint_spot *spots; /* one for each setting, by path and name */
    size_t n_spots;
    struct lint_finding *found;
    size_t n;
};

MUST_CHECK enum err lint_add(struct lint *l, const struct setting *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Is there a setting for this value? path is as a 64-bit program names it. */
bool lint_sets(const struct lint *l, const struct reg_path *path, const char *name);
/* The first spot of each path, and NULL for the others: the setting of that path that stands first
 * in the file, so that what is wrong with a key is said once. */
const struct setting *lint_key(const struct lint *l, size_t spot);
/* The rest of key below top, case aside: "" for top itself, NULL if it is not there. */
const char *key_below(const char *key, const char *top);
/* The first level of key, copied into buf and cut to its size; returns the rest. */
const char *key_level(const char *key, char *buf, size_t size);

MUST_CHECK enum err lint_schannel(struct lint *l); /* SCHANNEL\Protocols: names, pairs, TLS 1.3 */
MUST_CHECK enum err lint_types(struct lint *l);    /* numbers that are not stored as dword */
MUST_CHECK enum err lint_twins(struct lint *l);    /* 64-bit programs told, 32-bit ones not */
MUST_CHECK enum err lint_paths(struct lint *l);    /* keys that nobody reads */
MUST_CHECK enum err lint_verify(struct lint *l);   /* rules for ports */

#endif
