#include "inventory/yaml_time.h"

#include <string.h>

enum zone { ZONE_NONE,
            ZONE_UTC,
            ZONE_OFFSET };

struct stamp {
    int year, month, day;
    bool has_time;
    int hour, minute, second, micro;
    enum zone zone;
    bool west;
    int zone_hour, zone_minute;
};

/* least to most digits; false leaves *s somewhere. */
static bool take(const char **s, int least, int most, int *out)
{
    int n = 0;

    *out = 0;
    for (; n < most && **s >= '0' && **s <= '9'; n++)
        *out = *out * 10 + (*(*s)++ - '0');
    return n >= least;
}

static bool take_char(const char **s, const char *any)
{
    if (**s == '\0' || strchr(any, **s) == NULL)
        return false;
    (*s)++;
    return true;
}

/* Six digits count, the rest is passed over. */
static void take_fraction(const char **s, int *micro)
{
    int worth = 100000;

    for (; **s >= '0' && **s <= '9'; (*s)++, worth /= 10)
        *micro += (**s - '0') * worth;
}

static bool take_zone(const char **s, struct stamp *out)
{
    *s += strspn(*s, " \t");
    if (**s == '\0')
        return true;
    if (take_char(s, "Z")) {
        out->zone = ZONE_UTC;
        return true;
    }
    out->zone = ZONE_OFFSET;
    out->west = **s == '-';
    if (!take_char(s, "+-") || !take(s, 1, 2, &out->zone_hour))
        return false;
    return **s != ':' || (take_char(s, ":") && take(s, 2, 2, &out->zone_minute));
}

static bool take_clock(const char **s, struct stamp *out)
{
    size_t blanks = strspn(*s, " \t");
    const char *zone;

    out->has_time = true;
    *s += blanks;
    if ((blanks == 0 && !take_char(s, "Tt")) || !take(s, 1, 2, &out->hour) ||
        !take_char(s, ":") || !take(s, 2, 2, &out->minute) || !take_char(s, ":") ||
        !take(s, 2, 2, &out->second))
        return false;
    if (take_char(s, "."))
        take_fraction(s, &out->micro);
    zone = *s;
    return take_zone(s, out) && (out->zone != ZONE_NONE || *zone == '\0');
}

/* What the resolver wants for a day alone: two digits for month and day. */
static bool parse(const char *s, struct stamp *out)
{
    const char *begin = s;

    *out = (struct stamp){0};
    if (!take(&s, 4, 4, &out->year) || !take_char(&s, "-") || !take(&s, 1, 2, &out->month) ||
        !take_char(&s, "-") || !take(&s, 1, 2, &out->day))
        return false;
    if (*s == '\0')
        return s - begin == 10;
    return take_clock(&s, out) && *s == '\0';
}

bool yaml_looks_time(const char *s)
{
    struct stamp ignored;

    return parse(s, &ignored);
}

static bool exists(const struct stamp *t)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = t->year % 4 == 0 && (t->year % 100 != 0 || t->year % 400 == 0);

    return t->year >= 1 && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
           t->day <= days[t->month - 1] + (leap && t->month == 2) && t->hour <= 23 &&
           t->minute <= 59 && t->second <= 59 && t->zone_hour * 60 + t->zone_minute < 24 * 60;
}

bool yaml_put_time(struct text *t, const char *s)
{
    struct stamp at;
    int offset;

    if (!parse(s, &at) || !exists(&at))
        return false;
    text_printf(t, "%04d-%02d-%02d", at.year, at.month, at.day);
    if (!at.has_time)
        return true;
    text_printf(t, "T%02d:%02d:%02d", at.hour, at.minute, at.second);
    if (at.micro != 0)
        text_printf(t, ".%06d", at.micro);
    offset = at.zone_hour * 60 + at.zone_minute;
    if (at.zone != ZONE_NONE)
        text_printf(t, "%c%02d:%02d", at.west && offset > 0 ? '-' : '+', offset / 60, offset % 60);
    return true;
}
