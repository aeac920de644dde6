/* SCHANNEL\Protocols: "TLS registry settings" and "Protocols in TLS/SSL (Schannel SSP)" of the
 * Windows documentation. */
#include "base/shown.h"
#include "base/text.h"
#include "playbooks/guard.h"
#include "playbooks/lint_parts.h"

#include <stdio.h>
#include <string.h>

#define LEVEL_MAX 64
#define TLS_1_3_BUILD 20348 /* Windows Server 2022: the first that has TLS 1.3 for good */

static const char protocols[] =
    "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols";
static const char *const known[] = {"SSL 2.0",
                                    "SSL 3.0",
                                    "TLS 1.0",
                                    "TLS 1.1",
                                    "TLS 1.2",
                                    "TLS 1.3",
                                    "DTLS 1.0",
                                    "DTLS 1.2",
                                    "DTLS 1.3",
                                    "PCT 1.0",
                                    "Multi-Protocol Unified Hello"};
static const char *const sides[] = {"Client", "Server"};
static const char *const pair[] = {"Enabled", "DisabledByDefault"};

struct spec { /* a setting below Protocols */
    const struct lint_spot *spot;
    char protocol[LEVEL_MAX], side[LEVEL_MAX];
};

static bool is_one_of(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(s, words[i]))
            return true;
    return false;
}

/* `; did you mean X?` or nothing. */
static const char *meant(const char *s, const char *const *words, size_t n,
                         char buf[LEVEL_MAX + 20])
{
    const char *near = str_nearest(s, words, n);
    (void)snprintf(buf, LEVEL_MAX + 20, near == NULL ? "%s" : "; did you mean `%s`?",
                   near == NULL ? "" : near);
    return buf;
}

/* The names of the key: said once, at its first setting. */
static enum err key_look(struct lint *l, const struct spec *at, const struct setting *s)
{
    char a[SHOWN_SIZE], b[LEVEL_MAX + 20];
    if (!is_one_of(at->protocol, known, COUNT(known)))
        return lint_add(l, s, "Schannel knows no protocol `%s`%s",
                        shown(at->protocol, strlen(at->protocol), a),
                        meant(at->protocol, known, COUNT(known), b));
    if (*at->side == '\0' && s->name != NULL)
        return lint_add(l, s, "Schannel reads values below %s in Client and Server, not here",
                        at->protocol);
    if (*at->side != '\0' && !is_one_of(at->side, sides, COUNT(sides)))
        return lint_add(l, s, "below a protocol Schannel reads Client and Server, not `%s`",
                        shown(at->side, strlen(at->side), a));
    return OK;
}

static enum err name_look(struct lint *l, const struct spec *at)
{
    const struct setting *s = at->spot->setting;
    char a[SHOWN_SIZE], b[LEVEL_MAX + 20];
    if (s->name == NULL || is_one_of(s->name, pair, COUNT(pair)) ||
        str_nearest(s->name, pair, COUNT(pair)) == NULL)
        return OK;
    return lint_add(l, s, "Schannel knows no value `%s`%s", shown(s->name, strlen(s->name), a),
                    meant(s->name, pair, COUNT(pair), b));
}

/* With one of the two alone, what Windows does depends on its version. */
static enum err pair_look(struct lint *l, const struct spec *at)
{
    const struct setting *s = at->spot->setting;
    for (size_t i = 0; i < COUNT(pair); i++)
        if (s->kind == SETTING_VALUE && str_eq_nocase(s->name, pair[i]) &&
            !lint_sets(l, &at->spot->path, pair[1 - i]))
            return lint_add(
                l, s,
                "%s without %s: what that means differs between versions of Windows; set both",
                pair[i], pair[1 - i]);
    return OK;
}

struct sample { /* a host to try guards on */
    int64_t build;
    const char *product;
};

static struct fact_value sample_fact(void *self, const char *name)
{
    const struct sample *at = self;
    struct fact_value v = {.known = true};
    if (strcmp(name, "os.build") == 0) {
        v.is_number = true;
        v.number = at->build;
    } else if (strcmp(name, "os.product") == 0) {
        (void)snprintf(v.text, sizeof v.text, "%s", at->product);
    } else {
        v.known = false;
    }
    return v;
}

static bool is_kept_out(const struct playbook *p, struct sample *host)
{
    for (size_t i = 0; i < p->n_guards; i++) {
        enum guard_answer answer;
        if (guard_eval(p->guards[i].that, sample_fact, host, &answer, NULL) == OK &&
            answer == GUARD_FAILS)
            return true;
    }
    return false;
}

/* Tried on hosts that must be kept out, rather than read: a guard may say it in many ways. */
static bool keeps_old_hosts_out(const struct playbook *p)
{
    static const int64_t builds[] = {6002, 7601, 9200, 9600, 10240,
                                     14393, 17763, 18363, 19045, TLS_1_3_BUILD - 1};
    static const char *const products[] = {"ServerNT", "LanmanNT", "WinNT"};
    for (size_t b = 0; b < COUNT(builds); b++)
        for (size_t k = 0; k < COUNT(products); k++) {
            struct sample host = {.build = builds[b], .product = products[k]};
            if (!is_kept_out(p, &host))
                return false;
        }
    return true;
}

static bool turns_on(const struct setting *s)
{
    uint64_t n;
    if (s->kind != SETTING_VALUE || !value_as_u64(&s->value, &n))
        return false;
    return (str_eq_nocase(s->name, "Enabled") && n != 0) ||
           (str_eq_nocase(s->name, "DisabledByDefault") && n == 0);
}

static enum err spot_look(struct lint *l, const struct spec *at, const struct setting *key,
                          bool guarded)
{
    enum err e = key != NULL ? key_look(l, at, key) : OK;
    if (e != OK || *at->side == '\0')
        return e;
    if ((e = name_look(l, at)) != OK || (e = pair_look(l, at)) != OK)
        return e;
    if (guarded || !str_eq_nocase(at->protocol, "TLS 1.3") || !turns_on(at->spot->setting))
        return OK;
    return lint_add(l, at->spot->setting,
                    "TLS 1.3 is not safe on Windows before build %d; add the guard os.build >= %d",
                    TLS_1_3_BUILD, TLS_1_3_BUILD);
}

enum err lint_schannel(struct lint *l)
{
    bool guarded = keeps_old_hosts_out(l->playbook);
    enum err e = OK;
    for (size_t i = 0; i < l->n_spots && e == OK; i++) {
        struct spec at = {.spot = &l->spots[i]};
        const char *rest = at.spot->path.hive == HIVE_LOCAL_MACHINE
                               ? key_below(at.spot->path.key, protocols)
                               : NULL;
        if (rest == NULL || *rest == '\0')
            continue;
        rest = key_level(rest, at.protocol, sizeof at.protocol);
        (void)key_level(rest, at.side, sizeof at.side);
        e = spot_look(l, &at, lint_key(l, i), guarded);
    }
    return e;
}
