#include "controller/cli/scan_options.h"

#include "controller/cli/rollout_run.h"
#include "controller/endpoint.h"

#define AT_ONCE_MAX 1000
#define ATTEMPT_MAX_MS (10 * 60 * 1000LL)
#define DIALECTS_MAX 32

enum err scan_options_read(const struct invocation *inv, struct scan_run *run, struct why *why)
{
    int64_t at_once = SCAN_AT_ONCE, ms = SCAN_ATTEMPT_MS;
    enum err e;
    if ((e = option_number(inv, OPT_FORKS, 1, AT_ONCE_MAX, SCAN_AT_ONCE, &at_once, why)) != OK ||
        (e = cli_duration(inv, OPT_TIMEOUT, &ms, why)) != OK)
        return e;
    if (ms < 1 || ms > ATTEMPT_MAX_MS)
        return option_blame(inv, OPT_TIMEOUT,
                            why_set(why, E_USAGE, "expected a time up to 10m, and not 0"), why);
    run->at_once = (unsigned)at_once;
    run->attempt_ms = ms;
    run->gentle = option_is_set(inv, OPT_GENTLE);
    return OK;
}

static enum err dialect_read(const struct invocation *inv, const struct dialect **out,
                             struct why *why)
{
    const char *words[DIALECTS_MAX];
    size_t n = 0, at = 0;
    enum err e;
    for (; n < dialect_count() && n < DIALECTS_MAX; n++)
        words[n] = dialect_name(dialect_at(n));
    *out = NULL;
    if (option_get(inv, OPT_STARTTLS) == NULL)
        return OK;
    if ((e = option_word(inv, OPT_STARTTLS, words, n, 0, &at, why)) == OK)
        *out = dialect_at(at);
    return e;
}

enum err goal_wish_read(const struct invocation *inv, struct goal_wish *wish, struct why *why)
{
    const char *ports = option_get(inv, OPT_PORTS);
    enum err e;
    if ((e = dialect_read(inv, &wish->dialect, why)) != OK)
        return e;
    if (ports != NULL &&
        (e = ports_parse(ports, wish->ports, PORTS_MAX, &wish->n_ports, why)) != OK)
        return option_blame(inv, OPT_PORTS, e, why);
    wish->depth = option_is_set(inv, OPT_ONLY_VERSIONS) ? SCAN_VERSIONS : SCAN_ALL;
    return OK;
}

enum err anchors_of(const struct invocation *inv, struct anchors **out, struct why *why)
{
    return anchors_load(option_get(inv, OPT_CA_FILE), out, why);
}
