#include "handshake/survive.h"

#include "base/text.h"
#include "handshake/names.h"
#include "handshake/strength.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <string.h>

#define TLS_1_3_WIRE 0x0304
#define TLS_1_2_WIRE 0x0303

static const uint16_t wire_versions[TLS_VERSIONS] = {
    [SSL_2_0] = 0x0002,
    [SSL_3_0] = 0x0300,
    [TLS_1_0] = 0x0301,
    [TLS_1_1] = 0x0302,
    [TLS_1_2] = TLS_1_2_WIRE,
    [TLS_1_3] = TLS_1_3_WIRE,
};

/* --- the server --- */

/* Enabled 0 wins over everything; a version that is off by default is not spoken by the services
 * that leave the choice to Windows. */
static bool version_is_on(enum windows_default release, const struct schannel_pair *said)
{
    if (release == WINDOWS_LACKS || said->enabled == SAYS_NO ||
        said->disabled_by_default == SAYS_YES)
        return false;
    return release == WINDOWS_ON || said->enabled == SAYS_YES ||
           said->disabled_by_default == SAYS_NO;
}

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* Does this key of Schannel's switch the suite? */
static bool algorithm_is_in(enum schannel_algorithm a, const char *suite)
{
    switch (a) {
    case ALGORITHM_NULL: return strstr(suite, "WITH_NULL") != NULL;
    case ALGORITHM_DES_56: return strstr(suite, "_DES_CBC") != NULL;
    case ALGORITHM_RC2_40: return strstr(suite, "RC2_CBC_40") != NULL;
    case ALGORITHM_RC2_56: return strstr(suite, "RC2_CBC_56") != NULL;
    case ALGORITHM_RC2_128: return strstr(suite, "RC2_128") != NULL;
    case ALGORITHM_RC4_40: return strstr(suite, "RC4_40") != NULL;
    case ALGORITHM_RC4_56: return strstr(suite, "RC4_56") != NULL;
    case ALGORITHM_RC4_64: return strstr(suite, "RC4_64") != NULL;
    case ALGORITHM_RC4_128: return strstr(suite, "RC4_128") != NULL;
    case ALGORITHM_3DES: return strstr(suite, "3DES") != NULL;
    case ALGORITHM_AES_128: return strstr(suite, "AES_128") != NULL;
    case ALGORITHM_AES_256: return strstr(suite, "AES_256") != NULL;
    case ALGORITHM_MD5: return ends_in(suite, "_MD5");
    case ALGORITHM_SHA: return ends_in(suite, "_SHA");
    case ALGORITHM_SHA256: return ends_in(suite, "_SHA256");
    case ALGORITHM_SHA384: return ends_in(suite, "_SHA384");
    case ALGORITHM_SHA512: return ends_in(suite, "_SHA512");
    case ALGORITHM_DIFFIE_HELLMAN: return str_starts(suite, "DHE_");
    case ALGORITHM_PKCS: return str_starts(suite, "RSA_");
    case ALGORITHM_ECDH: return str_starts(suite, "ECDHE_");
    case ALGORITHMS: return false;
    }
    return false;
}

static bool suite_is_switched_off(const struct schannel_wish *w, const char *name)
{
    for (size_t a = 0; a < ALGORITHMS; a++)
        if (w->algorithms[a] == SAYS_NO && algorithm_is_in((enum schannel_algorithm)a, name))
            return true;
    return false;
}

/* Before Windows 10 a name in the list may end in the curve that goes with it. */
static bool names_equal(const char *in_list, size_t n, const char *name)
{
    static const char prefix[] = "TLS_";
    if (n > strlen(prefix) && memcmp(in_list, prefix, strlen(prefix)) == 0) {
        in_list += strlen(prefix);
        n -= strlen(prefix);
    }
    if (n > 5 && memcmp(in_list + n - 5, "_P", 2) == 0)
        n -= 5;
    return n == strlen(name) && memcmp(in_list, name, n) == 0;
}

static bool list_holds(const char *list, const char *name)
{
    for (const char *at = list; *at != '\0';) {
        size_t n;
        at += strspn(at, ", ");
        n = strcspn(at, ", ");
        if (n > 0 && names_equal(at, n, name))
            return true;
        at += n;
    }
    return false;
}

bool survive_suite(const struct windows_release *r, const struct schannel_wish *w, uint16_t suite,
                   uint16_t version)
{
    enum windows_default release = windows_suite_default(r, suite);
    const char *name = suite_name(suite);
    if (name == NULL || release == WINDOWS_LACKS || !suite_fits_version(name, version) ||
        suite_is_switched_off(w, name))
        return false;
    return w->suites != NULL ? list_holds(w->suites, name) : release == WINDOWS_ON;
}

/* A version without any suite is not spoken: so a list without those of TLS 1.3 ends TLS 1.3. */
static bool version_has_suite(const struct windows_release *r, const struct schannel_wish *w,
                              uint16_t version)
{
    for (size_t i = 0; i < windows_suite_count(); i++)
        if (survive_suite(r, w, windows_suite_at(i), version))
            return true;
    return false;
}

unsigned survive_versions(const struct windows_release *r, const struct schannel_wish *w)
{
    unsigned set = 0;
    for (unsigned v = 0; v < TLS_VERSIONS; v++)
        if (version_is_on(r->server[v], &w->protocols[v][SCHANNEL_SERVER]) &&
            version_has_suite(r, w, wire_versions[v]))
            set |= 1u << v;
    return set;
}

