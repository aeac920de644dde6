#include "tests/unit/handshake/pki.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool ok)
{
    if (!ok)
        abort();
}

static EVP_PKEY *key_make(const struct pki_ask *a)
{
    if (!a->kind)
        return EVP_RSA_gen(a->bits ? a->bits : 2048u);
    if (strcmp(a->kind, "EC") == 0)
        return EVP_EC_gen(a->curve ? a->curve : "P-256");
    return EVP_PKEY_Q_keygen(NULL, NULL, a->kind);
}

static void extension_add(X509 *x, const char *kind, const char *value)
{
    X509V3_CTX c;
    X509V3_set_ctx(&c, NULL, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf(NULL, &c, kind, value);
    must(e && X509_add_ext(x, e, -1) == 1);
    X509_EXTENSION_free(e);
}

struct pki pki_make(const struct pki_ask *a, const struct pki *issuer)
{
    struct pki p = {.cert = X509_new(), .key = key_make(a)};
    X509_NAME *name = X509_NAME_new();
    const char *hash = a->hash ? a->hash : "SHA256";
    static long serial = 100;
    must(p.cert && p.key && name && X509_set_version(p.cert, 2) == 1);
    must(ASN1_INTEGER_set(X509_get_serialNumber(p.cert), ++serial) == 1);
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)a->subject,
                                    -1, -1, 0) == 1);
    must(X509_set_subject_name(p.cert, name) == 1);
    must(X509_set_issuer_name(p.cert, issuer ? X509_get_subject_name(issuer->cert) : name) == 1);
    must(ASN1_TIME_set(X509_getm_notBefore(p.cert), a->from ? a->from : PKI_NOW - PKI_DAY) != NULL);
    must(ASN1_TIME_set(X509_getm_notAfter(p.cert), a->until ? a->until : PKI_NOW + PKI_DAY) !=
         NULL);
    must(X509_set_pubkey(p.cert, p.key) == 1);
    if (a->ca)
        extension_add(p.cert, "basicConstraints", "critical,CA:TRUE");
    if (a->names)
        extension_add(p.cert, "subjectAltName", a->names);
    if (a->eku)
        extension_add(p.cert, "extendedKeyUsage", a->eku);
    must(X509_sign(p.cert, issuer ? issuer->key : p.key,
                   *hash ? EVP_get_digestbyname(hash) : NULL) > 0);
    X509_NAME_free(name);
    return p;
}

void pki_fini(struct pki *p)
{
    X509_free(p->cert);
    EVP_PKEY_free(p->key);
    *p = (struct pki){0};
}

void pki_pem(const char *file, const struct pki *p)
{
    FILE *f = fopen(file, "w");
    must(f && PEM_write_X509(f, p->cert) == 1);
    must(fclose(f) == 0);
}

unsigned char *pki_staple(const struct pki *cert, const struct pki *issuer,
                          const struct pki *signer, int status, int64_t shift, int *size)
{
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha256(), cert->cert, issuer->cert);
    ASN1_TIME *from = ASN1_TIME_set(NULL, PKI_NOW - PKI_DAY);
    ASN1_TIME *until = ASN1_TIME_set(NULL, PKI_NOW + PKI_DAY + shift);
    unsigned char *out = NULL;
    must(basic && id && from && until);
    bool revoked = status == V_OCSP_CERTSTATUS_REVOKED;
    must(OCSP_basic_add1_status(basic, id, status, revoked ? OCSP_REVOKED_STATUS_KEYCOMPROMISE : 0,
                                revoked ? from : NULL, from, until) != NULL);
    must(OCSP_basic_sign(basic, signer->cert, signer->key, EVP_sha256(), NULL, 0) == 1);
    OCSP_RESPONSE *r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    must(r && (*size = i2d_OCSP_RESPONSE(r, &out)) > 0);
    OCSP_RESPONSE_free(r);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    return out;
}

