/* db/query.h: one prepared statement, for the other files of this folder only. SQL is written
 *         nowhere else.
 * Shape:  parameters count from 1, columns from 0, as in SQLite.
 * Owns:   query_free(NULL) is fine. Bound text and bytes are borrowed until the next query_step or
 *         query_run has returned; what a column gave is borrowed until the next step.
 * Errors: sqlite_fail() maps SQLite's result codes; a statement that does not fit the schema is
 *         E_CORRUPT. */
#ifndef SWELL_DB_QUERY_H
#define SWELL_DB_QUERY_H

#include "base/wire.h"
#include "db/store.h"

#include <sqlite3.h>

struct query;

MUST_CHECK enum err query_open(struct store *st, const char *sql, struct query **out,
                               struct why *why);
void query_free(struct query *q);
MUST_CHECK enum err query_bind_i64(struct query *q, int at, int64_t n);
MUST_CHECK enum err query_bind_text(struct query *q, int at, const char *s);
MUST_CHECK enum err query_bind_bytes(struct query *q, int at, const void *bytes, size_t n);
/* *row false: there is none left, and q starts anew. */
MUST_CHECK enum err query_step(struct query *q, bool *row);
MUST_CHECK enum err query_run(struct query *q); /* for a statement without rows; q starts anew */
int64_t query_i64(struct query *q, int column);
const char *query_text(struct query *q, int column); /* NULL: memory is out, or the column NULL */
struct rd query_bytes(struct query *q, int column);  /* of text or blob; bad if it is neither */

/* Statements without parameters or rows. */
MUST_CHECK enum err store_exec(struct store *st, const char *sql, struct why *why);
/* The first column of the first row. */
MUST_CHECK enum err store_ask_i64(struct store *st, const char *sql, int64_t *out, struct why *why);

/* Several reads as of one moment. Inside a transaction there is nothing to do: *own is false. */
MUST_CHECK enum err store_snapshot_begin(struct store *st, bool *own, struct why *why);
void store_snapshot_end(struct store *st, bool own);

/* The reason of a failed SQLite call; text is "cannot DOING: what SQLite says", place the file. */
enum err sqlite_fail(sqlite3 *db, const char *file, int rc, struct why *why, const char *doing);

#endif
