/* A verify rule of a plan file. */
#include "playbooks/plan_fields.h"
#include "playbooks/plan_json.h"

#include <string.h>

static enum err wants_read(const struct plan_place *at, const json_t *object,
                           struct verify_rule *r)
{
    enum err e = OK;
    for (int v = 0; v < TLS_VERSIONS && e == OK; v++) {
        const char *name = tls_version_name((enum tls_version)v);
        size_t want = WANT_ANYTHING;
        if (!tls_version_is_ssl((enum tls_version)v) || json_object_get(object, name) != NULL)
            e = plan_word_read(at, object, name, plan_want_words, COUNT(plan_want_words), &want);
        r->want[v] = (enum tls_want)want;
    }
    return e;
}

/* What may be missing stays 0. */
static enum err number_read(const struct plan_place *at, const json_t *object, const char *member,
                            int64_t most, int64_t *out)
{
    *out = 0;
    return json_object_get(object, member) == NULL
               ? OK
               : plan_integer_read(at, object, member, most, out);
}

static enum err true_read(const struct plan_place *at, const json_t *object, const char *member,
                          bool *out)
{
    const json_t *v = json_object_get(object, member);
    if (v != NULL && !json_is_true(v))
        return plan_fail(at, member, "true, or not this member");
    *out = v != NULL;
    return OK;
}

static enum err suites_read(const struct plan_place *at, const json_t *object, const char *member,
                            char out[VERIFY_SUITES_SIZE])
{
    const json_t *v = json_object_get(object, member);
    const char *list = json_string_value(v), *name;
    size_t n, size = v != NULL ? json_string_length(v) : 0;
    if (v == NULL)
        return OK;
    if (list == NULL || size >= VERIFY_SUITES_SIZE || strlen(list) != size)
        return plan_fail(at, member, "names of cipher suites, parted by blanks");
    for (const char *rest = list; verify_suite_next(&rest, &name, &n);) {
        char one[VERIFY_SUITE_NAME_MAX + 1] = "";
        memcpy(one, name, n <= VERIFY_SUITE_NAME_MAX ? n : 0);
        if (!verify_suite_is_good(one))
            return plan_fail(at, member, "names of cipher suites, parted by blanks");
    }
    memcpy(out, list, size + 1);
    return OK;
}

static enum err more_read(const struct plan_place *at, const json_t *object, struct verify_rule *r)
{
    struct verify_certificate *c = &r->certificate;
    int64_t dh, rsa, days;
    enum err e;
    if ((e = true_read(at, object, "certificate_name", &c->name)) != OK ||
        (e = true_read(at, object, "certificate_trusted", &c->trusted)) != OK ||
        (e = true_read(at, object, "certificate_unchanged", &c->unchanged)) != OK ||
        (e = number_read(at, object, "days_left", VERIFY_DAYS_MAX, &days)) != OK ||
        (e = number_read(at, object, "min_dh", VERIFY_BITS_MAX, &dh)) != OK ||
        (e = number_read(at, object, "min_rsa", VERIFY_BITS_MAX, &rsa)) != OK ||
        (e = suites_read(at, object, "suites_must", r->must)) != OK ||
        (e = suites_read(at, object, "suites_must_not", r->must_not)) != OK)
        return e;
    c->days_left = (int)days;
    r->min_dh = (unsigned)dh;
    r->min_rsa = (unsigned)rsa;
    return OK;
}

enum err plan_rule_read(const struct plan_place *at, json_t *object, struct verify_rule *r)
{
    static const char *const members[] = {
        "line", "port", "starttls", "tls1.0", "tls1.1", "tls1.2", "tls1.3",
        /* not in plans of before they were known, nor where they are not asked for */
        "ssl2.0", "ssl3.0", "certificate_name", "certificate_trusted", "certificate_unchanged",
        "days_left", "min_dh", "min_rsa", "suites_must", "suites_must_not"};
    const size_t needed = 7;
    const char *dialect = json_string_value(json_object_get(object, "starttls"));
    int64_t line, port;
    enum err e;
    if ((e = plan_members_check(at, object, members, needed, COUNT(members))) != OK ||
        (e = plan_integer_read(at, object, "line", INT32_MAX, &line)) != OK ||
        (e = plan_integer_read(at, object, "port", UINT16_MAX, &port)) != OK)
        return e;
    if (dialect == NULL || strlen(dialect) >= DIALECT_NAME_MAX)
        return plan_fail(at, "starttls", "a text of at most 15 bytes");
    memcpy(r->dialect, dialect, strlen(dialect) + 1);
    r->line = (int)line;
    r->port = (uint16_t)port;
    return (e = wants_read(at, object, r)) != OK ? e : more_read(at, object, r);
}
