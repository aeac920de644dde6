/* controller/cli/status_watch.h: how a rollout stands, once or for as long as something happens.
 * Shape:  on a terminal the picture is drawn anew, elsewhere each piece of news is a line. It only
 *         reads.
 * Errors: as db/store.h and rollout/engine.h. E_CANCELLED with why->native = the signal when it was
 *         interrupted. */
#ifndef SWELL_CONTROLLER_CLI_STATUS_WATCH_H
#define SWELL_CONTROLLER_CLI_STATUS_WATCH_H

#include "controller/app.h"
#include "report/page.h"
#include "report/status.h"

/* Is a controller at work on this database? Anything that keeps this from being told is
 * AT_WORK_UNKNOWN. */
void controller_look(const struct store *st, struct status *out);

/* Until the rollout is at rest; elsewhere than on a terminal also until nobody carries it on. g
 * gets the events that come in, out what was seen last. */
MUST_CHECK enum err status_watch(struct store *st, struct engine *g, const struct page *page,
                                 struct status *out, struct why *why);

#endif
