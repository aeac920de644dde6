/* playbooks/guard.h: an expression over facts that must hold before a host is touched:
 * `os.build >= 7601`, `os.product == "ServerNT" and not os.build < 9200`. Comparisons ==, !=, <,
 * <=, >, >= of a fact with a number or a string; and, or, not, parentheses (guard_expr.h has the
 * grammar). Facts are asked for by name through a function: os.build (a number), os.product and
 * os.name (texts, compared without case).
 * Errors: E_DATA with the column and what was expected. A fact that is unknown makes the answer
 *         unknown, never true. */
#ifndef SWELL_PLAYBOOKS_GUARD_H
#define SWELL_PLAYBOOKS_GUARD_H

#include "base/err.h"

#include <stdbool.h>

#define GUARD_FACT_TEXT_MAX 128

enum guard_answer { GUARD_HOLDS,
                    GUARD_FAILS,
                    GUARD_UNKNOWN };

struct fact_value {
    bool known;
    bool is_number;
    int64_t number;
    char text[GUARD_FACT_TEXT_MAX];
};
typedef struct fact_value
fact_fn(void *self, const char *name); /* a function type, as C cannot name one otherwise */

MUST_CHECK enum err guard_check(const char *that, struct why *why); /* syntax and fact names only */
MUST_CHECK enum err guard_eval(const char *that, fact_fn *ask, void *self, enum guard_answer *out,
                               struct why *why);

#endif
