/* inventory/value_write.h: values and strings as JSON, YAML and Python have them, on one line.
 * Shape:  what is written is read as the same value by Ansible and by us. JSON is the form in which
 *         a value that is no string is kept: `["a", {"b": null}]`.
 * Errors: value_put_python is false for NaN, which Python has no word for; t tells of memory. */
#ifndef SWELL_INVENTORY_VALUE_WRITE_H
#define SWELL_INVENTORY_VALUE_WRITE_H

#include "inventory/value.h"

void value_put_json(struct text *t, const struct value *v);
void value_put_yaml(struct text *t, const struct value *v); /* lists and maps in brackets */
MUST_CHECK bool value_put_python(struct text *t, const struct value *v);

void string_put_json(struct text *t, const char *s);
void string_put_yaml(struct text *t, const char *s);   /* plain where that is safe */
void string_put_python(struct text *t, const char *s); /* in double quotes, with no ' in it */

#endif
