/* inventory/literal.h: a value as Ansible's INI reader takes it: a Python literal if it is one,
 * else the text as it stands.
 * Source: docs.python.org "Literals" (Lexical analysis, 2.4) and ast.literal_eval.
 * Shape:  a string literal becomes what is in its quotes, escapes taken; numbers, True, None,
 *         lists, tuples and dicts become values, and a comment behind them goes: `5986 # TLS` is
 *         5986. What is no literal keeps everything, `#` too. Out of the reach of this reader, so
 *         taken as text: complex numbers, sets, bytes within a list or dict, \N{names}.
 * Errors: E_DATA, no place, for an escape that makes a NUL or half a character and for a number of
 *         too many digits; E_LIMIT; E_MEMORY. */
#ifndef SWELL_INVENTORY_LITERAL_H
#define SWELL_INVENTORY_LITERAL_H

#include "inventory/value.h"

MUST_CHECK enum err literal_read(const char *s, size_t n, struct values *values,
                                 struct value **out, struct why *why);

#endif
