/* swell scan: what TLS ports really speak. */
#include "base/clock.h"
#include "controller/cli/inventory_pick.h"
#include "controller/cli/live.h"
#include "controller/cli/scan_compare.h"
#include "controller/cli/scan_options.h"
#include "controller/cli/stop.h"
#include "controller/scan_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum form { FORM_TEXT,
            FORM_JSON,
            FORM_JSONL,
            FORM_CSV };

struct scanning {
    const struct invocation *inv;
    struct scan_run run;
    struct goals goals;
    struct inventory *hosts; /* or NULL */
    struct anchors *anchors; /* or NULL */
    struct page page;
    struct live live;
    size_t form;
    size_t told;
    int code;
    bool starved;
};

/* --- what was found --- */

static void put_json(struct scanning *s, const struct scan_view *v)
{
    json_t *j = scan_json(v);
    char *line = j != NULL ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (line != NULL)
        (void)printf("%s%s", s->form == FORM_JSONL || s->told == 0 ? "" : ",\n", line);
    else
        s->starved = true;
    if (s->form == FORM_JSONL)
        (void)fputc('\n', stdout);
    free(line);
    json_decref(j);
}

static void put_text(struct scanning *s, const struct scan_view *v)
{
    struct text t = {0};
    scan_put_text(&s->page, &t, v);
    if (t.bad)
        s->starved = true;
    else
        (void)fputs(text_str(&t), stdout);
    text_fini(&t);
}

static void put_csv(struct scanning *s, const struct scan_view *v)
{
    struct listing l = {0};
    scan_put_csv_titles(&l);
    if (s->told > 0) { /* they stand there already */
        size_t columns = l.columns;
        listing_fini(&l);
        l.columns = columns;
    }
    scan_put_csv(&l, v);
    if (listing_csv(&l, stdout) != OK)
        s->starved = true;
    listing_fini(&l);
}

static int code_of(enum scan_sum sum)
{
    switch (sum) {
    case SCAN_SUM_WHOLE: return EXIT_WELL;
    case SCAN_SUM_IN_DOUBT:
    case SCAN_SUM_NO_TLS: return EXIT_HANDSHAKE;
    case SCAN_SUM_UNREACHABLE: return EXIT_HOSTS_UNREACHABLE;
    case SCAN_SUMS: break;
    }
    return EXIT_BROKEN;
}

static void on_done(void *who, size_t goal, const struct scan_result *r, const char *why)
{
    struct scanning *s = who;
    struct diagnosis findings[DIAGNOSES_MAX];
    struct scan_view v = {.host = s->goals.at[goal].name,
                          .result = r,
                          .only_versions = s->goals.at[goal].depth == SCAN_VERSIONS,
                          .why = why,
                          .findings = findings};
    v.n_findings = r->open ? diagnose(r, clock_real_ms() / 1000, findings) : 0;
    s->code |= code_of(scan_sum_of(&v));
    live_hide(&s->live);
    switch ((enum form)s->form) {
    case FORM_TEXT: put_text(s, &v); break;
    case FORM_JSON:
    case FORM_JSONL: put_json(s, &v); break;
    case FORM_CSV: put_csv(s, &v); break;
    }
    s->told++;
    live_show(&s->live, "scanned", s->told, s->goals.n, "ports");
}

static bool should_stop(void *who)
{
    struct scanning *s = who;
    live_show(&s->live, "scanned", s->told, s->goals.n, "ports");
    return s->starved || ferror(stdout) != 0 || stop_asked(NULL);
}

/* --- what is wanted --- */

static enum err goals_from_inventory(struct scanning *s, const struct goal_wish *wish,
                                     struct why *why)
{
    bool *chosen = NULL;
    enum err e = inventory_pick(s->inv, &s->hosts, &chosen, why);
    for (size_t i = 0; e == OK && i < s->hosts->n_hosts; i++)
        if (chosen[i])
            e = goals_add_host(&s->goals, &s->hosts->hosts[i], wish, why);
    free(chosen);
    return e;
}

static enum err goals_read(struct scanning *s, const struct goal_wish *wish, struct why *why)
{
    enum err e = OK;
    bool limit = option_get(s->inv, OPT_LIMIT) != NULL;
    if (limit == (s->inv->n_args > 0))
        return why_set(why, E_USAGE, limit ? "name endpoints, or hosts of the inventory with "
                                             "--limit, not both"
                                           : "name what to scan: HOST[:PORT]..., or --limit "
                                             "PATTERN for hosts of the inventory");
    if (limit)
        return goals_from_inventory(s, wish, why);
    for (size_t i = 0; e == OK && i < s->inv->n_args; i++)
        e = goals_add_word(&s->goals, s->inv->args[i], wish, why);
    return e;
}

static enum err wishes_read(struct scanning *s, struct why *why)
{
    static const char *const forms[] = {"text", "json", "jsonl", "csv"};
    struct goal_wish wish = {0};
    enum err e;
    if ((e = option_word(s->inv, OPT_FORMAT, forms, COUNT(forms), FORM_TEXT, &s->form, why)) !=
            OK ||
        (e = scan_options_read(s->inv, &s->run, why)) != OK ||
        (e = goal_wish_read(s->inv, &wish, why)) != OK || (e = goals_read(s, &wish, why)) != OK)
        return e;
    if (wish.depth == SCAN_ALL && (e = anchors_of(s->inv, &s->anchors, why)) != OK)
        return e;
    s->run.goals = s->goals.at;
    s->run.n = s->goals.n;
    s->run.anchors = s->anchors;
    return OK;
}

/* --- the whole --- */

static enum err scan_all(struct scanning *s, struct why *why)
{
    enum err e;
    s->page = page_for(STDOUT_FILENO, option_is_set(s->inv, OPT_NO_COLOR));
    s->run.done = on_done;
    s->run.stop = should_stop;
    s->run.who = s;
    stop_catch();
    live_begin(&s->live);
    if (s->form == FORM_JSON)
        (void)printf("{\"schema_version\":%d,\"kind\":\"scans\",\"endpoints\":[\n",
                     SCAN_SCHEMA_VERSION);
    e = scan_run(&s->run, why);
    live_end(&s->live);
    if (s->form == FORM_JSON)
        (void)printf("%s]}\n", s->told > 0 ? "\n" : "");
    if (e == OK && s->starved)
        e = why_set(why, E_MEMORY, "no memory for what was found");
    return e;
}

static int end_code(const struct scanning *s)
{
    if (stop_code() == 0 || s->told == s->goals.n)
        return s->code;
    caution("stopped after %zu of %zu endpoints", s->told, s->goals.n);
    return stop_code();
}

int verb_scan(struct invocation *inv)
{
    struct scanning s = {.inv = inv};
    struct why why = {0};
    enum err e;
    if (option_is_set(inv, OPT_COMPARE))
        return scan_compare(inv);
    if ((e = wishes_read(&s, &why)) == OK)
        e = scan_all(&s, &why);
    int code = e == OK ? end_code(&s) : fail(e, &why);
    anchors_free(s.anchors);
    goals_fini(&s.goals);
    inventory_free(s.hosts);
    return code;
}
