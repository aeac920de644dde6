/* SMB 2 messages, encoders above decoders as in the files under test. */
#include "tests/unit/transport/hex.h"
#include "tests/vectors/smb_logon.h"
#include "transport/smb/close.h"
#include "transport/smb/ioctl.h"
#include "transport/smb/negotiate.h"
#include "transport/smb/read_write.h"
#include "transport/smb/session.h"
#include "transport/smb/status.h"
#include "transport/smb/tree.h"
#include "transport/smb/validate.h"

#define HEADER                                                                 \
    "FE534D42 4000 0100 00000000 0000 0100 01000000 00000000 0100000000000000" \
    "FFFE0000 00000000 0000000000000000 00000000000000000000000000000000"

static const struct smb_file_id id = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
#define ID "0102030405060708090a0b0c0d0e0f10"

static void written(struct wr *w, const char *expected)
{
    assert_int_equal(wr_end(w), OK);
    assert_bytes(wr_view_of(w), expected);
    wr_fini(w);
}

static struct wr writer(void)
{
    struct wr w;

    wr_init(&w, 0);
    return w;
}

static void header_goes_out_and_comes_back(void **state)
{
    const struct smb_header h = {.credit_charge = 1,
                                 .command = SMB_IOCTL,
                                 .credits = 32,
                                 .message_id = 0x0102030405060708,
                                 .tree_id = 9,
                                 .session_id = 10};
    struct wr w = writer();
    struct smb_header back;
    struct rd r;

    (void)state;
    smb_header_put(&w, &h);
    r = wr_view_of(&w);
    assert_int_equal(smb_header_get(&r, &back), OK);
    assert_int_equal(r.left, 0);
    assert_memory_equal(&back, &h, sizeof h);
    written(&w, "FE534D42 4000 0100 00000000 0b00 2000 00000000 00000000 0807060504030201"
                "00000000 09000000 0a00000000000000 00000000000000000000000000000000");
}

static void header_of_an_interim_answer_has_an_async_id(void **state)
{
    struct blob m =
        blob_of("FE534D42 4000 0100 03010000 0b00 2000 03000000 00000000 0500000000000000"
                "1122334455667788 0a00000000000000 00000000000000000000000000000000");
    struct rd r = blob_view(&m);
    struct smb_header h;

    (void)state;
    assert_int_equal(smb_header_get(&r, &h), OK);
    assert_int_equal(h.status, STATUS_PENDING);
    assert_true(h.async_id == 0x8877665544332211u);
    assert_int_equal(h.tree_id, 0);
}

static void header_refuses_what_is_cut_or_not_smb_2(void **state)
{
    struct blob m = blob_of(HEADER);
    struct smb_header h;
    struct rd r;

    (void)state;
    for (size_t n = 0; n < SMB_HEADER_SIZE; n++) {
        uint8_t *cut = exact_copy(m.bytes, n);

        r = rd_of(cut, n);
        assert_int_equal(smb_header_get(&r, &h), E_SHORT);
        free(cut);
    }
    m.bytes[0] = 0xff;
    r = blob_view(&m);
    assert_int_equal(smb_header_get(&r, &h), E_FORMAT);
    m = blob_of(HEADER);
    m.bytes[4] = 65;
    r = blob_view(&m);
    assert_int_equal(smb_header_get(&r, &h), E_FORMAT);
}

static void negotiate_offers_every_dialect_and_demands_signing(void **state)
{
    struct smb_negotiate_request q;
    struct wr w = writer();

    (void)state;
    memset(q.client_guid, 0xaa, sizeof q.client_guid);
    memset(q.salt, 0xbb, sizeof q.salt);
    wr_zeros(&w, SMB_HEADER_SIZE);
    smb_negotiate_put(&w, 0, &q);
    assert_int_equal(wr_end(&w), OK);
    assert_bytes(rd_at(wr_view_of(&w), SMB_HEADER_SIZE, w.used - SMB_HEADER_SIZE),
                 "2400 0500 0300 0000 44000000 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 70000000 0300 0000"
                 "0202 1002 0003 0203 1103 0000"
                 "0100 2600 00000000 0100 2000 0100"
                 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb 0000"
                 "0200 0a00 00000000 0400 0400 0200 0300 0100 000000000000"
                 "0800 0800 00000000 0300 0200 0100 0000");
    wr_fini(&w);
}

