/* inventory/literal_string.h: Python's string literals, for literal.c only.
 * Source: docs.python.org, Lexical analysis 2.4.1: '…', "…", '''…''', prefixes r, u, b, several
 *         beside each other.
 * Shape:  the text is what is meant; of bytes it is the bytes. broken: it holds what no text of
 *         ours may: a NUL, half a character, bytes that are not UTF-8. */
#ifndef SWELL_INVENTORY_LITERAL_STRING_H
#define SWELL_INVENTORY_LITERAL_STRING_H

#include "base/text.h"
#include "base/wire.h"

struct literal_string {
    struct text text;
    bool bytes, broken;
};

/* Does a string literal begin here? */
bool literal_string_begins(struct rd r);
/* False: it is no literal after all. Replaces what *out holds, which text_fini frees. */
MUST_CHECK bool literal_string_take(struct rd *r, struct literal_string *out);

#endif
