/* transport/winrm/http.h: HTTP/1.1 POSTs to one host, on several connections at once. http.c is the
 * only user of libcurl.
 * Source: RFC 9110, RFC 9112; libcurl's documentation.
 * Shape:  a struct http_host holds struct http, each one connection with one request at a time.
 *         http_post begins; http_wait gives one that has ended. A request is never sent twice:
 *         where its connection was gone before it arrived the answer is E_CUT. No redirect is
 *         followed and no proxy used.
 * Units:  deadline_ms is a point on clock_mono_ms().
 * Owns:   http_host_free (NULL is fine) ends all. What an answer holds lives until the next
 *         http_post on it.
 * Errors: E_RESOLVE, E_CONNECT, E_TIMEOUT, E_CUT; E_SECURITY, the certificate is not trusted or not
 *         the host's; E_LIMIT, the answer is too long; E_CONFIG, a file of certificates. Any
 *         status of HTTP is OK here. */
#ifndef SWELL_TRANSPORT_WINRM_HTTP_H
#define SWELL_TRANSPORT_WINRM_HTTP_H

#include "base/text.h"
#include "transport/transport.h"

#define HTTP_ANSWER_MAX (8u << 20) /* bytes of a body */

struct http_request {
    const char *content_type;  /* NULL: there is no body */
    const char *authorization; /* the header's value; NULL: none */
    bool is_anonymous;         /* says so to the host: WSMANIDENTIFY */
    struct rd body;
};

struct http_answer {
    long status;
    struct text content_type;
    struct text offers; /* WWW-Authenticate, one a line */
    struct wr body;
    bool is_first; /* the first on its connection */
};

struct http_host;
struct http;

MUST_CHECK enum err http_host_new(const struct transport_target *target, struct http_host **out,
                                  struct why *why);
void http_host_free(struct http_host *h);
const char *http_url(const struct http_host *h);
MUST_CHECK enum err http_new(struct http_host *h, void *owner, struct http **out, struct why *why);
void http_free(struct http *c); /* ends its connection; NULL is fine */
void *http_owner(const struct http *c);
MUST_CHECK enum err http_post(struct http *c, const struct http_request *q, int64_t deadline_ms,
                              struct why *why);
/* One that has ended, of those that were begun; NULL: none is under way. */
struct http *http_wait(struct http_host *h, int64_t deadline_ms);
MUST_CHECK enum err http_result(struct http *c, const struct http_answer **out, struct why *why);
/* DER of the host's certificate; empty before the first answer over TLS. */
struct rd http_certificate(const struct http *c);

#endif
