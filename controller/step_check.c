/* The steps that look at the host from outside: preflight and verify. */
#include "controller/detail.h"
#include "controller/facts.h"
#include "controller/step_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the rule asks beside versions; a port on which no TLS is spoken has nothing of it. */
static enum err look_closer(struct step_run *run, const struct verify_rule *r,
                            struct port_state *port)
{
    const struct job *job = run->job;
    const struct world *w = job->world;
    struct look_wish wish = {.address = job->target.address,
                             .name = job->target.name,
                             .rule = r,
                             .now_unix = w->clock->real_ms(w->clock->self) / 1000};
    bool speaks = false;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        speaks = speaks || port->answers[v].seen == SEEN_ACCEPTED;
    if (!w->look || !speaks)
        return OK;
    return w->look(&wish, clock_mono_ms() + job->policy->step_timeout_ms, &port->more, &run->why);
}

/* Probes every port that the playbook names, all at once. */
static enum err probe_all(struct step_run *run, struct port_list *out)
{
    const struct job *job = run->job;
    enum err e = OK;
    out->ports = calloc(job->n_verify + 1, sizeof *out->ports);
    if (!out->ports)
        return why_set(&run->why, E_MEMORY, "no memory for %zu ports", job->n_verify);
    if (job->n_verify > 0)
        e = job->world->probe(job->target.address, job->target.name, job->verify, job->n_verify,
                              clock_mono_ms() + job->policy->step_timeout_ms, out->ports,
                              &run->why);
    for (size_t i = 0; e == OK && i < job->n_verify; i++)
        e = look_closer(run, &job->verify[i], &out->ports[i]);
    out->n = e == OK ? job->n_verify : 0;
    return e;
}

/* The registry answers; or its service is asleep, and the outcome says how it was. */
static enum err registry_meet(struct step_run *run, struct facts *facts)
{
    const struct transport_kind *kind = run->job->world->transport;
    struct event *ev = &run->result->ev;
    struct registry_service s = {0};
    struct why unused;
    enum err e = facts_read(kind, run->transport, run->deadline_ms, facts, &run->why);
    ev->service_start = run->job->debt_start;
    ev->service_state = run->job->debt_state;
    if (e == OK)
        return OK;
    ev->service_start = ev->service_state = 0;
    if (e != E_UNAVAILABLE || !kind->service ||
        kind->service(run->transport, run->deadline_ms, &s, &unused) != OK || !s.is_asleep)
        return e;
    if (run->job->may_wake || run->job->debt_start) {
        ev->service_start = run->job->debt_start ? run->job->debt_start : s.start_type;
        ev->service_state = run->job->debt_start ? run->job->debt_state : s.state;
    }
    return e;
}

enum err step_preflight(struct step_run *run)
{
    struct facts facts;
    enum err e;
    if ((e = step_open(run)) != OK || (e = registry_meet(run, &facts)) != OK ||
        (e = probe_all(run, &run->result->ports)) != OK)
        return e;
    if (!detail_put(run->detail, "ports", detail_ports(&run->result->ports)) ||
        !detail_put(run->detail, "facts", facts_json(&facts)))
        return why_set(&run->why, E_MEMORY, "no memory for a baseline");
    return OK;
}

static const struct port_state *port_find(const struct port_list *list, const struct verify_rule *r)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->ports[i].port == r->port && strcmp(list->ports[i].dialect, r->dialect) == 0)
            return &list->ports[i];
    return NULL;
}

/* Of a change that waits for its restart, and of one that is undone, only what must not have
 * changed is asked. */
static void ask_no_more_than_before(struct verify_rule *r)
{
    r->must[0] = r->must_not[0] = '\0';
    r->min_dh = r->min_rsa = 0;
    r->certificate = (struct verify_certificate){.unchanged = r->certificate.unchanged};
}

/* What a port should do now. A rollback wants back what was seen before the change it undoes; a
 * change that waits for its restart can only be asked not to have broken anything. */
static struct verify_rule rule_now(const struct step_run *run, const struct verify_rule *r)
{
    struct verify_rule now = *r;
    const struct port_state *then = run->job->rollback ? port_find(&run->job->expect, r) : NULL;
    for (size_t v = 0; v < TLS_VERSIONS; v++) {
        if (run->action->restart_is_due || (run->job->rollback && !then))
            now.want[v] = WANT_ANYTHING;
        else if (then)
            now.want[v] = then->answers[v].seen == SEEN_ACCEPTED  ? WANT_ACCEPTED
                          : then->answers[v].seen == SEEN_REFUSED ? WANT_REFUSED
                                                                  : WANT_ANYTHING;
    }
    if (run->action->restart_is_due || run->job->rollback)
        ask_no_more_than_before(&now);
    return now;
}

