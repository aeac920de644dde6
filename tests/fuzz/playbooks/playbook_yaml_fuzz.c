/* Any bytes as a playbook: what is read can be written, and is then read as the same settings. */
#include "base/text.h"
#include "playbooks/playbook.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_same(const struct playbook *a, const struct playbook *b)
{
    check(a->n_settings == b->n_settings && a->n_guards == b->n_guards &&
          a->n_verify == b->n_verify);
    for (size_t i = 0; i < a->n_settings; i++) {
        const struct setting *x = &a->settings[i], *y = &b->settings[i];
        check(x->kind == y->kind && path_equal(&x->path, &y->path) && x->effect == y->effect);
        check((x->name == NULL) == (y->name == NULL));
        check(x->name == NULL || strcmp(x->name, y->name) == 0);
        check(value_equal(&x->value, &y->value));
    }
}

static void check_round_trip(const struct playbook *p)
{
    struct text yaml = {0};
    struct playbook *again = NULL;
    struct why why = {0};
    check(playbook_write_yaml(p, &yaml) == OK);
    check(playbook_read_yaml("f", yaml.s, yaml.used, &again, &why) == OK);
    check_same(p, again);
    playbook_free(again);
    text_fini(&yaml);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct playbook *p = NULL;
    struct lint_finding *found = NULL;
    struct why why = {0};
    size_t count = 0;
    enum err e = playbook_read_yaml("f", (const char *)bytes, n, &p, &why);
    check((e == OK) == (p != NULL));
    check(e == OK || (e == E_DATA && strncmp(why.place, "f:", 2) == 0 && why.text[0] != '\0'));
    if (p != NULL) {
        check_round_trip(p);
        check(playbook_lint(p, &found, &count) == OK);
    }
    free(found);
    playbook_free(p);
    return 0;
}
