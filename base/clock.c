#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t id)
{
    struct timespec now = {0};

    (void)clock_gettime(id, &now); /* cannot fail for the three clocks of this file */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_mono_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_real_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_process_cpu_ms(void)
{
    return read_ms(CLOCK_PROCESS_CPUTIME_ID);
}

static int64_t system_mono_ms(void *self)
{
    (void)self;
    return clock_mono_ms();
}

static int64_t system_real_ms(void *self)
{
    (void)self;
    return clock_real_ms();
}

const struct clock *clock_system(void)
{
    static const struct clock system = {.mono_ms = system_mono_ms, .real_ms = system_real_ms};

    return &system;
}

const char *clock_text(int64_t real_ms, char buf[CLOCK_TEXT_SIZE])
{
    int64_t ms = (real_ms % 1000 + 1000) % 1000;
    time_t seconds = (time_t)(real_ms / 1000 - (real_ms % 1000 < 0 ? 1 : 0));
    struct tm utc;
    char date[CLOCK_TEXT_SIZE];

    if (gmtime_r(&seconds, &utc) == NULL ||
        strftime(date, sizeof date - 5, "%Y-%m-%dT%H:%M:%S", &utc) == 0)
        date[0] = '\0';
    (void)snprintf(buf, CLOCK_TEXT_SIZE, "%.26s.%03uZ", date, (unsigned)ms);
    return buf;
}
