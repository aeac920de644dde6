/* The stubs of winreg, InitShutdown and srvsvc: what goes out is compared with what impacket sends,
 * what comes in is cut at every length. */
#include "tests/unit/transport/hex.h"
#include "transport/rpc/initshutdown.h"
#include "transport/rpc/pdu.h"
#include "transport/rpc/srvsvc.h"
#include "transport/rpc/win32.h"
#include "transport/rpc/winreg.h"

#define H "00000000112233445566778899aabbccddeeff00"
#define REF "........"
#define PAD2 "...."

static const struct winreg_handle h = {{0, 0, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
                                        0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0}};

/* Pointers are any number but 0, and no two are the same. */
static void written(struct wr *w, const char *expected)
{
    struct blob b = blob_of(expected);

    assert_int_equal(wr_end(w), OK);
    assert_bytes(wr_view_of(w), expected);
    for (size_t i = 0; i + 4 <= b.n; i += 4)
        if (b.mask[i] == 0 && b.mask[i + 1] == 0)
            assert_memory_not_equal(w->bytes + i, "\0\0\0\0", 4);
    wr_fini(w);
}

static struct wr writer(void)
{
    struct wr w;

    wr_init(&w, 0);
    return w;
}

static void bind_is_impackets(void **state)
{
    struct wr w = writer();

    (void)state;
    pdu_bind_put(&w, 1, &winreg_interface);
    written(
        &w,
        "05000b03 10000000 48000000 01000000 b810b810 00000000 01000000 00000100 01d08c33 4422f131"
        "aaaa9000 38001003 01000000 045d888a eb1cc911 9fe80800 2b104860 02000000");
}

static void keys_are_opened_and_created_as_impacket_does(void **state)
{
    struct wr w = writer();

    (void)state;
    winreg_open_hive_put(&w, 0x2011f);
    written(&w, "00000000 1f010200");
    w = writer();
    winreg_open_key_put(&w, &h, "AB", KEY_READ | KEY_WOW64_64KEY);
    written(&w,
            H "06000600" REF "03000000 00000000 03000000 41004200 0000" PAD2 "00000000 19010200");
    w = writer();
    winreg_create_key_put(&w, &h, "AB", KEY_NON_VOLATILE, KEY_READ_WRITE | KEY_WOW64_64KEY);
    written(&w, H "06000600" REF "03000000 00000000 03000000 41004200 0000" PAD2
                  "0000 0000 00000000 00000000 1f010200 00000000" REF "00000000");
    w = writer();
    winreg_create_key_put(&w, &h, "AB", KEY_VOLATILE, KEY_READ_WRITE | KEY_WOW64_32KEY);
    written(&w, H "06000600" REF "03000000 00000000 03000000 41004200 0000" PAD2
                  "0000 0000 00000000 01000000 1f020200 00000000" REF "00000000");
    w = writer();
    winreg_handle_put(&w, &h);
    written(&w, H);
}

static void class_of_a_key_may_be_an_empty_string(void **state)
{
    struct wr w = writer();

    (void)state;
    ndr_put_string(&w, "", true);
    written(&w, "02000200" REF "01000000 00000000 01000000 0000");
}

static void values_are_set_and_asked_for_as_impacket_does(void **state)
{
    static uint8_t one[] = {1, 0, 0, 0};
    const struct reg_value value = {.type = REG_DWORD, .bytes = one, .size = sizeof one};
    struct wr w = writer();

    (void)state;
    winreg_set_value_put(&w, &h, "E", &value);
    written(&w, H "04000400" REF
                  "02000000 00000000 02000000 45000000 04000000 04000000 01000000 04000000");
    w = writer();
    winreg_delete_value_put(&w, &h, "E");
    written(&w, H "04000400" REF "02000000 00000000 02000000 45000000");
    /* impacket sends the 8 bytes of its buffer; the buffer may also travel empty (length_is) */
    w = writer();
    winreg_query_value_put(&w, &h, "E", 8);
    written(&w, H "04000400" REF "02000000 00000000 02000000 45000000" REF "00000000" REF
                  "08000000 00000000 00000000" REF "08000000" REF "00000000");
}

static void enumeration_is_asked_for_as_impacket_does(void **state)
{
    struct wr w = writer();

    (void)state;
    winreg_enum_key_put(&w, &h, 0);
    written(&w, H "00000000 0000 0002" REF "00010000 00000000 00000000" REF "0000 0004" REF
                  "00020000 00000000 00000000 00000000");
    w = writer();
    winreg_enum_value_put(&w, &h, 0, 8, 8);
    written(&w, H "00000000 0000 1000" REF "08000000 00000000 00000000" REF "00000000" REF
                  "08000000 00000000 00000000" REF "08000000" REF "00000000");
    w = writer();
    winreg_query_info_put(&w, &h, 0);
    written(&w, H "00000000 00000000");
}

