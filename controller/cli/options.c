#include "controller/cli/options.h"

#include "base/text.h"
#include "controller/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* name, value, environment variable and key of a setting; what is not one has neither of the last
 * two: a consent, a choice of hosts or a file to write belongs to one call and is said there. */
static const struct option options[OPTS] = {
    [OPT_DB] = {"db", 0, "FILE", "SWELL_DB", "db", true,
                "The database (default: ~/.local/state/swell/swell.db)"},
    [OPT_CONFIG] = {"config", 0, "FILE", "SWELL_CONFIG", NULL, true,
                    "Settings to read instead of ~/.config/swell/swell.yaml"},
    [OPT_VERBOSE] = {"verbose", 'v', NULL, NULL, NULL, true,
                     "Log what is done on standard error; more with -vv and -vvv"},
    [OPT_NO_COLOR] = {"no-color", 0, NULL, "NO_COLOR", NULL, true, "Plain text, no colours"},
    [OPT_HELP] = {"help", 'h', NULL, NULL, NULL, true, "Help on Swell or on one command"},
    [OPT_VERSION] = {"version", 0, NULL, NULL, NULL, true, "The version of Swell"},
    [OPT_FORMAT] = {"format", 0, "FORM", NULL, NULL, false, "How to print it"},
    [OPT_LIMIT] = {"limit", 0, "PATTERN", NULL, NULL, false,
                   "Only these hosts: names, groups, globs, as in web*:!web07:&prod, db[01:20], "
                   "~web\\d+ or @FILE"},
    [OPT_USER] = {"user", 0, "NAME", "SWELL_USER", "user", false,
                  "Log on as NAME, DOMAIN\\NAME or NAME@REALM"},
    [OPT_PASSWORD_ENV] = {"password-env", 0, "NAME", "SWELL_PASSWORD_ENV", "password_env", false,
                          "The environment variable that holds the password"},
    [OPT_PASSWORD_FILE] = {"password-file", 0, "FILE", "SWELL_PASSWORD_FILE", "password_file",
                           false, "The file that holds the password; only you may read it"},
    [OPT_OUT] = {"out", 0, "FILE", NULL, NULL, false, "Write it to FILE"},
    [OPT_DETAILED_EXITCODE] = {"detailed-exitcode", 0, NULL, NULL, NULL, false,
                               "Exit with 0 for no change, 2 for changes, 1 for an error"},
    [OPT_YES] = {"yes", 0, NULL, NULL, NULL, false, "Go ahead without asking"},
    [OPT_CHECK] = {"check", 0, NULL, NULL, NULL, false,
                   "Read and compare only; change nothing on any host"},
    [OPT_COMMENT] = {"comment", 0, "TEXT", NULL, NULL, false, "Why, for the record"},
    [OPT_SERIAL] = {"serial", 0, "LIST", "SWELL_SERIAL", "serial", false,
                    "Hosts in each wave, as counts or shares; the last one repeats (default: "
                    "1,10%,50%,100%)"},
    [OPT_MAX_FAILED] =
        {"max-failed", 0, "N", "SWELL_MAX_FAILED", "max_failed", false,
         "Stop after so many hosts failed, over the whole rollout; none never stops (default: 1)"},
    [OPT_MAX_UNAVAILABLE] = {"max-unavailable", 0, "N", "SWELL_MAX_UNAVAILABLE", "max_unavailable",
                             false,
                             "Never more hosts under way at once: a count or a share (default: "
                             "the whole wave)"},
    [OPT_SOAK] = {"soak", 0, "TIME", "SWELL_SOAK", "soak", false,
                  "Rest after each wave before the next one, as in 10m (default: 0)"},
    [OPT_FORKS] = {"forks", 0, "N", "SWELL_FORKS", "forks", false,
                   "Hosts that are talked to at the same time (default: 32)"},
    [OPT_RESTART] = {"restart", 0, "WHEN", "SWELL_RESTART", "restart", false,
                     "auto restarts a host whose changes need it; never leaves the restart owed "
                     "(default: auto)"},
    [OPT_RESTART_TIMEOUT] = {"restart-timeout", 0, "TIME", "SWELL_RESTART_TIMEOUT",
                             "restart_timeout", false,
                             "A host that is not back after it has failed (default: 20m)"},
    [OPT_RESTART_DELAY] = {"restart-delay", 0, "TIME", "SWELL_RESTART_DELAY", "restart_delay",
                           false, "What people on the host get as warning (default: 5s)"},
    [OPT_QUIET] = {"quiet", 0, "TIME", "SWELL_QUIET", "quiet", false,
                   "A host that is back must stay up so long (default: 60s)"},
    [OPT_SETTLE] = {"settle", 0, "TIME", "SWELL_SETTLE", "settle", false,
                    "How long a restart whose request was cut off may still happen (default: 60s)"},
    [OPT_LOOK] = {"look", 0, "TIME", "SWELL_LOOK", "look", false,
                  "Between two looks at a host that restarts (default: 2s)"},
    [OPT_STEP_TIMEOUT] = {"step-timeout", 0, "TIME", "SWELL_STEP_TIMEOUT", "step_timeout", false,
                          "The most that one step on one host may take (default: 60s)"},
    [OPT_VERIFY_TIMEOUT] = {"verify-timeout", 0, "TIME", "SWELL_VERIFY_TIMEOUT", "verify_timeout",
                            false,
                            "Services of a host that is back may come up so late "
                            "(default: 2m)"},
    [OPT_APPROVAL] = {"approval", 0, NULL, "SWELL_APPROVAL", "approval", false,
                      "Wait between waves until `swell promote` says go"},
    [OPT_WAKE] = {"wake-remote-registry", 0, NULL, "SWELL_WAKE_REMOTE_REGISTRY",
                  "wake_remote_registry", false,
                  "Start RemoteRegistry where it is stopped or disabled, for as long as a host is "
                  "worked on, and put it back (default: no)"},
    [OPT_WATCH] = {"watch", 'w', NULL, NULL, NULL, false, "Stay and show what happens"},
    [OPT_FAILED] = {"failed", 0, NULL, NULL, NULL, false, "The hosts that failed"},
    [OPT_UNREACHABLE] = {"unreachable", 0, NULL, NULL, NULL, false,
                         "The hosts that could not be reached"},
    [OPT_INCONCLUSIVE] = {"inconclusive", 0, NULL, NULL, NULL, false,
                          "The hosts that nobody could judge"},
    [OPT_STARTTLS] = {"starttls", 0, "DIALECT", NULL, NULL, false,
                      "What is said before TLS: rdp, mssql, smtp, imap, pop3, ftp, ldap, "
                      "postgres, mysql; tls and mssql-strict (TDS 8) for nothing"},
    [OPT_TIMEOUT] = {"timeout", 0, "TIME", NULL, NULL, false,
                     "How long one connection may take, as in 5s (default: 8s)"},
    [OPT_PORTS] = {"ports", 0, "P,P", NULL, NULL, false,
                   "The ports of hosts that are named without one (default: 443)"},
    [OPT_ONLY_VERSIONS] = {"only-versions", 0, NULL, NULL, NULL, false,
                           "Ask for versions only, as a rollout does: fast"},
    [OPT_GENTLE] = {"gentle", 0, NULL, NULL, NULL, false,
                    "One connection to a host at a time, and a rest before the next"},
    [OPT_CA_FILE] = {"ca-file", 0, "FILE", "SWELL_CA_FILE", "ca_file", false,
                     "The roots that are trusted, in PEM (default: those of this system)"},
    [OPT_COMPARE] = {"compare", 0, NULL, NULL, NULL, false,
                     "Say what two ends share, and what would mend it if that is nothing"},
    [OPT_ONCE] = {"once", 0, NULL, NULL, NULL, false, "End after the first ClientHello"},
    [OPT_COUNT] = {"count", 0, "N", NULL, NULL, false, "End after so many ClientHellos"},
    [OPT_PLAYBOOK] = {"playbook", 0, "FILE", NULL, NULL, false,
                      "Say whether the client would still get through after this playbook"},
    [OPT_BUILD] = {"build", 0, "N", NULL, NULL, false,
                   "The build of Windows whose defaults are meant, as in 17763 (default: one "
                   "verdict for each release of Windows Server)"},
    [OPT_WAVE] = {"wave", 0, "N", NULL, NULL, false, "That wave, counted from 1"},
    [OPT_HOST] = {"host", 0, "HOST", NULL, NULL, false, "That host only"},
};

