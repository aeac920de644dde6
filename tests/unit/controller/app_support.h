/* tests/unit/controller/app_support.h: a database with rollouts in it that never met a host. */
#ifndef SWELL_TESTS_APP_SUPPORT_H
#define SWELL_TESTS_APP_SUPPORT_H

#include "controller/app.h" /* before cmocka, which has a macro named fail */
#include "controller/runner.h"

#include "tests/unit/db/db_support.h"

static inline struct plan *plan_make(const char *title, size_t n_hosts)
{
    struct plan *p = calloc(1, sizeof *p);
    struct why why = {0};
    assert_non_null(p);
    p->title = str_dup(title);
    p->playbook = str_dup("tls");
    p->made_at_ms = 1792000000000;
    p->hosts = calloc(n_hosts, sizeof *p->hosts);
    assert_non_null(p->hosts);
    for (size_t i = 0; i < n_hosts; i++) {
        struct plan_host *h = &p->hosts[p->n_hosts++];
        char name[32];
        (void)snprintf(name, sizeof name, "web%02zu", i + 1);
        h->name = str_dup(name);
        h->changes = calloc(1, sizeof *h->changes);
        assert_non_null(h->changes);
        h->n_changes = 1;
        assert_ok(path_parse("HKLM\\SOFTWARE\\A", VIEW_64, &h->changes[0].path, &why), &why);
        h->changes[0].name = str_dup("v");
        h->changes[0].before = value_absent();
        assert_int_equal(value_dword(1, &h->changes[0].after), OK);
    }
    assert_int_equal(plan_seal(p), OK);
    return p;
}

/* A rollout of two hosts; its number. */
static inline int64_t rollout_make(struct store *st, const char *title)
{
    struct policy policy = policy_default();
    struct plan *p = plan_make(title, 2);
    struct why why = {0};
    int64_t number = 0;
    assert_ok(rollout_create(st, p, &policy, "me", title, 1000, &number, &why), &why);
    plan_free(p);
    return number;
}

static inline void event_must_append(struct store *st, int64_t rollout, struct event ev)
{
    struct why why = {0};
    assert_ok(rollout_append(st, rollout, &ev, 2000, &why), &why);
}

static inline struct event host_event(enum event_kind kind, const char *host)
{
    struct event ev = {.kind = kind, .attempt = 1};
    (void)snprintf(ev.host, sizeof ev.host, "%s", host);
    return ev;
}

#endif
