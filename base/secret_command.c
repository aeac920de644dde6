#include "base/child.h"
#include "base/secret_line.h"

#include <string.h>

/* The first line of all that is printed; what comes after it is thrown away. */
static enum err line_collect(struct child *c, int64_t deadline_ms, char line[SECRET_LINE_SIZE],
                             size_t *used, struct why *why)
{
    bool whole = false;

    for (;;) {
        char rest[256];
        bool keep = !whole && *used < SECRET_LINE_SIZE;
        char *into = keep ? line + *used : rest;
        size_t n;
        enum err e = child_read(c, into, keep ? SECRET_LINE_SIZE - *used : sizeof rest, deadline_ms,
                                &n, why);

        secret_wipe(rest, sizeof rest);
        if (e != OK || n == 0)
            return e;
        if (keep) {
            char *newline = memchr(into, '\n', n);

            whole = newline != NULL;
            *used = whole ? (size_t)(newline - line) + 1 : *used + n;
        }
        if (whole && c->ended)
            return OK;
    }
}

enum err secret_from_command(const char *command, int64_t deadline_ms, struct secret *out,
                             struct why *why)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    struct child child;
    char line[SECRET_LINE_SIZE];
    size_t used = 0;
    enum err e = E_CONFIG;

    *out = (struct secret){0};
    if (child_start(argv, &child, why) == OK &&
        line_collect(&child, deadline_ms, line, &used, why) == OK && child_judge(&child, why) == OK)
        e = secret_from_line(line, used, out, why);
    child_stop(&child);
    secret_wipe(line, sizeof line);
    return why_place(why, e, "password_command");
}
