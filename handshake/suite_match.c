#include "handshake/suite_match.h"

#include "base/err.h"
#include "base/text.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 96

/* Which part of IANA's name makes a suite one of a family; '^' is the name's beginning, '$' its
 * end. A family may stand here more than once. */
static const struct {
    const char *family, *part;
} families[] = {
    {"RC4", "RC4"},
    {"RC2", "RC2"},
    {"3DES", "3DES"},
    {"3DES", "DES_192_EDE3"},
    {"DES", "_DES_CBC"},
    {"DES", "DES40"},
    {"DES", "_DES_64"},
    {"IDEA", "IDEA"},
    {"SEED", "SEED"},
    {"NULL", "WITH_NULL"},
    {"NULL", "^SHA256_SHA256"},
    {"NULL", "^SHA384_SHA384"},
    {"EXPORT", "EXPORT"},
    {"ANON", "_anon_"},
    {"aNULL", "_anon_"},
    {"PSK", "PSK"},
    {"KRB5", "KRB5"},
    {"SRP", "SRP"},
    {"MD5", "_MD5"},
    {"SHA1", "_SHA$"},
    {"CBC", "_CBC_"},
    {"GCM", "_GCM_"},
    {"CCM", "_CCM"},
    {"CHACHA20", "CHACHA20"},
    {"AES", "AES_"},
    {"CAMELLIA", "CAMELLIA"},
    {"ARIA", "ARIA"},
    {"DHE", "^DHE_"},
    {"ECDHE", "^ECDHE_"},
    {"ECDSA", "_ECDSA_"},
    {"kRSA", "^RSA_"},
};

static bool has_part(const char *name, const char *part)
{
    size_t n = strlen(part);
    if (part[0] == '^')
        return str_starts(name, part + 1);
    if (part[n - 1] == '$')
        return strlen(name) >= n - 1 && memcmp(name + strlen(name) - (n - 1), part, n - 1) == 0;
    return strstr(name, part) != NULL;
}

static bool in_family(const char *name, const char *family)
{
    for (size_t i = 0; i < COUNT(families); i++)
        if (str_eq_nocase(families[i].family, family) && has_part(name, families[i].part))
            return true;
    return false;
}

bool suite_is(uint32_t suite, const char *family)
{
    const char *name = suite_name(suite);
    return name && in_family(name, family);
}

static char low(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* With one place to go back to, the last *, this needs no recursion. */
static bool glob(const char *pattern, const char *s)
{
    const char *star = NULL, *again = NULL;
    while (*s != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            again = s;
        } else if (*pattern == '?' || low(*pattern) == low(*s)) {
            pattern++;
            s++;
        } else if (star) {
            pattern = star;
            s = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

/* Windows before 10 writes the curve behind the name. */
static size_t without_curve(const char *pattern, size_t n)
{
    static const char *const curves[] = {"_P256", "_P384", "_P521"};
    for (size_t i = 0; i < COUNT(curves); i++)
        if (n > 5 && memcmp(pattern + n - 5, curves[i], 5) == 0)
            return n - 5;
    return n;
}

bool suite_matches(const char *pattern, size_t n, uint32_t suite)
{
    const char *name = suite_name(suite), *openssl = suite_openssl_name(suite);
    char wanted[NAME_SIZE], whole[NAME_SIZE];
    if (!name || n >= sizeof wanted)
        return false;
    n = without_curve(pattern, n);
    memcpy(wanted, pattern, n);
    wanted[n] = '\0';
    (void)snprintf(whole, sizeof whole, "TLS_%s", name);
    return in_family(name, wanted) || glob(wanted, name) || glob(wanted, whole) ||
           (openssl && glob(wanted, openssl));
}

bool suite_pattern_is_known(const char *pattern, size_t n)
{
    static const enum tls_version versions[] = {TLS_1_2, TLS_1_3};
    for (size_t v = 0; v < COUNT(versions); v++) {
        uint16_t all[SUITES_ALL_MAX];
        size_t count = suites_all(versions[v], all);
        for (size_t i = 0; i < count; i++)
            if (suite_matches(pattern, n, all[i]))
                return true;
    }
    return false;
}
