#include "playbooks/yaml_verify.h"

#include "base/shown.h"
#include "playbooks/starttls.h"

#include <stdlib.h>
#include <string.h>

static const char *const rule_keys[] = {"port", "starttls", "ssl2.0", "ssl3.0",
                                        "tls1.0", "tls1.1", "tls1.2", "tls1.3",
                                        "suites", "min_dh", "min_rsa", "certificate"};
static const char *const suites_keys[] = {"must", "must_not"};
static const char *const certificate_keys[] = {"unchanged", "name", "trusted", "days_left"};
static const char *const wants[] = {"any", "accepted", "refused"}; /* by enum tls_want */
static const char *const truths[] = {"false", "true"};

static enum err want_read(const struct yaml_form *f, const struct yaml_item *at, enum tls_version v,
                          enum tls_want *out)
{
    const struct yaml_item *item = form_get(at, tls_version_name(v));
    size_t word = WANT_ANYTHING;
    enum err e = item == NULL ? OK : form_word(f, item, wants, COUNT(wants), &word);
    if (e == OK)
        *out = (enum tls_want)word;
    return e;
}

static enum err suite_read(const struct yaml_form *f, const struct yaml_item *at,
                           char out[VERIFY_SUITES_SIZE])
{
    char buf[SHOWN_SIZE];
    size_t used = strlen(out), n = at->size;
    enum err e = form_shape(f, at, YAML_TEXT, "the name of a cipher suite");
    if (e != OK)
        return e;
    if (strlen(at->text) != n || !verify_suite_is_good(at->text))
        return form_fail(f, at,
                         "expected the name of a cipher suite or of a family, such as RC4 or "
                         "TLS_ECDHE_*, got `%s`",
                         shown(at->text, n, buf));
    if (used + 1 + n >= VERIFY_SUITES_SIZE)
        return form_fail(f, at, "more names than fit: all together have at most %d bytes",
                         VERIFY_SUITES_SIZE - 1);
    if (used > 0)
        out[used++] = ' ';
    memcpy(out + used, at->text, n + 1);
    return OK;
}

static enum err suite_list_read(const struct yaml_form *f, const struct yaml_item *map,
                                const char *key, char out[VERIFY_SUITES_SIZE])
{
    const struct yaml_item *at = form_get(map, key);
    enum err e = OK;
    if (at == NULL)
        return OK;
    if (at->shape != YAML_LIST)
        return suite_read(f, at, out);
    for (size_t i = 0; i < at->n && e == OK; i++)
        e = suite_read(f, at->items[i], out);
    return e;
}

static enum err suites_read(const struct yaml_form *f, const struct yaml_item *at,
                            struct verify_rule *out)
{
    enum err e;
    if (at == NULL)
        return OK;
    if ((e = form_map(f, at, "suites", suites_keys, COUNT(suites_keys))) != OK ||
        (e = suite_list_read(f, at, "must", out->must)) != OK ||
        (e = suite_list_read(f, at, "must_not", out->must_not)) != OK)
        return e;
    if (out->must[0] == '\0' && out->must_not[0] == '\0')
        return form_fail(f, at, "suites: that asks for nothing; expected must: or must_not:");
    return OK;
}

static enum err bits_read(const struct yaml_form *f, const struct yaml_item *rule, const char *key,
                          unsigned *out)
{
    const struct yaml_item *at = form_get(rule, key);
    uint64_t n = 0;
    enum err e = at == NULL ? OK : form_number(f, at, "bits", 1, VERIFY_BITS_MAX, &n);
    if (e == OK)
        *out = (unsigned)n;
    return e;
}

static enum err truth_read(const struct yaml_form *f, const struct yaml_item *map, const char *key,
                           bool *out)
{
    const struct yaml_item *at = form_get(map, key);
    size_t word = 0;
    enum err e = at == NULL ? OK : form_word(f, at, truths, COUNT(truths), &word);
    if (e == OK)
        *out = word == 1;
    return e;
}

static enum err certificate_read(const struct yaml_form *f, const struct yaml_item *at,
                                 struct verify_certificate *out)
{
    const struct yaml_item *days;
    uint64_t n = 0;
    enum err e;
    if (at == NULL)
        return OK;
    if ((e = form_map(f, at, "certificate", certificate_keys, COUNT(certificate_keys))) != OK ||
        (e = truth_read(f, at, "unchanged", &out->unchanged)) != OK ||
        (e = truth_read(f, at, "name", &out->name)) != OK ||
        (e = truth_read(f, at, "trusted", &out->trusted)) != OK)
        return e;
    if ((days = form_get(at, "days_left")) != NULL &&
        (e = form_number(f, days, "days", 1, VERIFY_DAYS_MAX, &n)) != OK)
        return e;
    out->days_left = (int)n;
    return OK;
}

