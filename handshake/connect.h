/* handshake/connect.h: TCP to one port, every call bounded by a deadline. No SIGPIPE.
 * Units:  deadline_ms is a point on clock_mono_ms().
 * Owns:   the caller closes *fd; a struct target owns nothing. */
#ifndef SWELL_HANDSHAKE_CONNECT_H
#define SWELL_HANDSHAKE_CONNECT_H

#include "base/wire.h"

#include <sys/socket.h>

#define TARGET_ADDRESSES_MAX 8

/* The addresses of a name; once one has answered, only that one is used. */
struct target {
    struct sockaddr_storage addresses[TARGET_ADDRESSES_MAX];
    socklen_t sizes[TARGET_ADDRESSES_MAX];
    size_t n;
};

/* address is a name or a literal. Resolving a name blocks for as long as the system's resolver
 * does.
 * Errors: E_RESOLVE, E_MEMORY; *out has no address then. */
MUST_CHECK enum err target_resolve(const char *address, uint16_t port, struct target *out,
                                   struct why *why);
/* Errors: E_CONNECT (native = errno) or E_TIMEOUT from the far side, E_CUT when it connected and
 *         was reset before we could look, E_IO (native = errno) when this machine has no descriptor
 *         or buffer left. *fd is -1 then. */
MUST_CHECK enum err target_connect(struct target *t, int64_t deadline_ms, int *fd,
                                   struct why *why);
/* Errors: E_TIMEOUT; E_CUT when the peer has reset the connection; E_CONNECT when the way to it is
 *         lost. */
MUST_CHECK enum err stream_send(int fd, struct rd bytes, int64_t deadline_ms);
/* At least one byte, or *got = 0 at the end of the stream. Errors: as above. */
MUST_CHECK enum err stream_recv(int fd, void *buf, size_t size, int64_t deadline_ms, size_t *got);

#endif
