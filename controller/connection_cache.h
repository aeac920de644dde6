/* controller/connection_cache.h: open connections between one step of a host and the next, so that
 * a host is logged on to once and not once a step.
 * Shape:  at most CONNECTIONS_MAX are kept, one a host, none for longer than CONNECTION_IDLE_MS. A
 *         connection is either here or with the step that took it.
 * Owns:   what was given is the cache's until it is taken; connection_cache_free closes the rest.
 *         The target of a connection must outlive it.
 * Errors: none; what cannot be kept is closed. Safe from several threads. */
#ifndef SWELL_CONTROLLER_CONNECTION_CACHE_H
#define SWELL_CONTROLLER_CONNECTION_CACHE_H

#include "transport/transport.h"

#define CONNECTIONS_MAX 512 /* and half of what descriptors the process may have */
#define CONNECTION_IDLE_MS 15000

struct connection_cache;

struct connection_cache *connection_cache_new(void); /* NULL when memory is out */
struct connection_cache *connection_cache_new_of(size_t max, int64_t idle_ms);
void connection_cache_free(struct connection_cache *c);
/* The connection to this host, the caller's from now on; NULL if there is none. c may be NULL. */
struct transport *connection_cache_take(struct connection_cache *c,
                                        const struct transport_target *target);
void connection_cache_give(struct connection_cache *c, const struct transport_target *target,
                           struct transport *t);
/* Closes those that nobody came back for. */
void connection_cache_sweep(struct connection_cache *c);

#endif
