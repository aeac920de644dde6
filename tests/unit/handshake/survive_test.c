#include "handshake/suites.h"
#include "handshake/survive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SCHANNEL "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL"
#define LOCAL_LIST                                                                      \
    "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Configuration\\Local\\SSL" \
    "\\00010002"
#define POLICY_LIST \
    "HKLM\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002"

static const char tls12_only[] =
    "playbook: only12\n"
    "settings:\n"
    "  - {key: '" SCHANNEL "\\Protocols\\"
    "TLS 1.0\\Server', values: {Enabled: dword 0, DisabledByDefault: dword 1}}\n"
    "  - {key: '" SCHANNEL "\\Protocols\\"
    "TLS 1.1\\Server', values: {Enabled: dword 0, DisabledByDefault: dword 1}}\n"
    "  - {key: '" SCHANNEL "\\Protocols\\"
    "TLS 1.2\\Server', values: {Enabled: dword 0xffffffff, DisabledByDefault: dword 0}}\n";

static struct schannel_wish wish_of(const char *yaml)
{
    struct playbook *p = NULL;
    struct schannel_wish w;
    struct why why = {0};
    if (playbook_read_yaml("test.yaml", yaml, strlen(yaml), &p, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    assert_int_equal(schannel_wish_read(p, &w, &why), OK);
    playbook_free(p);
    return w;
}

static struct client_hello client(uint16_t version, const uint16_t *suites, size_t n)
{
    struct client_hello h = {.version = version, .n_suites = n};
    memcpy(h.suites, suites, n * sizeof *suites);
    return h;
}

static void assert_survival(const struct client_hello *h, const struct schannel_wish *w,
                            uint32_t build, enum survive outcome, const char *words)
{
    struct survival s;
    survive_judge(h, windows_release_of(build), w, &s);
    if (s.outcome != outcome || strstr(s.text, words) == NULL)
        fail_msg("build %u: %s: %s; expected %s: %s", build, survive_word(s.outcome), s.text,
                 survive_word(outcome), words);
}

static void releases_are_found_by_their_build(void **state)
{
    (void)state;
    assert_null(windows_release_of(3790));
    assert_string_equal(windows_release_of(7601)->name, "Server 2008 R2");
    assert_string_equal(windows_release_of(17763)->name, "Server 2019");
    assert_string_equal(windows_release_of(20347)->name, "Server 2019");
    assert_string_equal(windows_release_of(99999)->name, "Server 2025");
}

static void every_windows_suite_has_a_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < windows_suite_count(); i++)
        assert_non_null(suite_name(windows_suite_at(i)));
}

static void a_playbook_decides_over_the_defaults(void **state)
{
    const struct schannel_wish nothing = {0};
    struct schannel_wish w = wish_of(tls12_only);
    (void)state;
    assert_int_equal(w.n, 6);
    assert_int_equal(survive_versions(windows_release_of(7601), &nothing),
                     1u << SSL_3_0 | 1u << TLS_1_0);
    assert_int_equal(survive_versions(windows_release_of(7601), &w), 1u << SSL_3_0 | 1u << TLS_1_2);
    assert_int_equal(survive_versions(windows_release_of(17763), &w), 1u << TLS_1_2);
    assert_int_equal(survive_versions(windows_release_of(20348), &w),
                     1u << TLS_1_2 | 1u << TLS_1_3);
    /* What a release does not have cannot be switched on. */
    w.protocols[TLS_1_3][SCHANNEL_SERVER] = (struct schannel_pair){SAYS_YES, SAYS_NO};
    assert_int_equal(survive_versions(windows_release_of(17763), &w), 1u << TLS_1_2);
    schannel_wish_fini(&w);
}

static void one_value_alone_counts_too(void **state)
{
    struct schannel_wish w = {0};
    (void)state;
    w.protocols[TLS_1_0][SCHANNEL_SERVER].enabled = SAYS_NO;
    w.protocols[TLS_1_1][SCHANNEL_SERVER].disabled_by_default = SAYS_YES;
    w.protocols[TLS_1_2][SCHANNEL_CLIENT].enabled = SAYS_NO; /* of the other side */
    assert_int_equal(survive_versions(windows_release_of(17763), &w), 1u << TLS_1_2);
    w.protocols[TLS_1_2][SCHANNEL_SERVER].enabled = SAYS_YES;
    assert_int_equal(survive_versions(windows_release_of(7601), &w), 1u << SSL_3_0 | 1u << TLS_1_2);
    assert_int_equal(survive_versions(windows_release_of(6001), &w), 1u << SSL_3_0);
}

static void an_old_client_fails_where_old_versions_go(void **state)
{
    static const uint16_t suites[] = {0x0035, 0x002f, 0x000a, 0x0005};
    struct client_hello h = client(0x0301, suites, COUNT(suites));
    const struct schannel_wish nothing = {0};
    struct schannel_wish w = wish_of(tls12_only);
    (void)state;
    assert_survival(&h, &nothing, 17763, SURVIVES, "TLS 1.0 with RSA_WITH_AES_256_CBC_SHA");
    assert_survival(&h, &w, 17763, SURVIVES_NOT,
                    "the server would speak TLS 1.2; the client offers at most TLS 1.0");
    schannel_wish_fini(&w);
}

