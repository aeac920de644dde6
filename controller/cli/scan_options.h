/* controller/cli/scan_options.h: the options that scan and verify share.
 * Errors: E_USAGE with the option; E_CONFIG for --ca-file. */
#ifndef SWELL_CONTROLLER_CLI_SCAN_OPTIONS_H
#define SWELL_CONTROLLER_CLI_SCAN_OPTIONS_H

#include "controller/cli/options.h"
#include "controller/scan_goals.h"

/* --forks, --timeout, --gentle. */
MUST_CHECK enum err scan_options_read(const struct invocation *inv, struct scan_run *run,
                                      struct why *why);
/* --ports, --starttls, --only-versions. */
MUST_CHECK enum err goal_wish_read(const struct invocation *inv, struct goal_wish *wish,
                                   struct why *why);
/* --ca-file, or the system's roots; the caller frees them. */
MUST_CHECK enum err anchors_of(const struct invocation *inv, struct anchors **out,
                               struct why *why);

#endif
