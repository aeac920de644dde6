#include "controller/detail.h"
#include "controller/detail_port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct port_more full(void)
{
    return (struct port_more){.suites_seen = true,
                              .suites_complete = true,
                              .suites = {0xc02f, 0x0005},
                              .n_suites = 2,
                              .dh_bits = 2048,
                              .whole = HANDSHAKE_BROKEN,
                              .whole_version = TLS_1_2,
                              .broke = "after its Certificate: closed",
                              .certificate = {.seen = true,
                                              .subject = "CN=\xc3\xa9",
                                              .sha256 = "ab",
                                              .sha1 = "cd",
                                              .not_after = 1800000000,
                                              .key = "RSA",
                                              .key_bits = 2048,
                                              .hash = "SHA256",
                                              .shortest_rsa = 1024,
                                              .trust = TRUST_PARTIAL,
                                              .trust_why = "no issuer",
                                              .name_asked = true,
                                              .name_why = "it is for b"}};
}

/* By what is written of them: structs have bytes between their members. */
static void same(const struct port_more *a, const struct port_more *b)
{
    json_t *x = detail_more(a), *y = detail_more(b);
    assert_true(x && y && json_equal(x, y));
    json_decref(x);
    json_decref(y);
}

static void what_was_seen_comes_back_from_the_journal(void **state)
{
    struct port_more m = full(), again;
    (void)state;
    for (int i = 0; i < 4; i++) {
        if (i == 1)
            m.suites_seen = m.suites_complete = false, m.n_suites = 0, m.dh_bits = 0;
        if (i == 2)
            m.certificate = (struct port_certificate){.seen = false};
        if (i == 3)
            m = (struct port_more){.whole = HANDSHAKE_NOT_TRIED};
        json_t *o = detail_more(&m);
        assert_non_null(o);
        assert_true(detail_more_read(o, &again));
        same(&again, &m);
        assert_int_equal(detail_has_more(&again), i < 3);
        json_decref(o);
    }
    assert_true(detail_more_read(NULL, &again)); /* an older journal */
    assert_int_equal(again.whole, HANDSHAKE_NOT_TRIED);
    assert_false(again.certificate.seen);
}

static void details_of_another_shape_are_refused(void **state)
{
    static const char *const bad[] = {
        "[]",
        "{\"suites\": 1}",
        "{\"handshake\": \"sideways\", \"version\": \"tls1.2\"}",
        "{\"handshake\": \"done\"}",
        "{\"handshake\": \"done\", \"version\": \"tls9\"}",
        "{\"dh_bits\": -1}",
        "{\"dh_bits\": 999999}",
        "{\"broke\": 7}",
        "{\"certificate\": {}}",
        "{\"certificate\": {\"trust\": \"trusted\", \"name\": \"perhaps\"}}",
        ("{\"certificate\": {\"trust\": \"trusted\", \"name\": \"other\", \"sha1\": "
         "\"00112233445566778899aabbccddeeff001122334455\"}}"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct port_more m;
        json_t *o = json_loads(bad[i], 0, NULL);
        assert_non_null(o);
        if (detail_more_read(o, &m))
            fail_msg("%s", bad[i]);
        json_decref(o);
    }
}

static void ports_and_findings_carry_it(void **state)
{
    struct port_state port = {.port = 443, .open = true, .more = full()};
    struct port_list list = {.ports = &port, .n = 1}, again = {0};
    struct finding f = {.port = 443, .version = TLS_VERSIONS, .id = "weak-suites", .text = "RC4"};
    json_t *o = json_object();
    (void)state;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        port.answers[v] = (struct tls_answer){.seen = SEEN_REFUSED, .how = HOW_RESET};
    assert_true(detail_put(o, "ports", detail_ports(&list)));
    char *text = json_dumps(o, JSON_COMPACT);
    assert_int_equal(detail_read_ports(text, &again), OK);
    same(&again.ports[0].more, &port.more);
    free(again.ports);
    free(text);
    json_decref(o);
    o = detail_finding(&f);
    assert_null(json_object_get(o, "version"));
    assert_string_equal(json_string_value(json_object_get(o, "explain")), "weak-suites");
    json_decref(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_comes_back_from_the_journal),
        cmocka_unit_test(details_of_another_shape_are_refused),
        cmocka_unit_test(ports_and_findings_carry_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
