/* What one certificate says, as plain values. */
#include "handshake/certificate_parts.h"

#include "base/text.h"
#include "base/utf8.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DER_MAX (1u << 20)

static const char *const outcome_words[HANDSHAKE_OUTCOMES] = {
    [HANDSHAKE_NOT_TRIED] = "not_tried",
    [HANDSHAKE_DONE] = "done",
    [HANDSHAKE_REFUSED] = "refused",
    [HANDSHAKE_SILENT] = "silent",
    [HANDSHAKE_BROKEN] = "broken",
    [HANDSHAKE_WANTS_CERTIFICATE] = "wants_certificate",
    [HANDSHAKE_LOCAL] = "local",
};
static const char *const trust_words[TRUSTS] = {
    [TRUST_NOT_KNOWN] = "not_known",
    [TRUST_OK] = "trusted",
    [TRUST_SELF_SIGNED] = "self_signed",
    [TRUST_UNKNOWN_ROOT] = "unknown_root",
    [TRUST_PARTIAL] = "partial_chain",
    [TRUST_TIME] = "expired_or_not_yet_valid",
    [TRUST_BAD] = "bad",
};
static const char *const staple_words[STAPLES] = {
    [STAPLE_NONE] = "none",
    [STAPLE_GOOD] = "good",
    [STAPLE_REVOKED] = "revoked",
    [STAPLE_UNKNOWN] = "unknown",
    [STAPLE_UNCHECKED] = "not_checked",
    [STAPLE_BAD] = "bad",
};

const char *handshake_outcome_word(enum handshake_outcome o)
{
    return outcome_words[o];
}

const char *trust_word(enum trust t)
{
    return trust_words[t];
}

const char *staple_word(enum staple s)
{
    return staple_words[s];
}

/* The first bytes of s that fit before "…", in whole characters. */
static size_t whole_part(const char *s, size_t n, size_t room)
{
    size_t used = 0;
    while (used < n) {
        uint32_t code;
        size_t one = utf8_decode(s + used, n - used, &code);
        if (one == 0 || used + one > room)
            break;
        used += one;
    }
    return used;
}

void words_keep(char *buf, size_t size, const char *s, size_t n)
{
    static const char more[] = "…";
    struct text t = {0};
    text_put_safe(&t, s, n);
    size_t used = t.used < size ? t.used : whole_part(text_str(&t), t.used, size - sizeof more);
    memcpy(buf, text_str(&t), used);
    buf[used] = '\0';
    if (used < t.used)
        memcpy(buf + used, more, sizeof more);
    text_fini(&t);
}

static void name_keep(char *buf, size_t size, const X509_NAME *name)
{
    char *s;
    BIO *b = BIO_new(BIO_s_mem());
    buf[0] = '\0';
    /* Its own escapes would hide letters that are not ASCII; ours come after it. */
    unsigned long form = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
    if (b && X509_NAME_print_ex(b, name, 0, form) >= 0) {
        long n = BIO_get_mem_data(b, &s);
        if (n > 0)
            words_keep(buf, size, s, (size_t)n);
    }
    BIO_free(b);
}

static void put_name(struct text *t, const char *s, size_t n)
{
    text_put(t, t->used ? " " : "");
    for (size_t i = 0; i < n;) { /* a blank inside would look like two names */
        size_t part = 0;
        while (i + part < n && s[i + part] != ' ')
            part++;
        text_put_safe(t, s + i, part);
        i += part;
        if (i < n)
            text_put(t, "\\x20");
        i += i < n;
    }
}

static void put_address(struct text *t, const ASN1_OCTET_STRING *ip)
{
    char buf[INET6_ADDRSTRLEN];
    int n = ASN1_STRING_length(ip), family = n == 4 ? AF_INET : AF_INET6;
    if ((n == 4 || n == 16) && inet_ntop(family, ASN1_STRING_get0_data(ip), buf, sizeof buf))
        put_name(t, buf, strlen(buf));
}

static enum err names_keep(X509 *x, char **out)
{
    struct text t = {0};
    GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    int n = all ? sk_GENERAL_NAME_num(all) : 0;
    for (int i = 0; i < n && i < CERTIFICATE_NAMES_MAX; i++) {
        int type;
        void *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &type);
        if (type == GEN_DNS)
            put_name(&t, (const char *)ASN1_STRING_get0_data(value),
                     (size_t)ASN1_STRING_length(value));
        else if (type == GEN_IPADD)
            put_address(&t, value);
    }
    if (n > CERTIFICATE_NAMES_MAX)
        text_put(&t, " …");
    GENERAL_NAMES_free(all);
    return text_take(&t, out);
}

