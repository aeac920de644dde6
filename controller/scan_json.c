/* A scan as JSON. */
#include "controller/scan_view.h"

#include "base/clock.h"
#include "controller/tls_json.h"

#include <string.h>

static const char *const sure_words[] = {
    [SURE_UNKNOWN] = "unknown", [SURE_NO] = "no", [SURE_YES] = "yes"};
static const char *const order_words[] = {
    [ORDER_UNKNOWN] = "unknown", [ORDER_SERVER] = "server", [ORDER_CLIENT] = "client"};

static json_t *suites_json(const struct scan_version *v)
{
    json_t *all = json_array();
    for (size_t i = 0; i < v->n_suites; i++)
        if (!tls_json_add(&all, tls_suite_json(v->suites[i])))
            return NULL;
    return all;
}

static json_t *version_json(enum tls_version version, const struct scan_version *v, bool suites)
{
    const struct tls_answer *a = &v->answer;
    char text[TLS_ANSWER_TEXT_SIZE], other[TLS_NAME_SIZE];
    json_t *j = json_pack("{s:s, s:s, s:s, s:o, s:o, s:s}", "version", tls_version_words(version),
                          "seen", tls_seen_word(a->seen), "how", tls_how_word(a->how), "alert",
                          a->how == HOW_ALERT ? json_integer(a->alert) : json_null(),
                          "answered_with",
                          a->how == HOW_OTHER_VERSION
                              ? json_string(tls_wire_version_name(a->version, other))
                              : json_null(),
                          "text", tls_answer_text(a, text));
    if (j == NULL || !suites || a->seen != SEEN_ACCEPTED)
        return j;
    if (json_object_set_new(j, "suites", suites_json(v)) == 0 &&
        json_object_set_new(j, "suites_complete", json_boolean(v->complete)) == 0 &&
        json_object_set_new(j, "order", json_string(order_words[v->order])) == 0)
        return j;
    json_decref(j);
    return NULL;
}

static json_t *versions_json(const struct scan_view *view)
{
    json_t *all = json_array();
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        if (!tls_json_add(&all, version_json((enum tls_version)v, &view->result->versions[v],
                                             !view->only_versions)))
            return NULL;
    return all;
}

static json_t *time_json(int64_t unix_s)
{
    char text[CLOCK_TEXT_SIZE];
    return json_string(clock_text(unix_s * 1000, text));
}

static json_t *certificate_json(const struct certificate *c)
{
    return json_pack("{s:o, s:o, s:o, s:s, s:s, s:o, s:o, s:s, s:I, s:s, s:s, s:b, s:b}", "subject",
                     tls_words_json(c->subject), "issuer", tls_words_json(c->issuer), "names",
                     tls_words_json(c->names != NULL ? c->names : ""), "sha256", c->sha256,
                     "thumbprint", c->sha1, "not_before", time_json(c->not_before), "not_after",
                     time_json(c->not_after), "key", c->key, "key_bits", (json_int_t)c->key_bits,
                     "signature", c->signature, "signature_hash", c->hash, "server_auth",
                     c->server_auth, "self_signed", c->self_signed);
}

static json_t *chain_json(const struct handshake_seen *h)
{
    json_t *all = json_array();
    for (size_t i = 0; i < h->n_chain; i++)
        if (!tls_json_add(&all, certificate_json(&h->chain[i])))
            return NULL;
    return all;
}

static bool server_hello_came(const struct handshake_seen *h)
{
    return h->outcome == HANDSHAKE_DONE || h->outcome == HANDSHAKE_BROKEN ||
           h->outcome == HANDSHAKE_WANTS_CERTIFICATE;
}

