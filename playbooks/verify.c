#include "playbooks/verify.h"

#include <stdlib.h>
#include <string.h>

const char *tls_version_name(enum tls_version v)
{
    switch (v) {
    case SSL_2_0: return "ssl2.0";
    case SSL_3_0: return "ssl3.0";
    case TLS_1_0: return "tls1.0";
    case TLS_1_1: return "tls1.1";
    case TLS_1_2: return "tls1.2";
    case TLS_1_3: return "tls1.3";
    case TLS_VERSIONS: break;
    }
    abort();
}

const char *tls_version_words(enum tls_version v)
{
    switch (v) {
    case SSL_2_0: return "SSL 2.0";
    case SSL_3_0: return "SSL 3.0";
    case TLS_1_0: return "TLS 1.0";
    case TLS_1_1: return "TLS 1.1";
    case TLS_1_2: return "TLS 1.2";
    case TLS_1_3: return "TLS 1.3";
    case TLS_VERSIONS: break;
    }
    abort();
}

bool tls_version_is_ssl(enum tls_version v)
{
    return v < TLS_1_0;
}

bool verify_asks_certificate(const struct verify_rule *r)
{
    const struct verify_certificate *c = &r->certificate;
    return c->unchanged || c->name || c->trusted || c->days_left > 0 || r->min_rsa > 0;
}

bool verify_asks_suites(const struct verify_rule *r)
{
    return r->must[0] != '\0' || r->must_not[0] != '\0' || r->min_dh > 0;
}

bool verify_suite_next(const char **at, const char **name, size_t *n)
{
    *at += strspn(*at, " ");
    *name = *at;
    *n = strcspn(*at, " ");
    *at += *n;
    return *n > 0;
}

bool verify_suite_is_good(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/*?";
    size_t n = strlen(name);
    return n <= VERIFY_SUITE_NAME_MAX && strspn(name, all) == n && strpbrk(name, letters) != NULL;
}
