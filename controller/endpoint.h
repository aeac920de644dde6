/* controller/endpoint.h: HOST[:PORT] as people write it.
 * Shape:  a name, an IPv4 literal, an IPv6 literal bare (then without a port) or in brackets:
 *         web01, web01:8443, 192.0.2.1:443, ::1, [::1]:443.
 * Errors: E_USAGE with what was expected; *out is unchanged then. */
#ifndef SWELL_CONTROLLER_ENDPOINT_H
#define SWELL_CONTROLLER_ENDPOINT_H

#include "base/err.h"

#include <stdbool.h>

#define ENDPOINT_HOST_SIZE 256
#define ENDPOINT_TEXT_SIZE (ENDPOINT_HOST_SIZE + 8)

struct endpoint {
    char host[ENDPOINT_HOST_SIZE]; /* without brackets; "" only where may_be_empty */
    uint16_t port;                 /* 0: none was given */
};

MUST_CHECK enum err endpoint_parse(const char *s, struct endpoint *out, struct why *why);
/* ":PORT" is every address of this machine, and port 0 any that is free. */
MUST_CHECK enum err endpoint_parse_local(const char *s, struct endpoint *out, struct why *why);
/* "443,3389" into ports[], each once; *n becomes their count. */
MUST_CHECK enum err ports_parse(const char *s, uint16_t *ports, size_t max, size_t *n,
                                struct why *why);
/* "web01:443", "[::1]:443" into buf. */
const char *endpoint_text(const char *host, uint16_t port, char buf[ENDPOINT_TEXT_SIZE]);

#endif
