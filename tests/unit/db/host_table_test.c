#include "tests/unit/db/db_support.h"

#include "base/clock.h"
#include "db/host_table.h"
#include "db/schema.h"

static struct inventory *ini_of(const char *text)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_ok(inventory_read_ini("hosts.ini", text, strlen(text), &inv, &why), &why);
    return inv;
}

static void assert_same_host(const struct host *a, const struct host *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->place, b->place);
    assert_int_equal(a->n_groups, b->n_groups);
    assert_int_equal(a->n_vars, b->n_vars);
    for (size_t i = 0; i < a->n_groups; i++) {
        assert_string_equal(a->groups[i], b->groups[i]);
        assert_int_equal(a->places[i], b->places[i]);
    }
    for (size_t i = 0; i < a->n_vars; i++) {
        assert_string_equal(a->vars[i].name, b->vars[i].name);
        assert_string_equal(a->vars[i].value, b->vars[i].value);
        assert_int_equal(a->vars[i].typed, b->vars[i].typed);
    }
}

static void replace(struct store *st, const char *text, struct host_table_delta *delta)
{
    struct inventory *inv = ini_of(text);
    struct why why = {0};

    assert_ok(host_table_replace(st, inv, delta, &why), &why);
    inventory_free(inv);
}

static void comes_back(struct place *p, const char *path)
{
    struct store *st = store_must_open(p->file);
    struct inventory *was = NULL, *is = NULL;
    struct why why = {0};

    assert_ok(inventory_load(path, &was, &why), &why);
    assert_ok(host_table_replace(st, was, NULL, &why), &why);
    store_close(st);
    assert_ok(store_open_readonly(p->file, &st, &why), &why);
    assert_ok(host_table_load(st, &is, &why), &why);
    assert_int_equal(is->n_hosts, was->n_hosts);
    for (size_t i = 0; i < is->n_hosts; i++)
        assert_same_host(&is->hosts[i], &was->hosts[i]);
    inventory_free(was);
    inventory_free(is);
    store_close(st);
}

static void an_inventory_comes_back_as_it_was(void **state)
{
    comes_back(*state, "tests/vectors/inventory/nested.ini");
    comes_back(*state, "tests/vectors/inventory/types.yml"); /* values of every type */
    comes_back(*state, "tests/vectors/inventory/tree");
}

static void a_value_of_another_type_is_another_value(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct host_table_delta d = {0};

    replace(st, "a x=1\n", &d);
    replace(st, "a x='\"1\"'\n", &d);
    assert_int_equal(d.changed, 1);
    store_close(st);
}

/* As the first version had stored it: all values are strings, the places are those of the file. */
static void an_inventory_of_the_first_version_is_kept(void **state)
{
    struct place *p = *state;
    struct inventory *inv = NULL;
    struct store *st;
    struct why why = {0};

    assert_int_equal(unlink(p->file), 0);
    raw_sql(p->file, schema_migrations[0].sql);
    raw_sql(p->file, "PRAGMA user_version = 1;"
                     "INSERT INTO host VALUES (1, 'b'), (2, 'a');"
                     "INSERT INTO host_group VALUES (1, 'g', 1), (2, 'g', 0);"
                     "INSERT INTO host_var VALUES (1, 'ansible_port', '22')");
    st = store_must_open(p->file);
    assert_ok(host_table_load(st, &inv, &why), &why);
    assert_int_equal(inv->n_hosts, 2);
    assert_string_equal(inv->hosts[0].name, "b");
    assert_string_equal(host_var_get(&inv->hosts[0], "ansible_port"), "22");
    assert_false(inv->hosts[0].vars[0].typed);
    assert_int_equal(inv->hosts[0].places[0], 1);
    inventory_free(inv);
    store_close(st);
}

static void a_new_database_has_no_hosts(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_ok(host_table_load(st, &inv, &why), &why);
    assert_int_equal(inv->n_hosts, 0);
    inventory_free(inv);
    store_close(st);
}

static void an_import_tells_what_it_changed(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct host_table_delta d = {0};

    replace(st, "a x=1\nb\nc\n", &d);
    assert_int_equal(d.added, 3);
    assert_int_equal(d.changed + d.removed + d.same, 0);
    replace(st, "c\nb\na x=1\n", &d); /* another order is no change */
    assert_int_equal(d.same, 3);
    assert_int_equal(d.added + d.changed + d.removed, 0);
    replace(st, "a x=2\n[g]\nb\nd\n", &d);
    assert_int_equal(d.added, 1);
    assert_int_equal(d.changed, 2);
    assert_int_equal(d.removed, 1);
    assert_int_equal(d.same, 0);
    replace(st, "", &d);
    assert_int_equal(d.removed, 3);
    store_close(st);
}

/* Promise 13: what cannot be stored changes nothing. */
static void promise_13_an_import_that_fails_leaves_the_old_inventory(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct inventory *inv = NULL;
    struct host_table_delta d = {.added = 77};
    struct why why = {0};
    char a[] = "a";
    struct host twice[] = {{.name = a}, {.name = a}};
    struct inventory bad = {.hosts = twice, .n_hosts = COUNT(twice)};

    replace(st, "old x=1\n", NULL);
    assert_int_not_equal(host_table_replace(st, &bad, &d, &why), OK);
    assert_int_equal(d.added, 77);
    assert_ok(host_table_load(st, &inv, &why), &why);
    assert_int_equal(inv->n_hosts, 1);
    assert_string_equal(inv->hosts[0].name, "old");
    assert_string_equal(host_var_get(&inv->hosts[0], "x"), "1");
    inventory_free(inv);
    store_close(st);
}

/* Promise 10: what a file had of passwords is nowhere in the database's bytes. */
static void promise_10_no_secret_reaches_the_database(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    char *bytes;
    size_t n;

    replace(st,
            "w1 ansible_password=hunter2 ansible_host=192.0.2.77\n[all:vars]\ndb_secret=hunter2\n",
            NULL);
    store_close(st);
    n = bytes_of(p->file, &bytes);
    (void)bytes_find(bytes, n, "192.0.2.77");
    for (size_t i = 0; i + 6 <= n; i++)
        assert_memory_not_equal(bytes + i, "hunter", 6);
    free(bytes);
}

static void ten_thousand_hosts_take(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct inventory *inv = NULL;
    struct why why = {0};
    int64_t began = clock_mono_ms(), stored;

    replace(st, "[g]\nh[1:10000] ansible_host=192.0.2.1 a=1 b=2\n[s:children]\ng\n[s:vars]\nc=3\n",
            NULL);
    stored = clock_mono_ms();
    assert_ok(host_table_load(st, &inv, &why), &why);
    print_message("10,000 hosts: stored in %lld ms, loaded in %lld ms\n",
                  (long long)(stored - began), (long long)(clock_mono_ms() - stored));
    assert_int_equal(inv->n_hosts, 10000);
    inventory_free(inv);
    store_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(an_inventory_comes_back_as_it_was),
        WITH_STORE(a_value_of_another_type_is_another_value),
        WITH_STORE(an_inventory_of_the_first_version_is_kept),
        WITH_STORE(a_new_database_has_no_hosts),
        WITH_STORE(an_import_tells_what_it_changed),
        WITH_STORE(promise_13_an_import_that_fails_leaves_the_old_inventory),
        WITH_STORE(promise_10_no_secret_reaches_the_database),
        WITH_STORE(ten_thousand_hosts_take),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
