#include "controller/cli/rollout_run.h"

#include "base/file.h"

#include <stdio.h>

static enum err write_plan(const struct plan *plan, const char *file, struct why *why)
{
    struct text t = {0};
    enum err e = plan_write(plan, &t);
    if (e != OK)
        why_set(why, e, "the plan cannot be written");
    else
        e = file_write(file, text_str(&t), t.used, 0600, why);
    text_fini(&t);
    return e;
}

static int exit_of(const struct invocation *inv, const struct plan *plan)
{
    size_t due = 0;
    int hosts = cli_plan_exit(plan);
    if (!option_is_set(inv, OPT_DETAILED_EXITCODE))
        return hosts;
    for (size_t i = 0; i < plan->n_hosts; i++)
        due += plan->hosts[i].verdict == PLAN_GO &&
               (plan_host_changes(&plan->hosts[i]) || plan_host_needs_restart(&plan->hosts[i]));
    return hosts ? 1 : due ? 2
                           : 0; /* Terraform's: 0 no change, 1 error, 2 changes */
}

int verb_plan(struct invocation *inv)
{
    struct why why = {0};
    struct playbook *pb = NULL;
    struct store *st = NULL;
    struct plan *plan = NULL;
    const char *file = option_get(inv, OPT_OUT);
    int code;
    enum err e;
    if ((e = playbook_load(inv->args[0], &pb, &why)) != OK ||
        (e = app_open(inv, APP_READ, &st, &why)) != OK ||
        (e = cli_make_plan(inv, st, pb, &plan, &why)) != OK ||
        (file && (e = write_plan(plan, file, &why)) != OK)) {
        code = fail(e, &why);
        goto out;
    }
    cli_print_plan(plan);
    if (file)
        printf("written to %s; `swell apply %s` does exactly this\n", file, file);
    code = exit_of(inv, plan);
out:
    plan_free(plan);
    store_close(st);
    playbook_free(pb);
    return code;
}
