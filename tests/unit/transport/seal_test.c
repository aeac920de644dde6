/* Encrypted messages and the signatures of AES-GMAC, on their own and through a connection. */
#include "base/clock.h"
#include "tests/support/sign_once.h"
#include "tests/support/smb_peer.h"
#include "tests/unit/transport/hex.h"
#include "tests/vectors/smb_logon.h"
#include "transport/smb/session.h"
#include "transport/smb/status.h"

#include <sys/socket.h>
#include <unistd.h>

#define SESSION 0x1122334455667788u
#define LONG_MS 10000

static const enum smb_cipher ciphers[] = {SMB_CIPHER_AES_128_CCM, SMB_CIPHER_AES_128_GCM,
                                          SMB_CIPHER_AES_256_CCM, SMB_CIPHER_AES_256_GCM};

/* The other side's seal: its keys are ours, the other way round. */
static struct smb_seal mirror(const struct smb_seal *s)
{
    struct smb_seal m = *s;

    memcpy(m.out_key, s->in_key, sizeof m.out_key);
    memcpy(m.in_key, s->out_key, sizeof m.in_key);
    m.sealed = 0;
    return m;
}

static struct smb_seal seal_of(enum smb_cipher cipher)
{
    struct smb_seal s = {.cipher = cipher, .on = true};

    memset(s.out_key, 0x11, sizeof s.out_key);
    memset(s.in_key, 0x22, sizeof s.in_key);
    return s;
}

static void message_is_sealed_and_opened_with_every_cipher(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ciphers); i++) {
        struct smb_seal here = seal_of(ciphers[i]), there = mirror(&here);
        struct rd message;
        struct wr w;

        wr_init(&w, 0);
        assert_int_equal(smb_seal_put(&here, SESSION, rd_text("hello"), &w), OK);
        assert_int_equal(w.used, SMB_SEAL_HEADER_SIZE + 5);
        assert_bytes(rd_of(w.bytes, 4), "fd534d42");
        assert_bytes(rd_of(w.bytes + 20, 32),
                     "0100000000000000 0000000000000000 05000000 0000 0100 8877665544332211");
        assert_int_equal(smb_seal_get(&there, SESSION, w.bytes, w.used, &message), OK);
        assert_true(rd_equal(message, rd_text("hello")));
        wr_fini(&w);
    }
}

static void no_nonce_comes_twice(void **state)
{
    struct smb_seal s = seal_of(SMB_CIPHER_AES_128_GCM);
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    assert_int_equal(smb_seal_put(&s, SESSION, rd_text("a"), &w), OK);
    wr_reset(&w);
    assert_int_equal(smb_seal_put(&s, SESSION, rd_text("a"), &w), OK);
    assert_bytes(rd_of(w.bytes + 20, 16), "02000000000000000000000000000000");
    s.sealed = UINT64_MAX;
    assert_int_equal(smb_seal_put(&s, SESSION, rd_text("a"), &w), E_LIMIT);
    wr_fini(&w);
}

/* The whole message, sealed, one byte of it changed, cut to n bytes, opened. */
static enum err opened_after(size_t at, uint8_t flip, size_t n, uint64_t session)
{
    struct smb_seal here = seal_of(SMB_CIPHER_AES_256_GCM), there = mirror(&here);
    struct rd message = {0};
    uint8_t *copy;
    struct wr w;
    enum err e;

    wr_init(&w, 0);
    assert_int_equal(smb_seal_put(&here, SESSION, rd_text("0123456789"), &w), OK);
    w.bytes[at] ^= flip;
    n = n < w.used ? n : w.used;
    copy = exact_copy(w.bytes, n);
    e = smb_seal_get(&there, session, copy, n, &message);
    assert_true((e == OK) == (message.left == 10));
    free(copy);
    wr_fini(&w);
    return e;
}

static void sealed_message_cut_or_changed_anywhere_is_refused(void **state)
{
    size_t whole = SMB_SEAL_HEADER_SIZE + 10;

    (void)state;
    assert_int_equal(opened_after(0, 0, whole, SESSION), OK);
    for (size_t n = 0; n < whole; n++)
        assert_int_equal(opened_after(0, 0, n, SESSION),
                         n < SMB_SEAL_HEADER_SIZE ? E_SHORT : E_FORMAT);
    for (size_t at = 0; at < whole; at++)
        for (unsigned bit = 0; bit < 8; bit++)
            assert_int_not_equal(opened_after(at, (uint8_t)(1u << bit), whole, SESSION), OK);
    assert_int_equal(opened_after(40, 1, whole, SESSION), E_SECURITY);
    assert_int_equal(opened_after(0, 0, whole, SESSION + 1), E_SECURITY);
}

