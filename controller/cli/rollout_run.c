#include "controller/cli/rollout_run.h"

#include "controller/planner.h"
#include "controller/progress.h"
#include "controller/runner.h"
#include "db/host_table.h"
#include "inventory/pattern.h"
#include "report/verdict.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORKS_DEFAULT 32
#define FORKS_MAX 500

static volatile sig_atomic_t stop_signal; /* a signal handler has nowhere else to write */

static void on_signal(int number)
{
    /* The second one leaves at once: the journal is made for that. */
    if (stop_signal)
        _exit(128 + number);
    stop_signal = number;
}

enum err cli_duration(const struct invocation *inv, enum opt o, int64_t *ms, struct why *why)
{
    const char *s = option_get(inv, o);
    return s ? duration_parse(s, ms, why) : OK;
}

enum err cli_forks(const struct invocation *inv, int *out, struct why *why)
{
    const char *s = option_get(inv, OPT_FORKS);
    uint64_t n = FORKS_DEFAULT;
    if (s && (!str_parse_u64(s, &n) || n < 1 || n > FORKS_MAX))
        return why_set(why, E_USAGE, "--forks is '%s': expected a number from 1 to %d", s,
                       FORKS_MAX);
    *out = (int)n;
    return OK;
}

static enum err policy_restart(const struct invocation *inv, struct policy *p, struct why *why)
{
    const char *s = option_get(inv, OPT_RESTART);
    if (s && strcmp(s, "auto") != 0 && strcmp(s, "never") != 0)
        return why_set(why, E_USAGE, "--restart is '%s': expected auto or never", s);
    if (s)
        p->restart_never = strcmp(s, "never") == 0;
    return OK;
}

enum err cli_policy(const struct invocation *inv, struct policy *p, struct why *why)
{
    const char *s;
    enum err e = OK;
    if ((s = option_get(inv, OPT_SERIAL)) && (e = policy_parse_serial(s, p, why)) != OK)
        return e;
    if ((s = option_get(inv, OPT_MAX_FAILED)) && (e = policy_parse_max_failed(s, p, why)) != OK)
        return e;
    if ((s = option_get(inv, OPT_MAX_UNAVAILABLE)) &&
        (e = amount_parse(s, &p->max_unavailable, why)) != OK)
        return e;
    if (option_is_set(inv, OPT_APPROVAL))
        p->approval_between_waves = true;
    if ((e = policy_restart(inv, p, why)) != OK ||
        (e = cli_duration(inv, OPT_SOAK, &p->soak_ms, why)) != OK ||
        (e = cli_duration(inv, OPT_RESTART_TIMEOUT, &p->restart_timeout_ms, why)) != OK ||
        (e = cli_duration(inv, OPT_RESTART_DELAY, &p->restart_delay_ms, why)) != OK ||
        (e = cli_duration(inv, OPT_QUIET, &p->restart_quiet_ms, why)) != OK ||
        (e = cli_duration(inv, OPT_SETTLE, &p->restart_settle_ms, why)) != OK ||
        (e = cli_duration(inv, OPT_LOOK, &p->look_ms, why)) != OK ||
        (e = cli_duration(inv, OPT_STEP_TIMEOUT, &p->step_timeout_ms, why)) != OK)
        return e;
    return cli_duration(inv, OPT_VERIFY_TIMEOUT, &p->verify_timeout_ms, why);
}

static bool want_color(const struct invocation *inv)
{
    const char *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !option_is_set(inv, OPT_NO_COLOR) && !(no_color && no_color[0]);
}

static enum err owed_of_all(struct store *st, const struct inventory *inv, const bool *chosen,
                            bool *owed, struct why *why)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < inv->n_hosts; i++) {
        struct ledger_entry entry = {0};
        if (chosen[i] && (e = app_ledger(st, inv->hosts[i].name, &entry, why)) == OK)
            owed[i] = entry.owed;
    }
    return e;
}

