/* WinRM from the login to the registry, against a host of our own that speaks NTLM and encrypts. */
#include "transport/winrm_host.h"

#include "base/clock.h"

#include "tests/support/strict_server.h"
#include "tests/unit/transport/winrm_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WAIT_MS 60000
#define VALUES 22

/* Keys K0…; each holds "Enabled" (dword) and "Text" (sz) once they are set. */
struct fake {
    bool keys[VALUES];
    bool set[VALUES][2];
    unsigned number[VALUES];
    atomic_int restarts;
};

static bool takes(const char *soap, const char *tag, char *out, size_t size)
{
    char open[40];
    const char *at;

    (void)snprintf(open, sizeof open, "<m:%s>", tag);
    at = strstr(soap, open);
    if (at == NULL)
        return false;
    at += strlen(open);
    (void)snprintf(out, size, "%.*s", (int)strcspn(at, "<"), at);
    return true;
}

static void value_answer(const struct fake *f, unsigned k, int which, struct text *body)
{
    if (!f->set[k][which])
        text_put(body, "<o><ReturnValue>1</ReturnValue></o>");
    else if (which == 0)
        text_printf(body, "<p:o xmlns:p=\"u\"><p:uValue> %u </p:uValue>"
                          "<p:ReturnValue>0</p:ReturnValue></p:o>",
                    f->number[k]);
    else
        text_put(body, "<o><sValue>a&lt;b\xc5\xbe</sValue><ReturnValue>0</ReturnValue></o>");
}

static void list_answer(const struct fake *f, unsigned k, struct text *body)
{
    text_put(body, "<o xmlns:i=\"i\">");
    if (!f->set[k][0] && !f->set[k][1])
        text_put(body, "<sNames i:nil=\"true\"/><Types i:nil=\"true\"/>");
    for (int w = 0; w < 2; w++)
        if (f->set[k][w])
            text_printf(body, "<sNames>%s</sNames>", w == 0 ? "enabled" : "Text");
    for (int w = 0; w < 2; w++)
        if (f->set[k][w])
            text_printf(body, "<Types>%d</Types>", w == 0 ? 4 : 1);
    text_put(body, "<ReturnValue>0</ReturnValue></o>");
}

static void method_answer(struct fake *f, const char *soap, unsigned k, struct text *body)
{
    char name[40] = "", number[40] = "";
    int which = takes(soap, "sValueName", name, sizeof name) && strcmp(name, "Text") == 0;

    if (strstr(soap, "StdRegProv/CreateKey<") != NULL) {
        f->keys[k] = true;
    } else if (!f->keys[k]) {
        text_put(body, "<o><ReturnValue>2</ReturnValue></o>");
        return;
    } else if (strstr(soap, "StdRegProv/EnumValues<") != NULL) {
        list_answer(f, k, body);
        return;
    } else if (strstr(soap, "StdRegProv/Get") != NULL) {
        value_answer(f, k, which, body);
        return;
    } else if (strstr(soap, "StdRegProv/EnumKey<") != NULL) {
        text_put(body, "<o><ReturnValue>0</ReturnValue></o>");
        return;
    } else if (strstr(soap, "StdRegProv/SetDWORDValue<") != NULL) {
        assert_true(takes(soap, "uValue", number, sizeof number));
        f->number[k] = (unsigned)strtoul(number, NULL, 10);
        f->set[k][0] = true;
    } else if (strstr(soap, "StdRegProv/DeleteValue<") != NULL) {
        f->set[k][which] = false;
    } else if (strstr(soap, "StdRegProv/DeleteKey<") != NULL) {
        f->keys[k] = false;
    } else {
        abort();
    }
    text_put(body, "<o><ReturnValue>0</ReturnValue></o>");
}

static void fake_answer(void *self, const char *soap, struct text *body)
{
    struct fake *f = self;
    char key[80];

    if (strstr(soap, ":Identify ") != NULL) {
        text_put(body, "<w:IdentifyResponse xmlns:w=\"w\"/>");
    } else if (strstr(soap, "Win32ShutdownTracker<") != NULL) {
        atomic_fetch_add(&f->restarts, 1);
        text_put(body, "<o><ReturnValue>0</ReturnValue></o>");
    } else if (strstr(soap, "transfer/Get<") != NULL) {
        text_put(body,
                 "<p:Win32_OperatingSystem xmlns:p=\"u\"><p:LastBootUpTime><c:Datetime "
                 "xmlns:c=\"c\">2026-11-21T01:00:00+01:00</c:Datetime></p:LastBootUpTime>"
                 "<p:LocalDateTime>20261121011000.000000+060</p:LocalDateTime>"
                 "</p:Win32_OperatingSystem>");
    } else if (takes(soap, "sSubKeyName", key, sizeof key) && str_starts(key, "SYSTEM\\Cur")) {
        text_put(body, "<o><uValue>1</uValue><uValue>2</uValue><uValue>3</uValue><uValue>4</uValue>"
                       "<uValue>5</uValue><uValue>6</uValue><uValue>7</uValue><uValue>1</uValue>"
                       "<ReturnValue>0</ReturnValue></o>");
    } else if (str_starts(key, "SOFTWARE\\K")) {
        method_answer(f, soap, (unsigned)strtoul(key + strlen("SOFTWARE\\K"), NULL, 10), body);
    } else {
        abort();
    }
}

