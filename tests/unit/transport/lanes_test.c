/* Batches over several pipes at once, against the strict server: handles that have gone stale, a
 * pipe that is lost in the middle, a flush that fails, a host that gives fewer pipes. */
#include "tests/unit/transport/strict_world.h"
#include "transport/smb_lanes.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define KEYS 9
#define VALUES 2
#define OPS (2 + KEYS * (1 + VALUES)) /* two keys above, the keys, their values */
#define READS (1 + KEYS * VALUES)
#define ROOT "SOFTWARE\\Lanes"

static const struct reg_value one = {.type = 4, .bytes = (uint8_t[]){1, 0, 0, 0}, .size = 4};
static const struct reg_value two = {.type = 4, .bytes = (uint8_t[]){2, 0, 0, 0}, .size = 4};

struct batch {
    struct reg_path root, middle, keys[KEYS];
    struct reg_op ops[OPS];
    struct reg_read items[READS];
    struct why why;
};

static struct reg_path path_of(const char *key)
{
    struct reg_path p = {.hive = HIVE_LOCAL_MACHINE, .key = str_dup(key)};

    assert_non_null(p.key);
    return p;
}

static struct batch *batch_new(const struct reg_value *value)
{
    static const char *const names[VALUES] = {"Enabled", "DisabledByDefault"};
    struct batch *b = calloc(1, sizeof *b);
    size_t op = 2, item = 1;

    assert_non_null(b);
    b->root = path_of(ROOT);
    b->middle = path_of(ROOT "\\Protocols");
    b->ops[0] = (struct reg_op){.kind = OP_CREATE_KEY, .path = &b->root};
    b->ops[1] = (struct reg_op){.kind = OP_CREATE_KEY, .path = &b->middle};
    b->items[0] = (struct reg_read){.path = &b->middle};
    for (size_t i = 0; i < KEYS; i++) {
        char text[64];

        (void)snprintf(text, sizeof text, ROOT "\\Protocols\\TLS %zu", i);
        b->keys[i] = path_of(text);
        b->ops[op++] = (struct reg_op){.kind = OP_CREATE_KEY, .path = &b->keys[i]};
        for (size_t v = 0; v < VALUES; v++) {
            b->ops[op++] = (struct reg_op){
                .kind = OP_SET_VALUE, .path = &b->keys[i], .name = names[v], .value = value};
            b->items[item++] = (struct reg_read){.path = &b->keys[i], .name = names[v]};
        }
    }
    return b;
}

static void batch_free(struct batch *b)
{
    read_fini(b->items, READS);
    path_fini(&b->root);
    path_fini(&b->middle);
    for (size_t i = 0; i < KEYS; i++)
        path_fini(&b->keys[i]);
    free(b);
}

static enum err batch_apply(struct batch *b, struct transport *t)
{
    return transport_smb.apply(t, b->ops, OPS, clock_mono_ms() + WORLD_WAIT_MS, &b->why);
}

static enum err batch_read(struct batch *b, struct transport *t)
{
    read_fini(b->items, READS);
    return transport_smb.read(t, b->items, READS, clock_mono_ms() + WORLD_WAIT_MS, &b->why);
}

static size_t n_done(const struct batch *b)
{
    size_t n = 0;

    for (size_t i = 0; i < OPS; i++)
        n += b->ops[i].done;
    return n;
}

static void is_read_as(const struct batch *b, const struct reg_value *value)
{
    for (size_t i = 0; i < READS; i++) {
        assert_int_equal(b->items[i].err, OK);
        assert_true(b->items[i].key_exists == (value != NULL));
        assert_true(b->items[i].value.absent == (value == NULL));
        if (value != NULL && b->items[i].name != NULL)
            assert_true(value_equal(&b->items[i].value, value));
    }
}

/* What the server itself has; false: not all of it. */
static bool is_there(struct world *w, const struct batch *b, const struct reg_value *value)
{
    bool good = true;

    strict_server_lock(w->server);
    for (size_t i = 0; i < READS; i++) {
        struct strict_key *k =
            strict_machine_key(strict_server_registry(w->server), b->items[i].path->key);
        const struct strict_value *v =
            k == NULL || b->items[i].name == NULL ? NULL : strict_value_find(k, b->items[i].name);

        good = good && k != NULL &&
               (b->items[i].name == NULL ||
                (v != NULL && v->size == value->size && memcmp(v->bytes, value->bytes, 4) == 0));
    }
    strict_server_unlock(w->server);
    return good;
}

static unsigned flushes(struct world *w)
{
    unsigned n;

    strict_server_lock(w->server);
    n = strict_server_report(w->server)->flushes;
    strict_server_unlock(w->server);
    return n;
}