static void published_negotiation_is_read(void **state)
{
    struct blob m = blob_of(LOGON_NEGOTIATE_RESPONSE);
    struct smb_negotiated n;

    (void)state;
    assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), OK);
    assert_int_equal(n.dialect, SMB_DIALECT_3_1_1);
    assert_int_equal(n.security_mode, 1);
    assert_bytes(rd_of(n.server_guid, sizeof n.server_guid), "39CBCAF329714942BDCE5D60F09AB3FB");
    assert_int_equal(n.transact_max, 8388608);
    assert_true(n.system_time == 0x01D0AECBADE5DAD8u);
    assert_true(n.start_time == 0x01D0AE95B04A0909u);
    assert_int_equal(n.algorithm, SMB_SIGN_AES_CMAC); /* no context: CMAC */
    assert_int_equal(n.cipher, SMB_CIPHER_AES_128_GCM);
}

static void negotiation_cut_anywhere_is_refused(void **state)
{
    struct blob m = blob_of(LOGON_NEGOTIATE_RESPONSE);
    struct smb_negotiated n;

    (void)state;
    for (size_t cut = 0; cut < m.n; cut++) {
        uint8_t *copy = exact_copy(m.bytes, cut);

        assert_int_not_equal(smb_negotiate_get(rd_of(copy, cut), &n, NULL), OK);
        free(copy);
    }
}

/* Where things are in the published answer. */
enum {
    FIXED = SMB_HEADER_SIZE,
    HASH = 448,
    CIPHER = 448 + 48
};

static enum err negotiated_with(size_t at, uint8_t byte)
{
    struct blob m = blob_of(LOGON_NEGOTIATE_RESPONSE);
    struct smb_negotiated n;

    m.bytes[at] = byte;
    return smb_negotiate_get(blob_view(&m), &n, NULL);
}

static void negotiation_that_chose_what_was_not_offered_is_refused(void **state)
{
    (void)state;
    assert_int_equal(negotiated_with(FIXED, 64), E_FORMAT);
    assert_int_equal(negotiated_with(FIXED + 4, 0x01), E_PROTOCOL); /* dialect 3.0.1 */
    assert_int_equal(negotiated_with(FIXED + 4, 0xff), E_PROTOCOL); /* "2.???" of SMB 1 */
    assert_int_equal(negotiated_with(FIXED + 5, 0x02), E_PROTOCOL); /* dialect 2.17 */
    assert_int_equal(negotiated_with(FIXED + 6, 0), E_PROTOCOL);    /* no contexts */
    assert_int_equal(negotiated_with(FIXED + 6, 3), E_SHORT);       /* one too many */
    assert_int_equal(negotiated_with(FIXED + 7, 0xff), E_FORMAT);   /* far too many */
    assert_int_equal(negotiated_with(FIXED + 59, 0xff), E_SHORT);   /* token beyond the end */
    assert_int_equal(negotiated_with(HASH + 8, 2), E_PROTOCOL);     /* two hashes chosen */
    assert_int_equal(negotiated_with(HASH + 12, 2), E_PROTOCOL);    /* another hash */
    assert_int_equal(negotiated_with(HASH + 10, 0x21), E_SHORT);    /* salt beyond its context */
    assert_int_equal(negotiated_with(HASH, 3), E_PROTOCOL);         /* no hash at all */
    assert_int_equal(negotiated_with(CIPHER, 1), E_PROTOCOL);       /* two integrity contexts */
    assert_int_equal(negotiated_with(CIPHER + 8, 2), E_PROTOCOL);   /* two ciphers chosen */
    assert_int_equal(negotiated_with(CIPHER + 10, 5), E_PROTOCOL);  /* another cipher */
    assert_int_equal(negotiated_with(CIPHER + 2, 3), E_SHORT);      /* half a number */
    assert_int_equal(negotiated_with(HASH, 2), E_PROTOCOL);         /* no cipher list there */
}

