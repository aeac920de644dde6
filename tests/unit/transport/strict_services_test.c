/* Services, and the rarer calls of the registry, by the real client on the strict server. */
#include "tests/unit/transport/strict_world.h"
#include "transport/rpc/initshutdown.h"
#include "transport/rpc/srvsvc.h"
#include "transport/rpc/svcctl.h"
#include "transport/smb_host.h"

#include "base/clock.h"

#include <poll.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static int64_t soon(void)
{
    return clock_mono_ms() + WORLD_WAIT_MS;
}

static struct registry_service service_of(struct transport *t)
{
    struct registry_service s = {0};
    struct why why = {0};

    if (transport_smb.service(t, soon(), &s, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    return s;
}

static enum err read_once(struct world *w, struct transport *t, struct why *why)
{
    uint32_t n;
    enum err e = world_read(w, t, "SOFTWARE\\None", VIEW_64, "V", &n, why);

    return e == E_ABSENT ? OK : e;
}

static enum err read_until(struct world *w, struct transport *t, enum err wanted)
{
    int64_t end_ms = soon();
    struct why why;
    enum err e;

    while ((e = read_once(w, t, &why)) != wanted && clock_mono_ms() < end_ms)
        (void)poll(NULL, 0, 10);
    return e;
}

static void disabled_registry_is_woken_and_put_back(void **state)
{
    struct registry_service was, now;
    struct transport *t;
    struct world w;
    struct why why = {0};
    bool left = true;

    (void)state;
    world_start(&w, "winreg=disabled,wake_ms=50");
    t = world_open(&w);
    assert_int_equal(read_once(&w, t, &why), E_UNAVAILABLE);
    was = service_of(t);
    assert_true(was.is_asleep);
    assert_int_equal(was.start_type, SERVICE_IS_DISABLED);
    assert_int_equal(was.state, SERVICE_IS_STOPPED);
    assert_int_equal(transport_smb.wake(t, soon(), &why), OK);
    assert_int_equal(read_until(&w, t, OK), OK);
    assert_int_equal(transport_smb.wake(t, soon(), &why), OK); /* a second time is none */
    now = service_of(t);
    assert_true(now.start_type == SERVICE_STARTS_ON_DEMAND && now.state == SERVICE_IS_RUNNING);
    assert_false(now.is_asleep);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(transport_smb.rest(t, &was, soon(), &left, &why), OK);
        assert_false(left);
        now = service_of(t);
        assert_true(now.start_type == SERVICE_IS_DISABLED && now.state == SERVICE_IS_STOPPED);
    }
    assert_int_equal(read_until(&w, t, E_UNAVAILABLE), E_UNAVAILABLE); /* its pipe was cut */
    transport_smb.close(t);
    world_stop(&w);
}

/* It starts because its pipe is asked for: nobody has to change anything. */
static void registry_that_starts_on_demand_is_not_asleep(void **state)
{
    struct transport *t;
    struct world w;
    struct why why = {0};

    (void)state;
    world_start(&w, "winreg=stopped,wake_ms=60000");
    t = world_open(&w);
    assert_int_equal(read_once(&w, t, &why), E_UNAVAILABLE);
    assert_false(service_of(t).is_asleep);
    transport_smb.close(t);
    world_stop(&w);
}

static void start_type_of_somebody_else_is_left(void **state)
{
    const struct registry_service was = {.start_type = SERVICE_IS_DISABLED,
                                         .state = SERVICE_IS_STOPPED};
    struct transport *t;
    struct world w;
    struct why why = {0};
    bool left = false;

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(service_of(t).start_type, SERVICE_STARTS_AUTO);
    assert_int_equal(transport_smb.rest(t, &was, soon(), &left, &why), OK);
    assert_true(left);
    assert_int_equal(service_of(t).state, SERVICE_IS_RUNNING);
    transport_smb.close(t);
    world_stop(&w);
}

static bool lists(const struct service_list *l, const char *name)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->items[i].name, name) == 0)
            return l->items[i].state == SERVICE_IS_RUNNING;
    return false;
}

