/* playbooks/plan_parts.h: what the makers and readers of plans share; private to playbooks/. */
#ifndef SWELL_PLAYBOOKS_PLAN_PARTS_H
#define SWELL_PLAYBOOKS_PLAN_PARTS_H

#include "playbooks/plan.h"

/* The order of plan.h: a change of a lower phase is done before one of a higher phase. */
enum change_phase {
    PHASE_KEY_CREATE,
    PHASE_VALUE_SET,
    PHASE_VALUE_DELETE,
    PHASE_KEY_DELETE,
    PHASE_COUNT
};

enum change_phase change_phase(const struct change *c);

struct change_list {
    struct change *items;
    size_t n;
};

void change_list_fini(struct change_list *l);
/* *c is moved into the list, and zeroed; on E_MEMORY it stays the caller's. */
MUST_CHECK enum err change_list_add(struct change_list *l, struct change *c);
/* A change with copies of these; path, name and why may be shared with anything. name and why may
 * be NULL. */
MUST_CHECK enum err change_make(const struct reg_path *path, const char *name,
                                const struct reg_value *before, const struct reg_value *after,
                                enum effect effect, const char *why, struct change *out);

#endif
