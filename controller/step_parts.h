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

/* The service that the journal says is ours to start may have stopped since: by itself, or with a
 * restart of the host. */
void step_wake_again(struct step_run *run, enum err e);
/* What runs, into the result and the detail. A host that does not say is no failure. */
MUST_CHECK enum err step_note_services(struct step_run *run);
/* What ran before the restart, starts by itself and does not run now, into the event. */
MUST_CHECK enum err step_miss_services(struct step_run *run);
/* Each version by playbook, registry, Windows and wire, into the detail; what the registry and the
 * wire disagree in, into the findings. */
MUST_CHECK enum err step_matrix(struct step_run *run, const struct port_list *after,
                                json_t *findings);

enum err step_wake(struct step_run *run);
enum err step_rest(struct step_run *run);
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