static void signing_context_chooses_the_signature(void **state)
{
    struct blob m = blob_of(LOGON_NEGOTIATE_RESPONSE);
    struct smb_negotiated n;

    (void)state;
    m.bytes[CIPHER] = 8;
    m.bytes[CIPHER + 10] = SMB_SIGN_HMAC_SHA256;
    assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), OK);
    assert_int_equal(n.algorithm, SMB_SIGN_HMAC_SHA256);
    m.bytes[CIPHER + 10] = SMB_SIGN_AES_CMAC;
    assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), OK);
    assert_int_equal(n.algorithm, SMB_SIGN_AES_CMAC);
    assert_int_equal(n.cipher, SMB_CIPHER_NONE);
    m.bytes[CIPHER + 10] = SMB_SIGN_AES_GMAC;
    assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), OK);
    assert_int_equal(n.algorithm, SMB_SIGN_AES_GMAC);
    m.bytes[CIPHER + 10] = 3;
    assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), E_PROTOCOL);
    m.bytes[CIPHER + 10] = SMB_SIGN_AES_CMAC;
    m.bytes[CIPHER + 8] = 2; /* a list, not a choice */
    assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), E_PROTOCOL);
}

static void cipher_is_what_the_host_chose(void **state)
{
    struct blob m = blob_of(LOGON_NEGOTIATE_RESPONSE);
    struct smb_negotiated n;

    (void)state;
    for (uint8_t cipher = 0; cipher <= 4; cipher++) {
        m.bytes[CIPHER + 10] = cipher;
        assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), OK);
        assert_int_equal(n.cipher, cipher);
    }
}

static void older_dialects_have_their_own_signature_and_cipher(void **state)
{
    static const struct {
        uint8_t low, high, capabilities;
        enum smb_sign_algorithm algorithm;
        enum smb_cipher cipher;
    } cases[] = {
        {0x02, 0x02, 0x44, SMB_SIGN_HMAC_SHA256, SMB_CIPHER_NONE},
        {0x10, 0x02, 0x44, SMB_SIGN_HMAC_SHA256, SMB_CIPHER_NONE},
        {0x00, 0x03, 0x04, SMB_SIGN_AES_CMAC, SMB_CIPHER_NONE},
        {0x00, 0x03, 0x44, SMB_SIGN_AES_CMAC, SMB_CIPHER_AES_128_CCM},
        {0x02, 0x03, 0x44, SMB_SIGN_AES_CMAC, SMB_CIPHER_AES_128_CCM},
    };
    struct blob m = blob_of(LOGON_NEGOTIATE_RESPONSE);
    struct smb_negotiated n;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        m.bytes[FIXED + 4] = cases[i].low;
        m.bytes[FIXED + 5] = cases[i].high;
        m.bytes[FIXED + 24] = cases[i].capabilities;
        assert_int_equal(smb_negotiate_get(blob_view(&m), &n, NULL), OK);
        assert_int_equal(n.algorithm, cases[i].algorithm);
        assert_int_equal(n.cipher, cases[i].cipher);
    }
}

static void validation_is_written_and_read(void **state)
{
    struct blob m = blob_of("44000000 0102030405060708090a0b0c0d0e0f10 0300 1103");
    struct smb_negotiated n;
    struct wr w = writer();

    (void)state;
    smb_validate_put(&w, id.bytes);
    written(&w, "44000000" ID "0300 0500 0202 1002 0003 0203 1103");
    for (size_t cut = 0; cut < m.n; cut++) {
        uint8_t *copy = exact_copy(m.bytes, cut);

        assert_int_equal(smb_validate_get(rd_of(copy, cut), &n), E_SHORT);
        free(copy);
    }
    assert_int_equal(smb_validate_get(blob_view(&m), &n), OK);
    assert_int_equal(n.capabilities, 0x44);
    assert_int_equal(n.security_mode, 3);
    assert_int_equal(n.dialect, SMB_DIALECT_3_1_1);
    assert_memory_equal(n.server_guid, id.bytes, sizeof n.server_guid);
    assert_int_equal(smb_validate_get(rd_of(m.bytes, m.n + 1), &n), E_FORMAT);
}

static void session_setup_is_written_and_read(void **state)
{
    struct blob m = blob_of(LOGON_SETUP_RESPONSE_1);
    struct smb_session_reply reply;
    struct wr w = writer();

    (void)state;
    smb_session_setup_put(&w, rd_text("TOKEN"));
    written(&w, "1900 00 02 00000000 00000000 5800 0500 0000000000000000 544f4b454e");
    assert_int_equal(smb_session_setup_get(blob_view(&m), &reply), OK);
    assert_int_equal(reply.flags, 0);
    assert_int_equal(reply.token.left, 0xb3);
    for (size_t n = 0; n < m.n; n++) {
        uint8_t *copy = exact_copy(m.bytes, n);

        assert_int_equal(smb_session_setup_get(rd_of(copy, n), &reply), E_SHORT);
        free(copy);
    }
    m.bytes[SMB_HEADER_SIZE] = 8;
    assert_int_equal(smb_session_setup_get(blob_view(&m), &reply), E_FORMAT);
}

