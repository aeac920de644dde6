#include "db/store_inner.h"

#include "db/schema.h"

#include <stdio.h>

#define SQL_VERSION "PRAGMA user_version"

static enum err migrate_one(struct store *st, const struct migration *m, struct why *why)
{
    char set_version[64];
    int64_t version;
    enum err e;

    (void)snprintf(set_version, sizeof set_version, SQL_VERSION " = %d", m->version);
    if ((e = store_begin(st, why)) != OK)
        return e;
    /* Asked again inside the transaction: another process may have migrated since. */
    if ((e = store_ask_i64(st, SQL_VERSION, &version, why)) != OK)
        goto out;
    if (version >= m->version)
        goto out;
    if ((e = store_exec(st, m->sql, why)) != OK || (e = store_exec(st, set_version, why)) != OK)
        goto out;
    e = store_commit(st, why);
out:
    store_rollback(st);
    return e;
}

enum err store_migrate(struct store *st, struct why *why)
{
    int64_t version;
    enum err e = store_ask_i64(st, SQL_VERSION, &version, why);

    for (int i = 0; e == OK && i < schema_version; i++)
        if (schema_migrations[i].version > version)
            e = migrate_one(st, &schema_migrations[i], why);
    return e;
}