const struct option *option_of(enum opt o)
{
    return &options[o];
}

static const char *env_get(enum opt o)
{
    const char *value = options[o].env != NULL ? getenv(options[o].env) : NULL;
    return value != NULL && *value != '\0' ? value : NULL;
}

static const char *level_get(const struct invocation *inv, enum opt o, enum option_level *level)
{
    const char *value;
    if ((value = inv->values[o]) != NULL)
        *level = LEVEL_FLAG;
    else if ((value = env_get(o)) != NULL)
        *level = LEVEL_ENV;
    else if ((value = config_get(inv->config, o)) != NULL)
        *level = LEVEL_FILE;
    else
        *level = LEVEL_NONE;
    return value;
}

const char *option_get(const struct invocation *inv, enum opt o)
{
    enum option_level level;
    return level_get(inv, o, &level);
}

enum option_level option_level(const struct invocation *inv, enum opt o)
{
    enum option_level level;
    (void)level_get(inv, o, &level);
    return level;
}

bool switch_parse(const char *s, bool *out)
{
    static const char *const yes[] = {"yes", "true", "on", "1"};
    static const char *const no[] = {"no", "false", "off", "0"};
    for (size_t i = 0; i < COUNT(yes); i++)
        if (str_eq_nocase(s, yes[i]) || str_eq_nocase(s, no[i])) {
            *out = str_eq_nocase(s, yes[i]);
            return true;
        }
    return false;
}

