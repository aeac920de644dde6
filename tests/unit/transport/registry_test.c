/* Reading, listing and applying over winreg: what is asked, in which order, and what is made of the
 * answers. Every log that is expected here is the exact list of calls: one round trip each. */
#include "tests/support/winreg_peer.h"
#include "tests/unit/transport/hex.h"
#include "transport/rpc/win32.h"

#define ITEMS 8

static char tls[] = "SYSTEM\\TLS", net[] = "SOFTWARE\\NET", gone[] = "SOFTWARE\\Gone";
static char tls_new[] = "SYSTEM\\TLS\\New", hive[] = "";
static const struct reg_path tls_path = {.key = tls}, net_path = {.key = net},
                             gone_path = {.key = gone};
static const struct reg_path net32_path = {.key = net, .view = VIEW_32};
static const struct reg_path new_path = {.key = tls_new}, hive_path = {.key = hive};
static uint8_t one[] = {1, 0, 0, 0};
static const struct reg_value value_one = {.type = REG_DWORD, .bytes = one, .size = sizeof one};
static uint8_t big[REG_VALUE_MAX + 1];

struct setup {
    struct winreg_peer peer;
    struct smb_host host;
    struct peer_key *tls, *net;
    struct why why;
};

static struct setup *begin(void)
{
    struct setup *s = calloc(1, sizeof *s);

    assert_non_null(s);
    winreg_peer_init(&s->peer);
    winreg_peer_host(&s->peer, &s->host);
    s->tls = winreg_peer_key(&s->peer, tls);
    s->net = winreg_peer_key(&s->peer, net);
    peer_key_value(s->tls, "Enabled", REG_DWORD, one, sizeof one);
    peer_key_value(s->tls, "", REG_SZ, "a\0b\0", 4);
    peer_key_value(s->net, "Strong", REG_DWORD, one, sizeof one);
    return s;
}

static void end(struct setup *s)
{
    rpc_fini(&s->host.winreg.rpc);
    smb_connection_fini(&s->host.connection);
    winreg_peer_fini(&s->peer);
    free(s);
}

static void logged(const struct setup *s, const char *expected)
{
    assert_string_equal(text_str(&s->peer.log), expected);
}

static struct reg_read ask(const struct reg_path *path, const char *name)
{
    return (struct reg_read){.path = path, .name = name};
}

static void one_item_is_read(struct setup *s, const struct reg_path *path, const char *name,
                             struct reg_read *item)
{
    *item = (struct reg_read){.path = path, .name = name};
    assert_int_equal(smb_read_items(&s->host.base, item, 1, 0, &s->why), OK);
}

static void items_of_a_key_are_read_together_and_stay_in_place(void **state)
{
    struct setup *s = begin();
    struct reg_read items[] = {ask(&tls_path, "Enabled"), ask(&net_path, "Strong"),
                               ask(&gone_path, "x"), ask(&tls_path, "missing"),
                               ask(&tls_path, ""), ask(&gone_path, NULL),
                               ask(&net_path, NULL)};

    (void)state;
    assert_int_equal(smb_read_items(&s->host.base, items, COUNT(items), 0, &s->why), OK);
    logged(s, "hive open:SOFTWARE\\Gone:20119 open:SOFTWARE\\NET:20119 query:Strong close:NET "
              "open:SYSTEM\\TLS:20119 query:Enabled query:missing query: close:TLS ");
    assert_true(value_equal(&items[0].value, &value_one));
    assert_true(value_equal(&items[1].value, &value_one));
    assert_true(items[0].key_exists && items[3].key_exists && !items[2].key_exists &&
                !items[5].key_exists);
    assert_true(items[2].value.absent && items[3].value.absent && items[5].value.absent);
    assert_int_equal(items[4].value.size, 4);
    assert_true(items[6].key_exists && !items[6].value.absent);
    for (size_t i = 0; i < COUNT(items); i++)
        assert_int_equal(items[i].err, OK);
    assert_int_equal(s->peer.open_handles, 0);
    read_fini(items, COUNT(items));
    end(s);
}

