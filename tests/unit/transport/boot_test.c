/* Restart, identity and the pipes they go through, against a scripted host that signs. */
#include "base/clock.h"
#include "tests/support/smb_peer.h"
#include "tests/unit/transport/hex.h"
#include "tests/vectors/smb_logon.h"
#include "transport/rpc/pdu.h"
#include "transport/smb/status.h"
#include "transport/smb_host.h"

#include <unistd.h>

#define LONG_MS 10000
#define SOON_MS 200
#define CALLS_MAX 8
#define NDR20 "045d888a eb1cc911 9fe80800 2b104860 02000000"

static const uint8_t key[SMB_KEY_SIZE] = {9, 8, 7};

enum fate { ANSWERED,
            CUT,
            SILENT,
            DAMAGED };

/* What the host does; call 1 is the first RPC call, the bind not counted. */
struct windows {
    uint32_t create_status;
    enum fate create_fate;
    enum fate call_fate;
    uint32_t call_status; /* NTSTATUS of the transceive */
    const char *stubs
        [CALLS_MAX]; /* of the answers, in order; one that begins with '!' is a fault's number */
    unsigned calls;
    uint16_t operations[CALLS_MAX];
    struct wr asked; /* the stub of the last call */
};

static void stub_put(struct wr *w, uint32_t call_id, const char *text)
{
    bool fault = *text == '!';
    struct blob b = blob_of(text + fault);
    struct hole size;
    size_t from = w->used;

    wr_le16(w, 5);
    wr_u8(w, fault ? PDU_FAULT : PDU_RESPONSE);
    wr_u8(w, PDU_FIRST | PDU_LAST);
    wr_le32(w, 0x10);
    size = wr_hole_le16(w);
    wr_le16(w, 0);
    wr_le32(w, call_id);
    wr_zeros(w, 8);
    wr_view(w, blob_view(&b));
    wr_zeros(w, fault ? 4 : 0);
    wr_fill(w, size, w->used - from);
}

static void ioctl_put(struct wr *w, struct rd fragment_answer)
{
    wr_le16(w, 49);
    wr_le16(w, 0);
    wr_le32(w, 0x0011c017);
    wr_zeros(w, 16 + 8);
    wr_le32(w, SMB_HEADER_SIZE + 48);
    wr_le32(w, fragment_answer.left);
    wr_zeros(w, 8);
    wr_view(w, fragment_answer);
}

static bool fate_is(enum fate fate, struct smb_peer_answer *a)
{
    a->damaged = fate == DAMAGED;
    a->silent = fate == SILENT;
    return fate != CUT;
}

static bool rpc_answer(struct windows *host, struct rd message, struct smb_peer_answer *a)
{
    struct rd fragment = message;
    struct pdu_header ph;
    struct wr out;
    bool go_on = true;

    wr_init(&out, 0);
    rd_skip(&fragment, SMB_HEADER_SIZE + 56);
    if (pdu_header_get(&fragment, &ph) != OK)
        return false;
    if (ph.type == PDU_BIND) {
        struct blob ack = blob_of("05000c03 10000000 3c00 0000 01000000 b810 b810 01000000 0400"
                                  "00000000 0000 01000000 0000 0000" NDR20);

        wr_view(&out, blob_view(&ack));
    } else {
        rd_skip(&fragment, 6);
        host->operations[host->calls] = rd_le16(&fragment);
        wr_reset(&host->asked);
        wr_view(&host->asked, fragment);
        go_on = fate_is(host->call_fate, a);
        a->status = host->call_status;
        stub_put(&out, ph.call_id, host->stubs[host->calls++]);
    }
    ioctl_put(&a->body, wr_view_of(&out));
    wr_fini(&out);
    return go_on;
}

static bool windows_answer(void *self, const struct smb_header *h, struct rd message,
                           struct smb_peer_answer *a)
{
    struct windows *host = self;

