/* playbooks/guard_expr.h: a guard in its parsed form; private to playbooks/.
 * Grammar: any        = all {"or" all}
 *          all        = not {"and" not}
 *          not        = "not" not | "(" any ")" | comparison
 *          comparison = FACT OPERATOR (NUMBER | TEXT)
 *          OPERATOR is one of == != < <= > >=, for texts == or !=. NUMBER is decimal or 0x…; TEXT
 *          stands in '…' or "…" without escapes and is compared without case.
 * Shape:   nodes[root] is the outermost operator; children stand before their parents.
 * Errors:  E_DATA; *at is then the byte that is wrong, and why says what was expected there. */
#ifndef SWELL_PLAYBOOKS_GUARD_EXPR_H
#define SWELL_PLAYBOOKS_GUARD_EXPR_H

#include "playbooks/guard.h"

#define GUARD_TEXT_MAX 1000 /* bytes of one expression */
#define GUARD_NODES_MAX 64  /* operators of one expression */
#define GUARD_DEPTH_MAX 16  /* parentheses and nots inside each other */

enum guard_op {
    GUARD_OR,
    GUARD_AND,
    GUARD_NOT,
    GUARD_EQ,
    GUARD_NE,
    GUARD_LT,
    GUARD_LE,
    GUARD_GT,
    GUARD_GE
};

struct guard_fact {
    const char *name;
    bool is_number;
    const char *example; /* of a value, for messages */
};

struct guard_node {
    enum guard_op op;
    size_t left, right; /* GUARD_OR, GUARD_AND: both; GUARD_NOT: left */
    const struct guard_fact *fact;
    int64_t number;
    char text[GUARD_FACT_TEXT_MAX];
};

struct guard_expr {
    struct guard_node nodes[GUARD_NODES_MAX];
    size_t n;
    size_t root;
};

MUST_CHECK enum err guard_parse(const char *that, struct guard_expr *out, size_t *at,
                                struct why *why);

#endif