static void denied_key_fails_its_items_only(void **state)
{
    struct setup *s = begin();
    struct reg_read items[] = {ask(&tls_path, "Enabled"), ask(&net_path, "Strong")};

    (void)state;
    s->net->open_code = WIN32_ACCESS_DENIED;
    assert_int_equal(smb_read_items(&s->host.base, items, 2, 0, &s->why), OK);
    assert_int_equal(items[0].err, OK);
    assert_int_equal(items[1].err, E_DENIED);
    assert_string_equal(items[1].why.place, "\\pipe\\winreg open HKLM\\SOFTWARE\\NET");
    assert_string_equal(items[1].why.native_name, "ERROR_ACCESS_DENIED");
    assert_false(items[1].key_exists);
    logged(s,
           "hive open:SOFTWARE\\NET:20119 version open:SYSTEM\\TLS:20119 query:Enabled close:TLS ");
    read_fini(items, 2);
    end(s);
}

static void each_view_is_asked_for_at_each_open(void **state)
{
    struct setup *s = begin();
    struct reg_read items[] = {ask(&net32_path, "Strong"), ask(&net_path, "Strong")};

    (void)state;
    s->net->only_view = KEY_WOW64_32KEY;
    assert_int_equal(smb_read_items(&s->host.base, items, 2, 0, &s->why), OK);
    assert_true(items[0].key_exists && !items[1].key_exists);
    logged(s, "hive open:SOFTWARE\\NET:20119 open:SOFTWARE\\NET:20219 query:Strong close:NET ");
    read_fini(items, 2);
    end(s);
}

static void windows_of_32_bits_is_asked_without_views(void **state)
{
    struct setup *s = begin();
    struct reg_read items[] = {ask(&tls_path, "Enabled"), ask(&net_path, "Strong")};

    (void)state;
    s->peer.knows_no_64 = true;
    s->peer.version = 5;
    assert_int_equal(smb_read_items(&s->host.base, items, 2, 0, &s->why), OK);
    assert_true(items[0].key_exists && items[1].key_exists);
    logged(s,
           "hive open:SOFTWARE\\NET:20119 version open:SOFTWARE\\NET:20019 query:Strong close:NET "
           "open:SYSTEM\\TLS:20019 query:Enabled close:TLS ");
    read_fini(items, 2);
    end(s);
}

static void value_larger_than_the_first_room_is_asked_again(void **state)
{
    struct setup *s = begin();
    struct reg_read item;

    (void)state;
    peer_key_value(s->net, "big", REG_BINARY, big, 100000);
    one_item_is_read(s, &net_path, "big", &item);
    assert_int_equal(item.value.size, 100000);
    logged(s, "hive open:SOFTWARE\\NET:20119 query:big query:big close:NET ");
    read_fini(&item, 1);
    end(s);
}

static void value_over_the_limit_is_told_and_the_rest_is_read(void **state)
{
    struct setup *s = begin();
    struct reg_read items[] = {ask(&net_path, "huge"), ask(&net_path, "Strong")};

    (void)state;
    peer_key_value(s->net, "huge", REG_BINARY, big, sizeof big);
    assert_int_equal(smb_read_items(&s->host.base, items, 2, 0, &s->why), OK);
    assert_int_equal(items[0].err, E_LIMIT);
    assert_string_equal(items[0].why.place, "\\pipe\\winreg read HKLM\\SOFTWARE\\NET value huge");
    assert_int_equal(items[1].err, OK);
    assert_true(value_equal(&items[1].value, &value_one));
    read_fini(items, 2);
    end(s);
}

static void what_a_cut_left_unread_is_not_taken_for_absent(void **state)
{
    struct setup *s = begin();
    struct reg_read items[] = {ask(&net_path, "Strong"), ask(&net_path, "other"),
                               ask(&tls_path, "Enabled")};

    (void)state;
    s->peer.fail_at = 4; /* hive, open, query, QUERY */
    assert_int_equal(smb_read_items(&s->host.base, items, 3, 0, &s->why), E_CUT);
    assert_int_equal(items[0].err, OK);
    assert_true(value_equal(&items[0].value, &value_one));
    assert_int_equal(items[1].err, E_CUT);
    assert_int_equal(items[2].err, E_CUT);
    assert_false(items[2].key_exists);
    assert_string_equal(s->why.place, "\\pipe\\winreg read HKLM\\SOFTWARE\\NET value other");
    read_fini(items, 3);
    end(s);
}

static void host_that_goes_down_under_a_read_is_told(void **state)
{
    struct setup *s = begin();
    struct reg_read item = ask(&net_path, "Strong");

    (void)state;
    s->peer.fail_at = 3;
    s->peer.fail_code = 19; /* ERROR_WRITE_PROTECT */
    assert_int_equal(smb_read_items(&s->host.base, &item, 1, 0, &s->why), E_GOING_DOWN);
    assert_int_equal(item.err, E_GOING_DOWN);
    read_fini(&item, 1);
    end(s);
}

