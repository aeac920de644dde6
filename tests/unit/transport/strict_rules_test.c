/* A client that breaks one rule, once for each rule of the strict server: it must be named. The
 * table `cases` says which rule, how far the client comes before, and what it then does; all before
 * that must be by the rules. The rules that the host makes the client feel, and that no message of
 * a client can break, are those of strict_test.c. */
#include "tests/unit/transport/hex.h"
#include "tests/unit/transport/strict_bad.h"
#include "transport/smb/close.h"
#include "transport/smb/read_write.h"
#include "transport/smb/session.h"
#include "transport/smb/tree.h"
#include "transport/smb/validate.h"
#include "transport/tcp.h"

#include "base/clock.h"

#include <poll.h>

#define FRAME_SIZE 4
#define CHARGE_AT (FRAME_SIZE + 6)
#define SEQUENCE_AT (FRAME_SIZE + 8)
#define FLAGS_AT (FRAME_SIZE + 16)
#define NEXT_AT (FRAME_SIZE + 20)
#define BODY_AT (FRAME_SIZE + SMB_HEADER_SIZE)
#define IOCTL_FLAGS_AT (BODY_AT + 48)

#define WHOLE (PDU_FIRST | PDU_LAST)
#define OPEN_HIVE 2 /* its stub: no name, and access */

static void no_request(struct bad *b)
{
    bad_create_put(b, "winreg");
    b->c.out.bytes[FLAGS_AT] |= SMB_FLAG_RESPONSE;
    bad_post(b);
}

static void huge_frame(struct bad *b)
{
    (void)!tcp_send(b->c.fd, rd_of("\0\x20\0\0", FRAME_SIZE), b->c.deadline_ms, NULL);
}

static void malformed_negotiation(struct bad *b)
{
    wr_zeros(smb_request(&b->c, SMB_NEGOTIATE), 36);
    bad_post(b);
}

static void malformed_logon(struct bad *b)
{
    wr_zeros(smb_request(&b->c, SMB_SESSION_SETUP), 25);
    bad_post(b);
}

static void malformed_share(struct bad *b)
{
    wr_zeros(smb_request(&b->c, SMB_TREE_CONNECT), 9);
    bad_post(b);
}

static void malformed_ioctl(struct bad *b)
{
    bad_transceive_put(b, rd_text("x"));
    b->c.out.bytes[IOCTL_FLAGS_AT] = 0;
    bad_post(b);
}

static void malformed_read(struct bad *b)
{
    wr_zeros(smb_request(&b->c, SMB_READ), 49);
    bad_post(b);
}

static void malformed_write(struct bad *b)
{
    wr_zeros(smb_request(&b->c, SMB_WRITE), 49);
    bad_post(b);
}

