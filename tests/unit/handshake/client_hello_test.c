#include "base/file.h"
#include "handshake/client_hello.h"
#include "handshake/ja.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RECORD_AND_MESSAGE_HEADER = 9 };

/* A first flight as a real client sent it: the whole record. */
static struct text captured(const char *client)
{
    char path[200];
    struct text bytes = {0};
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/handshake/client_hello.corpus/%s", TEST_ROOT,
                   client);
    assert_int_equal(file_read(path, 1 << 16, &bytes, NULL), OK);
    return bytes;
}

static struct client_hello hello_of(const char *client)
{
    struct text bytes = captured(client);
    struct client_hello h = {0};
    struct why why = {0};
    struct rd message = rd_of(bytes.s, bytes.used);
    uint16_t version;
    rd_skip(&message, 1);
    version = rd_be16(&message);
    rd_skip(&message, RECORD_AND_MESSAGE_HEADER - 3);
    if (client_hello_read(message, version, &h, &why) != OK)
        fail_msg("%s: %s", client, why.text);
    text_fini(&bytes);
    return h;
}

/* A hello with this version, suite 0x002f and these extensions. */
static struct rd hello_with(struct wr *w, const void *extensions, size_t n)
{
    wr_init(w, 0);
    wr_be16(w, 0x0303);
    wr_zeros(w, 32);
    wr_u8(w, 0);
    wr_be16(w, 2);
    wr_be16(w, 0x002f);
    wr_u8(w, 1);
    wr_u8(w, 0);
    wr_be16(w, n);
    wr_bytes(w, extensions, n);
    return wr_view_of(w);
}

