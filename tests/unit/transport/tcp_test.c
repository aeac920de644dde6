#include "base/clock.h"
#include "tests/support/smb_peer.h"
#include "tests/unit/transport/hex.h"
#include "transport/tcp.h"

#include <unistd.h>

#define SOON_MS 200
#define LONG_MS 10000

static int64_t in_ms(int64_t ms)
{
    return clock_mono_ms() + ms;
}

static void serve_hello_and_cut(int fd, void *self)
{
    (void)self;
    (void)peer_write(fd, "hel", 3);
}

static void serve_silence(int fd, void *self)
{
    (void)self;
    peer_await_end(fd);
}

static void closed_port_is_told_from_silence(void **state)
{
    struct why why = {0};
    struct smb_peer p;
    uint16_t port;
    int fd = 5;

    (void)state;
    peer_start_raw(&p, serve_silence, NULL);
    port = p.port;
    peer_stop(&p);
    assert_int_equal(tcp_connect("127.0.0.1", port, in_ms(LONG_MS), &fd, &why), E_CONNECT);
    assert_int_equal(fd, -1);
    assert_string_equal(why.text, "the port is closed");
    assert_int_not_equal(why.native, 0);
}

static void unknown_name_has_no_address(void **state)
{
    struct why why = {0};
    int fd;

    (void)state;
    assert_int_equal(tcp_connect("no-such-host.invalid", 445, in_ms(LONG_MS), &fd, &why),
                     E_RESOLVE);
    assert_non_null(strstr(why.text, "no-such-host.invalid"));
    assert_int_equal(tcp_connect("127.0.0.1.2", 445, in_ms(LONG_MS), &fd, &why), E_RESOLVE);
}

static void literals_are_told_from_names(void **state)
{
    (void)state;
    assert_true(tcp_address_is_literal("127.0.0.1"));
    assert_true(tcp_address_is_literal("::1"));
    assert_true(tcp_address_is_literal("fe80::1%eth0"));
    assert_false(tcp_address_is_literal("localhost"));
    assert_false(tcp_address_is_literal("10.1"));
}

static void what_came_is_given_before_the_cut_is_told(void **state)
{
    struct why why = {0};
    struct smb_peer p;
    size_t have = 0;
    char got[5];
    int fd;

    (void)state;
    peer_start_raw(&p, serve_hello_and_cut, NULL);
    fd = peer_connect(&p);
    while (have < 3) {
        size_t more = 0;

        assert_int_equal(tcp_receive(fd, got, sizeof got, 1, in_ms(LONG_MS), &more, &why), OK);
        have += more;
    }
    assert_int_equal(have, 3);
    assert_int_equal(tcp_receive(fd, got, sizeof got, 1, in_ms(LONG_MS), &have, &why), E_CUT);
    assert_int_equal(have, 3);
    tcp_close(&fd);
    assert_int_equal(fd, -1);
    tcp_close(&fd);
    peer_stop(&p);
}

static void silence_ends_at_the_deadline(void **state)
{
    struct smb_peer p;
    int64_t began = clock_mono_ms();
    size_t have = 0;
    char got[5];
    int fd;

    (void)state;
    peer_start_raw(&p, serve_silence, NULL);
    fd = peer_connect(&p);
    assert_int_equal(tcp_receive(fd, got, sizeof got, 1, in_ms(SOON_MS), &have, NULL), E_TIMEOUT);
    assert_in_range(clock_mono_ms() - began, SOON_MS - 5, LONG_MS);
    assert_int_equal(tcp_receive(fd, got, sizeof got, 1, in_ms(-1), &have, NULL), E_TIMEOUT);
    assert_int_equal(have, 0);
    tcp_close(&fd);
    peer_stop(&p);
}

/* The other side reads nothing, so the kernel's buffers fill up; it lets go when told. */
static void serve_deaf(int fd, void *self)
{
    char told;

    (void)fd;
    (void)!read(*(int *)self, &told, 1);
}

static void sending_to_the_deaf_ends_at_the_deadline(void **state)
{
    static const uint8_t much[8u << 20];
    struct smb_peer p;
    int gate[2], fd;

    (void)state;
    assert_int_equal(pipe(gate), 0);
    peer_start_raw(&p, serve_deaf, &gate[0]);
    fd = peer_connect(&p);
    assert_int_equal(tcp_send(fd, rd_of(much, sizeof much), in_ms(SOON_MS), NULL), E_TIMEOUT);
    tcp_close(&fd);
    tcp_close(&gate[1]);
    peer_stop(&p);
    tcp_close(&gate[0]);
}

static void sending_into_a_closed_connection_is_a_cut_and_no_signal(void **state)
{
    static const uint8_t much[1u << 20];
    struct smb_peer p;
    enum err e = OK;
    int fd;

    (void)state;
    peer_start_raw(&p, serve_hello_and_cut, NULL);
    fd = peer_connect(&p);
    peer_stop(&p);
    for (int i = 0; i < 100 && e == OK; i++)
        e = tcp_send(fd, rd_of(much, sizeof much), in_ms(LONG_MS), NULL);
    assert_int_equal(e, E_CUT);
    tcp_close(&fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_port_is_told_from_silence),
        cmocka_unit_test(unknown_name_has_no_address),
        cmocka_unit_test(literals_are_told_from_names),
        cmocka_unit_test(what_came_is_given_before_the_cut_is_told),
        cmocka_unit_test(silence_ends_at_the_deadline),
        cmocka_unit_test(sending_to_the_deaf_ends_at_the_deadline),
        cmocka_unit_test(sending_into_a_closed_connection_is_a_cut_and_no_signal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
