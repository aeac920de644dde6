#include "tests/support/sign_once.h"
#include "tests/unit/transport/hex.h"
#include "tests/vectors/smb_logon.h"
#include "transport/smb/keys.h"

static void kdf_is(const char *session_key, const void *label, size_t label_size, struct rd context,
                   const char *expected)
{
    struct blob key = blob_of(session_key);
    uint8_t out[SMB_KEY_SIZE];

    assert_int_equal(
        crypto_kdf_sp800_108(blob_view(&key), rd_of(label, label_size), context, out, sizeof out),
        OK);
    assert_bytes(rd_of(out, sizeof out), expected);
}

static void keys_of_smb_3_0_are_the_published_ones(void **state)
{
    (void)state;
    kdf_is(LOGON_3_0_SESSION_KEY, "SMB2AESCMAC", 12, rd_of("SmbSign", 8), LOGON_3_0_SIGNING_KEY);
    kdf_is(LOGON_3_0_SESSION_KEY, "SMB2AESCCM", 11, rd_of("ServerIn ", 10), LOGON_3_0_C2S_KEY);
    kdf_is(LOGON_3_0_SESSION_KEY, "SMB2AESCCM", 11, rd_of("ServerOut", 10), LOGON_3_0_S2C_KEY);
    kdf_is(LOGON_3_0_SESSION_KEY, "SMB2APP", 8, rd_of("SmbRpc", 7), LOGON_3_0_APP_KEY);
}

static void keys_of_smb_3_1_1_are_the_published_ones(void **state)
{
    struct blob hash = blob_of(LOGON_HASH_5);
    struct rd context = blob_view(&hash);

    (void)state;
    kdf_is(LOGON_SESSION_KEY, "SMBSigningKey", 14, context, LOGON_SIGNING_KEY);
    kdf_is(LOGON_SESSION_KEY, "SMBC2SCipherKey", 16, context, LOGON_C2S_KEY);
    kdf_is(LOGON_SESSION_KEY, "SMBS2CCipherKey", 16, context, LOGON_S2C_KEY);
    kdf_is(LOGON_SESSION_KEY, "SMBAppKey", 10, context, LOGON_APP_KEY);
}

static void hash_chain_of_a_logon_is_the_published_one(void **state)
{
    static const struct {
        const char *message;
        size_t size;
        const char *hash;
    } steps[] = {
        {LOGON_NEGOTIATE_REQUEST, 174, LOGON_HASH_1},
        {LOGON_NEGOTIATE_RESPONSE, 508, LOGON_HASH_2},
        {LOGON_SETUP_REQUEST_1, 162, LOGON_HASH_3},
        {LOGON_SETUP_RESPONSE_1, 251, LOGON_HASH_4},
        {LOGON_SETUP_REQUEST_2, 551, LOGON_HASH_5},
    };
    struct smb_preauth p = {{0}};

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct blob m = blob_of(steps[i].message);

        assert_int_equal(m.n, steps[i].size);
        assert_int_equal(smb_preauth_add(&p, blob_view(&m)), OK);
        assert_bytes(rd_of(p.hash, sizeof p.hash), steps[i].hash);
    }
}

static void signing_key_is_bound_to_the_hash(void **state)
{
    struct blob session = blob_of(LOGON_SESSION_KEY), hash = blob_of(LOGON_HASH_5);
    uint8_t key[SMB_KEY_SIZE];
    struct smb_preauth p;

    (void)state;
    memcpy(p.hash, hash.bytes, sizeof p.hash);
    assert_int_equal(smb_signing_key(SMB_DIALECT_3_1_1, blob_view(&session), &p, key), OK);
    assert_bytes(rd_of(key, sizeof key), LOGON_SIGNING_KEY);
    p.hash[0] ^= 1;
    assert_int_equal(smb_signing_key(SMB_DIALECT_3_1_1, blob_view(&session), &p, key), OK);
    assert_memory_not_equal(key, blob_of(LOGON_SIGNING_KEY).bytes, sizeof key);
}

