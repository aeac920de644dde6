/* Is the chain trusted, and does it speak for the name that was asked for? */
#include "handshake/certificate_parts.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct anchors {
    X509_STORE *store;
};

enum err anchors_load(const char *ca_file, struct anchors **out, struct why *why)
{
    struct anchors *a = calloc(1, sizeof *a);
    enum err e = OK;
    *out = NULL;
    if (!a || !(a->store = X509_STORE_new()))
        e = why_set(why, E_MEMORY, "no memory for trusted certificates");
    else if (ca_file && X509_STORE_load_file(a->store, ca_file) != 1)
        e = why_place(why, why_set(why, E_CONFIG, "no PEM certificates that could be trusted"),
                      "%s", ca_file);
    else if (!ca_file && X509_STORE_set_default_paths(a->store) != 1)
        e = why_set(why, E_CONFIG, "the system's trusted certificates cannot be read");
    ERR_clear_error();
    if (e != OK) {
        anchors_free(a);
        return e;
    }
    *out = a;
    return OK;
}

void anchors_free(struct anchors *a)
{
    if (a)
        X509_STORE_free(a->store);
    free(a);
}

struct judging {
    int time_error; /* X509_V_OK, or the first complaint about a date */
    int time_depth;
};

/* Dates are noted and passed over, so that an expired certificate of an unknown root is both. */
static int judge_one(int ok, X509_STORE_CTX *x)
{
    struct judging *j = X509_STORE_CTX_get_app_data(x);
    int error = X509_STORE_CTX_get_error(x);
    if (ok)
        return 1;
    if (error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID)
        return 0;
    if (j->time_error == X509_V_OK) {
        j->time_error = error;
        j->time_depth = X509_STORE_CTX_get_error_depth(x);
    }
    return 1;
}

static enum trust trust_of(int error)
{
    switch (error) {
    case X509_V_OK: return TRUST_OK;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return TRUST_SELF_SIGNED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return TRUST_UNKNOWN_ROOT;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return TRUST_PARTIAL;
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return TRUST_TIME;
    default: return TRUST_BAD;
    }
}

/* depth is the place of the certificate that OpenSSL complains of, in what was sent if it was. */
static void complaint_put(int error, int depth, struct handshake_seen *seen)
{
    const struct certificate *c =
        depth >= 0 && (size_t)depth < seen->n_chain ? &seen->chain[depth] : NULL;
    enum trust t = trust_of(error);
    struct text words = {0};
    if (t == TRUST_PARTIAL && c)
        text_printf(&words, "the issuer was not sent and is not known here: %s", c->issuer);
    else if (t == TRUST_UNKNOWN_ROOT)
        text_printf(&words, "the chain ends in a root that is not trusted here: %s",
                    seen->chain[seen->n_chain - 1].issuer);
    else
        text_printf(&words, "%s%s%s", X509_verify_cert_error_string(error), c ? ": " : "",
                    c ? c->subject : "");
    seen->trust = t;
    words_keep(seen->trust_why, sizeof seen->trust_why, text_str(&words), words.used);
    text_fini(&words);
}

static enum err trust_judge(const struct chain_asked *asked, X509 *leaf, X509 **issuer,
                            struct handshake_seen *seen)
{
    const struct whole_options *o = asked->options;
    struct judging j = {.time_error = X509_V_OK};
    X509_STORE_CTX *x = X509_STORE_CTX_new();
    enum err e = OK;
    *issuer = NULL;
    if (!x || X509_STORE_CTX_init(x, o->anchors->store, leaf, asked->chain) != 1) {
        e = E_MEMORY;
        goto out;
    }
    X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(x);
    X509_VERIFY_PARAM_set_time(p, (time_t)o->now_unix);
    X509_VERIFY_PARAM_set_auth_level(p, 0); /* weak hashes and keys are told on their own */
    X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SSL_SERVER);
    X509_STORE_CTX_set_app_data(x, &j);
    X509_STORE_CTX_set_verify_cb(x, judge_one);
    int error = X509_verify_cert(x) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(x);
    if (error == X509_V_OK && j.time_error == X509_V_OK)
        seen->trust = TRUST_OK;
    else if (error == X509_V_OK)
        complaint_put(j.time_error, j.time_depth, seen);
    else
        complaint_put(error, X509_STORE_CTX_get_error_depth(x), seen);
    STACK_OF(X509) *built = X509_STORE_CTX_get0_chain(x);
    if (built && sk_X509_num(built) > 1) {
        *issuer = sk_X509_value(built, 1);
        X509_up_ref(*issuer);
    }
out:
    X509_STORE_CTX_free(x);
    return e;
}

static bool is_address(const char *name)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

static void name_judge(X509 *leaf, const char *name, struct handshake_seen *seen)
{
    const unsigned strict = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                            X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    size_t n = strlen(name);
    struct text words = {0};
    bool address = is_address(name);
    n -= n > 1 && name[n - 1] == '.'; /* a name that ends at the root is the same name */
    seen->name_asked = true;
    seen->name_matches = address ? X509_check_ip_asc(leaf, name, 0) == 1
                                 : X509_check_host(leaf, name, n, strict, NULL) == 1;
    if (seen->name_matches)
        return;
    if (seen->chain[0].names[0] != '\0')
        text_printf(&words, "it is for %s, not for %s", seen->chain[0].names, name);
    else if (!address && X509_check_host(leaf, name, n, 0, NULL) == 1)
        text_printf(&words, "it names no host but in its subject, which browsers do not look at");
    else
        text_printf(&words, "it names no host; its subject is %s", seen->chain[0].subject);
    words_keep(seen->name_why, sizeof seen->name_why, text_str(&words), words.used);
    text_fini(&words);
}

enum err chain_judge(const struct chain_asked *asked, struct handshake_seen *seen)
{
    X509 *leaf = sk_X509_value(asked->chain, 0), *issuer = NULL;
    enum err e = OK;
    if (!leaf || seen->n_chain == 0)
        return OK;
    if (asked->options->anchors)
        e = trust_judge(asked, leaf, &issuer, seen);
    if (asked->options->name)
        name_judge(leaf, asked->options->name, seen);
    if (!issuer && sk_X509_num(asked->chain) > 1) {
        issuer = sk_X509_value(asked->chain, 1);
        X509_up_ref(issuer);
    }
    if (issuer || seen->chain[0].self_signed)
        staple_judge(asked, issuer ? issuer : leaf, seen);
    else if (asked->staple && asked->staple_size > 0)
        seen->staple = STAPLE_UNCHECKED;
    X509_free(issuer);
    ERR_clear_error();
    return e;
}
