#include "controller/cli/rollout_run.h"

#include "base/file.h"

#include <stdio.h>
#include <string.h>

/* A plan file is JSON, a playbook is not. */
static bool is_plan(const struct text *bytes)
{
    const char *s = text_str(bytes);
    return s[strspn(s, " \t\r\n")] == '{';
}

static enum err plan_from_playbook(const struct invocation *inv, struct store *st,
                                   struct plan **out, struct why *why)
{
    struct playbook *pb = NULL;
    enum err e;
    if ((e = playbook_load(inv->args[0], &pb, why)) == OK)
        e = cli_make_plan(inv, st, pb, out, why);
    playbook_free(pb);
    return e;
}

/* Writing needs a plan that somebody has seen, or a word that nobody needs to. */
static enum err check_consent(const struct invocation *inv, bool from_plan, struct why *why)
{
    if (from_plan && option_get(inv, OPT_LIMIT))
        return why_set(why, E_USAGE,
                       "--limit does not go with a plan: %s is done as it is, or planned again",
                       inv->args[0]);
    if (from_plan || option_is_set(inv, OPT_YES) || option_is_set(inv, OPT_CHECK))
        return OK;
    return why_set(
        why, E_USAGE,
        "nothing was done: `swell plan %s --out FILE` and `swell apply FILE` do exactly what was "
        "seen; --yes does without looking, --check only looks",
        inv->args[0]);
}

int verb_apply(struct invocation *inv)
{
    struct why why = {0};
    struct policy policy = policy_default();
    struct text bytes = {0};
    struct store *st = NULL;
    struct plan *plan = NULL;
    int code;
    enum err e;
    if ((e = cli_policy(inv, &policy, &why)) != OK ||
        (e = file_read(inv->args[0], FILE_LIMIT_DEFAULT, &bytes, &why)) != OK ||
        (e = check_consent(inv, is_plan(&bytes), &why)) != OK ||
        (e = app_open(inv, APP_WRITE, &st, &why)) != OK ||
        (!option_is_set(inv, OPT_CHECK) && (e = store_lock_controller(st, &why)) != OK) ||
        (e = is_plan(&bytes) ? plan_read(inv->args[0], text_str(&bytes), bytes.used, &plan, &why)
                             : plan_from_playbook(inv, st, &plan, &why)) != OK) {
        code = fail(e, &why);
        goto out;
    }
    if (option_is_set(inv, OPT_CHECK) || !is_plan(&bytes))
        cli_print_plan(plan);
    code = option_is_set(inv, OPT_CHECK) ? cli_plan_exit(plan)
                                         : cli_start_rollout(inv, st, plan, &policy);
out:
    plan_free(plan);
    store_close(st);
    text_fini(&bytes);
    return code;
}
