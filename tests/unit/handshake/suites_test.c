/* The table of suites beside what others have: OpenSSL's own list and nmap's. */
#include "base/text.h"
#include "handshake/suites.h"
#include "tests/unit/handshake/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NMAP_TABLE "/usr/share/nmap/nselib/tls.lua"

static struct text text_of(const char *path)
{
    struct text t = {0};
    assert_int_equal(file_read(path, FILE_LIMIT_DEFAULT, &t, NULL), OK);
    return t;
}

static void every_suite_has_one_number_and_one_name(void **state)
{
    uint16_t old[SUITES_ALL_MAX], new[SUITES_ALL_MAX];
    size_t n_old = suites_all(TLS_1_2, old), n_new = suites_all(TLS_1_3, new);
    (void)state;
    assert_in_range(n_old, 340, SUITES_ALL_MAX - 1);
    assert_in_range(n_new, 7, 20);
    for (size_t i = 0; i < n_old; i++) {
        assert_non_null(suite_name(old[i]));
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(old[i], old[k]);
            assert_string_not_equal(suite_name(old[i]), suite_name(old[k]));
        }
        for (size_t k = 0; k < n_new; k++)
            assert_int_not_equal(old[i], new[k]);
    }
    assert_int_equal(suites_all(SSL_2_0, old), 0);
    assert_int_equal(suites_all(SSL_3_0, old), n_old);
}

static void short_lists_are_part_of_the_whole(void **state)
{
    (void)state;
    for (int v = SSL_3_0; v < TLS_VERSIONS; v++) {
        uint16_t all[SUITES_ALL_MAX], some[SUITES_MAX];
        size_t n = suites_all((enum tls_version)v, all);
        for (int list = SUITES_COMMON; list <= SUITES_RARE; list++) {
            size_t n_some = suites_of((enum suite_list)list, (enum tls_version)v, some);
            for (size_t i = 0; i < n_some; i++) {
                size_t k = 0;
                while (k < n && all[k] != some[i])
                    k++;
                assert_in_range(k, 0, n - 1);
            }
        }
    }
}

/* "0xC0,0x30 - TLS_ECDHE_… - ECDHE-RSA-… TLSv1.2 …" */
static void openssl_calls_them_the_same(void **state)
{
    char *const argv[] = {(char[]){"openssl"}, (char[]){"ciphers"}, (char[]){"-V"},
                          (char[]){"-stdname"}, (char[]){"ALL:COMPLEMENTOFALL:@SECLEVEL=0"}, NULL};
    char log[] = "/tmp/swell-suites-XXXXXX";
    size_t n = 0;
    (void)state;
    (void)close(mkstemp(log));
    assert_true(process_run(argv, log));
    struct text t = text_of(log);
    (void)unlink(log);
    for (char *save = NULL, *line = strtok_r(t.s, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        unsigned high, low;
        char iana[80], openssl[80];
        if (sscanf(line, " 0x%x,0x%x - TLS_%79s - %79s", &high, &low, iana, openssl) != 4)
            fail_msg("%s", line);
        assert_string_equal(suite_name(high << 8 | low), iana);
        assert_string_equal(suite_openssl_name(high << 8 | low), openssl);
        n++;
    }
    text_fini(&t);
    assert_in_range(n, 100, 400);
}

/* ["TLS_RSA_WITH_NULL_MD5"] = 0x0001,: a draft's name may differ, a number may not be missing. */
static void nmap_knows_none_that_we_do_not(void **state)
{
    struct text t = text_of(NMAP_TABLE);
    size_t n = 0, same = 0;
    (void)state;
    for (char *save = NULL, *line = strtok_r(t.s, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        unsigned id;
        char kind[4], name[80];
        if (sscanf(line, "[\"%3[TLS]_%79[^\"]\"] = 0x%4x,", kind, name, &id) != 3 || id == 0x00ff ||
            id == 0x5600)
            continue;
        if (!suite_name(id))
            fail_msg("0x%04x %s", id, name);
        same += strcmp(suite_name(id), name) == 0;
        n++;
    }
    text_fini(&t);
    assert_in_range(n, 350, 500);
    assert_in_range(same, n - 45, n); /* drafts */
}

static void kinds_of_ssl_20_have_names(void **state)
{
    uint32_t kinds[SUITES_MAX];
    size_t n = suites_sslv2(kinds);
    (void)state;
    assert_int_equal(n, 8);
    for (size_t i = 0; i < n; i++)
        assert_memory_equal(suite_name(kinds[i]), "SSL_CK_", 7);
    assert_string_equal(suite_openssl_name(0x010080), "RC4-MD5");
    assert_null(suite_name(0x123456));
    assert_null(suite_openssl_name(0x00ff));
}

static void key_exchange_is_read_off_the_name(void **state)
{
    (void)state;
    assert_int_equal(suite_exchange(0xc030), EXCHANGE_ECDHE);
    assert_int_equal(suite_exchange(0x009f), EXCHANGE_DHE);
    assert_int_equal(suite_exchange(0x0018), EXCHANGE_DHE); /* anonymous */
    assert_int_equal(suite_exchange(0x002f), EXCHANGE_OTHER);
    assert_int_equal(suite_exchange(0xc02e), EXCHANGE_OTHER); /* fixed ECDH */
    assert_int_equal(suite_exchange(0x1301), EXCHANGE_13);
    assert_true(suite_is_export(0x0003));
    assert_false(suite_is_export(0x0004));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_suite_has_one_number_and_one_name),
        cmocka_unit_test(short_lists_are_part_of_the_whole),
        cmocka_unit_test(openssl_calls_them_the_same),
        cmocka_unit_test(nmap_knows_none_that_we_do_not),
        cmocka_unit_test(kinds_of_ssl_20_have_names),
        cmocka_unit_test(key_exchange_is_read_off_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
