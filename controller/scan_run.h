/* controller/scan_run.h: many endpoints are scanned, so many at once, and told one after the other.
 * Shape:  done() is called in the order of the goals, each once, as soon as those before it are
 *         done; after a stop those that are done are told all the same.
 * Units:  attempt_ms for one connection.
 * Owns:   goals and all that they point to are borrowed; a result that done() gets is only good
 *         during the call.
 * Errors: E_IO, E_MEMORY, E_INTERNAL of this machine; what a host does is no error. */
#ifndef SWELL_CONTROLLER_SCAN_RUN_H
#define SWELL_CONTROLLER_SCAN_RUN_H

#include "handshake/scan.h"

#define SCAN_AT_ONCE 256 /* endpoints, by default */
#define SCAN_ATTEMPT_MS 8000
#define SCAN_GENTLE_GAP_MS 250

struct scan_goal {
    const char *name;    /* also what TLS asks for, unless it is an address */
    const char *address; /* a name or a literal */
    uint16_t port;
    const struct dialect *dialect;
    enum scan_depth depth;
    unsigned versions; /* as in scan.h; 0: all that the depth asks for */
};

struct scan_run {
    const struct scan_goal *goals;
    size_t n;
    const struct anchors *anchors; /* or NULL: trust is not judged */
    int64_t attempt_ms;
    unsigned at_once;
    bool gentle; /* one connection to a host, and a rest before the next */
    /* why is NULL, or tells why nothing could be asked. */
    void (*done)(void *who, size_t goal, const struct scan_result *r, const char *why);
    bool (*stop)(void *who); /* what is under way then is not told; may be NULL */
    void *who;
};

MUST_CHECK enum err scan_run(const struct scan_run *wish, struct why *why);

#endif
