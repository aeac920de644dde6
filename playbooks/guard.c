#include "playbooks/guard.h"

#include "base/text.h"
#include "playbooks/guard_expr.h"

#include <stdlib.h>

static enum err parse_placed(const char *that, struct guard_expr *expr, struct why *why)
{
    size_t at;
    enum err e = guard_parse(that, expr, &at, why);
    return e == OK ? OK : why_place(why, e, "column %zu", at + 1);
}

enum err guard_check(const char *that, struct why *why)
{
    struct guard_expr expr;
    return parse_placed(that, &expr, why);
}

static bool numbers_compare(enum guard_op op, int64_t a, int64_t b)
{
    switch (op) {
    case GUARD_EQ: return a == b;
    case GUARD_NE: return a != b;
    case GUARD_LT: return a < b;
    case GUARD_LE: return a <= b;
    case GUARD_GT: return a > b;
    case GUARD_GE: return a >= b;
    case GUARD_OR:
    case GUARD_AND:
    case GUARD_NOT: break;
    }
    abort();
}

/* Children stand before their parents, so one pass upwards meets every operand before its operator.
 * All facts are asked for, also where the other side of an `or` has decided already: the answer
 * must not depend on the order of writing. */
enum err guard_eval(const char *that, fact_fn *ask, void *self, enum guard_answer *out,
                    struct why *why)
{
    struct guard_expr expr;
    bool holds[GUARD_NODES_MAX];
    bool unknown = false;
    enum err e = parse_placed(that, &expr, why);
    if (e != OK)
        return e;
    for (size_t i = 0; i < expr.n; i++) {
        const struct guard_node *n = &expr.nodes[i];
        if (n->op == GUARD_OR) {
            holds[i] = holds[n->left] || holds[n->right];
        } else if (n->op == GUARD_AND) {
            holds[i] = holds[n->left] && holds[n->right];
        } else if (n->op == GUARD_NOT) {
            holds[i] = !holds[n->left];
        } else {
            struct fact_value v = ask(self, n->fact->name);
            unknown = unknown || !v.known || v.is_number != n->fact->is_number;
            holds[i] = v.is_number ? numbers_compare(n->op, v.number, n->number)
                                   : str_eq_nocase(v.text, n->text) == (n->op == GUARD_EQ);
        }
    }
    *out = unknown ? GUARD_UNKNOWN : holds[expr.root] ? GUARD_HOLDS
                                                      : GUARD_FAILS;
    return OK;
}
