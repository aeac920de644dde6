#include "db/store_inner.h"

#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STORE_BUSY_MS 10000 /* longest wait for another process's write */

enum err store_connect(const char *file, const char *uri, int flags, struct store **out,
                       struct why *why)
{
    struct store *st = calloc(1, sizeof *st);
    enum err e = OK;
    int rc;

    *out = NULL;
    if (st == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    st->lock_fd = -1;
    st->read_only = (flags & SQLITE_OPEN_READONLY) != 0;
    st->file = str_dup(file);
    if (st->file == NULL) {
        e = why_set(why, E_MEMORY, "out of memory");
        goto out;
    }
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (uri != NULL ? SQLITE_OPEN_URI : 0);
    rc = sqlite3_open_v2(uri != NULL ? uri : file, &st->db, flags, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(st->db, STORE_BUSY_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (rc != SQLITE_OK) {
        e = sqlite_fail(st->db, file, rc, why, "open the database");
        goto out;
    }
    *out = st;
    st = NULL; /* moved to the caller */
out:
    store_close(st);
    return e;
}

void store_close(struct store *st)
{
    if (st == NULL)
        return;
    store_rollback(st);
    store_unlock_controller(st);
    query_forget_idle(st);
    (void)sqlite3_close_v2(st->db);
    free(st->file);
    free(st);
}

enum err store_set_up(struct store *st, struct why *why)
{
    return store_exec(st,
                      "PRAGMA foreign_keys = ON;"
                      "PRAGMA trusted_schema = OFF;"
                      "PRAGMA cell_size_check = ON;"
                      "PRAGMA synchronous = FULL;",
                      why);
}

static enum err store_use_wal(struct store *st, struct why *why)
{
    struct query *q = NULL;
    const char *mode;
    bool row = false;
    enum err e;

    if (sqlite3_db_readonly(st->db, "main") == 1)
        return why_set(why, E_IO, "the database file may not be written");
    if ((e = query_open(st, "PRAGMA journal_mode = WAL", &q, why)) != OK ||
        (e = query_step(q, &row)) != OK)
        goto out;
    mode = row ? query_text(q, 0) : NULL;
    if (mode == NULL || strcmp(mode, "wal") != 0)
        e = why_set(why, E_IO, "the file system cannot hold a write-ahead log (a network share?)");
out:
    query_free(q);
    return e;
}

static enum err file_resolve(const char *file, char **out, struct why *why)
{
    struct stat info;
    char *resolved = NULL;
    enum err e = OK;

    if (stat(file, &info) != 0 && (errno == ENOENT || errno == ENOTDIR))
        e = why_set(why, E_ABSENT, "there is no database here: `swell init` makes one");
    else if ((resolved = realpath(file, NULL)) == NULL)
        e = why_errno(why, E_IO, errno, "cannot open the database");
    else if (!S_ISREG(info.st_mode))
        e = why_set(why, E_CORRUPT, "not a file, so not a database");
    if (e != OK) {
        free(resolved);
        return why_place(why, e, "%s", file);
    }
    *out = resolved;
    return OK;
}

static enum err store_open_as(const char *file, const char *uri, int flags, struct store **out,
                              struct why *why)
{
    struct store *st = NULL;
    enum err e;

    if ((e = store_connect(file, uri, flags, &st, why)) != OK ||
        (e = store_check_identity(st, why)) != OK || (e = store_set_up(st, why)) != OK)
        goto out;
    if (!st->read_only &&
        ((e = store_use_wal(st, why)) != OK || (e = store_migrate(st, why)) != OK))
        goto out;
    *out = st;
    st = NULL; /* moved to the caller */
out:
    store_close(st);
    return why_place(why, e, "%s", file);
}

enum err store_open(const char *file, struct store **out, struct why *why)
{
    char *resolved = NULL;
    enum err e;

    *out = NULL;
    if ((e = file_resolve(file, &resolved, why)) == OK)
        e = store_open_as(resolved, NULL, SQLITE_OPEN_READWRITE, out, why);
    free(resolved);
    return e;
}

/* A path as SQLite's URI (sqlite.org/uri.html), for a file that nobody can change under us. */
static void put_immutable_uri(struct text *t, const char *file)
{
    text_put(t, "file:");
    for (const char *p = file; *p != '\0'; p++)
        if (*p == '%' || *p == '?' || *p == '#')
            text_printf(t, "%%%02X", (unsigned)*p);
        else
            text_char(t, *p);
    text_put(t, "?immutable=1");
}

/* A WAL database is read through a shared-memory file beside it. Where that cannot be made (a
 * read-only medium with a copy for the auditor) and no log waits to be read, the file alone is the
 * whole database. */
static enum err store_open_immutable(const char *file, struct store **out, struct why *why)
{
    struct text uri = {0};
    enum err e;

    put_immutable_uri(&uri, file);
    if ((e = text_end(&uri)) != OK)
        e = why_set(why, e, "out of memory");
    else
        e = store_open_as(file, uri.s, SQLITE_OPEN_READONLY, out, why);
    text_fini(&uri);
    return e;
}

enum err store_open_readonly(const char *file, struct store **out, struct why *why)
{
    struct why first = {0};
    char *resolved = NULL;
    uint32_t primary;
    enum err e;

    *out = NULL;
    if ((e = file_resolve(file, &resolved, why)) != OK)
        return e;
    e = store_open_as(resolved, NULL, SQLITE_OPEN_READONLY, out, &first);
    primary = first.native & 0xff;
    if (e == E_IO && (primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY) &&
        !store_has_log(resolved))
        e = store_open_immutable(resolved, out, why);
    else if (e != OK && why != NULL)
        *why = first;
    free(resolved);
    return e;
}

bool store_in_transaction(const struct store *st)
{
    return st->db != NULL && sqlite3_get_autocommit(st->db) == 0;
}

enum err store_begin(struct store *st, struct why *why)
{
    assert(!store_in_transaction(st));
    return store_exec(st, "BEGIN IMMEDIATE", why);
}

enum err store_commit(struct store *st, struct why *why)
{
    enum err e;

    /* SQLite itself rolls back on some failures; a commit after one is no success. */
    if (!store_in_transaction(st))
        return why_set(why, E_INTERNAL,
                       "nothing to commit: the transaction was rolled back before");
    e = store_exec(st, "COMMIT", why);
    if (e != OK)
        store_rollback(st);
    return e;
}

void store_rollback(struct store *st)
{
    if (store_in_transaction(st))
        (void)sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
}

enum err store_snapshot_begin(struct store *st, bool *own, struct why *why)
{
    enum err e;

    *own = false;
    if (store_in_transaction(st))
        return OK;
    if ((e = store_exec(st, "BEGIN", why)) == OK)
        *own = true;
    return e;
}

void store_snapshot_end(struct store *st, bool own)
{
    if (own)
        store_rollback(st);
}
