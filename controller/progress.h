/* controller/progress.h: shows a rollout while it runs: a line for each thing worth knowing, and on
 * a terminal a last line that lives. Both go to standard output. Owns:   progress_free takes the
 * live line away (NULL is fine). */
#ifndef SWELL_CONTROLLER_PROGRESS_H
#define SWELL_CONTROLLER_PROGRESS_H

#include "rollout/engine.h"

struct progress;

struct progress *progress_new(bool terminal, bool color); /* NULL when memory is out */
void progress_free(struct progress *p);
void progress_show(void *self, const struct engine *g,
                   const struct event *ev); /* ev NULL: only the live line */
/* "asked 12 of 600 hosts" while a plan is made. */
void progress_planning(void *self, size_t done, size_t total);

#endif
