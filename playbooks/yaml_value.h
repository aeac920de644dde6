/* playbooks/yaml_value.h: one registry value as a playbook writes it.
 * Shape:  a text     `dword 1`  `dword 0x200`  `qword 5`  `dword_be 1`  `sz TEXT`  `expand_sz TEXT`
 *                    `binary 01 02ff`  `none`  `none 01`  `absent`;
 *         a map      {multi_sz: [a, b]}  {sz: TEXT}  {dword: 1} …;
 *         a long map {type: dword, data: 1}  {type: multi_sz, data: [a, b]}  {type: 8, hex: 00 01}
 *                    {state: absent}, with name: for a value name that the map's key cannot say.
 *         Type words are those of reg_type_from_name(). hex: gives the bytes as they are stored,
 * for any type number and for bytes that do not fit their type. Owns:   the caller frees out->name
 * and out->value. Errors: E_DATA with FILE:LINE:COLUMN; *out is then zero. */
#ifndef SWELL_PLAYBOOKS_YAML_VALUE_H
#define SWELL_PLAYBOOKS_YAML_VALUE_H

#include "playbooks/yaml_form.h"
#include "registry/value.h"

struct yaml_value {
    struct reg_value value; /* may be absent */
    char *name;             /* of a long map with name:, or NULL */
};

MUST_CHECK enum err yaml_value_read(const struct yaml_form *f, const struct yaml_item *at,
                                    struct yaml_value *out);

#endif
