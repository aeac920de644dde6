/* What a host behind WinRM may say, well or badly, and what is written for it. */
#include "transport/winrm/base64.h"
#include "transport/winrm/cim.h"
#include "transport/winrm/encrypt.h"
#include "transport/winrm/envelope.h"
#include "transport/winrm/login.h"
#include "transport/winrm/stdregprov.h"

#include "tests/unit/transport/hex.h"

#define SOAP(inside)                                                                  \
    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>" inside \
    "</s:Body></s:Envelope>"

static const char message[] =
    "--Encrypted Boundary\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
    "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=4\r\n"
    "--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n"
    "\x10\0\0\0HHHHHHHHHHHHHHHHdata--Encrypted Boundary--\r\n";

static enum err parse(const char *bytes, size_t n, struct sealed_part *part)
{
    struct why why;

    return encrypt_parse(NULL, rd_of(bytes, n), part, &why);
}

static void encrypted_message_is_written_as_windows_wants_it(void **state)
{
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    encrypt_frame(ENCRYPT_SPNEGO, 4, rd_text("HHHHHHHHHHHHHHHH"), rd_text("data"), &w);
    assert_int_equal(w.used, sizeof message - 1);
    assert_memory_equal(w.bytes, message, sizeof message - 1);
    wr_fini(&w);
}

static void encrypted_message_cut_anywhere_is_refused(void **state)
{
    struct sealed_part part;
    size_t whole = sizeof message - 1;

    (void)state;
    assert_int_equal(parse(message, whole, &part), OK);
    assert_int_equal(part.length, 4);
    assert_true(rd_equal(part.data, rd_text("data")));
    assert_int_equal(part.header.left, 16);
    for (size_t n = 0; n + 2 < whole; n++) {
        assert_int_not_equal(parse(message, n, &part), OK);
        assert_int_equal(part.length, 0);
    }
}

static void encrypted_message_of_other_hosts_is_read(void **state)
{
    static const char other[] =
        "-- Encrypted Boundary\nContent-Type: application/HTTP-Kerberos-session-encrypted\n"
        "originalcontent: type=application/soap+xml;charset=utf-8;length=4\n"
        "-- Encrypted Boundary\nContent-Type: application/octet-stream\n"
        "\x02\0\0\0HHdata\r\n-- Encrypted Boundary--";
    struct sealed_part part;

    (void)state;
    assert_int_equal(parse(other, sizeof other - 1, &part), OK);
    assert_true(rd_equal(part.header, rd_text("HH")) && rd_equal(part.data, rd_text("data")));
}

static enum err envelope(const char *text, struct why *why)
{
    const struct xml *body;
    struct xml *root;
    enum err e = envelope_read(rd_text(text), "uuid:AB", &root, &body, why);

    assert_true((e == OK) == (root != NULL));
    xml_free(root);
    return e;
}

static void hostile_xml_is_refused(void **state)
{
    struct text deep = {0};
    struct why why;

    (void)state;
    assert_int_equal(envelope("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", &why), E_FORMAT);
    assert_int_equal(envelope("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", &why), E_FORMAT);
    assert_int_equal(envelope(SOAP("&undefined;"), &why), E_FORMAT);
    for (int i = 0; i < 5000; i++)
        text_put(&deep, "<a>");
    assert_int_equal(envelope(text_str(&deep), &why), E_LIMIT);
    text_fini(&deep);
}

static void answer_cut_anywhere_is_refused(void **state)
{
    static const char whole[] = SOAP("<o a=\"b\"><ReturnValue>0</ReturnValue>&#x17e;</o>");
    const struct xml *body;
    struct xml *root;
    struct why why;

    (void)state;
    assert_int_equal(envelope(whole, &why), OK);
    for (size_t n = 0; n < sizeof whole - 1; n++)
        assert_int_not_equal(envelope_read(rd_of(whole, n), NULL, &root, &body, &why), OK);
}

static void answer_to_another_request_is_refused(void **state)
{
    struct why why;

    (void)state;
    assert_int_equal(envelope("<e:Envelope xmlns:e=\"e\"><e:Header><RelatesTo> uuid:ab</RelatesTo>"
                              "</e:Header><e:Body/></e:Envelope>",
                              &why),
                     OK);
    assert_int_equal(envelope("<e:Envelope xmlns:e=\"e\"><e:Header><RelatesTo>uuid:AC</RelatesTo>"
                              "</e:Header><e:Body/></e:Envelope>",
                              &why),
                     E_PROTOCOL);
}

