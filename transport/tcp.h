/* transport/tcp.h: a TCP connection with a deadline on everything it does. Never raises SIGPIPE.
 * Source: POSIX.1-2008 connect, poll, send, recv, getaddrinfo.
 * Shape:  fd is a connected, non-blocking socket, -1 when there is none.
 * Units:  deadline_ms is a point on clock_mono_ms(). The resolver of the system keeps its own
 *         time.
 * Owns:   after OK the caller owns *fd and ends it with tcp_close.
 * Errors: E_RESOLVE, the name has no address; E_CONNECT, refused or no route, native = errno;
 *         E_TIMEOUT; E_CUT, ended or reset by the peer. No place is set: the caller knows what
 *         it was doing. */
#ifndef SWELL_TRANSPORT_TCP_H
#define SWELL_TRANSPORT_TCP_H

#include "base/wire.h"

/* Tries each address of the name in turn; each gets its share of the time that is left. */
MUST_CHECK enum err tcp_connect(const char *address, uint16_t port, int64_t deadline_ms, int *fd,
                                struct why *why);
/* All of bytes, or an error. */
MUST_CHECK enum err tcp_send(int fd, struct rd bytes, int64_t deadline_ms, struct why *why);
/* What has come, 1 to room bytes; when nothing has, it waits, and may wait until there are wanted
 * bytes: no more than what is sure to come. */
MUST_CHECK enum err tcp_receive(int fd, void *out, size_t room, size_t wanted, int64_t deadline_ms,
                                size_t *got, struct why *why);
/* How far the peer is, as the kernel saw it; INT64_MAX if it does not say. */
int64_t tcp_round_trip_us(int fd);
void tcp_close(int *fd);                          /* -1 is fine; sets it to -1 */
bool tcp_address_is_literal(const char *address); /* an IPv4 or IPv6 literal, not a name */

#endif
