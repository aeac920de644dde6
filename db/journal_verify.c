#include "db/journal.h"

#include "db/journal_inner.h"
#include "db/store_inner.h"

#include <string.h>

#define SQL_VERIFY SQL_JOURNAL_COLUMNS "ORDER BY seq"
#define SQL_LATER SQL_JOURNAL_COLUMNS "WHERE seq > ? ORDER BY seq"
#define SQL_HEAD_ROW "SELECT seq, hash FROM journal_head"

/* Is there an event further on that would fit at `place` of the chain? Then they were put into
 * another order. */
static enum err find_moved(struct store *st, int64_t place,
                           const uint8_t previous[JOURNAL_HASH_SIZE], int64_t *found,
                           struct why *why)
{
    uint8_t stored[JOURNAL_HASH_SIZE], computed[JOURNAL_HASH_SIZE];
    struct journal_link link;
    struct query *q = NULL;
    bool row = false;
    enum err e;

    *found = 0;
    if ((e = query_open(st, SQL_LATER, &q, why)) != OK || (e = query_bind_i64(q, 1, place)) != OK ||
        (e = query_step(q, &row)) != OK)
        goto out;
    while (row && *found == 0) {
        if (journal_row_take(q, &link, stored, NULL) == OK) {
            int64_t seq = link.seq;

            link.seq = place;
            if ((e = journal_hash(previous, &link, computed, why)) != OK)
                goto out;
            if (memcmp(computed, stored, sizeof computed) == 0)
                *found = seq;
        }
        if ((e = query_step(q, &row)) != OK)
            goto out;
    }
out:
    query_free(q);
    return e;
}

static enum err say_changed(struct store *st, int64_t seq,
                            const uint8_t previous[JOURNAL_HASH_SIZE], struct why *why)
{
    int64_t moved;
    enum err e = find_moved(st, seq, previous, &moved, why);

    if (e != OK)
        return e;
    if (moved != 0)
        return why_set(why, E_CORRUPT,
                       "events were reordered: event %lld stands in the place of event %lld",
                       (long long)seq, (long long)moved);
    return why_set(why, E_CORRUPT, "event %lld was changed: its hash does not fit what it holds",
                   (long long)seq);
}

static enum err say_missing(int64_t first, int64_t last, const char *where, struct why *why)
{
    if (first == last)
        return why_set(why, E_CORRUPT, "event %lld is missing%s", (long long)first, where);
    return why_set(why, E_CORRUPT, "events %lld to %lld are missing%s", (long long)first,
                   (long long)last, where);
}

/* One row against the chain so far, which it then extends. */
static enum err verify_row(struct store *st, struct query *q, struct journal_proof *proof,
                           struct why *why)
{
    uint8_t stored[JOURNAL_HASH_SIZE], computed[JOURNAL_HASH_SIZE];
    struct journal_link link;
    enum err e;

    if ((e = journal_row_take(q, &link, stored, why)) != OK)
        return e;
    if (link.seq <= proof->events)
        return why_set(why, E_CORRUPT, "event %lld has a number that no event can have",
                       (long long)link.seq);
    if (link.seq != proof->events + 1)
        return say_missing(proof->events + 1, link.seq - 1, "", why);
    if ((e = journal_hash(proof->head, &link, computed, why)) != OK)
        return e;
    if (memcmp(computed, stored, sizeof computed) != 0)
        return say_changed(st, link.seq, proof->head, why);
    proof->events = link.seq;
    memcpy(proof->head, computed, sizeof computed);
    return OK;
}

/* The chain proves what is before its end; that nothing was cut off there, the record proves. */
static enum err verify_head(struct store *st, const struct journal_proof *proof, struct why *why)
{
    struct query *q = NULL;
    bool row = false;
    int64_t seq;
    enum err e;

    if ((e = query_open(st, SQL_HEAD_ROW, &q, why)) != OK || (e = query_step(q, &row)) != OK)
        goto out;
    seq = row ? query_i64(q, 0) : -1;
    if (seq > proof->events)
        e = say_missing(proof->events + 1, seq, " at the end", why);
    else if (seq < proof->events)
        e = why_set(why, E_CORRUPT,
                    "the record of the journal's end was changed: it does not name event %lld",
                    (long long)proof->events);
    else if (!rd_equal(query_bytes(q, 1), rd_of(proof->head, JOURNAL_HASH_SIZE)))
        e = why_set(why, E_CORRUPT,
                    "event %lld or one before it was changed and every hash after it made anew:"
                    " the last hash is not the one recorded",
                    (long long)proof->events);
out:
    query_free(q);
    return e;
}

/* Hosts and rollouts are read by index: an event that stands in the table and not there would be
 * passed over. */
static enum err verify_file(struct store *st, struct why *why)
{
    struct query *q = NULL;
    bool row = false;
    const char *said, *line;
    enum err e;

    if ((e = query_open(st, "PRAGMA integrity_check(1)", &q, why)) != OK ||
        (e = query_step(q, &row)) != OK)
        goto out;
    said = row ? query_text(q, 0) : NULL;
    if (said != NULL && strcmp(said, "ok") == 0)
        goto out;
    line = said == NULL ? NULL : strrchr(said, '\n');
    e = why_set(why, E_CORRUPT, "the database is damaged: %.300s",
                line != NULL ? line + 1 : said != NULL ? said
                                                       : "its check says nothing");
out:
    query_free(q);
    return e;
}

static enum err verify_all(struct store *st, struct journal_proof *proof, struct why *why)
{
    struct query *q = NULL;
    bool row = false;
    enum err e;

    if ((e = query_open(st, SQL_VERIFY, &q, why)) != OK || (e = query_step(q, &row)) != OK)
        goto out;
    while (row)
        if ((e = verify_row(st, q, proof, why)) != OK || (e = query_step(q, &row)) != OK)
            goto out;
out:
    query_free(q);
    return e;
}

enum err journal_verify(struct store *st, struct journal_proof *out, struct why *why)
{
    struct journal_proof proof = {0};
    bool own = false;
    enum err e;

    /* One snapshot for rows and end: a controller may be appending meanwhile. */
    if ((e = store_snapshot_begin(st, &own, why)) != OK ||
        (e = verify_all(st, &proof, why)) != OK || (e = verify_head(st, &proof, why)) != OK ||
        (e = verify_file(st, why)) != OK)
        goto out;
    *out = proof;
out:
    store_snapshot_end(st, own);
    return why_place(why, e, "%s", st->file);
}
