/* playbooks/yaml_data.h: the data of a registry value of a known type, from its text; private to
 * playbooks/.
 * Shape:  the data is the text of the item from byte `from` on.
 * Errors: E_DATA at the byte that is wrong; *out is set only on success. */
#ifndef SWELL_PLAYBOOKS_YAML_DATA_H
#define SWELL_PLAYBOOKS_YAML_DATA_H

#include "playbooks/yaml_form.h"
#include "registry/value.h"

MUST_CHECK enum err yaml_data_read(const struct yaml_form *f, const struct yaml_item *at,
                                   size_t from, uint32_t type, struct reg_value *out);
/* Pairs of hex digits, with or without blanks between them, as the bytes of a value of any type. */
MUST_CHECK enum err yaml_hex_read(const struct yaml_form *f, const struct yaml_item *at,
                                  size_t from, uint32_t type, struct reg_value *out);
/* The texts of a list as a multi_sz. */
MUST_CHECK enum err yaml_texts_read(const struct yaml_form *f, const struct yaml_item *list,
                                    struct reg_value *out);

#endif
