/* inventory/program.h: a dynamic inventory: a program that prints JSON when it is run with --list,
 * and a host's variables with --host NAME.
 * Source: docs.ansible.com "Developing dynamic inventory".
 * Shape:  run directly, no shell between; a folder or file that everybody may write is not run.
 * Units:  all of --list within PROGRAM_LIST_MS, all of --host together within PROGRAM_HOSTS_MS.
 * Errors: E_DATA: it failed, took too long, printed more than PROGRAM_OUTPUT_MAX bytes or no such
 *         JSON; the place is the program's path. Its stderr goes to ours. */
#ifndef SWELL_INVENTORY_PROGRAM_H
#define SWELL_INVENTORY_PROGRAM_H

#include "inventory/draft.h"

#define PROGRAM_LIST_MS 60000
#define PROGRAM_HOSTS_MS 300000
#define PROGRAM_OUTPUT_MAX (64u << 20)

/* What a path is: a program has the right to be run, and the first bytes of one. */
MUST_CHECK enum err program_look(const char *path, bool *is_program, struct why *why);
MUST_CHECK enum err program_read(struct draft *d, const char *path, struct why *why);

/* For the tests: one run, option and argument after the path (argument may be NULL). */
MUST_CHECK enum err program_run(const char *path, const char *option, const char *argument,
                                int64_t deadline_ms, size_t output_max, struct text *out,
                                struct why *why);

#endif
