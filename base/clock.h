/* base/clock.h: the only place that asks for the time. Code that decides takes the time as an
 * argument; code that waits takes a struct clock, which a test can own.
 * Units:  _ms are milliseconds; mono counts from an arbitrary start and never goes back, real is
 *         Unix time. */
#ifndef SWELL_BASE_CLOCK_H
#define SWELL_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct clock {
    int64_t (*mono_ms)(void *self);
    int64_t (*real_ms)(void *self);
    void *self;
};

const struct clock *clock_system(void);
int64_t clock_mono_ms(void); /* of the system: for I/O deadlines */
int64_t clock_real_ms(void);
int64_t clock_process_cpu_ms(void); /* CPU time that this process has used */

#define CLOCK_TEXT_SIZE 32
/* RFC 3339 UTC with milliseconds ("2026-11-21T02:03:04.567Z") into buf; returns buf. */
const char *clock_text(int64_t real_ms, char buf[CLOCK_TEXT_SIZE]);

#endif
