#include "controller/compare.h"

#include "controller/tls_json.h"
#include "handshake/strength.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <string.h>

static const uint16_t wire_versions[TLS_VERSIONS] = {
    [SSL_2_0] = 0x0002,
    [SSL_3_0] = 0x0300,
    [TLS_1_0] = 0x0301,
    [TLS_1_1] = 0x0302,
    [TLS_1_2] = 0x0303,
    [TLS_1_3] = 0x0304,
};

static const struct {
    enum tls_seen seen;
    enum compare_says says;
} seen_says[] = {
    {SEEN_ACCEPTED, CMP_YES},
    {SEEN_REFUSED, CMP_NO},
    {SEEN_INCONCLUSIVE, CMP_UNKNOWN},
    {SEEN_NOT_ASKED, CMP_UNKNOWN},
};

static enum compare_says says_of(enum tls_seen seen)
{
    for (size_t i = 0; i < COUNT(seen_says); i++)
        if (seen_says[i].seen == seen)
            return seen_says[i].says;
    return CMP_UNKNOWN;
}

static void suites_add(struct compare_suites *s, uint32_t id)
{
    if (s->n < COUNT(s->at))
        s->at[s->n++] = id;
}

static bool suites_hold_one(const struct compare_suites *s, uint32_t id)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->at[i] == id)
            return true;
    return false;
}

/* --- ends --- */

static void name_put(struct compare_end *e, const char *name)
{
    (void)snprintf(e->name, sizeof e->name, "%s", name);
}

void compare_end_of_scan(const char *name, const struct scan_result *r, bool only_versions,
                         struct compare_end *out)
{
    memset(out, 0, sizeof *out);
    name_put(out, name);
    out->suites_known = !only_versions;
    for (size_t v = 0; v < TLS_VERSIONS; v++) {
        out->versions[v] = says_of(r->versions[v].answer.seen);
        for (size_t i = 0; i < r->versions[v].n_suites; i++)
            suites_add(&out->suites[v], r->versions[v].suites[i]);
    }
}

static bool version_of_words(const char *words, size_t *out)
{
    for (size_t v = 0; words != NULL && v < TLS_VERSIONS; v++)
        if (strcmp(tls_version_words((enum tls_version)v), words) == 0) {
            *out = v;
            return true;
        }
    return false;
}

/* "0xc030" of {"id": "0xc030", …}. */
static bool suite_id(const json_t *suite, uint32_t *out)
{
    const char *id = json_string_value(json_object_get(suite, "id"));
    uint64_t n;
    if (id == NULL || !str_parse_u64(id, &n) || n > 0xffffff)
        return false;
    *out = (uint32_t)n;
    return true;
}

static bool suites_take(const json_t *list, struct compare_suites *out)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        uint32_t id;
        if (!suite_id(json_array_get(list, i), &id))
            return false;
        suites_add(out, id);
    }
    return true;
}

static bool scan_take(const json_t *j, struct compare_end *e)
{
    const json_t *versions = json_object_get(j, "versions");
    for (size_t i = 0; i < json_array_size(versions); i++) {
        const json_t *one = json_array_get(versions, i), *suites = json_object_get(one, "suites");
        enum tls_seen seen;
        size_t v;
        if (!version_of_words(json_string_value(json_object_get(one, "version")), &v) ||
            !tls_seen_from_word(json_string_value(json_object_get(one, "seen")), &seen) ||
            !suites_take(suites, &e->suites[v]))
            return false;
        e->versions[v] = says_of(seen);
        e->suites_known = e->suites_known || suites != NULL;
    }
    return json_array_size(versions) > 0;
}

static enum compare_says client_says_of(const char *word)
{
    return word == NULL                   ? CMP_UNKNOWN
           : strcmp(word, "yes") == 0     ? CMP_YES
           : strcmp(word, "perhaps") == 0 ? CMP_PERHAPS
           : strcmp(word, "no") == 0      ? CMP_NO
                                          : CMP_UNKNOWN;
}

