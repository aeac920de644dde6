#include "db/store_inner.h"

#include "base/text.h"
#include "db/schema.h"

#include <errno.h>
#include <sys/stat.h>

#define STORE_APPLICATION_ID 0x5377656c /* "Swel", set by schema/0001_first.sql */

struct identity {
    int64_t id, version, tables, pages, page_size;
};

bool store_has_log(const char *file)
{
    struct text wal = {0};
    struct stat info;
    bool yes;

    text_printf(&wal, "%s-wal", file);
    yes = wal.bad || (stat(wal.s, &info) == 0 && info.st_size > 0);
    text_fini(&wal);
    return yes;
}

static enum err identity_read(struct store *st, struct identity *out, struct why *why)
{
    enum err e;

    if ((e = store_ask_i64(st, "PRAGMA application_id", &out->id, why)) != OK ||
        (e = store_ask_i64(st, "PRAGMA user_version", &out->version, why)) != OK ||
        (e = store_ask_i64(st, "SELECT count(*) FROM sqlite_schema", &out->tables, why)) != OK ||
        (e = store_ask_i64(st, "PRAGMA page_size", &out->page_size, why)) != OK ||
        (e = store_ask_i64(st, "PRAGMA page_count", &out->pages, why)) != OK)
        return e;
    return OK;
}

/* SQLite reads the missing end of a last page as zeros. Pages that wait in the log need not be in
 * the file yet; the log cannot go away while we have the database open, so to look for it after the
 * count is safe. */
static enum err check_length(struct store *st, const struct identity *is, struct why *why)
{
    struct stat info;

    if (store_has_log(st->file))
        return OK;
    if (stat(st->file, &info) != 0)
        return why_errno(why, E_IO, errno, "cannot look at the database");
    if (info.st_size < is->pages * is->page_size)
        return why_set(why, E_CORRUPT, "the file was cut: it has %lld bytes and should have %lld",
                       (long long)info.st_size, (long long)(is->pages * is->page_size));
    return OK;
}

/* Reads the header and the schema, so that a foreign, newer or damaged file is known before
 * anything is written. */
enum err store_check_identity(struct store *st, struct why *why)
{
    struct identity is = {0};
    enum err e = identity_read(st, &is, why);

    if (e != OK)
        return e;
    if (is.pages == 0)
        return why_set(why, E_CORRUPT, "the file is empty: not a database of Swell");
    if (is.id != STORE_APPLICATION_ID)
        return why_set(why, E_CORRUPT, "a database, but not one of Swell");
    if (is.version > schema_version)
        return why_set(why, E_CORRUPT,
                       "made by a newer Swell: its schema is version %lld, this program knows %d",
                       (long long)is.version, schema_version);
    if (is.version < 1 || is.tables == 0)
        return why_set(why, E_CORRUPT, "the database has no schema");
    if (st->read_only && is.version < schema_version)
        return why_set(
            why, E_CORRUPT,
            "made by an older Swell (schema version %lld): a command that writes migrates it",
            (long long)is.version);
    return check_length(st, &is, why);
}
