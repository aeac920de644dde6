/* db/store_inner.h: what the files of db/ know of each other's store; nobody outside includes it.
 * Shape:  file is absolute and free of links, so that one database has one lock file by whatever
 *         name it was opened.
 * Owns:   store_close frees everything.
 * Errors: as store.h. */
#ifndef SWELL_DB_STORE_INNER_H
#define SWELL_DB_STORE_INNER_H

#include "db/query.h"

#define STATEMENTS_MAX 8

struct store {
    sqlite3 *db;
    sqlite3_stmt *idle[STATEMENTS_MAX]; /* making one costs more than running it again */
    size_t next_idle;                   /* the place that is given up next */
    char *file;
    int lock_fd; /* -1: this store does not hold the controller's lock */
    bool read_only;
};

/* Opens without looking at what is inside. uri: what SQLite is to open instead of file's own name,
 * or NULL. */
MUST_CHECK enum err store_connect(const char *file, const char *uri, int flags, struct store **out,
                                  struct why *why);
MUST_CHECK enum err store_set_up(struct store *st,
                                 struct why *why); /* pragmas of each connection */
MUST_CHECK enum err store_migrate(struct store *st, struct why *why);
/* E_CORRUPT for a file that is foreign, newer or damaged; writes nothing. */
MUST_CHECK enum err store_check_identity(struct store *st, struct why *why);
void query_forget_idle(struct store *st); /* before the database is closed */
bool store_in_transaction(const struct store *st);
bool store_has_log(const char *file); /* a write-ahead log with something in it lies beside it */

#endif
