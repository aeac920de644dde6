#include "transport/winrm/http.h"

#include "transport/winrm/base64.h"

#include "base/clock.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PORT_HTTP 5985
#define PORT_HTTPS 5986
#define HEADER_MAX 65536 /* bytes of WWW-Authenticate: Kerberos' tokens are long */

struct http_host {
    const struct transport_target *target;
    CURLM *multi;
    struct text url;
};

struct http {
    struct http_host *host;
    void *owner;
    CURL *easy;
    CURLSH *share; /* its own connection, which others must not get: logins are bound to it */
    struct curl_slist *headers;
    struct wr request;
    size_t sent;
    struct http_answer answer;
    struct wr certificate;
    bool is_under_way, is_too_long;
    CURLcode code;
    char words[CURL_ERROR_SIZE];
};

static void library_start(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static enum err no_memory(struct why *why)
{
    return why_set(why, E_MEMORY, "out of memory");
}

enum err http_host_new(const struct transport_target *target, struct http_host **out,
                       struct why *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct http_host *h = calloc(1, sizeof *h);
    bool is_ipv6 = strchr(target->address, ':') != NULL;
    uint16_t port = target->port != 0 ? target->port : target->https ? PORT_HTTPS
                                                                     : PORT_HTTP;

    *out = NULL;
    (void)pthread_once(&once, library_start);
    if (h == NULL)
        return no_memory(why);
    h->target = target;
    h->multi = curl_multi_init();
    text_printf(&h->url, "%s://%s%s%s:%u/wsman", target->https ? "https" : "http",
                is_ipv6 ? "[" : "", target->address, is_ipv6 ? "]" : "", port);
    if (h->multi == NULL || text_end(&h->url) != OK) {
        http_host_free(h);
        return no_memory(why);
    }
    *out = h;
    return OK;
}

void http_host_free(struct http_host *h)
{
    if (h == NULL)
        return;
    if (h->multi != NULL)
        (void)curl_multi_cleanup(h->multi);
    text_fini(&h->url);
    free(h);
}

const char *http_url(const struct http_host *h)
{
    return text_str(&h->url);
}

static size_t on_read(char *to, size_t size, size_t n, void *self)
{
    struct http *c = self;
    size_t left = c->request.used - c->sent, room = size * n;
    size_t now = left < room ? left : room;

    if (now > 0)
        memcpy(to, c->request.bytes + c->sent, now);
    c->sent += now;
    return now;
}

static size_t on_body(char *from, size_t size, size_t n, void *self)
{
    struct http *c = self;

    wr_bytes(&c->answer.body, from, size * n);
    c->is_too_long = c->answer.body.bad;
    return c->is_too_long ? 0 : size * n;
}

static bool header_is(const char *line, size_t n, const char *name, struct text *out)
{
    size_t k = strlen(name);

    if (n <= k || line[k] != ':' || strncasecmp(line, name, k) != 0)
        return false;
    for (k++; k < n && (line[k] == ' ' || line[k] == '\t'); k++)
        continue;
    while (n > k && (line[n - 1] == '\r' || line[n - 1] == '\n' || line[n - 1] == ' '))
        n--;
    if (out->used + n - k < HEADER_MAX)
        text_put_n(out, line + k, n - k);
    return true;
}

static size_t on_header(char *line, size_t size, size_t n, void *self)
{
    struct http *c = self;
    struct text type = {0};

    n *= size;
    if (header_is(line, n, "WWW-Authenticate", &c->answer.offers))
        text_char(&c->answer.offers, '\n');
    else if (header_is(line, n, "Content-Type", &type)) {
        text_fini(&c->answer.content_type);
        c->answer.content_type = type; /* moved */
        return n;
    }
    text_fini(&type);
    return n;
}

static bool set_tls(CURL *easy, const struct transport_target *t)
{
    bool good = curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L) == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK;

    if (t->ca_file != NULL)
        good = good && curl_easy_setopt(easy, CURLOPT_CAINFO, t->ca_file) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK;
    if (t->insecure)
        good = good && curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK;
    if (t->auth == AUTH_CERTIFICATE && t->client_cert != NULL)
        good = good && curl_easy_setopt(easy, CURLOPT_SSLCERT, t->client_cert) == CURLE_OK &&
               curl_easy_setopt(easy, CURLOPT_SSLKEY,
                                t->client_key == NULL ? t->client_cert : t->client_key) ==
                   CURLE_OK;
    return good;
}

