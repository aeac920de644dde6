/* Whom a rollout that is carried on needs: the hosts that something is still to be done with. */
#include "controller/cli/crew.h" /* before cmocka, which has a macro named fail */
#include "db/host_table.h"

#include "tests/unit/db/db_support.h"

#define HOSTS 3

static char done[] = "done", waiting[] = "waiting", left_out[] = "left-out";

static struct spec_host spec_hosts[HOSTS] = {
    {.name = done, .wave = 1}, {.name = waiting, .wave = 1}, {.name = left_out}};
static struct rollout_spec spec = {.hosts = spec_hosts, .n_hosts = HOSTS, .n_waves = 1};

/* A database whose inventory is that text. */
static struct store *store_with(const struct place *p, const char *ini)
{
    struct inventory *inv = NULL;
    struct store *st = NULL;
    struct why why = {0};

    assert_ok(inventory_read_ini("f", ini, strlen(ini), &inv, &why), &why);
    assert_ok(store_open(p->file, &st, &why), &why);
    assert_ok(host_table_replace(st, inv, NULL, &why), &why);
    inventory_free(inv);
    return st;
}

static enum err crew_with(const struct place *p, const char *ini, const struct event *retried,
                          struct why *why)
{
    struct host_run runs[HOSTS] = {
        {.state = HOST_FINAL}, {.state = HOST_QUEUED}, {.state = HOST_FINAL}};
    const struct engine g = {.spec = &spec, .hosts = runs};
    const struct invocation inv = {0};
    struct store *st = store_with(p, ini);
    struct crew crew = {0};
    enum err e = crew_for_rollout(&inv, st, &g, retried, &crew, why);

    assert_true((crew.hosts != NULL) == (e == OK));
    crew_fini(&crew);
    store_close(st);
    return e;
}

static void a_host_that_is_done_may_be_gone(void **state)
{
    struct why why = {0};

    assert_ok(crew_with(*state, "waiting swell_auth=kerberos\n", NULL, &why), &why);
}

static void a_host_that_is_waited_for_may_not(void **state)
{
    struct why why = {0};

    assert_int_equal(crew_with(*state, "done swell_auth=kerberos\n", NULL, &why), E_DATA);
    assert_non_null(strstr(why.text, "'waiting'"));
}

static void a_host_that_is_tried_again_may_not(void **state)
{
    char *names[] = {done};
    const struct event retried = {.kind = EV_RETRIED, .hosts = names, .n_hosts = 1};
    struct why why = {0};

    assert_int_equal(crew_with(*state, "waiting swell_auth=kerberos\n", &retried, &why), E_DATA);
    assert_non_null(strstr(why.text, "'done'"));
    assert_ok(crew_with(*state, "[all]\nwaiting\ndone\n[all:vars]\nswell_auth=kerberos\n", &retried,
                        &why),
              &why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(a_host_that_is_done_may_be_gone),
        WITH_STORE(a_host_that_is_waited_for_may_not),
        WITH_STORE(a_host_that_is_tried_again_may_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
