/* The same files read by Ansible and by us: hosts, groups, variables; and the same limits. */
#include "tests/unit/inventory/inventory_support.h"

#include "inventory/pattern.h"
#include "inventory/walk.h"

/* Everything in the folder of awkward inventories: each name is a file or a folder. */
static size_t put_all(struct text *lines)
{
    static const char folder[] = "tests/vectors/inventory";
    struct names names = {0};
    struct why why = {0};
    size_t n;

    assert_ok(walk_names(folder, &names, &why), &why);
    for (size_t i = 0; i < names.n; i++) {
        struct text path = {0};
        struct inventory *inv;

        text_printf(&path, "%s/%s", folder, names.at[i]);
        inv = path_of(text_str(&path));
        put_inventory(lines, text_str(&path), inv);
        inventory_free(inv);
        text_fini(&path);
    }
    n = names.n;
    names_fini(&names);
    return n;
}

static void ansible_reads_every_inventory_alike(void **state)
{
    struct text lines = {0};

    (void)state;
    assert_true(put_all(&lines) > 20);
    ansible_agrees("hosts", &lines);
    text_fini(&lines);
}

/* Else a comparison that compares nothing would pass for ever. */
static void a_difference_is_noticed(void **state)
{
    static const char path[] = "tests/vectors/inventory/port.ini";
    struct inventory *inv = file_of("port.ini");
    struct text truth = {0}, nobody = {0}, lie = {0};
    char said[4000];

    (void)state;
    put_inventory(&truth, path, inv);
    assert_int_equal(ansible_compare("hosts", &truth, said, sizeof said), 0);
    text_put(&nobody, "F ");
    put_hex(&nobody, path);
    text_char(&nobody, '\n');
    assert_int_equal(ansible_compare("hosts", &nobody, said, sizeof said), 1);
    assert_string_equal(truth.s + truth.used - 3, " 1\n"); /* the type of the last value */
    text_put_n(&lie, truth.s, truth.used - 3);
    text_put(&lie, " 0\n");
    assert_int_equal(ansible_compare("hosts", &lie, said, sizeof said), 1);
    text_put(&nobody, "P 2a 6f6e65\n"); /* `*` is more than `one` */
    assert_int_equal(ansible_compare("limit", &nobody, said, sizeof said), 1);
    text_fini(&truth);
    text_fini(&nobody);
    text_fini(&lie);
    inventory_free(inv);
}

static const char *const plain_limits[] = {"all",
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
                                           "w*:&*1*",
                                           "all[0]",
                                           "all[0:3]",
                                           "all[1-2]",
                                           "all[1:0]",
                                           "web[2:0]",
                                           "solo[0]",
                                           "web1[-1]",
                                           "we*[0]",
                                           "we*[4:]",
                                           "we*[-1]",
                                           "fe*[0]",
                                           "eu-*[0]",
                                           "dotted.*[0]",
                                           "web[0]:!we*[1]",
                                           "~web\\d+$",
                                           "~web[13]$",
                                           "~.*\\.example\\.com",
                                           "~(web|db)$:!~web1",
                                           "~prod:&~stage",
                                           "!~web",
                                           "~(?i)WEB,db01",
                                           "~^s",
                                           "~db0?[23]",
                                           "~web(?!1)",
                                           "~.*(?<!1)$",
                                           "~[[a-f]o",
                                           "~2001,web1",
                                           "web3[0],db[0-1],!db02",
                                           " web , db ",
                                           "prod:web[1]:db03",
                                           "@tests/vectors/limits/two",
                                           "@tests/vectors/limits/two:!web2",
                                           "db:@tests/vectors/limits/glob:&prod"};

/* Names that are not ASCII, IPv6 addresses, groups of one name with hosts, nested groups. */
static const char *const odd_limits[] = {
    "müller", "müller[0]", "ös1", "ös*", "~ös[12]",
    "~.s1", "*ü*", "m?ller", "!müller", "later[0:2]",
    "later[-2]", "l0?", "l[01]?", "m-[ab]-0*", "middle:&web",
    "middle:!later", "2001:db8::2", "2001*", "fe80::1%eth0", "~fe80",
    "dots.and-*", "a_b.c-d", "ungrouped", "ungrouped:web", "middle:first",
    "all:!middle", "web[0]:web[1]", "web[1:]:!web9"};

static void put_limit(struct text *lines, const struct inventory *inv, const char *limit)
{
    bool *chosen = calloc(inv->n_hosts, sizeof *chosen);
    struct why why = {0};

    assert_non_null(chosen);
    if (pattern_select(inv, limit, chosen, &why) != OK)
        fail_msg("%s: %s", limit, why.text);
    text_put(lines, "P ");
    put_hex(lines, limit);
    for (size_t k = 0; k < inv->n_hosts; k++)
        if (chosen[k]) {
            text_char(lines, ' ');
            put_hex(lines, inv->hosts[k].name);
        }
    text_char(lines, '\n');
    free(chosen);
}

static void put_limits(struct text *lines, const char *path, const char *const *limits, size_t n)
{
    struct inventory *inv = path_of(path);

    text_put(lines, "F ");
    put_hex(lines, path);
    text_char(lines, '\n');
    for (size_t i = 0; i < n; i++)
        put_limit(lines, inv, limits[i]);
    inventory_free(inv);
}

static void ansible_limits_alike(void **state)
{
    struct text lines = {0};

    (void)state;
    put_limits(&lines, "tests/vectors/inventory/pattern.ini", plain_limits, COUNT(plain_limits));
    put_limits(&lines, "tests/vectors/inventory/oddities.ini", odd_limits, COUNT(odd_limits));
    ansible_agrees("limit", &lines);
    text_fini(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ansible_reads_every_inventory_alike),
        cmocka_unit_test(ansible_limits_alike),
        cmocka_unit_test(a_difference_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
