/* controller/step_parts.h: what the files of step_*.c share. Private to controller/. */
#ifndef SWELL_CONTROLLER_STEP_PARTS_H
#define SWELL_CONTROLLER_STEP_PARTS_H

#include "controller/step.h"

#include <jansson.h>

/* One step under way: the open transport, its deadline, the outcome that is being made. */
struct step_run {
    const struct job *job;
    const struct action *action;
    struct step_result *result;
    struct transport *transport;
    bool is_reused; /* the transport was left by an earlier step: it may have died since */
    bool is_dirty;  /* something was asked that must not be asked twice unseen */
    int64_t deadline_ms;
    json_t *detail; /* of the event, or NULL */
    struct why why;
};

MUST_CHECK enum err step_open(struct step_run *run);
/* Reads the present state of every change of the plan; items[n_changes] is the caller's to
 * read_fini. */
MUST_CHECK enum err step_read_changes(struct step_run *run, struct reg_read **items);

enum err step_preflight(struct step_run *run);
enum err step_snapshot(struct step_run *run);
enum err step_apply(struct step_run *run);
enum err step_arm(struct step_run *run);
enum err step_restart(struct step_run *run);
enum err step_look(struct step_run *run);
enum err step_verify(struct step_run *run);

/* How a change stands: the value found beside what the plan says. */
enum standing { STANDS_AS_BEFORE,
                STANDS_AS_AFTER,
                STANDS_FOREIGN };
enum standing change_standing(const struct change *c, const struct reg_value *found);
void change_put_name(struct text *t, const struct change *c); /* `HKLM\A\B\Enabled`, for people */

#endif
