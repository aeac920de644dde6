/* The OCSP response that a server staples to its certificate. It counts when the certificate's
 * issuer signed it, or somebody to whom the issuer gave that right (RFC 6960 4.2.2.2). */
#include "handshake/certificate_parts.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <stdio.h>
#include <string.h>

#define SKEW_S 300 /* clocks differ */

static void bad(struct handshake_seen *seen, const char *why)
{
    seen->staple = STAPLE_BAD;
    words_keep(seen->staple_why, sizeof seen->staple_why, why, strlen(why));
}

/* A store of the issuer alone: whoever it vouches for may sign. */
static bool is_signed(OCSP_BASICRESP *basic, const struct chain_asked *asked, X509 *issuer)
{
    X509_STORE *store = X509_STORE_new();
    bool ok = false;
    if (store && X509_STORE_add_cert(store, issuer) == 1) {
        X509_VERIFY_PARAM *p = X509_STORE_get0_param(store);
        X509_VERIFY_PARAM_set_time(p, (time_t)asked->options->now_unix);
        X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_PARTIAL_CHAIN);
        X509_VERIFY_PARAM_set_auth_level(p, 0);
        ok = OCSP_basic_verify(basic, asked->chain, store, 0) == 1;
    }
    X509_STORE_free(store);
    return ok;
}

/* The answer about this certificate, by whichever hash the responder names it with. */
static OCSP_SINGLERESP *find(OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer)
{
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        OCSP_SINGLERESP *one = OCSP_resp_get0(basic, i);
        /* A copy, because the getter below is not const. */
        OCSP_CERTID *said = OCSP_CERTID_dup(OCSP_SINGLERESP_get0_id(one));
        ASN1_OBJECT *hash = NULL;
        const EVP_MD *kind = NULL;
        if (said && OCSP_id_get0_info(NULL, &hash, NULL, NULL, said) == 1)
            kind = EVP_get_digestbyobj(hash);
        OCSP_CERTID *ours = kind ? OCSP_cert_to_id(kind, leaf, issuer) : NULL;
        bool same = ours && OCSP_id_cmp(ours, said) == 0;
        OCSP_CERTID_free(ours);
        OCSP_CERTID_free(said);
        if (same)
            return one;
    }
    return NULL;
}

static void read_one(OCSP_SINGLERESP *one, time_t now, struct handshake_seen *seen)
{
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *until = NULL;
    int why = -1;
    time_t late = now - SKEW_S, early = now + SKEW_S;
    int status = OCSP_single_get0_status(one, &why, &revoked, &from, &until);
    if (!from || X509_cmp_time(from, &early) > 0) {
        bad(seen, "it is from the future");
    } else if (until && X509_cmp_time(until, &late) < 0) {
        bad(seen, "it is out of date");
    } else if (status == V_OCSP_CERTSTATUS_GOOD) {
        seen->staple = STAPLE_GOOD;
    } else if (status == V_OCSP_CERTSTATUS_REVOKED) {
        const char *words = why >= 0 ? OCSP_crl_reason_str(why) : "no reason given";
        seen->staple = STAPLE_REVOKED;
        words_keep(seen->staple_why, sizeof seen->staple_why, words, strlen(words));
    } else {
        seen->staple = STAPLE_UNKNOWN;
    }
}

void staple_judge(const struct chain_asked *asked, X509 *issuer, struct handshake_seen *seen)
{
    const unsigned char *at = asked->staple;
    OCSP_RESPONSE *response = NULL;
    OCSP_BASICRESP *basic = NULL;
    OCSP_SINGLERESP *one = NULL;
    if (!at || asked->staple_size <= 0)
        return;
    if (!(response = d2i_OCSP_RESPONSE(NULL, &at, asked->staple_size)))
        bad(seen, "it is not an OCSP response");
    else if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        bad(seen, OCSP_response_status_str(OCSP_response_status(response)));
    else if (!(basic = OCSP_response_get1_basic(response)))
        bad(seen, "it is of an unknown kind");
    else if (!(one = find(basic, sk_X509_value(asked->chain, 0), issuer)))
        bad(seen, "it is about another certificate");
    else if (!is_signed(basic, asked, issuer))
        bad(seen, "its signature is not the issuer's");
    else
        read_one(one, (time_t)asked->options->now_unix, seen);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    ERR_clear_error();
}
