/* controller/step.h: one short piece of work on one host, with blocking calls against one deadline.
 * Every step may be repeated after a crash: those that change something look first at what is
 * there. Owns:   the result's event and ports are the caller's (step_result_fini). */
#ifndef SWELL_CONTROLLER_STEP_H
#define SWELL_CONTROLLER_STEP_H

#include "controller/job.h"

/* The volatile key that a restart makes vanish. */
#define BOOT_MARKER_KEY "HKLM\\SOFTWARE\\Swell Boot Marker"

struct step_result {
    struct event ev;           /* EV_OUTCOME, but for seq, rollout, host and at_ms */
    struct port_list ports;    /* STEP_PREFLIGHT: the baseline */
    struct name_list services; /* STEP_ARM: those that run */
};

void step_run(const struct job *job, const struct action *action, struct step_result *out);
void step_result_fini(struct step_result *r);

#endif