static void whether_a_client_takes_a_lower_version_nobody_can_see(void **state)
{
    static const uint16_t suites[] = {0xc014, 0x0035};
    struct client_hello h = client(0x0303, suites, COUNT(suites));
    const struct schannel_wish nothing = {0};
    (void)state;
    assert_survival(&h, &nothing, 7601, SURVIVES_PERHAPS, "a lower version than it names: TLS 1.0");
    assert_survival(&h, &nothing, 17763, SURVIVES, "TLS 1.2");
}

/* Server 2012 R2 has GCM with elliptic curves for ECDSA certificates alone. */
static void a_suite_needs_the_right_certificate(void **state)
{
    static const uint16_t gcm[] = {0xc030, 0xc02f, 0xc02c, 0xc02b};
    struct client_hello h = client(0x0303, gcm, COUNT(gcm));
    const struct schannel_wish nothing = {0};
    (void)state;
    assert_survival(&h, &nothing, 9600, SURVIVES_PERHAPS, "certificate is ECDSA");
    assert_survival(&h, &nothing, 14393, SURVIVES, "ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    h.n_suites = 2;
    assert_survival(&h, &nothing, 9600, SURVIVES_NOT, "no cipher suite");
}

static void elliptic_suites_need_a_shared_curve(void **state)
{
    static const uint16_t suites[] = {0xc030};
    struct client_hello h = client(0x0303, suites, COUNT(suites));
    const struct schannel_wish nothing = {0};
    (void)state;
    h.groups.at[0] = 29;
    h.groups.n = 1;
    assert_survival(&h, &nothing, 14393, SURVIVES, "ECDHE_RSA");
    h.groups.at[0] = 30;
    assert_survival(&h, &nothing, 14393, SURVIVES_NOT, "no elliptic curve");
}

static void ciphers_and_hashes_that_are_switched_off_go(void **state)
{
    static const char yaml[] =
        "playbook: no-sha1\n"
        "settings:\n"
        "  - {key: '" SCHANNEL "\\Ciphers\\"
        "Triple DES 168', values: {Enabled: dword 0}}\n"
        "  - {key: '" SCHANNEL "\\Hashes\\SHA',"
        " values: {Enabled: dword 0}}\n";
    static const uint16_t des3[] = {0x000a}, sha[] = {0x0035}, both[] = {0x0035, 0x003d};
    struct schannel_wish w = wish_of(yaml);
    struct client_hello a = client(0x0303, des3, 1), b = client(0x0303, sha, 1),
                        c = client(0x0303, both, 2);
    (void)state;
    assert_survival(&a, &w, 17763, SURVIVES_NOT, "TLS 1.2 is shared, but no cipher suite");
    assert_survival(&b, &w, 17763, SURVIVES_NOT, "no cipher suite");
    assert_survival(&c, &w, 17763, SURVIVES, "RSA_WITH_AES_256_CBC_SHA256");
    schannel_wish_fini(&w);
}

static void a_list_of_suites_takes_the_place_of_the_defaults(void **state)
{
    static const char yaml[] =
        "playbook: list\n"
        "settings:\n"
        "  - {key: '" LOCAL_LIST "', values: "
        "{Functions: {multi_sz: [TLS_RSA_WITH_AES_256_CBC_SHA]}}}\n"
        "  - {key: '" POLICY_LIST "', "
        "values: {Functions: 'sz TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256,"
        "TLS_RSA_WITH_RC4_128_SHA'}}\n";
    static const uint16_t suites[] = {0x1302, 0x0005, 0xc028}, rsa[] = {0x0035};
    struct client_hello h = client(0x0303, suites, COUNT(suites)), old = client(0x0303, rsa, 1);
    struct schannel_wish w = wish_of(yaml);
    (void)state;
    assert_string_equal(w.suites,
                        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256,TLS_RSA_WITH_RC4_128_SHA");
    h.versions.n = 2;
    h.versions.at[0] = 0x0304;
    h.versions.at[1] = 0x0303;
    assert_survival(&h, &w, 20348, SURVIVES, "TLS 1.2 with ECDHE_RSA_WITH_AES_256_CBC_SHA384");
    assert_survival(&old, &w, 20348, SURVIVES_NOT, "no cipher suite");
    h.n_suites = 2; /* RC4 is off by default in 2022, and on where the list names it */
    assert_survival(&h, &w, 20348, SURVIVES, "RSA_WITH_RC4_128_SHA");
    schannel_wish_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(releases_are_found_by_their_build),
        cmocka_unit_test(every_windows_suite_has_a_name),
        cmocka_unit_test(a_playbook_decides_over_the_defaults),
        cmocka_unit_test(one_value_alone_counts_too),
        cmocka_unit_test(an_old_client_fails_where_old_versions_go),
        cmocka_unit_test(whether_a_client_takes_a_lower_version_nobody_can_see),
        cmocka_unit_test(a_suite_needs_the_right_certificate),
        cmocka_unit_test(elliptic_suites_need_a_shared_curve),
        cmocka_unit_test(ciphers_and_hashes_that_are_switched_off_go),
        cmocka_unit_test(a_list_of_suites_takes_the_place_of_the_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
