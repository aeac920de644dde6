#include "db/journal.h"

#include "base/crypto.h"
#include "base/text.h"
#include "db/journal_inner.h"
#include "db/store_inner.h"

#include <assert.h>
#include <string.h>

#define LINK_HEAD_MAX (1u << 20) /* bytes of an event without its body: host and kind are short */

#define SQL_HEAD \
    "SELECT h.seq, h.hash, j.hash FROM journal_head h LEFT JOIN journal j ON j.seq = h.seq"
#define SQL_APPEND                                                       \
    "INSERT INTO journal (seq, at_ms, rollout, host, kind, hash, body) " \
    "VALUES (?, ?, ?, ?, ?, ?, ?)"

static void put_field(struct wr *w, struct rd field)
{
    wr_le64(w, field.left);
    wr_view(w, field);
}

static void put_number(struct wr *w, int64_t n)
{
    wr_le64(w, sizeof n);
    wr_le64(w, (uint64_t)n);
}

enum err journal_hash(const uint8_t previous[JOURNAL_HASH_SIZE], const struct journal_link *link,
                      uint8_t out[JOURNAL_HASH_SIZE], struct why *why)
{
    struct wr w;
    enum err e;

    wr_init(&w, LINK_HEAD_MAX);
    put_field(&w, rd_of(previous, JOURNAL_HASH_SIZE));
    put_number(&w, link->seq);
    put_number(&w, link->at_ms);
    put_number(&w, link->rollout);
    put_field(&w, link->host);
    put_field(&w, link->kind);
    wr_le64(&w, link->body.left);
    if ((e = wr_end(&w)) != OK || (e = rd_ok(&link->body)) != OK)
        e = why_set(why, e == E_MEMORY ? e : E_CORRUPT, "event %lld cannot be hashed: %s",
                    (long long)link->seq, err_words(e));
    else if ((e = crypto_sha256_2(wr_view_of(&w), link->body, out)) != OK)
        e = why_set(why, e, "event %lld cannot be hashed: SHA-256 failed", (long long)link->seq);
    wr_fini(&w);
    return e;
}

/* Where the chain ends: seq 0 and zero bytes for an empty journal. */
static enum err journal_head(struct store *st, int64_t *seq, uint8_t hash[JOURNAL_HASH_SIZE],
                             struct why *why)
{
    struct query *q = NULL;
    struct rd head, last;
    bool row = false;
    int64_t head_seq;
    enum err e;

    if ((e = query_open(st, SQL_HEAD, &q, why)) != OK || (e = query_step(q, &row)) != OK)
        goto out;
    head = row ? query_bytes(q, 1) : (struct rd){.bad = true};
    head_seq = row ? query_i64(q, 0) : 0;
    last = head_seq == 0 ? head : query_bytes(q, 2);
    if (head.left != JOURNAL_HASH_SIZE || !rd_equal(head, last)) {
        e = why_set(why, E_CORRUPT,
                    "the journal does not end where it was recorded to end:"
                    " `swell audit verify` says more");
        e = why_place(why, e, "%s", st->file);
        goto out;
    }
    (void)rd_copy(&head, hash, JOURNAL_HASH_SIZE);
    *seq = head_seq;
out:
    query_free(q);
    return e;
}

static enum err journal_insert(struct store *st, const struct journal_row *row,
                               const struct journal_link *link,
                               const uint8_t hash[JOURNAL_HASH_SIZE], struct why *why)
{
    struct query *q = NULL;
    enum err e;

    if ((e = query_open(st, SQL_APPEND, &q, why)) == OK &&
        (e = query_bind_i64(q, 1, link->seq)) == OK &&
        (e = query_bind_i64(q, 2, link->at_ms)) == OK &&
        (e = query_bind_i64(q, 3, link->rollout)) == OK &&
        (e = query_bind_text(q, 4, row->host)) == OK &&
        (e = query_bind_text(q, 5, row->kind)) == OK &&
        (e = query_bind_bytes(q, 6, hash, JOURNAL_HASH_SIZE)) == OK &&
        (e = query_bind_text(q, 7, row->body)) == OK)
        e = query_run(q);
    query_free(q);
    return e;
}

enum err journal_append(struct store *st, struct journal_row *row, struct why *why)
{
    uint8_t previous[JOURNAL_HASH_SIZE], hash[JOURNAL_HASH_SIZE];
    struct journal_link link = {
        .at_ms = row->at_ms,
        .rollout = row->rollout,
        .host = rd_text(row->host),
        .kind = rd_text(row->kind),
        .body = rd_text(row->body),
    };
    enum err e;

