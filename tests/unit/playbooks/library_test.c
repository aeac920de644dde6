/* The playbooks that come with Swell say what their sources say, with the misspelt keys put right.
 */
#include "base/text.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

#define SCH "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\"
#define NET "SOFTWARE\\Microsoft\\.NETFramework\\"
#define NET_32 "SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework\\"

struct row {
    const char *key, *name;
    uint32_t data;
};

/* K2 KB002500: the first 10 are the minimum requirement, all 22 the maximum protection. */
static const struct row k2[] = {
    {NET "v2.0.50727", "SystemDefaultTlsVersions", 1},
    {NET_32 "v2.0.50727", "SystemDefaultTlsVersions", 1},
    {NET "v4.0.30319", "SchUseStrongCrypto", 1},
    {NET "v4.0.30319", "SystemDefaultTlsVersions", 1},
    {NET_32 "v4.0.30319", "SchUseStrongCrypto", 1},
    {NET_32 "v4.0.30319", "SystemDefaultTlsVersions", 1},
    {SCH "TLS 1.2\\Client", "DisabledByDefault", 0},
    {SCH "TLS 1.2\\Client", "Enabled", 1},
    {SCH "TLS 1.2\\Server", "DisabledByDefault", 0},
    {SCH "TLS 1.2\\Server", "Enabled", 1},
    {SCH "SSL 3.0\\Client", "DisabledByDefault", 1},
    {SCH "SSL 3.0\\Client", "Enabled", 0},
    {SCH "SSL 3.0\\Server", "DisabledByDefault", 1},
    {SCH "SSL 3.0\\Server", "Enabled", 0},
    {SCH "TLS 1.0\\Client", "DisabledByDefault", 1},
    {SCH "TLS 1.0\\Client", "Enabled", 0},
    {SCH "TLS 1.0\\Server", "DisabledByDefault", 1},
    {SCH "TLS 1.0\\Server", "Enabled", 0},
    {SCH "TLS 1.1\\Client", "DisabledByDefault", 1},
    {SCH "TLS 1.1\\Client", "Enabled", 0},
    {SCH "TLS 1.1\\Server", "DisabledByDefault", 1},
    {SCH "TLS 1.1\\Server", "Enabled", 0},
};

static const struct row tls12_server[] = {
    {SCH "TLS 1.2\\Server", "Enabled", 1},
    {SCH "TLS 1.2\\Server", "DisabledByDefault", 0},
    {SCH "TLS 1.1\\Server", "Enabled", 0},
    {SCH "TLS 1.1\\Server", "DisabledByDefault", 1},
    {SCH "TLS 1.0\\Server", "Enabled", 0},
    {SCH "TLS 1.0\\Server", "DisabledByDefault", 1},
    {SCH "SSL 3.0\\Server", "Enabled", 0},
    {SCH "SSL 3.0\\Server", "DisabledByDefault", 1},
};

static struct playbook *load(const char *name)
{
    struct playbook *p = NULL;
    struct why why = {0};
    struct text file = {0};
    text_printf(&file, "%s/playbooks/library/%s.yaml", TEST_ROOT, name);
    enum err e = playbook_load(text_str(&file), &p, &why);
    if (e != OK)
        fail_msg("%s: %s", why.place, why.text);
    text_fini(&file);
    assert_string_equal(p->name, name);
    return p;
}

static void sets(const char *name, const struct row *rows, size_t n)
{
    struct playbook *p = load(name);
    assert_int_equal(p->n_settings, n);
    for (size_t i = 0; i < n; i++) {
        const struct setting *s = &p->settings[i];
        uint64_t data = 99;
        assert_int_equal(s->kind, SETTING_VALUE);
        assert_int_equal(s->path.hive, HIVE_LOCAL_MACHINE);
        assert_int_equal(s->path.view, VIEW_64);
        assert_string_equal(s->path.key, rows[i].key);
        assert_string_equal(s->name, rows[i].name);
        assert_int_equal(s->value.type, REG_DWORD);
        assert_true(value_as_u64(&s->value, &data));
        assert_int_equal(data, rows[i].data);
        assert_int_equal(s->effect, EFFECT_RESTART);
        assert_non_null(s->why);
    }
    playbook_free(p);
}

static void k2_minimum_sets_the_ten_values_of_its_source(void **state)
{
    (void)state;
    sets("k2-minimum", k2, 10);
}

static void k2_maximum_sets_the_22_values_of_its_source(void **state)
{
    (void)state;
    sets("k2-maximum", k2, 22);
}

static void rackspace_sets_both_sides_of_tls_1_2(void **state)
{
    (void)state;
    sets("rackspace-tls12", k2 + 6, 4);
}

static void tls12_server_leaves_the_client_side_alone(void **state)
{
    (void)state;
    sets("tls12-server", tls12_server, COUNT(tls12_server));
}

static void each_says_where_it_is_from_whom_it_is_for_and_what_to_look_for(void **state)
{
    static const char *const names[] = {"k2-minimum", "k2-maximum", "rackspace-tls12",
                                        "tls12-server"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct playbook *p = load(names[i]);
        struct lint_finding *found = NULL;
        size_t n = 0;
        assert_string_not_equal(p->title, p->name);
        assert_true(p->n_sources > 0 && p->n_guards > 0);
        assert_int_equal(p->n_verify, 1);
        assert_int_equal(p->verify[0].port, 443);
        assert_int_equal(p->verify[0].want[TLS_1_2], WANT_ACCEPTED);
        assert_int_equal(playbook_lint(p, &found, &n), OK);
        if (n > 0)
            fail_msg("%s:%d: %s", names[i], found[0].line, found[0].text);
        free(found);
        playbook_free(p);
    }
}

static void the_protocols_that_are_turned_off_are_looked_for(void **state)
{
    static const char *const names[] = {"k2-maximum", "tls12-server"};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct playbook *p = load(names[i]);
        assert_int_equal(p->verify[0].want[TLS_1_0], WANT_REFUSED);
        assert_int_equal(p->verify[0].want[TLS_1_1], WANT_REFUSED);
        playbook_free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k2_minimum_sets_the_ten_values_of_its_source),
        cmocka_unit_test(k2_maximum_sets_the_22_values_of_its_source),
        cmocka_unit_test(rackspace_sets_both_sides_of_tls_1_2),
        cmocka_unit_test(tls12_server_leaves_the_client_side_alone),
        cmocka_unit_test(each_says_where_it_is_from_whom_it_is_for_and_what_to_look_for),
        cmocka_unit_test(the_protocols_that_are_turned_off_are_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
