/* base/child.h: a program of somebody else's, run for what it prints. No shell comes in between; it
 * has nothing to read, a process group of its own, and no signal setting of ours; its stderr goes
 * to ours.
 * Shape:  argv[0] is the program's path, a NULL is the last.
 * Units:  deadline_ms is a point on clock_mono_ms().
 * Owns:   child_stop kills what still runs of the group, and waits for it; fine on CHILD_NONE and a
 *         second time. The caller calls it however child_start and the rest ended.
 * Errors: E_IO, native = errno (ENOEXEC: no program at all); E_TIMEOUT; E_REFUSED: it failed, by
 *         its exit code or a signal. No message repeats what it printed. */
#ifndef SWELL_BASE_CHILD_H
#define SWELL_BASE_CHILD_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t pid; /* also its process group */
    int fd;    /* its standard output, -1 after the end of it */
    bool ended;
    bool status_known;
    int status;
};

#define CHILD_NONE ((struct child){.fd = -1})

MUST_CHECK enum err child_start(const char *const argv[], struct child *out, struct why *why);
/* The next bytes that it printed, 1 to room of them; 0 when it has ended and all is read. A daemon
 * that it left behind may hold the pipe open for ever, so after the end only what is in the pipe
 * counts. */
MUST_CHECK enum err child_read(struct child *c, void *into, size_t room, int64_t deadline_ms,
                               size_t *n, struct why *why);
/* After child_read gave 0: did it succeed? */
MUST_CHECK enum err child_judge(const struct child *c, struct why *why);
void child_stop(struct child *c);

#endif
