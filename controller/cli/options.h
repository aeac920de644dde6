/* controller/cli/options.h: the command line as one table: every verb, every option, its
 * environment variable, its key in swell.yaml and its help. `swell --help`, each verb's help, the
 * parser and the reader of swell.yaml are all made from it.
 * Shape:  a value is looked for in this order: flag, environment (SWELL_…), swell.yaml, none.
 * Owns:   nothing; values are borrowed from argv, the environment and the configuration.
 * Errors: E_USAGE with the word that is wrong and the nearest known one; E_CONFIG when it stands in
 *         the environment or in swell.yaml. */
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
    OPT_CHECK,
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
    OPT_WAKE,
    OPT_WATCH,
    OPT_FAILED,
    OPT_UNREACHABLE,
    OPT_INCONCLUSIVE,
    OPT_STARTTLS,
    OPT_TIMEOUT,
    OPT_PORTS,
    OPT_ONLY_VERSIONS,
    OPT_GENTLE,
    OPT_CA_FILE,
    OPT_COMPARE,
    OPT_ONCE,
    OPT_COUNT,
    OPT_PLAYBOOK,
    OPT_BUILD,
    OPT_WAVE,
    OPT_HOST,
    OPTS
};

struct option {
    const char *name;  /* "max-failed", behind two dashes */
    char letter;       /* 'w' for -w, or 0 */
    const char *value; /* "N", as help shows it; NULL for a flag */
    const char *env;   /* "SWELL_MAX_FAILED", or NULL */
    const char *key;   /* "max_failed" in swell.yaml, or NULL */
    bool global;       /* every verb takes it */
    const char *help;
};

const struct option *option_of(enum opt o);

#define ARGS_MAX 1024

struct config;

struct invocation {
    const struct verb *verb; /* NULL with --help, --version or an empty command line */
    const char *family;      /* "inventory" of `swell inventory --help`, or NULL */
    const char *sub;         /* "import" of `inventory import`, or NULL */
    const char *args[ARGS_MAX];
    size_t n_args;
    const char *values[OPTS]; /* from flags; flags without a value are "" */
    int verbose;              /* how often -v */
    struct config *config;    /* swell.yaml, or NULL */
};

typedef int verb_run(struct invocation *inv); /* returns the exit code */

/* What a person wants to do; help is grouped by it. */
enum verb_group { GROUP_PREPARE,
                  GROUP_CHANGE,
                  GROUP_WATCH,
                  GROUP_UNDO,
                  GROUP_TLS,
                  GROUP_PROVE,
                  VERB_GROUPS };

struct verb {
    const char *name; /* "inventory import" */
    enum verb_group group;
    const char *args;     /* "FILE", for the usage line; "" for none */
    const char *summary;  /* one line */
    const char *help;     /* a paragraph or more, or NULL */
    const enum opt *opts; /* allowed beside the global ones; ends with OPTS */
    size_t args_min, args_max;
    verb_run *run;
};

/* flag > environment > swell.yaml > NULL; borrowed */
const char *option_get(const struct invocation *inv, enum opt o);
/* For flags without a value; `yes` and `no` where the environment or swell.yaml say it. */
bool option_is_set(const struct invocation *inv, enum opt o);

enum option_level { LEVEL_NONE,
                    LEVEL_FILE,
                    LEVEL_ENV,
                    LEVEL_FLAG };
enum option_level option_level(const struct invocation *inv, enum opt o); /* where it is set */
/* The reason of somebody who refused this option's value gets the place where it stands: `--soak`,
 * `SWELL_SOAK` or FILE:LINE:COLUMN. E_USAGE becomes E_CONFIG where that is not the command line. */
enum err option_blame(const struct invocation *inv, enum opt o, enum err e, struct why *why);
/* Which of the words the value is; `fallback` if it is not set. E_USAGE with the nearest word. */
MUST_CHECK enum err option_word(const struct invocation *inv, enum opt o, const char *const *words,
                                size_t n, size_t fallback, size_t *out, struct why *why);
MUST_CHECK enum err option_number(const struct invocation *inv, enum opt o, int64_t least,
                                  int64_t most, int64_t fallback, int64_t *out, struct why *why);
/* "yes", "true", "on", "1" and their contraries. */
bool switch_parse(const char *s, bool *out);
/* Every switch that is set in the environment says yes or no there. */
MUST_CHECK enum err options_check_env(struct why *why);

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
/* "swell: warning: …" to stderr, made safe for a terminal. */
void caution(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* One a verb; cli/verbs.c lists them. */
verb_run verb_init, verb_inventory_import, verb_inventory_list, verb_inventory_show,
    verb_inventory_export, verb_lint,
    verb_convert, verb_export, verb_plan, verb_apply, verb_status, verb_pause, verb_resume,
    verb_abort, verb_promote, verb_retry, verb_rollback, verb_history, verb_report, verb_owed,
    verb_audit_verify, verb_listen, verb_scan, verb_verify, verb_explain;

#endif
