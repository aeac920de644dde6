/* strict_server ADDRESS[:PORT] [--rules NAME=NUMBER,…]: the strict server for lab tests and for
 * real clients. It serves until SIGTERM or SIGINT comes; then it says what
 * clients did against the rules, and is 1 if they did. */
#include "tests/support/strict_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT 445

static int usage(void)
{
    (void)fprintf(stderr, "usage: strict_server ADDRESS[:PORT] [--rules NAME=NUMBER,...]\n");
    return 64;
}

static bool address_split(char *text, uint16_t *port)
{
    char *colon = strrchr(text, ':');
    uint64_t n = PORT;

    if (colon != NULL) {
        *colon = '\0';
        if (!str_parse_u64(colon + 1, &n) || n > UINT16_MAX)
            return false;
    }
    *port = (uint16_t)n;
    return true;
}

static void wait_for_end(void)
{
    sigset_t set;
    int number;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    if (sigwait(&set, &number) != 0)
        abort();
}

int main(int argc, char **argv)
{
    struct strict_rules rules;
    struct strict_server *s;
    const struct strict_report *r;
    struct why why = {0};
    uint16_t port = 0;
    sigset_t set;
    bool broken;

    strict_rules_init(&rules);
    if ((argc != 2 && argc != 4) || !address_split(argv[1], &port) ||
        (argc == 4 && strcmp(argv[2], "--rules") != 0))
        return usage();
    if (argc == 4 && strict_rules_set(&rules, argv[3], &why) != OK) {
        (void)fprintf(stderr, "strict_server: %s\n", why.text);
        return usage();
    }
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &set, NULL); /* the serving thread inherits it */
    s = strict_server_new(&rules);
    strict_server_start(s, argv[1], port);
    (void)printf("ready %s:%u\n", argv[1], strict_server_port(s));
    (void)fflush(stdout);
    wait_for_end();
    strict_server_stop(s);
    r = strict_server_report(s);
    (void)printf("%sconnections %u requests %u answers %u interim %u calls %u restarts %u wakes %u "
                 "parallel %u parts %u violations %u\n",
                 text_str(&r->violations), r->connections, r->requests, r->answers, r->interims,
                 r->calls, r->restarts, r->wakes, r->parallel, r->cut_parts, r->n_violations);
    broken = r->n_violations > 0;
    strict_server_free(s);
    return broken ? 1 : 0;
}
