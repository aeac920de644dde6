#include "controller/scan_goals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char name[] = "web01", address_key[] = "ansible_host", address[] = "192.0.2.7",
            ports_key[] = "swell_ports";

/* web01 at 192.0.2.7, with that in swell_ports. */
static void host_add(struct goals *g, char *ports, const struct goal_wish *wish, enum err expected,
                     const char *words)
{
    struct host_var vars[] = {{.name = address_key, .value = address},
                              {.name = ports_key, .value = ports}};
    const struct host host = {.name = name, .vars = vars, .n_vars = COUNT(vars)};
    struct why why = {0};
    char line[600];
    if (goals_add_host(g, &host, wish, &why) != expected ||
        strstr(why_line(&why, line, sizeof line), words) == NULL)
        fail_msg("'%s': %s", ports, line);
}

static void a_host_has_the_ports_of_its_variable(void **state)
{
    static char one[] = "443", some[] = "443 3389/rdp,9000/smtp", list[] = "[443, \"8443\"]";
    const struct goal_wish wish = {.depth = SCAN_ALL};
    struct goals g = {0};
    (void)state;
    host_add(&g, one, &wish, OK, "");
    assert_int_equal(g.n, 1);
    assert_string_equal(g.at[0].name, "web01");
    assert_string_equal(g.at[0].address, "192.0.2.7");
    host_add(&g, some, &wish, OK, "");
    assert_int_equal(g.n, 4);
    assert_string_equal(dialect_name(g.at[2].dialect), "rdp");
    assert_int_equal(g.at[3].port, 9000);
    assert_string_equal(dialect_name(g.at[3].dialect), "smtp");
    host_add(&g, list, &wish, OK, "");
    assert_int_equal(g.n, 6);
    assert_int_equal(g.at[5].port, 8443);
    goals_fini(&g);
}

static void a_wrong_variable_is_told_with_its_host(void **state)
{
    static char bad[][60] = {"https", "443/", "443/telnet", "70000", "443;3389",
                             "11111111111111111111111111111111111111111111111111"};
    const struct goal_wish wish = {.depth = SCAN_ALL};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct goals g = {0};
        host_add(&g, bad[i], &wish, E_DATA, "web01: swell_ports: ");
        goals_fini(&g);
    }
}

static void the_command_line_decides_over_the_variable(void **state)
{
    static char one[] = "443/rdp";
    struct goal_wish wish = {.ports = {25, 1433}, .n_ports = 2};
    struct goals g = {0};
    (void)state;
    host_add(&g, one, &wish, OK, "");
    assert_int_equal(g.n, 2);
    assert_string_equal(dialect_name(g.at[0].dialect), "smtp");
    assert_string_equal(dialect_name(g.at[1].dialect), "mssql");
    wish.dialect = dialect_named("tls");
    wish.n_ports = 0;
    host_add(&g, one, &wish, OK, "");
    assert_string_equal(dialect_name(g.at[2].dialect), "tls");
    goals_fini(&g);
}

static void words_have_their_own_port_or_443(void **state)
{
    const struct goal_wish wish = {.depth = SCAN_VERSIONS}, ports = {.ports = {1, 2}, .n_ports = 2};
    struct goals g = {0};
    (void)state;
    assert_int_equal(goals_add_word(&g, "web01", &wish, NULL), OK);
    assert_int_equal(goals_add_word(&g, "[::1]:3389", &ports, NULL), OK);
    assert_int_equal(goals_add_word(&g, "web02", &ports, NULL), OK);
    assert_int_equal(goals_add_word(&g, "web03:", &wish, NULL), E_USAGE);
    assert_int_equal(g.n, 4);
    assert_int_equal(g.at[0].port, 443);
    assert_string_equal(g.at[1].name, "::1");
    assert_string_equal(dialect_name(g.at[1].dialect), "rdp");
    assert_int_equal(g.at[3].port, 2);
    goals_fini(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_has_the_ports_of_its_variable),
        cmocka_unit_test(a_wrong_variable_is_told_with_its_host),
        cmocka_unit_test(the_command_line_decides_over_the_variable),
        cmocka_unit_test(words_have_their_own_port_or_443),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
