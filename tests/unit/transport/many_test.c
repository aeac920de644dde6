/* Many requests at once against a host that answers in any order and grants as it likes. */
#include "base/clock.h"
#include "tests/support/smb_peer.h"
#include "tests/unit/transport/hex.h"
#include "transport/smb/many.h"
#include "transport/smb/status.h"

#include <sys/socket.h>

#define N 12
#define LONG_MS 10000

struct script {
    unsigned credits;    /* granted with each answer */
    bool interim;        /* each answer has one before it */
    bool backwards;      /* the last request of a flight is answered first */
    bool strange;        /* an answer to a message that was not sent */
    unsigned most_ahead; /* seen: requests that came before the first was answered */
};

static bool request_read(int fd, struct smb_header *h)
{
    uint8_t bytes[512];
    struct rd r;

    if (recv(fd, bytes, 4, MSG_WAITALL) != 4 || bytes[2] > 1)
        return false;
    size_t n = (size_t)bytes[2] << 8 | bytes[3];
    if (recv(fd, bytes, n, MSG_WAITALL) != (ssize_t)n)
        return false;
    r = rd_of(bytes, n);
    return smb_header_get(&r, h) == OK;
}

static void answer_write(int fd, const struct smb_header *q, uint32_t status, unsigned credits)
{
    struct smb_header h = *q;
    struct wr w;

    h.status = status;
    h.flags = SMB_FLAG_RESPONSE | (status == STATUS_PENDING ? SMB_FLAG_ASYNC : 0);
    h.credits = (uint16_t)credits;
    wr_init(&w, 0);
    wr_be32(&w, SMB_HEADER_SIZE + 8);
    smb_header_put(&w, &h);
    wr_le64(&w, h.message_id);
    (void)peer_write(fd, w.bytes, w.used);
    wr_fini(&w);
}

/* Takes what the credits allow, then answers all of it. */
static void serve(int fd, void *self)
{
    struct script *s = self;
    unsigned held = 1, seen = 0;

    while (seen < N) {
        struct smb_header q[N];
        unsigned n = 0, granted = 0;

        while (n < held && seen + n < N && request_read(fd, &q[n]))
            n++;
        if (n == 0)
            return;
        s->most_ahead = n > s->most_ahead ? n : s->most_ahead;
        for (unsigned i = 0; i < n; i++) {
            struct smb_header *one = &q[s->backwards ? n - 1 - i : i];

            if (s->interim)
                answer_write(fd, one, STATUS_PENDING, s->credits);
            if (s->strange)
                one->message_id += 1000;
            answer_write(fd, one, STATUS_SUCCESS, s->interim ? 0 : s->credits);
            granted += s->credits;
        }
        held = held - n + granted;
        seen += n;
    }
    peer_await_end(fd);
}

struct taken {
    unsigned n;
    uint64_t message[N];
};

static void put(void *self, size_t i, struct wr *w)
{
    (void)self;
    wr_le64(w, i);
}

static enum err take(void *self, size_t i, const struct smb_answer *a, struct why *why)
{
    struct taken *t = self;
    struct rd body = a->body;

    (void)why;
    assert_true(i < N && rd_le64(&body) == a->header.message_id);
    t->message[i] = a->header.message_id;
    t->n++;
    return OK;
}

static enum err run(struct script *s, struct taken *t, uint64_t *turns, struct why *why)
{
    const struct smb_many m = {.command = SMB_IOCTL, .put = put, .take = take, .self = t};
    struct smb_peer peer;
    struct smb_connection c;
    enum err e;

    *t = (struct taken){0};
    peer_start_raw(&peer, serve, s);
    smb_connection_init(&c, peer_connect(&peer), clock_mono_ms() + LONG_MS);
    e = smb_exchange_many(&c, &m, N, why);
    assert_true(c.broken == (e != OK));
    *turns = c.turns;
    smb_connection_fini(&c);
    peer_stop(&peer);
    return e;
}

static void each_answer_finds_its_request(const struct taken *t)
{
    assert_int_equal(t->n, N);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(t->message[i], i);
}

static void answers_in_any_order_find_their_requests(void **state)
{
    struct script s = {.credits = N, .backwards = true};
    struct taken t;
    uint64_t turns;

    (void)state;
    assert_int_equal(run(&s, &t, &turns, NULL), OK);
    each_answer_finds_its_request(&t);
    assert_int_equal(s.most_ahead, N - 1);
    assert_int_equal(turns, 2);
}

static void one_credit_means_one_request_at_a_time(void **state)
{
    struct script s = {.credits = 1};
    struct taken t;
    uint64_t turns;

    (void)state;
    assert_int_equal(run(&s, &t, &turns, NULL), OK);
    each_answer_finds_its_request(&t);
    assert_int_equal(s.most_ahead, 1);
    assert_int_equal(turns, N);
}

static void credits_of_an_interim_answer_count(void **state)
{
    struct script s = {.credits = 3, .interim = true, .backwards = true};
    struct taken t;
    uint64_t turns;

    (void)state;
    assert_int_equal(run(&s, &t, &turns, NULL), OK);
    each_answer_finds_its_request(&t);
}

static void host_that_grants_nothing_more_ends_it_in_words(void **state)
{
    struct script s = {.credits = 0};
    struct taken t;
    struct why why = {0};
    uint64_t turns;

    (void)state;
    assert_int_equal(run(&s, &t, &turns, &why), E_PROTOCOL);
    assert_int_equal(t.n, 1);
    assert_non_null(strstr(why.text, "credits"));
}

static void answer_to_what_was_not_asked_is_refused(void **state)
{
    struct script s = {.credits = 4, .strange = true};
    struct taken t;
    struct why why = {0};
    uint64_t turns;

    (void)state;
    assert_int_equal(run(&s, &t, &turns, &why), E_PROTOCOL);
    assert_int_equal(t.n, 0);
    assert_non_null(strstr(why.text, "belongs to message 1000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_any_order_find_their_requests),
        cmocka_unit_test(one_credit_means_one_request_at_a_time),
        cmocka_unit_test(credits_of_an_interim_answer_count),
        cmocka_unit_test(host_that_grants_nothing_more_ends_it_in_words),
        cmocka_unit_test(answer_to_what_was_not_asked_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
