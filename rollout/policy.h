/* rollout/policy.h: how a rollout goes: its waves, its limits and its patience.
 * Units:  _ms are milliseconds. Counts are hosts.
 * Errors: the parsers give E_USAGE with what was expected; outputs are unchanged then. */
#ifndef SWELL_ROLLOUT_POLICY_H
#define SWELL_ROLLOUT_POLICY_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define SERIAL_STEPS_MAX 16
#define HOSTS_ANY INT64_MAX /* no limit */
#define DURATION_MAX_MS (INT64_C(3650) * 24 * 3600 * 1000)

struct amount { /* a count of hosts, or a share of all */
    int64_t count;
    bool percent;
};

struct policy {
    struct amount serial[SERIAL_STEPS_MAX]; /* Ansible's meaning: never below one host, the last
                                               entry repeats */
    size_t n_serial;
    struct amount max_unavailable;
    int64_t max_failed; /* over the whole rollout; reached = stop. HOSTS_ANY: never */
    int64_t soak_ms;    /* after each wave but the last */
    bool approval_between_waves;
    bool restart_never; /* leave restarts owed */
    int64_t restart_timeout_ms;
    int64_t restart_delay_ms;
    int64_t restart_quiet_ms;  /* no second restart for so long */
    int64_t restart_settle_ms; /* how long a request of unknown fate may still take effect */
    int64_t look_ms;           /* between two looks at a host that restarts */
    int64_t step_timeout_ms;
    int64_t verify_timeout_ms; /* services may come up late */
    int64_t step_tries;        /* of one step on a host that is busy or cut off */
};

struct policy policy_default(void);
MUST_CHECK enum err amount_parse(const char *s, struct amount *out,
                                 struct why *why); /* "3", "10%" */
MUST_CHECK enum err policy_parse_serial(const char *s, struct policy *p,
                                        struct why *why); /* "1,10%,100%" */
MUST_CHECK enum err policy_parse_max_failed(const char *s, struct policy *p,
                                            struct why *why); /* "2", "none" */
MUST_CHECK enum err duration_parse(const char *s, int64_t *out_ms,
                                   struct why *why); /* "90s", "10m", "500ms", "1h30m", "0" */
#define DURATION_TEXT_SIZE 32
const char *duration_text(int64_t ms, char buf[DURATION_TEXT_SIZE]); /* "1h30m", "2.5s" */
int64_t amount_of(struct amount a, int64_t total);                   /* never below 1 */

/* wave_of[i] becomes the wave, from 1, of host i of n in their order; returns how many waves there
 * are. */
int32_t waves_assign(const struct policy *p, int64_t n, int32_t *wave_of);

#endif