static void worsen(struct event *ev, enum check check, const char *why)
{
    static const int rank[CHECKS] = {
        [CHECK_PASSED] = 0, [CHECK_INCONCLUSIVE] = 1, [CHECK_FAILED] = 2};
    if (rank[check] <= rank[ev->check])
        return;
    ev->check = check;
    snprintf(ev->why, sizeof ev->why, "%s", why);
}

static enum check check_of(enum verdict v)
{
    switch (v) {
    case VERDICT_PASSED: return CHECK_PASSED;
    case VERDICT_FAILED: return CHECK_FAILED;
    case VERDICT_INCONCLUSIVE: return CHECK_INCONCLUSIVE;
    }
    return CHECK_INCONCLUSIVE;
}

static bool put_findings(struct step_run *run, const struct finding *list, size_t n,
                         json_t *findings)
{
    bool ok = true;
    for (size_t k = 0; ok && k < n; k++) {
        ok = json_array_append_new(findings, detail_finding(&list[k])) == 0;
        worsen(&run->result->ev, check_of(list[k].verdict), list[k].text);
    }
    return ok;
}

static bool judge_port(struct step_run *run, const struct verify_rule *r,
                       const struct port_state *after, json_t *findings)
{
    const struct job *job = run->job;
    const struct port_state *then = port_find(job->rollback ? &job->expect : &job->baseline, r);
    struct verify_rule rule = rule_now(run, r);
    struct finding list[VERDICT_MORE_MAX];
    size_t n = 0;
    verdict_judge(&rule, job->rollback ? NULL : then, after, list, &n);
    if (!put_findings(run, list, n, findings))
        return false;
    if (!job->world->look || !after->open)
        return true; /* that it does not answer is said already */
    int64_t now_unix = job->world->clock->real_ms(job->world->clock->self) / 1000;
    verdict_judge_more(&rule, then ? &then->more : NULL, &after->more, now_unix, list, &n);
    return put_findings(run, list, n, findings);
}

static bool judge_ports(struct step_run *run, const struct port_list *after, json_t *findings)
{
    bool ok = true;
    for (size_t i = 0; ok && i < run->job->n_verify; i++)
        ok = judge_port(run, &run->job->verify[i], &after->ports[i], findings);
    return ok;
}

/* Group policy, or a colleague, may have written a value back while the host restarted. */
static enum err judge_values(struct step_run *run, json_t *wrong)
{
    const struct plan_host *plan = run->job->plan;
    struct reg_read *found = NULL;
    enum err e = step_read_changes(run, &found);
    for (size_t i = 0; e == OK && i < plan->n_changes; i++) {
        const struct change *c = &plan->changes[i];
        enum standing s = change_standing(c, &found[i].value);
        if (s == STANDS_AS_AFTER || (run->job->rollback && (s == STANDS_FOREIGN || !c->name)))
            continue;
        struct text t = {0};
        change_put_name(&t, c);
        text_put(&t, " is ");
        value_put_text(&t, &found[i].value);
        text_put(&t, " again: somebody else wrote it since");
        if (json_array_append_new(wrong, detail_text(&t)) != 0)
            e = why_set(&run->why, E_MEMORY, "no memory for a finding");
        worsen(&run->result->ev, CHECK_FAILED, text_str(&t));
        text_fini(&t);
    }
    read_fini(found, found ? plan->n_changes : 0);
    free(found);
    return e;
}

enum err step_verify(struct step_run *run)
{
    struct port_list after = {0};
    json_t *findings = json_array(), *wrong = json_array();
    enum err e;
    if ((e = judge_values(run, wrong)) != OK || (e = step_miss_services(run)) != OK ||
        (e = probe_all(run, &after)) != OK)
        goto out;
    if (!findings || !wrong || !judge_ports(run, &after, findings) ||
        !detail_put(run->detail, "ports", detail_ports(&after)) ||
        !detail_put(run->detail, "findings", json_incref(findings)) ||
        !detail_put(run->detail, "values", json_incref(wrong)))
        e = why_set(&run->why, E_MEMORY, "no memory for the findings of a check");
    else
        e = step_matrix(run, &after, findings);
out:
    free(after.ports);
    json_decref(findings);
    json_decref(wrong);
    return e;
}
