/* A connection against a peer that lies, stops, delays and forges. */
#include "base/clock.h"
#include "tests/support/sign_once.h"
#include "tests/support/smb_peer.h"
#include "tests/unit/transport/hex.h"
#include "tests/vectors/smb_logon.h"
#include "transport/smb/negotiate.h"
#include "transport/smb/pipe.h"
#include "transport/smb/read_write.h"
#include "transport/smb/status.h"
#include "transport/smb/tree.h"
#include "transport/tcp.h"

#include <unistd.h>

#define SOON_MS 200
#define LONG_MS 10000

static const uint8_t key[SMB_KEY_SIZE] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* Answers every request with this, once or always. */
struct plan {
    struct smb_peer_answer answer;
    const char *body;
    bool cut;
    unsigned requests;
    uint32_t last_flags;
    uint16_t last_credits;
    uint16_t last_charge;
    enum err signature;
};

static bool plan_answer(void *self, const struct smb_header *h, struct rd message,
                        struct smb_peer_answer *a)
{
    struct plan *plan = self;
    struct blob body = blob_of(plan->body == NULL ? "0900 00 00 00000000 00" : plan->body);
    struct wr w = a->body;
    uint8_t *copy = exact_copy(message.at, message.left);

    plan->requests++;
    plan->last_flags = h->flags;
    plan->last_credits = h->credits;
    plan->last_charge = h->credit_charge;
    plan->signature = sign_once(SMB_SIGN_AES_CMAC, key, copy, message.left, true);
    free(copy);
    *a = plan->answer;
    a->body = w;
    wr_view(&a->body, blob_view(&body));
    return !plan->cut;
}

struct setup {
    struct smb_peer peer;
    struct smb_connection c;
    struct why why;
};

/* A connection as it is behind a logon. */
static void begin(struct setup *s, struct plan *plan, int64_t time_ms)
{
    *s = (struct setup){0};
    peer_start_smb(&s->peer, plan_answer, plan, key);
    smb_connection_init(&s->c, peer_connect(&s->peer), clock_mono_ms() + time_ms);
    s->c.secured = true;
    s->c.algorithm = SMB_SIGN_AES_CMAC;
    s->c.dialect = SMB_DIALECT_3_1_1;
    s->c.session_id = 0x1234;
    s->c.multi_credit = true;
    memcpy(s->c.key, key, sizeof key);
}

static void end(struct setup *s)
{
    smb_connection_fini(&s->c);
    peer_stop(&s->peer);
}

static enum err exchange(struct setup *s, struct smb_answer *a)
{
    wr_le16(smb_request(&s->c, SMB_CLOSE), 24);
    return smb_exchange(&s->c, a, &s->why);
}

/* One exchange under this plan: its error, and whether the connection is broken accordingly. */
static enum err exchange_under(struct plan plan, const char *words)
{
    struct setup s;
    struct smb_answer a;
    enum err e;

    begin(&s, &plan, LONG_MS);
    e = exchange(&s, &a);
    assert_true(s.c.broken == (e != OK));
    if (words != NULL)
        assert_non_null(strstr(s.why.text, words));
    if (e != OK)
        assert_int_equal(exchange(&s, &a), E_CUT);
    end(&s);
    assert_int_equal(plan.requests, 1); /* a broken connection sends nothing more */
    return e;
}

static void request_is_signed_and_its_answer_is_checked(void **state)
{
    struct plan plan = {.answer = {.status = STATUS_ACCESS_DENIED}};
    struct setup s;
    struct smb_answer a;

    (void)state;
    begin(&s, &plan, LONG_MS);
    assert_int_equal(exchange(&s, &a), OK);
    assert_int_equal(smb_answer_status(&a, &s.why), E_DENIED);
    assert_string_equal(s.why.native_name, "STATUS_ACCESS_DENIED");
    assert_int_equal(exchange(&s, &a), OK);
    assert_int_equal(a.header.message_id, 1);
    end(&s);
    assert_int_equal(plan.signature, OK);
    assert_int_equal(plan.last_flags, SMB_FLAG_SIGNED);
    assert_int_equal(plan.last_charge, 1);
    assert_int_equal(plan.last_credits, SMB_CREDITS_WANTED);
}

static void forged_answers_are_security_errors(void **state)
{
    (void)state;
    assert_int_equal(exchange_under((struct plan){.answer = {.damaged = true}}, "wrong"),
                     E_SECURITY);
    assert_int_equal(exchange_under((struct plan){.answer = {.is_unsigned = true}}, "not signed"),
                     E_SECURITY);
    assert_int_equal(exchange_under((struct plan){.answer = {.is_unsigned = true,
                                                             .status = STATUS_ACCESS_DENIED}},
                                    "not signed"),
                     E_SECURITY);
}

static void lost_session_may_be_told_without_a_signature(void **state)
{
    struct plan plan = {.answer = {.is_unsigned = true, .status = STATUS_USER_SESSION_DELETED}};
    struct setup s;
    struct smb_answer a;

    (void)state;
    begin(&s, &plan, LONG_MS);
    assert_int_equal(exchange(&s, &a), OK);
    assert_int_equal(smb_answer_status(&a, &s.why), E_CUT);
    end(&s);
}

