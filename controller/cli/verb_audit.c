/* swell audit verify */
#include "base/text.h"
#include "controller/app.h"
#include "controller/audit.h"

#include <inttypes.h>
#include <stdio.h>

static void print_result(const struct audit_result *r)
{
    struct text head = {0};
    text_hex(&head, r->proof.head, sizeof r->proof.head);
    printf("%" PRId64 " event%s, head %s, all linked\n", r->proof.events,
           r->proof.events == 1 ? "" : "s", text_str(&head));
    printf("%" PRId64 " rollout%s, every event possible where it stands, every plan unchanged\n",
           r->rollouts, r->rollouts == 1 ? "" : "s");
    text_fini(&head);
}

int verb_audit_verify(struct invocation *inv)
{
    struct audit_result r = {0};
    struct store *st = NULL;
    struct why why = {0};
    enum err e;
    if (inv->n_args > 0)
        e = store_open_readonly(inv->args[0], &st, &why);
    else
        e = app_open(inv, APP_READ, &st, &why);
    if (e == OK && (e = audit_verify(st, &r, &why)) == OK)
        print_result(&r);
    store_close(st);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
