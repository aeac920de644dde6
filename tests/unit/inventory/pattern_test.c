/* Where limits mean more or less than in Ansible; where they mean the same is in ansible_test.c. */
#include "tests/unit/inventory/inventory_support.h"

#include "inventory/host_range.h"
#include "inventory/name_map.h"
#include "inventory/pattern.h"

#define HOSTS_MAX 64

static void assert_limit(const struct inventory *inv, const char *limit, const char *names)
{
    bool chosen[HOSTS_MAX] = {false};
    struct text t = {0};
    struct why why = {0};

    assert_true(inv->n_hosts <= HOSTS_MAX);
    assert_ok(pattern_select(inv, limit, chosen, &why), &why);
    for (size_t i = 0; i < inv->n_hosts; i++)
        if (chosen[i])
            text_printf(&t, "%s%s", t.used == 0 ? "" : " ", inv->hosts[i].name);
    assert_string_equal(text_str(&t), names);
    text_fini(&t);
}

static void assert_refused(const struct inventory *inv, const char *limit, enum err expected,
                           const char *word)
{
    bool chosen[HOSTS_MAX];
    struct why why = {0};

    memset(chosen, true, sizeof chosen);
    assert_int_equal(pattern_select(inv, limit, chosen, &why), expected);
    if (strstr(why.text, word) == NULL)
        fail_msg("%s: said %s", limit, why.text);
    for (size_t i = 0; i < inv->n_hosts; i++)
        assert_false(chosen[i]);
}

static void no_limit_means_all(void **state)
{
    struct inventory *inv = file_of("port.ini");

    (void)state;
    assert_limit(inv, NULL, "one two three");
    assert_limit(inv, "", "one two three");
    inventory_free(inv);
}

static void a_range_means_the_names_it_means_in_an_inventory(void **state)
{
    struct inventory *inv = ini_of("db01\ndb02\ndb03\n[x]\nn1\nn2\nn3\nn12\nm-a\nm-b\nm-c\n");

    (void)state;
    assert_limit(inv, "db[01:20]", "db01 db02 db03");
    assert_limit(inv, "db[02:03]:n1", "db02 db03 n1");
    assert_limit(inv, "n[1:12]", "n1 n2 n3 n12");
    assert_limit(inv, "m-[a:b]", "m-a m-b");
    assert_limit(inv, "n[1:3:2],!n3", "n1");
    assert_limit(inv, "all:!db[01:02]:&x:!m-[a:c]", "n1 n2 n3 n12");
    inventory_free(inv);
}

/* Ansible's a* is every host, because it matches the group "all". */
static void a_glob_never_means_the_group_all(void **state)
{
    struct inventory *inv = ini_of("app1\nweb1\n[alpha]\nx\n");

    (void)state;
    assert_limit(inv, "a*", "app1 x");
    assert_limit(inv, "al*", "x");
    assert_limit(inv, "all", "app1 web1 x");
    assert_limit(inv, "*", "app1 web1 x");
    inventory_free(inv);
}

