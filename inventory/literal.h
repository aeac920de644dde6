/* inventory/literal.h: a value as Ansible's INI reader takes it: a Python literal if it is one,
 * else the text as it stands.
 * Source: docs.python.org "Literals" (Lexical analysis, 2.4) and ast.literal_eval.
 * Shape:  a string literal becomes what is in its quotes, escapes taken. Any other literal
 *         (number, True, [list], {dict} …) stays as it is written, but a comment behind it goes:
 *         `5986 # TLS` is 5986. What is no literal keeps everything, `#` too. Out of the reach
 *         of this reader, so taken as text: complex numbers, bytes, \N{names} and strings in
 *         three quotes.
 * Errors: E_DATA for an escape that makes a NUL or half a character (no place); E_MEMORY. */
#ifndef SWELL_INVENTORY_LITERAL_H
#define SWELL_INVENTORY_LITERAL_H

#include "base/text.h"

/* Replaces *out. */
MUST_CHECK enum err literal_value(const char *s, size_t n, struct text *out, struct why *why);

#endif
