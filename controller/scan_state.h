/* controller/scan_state.h: a scan as what the verdict on a playbook's rule is made of. Pure.
 * Owns:   nothing. */
#ifndef SWELL_CONTROLLER_SCAN_STATE_H
#define SWELL_CONTROLLER_SCAN_STATE_H

#include "handshake/scan.h"

/* whole: suites and a handshake were looked for too. */
void port_state_of_scan(const struct scan_result *r, bool whole, struct port_state *out);

#endif
