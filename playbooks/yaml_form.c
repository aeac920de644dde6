#include "playbooks/yaml_form.h"

#include "base/shown.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOUND_SIZE (SHOWN_SIZE + 2)

static enum err place(const struct yaml_form *f, const struct yaml_item *at, size_t byte,
                      enum err e)
{
    int column = at->column + (at->exact ? at->quote + (int)byte : 0);
    return why_place(f->why, e, "%s:%d:%d", shown_file(f->file), at->line,
                     byte == 0 ? at->column : column);
}

static enum err fail(const struct yaml_form *f, const struct yaml_item *at, size_t byte,
                     const char *fmt, va_list args) PRINTF_LIKE(4, 0);

static enum err fail(const struct yaml_form *f, const struct yaml_item *at, size_t byte,
                     const char *fmt, va_list args)
{
    char text[sizeof f->why->text];
    vsnprintf(text, sizeof text, fmt, args);
    return place(f, at, byte, why_set(f->why, E_DATA, "%s", text));
}

enum err form_fail(const struct yaml_form *f, const struct yaml_item *at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    enum err e = fail(f, at, 0, fmt, args);
    va_end(args);
    return e;
}

enum err form_fail_in(const struct yaml_form *f, const struct yaml_item *at, size_t byte,
                      const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    enum err e = fail(f, at, byte, fmt, args);
    va_end(args);
    return e;
}

enum err form_memory(const struct yaml_form *f)
{
    return why_set(f->why, E_MEMORY, "out of memory");
}

enum err form_place(const struct yaml_form *f, const struct yaml_item *at, size_t byte, enum err e)
{
    if (e == OK || e == E_MEMORY)
        return e;
    return place(f, at, byte, E_DATA);
}

/* "`text`"; or the shape of what is no text. */
static const char *found(const struct yaml_item *at, char buf[FOUND_SIZE])
{
    char text[SHOWN_SIZE];
    if (at->shape != YAML_TEXT)
        return yaml_shape_words(at->shape);
    if (at->size == 0)
        return "nothing";
    (void)snprintf(buf, FOUND_SIZE, "`%s`", shown(at->text, at->size, text));
    return buf;
}

/* "a, b or c" */
static void words_join(const char *const *words, size_t n, struct text *out)
{
    for (size_t i = 0; i < n; i++)
        text_printf(out, "%s%s", i == 0 ? "" : i + 1 == n ? " or "
                                                          : ", ",
                    words[i]);
}

enum err form_shape(const struct yaml_form *f, const struct yaml_item *at, enum yaml_shape want,
                    const char *what)
{
    char buf[FOUND_SIZE];
    if (at->shape == want)
        return OK;
    return form_fail(f, at, "expected %s, got %s", what, found(at, buf));
}

static enum err key_unknown(const struct yaml_form *f, const struct yaml_item *key,
                            const char *what, const char *const *keys, size_t n)
{
    char buf[FOUND_SIZE];
    struct text t = {0};
    const char *near = str_nearest(key->text, keys, n);
    if (near != NULL)
        return form_fail(f, key, "%s has no key %s; did you mean `%s`?", what, found(key, buf),
                         near);
    words_join(keys, n, &t);
    enum err e =
        form_fail(f, key, "%s has no key %s; expected %s", what, found(key, buf), text_str(&t));
    text_fini(&t);
    return e;
}

enum err form_map(const struct yaml_form *f, const struct yaml_item *at, const char *what,
                  const char *const *keys, size_t n)
{
    char buf[FOUND_SIZE];
    if (at->shape != YAML_MAP)
        return form_fail(f, at, "expected %s, a map with keys such as %s:, got %s", what, keys[0],
                         found(at, buf));
    for (size_t i = 0; i < at->n; i += 2) {
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known = known || strcmp(at->items[i]->text, keys[k]) == 0;
        if (!known)
            return key_unknown(f, at->items[i], what, keys, n);
    }
    return OK;
}

static size_t index_of(const struct yaml_item *map, const char *key)
{
    size_t i = 0;
    if (map->shape != YAML_MAP)
        return map->n;
    while (i < map->n && strcmp(map->items[i]->text, key) != 0)
        i += 2;
    return i;
}

const struct yaml_item *form_get_key(const struct yaml_item *map, const char *key)
{
    size_t i = index_of(map, key);
    return i < map->n ? map->items[i] : NULL;
}

const struct yaml_item *form_get(const struct yaml_item *map, const char *key)
{
    size_t i = index_of(map, key);
    return i < map->n ? map->items[i + 1] : NULL;
}

enum err form_require(const struct yaml_form *f, const struct yaml_item *map, const char *key,
                      const char *what, const struct yaml_item **out)
{
    if ((*out = form_get(map, key)) == NULL)
        return form_fail(f, map, "%s has no %s:", what, key);
    return OK;
}

enum err form_text(const struct yaml_form *f, const struct yaml_item *at, const char *what,
                   char **out)
{
    enum err e = form_shape(f, at, YAML_TEXT, what);
    if (e != OK)
        return e;
    if (at->size == 0)
        return form_fail(f, at, "expected %s, got nothing", what);
    if (strlen(at->text) != at->size)
        return form_fail(f, at, "a NUL cannot stand in %s", what);
    if (at->size > FORM_TEXT_MAX)
        return form_fail(f, at, "%s of %zu bytes; at most %d are read", what, at->size,
                         FORM_TEXT_MAX);
    char *copy = str_dup(at->text);
    if (copy == NULL)
        return form_memory(f);
    *out = copy;
    return OK;
}

enum err form_word(const struct yaml_form *f, const struct yaml_item *at, const char *const *words,
                   size_t n, size_t *out)
{
    char buf[FOUND_SIZE];
    struct text t = {0};
    for (size_t i = 0; i < n; i++)
        if (at->shape == YAML_TEXT && strcmp(at->text, words[i]) == 0 &&
            strlen(at->text) == at->size) {
            *out = i;
            return OK;
        }
    words_join(words, n, &t);
    enum err e = form_fail(f, at, "expected %s, got %s", text_str(&t), found(at, buf));
    text_fini(&t);
    return e;
}

enum err form_number(const struct yaml_form *f, const struct yaml_item *at, const char *what,
                     uint64_t least, uint64_t most, uint64_t *out)
{
    char buf[FOUND_SIZE];
    uint64_t n;
    if (at->shape != YAML_TEXT || strlen(at->text) != at->size || !str_parse_u64(at->text, &n) ||
        n < least || n > most)
        return form_fail(f, at, "expected %s, %" PRIu64 " to %" PRIu64 ", got %s", what, least,
                         most, found(at, buf));
    *out = n;
    return OK;
}
