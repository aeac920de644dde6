#include "controller/cli/rollout_run.h"

#include "controller/cli/wakes.h"
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
    enum err e = s ? duration_parse(s, ms, why) : OK;
    return e == OK ? OK : option_blame(inv, o, e, why);
}

enum err cli_forks(const struct invocation *inv, int *out, struct why *why)
{
    int64_t n = FORKS_DEFAULT;
    enum err e = option_number(inv, OPT_FORKS, 1, FORKS_MAX, FORKS_DEFAULT, &n, why);
    if (e == OK)
        *out = (int)n;
    return e;
}

static enum err policy_restart(const struct invocation *inv, struct policy *p, struct why *why)
{
    static const char *const words[] = {"auto", "never"};
    size_t at;
    enum err e = option_word(inv, OPT_RESTART, words, COUNT(words), 0, &at, why);
    if (e == OK)
        p->restart_never = at == 1;
    return e;
}

static enum err policy_hosts(const struct invocation *inv, struct policy *p, struct why *why)
{
    const char *s;
    enum err e;
    if ((s = option_get(inv, OPT_SERIAL)) && (e = policy_parse_serial(s, p, why)) != OK)
        return option_blame(inv, OPT_SERIAL, e, why);
    if ((s = option_get(inv, OPT_MAX_FAILED)) && (e = policy_parse_max_failed(s, p, why)) != OK)
        return option_blame(inv, OPT_MAX_FAILED, e, why);
    if ((s = option_get(inv, OPT_MAX_UNAVAILABLE)) &&
        (e = amount_parse(s, &p->max_unavailable, why)) != OK)
        return option_blame(inv, OPT_MAX_UNAVAILABLE, e, why);
    p->approval_between_waves = option_is_set(inv, OPT_APPROVAL);
    return OK;
}

enum err cli_policy(const struct invocation *inv, struct policy *p, struct why *why)
{
    const struct {
        enum opt opt;
        int64_t *ms;
    } durations[] = {
        {OPT_SOAK, &p->soak_ms},
        {OPT_RESTART_TIMEOUT, &p->restart_timeout_ms},
        {OPT_RESTART_DELAY, &p->restart_delay_ms},
        {OPT_QUIET, &p->restart_quiet_ms},
        {OPT_SETTLE, &p->restart_settle_ms},
        {OPT_LOOK, &p->look_ms},
        {OPT_STEP_TIMEOUT, &p->step_timeout_ms},
        {OPT_VERIFY_TIMEOUT, &p->verify_timeout_ms},
    };
    enum err e = policy_hosts(inv, p, why);
    if (e == OK)
        e = policy_restart(inv, p, why);
    for (size_t i = 0; e == OK && i < COUNT(durations); i++)
        e = cli_duration(inv, durations[i].opt, durations[i].ms, why);
    return e;
}

static bool want_color(const struct invocation *inv)
{
    return isatty(STDOUT_FILENO) && !option_is_set(inv, OPT_NO_COLOR);
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
    struct wakes wakes = {0};
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
        (e = owed_of_all(st, hosts, chosen, owed, why)) != OK ||
        (e = wakes_load(inv, st, hosts, chosen, &wakes, why)) != OK)
        goto out;
    wakes_give(&wakes, &pl);
    pl.inventory = hosts;
    pl.chosen = chosen;
    pl.owed = owed;
    pl.credentials = creds;
    pl.progress = progress_planning;
    pl.self = progress;
    e = planner_run(&pl, out, why);
out:
    wakes_fini(&wakes);
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

static void catch_signals(void)
{
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
}

int cli_run_rollout(const struct invocation *inv, struct store *st, int64_t rollout,
                    const struct crew *crew)
{
    const struct world world = world_real();
    struct why why = {0};
    struct engine *g = NULL;
    struct progress *progress = progress_new(isatty(STDOUT_FILENO), want_color(inv));
    char by[EVENT_BY_SIZE];
    struct running r = {.world = &world,
                        .store = st,
                        .rollout = rollout,
                        .inventory = crew->hosts,
                        .credentials = crew->credentials,
                        .forks = crew->forks,
                        .plan = crew->plan,
                        .stop = &stop_signal,
                        .progress = progress ? progress_show : NULL,
                        .self = progress};
    int code;
    enum err e;
    catch_signals();
    r.by = app_user(by);
    e = runner_run(&r, &g, &why);
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
    return code;
}

int cli_start_rollout(const struct invocation *inv, struct store *st, const struct plan *plan,
                      const struct policy *policy)
{
    struct why why = {0};
    char by[EVENT_BY_SIZE];
    struct crew crew = {0};
    int64_t rollout = 0;
    int code;
    enum err e;
    if ((e = crew_for_plan(inv, st, plan, &crew, &why)) != OK ||
        (e = rollout_create(st, plan, policy, app_user(by), plan->title, clock_real_ms(), &rollout,
                            &why)) != OK) {
        crew_fini(&crew);
        return fail(e, &why);
    }
    if (plan->kind == PLAN_ROLLBACK)
        printf("rollout %lld puts rollout %lld back: ", (long long)rollout,
               (long long)plan->rollback_of);
    else
        printf("rollout %lld: ", (long long)rollout);
    printf("%s (plan %.12s)\n", plan->title, plan->digest);
    crew.plan = plan;
    code = cli_run_rollout(inv, st, rollout, &crew);
    crew_fini(&crew);
    return code;
}
