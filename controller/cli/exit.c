#include "controller/cli/options.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define LINE_BYTES 1024

int exit_code_for(enum err e)
{
    switch (e) {
    case OK: return EXIT_WELL;
    case E_USAGE: return EXIT_BAD_USAGE;
    case E_DATA:
    case E_LIMIT:
    case E_CORRUPT:
    case E_ABSENT:
    case E_EXISTS: return EXIT_BAD_DATA;
    case E_LOCKED: return EXIT_LOCKED;
    case E_DENIED:
    case E_AUTH: return EXIT_NOT_ALLOWED;
    case E_CONFIG: return EXIT_BAD_CONFIG;
    case E_CANCELLED: return EXIT_INTERRUPTED;
    case E_MEMORY:
    case E_IO:
    case E_INTERNAL:
    case E_SHORT:
    case E_FORMAT:
    case E_RESOLVE:
    case E_CONNECT:
    case E_TIMEOUT:
    case E_CUT:
    case E_UNAVAILABLE:
    case E_SECURITY:
    case E_PROTOCOL:
    case E_UNSUPPORTED:
    case E_REFUSED:
    case E_GOING_DOWN:
    case E_MOVED:
    case ERR_COUNT: return EXIT_BROKEN;
    }
    return EXIT_BROKEN;
}

static void complain(const char *before, const char *line, const char *otherwise)
{
    struct text safe = {0};
    text_put_safe(&safe, line, strlen(line));
    (void)fflush(stdout); /* so that the two stand in the order in which they were said */
    (void)fprintf(stderr, "swell: %s%s\n", before,
                  text_end(&safe) == OK && safe.used > 0 ? text_str(&safe) : otherwise);
    text_fini(&safe);
}

int fail(enum err e, const struct why *why)
{
    char line[LINE_BYTES] = "";
    if (why != NULL)
        (void)why_line(why, line, sizeof line);
    complain("", line, err_words(e));
    return exit_code_for(e);
}

void caution(const char *fmt, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    complain("warning: ", line, fmt);
}
