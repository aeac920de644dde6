/* controller/cli/help.h: help made of the tables of verbs and options.
 * Units:  lines end before column HELP_WIDTH.
 * Errors: none; the stream keeps its own. */
#ifndef SWELL_CONTROLLER_CLI_HELP_H
#define SWELL_CONTROLLER_CLI_HELP_H

#include "controller/cli/parse.h"

#include <stdio.h>

#define HELP_WIDTH 80

void help_program(FILE *f, struct verb_table table);
void help_family(FILE *f, struct verb_table table, const char *family);
void help_verb(FILE *f, const struct verb *v);
void help_version(FILE *f);
/* Words of s, indented, wrapped; the first line begins at column `at`. A line of s that begins with
 * a space is kept as it is. */
void help_wrap(FILE *f, const char *s, size_t at, size_t indent);

#endif
