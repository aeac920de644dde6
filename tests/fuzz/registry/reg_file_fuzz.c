/* A `.reg` file of any bytes is read or refused with its place; what is read can be written, and is
 * then read back the same. */
#include "registry/reg_file.h"

#include <stdlib.h>
#include <string.h>

static void require(bool true_always)
{
    if (!true_always)
        abort();
}

static bool same_name(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void require_same(const struct reg_file *a, const struct reg_file *b)
{
    require(a->n == b->n);
    for (size_t i = 0; i < a->n; i++) {
        const struct reg_entry *x = &a->entries[i], *y = &b->entries[i];

        require(x->kind == y->kind && path_equal(&x->path, &y->path) &&
                strcmp(x->path.key, y->path.key) == 0 && same_name(x->name, y->name) &&
                value_equal(&x->value, &y->value));
    }
}

static void go_round(const struct reg_file *f)
{
    struct reg_file back;
    struct why why;
    struct wr w;

    wr_init(&w, REG_FILE_MAX);
    require(reg_file_put_bytes(&w, f->entries, f->n) == OK);
    require(reg_file_read("back", wr_view_of(&w), &back, &why) == OK);
    require_same(f, &back);
    reg_file_fini(&back);
    wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reg_file f;
    struct why why = {0};
    enum err e = reg_file_read("fuzz", rd_of(data, size), &f, &why);

    if (e == OK)
        go_round(&f);
    else
        require(e == E_DATA && strncmp(why.place, "fuzz", 4) == 0 && why.text[0] != '\0' &&
                f.entries == NULL && f.n == 0);
    reg_file_fini(&f);
    return 0;
}
