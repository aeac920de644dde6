#include "controller/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void hosts_and_ports_are_parted(void **state)
{
    static const struct {
        const char *text, *host;
        uint16_t port;
    } cases[] = {
        {"web01", "web01", 0},
        {"web01.example:8443", "web01.example", 8443},
        {"192.0.2.1:1", "192.0.2.1", 1},
        {"::1", "::1", 0},
        {"fe80::1%eth0", "fe80::1%eth0", 0},
        {"[::1]", "::1", 0},
        {"[::1]:65535", "::1", 65535},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct endpoint e;
        struct why why = {0};
        if (endpoint_parse(cases[i].text, &e, &why) != OK)
            fail_msg("%s: %s", cases[i].text, why.text);
        assert_string_equal(e.host, cases[i].host);
        assert_int_equal(e.port, cases[i].port);
    }
}

static void what_is_no_endpoint_is_refused(void **state)
{
    static const char *const bad[] = {"", ":443", "web01:", "web01:0", "web01:65536", "web01:-1",
                                      "web01:0x50", "web01: 80", "[::1", "[]:443", "[::1]443",
                                      "a b",
                                      "web\x1b[2J", "https://web01/", "-web01", "web01:44 3"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct endpoint e = {.port = 7};
        struct why why = {0};
        if (endpoint_parse(bad[i], &e, &why) != E_USAGE || e.port != 7)
            fail_msg("'%s' was taken", bad[i]);
        assert_null(strchr(why.text, '\x1b'));
    }
}

static void a_long_name_is_refused(void **state)
{
    char name[ENDPOINT_HOST_SIZE + 1];
    struct endpoint e;
    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(endpoint_parse(name, &e, NULL), E_USAGE);
}

static void a_place_to_listen_needs_a_port(void **state)
{
    struct endpoint e;
    (void)state;
    assert_int_equal(endpoint_parse_local(":8443", &e, NULL), OK);
    assert_string_equal(e.host, "");
    assert_int_equal(endpoint_parse_local("127.0.0.1:0", &e, NULL), OK);
    assert_int_equal(endpoint_parse_local("127.0.0.1", &e, NULL), E_USAGE);
    assert_int_equal(endpoint_parse_local("::1", &e, NULL), E_USAGE);
}

static void lists_of_ports_are_read(void **state)
{
    uint16_t ports[3];
    size_t n;
    (void)state;
    assert_int_equal(ports_parse("443,3389,443", ports, COUNT(ports), &n, NULL), OK);
    assert_int_equal(n, 2);
    assert_int_equal(ports[1], 3389);
    assert_int_equal(ports_parse("1,2,3,4", ports, COUNT(ports), &n, NULL), E_USAGE);
    assert_int_equal(ports_parse("", ports, COUNT(ports), &n, NULL), E_USAGE);
    assert_int_equal(ports_parse("443,", ports, COUNT(ports), &n, NULL), E_USAGE);
    assert_int_equal(ports_parse("443 ,1", ports, COUNT(ports), &n, NULL), E_USAGE);
    assert_int_equal(ports_parse("99999", ports, COUNT(ports), &n, NULL), E_USAGE);
}

static void an_endpoint_is_written_as_it_is_read(void **state)
{
    char buf[ENDPOINT_TEXT_SIZE];
    (void)state;
    assert_string_equal(endpoint_text("web01", 443, buf), "web01:443");
    assert_string_equal(endpoint_text("::1", 443, buf), "[::1]:443");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_and_ports_are_parted),
        cmocka_unit_test(what_is_no_endpoint_is_refused),
        cmocka_unit_test(a_long_name_is_refused),
        cmocka_unit_test(a_place_to_listen_needs_a_port),
        cmocka_unit_test(lists_of_ports_are_read),
        cmocka_unit_test(an_endpoint_is_written_as_it_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