static void tree_connect_is_written_and_read(void **state)
{
    struct blob m = blob_of("1000 02 00 30000000 00000000 ff011f00");
    struct smb_tree_reply reply;
    struct wr w = writer();

    (void)state;
    smb_tree_connect_put(&w, "\\\\h\\IPC$");
    written(&w, "0900 0000 4800 1000 5c005c0068005c00490050004300 2400");
    assert_int_equal(smb_tree_connect_get(blob_view(&m), &reply), OK);
    assert_int_equal(reply.type, 2);
    assert_int_equal(reply.flags, 0x30);
    for (size_t n = 0; n < m.n; n++)
        assert_int_equal(smb_tree_connect_get(rd_of(m.bytes, n), &reply), E_SHORT);
    m.bytes[0] = 9;
    assert_int_equal(smb_tree_connect_get(blob_view(&m), &reply), E_FORMAT);
}

static void create_is_written_and_read(void **state)
{
    struct blob m =
        blob_of("5900 00 00 01000000 0000000000000000 0000000000000000 0000000000000000"
                "0000000000000000 0010000000000000 0000000000000000 80000000 00000000" ID
                "00000000 00000000");
    struct smb_file_id got;
    struct wr w = writer();

    (void)state;
    smb_create_put(&w, "winreg");
    written(&w, "3900 00 00 02000000 0000000000000000 0000000000000000 9f011200 00000000 07000000"
                "01000000 40000000 7800 0c00 00000000 00000000 770069006e00720065006700");
    assert_int_equal(smb_create_get(blob_view(&m), &got), OK);
    assert_memory_equal(got.bytes, id.bytes, sizeof id.bytes);
    for (size_t n = 0; n < m.n; n++)
        assert_int_equal(smb_create_get(rd_of(m.bytes, n), &got), E_SHORT);
    m.bytes[0] = 9;
    assert_int_equal(smb_create_get(blob_view(&m), &got), E_FORMAT);
    w = writer();
    smb_close_put(&w, &id);
    written(&w, "1800 0000 00000000" ID);
}

static void transceive_is_written_and_read(void **state)
{
    struct blob m = blob_of(HEADER "3100 0000 17c01100" ID "70000000 00000000 70000000 03000000"
                                   "00000000 00000000 aabbcc");
    struct wr w = writer();
    struct rd data;

    (void)state;
    smb_transceive_put(&w, &id, rd_text("abc"), 65536);
    written(&w, "3900 0000 17c01100" ID "78000000 03000000 00000000 00000000 00000000 00000100"
                "01000000 00000000 616263");
    assert_int_equal(smb_transceive_get(blob_view(&m), &data), OK);
    assert_bytes(data, "aabbcc");
    for (size_t n = 0; n < m.n; n++)
        assert_int_equal(smb_transceive_get(rd_of(m.bytes, n), &data), E_SHORT);
    m.bytes[SMB_HEADER_SIZE + 4] = 0x18; /* another control code */
    assert_int_equal(smb_transceive_get(blob_view(&m), &data), E_FORMAT);
}

static void transceive_with_a_lying_length_is_short(void **state)
{
    struct blob m = blob_of(HEADER "3100 0000 17c01100" ID "70000000 00000000 70000000 04000000"
                                   "00000000 00000000 aabbcc");
    struct rd data;

    (void)state;
    assert_int_equal(smb_transceive_get(blob_view(&m), &data), E_SHORT);
    m = blob_of(HEADER "3100 0000 17c01100" ID
                       "70000000 00000000 ffffffff ffffffff 00000000 00000000");
    assert_int_equal(smb_transceive_get(blob_view(&m), &data), E_SHORT);
    m = blob_of(HEADER "3100 0000 17c01100" ID
                       "70000000 00000000 00000000 00000000 00000000 00000000");
    assert_int_equal(smb_transceive_get(blob_view(&m), &data), OK);
    assert_int_equal(data.left, 0);
}

