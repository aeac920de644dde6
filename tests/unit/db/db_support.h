/* tests/unit/db/db_support.h: a database of its own for each test, in a folder of its own. */
#ifndef SWELL_TESTS_DB_SUPPORT_H
#define SWELL_TESTS_DB_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "db/journal.h"
#include "db/store.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
    char folder[64];
    char file[128];
};

#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)
#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, store_make, place_remove)

static inline void assert_ok(enum err e, const struct why *why)
{
    char line[600];

    if (e != OK)
        fail_msg("%s: %s", err_name(e), why_line(why, line, sizeof line));
}

static inline int place_make(void **state)
{
    struct place *p = calloc(1, sizeof *p);

    assert_non_null(p);
    (void)snprintf(p->folder, sizeof p->folder, "/tmp/swell-db-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->file, sizeof p->file, "%s/swell.db", p->folder);
    *state = p;
    return 0;
}

static inline int store_make(void **state)
{
    struct why why = {0};
    struct place *p;

    (void)place_make(state);
    p = *state;
    assert_ok(store_create(p->file, &why), &why);
    return 0;
}

static inline void folder_remove(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *entry;

    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;

        struct text path = {0};

        text_printf(&path, "%s/%s", folder, entry->d_name);
        assert_false(path.bad);
        if (entry->d_type == DT_DIR)
            folder_remove(path.s);
        else
            (void)unlink(path.s);
        text_fini(&path);
    }
    closedir(d);
    (void)rmdir(folder);
}

static inline int place_remove(void **state)
{
    struct place *p = *state;

    folder_remove(p->folder);
    free(p);
    return 0;
}

static inline struct store *store_must_open(const char *file)
{
    struct store *st = NULL;
    struct why why = {0};

    assert_ok(store_open(file, &st, &why), &why);
    return st;
}

/* One transaction of n events, bodies of body_size letters (at least). */
static inline enum err events_try(struct store *st, int n, size_t body_size, struct why *why)
{
    char *body = malloc(body_size + 32);
    enum err e = body == NULL ? E_MEMORY : store_begin(st, why);

    for (int i = 0; e == OK && i < n; i++) {
        struct journal_row row = {
            .at_ms = 1000 + i, .rollout = 1, .host = "web01", .kind = "host.changed"};

        (void)snprintf(body, body_size + 32, "{\"n\":%d,\"pad\":\"", i);
        memset(body + strlen(body), 'x', body_size);
        body[body_size] = '\0';
        row.body = body;
        e = journal_append(st, &row, why);
    }
    if (e == OK)
        e = store_commit(st, why);
    store_rollback(st);
    free(body);
    return e;
}

static inline void events_append(struct store *st, int n)
{
    struct why why = {0};

    assert_ok(events_try(st, n, 40, &why), &why);
}

static inline int64_t journal_must_verify(struct store *st)
{
    struct journal_proof proof = {0};
    struct why why = {0};

    assert_ok(journal_verify(st, &proof, &why), &why);
    return proof.events;
}

/* As somebody with the sqlite3 program would do it. */
static inline void raw_sql(const char *file, const char *sql)
{
    sqlite3 *db = NULL;
    char *said = NULL;

    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s: %s", sql, said);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline size_t bytes_of(const char *path, char **out)
{
    FILE *f = fopen(path, "rb");
    long n;

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    n = ftell(f);
    rewind(f);
    *out = malloc((size_t)n + 1);
    assert_non_null(*out);
    assert_int_equal(fread(*out, 1, (size_t)n, f), n);
    fclose(f);
    return (size_t)n;
}

static inline size_t bytes_find(const char *bytes, size_t n, const char *what)
{
    for (size_t i = 0; i + strlen(what) <= n; i++)
        if (memcmp(bytes + i, what, strlen(what)) == 0)
            return i;
    fail_msg("%s is not there", what);
    return 0;
}

static inline void bytes_write(const char *path, const char *mode, size_t at, const void *bytes,
                               size_t n)
{
    FILE *f = fopen(path, mode);

    assert_non_null(f);
    assert_int_equal(fseek(f, (long)at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

#endif