static void keys_that_encrypt_are_the_published_ones(void **state)
{
    struct blob hash = blob_of(LOGON_HASH_5);
    struct blob session_3_0 = blob_of(LOGON_3_0_SESSION_KEY), session = blob_of(LOGON_SESSION_KEY);
    struct smb_seal s = {.cipher = SMB_CIPHER_AES_128_CCM};
    struct smb_preauth p;
    uint8_t key[SMB_KEY_SIZE];

    (void)state;
    memcpy(p.hash, hash.bytes, sizeof p.hash);
    assert_int_equal(smb_seal_keys(SMB_DIALECT_3_0, blob_view(&session_3_0), &p, &s), OK);
    assert_bytes(rd_of(s.out_key, 16), LOGON_3_0_C2S_KEY);
    assert_bytes(rd_of(s.in_key, 16), LOGON_3_0_S2C_KEY);
    assert_int_equal(smb_signing_key(SMB_DIALECT_3_0_2, blob_view(&session_3_0), &p, key), OK);
    assert_bytes(rd_of(key, sizeof key), LOGON_3_0_SIGNING_KEY);
    s.cipher = SMB_CIPHER_AES_128_GCM;
    assert_int_equal(smb_seal_keys(SMB_DIALECT_3_1_1, blob_view(&session), &p, &s), OK);
    assert_bytes(rd_of(s.out_key, 16), LOGON_C2S_KEY);
    assert_bytes(rd_of(s.in_key, 16), LOGON_S2C_KEY);
}

static void key_of_256_bits_takes_the_whole_session_key(void **state)
{
    struct smb_preauth p = {{0}};
    struct smb_seal a = {.cipher = SMB_CIPHER_AES_256_GCM}, b = a;
    uint8_t session[32] = {1};

    (void)state;
    assert_int_equal(smb_seal_keys(SMB_DIALECT_3_1_1, rd_of(session, 32), &p, &a), OK);
    session[31] = 1;
    assert_int_equal(smb_seal_keys(SMB_DIALECT_3_1_1, rd_of(session, 32), &p, &b), OK);
    assert_memory_not_equal(a.out_key, b.out_key, 32);
    a.cipher = b.cipher = SMB_CIPHER_AES_128_GCM;
    assert_int_equal(smb_seal_keys(SMB_DIALECT_3_1_1, rd_of(session, 32), &p, &b), OK);
    session[31] = 0;
    assert_int_equal(smb_seal_keys(SMB_DIALECT_3_1_1, rd_of(session, 32), &p, &a), OK);
    assert_memory_equal(a.out_key, b.out_key, 16);
}

/* MS-SMB2 3.1.4.1: the same bytes from the other side, or under another id, are signed otherwise;
 * computed here from its words. */
static void gmac_nonce_tells_who_sent_it(void **state)
{
    static const uint8_t key[SMB_KEY_SIZE] = {5};
    struct blob m = blob_of("FE534D42 4000 0100 00000000 0c00 0100 00000000 00000000"
                            "0807060504030201 00000000 00000000 0000000000000000"
                            "00000000000000000000000000000000 0400 0000");
    uint8_t expected[AES_BLOCK], nonce[12] = {8, 7, 6, 5, 4, 3, 2, 1, 0};

    (void)state;
    for (uint8_t who = 0; who < 4; who++) { /* 1: the server; 2: CANCEL */
        struct blob x = m;

        x.bytes[12] = who & 2 ? 12 : 5;
        x.bytes[16] = (uint8_t)(SMB_FLAG_SIGNED | (who & 1 ? SMB_FLAG_RESPONSE : 0));
        nonce[8] = who;
        assert_int_equal(crypto_aes_gmac(rd_of(key, sizeof key), rd_of(nonce, sizeof nonce),
                                         blob_view(&x), expected),
                         OK);
        assert_int_equal(sign_once(SMB_SIGN_AES_GMAC, key, x.bytes, x.n, false), OK);
        assert_memory_equal(x.bytes + SMB_SIGNATURE_AT, expected, sizeof expected);
        assert_int_equal(sign_once(SMB_SIGN_AES_GMAC, key, x.bytes, x.n, true), OK);
        x.bytes[24] ^= 1;
        assert_int_equal(sign_once(SMB_SIGN_AES_GMAC, key, x.bytes, x.n, true), E_SECURITY);
    }
}

/* What a host answers on an encrypted session. */
struct plan {
    uint32_t status;
    bool plain;
    bool interim;
    uint64_t session;
    uint8_t flip;
};

