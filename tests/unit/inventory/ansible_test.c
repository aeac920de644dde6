/* The same files read by Ansible and by us: hosts, groups, variables; and the same limits. */
#include "tests/unit/inventory/inventory_support.h"

#include "inventory/pattern.h"

static void agrees_on_hosts(const char *name)
{
    struct inventory *inv = file_of(name);
    struct text path = {0}, lines = {0};

    text_printf(&path, "tests/vectors/inventory/%s", name);
    for (size_t i = 0; i < inv->n_hosts; i++) {
        const struct host *h = &inv->hosts[i];

        text_put(&lines, "H ");
        put_hex(&lines, h->name);
        for (size_t k = 0; k < h->n_groups; k++) {
            text_put(&lines, "\nG ");
            put_hex(&lines, h->groups[k]);
            text_printf(&lines, " %zu", h->places[k]);
        }
        for (size_t k = 0; k < h->n_vars; k++) {
            text_put(&lines, "\nV ");
            put_hex(&lines, h->vars[k].name);
            text_char(&lines, ' ');
            put_hex(&lines, h->vars[k].value);
        }
        text_char(&lines, '\n');
    }
    ansible_agrees("hosts", text_str(&path), &lines);
    text_fini(&path);
    text_fini(&lines);
    inventory_free(inv);
}

static void ansible_reads_plain_hosts_alike(void **state)
{
    (void)state;
    agrees_on_hosts("plain.ini");
}

static void ansible_merges_nested_groups_alike(void **state)
{
    (void)state;
    agrees_on_hosts("nested.ini");
}

static void ansible_expands_ranges_alike(void **state)
{
    (void)state;
    agrees_on_hosts("ranges.ini");
}

static void ansible_reads_values_alike(void **state)
{
    (void)state;
    agrees_on_hosts("values.ini");
}

static void ansible_takes_a_port_alike(void **state)
{
    (void)state;
    agrees_on_hosts("port.ini");
}

static void ansible_reads_the_inventory_of_the_patterns_alike(void **state)
{
    (void)state;
    agrees_on_hosts("pattern.ini");
}

/* Else a comparison that compares nothing would pass for ever. */
static void a_difference_is_noticed(void **state)
{
    static const char *const lies[] = {"one two", "one two three four", "one two tree"};

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++) {
        struct text lines = {0};
        char said[4000];

        put_hex(&lines, "*");
        for (const char *at = lies[i]; *at != '\0'; at += strspn(at, " ")) {
            text_char(&lines, ' ');
            text_hex(&lines, at, strcspn(at, " "));
            at += strcspn(at, " ");
        }
        text_char(&lines, '\n');
        assert_int_equal(
            ansible_compare("limit", "tests/vectors/inventory/port.ini", &lines, said, sizeof said),
            1);
        assert_int_equal(ansible_compare("hosts", "tests/vectors/inventory/port.ini",
                                         &(struct text){0}, said, sizeof said),
                         1);
        text_fini(&lines);
    }
}

static const char *const limits[] = {"all",
                                     "*",
                                     "web",
                                     "web1",
                                     "web1:web2",
                                     "web1,web2",
                                     "web1 web2",
                                     "web:db",
                                     "web:&stage",
                                     "web:!stage",
                                     "!stage",
                                     "&stage",
                                     "prod:!web1:!db02",
                                     "prod:&stage:!db02",
                                     "web?",
                                     "web*",
                                     "web[12]*",
                                     "web[!1]*",
                                     "*2",
                                     "db0*",
                                     "*.example.com",
                                     "app2.example.com",
                                     "ungrouped",
                                     "web[0]",
                                     "web[-1]",
                                     "web[1:2]",
                                     "web[2:]",
                                     "web[0-1]",
                                     "web[0:99]",
                                     "db[1:2]",
                                     "prod[0:1]",
                                     "prod[-1]",
                                     "web[0]:db[0]",
                                     "web[0],db[0]",
                                     "same",
                                     "!same:web",
                                     "eu-west",
                                     "eu*:db",
                                     "dotted.group",
                                     "dotted.host",
                                     "2001:db8::1",
                                     "2001:db8::1,web1",
                                     "web::db",
                                     ",web,",
                                     "s?lo:app1",
                                     "*:!prod",
                                     "web1:!web1:db",
                                     "stage[0:]",
                                     "w*:&*1*"};

static void ansible_limits_alike(void **state)
{
    struct inventory *inv = file_of("pattern.ini");
    bool *chosen = calloc(inv->n_hosts, sizeof *chosen);
    struct text lines = {0};

    (void)state;
    assert_non_null(chosen);
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct why why = {0};
        enum err e = pattern_select(inv, limits[i], chosen, &why);

        if (e != OK)
            print_message("%s: %s\n", limits[i], why.text);
        assert_int_equal(e, OK);
        put_hex(&lines, limits[i]);
        for (size_t k = 0; k < inv->n_hosts; k++)
            if (chosen[k]) {
                text_char(&lines, ' ');
                put_hex(&lines, inv->hosts[k].name);
            }
        text_char(&lines, '\n');
    }
    ansible_agrees("limit", "tests/vectors/inventory/pattern.ini", &lines);
    text_fini(&lines);
    free(chosen);
    inventory_free(inv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ansible_reads_plain_hosts_alike),
        cmocka_unit_test(ansible_merges_nested_groups_alike),
        cmocka_unit_test(ansible_expands_ranges_alike),
        cmocka_unit_test(ansible_reads_values_alike),
        cmocka_unit_test(ansible_takes_a_port_alike),
        cmocka_unit_test(ansible_reads_the_inventory_of_the_patterns_alike),
        cmocka_unit_test(ansible_limits_alike),
        cmocka_unit_test(a_difference_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
