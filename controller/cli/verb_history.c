/* swell history: everything that ever happened to one host. */
#include "base/file.h"
#include "controller/app.h"
#include "report/history.h"

#include <unistd.h>

int verb_history(struct invocation *inv)
{
    static const char *const forms[] = {"text", "json"};
    struct history *hs = NULL;
    struct store *st = NULL;
    struct text t = {0};
    struct why why = {0};
    size_t form = 0;
    enum err e;
    if ((e = option_word(inv, OPT_FORMAT, forms, COUNT(forms), 0, &form, &why)) != OK ||
        (e = app_open(inv, APP_READ, &st, &why)) != OK ||
        (e = history_load(st, inv->args[0], &hs, &why)) != OK)
        goto out;
    struct page page = page_for(STDOUT_FILENO, option_is_set(inv, OPT_NO_COLOR));
    e = form == 1 ? history_put_json(hs, &t) : history_put_text(hs, &page, &t);
    if (e == OK)
        e = file_write("-", text_str(&t), t.used, 0644, &why);
    else
        e = why_set(&why, e, "no memory for the history of a host");
out:
    text_fini(&t);
    history_free(hs);
    store_close(st);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
