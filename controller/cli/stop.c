#include "controller/cli/stop.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t asked; /* a signal handler has nowhere else to write */

static void on_signal(int number)
{
    if (asked)
        _exit(128 + number);
    asked = number;
}

void stop_catch(void)
{
    struct sigaction act = {.sa_handler = on_signal};
    (void)sigemptyset(&act.sa_mask);
    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
}

bool stop_asked(void *unused)
{
    (void)unused;
    return asked != 0;
}

int stop_code(void)
{
    return asked ? 128 + (int)asked : 0;
}