static int64_t time_keep(const ASN1_TIME *at)
{
    struct tm tm;
    return at && ASN1_TIME_to_tm(at, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static void digest_keep(const X509 *x, const EVP_MD *kind, char *out, size_t size)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    struct text t = {0};
    out[0] = '\0';
    if (X509_digest(x, kind, bytes, &n) == 1)
        text_hex(&t, bytes, n);
    if (t.used < size)
        memcpy(out, text_str(&t), t.used + 1);
    text_fini(&t);
}

/* "ECDSA P-256": NIST's name of a curve where it has one. */
static void curve_keep(const EVP_PKEY *key, struct certificate *out)
{
    char group[64] = "";
    struct text t = {0};
    size_t n = 0;
    (void)EVP_PKEY_get_group_name(key, group, sizeof group, &n);
    const char *nist = EC_curve_nid2nist(OBJ_sn2nid(group));
    text_put(&t, "ECDSA ");
    text_put(&t, nist ? nist : group);
    words_keep(out->key, sizeof out->key, text_str(&t), t.used);
    text_fini(&t);
}

static void key_keep(const X509 *x, struct certificate *out)
{
    const EVP_PKEY *key = X509_get0_pubkey(x);
    ASN1_OBJECT *kind = NULL;
    char name[sizeof out->key] = "";
    if (!key) {
        (void)X509_PUBKEY_get0_param(&kind, NULL, NULL, NULL, X509_get_X509_PUBKEY(x));
        if (kind)
            (void)OBJ_obj2txt(name, sizeof name, kind, 0);
        words_keep(out->key, sizeof out->key, name, strlen(name));
        return;
    }
    int bits = EVP_PKEY_get_bits(key), id = EVP_PKEY_get_base_id(key);
    const char *words = id == EVP_PKEY_RSA       ? "RSA"
                        : id == EVP_PKEY_RSA_PSS ? "RSA-PSS"
                        : id == EVP_PKEY_DSA     ? "DSA"
                        : id == EVP_PKEY_ED25519 ? "Ed25519"
                        : id == EVP_PKEY_ED448   ? "Ed448"
                                                 : OBJ_nid2sn(id);
    out->key_bits = bits > 0 ? (unsigned)bits : 0;
    if (id == EVP_PKEY_EC)
        curve_keep(key, out);
    else if (words)
        words_keep(out->key, sizeof out->key, words, strlen(words));
}

static void signature_keep(X509 *x, struct certificate *out)
{
    const X509_ALGOR *kind = X509_get0_tbs_sigalg(x);
    const ASN1_OBJECT *id = NULL;
    char name[sizeof out->signature] = "";
    int hash = NID_undef;
    X509_ALGOR_get0(&id, NULL, NULL, kind);
    if (id && OBJ_obj2txt(name, sizeof name, id, 0) > 0)
        words_keep(out->signature, sizeof out->signature, name, strlen(name));
    if (X509_get_signature_info(x, &hash, NULL, NULL, NULL) == 1 && hash != NID_undef) {
        const char *words = OBJ_nid2sn(hash);
        words_keep(out->hash, sizeof out->hash, words, strlen(words));
    }
}

enum err certificate_of(X509 *x, struct certificate *out)
{
    struct certificate c = {0};
    enum err e = names_keep(x, &c.names);
    if (e != OK)
        return e;
    name_keep(c.subject, sizeof c.subject, X509_get_subject_name(x));
    name_keep(c.issuer, sizeof c.issuer, X509_get_issuer_name(x));
    digest_keep(x, EVP_sha256(), c.sha256, sizeof c.sha256);
    digest_keep(x, EVP_sha1(), c.sha1, sizeof c.sha1);
    c.not_before = time_keep(X509_get0_notBefore(x));
    c.not_after = time_keep(X509_get0_notAfter(x));
    key_keep(x, &c);
    signature_keep(x, &c);
    c.server_auth = (X509_get_extended_key_usage(x) & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
    c.self_signed = (X509_get_extension_flags(x) & EXFLAG_SS) != 0;
    *out = c;
    return OK;
}

enum err certificate_read(struct rd der, struct certificate *out)
{
    const unsigned char *at = der.at;
    X509 *x = NULL;
    enum err e = E_FORMAT;
    *out = (struct certificate){0};
    if (!der.bad && der.left > 0 && der.left <= DER_MAX)
        x = d2i_X509(NULL, &at, (long)der.left);
    if (x && at == der.at + der.left)
        e = certificate_of(x, out);
    X509_free(x);
    return e;
}

void certificate_fini(struct certificate *c)
{
    free(c->names);
    c->names = NULL;
}

void handshake_seen_fini(struct handshake_seen *s)
{
    for (size_t i = 0; i < s->n_chain; i++)
        certificate_fini(&s->chain[i]);
    free(s->chain);
    *s = (struct handshake_seen){0};
}