    switch ((enum smb_command)h->command) {
    case SMB_CREATE:
        a->status = host->create_status;
        wr_le16(&a->body, 89);
        wr_zeros(&a->body, 86);
        return fate_is(host->create_fate, a);
    case SMB_IOCTL: return rpc_answer(host, message, a);
    case SMB_CLOSE:
        wr_le16(&a->body, 60);
        wr_zeros(&a->body, 58);
        return true;
    case SMB_NEGOTIATE:
    case SMB_SESSION_SETUP:
    case SMB_LOGOFF:
    case SMB_TREE_CONNECT:
    case SMB_TREE_DISCONNECT:
    case SMB_READ:
    case SMB_WRITE: break;
    }
    return false;
}

struct setup {
    struct smb_peer peer;
    struct smb_host host;
    struct why why;
};

static void begin(struct setup *s, struct windows *w)
{
    *s = (struct setup){0};
    wr_init(&w->asked, 0);
    peer_start_smb(&s->peer, windows_answer, w, key);
    smb_connection_init(&s->host.connection, peer_connect(&s->peer), 0);
    s->host.connection.secured = true;
    s->host.connection.algorithm = SMB_SIGN_AES_CMAC;
    s->host.connection.session_id = 7;
    memcpy(s->host.connection.key, key, sizeof key);
}

static void end(struct setup *s, struct windows *w)
{
    smb_service_close(&s->host.winreg);
    smb_connection_fini(&s->host.connection);
    peer_stop(&s->peer);
    wr_fini(&w->asked);
}

static enum err restart_of(struct windows w, int64_t time_ms, const char *words)
{
    struct setup s;
    enum err e;

    begin(&s, &w);
    e = smb_restart(&s.host.base, "TLS", 30, clock_mono_ms() + time_ms, &s.why);
    if (e != OK)
        assert_int_not_equal(s.why.place[0], '\0');
    if (words != NULL && strstr(s.why.text, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, s.why.text);
    end(&s, &w);
    return e;
}

static void restart_is_asked_for_with_force_reboot_and_reason(void **state)
{
    struct windows w = {.stubs = {"00000000"}};
    struct setup s;

    (void)state;
    begin(&s, &w);
    assert_int_equal(smb_restart(&s.host.base, "TLS", 30, clock_mono_ms() + LONG_MS, &s.why), OK);
    assert_int_equal(w.calls, 1);
    assert_int_equal(w.operations[0], 2);
    assert_bytes(wr_view_of(&w.asked),
                 "00000000 ........ 06000800 ........ 04000000 00000000 03000000"
                 "54004c00 53000000 1e000000 0101 0000 04000280");
    end(&s, &w);
}

static void host_without_the_newer_call_gets_the_older_one(void **state)
{
    struct windows w = {.stubs = {"!0200011c", "00000000"}};
    struct setup s;

    (void)state;
    begin(&s, &w);
    assert_int_equal(smb_restart(&s.host.base, "TLS", 30, clock_mono_ms() + LONG_MS, &s.why), OK);
    assert_int_equal(w.calls, 2);
    assert_int_equal(w.operations[0], 2);
    assert_int_equal(w.operations[1], 0);
    assert_bytes(wr_view_of(&w.asked),
                 "00000000 ........ 06000800 ........ 04000000 00000000 03000000"
                 "54004c00 53000000 1e000000 0101");
    end(&s, &w);
}

static void host_that_goes_down_already_is_told_from_one_that_refuses(void **state)
{
    (void)state;
    assert_int_equal(restart_of((struct windows){.stubs = {"5b040000"}}, LONG_MS, "already"),
                     E_GOING_DOWN);
    assert_int_equal(restart_of((struct windows){.stubs = {"a6040000"}}, LONG_MS, "scheduled"),
                     E_GOING_DOWN);
    assert_int_equal(restart_of((struct windows){.stubs = {"15000000"}}, LONG_MS, NULL),
                     E_GOING_DOWN);
    assert_int_equal(restart_of((struct windows){.stubs = {"13000000"}}, LONG_MS, NULL),
                     E_GOING_DOWN);
    assert_int_equal(restart_of((struct windows){.stubs = {"05000000"}}, LONG_MS, NULL), E_DENIED);
    assert_int_equal(
        restart_of((struct windows){.stubs = {"22050000"}}, LONG_MS, "SeRemoteShutdown"), E_DENIED);
    assert_int_equal(restart_of((struct windows){.stubs = {"57000000"}}, LONG_MS, NULL), E_REFUSED);
    assert_int_equal(restart_of((struct windows){.stubs = {"!05000000"}}, LONG_MS, NULL), E_DENIED);
    assert_int_equal(restart_of((struct windows){.stubs = {"!f7060000"}}, LONG_MS, NULL),
                     E_PROTOCOL);
}

static void lost_answer_may_mean_that_it_restarts(void **state)
{
    const char *maybe = "may be under way";

    (void)state;
    assert_int_equal(restart_of((struct windows){.stubs = {""}, .call_fate = CUT}, LONG_MS, maybe),
                     E_CUT);
    assert_int_equal(
        restart_of((struct windows){.stubs = {""}, .call_fate = SILENT}, SOON_MS, NULL), E_TIMEOUT);
    assert_int_equal(
        restart_of((struct windows){.stubs = {"00000000"}, .call_fate = DAMAGED}, LONG_MS, maybe),
        E_CUT);
    assert_int_equal(
        restart_of((struct windows){.stubs = {"00000000"}, .call_status = STATUS_NOT_SUPPORTED},
                   LONG_MS, maybe),
        E_CUT);
    assert_int_equal(restart_of((struct windows){.stubs = {"0000"}}, LONG_MS, maybe), E_CUT);
    assert_int_equal(restart_of((struct windows){.stubs = {"00000000"},
                                                 .call_status = STATUS_USER_SESSION_DELETED},
                                LONG_MS, maybe),
                     E_CUT);
}

static void what_breaks_before_the_question_is_no_restart(void **state)
{
    const char *none = "no restart was asked for";

    (void)state;
    assert_int_equal(restart_of((struct windows){.create_fate = CUT}, LONG_MS, none),
                     E_UNAVAILABLE);
    assert_int_equal(restart_of((struct windows){.create_fate = SILENT}, SOON_MS, none),
                     E_UNAVAILABLE);
    assert_int_equal(
        restart_of((struct windows){.create_status = STATUS_PIPE_NOT_AVAILABLE}, LONG_MS, NULL),
        E_UNAVAILABLE);
    assert_int_equal(
        restart_of((struct windows){.create_status = STATUS_ACCESS_DENIED}, LONG_MS, NULL),
        E_DENIED);
    assert_int_equal(restart_of((struct windows){.create_fate = DAMAGED}, LONG_MS, NULL),
                     E_SECURITY);
}

static enum err read_with(struct windows w, struct why *why)
{
    static char path_text[] = "SYSTEM\\X";
    const struct reg_path path = {.key = path_text};
    struct reg_read item = {.path = &path, .name = "E"};
    struct setup s;
    enum err e;

