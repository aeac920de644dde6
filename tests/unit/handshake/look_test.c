/* A port looked at over a real socket: OpenSSL's own server with a certificate of this test. */
#include "handshake/look.h"
#include "tests/unit/handshake/process.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "127.53.0.5"
#define LOOK_MS 20000

struct place {
    char dir[64], key[96], cert[96], log[96];
    pid_t running;
};

static int place_make(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    (void)snprintf(p->dir, sizeof p->dir, "/tmp/swell-look-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    (void)snprintf(p->key, sizeof p->key, "%s/key", p->dir);
    (void)snprintf(p->cert, sizeof p->cert, "%s/cert", p->dir);
    (void)snprintf(p->log, sizeof p->log, "%s/log", p->dir);
    *state = p;
    return 0;
}

static int place_remove(void **state)
{
    struct place *p = *state;
    if (p->running > 0)
        process_stop(p->running);
    (void)unlink(p->key);
    (void)unlink(p->cert);
    (void)unlink(p->log);
    (void)rmdir(p->dir);
    free(p);
    return 0;
}

static uint16_t server_start(struct place *p)
{
    char accept_at[32];
    uint16_t port = port_free();
    (void)snprintf(accept_at, sizeof accept_at, ADDRESS ":%u", port);
    char *make[] = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "20",
                    "-subj", "/CN=look", "-addext", "subjectAltName=DNS:look.test,IP:" ADDRESS,
                    "-keyout", p->key, "-out", p->cert, NULL};
    char *serve[] = {"openssl", "s_server", "-accept", accept_at, "-key", p->key,
                     "-cert", p->cert, "-www", NULL};
    assert_true(process_run(make, p->log));
    p->running = process_start(serve, p->log);
    assert_true(p->running > 0 && port_await(p->running, ADDRESS, port));
    return port;
}

static void real_server_is_seen_whole(void **state)
{
    struct place *p = *state;
    struct verify_rule rule = {.port = server_start(p)};
    struct anchors *anchors = NULL;
    struct look_wish wish = {.address = ADDRESS, .name = "look.test", .rule = &rule};
    struct port_more more;
    struct why why;
    wish.now_unix = clock_real_ms() / 1000;
    assert_int_equal(anchors_load(p->cert, &anchors, &why), OK);
    wish.anchors = anchors;
    assert_int_equal(port_look(&wish, clock_mono_ms() + LOOK_MS, &more, &why), OK);
    assert_int_equal(more.whole, HANDSHAKE_DONE);
    assert_int_equal(more.whole_version, TLS_1_3);
    assert_true(more.certificate.seen && more.certificate.name_matches);
    assert_int_equal(more.certificate.trust, TRUST_OK);
    assert_string_equal(more.certificate.subject, "CN=look");
    assert_int_equal(more.certificate.shortest_rsa, 2048);
    assert_false(more.suites_seen);
    memcpy(rule.must_not, "RC4", 4);
    assert_int_equal(port_look(&wish, clock_mono_ms() + LOOK_MS, &more, &why), OK);
    assert_true(more.suites_seen && more.suites_complete);
    assert_in_range(more.n_suites, 20, 60); /* OpenSSL's default list, and three of TLS 1.3 */
    assert_in_range(more.dh_bits, 2048, 4096);
    assert_int_equal(more.whole, HANDSHAKE_DONE);
    rule.must_not[0] = '\0';
    wish.name = "other.test";
    wish.anchors = NULL;
    assert_int_equal(port_look(&wish, clock_mono_ms() + LOOK_MS, &more, &why), OK);
    assert_false(more.certificate.name_matches);
    assert_int_equal(more.certificate.trust, TRUST_NOT_KNOWN);
    memcpy(rule.dialect, "smtp", 5); /* which it does not speak */
    assert_int_equal(port_look(&wish, clock_mono_ms() + 300, &more, &why), OK);
    assert_int_not_equal(more.whole, HANDSHAKE_DONE);
    assert_false(more.certificate.seen);
    anchors_free(anchors);
}

static void what_is_not_there_is_not_seen(void **state)
{
    struct verify_rule rule = {.port = port_free()};
    struct look_wish wish = {.address = ADDRESS, .rule = &rule, .now_unix = 1};
    struct port_more more;
    struct why why;
    (void)state;
    assert_int_equal(port_look(&wish, clock_mono_ms() + LOOK_MS, &more, &why), OK);
    assert_int_equal(more.whole, HANDSHAKE_NOT_TRIED);
    assert_false(more.certificate.seen);
    memcpy(rule.dialect, "gopher", 7);
    assert_int_equal(port_look(&wish, clock_mono_ms() + LOOK_MS, &more, &why), E_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_server_is_seen_whole),
        cmocka_unit_test(what_is_not_there_is_not_seen),
    };
    return cmocka_run_group_tests(tests, place_make, place_remove);
}
