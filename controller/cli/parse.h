/* controller/cli/parse.h: argv becomes an invocation.
 * Shape:  swell [OPTION]… VERB [SUB] [OPTION | ARGUMENT]…; `--opt value` or `--opt=value`;
 *         one-letter flags may be joined (-vvw); `--` ends the options. A value that begins with a
 *         dash needs the form with `=`, or a forgotten value would eat the next option.
 * Owns:   nothing; out borrows from argv and the table.
 * Errors: E_USAGE with the wrong word and the nearest known one; E_CONFIG for a switch in the
 *         environment that says neither yes nor no. *out is unchanged then. */
#ifndef SWELL_CONTROLLER_CLI_PARSE_H
#define SWELL_CONTROLLER_CLI_PARSE_H

#include "controller/cli/options.h"

struct verb_table {
    const struct verb *verbs;
    size_t n;
};

struct verb_table verb_table(void); /* every verb of the program */

MUST_CHECK enum err invocation_parse(struct verb_table table, int argc, char *const *argv,
                                     struct invocation *out, struct why *why);
/* Verbs of two words share their first: is this one of that family? */
bool verb_in_family(const struct verb *v, const char *family);

#endif