static void key_is_listed_whole(void **state)
{
    struct setup *s = begin();
    struct reg_list l;

    (void)state;
    s->tls->subkeys = 2;
    s->tls->subkey_names[0] = "Client";
    s->tls->subkey_names[1] = "Server";
    peer_key_value(s->tls, "big", REG_BINARY, big, 70000);
    assert_int_equal(smb_list_key(&s->host.base, &tls_path, 0, &l, &s->why), OK);
    assert_true(l.key_exists);
    assert_int_equal(l.n_subkeys, 2);
    assert_string_equal(l.subkeys[1], "Server");
    assert_int_equal(l.n_values, 3);
    assert_string_equal(l.values[0].name, "Enabled");
    assert_true(value_equal(&l.values[0].value, &value_one));
    assert_string_equal(l.values[1].name, "");
    assert_int_equal(l.values[2].value.size, 70000);
    assert_int_equal(s->peer.open_handles, 0);
    list_fini(&l);
    assert_int_equal(smb_list_key(&s->host.base, &gone_path, 0, &l, &s->why), OK);
    assert_false(l.key_exists);
    end(s);
}

static void list_that_is_cut_gives_nothing(void **state)
{
    (void)state;
    for (int at = 1; at <= 8; at++) {
        struct setup *s = begin();
        struct reg_list l;

        s->tls->subkeys = 1;
        s->tls->subkey_names[0] = "Client";
        s->peer.fail_at = at;
        assert_int_equal(smb_list_key(&s->host.base, &tls_path, 0, &l, &s->why),
                         at < 8 ? E_CUT : OK);
        assert_int_equal(l.n_subkeys + l.n_values, at < 8 ? 0 : 3);
        list_fini(&l);
        end(s);
    }
}

static void key_with_a_class_is_asked_again_with_room_for_it(void **state)
{
    struct setup *s = begin();
    struct reg_op op = {.kind = OP_DELETE_KEY, .path = &net_path};

    (void)state;
    s->net->has_class = true;
    assert_int_equal(smb_apply_ops(&s->host.base, &op, 1, 0, &s->why), OK);
    assert_int_equal(op.err, E_REFUSED);
    assert_non_null(strstr(op.why.text, "1 values"));
    logged(s, "hive open:SOFTWARE\\NET:20119 info info close:NET ");
    end(s);
}

static void batch_is_applied_in_order_flushed_and_closed(void **state)
{
    struct setup *s = begin();
    struct reg_op ops[] = {
        {.kind = OP_CREATE_KEY, .path = &new_path},
        {.kind = OP_SET_VALUE, .path = &new_path, .name = "A", .value = &value_one},
        {.kind = OP_SET_VALUE, .path = &new_path, .name = "B", .value = &value_one},
        {.kind = OP_DELETE_VALUE, .path = &net_path, .name = "Strong"},
        {.kind = OP_DELETE_VALUE, .path = &gone_path, .name = "x"}};

    (void)state;
    assert_int_equal(smb_apply_ops(&s->host.base, ops, COUNT(ops), 0, &s->why), OK);
    for (size_t i = 0; i < COUNT(ops); i++)
        assert_true(ops[i].done && ops[i].err == OK);
    logged(s, "hive open:SYSTEM\\TLS:2011f create:New:2011f:0 set:A set:B open:SOFTWARE\\NET:2011f "
              "unset:Strong "
              "open:SOFTWARE\\Gone:2011f close:TLS flush:New close:New flush:NET close:NET ");
    assert_int_equal(s->peer.open_handles, 0);
    end(s);
}

static void batch_stops_at_the_first_failure_and_flushes_what_was_done(void **state)
{
    struct setup *s = begin();
    struct reg_op ops[] = {
        {.kind = OP_SET_VALUE, .path = &tls_path, .name = "A", .value = &value_one},
        {.kind = OP_SET_VALUE, .path = &gone_path, .name = "B", .value = &value_one},
        {.kind = OP_SET_VALUE, .path = &tls_path, .name = "C", .value = &value_one, .done = true}};

    (void)state;
    assert_int_equal(smb_apply_ops(&s->host.base, ops, COUNT(ops), 0, &s->why), OK);
    assert_true(ops[0].done && !ops[1].done && !ops[2].done);
    assert_int_equal(ops[1].err, E_ABSENT);
    assert_int_equal(ops[2].err, OK);
    logged(s, "hive open:SYSTEM\\TLS:2011f set:A open:SOFTWARE\\Gone:2011f flush:TLS close:TLS ");
    end(s);
}