static void time_and_shutdown_are_asked_for_as_specified(void **state)
{
    const struct shutdown_request q = {.message = "TLS",
                                       .delay_s = 30,
                                       .force_apps_closed = true,
                                       .reboot = true,
                                       .reason = 0x80020004};
    struct wr w = writer();

    (void)state;
    srvsvc_time_put(&w, NULL);
    written(&w, "00000000");
    w = writer();
    srvsvc_time_put(&w, "A");
    written(&w, REF "02000000 00000000 02000000 41000000");
    w = writer();
    initshutdown_put(&w, &q, false);
    assert_int_equal(w.used, 42);
    written(&w, "00000000" REF "06000800" REF
                "04000000 00000000 03000000 54004c00 53000000 1e000000 0101");
    w = writer();
    initshutdown_put(&w, &q, true);
    written(&w, "00000000" REF "06000800" REF
                "04000000 00000000 03000000 54004c00 53000000 1e000000 0101 0000 04000280");
    w = writer();
    initshutdown_abort_put(&w);
    written(&w, "00000000");
}

static void text_that_is_no_utf_8_makes_the_writer_bad(void **state)
{
    struct wr w = writer();

    (void)state;
    winreg_open_key_put(&w, &h, "\xff", KEY_READ);
    assert_int_not_equal(wr_end(&w), OK);
    wr_fini(&w);
    assert_int_equal(winreg_name_check("\xff", 10, NULL), E_DATA);
    assert_int_equal(winreg_name_check("12345678901", 10, NULL), E_DATA);
    assert_int_equal(winreg_name_check("1234567890", 10, NULL), OK);
}

/* A decoder, told by its name; *code is 0xbad when it failed. */
struct decoded {
    uint32_t code;
    uint32_t number;
    struct winreg_handle handle;
    struct reg_value value;
    struct winreg_key_info info;
    char *name;
    struct srvsvc_time time;
};

typedef enum err decoder(struct rd stub, struct decoded *out);

static enum err decode_handle(struct rd stub, struct decoded *d)
{
    return winreg_handle_get(stub, &d->handle, &d->code);
}

static enum err decode_create(struct rd stub, struct decoded *d)
{
    return winreg_create_key_get(stub, &d->handle, &d->number, &d->code);
}

static enum err decode_number(struct rd stub, struct decoded *d)
{
    return winreg_number_get(stub, &d->number, &d->code);
}

static enum err decode_code(struct rd stub, struct decoded *d)
{
    return winreg_code_get(stub, &d->code);
}

static enum err decode_value(struct rd stub, struct decoded *d)
{
    return winreg_query_value_get(stub, &d->value, &d->number, &d->code);
}

static enum err decode_info(struct rd stub, struct decoded *d)
{
    return winreg_query_info_get(stub, &d->info, &d->code);
}

static enum err decode_enum_key(struct rd stub, struct decoded *d)
{
    return winreg_enum_key_get(stub, &d->name, &d->code);
}

static enum err decode_enum_value(struct rd stub, struct decoded *d)
{
    struct reg_entry entry = {0};
    enum err e = winreg_enum_value_get(stub, &entry, &d->number, &d->code);

    d->name = entry.name;
    d->value = entry.value;
    return e;
}

static enum err decode_shutdown(struct rd stub, struct decoded *d)
{
    return initshutdown_get(stub, &d->code);
}

static enum err decode_time(struct rd stub, struct decoded *d)
{
    return srvsvc_time_get(stub, &d->time, &d->code);
}

/* Decodes text; then every cut of it must fail and set nothing. */
static struct decoded decode(decoder *get, const char *text)
{
    struct decoded d = {.code = 0xbad}, none = {.code = 0xbad};
    struct blob b = blob_of(text);

    assert_int_equal(get(blob_view(&b), &d), OK);
    for (size_t n = 0; n < b.n; n++) {
        uint8_t *cut = exact_copy(b.bytes, n);

        assert_int_equal(get(rd_of(cut, n), &none), E_SHORT);
        assert_int_equal(none.code, 0xbad);
        assert_null(none.name);
        assert_null(none.value.bytes);
        free(cut);
    }
    return d;
}

static enum err refused(decoder *get, const char *text)
{
    struct decoded d = {.code = 0xbad};
    struct blob b = blob_of(text);
    enum err e = get(blob_view(&b), &d);