static int staple_give(SSL *ssl, void *self)
{
    struct memory_server *s = self;
    unsigned char *copy = OPENSSL_memdup(s->staple, (size_t)s->staple_size);
    must(copy && SSL_set_tlsext_status_ocsp_resp(ssl, copy, s->staple_size) == 1);
    return SSL_TLSEXT_ERR_OK;
}

static SSL *server_make(struct memory_server *s, SSL_CTX *c)
{
    must(c && SSL_CTX_set_cipher_list(c, s->ciphers ? s->ciphers : "ALL:@SECLEVEL=0") == 1);
    SSL_CTX_set_security_level(c, 0);
    must(SSL_CTX_set_min_proto_version(c, s->lowest ? s->lowest : TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(c, s->highest ? s->highest : TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_num_tickets(c, (size_t)s->tickets) == 1);
    must(SSL_CTX_use_certificate(c, s->leaf->cert) == 1 &&
         SSL_CTX_use_PrivateKey(c, s->leaf->key) == 1);
    for (size_t i = 0; i < s->n_chain; i++)
        must(SSL_CTX_add1_chain_cert(c, s->chain[i]->cert) == 1);
    if (s->n_chain == 0)
        (void)SSL_CTX_set_mode(c, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_dh_auto(c, 1);
    int strict = s->needs_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    if (s->asks_certificate)
        SSL_CTX_set_verify(c, SSL_VERIFY_PEER | strict, NULL);
    if (s->staple) {
        must(SSL_CTX_set_tlsext_status_cb(c, staple_give) == 1);
        must(SSL_CTX_set_tlsext_status_arg(c, s) == 1);
    }
    return SSL_new(c);
}

/* What one side has to say, through the meddler. */
static bool carry(struct memory_server *s, bool from_server, struct wr *bytes)
{
    if (s->meddle && !s->meddle(s->who, from_server, bytes))
        return false;
    if (from_server && s->cut && s->sent + bytes->used >= s->cut) {
        bytes->used = s->cut - s->sent;
        s->sent = s->cut;
        return false;
    }
    s->sent += from_server ? bytes->used : 0;
    return true;
}

static void serve(SSL *ssl, BIO *in, BIO *out, struct wr *bytes)
{
    char scrap[256], *said;
    must(bytes->used == 0 || BIO_write(in, bytes->bytes, (int)bytes->used) == (int)bytes->used);
    wr_reset(bytes);
    if (SSL_do_handshake(ssl) == 1)
        while (SSL_read(ssl, scrap, sizeof scrap) > 0)
            continue;
    if (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN)
        (void)SSL_shutdown(ssl);
    long n = BIO_get_mem_data(out, &said);
    if (n > 0)
        wr_bytes(bytes, said, (size_t)n);
    (void)BIO_reset(out);
}

struct handshake_seen memory_talk(struct memory_server *s, const struct whole_options *o)
{
    struct whole_talk *w = NULL;
    struct handshake_seen seen;
    struct wr bytes;
    SSL_CTX *c = SSL_CTX_new(TLS_server_method());
    SSL *ssl = server_make(s, c);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    must(ssl && in && out && whole_talk_new(o, &w, NULL) == OK);
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl, in, out);
    SSL_set_accept_state(ssl);
    wr_init(&bytes, 0);
    struct talk *t = whole_talk_of(w);
    struct rd none = {0};
    enum talk_step step = t->kind->step(t, &none, &bytes);
    while (step == TALK_MORE) {
        bool more = carry(s, false, &bytes);
        if (more) {
            serve(ssl, in, out, &bytes);
            more = bytes.used > 0 && carry(s, true, &bytes);
        }
        struct rd said = wr_view_of(&bytes);
        struct wr answer;
        wr_init(&answer, 0);
        step = said.left > 0 ? t->kind->step(t, &said, &answer) : TALK_MORE;
        if (step == TALK_MORE && !more) {
            t->kind->ended(t, s->end, said);
            step = TALK_DONE;
        }
        wr_fini(&bytes);
        bytes = answer;
    }
    wr_fini(&bytes);
    whole_talk_take(w, &seen);
    whole_talk_free(w);
    SSL_free(ssl);
    SSL_CTX_free(c);
    return seen;
}
