/* controller/cli/stop.h: Ctrl-C and SIGTERM end a verb that has nothing to finish; the second one
 * ends it at once. */
#ifndef SWELL_CONTROLLER_CLI_STOP_H
#define SWELL_CONTROLLER_CLI_STOP_H

#include <stdbool.h>

void stop_catch(void);
bool stop_asked(void *unused);
int stop_code(void); /* 130 or 143; 0 when nobody asked */

#endif