    assert_int_not_equal(e, OK);
    assert_int_equal(d.code, 0xbad);
    assert_null(d.value.bytes);
    assert_null(d.name);
    return e;
}

static void handles_numbers_and_codes_are_read(void **state)
{
    (void)state;
    assert_memory_equal(decode(decode_handle, H "00000000").handle.bytes, h.bytes, sizeof h.bytes);
    assert_int_equal(decode(decode_handle, H "02000000").code, 2);
    assert_int_equal(decode(decode_create, H "01000000 02000000 00000000").number,
                     KEY_OPENED_EXISTING);
    assert_int_equal(decode(decode_create, H "00000000 05000000").code, 5);
    assert_int_equal(decode(decode_number, "06000000 00000000").number, WINREG_VERSION_64);
    assert_int_equal(decode(decode_code, "05000000").code, 5);
    assert_int_equal(decode(decode_shutdown, "a6040000").code, 1190);
    assert_int_equal(refused(decode_code, "05000000 0000000000000000"), E_FORMAT);
}

static void value_is_read_with_its_bytes(void **state)
{
    struct decoded d =
        decode(decode_value, "01000000 04000000 02000000 00000100 00000000 04000000 01000000"
                             "03000000 04000000 04000000 04000000 00000000");

    (void)state;
    assert_int_equal(d.value.type, REG_DWORD);
    assert_int_equal(d.value.size, 4);
    assert_int_equal(d.value.bytes[0], 1);
    value_fini(&d.value);
    d = decode(decode_value, "01000000 03000000 02000000 03000000 00000000 03000000 aabbcc 00"
                             "03000000 03000000 04000000 03000000 00000000");
    assert_int_equal(d.value.size, 3);
    value_fini(&d.value);
    d = decode(decode_value, "01000000 01000000 02000000 00000100 00000000 00000000"
                             "03000000 00000000 04000000 00000000 00000000");
    assert_int_equal(d.value.type, REG_SZ);
    assert_int_equal(d.value.size, 0);
    assert_false(d.value.absent);
    value_fini(&d.value);
}

static void value_that_needs_more_room_tells_how_much(void **state)
{
    struct decoded d = decode(decode_value, "01000000 03000000 02000000 00000100 00000000 00000000"
                                            "03000000 00000200 04000000 00000000 ea000000");

    (void)state;
    assert_int_equal(d.code, WIN32_MORE_DATA);
    assert_int_equal(d.number, 131072);
    d = decode(decode_value, "00000000 00000000 00000000 00000000 02000000");
    assert_int_equal(d.code, WIN32_FILE_NOT_FOUND);
}

static void lying_values_are_refused(void **state)
{
    (void)state;
    /* says 4 bytes in the array, 5 in the size */
    assert_int_equal(refused(decode_value,
                             "01000000 04000000 02000000 04000000 00000000 04000000 01000000"
                             "03000000 05000000 04000000 04000000 00000000"),
                     E_FORMAT);
    /* more there than there is room for */
    assert_int_equal(refused(decode_value,
                             "01000000 04000000 02000000 03000000 00000000 04000000 01000000"
                             "03000000 04000000 04000000 04000000 00000000"),
                     E_SHORT);
    /* four gigabytes announced */
    assert_int_equal(refused(decode_value,
                             "01000000 04000000 02000000 ffffffff 00000000 ffffffff 01000000"
                             "03000000 04000000 04000000 04000000 00000000"),
                     E_SHORT);
    /* an offset */
    assert_int_equal(refused(decode_value,
                             "01000000 04000000 02000000 08000000 04000000 04000000 01000000"
                             "03000000 04000000 04000000 04000000 00000000"),
                     E_SHORT);
    /* success without data, though a size is told */
    assert_int_equal(
        refused(decode_value, "01000000 04000000 00000000 03000000 04000000 00000000 00000000"),
        E_FORMAT);
}

static void subkey_names_are_read(void **state)
{
    struct decoded d =
        decode(decode_enum_key, "0600 0002 01000000 00010000 00000000 03000000 41007d01 0000 0000"
                                "02000000 0000 0004 03000000 00020000 00000000 00000000"
                                "04000000 11111111 22222222 00000000");

    (void)state;
    assert_string_equal(d.name, "A\xc5\xbd");
    free(d.name);
    d = decode(decode_enum_key, "0000 0002 00000000 00000000 00000000 03010000");
    assert_int_equal(d.code, WIN32_NO_MORE_ITEMS);
    assert_null(d.name);
    /* a name with a NUL inside */
    assert_int_equal(refused(decode_enum_key,
                             "0800 0002 01000000 00010000 00000000 04000000 4100000042000000"
                             "00000000 00000000 00000000"),
                     E_DATA);
    /* Length is more than what is there: only what is there counts */
    d = decode(decode_enum_key, "ffff ffff 01000000 00010000 00000000 02000000 41004200"
                                "00000000 00000000 00000000");
    assert_string_equal(d.name, "AB");
    free(d.name);
}

