/* swell verify: a playbook's `verify:` against the hosts as they are now. */
#include "base/clock.h"
#include "controller/cli/inventory_pick.h"
#include "controller/cli/listing.h"
#include "controller/cli/live.h"
#include "controller/cli/scan_options.h"
#include "controller/cli/stop.h"
#include "controller/scan_state.h"
#include "controller/tls_json.h"
#include "handshake/verdict.h"
#include "playbooks/playbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERIFY_SCHEMA_VERSION 1
#define FINDINGS_MAX (TLS_VERSIONS + VERDICT_MORE_MAX)

enum form { FORM_TEXT,
            FORM_JSON };

struct verifying {
    const struct invocation *inv;
    struct playbook *playbook;
    struct inventory *hosts;
    struct goals goals; /* host by host, rule by rule */
    struct anchors *anchors;
    struct scan_run run;
    struct live live;
    struct listing table; /* FORM_TEXT */
    json_t *ports;        /* FORM_JSON */
    size_t form, told, counts[3];
    bool starved;
};

static const struct verify_rule *rule_of(const struct verifying *v, size_t goal)
{
    return &v->playbook->verify[goal % v->playbook->n_verify];
}

/* --- verdicts --- */

struct judgement {
    enum verdict verdict;
    struct finding findings[FINDINGS_MAX];
    size_t n;
};

static bool is_worse(enum verdict a, enum verdict b)
{
    return a == VERDICT_FAILED || (a == VERDICT_INCONCLUSIVE && b == VERDICT_PASSED) ? a != b
                                                                                     : false;
}

static void judge(const struct verifying *v, size_t goal, const struct scan_result *r,
                  struct judgement *out)
{
    const struct verify_rule *rule = rule_of(v, goal);
    bool whole = v->goals.at[goal].depth == SCAN_ALL;
    struct port_state now;
    size_t more = 0;
    port_state_of_scan(r, whole, &now);
    out->verdict = verdict_judge(rule, NULL, &now, out->findings, &out->n);
    if (!whole || !now.open)
        return;
    enum verdict also = verdict_judge_more(rule, NULL, &now.more, clock_real_ms() / 1000,
                                           out->findings + out->n, &more);
    out->n += more;
    if (is_worse(also, out->verdict))
        out->verdict = also;
}

/* --- what is told --- */

static void put_row(struct verifying *v, size_t goal, const struct judgement *j, const char *why)
{
    const struct scan_goal *g = &v->goals.at[goal];
    const char *dialect = dialect_name(g->dialect);
    char port[40];
    (void)snprintf(port, sizeof port, "%u%s%s", g->port, strcmp(dialect, "tls") != 0 ? "/" : "",
                   strcmp(dialect, "tls") != 0 ? dialect : "");
    for (size_t i = 0; i < (j->n > 0 ? j->n : 1); i++) {
        listing_put(&v->table, i == 0 ? g->name : "");
        listing_put(&v->table, i == 0 ? port : "");
        listing_put(&v->table, i == 0 ? verdict_word(j->verdict) : "");
        listing_put(&v->table, why != NULL ? why : j->n > 0 ? j->findings[i].text
                                                            : "");
        why = NULL;
    }
}

static json_t *finding_json(const struct finding *f)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "verdict", verdict_word(f->verdict), "version",
                     f->version < TLS_VERSIONS ? json_string(tls_version_words(f->version))
                                               : json_null(),
                     "text", tls_words_json(f->text), "explanation",
                     f->id != NULL ? json_string(f->id) : json_null());
}

static json_t *port_json(const struct verifying *v, size_t goal, const struct scan_result *r,
                         const struct judgement *j, const char *why)
{
    const struct scan_goal *g = &v->goals.at[goal];
    json_t *findings = json_array(), *versions = json_object();
    for (size_t i = 0; i < j->n; i++)
        if (!tls_json_add(&findings, finding_json(&j->findings[i])))
            break;
    for (size_t i = 0; i < TLS_VERSIONS; i++)
        (void)json_object_set_new(versions, tls_version_words((enum tls_version)i),
                                  json_string(tls_seen_word(r->versions[i].answer.seen)));
    return json_pack("{s:o, s:i, s:s, s:s, s:b, s:o, s:o, s:o}", "host", tls_words_json(g->name),
                     "port", g->port, "starttls", dialect_name(g->dialect), "verdict",
                     verdict_word(j->verdict), "open", r->open, "why",
                     tls_words_json(why != NULL ? why : ""), "versions", versions, "findings",
                     findings);
}

static void on_done(void *who, size_t goal, const struct scan_result *r, const char *why)
{
    struct verifying *v = who;
    struct judgement *j = calloc(1, sizeof *j);
    if (j == NULL) {
        v->starved = true;
        return;
    }
    judge(v, goal, r, j);
    v->counts[j->verdict]++;
    if (v->form == FORM_TEXT)
        put_row(v, goal, j, why);
    else if (!tls_json_add(&v->ports, port_json(v, goal, r, j, why)))
        v->starved = true;
    v->told++;
    free(j);
    live_show(&v->live, "verified", v->told, v->goals.n, "ports");
}

static bool should_stop(void *who)
{
    struct verifying *v = who;
    live_show(&v->live, "verified", v->told, v->goals.n, "ports");
    return v->starved || stop_asked(NULL);
}

/* --- what is wanted --- */