static void client_suites_part(const struct compare_suites *all, struct compare_end *e)
{
    for (size_t i = 0; i < all->n; i++)
        for (size_t v = 0; v < TLS_VERSIONS; v++) {
            const char *name = suite_name(all->at[i]);
            if (v == SSL_2_0 ? all->at[i] > UINT16_MAX
                             : name != NULL && suite_fits_version(name, wire_versions[v]))
                suites_add(&e->suites[v], all->at[i]);
        }
}

static bool client_take(const json_t *j, struct compare_end *e)
{
    const json_t *hello = json_object_get(j, "hello");
    const json_t *versions = json_object_get(hello, "versions");
    struct compare_suites all = {.n = 0};
    e->client = e->suites_known = true;
    if (!suites_take(json_object_get(hello, "suites"), &all))
        return false;
    client_suites_part(&all, e);
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        e->versions[v] = client_says_of(json_string_value(
            json_object_get(versions, tls_version_words((enum tls_version)v))));
    return json_is_object(versions);
}

/* The document itself, or the first of what it lists. */
static const json_t *first_of(const json_t *j, const char **kind)
{
    const char *all = json_string_value(json_object_get(j, "kind"));
    if (all != NULL && strcmp(all, "clients") == 0)
        j = json_array_get(json_object_get(j, "clients"), 0);
    else if (all != NULL && strcmp(all, "scans") == 0)
        j = json_array_get(json_object_get(j, "endpoints"), 0);
    *kind = json_string_value(json_object_get(j, "kind"));
    return j;
}

enum err compare_end_of_json(const char *name, const json_t *j, struct compare_end *out,
                             struct why *why)
{
    const char *kind;
    const json_t *one = first_of(j, &kind);
    bool client = kind != NULL && strcmp(kind, "client") == 0;
    memset(out, 0, sizeof *out);
    name_put(out, name);
    if (kind == NULL || (!client && strcmp(kind, "scan") != 0))
        return why_set(why, E_DATA, "expected what `swell listen` or `swell scan` wrote as JSON");
    if (json_integer_value(json_object_get(one, "schema_version")) != 1)
        return why_set(why, E_DATA, "its schema_version is not 1");
    if (!(client ? client_take(one, out) : scan_take(one, out)))
        return why_set(why, E_DATA, "it has no %s that can be compared",
                       client ? "ClientHello" : "versions");
    return OK;
}

/* --- what they share --- */

static enum compare_says both(enum compare_says a, enum compare_says b)
{
    if (a == CMP_NO || b == CMP_NO)
        return CMP_NO;
    if (a == CMP_UNKNOWN || b == CMP_UNKNOWN)
        return CMP_UNKNOWN;
    return a == CMP_PERHAPS || b == CMP_PERHAPS ? CMP_PERHAPS : CMP_YES;
}

/* A version without a shared suite is not shared. */
static void version_compare(const struct compare_end *a, const struct compare_end *b, size_t v,
                            struct comparison *c)
{
    c->versions[v] = both(a->versions[v], b->versions[v]);
    for (size_t i = 0; i < a->suites[v].n; i++)
        if (suites_hold_one(&b->suites[v], a->suites[v].at[i]))
            suites_add(&c->suites[v], a->suites[v].at[i]);
    if (a->suites_known && b->suites_known && c->suites[v].n == 0 &&
        (c->versions[v] == CMP_YES || c->versions[v] == CMP_PERHAPS))
        c->versions[v] = CMP_NO;
}

static int highest(const enum compare_says versions[TLS_VERSIONS], enum compare_says least)
{
    for (int v = TLS_VERSIONS - 1; v >= 0; v--)
        if (versions[v] >= least)
            return v;
    return -1;
}

static bool any_is(const enum compare_says versions[TLS_VERSIONS], enum compare_says says)
{
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        if (versions[v] == says)
            return true;
    return false;
}

static const char *side_of(const struct compare_end *e)
{
    return e->client ? "Client" : "Server";
}

