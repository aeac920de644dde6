/* db/store.h: one SQLite file: journal, inventory, plans. The only SQL of the program is in this
 *         folder.
 * Shape:  WAL, synchronous=FULL: what store_commit said OK to survives a power cut. Migrations run
 *         at open, each in one transaction. A database of a newer program is refused (E_CORRUPT,
 *         text says so), a damaged one too.
 * Owns:   store_close closes (NULL is fine). One struct store is used by one thread.
 * Errors: E_ABSENT (no such file; `swell init` makes it), E_EXISTS, E_IO (disk full: native = the
 *         SQLite code), E_LOCKED (another controller is at work; why names its process), E_CORRUPT.
 *         A failed write changes nothing. */
#ifndef SWELL_DB_STORE_H
#define SWELL_DB_STORE_H

#include "base/err.h"

#include <stdbool.h>

struct store;

/* E_EXISTS if it is there. Makes missing folders, mode 700; the file has mode 600. */
MUST_CHECK enum err store_create(const char *file, struct why *why);
MUST_CHECK enum err store_open(const char *file, struct store **out, struct why *why);
/* Read-only, for report, history and audit: never migrates, never locks. */
MUST_CHECK enum err store_open_readonly(const char *file, struct store **out, struct why *why);
void store_close(struct store *st);

/* The controller's lock: held by the one process that runs a rollout, freed when it ends in
 * whatever way. E_LOCKED with the holder's process number in why. */
MUST_CHECK enum err store_lock_controller(struct store *st, struct why *why);
void store_unlock_controller(struct store *st);

struct store_controller {
    bool at_work;
    int64_t process; /* 0: it did not say */
};

/* Who holds that lock, asked without taking it, so that nobody is turned away meanwhile. */
MUST_CHECK enum err store_controller_look(const struct store *st, struct store_controller *out,
                                          struct why *why);

/* A write transaction; everything of journal.h and plan_table.h in between is committed together.
 * store_commit rolls back when it fails. */
MUST_CHECK enum err store_begin(struct store *st, struct why *why);
MUST_CHECK enum err store_commit(struct store *st, struct why *why);
void store_rollback(struct store *st); /* fine when none is open */

#endif