/* All of TLS, and of SSL what the rule speaks of. */
static unsigned versions_of(const struct verify_rule *r)
{
    unsigned set = 0;
    for (unsigned v = 0; v < TLS_VERSIONS; v++)
        if (!tls_version_is_ssl((enum tls_version)v) || r->want[v] != WANT_ANYTHING)
            set |= 1u << v;
    return set;
}

static enum err goals_read(struct verifying *v, struct why *why)
{
    bool *chosen = NULL;
    enum err e = inventory_pick(v->inv, &v->hosts, &chosen, why);
    for (size_t h = 0; e == OK && h < v->hosts->n_hosts; h++)
        for (size_t i = 0; chosen[h] && e == OK && i < v->playbook->n_verify; i++) {
            const struct verify_rule *r = &v->playbook->verify[i];
            bool more = verify_asks_suites(r) || verify_asks_certificate(r);
            struct goal_wish wish = {.dialect = dialect_named(*r->dialect ? r->dialect : "tls"),
                                     .ports = {r->port},
                                     .n_ports = 1,
                                     .depth = more ? SCAN_ALL : SCAN_VERSIONS,
                                     .versions = more ? 0 : versions_of(r)};
            if (wish.dialect == NULL)
                e = why_set(why, E_DATA, "there is no dialect '%s'", r->dialect);
            else
                e = goals_add_host(&v->goals, &v->hosts->hosts[h], &wish, why);
        }
    free(chosen);
    return e;
}

static enum err wishes_read(struct verifying *v, struct why *why)
{
    static const char *const forms[] = {"text", "json"};
    const char *file = v->inv->args[0];
    bool asks_trust = false;
    enum err e;
    if ((e = option_word(v->inv, OPT_FORMAT, forms, COUNT(forms), FORM_TEXT, &v->form, why)) !=
            OK ||
        (e = scan_options_read(v->inv, &v->run, why)) != OK ||
        (e = playbook_load(file, &v->playbook, why)) != OK)
        return e;
    if (v->playbook->n_verify == 0)
        return why_place(why, why_set(why, E_DATA, "it has no verify: there is nothing to check"),
                         "%s", file);
    for (size_t i = 0; i < v->playbook->n_verify; i++)
        asks_trust = asks_trust || v->playbook->verify[i].certificate.trusted;
    if ((e = goals_read(v, why)) != OK ||
        (asks_trust && (e = anchors_of(v->inv, &v->anchors, why)) != OK))
        return e;
    v->run.goals = v->goals.at;
    v->run.n = v->goals.n;
    v->run.anchors = v->anchors;
    return OK;
}

/* --- the whole --- */

static enum err put_result(struct verifying *v, struct why *why)
{
    enum err e = v->starved ? E_MEMORY : OK;
    if (e == OK && v->form == FORM_JSON) {
        json_t *j = json_pack("{s:i, s:s, s:o, s:I, s:I, s:I, s:O}", "schema_version",
                              VERIFY_SCHEMA_VERSION, "kind", "verification", "playbook",
                              tls_words_json(v->playbook->name), "passed",
                              (json_int_t)v->counts[VERDICT_PASSED], "failed",
                              (json_int_t)v->counts[VERDICT_FAILED], "inconclusive",
                              (json_int_t)v->counts[VERDICT_INCONCLUSIVE], "ports", v->ports);
        char *line = j != NULL ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        e = line != NULL ? OK : E_MEMORY;
        if (line != NULL)
            (void)printf("%s\n", line);
        free(line);
        json_decref(j);
    } else if (e == OK && (e = listing_text(&v->table, stdout)) == OK) {
        (void)printf("\n%zu passed, %zu failed, %zu inconclusive\n", v->counts[VERDICT_PASSED],
                     v->counts[VERDICT_FAILED], v->counts[VERDICT_INCONCLUSIVE]);
    }
    return e == OK ? OK : why_set(why, e, "no memory for the verdicts");
}

static enum err verify_all(struct verifying *v, struct why *why)
{
    static const char *const titles[] = {"HOST", "PORT", "VERDICT", "WHY"};
    enum err e;
    v->table.columns = COUNT(titles);
    for (size_t i = 0; i < COUNT(titles); i++)
        listing_put(&v->table, titles[i]);
    if ((v->ports = json_array()) == NULL)
        return why_set(why, E_MEMORY, "no memory for the verdicts");
    v->run.done = on_done;
    v->run.stop = should_stop;
    v->run.who = v;
    stop_catch();
    live_begin(&v->live);
    e = scan_run(&v->run, why);
    live_end(&v->live);
    return e == OK ? put_result(v, why) : e;
}

static int code_of(const struct verifying *v)
{
    if (v->told < v->goals.n && stop_code() != 0) {
        caution("stopped after %zu of %zu ports", v->told, v->goals.n);
        return stop_code();
    }
    return v->counts[VERDICT_FAILED] + v->counts[VERDICT_INCONCLUSIVE] > 0 ? EXIT_HANDSHAKE
                                                                           : EXIT_WELL;
}

int verb_verify(struct invocation *inv)
{
    struct verifying v = {.inv = inv};
    struct why why = {0};
    enum err e;
    if ((e = wishes_read(&v, &why)) == OK)
        e = verify_all(&v, &why);
    int code = e == OK ? code_of(&v) : fail(e, &why);
    json_decref(v.ports);
    listing_fini(&v.table);
    anchors_free(v.anchors);
    goals_fini(&v.goals);
    inventory_free(v.hosts);
    playbook_free(v.playbook);
    return code;
}
