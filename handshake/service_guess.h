/* handshake/service_guess.h: what a port speaks that did not speak what was expected, told from the
 * first bytes that it sent.
 * Source: RFC 9112 4 (HTTP), 4253 4.2 (SSH), 5321 4.2 (SMTP), 959 4.2 (FTP), 3501 7 (IMAP),
 *         1939 4 (POP3), 4511 4.1.1 (LDAP), 854 (Telnet), 6143 7.1.1 (VNC), 7826 (RTSP); RFC 8446
 *         5.1 (TLS); MS-RDPBCGR 2.2.1.2; MS-TDS 2.2.3.1; MS-SMB2 2.2.1; the MySQL and PostgreSQL
 *         manuals.
 * Shape:  pure. One line of printable ASCII: "HTTP: HTTP/1.1 400 Bad Request",
 *         "SSH: SSH-2.0-OpenSSH_9.2"; for bytes of no service that is known, the bytes themselves:
 *         text as text, everything else as hexadecimal digits; "" for no bytes.
 * Owns:   the text is in out. */
#ifndef SWELL_HANDSHAKE_SERVICE_GUESS_H
#define SWELL_HANDSHAKE_SERVICE_GUESS_H

#include "base/wire.h"

#define SERVICE_GUESS_SIZE 120

const char *service_guess(struct rd bytes, char out[SERVICE_GUESS_SIZE]);

#endif
