/* inventory/value.h: a variable's value as a tree, whatever language it was written in.
 * Source: RFC 8259 (JSON), which has room for all that Ansible prints; Infinity, -Infinity and NaN
 *         besides, as Python's json module has them.
 * Shape:  text is that of a string; of a number, a truth value or nothing the word of JSON for it
 *         (`5986`, `1.5`, `true`, `null`). A map's items are key, value, key, value …, each key
 *         once; a key that is no string has the text that JSON would give it. No text holds a NUL
 *         or half a character. A secret has no text.
 * Units:  line and column count from 1; 0: not known.
 * Owns:   struct values owns every value; values_fini is fine on a zeroed struct. */
#ifndef SWELL_INVENTORY_VALUE_H
#define SWELL_INVENTORY_VALUE_H

#include "base/text.h"
#include "inventory/notes.h"

#define VALUE_DEPTH_MAX 48  /* levels of lists and maps in one variable's value */
#define VALUE_TREE_DEPTH 64 /* in a whole file */
#define VALUES_MAX 2000000  /* of one file */

enum value_kind { VALUE_NULL,
                  VALUE_BOOL,
                  VALUE_NUMBER,
                  VALUE_STRING,
                  VALUE_LIST,
                  VALUE_MAP,
                  VALUE_SECRET };

struct value {
    enum value_kind kind;
    int line, column;
    char *text;
    struct value **items;
    size_t n;
};

struct values {
    struct value **all;
    size_t n, room;
};

void values_fini(struct values *v);
/* NULL when memory is out, or with more than VALUES_MAX. */
struct value *value_new(struct values *v, enum value_kind kind, int line, int column);
MUST_CHECK bool value_set_text(struct value *v, const char *s, size_t n);
MUST_CHECK bool value_add(struct value *to, struct value *item);
/* Keys that came again go: the last one counts, at the place of the first, as in Python. Each is
 * noted (notes may be NULL). */
MUST_CHECK enum err value_settle_map(struct value *map, const char *file, struct notes *notes);
/* NULL if there is none, or if it is no map. */
struct value *value_get(const struct value *map, const char *key);
/* `__ansible_vault` and `__ansible_unsafe`: Ansible's JSON marks a value with such a key, so it is
 * never a name, nor the key of a map. */
bool value_is_mark(const char *key);
bool value_is_scalar(const struct value *v); /* with a text */
/* As Python sees it: null, false, 0, "", [], {}. */
bool value_is_false(const struct value *v);
size_t value_depth(const struct value *v);          /* 0: no list and no map */
const char *value_kind_words(enum value_kind kind); /* "a string", "a map" … */

#endif
