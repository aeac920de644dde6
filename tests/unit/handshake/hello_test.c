#include "handshake/hello.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Our own hello taken apart again. */
struct parts {
    uint16_t record, legacy;
    size_t session_id, n_suites;
    struct rd suites, extensions;
};

static void hello_make(struct wr *w, enum tls_version version, enum suite_list list,
                       const char *sni)
{
    struct hello_offer offer;
    struct hello_fresh fresh;
    wr_init(w, HELLO_LIMIT);
    hello_offer_usual(&offer, version, list, sni);
    assert_int_equal(hello_fresh_make(&offer, &fresh, NULL), OK);
    assert_int_equal(hello_put(w, &offer, &fresh), OK);
}

static struct parts hello_parse(struct rd r)
{
    struct parts p;
    assert_int_equal(rd_u8(&r), 22);
    p.record = rd_be16(&r);
    struct rd record = rd_sub(&r, rd_be16(&r));
    assert_int_equal(rd_end(&r), OK);
    assert_int_equal(rd_u8(&record), 1);
    struct rd body = rd_sub(&record, rd_be24(&record));
    assert_int_equal(rd_end(&record), OK);
    p.legacy = rd_be16(&body);
    rd_skip(&body, 32);
    p.session_id = rd_u8(&body);
    rd_skip(&body, p.session_id);
    p.suites = rd_sub(&body, rd_be16(&body));
    p.n_suites = p.suites.left / 2;
    assert_int_equal(rd_be16(&body), 0x0100); /* one compression method, none */
    p.extensions = rd_sub(&body, rd_be16(&body));
    assert_int_equal(rd_end(&body), OK);
    return p;
}

static bool extension_find(struct rd list, uint16_t type, struct rd *out)
{
    while (list.left > 0) {
        uint16_t t = rd_be16(&list);
        *out = rd_sub(&list, rd_be16(&list));
        if (t == type)
            return true;
    }
    assert_int_equal(rd_end(&list), OK);
    return false;
}

static bool suite_offered(struct rd suites, uint16_t id)
{
    while (suites.left > 0)
        if (rd_be16(&suites) == id)
            return true;
    return false;
}

static void each_hello_offers_only_its_version(void **state)
{
    static const struct {
        uint16_t record, legacy;
    } want[] = {{0x0301, 0x0301}, {0x0302, 0x0302}, {0x0303, 0x0303}, {0x0301, 0x0303}};
    (void)state;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++) {
        struct wr w;
        struct rd ext;
        hello_make(&w, (enum tls_version)v, SUITES_COMMON, NULL);
        struct parts p = hello_parse(wr_view_of(&w));
        assert_int_equal(p.record, want[v - TLS_1_0].record);
        assert_int_equal(p.legacy, want[v - TLS_1_0].legacy);
        assert_int_equal(p.session_id, v == TLS_1_3 ? 32 : 0);
        assert_int_equal(extension_find(p.extensions, 43, &ext), v == TLS_1_3);
        if (v == TLS_1_3) {
            assert_int_equal(rd_u8(&ext), 2);
            assert_int_equal(rd_be16(&ext), 0x0304);
            assert_int_equal(rd_end(&ext), OK);
        }
        assert_int_equal(suite_offered(p.suites, 0x1301), v == TLS_1_3);
        assert_int_equal(suite_offered(p.suites, 0xc02f), v == TLS_1_2);
        assert_int_equal(suite_offered(p.suites, 0x002f), v != TLS_1_3);
        assert_int_equal(suite_offered(p.suites, 0x0003), v == TLS_1_0);
        assert_int_equal(suite_offered(p.suites, 0x00ff), v != TLS_1_3);
        wr_fini(&w);
    }
}

static void each_hello_has_the_extensions_of_its_version(void **state)
{
    static const struct {
        uint16_t type;
        bool in[4];
    } want[] = {
        {10, {true, true, true, true}},
        {11, {true, true, true, false}},
        {13, {false, false, true, true}},
        {23, {true, true, true, false}},
        {51, {false, false, false, true}},
    };
    (void)state;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++) {
        struct wr w;
        struct rd ext;
        hello_make(&w, (enum tls_version)v, SUITES_COMMON, NULL);
        struct parts p = hello_parse(wr_view_of(&w));
        for (size_t i = 0; i < COUNT(want); i++)
            assert_int_equal(extension_find(p.extensions, want[i].type, &ext),
                             want[i].in[v - TLS_1_0]);
        wr_fini(&w);
    }
}

