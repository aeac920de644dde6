#include "controller/detail_port.h"

#include "controller/detail.h"

#include <string.h>

static const char *const name_words[] = {"not_asked", "other", "matches"};

bool detail_has_more(const struct port_more *m)
{
    return m->suites_seen || m->whole != HANDSHAKE_NOT_TRIED;
}

static size_t name_word(const struct port_certificate *c)
{
    return !c->name_asked ? 0 : c->name_matches ? 2
                                                : 1;
}

static json_t *certificate_json(const struct port_certificate *c)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:s, s:i, s:s, s:i, s:s, s:s, s:s, s:s}", "subject",
                     c->subject, "sha256", c->sha256, "sha1", c->sha1, "not_after",
                     (json_int_t)c->not_after, "key", c->key, "key_bits", (int)c->key_bits, "hash",
                     c->hash, "shortest_rsa", (int)c->shortest_rsa, "trust", trust_word(c->trust),
                     "trust_why", c->trust_why, "name", name_words[name_word(c)], "name_why",
                     c->name_why);
}

static json_t *suites_json(const struct port_more *m)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < m->n_suites; i++)
        if (json_array_append_new(list, json_integer(m->suites[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *detail_more(const struct port_more *m)
{
    json_t *o = json_object();
    bool ok = o && (!m->suites_seen ||
                    (detail_put(o, "suites", suites_json(m)) &&
                     detail_put(o, "suites_complete", json_boolean(m->suites_complete)) &&
                     detail_put(o, "dh_bits", json_integer(m->dh_bits))));
    if (ok && m->whole != HANDSHAKE_NOT_TRIED)
        ok = detail_put(o, "handshake", json_string(handshake_outcome_word(m->whole))) &&
             detail_put(o, "version", json_string(tls_version_name(m->whole_version))) &&
             (!m->broke[0] || detail_put(o, "broke", json_string(m->broke)));
    if (ok && m->certificate.seen)
        ok = detail_put(o, "certificate", certificate_json(&m->certificate));
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

/* A text that fits; "" if it is not there. */
static bool text_read(const json_t *o, const char *name, char *out, size_t size)
{
    const json_t *v = json_object_get(o, name);
    const char *s = v ? json_string_value(v) : "";
    if (!s || strlen(s) >= size)
        return false;
    memcpy(out, s, strlen(s) + 1);
    return true;
}

static bool bits_read(const json_t *o, const char *name, unsigned *out)
{
    json_int_t n = json_integer_value(json_object_get(o, name));
    *out = (unsigned)n;
    return n >= 0 && n <= VERIFY_BITS_MAX;
}

static bool word_read(const char *word, const char *(*words)(int), int n, int *out)
{
    for (int i = 0; word && i < n; i++)
        if (strcmp(words(i), word) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static const char *trust_name(int i)
{
    return trust_word((enum trust)i);
}

static const char *outcome_name_of(int i)
{
    return handshake_outcome_word((enum handshake_outcome)i);
}

static const char *version_name(int i)
{
    return tls_version_name((enum tls_version)i);
}

static const char *name_name(int i)
{
    return name_words[i];
}

static bool certificate_read_back(const json_t *o, struct port_certificate *c)
{
    int trust, name;
    c->seen = true;
    c->not_after = json_integer_value(json_object_get(o, "not_after"));
    if (!word_read(json_string_value(json_object_get(o, "trust")), trust_name, TRUSTS, &trust) ||
        !word_read(json_string_value(json_object_get(o, "name")), name_name, COUNT(name_words),
                   &name))
        return false;
    c->trust = (enum trust)trust;
    c->name_asked = name > 0;
    c->name_matches = name == 2;
    return text_read(o, "subject", c->subject, sizeof c->subject) &&
           text_read(o, "sha256", c->sha256, sizeof c->sha256) &&
           text_read(o, "sha1", c->sha1, sizeof c->sha1) &&
           text_read(o, "key", c->key, sizeof c->key) &&
           text_read(o, "hash", c->hash, sizeof c->hash) &&
           text_read(o, "trust_why", c->trust_why, sizeof c->trust_why) &&
           text_read(o, "name_why", c->name_why, sizeof c->name_why) &&
           bits_read(o, "key_bits", &c->key_bits) &&
           bits_read(o, "shortest_rsa", &c->shortest_rsa);
}

static bool suites_read(const json_t *o, struct port_more *m)
{
    const json_t *list = json_object_get(o, "suites");
    m->suites_seen = list != NULL;
    m->suites_complete = json_is_true(json_object_get(o, "suites_complete"));
    if (list && (!json_is_array(list) || json_array_size(list) > PORT_SUITES_MAX))
        return false;
    for (; m->n_suites < json_array_size(list); m->n_suites++)
        m->suites[m->n_suites] =
            (uint16_t)json_integer_value(json_array_get(list, m->n_suites));
    return bits_read(o, "dh_bits", &m->dh_bits);
}

bool detail_more_read(const json_t *o, struct port_more *out)
{
    struct port_more m = {.whole = HANDSHAKE_NOT_TRIED};
    const json_t *handshake = json_object_get(o, "handshake");
    const json_t *certificate = json_object_get(o, "certificate");
    int outcome = HANDSHAKE_NOT_TRIED, version = 0;
    if (o && !json_is_object(o))
        return false;
    if (!suites_read(o, &m) || !text_read(o, "broke", m.broke, sizeof m.broke))
        return false;
    if (handshake && (!word_read(json_string_value(handshake), outcome_name_of, HANDSHAKE_OUTCOMES,
                                 &outcome) ||
                      !word_read(json_string_value(json_object_get(o, "version")), version_name,
                                 TLS_VERSIONS, &version)))
        return false;
    m.whole = (enum handshake_outcome)outcome;
    m.whole_version = (enum tls_version)version;
    if (certificate && !certificate_read_back(certificate, &m.certificate))
        return false;
    *out = m;
    return true;
}