/* The older end learns a version of the newer one. */
static void remedy_for_versions(const struct compare_end *a, const struct compare_end *b,
                                struct comparison *c)
{
    int of_a = highest(a->versions, CMP_YES), of_b = highest(b->versions, CMP_YES);
    const struct compare_end *old = of_a < of_b ? a : b, *new = of_a < of_b ? b : a;
    int best = of_a < of_b ? of_b : of_a;
    if (best < TLS_1_2 || of_a < 0 || of_b < 0)
        return;
    if (new->versions[TLS_1_2] == CMP_YES)
        best = TLS_1_2; /* what more systems can learn */
    (void)snprintf(c->remedy, sizeof c->remedy,
                   "switch %s on at %s: below HKLM\\SYSTEM\\CurrentControlSet\\Control\\"
                   "SecurityProviders\\SCHANNEL\\Protocols\\%s\\%s set Enabled to 1 and "
                   "DisabledByDefault to 0, and restart it",
                   tls_version_words((enum tls_version)best), old->name,
                   tls_version_words((enum tls_version)best), side_of(old));
}

/* A version that both speak, without a suite: the best one of either. */
static bool remedy_for_suites(const struct compare_end *a, const struct compare_end *b,
                              struct comparison *c)
{
    for (size_t v = TLS_VERSIONS; v-- > SSL_3_0;) {
        enum strength best = STRENGTH_SIGNAL;
        uint32_t suite = 0;
        if (both(a->versions[v], b->versions[v]) != CMP_YES || a->suites[v].n == 0)
            continue;
        for (size_t i = 0; i < a->suites[v].n; i++) {
            enum strength s = suite_worth(suite_name(a->suites[v].at[i])).strength;
            if (s > best) {
                best = s;
                suite = a->suites[v].at[i];
            }
        }
        if (suite == 0)
            continue;
        (void)snprintf(c->remedy, sizeof c->remedy,
                       "give %s a suite that %s has, as TLS_%s: in its list of cipher suites "
                       "(SSL\\00010002, Functions), or by switching on what Ciphers, Hashes or "
                       "KeyExchangeAlgorithms below SCHANNEL switch off",
                       b->name, a->name, suite_name(suite));
        return true;
    }
    return false;
}

static void put_shared(struct text *t, const struct comparison *c, enum compare_says says)
{
    bool first = true;
    for (size_t v = TLS_VERSIONS; v-- > 0;) {
        if (c->versions[v] != says)
            continue;
        text_printf(t, "%s%s", first ? "" : ", ", tls_version_words((enum tls_version)v));
        if (c->suites[v].n > 0)
            text_printf(t, " (%zu suite%s)", c->suites[v].n, c->suites[v].n == 1 ? "" : "s");
        first = false;
    }
}

static bool version_is_common(const struct compare_end *a, const struct compare_end *b)
{
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        if (both(a->versions[v], b->versions[v]) == CMP_YES)
            return true;
    return false;
}

static void judge(const struct compare_end *a, const struct compare_end *b, struct comparison *c)
{
    struct text t = {0};
    if (any_is(c->versions, CMP_YES)) {
        c->outcome = COMPARE_SHARED;
        text_put(&t, "they share ");
        put_shared(&t, c, CMP_YES);
    } else if (any_is(c->versions, CMP_PERHAPS)) {
        c->outcome = COMPARE_DOUBTFUL;
        text_put(&t, "they share, if the client takes a lower version than it names, ");
        put_shared(&t, c, CMP_PERHAPS);
    } else if (any_is(c->versions, CMP_UNKNOWN)) {
        c->outcome = COMPARE_DOUBTFUL;
        text_put(&t, "nothing that they share was seen, and not everything could be seen");
    } else if (version_is_common(a, b)) {
        c->outcome = COMPARE_NOTHING;
        text_put(&t, "they share a version, but no cipher suite of it: no connection");
        if (!remedy_for_suites(a, b, c))
            remedy_for_versions(a, b, c);
    } else {
        c->outcome = COMPARE_NOTHING;
        text_put(&t, "they share no version: no connection");
        remedy_for_versions(a, b, c);
    }
    (void)snprintf(c->text, sizeof c->text, "%s", text_str(&t));
    text_fini(&t);
}

void compare_ends(const struct compare_end *a, const struct compare_end *b,
                  struct comparison *out)
{
    memset(out, 0, sizeof *out);
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        version_compare(a, b, v, out);
    judge(a, b, out);
}
