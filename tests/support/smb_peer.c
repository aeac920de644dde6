#include "tests/support/smb_peer.h"

#include "base/clock.h"
#include "tests/support/sign_once.h"
#include "transport/smb/status.h"
#include "transport/tcp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_TIME_MS 10000

bool peer_write(int fd, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;

    while (n > 0) {
        ssize_t k = send(fd, at, n, MSG_NOSIGNAL);

        if (k <= 0)
            return false;
        at += k;
        n -= (size_t)k;
    }
    return true;
}

void peer_await_end(int fd)
{
    uint8_t bytes[512];

    while (recv(fd, bytes, sizeof bytes, 0) > 0)
        continue;
}

int peer_connect(const struct smb_peer *p)
{
    int fd = -1;

    if (tcp_connect("127.0.0.1", p->port, clock_mono_ms() + PEER_TIME_MS, &fd, NULL) != OK)
        abort();
    return fd;
}

static bool read_whole(int fd, void *out, size_t n)
{
    return recv(fd, out, n, MSG_WAITALL) == (ssize_t)n;
}

static void header_send(struct smb_peer *p, int fd, const struct smb_header *h,
                        const struct smb_peer_answer *a)
{
    struct wr w;

    wr_init(&w, 0);
    wr_be32(&w, 0);
    smb_header_put(&w, h);
    wr_view(&w, wr_view_of(&a->body));
    wr_fill(&w, (struct hole){.at = 1, .width = 3, .big_endian = true}, w.used - 4);
    if (p->has_key && !a->is_unsigned && h->status != STATUS_PENDING &&
        sign_once(SMB_SIGN_AES_CMAC, p->key, w.bytes + 4, w.used - 4, false) != OK)
        abort();
    if (a->damaged)
        w.bytes[w.used - 1] ^= 0x10;
    (void)peer_write(fd, w.bytes, w.used);
    wr_fini(&w);
}

static void answer_send(struct smb_peer *p, int fd, const struct smb_header *q,
                        const struct smb_peer_answer *a)
{
    struct smb_header h = {
        .credit_charge = q->credit_charge,
        .status = a->status,
        .command = a->command_is != 0 ? a->command_is : q->command,
        .credits = a->no_credits ? 0 : 1,
        .flags = SMB_FLAG_RESPONSE,
        .message_id = q->message_id + (uint64_t)a->off_by,
        .tree_id = a->tree_id != 0 ? a->tree_id : q->tree_id,
        .session_id = a->session_id != 0 ? a->session_id : q->session_id,
    };
    const struct smb_peer_answer empty = {.body = {.limit = 1}};

    for (unsigned i = 0; i < a->interim; i++) {
        struct smb_header pending = h;

        pending.status = STATUS_PENDING;
        pending.flags |= SMB_FLAG_ASYNC;
        pending.async_id = 77;
        header_send(p, fd, &pending, &empty);
        h.credits = 0; /* the interim answer has granted them */
        h.flags |= SMB_FLAG_ASYNC;
        h.async_id = 77;
    }
    header_send(p, fd, &h, a);
}

static void smb_serve(struct smb_peer *p, int fd)
{
    uint8_t head[4];
    bool go_on = true;

    while (go_on && read_whole(fd, head, sizeof head)) {
        struct rd r = rd_of(head, sizeof head);
        size_t n = rd_be32(&r) & 0xffffff;
        uint8_t *bytes = malloc(n == 0 ? 1 : n);
        struct smb_peer_answer a = {0};
        struct smb_header h;

        if (bytes == NULL || !read_whole(fd, bytes, n)) {
            free(bytes);
            return;
        }
        wr_init(&a.body, 0);
        r = rd_of(bytes, n);
        go_on = smb_header_get(&r, &h) == OK && p->answer(p->self, &h, rd_of(bytes, n), &a);
        if (go_on && a.silent)
            peer_await_end(fd);
        else if (go_on)
            answer_send(p, fd, &h, &a);
        wr_fini(&a.body);
        free(bytes);
    }
}

static void *peer_run(void *arg)
{
    struct smb_peer *p = arg;

    for (;;) {
        struct pollfd fds[2] = {{.fd = p->listener, .events = POLLIN},
                                {.fd = p->stop[0], .events = POLLIN}};
        int fd;

        if (poll(fds, 2, -1) < 0 || fds[1].revents != 0)
            return NULL;
        fd = accept(p->listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (p->answer != NULL)
            smb_serve(p, fd);
        else
            p->serve(fd, p->self);
        (void)close(fd);
    }
}

static void peer_listen(struct smb_peer *p)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;

    p->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (p->listener < 0 || bind(p->listener, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(p->listener, 8) < 0 || getsockname(p->listener, (struct sockaddr *)&a, &size) < 0 ||
        pipe(p->stop) < 0)
        abort();
    p->port = ntohs(a.sin_port);
}

static void peer_start(struct smb_peer *p)
{
    peer_listen(p);
    if (pthread_create(&p->thread, NULL, peer_run, p) != 0)
        abort();
}

void peer_start_raw(struct smb_peer *p, void (*serve)(int fd, void *self), void *self)
{
    *p = (struct smb_peer){.serve = serve, .self = self};
    peer_start(p);
}

void peer_start_smb(struct smb_peer *p,
                    bool (*answer)(void *, const struct smb_header *, struct rd,
                                   struct smb_peer_answer *),
                    void *self, const uint8_t *key)
{
    *p = (struct smb_peer){.answer = answer, .self = self, .has_key = key != NULL};
    if (key != NULL)
        memcpy(p->key, key, sizeof p->key);
    peer_start(p);
}

void peer_stop(struct smb_peer *p)
{
    if (write(p->stop[1], "", 1) != 1)
        abort();
    (void)pthread_join(p->thread, NULL);
    (void)close(p->listener);
    (void)close(p->stop[0]);
    (void)close(p->stop[1]);
}
