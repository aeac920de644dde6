/* inventory/glob.h: `*`, `?`, `[a-f]`, `[!a-f]`, over the whole name, with case.
 * Source: docs.python.org fnmatch, which is what Ansible matches with: no backslash, no dot that
 *         is special; a '[' that nothing closes is itself.
 * Shape:  UTF-8; a character is a code point. */
#ifndef SWELL_INVENTORY_GLOB_H
#define SWELL_INVENTORY_GLOB_H

#include <stdbool.h>

bool glob_match(const char *pattern, const char *name);
bool glob_is_one(const char *pattern); /* it has a character that means something */

#endif
