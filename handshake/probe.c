#include "handshake/scan.h"

#include <stdlib.h>
#include <string.h>

/* One port being asked. */
struct probing {
    struct target target;
    struct scan *scan;
    struct scan_result result;
};

static void probing_done(void *who, struct scan_result *out)
{
    (void)who;
    (void)out; /* all is looked at when the engine has no job left */
}

static unsigned versions_of(const struct verify_rule *r)
{
    unsigned versions = 0;
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (!tls_version_is_ssl((enum tls_version)v) || r->want[v] != WANT_ANYTHING)
            versions |= 1u << v;
    return versions;
}

static enum err probing_begin(struct probing *p, struct talks *talks, const char *address,
                              const char *sni, const struct verify_rule *r, int64_t deadline_ms,
                              struct why *why)
{
    const struct scan_options options = {
        .depth = SCAN_VERSIONS, .versions = versions_of(r), .deadline_ms = deadline_ms};
    const struct dialect *d = dialect_named(r->dialect[0] != '\0' ? r->dialect : "tls");
    struct why reason = {.native = 0}; /* a name without an address is no error here */
    if (!d)
        return why_set(why, E_UNSUPPORTED, "port %u: nobody knows how TLS begins after \"%s\"",
                       r->port, r->dialect);
    enum err e = target_resolve(address, r->port, &p->target, &reason);
    if (e != OK && e != E_RESOLVE) {
        if (why)
            *why = reason;
        return e;
    }
    const struct scan_job job = {.talks = talks,
                                 .target = &p->target,
                                 .sni = sni,
                                 .port = r->port,
                                 .dialect = d,
                                 .options = options,
                                 .out = &p->result,
                                 .done = probing_done,
                                 .who = p};
    return scan_begin(&job, &p->scan, why);
}

static void probing_take(const struct probing *p, const struct verify_rule *r,
                         struct port_state *out)
{
    *out = (struct port_state){.port = r->port, .open = p->result.open};
    memcpy(out->dialect, r->dialect, sizeof out->dialect);
    for (int v = 0; v < TLS_VERSIONS; v++)
        out->answers[v] = p->result.versions[v].answer;
}

enum err probe_ports(const char *address, const char *sni, const struct verify_rule *rules,
                     size_t n, int64_t deadline_ms, struct port_state *out, struct why *why)
{
    struct talks *talks = NULL;
    struct probing *all = calloc(n + 1, sizeof *all);
    enum err e = all ? talks_new(NULL, &talks, why)
                     : why_set(why, E_MEMORY, "no memory for %zu ports", n);
    for (size_t i = 0; e == OK && i < n; i++)
        e = probing_begin(&all[i], talks, address, sni, &rules[i], deadline_ms, why);
    if (e == OK)
        e = talks_run(talks, NULL, NULL, why);
    for (size_t i = 0; e == OK && i < n; i++)
        if ((e = all[i].result.local) != OK)
            (void)why_set(why, e, "no hello could be made");
    for (size_t i = 0; e == OK && i < n; i++)
        probing_take(&all[i], &rules[i], &out[i]);
    talks_free(talks); /* before its scans: it holds their talks */
    for (size_t i = 0; all && i < n; i++) {
        scan_free(all[i].scan);
        scan_result_fini(&all[i].result);
    }
    free(all);
    return why_place(why, e, "%s:%u", address, n > 0 ? rules[0].port : 0);
}

enum err probe_port(const char *address, const char *sni, uint16_t port, const char *dialect,
                    int64_t deadline_ms, struct port_state *out, struct why *why)
{
    struct verify_rule rule = {.port = port};
    if (strlen(dialect) >= sizeof rule.dialect)
        return why_set(why, E_UNSUPPORTED, "port %u: nobody knows how TLS begins after \"%s\"",
                       port, dialect);
    memcpy(rule.dialect, dialect, strlen(dialect) + 1);
    return probe_ports(address, sni, &rule, 1, deadline_ms, out, why);
}
