/* controller/cli/options.h: the command line as one table: every verb, every option, its
 * environment variable and help. `swell --help`, each verb's help and the parser are all made from
 * it. docs name the same things. Shape:  a value is looked for in this order: flag, environment
 * (SWELL_…), swell.yaml, none. Errors: E_USAGE with the word that is wrong and the nearest known
 * one. */
#ifndef SWELL_CONTROLLER_CLI_OPTIONS_H
#define SWELL_CONTROLLER_CLI_OPTIONS_H

#include "base/err.h"

#include <stdbool.h>

enum opt {
    OPT_DB,
    OPT_CONFIG,
    OPT_VERBOSE,
    OPT_NO_COLOR,
    OPT_HELP,
    OPT_VERSION,
    OPT_FORMAT,
    OPT_LIMIT,
    OPT_USER,
    OPT_PASSWORD_ENV,
    OPT_PASSWORD_FILE,
    OPT_OUT,
    OPT_DETAILED_EXITCODE,
    OPT_YES,
    OPT_COMMENT,
    OPT_SERIAL,
    OPT_MAX_FAILED,
    OPT_MAX_UNAVAILABLE,
    OPT_SOAK,
    OPT_FORKS,
    OPT_RESTART,
    OPT_RESTART_TIMEOUT,
    OPT_RESTART_DELAY,
    OPT_QUIET,
    OPT_SETTLE,
    OPT_LOOK,
    OPT_STEP_TIMEOUT,
    OPT_VERIFY_TIMEOUT,
    OPT_APPROVAL,
    OPT_WATCH,
    OPT_FAILED,
    OPT_UNREACHABLE,
    OPT_INCONCLUSIVE,
    OPT_WAVE,
    OPT_HOST,
    OPTS
};

#define ARGS_MAX 1024

struct config;

struct invocation {
    const struct verb *verb;
    const char *sub; /* "import" of `inventory import`, or NULL */
    const char *args[ARGS_MAX];
    size_t n_args;
    const char *values[OPTS]; /* from flags; flags without a value are "" */
    struct config *config;    /* swell.yaml, or NULL */
};

typedef int verb_run(struct invocation *inv); /* returns the exit code */

struct verb {
    const char *name;     /* "inventory import" */
    const char *args;     /* "FILE", for the usage line */
    const char *summary;  /* one line */
    const char *help;     /* a paragraph or more, or NULL */
    const enum opt *opts; /* allowed beside the global ones; ends with OPTS */
    size_t args_min, args_max;
    verb_run *run;
};

const char *option_get(const struct invocation *inv,
                       /* flag > environment > swell.yaml > NULL; borrowed */
                       enum opt o);
bool option_is_set(const struct invocation *inv, enum opt o); /* for flags without a value */

/* Exit codes; the first group may be OR-ed. */
enum {
    EXIT_WELL = 0,
    EXIT_BROKEN = 1,
    EXIT_HOSTS_FAILED = 2,
    EXIT_HOSTS_UNREACHABLE = 4,
    EXIT_BUDGET = 8,
    EXIT_PAUSED = 16,
    EXIT_HANDSHAKE = 32,
    EXIT_BAD_USAGE = 64,
    EXIT_BAD_DATA = 65,
    EXIT_NO_TRANSPORT = 69,
    EXIT_LOCKED = 75,
    EXIT_NOT_ALLOWED = 77,
    EXIT_BAD_CONFIG = 78,
    EXIT_INTERRUPTED = 130,
    EXIT_TERMINATED = 143
};

int exit_code_for(enum err e);
/* Prints "swell: place: text" (made safe for a terminal) to stderr, once, and returns
 * exit_code_for(e). */
int fail(enum err e, const struct why *why);

/* One a verb; cli/verbs.c lists them. */
verb_run verb_init, verb_inventory_import, verb_inventory_list, verb_inventory_show, verb_lint,
    verb_convert, verb_export, verb_plan, verb_apply, verb_status, verb_pause, verb_resume,
    verb_abort, verb_promote, verb_retry, verb_rollback, verb_history, verb_report, verb_owed,
    verb_audit_verify;

#endif