static void cut_in_a_batch_is_the_calls_error_and_the_items(void **state)
{
    struct setup *s = begin();
    struct reg_op ops[] = {
        {.kind = OP_SET_VALUE, .path = &tls_path, .name = "A", .value = &value_one},
        {.kind = OP_SET_VALUE, .path = &tls_path, .name = "B", .value = &value_one},
        {.kind = OP_SET_VALUE, .path = &tls_path, .name = "C", .value = &value_one}};

    (void)state;
    s->peer.fail_at = 4;
    assert_int_equal(smb_apply_ops(&s->host.base, ops, COUNT(ops), 0, &s->why), E_CUT);
    assert_true(ops[0].done && !ops[1].done && !ops[2].done);
    assert_int_equal(ops[1].err, E_CUT);
    assert_string_equal(s->why.place, "\\pipe\\winreg set HKLM\\SYSTEM\\TLS value B");
    end(s);
}

static void flush_that_fails_is_told(void **state)
{
    struct setup *s = begin();
    struct reg_op op = {.kind = OP_SET_VALUE, .path = &tls_path, .name = "A", .value = &value_one};

    (void)state;
    s->peer.fail_at = 4; /* hive, open, set, FLUSH */
    s->peer.fail_code = 1016;
    assert_int_equal(smb_apply_ops(&s->host.base, &op, 1, 0, &s->why), E_REFUSED);
    assert_true(op.done);
    assert_string_equal(s->why.place, "\\pipe\\winreg flush HKLM\\SYSTEM\\TLS");
    assert_int_equal(s->peer.open_handles, 0);
    end(s);
}

static void key_is_not_created_under_a_missing_one(void **state)
{
    static char deep[] = "SOFTWARE\\Gone\\Deep";
    const struct reg_path path = {.key = deep};
    struct setup *s = begin();
    struct reg_op op = {.kind = OP_CREATE_KEY, .path = &path};

    (void)state;
    assert_int_equal(smb_apply_ops(&s->host.base, &op, 1, 0, &s->why), OK);
    assert_int_equal(op.err, E_ABSENT);
    assert_string_equal(op.why.place, "\\pipe\\winreg open HKLM\\SOFTWARE\\Gone");
    end(s);
}

static void volatile_key_is_asked_for_as_such_and_not_flushed(void **state)
{
    struct setup *s = begin();
    struct reg_op op = {.kind = OP_CREATE_KEY, .path = &new_path, .volatile_key = true};

    (void)state;
    assert_int_equal(smb_apply_ops(&s->host.base, &op, 1, 0, &s->why), OK);
    assert_true(op.done);
    logged(s, "hive open:SYSTEM\\TLS:2011f create:New:2011f:1 close:TLS close:New ");
    end(s);
}

static void only_an_empty_key_is_deleted(void **state)
{
    struct setup *s = begin();
    struct reg_op ops[] = {{.kind = OP_DELETE_KEY, .path = &gone_path},
                           {.kind = OP_DELETE_KEY, .path = &new_path},
                           {.kind = OP_DELETE_KEY, .path = &net_path}};
    struct reg_op whole = {.kind = OP_DELETE_KEY, .path = &hive_path};

    (void)state;
    (void)winreg_peer_key(&s->peer, tls_new);
    assert_int_equal(smb_apply_ops(&s->host.base, ops, COUNT(ops), 0, &s->why), OK);
    assert_true(ops[0].done && ops[1].done && !ops[2].done);
    assert_int_equal(ops[2].err, E_REFUSED);
    assert_non_null(strstr(ops[2].why.text, "0 subkeys and 1 values"));
    logged(s, "hive open:SOFTWARE\\Gone:20119 open:SYSTEM\\TLS\\New:20119 info close:New "
              "open:SYSTEM\\TLS:2011f "
              "delete:New open:SOFTWARE\\NET:20119 info close:NET flush:TLS close:TLS ");
    assert_int_equal(smb_apply_ops(&s->host.base, &whole, 1, 0, &s->why), OK);
    assert_int_equal(whole.err, E_REFUSED);
    end(s);
}