static void faults_say_what_is_wrong(void **state)
{
    static const struct {
        const char *text;
        enum err err;
        uint32_t native;
    } faults[] = {
        {SOAP("<s:Fault><s:Detail><f:WSManFault xmlns:f=\"f\" Code=\"2150858793\"/></s:Detail>"
              "</s:Fault>"),
         E_TIMEOUT, 0x80338029},
        {SOAP("<s:Fault><s:Detail><WSManFault Code=\"5\" Machine=\"h\"><Message>Ne</Message>"
              "</WSManFault></s:Detail></s:Fault>"),
         E_DENIED, 5},
        {SOAP("<s:Fault><s:Detail><WSManFault Code=\"2150858752\"><Message><ProviderFault>"
              "<WSManFault Code=\"2147942405\"/></ProviderFault></Message></WSManFault></s:Detail>"
              "</s:Fault>"),
         E_DENIED, 5},
        {SOAP("<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value> w:QuotaLimit "
              "</s:Value></s:Subcode></s:Code></s:Fault>"),
         E_UNAVAILABLE, 0},
        {SOAP("<s:Fault/>"), E_REFUSED, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct why why;

        assert_int_equal(envelope(faults[i].text, &why), faults[i].err);
        assert_int_equal(why.native, faults[i].native);
    }
}

static enum err value_of(const char *inside, uint32_t type, struct reg_value *out)
{
    struct text t = {0};
    struct call c = {0};
    struct why why;
    enum err e;

    text_printf(&t, SOAP("<p:o xmlns:p=\"p\" xmlns:i=\"i\">%s</p:o>"), inside);
    assert_int_equal(envelope_read(rd_text(text_str(&t)), NULL, &c.answer, &c.out, &why), OK);
    e = regprov_value(&c, type, out, &why);
    text_fini(&t);
    call_fini(&c);
    return e;
}

static void value_is(const char *inside, uint32_t type, const void *bytes, size_t n)
{
    struct reg_value v;

    assert_int_equal(value_of(inside, type, &v), OK);
    assert_int_equal(v.type, type);
    assert_int_equal(v.size, n);
    assert_memory_equal(v.bytes, bytes, n);
    value_fini(&v);
}

static void values_have_their_type_and_bytes(void **state)
{
    struct reg_value v;

    (void)state;
    value_is("<uValue>4294967295</uValue><ReturnValue>0</ReturnValue>", REG_DWORD,
             "\xff\xff\xff\xff", 4);
    value_is("<uValue>1</uValue><ReturnValue>0</ReturnValue>", REG_QWORD, "\1\0\0\0\0\0\0\0", 8);
    value_is("<sValue>a</sValue><sValue>b</sValue><ReturnValue>0</ReturnValue>", REG_MULTI_SZ,
             "a\0\0\0b\0\0\0\0\0", 10);
    value_is("<sValue i:nil=\"true\"/><ReturnValue>0</ReturnValue>", REG_MULTI_SZ, "\0\0", 2);
    value_is("<sValue/><ReturnValue>0</ReturnValue>", REG_SZ, "\0\0", 2);
    value_is("<uValue>0</uValue><uValue>255</uValue><ReturnValue>0</ReturnValue>", REG_BINARY,
             "\0\xff", 2);
    assert_int_equal(value_of("<ReturnValue>1</ReturnValue>", REG_DWORD, &v), E_ABSENT);
    assert_int_equal(value_of("<ReturnValue>5</ReturnValue>", REG_DWORD, &v), E_DENIED);
    assert_int_equal(value_of("<uValue>4294967296</uValue><ReturnValue>0</ReturnValue>", REG_DWORD,
                              &v),
                     E_PROTOCOL);
    assert_int_equal(value_of("<uValue>256</uValue><ReturnValue>0</ReturnValue>", REG_BINARY, &v),
                     E_LIMIT);
}

static void what_cannot_be_read_exactly_is_said(void **state)
{
    struct reg_value v;

    (void)state;
    assert_int_equal(value_of("<ReturnValue>2147749893</ReturnValue>", REG_EXPAND_SZ, &v),
                     E_UNSUPPORTED);
    assert_int_equal(value_of("<ReturnValue>0</ReturnValue>", REG_NONE, &v), E_UNSUPPORTED);
    value_is("<uValue>37</uValue><uValue>0</uValue><uValue>0</uValue><uValue>0</uValue>"
             "<ReturnValue>0</ReturnValue>",
             REG_EXPAND_SZ, "%\0\0\0", 4);
}

static enum err set_body(uint32_t type, const void *bytes, size_t n, const char *expected)
{
    char key[] = "A\\B & C";
    const struct reg_path path = {.hive = HIVE_LOCAL_MACHINE, .view = VIEW_64, .key = key};
    struct reg_value v;
    struct call c;
    struct why why;
    enum err e;

    assert_int_equal(value_raw(type, bytes, n, &v), OK);
    e = regprov_set(&path, "N", &v, &c, &why);
    if (e == OK && strstr(text_str(&c.body), expected) == NULL)
        fail_msg("%s is not in %s", expected, text_str(&c.body));
    call_fini(&c);
    value_fini(&v);
    return e;
}

static void what_cannot_be_written_exactly_is_refused(void **state)
{
    (void)state;
    assert_int_equal(set_body(REG_DWORD, "\2\0\0\0", 4,
                              "<m:hDefKey>2147483650</m:hDefKey><m:sSubKeyName>A\\B &#38; C"
                              "</m:sSubKeyName><m:sValueName>N</m:sValueName><m:uValue>2</m:uValue>"
                              "</m:SetDWORDValue_INPUT>"),
                     OK);
    assert_int_equal(set_body(REG_SZ, "<\0\0\0", 4, "<m:sValue>&#60;</m:sValue>"), OK);
    assert_int_equal(set_body(REG_MULTI_SZ, "a\0\0\0b\0\0\0\0\0", 10,
                              "<m:sValue>a</m:sValue><m:sValue>b</m:sValue></m:SetMulti"),
                     OK);
    assert_int_equal(set_body(REG_DWORD, "\2\0\0", 3, ""), E_UNSUPPORTED);
    assert_int_equal(set_body(REG_SZ, "a\0", 2, ""), E_UNSUPPORTED);            /* no NUL */
    assert_int_equal(set_body(REG_SZ, "a\0\0\0b\0\0\0", 8, ""), E_UNSUPPORTED); /* one inside */
    assert_int_equal(set_body(REG_SZ, "\1\0\0\0", 4, ""), E_UNSUPPORTED);       /* no XML */
    assert_int_equal(set_body(REG_SZ, "\0\xd8\0\0", 4, ""), E_UNSUPPORTED);     /* half a pair */
    assert_int_equal(set_body(REG_MULTI_SZ, "\0\0a\0\0\0\0\0", 8, ""), E_UNSUPPORTED);
    assert_int_equal(set_body(REG_NONE, "", 0, ""), E_UNSUPPORTED);
    assert_int_equal(set_body(REG_DWORD_BE, "\0\0\0\1", 4, ""), E_UNSUPPORTED);
}

static void times_of_both_forms_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } times[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-21T02:03:04.567Z", 1795226584567},
        {"2026-11-21T03:03:04.5670000+01:00", 1795226584567},
        {"20261121030304.567000+060", 1795226584567},
        {"2024-02-29T23:59:59-00:30", 1709252999000},
        {"2026-13-01T00:00:00Z", -1},
        {"2026-11-21", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        int64_t ms = -1;

        assert_int_equal(cim_time(times[i].text, strlen(times[i].text), &ms), times[i].ms >= 0);
        assert_true(ms == times[i].ms);
    }
}

