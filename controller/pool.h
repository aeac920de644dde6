/* controller/pool.h: worker threads that take pieces of work, in order, and hand back results.
 * Owns:   work is the caller's; pool_free waits for the running pieces and joins. NULL is fine.
 * Errors: E_INTERNAL when threads cannot be made. */
#ifndef SWELL_CONTROLLER_POOL_H
#define SWELL_CONTROLLER_POOL_H

#include "base/err.h"

#include <stdbool.h>

#define POOL_THREADS_MAX 512

typedef void pool_work(void *piece);

struct pool;

MUST_CHECK enum err pool_new(int threads, pool_work *work, struct pool **out, struct why *why);
void pool_free(struct pool *p);
bool pool_give(struct pool *p, void *piece); /* false when memory is out; never blocks */
/* A finished piece, or NULL when none was finished within wait_ms. */
void *pool_take(struct pool *p, int64_t wait_ms);
/* Makes a pool_take that waits return NULL at once; from any thread. */
void pool_wake(struct pool *p);
size_t pool_busy(struct pool *p); /* given and not yet taken */

#endif
