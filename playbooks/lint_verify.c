/* Verify rules that can be read and are probably not what was meant. */
#include "playbooks/lint_parts.h"

#include <stdio.h>
#include <string.h>

static enum err rule_add(struct lint *l, const struct verify_rule *r, const char *words)
{
    const struct setting at = {.line = r->line, .column = 1};
    return lint_add(l, &at, "port %u: %s", r->port, words);
}

static bool lists(const char *list, const char *name, size_t n)
{
    const char *other;
    size_t size;
    while (verify_suite_next(&list, &other, &size))
        if (size == n && memcmp(other, name, n) == 0)
            return true;
    return false;
}

static enum err suites_check(struct lint *l, const struct verify_rule *r)
{
    const char *rest = r->must, *name;
    char words[200];
    size_t n;
    if (lists(r->must_not, "*", 1))
        return rule_add(l, r, "must_not: * leaves no cipher suite at all");
    while (verify_suite_next(&rest, &name, &n))
        if (lists(r->must_not, name, n)) {
            (void)snprintf(words, sizeof words, "%.*s both must be there and must not", (int)n,
                           name);
            return rule_add(l, r, words);
        }
    return OK;
}

static enum err versions_check(struct lint *l, const struct verify_rule *r)
{
    bool any = false;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        any = any || r->want[v] != WANT_REFUSED;
    if (!any)
        return rule_add(l, r, "every version of TLS is to be refused: nobody could connect");
    if (r->want[SSL_2_0] == WANT_ACCEPTED || r->want[SSL_3_0] == WANT_ACCEPTED)
        return rule_add(l, r, "SSL 2.0 and 3.0 are broken (RFC 6176, RFC 7568), and accepted here");
    if (strcmp(r->dialect, "mssql") == 0 && r->want[TLS_1_3] == WANT_ACCEPTED)
        return rule_add(l, r, "TDS 7 has no TLS 1.3; that is starttls: mssql-strict");
    return OK;
}

/* Remote desktop and SQL Server make a certificate of their own when nobody gives them one. */
static enum err certificate_check(struct lint *l, const struct verify_rule *r)
{
    bool own = strcmp(r->dialect, "rdp") == 0 || strcmp(r->dialect, "mssql") == 0 ||
               strcmp(r->dialect, "mssql-strict") == 0;
    if (own && (r->certificate.trusted || r->certificate.name))
        return rule_add(l, r,
                        "by default this service signs its certificate itself; `unchanged` is "
                        "what can be asked of that");
    if (r->min_rsa > 0 && r->min_rsa < 2048)
        return rule_add(l, r, "Windows Server 2025 refuses RSA keys below 2048 bits");
    return OK;
}

enum err lint_verify(struct lint *l)
{
    static enum err (*const checks[])(struct lint *, const struct verify_rule *) = {
        suites_check, versions_check, certificate_check};
    enum err e = OK;
    for (size_t i = 0; i < l->playbook->n_verify && e == OK; i++)
        for (size_t k = 0; k < COUNT(checks) && e == OK; k++)
            e = checks[k](l, &l->playbook->verify[i]);
    return e;
}
