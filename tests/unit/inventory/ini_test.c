#include "tests/unit/inventory/inventory_support.h"

static void place_and_word(const char *text, size_t n, const char *place, const char *word)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_int_equal(inventory_read_ini("hosts.ini", text, n, &inv, &why), E_DATA);
    assert_null(inv);
    assert_string_equal(why.place, place);
    if (strstr(why.text, word) == NULL)
        fail_msg("said: %s", why.text);
}

static const struct {
    const char *text, *place, *word;
} mistakes[] = {
    {"web1 extra\n", "hosts.ini:1:6", "expected name=value"},
    {"[web]\nweb1 a=1 b\n", "hosts.ini:2:10", "expected name=value"},
    {"[web]\n\n  web1 a='open\n", "hosts.ini:3:8", "expected a closing '"},
    {"web1 a=\\\n", "hosts.ini:1:6", "backslash"},
    {"web1 =x\n", "hosts.ini:1:6", "the name of a variable is empty"},
    {"\"\" a=1\n", "hosts.ini:1:1", "the name of a host is empty"},
    {"ansible_user=bob\n", "hosts.ini:1:1", "expected the name of a host"},
    {"__ansible_vault\n", "hosts.ini:1:1", "no name"},
    {"[web:vars]\na={'__ansible_vault': 1}\n", "hosts.ini:2:1", "a mark of Ansible's"},
    {"a,b\n", "hosts.ini:1:1", "cannot hold ','"},
    {"web* \n", "hosts.ini:1:1", "cannot hold '*'"},
    {"!web\n", "hosts.ini:1:1", "cannot begin with '!'"},
    {"corp/web\n", "hosts.ini:1:1", "cannot hold '/'"},
    {"web1:\n", "hosts.ini:1:1", "expected a port"},
    {"web1:0\n", "hosts.ini:1:1", "expected a port"},
    {"web1:65536\n", "hosts.ini:1:1", "expected a port"},
    {"web1:ssh\n", "hosts.ini:1:1", "expected a port"},
    {"web1:22:33\n", "hosts.ini:1:1", "cannot hold ':'"},
    {"---\n", "hosts.ini:1:1", "YAML"},
    {"web[1:\n", "hosts.ini:1:1", "a '[' has no ']'"},
    {"web[1]\n", "hosts.ini:1:1", "expected a range"},
    {"web[3:1]\n", "hosts.ini:1:1", "smaller end"},
    {"web[c:a]\n", "hosts.ini:1:1", "smaller end"},
    {"web[01:5]\n", "hosts.ini:1:1", "leading zeros"},
    {"web[a:5]\n", "hosts.ini:1:1", "two numbers or two letters"},
    {"web[1:]\n", "hosts.ini:1:1", "two numbers or two letters"},
    {"web[aa:bb]\n", "hosts.ini:1:1", "two numbers or two letters"},
    {"web[1:5:0]\n", "hosts.ini:1:1", "step"},
    {"web[1:5:x]\n", "hosts.ini:1:1", "step"},
    {"web[-1:5]\n", "hosts.ini:1:1", "two numbers or two letters"},
    {"[web]\nx\n[db\n", "hosts.ini:3:1", "a '[' has no ']'"},
    {"[]\n", "hosts.ini:1:1", "expected [group]"},
    {"[web group]\n", "hosts.ini:1:1", "expected [group]"},
    {"[web:hostvars]\n", "hosts.ini:1:1", "expected [group]"},
    {"[web] ; not a comment here\n", "hosts.ini:1:1", "expected [group]"},
    {"[we,b]\n", "hosts.ini:1:2", "cannot hold ','"},
    {"[web:vars]\nx\n", "hosts.ini:2:1", "expected name=value"},
    {"[web:vars]\n= 1\n", "hosts.ini:2:1", "variable is empty"},
    {"x\n\n[web:vars]\na=1\n", "hosts.ini:3:1", "group web is nowhere defined"},
    {"[p:children]\nweb\n", "hosts.ini:2:1", "group web is nowhere defined"},
    {"[p:children]\nweb\n[web:vars]\n", "hosts.ini:2:1", "group web is nowhere defined"},
    {"[p:children]\nweb db\n", "hosts.ini:2:1", "one group"},
    {"[p:children]\np\n", "hosts.ini:2:1", "its own child"},
    {"[a:children]\nb\n[b:children]\nc\n[c:children]\na\n", "hosts.ini:2:1", "a cycle"},
    {"[x]\nh\n[a:children]\nall\n", "hosts.ini:3:1", "a cycle"},
    {"[web]\na\n[web:vars]\nansible_group_priority=high\n", "hosts.ini:4:1", "whole number"},
    {"a\xc3\xbc\x01\n", "hosts.ini:1:3", "U+0001"},
    {"a\rb\n", "hosts.ini:1:2", "U+000D"},
    {"# c\xe2\x80\xa8web1\n", "hosts.ini:1:4", "U+2028"},
    {"a v=\xff\n", "hosts.ini:1:5", "not UTF-8"},
    {"a v=\"'\\\\x00'\"\n", "hosts.ini:1:3", "a NUL"},
    {"\xff\xfe[\0", "hosts.ini:1:1", "UTF-16"},
};