static void assert_refused(struct rd message, enum err expected, const char *words)
{
    struct client_hello h = {.version = 0x1234};
    struct why why = {0};
    assert_int_equal(client_hello_read(message, 0x0301, &h, &why), expected);
    assert_int_equal(h.version, 0x1234);
    if (strstr(why.text, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, why.text);
}

static void assert_extensions_refused(const void *bytes, size_t n, enum err e, const char *words)
{
    struct wr w;
    assert_refused(hello_with(&w, bytes, n), e, words);
    wr_fini(&w);
}

/* --- what real clients say --- */

static void all_that_a_client_offers_is_read(void **state)
{
    struct client_hello h = hello_of("openssl13");
    (void)state;
    assert_int_equal(h.record_version, 0x0301);
    assert_int_equal(h.version, 0x0303);
    assert_int_equal(h.session_id_size, 32);
    assert_int_equal(h.n_suites, 31);
    assert_int_equal(h.suites[0], 0x1302);
    assert_int_equal(h.suites[30], 0x00ff);
    assert_string_equal(h.sni, "www.example.com");
    assert_int_equal(h.n_alpn, 2);
    assert_int_equal(h.alpn[1].size, 8);
    assert_memory_equal(h.alpn[1].bytes, "http/1.1", 8);
    assert_int_equal(h.versions.n, 4);
    assert_int_equal(h.groups.n, 10);
    assert_int_equal(h.groups.at[0], 29);
    assert_int_equal(h.key_shares.n, 1);
    assert_int_equal(h.key_shares.at[0], 29);
    assert_int_equal(h.point_formats.n, 3);
    assert_int_equal(h.compressions.n, 1);
    assert_int_equal(h.psk_modes.n, 1);
    assert_int_equal(h.sigalgs.at[0], 0x0403);
    assert_int_equal(client_highest_version(&h), 0x0304);
    assert_true(client_offers_suite(&h, 0xc030));
    assert_false(client_offers_suite(&h, 0x0005));
}

static void a_version_is_offered_refused_or_perhaps_taken(void **state)
{
    struct client_hello modern = hello_of("python"), old = hello_of("openssl10");
    (void)state;
    assert_int_equal(client_says_version(&modern, 0x0304), CLIENT_YES);
    assert_int_equal(client_says_version(&modern, 0x0303), CLIENT_YES);
    assert_int_equal(client_says_version(&modern, 0x0302), CLIENT_NO);
    assert_int_equal(client_says_version(&old, 0x0301), CLIENT_YES);
    assert_int_equal(client_says_version(&old, 0x0302), CLIENT_NO);
    assert_int_equal(client_says_version(&old, 0x0300), CLIENT_PERHAPS);
    assert_int_equal(client_says_version(&old, 0x0002), CLIENT_NO);
}

static void the_form_of_ssl_2_is_read(void **state)
{
    struct text bytes = captured("java-sslv2-form");
    struct client_hello h;
    struct rd message = rd_of(bytes.s, bytes.used);
    (void)state;
    assert_int_equal(rd_be16(&message) & 0x7fff, bytes.used - 2);
    assert_int_equal(client_hello_read_sslv2(message, &h, NULL), OK);
    assert_true(h.sslv2_form);
    assert_int_equal(h.version, 0x0301);
    assert_true(client_offers_suite(&h, 0x0035));
    assert_true(h.n_kinds > 0);
    for (size_t n = 0; n < message.left; n++) {
        struct client_hello untouched = {.version = 0x1234};
        assert_int_not_equal(client_hello_read_sslv2(rd_of(message.at, n), &untouched, NULL), OK);
        assert_int_equal(untouched.version, 0x1234);
    }
    text_fini(&bytes);
}

static void every_truncation_is_refused(void **state)
{
    static const char *const clients[] = {"openssl13", "openssl12", "gnutls", "java", "curl"};
    (void)state;
    for (size_t i = 0; i < COUNT(clients); i++) {
        struct text bytes = captured(clients[i]);
        const char *message = bytes.s + RECORD_AND_MESSAGE_HEADER;
        size_t whole = bytes.used - RECORD_AND_MESSAGE_HEADER;
        for (size_t n = 0; n < whole; n++) {
            struct client_hello h = {.version = 0x1234};
            struct why why = {0};
            char *copy = str_dup_n(message, n); /* so that a read past the end is seen */
            enum err e = client_hello_read(rd_of(copy, n), 0x0301, &h, &why);
            free(copy);
            if (e == OK) /* cut exactly where the extensions would begin */
                assert_int_equal(h.extensions.n, 0);
            else
                assert_true(h.version == 0x1234 && *why.text != '\0');
        }
        text_fini(&bytes);
    }
}

/* --- what no client may say --- */

static void an_extension_twice_is_refused(void **state)
{
    static const uint8_t twice[] = {0, 23, 0, 0, 0, 23, 0, 0};
    (void)state;
    assert_extensions_refused(twice, sizeof twice, E_FORMAT, "twice");
}

static void a_zero_within_a_name_is_refused(void **state)
{
    static const uint8_t sni[] = {0, 0, 0, 8, 0, 6, 0, 0, 3, 'a', 0, 'b'};
    (void)state;
    assert_extensions_refused(sni, sizeof sni, E_FORMAT, "zero byte");
}

static void bytes_behind_a_list_are_refused(void **state)
{
    static const uint8_t groups[] = {0, 10, 0, 5, 0, 2, 0, 29, 7};
    static const uint8_t odd[] = {0, 10, 0, 5, 0, 3, 0, 29, 7};
    static const uint8_t lying[] = {0, 10, 0, 4, 0, 9, 0, 29};
    (void)state;
    assert_extensions_refused(groups, sizeof groups, E_FORMAT, "supported_groups");
    assert_extensions_refused(odd, sizeof odd, E_SHORT, "supported_groups");
    assert_extensions_refused(lying, sizeof lying, E_SHORT, "supported_groups");
}

static void lists_have_limits(void **state)
{
    uint8_t groups[6 + 2 * (CLIENT_LIST_MAX + 1)] = {0, 10};
    struct wr w;
    (void)state;
    groups[2] = (sizeof groups - 4) >> 8;
    groups[3] = (sizeof groups - 4) & 0xff;
    groups[4] = (sizeof groups - 6) >> 8;
    groups[5] = (sizeof groups - 6) & 0xff;
    assert_extensions_refused(groups, sizeof groups, E_LIMIT, "supported_groups");
    wr_init(&w, 0);
    wr_be16(&w, 0x0303);
    wr_zeros(&w, 33);
    wr_be16(&w, 2 * (CLIENT_SUITES_MAX + 1));
    wr_zeros(&w, 2 * (CLIENT_SUITES_MAX + 1));
    wr_u8(&w, 1);
    wr_u8(&w, 0);
    assert_refused(wr_view_of(&w), E_LIMIT, "cipher suites");
    wr_fini(&w);
}

/* --- JA3 and JA4 --- */

static void assert_ja(const struct client_hello *h, const char *client, const char *ja3,
                      const char *ja4)
{
    struct text raw = {0};
    char a[JA3_SIZE], b[JA4_SIZE];
    assert_int_equal(ja3_of(h, &raw, a), OK);
    assert_int_equal(ja4_of(h, &raw, b), OK);
    if (strcmp(a, ja3) != 0 || strcmp(b, ja4) != 0)
        fail_msg("%s: JA3 %s, expected %s; JA4 %s, expected %s; from %s", client, a, ja3, b, ja4,
                 text_str(&raw));
    text_fini(&raw);
}

/* JA3 as tshark 4.0.17 gives it for the same bytes. */
static void fingerprints_are_those_of_other_tools(void **state)
{
    static const struct {
        const char *client, *ja3, *ja4;
    } clients[] = {
        {"openssl13", "5a1edc7f170af1014fc65c994878e63c", "t13d3111h2_e8f1e7e78f70_1f22a2ca17c4"},
        {"openssl12", "871a754af286dfb70c1b53c6887c62e0", "t12d280700_d943125447b4_e7e480e5a997"},
        {"openssl10", "4921a5a1f7b5423a19d0db34c56c09f0", "t10i230500_44099cda8a52_195413a0cc0f"},
        {"gnutls", "24fdb1f10384c4be81a72d6f020c6c73", "t13i291200_723694b0fccc_2cc26d266019"},
        {"curl", "78f0dc5ac5b19daf131a133cfdee9691", "t13i3111h2_e8f1e7e78f70_b26ce05bbdd6"},
        {"python", "93c7d42c0df602fb91589311534831f5", "t13d181100_85036bcba153_d41ae481755e"},
        {"java", "ea0154154790b24e85b5cc9676622c9c", "t13i311100_1d947a95fc68_7e1102d2036b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(clients); i++) {
        struct client_hello h = hello_of(clients[i].client);
        assert_ja(&h, clients[i].client, clients[i].ja3, clients[i].ja4);
    }
}

static void list_put(struct client_list *l, const uint16_t *from, size_t n)
{
    l->n = n;
    memcpy(l->at, from, n * sizeof *from);
}

static void suites_put(struct client_hello *h, const uint16_t *from, size_t n)
{
    h->n_suites = n;
    memcpy(h->suites, from, n * sizeof *from);
}

/* What browserleaks.com shows of a Chrome 143, and the example of the JA4 specification, which
 * differs in its extensions. GREASE stands where Chrome has it. */
static const uint16_t chrome_suites[] = {0x1a1a, 4865, 4866, 4867, 49195, 49199, 49196, 49200,
                                         52393, 52392, 49171, 49172, 156, 157, 47, 53};
static const uint16_t chrome_sigalgs[] = {0x0403, 0x0804, 0x0401, 0x0503,
                                          0x0805, 0x0501, 0x0806, 0x0601};

static struct client_hello chrome(const uint16_t *extensions, size_t n)
{
    static const uint16_t groups[] = {0x2a2a, 4588, 29, 23, 24};
    static const uint16_t versions[] = {0x3a3a, 0x0304, 0x0303};
    struct client_hello h = {.version = 0x0303, .n_alpn = 2};
    suites_put(&h, chrome_suites, COUNT(chrome_suites));
    list_put(&h.extensions, extensions, n);
    list_put(&h.groups, groups, COUNT(groups));
    list_put(&h.versions, versions, COUNT(versions));
    list_put(&h.sigalgs, chrome_sigalgs, COUNT(chrome_sigalgs));
    h.point_formats.n = 1;
    h.alpn[0] = (struct client_protocol){.bytes = "h2", .size = 2};
    h.alpn[1] = (struct client_protocol){.bytes = "http/1.1", .size = 8};
    return h;
}

static void published_fingerprints_come_out(void **state)
{
    static const uint16_t chrome_143[] = {0x4a4a, 45, 51, 16, 65037, 23, 17613, 0,
                                          11, 10, 43, 65281, 35, 18, 5, 13, 27, 0x5a5a};
    static const uint16_t example[] = {0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017,
                                       0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
                                       0xff01, 0x000b, 0x000a, 0x0015};
    struct client_hello h = chrome(chrome_143, COUNT(chrome_143));
    struct text raw = {0};
    char ja4[JA4_SIZE];
    (void)state;
    assert_ja(&h, "Chrome 143", "98487aa16281980e7d1120d399efb6a4",
              "t13d1516h2_8daaf6152771_d8a2da3f94cd");
    h = chrome(example, COUNT(example));
    assert_int_equal(ja4_of(&h, &raw, ja4), OK);
    assert_string_equal(ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1");
    assert_string_equal(text_str(&raw),
                        "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,"
                        "c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,"
                        "0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601");
    text_fini(&raw);
    h.sigalgs.n = 0;
    assert_int_equal(ja4_of(&h, &raw, ja4), OK);
    assert_string_equal(ja4, "t13d1516h2_8daaf6152771_6d807ffa2a79");
    text_fini(&raw);
}

/* The two examples of the README of JA3. */
static void fingerprints_without_extensions_have_empty_fields(void **state)
{
    static const uint16_t suites[] = {4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99};
    static const uint16_t more[] = {47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4};
    static const uint16_t extensions[] = {0, 10, 11}, groups[] = {23, 24, 25};
    struct client_hello h = {.version = 769};
    struct text raw = {0};
    char ja3[JA3_SIZE], ja4[JA4_SIZE];
    (void)state;
    suites_put(&h, suites, COUNT(suites));
    assert_int_equal(ja3_of(&h, &raw, ja3), OK);
    assert_string_equal(ja3, "de350869b8c85de67a350c8d186f11e6");
    assert_string_equal(text_str(&raw), "769,4-5-10-9-100-98-3-6-19-18-99,,,");
    assert_int_equal(ja4_of(&h, &raw, ja4), OK);
    assert_string_equal(strrchr(ja4, '_'), "_000000000000");
    suites_put(&h, more, COUNT(more));
    list_put(&h.extensions, extensions, COUNT(extensions));
    list_put(&h.groups, groups, COUNT(groups));
    h.point_formats.n = 1;
    assert_int_equal(ja3_of(&h, &raw, ja3), OK);
    assert_string_equal(ja3, "ada70206e40642a3e4461f35503241d5");
    text_fini(&raw);
}

/* The examples of the JA4 specification. */
static void the_ends_of_an_odd_alpn_are_hexadecimal(void **state)
{
    static const struct {
        const char *bytes;
        uint8_t size;
        const char *ends;
    } cases[] = {
        {"\xab", 1, "ab"},
        {"\xab\xcd", 2, "ad"},
        {"\x30\xab", 2, "3b"},
        {"\x30\x31\xab\xcd", 4, "3d"},
        {"\x30\xab\xcd\x31", 4, "01"},
        {"h", 1, "hh"},
        {"", 0, "00"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct client_hello h = {.version = 0x0303, .n_alpn = 1};
        struct text raw = {0};
        char ja4[JA4_SIZE];
        memcpy(h.alpn[0].bytes, cases[i].bytes, cases[i].size);
        h.alpn[0].size = cases[i].size;
        assert_int_equal(ja4_of(&h, &raw, ja4), OK);
        assert_memory_equal(ja4 + 8, cases[i].ends, 2);
        assert_memory_equal(ja4, "t12i0000", 8);
        assert_string_equal(ja4 + 10, "_000000000000_000000000000");
        text_fini(&raw);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_a_client_offers_is_read),
        cmocka_unit_test(a_version_is_offered_refused_or_perhaps_taken),
        cmocka_unit_test(the_form_of_ssl_2_is_read),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(an_extension_twice_is_refused),
        cmocka_unit_test(a_zero_within_a_name_is_refused),
        cmocka_unit_test(bytes_behind_a_list_are_refused),
        cmocka_unit_test(lists_have_limits),
        cmocka_unit_test(fingerprints_are_those_of_other_tools),
        cmocka_unit_test(published_fingerprints_come_out),
        cmocka_unit_test(fingerprints_without_extensions_have_empty_fields),
        cmocka_unit_test(the_ends_of_an_odd_alpn_are_hexadecimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