struct place {
    struct fake fake;
    struct winrm_peer peer;
    struct secret password;
    struct transport_target target;
    struct transport *t;
    struct why why;
};

static int64_t deadline(void)
{
    return clock_mono_ms() + WAIT_MS;
}

static enum err place_begin(struct place *p, enum peer_mood mood)
{
    *p = (struct place){.peer = {.answer = fake_answer, .mood = mood}};
    p->peer.self = &p->fake;
    winrm_peer_start(&p->peer);
    assert_int_equal(secret_from_bytes(STRICT_PASSWORD, strlen(STRICT_PASSWORD), &p->password),
                     OK);
    p->target = (struct transport_target){.name = "h1",
                                          .address = "127.61.0.1",
                                          .port = p->peer.port,
                                          .user = STRICT_DOMAIN "\\" STRICT_USER,
                                          .password = &p->password,
                                          .auth = AUTH_NTLM};
    return transport_winrm.open(&p->target, deadline(), &p->t, &p->why);
}

static void place_end(struct place *p)
{
    transport_winrm.close(p->t);
    winrm_peer_stop(&p->peer);
    secret_fini(&p->password);
}

static void key_of(size_t k, char text[40], struct reg_path *out)
{
    (void)snprintf(text, 40, "SOFTWARE\\K%zu", k);
    *out = (struct reg_path){.hive = HIVE_LOCAL_MACHINE, .view = VIEW_64, .key = text};
}

/* 22 keys, as many values: read, created, set, read again. */
static enum err roll(struct place *p, size_t n)
{
    struct reg_path paths[VALUES];
    char keys[VALUES][40];
    struct reg_value value = {0};
    struct reg_op ops[2 * VALUES];
    struct reg_read items[VALUES];
    enum err e;

    assert_int_equal(value_dword(7, &value), OK);
    for (size_t i = 0; i < n; i++) {
        key_of(i / 2, keys[i], &paths[i]);
        items[i] = (struct reg_read){.path = &paths[i], .name = i % 2 == 0 ? "Enabled" : "Text"};
        ops[2 * i] = (struct reg_op){.kind = OP_CREATE_KEY, .path = &paths[i]};
        ops[2 * i + 1] = (struct reg_op){
            .kind = OP_SET_VALUE, .path = &paths[i], .name = "Enabled", .value = &value};
    }
    e = transport_winrm.read(p->t, items, n, deadline(), &p->why);
    for (size_t i = 0; e == OK && i < n; i++)
        assert_true(items[i].err == OK && items[i].value.absent && !items[i].key_exists);
    read_fini(items, n);
    if (e == OK)
        e = transport_winrm.apply(p->t, ops, 2 * n, deadline(), &p->why);
    for (size_t i = 0; e == OK && i < 2 * n; i++)
        assert_true(ops[i].done && ops[i].err == OK);
    if (e == OK)
        e = transport_winrm.read(p->t, items, n, deadline(), &p->why);
    for (size_t i = 0; e == OK && i < n; i++)
        assert_true(items[i].err == OK && items[i].key_exists &&
                    (i % 2 == 0 ? value_equal(&items[i].value, &value) : items[i].value.absent));
    read_fini(items, n);
    value_fini(&value);
    return e;
}

static void values_are_created_set_and_read_back(void **state)
{
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_GOOD), OK);
    assert_int_equal(roll(&p, 10), OK);
    place_end(&p);
}

static void twenty_two_values_take_one_call_each_over_eight_connections(void **state)
{
    static const unsigned per_key = 2;
    struct reg_path paths[VALUES];
    char keys[VALUES][40];
    struct reg_read items[VALUES];
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_GOOD), OK);
    for (size_t i = 0; i < VALUES; i++) {
        key_of(i / per_key, keys[i], &paths[i]);
        p.fake.keys[i / per_key] = true;
        p.fake.set[i / per_key][i % per_key] = true;
        items[i] = (struct reg_read){.path = &paths[i], .name = i % 2 == 0 ? "Enabled" : "Text"};
    }
    assert_int_equal(transport_winrm.read(p.t, items, VALUES, deadline(), &p.why), OK);
    for (size_t i = 0; i < VALUES; i++) {
        assert_int_equal(items[i].err, OK);
        assert_int_equal(items[i].value.type, i % 2 == 0 ? REG_DWORD : REG_SZ);
        assert_int_equal(items[i].value.size, i % 2 == 0 ? 4 : 10);
    }
    assert_memory_equal(items[1].value.bytes, "a\0<\0b\0\x7e\x01\0\0", 10);
    /* One to see that WinRM works, one a key and one a value: five turns of eight at best. */
    assert_int_equal(atomic_load(&p.peer.calls), 1 + VALUES / 2 + VALUES);
    assert_int_equal(atomic_load(&p.peer.connections), WSMAN_LANES_MAX);
    print_message("%d turns\n", (int)winrm_turns(p.t));
    read_fini(items, VALUES);
    place_end(&p);
}

