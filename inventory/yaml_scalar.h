/* inventory/yaml_scalar.h: what a plain text in YAML is: `no` is false, `0755` is 493, `1:30` is
 * 90, `2001-01-01` is a date, `1e5` is a string.
 * Source: YAML 1.1 (yaml.org/type), as PyYAML's resolver and constructor have it, for Ansible reads
 *         with those.
 * Shape:  a date becomes a string, in the form of ISO 8601 that Python's isoformat() gives it.
 * Errors: E_DATA, no place: what looks like a number or a date and is none (`0b_`, `2001-02-30`);
 *         E_MEMORY. */
#ifndef SWELL_INVENTORY_YAML_SCALAR_H
#define SWELL_INVENTORY_YAML_SCALAR_H

#include "inventory/value.h"

enum yaml_type { YAML_TYPE_STRING,
                 YAML_TYPE_NULL,
                 YAML_TYPE_BOOL,
                 YAML_TYPE_INT,
                 YAML_TYPE_FLOAT,
                 YAML_TYPE_TIME };

enum yaml_type yaml_type_of(const char *s);
/* The value of a text that is of this type by its looks or by its tag; sets kind and text. */
MUST_CHECK enum err yaml_scalar_set(struct value *v, enum yaml_type type, const char *s,
                                    struct why *why);

#endif