static void key_held_open_is_let_go_before_it_is_deleted(void **state)
{
    struct setup *s = begin();
    struct reg_op ops[] = {{.kind = OP_CREATE_KEY, .path = &new_path},
                           {.kind = OP_DELETE_KEY, .path = &new_path}};

    (void)state;
    assert_int_equal(smb_apply_ops(&s->host.base, ops, 2, 0, &s->why), OK);
    assert_true(ops[1].done);
    logged(s, "hive open:SYSTEM\\TLS:2011f create:New:2011f:0 flush:New close:New "
              "open:SYSTEM\\TLS\\New:20119 info "
              "close:New delete:New flush:TLS close:TLS ");
    assert_int_equal(s->peer.open_handles, 0);
    end(s);
}

static void many_keys_are_made_without_holding_all_open(void **state)
{
    enum { N = 100 };
    static char names[N][32];
    static struct reg_path paths[N];
    struct reg_op ops[N] = {{.kind = OP_CREATE_KEY}};
    struct setup *s = begin();

    (void)state;
    for (size_t i = 0; i < N; i++) {
        (void)snprintf(names[i], sizeof names[i], "SYSTEM\\TLS\\Key %zu", i);
        paths[i] = (struct reg_path){.key = names[i]};
        ops[i] = (struct reg_op){.kind = OP_CREATE_KEY, .path = &paths[i]};
    }
    assert_int_equal(smb_apply_ops(&s->host.base, ops, N, 0, &s->why), OK);
    assert_true(ops[N - 1].done);
    assert_int_equal(s->peer.n_keys, 2 + N);
    assert_int_equal(s->peer.open_handles, 0);
    end(s);
}

static void name_that_cannot_be_a_name_is_told_before_it_is_sent(void **state)
{
    struct setup *s = begin();
    struct reg_op op = {
        .kind = OP_SET_VALUE, .path = &tls_path, .name = "\xff", .value = &value_one};

    (void)state;
    assert_int_equal(smb_apply_ops(&s->host.base, &op, 1, 0, &s->why), OK);
    assert_int_equal(op.err, E_DATA);
    logged(s, "hive open:SYSTEM\\TLS:2011f close:TLS ");
    end(s);
}

/* An account that may log on, and whose rights are filtered: Windows lets it open no hive. */
static void registry_that_may_not_be_used_says_what_to_do(void **state)
{
    struct setup *s = begin();
    struct reg_read item = {.path = &tls_path, .name = "Enabled"};
    enum err e;

    (void)state;
    s->peer.fail_at = 1;
    s->peer.fail_code = WIN32_ACCESS_DENIED;
    e = smb_read_items(&s->host.base, &item, 1, 0, &s->why);
    if (e == OK) {
        e = item.err;
        s->why = item.why;
    }
    assert_int_equal(e, E_DENIED);
    assert_non_null(strstr(s->why.text, "LocalAccountTokenFilterPolicy = 1"));
    assert_non_null(strstr(s->why.place, "open HKLM"));
    assert_string_equal(s->why.native_name, "ERROR_ACCESS_DENIED");
    read_fini(&item, 1);
    end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_of_a_key_are_read_together_and_stay_in_place),
        cmocka_unit_test(denied_key_fails_its_items_only),
        cmocka_unit_test(each_view_is_asked_for_at_each_open),
        cmocka_unit_test(windows_of_32_bits_is_asked_without_views),
        cmocka_unit_test(value_larger_than_the_first_room_is_asked_again),
        cmocka_unit_test(value_over_the_limit_is_told_and_the_rest_is_read),
        cmocka_unit_test(what_a_cut_left_unread_is_not_taken_for_absent),
        cmocka_unit_test(host_that_goes_down_under_a_read_is_told),
        cmocka_unit_test(key_is_listed_whole),
        cmocka_unit_test(list_that_is_cut_gives_nothing),
        cmocka_unit_test(key_with_a_class_is_asked_again_with_room_for_it),
        cmocka_unit_test(batch_is_applied_in_order_flushed_and_closed),
        cmocka_unit_test(batch_stops_at_the_first_failure_and_flushes_what_was_done),
        cmocka_unit_test(cut_in_a_batch_is_the_calls_error_and_the_items),
        cmocka_unit_test(flush_that_fails_is_told),
        cmocka_unit_test(key_is_not_created_under_a_missing_one),
        cmocka_unit_test(volatile_key_is_asked_for_as_such_and_not_flushed),
        cmocka_unit_test(only_an_empty_key_is_deleted),
        cmocka_unit_test(key_held_open_is_let_go_before_it_is_deleted),
        cmocka_unit_test(many_keys_are_made_without_holding_all_open),
        cmocka_unit_test(name_that_cannot_be_a_name_is_told_before_it_is_sent),
        cmocka_unit_test(registry_that_may_not_be_used_says_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
