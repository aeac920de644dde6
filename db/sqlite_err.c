#include "db/query.h"

#include <stdio.h>
#include <string.h>

static const struct {
    int code; /* SQLite's primary result codes, sqlite.org/rescode.html */
    const char *name;
    enum err err;
} codes[] = {
    {SQLITE_ERROR, "SQLITE_ERROR", E_INTERNAL},
    {SQLITE_INTERNAL, "SQLITE_INTERNAL", E_INTERNAL},
    {SQLITE_PERM, "SQLITE_PERM", E_IO},
    {SQLITE_ABORT, "SQLITE_ABORT", E_INTERNAL},
    {SQLITE_BUSY, "SQLITE_BUSY", E_LOCKED},
    {SQLITE_LOCKED, "SQLITE_LOCKED", E_LOCKED},
    {SQLITE_NOMEM, "SQLITE_NOMEM", E_MEMORY},
    {SQLITE_READONLY, "SQLITE_READONLY", E_IO},
    {SQLITE_INTERRUPT, "SQLITE_INTERRUPT", E_CANCELLED},
    {SQLITE_IOERR, "SQLITE_IOERR", E_IO},
    {SQLITE_CORRUPT, "SQLITE_CORRUPT", E_CORRUPT},
    {SQLITE_FULL, "SQLITE_FULL", E_IO},
    {SQLITE_CANTOPEN, "SQLITE_CANTOPEN", E_IO},
    {SQLITE_PROTOCOL, "SQLITE_PROTOCOL", E_IO},
    {SQLITE_SCHEMA, "SQLITE_SCHEMA", E_INTERNAL},
    {SQLITE_TOOBIG, "SQLITE_TOOBIG", E_LIMIT},
    {SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT", E_INTERNAL},
    {SQLITE_MISMATCH, "SQLITE_MISMATCH", E_CORRUPT},
    {SQLITE_MISUSE, "SQLITE_MISUSE", E_INTERNAL},
    {SQLITE_NOLFS, "SQLITE_NOLFS", E_LIMIT},
    {SQLITE_AUTH, "SQLITE_AUTH", E_INTERNAL},
    {SQLITE_FORMAT, "SQLITE_FORMAT", E_CORRUPT},
    {SQLITE_RANGE, "SQLITE_RANGE", E_INTERNAL},
    {SQLITE_NOTADB, "SQLITE_NOTADB", E_CORRUPT},
};

static bool tells_errno(int primary)
{
    return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL;
}

enum err sqlite_fail(sqlite3 *db, const char *file, int rc, struct why *why, const char *doing)
{
    int primary = rc & 0xff;
    const char *name = "SQLITE";
    const char *said = db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(db);
    enum err e = rc == SQLITE_IOERR_NOMEM ? E_MEMORY : E_INTERNAL;
    int system_error = db == NULL ? 0 : sqlite3_system_errno(db);
    char words[128] = "";

    for (size_t i = 0; i < COUNT(codes); i++)
        if (codes[i].code == primary) {
            name = codes[i].name;
            e = e == E_MEMORY ? e : codes[i].err;
        }
    if (system_error != 0 && tells_errno(primary) &&
        strerror_r(system_error, words, sizeof words) != 0)
        (void)snprintf(words, sizeof words, "error %d", system_error);
    e = why_native(why, e, (uint32_t)rc, name, "cannot %s: %s%s%s", doing, said,
                   words[0] == '\0' ? "" : ": ", words);
    return why_place(why, e, "%s", file);
}
