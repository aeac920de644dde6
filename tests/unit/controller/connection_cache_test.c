#include "controller/connection_cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define LONG_MS 1000000
#define HOSTS 8
#define THREADS 4
#define ROUNDS 500

struct fake { /* a connection that counts how often it was closed */
    struct transport base;
    int *closed;
};

static void fake_close(struct transport *t)
{
    struct fake *f = (struct fake *)t;
    (*f->closed)++;
    free(f);
}

static const struct transport_kind fake_kind = {.name = "fake", .close = fake_close};

static struct transport *fake_new(int *closed)
{
    struct fake *f = calloc(1, sizeof *f);
    assert_non_null(f);
    *f = (struct fake){.base = {.kind = &fake_kind}, .closed = closed};
    return &f->base;
}

static void connection_is_given_back_to_its_host_and_once(void **state)
{
    struct connection_cache *c = connection_cache_new();
    const struct transport_target a = {.name = "a"}, b = {.name = "b"};
    int closed = 0;
    struct transport *t = fake_new(&closed), *u = fake_new(&closed);
    (void)state;
    assert_non_null(c);
    connection_cache_give(c, &a, t);
    connection_cache_give(c, &b, u);
    assert_ptr_equal(connection_cache_take(c, &b), u);
    assert_null(connection_cache_take(c, &b));
    assert_ptr_equal(connection_cache_take(c, &a), t);
    assert_null(connection_cache_take(c, &a));
    assert_int_equal(closed, 0);
    connection_cache_give(c, &a, t);
    connection_cache_give(c, &b, u);
    connection_cache_free(c);
    assert_int_equal(closed, 2);
}

static void what_does_not_fit_is_closed(void **state)
{
    struct connection_cache *c = connection_cache_new_of(2, LONG_MS);
    struct transport_target hosts[3] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
    int closed = 0;
    (void)state;
    for (size_t i = 0; i < 3; i++)
        connection_cache_give(c, &hosts[i], fake_new(&closed));
    assert_int_equal(closed, 1);
    assert_null(connection_cache_take(c, &hosts[2]));
    connection_cache_free(c);
    assert_int_equal(closed, 3);
}

static void what_was_idle_for_too_long_is_closed_and_not_given(void **state)
{
    struct connection_cache *c = connection_cache_new_of(4, 0);
    const struct transport_target a = {.name = "a"}, b = {.name = "b"};
    int closed = 0;
    (void)state;
    connection_cache_give(c, &a, fake_new(&closed));
    assert_null(connection_cache_take(c, &a));
    assert_int_equal(closed, 1);
    connection_cache_give(c, &a, fake_new(&closed));
    connection_cache_give(c, &b, fake_new(&closed));
    connection_cache_sweep(c);
    assert_int_equal(closed, 3);
    connection_cache_free(c);
    assert_int_equal(closed, 3);
}

static void sweeping_leaves_what_is_fresh(void **state)
{
    struct connection_cache *c = connection_cache_new_of(4, LONG_MS);
    const struct transport_target a = {.name = "a"};
    int closed = 0;
    struct transport *t = fake_new(&closed);
    (void)state;
    connection_cache_give(c, &a, t);
    connection_cache_sweep(c);
    assert_ptr_equal(connection_cache_take(c, &a), t);
    fake_close(t);
    connection_cache_free(c);
    assert_int_equal(closed, 1);
}

static void without_a_cache_nothing_is_kept(void **state)
{
    const struct transport_target a = {.name = "a"};
    int closed = 0;
    (void)state;
    assert_null(connection_cache_take(NULL, &a));
    connection_cache_give(NULL, &a, fake_new(&closed));
    assert_int_equal(closed, 1);
    connection_cache_free(NULL);
}

struct user {
    struct connection_cache *cache;
    const struct transport_target *hosts;
    int closed, made;
};

static void *use(void *arg)
{
    struct user *u = arg;
    for (int i = 0; i < ROUNDS; i++) {
        const struct transport_target *host = &u->hosts[i % HOSTS];
        struct transport *t = connection_cache_take(u->cache, host);
        if (t)
            ((struct fake *)t)->closed = &u->closed; /* whoever has it counts it */
        else
            u->made++;
        connection_cache_give(u->cache, host, t ? t : fake_new(&u->closed));
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    static const struct transport_target hosts[HOSTS];
    struct connection_cache *c = connection_cache_new_of(HOSTS / 2, LONG_MS);
    struct user users[THREADS];
    pthread_t threads[THREADS];
    int closed = 0, made = 0;
    (void)state;
    for (size_t i = 0; i < THREADS; i++) {
        users[i] = (struct user){.cache = c, .hosts = hosts};
        assert_int_equal(pthread_create(&threads[i], NULL, use, &users[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    connection_cache_free(c);
    for (size_t i = 0; i < THREADS; i++) {
        closed += users[i].closed;
        made += users[i].made;
    }
    assert_int_equal(closed, made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_is_given_back_to_its_host_and_once),
        cmocka_unit_test(what_does_not_fit_is_closed),
        cmocka_unit_test(what_was_idle_for_too_long_is_closed_and_not_given),
        cmocka_unit_test(sweeping_leaves_what_is_fresh),
        cmocka_unit_test(without_a_cache_nothing_is_kept),
        cmocka_unit_test(threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
