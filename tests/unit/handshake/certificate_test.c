/* Whole handshakes with servers in memory: what is seen of good and bad certificates. */
#include "base/text.h"
#include "tests/unit/handshake/whole_place.h"

#include <openssl/ocsp.h>

static void good_chain_is_trusted_and_told(void **state)
{
    struct memory_server s = server(*state);
    struct whole_options o = options(*state);
    struct handshake_seen seen = memory_talk(&s, &o);
    assert_int_equal(seen.outcome, HANDSHAKE_DONE);
    assert_int_equal(seen.version, TLS_1_2);
    assert_string_equal(seen.reason, "");
    assert_int_equal(seen.trust, TRUST_OK);
    assert_string_equal(seen.trust_why, "");
    assert_true(seen.name_matches);
    assert_int_equal(seen.n_chain, 2);
    const struct certificate *c = &seen.chain[0];
    assert_string_equal(c->subject, "CN=" NAME);
    assert_string_equal(c->issuer, "CN=Middle");
    assert_string_equal(c->names, "web.fleet.test *.wild.test 127.53.0.1 ::1");
    assert_int_equal(strlen(c->sha256), 64);
    assert_int_equal(strlen(c->sha1), 40);
    assert_int_equal(c->not_before, PKI_NOW - PKI_DAY);
    assert_int_equal(c->not_after, PKI_NOW + PKI_DAY);
    assert_string_equal(c->key, "RSA");
    assert_int_equal(c->key_bits, 2048);
    assert_string_equal(c->signature, "sha256WithRSAEncryption");
    assert_string_equal(c->hash, "SHA256");
    assert_true(c->server_auth);
    assert_false(c->self_signed);
    assert_int_equal(seen.chain[1].key_bits, 1024);
    assert_int_equal(seen.staple, STAPLE_NONE);
    assert_false(seen.certificate_asked);
    assert_string_equal(seen.group, "X25519");
    handshake_seen_fini(&seen);
}

static void every_version_is_spoken(void **state)
{
    static const int wire[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < COUNT(wire); i++)
        for (int tickets = 0; tickets < 2; tickets++) {
            struct memory_server s = server(*state);
            struct whole_options o = options(*state);
            s.lowest = s.highest = wire[i];
            s.tickets = tickets;
            struct handshake_seen seen = memory_talk(&s, &o);
            assert_int_equal(seen.outcome, HANDSHAKE_DONE);
            assert_int_equal(seen.version, TLS_1_0 + (int)i);
            assert_int_equal(seen.trust, TRUST_OK);
            assert_false(seen.alerted);
            handshake_seen_fini(&seen);
        }
}

/* What is not said: trusted, for the name, RSA with 2048 bits, SHA256, a server's. */
struct leaf_case {
    struct pki_ask ask;
    bool self_signed, alone; /* alone: without the intermediate */
    enum trust trust;
    const char *trust_why, *name_why, *key;
    unsigned bits;
    const char *hash;
    bool no_server_auth;
};

static bool says(const char *text, const char *want)
{
    return want ? strstr(text, want) != NULL : text[0] == '\0';
}

static void leaf_is_told(const struct place *p, const struct leaf_case *k)
{
    struct pki leaf = pki_make(&k->ask, k->self_signed ? NULL : &p->mid);
    struct memory_server s = server(p);
    struct whole_options o = options(p);
    s.leaf = &leaf;
    s.n_chain = k->alone || k->self_signed ? 0 : 1;
    struct handshake_seen seen = memory_talk(&s, &o);
    if (seen.outcome != HANDSHAKE_DONE)
        fail_msg("%s: %s: %s", k->ask.subject, handshake_outcome_word(seen.outcome), seen.reason);
    if (seen.trust != (k->trust ? k->trust : TRUST_OK) || !says(seen.trust_why, k->trust_why))
        fail_msg("%s: %s, %s", k->ask.subject, trust_word(seen.trust), seen.trust_why);
    if (seen.name_matches == (k->name_why != NULL) || !says(seen.name_why, k->name_why))
        fail_msg("%s: %s", k->ask.subject, seen.name_why);
    assert_string_equal(seen.chain[0].key, k->key ? k->key : "RSA");
    assert_int_equal(seen.chain[0].key_bits, k->bits ? k->bits : 2048);
    assert_string_equal(seen.chain[0].hash, k->hash ? k->hash : "SHA256");
    assert_int_equal(seen.chain[0].server_auth, !k->no_server_auth);
    assert_int_equal(seen.chain[0].self_signed, k->self_signed);
    handshake_seen_fini(&seen);
    pki_fini(&leaf);
}

