/* The stubs of svcctl and the calls of winreg and srvsvc that few hosts see: what goes out is what
 * MS-SCMR and MS-RRP say, what comes in is cut at every length. */
#include "tests/unit/transport/hex.h"
#include "transport/rpc/srvsvc.h"
#include "transport/rpc/svcctl.h"
#include "transport/rpc/win32.h"
#include "transport/rpc/winreg.h"

#include <stdlib.h>

#define H "00000000112233445566778899aabbccddeeff00"
#define REF "........"
#define PAD2 "...."

static const struct svcctl_handle h = {{0, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
                                        0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0}};
static const struct winreg_handle key = {{0, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
                                          0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0}};

static void written(struct wr *w, const char *expected)
{
    assert_int_equal(wr_end(w), OK);
    assert_bytes(wr_view_of(w), expected);
    wr_fini(w);
}

static struct wr writer(void)
{
    struct wr w;

    wr_init(&w, 0);
    return w;
}

static void services_are_asked_as_the_specification_has_it(void **state)
{
    struct wr w = writer();

    (void)state;
    svcctl_open_manager_put(&w, SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE);
    written(&w, "00000000 00000000 05000000");
    w = writer();
    svcctl_open_service_put(&w, &h, "RemoteRegistry", 0x17);
    written(&w, H "0f000000 00000000 0f000000 520065006d006f0074006500"
                  "520065006700690073007400720079000000" PAD2 "17000000");
    w = writer();
    svcctl_start_put(&w, &h);
    written(&w, H "00000000 00000000");
    w = writer();
    svcctl_change_start_put(&w, &h, SERVICE_STARTS_ON_DEMAND);
    written(&w, H "ffffffff 03000000 ffffffff 00000000 00000000 00000000 00000000 00000000"
                  "00000000 00000000 00000000 00000000");
    w = writer();
    svcctl_control_put(&w, &h, SERVICE_CONTROL_STOP);
    written(&w, H "01000000");
    w = writer();
    svcctl_status_ex_put(&w, &h);
    written(&w, H "00000000 24000000");
    w = writer();
    svcctl_list_put(&w, &h, 4096, 7);
    written(&w, H "30000000 01000000 00100000" REF "07000000");
}

static void rarer_calls_are_asked_as_the_specification_has_it(void **state)
{
    static const char *const names[] = {"A", "BC"};
    struct wr w = writer();

    (void)state;
    winreg_query_many_put(&w, &key, names, 2, 5);
    written(&w, H "02000000 00000000 02000000" REF "00000000 00000000 00000000" REF
                  "00000000 00000000 00000000"
                  "04000400" REF "02000000 00000000 02000000 41000000"
                  "06000600" REF "03000000 00000000 03000000 420043000000" PAD2 "02000000" REF
                  "05000000 00000000 05000000 0000000000"
                  "......"
                  "05000000");
    w = writer();
    winreg_get_security_put(&w, &key, SECURITY_OWNER | SECURITY_DACL, 256);
    written(&w, H "05000000" REF "00010000 00000000 00010000 00000000 00000000");
    w = writer();
    winreg_delete_key_ex_put(&w, &key, "AB", KEY_WOW64_32KEY);
    written(&w, H "06000600" REF "03000000 00000000 03000000 41004200 0000" PAD2
                  "00020000 00000000");
    w = writer();
    winreg_save_key_put(&w, &key, "f");
    written(&w, H "04000400" REF "02000000 00000000 02000000 66000000 00000000");
    w = writer();
    srvsvc_info_put(&w, NULL, SRVSVC_INFO_102);
    written(&w, "00000000 66000000");
}

/* --- answers; each decoder is given every beginning of a good one --- */
struct decoder {
    const char *name, *stub;
    enum err (*get)(struct rd stub);
};

static enum err get_handle(struct rd stub)
{
    struct svcctl_handle out;
    uint32_t code = 9;
    enum err e = svcctl_handle_get(stub, &out, &code);

    assert_true(e != OK || (code == 0 && memcmp(&out, &h, sizeof h) == 0));
    return e;
}

static enum err get_status(struct rd stub)
{
    struct svcctl_status out = {.state = 99};
    uint32_t code = 9;
    enum err e = svcctl_status_get(stub, &out, &code);

    assert_int_equal(out.state, e == OK ? SERVICE_IS_RUNNING : 99);
    return e;
}

static enum err get_status_ex(struct rd stub)
{
    struct svcctl_status out = {.state = 99};
    uint32_t code = 9;
    enum err e = svcctl_status_ex_get(stub, &out, &code);

