#include "tests/unit/inventory/inventory_support.h"

static enum err csv_try(const char *text, struct inventory **out, struct why *why)
{
    return inventory_read_csv("hosts.csv", text, strlen(text), out, why);
}

static struct inventory *csv_of(const char *text)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_ok(csv_try(text, &inv, &why), &why);
    return inv;
}

static void a_row_is_a_host_with_groups_and_variables(void **state)
{
    struct inventory *inv = csv_of("name,groups,address,port,swell_affinity\n"
                                   "web1,web;prod,192.0.2.1,5986,a\n"
                                   "db1,db prod,,,\n"
                                   "lone,,192.0.2.3,,\n");

    (void)state;
    assert_hosts(inv, "web1 db1 lone");
    assert_groups(host_of(inv, "web1"), "prod web");
    assert_groups(host_of(inv, "db1"), "db prod");
    assert_groups(host_of(inv, "lone"), "ungrouped");
    assert_var(inv, "web1", "ansible_host", "192.0.2.1");
    assert_var(inv, "web1", "ansible_port", "5986");
    assert_var(inv, "web1", "swell_affinity", "a");
    assert_int_equal(host_of(inv, "db1")->n_vars, 0);
    assert_var(inv, "lone", "ansible_host", "192.0.2.3");
    assert_int_equal(host_of(inv, "db1")->places[1], 1);
    inventory_free(inv);
}

/* RFC 4180, 2: quotes, doubled quotes, commas and line ends inside, CR LF, a byte order mark. */
static void cells_are_those_of_rfc_4180(void **state)
{
    struct inventory *inv = csv_of("\xef\xbb\xbfHostName,\"note, long\",x\r\n"
                                   "web1,\"say \"\"hi\"\", all\",\"two\r\nlines\"\r\n"
                                   "\r\n"
                                   "\"web2\",,\"\"\"\"\r\n"
                                   "web3,\xc3\xa9,end");

    (void)state;
    assert_hosts(inv, "web1 web2 web3");
    assert_var(inv, "web1", "note, long", "say \"hi\", all");
    assert_var(inv, "web1", "x", "two\nlines");
    assert_var(inv, "web2", "note, long", NULL);
    assert_var(inv, "web2", "x", "\"");
    assert_var(inv, "web3", "note, long", "\xc3\xa9");
    assert_var(inv, "web3", "x", "end");
    inventory_free(inv);
}

static void mistakes_are_told_with_place_and_reason(void **state)
{
    static const struct {
        const char *text, *place, *word;
    } cases[] = {
        {"", "hosts.csv", "empty"},
        {"\n\n", "hosts.csv", "empty"},
        {"address,port\n", "hosts.csv:1:1", "a column name, host or hostname"},
        {"name;groups\nweb1;web\n", "hosts.csv:1:1", "parted by commas"},
        {"name,host\n", "hosts.csv:1:6", "two columns name the host"},
        {"name,groups,group\n", "hosts.csv:1:13", "two columns hold the groups"},
        {"name,port,ansible_port\n", "hosts.csv:1:11", "two columns mean ansible_port"},
        {"name,,x\n", "hosts.csv:1:6", "the name of a variable is empty"},
        {"name,a\nweb1\n", "hosts.csv:2:1", "expected 2 cells as in the first line, not 1"},
        {"name,a\nweb1,1,2\n", "hosts.csv:2:1", "not 3"},
        {"name,a\n,1\n", "hosts.csv:2:1", "the name of a host is empty"},
        {"name,a\nweb 1,1\n", "hosts.csv:2:1", "cannot hold ' '"},
        {"name,a\n\"we\nb\",1\n", "hosts.csv:2:1", "U+000A"},
        {"name\nweb1\nweb2\n\nweb1\n", "hosts.csv:5:1", "in line 2 and in line 5"},
        {"a,name\nx,web1\nx, web1 \n", "hosts.csv:3:3", "in line 2 and in line 3"},
        {"name,groups\nweb1,web;d*b\n", "hosts.csv:2:6", "cannot hold '*'"},
        {"name,port\nweb1,http\n", "hosts.csv:2:6", "expected a port"},
        {"name,port\nweb1,70000\n", "hosts.csv:2:6", "expected a port"},
        {"name,a\nweb1,\"open\n\n", "hosts.csv:2:6", "expected a closing \""},
        {"name,a\nweb1,\"x\"y\n", "hosts.csv:2:9", "expected a comma"},
        {"name,a\nweb1,x\"y\"\n", "hosts.csv:2:7", "put the cell in quotes"},
        {"name,a\nweb1,\x01\n", "hosts.csv:2:6", "U+0001"},
        {"name,a\nweb1,\xe9\n", "hosts.csv:2:6", "not UTF-8"},
        {"name,a\rweb1,x\r", "hosts.csv:1:7", "U+000D"},
        {"\xff\xfen", "hosts.csv:1:1", "UTF-16"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct inventory *inv = NULL;
        struct why why = {0};

        assert_int_equal(csv_try(cases[i].text, &inv, &why), E_DATA);
        assert_null(inv);
        assert_string_equal(why.place, cases[i].place);
        if (strstr(why.text, cases[i].word) == NULL)
            fail_msg("said: %s", why.text);
    }
}

static void promise_10_secret_columns_are_dropped_and_counted(void **state)
{
    struct inventory *inv = csv_of("name,ansible_password,Local Admin Password,user\n"
                                   "web1,hunter2,hunter2,bob\nweb2,,hunter2,bob\n");

    (void)state;
    assert_int_equal(inv->dropped_secrets, 3);
    assert_int_equal(host_of(inv, "web1")->n_vars, 1);
    assert_var(inv, "web2", "user", "bob");
    inventory_free(inv);
}

static void more_columns_than_the_limit_are_refused(void **state)
{
    struct inventory *inv = NULL;
    struct text t = {0};
    struct why why = {0};

    (void)state;
    text_put(&t, "name");
    for (int i = 0; i < 255; i++)
        text_printf(&t, ",c%d", i);
    inventory_free(csv_of(text_str(&t)));
    text_put(&t, ",one_more\n");
    assert_int_equal(csv_try(text_str(&t), &inv, &why), E_DATA);
    assert_non_null(strstr(why.text, "too many columns"));
    text_fini(&t);
}

static void a_file_cut_anywhere_is_read_or_refused(void **state)
{
    static const char text[] =
        "name,groups,note\r\nweb1,\"a;b\",\"x \"\"y\"\"\r\nz\"\r\nweb2,b,\xc3\xa9\r\n";

    (void)state;
    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct inventory *inv = NULL;
        struct why why = {0};
        char *exact = malloc(cut + 1);
        enum err e;

        assert_non_null(exact);
        memcpy(exact, text, cut);
        e = inventory_read_csv("x", exact, cut, &inv, &why);
        assert_true(e == OK ? inv != NULL : e == E_DATA && inv == NULL && why.place[0] == 'x');
        inventory_free(inv);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_a_host_with_groups_and_variables),
        cmocka_unit_test(cells_are_those_of_rfc_4180),
        cmocka_unit_test(mistakes_are_told_with_place_and_reason),
        cmocka_unit_test(promise_10_secret_columns_are_dropped_and_counted),
        cmocka_unit_test(more_columns_than_the_limit_are_refused),
        cmocka_unit_test(a_file_cut_anywhere_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