static void offers_of_a_login_are_told_apart(void **state)
{
    struct rd token;

    (void)state;
    assert_true(login_offer("Basic realm=\"WSMAN\"\nnegotiate YII=\n", "Negotiate", &token));
    assert_true(rd_equal(token, rd_text("YII=")));
    assert_true(login_offer("Kerberos, Negotiate", "Negotiate", &token) && token.left == 0);
    assert_false(login_offer("NegotiateX YII=\n", "Negotiate", &token));
}

static void base64_is_its_own_inverse(void **state)
{
    static const struct {
        const char *plain, *text;
    } pairs[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
    static const char *const bad[] = {"Z", "Zg=", "Zg==Zg==", "Z===", "Zm 9", "Zm9\xff"};
    struct wr w;

    (void)state;
    wr_init(&w, 0);
    for (size_t i = 0; i < COUNT(pairs); i++) { /* RFC 4648, 10 */
        struct text t = {0};

        base64_put(&t, rd_text(pairs[i].plain));
        assert_string_equal(text_str(&t), pairs[i].text);
        text_fini(&t);
        wr_reset(&w);
        assert_int_equal(base64_read(rd_text(pairs[i].text), &w), OK);
        assert_true(rd_equal(wr_view_of(&w), rd_text(pairs[i].plain)));
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_not_equal(base64_read(rd_text(bad[i]), &w), OK);
    wr_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encrypted_message_is_written_as_windows_wants_it),
        cmocka_unit_test(encrypted_message_cut_anywhere_is_refused),
        cmocka_unit_test(encrypted_message_of_other_hosts_is_read),
        cmocka_unit_test(hostile_xml_is_refused),
        cmocka_unit_test(answer_cut_anywhere_is_refused),
        cmocka_unit_test(answer_to_another_request_is_refused),
        cmocka_unit_test(faults_say_what_is_wrong),
        cmocka_unit_test(values_have_their_type_and_bytes),
        cmocka_unit_test(what_cannot_be_read_exactly_is_said),
        cmocka_unit_test(what_cannot_be_written_exactly_is_refused),
        cmocka_unit_test(times_of_both_forms_are_read),
        cmocka_unit_test(offers_of_a_login_are_told_apart),
        cmocka_unit_test(base64_is_its_own_inverse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
