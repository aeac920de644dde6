#include "transport/winrm/cim.h"

#include <stdlib.h>
#include <string.h>

#define MS_PER_DAY 86400000LL

struct digits {
    const char *s;
    size_t left;
    bool bad;
};

static int64_t take(struct digits *d, size_t n)
{
    int64_t v = 0;

    for (size_t i = 0; i < n; i++) {
        if (d->left == 0 || *d->s < '0' || *d->s > '9') {
            d->bad = true;
            return 0;
        }
        v = v * 10 + (*d->s++ - '0');
        d->left--;
    }
    return v;
}

static bool take_char(struct digits *d, const char *any)
{
    if (d->left == 0 || *d->s == '\0' || strchr(any, *d->s) == NULL)
        return false;
    d->s++;
    d->left--;
    return true;
}

static void must(struct digits *d, bool is_dmtf, const char *separator)
{
    if (!is_dmtf && !take_char(d, separator))
        d->bad = true;
}

/* Days since 1970-01-01 in the Gregorian calendar, which the format is in. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, in_era = y - era * 400;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

/* Of a fraction the first three digits count. */
static int64_t fraction(struct digits *d)
{
    int64_t ms = 0, unit = 100;

    if (!take_char(d, ".,"))
        return 0;
    while (d->left > 0 && *d->s >= '0' && *d->s <= '9') {
        ms += (*d->s++ - '0') * unit;
        unit /= 10;
        d->left--;
    }
    return ms;
}

/* "Z", "+01:00", "-0330"; DMTF "+060" in minutes; nothing is UTC. */
static int64_t offset_ms(struct digits *d, bool is_dmtf)
{
    int64_t sign, minutes;

    if (d->left == 0 || take_char(d, "Zz"))
        return 0;
    sign = *d->s == '-' ? -1 : 1;
    if (!take_char(d, "+-")) {
        d->bad = true;
        return 0;
    }
    if (is_dmtf)
        return sign * take(d, 3) * 60000;
    minutes = take(d, 2) * 60;
    (void)take_char(d, ":");
    return sign * (minutes + take(d, 2)) * 60000;
}

bool cim_time(const char *s, size_t n, int64_t *out)
{
    struct digits d = {.s = s, .left = n};
    bool is_dmtf = n >= 14 && memchr(s, 'T', n) == NULL;
    int64_t year = take(&d, 4), month, day, ms;

    must(&d, is_dmtf, "-");
    month = take(&d, 2);
    must(&d, is_dmtf, "-");
    day = take(&d, 2);
    must(&d, is_dmtf, "T");
    if (d.bad || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    ms = days_of(year, month, day) * MS_PER_DAY + take(&d, 2) * 3600000;
    must(&d, is_dmtf, ":");
    ms += take(&d, 2) * 60000;
    must(&d, is_dmtf, ":");
    ms += take(&d, 2) * 1000;
    ms += fraction(&d);
    ms -= offset_ms(&d, is_dmtf);
    if (d.bad || d.left > 0)
        return false;
    *out = ms;
    return true;
}