static void key_with_values_is_not_deleted(void **state)
{
    char key[40];
    struct reg_path path;
    struct reg_op op = {.kind = OP_DELETE_KEY, .path = &path};
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_GOOD), OK);
    key_of(3, key, &path);
    p.fake.keys[3] = p.fake.set[3][1] = true;
    assert_int_equal(transport_winrm.apply(p.t, &op, 1, deadline(), &p.why), OK);
    assert_true(op.err == E_REFUSED && !op.done && p.fake.keys[3]);
    p.fake.set[3][1] = false;
    assert_int_equal(transport_winrm.apply(p.t, &op, 1, deadline(), &p.why), OK);
    assert_true(op.err == OK && op.done && !p.fake.keys[3]);
    place_end(&p);
}

static void identity_and_restart_are_asked(void **state)
{
    struct boot_identity id;
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_GOOD), OK);
    assert_int_equal(transport_winrm.look(&p.target, deadline(), &id, &p.why), OK);
    assert_int_equal(transport_winrm.identity(p.t, deadline(), &id, &p.why), OK);
    assert_true(id.has_uptime && id.uptime_ms == 600000);
    assert_true(id.has_shutdown && id.shutdown_filetime == 0x0107060504030201u);
    assert_int_equal(transport_winrm.restart(p.t, "why \xc5\xbe", 5, deadline(), &p.why), OK);
    assert_int_equal(atomic_load(&p.fake.restarts), 1);
    place_end(&p);
}

static void restart_whose_answer_is_lost_is_asked_once(void **state)
{
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_DIES_OF_IT), OK);
    assert_int_equal(transport_winrm.restart(p.t, "why", 5, deadline(), &p.why), E_CUT);
    assert_int_equal(atomic_load(&p.fake.restarts), 1);
    place_end(&p);
}

static void wrong_password_is_refused(void **state)
{
    struct place p;
    struct transport *t = NULL;
    struct secret wrong = {0};

    (void)state;
    assert_int_equal(place_begin(&p, PEER_GOOD), OK);
    assert_int_equal(secret_from_bytes("wrong", 5, &wrong), OK);
    p.target.password = &wrong;
    assert_int_equal(transport_winrm.open(&p.target, deadline(), &t, &p.why), E_AUTH);
    assert_null(t);
    secret_fini(&wrong);
    place_end(&p);
}

static void answer_in_the_clear_is_not_believed(void **state)
{
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_IN_THE_CLEAR), E_SECURITY);
    place_end(&p);
}

static void answer_of_another_length_is_not_believed(void **state)
{
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_WRONG_LENGTH), E_SECURITY);
    place_end(&p);
}

static void connection_that_was_closed_is_made_again(void **state)
{
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_HANGS_UP_ONCE), OK);
    assert_int_equal(roll(&p, 2), OK);
    assert_true(atomic_load(&p.peer.connections) >= 2 && p.peer.calls >= 4);
    place_end(&p);
}

static void login_that_is_over_is_made_again(void **state)
{
    struct place p;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_FORGETS_ONCE), OK);
    assert_int_equal(roll(&p, 2), OK);
    assert_int_equal(atomic_load(&p.peer.connections), 1);
    place_end(&p);
}

static void password_never_goes_over_http_by_basic(void **state)
{
    struct place p;
    struct transport *t = NULL;

    (void)state;
    assert_int_equal(place_begin(&p, PEER_GOOD), OK);
    p.target.auth = AUTH_BASIC;
    assert_int_equal(transport_winrm.open(&p.target, deadline(), &t, &p.why), E_CONFIG);
    place_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_created_set_and_read_back),
        cmocka_unit_test(twenty_two_values_take_one_call_each_over_eight_connections),
        cmocka_unit_test(key_with_values_is_not_deleted),
        cmocka_unit_test(identity_and_restart_are_asked),
        cmocka_unit_test(restart_whose_answer_is_lost_is_asked_once),
        cmocka_unit_test(wrong_password_is_refused),
        cmocka_unit_test(answer_in_the_clear_is_not_believed),
        cmocka_unit_test(answer_of_another_length_is_not_believed),
        cmocka_unit_test(connection_that_was_closed_is_made_again),
        cmocka_unit_test(login_that_is_over_is_made_again),
        cmocka_unit_test(password_never_goes_over_http_by_basic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