static void answer_put(struct wr *w, const struct plan *plan, struct smb_seal *seal,
                       struct smb_header h)
{
    struct wr inner;
    size_t from = w->used;

    wr_init(&inner, 0);
    smb_header_put(&inner, &h);
    wr_le16(&inner, 4);
    wr_le16(&inner, 0);
    wr_be32(w, 0);
    if (plan->plain)
        wr_view(w, wr_view_of(&inner));
    else
        assert_int_equal(smb_seal_put(seal, plan->session, wr_view_of(&inner), w), OK);
    wr_fill(w, (struct hole){.at = from + 1, .width = 3, .big_endian = true}, w->used - from - 4);
    wr_fini(&inner);
}

/* One exchange of a client whose session is encrypted, with a host that follows the plan. */
static enum err exchange_under(struct plan plan, const char *words)
{
    struct smb_connection c;
    struct smb_seal theirs;
    struct smb_answer a;
    struct why why = {0};
    struct smb_header h = {.command = SMB_CLOSE,
                           .status = plan.status,
                           .credits = 1,
                           .flags = SMB_FLAG_RESPONSE,
                           .session_id = SESSION};
    struct wr w;
    int ends[2];
    enum err e;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    smb_connection_init(&c, ends[0], clock_mono_ms() + LONG_MS);
    c.session_id = SESSION;
    c.secured = true;
    c.algorithm = SMB_SIGN_AES_CMAC;
    c.seal = seal_of(SMB_CIPHER_AES_128_GCM);
    theirs = mirror(&c.seal);
    if (plan.session == 0)
        plan.session = SESSION;
    wr_init(&w, 0);
    if (plan.interim) {
        struct smb_header pending = h;

        pending.status = STATUS_PENDING;
        pending.flags |= SMB_FLAG_ASYNC;
        answer_put(&w, &plan, &theirs, pending);
        h.flags |= SMB_FLAG_ASYNC;
    }
    answer_put(&w, &plan, &theirs, h);
    w.bytes[w.used - 1] ^= plan.flip;
    assert_true(peer_write(ends[1], w.bytes, w.used));
    wr_le16(smb_request(&c, SMB_CLOSE), 24);
    e = smb_exchange(&c, &a, &why);
    assert_true(c.broken == (e != OK));
    if (words != NULL)
        assert_non_null(strstr(why.text, words));
    smb_connection_fini(&c);
    (void)close(ends[1]);
    wr_fini(&w);
    return e;
}

static void encrypted_session_takes_encrypted_answers_only(void **state)
{
    (void)state;
    assert_int_equal(exchange_under((struct plan){.status = STATUS_ACCESS_DENIED}, NULL), OK);
    assert_int_equal(exchange_under((struct plan){.interim = true}, NULL), OK);
    assert_int_equal(exchange_under((struct plan){.plain = true}, "not encrypted"), E_SECURITY);
    assert_int_equal(exchange_under((struct plan){.plain = true, .interim = true}, "not encrypted"),
                     E_SECURITY);
    assert_int_equal(exchange_under((struct plan){.flip = 1}, "changed"), E_SECURITY);
    assert_int_equal(exchange_under((struct plan){.session = 1}, "another session"), E_SECURITY);
    assert_int_equal(
        exchange_under((struct plan){.plain = true, .status = STATUS_USER_SESSION_DELETED}, NULL),
        OK); /* a host that lost the session lost its key */
}

static void encryption_that_was_not_negotiated_cannot_begin(void **state)
{
    struct smb_connection c = {.fd = -1, .dialect = SMB_DIALECT_2_1};
    struct why why = {0};

    (void)state;
    assert_int_equal(smb_session_seal(&c, "the settings demand", &why), E_UNSUPPORTED);
    assert_non_null(strstr(why.text, "the settings demand SMB encryption"));
    assert_non_null(strstr(why.text, "2.1.0"));
    assert_false(c.seal.on);
    c.seal.cipher = SMB_CIPHER_AES_128_CCM;
    assert_int_equal(smb_session_seal(&c, "", &why), OK);
    assert_true(c.seal.on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_is_sealed_and_opened_with_every_cipher),
        cmocka_unit_test(no_nonce_comes_twice),
        cmocka_unit_test(sealed_message_cut_or_changed_anywhere_is_refused),
        cmocka_unit_test(keys_that_encrypt_are_the_published_ones),
        cmocka_unit_test(key_of_256_bits_takes_the_whole_session_key),
        cmocka_unit_test(gmac_nonce_tells_who_sent_it),
        cmocka_unit_test(encrypted_session_takes_encrypted_answers_only),
        cmocka_unit_test(encryption_that_was_not_negotiated_cannot_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
