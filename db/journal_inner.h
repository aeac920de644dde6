/* db/journal_inner.h: one row of the journal as SQLite gives it, for journal.c and journal_verify.c
 *         only.
 * Shape:  the fields of an event that its hash covers, as bytes: a tampered row may hold anything.
 * Owns:   nothing; views are borrowed until the query's next step.
 * Errors: E_INTERNAL, E_MEMORY; E_CORRUPT when a field has not the type that the schema demands. */
#ifndef SWELL_DB_JOURNAL_INNER_H
#define SWELL_DB_JOURNAL_INNER_H

#include "db/journal.h"
#include "db/query.h"

#define SQL_JOURNAL_COLUMNS "SELECT seq, at_ms, rollout, host, kind, hash, body FROM journal "

struct journal_link {
    int64_t seq, at_ms, rollout;
    struct rd host, kind, body;
};

MUST_CHECK enum err journal_hash(const uint8_t previous[JOURNAL_HASH_SIZE],
                                 const struct journal_link *link, uint8_t out[JOURNAL_HASH_SIZE],
                                 struct why *why);
/* The row q stands on. */
MUST_CHECK enum err journal_row_take(struct query *q, struct journal_link *link,
                                     uint8_t hash[JOURNAL_HASH_SIZE], struct why *why);

#endif