    begin(&s, &w);
    e = smb_read_items(&s.host.base, &item, 1, clock_mono_ms() + LONG_MS, why);
    assert_int_equal(item.err, e);
    end(&s, &w);
    return e;
}

static void registry_service_that_is_stopped_or_disabled_is_unavailable(void **state)
{
    struct why why = {0};

    (void)state;
    assert_int_equal(read_with((struct windows){.create_status = STATUS_PIPE_NOT_AVAILABLE}, &why),
                     E_UNAVAILABLE);
    assert_string_equal(why.place, "open \\pipe\\winreg");
    assert_string_equal(why.native_name, "STATUS_PIPE_NOT_AVAILABLE");
    assert_int_equal(
        read_with((struct windows){.create_status = STATUS_OBJECT_NAME_NOT_FOUND}, &why),
        E_UNAVAILABLE);
    assert_non_null(strstr(why.text, "RemoteRegistry"));
    assert_int_equal(why.native, STATUS_OBJECT_NAME_NOT_FOUND);
}

/* srvsvc tells the time; the registry has no ShutdownTime, or has one. */
#define TOD                                                          \
    "01000000 00009065 10270000 01000000 02000000 03000000 32000000" \
    "c4ffffff 36010000 01000000 01000000 e8070000 01000000 00000000"
#define HANDLE "0000000001000000000000000000000000000000 00000000"

#define SHUTDOWN_TIME                                                        \
    "01000000 03000000 02000000 08000000 00000000 08000000 8877665544332211" \
    "03000000 08000000 04000000 08000000 00000000"

static enum err identity_with(struct windows w, struct boot_identity *id)
{
    struct setup s;
    enum err e;