static void key_share_is_one_fresh_x25519_key(void **state)
{
    struct hello_offer offer;
    struct hello_fresh a, b;
    struct wr w;
    struct rd ext;
    (void)state;
    hello_offer_usual(&offer, TLS_1_3, SUITES_COMMON, NULL);
    assert_int_equal(hello_fresh_make(&offer, &a, NULL), OK);
    assert_int_equal(hello_fresh_make(&offer, &b, NULL), OK);
    assert_int_equal(a.share_size, 32);
    assert_memory_not_equal(&a.share, &b.share, sizeof a.share);
    assert_memory_not_equal(&a.random, &b.random, sizeof a.random);
    assert_memory_not_equal(&a.session_id, &b.session_id, sizeof a.session_id);
    hello_make(&w, TLS_1_3, SUITES_COMMON, NULL);
    assert_true(extension_find(hello_parse(wr_view_of(&w)).extensions, 51, &ext));
    assert_int_equal(rd_be16(&ext), 36);
    assert_int_equal(rd_be16(&ext), 29);
    assert_int_equal(rd_be16(&ext), 32);
    assert_int_equal(ext.left, 32);
    wr_fini(&w);
}

static void name_is_sent_without_its_trailing_dot(void **state)
{
    static const char *const names[] = {"sql01.corp.example", "sql01.corp.example."};
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        for (int v = TLS_1_0; v < TLS_VERSIONS; v++) {
            struct wr w;
            struct rd ext;
            hello_make(&w, (enum tls_version)v, SUITES_COMMON, names[i]);
            assert_true(extension_find(hello_parse(wr_view_of(&w)).extensions, 0, &ext));
            assert_int_equal(rd_be16(&ext), 21);
            assert_int_equal(rd_u8(&ext), 0);
            struct rd name = rd_sub(&ext, rd_be16(&ext));
            assert_int_equal(rd_end(&ext), OK);
            assert_true(rd_equal(name, rd_text("sql01.corp.example")));
            wr_fini(&w);
        }
}

static void literals_and_nonsense_are_not_sent_as_names(void **state)
{
    static const char *const never[] = {"", ".", "127.0.0.1", "::1", "fe80::1%eth0", "a b", "a\n",
                                        "b\xc3\xbc.example"};
    char longest[HELLO_NAME_MAX + 2];
    struct wr w;
    struct rd ext;
    (void)state;
    assert_false(hello_name_ok(NULL));
    for (size_t i = 0; i < COUNT(never); i++) {
        assert_false(hello_name_ok(never[i]));
        hello_make(&w, TLS_1_2, SUITES_COMMON, never[i]);
        assert_false(extension_find(hello_parse(wr_view_of(&w)).extensions, 0, &ext));
        wr_fini(&w);
    }
    memset(longest, 'a', sizeof longest);
    longest[HELLO_NAME_MAX] = '\0';
    assert_true(hello_name_ok(longest));
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++) {
        hello_make(&w, (enum tls_version)v, SUITES_RARE, longest);
        wr_fini(&w);
    }
    longest[HELLO_NAME_MAX] = 'a';
    longest[HELLO_NAME_MAX + 1] = '\0';
    assert_false(hello_name_ok(longest));
    assert_true(hello_name_ok("web01"));
    assert_true(hello_name_ok("1.2.3.4.example"));
}

static void hello_with_an_ordinary_name_stays_below_256_bytes(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++) {
        struct wr w;
        hello_make(&w, (enum tls_version)v, SUITES_COMMON, "payroll-sql01.emea.corp.example.com");
        assert_in_range(w.used, 1, 255);
        wr_fini(&w);
    }
}

static void hello_never_offers_more_than_64_suites(void **state)
{
    (void)state;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        for (int list = SUITES_COMMON; list <= SUITES_RARE; list++) {
            struct wr w;
            hello_make(&w, (enum tls_version)v, (enum suite_list)list, NULL);
            assert_in_range(hello_parse(wr_view_of(&w)).n_suites, 0, SUITES_MAX);
            wr_fini(&w);
        }
}

