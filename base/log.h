/* base/log.h: the log, one line a call, on stderr. Threads may call it at once. Never give it a
 * secret; struct secret has no way to be printed. Text from outside is made safe before it is
 * written. errno stays as it was. */
#ifndef SWELL_BASE_LOG_H
#define SWELL_BASE_LOG_H

#include "base/err.h"

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
    LOG_TRACE
};

void log_level_set(enum log_level most); /* once, before threads start; default LOG_WARN */
void log_line(enum log_level level, const char *module, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A live display that owns the terminal's last lines: called around each log line so that it can
 * get out of the way. One call at a time; the hook must not log. NULL takes it away. */
void log_hook_set(void (*before)(void *), void (*after)(void *), void *self);

#endif