static void services_that_run_are_listed(void **state)
{
    struct service_list l = {0};
    struct transport *t;
    struct world w;
    struct why why = {0};

    (void)state;
    world_start(&w, "winreg=disabled");
    t = world_open(&w);
    assert_int_equal(transport_smb.services(t, soon(), &l, &why), OK);
    assert_int_equal(l.n, 3);
    assert_true(lists(&l, "LanmanServer") && lists(&l, "W32Time") && lists(&l, "Spooler"));
    assert_false(lists(&l, "RemoteRegistry"));
    service_list_fini(&l);
    transport_smb.close(t);
    world_stop(&w);
}

static void server_says_what_it_is(void **state)
{
    struct srvsvc_info info = {0};
    struct smb_service s = {0};
    struct transport *t;
    struct world w;
    struct why why = {0};

    (void)state;
    world_start(&w, "fragment_max=1432");
    t = world_open(&w);
    ((struct smb_host *)t)->connection.deadline_ms = soon();
    assert_int_equal(smb_service_open((struct smb_host *)t, &srvsvc_interface, &s, &why), OK);
    for (uint32_t level = SRVSVC_INFO_101; level <= SRVSVC_INFO_102; level++) {
        if (srvsvc_info(&s.rpc, NULL, level, &info, &why) != OK)
            fail_msg("%u: %s", (unsigned)level, why.text);
        assert_string_equal(info.name, "STRICT");
        assert_string_equal(info.comment, "of tests");
        assert_int_equal(info.major, 10);
        assert_int_equal(info.users_max, level == SRVSVC_INFO_102 ? 16777216 : 0);
        srvsvc_info_fini(&info);
    }
    assert_int_equal(srvsvc_info(&s.rpc, NULL, 103, &info, &why), E_UNSUPPORTED);
    assert_int_equal(why.native, 124);
    smb_service_close(&s);
    transport_smb.close(t);
    world_stop(&w);
}

struct registry { /* an open key, for calls that the seam does not make */
    struct world w;
    struct transport *t;
    struct smb_host *h;
    struct smb_key key;
    struct reg_path path;
};

static void registry_start(struct registry *r)
{
    const struct reg_value seven = {.type = 4, .bytes = (uint8_t[]){7, 0, 0, 0}, .size = 4};
    const struct reg_value text = {.type = 1, .bytes = (uint8_t[]){'x', 0, 0, 0}, .size = 4};
    struct why why = {0};

    *r = (struct registry){.path = {.hive = HIVE_LOCAL_MACHINE, .key = str_dup("SOFTWARE\\Rare")}};
    world_start(&r->w, "");
    r->t = world_open(&r->w);
    r->h = (struct smb_host *)r->t;
    assert_int_equal(world_write(&r->w, r->t, (struct reg_op){.kind = OP_CREATE_KEY}, r->path.key,
                                 VIEW_64, &why),
                     OK);
    assert_int_equal(smb_key_open(r->h, &r->path, KEY_READ_WRITE, &r->key, &why), OK);
    assert_int_equal(winreg_set_value(&r->h->winreg.rpc, &r->key.handle, "A", &seven, &why), OK);
    assert_int_equal(winreg_set_value(&r->h->winreg.rpc, &r->key.handle, "B", &text, &why), OK);
}

static void registry_end(struct registry *r)
{
    transport_smb.close(r->t);
    path_fini(&r->path);
    world_stop(&r->w);
}

static void several_values_come_in_one_call(void **state)
{
    static const char *const names[] = {"B", "A", "B"}, *const gone[] = {"A", "C"};
    static uint8_t bytes[9000];
    const struct reg_value big = {.type = REG_BINARY, .bytes = bytes, .size = sizeof bytes};
    struct reg_value found[3] = {{0}};
    struct registry r;
    struct why why = {0};
    uint64_t n = 0;

    (void)state;
    registry_start(&r);
    assert_int_equal(
        winreg_query_many(&r.h->winreg.rpc, &r.key.handle, names, COUNT(names), found, &why), OK);
    assert_true(value_as_u64(&found[1], &n) && n == 7);
    assert_true(found[0].type == 1 && found[2].size == 4);
    for (size_t i = 0; i < COUNT(found); i++)
        value_fini(&found[i]);
    assert_int_equal(
        winreg_query_many(&r.h->winreg.rpc, &r.key.handle, gone, COUNT(gone), found, &why),
        E_ABSENT);
    assert_int_equal(winreg_set_value(&r.h->winreg.rpc, &r.key.handle, "C", &big, &why), OK);
    assert_int_equal(
        winreg_query_many(&r.h->winreg.rpc, &r.key.handle, gone, COUNT(gone), found, &why), OK);
    assert_int_equal(found[1].size, sizeof bytes);
    value_fini(&found[0]);
    value_fini(&found[1]);
    assert_int_equal(winreg_query_many(&r.h->winreg.rpc, &r.key.handle, gone, 0, found, &why),
                     E_LIMIT);
    registry_end(&r);
}