/* A body that comes from a function, which cannot be asked for its beginning again, is not sent
 * twice by libcurl. */
static bool set_all(struct http *c)
{
    CURL *e = c->easy;

    return curl_easy_setopt(e, CURLOPT_URL, text_str(&c->host->url)) == CURLE_OK &&
           curl_share_setopt(c->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK &&
           curl_easy_setopt(e, CURLOPT_SHARE, c->share) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PRIVATE, c) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->words) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_MAXCONNECTS, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_READDATA, c) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_WRITEDATA, c) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(e, CURLOPT_HEADERDATA, c) == CURLE_OK;
}

enum err http_new(struct http_host *h, void *owner, struct http **out, struct why *why)
{
    struct http *c = calloc(1, sizeof *c);

    *out = NULL;
    if (c == NULL)
        return no_memory(why);
    c->host = h;
    c->owner = owner;
    wr_init(&c->request, 0);
    wr_init(&c->answer.body, HTTP_ANSWER_MAX);
    wr_init(&c->certificate, 0);
    c->easy = curl_easy_init();
    c->share = curl_share_init();
    if (c->easy == NULL || c->share == NULL || !set_all(c) ||
        (h->target->https && !set_tls(c->easy, h->target))) {
        http_free(c);
        return why_set(why, E_INTERNAL, "libcurl lacks what WinRM needs");
    }
    *out = c;
    return OK;
}

static void headers_free(struct http *c)
{
    for (struct curl_slist *l = c->headers; l != NULL; l = l->next)
        secret_wipe(l->data, strlen(l->data));
    curl_slist_free_all(c->headers);
    c->headers = NULL;
}

void http_free(struct http *c)
{
    if (c == NULL)
        return;
    if (c->is_under_way)
        (void)curl_multi_remove_handle(c->host->multi, c->easy);
    if (c->easy != NULL)
        curl_easy_cleanup(c->easy);
    if (c->share != NULL)
        (void)curl_share_cleanup(c->share);
    headers_free(c);
    wr_fini(&c->request);
    wr_fini(&c->answer.body);
    wr_fini(&c->certificate);
    text_fini(&c->answer.content_type);
    text_fini(&c->answer.offers);
    free(c);
}

void *http_owner(const struct http *c)
{
    return c->owner;
}

static bool header_add(struct http *c, const char *name, const char *value)
{
    struct text t = {0};
    struct curl_slist *more;

    if (value == NULL)
        return true;
    text_printf(&t, "%s: %s", name, value);
    more = text_end(&t) == OK ? curl_slist_append(c->headers, t.s) : NULL;
    if (t.s != NULL)
        secret_wipe(t.s, t.used);
    text_fini(&t);
    if (more == NULL)
        return false;
    c->headers = more;
    return true;
}

static bool headers_set(struct http *c, const struct http_request *q)
{
    struct curl_slist *more;

    headers_free(c);
    /* Without values: libcurl leaves its own out. */
    if ((c->headers = curl_slist_append(NULL, "Expect:")) == NULL)
        return false;
    if (q->content_type == NULL) {
        if ((more = curl_slist_append(c->headers, "Content-Type:")) == NULL)
            return false;
        c->headers = more;
    }
    return header_add(c, "Content-Type", q->content_type) &&
           header_add(c, "Authorization", q->authorization) &&
           header_add(c, "User-Agent", "Swell") &&
           header_add(c, "WSMANIDENTIFY", q->is_anonymous ? "unauthenticated" : NULL) &&
           curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers) == CURLE_OK;
}

static void answer_reset(struct http *c)
{
    wr_reset(&c->answer.body);
    text_fini(&c->answer.content_type);
    text_fini(&c->answer.offers);
    c->answer.status = 0;
    c->is_too_long = false;
    c->words[0] = '\0';
}

enum err http_post(struct http *c, const struct http_request *q, int64_t deadline_ms,
                   struct why *why)
{
    int64_t left_ms = deadline_ms - clock_mono_ms();