static void mistakes_are_told_with_place_and_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++)
        place_and_word(mistakes[i].text, strlen(mistakes[i].text), mistakes[i].place,
                       mistakes[i].word);
    place_and_word("web\0x\n", 6, "hosts.ini:1:4", "U+0000");
}

/* Cut anywhere, a file is read or refused with a place; the sanitizers watch. */
static void a_file_cut_anywhere_is_read_or_refused(void **state)
{
    static const char *const names[] = {"plain", "nested", "values", "ranges"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct text path = {0};
        char bytes[4096];
        size_t n;
        FILE *f;

        text_printf(&path, "tests/vectors/inventory/%s.ini", names[i]);
        f = fopen(text_str(&path), "rb");
        assert_non_null(f);
        n = fread(bytes, 1, sizeof bytes, f);
        fclose(f);
        assert_true(n > 100 && n < sizeof bytes);
        for (size_t cut = 0; cut <= n; cut++) {
            struct inventory *inv = NULL;
            struct why why = {0};
            char *exact = malloc(cut + 1); /* so that one byte too far is seen */
            enum err e;

            assert_non_null(exact);
            memcpy(exact, bytes, cut);
            e = inventory_read_ini("x", exact, cut, &inv, &why);
            assert_true(e == OK ? inv != NULL : e == E_DATA && inv == NULL && why.place[0] == 'x');
            inventory_free(inv);
            free(exact);
        }
        text_fini(&path);
    }
}

static void a_name_has_at_most_255_bytes(void **state)
{
    char text[300];

    (void)state;
    memset(text, 'h', sizeof text);
    text[255] = '\n';
    text[256] = '\0';
    inventory_free(ini_of(text));
    text[255] = 'h';
    text[256] = '\n';
    place_and_word(text, 257, "hosts.ini:1:1", "the most is 255");
}

static void more_hosts_than_the_limit_are_refused(void **state)
{
    static const char *const texts[] = {
        "a[0:100000]\n", "a[1:99999]\nb[1:2]\n", "a[1:9]-[1:9]-[1:9]-[1:9]-[1:9]-[1:9]\n",
        "x[0:1][0:1][0:1][0:1][0:1][0:1][0:1][0:1][0:1]\n", "a[0:999999999999999999]\n"};
    struct inventory *inv;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct why why = {0};

        assert_int_equal(inventory_read_ini("x", texts[i], strlen(texts[i]), &inv, &why), E_LIMIT);
        assert_null(inv);
        assert_true(why.text[0] != '\0' && why.place[0] == 'x');
    }
    inv = ini_of("a[1:100000]\n");
    assert_int_equal(inv->n_hosts, INVENTORY_HOSTS_MAX);
    inventory_free(inv);
}

static void assert_too_large(struct text *t)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_int_equal(text_end(t), OK);
    assert_int_equal(inventory_read_ini("x", t->s, t->used, &inv, &why), E_LIMIT);
    assert_null(inv);
    assert_non_null(strstr(why.text, "MiB"));
    text_fini(t);
}

/* Ten thousand groups of a hundred thousand hosts would be a thousand million memberships. */
static void what_would_not_fit_into_memory_is_refused_early(void **state)
{
    struct text t = {0};
    char longest[240];

    (void)state;
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    for (int i = 0; i < 5000; i++) /* mentions */
        text_printf(&t, "[g%d]\n%s[1:100000]\n", i, longest);
    assert_too_large(&t);
    text_printf(&t, "[%s0]\nh[1:100000]\n", longest); /* groups written out for each host */
    for (int i = 1; i < 9000; i++)
        text_printf(&t, "[%s%d:children]\n%s%d\n", longest, i, longest, i - 1);
    assert_too_large(&t);
    text_put(&t, "[g]\nh[1:100000]\n[g:vars]\n"); /* variables written out for each host */
    for (int i = 0; i < 100; i++)
        text_printf(&t, "v%d=%s\n", i, longest);
    assert_too_large(&t);
}

