#include "controller/cli/rollout_run.h"

#include "base/clock.h"
#include "base/text.h"
#include "controller/rollback.h"

#include <string.h>

/* At night everything goes back at once, and a host that fails keeps no other from going back. */
static struct policy policy_for_rollback(void)
{
    struct policy p = policy_default();
    p.serial[0] = (struct amount){100, true};
    p.n_serial = 1;
    p.max_failed = HOSTS_ANY;
    return p;
}

/* swell.yaml speaks of rollouts; only a flag of this command line changes how a rollback goes. */
static enum err policy_of(const struct invocation *inv, struct policy *p, struct why *why)
{
    const struct policy own = policy_for_rollback();
    enum err e;
    *p = own;
    if ((e = cli_policy(inv, p, why)) != OK)
        return e;
    if (!inv->values[OPT_SERIAL]) {
        memcpy(p->serial, own.serial, sizeof p->serial);
        p->n_serial = own.n_serial;
    }
    if (!inv->values[OPT_MAX_FAILED])
        p->max_failed = own.max_failed;
    return OK;
}

static enum err scope_of(const struct invocation *inv, struct rollback_scope *scope,
                         struct why *why)
{
    const char *wave = option_get(inv, OPT_WAVE);
    uint64_t n = 0;
    scope->host = option_get(inv, OPT_HOST);
    if (wave && (!str_parse_u64(wave, &n) || n < 1 || n > INT32_MAX))
        return why_set(why, E_USAGE, "--wave is '%s': expected the number of a wave", wave);
    if (wave && scope->host)
        return why_set(why, E_USAGE, "--wave and --host do not go together");
    scope->wave = (int32_t)n;
    return OK;
}

int verb_rollback(struct invocation *inv)
{
    struct why why = {0};
    struct policy policy;
    struct rollback_scope scope = {0};
    struct store *st = NULL;
    struct plan *plan = NULL;
    int64_t rollout;
    int code;
    enum err e;
    if ((e = policy_of(inv, &policy, &why)) != OK || (e = scope_of(inv, &scope, &why)) != OK ||
        (e = app_open(inv, APP_WRITE, &st, &why)) != OK ||
        (e = store_lock_controller(st, &why)) != OK ||
        (e = app_rollout_number(st, inv->args[0], &rollout, &why)) != OK ||
        (e = rollback_plan(st, rollout, &scope, clock_real_ms(), &plan, &why)) != OK) {
        code = fail(e, &why);
        goto out;
    }
    cli_print_plan(plan);
    code = option_is_set(inv, OPT_CHECK) ? EXIT_WELL : cli_start_rollout(inv, st, plan, &policy);
out:
    plan_free(plan);
    store_close(st);
    return code;
}
