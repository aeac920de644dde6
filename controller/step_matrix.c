/* The matrix of a check: each version by playbook, registry, Windows and wire. It explains; it does
 * not judge. A host that does not let these values be read has none. */
#include "controller/detail.h"
#include "controller/facts.h"
#include "controller/step_parts.h"
#include "handshake/matrix.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECURITY "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\"
#define PROTOCOLS SECURITY "SCHANNEL\\Protocols\\"
#define KEY_SIZE 160

enum { PAIR_READS = 2 * TLS_VERSIONS,
       READS = PAIR_READS + FACT_READS };

struct matrix {
    struct reg_path keys[TLS_VERSIONS], facts[FACT_READS];
    struct reg_read items[READS]; /* Enabled and DisabledByDefault of each version; then facts */
    struct schannel_pair desired[TLS_VERSIONS], stored[TLS_VERSIONS];
    const struct windows_release *release;
};

static enum schannel_say say_of(const struct reg_value *v)
{
    struct rd r = rd_of(v->bytes, v->size);
    if (v->absent || v->type != REG_DWORD)
        return SAYS_NOTHING;
    uint32_t number = rd_le32(&r);
    return r.bad ? SAYS_NOTHING : number != 0 ? SAYS_YES
                                              : SAYS_NO;
}

static enum err ask(struct matrix *m, struct why *why)
{
    enum err e = facts_ask(m->facts, m->items + PAIR_READS, why);
    for (size_t v = 0; e == OK && v < TLS_VERSIONS; v++) {
        char key[KEY_SIZE];
        (void)snprintf(key, sizeof key, PROTOCOLS "%s\\Server",
                       tls_version_words((enum tls_version)v));
        e = path_parse(key, VIEW_64, &m->keys[v], why);
        m->items[2 * v] = (struct reg_read){.path = &m->keys[v], .name = "Enabled"};
        m->items[2 * v + 1] = (struct reg_read){.path = &m->keys[v], .name = "DisabledByDefault"};
    }
    return e;
}

static void take(struct matrix *m)
{
    struct facts facts;
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        m->stored[v] = (struct schannel_pair){say_of(&m->items[2 * v].value),
                                              say_of(&m->items[2 * v + 1].value)};
    facts_take(m->items + PAIR_READS, &facts);
    if (facts.build.known && facts.build.number > 0 && facts.build.number <= UINT32_MAX)
        m->release = windows_release_of((uint32_t)facts.build.number);
}

/* What the plan writes there, or found right already. */
static void desire(struct matrix *m, const struct plan_host *plan)
{
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *c = &plan->changes[i];
        for (size_t v = 0; c->name && v < TLS_VERSIONS; v++) {
            if (!path_equal(&c->path, &m->keys[v]))
                continue;
            if (reg_name_equal(c->name, "Enabled"))
                m->desired[v].enabled = say_of(&c->after);
            if (reg_name_equal(c->name, "DisabledByDefault"))
                m->desired[v].disabled_by_default = say_of(&c->after);
        }
    }
}

static json_t *wire_json(const struct port_list *after, size_t v, enum matrix_state stored)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < after->n; i++) {
        const struct port_state *p = &after->ports[i];
        enum tls_seen seen = p->answers[v].seen;
        if (seen == SEEN_NOT_ASKED)
            continue;
        json_t *one = json_pack("{s:i, s:s, s:b}", "port", p->port, "seen", tls_seen_word(seen),
                                "restart_owed", matrix_owes_restart(stored, seen));
        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *matrix_json(const struct matrix *m, const struct port_list *after)
{
    json_t *list = json_array();
    for (size_t v = 0; list && v < TLS_VERSIONS; v++) {
        enum matrix_state desired = matrix_state_of(m->desired[v]);
        enum matrix_state stored = matrix_state_of(m->stored[v]);
        json_t *one = json_pack(
            "{s:s, s:s, s:s, s:s, s:o}", "version", tls_version_name((enum tls_version)v),
            "desired", matrix_state_word(desired), "stored", matrix_state_word(stored), "default",
            matrix_default_word(m->release, (enum tls_version)v), "wire",
            wire_json(after, v, stored));
        if (json_array_append_new(list, one) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Where the rule wants a version refused, its own finding says so already. */
static bool tell_owed(const struct step_run *run, const struct matrix *m,
                      const struct port_list *after, json_t *findings)
{
    bool ok = true;
    for (size_t i = 0; i < after->n; i++)
        for (size_t v = 0; ok && v < TLS_VERSIONS; v++) {
            enum matrix_state stored = matrix_state_of(m->stored[v]);
            enum tls_seen seen = after->ports[i].answers[v].seen;
            struct finding f = {.port = after->ports[i].port,
                                .version = (enum tls_version)v,
                                .verdict = VERDICT_PASSED,
                                .id = "restart-owed"};
            if (!matrix_owes_restart(stored, seen) ||
                (run->job->verify[i].want[v] != WANT_ANYTHING && !run->action->restart_is_due))
                continue;
            (void)snprintf(f.text, sizeof f.text,
                           "%u %s: the registry says %s and the wire says %s: a restart is owed, "
                           "or it is no Schannel service",
                           f.port, tls_version_words(f.version), matrix_state_word(stored),
                           tls_seen_word(seen));
            ok = json_array_append_new(findings, detail_finding(&f)) == 0;
        }
    return ok;
}

enum err step_matrix(struct step_run *run, const struct port_list *after, json_t *findings)
{
    struct matrix m = {.release = NULL};
    struct why unused;
    bool ok = true;
    enum err e = after->n > 0 ? ask(&m, &run->why) : OK;
    if (e != OK || after->n == 0)
        goto out;
    desire(&m, run->job->plan);
    if (run->job->world->transport->read(run->transport, m.items, READS, run->deadline_ms,
                                         &unused) == OK) {
        take(&m);
        ok = detail_put(run->detail, "matrix", matrix_json(&m, after)) &&
             tell_owed(run, &m, after, findings);
    }
    if (!ok)
        e = why_set(&run->why, E_MEMORY, "no memory for the matrix of a check");
out:
    read_fini(m.items, READS);
    for (size_t i = 0; i < TLS_VERSIONS; i++)
        path_fini(&m.keys[i]);
    for (size_t i = 0; i < FACT_READS; i++)
        path_fini(&m.facts[i]);
    return e;
}
