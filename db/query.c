#include "db/query.h"

#include "db/store_inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct query {
    sqlite3_stmt *stmt;
    struct store *st;
    struct why *why;
};

static enum err query_fail(const struct query *q, int rc)
{
    return sqlite_fail(q->st->db, q->st->file, rc, q->why, "use the database");
}

/* One of the same words that nobody uses now, or NULL. */
static sqlite3_stmt *idle_take(struct store *st, const char *sql)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        sqlite3_stmt *s = st->idle[i];

        if (s == NULL || strcmp(sqlite3_sql(s), sql) != 0)
            continue;
        st->idle[i] = NULL;
        return s;
    }
    return NULL;
}

static void idle_give(struct store *st, sqlite3_stmt *s)
{
    (void)sqlite3_reset(s); /* its error was told when it happened */
    (void)sqlite3_clear_bindings(s);
    (void)sqlite3_finalize(st->idle[st->next_idle]);
    st->idle[st->next_idle] = s;
    st->next_idle = (st->next_idle + 1) % STATEMENTS_MAX;
}

void query_forget_idle(struct store *st)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        (void)sqlite3_finalize(st->idle[i]);
        st->idle[i] = NULL;
    }
}

enum err query_open(struct store *st, const char *sql, struct query **out, struct why *why)
{
    struct query *q = calloc(1, sizeof *q);
    int rc = SQLITE_OK;

    *out = NULL;
    if (q == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    q->st = st;
    q->why = why;
    q->stmt = idle_take(st, sql);
    if (q->stmt == NULL)
        rc = sqlite3_prepare_v2(st->db, sql, -1, &q->stmt, NULL);
    if (rc != SQLITE_OK) {
        /* The statement is ours and right: the schema is not what its version says. */
        enum err e = query_fail(q, rc);

        query_free(q);
        return rc == SQLITE_ERROR ? E_CORRUPT : e;
    }
    *out = q;
    return OK;
}

void query_free(struct query *q)
{
    if (q == NULL)
        return;
    if (q->stmt != NULL)
        idle_give(q->st, q->stmt);
    free(q);
}

static enum err bound(const struct query *q, int rc)
{
    return rc == SQLITE_OK ? OK : query_fail(q, rc);
}

enum err query_bind_i64(struct query *q, int at, int64_t n)
{
    return bound(q, sqlite3_bind_int64(q->stmt, at, n));
}

enum err query_bind_text(struct query *q, int at, const char *s)
{
    return bound(q, sqlite3_bind_text64(q->stmt, at, s, strlen(s), SQLITE_STATIC, SQLITE_UTF8));
}

enum err query_bind_bytes(struct query *q, int at, const void *bytes, size_t n)
{
    return bound(q, sqlite3_bind_blob64(q->stmt, at, bytes, n, SQLITE_STATIC));
}

enum err query_step(struct query *q, bool *row)
{
    int rc = sqlite3_step(q->stmt);

    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return OK;
    if (rc != SQLITE_DONE) {
        enum err e = query_fail(q, rc);

        (void)sqlite3_reset(q->stmt);
        return e;
    }
    return bound(q, sqlite3_reset(q->stmt));
}

enum err query_run(struct query *q)
{
    bool row;
    enum err e = query_step(q, &row);

    assert(e != OK || !row);
    return e;
}

int64_t query_i64(struct query *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

const char *query_text(struct query *q, int column)
{
    return (const char *)sqlite3_column_text(q->stmt, column);
}

struct rd query_bytes(struct query *q, int column)
{
    int type = sqlite3_column_type(q->stmt, column);
    const void *bytes;
    int n;

    if (type != SQLITE_TEXT && type != SQLITE_BLOB)
        return (struct rd){.bad = true};
    bytes = sqlite3_column_blob(q->stmt, column);
    n = sqlite3_column_bytes(q->stmt, column);
    return rd_of(bytes, (size_t)n);
}

enum err store_exec(struct store *st, const char *sql, struct why *why)
{
    int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? OK : sqlite_fail(st->db, st->file, rc, why, "use the database");
}

enum err store_ask_i64(struct store *st, const char *sql, int64_t *out, struct why *why)
{
    struct query *q = NULL;
    bool row = false;
    enum err e;

    if ((e = query_open(st, sql, &q, why)) != OK || (e = query_step(q, &row)) != OK)
        goto out;
    if (!row)
        e = why_set(why, E_CORRUPT, "the database gives no answer to a question about itself");
    else
        *out = query_i64(q, 0);
out:
    query_free(q);
    return e;
}
