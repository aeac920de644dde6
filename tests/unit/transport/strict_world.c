#include "tests/unit/transport/strict_world.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char password_bytes[] = STRICT_PASSWORD;
static const struct secret password = {.bytes = password_bytes,
                                       .used = sizeof STRICT_PASSWORD - 1};

void world_start(struct world *w, const char *rules)
{
    struct strict_rules r;
    struct why why = {0};

    strict_rules_init(&r);
    if (strict_rules_set(&r, rules, &why) != OK)
        fail_msg("%s", why.text);
    w->server = strict_server_new(&r);
    strict_server_start(w->server, "127.0.0.1", 0);
    w->messages = 0;
    w->may_lie = w->lied = false;
    w->target = (struct transport_target){.name = "strict",
                                          .address = "127.0.0.1",
                                          .port = strict_server_port(w->server),
                                          .user = STRICT_DOMAIN "\\" STRICT_USER,
                                          .password = &password,
                                          .auth = AUTH_NTLM};
}

void world_stop_unjudged(struct world *w)
{
    strict_server_free(w->server);
    w->server = NULL;
}

void world_stop(struct world *w)
{
    const struct strict_report *r = strict_server_report(w->server);
    char text[1000];
    unsigned n;

    strict_server_stop(w->server);
    n = r->n_violations;
    (void)snprintf(text, sizeof text, "%s", text_str(&r->violations));
    world_stop_unjudged(w);
    if (n > 0)
        fail_msg("the client broke %u rules:\n%s", n, text);
}

void world_rules(struct world *w, const char *rules)
{
    enum err e;

    strict_server_lock(w->server);
    e = strict_rules_set(strict_server_rules(w->server), rules, NULL);
    strict_server_unlock(w->server);
    assert_int_equal(e, OK);
}

unsigned world_connections(struct world *w)
{
    unsigned n;

    strict_server_lock(w->server);
    n = strict_server_report(w->server)->connections;
    strict_server_unlock(w->server);
    return n;
}

struct transport *world_open(struct world *w)
{
    struct transport *t = NULL;
    struct why why = {0};

    if (transport_smb.open(&w->target, clock_mono_ms() + WORLD_WAIT_MS, &t, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    return t;
}

static struct reg_path path_of(const char *key, enum reg_view view)
{
    struct reg_path p = {.hive = HIVE_LOCAL_MACHINE, .view = view, .key = str_dup(key)};

    assert_non_null(p.key);
    return p;
}

enum err world_write(struct world *w, struct transport *t, struct reg_op op, const char *key,
                     enum reg_view view, struct why *why)
{
    struct reg_path p = path_of(key, view);
    enum err e;

    (void)w;
    op.path = &p;
    e = transport_smb.apply(t, &op, 1, clock_mono_ms() + WORLD_WAIT_MS, why);
    if (e == OK && op.err != OK) {
        e = op.err;
        *why = op.why;
    }
    path_fini(&p);
    return e;
}

enum err world_read(struct world *w, struct transport *t, const char *key, enum reg_view view,
                    const char *name, uint32_t *out, struct why *why)
{
    struct reg_path p = path_of(key, view);
    struct reg_read item = {.path = &p, .name = name};
    uint64_t n = 0;
    enum err e = transport_smb.read(t, &item, 1, clock_mono_ms() + WORLD_WAIT_MS, why);

    (void)w;
    if (e == OK && item.err != OK) {
        e = item.err;
        *why = item.why;
    } else if (e == OK && !value_as_u64(&item.value, &n)) {
        e = E_ABSENT;
    }
    *out = (uint32_t)n;
    read_fini(&item, 1);
    path_fini(&p);
    return e;
}

static void must_be(struct world *w, bool true_content)
{
    w->lied = w->lied || !true_content;
    assert_true(true_content || w->may_lie);
}

static enum err items_write(struct transport *t, const struct reg_path *above,
                            const struct reg_path *path, int64_t deadline_ms, struct why *why)
{
    static uint8_t big_bytes[WORLD_BIG] = {1, 2, 3};
    const struct reg_value seven = {.type = 4, .bytes = (uint8_t[]){7, 0, 0, 0}, .size = 4};
    const struct reg_value big = {.type = 3, .bytes = big_bytes, .size = sizeof big_bytes};
    struct reg_op ops[] = {
        {.kind = OP_CREATE_KEY, .path = above},
        {.kind = OP_CREATE_KEY, .path = path},
        {.kind = OP_SET_VALUE, .path = path, .name = "Seven", .value = &seven},
        {.kind = OP_SET_VALUE, .path = path, .name = "Big", .value = &big},
    };
    enum err e = transport_smb.apply(t, ops, COUNT(ops), deadline_ms, why);

    for (size_t i = 0; e == OK && i < COUNT(ops); i++) {
        e = ops[i].err;
        if (e != OK)
            *why = ops[i].why;
    }
    return e;
}

static enum err items_read(struct world *w, struct transport *t, const struct reg_path *path,
                           int64_t deadline_ms, struct why *why)
{
    struct reg_read items[] = {{.path = path, .name = "Seven"},
                               {.path = path, .name = "Big"},
                               {.path = path, .name = "Absent"},
                               {.path = path}};
    uint64_t n = 0;
    enum err e = transport_smb.read(t, items, COUNT(items), deadline_ms, why);

    for (size_t i = 0; e == OK && i < COUNT(items); i++) {
        e = items[i].err;
        if (e != OK)
            *why = items[i].why;
    }
    if (e == OK) {
        must_be(w, value_as_u64(&items[0].value, &n) && n == 7);
        must_be(w, items[1].value.size == WORLD_BIG && items[1].value.bytes[2] == 3);
        must_be(w, items[2].value.absent);
        must_be(w, items[3].key_exists && !items[3].value.absent);
    }
    read_fini(items, COUNT(items));
    return e;
}

static enum err key_list(struct world *w, struct transport *t, const struct reg_path *above,
                         int64_t deadline_ms, struct why *why)
{
    struct reg_list l = {0};
    enum err e = transport_smb.list(t, above, deadline_ms, &l, why);

    if (e == OK) {
        must_be(w, l.key_exists && l.n_subkeys == 1);
        must_be(w, l.n_subkeys >= 1 && strcmp(l.subkeys[0], "Talk") == 0);
    }
    list_fini(&l);
    return e;
}

enum err world_talk(struct world *w, int64_t wait_ms, struct why *why)
{
    int64_t deadline_ms = clock_mono_ms() + wait_ms;
    struct reg_path above = path_of("SOFTWARE\\Swell", VIEW_64);
    struct reg_path path = path_of("SOFTWARE\\Swell\\Talk", VIEW_64);
    struct boot_identity boot = {0};
    struct transport *t = NULL;
    enum err e;

    *why = (struct why){0};
    if ((e = transport_smb.open(&w->target, deadline_ms, &t, why)) != OK ||
        (e = items_write(t, &above, &path, deadline_ms, why)) != OK ||
        (e = items_read(w, t, &path, deadline_ms, why)) != OK ||
        (e = key_list(w, t, &above, deadline_ms, why)) != OK ||
        (e = transport_smb.identity(t, deadline_ms, &boot, why)) != OK)
        goto out;
    must_be(w, boot.has_guid);
    strict_server_lock(w->server);
    w->messages = strict_server_report(w->server)->answers +
                  strict_server_report(w->server)->interims;
    strict_server_unlock(w->server);
out:
    transport_smb.close(t);
    path_fini(&above);
    path_fini(&path);
    return e;
}