static void hello_that_does_not_fit_is_an_error(void **state)
{
    struct hello_offer offer;
    struct hello_fresh fresh = {.share_size = 0};
    struct wr w;
    (void)state;
    hello_offer_usual(&offer, TLS_1_2, SUITES_COMMON, NULL);
    wr_init(&w, 64);
    assert_int_equal(hello_put(&w, &offer, &fresh), E_LIMIT);
    wr_fini(&w);
}

static bool suites_hold(enum suite_list list, enum tls_version version, uint16_t id)
{
    uint16_t ids[SUITES_MAX];
    size_t n = suites_of(list, version, ids);
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Every suite that a Windows release enables by default ("TLS Cipher Suites in Windows", 7 to
 * Server 2025). */
static void suites_cover_every_windows_default(void **state)
{
    static const uint16_t tls12[] = {
        0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014,
        0xc013, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x009f, 0x009e, 0x000a, 0x0039,
        0x0033, 0x006a, 0x0040, 0x0038, 0x0032, 0x0013, 0x0005, 0x0004, 0x003b, 0x0002};
    static const uint16_t tls10[] = {0xc00a, 0xc009, 0xc014, 0xc013, 0x0035, 0x002f, 0x000a, 0x0039,
                                     0x0033, 0x0038, 0x0032, 0x0013, 0x0005, 0x0004, 0x0002, 0x0009,
                                     0x0064, 0x0062, 0x0003, 0x0001, 0x0012, 0x0063};
    (void)state;
    for (size_t i = 0; i < COUNT(tls12); i++)
        assert_true(suites_hold(SUITES_COMMON, TLS_1_2, tls12[i]));
    for (size_t i = 0; i < COUNT(tls10); i++)
        assert_true(suites_hold(SUITES_COMMON, TLS_1_0, tls10[i]));
    assert_true(suites_hold(SUITES_COMMON, TLS_1_3, 0x1301));
    assert_true(suites_hold(SUITES_COMMON, TLS_1_3, 0x1302));
    assert_true(suites_hold(SUITES_COMMON, TLS_1_3, 0x1303));
    assert_false(suites_hold(SUITES_RARE, TLS_1_2, 0xc02c));
    assert_false(suites_hold(SUITES_COMMON, TLS_1_2, 0x1301));
    assert_string_equal(suite_name(0xc030), "ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    assert_null(suite_name(0xfeff0));
}

static void ssl_30_hello_has_no_extensions_and_the_suites_of_tls_10(void **state)
{
    struct wr w;
    (void)state;
    hello_make(&w, SSL_3_0, SUITES_COMMON, "web01.corp.example");
    struct rd r = wr_view_of(&w);
    rd_skip(&r, 1);
    assert_int_equal(rd_be16(&r), 0x0300);
    rd_skip(&r, 2 + 4);
    assert_int_equal(rd_be16(&r), 0x0300);
    rd_skip(&r, 32 + 1);
    struct rd suites = rd_sub(&r, rd_be16(&r));
    assert_true(suite_offered(suites, 0x0003));
    assert_true(suite_offered(suites, 0x00ff));
    assert_false(suite_offered(suites, 0xc02f));
    assert_int_equal(rd_be16(&r), 0x0100);
    assert_int_equal(rd_end(&r), OK);
    wr_fini(&w);
}

/* draft-hickman-netscape-ssl-00, 2.5: CLIENT-HELLO. */
static void ssl_20_hello_has_its_own_form_and_all_kinds(void **state)
{
    static const uint8_t head[] = {0x80, 49, 1, 0, 2, 0, 24, 0, 0, 0, 16, 0x07, 0x00, 0xc0};
    struct wr w;
    (void)state;
    hello_make(&w, SSL_2_0, SUITES_COMMON, "web01.corp.example");
    assert_int_equal(w.used, 2 + 49);
    assert_memory_equal(w.bytes, head, sizeof head);
    wr_fini(&w);
}

static void what_a_scan_asks_for_goes_into_the_hello(void **state)
{
    struct hello_offer offer;
    struct hello_fresh fresh = {.share_size = 0};
    struct wr w;
    struct rd ext;
    (void)state;
    hello_offer_usual(&offer, TLS_1_2, SUITES_COMMON, NULL);
    offer.suites[0] = 0x1234;
    offer.n_suites = 1;
    offer.groups[0] = 24;
    offer.n_groups = 1;
    offer.n_sigalgs = 0;
    offer.alpn = "h2 http/1.1";
    offer.with = HELLO_TICKET | HELLO_DEFLATE | HELLO_FALLBACK;
    wr_init(&w, 0);
    assert_int_equal(hello_put(&w, &offer, &fresh), OK);
    struct rd r = rd_at(wr_view_of(&w), 44, w.used - 44);
    struct rd suites = rd_sub(&r, rd_be16(&r));
    assert_int_equal(rd_be16(&suites), 0x1234);
    assert_int_equal(rd_be16(&suites), 0x00ff);
    assert_int_equal(rd_be16(&suites), 0x5600);
    assert_int_equal(rd_be24(&r), 0x020100); /* deflate, then none */
    r = rd_sub(&r, rd_be16(&r));
    assert_false(extension_find(r, 13, &ext));
    assert_false(extension_find(r, 23, &ext));
    assert_true(extension_find(r, 35, &ext));
    assert_true(extension_find(r, 10, &ext));
    assert_int_equal(rd_be32(&ext), 0x00020018);
    assert_true(extension_find(r, 16, &ext));
    assert_true(rd_equal(ext, rd_of("\0\x0c\x02h2\x08http/1.1", 14)));
    wr_fini(&w);
}

static void longest_hello_fits(void **state)
{
    struct hello_offer offer;
    struct hello_fresh fresh = {.share_size = HELLO_SHARE_MAX, .cookie_size = HELLO_COOKIE_MAX};
    char name[HELLO_NAME_MAX + 1];
    (void)state;
    memset(name, 'a', HELLO_NAME_MAX);
    name[HELLO_NAME_MAX] = '\0';
    for (int v = SSL_3_0; v < TLS_VERSIONS; v++) {
        struct wr w;
        hello_offer_usual(&offer, (enum tls_version)v, SUITES_COMMON, name);
        offer.n_suites = suites_all((enum tls_version)v, offer.suites);
        offer.n_groups = offer.n_sigalgs = HELLO_LIST_MAX;
        offer.alpn = "h2 http/1.1 http/1.0 spdy/3.1 h2c acme-tls/1 imap pop3 ftp";
        offer.with = HELLO_MASTER_SECRET | HELLO_TICKET | HELLO_DEFLATE | HELLO_FALLBACK;
        wr_init(&w, HELLO_LIMIT);
        assert_int_equal(hello_put(&w, &offer, &fresh), OK);
        wr_fini(&w);
    }
}

static void key_shares_are_made_for_the_groups_that_servers_ask_for(void **state)
{
    static const struct {
        uint16_t group;
        size_t size;
    } groups[] = {{29, 32}, {30, 56}, {23, 65}, {24, 97}, {25, 133}, {256, 256}, {258, 512}};
    struct hello_fresh fresh = {.share_size = 0};
    (void)state;
    for (size_t i = 0; i < COUNT(groups); i++) {
        assert_int_equal(hello_share_make(&fresh, groups[i].group, NULL), OK);
        assert_int_equal(fresh.share_size, groups[i].size);
    }
    assert_int_equal(hello_share_make(&fresh, 4588, NULL), E_UNSUPPORTED);
    assert_int_equal(fresh.share_size, 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hello_offers_only_its_version),
        cmocka_unit_test(each_hello_has_the_extensions_of_its_version),
        cmocka_unit_test(key_share_is_one_fresh_x25519_key),
        cmocka_unit_test(name_is_sent_without_its_trailing_dot),
        cmocka_unit_test(literals_and_nonsense_are_not_sent_as_names),
        cmocka_unit_test(hello_with_an_ordinary_name_stays_below_256_bytes),
        cmocka_unit_test(hello_never_offers_more_than_64_suites),
        cmocka_unit_test(hello_that_does_not_fit_is_an_error),
        cmocka_unit_test(suites_cover_every_windows_default),
        cmocka_unit_test(ssl_30_hello_has_no_extensions_and_the_suites_of_tls_10),
        cmocka_unit_test(ssl_20_hello_has_its_own_form_and_all_kinds),
        cmocka_unit_test(what_a_scan_asks_for_goes_into_the_hello),
        cmocka_unit_test(longest_hello_fits),
        cmocka_unit_test(key_shares_are_made_for_the_groups_that_servers_ask_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
