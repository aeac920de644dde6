/* A client that was heard, as JSON. */
#include "controller/client_view.h"

#include "base/clock.h"
#include "controller/tls_json.h"
#include "handshake/ja.h"

static json_t *list_json(const struct client_list *l, tls_name_of *name)
{
    return tls_list_json(l->at, l->n, name);
}

static json_t *suites_json(const struct client_hello *h)
{
    json_t *all = json_array();
    for (size_t i = 0; i < h->n_suites; i++)
        if (!tls_json_add(&all, tls_suite_json(h->suites[i])))
            return NULL;
    for (size_t i = 0; i < h->n_kinds; i++)
        if (!tls_json_add(&all, tls_suite_json(h->kinds[i])))
            return NULL;
    return all;
}

/* Every version that is known, and whether the client would speak it. */
static json_t *versions_json(const struct client_hello *h)
{
    static const uint16_t known[] = {0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304};
    static const char *const says[] = {
        [CLIENT_NO] = "no", [CLIENT_PERHAPS] = "perhaps", [CLIENT_YES] = "yes"};
    json_t *all = json_object();
    bool bad = all == NULL;
    for (size_t i = 0; i < COUNT(known) && !bad; i++) {
        char buf[TLS_NAME_SIZE];
        bad = json_object_set_new(all, tls_wire_version_name(known[i], buf),
                                  json_string(says[client_says_version(h, known[i])])) != 0;
    }
    if (bad) {
        json_decref(all);
        return NULL;
    }
    return all;
}

static json_t *alpn_json(const struct client_hello *h)
{
    json_t *all = json_array();
    for (size_t i = 0; i < h->n_alpn; i++)
        if (!tls_json_add(&all, tls_safe_json(h->alpn[i].bytes, h->alpn[i].size)))
            return NULL;
    return all;
}

static json_t *bytes_json(const struct client_bytes *b)
{
    json_t *all = json_array();
    for (size_t i = 0; i < b->n; i++)
        if (!tls_json_add(&all, json_integer(b->at[i])))
            return NULL;
    return all;
}

static json_t *fingerprint_json(const struct client_hello *h, bool of_ja4)
{
    struct text raw = {0};
    char ja3[JA3_SIZE], ja4[JA4_SIZE];
    json_t *j = NULL;
    enum err e = of_ja4 ? ja4_of(h, &raw, ja4) : ja3_of(h, &raw, ja3);
    if (e == OK)
        j = json_pack("{s:s, s:s}", "hash", of_ja4 ? ja4 : ja3, "raw", text_str(&raw));
    else if (e != E_MEMORY)
        j = json_null(); /* a library without MD5 */
    text_fini(&raw);
    return j;
}

static json_t *hello_json(const struct client_hello *h)
{
    char record[TLS_NAME_SIZE], legacy[TLS_NAME_SIZE];
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o,"
        " s:o}",
        "form", h->sslv2_form ? "ssl2" : "tls", "record_version",
        tls_wire_version_name(h->record_version, record), "legacy_version",
        tls_wire_version_name(h->version, legacy), "versions", versions_json(h),
        "supported_versions", list_json(&h->versions, tls_wire_version_name), "server_name",
        tls_words_json(h->sni), "alpn", alpn_json(h), "suites", suites_json(h), "groups",
        list_json(&h->groups, tls_group_name), "key_shares",
        list_json(&h->key_shares, tls_group_name), "signature_algorithms",
        list_json(&h->sigalgs, tls_sigalg_name), "signature_algorithms_cert",
        list_json(&h->sigalgs_cert, tls_sigalg_name), "extensions",
        list_json(&h->extensions, tls_extension_name), "compression_methods",
        bytes_json(&h->compressions), "point_formats", bytes_json(&h->point_formats),
        "psk_modes", bytes_json(&h->psk_modes), "session_id_bytes",
        (json_int_t)h->session_id_size, "ja3", fingerprint_json(h, false), "ja4",
        fingerprint_json(h, true));
}

static json_t *forecast_json(const struct forecast *f)
{
    const struct survival *s = &f->survival;
    char version[TLS_NAME_SIZE];
    return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:s}", "build", (json_int_t)f->release->build,
                     "release", f->release->name, "outcome", survive_word(s->outcome), "version",
                     s->version != 0 ? json_string(tls_wire_version_name(s->version, version))
                                     : json_null(),
                     "suite_with_rsa_certificate",
                     s->suite != 0 ? tls_id_json(s->suite) : json_null(),
                     "suite_with_ecdsa_certificate",
                     s->suite_ecdsa != 0 ? tls_id_json(s->suite_ecdsa) : json_null(), "text",
                     s->text);
}

static json_t *forecasts_json(const struct forecast *f, size_t n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++)
        if (!tls_json_add(&all, forecast_json(&f[i])))
            return NULL;
    return all;
}

json_t *client_json(const struct heard *h, const struct forecast *forecasts, size_t n)
{
    const struct listen_talk *talk = h->talk;
    char at[CLOCK_TEXT_SIZE];
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o}", "schema_version",
                     LISTEN_SCHEMA_VERSION, "kind", "client", "at", clock_text(h->real_ms, at),
                     "from", h->from, "starttls", talk->dialect->name, "outcome",
                     listen_outcome_word(talk->outcome), "took_ms", (json_int_t)h->took_ms,
                     "before_tls", tls_words_json(talk->before.said), "why",
                     tls_words_json(talk->why.text), "hello",
                     talk->outcome == LISTEN_HELLO ? hello_json(&talk->hello) : json_null(),
                     "playbook", forecasts_json(forecasts, n));
}
