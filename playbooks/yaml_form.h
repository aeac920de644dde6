/* playbooks/yaml_form.h: reading a YAML tree by a fixed form: known keys, known words, ranges.
 * Owns:   nothing but the texts it copies out, which the caller frees.
 * Errors: E_DATA with FILE:LINE:COLUMN, what was expected and what stands there; unknown words are
 *         answered with the known one next to them. */
#ifndef SWELL_PLAYBOOKS_YAML_FORM_H
#define SWELL_PLAYBOOKS_YAML_FORM_H

#include "base/yaml_tree.h"

/* Bytes of a key, a title, a reason: they are copied to every value they speak of. */
#define FORM_TEXT_MAX 4200

struct yaml_form {
    const char *file;
    struct why *why;
};

/* Set the reason and place, and return E_DATA (form_fail_in: the place is that byte of the text,
 * where it can be told). */
enum err form_fail(const struct yaml_form *f, const struct yaml_item *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
enum err form_fail_in(const struct yaml_form *f, const struct yaml_item *at, size_t byte,
                      const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Give somebody else's failure its place here; all but E_MEMORY become E_DATA. */
enum err form_place(const struct yaml_form *f, const struct yaml_item *at, size_t byte, enum err e);
enum err form_memory(const struct yaml_form *f);

MUST_CHECK enum err form_shape(const struct yaml_form *f, const struct yaml_item *at,
                               enum yaml_shape want, const char *what);
/* A map that has no other keys than these. */
MUST_CHECK enum err form_map(const struct yaml_form *f, const struct yaml_item *at,
                             const char *what, const char *const *keys, size_t n);
/* The value, or NULL (also if it is no map); and the key itself. */
const struct yaml_item *form_get(const struct yaml_item *map, const char *key);
const struct yaml_item *form_get_key(const struct yaml_item *map, const char *key);
MUST_CHECK enum err form_require(const struct yaml_form *f, const struct yaml_item *map,
                                 const char *key, const char *what, const struct yaml_item **out);
/* A text of 1 to FORM_TEXT_MAX bytes without NUL, copied. */
MUST_CHECK enum err form_text(const struct yaml_form *f, const struct yaml_item *at,
                              const char *what, char **out);
MUST_CHECK enum err form_word(const struct yaml_form *f, const struct yaml_item *at,
                              const char *const *words, size_t n, size_t *out);
MUST_CHECK enum err form_number(const struct yaml_form *f, const struct yaml_item *at,
                                const char *what, uint64_t least, uint64_t most, uint64_t *out);

#endif
