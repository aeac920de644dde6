/* A host that loses the session, or the connection, at any moment of the steps of a rollout: one
 * connection more, and all is done once. The transport is the real one, the host the strict
 * server. */
#include "controller/step.h"
#include "rollout/policy.h"
#include "tests/support/strict_registry.h"
#include "tests/support/strict_server.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define VALUES 6
#define REQUESTS_MAX 400 /* of all steps; more than they take */

static char password_bytes[] = STRICT_PASSWORD;
static const struct secret password = {.bytes = password_bytes,
                                       .used = sizeof STRICT_PASSWORD - 1};

struct bench {
    struct strict_server *server;
    struct world world;
    struct policy policy;
    struct connection_cache *connections;
    struct plan_host plan;
    struct change changes[1 + VALUES];
    char key[40], names[VALUES][8];
    uint8_t bytes[VALUES][4];
    struct job job;
};

static void plan_make(struct bench *h)
{
    (void)snprintf(h->key, sizeof h->key, "SOFTWARE\\Swell Again");
    for (size_t i = 0; i <= VALUES; i++) {
        struct change *c = &h->changes[i];

        c->path = (struct reg_path){.hive = HIVE_LOCAL_MACHINE, .view = VIEW_64, .key = h->key};
        c->before = value_absent();
        if (i == VALUES)
            break;
        (void)snprintf(h->names[i], sizeof h->names[i], "V%zu", i);
        h->bytes[i][0] = (uint8_t)(i + 1);
    }
    for (size_t i = 1; i <= VALUES; i++) {
        h->changes[i].name = h->names[i - 1];
        h->changes[i].after = (struct reg_value){.type = 4, .bytes = h->bytes[i - 1], .size = 4};
    }
    h->plan = (struct plan_host){.name = h->key, .changes = h->changes, .n_changes = 1 + VALUES};
}

static void host_start(struct bench *h, const char *rules)
{
    struct strict_rules r;
    struct why why = {0};

    *h = (struct bench){.world = world_real(), .policy = policy_default()};
    strict_rules_init(&r);
    if (strict_rules_set(&r, rules, &why) != OK)
        fail_msg("%s", why.text);
    h->server = strict_server_new(&r);
    strict_server_start(h->server, "127.0.0.1", 0);
    plan_make(h);
    h->connections = connection_cache_new();
    assert_non_null(h->connections);
    h->job = (struct job){.world = &h->world,
                          .policy = &h->policy,
                          .connections = h->connections,
                          .plan = &h->plan,
                          .target = {.name = "strict",
                                     .address = "127.0.0.1",
                                     .port = strict_server_port(h->server),
                                     .user = STRICT_DOMAIN "\\" STRICT_USER,
                                     .password = &password,
                                     .auth = AUTH_NTLM}};
}

/* Tries of this step; what the engine does, once more if that may help. */
static unsigned step_do(struct bench *h, enum step step, const char *rules)
{
    const struct action a = {.step = step, .attempt = 1, .tolerant = true};
    unsigned tries = 0;
    bool again;

    do {
        struct step_result r;

        step_run(&h->job, &a, &r);
        again = r.ev.err != OK && ++tries < 3;
        if (r.ev.err != OK && (err_class(r.ev.err) != CLASS_AGAIN || !again))
            fail_msg("%s: %s: %s: %s", rules, step_name(step), err_name(r.ev.err), r.ev.why);
        step_result_fini(&r);
    } while (again);
    return tries;
}

static bool all_is_there(struct bench *h)
{
    struct strict_key *k = strict_machine_key(strict_server_registry(h->server), h->key);
    bool good = k != NULL;

    for (size_t i = 0; good && i < VALUES; i++) {
        const struct strict_value *v = strict_value_find(k, h->names[i]);

        good = v != NULL && v->bytes[0] == i + 1;
    }
    return good;
}

struct cost {
    unsigned tries, connections, messages;
};

/* All steps under these rules; fails the test unless all of it is done. */
static struct cost steps_do(const char *rules)
{
    static const enum step steps[] = {STEP_SNAPSHOT, STEP_APPLY, STEP_VERIFY};
    const struct strict_report *r;
    struct cost cost = {0};
    struct bench h;

    host_start(&h, rules);
    for (size_t i = 0; i < COUNT(steps); i++)
        cost.tries += step_do(&h, steps[i], rules);
    connection_cache_free(h.connections);
    strict_server_stop(h.server);
    r = strict_server_report(h.server);
    cost.connections = r->connections;
    cost.messages = r->answers + r->interims;
    if (!all_is_there(&h))
        fail_msg("%s: not all is there", rules);
    if (r->n_violations > 0)
        fail_msg("%s: %s", rules, text_str(&r->violations));
    strict_server_free(h.server);
    return cost;
}

static void lost_at_every(unsigned step, const char *rule, unsigned n)
{
    unsigned unseen = 0;

    for (unsigned at = 1; at <= n; at += step) {
        char rules[100];
        struct cost cost;

        (void)snprintf(rules, sizeof rules, "%s=%u", rule, at);
        cost = steps_do(rules);
        if (cost.connections > 2 || cost.tries > 1)
            fail_msg("%s: %u connections, %u times not at once", rules, cost.connections,
                     cost.tries);
        unseen += cost.tries == 0;
    }
    assert_true(unseen > 0); /* between two steps it is not even noticed */
}

static void lost_session_costs_one_connection_more(void **state)
{
    unsigned n = steps_do("interim=0").messages;

    (void)state;
    assert_in_range(n, 20, REQUESTS_MAX);
    lost_at_every(1, "interim=0,forgets_after", n - 8);
    lost_at_every(3, "interim=0,encrypt=1,forgets_after", n - 8);
}

static void lost_connection_costs_one_connection_more(void **state)
{
    unsigned n = steps_do("interim=0").messages;

    (void)state;
    lost_at_every(1, "interim=0,lie=cut_before,lie_at", n - 8);
    lost_at_every(3, "interim=0,lie=cut_after,lie_at", n - 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_session_costs_one_connection_more),
        cmocka_unit_test(lost_connection_costs_one_connection_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