static void enumerated_values_are_read(void **state)
{
    struct decoded d =
        decode(decode_enum_value, "0400 1000 01000000 08000000 00000000 02000000 45000000"
                                  "02000000 04000000 03000000 08000000 00000000 04000000 01000000"
                                  "04000000 04000000 05000000 04000000 00000000");

    (void)state;
    assert_string_equal(d.name, "E");
    assert_int_equal(d.value.type, REG_DWORD);
    assert_int_equal(d.value.size, 4);
    free(d.name);
    value_fini(&d.value);
    assert_int_equal(refused(decode_enum_value,
                             "0400 1000 01000000 08000000 00000000 02000000 45000000"
                             "02000000 04000000 03000000 08000000 00000000 04000000 01000000"
                             "04000000 03000000 05000000 04000000 00000000"),
                     E_FORMAT);
}

static void key_info_is_read(void **state)
{
    struct decoded d =
        decode(decode_info, "0200 0004 01000000 00020000 00000000 01000000 0000 0000"
                            "03000000 10000000 00000000 07000000 20000000 40000000 50000000"
                            "88776655 44332211 00000000");

    (void)state;
    assert_int_equal(d.info.subkeys, 3);
    assert_int_equal(d.info.values, 7);
    assert_int_equal(d.info.value_max, 0x40);
    assert_true(d.info.written_filetime == 0x1122334455667788u);
}

static void time_of_day_is_read(void **state)
{
    struct decoded d =
        decode(decode_time, "01000000 00009065 10270000 01000000 02000000 03000000 2a000000"
                            "c4ffffff 36010000 01000000 01000000 e8070000 01000000 00000000");

    (void)state;
    assert_int_equal(d.time.elapsed_s, 0x65900000);
    assert_int_equal(d.time.uptime_ms, 10000);
    assert_int_equal(d.time.hundredths, 42);
    assert_int_equal(decode(decode_time, "00000000 05000000").code, 5);
    assert_int_equal(refused(decode_time, "00000000 00000000"),
                     E_FORMAT); /* success without a time */
}

static void win32_numbers_tell_what_they_mean(void **state)
{
    struct why why = {0};

    (void)state;
    assert_int_equal(win32_fail(&why, 0), OK);
    assert_int_equal(win32_fail(&why, 5), E_DENIED);
    assert_string_equal(why.native_name, "ERROR_ACCESS_DENIED");
    assert_int_equal(win32_fail(&why, 2), E_ABSENT);
    assert_int_equal(win32_fail(&why, 1018), E_ABSENT);
    assert_int_equal(win32_fail(&why, 19), E_GOING_DOWN);
    assert_int_equal(win32_fail(&why, 21), E_GOING_DOWN);
    assert_int_equal(win32_fail(&why, 1115), E_GOING_DOWN);
    assert_int_equal(win32_fail(&why, 1190), E_GOING_DOWN);
    assert_int_equal(win32_fail(&why, 1021), E_REFUSED);
    assert_int_equal(win32_fail(&why, 77777), E_REFUSED);
    assert_int_equal(why.native, 77777);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bind_is_impackets),
        cmocka_unit_test(keys_are_opened_and_created_as_impacket_does),
        cmocka_unit_test(class_of_a_key_may_be_an_empty_string),
        cmocka_unit_test(values_are_set_and_asked_for_as_impacket_does),
        cmocka_unit_test(enumeration_is_asked_for_as_impacket_does),
        cmocka_unit_test(time_and_shutdown_are_asked_for_as_specified),
        cmocka_unit_test(text_that_is_no_utf_8_makes_the_writer_bad),
        cmocka_unit_test(handles_numbers_and_codes_are_read),
        cmocka_unit_test(value_is_read_with_its_bytes),
        cmocka_unit_test(value_that_needs_more_room_tells_how_much),
        cmocka_unit_test(lying_values_are_refused),
        cmocka_unit_test(subkey_names_are_read),
        cmocka_unit_test(enumerated_values_are_read),
        cmocka_unit_test(key_info_is_read),
        cmocka_unit_test(time_of_day_is_read),
        cmocka_unit_test(win32_numbers_tell_what_they_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
