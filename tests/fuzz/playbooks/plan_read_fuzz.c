/* Any bytes as a plan file: what is read has the digest that it says, and is written as it was. */
#include "base/text.h"
#include "playbooks/plan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_round_trip(const struct plan *p)
{
    struct text json = {0};
    struct plan *again = NULL;
    struct why why = {0};
    check(plan_write(p, &json) == OK);
    check(plan_read("f", json.s, json.used, &again, &why) == OK);
    check(strcmp(again->digest, p->digest) == 0 && again->n_hosts == p->n_hosts);
    plan_free(again);
    text_fini(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct plan *p = NULL;
    struct why why = {0};
    enum err e = plan_read("f", (const char *)bytes, n, &p, &why);
    check((e == OK) == (p != NULL));
    check(e == OK || (e == E_DATA && strncmp(why.place, "f:", 2) == 0 && why.text[0] != '\0'));
    for (size_t i = 0; p != NULL && i < p->n_hosts; i++) {
        struct plan_host back = {0};
        check(plan_host_invert(&p->hosts[i], &back) == OK);
        check(back.n_changes <= p->hosts[i].n_changes);
        plan_host_fini(&back);
    }
    if (p != NULL)
        check_round_trip(p);
    plan_free(p);
    return 0;
}
