/* controller/scan_goals.h: which endpoints a command line means: words, or hosts of the inventory.
 * Shape:  a host of the inventory has the ports of its variable swell_ports ("443,3389" or
 *         "3389/rdp 5432"), unless --ports says otherwise; a word without a port has 443. What is
 *         spoken before TLS goes by the port, unless --starttls or swell_ports says it.
 * Owns:   goals_fini frees (fine on a zeroed struct); the inventory must stay.
 * Errors: E_USAGE for words; E_DATA for swell_ports, with the host; E_LIMIT; E_MEMORY. */
#ifndef SWELL_CONTROLLER_SCAN_GOALS_H
#define SWELL_CONTROLLER_SCAN_GOALS_H

#include "controller/scan_run.h"
#include "inventory/inventory.h"

#define GOALS_MAX 200000
#define PORTS_MAX 64 /* of one host */

struct goals {
    struct scan_goal *at;
    size_t n, room;
    char **names; /* that words made */
    size_t n_names;
};

struct goal_wish {
    const struct dialect *dialect; /* NULL: by the port */
    uint16_t ports[PORTS_MAX];     /* of those that name none */
    size_t n_ports;                /* 0: not said */
    enum scan_depth depth;
    unsigned versions;
};

MUST_CHECK enum err goals_add_word(struct goals *g, const char *word, const struct goal_wish *wish,
                                   struct why *why);
MUST_CHECK enum err goals_add_host(struct goals *g, const struct host *host,
                                   const struct goal_wish *wish, struct why *why);
void goals_fini(struct goals *g);

#endif
