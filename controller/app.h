/* controller/app.h: what most verbs begin with: the database opened, the rollout named on the
 * command line found, its state folded from the journal.
 * Owns:   the caller closes the store and frees the engine.
 * Errors: as db/store.h; E_ABSENT or E_USAGE for a rollout that does not exist or is not a number;
 *         E_CORRUPT, and why names the event, for one that cannot be. */
#ifndef SWELL_CONTROLLER_APP_H
#define SWELL_CONTROLLER_APP_H

#include "controller/cli/options.h"
#include "db/journal.h"
#include "rollout/engine.h"
#include "rollout/ledger.h"

enum app_mode { APP_READ,
                APP_WRITE };

/* --db, SWELL_DB, swell.yaml, $XDG_STATE_HOME/swell/swell.db, ~/.local/state/swell/swell.db; into
 * buf. */
MUST_CHECK enum err app_db_path(const struct invocation *inv, char *buf, size_t size,
                                struct why *why);
MUST_CHECK enum err app_open(const struct invocation *inv, enum app_mode mode, struct store **out,
                             struct why *why);
/* "7", "latest" or NULL (= latest). */
MUST_CHECK enum err app_rollout_number(struct store *st, const char *name, int64_t *out,
                                       struct why *why);
/* The engine folded from every event of that rollout; visit (may be NULL) sees each event after it
 * was folded, and stops the reading with anything but OK. */
typedef enum err event_visitor(void *self, const struct engine *g, const struct event *ev);
MUST_CHECK enum err app_load_rollout(struct store *st, int64_t rollout, event_visitor *visit,
                                     void *self, struct engine **out, struct why *why);
/* Who is at the keyboard: $SUDO_USER for root, or the login name, for "by". Into buf. */
const char *app_user(char buf[EVENT_BY_SIZE]);
/* Does this host owe a restart? */
MUST_CHECK enum err app_ledger(struct store *st, const char *host, struct ledger_entry *out,
                               struct why *why);

#endif