static void answers_to_something_else_are_protocol_errors(void **state)
{
    (void)state;
    assert_int_equal(exchange_under((struct plan){.answer = {.off_by = 1}}, "message"), E_PROTOCOL);
    assert_int_equal(exchange_under((struct plan){.answer = {.off_by = -1}}, "message"),
                     E_PROTOCOL);
    assert_int_equal(exchange_under((struct plan){.answer = {.command_is = SMB_READ}}, "command"),
                     E_PROTOCOL);
    assert_int_equal(exchange_under((struct plan){.answer = {.session_id = 99}}, "session"),
                     E_PROTOCOL);
    assert_int_equal(exchange_under((struct plan){.cut = true}, "ended"), E_CUT);
}

static void interim_answers_are_waited_through(void **state)
{
    struct plan plan = {.answer = {.interim = 3}};

    (void)state;
    assert_int_equal(exchange_under(plan, NULL), OK);
}

static void without_credits_nothing_more_is_sent(void **state)
{
    struct plan plan = {.answer = {.no_credits = true}};
    struct setup s;
    struct smb_answer a;

    (void)state;
    begin(&s, &plan, LONG_MS);
    assert_int_equal(exchange(&s, &a), OK);
    assert_int_equal(exchange(&s, &a), E_PROTOCOL);
    assert_non_null(strstr(s.why.text, "credits"));
    end(&s);
    assert_int_equal(plan.requests, 1);
}

/* A peer that sends these bytes to whoever connects, and then cuts or keeps silent. */
struct bytes {
    struct blob b;
    bool silent;
    bool for_ever;
};

static void serve_bytes(int fd, void *self)
{
    const struct bytes *bytes = self;
    uint8_t request[512];

    (void)!read(fd, request, sizeof request); /* unread bytes would turn the end into a reset */
    (void)peer_write(fd, bytes->b.bytes, bytes->b.n);
    while (bytes->for_ever && peer_write(fd, bytes->b.bytes, bytes->b.n))
        continue;
    if (bytes->silent)
        peer_await_end(fd);
}

static enum err negotiate_with(const char *text, bool silent, const char *words)
{
    struct bytes bytes = {.b = blob_of(text), .silent = silent};
    struct smb_negotiated n;
    struct smb_connection c;
    struct why why = {0};
    struct smb_peer peer;
    enum err e;