/* Somebody else, on the host: all keys of the batch go; with a value, they are made anew. */
static void replaced(struct world *w, const struct batch *b, const struct reg_value *value)
{
    struct strict_registry *r;
    struct strict_key *root;

    strict_server_lock(w->server);
    r = strict_server_registry(w->server);
    root = strict_machine_key(r, "SOFTWARE");
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(
            strict_key_delete(r, root, b->keys[i].key + sizeof "SOFTWARE", KEY_WOW64_64KEY), 0);
    assert_int_equal(strict_key_delete(r, root, "Lanes\\Protocols", KEY_WOW64_64KEY), 0);
    assert_int_equal(strict_key_delete(r, root, "Lanes", KEY_WOW64_64KEY), 0);
    for (size_t i = 1; value != NULL && i < READS; i++)
        strict_value_set(strict_machine_make(r, b->items[i].path->key), b->items[i].name,
                         value->type, rd_of(value->bytes, value->size));
    strict_server_unlock(w->server);
}

static void batch_is_written_and_read_back(void **state)
{
    struct batch *b = batch_new(&one);
    struct transport *t;
    struct world w;

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(batch_read(b, t), OK);
    is_read_as(b, NULL);
    assert_int_equal(batch_apply(b, t), OK);
    assert_int_equal(n_done(b), OPS);
    assert_true(is_there(&w, b, &one));
    assert_int_equal(batch_read(b, t), OK);
    is_read_as(b, &one);
    assert_int_equal(flushes(&w), KEYS); /* a key once */
    transport_smb.close(t);
    world_stop(&w);
    batch_free(b);
}

static void keys_that_were_made_anew_are_not_read_through_old_handles(void **state)
{
    struct batch *b = batch_new(&one), *c = batch_new(&one);
    struct transport *t;
    struct world w;

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(batch_apply(b, t), OK);
    assert_int_equal(batch_read(b, t), OK);
    replaced(&w, b, &two);
    assert_int_equal(batch_read(b, t), OK);
    is_read_as(b, &two);
    assert_int_equal(batch_apply(c, t), OK);
    assert_int_equal(n_done(c), OPS);
    assert_true(is_there(&w, c, &one));
    replaced(&w, b, NULL);
    assert_int_equal(batch_read(b, t), OK);
    is_read_as(b, NULL);
    transport_smb.close(t);
    world_stop(&w);
    batch_free(b);
    batch_free(c);
}

static void what_is_not_there_any_more_is_written_anew(void **state)
{
    struct batch *b = batch_new(&one);
    struct transport *t;
    struct world w;

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(batch_apply(b, t), OK);
    replaced(&w, b, NULL);
    assert_int_equal(batch_apply(b, t), OK);
    assert_int_equal(n_done(b), OPS);
    assert_true(is_there(&w, b, &one));
    transport_smb.close(t);
    world_stop(&w);
    batch_free(b);
}

/* Wherever a pipe breaks: what is said to be done is done, and once more brings the rest. */
static void pipe_that_is_lost_in_the_middle_loses_nothing(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 70; at++) {
        struct batch *b = batch_new(&one);
        struct transport *t;
        struct world w;
        char rule[32];
        enum err e;

        world_start(&w, at % 2 == 0 ? "" : "pipes_max=3"); /* with few, a key is on one alone */
        t = world_open(&w);
        (void)snprintf(rule, sizeof rule, "breaks_after=%u", at);
        world_rules(&w, rule);
        e = batch_apply(b, t);
        if (e != OK && e != E_CUT)
            fail_msg("%s: %s", rule, b->why.text);
        if (e == OK)
            assert_true(n_done(b) == OPS && is_there(&w, b, &one) && flushes(&w) >= KEYS);
        else
            assert_int_equal(batch_apply(b, t), OK);
        assert_int_equal(n_done(b), OPS);
        assert_true(is_there(&w, b, &one));
        world_rules(&w, "breaks_after=5");
        assert_int_equal(batch_read(b, t), OK);
        is_read_as(b, &one);
        transport_smb.close(t);
        world_stop(&w);
        batch_free(b);
    }
}

static void flush_that_fails_is_told(void **state)
{
    struct batch *b = batch_new(&one);
    struct transport *t;
    struct world w;

    (void)state;
    world_start(&w, "flush_code=1117");
    t = world_open(&w);
    assert_int_not_equal(batch_apply(b, t), OK);
    assert_int_equal(b->why.native, 1117);
    assert_non_null(strstr(b->why.place, "flush"));
    world_rules(&w, "flush_code=0");
    assert_int_equal(batch_apply(b, t), OK);
    assert_int_equal(n_done(b), OPS);
    transport_smb.close(t);
    world_stop(&w);
    batch_free(b);
}

