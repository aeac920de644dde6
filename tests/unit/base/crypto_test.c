/* base/crypto against published vectors: FIPS 180-4, RFC 4231, RFC 4493, and Microsoft's "SMB 2 and
 * SMB 3 security in Windows 10: the anatomy of signing and cryptographic keys". */
#include "base/crypto.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES_MAX 256

struct bytes {
    uint8_t at[BYTES_MAX];
    size_t n;
};

static struct bytes hex(const char *s)
{
    struct bytes b = {.n = strlen(s) / 2};

    assert_true(b.n <= BYTES_MAX);
    assert_true(hex_decode(s, strlen(s), b.at, b.n));
    return b;
}

static struct rd view(const struct bytes *b)
{
    return rd_of(b->at, b->n);
}

static void assert_hex(const uint8_t *got, size_t n, const char *expected)
{
    struct bytes b = hex(expected);

    assert_int_equal(b.n, n);
    assert_memory_equal(got, b.at, n);
}

static bool all_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

static void sha256_of_the_standard_messages(void **state)
{
    uint8_t out[SHA256_SIZE];

    (void)state;
    assert_int_equal(crypto_sha256(rd_text("abc"), out), OK);
    assert_hex(out, sizeof out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(crypto_sha256(rd_of(NULL, 0), out), OK);
    assert_hex(out, sizeof out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void digest_of_two_is_the_digest_of_both_joined(void **state)
{
    uint8_t out[SHA256_SIZE], out512[SHA512_SIZE];

    (void)state;
    for (size_t n = 0; n <= 3; n++) {
        assert_int_equal(crypto_sha256_2(rd_of("abc", n), rd_of(&"abc"[n], 3 - n), out), OK);
        assert_hex(out, sizeof out,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_int_equal(crypto_sha512_2(rd_of("abc", n), rd_of(&"abc"[n], 3 - n), out512), OK);
        assert_hex(out512, sizeof out512,
                   "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                   "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    }
}

static void hmac_sha256_of_rfc_4231(void **state)
{
    static const struct {
        const char *key, *data, *mac;
    } cases[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"0102030405060708090a0b0c0d0e0f10111213141516171819",
         "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
         "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
         "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    };
    uint8_t out[SHA256_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bytes key = hex(cases[i].key), data = hex(cases[i].data);

        assert_int_equal(crypto_hmac_sha256(view(&key), view(&data), out), OK);
        assert_hex(out, sizeof out, cases[i].mac);
    }
}

static void hmac_takes_a_key_longer_than_a_block_and_an_empty_one(void **state)
{
    struct bytes key = {.n = 131};
    uint8_t out[SHA256_SIZE];

    (void)state;
    memset(key.at, 0xaa, key.n);
    assert_int_equal(
        crypto_hmac_sha256(view(&key),
                           rd_text("Test Using Larger Than Block-Size Key - Hash Key First"), out),
        OK);
    assert_hex(out, sizeof out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_int_equal(crypto_hmac_sha256(rd_of(NULL, 0), rd_of(NULL, 0), out), OK);
    assert_hex(out, sizeof out, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void aes_cmac_of_rfc_4493(void **state)
{
    static const struct {
        size_t n;
        const char *mac;
    } cases[] = {
        {0, "bb1d6929e95937287fa37d129b756746"},
        {16, "070a16b46b4d4144f79bdd9dd04a287c"},
        {40, "dfa66747de9ae63030ca32611497c827"},
        {64, "51f0bebf7e3b9d92fc49741779363cfe"},
    };
    struct bytes key = hex("2b7e151628aed2a6abf7158809cf4f3c");
    struct bytes data = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                            "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
    uint8_t out[AES_BLOCK];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(crypto_aes_cmac(view(&key), rd_of(data.at, cases[i].n), out), OK);
        assert_hex(out, sizeof out, cases[i].mac);
    }
}

static void aes_cmac_refuses_a_key_of_another_size(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 17, 24, 32};
    uint8_t key[32] = {1}, out[AES_BLOCK];

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        memset(out, 7, sizeof out);
        assert_int_equal(crypto_aes_cmac(rd_of(key, sizes[i]), rd_text("x"), out), E_INTERNAL);
        assert_true(all_zero(out, sizeof out));
    }
}

struct kdf_case {
    const char *label, *context; /* with the NUL that C gives them */
    const char *key;
};

static void smb_3_0_keys_are_derived_from_the_session_key(void **state)
{
    static const struct kdf_case cases[] = {
        {"SMB2AESCMAC", "SmbSign", "0b7e9c5cac36c0f6ea9ab275298cedce"},
        {"SMB2AESCCM", "ServerIn ", "fad27796665b313ebb578f388632b4f7"},
        {"SMB2AESCCM", "ServerOut", "b0f0427f7ceb416d1d9dcc0cd4f99447"},
        {"SMB2APP", "SmbRpc", "bb23a4575aa26c721af525af15a87b4f"},
    };
    struct bytes session = hex("7cd451825d0450d235424e44ba6e78cc");
    uint8_t out[16];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rd label = rd_of(cases[i].label, strlen(cases[i].label) + 1);
        struct rd context = rd_of(cases[i].context, strlen(cases[i].context) + 1);

        assert_int_equal(
            crypto_kdf_sp800_108(view(&session), label, context, out, sizeof out), OK);
        assert_hex(out, sizeof out, cases[i].key);
    }
}

static void smb_3_1_1_keys_are_derived_from_the_preauthentication_hash(void **state)
{
    static const struct kdf_case cases[] = {
        {"SMBSigningKey", NULL, "73fe7a9a77bef0bde49c650d8ccb5f76"},
        {"SMBC2SCipherKey", NULL, "629bcbc54422a0f572b97f45989b6073"},
        {"SMBS2CCipherKey", NULL, "e2af0dcefac68da71a0dfbd0d1350d74"},
        {"SMBAppKey", NULL, "6d7ad7954e9ec61e907b4d473dc178ff"},
    };
    struct bytes session = hex("270e1ba896585eeb7af3472d3b4c75a7");
    struct bytes hash = hex("0dd13628cc3ed218ef9df9772d436d0887ab9814bfae63a80aa845f36909db79"
                            "28622dddad522d9751640a459762c5a9d6bb084cbb3ce6bdadef5d5bce3c6c01");
    uint8_t out[16];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rd label = rd_of(cases[i].label, strlen(cases[i].label) + 1);

        assert_int_equal(
            crypto_kdf_sp800_108(view(&session), label, view(&hash), out, sizeof out), OK);
        assert_hex(out, sizeof out, cases[i].key);
    }
}

/* By hand from HMAC, for each length around the block of 32 bytes. */
static void derived_key_is_the_blocks_joined_and_cut(void **state)
{
    uint8_t out[70], expected[3 * SHA256_SIZE], key[5] = {1, 2, 3, 4, 5};

    (void)state;
    for (uint8_t n = 1; n <= sizeof out; n++) {
        for (uint8_t i = 0; i < 3; i++) {
            uint8_t input[] = {0, 0, 0, (uint8_t)(i + 1), 'L', 0, 'C', 0, 0, (uint8_t)(n >> 5),
                               (uint8_t)(n << 3)};

            assert_int_equal(crypto_hmac_sha256(rd_of(key, sizeof key), rd_of(input, sizeof input),
                                                expected + i * SHA256_SIZE),
                             OK);
        }
        memset(out, 0xee, sizeof out);
        assert_int_equal(
            crypto_kdf_sp800_108(rd_of(key, sizeof key), rd_text("L"), rd_text("C"), out, n), OK);
        assert_memory_equal(out, expected, n);
        if (n < sizeof out)
            assert_int_equal(out[n], 0xee);
    }
}

/* Test cases 1, 4 and 16 of the GCM specification (McGrew, Viega, appendix B). CCM with the nonce
 * of 11 bytes that SMB takes is held against a real server in tests/lab. */
static const struct aead_case {
    enum aead a;
    const char *key, *nonce, *extra, *plain, *sealed, *tag;
} aead_cases[] = {
    {AEAD_AES_128_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
     "b525b16aedf5aa0de657ba637b39",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
     "aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {AEAD_AES_256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
     "b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828"
     "838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    {AEAD_AES_128_GCM, "00000000000000000000000000000000", "000000000000000000000000", "", "", "",
     "58e2fccefa7e3061367f1d57a4e7455a"},
};

static void aead_seals_and_opens_as_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(aead_cases); i++) {
        const struct aead_case *c = &aead_cases[i];
        struct bytes key = hex(c->key), nonce = hex(c->nonce), extra = hex(c->extra);
        struct bytes text = hex(c->plain);
        uint8_t tag[AEAD_TAG_SIZE];

        assert_int_equal(crypto_aead_seal(c->a, view(&key), view(&nonce), view(&extra), text.at,
                                          text.n, tag),
                         OK);
        assert_hex(text.at, text.n, c->sealed);
        assert_hex(tag, sizeof tag, c->tag);
        assert_int_equal(crypto_aead_open(c->a, view(&key), view(&nonce), view(&extra), text.at,
                                          text.n, tag),
                         OK);
        assert_hex(text.at, text.n, c->plain);
    }
}

static const enum aead all_aeads[] = {AEAD_AES_128_CCM, AEAD_AES_128_GCM, AEAD_AES_256_CCM,
                                      AEAD_AES_256_GCM};

static void ccm_of_nothing_is_refused(void **state)
{
    static const enum aead ccm[] = {AEAD_AES_128_CCM, AEAD_AES_256_CCM};
    static const uint8_t key[AEAD_KEY_MAX] = {1}, nonce[AEAD_NONCE_MAX] = {2};
    uint8_t text[1] = {0}, tag[AEAD_TAG_SIZE] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(ccm); i++) {
        struct rd k = rd_of(key, crypto_aead_key_size(ccm[i]));
        struct rd once = rd_of(nonce, crypto_aead_nonce_size(ccm[i]));

        assert_int_equal(crypto_aead_seal(ccm[i], k, once, rd_text("x"), text, 0, tag), E_INTERNAL);
        assert_int_equal(crypto_aead_open(ccm[i], k, once, rd_text("x"), text, 0, tag), E_INTERNAL);
    }
}

static void aead_opens_nothing_that_was_changed(void **state)
{
    static const uint8_t key[AEAD_KEY_MAX] = {1}, nonce[AEAD_NONCE_MAX] = {2};

    (void)state;
    for (size_t i = 0; i < COUNT(all_aeads); i++)
        for (size_t n = 1; n < 40; n += 13)
            for (size_t bit = 0; bit <= (n + 4 + AEAD_TAG_SIZE) * 8; bit++) {
                enum aead a = all_aeads[i];
                struct rd k = rd_of(key, crypto_aead_key_size(a));
                struct rd once = rd_of(nonce, crypto_aead_nonce_size(a));
                uint8_t all[40 + 4 + AEAD_TAG_SIZE] = {0}; /* tag, extra, text */
                struct rd extra = rd_of(all + AEAD_TAG_SIZE, 4);
                uint8_t *text = all + AEAD_TAG_SIZE + 4;
                bool whole = bit == (n + 4 + AEAD_TAG_SIZE) * 8;

                assert_int_equal(crypto_aead_seal(a, k, once, extra, text, n, all), OK);
                if (!whole)
                    all[bit / 8] ^= (uint8_t)(1u << bit % 8);
                assert_int_equal(crypto_aead_open(a, k, once, extra, text, n, all),
                                 whole ? OK : E_SECURITY);
                assert_true(all_zero(text, n));
            }
}

static void aead_refuses_keys_and_nonces_of_another_size(void **state)
{
    static const uint8_t key[AEAD_KEY_MAX + 1] = {1}, nonce[AEAD_NONCE_MAX + 1] = {2};
    uint8_t tag[AEAD_TAG_SIZE], text[4];

    (void)state;
    for (size_t i = 0; i < COUNT(all_aeads); i++)
        for (size_t k = 0; k <= sizeof key; k++)
            for (size_t n = 0; n <= sizeof nonce; n++) {
                enum aead a = all_aeads[i];
                bool fits = k == crypto_aead_key_size(a) && n == crypto_aead_nonce_size(a);

                memset(text, 7, sizeof text);
                assert_int_equal(crypto_aead_seal(a, rd_of(key, k), rd_of(nonce, n), rd_text("x"),
                                                  text, sizeof text, tag),
                                 fits ? OK : E_INTERNAL);
                assert_int_equal(all_zero(text, sizeof text), !fits);
                assert_int_equal(crypto_aead_open(a, rd_of(key, k), rd_of(nonce, n), rd_text("x"),
                                                  text, sizeof text, tag),
                                 fits ? OK : E_INTERNAL);
            }
}

static void gmac_is_gcm_of_nothing(void **state)
{
    struct bytes key = hex("77be63708971c4e240d1cb79e8d77feb"), /* NIST GCMEncryptExtIV128 */
        nonce = hex("e0e00f19fed7ba0136a797f3"), data = hex("7a43ec1d9c0a5a78a0b16533a6213cab");
    uint8_t out[AES_BLOCK];

    (void)state;
    assert_int_equal(crypto_aes_gmac(view(&key), view(&nonce), view(&data), out), OK);
    assert_hex(out, sizeof out, "209fcc8d3675ed938e9c7166709dd946");
}

static void bad_view_gives_zeros_and_an_error(void **state)
{
    struct rd bad = {.bad = true}, good = rd_text("0123456789abcdef");
    uint8_t out[SHA512_SIZE + 1]; /* one more, to be left alone */

    (void)state;
#define refused(call, n)                \
    memset(out, 7, sizeof out);         \
    assert_int_equal(call, E_INTERNAL); \
    assert_true(all_zero(out, n));      \
    assert_int_equal(out[n], 7)
    refused(crypto_sha256(bad, out), SHA256_SIZE);
    refused(crypto_sha256_2(bad, good, out), SHA256_SIZE);
    refused(crypto_sha256_2(good, bad, out), SHA256_SIZE);
    refused(crypto_sha512_2(good, bad, out), SHA512_SIZE);
    refused(crypto_hmac_sha256(bad, good, out), SHA256_SIZE);
    refused(crypto_hmac_sha256(good, bad, out), SHA256_SIZE);
    refused(crypto_aes_cmac(bad, good, out), AES_BLOCK);
    refused(crypto_aes_cmac(good, bad, out), AES_BLOCK);
    refused(crypto_aes_gmac(good, bad, good, out), AES_BLOCK);
    refused(crypto_aes_gmac(good, rd_of("0123456789ab", 12), bad, out), AES_BLOCK);
    refused(crypto_kdf_sp800_108(bad, good, good, out, 40), 40);
    refused(crypto_kdf_sp800_108(good, bad, good, out, 40), 40);
    refused(crypto_kdf_sp800_108(good, good, bad, out, 40), 40);
#undef refused
}

static void random_bytes_differ(void **state)
{
    static uint8_t big[(1u << 20) + 40];
    uint8_t a[32], b[32];

    (void)state;
    assert_int_equal(crypto_random(a, sizeof a), OK);
    assert_int_equal(crypto_random(b, sizeof b), OK);
    assert_memory_not_equal(a, b, sizeof a);
    assert_int_equal(crypto_random(a, 0), OK);
    assert_int_equal(crypto_random(big, sizeof big), OK);
    assert_false(all_zero(big + (1u << 20), 40));
}

static void equal_means_every_byte(void **state)
{
    (void)state;
    assert_true(crypto_equal("abc", "abc", 3));
    assert_false(crypto_equal("abc", "abd", 3));
    assert_false(crypto_equal("xbc", "abc", 3));
    assert_true(crypto_equal("abc", "abd", 2));
    assert_true(crypto_equal("a", "b", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_the_standard_messages),
        cmocka_unit_test(digest_of_two_is_the_digest_of_both_joined),
        cmocka_unit_test(hmac_sha256_of_rfc_4231),
        cmocka_unit_test(hmac_takes_a_key_longer_than_a_block_and_an_empty_one),
        cmocka_unit_test(aes_cmac_of_rfc_4493),
        cmocka_unit_test(aes_cmac_refuses_a_key_of_another_size),
        cmocka_unit_test(smb_3_0_keys_are_derived_from_the_session_key),
        cmocka_unit_test(smb_3_1_1_keys_are_derived_from_the_preauthentication_hash),
        cmocka_unit_test(derived_key_is_the_blocks_joined_and_cut),
        cmocka_unit_test(aead_seals_and_opens_as_published),
        cmocka_unit_test(ccm_of_nothing_is_refused),
        cmocka_unit_test(aead_opens_nothing_that_was_changed),
        cmocka_unit_test(aead_refuses_keys_and_nonces_of_another_size),
        cmocka_unit_test(gmac_is_gcm_of_nothing),
        cmocka_unit_test(bad_view_gives_zeros_and_an_error),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(equal_means_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