    begin(&s, &w);
    s.host.negotiated =
        (struct smb_negotiated){.server_guid = {0x42}, .system_time = UINT64_MAX / 4};
    e = smb_identity(&s.host.base, clock_mono_ms() + LONG_MS, id, &s.why);
    end(&s, &w);
    return e;
}

static void identity_is_what_the_host_tells_of_its_boot(void **state)
{
    struct boot_identity id;

    (void)state;
    assert_int_equal(
        identity_with((struct windows){.stubs = {TOD, HANDLE, HANDLE, SHUTDOWN_TIME, HANDLE}}, &id),
        OK);
    assert_true(id.has_guid && id.server_guid[0] == 0x42);
    assert_false(id.has_start);
    assert_true(id.has_uptime && id.uptime_ms == 10000);
    assert_true(id.has_clock && id.clock_ms == 0x65900000 * INT64_C(1000) + 500);
    assert_true(id.has_shutdown && id.shutdown_filetime == 0x1122334455667788);
}

static void identity_does_without_what_the_host_keeps_to_itself(void **state)
{
    struct boot_identity id;

    (void)state;
    assert_int_equal(
        identity_with(
            (struct windows){.stubs = {"!05000000", HANDLE,
                                       "0000000000000000000000000000000000000000 02000000"}},
            &id),
        OK);
    assert_true(id.has_guid && !id.has_uptime && !id.has_clock && !id.has_shutdown);
    assert_int_equal(
        identity_with((struct windows){.create_status = STATUS_PIPE_NOT_AVAILABLE}, &id), OK);
    assert_true(id.has_guid && !id.has_clock);
    assert_int_equal(identity_with((struct windows){.create_fate = CUT}, &id), E_CUT);
    assert_false(id.has_guid);
}

static void serve_negotiation(int fd, void *self)
{
    struct blob b = blob_of("000001fc" LOGON_NEGOTIATE_RESPONSE);
    uint8_t request[512];

    (void)self;
    (void)!read(fd, request, sizeof request);
    b.bytes[4 + 24] = 0; /* the message id that we ask with */
    (void)peer_write(fd, b.bytes, b.n);
    peer_await_end(fd);
}

static void look_needs_no_credentials(void **state)
{
    struct transport_target target = {.name = "h", .address = "127.0.0.1"};
    struct boot_identity id;
    struct smb_peer peer;

    (void)state;
    peer_start_raw(&peer, serve_negotiation, NULL);
    target.port = peer.port;
    assert_int_equal(transport_smb.look(&target, clock_mono_ms() + LONG_MS, &id, NULL), OK);
    assert_true(id.has_guid && id.server_guid[0] == 0x39);
    assert_true(id.has_start && id.start_filetime == 0x01D0AE95B04A0909);
    assert_true(id.has_clock &&
                id.clock_ms == INT64_C(1435184301286)); /* 2015-06-24T22:18:21.286Z */
    assert_false(id.has_uptime || id.has_shutdown);
    peer_stop(&peer);
    assert_int_equal(transport_smb.look(&target, clock_mono_ms() + LONG_MS, &id, NULL), E_CONNECT);
    assert_false(id.has_guid);
}

static void closing_nothing_is_fine(void **state)
{
    (void)state;
    transport_smb.close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(restart_is_asked_for_with_force_reboot_and_reason),
        cmocka_unit_test(host_without_the_newer_call_gets_the_older_one),
        cmocka_unit_test(host_that_goes_down_already_is_told_from_one_that_refuses),
        cmocka_unit_test(lost_answer_may_mean_that_it_restarts),
        cmocka_unit_test(what_breaks_before_the_question_is_no_restart),
        cmocka_unit_test(registry_service_that_is_stopped_or_disabled_is_unavailable),
        cmocka_unit_test(identity_is_what_the_host_tells_of_its_boot),
        cmocka_unit_test(identity_does_without_what_the_host_keeps_to_itself),
        cmocka_unit_test(look_needs_no_credentials),
        cmocka_unit_test(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
