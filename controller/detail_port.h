/* controller/detail_port.h: what a port showed beside its versions, as a member of PORT in the
 * details of events (detail.h).
 * Shape:  "tls": {"suites": [id], "suites_complete", "dh_bits", "handshake", "version", "broke",
 *         "certificate": {"subject", "sha256", "sha1", "not_after", "key", "key_bits", "hash",
 *         "shortest_rsa", "trust", "trust_why", "name": matches | other | not_asked, "name_why"}};
 *         what was not seen is left out, and older journals have none of it.
 * Owns:   what is returned is the caller's. */
#ifndef SWELL_CONTROLLER_DETAIL_PORT_H
#define SWELL_CONTROLLER_DETAIL_PORT_H

#include "handshake/port_more.h"

#include <jansson.h>

/* False when nothing was looked at: then nothing is written. */
bool detail_has_more(const struct port_more *m);
json_t *detail_more(const struct port_more *m); /* NULL when memory is out */
/* o may be NULL: nothing was seen then. False for what is not of this shape. */
bool detail_more_read(const json_t *o, struct port_more *out);

#endif
