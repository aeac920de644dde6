#include "base/clock.h"
#include "handshake/scan.h"
#include "tests/unit/handshake/scan_peer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000 };

static const uint16_t mixed[] = {0x0033, 0xc014, 0x002f, 0xc013, 0x0035, 0x0005,
                                 0x009c, 0x0039, 0x000a, 0xc011, 0x0084, 0x0041};

static void done(void *who, struct scan_result *out)
{
    *(bool *)who = true;
    assert_non_null(out);
}

static struct scan_peer *peer_new(void)
{
    struct scan_peer *p = calloc(1, sizeof *p);
    assert_non_null(p);
    memcpy(p->suites[TLS_1_2], mixed, sizeof mixed);
    return p;
}

/* The caller frees both. */
static struct scan_result *scan(struct scan_peer *p, enum scan_depth depth)
{
    struct scan_result *out = calloc(1, sizeof *out);
    struct target target;
    struct talks *talks = NULL;
    struct scan *s = NULL;
    bool is_done = false;
    assert_non_null(out);
    scan_peer_start(p);
    assert_int_equal(target_resolve(SCAN_PEER_ADDRESS, p->port, &target, NULL), OK);
    assert_int_equal(talks_new(NULL, &talks, NULL), OK);
    const struct scan_job job = {
        .talks = talks,
        .target = &target,
        .port = p->port,
        .dialect = dialect_named("tls"),
        .options = {.depth = depth, .deadline_ms = clock_mono_ms() + PATIENCE_MS},
        .out = out,
        .done = done,
        .who = &is_done};
    assert_int_equal(scan_begin(&job, &s, NULL), OK);
    assert_int_equal(talks_run(talks, NULL, NULL, NULL), OK);
    assert_true(is_done);
    talks_free(talks);
    scan_free(s);
    scan_peer_stop(p);
    assert_int_equal(out->local, OK);
    return out;
}

static void result_free(struct scan_peer *p, struct scan_result *r)
{
    scan_result_fini(r);
    free(r);
    free(p);
}

static bool has(const struct scan_version *v, uint16_t id)
{
    for (size_t i = 0; i < v->n_suites; i++)
        if (v->suites[i] == id)
            return true;
    return false;
}

static void assert_all(const struct scan_version *v, const uint16_t *ids, size_t n)
{
    assert_true(v->complete);
    assert_int_equal(v->n_suites, n);
    for (size_t i = 0; i < n; i++)
        assert_true(has(v, ids[i]));
}

static void all_suites_of_each_version_are_found(void **state)
{
    static const uint16_t new[] = {0x1301, 0x1303, 0x1305};
    struct scan_peer *p = peer_new();
    (void)state;
    memcpy(p->suites[TLS_1_3], new, sizeof new);
    memcpy(p->suites[TLS_1_0], mixed, 4 * sizeof *mixed);
    memcpy(p->suites[SSL_3_0], mixed, 2 * sizeof *mixed);
    struct scan_result *r = scan(p, SCAN_SUITES);
    assert_all(&r->versions[TLS_1_3], new, 3);
    assert_all(&r->versions[TLS_1_2], mixed, 12);
    assert_all(&r->versions[TLS_1_0], mixed, 4);
    assert_all(&r->versions[SSL_3_0], mixed, 2);
    assert_int_equal(r->versions[TLS_1_1].answer.seen, SEEN_REFUSED);
    assert_int_equal(r->versions[TLS_1_1].answer.alert, 70);
    assert_int_equal(r->versions[TLS_1_1].n_suites, 0);
    assert_int_equal(r->versions[SSL_2_0].n_suites, 0);
    result_free(p, r);
}

static void order_of_a_server_that_has_one_is_found(void **state)
{
    struct scan_peer *p = peer_new();
    (void)state;
    struct scan_result *r = scan(p, SCAN_SUITES);
    const struct scan_version *v = &r->versions[TLS_1_2];
    assert_int_equal(v->order, ORDER_SERVER);
    assert_int_equal(v->n_suites, COUNT(mixed));
    for (size_t i = 0; i < COUNT(mixed); i++)
        assert_int_equal(v->suites[i], mixed[i]);
    result_free(p, r);
}

static void server_that_follows_its_client_is_told_as_that(void **state)
{
    struct scan_peer *p = peer_new();
    (void)state;
    p->follows_client = true;
    struct scan_result *r = scan(p, SCAN_SUITES);
    assert_int_equal(r->versions[TLS_1_2].order, ORDER_CLIENT);
    assert_all(&r->versions[TLS_1_2], mixed, COUNT(mixed));
    result_free(p, r);
}

