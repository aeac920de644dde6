/* playbooks/plan_fields.h: members of a plan file's objects, each of its type or an error with its
 * place; private to playbooks/.
 * Errors: E_DATA with `FILE: hosts[3].changes[2].before` and what was expected there; outputs are
 *         set only on success. */
#ifndef SWELL_PLAYBOOKS_PLAN_FIELDS_H
#define SWELL_PLAYBOOKS_PLAN_FIELDS_H

#include "base/err.h"
#include "playbooks/verify.h"

#include <jansson.h>
#include <stdbool.h>

#define PLAN_NOWHERE SIZE_MAX

struct plan_place {
    const char *file;
    const char *list; /* "hosts" or "verify", or NULL: the top */
    size_t item;      /* of the list */
    size_t change;    /* of the host, or PLAN_NOWHERE */
    struct why *why;
};

enum err plan_fail(const struct plan_place *at, const char *member, const char *expected);
enum err plan_memory(const struct plan_place *at);
/* An object with exactly these members; those after the needed ones may be missing. */
MUST_CHECK enum err plan_members_check(const struct plan_place *at, json_t *object,
                                       const char *const *names, size_t needed, size_t n);
/* The caller frees *out; it stays NULL for a null. */
MUST_CHECK enum err plan_text_read(const struct plan_place *at, const json_t *object,
                                   const char *member, bool may_be_null, char **out);
MUST_CHECK enum err plan_integer_read(const struct plan_place *at, const json_t *object,
                                      const char *member, int64_t most, int64_t *out);
MUST_CHECK enum err plan_word_read(const struct plan_place *at, const json_t *object,
                                   const char *member, const char *const *words, size_t n,
                                   size_t *out);
MUST_CHECK enum err plan_time_read(const struct plan_place *at, const json_t *object,
                                   const char *member, int64_t *out_ms);
/* One verify rule. */
MUST_CHECK enum err plan_rule_read(const struct plan_place *at, json_t *object,
                                   struct verify_rule *out);

#endif
