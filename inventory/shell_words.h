/* inventory/shell_words.h: a host line cut into words, as Python's shlex.split(line,
 * comments=True) does for Ansible.
 * Shape:  words are parted by spaces and tabs; '…' is literal, "…" knows \" and \\, outside of
 *         quotes a backslash takes the next character; # begins a comment anywhere outside of
 *         quotes.
 * Errors: E_DATA: an open quote or a backslash at the end (no place); E_MEMORY. */
#ifndef SWELL_INVENTORY_SHELL_WORDS_H
#define SWELL_INVENTORY_SHELL_WORDS_H

#include "base/text.h"
#include "base/wire.h"

/* The next word of *line into *word, which is emptied before; *got is false at the end. *at, if not
 * NULL, is where it begins. */
MUST_CHECK enum err word_next(struct rd *line, struct text *word, bool *got, const uint8_t **at,
                              struct why *why);

#endif