    assert_int_equal(out.state, e == OK ? SERVICE_IS_RUNNING : 99);
    assert_int_equal(out.process, e == OK ? 1234 : 0);
    return e;
}

static enum err get_config(struct rd stub)
{
    uint32_t start = 99, needed = 99, code = 9;
    enum err e = svcctl_config_get(stub, &start, &needed, &code);

    assert_int_equal(start, e == OK ? SERVICE_IS_DISABLED : 99);
    assert_int_equal(code, e == OK ? 0 : 9);
    return e;
}

static enum err get_change(struct rd stub)
{
    uint32_t code = 9;
    enum err e = svcctl_change_get(stub, &code);

    assert_int_equal(code, e == OK ? 5 : 9);
    return e;
}

static enum err get_list(struct rd stub)
{
    struct service_list list = {0};
    struct svcctl_page page = {0};
    uint32_t code = 9;
    enum err e = svcctl_list_get(stub, &list, &page, &code);

    if (e == OK) {
        assert_int_equal(list.n, 2);
        assert_string_equal(list.items[0].name, "A");
        assert_string_equal(list.items[1].name, "BC");
        assert_int_equal(list.items[1].state, SERVICE_IS_RUNNING);
        assert_int_equal(code, WIN32_MORE_DATA);
        assert_int_equal(page.needed, 100);
        assert_int_equal(page.resume, 2);
    }
    service_list_fini(&list);
    return e;
}

static enum err get_many(struct rd stub)
{
    struct reg_value found[2] = {{0}};
    uint32_t needed = 0, code = 9;
    enum err e = winreg_query_many_get(stub, found, 2, &needed, &code);

    if (e == OK) {
        assert_int_equal(found[0].type, 4);
        assert_int_equal(found[0].size, 4);
        assert_int_equal(found[1].type, 3);
        assert_int_equal(found[1].bytes[0], 0xee);
    }
    assert_true(e == OK || found[0].bytes == NULL);
    value_fini(&found[0]);
    value_fini(&found[1]);
    return e;
}

static enum err get_security(struct rd stub)
{
    struct rd bytes = {0};
    uint32_t needed = 0, code = 9;
    enum err e = winreg_get_security_get(stub, &bytes, &needed, &code);

    assert_int_equal(bytes.left, e == OK ? 4 : 0);
    return e;
}

static enum err get_info(struct rd stub)
{
    struct srvsvc_info info = {0};
    uint32_t code = 9;
    enum err e = srvsvc_info_get(stub, &info, &code);

    if (e == OK) {
        assert_string_equal(info.name, "A");
        assert_string_equal(info.comment, "");
        assert_int_equal(info.major, 10);
        assert_int_equal(info.type, 0x9003);
    } else {
        assert_null(info.name);
    }
    srvsvc_info_fini(&info);
    return e;
}

#define STATUS "20000000 04000000 01000000 00000000 00000000 00000000 00000000"
#define ENTRY "00000000" STATUS

static const struct decoder decoders[] = {
    {"handle", H "00000000", get_handle},
    {"status", STATUS "00000000", get_status},
    {"status ex", "24000000" STATUS "d2040000 00000000 24000000 00000000", get_status_ex},
    {"config",
     "20000000 04000000 01000000 01000200 00000000 00000000 00000000 05000200 06000200"
     "02000000 00000000 02000000 61000000 02000000 00000000 02000000 62000000"
     "02000000 00000000 02000000 63000000 60000000 00000000",
     get_config},
    {"change", "01000200 07000000 05000000", get_change},
    {"list",
     "54000000 48000000" ENTRY "4c000000" ENTRY "41000000 42004300 0000 0000"
     "64000000 02000000 01000200 02000000 ea000000",
     get_list},
    {"many",
     "02000000 00000000 02000000 01000200 04000000 00000000 04000000 02000200 01000000 04000000"
     "03000000 04000400 03000200 02000000 00000000 02000000 41000000 04000400 04000200 02000000"
     "00000000 02000000 42000000 05000200 08000000 00000000 05000000 01000000 ee000000"
     "05000000 00000000",
     get_many},
    {"security", "01000200 04000000 04000000 04000000 00000000 04000000 01008004 00000000",
     get_security},
    {"info",
     "65000000 01000200 f4010000 02000200 0a000000 00000000 03900000 03000200"
     "02000000 00000000 02000000 41000000 01000000 00000000 01000000 0000 0000 00000000",
     get_info},
    {"info 102",
     "66000000 01000200 f4010000 02000200 0a000000 00000000 03900000 03000200 01000000 02000000"
     "03000000 04000000 05000000 06000000 04000200"
     "02000000 00000000 02000000 41000000 01000000 00000000 01000000 0000 0000"
     "02000000 00000000 02000000 63000000 00000000",
     get_info},
};