enum err cli_make_plan(const struct invocation *inv, struct store *st, const struct playbook *pb,
                       struct plan **out, struct why *why)
{
    const struct world world = world_real();
    struct planning pl = {
        .world = &world, .playbook = pb, .step_timeout_ms = policy_default().step_timeout_ms};
    struct inventory *hosts = NULL;
    struct credentials *creds = NULL;
    bool *chosen = NULL, *owed = NULL;
    struct progress *progress = progress_new(isatty(STDOUT_FILENO), false);
    enum err e;
    *out = NULL;
    if ((e = cli_forks(inv, &pl.forks, why)) != OK ||
        (e = cli_duration(inv, OPT_STEP_TIMEOUT, &pl.step_timeout_ms, why)) != OK ||
        (e = host_table_load(st, &hosts, why)) != OK)
        goto out;
    chosen = calloc(hosts->n_hosts + 1, sizeof *chosen);
    owed = calloc(hosts->n_hosts + 1, sizeof *owed);
    if (!chosen || !owed || !progress) {
        e = why_set(why, E_MEMORY, "no memory for %zu hosts", hosts->n_hosts);
        goto out;
    }
    if ((e = pattern_select(hosts, option_get(inv, OPT_LIMIT), chosen, why)) != OK ||
        (e = credentials_load(inv, hosts, chosen, &creds, why)) != OK ||
        (e = owed_of_all(st, hosts, chosen, owed, why)) != OK)
        goto out;
    pl.inventory = hosts;
    pl.chosen = chosen;
    pl.owed = owed;
    pl.credentials = creds;
    pl.progress = progress_planning;
    pl.self = progress;
    e = planner_run(&pl, out, why);
out:
    progress_free(progress);
    credentials_free(creds);
    inventory_free(hosts);
    free(chosen);
    free(owed);
    return e;
}

static int exit_of(const struct engine *g)
{
    return (int)report_exit_bits(g);
}

/* Only the hosts of this rollout need a login. */
static enum err login_all(const struct invocation *inv, struct store *st, int64_t rollout,
                          struct inventory *hosts, struct credentials **creds, struct why *why)
{
    struct engine *g = NULL;
    bool *chosen = calloc(hosts->n_hosts + 1, sizeof *chosen);
    enum err e = chosen ? app_load_rollout(st, rollout, NULL, NULL, &g, why)
                        : why_set(why, E_MEMORY, "no memory for %zu hosts", hosts->n_hosts);
    size_t at;
    for (size_t i = 0; e == OK && i < hosts->n_hosts; i++)
        chosen[i] = engine_find(g, hosts->hosts[i].name, &at);
    if (e == OK)
        e = credentials_load(inv, hosts, chosen, creds, why);
    engine_free(g);
    free(chosen);
    return e;
}

static void catch_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
}

int cli_run_rollout(const struct invocation *inv, struct store *st, int64_t rollout)
{
    const struct world world = world_real();
    struct why why = {0};
    struct inventory *hosts = NULL;
    struct credentials *creds = NULL;
    struct engine *g = NULL;
    struct progress *progress = progress_new(isatty(STDOUT_FILENO), want_color(inv));
    char by[EVENT_BY_SIZE];
    struct running r = {.world = &world,
                        .store = st,
                        .rollout = rollout,
                        .stop = &stop_signal,
                        .progress = progress ? progress_show : NULL,
                        .self = progress};
    int code;
    enum err e;
    catch_signals();
    r.by = app_user(by);
    if ((e = cli_forks(inv, &r.forks, &why)) == OK &&
        (e = host_table_load(st, &hosts, &why)) == OK &&
        (e = login_all(inv, st, rollout, hosts, &creds, &why)) == OK) {
        r.inventory = hosts;
        r.credentials = creds;
        e = runner_run(&r, &g, &why);
    }
    progress_free(progress);
    if (e != OK) {
        code = fail(e, &why);
        fprintf(stderr, "swell: rollout %lld can be carried on with `swell resume %lld`\n",
                (long long)rollout, (long long)rollout);
    } else {
        code = stop_signal ? 128 + stop_signal : exit_of(g);
        if (engine_state(g) != ROLLOUT_FINISHED)
            printf("rollout %lld is %s; `swell status %lld` says more, `swell resume %lld` carries "
                   "it on\n",
                   (long long)rollout, rollout_state_name(engine_state(g)), (long long)rollout,
                   (long long)rollout);
    }
    engine_free(g);
    credentials_free(creds);
    inventory_free(hosts);
    return code;
}

int cli_start_rollout(const struct invocation *inv, struct store *st, const struct plan *plan,
                      const struct policy *policy)
{
    struct why why = {0};
    char by[EVENT_BY_SIZE];
    int64_t rollout = 0;
    enum err e = rollout_create(st, plan, policy, app_user(by), plan->title, clock_real_ms(),
                                &rollout, &why);
    if (e != OK)
        return fail(e, &why);
    printf("rollout %lld: %s (plan %.12s)\n", (long long)rollout, plan->title, plan->digest);
    return cli_run_rollout(inv, st, rollout);
}