    peer_start_raw(&peer, serve_bytes, &bytes);
    smb_connection_init(&c, peer_connect(&peer), clock_mono_ms() + SOON_MS);
    e = smb_negotiate(&c, &n, &why);
    assert_true(e == OK || c.broken);
    if (words != NULL && strstr(why.text, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, why.text);
    if (e != OK)
        assert_string_equal(why.place, "negotiate");
    smb_connection_fini(&c);
    peer_stop(&peer);
    return e;
}

static void garbage_instead_of_smb_is_told(void **state)
{
    (void)state;
    assert_int_equal(negotiate_with("4854 54 502f312e31", true, "does not speak SMB"), E_PROTOCOL);
    assert_int_equal(negotiate_with("00ffffff", true, "16777215"), E_PROTOCOL);
    assert_int_equal(negotiate_with("00000004 ff534d42", true, "SMB 1"), E_UNSUPPORTED);
    assert_int_equal(negotiate_with("00000004 fd534d42", true, "encrypts"), E_PROTOCOL);
    assert_int_equal(negotiate_with("00000000", true, "too early"), E_PROTOCOL);
    assert_int_equal(negotiate_with("00000003 fe534d", true, "too early"), E_PROTOCOL);
    assert_int_equal(negotiate_with("00000040 fe534d", true, "deadline"), E_TIMEOUT);
    assert_int_equal(negotiate_with("00000040 fe534d", false, "3 of 64"), E_CUT);
    assert_int_equal(negotiate_with("0000", false, "2 of 4"), E_CUT);
    assert_int_equal(negotiate_with("", true, "deadline"), E_TIMEOUT);
}

/* The published answer with our message id 0 in it, whole and cut at every length. */
static void negotiation_from_the_wire_is_cut_anywhere_and_never_believed(void **state)
{
    char text[3000];
    struct blob whole = blob_of(LOGON_NEGOTIATE_RESPONSE);

    (void)state;
    whole.bytes[24] = 0;
    for (size_t n = 4; n <= whole.n; n += n < 70 ? 1 : 13) {
        size_t used = (size_t)snprintf(text, sizeof text, "0000%04zx", n);

        for (size_t i = 0; i < n; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%02x", whole.bytes[i]);
        assert_int_not_equal(negotiate_with(text, false, NULL), OK);
    }
}

static void negotiation_from_the_wire_is_accepted_whole(void **state)
{
    char text[3000];
    struct blob whole = blob_of(LOGON_NEGOTIATE_RESPONSE);
    size_t used = (size_t)snprintf(text, sizeof text, "0000%04zx", whole.n);

    (void)state;
    whole.bytes[24] = 0;
    for (size_t i = 0; i < whole.n; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%02x", whole.bytes[i]);
    assert_int_equal(negotiate_with(text, true, NULL), OK);
}

static void host_that_is_pending_for_ever_ends_at_the_deadline(void **state)
{
    struct bytes bytes = {
        .b = blob_of(
            "00000049 FE534D42 4000 0100 03010000 0600 0100 03000000 00000000 0000000000000000"
            "1122334455667788 0000000000000000 00000000000000000000000000000000"
            "0900 00 00 00000000 00"),
        .for_ever = true};
    struct smb_connection c;
    struct smb_answer a;
    struct smb_peer peer;

    (void)state;
    peer_start_raw(&peer, serve_bytes, &bytes);
    smb_connection_init(&c, peer_connect(&peer), clock_mono_ms() + SOON_MS);
    wr_le16(smb_request(&c, SMB_CLOSE), 24);
    assert_int_equal(smb_exchange(&c, &a, NULL), E_TIMEOUT);
    smb_connection_fini(&c);
    peer_stop(&peer);
}

static void request_that_comes_back_is_no_answer(void **state)
{
    struct bytes bytes = {
        .b = blob_of(
            "00000040 FE534D42 4000 0000 00000000 0600 0100 00000000 00000000 0000000000000000"
            "0000000000000000 0000000000000000 00000000000000000000000000000000")};
    struct smb_connection c;
    struct smb_answer a;
    struct why why = {0};
    struct smb_peer peer;

    (void)state;
    peer_start_raw(&peer, serve_bytes, &bytes);
    smb_connection_init(&c, peer_connect(&peer), clock_mono_ms() + LONG_MS);
    wr_le16(smb_request(&c, SMB_CLOSE), 24);
    assert_int_equal(smb_exchange(&c, &a, &why), E_PROTOCOL);
    assert_non_null(strstr(why.text, "request"));
    smb_connection_fini(&c);
    peer_stop(&peer);
}

static enum err tree_connect_with(struct plan plan, uint32_t *tree_id, struct why *why)
{
    struct setup s;
    enum err e;

    begin(&s, &plan, LONG_MS);
    e = smb_tree_connect(&s.c, "h", why);
    *tree_id = s.c.tree_id;
    end(&s);
    return e;
}

static void share_that_is_no_pipe_share_or_wants_encryption_is_refused(void **state)
{
    struct plan disk = {.body = "1000 01 00 00000000 00000000 ff011f00"};
    struct plan sealed = {.body = "1000 02 00 00800000 00000000 ff011f00"};
    struct plan pipes = {.body = "1000 02 00 30000000 00000000 ff011f00", .answer = {.tree_id = 5}};
    struct plan denied = {.answer = {.status = STATUS_ACCESS_DENIED}};
    struct why why = {0};
    uint32_t tree_id;

    (void)state;
    assert_int_equal(tree_connect_with(disk, &tree_id, &why), E_PROTOCOL);
    assert_int_equal(tree_connect_with(sealed, &tree_id, &why), E_UNSUPPORTED);
    assert_non_null(strstr(why.text, "encryption"));
    assert_int_equal(tree_id, 0);
    assert_int_equal(tree_connect_with(denied, &tree_id, &why), E_DENIED);
    assert_non_null(strstr(why.text, "encryption"));
    assert_string_equal(why.place, "tree connect IPC$");
    assert_int_equal(tree_connect_with(pipes, &tree_id, &why), OK);
    assert_int_equal(tree_id, 5);
}

static void half_a_write_is_a_protocol_error(void **state)
{
    struct plan plan = {.body = "1100 0000 02000000 00000000 0000 0000"};
    struct smb_file_id id = {{0}};
    struct setup s;

    (void)state;
    begin(&s, &plan, LONG_MS);
    assert_int_equal(smb_write(&s.c, &id, rd_text("abc"), &s.why), E_PROTOCOL);
    assert_int_equal(smb_write(&s.c, &id, rd_text("ab"), &s.why), OK);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_is_signed_and_its_answer_is_checked),
        cmocka_unit_test(forged_answers_are_security_errors),
        cmocka_unit_test(lost_session_may_be_told_without_a_signature),
        cmocka_unit_test(answers_to_something_else_are_protocol_errors),
        cmocka_unit_test(interim_answers_are_waited_through),
        cmocka_unit_test(without_credits_nothing_more_is_sent),
        cmocka_unit_test(garbage_instead_of_smb_is_told),
        cmocka_unit_test(negotiation_from_the_wire_is_cut_anywhere_and_never_believed),
        cmocka_unit_test(negotiation_from_the_wire_is_accepted_whole),
        cmocka_unit_test(host_that_is_pending_for_ever_ends_at_the_deadline),
        cmocka_unit_test(request_that_comes_back_is_no_answer),
        cmocka_unit_test(share_that_is_no_pipe_share_or_wants_encryption_is_refused),
        cmocka_unit_test(half_a_write_is_a_protocol_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