static void a_limit_that_may_not_mean_what_it_says_is_refused(void **state)
{
    struct inventory *inv = ini_of("[db]\ndb01\ndb02\ndb03\n[web]\nw1\nw2\n[empty]\n[web2]\nw3\n");

    (void)state;
    assert_refused(inv, "nothere", E_DATA, "matches nothere");
    assert_refused(inv, "web:nothere", E_DATA, "matches nothere");
    assert_refused(inv, "web:!w9", E_DATA, "matches !w9");
    assert_refused(inv, "web:&w9", E_DATA, "matches &w9");
    assert_refused(inv, "w9*", E_DATA, "matches w9*");
    assert_refused(inv, "empty", E_DATA, "matches empty");
    assert_refused(inv, "w[7:9]", E_DATA, "matches w[7:9]");
    assert_refused(inv, "web[7]", E_DATA, "matches web[7]");
    assert_refused(inv, "web[-3]", E_DATA, "matches web[-3]");
    assert_refused(inv, "web:!web", E_DATA, "leaves no host");
    assert_refused(inv, "web:&db", E_DATA, "leaves no host");
    assert_refused(inv, ":", E_DATA, "no pattern");
    assert_refused(inv, " , ", E_DATA, "no pattern");
    assert_refused(inv, "web:!", E_DATA, "expected a pattern behind !");
    assert_refused(inv, "&", E_DATA, "expected a pattern behind &");
    assert_refused(inv, "~x.*", E_DATA, "matches ~x.*");
    assert_refused(inv, "~", E_DATA, "expected a regular expression");
    assert_refused(inv, "~w(", E_DATA, "a ( without its )");
    assert_refused(inv, "web:!~[", E_DATA, "bracket");
    assert_refused(inv, "db[01:02]", E_DATA, "members of group db");
    assert_refused(inv, "w*[0]", E_DATA, "matches 2 groups");
    assert_refused(inv, "x[0-9]", E_DATA, "members of a group");
    assert_refused(inv, "all[6]", E_DATA, "matches all[6]");
    assert_refused(inv, "w1[1]", E_DATA, "matches w1[1]");
    assert_refused(inv, "d[1:2][0]", E_DATA, "a range and a subscript");
    assert_refused(inv, "web:db,w3", E_DATA, "not by both");
    assert_refused(inv, "w3, web db", E_DATA, "not by both");
    assert_refused(inv, "w[1:2]*", E_DATA, "a range and a glob");
    assert_refused(inv, "w[2:1]", E_DATA, "smaller end");
    assert_refused(inv, "w[1", E_DATA, "a bracket is open");
    assert_refused(inv, "w1]", E_DATA, "a bracket is open");
    assert_refused(inv, "w[1:200000]", E_LIMIT, "more than 100000");
    assert_refused(inv, "WEB", E_DATA, "matches WEB");
    assert_refused(inv, "@/nonexistent/limit", E_IO, "");
    assert_limit(inv, "db[1:2]", "db02 db03"); /* as in Ansible: members */
    inventory_free(inv);
}

static void a_regular_expression_means_groups_and_hosts_but_never_all(void **state)
{
    struct inventory *inv = ini_of("app1\napp22\nweb1\n[alpha]\nx1\n[beta]\ny1\n"
                                   "\xc3\xa9t\xc3\xa9\n");

    (void)state;
    assert_limit(inv, "~app\\d+", "app1 app22");
    assert_limit(inv, "~app\\d$", "app1");
    assert_limit(inv, "~a", "app1 app22 x1");
    assert_limit(inv, "~.*1$:!~x", "app1 web1 y1");
    assert_limit(inv, "~beta,&~\\w+$", "y1 \xc3\xa9t\xc3\xa9");
    assert_limit(inv, "~(?i)APP2", "app22");
    assert_limit(inv, "~(app|web)1", "app1 web1");
    assert_limit(inv, "~.t.$", "\xc3\xa9t\xc3\xa9");
    inventory_free(inv);
}

static void limit_file_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void a_limit_file_holds_a_pattern_a_line(void **state)
{
    struct inventory *inv = ini_of("[db]\ndb01\ndb02\ndb03\n[web]\nw1\nw2\n");
    char path[80], limit[96];

    (void)state;
    (void)snprintf(path, sizeof path, "/tmp/swell-limit-%ld", (long)getpid());
    (void)snprintf(limit, sizeof limit, "@%s", path);
    limit_file_write(path, "# to be done again\n\n  w1\r\ndb0*:!db02\n");
    assert_limit(inv, limit, "db01 db03 w1");
    (void)snprintf(limit, sizeof limit, "@%s,!w1", path);
    assert_limit(inv, limit, "db01 db03");
    (void)snprintf(limit, sizeof limit, "@%s", path);
    limit_file_write(path, "# nobody left\n\n");
    assert_refused(inv, limit, E_DATA, "no pattern in it");
    limit_file_write(path, "w1\nw\x01\n");
    assert_refused(inv, limit, E_DATA, "U+0001");
    limit_file_write(path, "@/etc/hostname\n");
    assert_refused(inv, limit, E_DATA, "matches @");
    assert_int_equal(unlink(path), 0);
    inventory_free(inv);
}

