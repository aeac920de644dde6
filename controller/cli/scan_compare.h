/* controller/cli/scan_compare.h: swell scan A B --compare. Returns the exit code. */
#ifndef SWELL_CONTROLLER_CLI_SCAN_COMPARE_H
#define SWELL_CONTROLLER_CLI_SCAN_COMPARE_H

#include "controller/cli/options.h"

int scan_compare(struct invocation *inv);

#endif
