#include "db/plan_table.h"

#include "db/query.h"

#include <stdio.h>
#include <string.h>

#define SQL_PUT "INSERT INTO plan (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"
#define SQL_GET "SELECT bytes FROM plan WHERE digest = ?"

enum err plan_table_put(struct store *st, const struct plan *plan, struct why *why)
{
    struct query *q = NULL;
    struct text bytes = {0};
    enum err e;

    if ((e = plan_write(plan, &bytes)) != OK)
        e = why_set(why, e, "the plan cannot be written: %s", err_words(e));
    else if ((e = query_open(st, SQL_PUT, &q, why)) == OK &&
             (e = query_bind_text(q, 1, plan->digest)) == OK &&
             (e = query_bind_bytes(q, 2, text_str(&bytes), bytes.used)) == OK)
        e = query_run(q);
    query_free(q);
    text_fini(&bytes);
    return e;
}

static enum err plan_from_row(struct query *q, const char *digest, struct plan **out,
                              struct why *why)
{
    struct rd bytes = query_bytes(q, 0);
    struct plan *plan = NULL;
    char name[PLAN_DIGEST_SIZE + 16];
    enum err e;

    if (bytes.bad)
        return why_set(why, E_CORRUPT, "plan %s was changed in the database", digest);
    (void)snprintf(name, sizeof name, "plan %s", digest);
    e = plan_read(name, (const char *)bytes.at, bytes.left, &plan, why);
    if (e == E_DATA) /* it was whole when it was put there */
        return E_CORRUPT;
    if (e != OK)
        return e;
    if (strcmp(plan->digest, digest) != 0) {
        plan_free(plan);
        return why_set(why, E_CORRUPT, "plan %s was changed in the database: its digest is another",
                       digest);
    }
    *out = plan;
    return OK;
}

enum err plan_table_get(struct store *st, const char *digest, struct plan **out, struct why *why)
{
    struct query *q = NULL;
    bool row = false;
    enum err e;

    *out = NULL;
    if ((e = query_open(st, SQL_GET, &q, why)) != OK || (e = query_bind_text(q, 1, digest)) != OK ||
        (e = query_step(q, &row)) != OK)
        goto out;
    e = row ? plan_from_row(q, digest, out, why)
            : why_set(why, E_ABSENT, "no plan has the digest %s", digest);
out:
    query_free(q);
    return e;
}