static void each_kind_of_leaf_is_told(void **state)
{
#define ALONE .self_signed = true, .trust = TRUST_SELF_SIGNED, .trust_why = "self-signed"
    static const struct leaf_case cases[] = {
        {.ask = {.subject = "expired", .names = SAN, .from = PKI_NOW - 99, .until = PKI_NOW - 1},
         .trust = TRUST_TIME,
         .trust_why = "certificate has expired: CN=expired"},
        {.ask = {.subject = "early", .names = SAN, .from = PKI_NOW + 9},
         .trust = TRUST_TIME,
         .trust_why = "not yet valid"},
        {.ask = {.subject = "other", .names = "DNS:other.test"},
         .name_why = "it is for other.test, not for " NAME},
        {.ask = {.subject = NAME}, .name_why = "names no host but in its subject"},
        {.ask = {.subject = "nobody"}, .name_why = "names no host; its subject is CN=nobody"},
        {.ask = {.subject = "self", .names = SAN}, ALONE},
        {.ask = {.subject = "alone", .names = SAN},
         .alone = true,
         .trust = TRUST_PARTIAL,
         .trust_why = "the issuer was not sent and is not known here: CN=Middle"},
        {.ask = {.subject = "sha1", .names = SAN, .hash = "SHA1"}, .hash = "SHA1"},
        {.ask = {.subject = "md5", .names = SAN, .hash = "MD5"}, .hash = "MD5"},
        {.ask = {.subject = "sha512", .names = SAN, .hash = "SHA512"}, .hash = "SHA512"},
        {.ask = {.subject = "short", .names = SAN, .bits = 1024}, .bits = 1024},
        {.ask = {.subject = "tiny", .names = SAN, .bits = 512}, .bits = 512},
        {.ask = {.subject = "ec", .names = SAN, .kind = "EC"}, .key = "ECDSA P-256", .bits = 256},
        {.ask = {.subject = "ec384", .names = SAN, .kind = "EC", .curve = "P-384"},
         .key = "ECDSA P-384",
         .bits = 384},
        {.ask = {.subject = "ed", .names = SAN, .kind = "ED25519"}, .key = "Ed25519", .bits = 256},
        {.ask = {.subject = "ed self", .names = SAN, .kind = "ED25519", .hash = ""},
         ALONE,
         .key = "Ed25519",
         .bits = 256,
         .hash = ""},
        {.ask = {.subject = "client", .names = SAN, .eku = "clientAuth"},
         .trust = TRUST_BAD,
         .trust_why = "unsuitable certificate purpose",
         .no_server_auth = true},
        {.ask = {.subject = "any", .names = SAN, .eku = "anyExtendedKeyUsage,serverAuth"}},
        {.ask = {.subject = "b\x1b[31m\nd", .names = SAN, .from = PKI_NOW + 9},
         .trust = TRUST_TIME,
         .trust_why = "not yet valid: CN=b\\"},
    };
#undef ALONE
    for (size_t i = 0; i < COUNT(cases); i++)
        leaf_is_told(*state, &cases[i]);
}

static void unknown_root_is_told_by_its_name(void **state)
{
    static const struct pki_ask other = {.subject = "Stranger", .ca = true, .bits = 1024},
                                leaf = {.subject = "x", .names = SAN};
    struct pki root = pki_make(&other, NULL), child = pki_make(&leaf, &root);
    struct memory_server s = server(*state);
    struct whole_options o = options(*state);
    s.leaf = &child;
    s.chain[0] = &root;
    struct handshake_seen seen = memory_talk(&s, &o);
    assert_int_equal(seen.trust, TRUST_UNKNOWN_ROOT);
    assert_non_null(strstr(seen.trust_why, "CN=Stranger"));
    handshake_seen_fini(&seen);
    o.anchors = NULL;
    seen = memory_talk(&s, &o);
    assert_int_equal(seen.trust, TRUST_NOT_KNOWN);
    handshake_seen_fini(&seen);
    pki_fini(&root);
    pki_fini(&child);
}

