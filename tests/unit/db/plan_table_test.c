#include "tests/unit/db/db_support.h"

#include "db/plan_table.h"

static struct plan *plan_make(const char *title)
{
    struct plan *p = calloc(1, sizeof *p);

    assert_non_null(p);
    p->kind = PLAN_APPLY;
    p->title = str_dup(title);
    p->playbook = str_dup("tls12");
    p->made_at_ms = 1792000000123;
    p->hosts = calloc(1, sizeof *p->hosts);
    assert_non_null(p->hosts);
    p->n_hosts = 1;
    p->hosts[0].name = str_dup("web01");
    p->hosts[0].verdict = PLAN_GO;
    assert_int_equal(plan_seal(p), OK);
    return p;
}

static void put(struct store *st, const struct plan *plan)
{
    struct why why = {0};

    assert_ok(store_begin(st, &why), &why);
    assert_ok(plan_table_put(st, plan, &why), &why);
    assert_ok(store_commit(st, &why), &why);
}

static void a_plan_comes_back_by_its_digest(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct plan *a = plan_make("a"), *b = plan_make("b"), *is = NULL;
    struct why why = {0};

    put(st, a);
    put(st, b);
    put(st, a); /* once more is fine */
    assert_ok(plan_table_get(st, b->digest, &is, &why), &why);
    assert_string_equal(is->digest, b->digest);
    assert_string_equal(is->title, "b");
    plan_free(is);
    assert_int_equal(plan_table_get(st, "0000", &is, &why), E_ABSENT);
    assert_null(is);
    plan_free(a);
    plan_free(b);
    store_close(st);
}

static void a_plan_changed_in_the_database_is_refused(void **state)
{
    static const char *const deeds[] = {
        "UPDATE plan SET bytes = CAST(replace(CAST(bytes AS TEXT), 'web01', 'web02') AS BLOB)",
        "UPDATE plan SET bytes = x'00'", "UPDATE plan SET bytes = zeroblob(0)",
        "UPDATE plan SET bytes = (SELECT max(bytes) FROM plan)",
        "UPDATE plan SET bytes = (SELECT min(bytes) FROM plan)"};
    int refused = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(deeds); i++) {
        struct plan *a = plan_make("a"), *b = plan_make("b"), *is = NULL;
        struct why why = {0};
        struct store *st;
        struct place *p;
        void *mine;
        enum err e;

        assert_int_equal(store_make(&mine), 0);
        p = mine;
        st = store_must_open(p->file);
        put(st, a);
        put(st, b);
        raw_sql(p->file, "DROP TRIGGER plan_no_update");
        raw_sql(p->file, deeds[i]);
        e = plan_table_get(st, a->digest, &is, &why);
        assert_true(e == E_CORRUPT || (e == OK && strcmp(is->digest, a->digest) == 0));
        refused += e == E_CORRUPT;
        plan_free(is);
        plan_free(a);
        plan_free(b);
        store_close(st);
        (void)place_remove(&mine);
    }
    assert_true(refused >= 4); /* of the last two one puts a's own bytes there */
}

static void sql_cannot_change_a_plan(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct plan *a = plan_make("a");
    sqlite3 *db = NULL;

    put(st, a);
    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE plan SET bytes = x'00'", NULL, NULL, NULL),
                     SQLITE_CONSTRAINT);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    plan_free(a);
    store_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_plan_comes_back_by_its_digest),
        cmocka_unit_test(a_plan_changed_in_the_database_is_refused),
        WITH_STORE(sql_cannot_change_a_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