/* Promise 10: a password in an inventory is left out, at every level, and counted. */
static void promise_10_secrets_are_dropped_and_counted(void **state)
{
    struct inventory *inv =
        ini_of("[all:vars]\nansible_password=hunter2\nansible_user=bob\n"
               "[web]\nw1 ansible_ssh_pass='hunter 2' ansible_become_pass=hunter2 a=1\n"
               "w2 ansible_ssh_password=hunter2 ansible_winrm_pass=hunter2 my_API_Token=hunter2\n"
               "[web:vars]\nDB_PASSWORD = hunter2\nclient_secret: x = hunter2\nsudo_pwd=hunter2\n"
               "url=https://bob:hunter2@example.com/\nproxy=sshpass -p hunter2 ssh\n"
               "vault_key=hunter2\nansible_ssh_private_key_file=/etc/key\n"
               "site=https://example.com/a@b:c\nbypass=yes\npassage=yes\n");

    (void)state;
    assert_int_equal(inv->dropped_secrets, 12);
    for (size_t i = 0; i < inv->n_hosts; i++)
        for (size_t k = 0; k < inv->hosts[i].n_vars; k++)
            assert_null(strstr(inv->hosts[i].vars[k].value, "hunter"));
    assert_var(inv, "w1", "ansible_user", "bob");
    assert_var(inv, "w1", "a", "1");
    assert_var(inv, "w1", "ansible_password", NULL);
    assert_var(inv, "w2", "ansible_ssh_private_key_file", "/etc/key");
    assert_var(inv, "w2", "site", "https://example.com/a@b:c");
    assert_var(inv, "w2", "bypass", "yes");
    assert_var(inv, "w2", "passage", "yes");
    inventory_free(inv);
}

static void promise_10_no_message_shows_a_value(void **state)
{
    static const char *const texts[] = {
        "w1 ansible_password=my hunter2\n",
        "w1 ansible_password='hunter2\n",
        "ansible_password=hunter2\n",
        "[web:vars]\nhunter2\n",
        "[web]\nw\n[web:vars]\nansible_group_priority=hunter2\n",
        "w1 ansible_password=\"'hunter2\\\\x00'\"\n",
        "'hunter2 x'\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct inventory *inv = NULL;
        struct why why = {0};

        assert_int_equal(inventory_read_ini("x", texts[i], strlen(texts[i]), &inv, &why), E_DATA);
        assert_null(strstr(why.text, "hunter"));
    }
}

static void a_file_from_windows_is_read(void **state)
{
    struct inventory *inv =
        ini_of("\xef\xbb\xbf[web]\r\nw1 a=1\r\n\r\n# c\r\n[web:vars]\r\nb=2\r\n");

    (void)state;
    assert_hosts(inv, "w1");
    assert_var(inv, "w1", "a", "1");
    assert_var(inv, "w1", "b", "2");
    inventory_free(inv);
}

static void an_empty_file_has_no_hosts(void **state)
{
    struct inventory *inv = ini_of("");

    (void)state;
    assert_int_equal(inv->n_hosts, 0);
    inventory_free(inv);
    inv = ini_of("# only\xff this\n[web]\n");
    assert_int_equal(inv->n_hosts, 0);
    inventory_free(inv);
    inventory_free(NULL);
}

static void hosts_stand_in_the_order_of_the_file(void **state)
{
    struct inventory *inv = ini_of("z\n[b]\ny\nx\n[a]\nx\nz\nw\n");

    (void)state;
    assert_hosts(inv, "z y x w");
    assert_groups(host_of(inv, "x"), "a b");
    assert_groups(host_of(inv, "z"), "a");
    assert_int_equal(host_of(inv, "x")->places[0], 0); /* in a */
    assert_int_equal(host_of(inv, "x")->places[1], 1); /* in b */
    assert_int_equal(host_of(inv, "z")->places[0], 1);
    inventory_free(inv);
}

static void a_host_answers_for_its_groups_and_address(void **state)
{
    struct inventory *inv = ini_of("lone\n[web]\nw1 ansible_host=192.0.2.1\nw2 ansible_host=\n"
                                   "[site:children]\nweb\n");

    (void)state;
    assert_true(host_in_group(host_of(inv, "w1"), "web"));
    assert_true(host_in_group(host_of(inv, "w1"), "site"));
    assert_true(host_in_group(host_of(inv, "w1"), "all"));
    assert_false(host_in_group(host_of(inv, "w1"), "ungrouped"));
    assert_true(host_in_group(host_of(inv, "lone"), "ungrouped"));
    assert_string_equal(host_address(host_of(inv, "w1")), "192.0.2.1");
    assert_string_equal(host_address(host_of(inv, "w2")), "w2");
    assert_string_equal(host_address(host_of(inv, "lone")), "lone");
    assert_null(host_var_get(host_of(inv, "lone"), "ansible_host"));
    inventory_free(inv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_told_with_place_and_reason),
        cmocka_unit_test(a_file_cut_anywhere_is_read_or_refused),
        cmocka_unit_test(a_name_has_at_most_255_bytes),
        cmocka_unit_test(more_hosts_than_the_limit_are_refused),
        cmocka_unit_test(what_would_not_fit_into_memory_is_refused_early),
        cmocka_unit_test(promise_10_secrets_are_dropped_and_counted),
        cmocka_unit_test(promise_10_no_message_shows_a_value),
        cmocka_unit_test(a_file_from_windows_is_read),
        cmocka_unit_test(an_empty_file_has_no_hosts),
        cmocka_unit_test(hosts_stand_in_the_order_of_the_file),
        cmocka_unit_test(a_host_answers_for_its_groups_and_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