static enum err rule_read(const struct yaml_form *f, const struct yaml_item *at,
                          struct verify_rule *out)
{
    const struct yaml_item *port, *starttls;
    uint64_t number;
    size_t word;
    enum err e;
    if ((e = form_map(f, at, "a verify rule", rule_keys, COUNT(rule_keys))) != OK ||
        (e = form_require(f, at, "port", "the verify rule", &port)) != OK ||
        (e = form_number(f, port, "a port", 1, UINT16_MAX, &number)) != OK)
        return e;
    out->port = (uint16_t)number;
    out->line = at->line;
    if ((starttls = form_get(at, "starttls")) != NULL) {
        if ((e = form_word(f, starttls, starttls_names, STARTTLS_COUNT, &word)) != OK)
            return e;
        memcpy(out->dialect, starttls_names[word], strlen(starttls_names[word]) + 1);
    }
    for (int v = 0; v < TLS_VERSIONS && e == OK; v++)
        e = want_read(f, at, (enum tls_version)v, &out->want[v]);
    if (e != OK || (e = suites_read(f, form_get(at, "suites"), out)) != OK ||
        (e = bits_read(f, at, "min_dh", &out->min_dh)) != OK ||
        (e = bits_read(f, at, "min_rsa", &out->min_rsa)) != OK)
        return e;
    return certificate_read(f, form_get(at, "certificate"), &out->certificate);
}

enum err yaml_verify_read(const struct yaml_form *f, const struct yaml_item *at,
                          struct playbook *p)
{
    enum err e;
    if (at == NULL)
        return OK;
    if ((e = form_shape(f, at, YAML_LIST, "a list of verify rules")) != OK)
        return e;
    if ((p->verify = calloc(at->n + 1, sizeof *p->verify)) == NULL)
        return form_memory(f);
    for (size_t i = 0; i < at->n && e == OK; i++) {
        if (i == UINT16_MAX)
            return form_fail(f, at->items[i], "more verify rules than there are ports");
        if ((e = rule_read(f, at->items[i], &p->verify[i])) != OK)
            return e;
        for (size_t k = 0; k < p->n_verify; k++)
            if (p->verify[k].port == p->verify[i].port)
                return form_fail(f, at->items[i],
                                 "a second rule for port %d; the first is at line %d",
                                 p->verify[i].port, p->verify[k].line);
        p->n_verify++;
    }
    return e;
}

/* --- written --- */

static void list_put(struct text *t, const char *key, const char *list, const char *before)
{
    const char *name;
    size_t n, count = 0;
    if (list[0] == '\0')
        return;
    text_printf(t, "%s%s: [", before, key);
    while (verify_suite_next(&list, &name, &n)) {
        text_printf(t, "%s\"", count++ ? ", " : ""); /* * and ? mean something else to YAML */
        text_put_n(t, name, n);
        text_char(t, '"');
    }
    text_char(t, ']');
}

static void truth_put(struct text *t, const char *key, bool is, const char **before)
{
    if (is) {
        text_printf(t, "%s%s: true", *before, key);
        *before = ", ";
    }
}

static void certificate_put(struct text *t, const struct verify_certificate *c)
{
    const char *before = ", certificate: {";
    truth_put(t, "unchanged", c->unchanged, &before);
    truth_put(t, "name", c->name, &before);
    truth_put(t, "trusted", c->trusted, &before);
    if (c->days_left > 0)
        text_printf(t, "%sdays_left: %d", before, c->days_left);
    if (c->unchanged || c->name || c->trusted || c->days_left > 0)
        text_char(t, '}');
}

static void rule_put(struct text *t, const struct verify_rule *r)
{
    text_printf(t, "  - {port: %u", (unsigned)r->port);
    if (r->dialect[0] != '\0')
        text_printf(t, ", starttls: %s", r->dialect);
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (r->want[v] != WANT_ANYTHING)
            text_printf(t, ", %s: %s", tls_version_name((enum tls_version)v), wants[r->want[v]]);
    if (r->must[0] != '\0' || r->must_not[0] != '\0') {
        text_put(t, ", suites: {");
        list_put(t, "must", r->must, "");
        list_put(t, "must_not", r->must_not, r->must[0] != '\0' ? ", " : "");
        text_char(t, '}');
    }
    if (r->min_dh > 0)
        text_printf(t, ", min_dh: %u", r->min_dh);
    if (r->min_rsa > 0)
        text_printf(t, ", min_rsa: %u", r->min_rsa);
    certificate_put(t, &r->certificate);
    text_put(t, "}\n");
}

void yaml_verify_put(struct text *t, const struct playbook *p)
{
    if (p->n_verify > 0)
        text_put(t, "verify:\n");
    for (size_t i = 0; i < p->n_verify; i++)
        rule_put(t, &p->verify[i]);
}
