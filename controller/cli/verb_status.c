/* swell status: how a rollout stands, and what to do next. */
#include "base/clock.h"
#include "base/file.h"
#include "controller/cli/status_watch.h"
#include "report/verdict.h"

#include <signal.h>
#include <unistd.h>

static enum err status_print(const struct store *st, const struct engine *g,
                             const struct page *page, bool json, struct status *s,
                             struct why *why)
{
    struct text t = {0};
    enum err e;
    *s = (struct status){.engine = g, .now_ms = clock_real_ms()};
    controller_look(st, s);
    e = json ? status_put_json(s, &t) : status_put_text(s, page, &t);
    if (e == OK)
        e = file_write("-", text_str(&t), t.used, 0644, why);
    else
        e = why_set(why, e, "no memory for the status");
    text_fini(&t);
    return e;
}

static enum err status_load(const struct invocation *inv, struct store *st, struct engine **g,
                            struct why *why)
{
    int64_t rollout = 0;
    enum err e = app_rollout_number(st, inv->n_args ? inv->args[0] : NULL, &rollout, why);
    return e != OK ? e : app_load_rollout(st, rollout, NULL, NULL, g, why);
}

/* A rollout that nobody carries on is as good as paused: it takes a `swell resume`. */
static int exit_of(const struct status *s)
{
    bool idle = s->controller == AT_WORK_NO && !engine_is_at_rest(s->engine);
    return (int)(report_exit_bits(s->engine) | (idle ? REPORT_BIT_PAUSED : 0u));
}

int verb_status(struct invocation *inv)
{
    static const char *const forms[] = {"text", "json"};
    struct page page = page_for(STDOUT_FILENO, option_is_set(inv, OPT_NO_COLOR));
    struct engine *g = NULL;
    struct status s = {0};
    struct store *st = NULL;
    struct why why = {0};
    size_t form = 0;
    int code;
    enum err e;
    if ((e = option_word(inv, OPT_FORMAT, forms, COUNT(forms), 0, &form, &why)) != OK ||
        (e = app_open(inv, APP_READ, &st, &why)) != OK ||
        (e = status_load(inv, st, &g, &why)) != OK)
        goto out;
    if (option_is_set(inv, OPT_WATCH) && form == 1)
        e = why_set(&why, E_USAGE, "-w shows text only: leave --format json away, or -w");
    else if (option_is_set(inv, OPT_WATCH))
        e = status_watch(st, g, &page, &s, &why);
    else
        e = status_print(st, g, &page, form == 1, &s, &why);
out:
    if (e == E_CANCELLED)
        code = why.native == SIGTERM ? EXIT_TERMINATED : EXIT_INTERRUPTED;
    else
        code = e == OK ? exit_of(&s) : fail(e, &why);
    engine_free(g);
    store_close(st);
    return code;
}