    if (!store_in_transaction(st))
        return why_set(why, E_INTERNAL, "an event was appended outside of a transaction");
    if (link.body.left > JOURNAL_BODY_MAX)
        return why_set(why, E_LIMIT, "an event of kind %s has %zu bytes; the most is %u", row->kind,
                       link.body.left, JOURNAL_BODY_MAX);
    if ((e = journal_head(st, &link.seq, previous, why)) != OK)
        return e;
    link.seq++;
    if ((e = journal_hash(previous, &link, hash, why)) != OK ||
        (e = journal_insert(st, row, &link, hash, why)) != OK)
        return e;
    row->seq = link.seq;
    memcpy(row->hash, hash, sizeof hash);
    return OK;
}

enum err journal_row_take(struct query *q, struct journal_link *link,
                          uint8_t hash[JOURNAL_HASH_SIZE], struct why *why)
{
    struct rd stored = query_bytes(q, 5);

    *link = (struct journal_link){
        .seq = query_i64(q, 0),
        .at_ms = query_i64(q, 1),
        .rollout = query_i64(q, 2),
        .host = query_bytes(q, 3),
        .kind = query_bytes(q, 4),
        .body = query_bytes(q, 6),
    };
    if (link->host.bad || link->kind.bad || link->body.bad || stored.left != JOURNAL_HASH_SIZE)
        return why_set(why, E_CORRUPT, "event %lld was changed: a field has the wrong type",
                       (long long)link->seq);
    (void)rd_copy(&stored, hash, JOURNAL_HASH_SIZE);
    return OK;
}

static bool has_nul(struct rd r)
{
    return r.left > 0 && memchr(r.at, '\0', r.left) != NULL;
}

static enum err journal_give(struct query *q, journal_reader *reader, void *self, struct why *why)
{
    struct journal_link link;
    struct journal_row row = {0};
    enum err e;

    if ((e = journal_row_take(q, &link, row.hash, why)) != OK)
        return e;
    if (has_nul(link.host) || has_nul(link.kind) || has_nul(link.body))
        return why_set(why, E_CORRUPT, "event %lld was changed: a text holds a NUL",
                       (long long)link.seq);
    row.seq = link.seq;
    row.at_ms = link.at_ms;
    row.rollout = link.rollout;
    row.host = query_text(q, 3);
    row.kind = query_text(q, 4);
    row.body = query_text(q, 6);
    if (row.host == NULL || row.kind == NULL || row.body == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    return reader(self, &row);
}

/* Only the conditions asked for, so that SQLite can use the index of one. */
static void put_select(struct text *sql, const struct journal_filter *f)
{
    text_put(sql, SQL_JOURNAL_COLUMNS "WHERE seq > ?1");
    if (f->rollout != 0)
        text_put(sql, " AND rollout = ?2");
    if (f->host != NULL)
        text_put(sql, " AND host = ?3");
    if (f->kind != NULL)
        text_put(sql, " AND kind = ?4");
    text_put(sql, " ORDER BY seq");
}

static enum err bind_filter(struct query *q, const struct journal_filter *f)
{
    enum err e = query_bind_i64(q, 1, f->after_seq);

    if (e == OK && f->rollout != 0)
        e = query_bind_i64(q, 2, f->rollout);
    if (e == OK && f->host != NULL)
        e = query_bind_text(q, 3, f->host);
    if (e == OK && f->kind != NULL)
        e = query_bind_text(q, 4, f->kind);
    return e;
}

enum err journal_read(struct store *st, const struct journal_filter *f, journal_reader *reader,
                      void *self, struct why *why)
{
    static const struct journal_filter everything = {0};
    struct text sql = {0};
    struct query *q = NULL;
    bool row = false;
    enum err e;

    f = f == NULL ? &everything : f;
    put_select(&sql, f);
    if ((e = text_end(&sql)) != OK || (e = query_open(st, sql.s, &q, why)) != OK ||
        (e = bind_filter(q, f)) != OK || (e = query_step(q, &row)) != OK)
        goto out;
    while (row)
        if ((e = journal_give(q, reader, self, why)) != OK || (e = query_step(q, &row)) != OK)
            goto out;
out:
    query_free(q);
    text_fini(&sql);
    return e;
}

enum err journal_last_seq(struct store *st, int64_t *out, struct why *why)
{
    return store_ask_i64(st, "SELECT coalesce(max(seq), 0) FROM journal", out, why);
}

enum err journal_next_rollout(struct store *st, int64_t *out, struct why *why)
{
    return store_ask_i64(st, "SELECT coalesce(max(rollout), 0) + 1 FROM journal", out, why);
}

enum err journal_last_rollout(struct store *st, int64_t *out, struct why *why)
{
    int64_t last;
    enum err e = store_ask_i64(st, "SELECT coalesce(max(rollout), 0) FROM journal", &last, why);

    if (e != OK)
        return e;
    if (last == 0)
        return why_set(why, E_ABSENT, "there is no rollout yet");
    *out = last;
    return OK;
}