static void names_are_compared_as_clients_do(void **state)
{
    static const struct {
        const char *name;
        bool matches;
    } cases[] = {
        {"web.fleet.test", true},
        {"WEB.Fleet.Test.", true},
        {"a.wild.test", true},
        {"a.b.wild.test", false},
        {"wild.test", false},
        {"127.53.0.1", true},
        {"127.53.0.2", false},
        {"::1", true},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct memory_server s = server(*state);
        struct whole_options o = options(*state);
        o.name = cases[i].name;
        struct handshake_seen seen = memory_talk(&s, &o);
        assert_true(seen.name_asked);
        if (seen.name_matches != cases[i].matches)
            fail_msg("%s", cases[i].name);
        handshake_seen_fini(&seen);
    }
}

static void staple_is_believed_only_when_the_issuer_signed_it(void **state)
{
    struct place *p = *state;
    static const struct pki_ask signer = {.subject = "OCSP", .eku = "OCSPSigning", .bits = 1024},
                                none = {.subject = "no right", .bits = 1024};
    struct pki delegated = pki_make(&signer, &p->mid), wrong = pki_make(&none, &p->mid);
    const struct {
        const struct pki *about, *by;
        int status;
        int64_t shift;
        enum staple staple;
        const char *why;
    } cases[] = {
        {&p->leaf, &p->mid, V_OCSP_CERTSTATUS_GOOD, 0, STAPLE_GOOD, ""},
        {&p->leaf, &delegated, V_OCSP_CERTSTATUS_GOOD, 0, STAPLE_GOOD, ""},
        {&p->leaf, &p->mid, V_OCSP_CERTSTATUS_REVOKED, 0, STAPLE_REVOKED, "keyCompromise"},
        {&p->leaf, &p->mid, V_OCSP_CERTSTATUS_UNKNOWN, 0, STAPLE_UNKNOWN, ""},
        {&p->leaf, &p->mid, V_OCSP_CERTSTATUS_GOOD, -PKI_DAY - 3600, STAPLE_BAD, "out of date"},
        {&p->leaf, &wrong, V_OCSP_CERTSTATUS_GOOD, 0, STAPLE_BAD, "not the issuer's"},
        {&p->leaf, &p->root, V_OCSP_CERTSTATUS_GOOD, 0, STAPLE_BAD, "not the issuer's"},
        {&delegated, &p->mid, V_OCSP_CERTSTATUS_GOOD, 0, STAPLE_BAD, "another certificate"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct memory_server s = server(p);
        struct whole_options o = options(p);
        unsigned char *staple = pki_staple(cases[i].about, &p->mid, cases[i].by, cases[i].status,
                                           cases[i].shift, &s.staple_size);
        s.staple = staple;
        struct handshake_seen seen = memory_talk(&s, &o);
        assert_string_equal(staple_word(seen.staple), staple_word(cases[i].staple));
        assert_non_null(strstr(seen.staple_why, cases[i].why));
        handshake_seen_fini(&seen);
        OPENSSL_free(staple);
    }
    pki_fini(&delegated);
    pki_fini(&wrong);
}

static void staple_without_a_known_issuer_is_not_called_bad(void **state)
{
    struct place *p = *state;
    struct memory_server s = server(p);
    struct whole_options o = options(p);
    unsigned char *staple = pki_staple(&p->leaf, &p->mid, &p->mid, V_OCSP_CERTSTATUS_GOOD, 0,
                                       &s.staple_size);
    s.staple = staple;
    s.n_chain = 0;
    struct handshake_seen seen = memory_talk(&s, &o);
    assert_int_equal(seen.trust, TRUST_PARTIAL);
    assert_string_equal(staple_word(seen.staple), "not_checked");
    handshake_seen_fini(&seen);
    OPENSSL_free(staple);
}

static void staple_that_is_none_is_told(void **state)
{
    struct memory_server s = server(*state);
    struct whole_options o = options(*state);
    s.staple = (const unsigned char *)"junk";
    s.staple_size = 4;
    struct handshake_seen seen = memory_talk(&s, &o);
    assert_int_equal(seen.outcome, HANDSHAKE_DONE);
    assert_int_equal(seen.staple, STAPLE_BAD);
    assert_string_equal(seen.staple_why, "it is not an OCSP response");
    handshake_seen_fini(&seen);
}

static void client_certificate_that_is_asked_for_is_told(void **state)
{
    static const int versions[] = {TLS1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < COUNT(versions); i++)
        for (int needed = 0; needed < 2; needed++) {
            struct memory_server s = server(*state);
            struct whole_options o = options(*state);
            s.lowest = s.highest = versions[i];
            s.asks_certificate = true;
            s.needs_certificate = needed;
            struct handshake_seen seen = memory_talk(&s, &o);
            assert_true(seen.certificate_asked);
            assert_string_equal(
                handshake_outcome_word(seen.outcome),
                handshake_outcome_word(needed ? HANDSHAKE_WANTS_CERTIFICATE : HANDSHAKE_DONE));
            assert_int_equal(seen.alerted, needed);
            assert_int_equal(seen.n_chain, 2); /* what came before stays seen */
            handshake_seen_fini(&seen);
        }
}

static void versions_that_openssl_does_not_speak_are_refused(void **state)
{
    struct whole_options o = options(*state);
    struct whole_talk *w;
    struct why why;
    o.lowest = TLS_1_3;
    o.highest = TLS_1_2;
    assert_int_equal(whole_talk_new(&o, &w, &why), E_UNSUPPORTED);
    assert_null(w);
    whole_talk_free(NULL);
    anchors_free(NULL);
}

static void anchors_that_are_none_are_refused(void **state)
{
    struct anchors *a;
    struct why why;
    (void)state;
    assert_int_equal(anchors_load("/dev/null", &a, &why), E_CONFIG);
    assert_string_equal(why.place, "/dev/null");
    assert_null(a);
    assert_int_equal(anchors_load(NULL, &a, &why), OK);
    anchors_free(a);
}

static void certificate_cut_anywhere_is_refused(void **state)
{
    struct place *p = *state;
    unsigned char *der = NULL;
    struct certificate c;
    int n = i2d_X509(p->leaf.cert, &der);
    assert_true(n > 0);
    for (size_t cut = 0; cut < (size_t)n; cut++)
        assert_int_equal(certificate_read(rd_of(der, cut), &c), E_FORMAT);
    assert_int_equal(certificate_read(rd_of(der, (size_t)n), &c), OK);
    assert_string_equal(c.subject, "CN=" NAME);
    certificate_fini(&c);
    OPENSSL_free(der);
}

static void long_and_dirty_texts_are_cut_and_cleaned(void **state)
{
    char subject[65];
    struct place *p = *state;
    memset(subject, 'x', sizeof subject - 1);
    memcpy(subject + 30, "\xc3\xa9", 2);
    subject[64] = '\0';
    struct pki_ask ask = {.subject = subject, .names = "DNS:a b,DNS:c\x01"
                                                       "d"};
    struct pki leaf = pki_make(&ask, &p->mid);
    unsigned char *der = NULL;
    struct certificate c;
    int n = i2d_X509(leaf.cert, &der);
    assert_int_equal(certificate_read(rd_of(der, (size_t)n), &c), OK);
    assert_string_equal(c.names, "a\\x20b c\\x01d");
    assert_non_null(strstr(c.subject, "xx\xc3\xa9xx"));
    certificate_fini(&c);
    OPENSSL_free(der);
    pki_fini(&leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_chain_is_trusted_and_told),
        cmocka_unit_test(every_version_is_spoken),
        cmocka_unit_test(each_kind_of_leaf_is_told),
        cmocka_unit_test(unknown_root_is_told_by_its_name),
        cmocka_unit_test(names_are_compared_as_clients_do),
        cmocka_unit_test(staple_is_believed_only_when_the_issuer_signed_it),
        cmocka_unit_test(staple_without_a_known_issuer_is_not_called_bad),
        cmocka_unit_test(staple_that_is_none_is_told),
        cmocka_unit_test(client_certificate_that_is_asked_for_is_told),
        cmocka_unit_test(versions_that_openssl_does_not_speak_are_refused),
        cmocka_unit_test(anchors_that_are_none_are_refused),
        cmocka_unit_test(certificate_cut_anywhere_is_refused),
        cmocka_unit_test(long_and_dirty_texts_are_cut_and_cleaned),
    };
    return cmocka_run_group_tests(tests, place_make, place_remove);
}
