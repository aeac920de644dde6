/* A path of any text is read or refused; what is read has one code, one order and its parents. */
#include "registry/path.h"

#include <stdlib.h>
#include <string.h>

static void require(bool true_always)
{
    if (!true_always)
        abort();
}

static void try_parents(const struct reg_path *p)
{
    struct reg_path at, up;
    size_t depth = 0;

    require(path_copy(p, &at) == OK);
    while (path_parent(&at, &up) == OK) {
        require(path_is_under(&at, &up) && path_is_under(p, &up) && !path_is_under(&up, &at));
        require(path_compare(&up, &at) == -1 && path_compare(&at, &up) == 1);
        path_fini(&at);
        at = up;
        depth++;
    }
    require(at.key[0] == '\0' && depth <= REG_DEPTH_MAX);
    path_fini(&at);
}

static void try_forms(const struct reg_path *p)
{
    struct text code = {0}, text = {0};
    struct reg_path back, wide;

    path_put_code(&code, p);
    require(path_from_code(text_str(&code), &back) == OK && path_equal(p, &back) &&
            strcmp(p->key, back.key) == 0);
    path_put_text(&text, p);
    for (size_t i = 0; i < text.used; i++)
        require((unsigned char)text.s[i] >= 0x20 && text.s[i] != 0x7f);
    require(path_to_64bit_form(p, &wide) == OK && wide.view == VIEW_64);
    path_fini(&wide);
    path_fini(&back);
    text_fini(&text);
    text_fini(&code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *s = str_dup_n((const char *)data, size);
    struct why why = {0};
    struct text code = {0};
    struct reg_path p;

    require(s != NULL);
    if (path_parse(s, size % 2 == 0 ? VIEW_64 : VIEW_32, &p, &why) == OK) {
        try_parents(&p);
        try_forms(&p);
    } else {
        require(p.key == NULL && why.text[0] != '\0');
    }
    path_fini(&p);
    if (path_from_code(s, &p) == OK) {
        path_put_code(&code, &p);
        require(strcmp(text_str(&code), s) == 0);
        try_parents(&p);
    }
    path_fini(&p);
    text_fini(&code);
    free(s);
    return 0;
}
