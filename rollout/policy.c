#include "rollout/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct policy policy_default(void)
{
    return (struct policy){
        .serial = {{1, false}, {10, true}, {50, true}, {100, true}},
        .n_serial = 4,
        .max_unavailable = {100, true},
        .max_failed = 1,
        .restart_timeout_ms = 20 * 60 * 1000,
        .restart_delay_ms = 5 * 1000,
        .restart_quiet_ms = 60 * 1000,
        .restart_settle_ms = 60 * 1000,
        .look_ms = 2 * 1000,
        .step_timeout_ms = 60 * 1000,
        .verify_timeout_ms = 2 * 60 * 1000,
        .step_tries = 5,
    };
}

/* Reads digits at *s; false if there are none or they pass the limit. */
static bool digits(const char **s, int64_t limit, int64_t *out)
{
    int64_t v = 0;
    const char *p = *s;
    for (; *p >= '0' && *p <= '9'; p++) {
        v = v * 10 + (*p - '0');
        if (v > limit)
            return false;
    }
    if (p == *s)
        return false;
    *s = p;
    *out = v;
    return true;
}

enum err amount_parse(const char *s, struct amount *out, struct why *why)
{
    struct amount a = {0, false};
    const char *at = s;
    if (!digits(&at, 1000000, &a.count))
        goto bad;
    if (*at == '%') {
        a.percent = true;
        at++;
    }
    if (*at || a.count < 1 || (a.percent && a.count > 100))
        goto bad;
    *out = a;
    return OK;
bad:
    return why_set(
        why, E_USAGE,
        "'%s' is not a number of hosts: expected a count from 1 or a share from 1%% to 100%%", s);
}

enum err policy_parse_serial(const char *s, struct policy *p, struct why *why)
{
    struct policy new = *p;
    char one[32];
    enum err e;
    new.n_serial = 0;
    for (const char *at = s;; at++) {
        size_t n = strcspn(at, ",");
        if (n >= sizeof one || new.n_serial == SERIAL_STEPS_MAX)
            return why_set(
                why, E_USAGE,
                "'%s' is not a list of waves: expected at most %d steps like 1,10%%,100%%", s,
                SERIAL_STEPS_MAX);
        memcpy(one, at, n);
        one[n] = '\0';
        if ((e = amount_parse(one, &new.serial[new.n_serial++], why)) != OK)
            return e;
        at += n;
        if (!*at)
            break;
    }
    *p = new;
    return OK;
}

enum err policy_parse_max_failed(const char *s, struct policy *p, struct why *why)
{
    int64_t n;
    const char *at = s;
    if (strcmp(s, "none") == 0) {
        p->max_failed = HOSTS_ANY;
        return OK;
    }
    if (!digits(&at, 1000000, &n) || *at || n < 1)
        return why_set(
            why, E_USAGE,
            "'%s' is no failure budget: expected a count from 1 (that many failures stop the "
            "rollout) or 'none'",
            s);
    p->max_failed = n;
    return OK;
}

static const struct {
    const char *unit;
    int64_t ms;
} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

enum err duration_parse(const char *s, int64_t *out_ms, struct why *why)
{
    int64_t total = 0, n;
    const char *at = s;
    if (strcmp(s, "0") == 0) {
        *out_ms = 0;
        return OK;
    }
    do {
        int64_t ms = 0;
        if (!digits(&at, 1000000000, &n))
            goto bad;
        size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz");
        for (size_t i = 0; i < COUNT(units); i++)
            if (strlen(units[i].unit) == len && strncmp(units[i].unit, at, len) == 0)
                ms = units[i].ms;
        if (!ms || n > DURATION_MAX_MS / ms || n * ms > DURATION_MAX_MS - total)
            goto bad;
        total += n * ms;
        at += len;
    } while (*at);
    *out_ms = total;
    return OK;
bad:
    return why_set(why, E_USAGE,
                   "'%s' is not a duration: expected a number with its unit (ms, s, m, h, d), as "
                   "in 90s or 1h30m, ten years at the most",
                   s);
}

const char *duration_text(int64_t ms, char buf[DURATION_TEXT_SIZE])
{
    int64_t s = ms / 1000;
    if (ms < 1000)
        snprintf(buf, DURATION_TEXT_SIZE, "%" PRId64 "ms", ms < 0 ? 0 : ms);
    else if (s < 60 && ms % 1000)
        snprintf(buf, DURATION_TEXT_SIZE, "%" PRId64 ".%" PRId64 "s", s, ms % 1000 / 100);
    else if (s < 60)
        snprintf(buf, DURATION_TEXT_SIZE, "%" PRId64 "s", s);
    else if (s < 3600)
        snprintf(buf, DURATION_TEXT_SIZE, s % 60 ? "%" PRId64 "m%02" PRId64 "s" : "%" PRId64 "m",
                 s / 60, s % 60);
    else
        snprintf(buf, DURATION_TEXT_SIZE,
                 s / 60 % 60 ? "%" PRId64 "h%02" PRId64 "m" : "%" PRId64 "h", s / 3600,
                 s / 60 % 60);
    return buf;
}

int64_t amount_of(struct amount a, int64_t total)
{
    int64_t n = a.percent ? total * a.count / 100 : a.count;
    return n < 1 ? 1 : n;
}

int32_t waves_assign(const struct policy *p, int64_t n, int32_t *wave_of)
{
    int32_t wave = 0;
    size_t step = 0;
    int64_t done = 0;
    while (done < n) {
        int64_t size = amount_of(p->serial[step], n);
        wave++;
        for (int64_t i = 0; i < size && done < n; i++)
            wave_of[done++] = wave;
        if (step + 1 < p->n_serial)
            step++;
    }
    return wave;
}