static void id_too_far(struct bad *b)
{
    b->c.next_message_id += 1000;
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void id_again(struct bad *b)
{
    b->c.next_message_id--;
    bad_create_put(b, "winreg");
    bad_post(b);
}

/* Reads that wait, and an interim answer of each that grants nothing. */
static void beyond_credits(struct bad *b)
{
    for (unsigned i = 0; i < 20; i++) {
        b->c.credits = 20;
        smb_read_put(smb_request(&b->c, SMB_READ), &b->pipe.id, 4096);
        bad_post(b);
    }
}

static void other_channel(struct bad *b)
{
    bad_create_put(b, "winreg");
    b->c.out.bytes[SEQUENCE_AT] = 1;
    bad_post(b);
}

static void no_charge(struct bad *b)
{
    bad_create_put(b, "winreg");
    b->c.out.bytes[CHARGE_AT] = 0;
    bad_post(b);
}

static void charge_of_old(struct bad *b)
{
    bad_create_put(b, "winreg");
    b->c.out.bytes[CHARGE_AT] = 1;
    bad_post(b);
}

static void more_than_paid(struct bad *b)
{
    smb_transceive_put(smb_request(&b->c, SMB_IOCTL), &b->pipe.id, rd_text("x"), 100000);
    bad_post(b);
}

static void more_than_agreed(struct bad *b)
{
    smb_transceive_put(smb_request(&b->c, SMB_IOCTL), &b->pipe.id, rd_text("x"), 8193);
    bad_post(b);
}

static void plain(struct bad *b)
{
    b->c.secured = b->c.seal.on = false;
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void plain_share(struct bad *b)
{
    b->c.secured = false;
    smb_tree_connect_put(smb_request(&b->c, SMB_TREE_CONNECT), "\\\\h\\IPC$");
    bad_post(b);
}

static void plain_logon(struct bad *b)
{
    b->c.secured = false;
    smb_session_setup_put(smb_request(&b->c, SMB_SESSION_SETUP), rd_text("x"));
    bad_post(b);
}

static void signed_alone(struct bad *b)
{
    b->c.seal.on = false;
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void wrong_signature(struct bad *b)
{
    b->c.key[0] ^= 1;
    crypto_mac_free(b->c.signer); /* it was made of the key */
    b->c.signer = NULL;
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void wrong_seal(struct bad *b)
{
    b->c.seal.out_key[0] ^= 1;
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void other_session(struct bad *b)
{
    b->c.session_id++;
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void other_share(struct bad *b)
{
    b->c.tree_id++;
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void session_over(struct bad *b)
{
    struct smb_answer a;

    for (unsigned i = 0; i < 60; i++) {
        bad_create_put(b, "winreg");
        (void)!smb_exchange(&b->c, &a, NULL);
    }
}

static void odd_compound(struct bad *b)
{
    bad_create_put(b, "winreg");
    b->c.out.bytes[NEXT_AT] = 66;
    bad_post(b);
}

static void pipe_unvalidated(struct bad *b)
{
    bad_create_put(b, "winreg");
    bad_post(b);
}

static void other_offer(struct bad *b)
{
    b->negotiated.client_guid[0] ^= 1;
    (void)!smb_validate(&b->c, &b->negotiated, NULL);
}

static void backslash(struct bad *b)
{
    bad_create_put(b, "\\winreg");
    bad_post(b);
}

static void closed_pipe(struct bad *b)
{
    smb_close(&b->c, &b->pipe.id);
    bad_call_post(b, SMB_IOCTL, WHOLE, OPEN_HIVE, 8);
}

/* As a client does that takes the interim answer for the last one. */
static void second_call(struct bad *b)
{
    bad_call_post(b, SMB_IOCTL, WHOLE, OPEN_HIVE, 8);
    bad_call_post(b, SMB_IOCTL, WHOLE, OPEN_HIVE, 8);
}

static void call_before_the_rest(struct bad *b)
{
    struct smb_answer a;
    size_t tag;

    bad_call_post(b, SMB_IOCTL, WHOLE, OPEN_HIVE, 8);
    (void)!smb_receive(&b->c, &a, &tag, NULL);
    bad_call_post(b, SMB_IOCTL, WHOLE, OPEN_HIVE, 8);
}

static void second_write(struct bad *b)
{
    bad_call_post(b, SMB_WRITE, WHOLE, OPEN_HIVE, 8);
    bad_call_post(b, SMB_WRITE, WHOLE, OPEN_HIVE, 8);
}

static void early_read(struct bad *b)
{
    smb_read_put(smb_request(&b->c, SMB_READ), &b->pipe.id, 4096);
    bad_post(b);
}

static void half_call(struct bad *b)
{
    bad_call_post(b, SMB_IOCTL, PDU_FIRST, OPEN_HIVE, 8);
}

static void second_half(struct bad *b)
{
    bad_call_post(b, SMB_WRITE, PDU_LAST, OPEN_HIVE, 8);
}

static void no_fragment(struct bad *b)
{
    bad_transceive_put(b, rd_text("this is no RPC at all"));
    bad_post(b);
}

static void long_fragment(struct bad *b)
{
    bad_call_post(b, SMB_IOCTL, WHOLE, OPEN_HIVE, 3000);
}

static void strange_message(struct bad *b)
{
    struct wr w;

    (void)bad_fragment(&w, WHOLE, OPEN_HIVE, 8);
    w.bytes[2] = 16; /* auth3 */
    bad_transceive_put(b, wr_view_of(&w));
    bad_post(b);
    wr_fini(&w);
}

static void bad_stub(struct bad *b)
{
    bad_call_post(b, SMB_IOCTL, WHOLE, OPEN_HIVE, 3);
}

static void borrowed_handle(struct bad *b)
{
    struct winreg_handle hive;
    struct smb_pipe other;
    struct rpc rpc;
    struct why why = {0};

    bad_pipe_bind(b, &other, &rpc);
    bad_must(winreg_open_hive(&b->rpc, HIVE_LOCAL_MACHINE, &hive, &why), &why);
    (void)!winreg_flush_key(&rpc, &hive, &why);
    rpc_fini(&rpc);
}

static const struct {
    const char *named; /* how the server calls it */
    const char *rules;
    enum depth depth;
    void (*does)(struct bad *b);
} cases[] = {
    {"what came is no SMB 2 request", "", AT_THE_SHARE, no_request},
    {"a frame of 2097152 bytes", "", AT_THE_PORT, huge_frame},
    {"the negotiation is malformed", "", AT_THE_PORT, malformed_negotiation},
    {"the logon's message is malformed", "", NEGOTIATED, malformed_logon},
    {"command 3 is malformed", "", LOGGED_ON, malformed_share},
    {"command 11 is malformed", "", BOUND, malformed_ioctl},
    {"command 8 is malformed", "", BOUND, malformed_read},
    {"command 9 is malformed", "", BOUND, malformed_write},
    {"is beyond the credits granted", "", AT_THE_SHARE, id_too_far},
    {"is beyond the credits granted", "credits_max=4,credits_late=1", BOUND, beyond_credits},
    {"was used before", "", AT_THE_SHARE, id_again},
    {"channel sequence 1 without", "", AT_THE_SHARE, other_channel},
    {"command 5 without a credit charge", "", AT_THE_SHARE, no_charge},
    {"a credit charge of 1 where", "dialect_max=0x0202", VALIDATED, charge_of_old},
    {"100000 bytes for 1 credits", "io_max=1048576", BOUND, more_than_paid},
    {"8193 bytes at once, 8192 were agreed", "io_max=8192", BOUND, more_than_agreed},
    {"command 5 is not signed", "", AT_THE_SHARE, plain},
    {"command 5 is not signed", "dialect_max=0x0202", VALIDATED, plain},
    {"command 3 is not signed", "", LOGGED_ON, plain_share},
    {"command 1 is not signed", "", LOGGED_ON, plain_logon},
    {"command 5 is signed wrongly", "signing=0", AT_THE_SHARE, wrong_signature},
    {"command 5 is signed wrongly", "signing=1", AT_THE_SHARE, wrong_signature},
    {"command 5 is signed wrongly", "signing=2", AT_THE_SHARE, wrong_signature},
    {"command 5 is not encrypted", "encrypt=1", AT_THE_SHARE, plain},
    {"command 5 is not encrypted", "encrypt=1", AT_THE_SHARE, signed_alone},
    {"command 5 is not encrypted", "encrypt=2", AT_THE_SHARE, signed_alone},
    {"what is encrypted cannot be decrypted", "encrypt=1,cipher=2", AT_THE_SHARE, wrong_seal},
    {"what is encrypted cannot be decrypted", "encrypt=1,cipher=16", AT_THE_SHARE, wrong_seal},
    {"what is encrypted cannot be decrypted", "encrypt=1", AT_THE_SHARE, other_session},
    {"command 5 on a session that is not there", "", AT_THE_SHARE, other_session},
    {"command 5 on a share that is not connected", "", AT_THE_SHARE, other_share},
    {"command 5 on a session whose time is over", "expires_after=3", AT_THE_SHARE, session_over},
    {"a compound is not laid out", "", AT_THE_SHARE, odd_compound},
    {"the negotiation was not validated", "dialect_max=0x0300", AT_THE_SHARE, pipe_unvalidated},
    {"the negotiation was not validated", "dialect_max=0x0302", AT_THE_SHARE, pipe_unvalidated},
    {"the validation is not of", "dialect_max=0x0302", AT_THE_SHARE, other_offer},
    {"the name of the pipe is malformed", "", AT_THE_SHARE, backslash},
    {"command 11 on a pipe that is not open", "", BOUND, closed_pipe},
    {"whose last answer was not read to its end", "delay_ms=50", BOUND, second_call},
    {"whose last answer was not read to its end", "part_max=10", BOUND, call_before_the_rest},
    {"before the answer to the last one was read", "", BOUND, second_write},
    {"which has nothing to say", "", BOUND, early_read},
    {"a fragment that is not the last one", "", BOUND, half_call},
    {"fragments out of order on winreg", "", BOUND, second_half},
    {"a message to winreg is no RPC fragment", "", BOUND, no_fragment},
    {"bytes, 1432 were agreed", "fragment_max=1432", BOUND, long_fragment},
    {"an RPC message of type 16", "", BOUND, strange_message},
    {"winreg call 2: bad stub data", "", BOUND, bad_stub},
    {"a handle of another association on winreg", "", BOUND, borrowed_handle},
};

static bool is_named(struct bad *b, const char *words, unsigned *violations)
{
    const struct strict_report *r = strict_server_report(b->w.server);
    bool named;

    strict_server_lock(b->w.server);
    named = r->n_violations > 0 && strstr(text_str(&r->violations), words) != NULL;
    *violations = r->n_violations;
    strict_server_unlock(b->w.server);
    return named;
}

static void every_rule_that_a_client_breaks_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bad b = {0};
        int64_t end_ms = clock_mono_ms() + WORLD_WAIT_MS;
        unsigned violations;

        bad_come_to(&b, cases[i].rules, cases[i].depth);
        if (is_named(&b, cases[i].named, &violations) || violations > 0)
            fail_msg("%s: broken before it was", cases[i].named);
        cases[i].does(&b);
        while (!is_named(&b, cases[i].named, &violations) && clock_mono_ms() < end_ms)
            (void)poll(NULL, 0, 1);
        if (!is_named(&b, cases[i].named, &violations))
            fail_msg("case %zu, \"%s\", was not noticed; %u others were:\n%s", i, cases[i].named,
                     violations, text_str(&strict_server_report(b.w.server)->violations));
        bad_go(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_that_a_client_breaks_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
