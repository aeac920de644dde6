/* A plan for people: what changes where, hosts with the same changes together. */
#include "controller/cli/rollout_run.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_change(struct text *t, const struct change *c)
{
    path_put_text(t, &c->path);
    if (path_is_volatile(&c->path))
        text_put(t, " (gone at the next restart)");
    if (!c->name) {
        text_put(t, c->after.absent ? ": key deleted" : ": key created");
        return;
    }
    text_printf(t, "\n        %s: ", c->name[0] ? c->name : "(default)");
    value_put_text(t, &c->before);
    text_put(t, " -> ");
    value_put_text(t, &c->after);
}

static char *changes_text(const struct plan_host *h)
{
    struct text t = {0}, safe = {0};
    char *s = NULL;
    size_t same = 0;
    const struct reg_path *last = NULL;
    for (size_t i = 0; i < h->n_changes; i++) {
        const struct change *c = &h->changes[i];
        struct text one = {0};
        if (change_is_noop(c)) {
            same++;
            continue;
        }
        put_change(&one, c);
        const char *line = text_str(&one);
        /* Values of one key stand below it once. */
        if (last && c->name && path_equal(last, &c->path))
            line = strchr(line, '\n') ? strchr(line, '\n') + 1 : line;
        else
            text_put(&t, "      ");
        last = c->name ? &c->path : NULL;
        text_printf(&t, "%s\n", line);
        text_fini(&one);
    }
    if (same)
        text_printf(&t, "      %zu already right\n", same);
    if (h->may_wake)
        text_put(&t, "      RemoteRegistry is stopped or disabled: it is started for this work and "
                     "then put back\n");
    if (h->owes_restart)
        text_put(&t, "      owes a restart from an earlier run\n");
    text_put(&safe, text_str(&t));
    if (text_take(&safe, &s) != OK)
        s = NULL;
    text_fini(&t);
    text_fini(&safe);
    return s;
}

static void print_same(const struct plan *plan, char **texts, size_t from)
{
    size_t n = 0;
    printf("  ");
    for (size_t i = from; i < plan->n_hosts; i++)
        if (texts[i] && texts[from] && strcmp(texts[i], texts[from]) == 0 &&
            plan->hosts[i].verdict == PLAN_GO)
            printf("%s%s", n++ ? ", " : "", plan->hosts[i].name);
    printf("%s\n%s", plan_host_needs_restart(&plan->hosts[from]) ? "  (restart)" : "",
           texts[from] ? texts[from] : "");
}

static bool is_first(const struct plan *plan, char **texts, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (texts[i] && texts[at] && plan->hosts[i].verdict == PLAN_GO &&
            strcmp(texts[i], texts[at]) == 0)
            return false;
    return true;
}

static void print_left_out(const struct plan_host *h)
{
    struct text safe = {0};
    const char *reason = h->reason ? h->reason : "";
    text_put_safe(&safe, reason, strlen(reason));
    printf("  %s  left out: %s\n", h->name, text_str(&safe));
    text_fini(&safe);
}

void cli_print_plan(const struct plan *plan)
{
    size_t go = 0, change = 0, restart = 0;
    char **texts = calloc(plan->n_hosts + 1, sizeof *texts);
    for (size_t i = 0; texts && i < plan->n_hosts; i++)
        texts[i] = changes_text(&plan->hosts[i]);
    if (plan->kind == PLAN_ROLLBACK)
        printf("puts rollout %lld back: ", (long long)plan->rollback_of);
    printf("%s\n", plan->title);
    for (size_t i = 0; i < plan->n_hosts; i++) {
        const struct plan_host *h = &plan->hosts[i];
        if (h->verdict != PLAN_GO) {
            print_left_out(h);
            continue;
        }
        go++;
        change += plan_host_changes(h);
        restart += plan_host_needs_restart(h);
        if (texts && is_first(plan, texts, i))
            print_same(plan, texts, i);
    }
    printf(
        "%zu hosts: %zu to change, %zu to restart, %zu already right, %zu left out\nplan %.12s\n",
        plan->n_hosts, change, restart, go - change, plan->n_hosts - go, plan->digest);
    for (size_t i = 0; texts && i < plan->n_hosts; i++)
        free(texts[i]);
    free(texts);
}

int cli_plan_exit(const struct plan *plan)
{
    int code = EXIT_WELL;
    for (size_t i = 0; i < plan->n_hosts; i++) {
        if (plan->hosts[i].err == OK)
            continue;
        enum err_class class = err_class(plan->hosts[i].err);
        code |= class == CLASS_UNREACHABLE || class == CLASS_AGAIN ? EXIT_HOSTS_UNREACHABLE
                                                                   : EXIT_HOSTS_FAILED;
    }
    return code;
}