static void two_suites_are_enough_to_tell_whose_order_counts(void **state)
{
    (void)state;
    for (int follows = 0; follows < 2; follows++) {
        static const uint16_t two[] = {0x002f, 0x0035};
        struct scan_peer *p = peer_new();
        memset(p->suites, 0, sizeof p->suites);
        memcpy(p->suites[TLS_1_0], two, sizeof two);
        p->follows_client = follows;
        struct scan_result *r = scan(p, SCAN_SUITES);
        assert_int_equal(r->versions[TLS_1_0].order, follows ? ORDER_CLIENT : ORDER_SERVER);
        assert_all(&r->versions[TLS_1_0], two, 2);
        result_free(p, r);
    }
}

/* As Windows does: no alert, the connection is gone. */
static void silent_refusals_are_believed_beside_a_control(void **state)
{
    (void)state;
    for (int how = REFUSE_RESET; how <= REFUSE_CLOSE; how++) {
        struct scan_peer *p = peer_new();
        p->refusal = (enum scan_refusal)how;
        struct scan_result *r = scan(p, SCAN_SUITES);
        assert_all(&r->versions[TLS_1_2], mixed, COUNT(mixed));
        assert_false(r->rate_limited);
        assert_false(r->short_hellos);
        result_free(p, r);
    }
}

static void server_that_stumbles_over_long_hellos_gets_short_ones(void **state)
{
    struct scan_peer *p = peer_new();
    (void)state;
    p->hello_max = 256;
    struct scan_result *r = scan(p, SCAN_SUITES);
    assert_all(&r->versions[TLS_1_2], mixed, COUNT(mixed));
    assert_true(r->short_hellos);
    result_free(p, r);
}

static void server_that_stops_answering_is_rate_limited_and_not_complete(void **state)
{
    struct scan_peer *p = peer_new();
    (void)state;
    p->limit = 16;
    struct scan_result *r = scan(p, SCAN_SUITES);
    assert_int_equal(r->versions[TLS_1_2].answer.seen, SEEN_ACCEPTED);
    assert_true(r->rate_limited);
    assert_false(r->versions[TLS_1_2].complete);
    assert_in_range(p->asked, 16, 400);
    result_free(p, r);
}

static void server_that_chooses_what_was_not_offered_ends_the_list(void **state)
{
    struct scan_peer *p = peer_new();
    (void)state;
    p->unoffered = 0x0004;
    memset(p->suites, 0, sizeof p->suites);
    p->suites[TLS_1_2][0] = 0x0004;
    struct scan_result *r = scan(p, SCAN_SUITES);
    assert_true(r->chose_unoffered);
    assert_false(r->versions[TLS_1_2].complete);
    assert_int_equal(r->versions[TLS_1_2].n_suites, 1);
    assert_in_range(p->asked, 6, 60);
    result_free(p, r);
}

static void suites_that_only_a_whole_list_has_are_found(void **state)
{
    static const uint16_t odd[] = {0x0020, 0xc0b2};
    struct scan_peer *p = peer_new();
    (void)state;
    memset(p->suites, 0, sizeof p->suites);
    memcpy(p->suites[TLS_1_1], odd, sizeof odd);
    struct scan_result *r = scan(p, SCAN_SUITES);
    assert_all(&r->versions[TLS_1_1], odd, 2);
    result_free(p, r);
}

static void quick_check_asks_tls_alone_and_no_more_than_needed(void **state)
{
    struct scan_peer *p = peer_new();
    (void)state;
    struct scan_result *r = scan(p, SCAN_VERSIONS);
    assert_int_equal(r->versions[SSL_3_0].answer.seen, SEEN_NOT_ASKED);
    assert_int_equal(r->versions[TLS_1_2].answer.seen, SEEN_ACCEPTED);
    assert_int_equal(r->versions[TLS_1_0].answer.seen, SEEN_REFUSED);
    assert_int_equal(p->asked, 4 + 3);
    assert_int_equal(r->connections, p->asked);
    result_free(p, r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_suites_of_each_version_are_found),
        cmocka_unit_test(order_of_a_server_that_has_one_is_found),
        cmocka_unit_test(server_that_follows_its_client_is_told_as_that),
        cmocka_unit_test(two_suites_are_enough_to_tell_whose_order_counts),
        cmocka_unit_test(silent_refusals_are_believed_beside_a_control),
        cmocka_unit_test(server_that_stumbles_over_long_hellos_gets_short_ones),
        cmocka_unit_test(server_that_stops_answering_is_rate_limited_and_not_complete),
        cmocka_unit_test(server_that_chooses_what_was_not_offered_ends_the_list),
        cmocka_unit_test(suites_that_only_a_whole_list_has_are_found),
        cmocka_unit_test(quick_check_asks_tls_alone_and_no_more_than_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
