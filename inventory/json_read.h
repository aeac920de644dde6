/* inventory/json_read.h: JSON as a tree of values.
 * Source: RFC 8259, and what Python's json module takes besides: Infinity, -Infinity, NaN. The last
 *         of several equal keys counts. As Ansible marks them, {"__ansible_vault": …} is a secret
 *         and {"__ansible_unsafe": x} is x.
 *         Why not a library: a mistake in what the JSON means is told with its place too, and a
 *         number stays as exact as it was written.
 * Shape:  one value, with nothing but blanks around it; a byte order mark is skipped.
 * Errors: E_DATA with FILE:LINE:COLUMN, never with a value; E_LIMIT; E_MEMORY. */
#ifndef SWELL_INVENTORY_JSON_READ_H
#define SWELL_INVENTORY_JSON_READ_H

#include "inventory/value.h"

MUST_CHECK enum err json_read(const char *file, const char *bytes, size_t n, struct notes *notes,
                              struct values *values, struct value **out, struct why *why);

#endif
