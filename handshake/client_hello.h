/* handshake/client_hello.h: what a client offers in its first message.
 * Source: RFC 8446 4.1.2 and 4.2; RFC 5246 7.4.1.2 and E.2; RFC 6066 3; RFC 7301 3.1; RFC 8422 5.1;
 *         RFC 5746 3.3; draft-hickman-netscape-ssl-00 (the form of SSL 2.0).
 * Shape:  lists in the order in which the client wrote them, GREASE included. In the form of SSL
 *         2.0 a cipher kind has three bytes; those that begin with 0 are suites, the others kinds.
 * Owns:   a plain value.
 * Errors: E_SHORT and E_FORMAT for what is no ClientHello, E_LIMIT for lists that are longer than
 *         any honest client's; why->text says which field. *out is unchanged then. */
#ifndef SWELL_HANDSHAKE_CLIENT_HELLO_H
#define SWELL_HANDSHAKE_CLIENT_HELLO_H

#include "base/wire.h"

#define CLIENT_SUITES_MAX 512
#define CLIENT_LIST_MAX 128 /* extensions, groups, signature algorithms … */
#define CLIENT_BYTES_MAX 16 /* compression methods, point formats */
#define CLIENT_ALPN_MAX 16
#define CLIENT_NAME_SIZE 256
#define CLIENT_HELLO_MAX 32768u /* bytes of the message */

struct client_list {
    uint16_t at[CLIENT_LIST_MAX];
    size_t n;
};

struct client_bytes {
    uint8_t at[CLIENT_BYTES_MAX];
    size_t n;
};

struct client_protocol { /* of ALPN: bytes, no text */
    uint8_t bytes[255];
    uint8_t size;
};

struct client_hello {
    bool sslv2_form;
    uint16_t record_version; /* 0 in the form of SSL 2.0 */
    uint16_t version;        /* legacy_version */
    size_t session_id_size;
    uint16_t suites[CLIENT_SUITES_MAX];
    size_t n_suites;
    uint32_t kinds[CLIENT_BYTES_MAX]; /* of SSL 2.0, three bytes */
    size_t n_kinds;
    struct client_bytes compressions;
    struct client_list extensions;
    struct client_list versions; /* supported_versions; none: version says it */
    struct client_list groups;
    struct client_bytes point_formats;
    struct client_list sigalgs, sigalgs_cert;
    struct client_list key_shares; /* groups for which a key came along */
    struct client_bytes psk_modes;
    char sni[CLIENT_NAME_SIZE]; /* "" if there is none; bytes of the client, printable or not */
    struct client_protocol alpn[CLIENT_ALPN_MAX];
    size_t n_alpn;
};

/* message is the handshake message without its header. */
MUST_CHECK enum err client_hello_read(struct rd message, uint16_t record_version,
                                      struct client_hello *out, struct why *why);
/* message is what follows the two bytes of length. */
MUST_CHECK enum err client_hello_read_sslv2(struct rd message, struct client_hello *out,
                                            struct why *why);

bool client_list_has(const struct client_list *l, uint16_t number);
enum client_says { CLIENT_NO,
                   CLIENT_PERHAPS,
                   CLIENT_YES };
/* Would it speak this version (2, 0x0300 … 0x0304)? Without supported_versions a client names only
 * its highest; whether it takes a lower one, nobody can see: perhaps. */
enum client_says client_says_version(const struct client_hello *h, uint16_t version);
bool client_offers_suite(const struct client_hello *h, uint16_t suite);
/* The highest version that it names, GREASE aside; 0 if it names none. */
uint16_t client_highest_version(const struct client_hello *h);

#endif