static void read_and_write_are_written_and_read(void **state)
{
    struct blob m = blob_of(HEADER "1100 50 00 02000000 00000000 00000000 aabb");
    struct blob written_reply = blob_of("1100 0000 05000000 00000000 0000 0000");
    struct wr w = writer();
    uint32_t count = 0;
    struct rd data;

    (void)state;
    smb_read_put(&w, &id, 4280);
    written(&w,
            "3100 50 00 b8100000 0000000000000000" ID "00000000 00000000 00000000 0000 0000 00");
    assert_int_equal(smb_read_get(blob_view(&m), &data), OK);
    assert_bytes(data, "aabb");
    for (size_t n = 0; n < m.n; n++)
        assert_int_equal(smb_read_get(rd_of(m.bytes, n), &data), E_SHORT);
    w = writer();
    smb_write_put(&w, &id, rd_text("hello"));
    written(&w, "3100 7000 05000000 0000000000000000" ID
                "00000000 00000000 0000 0000 00000000 68656c6c6f");
    assert_int_equal(smb_write_get(blob_view(&written_reply), &count), OK);
    assert_int_equal(count, 5);
    for (size_t n = 0; n < written_reply.n; n++)
        assert_int_equal(smb_write_get(rd_of(written_reply.bytes, n), &count), E_SHORT);
}

static void statuses_tell_who_from_what_from_when(void **state)
{
    struct why why = {0};

    (void)state;
    assert_int_equal(smb_status_fail(&why, 0xC000006Du), E_AUTH);
    assert_string_equal(why.native_name, "STATUS_LOGON_FAILURE");
    assert_int_equal(why.native, 0xC000006Du);
    assert_int_equal(smb_status_fail(&why, 0xC0000234u), E_AUTH);
    assert_non_null(strstr(why.text, "locked out"));
    assert_int_equal(smb_status_fail(&why, 0xC0000071u), E_AUTH);
    assert_non_null(strstr(why.text, "expired"));
    assert_int_equal(smb_status_fail(&why, 0xC0000072u), E_AUTH);
    assert_non_null(strstr(why.text, "disabled"));
    assert_int_equal(smb_status_fail(&why, 0xC000015Bu), E_DENIED);
    assert_non_null(strstr(why.text, "over the network"));
    assert_int_equal(smb_status_fail(&why, 0xC0000418u), E_UNSUPPORTED);
    assert_non_null(strstr(why.text, "NTLM"));
    assert_int_equal(smb_status_fail(&why, STATUS_ACCESS_DENIED), E_DENIED);
    assert_int_equal(smb_status_fail(&why, STATUS_PIPE_NOT_AVAILABLE), E_UNAVAILABLE);
    assert_int_equal(smb_status_fail(&why, STATUS_USER_SESSION_DELETED), E_CUT);
    assert_int_equal(smb_status_fail(&why, 0xC0FFEE00u), E_REFUSED);
    assert_string_equal(why.native_name, "");
    assert_int_equal(why.native, 0xC0FFEE00u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_goes_out_and_comes_back),
        cmocka_unit_test(header_of_an_interim_answer_has_an_async_id),
        cmocka_unit_test(header_refuses_what_is_cut_or_not_smb_2),
        cmocka_unit_test(negotiate_offers_every_dialect_and_demands_signing),
        cmocka_unit_test(published_negotiation_is_read),
        cmocka_unit_test(negotiation_cut_anywhere_is_refused),
        cmocka_unit_test(negotiation_that_chose_what_was_not_offered_is_refused),
        cmocka_unit_test(signing_context_chooses_the_signature),
        cmocka_unit_test(cipher_is_what_the_host_chose),
        cmocka_unit_test(older_dialects_have_their_own_signature_and_cipher),
        cmocka_unit_test(validation_is_written_and_read),
        cmocka_unit_test(session_setup_is_written_and_read),
        cmocka_unit_test(tree_connect_is_written_and_read),
        cmocka_unit_test(create_is_written_and_read),
        cmocka_unit_test(transceive_is_written_and_read),
        cmocka_unit_test(transceive_with_a_lying_length_is_short),
        cmocka_unit_test(read_and_write_are_written_and_read),
        cmocka_unit_test(statuses_tell_who_from_what_from_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