static void answers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(decoders); i++) {
        struct blob b = blob_of(decoders[i].stub);

        if (decoders[i].get(blob_view(&b)) != OK)
            fail_msg("%s is not read", decoders[i].name);
        for (size_t n = 0; n < b.n; n++) {
            uint8_t *cut = malloc(n + 1); /* so that a byte too far is seen */
            enum err e;

            assert_non_null(cut);
            memcpy(cut, b.bytes, n);
            e = decoders[i].get(rd_of(cut, n));
            free(cut);
            if (e != E_SHORT && e != E_FORMAT)
                fail_msg("%s, cut at %zu: %s", decoders[i].name, n, err_name(e));
        }
    }
}

static void counts_and_offsets_that_lie_are_refused(void **state)
{
    static const char *const lies[] = {
        /* an offset behind the buffer */
        "24000000 25000000" ENTRY "00000000 01000000 00000000 00000000",
        /* more entries than bytes */
        "24000000 00000000" ENTRY "00000000 ffffffff 00000000 00000000",
        /* an entry more */
        "24000000 00000000" ENTRY "00000000 02000000 00000000 00000000",
    };
    static const char *const many[] = {
        /* a value behind the buffer */
        "02000000 00000000 02000000 00000000 04000000 00000000 04000000 00000000 01000000 05000000"
        "03000000 05000200 08000000 00000000 05000000 01000000 ee000000 05000000 00000000",
        /* three instead of two */
        "03000000 00000000 03000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000"
        "00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000",
        /* an offset and a size whose sum is small again */
        "02000000 00000000 02000000 00000000 04000000 00000000 04000000 00000000 08000000 fcffffff"
        "03000000 05000200 08000000 00000000 05000000 01000000 ee000000 05000000 00000000"};

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++) {
        struct blob b = blob_of(lies[i]);

        assert_int_equal(get_list(blob_view(&b)), i == 0 ? E_FORMAT : E_SHORT);
    }
    for (size_t i = 0; i < COUNT(many); i++) {
        struct blob b = blob_of(many[i]);

        assert_int_equal(get_many(blob_view(&b)), E_FORMAT);
    }
}

static void numbers_of_services_and_restarts_have_names(void **state)
{
    static const struct {
        uint32_t code;
        enum err err;
        const char *name;
    } known[] = {
        {1056, E_EXISTS, "ERROR_SERVICE_ALREADY_RUNNING"},
        {1058, E_REFUSED, "ERROR_SERVICE_DISABLED"},
        {1060, E_ABSENT, "ERROR_SERVICE_DOES_NOT_EXIST"},
        {1061, E_UNAVAILABLE, "ERROR_SERVICE_CANNOT_ACCEPT_CTRL"},
        {1062, E_ABSENT, "ERROR_SERVICE_NOT_ACTIVE"},
        {21, E_GOING_DOWN, "ERROR_NOT_READY"},
        {53, E_REFUSED, "ERROR_BAD_NETPATH"},
        {1115, E_GOING_DOWN, "ERROR_SHUTDOWN_IN_PROGRESS"},
        {1116, E_ABSENT, "ERROR_NO_SHUTDOWN_IN_PROGRESS"},
        {1190, E_GOING_DOWN, "ERROR_SHUTDOWN_IS_SCHEDULED"},
        {1191, E_REFUSED, "ERROR_SHUTDOWN_USERS_LOGGED_ON"},
        {1271, E_REFUSED, "ERROR_MACHINE_LOCKED"},
        {1314, E_DENIED, "ERROR_PRIVILEGE_NOT_HELD"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        struct why why = {0};

        assert_int_equal(win32_fail(&why, known[i].code), known[i].err);
        assert_string_equal(win32_name(known[i].code), known[i].name);
        assert_int_equal(why.native, known[i].code);
        assert_true(why.text[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(services_are_asked_as_the_specification_has_it),
        cmocka_unit_test(rarer_calls_are_asked_as_the_specification_has_it),
        cmocka_unit_test(answers_are_read_whole_or_not_at_all),
        cmocka_unit_test(counts_and_offsets_that_lie_are_refused),
        cmocka_unit_test(numbers_of_services_and_restarts_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