static json_t *handshake_json(const struct handshake_seen *h)
{
    bool hello = server_hello_came(h);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:o, s:s,"
                     " s:o, s:o}",
                     "outcome", handshake_outcome_word(h->outcome), "version",
                     hello ? json_string(tls_version_words(h->version)) : json_null(), "suite",
                     hello && h->suite != 0 ? tls_suite_json(h->suite) : json_null(), "alert",
                     h->alerted ? json_integer(h->alert) : json_null(), "at",
                     tls_words_json(h->at), "reason", tls_words_json(h->reason), "group",
                     tls_words_json(h->group), "signed_with", tls_words_json(h->peer_hash), "alpn",
                     tls_words_json(h->alpn), "certificate_asked", h->certificate_asked, "trust",
                     trust_word(h->trust), "trust_why", tls_words_json(h->trust_why),
                     "name_matches", h->name_asked ? json_boolean(h->name_matches) : json_null(),
                     "name_why", tls_words_json(h->name_why), "ocsp_staple",
                     staple_word(h->staple), "ocsp_staple_why", tls_words_json(h->staple_why),
                     "certificates", chain_json(h));
}

static json_t *alpn_json(const struct scan_result *r)
{
    json_t *all = json_array();
    for (size_t i = 0; i < r->n_alpn; i++)
        if (!tls_json_add(&all, tls_safe_json(r->alpn[i], strlen(r->alpn[i]))))
            return NULL;
    return all;
}

static json_t *features_json(const struct scan_result *r)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "compression", sure_words[r->compression],
                     "secure_renegotiation", sure_words[r->secure_renegotiation],
                     "extended_master_secret", sure_words[r->extended_master_secret],
                     "fallback_scsv", sure_words[r->fallback_scsv], "session_tickets",
                     sure_words[r->tickets], "client_certificate",
                     sure_words[r->client_certificate]);
}

static json_t *dh_json(const struct scan_dh *dh)
{
    if (dh->bits == 0 && dh->export_bits == 0)
        return json_null();
    return json_pack("{s:I, s:o, s:I, s:b}", "bits", (json_int_t)dh->bits, "known_prime",
                     tls_words_json(dh->prime), "export_bits", (json_int_t)dh->export_bits,
                     "key_reused", dh->ephemeral_reused);
}

/* What only a whole scan looks for. */
static json_t *rest_json(const struct scan_result *r)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b}", "dh",
                     dh_json(&r->dh), "groups",
                     tls_list_json(r->groups, r->n_groups, tls_group_name), "groups_tls13",
                     tls_list_json(r->groups13, r->n_groups13, tls_group_name),
                     "signature_algorithms",
                     tls_list_json(r->sigalgs, r->n_sigalgs, tls_sigalg_name),
                     "signature_algorithms_tls13",
                     tls_list_json(r->sigalgs13, r->n_sigalgs13, tls_sigalg_name), "features",
                     features_json(r), "alpn", alpn_json(r), "handshake",
                     handshake_json(&r->whole), "rate_limited", r->rate_limited, "short_hellos",
                     r->short_hellos, "chose_unoffered", r->chose_unoffered);
}

static json_t *findings_json(const struct scan_view *v)
{
    json_t *all = json_array();
    for (size_t i = 0; i < v->n_findings; i++)
        if (!tls_json_add(&all, json_pack("{s:s, s:s, s:o}", "id", v->findings[i].id, "severity",
                                          severity_word(v->findings[i].severity), "text",
                                          tls_words_json(v->findings[i].text))))
            return NULL;
    return all;
}

json_t *scan_json(const struct scan_view *v)
{
    const struct scan_result *r = v->result;
    json_t *rest = NULL;
    json_t *j = json_pack("{s:i, s:s, s:o, s:i, s:s, s:s, s:b, s:s, s:o, s:o, s:I, s:I, s:o, s:o}",
                          "schema_version", SCAN_SCHEMA_VERSION, "kind", "scan", "host",
                          tls_words_json(v->host), "port", r->port, "starttls", r->dialect,
                          "result", scan_sum_word(scan_sum_of(v)), "open", r->open, "before_tls",
                          dialect_outcome_word(r->before_tls), "said", tls_words_json(r->said),
                          "why", tls_words_json(v->why != NULL ? v->why : ""), "connections",
                          (json_int_t)r->connections, "elapsed_ms", (json_int_t)r->elapsed_ms,
                          "versions", versions_json(v), "findings", findings_json(v));
    if (j == NULL || v->only_versions || !r->open)
        return j;
    rest = rest_json(r);
    if (rest != NULL && json_object_update(j, rest) == 0) {
        json_decref(rest);
        return j;
    }
    json_decref(rest);
    json_decref(j);
    return NULL;
}
