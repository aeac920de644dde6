#include "tests/unit/transport/winrm_peer.h"

#include "transport/winrm/base64.h"
#include "transport/winrm/encrypt.h"

#include "tests/support/strict_parts.h"

#include <arpa/inet.h>
#include <gssapi/gssapi.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_CONNECTIONS_MAX 64

/* LeakSanitizer, where it is: what gss-ntlmssp 1.2 loses in its acceptor is not ours. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

struct winrm_peer_state {
    int listener;
    pthread_t acceptor, threads[PEER_CONNECTIONS_MAX];
    int fds[PEER_CONNECTIONS_MAX];
    int n;
    pthread_mutex_t lock;
    bool was_moody;
};

struct talk {
    struct winrm_peer *p;
    int fd;
    gss_ctx_id_t context;
    bool is_in;
    int calls;
};

struct request {
    struct text head, body;
};

static bool request_read(int fd, struct request *q)
{
    size_t want = 0;
    char c;
    const char *at;

    *q = (struct request){0};
    while (q->head.used < 4 || strcmp(q->head.s + q->head.used - 4, "\r\n\r\n") != 0) {
        if (recv(fd, &c, 1, 0) != 1)
            return false;
        text_char(&q->head, c);
    }
    at = strstr(q->head.s, "Content-Length: ");
    if (at != NULL)
        want = (size_t)strtoul(at + strlen("Content-Length: "), NULL, 10);
    while (q->body.used < want) {
        char piece[4096];
        size_t room = want - q->body.used < sizeof piece ? want - q->body.used : sizeof piece;
        ssize_t n = recv(fd, piece, room, 0);

        if (n <= 0)
            return false;
        text_put_n(&q->body, piece, (size_t)n);
    }
    return true;
}

static void reply(int fd, const char *status, const char *headers, const void *body, size_t n)
{
    struct text t = {0};

    text_printf(&t, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers, n);
    text_put_n(&t, body, n);
    (void)!send(fd, t.s, t.used, MSG_NOSIGNAL);
    text_fini(&t);
}

static void login(struct talk *t, const char *digits)
{
    static const char begin[] = "WWW-Authenticate: Negotiate ";
    struct wr in;
    struct text headers = {0};
    gss_buffer_desc given, answer = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, major;

    wr_init(&in, 0);
    if (base64_read(rd_of(digits, strcspn(digits, "\r\n")), &in) != OK)
        abort();
    given = (gss_buffer_desc){.length = in.used, .value = in.bytes};
    if (__lsan_disable != NULL)
        __lsan_disable();
    major = gss_accept_sec_context(&minor, &t->context, GSS_C_NO_CREDENTIAL, &given,
                                   GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &answer, NULL, NULL,
                                   NULL);
    if (__lsan_enable != NULL)
        __lsan_enable();
    t->is_in = major == GSS_S_COMPLETE;
    text_put(&headers, begin);
    if (!GSS_ERROR(major))
        base64_put(&headers, rd_of(answer.value, answer.length));
    text_put(&headers, "\r\n");
    reply(t->fd, t->is_in ? "200 " : "401 ", headers.s, "", 0); /* no reason phrase, as some do */
    (void)gss_release_buffer(&minor, &answer);
    text_fini(&headers);
    wr_fini(&in);
}

static void soap_make(struct talk *t, const char *soap, struct text *out)
{
    const char *id = strstr(soap, "<a:MessageID>");

    text_put(out, "<x:Envelope xmlns:x=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"a\">"
                  "<x:Header>");
    if (id != NULL) {
        id += strlen("<a:MessageID>");
        text_printf(out, "<a:RelatesTo>%.*s</a:RelatesTo>", (int)strcspn(id, "<"), id);
    }
    text_put(out, "</x:Header><x:Body>");
    (void)pthread_mutex_lock(&t->p->state->lock);
    t->p->answer(t->p->self, soap, out);
    (void)pthread_mutex_unlock(&t->p->state->lock);
    text_put(out, "</x:Body></x:Envelope>");
}

static void answer_sealed(struct talk *t, const struct text *soap)
{
    gss_buffer_desc plain = {.length = soap->used, .value = soap->s}, sealed;
    OM_uint32 minor;
    struct wr body;
    struct rd r;
    size_t told = soap->used + (t->p->mood == PEER_WRONG_LENGTH);

    if (GSS_ERROR(gss_wrap(&minor, t->context, 1, GSS_C_QOP_DEFAULT, &plain, NULL, &sealed)))
        abort();
    r = rd_of(sealed.value, sealed.length);
    wr_init(&body, 0);
    encrypt_frame(ENCRYPT_SPNEGO, told, rd_sub(&r, 16), r, &body);
    reply(t->fd, "200 OK",
          "Content-Type: multipart/encrypted;protocol=\"" ENCRYPT_SPNEGO
          "\";boundary=\"Encrypted Boundary\"\r\n",
          body.bytes, body.used);
    wr_fini(&body);
    (void)gss_release_buffer(&minor, &sealed);
}