static void security_of_a_key_is_read(void **state)
{
    struct registry r;
    struct why why = {0};
    struct wr out;

    (void)state;
    registry_start(&r);
    wr_init(&out, 0);
    assert_int_equal(winreg_get_security(&r.h->winreg.rpc, &r.key.handle,
                                         SECURITY_OWNER | SECURITY_DACL, &out, &why),
                     OK);
    assert_int_equal(out.used, 20);
    assert_int_equal(out.bytes[0], 1); /* its revision */
    wr_reset(&out);
    assert_int_equal(
        winreg_get_security(&r.h->winreg.rpc, &r.key.handle, 8 /* audit */, &out, &why), E_DENIED);
    wr_fini(&out);
    registry_end(&r);
}

static void key_of_a_view_is_deleted_and_saving_is_refused(void **state)
{
    const struct reg_op make = {.kind = OP_CREATE_KEY};
    struct reg_path above = {.hive = HIVE_LOCAL_MACHINE, .key = str_dup("SOFTWARE")};
    struct registry r;
    struct smb_key key;
    struct why why = {0};
    uint32_t n;

    (void)state;
    registry_start(&r);
    assert_int_equal(world_write(&r.w, r.t, make, "SOFTWARE\\Both", VIEW_64, &why), OK);
    assert_int_equal(world_write(&r.w, r.t, make, "SOFTWARE\\Both", VIEW_32, &why), OK);
    above.view = VIEW_32;
    assert_int_equal(smb_key_open(r.h, &above, KEY_READ_WRITE, &key, &why), OK);
    assert_int_equal(
        winreg_delete_key_ex(&r.h->winreg.rpc, &key.handle, "Both", KEY_WOW64_32KEY, &why), OK);
    assert_int_equal(
        winreg_delete_key_ex(&r.h->winreg.rpc, &key.handle, "Both", KEY_WOW64_32KEY, &why),
        E_ABSENT);
    assert_int_equal(world_read(&r.w, r.t, "SOFTWARE\\Both", VIEW_64, "V", &n, &why), E_ABSENT);
    assert_non_null(strict_machine_key(strict_server_registry(r.w.server), "SOFTWARE\\Both"));
    assert_int_equal(winreg_save_key(&r.h->winreg.rpc, &r.key.handle, "C:\\x", &why), E_DENIED);
    assert_int_equal(read_once(&r.w, r.t, &why), OK); /* and the pipe is good */
    path_fini(&above);
    registry_end(&r);
}

static void restart_is_called_off(void **state)
{
    struct smb_service s = {0};
    struct transport *t;
    struct world w;
    struct why why = {0};

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(transport_smb.restart(t, "test", 600, soon(), &why), OK);
    assert_int_equal(smb_service_open((struct smb_host *)t, &initshutdown_interface, &s, &why), OK);
    assert_int_equal(initshutdown_abort(&s.rpc, &why), OK);
    assert_int_equal(initshutdown_abort(&s.rpc, &why), E_ABSENT);
    assert_int_equal(why.native, 1116);
    smb_service_close(&s);
    transport_smb.close(t);
    world_stop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disabled_registry_is_woken_and_put_back),
        cmocka_unit_test(registry_that_starts_on_demand_is_not_asleep),
        cmocka_unit_test(start_type_of_somebody_else_is_left),
        cmocka_unit_test(services_that_run_are_listed),
        cmocka_unit_test(server_says_what_it_is),
        cmocka_unit_test(several_values_come_in_one_call),
        cmocka_unit_test(security_of_a_key_is_read),
        cmocka_unit_test(key_of_a_view_is_deleted_and_saving_is_refused),
        cmocka_unit_test(restart_is_called_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
