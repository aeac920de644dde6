/* tests/unit/transport/strict_world.h: the real client and the strict server, and what they say to
 * each other.
 * Shape:  world_start, then world_talk or calls of transport_smb on the target, then world_stop,
 *         which fails the test if the client did anything against the rules.
 * Units:  wait_ms is a duration. */
#ifndef SWELL_TESTS_UNIT_TRANSPORT_STRICT_WORLD_H
#define SWELL_TESTS_UNIT_TRANSPORT_STRICT_WORLD_H

#include "tests/support/strict_registry.h"
#include "tests/support/strict_server.h"
#include "transport/transport.h"

#define WORLD_BIG 9000 /* bytes of a value that takes several fragments */
#define WORLD_WAIT_MS 8000

struct world {
    struct strict_server *server;
    struct transport_target target;
    unsigned messages; /* that the server had sent when world_talk had what it wanted */
    bool may_lie;      /* content that is wrong fails no test */
    bool lied;
};

void world_start(struct world *w, const char *rules); /* "" = as they are */
void world_stop(struct world *w);
/* For a server that lies: the client cannot be blamed. */
void world_stop_unjudged(struct world *w);
void world_rules(struct world *w, const char *rules); /* change them on the way */
/* Log on, make two keys, set two values, read, list, ask which boot it is. OK only if all of it
 * was right. */
enum err world_talk(struct world *w, int64_t wait_ms, struct why *why);
/* The first failure of one step, its items included. */
enum err world_write(struct world *w, struct transport *t, struct reg_op op, const char *key,
                     enum reg_view view, struct why *why);
enum err world_read(struct world *w, struct transport *t, const char *key, enum reg_view view,
                    const char *name, uint32_t *out, struct why *why);
struct transport *world_open(struct world *w); /* fails the test if it cannot */
unsigned world_connections(struct world *w);

#endif