/* Once in its life a moody host is difficult. */
static bool mood_strikes(struct talk *t, enum peer_mood mood)
{
    bool strikes;

    (void)pthread_mutex_lock(&t->p->state->lock);
    strikes = t->p->mood == mood && t->calls == 2 && !t->p->state->was_moody;
    t->p->state->was_moody |= strikes;
    (void)pthread_mutex_unlock(&t->p->state->lock);
    return strikes;
}

static bool call_answer(struct talk *t, const struct request *q)
{
    struct sealed_part part;
    struct why why;
    struct wr whole;
    gss_buffer_desc given, plain;
    struct text soap = {0}, out = {0};
    OM_uint32 minor;

    t->calls++;
    atomic_fetch_add(&t->p->calls, 1);
    if (mood_strikes(t, PEER_HANGS_UP_ONCE))
        return false;
    if (mood_strikes(t, PEER_FORGETS_ONCE)) {
        t->is_in = false;
        (void)gss_delete_sec_context(&minor, &t->context, GSS_C_NO_BUFFER);
        reply(t->fd, "401 Unauthorized", "WWW-Authenticate: Negotiate\r\n", "", 0);
        return true;
    }
    if (encrypt_parse(NULL, rd_of(q->body.s, q->body.used), &part, &why) != OK)
        abort();
    wr_init(&whole, 0);
    wr_view(&whole, part.header);
    wr_view(&whole, part.data);
    given = (gss_buffer_desc){.length = whole.used, .value = whole.bytes};
    if (GSS_ERROR(gss_unwrap(&minor, t->context, &given, &plain, NULL, NULL)) ||
        plain.length != part.length)
        abort();
    text_put_n(&soap, plain.value, plain.length);
    (void)gss_release_buffer(&minor, &plain);
    wr_fini(&whole);
    soap_make(t, soap.s, &out);
    if (t->p->mood == PEER_DIES_OF_IT && strstr(soap.s, "Shutdown") != NULL) {
        text_fini(&soap);
        text_fini(&out);
        return false;
    }
    if (t->p->mood == PEER_IN_THE_CLEAR)
        reply(t->fd, "200 OK", "Content-Type: application/soap+xml\r\n", out.s, out.used);
    else
        answer_sealed(t, &out);
    text_fini(&soap);
    text_fini(&out);
    return true;
}

static void *talk_run(void *arg)
{
    struct talk *t = arg;
    struct request q;
    OM_uint32 minor;
    bool goes_on = true;

    while (goes_on && request_read(t->fd, &q)) {
        const char *token = strstr(q.head.s, "Authorization: Negotiate ");

        if (token != NULL)
            login(t, token + strlen("Authorization: Negotiate "));
        else if (!t->is_in)
            reply(t->fd, "401 ", "WWW-Authenticate: Negotiate\r\n", "", 0);
        else
            goes_on = call_answer(t, &q);
        text_fini(&q.head);
        text_fini(&q.body);
    }
    text_fini(&q.head);
    text_fini(&q.body);
    (void)shutdown(t->fd, SHUT_RDWR);
    if (t->context != GSS_C_NO_CONTEXT)
        (void)gss_delete_sec_context(&minor, &t->context, GSS_C_NO_BUFFER);
    free(t);
    return NULL;
}

static void *accept_run(void *arg)
{
    struct winrm_peer *p = arg;
    struct winrm_peer_state *s = p->state;
    int fd;

    while (s->n < PEER_CONNECTIONS_MAX && (fd = accept(s->listener, NULL, NULL)) >= 0) {
        struct talk *t = calloc(1, sizeof *t);

        if (t == NULL)
            abort();
        *t = (struct talk){.p = p, .fd = fd, .context = GSS_C_NO_CONTEXT};
        s->fds[s->n] = fd;
        atomic_fetch_add(&p->connections, 1);
        if (pthread_create(&s->threads[s->n++], NULL, talk_run, t) != 0)
            abort();
    }
    return NULL;
}

void winrm_peer_start(struct winrm_peer *p)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t n = sizeof a;
    struct winrm_peer_state *s = calloc(1, sizeof *s);

    strict_users_make();
    if (s == NULL || inet_pton(AF_INET, "127.61.0.1", &a.sin_addr) != 1 ||
        (s->listener = socket(AF_INET, SOCK_STREAM, 0)) < 0 ||
        bind(s->listener, (struct sockaddr *)&a, sizeof a) < 0 || listen(s->listener, 32) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &n) < 0)
        abort();
    p->state = s;
    p->port = ntohs(a.sin_port);
    (void)pthread_mutex_init(&s->lock, NULL);
    if (pthread_create(&s->acceptor, NULL, accept_run, p) != 0)
        abort();
}

void winrm_peer_stop(struct winrm_peer *p)
{
    struct winrm_peer_state *s = p->state;

    (void)shutdown(s->listener, SHUT_RDWR);
    (void)pthread_join(s->acceptor, NULL);
    for (int i = 0; i < s->n; i++) {
        (void)shutdown(s->fds[i], SHUT_RDWR);
        (void)pthread_join(s->threads[i], NULL);
        (void)close(s->fds[i]);
    }
    (void)close(s->listener);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
    p->state = NULL;
}