static void host_that_gives_fewer_pipes_is_served_with_those(void **state)
{
    static const char *const rules[] = {"pipes_max=1", "pipes_max=2", "pipes_max=5",
                                        "pipes_max=3,credits_max=2", "pipes_max=4,delay_ms=2"};

    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct batch *b = batch_new(&one);
        struct transport *t;
        struct world w;

        world_start(&w, rules[i]);
        t = world_open(&w);
        if (batch_apply(b, t) != OK || batch_read(b, t) != OK)
            fail_msg("%s: %s: %s", rules[i], b->why.place, b->why.text);
        assert_int_equal(n_done(b), OPS);
        is_read_as(b, &one);
        transport_smb.close(t);
        if (world_talk(&w, WORLD_WAIT_MS, &b->why) != OK) /* with a value for the way alone */
            fail_msg("%s: %s: %s", rules[i], b->why.place, b->why.text);
        world_stop(&w);
        batch_free(b);
    }
}

static unsigned most_at_once(unsigned crowd)
{
    struct batch *b = batch_new(&one);
    struct transport *t;
    struct world w;
    unsigned n;

    world_start(&w, "credits_max=64");
    w.target.crowd = crowd;
    t = world_open(&w);
    assert_int_equal(batch_apply(b, t), OK);
    assert_int_equal(batch_read(b, t), OK);
    is_read_as(b, &one);
    transport_smb.close(t);
    strict_server_lock(w.server);
    n = strict_server_report(w.server)->parallel;
    strict_server_unlock(w.server);
    world_stop(&w);
    batch_free(b);
    return n;
}

static void near_host_in_a_crowd_is_asked_for_fewer_pipes(void **state)
{
    (void)state;
    assert_int_equal(most_at_once(1), LANES_MAX);
    assert_int_equal(most_at_once(CROWD), LANES_NEAR);
}

/* The keys of a batch are made below a key that is there, and that one is not made on the way. */
static void key_that_should_be_there_is_not_made_on_the_way(void **state)
{
    struct batch *b = batch_new(&one);
    struct transport *t;
    struct world w;

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(
        transport_smb.apply(t, b->ops + 1, OPS - 1, clock_mono_ms() + WORLD_WAIT_MS, &b->why), OK);
    assert_int_equal(b->ops[1].err, E_ABSENT);
    assert_int_equal(n_done(b), 0);
    strict_server_lock(w.server);
    assert_null(strict_machine_key(strict_server_registry(w.server), ROOT));
    strict_server_unlock(w.server);
    transport_smb.close(t);
    world_stop(&w);
    batch_free(b);
}

static void key_that_cannot_be_made_is_told_and_nothing_is_made(void **state)
{
    struct batch *b = batch_new(&one);
    struct reg_op passing = {.kind = OP_CREATE_KEY, .path = &b->root, .volatile_key = true};
    struct transport *t;
    struct world w;

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(
        transport_smb.apply(t, &passing, 1, clock_mono_ms() + WORLD_WAIT_MS, &b->why), OK);
    assert_int_equal(
        transport_smb.apply(t, b->ops + 1, OPS - 1, clock_mono_ms() + WORLD_WAIT_MS, &b->why), OK);
    assert_int_equal(b->ops[1].err, E_REFUSED);
    assert_int_equal(b->ops[1].why.native, 1021); /* a stable key below a volatile one */
    assert_int_equal(n_done(b), 0);
    transport_smb.close(t);
    world_stop(&w);
    batch_free(b);
}

static void handful_of_turns_is_enough(void **state)
{
    struct batch *b = batch_new(&one);
    struct transport *t;
    uint64_t turns;
    struct world w;

    (void)state;
    world_start(&w, "credits_max=64");
    t = world_open(&w);
    turns = smb_turns(t);
    assert_int_equal(batch_read(b, t), OK);
    assert_in_range(smb_turns(t) - turns, 1, 4 + 1); /* pipes, hives; all keys at once */
    turns = smb_turns(t);
    assert_int_equal(batch_apply(b, t), OK);
    assert_in_range(smb_turns(t) - turns, 1, 4); /* the key above, keys, values, flush */
    turns = smb_turns(t);
    assert_int_equal(batch_read(b, t), OK);
    assert_int_equal(smb_turns(t) - turns, 1);
    transport_smb.close(t);
    t = world_open(&w);
    turns = smb_turns(t);
    assert_int_equal(batch_read(b, t), OK);
    assert_in_range(smb_turns(t) - turns, 1, 4 + 2); /* pipes, hives; keys, values */
    transport_smb.close(t);
    world_stop(&w);
    batch_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batch_is_written_and_read_back),
        cmocka_unit_test(keys_that_were_made_anew_are_not_read_through_old_handles),
        cmocka_unit_test(what_is_not_there_any_more_is_written_anew),
        cmocka_unit_test(pipe_that_is_lost_in_the_middle_loses_nothing),
        cmocka_unit_test(flush_that_fails_is_told),
        cmocka_unit_test(host_that_gives_fewer_pipes_is_served_with_those),
        cmocka_unit_test(near_host_in_a_crowd_is_asked_for_fewer_pipes),
        cmocka_unit_test(key_that_should_be_there_is_not_made_on_the_way),
        cmocka_unit_test(key_that_cannot_be_made_is_told_and_nothing_is_made),
        cmocka_unit_test(handful_of_turns_is_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