/* --- both --- */

/* Without the extension a client takes every group. */
static bool group_is_shared(const struct client_hello *h, const struct windows_release *r)
{
    for (size_t i = 0; i < h->groups.n; i++)
        if (windows_has_group(r, h->groups.at[i]))
            return true;
    return h->groups.n == 0;
}

enum certificate_kind { WITH_RSA,
                        WITH_ECDSA };

static bool certificate_fits(const char *name, enum certificate_kind kind)
{
    if (strstr(name, "WITH_") == NULL)
        return true;
    if (strstr(name, "_DSS_") != NULL)
        return false;
    return (strstr(name, "_ECDSA_") != NULL) == (kind == WITH_ECDSA);
}

static bool is_elliptic(const char *name)
{
    return strstr(name, "WITH_") == NULL || str_starts(name, "ECDHE_");
}

/* What Schannel would choose; 0 if nothing is shared. */
static uint16_t suite_chosen(const struct client_hello *h, const struct windows_release *r,
                             const struct schannel_wish *w, uint16_t version,
                             enum certificate_kind kind)
{
    bool group = group_is_shared(h, r);
    for (size_t i = 0; i < windows_suite_count(); i++) {
        uint16_t suite = windows_suite_at(i);
        if (client_offers_suite(h, suite) && survive_suite(r, w, suite, version) &&
            certificate_fits(suite_name(suite), kind) &&
            (group || !is_elliptic(suite_name(suite))))
            return suite;
    }
    return 0;
}

static void put_set(struct text *t, unsigned set)
{
    bool first = true;
    for (unsigned v = TLS_VERSIONS; v-- > 0;)
        if (set & 1u << v) {
            text_printf(t, "%s%s", first ? "" : ", ", tls_version_words((enum tls_version)v));
            first = false;
        }
    if (first)
        text_put(t, "nothing");
}

static void put_no_version(struct text *t, const struct client_hello *h, unsigned set)
{
    char name[TLS_NAME_SIZE];
    text_put(t, "no version is shared: the server would speak ");
    put_set(t, set);
    text_printf(t, "; the client offers %s%s", h->versions.n > 0 ? "" : "at most ",
                tls_wire_version_name(client_highest_version(h), name));
    if (h->versions.n > 0)
        text_put(t, " and what else it lists");
}

static void put_no_suite(struct text *t, const struct client_hello *h,
                         const struct windows_release *r, uint16_t version)
{
    char name[TLS_NAME_SIZE];
    text_printf(t, "%s is shared, but no cipher suite", tls_wire_version_name(version, name));
    if (!group_is_shared(h, r))
        text_put(t, " (and no elliptic curve)");
}

static void put_suites(struct text *t, const struct survival *s, uint16_t highest)
{
    char name[TLS_NAME_SIZE];
    if (s->outcome == SURVIVES_PERHAPS && s->version != highest)
        text_put(t, "if the client takes a lower version than it names: ");
    text_printf(t, "%s", tls_wire_version_name(s->version, name));
    if (s->suite != 0) {
        text_printf(t, " with %s", suite_name(s->suite));
    } else {
        text_printf(t, " with %s, but only where the server's certificate is ECDSA; with an RSA "
                       "certificate no suite is shared",
                    suite_name(s->suite_ecdsa));
    }
}

/* The highest version that both speak decides: servers do not go below it. */
static uint16_t version_chosen(const struct client_hello *h, unsigned set, enum client_says *says)
{
    for (unsigned v = TLS_VERSIONS; v-- > 0;) {
        enum client_says s = client_says_version(h, wire_versions[v]);
        if ((set & 1u << v) != 0 && s != CLIENT_NO) {
            *says = s;
            return wire_versions[v];
        }
    }
    return 0;
}

void survive_judge(const struct client_hello *h, const struct windows_release *r,
                   const struct schannel_wish *w, struct survival *out)
{
    unsigned set = survive_versions(r, w);
    enum client_says says = CLIENT_NO;
    struct survival s = {.version = version_chosen(h, set, &says)};
    struct text t = {0};
    if (s.version != 0) {
        s.suite = suite_chosen(h, r, w, s.version, WITH_RSA);
        s.suite_ecdsa = suite_chosen(h, r, w, s.version, WITH_ECDSA);
    }
    if (s.suite == 0 && s.suite_ecdsa == 0)
        s.outcome = SURVIVES_NOT;
    else
        s.outcome = s.suite == 0 || says == CLIENT_PERHAPS ? SURVIVES_PERHAPS : SURVIVES;
    if (s.version == 0)
        put_no_version(&t, h, set);
    else if (s.outcome == SURVIVES_NOT)
        put_no_suite(&t, h, r, s.version);
    else
        put_suites(&t, &s, client_highest_version(h));
    (void)snprintf(s.text, sizeof s.text, "%s", text_str(&t));
    text_fini(&t);
    *out = s;
}

const char *survive_word(enum survive s)
{
    static const char *const words[] = {
        [SURVIVES] = "survives",
        [SURVIVES_PERHAPS] = "perhaps",
        [SURVIVES_NOT] = "fails",
    };
    return words[s];
}
