#include "handshake/names.h"
#include "handshake/strength.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void suites_are_judged_by_their_names(void **state)
{
    static const struct {
        const char *name, *word, *why;
    } cases[] = {
        {"AES_256_GCM_SHA384", "strong", ""},
        {"CHACHA20_POLY1305_SHA256", "strong", ""},
        {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "strong", ""},
        {"DHE_RSA_WITH_AES_256_CCM", "strong", ""},
        {"ECDHE_ECDSA_WITH_AES_128_CCM_8", "old", "short checksum"},
        {"ECDHE_RSA_WITH_AES_256_CBC_SHA384", "old", "CBC"},
        {"RSA_WITH_AES_256_GCM_SHA384", "old", "no forward secrecy"},
        {"ECDH_RSA_WITH_AES_256_GCM_SHA384", "old", "no forward secrecy"},
        {"RSA_WITH_3DES_EDE_CBC_SHA", "weak", "blocks of 64 bits"},
        {"RSA_WITH_IDEA_CBC_SHA", "weak", "blocks of 64 bits"},
        {"RSA_WITH_DES_CBC_SHA", "broken", "key of 56 bits"},
        {"RSA_WITH_RC4_128_SHA", "broken", "RC4"},
        {"RSA_EXPORT_WITH_DES40_CBC_SHA", "broken", "export key"},
        {"RSA_WITH_NULL_SHA256", "broken", "no encryption"},
        {"DH_anon_WITH_AES_256_GCM_SHA384", "broken", "nobody is authenticated"},
        {"FALLBACK_SCSV", "signal", "a signal"},
        {NULL, "signal", "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct suite_worth w = suite_worth(cases[i].name);
        assert_string_equal(strength_word(w.strength), cases[i].word);
        assert_string_equal(w.why, cases[i].why);
    }
}

static void numbers_have_names(void **state)
{
    char buf[TLS_NAME_SIZE];
    (void)state;
    assert_string_equal(tls_group_name(29, buf), "x25519");
    assert_string_equal(tls_group_name(4588, buf), "X25519MLKEM768");
    assert_string_equal(tls_group_name(0x1a1a, buf), "GREASE_0x1a1a");
    assert_string_equal(tls_sigalg_name(0x0804, buf), "rsa_pss_rsae_sha256");
    assert_string_equal(tls_sigalg_name(0x9999, buf), "0x9999");
    assert_string_equal(tls_extension_name(65281, buf), "renegotiation_info");
    assert_string_equal(tls_compression_name(1, buf), "deflate");
    assert_string_equal(tls_wire_version_name(0x0300, buf), "SSL 3.0");
    assert_true(tls_is_grease(0xfafa));
    assert_false(tls_is_grease(0x1a2a));
    assert_false(tls_is_grease(0x0a0b));
    assert_true(tls_group_is_post_quantum(4588));
    assert_false(tls_group_is_post_quantum(29));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suites_are_judged_by_their_names),
        cmocka_unit_test(numbers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