static void signing_key_of_2_1_is_the_session_key_cut_or_filled_to_16(void **state)
{
    static const uint8_t session[20] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
    const struct smb_preauth p = {{0}};
    uint8_t key[SMB_KEY_SIZE];

    (void)state;
    assert_int_equal(smb_signing_key(SMB_DIALECT_2_1, rd_of(session, sizeof session), &p, key), OK);
    assert_memory_equal(key, session, sizeof key);
    assert_int_equal(smb_signing_key(SMB_DIALECT_2_1, rd_of(session, 5), &p, key), OK);
    assert_bytes(rd_of(key, sizeof key), "0102030405 0000000000000000000000");
    assert_int_equal(smb_signing_key(SMB_DIALECT_2_1, rd_of(session, 0), &p, key), OK);
    assert_bytes(rd_of(key, sizeof key), "00000000000000000000000000000000");
}

static void published_signature_of_the_last_answer_is_right(void **state)
{
    struct blob key = blob_of(LOGON_SIGNING_KEY), m = blob_of(LOGON_SETUP_RESPONSE_2);

    (void)state;
    assert_int_equal(sign_once(SMB_SIGN_AES_CMAC, key.bytes, m.bytes, m.n, true), OK);
    assert_bytes(blob_view(&m), LOGON_SETUP_RESPONSE_2); /* put back as it was */
    memset(m.bytes + SMB_SIGNATURE_AT, 0x55, SMB_SIGNATURE_SIZE);
    assert_int_equal(sign_once(SMB_SIGN_AES_CMAC, key.bytes, m.bytes, m.n, false), OK);
    assert_bytes(blob_view(&m), LOGON_SETUP_RESPONSE_2);
}

static void every_flipped_bit_breaks_the_signature(void **state)
{
    struct blob key = blob_of(LOGON_SIGNING_KEY), m = blob_of(LOGON_SETUP_RESPONSE_2);

    (void)state;
    for (size_t i = 0; i < m.n * 8; i++) {
        m.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_int_equal(sign_once(SMB_SIGN_AES_CMAC, key.bytes, m.bytes, m.n, true), E_SECURITY);
        m.bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
}

static void hmac_signature_is_checked_too(void **state)
{
    struct blob key = blob_of(LOGON_SIGNING_KEY), m = blob_of(LOGON_SETUP_RESPONSE_2);

    (void)state;
    assert_int_equal(sign_once(SMB_SIGN_HMAC_SHA256, key.bytes, m.bytes, m.n, true), E_SECURITY);
    assert_int_equal(sign_once(SMB_SIGN_HMAC_SHA256, key.bytes, m.bytes, m.n, false), OK);
    assert_int_equal(sign_once(SMB_SIGN_HMAC_SHA256, key.bytes, m.bytes, m.n, true), OK);
    m.bytes[m.n - 1] ^= 1;
    assert_int_equal(sign_once(SMB_SIGN_HMAC_SHA256, key.bytes, m.bytes, m.n, true), E_SECURITY);
}

static void less_than_a_header_cannot_be_signed(void **state)
{
    struct blob key = blob_of(LOGON_SIGNING_KEY), m = blob_of(LOGON_SETUP_RESPONSE_2);

    (void)state;
    assert_int_equal(sign_once(SMB_SIGN_AES_CMAC, key.bytes, m.bytes, SMB_HEADER_SIZE - 1, false),
                     E_FORMAT);
    assert_int_equal(sign_once(SMB_SIGN_AES_CMAC, key.bytes, m.bytes, SMB_HEADER_SIZE - 1, true),
                     E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_smb_3_0_are_the_published_ones),
        cmocka_unit_test(keys_of_smb_3_1_1_are_the_published_ones),
        cmocka_unit_test(hash_chain_of_a_logon_is_the_published_one),
        cmocka_unit_test(signing_key_is_bound_to_the_hash),
        cmocka_unit_test(signing_key_of_2_1_is_the_session_key_cut_or_filled_to_16),
        cmocka_unit_test(published_signature_of_the_last_answer_is_right),
        cmocka_unit_test(every_flipped_bit_breaks_the_signature),
        cmocka_unit_test(hmac_signature_is_checked_too),
        cmocka_unit_test(less_than_a_header_cannot_be_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