    if (left_ms <= 0)
        return why_set(why, E_TIMEOUT, "%s", err_words(E_TIMEOUT));
    answer_reset(c);
    wr_reset(&c->request);
    wr_view(&c->request, q->body);
    c->sent = 0;
    if (wr_end(&c->request) != OK || !headers_set(c, q) ||
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->request.used) !=
            CURLE_OK ||
        curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, (long)left_ms) != CURLE_OK)
        return no_memory(why);
    if (curl_multi_add_handle(c->host->multi, c->easy) != CURLM_OK)
        return why_set(why, E_INTERNAL, "libcurl takes no request");
    c->is_under_way = true;
    return OK;
}

static void certificate_note(struct http *c)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    struct curl_certinfo *chain = NULL;
    struct text digits = {0};

    wr_reset(&c->certificate);
    if (curl_easy_getinfo(c->easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        chain->num_of_certs < 1)
        return;
    for (const struct curl_slist *l = chain->certinfo[0]; l != NULL; l = l->next) {
        const char *at = strstr(l->data, begin);
        const char *to = at == NULL ? NULL : strstr(at, end);

        if (to == NULL)
            continue;
        for (at += strlen(begin); at < to; at++)
            if (*at != '\n' && *at != '\r')
                text_char(&digits, *at);
        if (base64_read(rd_text(text_str(&digits)), &c->certificate) != OK)
            wr_reset(&c->certificate);
        break;
    }
    text_fini(&digits);
}

static struct http *ended(struct http_host *h)
{
    struct CURLMsg *m;
    char *private = NULL;
    struct http *c;
    long connects = 0;
    int left;

    do
        m = curl_multi_info_read(h->multi, &left);
    while (m != NULL && m->msg != CURLMSG_DONE);
    if (m == NULL || curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private) != CURLE_OK)
        return NULL;
    c = (void *)private;
    c->code = m->data.result;
    (void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &c->answer.status);
    (void)curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &connects);
    c->answer.is_first = connects > 0;
    if (connects > 0 && h->target->https)
        certificate_note(c);
    (void)curl_multi_remove_handle(h->multi, c->easy);
    c->is_under_way = false;
    headers_free(c);
    return c;
}

struct http *http_wait(struct http_host *h, int64_t deadline_ms)
{
    for (;;) {
        int running = 0;
        CURLMcode code = curl_multi_perform(h->multi, &running);
        struct http *c = ended(h);
        int64_t left_ms = deadline_ms - clock_mono_ms();

        if (c != NULL)
            return c;
        if (code != CURLM_OK || running == 0)
            return NULL;
        /* libcurl itself ends what is over its time. */
        if (left_ms < 1 || left_ms > 1000)
            left_ms = left_ms < 1 ? 1 : 1000;
        if (curl_multi_poll(h->multi, NULL, 0, (int)left_ms, NULL) != CURLM_OK)
            return NULL;
    }
}

static enum err code_of(const struct http *c)
{
    switch ((int)c->code) {
    case CURLE_OK: return OK;
    case CURLE_OUT_OF_MEMORY: return E_MEMORY;
    case CURLE_COULDNT_RESOLVE_HOST: return E_RESOLVE;
    case CURLE_COULDNT_CONNECT: return E_CONNECT;
    case CURLE_OPERATION_TIMEDOUT: return E_TIMEOUT;
    case CURLE_WRITE_ERROR: return c->is_too_long ? E_LIMIT : E_INTERNAL;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND: return E_CUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return E_SECURITY;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM: return E_CONFIG;
    case CURLE_SSL_CONNECT_ERROR: return E_CONNECT;
    default: return E_PROTOCOL;
    }
}

enum err http_result(struct http *c, const struct http_answer **out, struct why *why)
{
    enum err e = code_of(c);
    struct text t = {0};
    const char *words = c->words[0] != '\0' ? c->words : curl_easy_strerror(c->code);

    *out = NULL;
    if (e == OK) {
        *out = &c->answer;
        return OK;
    }
    text_put_safe(&t, words, strlen(words));
    e = why_native(why, e, (uint32_t)c->code, "", "%s", text_str(&t));
    text_fini(&t);
    return e;
}

struct rd http_certificate(const struct http *c)
{
    return wr_view_of(&c->certificate);
}
