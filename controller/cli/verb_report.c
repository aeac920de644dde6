/* swell report: what a rollout did, to read or to keep. */
#include "base/file.h"
#include "controller/app.h"
#include "report/json.h"
#include "report/text.h"

#include <unistd.h>

struct reading {
    struct report *report;
    struct why *why;
};

static enum err event_see(void *self, const struct engine *g, const struct event *ev)
{
    struct reading *k = self;
    return report_see(k->report, g, ev, k->why);
}

static enum err report_load(struct store *st, const struct invocation *inv, struct report *r,
                            struct engine **g, struct why *why)
{
    struct reading k = {r, why};
    int64_t rollout = 0;
    enum err e = app_rollout_number(st, inv->n_args ? inv->args[0] : NULL, &rollout, why);
    return e != OK ? e : app_load_rollout(st, rollout, event_see, &k, g, why);
}

static enum err report_print(const struct invocation *inv, const struct report *r, bool json,
                             struct why *why)
{
    static const struct page for_a_file = {.utf8 = true};
    const char *file = option_get(inv, OPT_OUT);
    struct page page = file ? for_a_file
                            : page_for(STDOUT_FILENO, option_is_set(inv, OPT_NO_COLOR));
    struct text t = {0};
    enum err e = json ? report_put_json(r, &t) : report_put_text(r, &page, &t);
    if (e == OK)
        e = file_write(file ? file : "-", text_str(&t), t.used, 0644, why);
    else
        e = why_set(why, e, "no memory for the report");
    text_fini(&t);
    return e;
}

int verb_report(struct invocation *inv)
{
    static const char *const forms[] = {"text", "json"};
    struct report *r = report_new();
    struct engine *g = NULL;
    struct store *st = NULL;
    struct why why = {0};
    size_t form = 0;
    enum err e = r ? OK : why_set(&why, E_MEMORY, "no memory for a report");
    if (e != OK ||
        (e = option_word(inv, OPT_FORMAT, forms, COUNT(forms), 0, &form, &why)) != OK ||
        (e = app_open(inv, APP_READ, &st, &why)) != OK ||
        (e = report_load(st, inv, r, &g, &why)) != OK)
        goto out;
    e = report_print(inv, r, form == 1, &why);
out:
    report_free(r);
    engine_free(g);
    store_close(st);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