static void an_inventory_without_places_is_counted_in_its_own_order(void **state)
{
    char group[] = "g", a[] = "a", b[] = "b";
    char *groups[] = {group};
    struct host hosts[] = {{.name = b, .groups = groups, .n_groups = 1},
                           {.name = a, .groups = groups, .n_groups = 1}};
    struct inventory inv = {.hosts = hosts, .n_hosts = COUNT(hosts)};

    (void)state;
    assert_limit(&inv, "g[0]", "b");
    assert_limit(&inv, "g[-1]", "a");
    assert_limit(&inv, "all[0]", "b");
}

static void many_hosts_by_name_are_found_fast_enough(void **state)
{
    struct inventory *inv = ini_of("h[1:50000]\n");
    bool *chosen = calloc(inv->n_hosts, sizeof *chosen);
    struct text limit = {0};
    struct why why = {0};

    (void)state;
    assert_non_null(chosen);
    for (int i = 1; i <= 50000; i += 2)
        text_printf(&limit, "h%d,", i);
    assert_ok(pattern_select(inv, text_str(&limit), chosen, &why), &why);
    for (size_t i = 0; i < inv->n_hosts; i++)
        assert_true(chosen[i] == (i % 2 == 0));
    text_fini(&limit);
    free(chosen);
    inventory_free(inv);
}

static void a_range_that_fails_adds_no_name(void **state)
{
    struct names names = {0};

    (void)state;
    assert_int_equal(names_add(&names, "first"), OK);
    assert_int_equal(host_range_expand("a[1:3]-[5:1]", 100, &names, NULL), E_DATA);
    assert_int_equal(host_range_expand("a[1:101]", 100, &names, NULL), E_LIMIT);
    assert_int_equal(names.n, 1);
    assert_int_equal(host_range_expand("b", 100, &names, NULL), OK);
    assert_int_equal(host_range_expand("c[y:B]", 100, &names, NULL), OK);
    assert_int_equal(names.n, 6);
    assert_string_equal(names.at[1], "b");
    assert_string_equal(names.at[2], "cy");
    assert_string_equal(names.at[5], "cB");
    names_fini(&names);
}

static void a_map_finds_each_of_many_names(void **state)
{
    struct name_map map = {0};
    static char names[5000][8];
    size_t number;

    (void)state;
    assert_false(name_map_get(&map, "n1", &number));
    for (size_t i = 0; i < COUNT(names); i++) {
        (void)snprintf(names[i], sizeof names[i], "n%zu", i);
        assert_int_equal(name_map_put(&map, names[i], i), OK);
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(name_map_get(&map, names[i], &number));
        assert_int_equal(number, i);
    }
    assert_false(name_map_get(&map, "n5000", &number));
    assert_false(name_map_get(&map, "", &number));
    name_map_fini(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_limit_means_all),
        cmocka_unit_test(a_range_means_the_names_it_means_in_an_inventory),
        cmocka_unit_test(a_glob_never_means_the_group_all),
        cmocka_unit_test(a_limit_that_may_not_mean_what_it_says_is_refused),
        cmocka_unit_test(a_regular_expression_means_groups_and_hosts_but_never_all),
        cmocka_unit_test(a_limit_file_holds_a_pattern_a_line),
        cmocka_unit_test(an_inventory_without_places_is_counted_in_its_own_order),
        cmocka_unit_test(many_hosts_by_name_are_found_fast_enough),
        cmocka_unit_test(a_range_that_fails_adds_no_name),
        cmocka_unit_test(a_map_finds_each_of_many_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
