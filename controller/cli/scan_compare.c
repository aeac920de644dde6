#include "controller/cli/scan_compare.h"

#include "controller/cli/live.h"
#include "controller/cli/scan_options.h"
#include "controller/cli/stop.h"
#include "controller/compare.h"
#include "controller/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum form { FORM_TEXT,
            FORM_JSON };
enum { ENDS = 2 };

struct comparing {
    const struct invocation *inv;
    struct scan_run run;
    struct goals goals;
    struct compare_end ends[ENDS];
    size_t end_of_goal[ENDS];
    bool unreachable, told[ENDS];
    struct comparison result;
    size_t form;
    struct live live;
};

static bool is_file(const char *word)
{
    size_t n = strlen(word);
    return (n > 5 && strcmp(word + n - 5, ".json") == 0) ||
           (n > 6 && strcmp(word + n - 6, ".jsonl") == 0);
}

static void on_done(void *who, size_t goal, const struct scan_result *r, const char *why)
{
    struct comparing *c = who;
    const struct scan_goal *g = &c->goals.at[goal];
    char name[ENDPOINT_TEXT_SIZE];
    size_t end = c->end_of_goal[goal];
    compare_end_of_scan(endpoint_text(g->name, g->port, name), r, g->depth == SCAN_VERSIONS,
                        &c->ends[end]);
    c->told[end] = true;
    if (why == NULL && r->open)
        return;
    c->unreachable = true;
    live_hide(&c->live);
    caution("%s: %s", name, why != NULL ? why : "no connection");
}

static bool should_stop(void *who)
{
    struct comparing *c = who;
    live_show(&c->live, "scanned", (size_t)c->told[0] + c->told[1], ENDS, "ends");
    return stop_asked(NULL);
}

static enum err ends_read(struct comparing *c, struct why *why)
{
    static const char *const forms[] = {"text", "json"};
    struct goal_wish wish = {0};
    enum err e;
    if (c->inv->n_args != ENDS || option_get(c->inv, OPT_LIMIT) != NULL)
        return why_set(why, E_USAGE, "--compare takes two ends: HOST[:PORT] or FILE.json each");
    if ((e = option_word(c->inv, OPT_FORMAT, forms, COUNT(forms), FORM_TEXT, &c->form, why)) !=
            OK ||
        (e = scan_options_read(c->inv, &c->run, why)) != OK ||
        (e = goal_wish_read(c->inv, &wish, why)) != OK)
        return e;
    if (wish.n_ports > 1)
        return option_blame(c->inv, OPT_PORTS,
                            why_set(why, E_USAGE, "--compare takes one port for each end"), why);
    for (size_t i = 0; e == OK && i < ENDS; i++) {
        c->end_of_goal[c->goals.n] = i;
        c->told[i] = is_file(c->inv->args[i]);
        e = c->told[i] ? compare_end_of_file(c->inv->args[i], &c->ends[i], why)
                       : goals_add_word(&c->goals, c->inv->args[i], &wish, why);
    }
    return e;
}

static enum err put_result(const struct comparing *c, struct why *why)
{
    const struct page page = page_for(STDOUT_FILENO, option_is_set(c->inv, OPT_NO_COLOR));
    struct text t = {0};
    if (c->form == FORM_JSON) {
        json_t *j = compare_json(&c->ends[0], &c->ends[1], &c->result);
        char *line = j != NULL ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
        t.bad = line == NULL;
        if (line != NULL)
            text_printf(&t, "%s\n", line);
        free(line);
        json_decref(j);
    } else {
        compare_put_text(&page, &t, &c->ends[0], &c->ends[1], &c->result);
    }
    enum err e = text_end(&t);
    if (e == OK)
        (void)fputs(text_str(&t), stdout);
    else
        (void)why_set(why, e, "no memory for the comparison");
    text_fini(&t);
    return e;
}

static enum err compare(struct comparing *c, struct why *why)
{
    enum err e = OK;
    c->run.goals = c->goals.at;
    c->run.n = c->goals.n;
    c->run.done = on_done;
    c->run.stop = should_stop;
    c->run.who = c;
    stop_catch();
    live_begin(&c->live);
    if (c->run.n > 0)
        e = scan_run(&c->run, why);
    live_end(&c->live);
    if (e != OK || !c->told[0] || !c->told[1])
        return e;
    compare_ends(&c->ends[0], &c->ends[1], &c->result);
    return put_result(c, why);
}

static int code_of(const struct comparing *c)
{
    if (!c->told[0] || !c->told[1])
        return stop_code();
    return (c->unreachable ? EXIT_HOSTS_UNREACHABLE : EXIT_WELL) |
           (c->result.outcome == COMPARE_SHARED ? EXIT_WELL : EXIT_HANDSHAKE);
}

int scan_compare(struct invocation *inv)
{
    struct comparing *c = calloc(1, sizeof *c);
    struct why why = {0};
    enum err e;
    if (c == NULL) {
        e = why_set(&why, E_MEMORY, "no memory for a comparison");
        return fail(e, &why);
    }
    c->inv = inv;
    if ((e = ends_read(c, &why)) == OK)
        e = compare(c, &why);
    int code = e == OK ? code_of(c) : fail(e, &why);
    goals_fini(&c->goals);
    free(c);
    return code;
}