bool option_is_set(const struct invocation *inv, enum opt o)
{
    enum option_level level;
    const char *value = level_get(inv, o, &level);
    bool on;
    if (value == NULL)
        return false;
    if (level == LEVEL_FLAG && *value == '\0')
        return true;
    if (level == LEVEL_ENV && o == OPT_NO_COLOR)
        return true; /* no-color.org: whatever it says */
    return switch_parse(value, &on) && on;
}

enum err options_check_env(struct why *why)
{
    bool on;
    for (enum opt o = 0; o < OPTS; o++) {
        const char *value = env_get(o);
        if (value == NULL || options[o].value != NULL || o == OPT_NO_COLOR ||
            switch_parse(value, &on))
            continue;
        return why_place(why, why_set(why, E_CONFIG, "expected yes or no, got '%s'", value), "%s",
                         options[o].env);
    }
    return OK;
}

enum err option_blame(const struct invocation *inv, enum opt o, enum err e, struct why *why)
{
    switch (option_level(inv, o)) {
    case LEVEL_FLAG: return why_place(why, e, "--%s", options[o].name);
    case LEVEL_ENV: return why_place(why, e == E_USAGE ? E_CONFIG : e, "%s", options[o].env);
    case LEVEL_FILE:
        return why_place(why, e == E_USAGE ? E_CONFIG : e, "%s", config_place(inv->config, o));
    case LEVEL_NONE: return e;
    }
    abort();
}

static enum err word_unknown(const char *value, const char *const *words, size_t n, struct why *why)
{
    const char *near = str_nearest(value, words, n);
    struct text all = {0};
    enum err e;
    for (size_t i = 0; i < n; i++)
        text_printf(&all, "%s%s", i == 0 ? "" : i + 1 == n ? " or "
                                                           : ", ",
                    words[i]);
    if (near != NULL && n > 1)
        e = why_set(why, E_USAGE, "expected %s, got '%s'; did you mean %s?", text_str(&all), value,
                    near);
    else
        e = why_set(why, E_USAGE, "expected %s, got '%s'", text_str(&all), value);
    text_fini(&all);
    return e;
}

enum err option_word(const struct invocation *inv, enum opt o, const char *const *words, size_t n,
                     size_t fallback, size_t *out, struct why *why)
{
    const char *value = option_get(inv, o);
    if (value == NULL) {
        *out = fallback;
        return OK;
    }
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], value) == 0) {
            *out = i;
            return OK;
        }
    return option_blame(inv, o, word_unknown(value, words, n, why), why);
}

enum err option_number(const struct invocation *inv, enum opt o, int64_t least, int64_t most,
                       int64_t fallback, int64_t *out, struct why *why)
{
    const char *value = option_get(inv, o);
    uint64_t n;
    if (value == NULL) {
        *out = fallback;
        return OK;
    }
    if (!str_parse_u64(value, &n) || n > INT64_MAX || (int64_t)n < least || (int64_t)n > most)
        return option_blame(inv, o,
                            why_set(why, E_USAGE,
                                    "expected a number from %" PRId64 " to %" PRId64 ", got '%s'",
                                    least, most, value),
                            why);
    *out = (int64_t)n;
    return OK;
}
