#include "playbooks/plan_json.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/utf16.h"

#include <inttypes.h>
#include <string.h>

const char *const plan_kind_words[2] = {[PLAN_APPLY] = "apply", [PLAN_ROLLBACK] = "rollback"};
const char *const plan_verdict_words[3] = {
    [PLAN_GO] = "go", [PLAN_EXEMPT] = "exempt", [PLAN_UNKNOWN] = "unknown"};
const char *const plan_effect_words[2] = {[EFFECT_RESTART] = "restart", [EFFECT_NONE] = "none"};
const char *const plan_want_words[3] = {
    [WANT_ANYTHING] = "any", [WANT_ACCEPTED] = "accepted", [WANT_REFUSED] = "refused"};

static void put_special(struct text *t, unsigned char c)
{
    static const char named[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *name = strchr(named, c);
    if (name != NULL) {
        text_char(t, '\\');
        text_char(t, letters[name - named]);
    } else {
        text_printf(t, "\\u%04x", c);
    }
}

static bool is_special(unsigned char c)
{
    return c < 0x20 || c == 0x7f || c == '"' || c == '\\';
}

static void put_string(struct text *t, const char *s)
{
    if (s == NULL) {
        text_put(t, "null");
    } else if (utf8_check(s, strlen(s)) != OK) {
        text_put(t, "{\"hex\":\"");
        text_hex(t, s, strlen(s));
        text_put(t, "\"}");
    } else {
        text_char(t, '"');
        while (*s != '\0') {
            size_t n = 0;
            while (s[n] != '\0' && !is_special((unsigned char)s[n]))
                n++;
            text_put_n(t, s, n);
            s += n;
            if (*s != '\0')
                put_special(t, (unsigned char)*s++);
        }
        text_char(t, '"');
    }
}

/* `,"key":` with the separator that its place asks for. */
static void put_key(struct text *t, const char *key)
{
    if (t->used == 0 || t->s[t->used - 1] != '{')
        text_char(t, ',');
    text_char(t, '"');
    text_put(t, key);
    text_put(t, "\":");
}

static void put_member(struct text *t, const char *key, const char *s)
{
    put_key(t, key);
    put_string(t, s);
}

static void put_value(struct text *t, const char *key, const struct reg_value *v)
{
    put_key(t, key);
    text_char(t, '"');
    value_put_code(t, v);
    text_char(t, '"');
}

static enum err put_change(struct text *t, const struct change *c)
{
    struct text path = {0};
    enum err e;
    path_put_code(&path, &c->path);
    text_char(t, '{');
    put_value(t, "after", &c->after);
    put_value(t, "before", &c->before);
    put_member(t, "effect", plan_effect_words[c->effect]);
    put_member(t, "key", text_str(&path));
    put_member(t, "name", c->name);
    put_member(t, "why", c->why);
    text_char(t, '}');
    e = text_end(&path);
    text_fini(&path);
    return e;
}

static enum err put_host(struct text *t, const struct plan_host *h)
{
    enum err e = OK;
    text_char(t, '{');
    put_member(t, "affinity", h->affinity);
    put_key(t, "changes");
    text_char(t, '[');
    for (size_t i = 0; i < h->n_changes && e == OK; i++) {
        text_put(t, i == 0 ? "" : ",");
        e = put_change(t, &h->changes[i]);
    }
    text_char(t, ']');
    put_member(t, "err", err_name(h->err));
    if (h->may_wake) { /* not said where it is not so: plans of before it was known stay valid */
        put_key(t, "may_wake");
        text_put(t, "true");
    }
    put_member(t, "name", h->name);
    put_key(t, "owes_restart");
    text_put(t, h->owes_restart ? "true" : "false");
    put_member(t, "reason", h->reason);
    put_member(t, "verdict", plan_verdict_words[h->verdict]);
    text_char(t, '}');
    return e;
}

static void put_number(struct text *t, const char *key, long long n)
{
    if (n > 0) {
        put_key(t, key);
        text_printf(t, "%lld", n);
    }
}

static void put_true(struct text *t, const char *key, bool is)
{
    if (is) {
        put_key(t, key);
        text_put(t, "true");
    }
}

static void put_text_if_any(struct text *t, const char *key, const char *s)
{
    if (s[0] != '\0')
        put_member(t, key, s);
}

/* What is younger than the rest is said only where it is asked for, so that plans of before it was
 * known keep their digest. */
static void put_rule(struct text *t, const struct verify_rule *r)
{
    const struct verify_certificate *c = &r->certificate;
    text_char(t, '{');
    put_true(t, "certificate_name", c->name);
    put_true(t, "certificate_trusted", c->trusted);
    put_true(t, "certificate_unchanged", c->unchanged);
    put_number(t, "days_left", c->days_left);
    put_key(t, "line");
    text_printf(t, "%d", r->line);
    put_number(t, "min_dh", r->min_dh);
    put_number(t, "min_rsa", r->min_rsa);
    put_key(t, "port");
    text_printf(t, "%u", (unsigned)r->port);
    for (int v = 0; v < TLS_1_0; v++)
        if (r->want[v] != WANT_ANYTHING)
            put_member(t, tls_version_name((enum tls_version)v), plan_want_words[r->want[v]]);
    put_member(t, "starttls", r->dialect);
    put_text_if_any(t, "suites_must", r->must);
    put_text_if_any(t, "suites_must_not", r->must_not);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        put_member(t, tls_version_name((enum tls_version)v), plan_want_words[r->want[v]]);
    text_char(t, '}');
}

/* The canonical object; digest NULL leaves it out. */
static enum err put_plan(struct text *t, const struct plan *p, const char *digest)
{
    char made[CLOCK_TEXT_SIZE];
    enum err e = OK;
    if (p->made_at_ms < 0 || p->made_at_ms > PLAN_TIME_MAX)
        return E_INTERNAL;
    text_char(t, '{');
    if (digest != NULL)
        put_member(t, "digest", digest);
    put_key(t, "hosts");
    text_char(t, '[');
    for (size_t i = 0; i < p->n_hosts && e == OK; i++) {
        text_put(t, i == 0 ? "" : ",");
        e = put_host(t, &p->hosts[i]);
    }
    text_char(t, ']');
    put_member(t, "kind", plan_kind_words[p->kind]);
    put_member(t, "made_at", clock_text(p->made_at_ms, made));
    put_member(t, "playbook", p->playbook);
    put_key(t, "rollback_of");
    text_printf(t, "%" PRId64, p->rollback_of);
    put_key(t, "schema_version");
    text_printf(t, "%d", PLAN_SCHEMA_VERSION);
    put_member(t, "title", p->title);
    put_key(t, "verify");
    text_char(t, '[');
    for (size_t i = 0; i < p->n_verify; i++) {
        text_put(t, i == 0 ? "" : ",");
        put_rule(t, &p->verify[i]);
    }
    text_put(t, "]}");
    return e != OK ? e : text_end(t);
}

enum err plan_seal(struct plan *p)
{
    struct text t = {0}, hex = {0};
    uint8_t hash[SHA256_SIZE];
    enum err e;
    if ((e = put_plan(&t, p, NULL)) != OK || (e = crypto_sha256(rd_of(t.s, t.used), hash)) != OK)
        goto out;
    text_hex(&hex, hash, sizeof hash);
    if ((e = text_end(&hex)) == OK)
        memcpy(p->digest, hex.s, PLAN_DIGEST_SIZE);
out:
    text_fini(&t);
    text_fini(&hex);
    return e;
}

enum err plan_write(const struct plan *p, struct text *out)
{
    enum err e = p->digest[0] == '\0' ? E_INTERNAL : put_plan(out, p, p->digest);
    text_char(out, '\n');
    return e != OK ? e : text_end(out);
}
