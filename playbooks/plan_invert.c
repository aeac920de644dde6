#include "playbooks/plan_parts.h"

#include <stdlib.h>

/* The last change first, which puts keys that go and come in their right order; then, by phase,
 * each kind in its turn. */
static enum err changes_invert(const struct plan_host *of, struct change_list *out)
{
    enum err e = OK;
    for (enum change_phase p = PHASE_KEY_CREATE; p < PHASE_COUNT; p++)
        for (size_t i = of->n_changes; i > 0 && e == OK; i--) {
            const struct change *c = &of->changes[i - 1];
            const struct change turned = {
                .name = c->name, .after = c->before}; /* borrowed: only its phase is asked for */
            struct change back = {0};
            if (change_is_noop(c) || change_phase(&turned) != p)
                continue;
            if ((e = change_make(&c->path, c->name, &c->after, &c->before, c->effect, c->why,
                                 &back)) == OK)
                e = change_list_add(out, &back);
            change_fini(&back);
        }
    return e;
}

enum err plan_host_invert(const struct plan_host *of, struct plan_host *out)
{
    struct plan_host h = {.verdict = PLAN_GO};
    struct change_list back = {0};
    enum err e = changes_invert(of, &back);
    if (e == OK && (((h.name = str_dup(of->name)) == NULL && of->name != NULL) ||
                    ((h.affinity = str_dup(of->affinity)) == NULL && of->affinity != NULL)))
        e = E_MEMORY;
    if (e == OK) {
        h.changes = back.items;
        h.n_changes = back.n;
        back = (struct change_list){0}; /* moved */
        *out = h;
        h = (struct plan_host){0};
    }
    change_list_fini(&back);
    plan_host_fini(&h);
    return e;
}
