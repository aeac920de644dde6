#include "base/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void read_by(const struct yaml_rules *rules, const uint8_t *bytes, size_t n)
{
    struct yaml_tree *t = NULL;
    struct why why = {0};
    enum err e = yaml_tree_read_by(rules, "f", (const char *)bytes, n, &t, &why);

    if ((e == OK) != (t != NULL) || (e != OK && (why.text[0] == '\0' || why.place[0] != 'f')))
        abort();
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        const struct yaml_item *item = t->all[i];

        if ((item->shape == YAML_TEXT) != (item->text != NULL) || item->line < 1 ||
            item->column < 1 || (item->shape == YAML_MAP && item->n % 2 != 0) ||
            (item->tag != NULL && !rules->loose))
            abort();
    }
    yaml_tree_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const struct yaml_rules strict = {.nodes_max = 1000, .depth_max = 16};
    static const struct yaml_rules loose = {.nodes_max = 1000, .depth_max = 16, .loose = true};

    read_by(&strict, bytes, n);
    read_by(&loose, bytes, n);
    return 0;
}
