#include "tests/unit/db/db_support.h"

static void hash_is_the_documented_one(void **state)
{
    /* Made with Python's hashlib and struct from the words of db/journal.h. */
    static const char *const expected[] = {
        "8649a82c1dbeff0e0df616091ecc0b108c713825334992be015617001a89c0ca",
        "72850d17e55e328b23edf0b98223232690548999efcf70c1b7f7b8fdab27f030"};
    struct journal_row rows[] = {
        {.at_ms = 1792000000123,
         .rollout = 7,
         .host = "web01",
         .kind = "host.changed",
         .body = "{\"values\":3}"},
        {.at_ms = -5, .rollout = 0, .host = "", .kind = "note", .body = "{}"},
    };
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct why why = {0};

    assert_ok(store_begin(st, &why), &why);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct text hex = {0};

        assert_ok(journal_append(st, &rows[i], &why), &why);
        assert_int_equal(rows[i].seq, i + 1);
        text_hex(&hex, rows[i].hash, sizeof rows[i].hash);
        assert_string_equal(text_str(&hex), expected[i]);
        text_fini(&hex);
    }
    assert_ok(store_commit(st, &why), &why);
    assert_int_equal(journal_must_verify(st), 2);
    store_close(st);
}

static void append_outside_a_transaction_is_refused(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct journal_row row = {.host = "", .kind = "k", .body = "{}", .seq = -1};
    struct why why = {0};

    assert_int_equal(journal_append(st, &row, &why), E_INTERNAL);
    assert_int_equal(row.seq, -1);
    assert_int_equal(journal_must_verify(st), 0);
    store_close(st);
}

static void a_body_over_the_limit_changes_nothing(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct why why = {0};

    assert_int_equal(events_try(st, 1, JOURNAL_BODY_MAX + 1, &why), E_LIMIT);
    assert_ok(events_try(st, 1, JOURNAL_BODY_MAX, &why), &why);
    assert_int_equal(journal_must_verify(st), 1);
    store_close(st);
}

static void rolled_back_events_were_never_there(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct journal_row row = {.rollout = 4, .host = "", .kind = "k", .body = "{}"};
    struct why why = {0};
    int64_t n = -1;

    events_append(st, 2);
    assert_ok(store_begin(st, &why), &why);
    assert_ok(journal_append(st, &row, &why), &why);
    assert_int_equal(row.seq, 3);
    store_rollback(st);
    assert_ok(journal_last_seq(st, &n, &why), &why);
    assert_int_equal(n, 2);
    assert_ok(journal_next_rollout(st, &n, &why), &why);
    assert_int_equal(n, 2);
    events_append(st, 1);
    assert_int_equal(journal_must_verify(st), 3);
    store_close(st);
}

struct reading {
    char seen[256];
    int stop_after; /* 0: never */
    int n;
};

static enum err reading_note(void *self, const struct journal_row *row)
{
    struct reading *r = self;

    (void)snprintf(r->seen + strlen(r->seen), sizeof r->seen - strlen(r->seen),
                   "%lld:%lld:%s:%s:%s ", (long long)row->seq, (long long)row->rollout, row->host,
                   row->kind, row->body);
    return ++r->n == r->stop_after ? E_CANCELLED : OK;
}

static void four_events(struct store *st)
{
    struct journal_row rows[] = {
        {.rollout = 1, .host = "", .kind = "begin", .body = "{}"},
        {.rollout = 1, .host = "a", .kind = "set", .body = "[1]"},
        {.rollout = 2, .host = "a", .kind = "set", .body = "[2]"},
        {.rollout = 2, .host = "b", .kind = "set", .body = "\"\xc3\xa9'\""},
    };
    struct why why = {0};

    assert_ok(store_begin(st, &why), &why);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_ok(journal_append(st, &rows[i], &why), &why);
    assert_ok(store_commit(st, &why), &why);
}

static void reading_takes_every_filter(void **state)
{
    static const struct {
        struct journal_filter filter;
        const char *seen;
    } cases[] = {
        {{0}, "1:1::begin:{} 2:1:a:set:[1] 3:2:a:set:[2] 4:2:b:set:\"\xc3\xa9'\" "},
        {{.rollout = 1}, "1:1::begin:{} 2:1:a:set:[1] "},
        {{.rollout = 2, .host = "a"}, "3:2:a:set:[2] "},
        {{.host = "a"}, "2:1:a:set:[1] 3:2:a:set:[2] "},
        {{.host = ""}, "1:1::begin:{} "},
        {{.kind = "set", .after_seq = 3}, "4:2:b:set:\"\xc3\xa9'\" "},
        {{.kind = "set", .rollout = 1, .host = "a"}, "2:1:a:set:[1] "},
        {{.host = "a' OR 1 --"}, ""},
        {{.rollout = 3}, ""},
    };
    struct place *p = *state;
    struct store *st = store_must_open(p->file);

    four_events(st);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reading r = {0};
        struct why why = {0};

        assert_ok(journal_read(st, &cases[i].filter, reading_note, &r, &why), &why);
        assert_string_equal(r.seen, cases[i].seen);
    }
    store_close(st);
}

static void reader_that_stops_is_obeyed(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct reading r = {.stop_after = 2};
    struct why why = {0};

    four_events(st);
    assert_int_equal(journal_read(st, NULL, reading_note, &r, &why), E_CANCELLED);
    assert_int_equal(r.n, 2);
    events_append(st, 1); /* no read transaction is left open */
    store_close(st);
}

static void rollouts_are_numbered_from_the_journal(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct why why = {0};
    int64_t n = -1;

    assert_int_equal(journal_last_rollout(st, &n, &why), E_ABSENT);
    assert_int_equal(n, -1);
    assert_ok(journal_last_seq(st, &n, &why), &why);
    assert_int_equal(n, 0);
    assert_ok(journal_next_rollout(st, &n, &why), &why);
    assert_int_equal(n, 1);
    four_events(st);
    assert_ok(journal_last_rollout(st, &n, &why), &why);
    assert_int_equal(n, 2);
    assert_ok(journal_next_rollout(st, &n, &why), &why);
    assert_int_equal(n, 3);
    store_close(st);
}

/* Promise 12, in the database itself: not even SQL changes, removes or slips in an event while the
 * triggers stand. */
static void promise_12_sql_cannot_change_the_journal(void **state)
{
    static const char *const attempts[] = {
        "UPDATE journal SET body = '{}' WHERE seq = 2",
        "UPDATE journal SET seq = 99 WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 4",
        "DELETE FROM journal",
        "INSERT INTO journal SELECT 9, at_ms, rollout, host, kind, hash, body FROM journal WHERE "
        "seq = 1",
        "REPLACE INTO journal SELECT 2, at_ms, rollout, host, kind, hash, body FROM journal WHERE "
        "seq = 1",
        "UPDATE journal_head SET seq = 2",
        "UPDATE journal_head SET hash = zeroblob(32)",
        "DELETE FROM journal_head",
    };
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    sqlite3 *db = NULL;

    four_events(st);
    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    for (size_t i = 0; i < COUNT(attempts); i++) {
        assert_int_equal(sqlite3_exec(db, attempts[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
        assert_non_null(strstr(sqlite3_errmsg(db), "append-only"));
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(journal_must_verify(st), 4);
    store_close(st);
}

#define WITHOUT_TRIGGERS                                                           \
    "DROP TRIGGER journal_follows; DROP TRIGGER journal_moves_head; DROP TRIGGER " \
    "journal_no_update;"                                                           \
    "DROP TRIGGER journal_no_delete; DROP TRIGGER journal_head_only_forward;"
#define SWAP(columns)                                                              \
    "CREATE TEMP TABLE was AS SELECT * FROM journal; UPDATE journal SET (" columns \
    ") = (SELECT " columns " FROM was WHERE was.seq = 10 - journal.seq) WHERE seq IN (4, 6);"

/* Promise 12: whatever somebody did to the file, the audit names the first event concerned. */
static void promise_12_audit_names_the_event(void **state)
{
    static const struct {
        const char *deed;
        const char *word;
    } cases[] = {
        {"UPDATE journal SET body = '{\"n\":9}' WHERE seq = 5", "event 5 was changed"},
        {"UPDATE journal SET host = 'web02' WHERE seq = 1", "event 1 was changed"},
        {"UPDATE journal SET kind = kind || ' ' WHERE seq = 8", "event 8 was changed"},
        {"UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 3", "event 3 was changed"},
        {"UPDATE journal SET rollout = 0 WHERE seq = 3", "event 3 was changed"},
        {"UPDATE journal SET hash = randomblob(32) WHERE seq = 6", "event 6 was changed"},
        {"UPDATE journal SET hash = randomblob(32) WHERE seq >= 6", "event 6 was changed"},
        {"UPDATE journal SET host = substr(host || kind, 1, 6), kind = substr(kind, 2) WHERE seq = "
         "2",
         "event 2 was changed"},
        {"UPDATE journal SET body = body || char(0) || 'x' WHERE seq = 2", "event 2 was changed"},
        {"DELETE FROM journal WHERE seq = 5", "event 5 is missing"},
        {"DELETE FROM journal WHERE seq IN (1, 2)", "events 1 to 2 are missing"},
        {"DELETE FROM journal WHERE seq = 8", "event 8 is missing at the end"},
        {"DELETE FROM journal WHERE seq > 3", "events 4 to 8 are missing at the end"},
        {"DELETE FROM journal", "events 1 to 8 are missing at the end"},
        {"DELETE FROM journal WHERE seq = 5; UPDATE journal SET seq = -seq WHERE seq > 5;"
         "UPDATE journal SET seq = -seq - 1 WHERE seq < 0",
         "event 5 was changed"},
        {SWAP("at_ms, rollout, host, kind, hash, body"), "event 4 stands in the place of event 6"},
        {SWAP("body"), "event 4 was changed"},
        {"INSERT INTO journal SELECT 9, at_ms, rollout, host, kind, hash, body FROM journal WHERE "
         "seq = 8",
         "event 9 was changed"},
        {"INSERT INTO journal SELECT 0, at_ms, rollout, host, kind, hash, body FROM journal WHERE "
         "seq = 8",
         "event 0 has a number"},
        {"UPDATE journal_head SET seq = 5", "end was changed"},
        {"UPDATE journal_head SET hash = randomblob(32)", "every hash after it made anew"},
        {"DELETE FROM journal_head", "end was changed"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct journal_proof proof = {.events = -1};
        struct why why = {0};
        struct store *st;
        struct place *p;
        void *mine;

        assert_int_equal(store_make(&mine), 0);
        p = mine;
        st = store_must_open(p->file);
        events_append(st, 8);
        raw_sql(p->file, WITHOUT_TRIGGERS "DROP TRIGGER journal_head_stays");
        raw_sql(p->file, cases[i].deed);
        assert_int_equal(journal_verify(st, &proof, &why), E_CORRUPT);
        if (strstr(why.text, cases[i].word) == NULL)
            fail_msg("%s: said \"%s\"", cases[i].deed, why.text);
        assert_string_equal(why.place, p->file);
        assert_int_equal(proof.events, -1);
        store_close(st);
        (void)place_remove(&mine);
    }
}

#define INDEX_AS(rule)                                                                           \
    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX journal_by_host " \
    "ON journal (host)" rule "' WHERE name = 'journal_by_host'; PRAGMA writable_schema = RESET;"

/* Such an event stands in the chain, and the history of its host would not show it. */
static void promise_12_audit_finds_an_event_that_no_index_names(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct journal_proof proof = {.events = -1};
    struct why why = {0};

    events_append(st, 8);
    store_close(st);
    raw_sql(p->file, INDEX_AS(" WHERE seq <> 5"));
    raw_sql(p->file, "REINDEX journal_by_host");
    raw_sql(p->file, INDEX_AS(""));
    st = store_must_open(p->file);
    assert_int_equal(journal_verify(st, &proof, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "damaged: row 5 missing from index journal_by_host"));
    assert_int_equal(proof.events, -1);
    store_close(st);
}

static void append_refuses_a_journal_whose_end_was_changed(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct why why = {0};

    events_append(st, 3);
    raw_sql(p->file, WITHOUT_TRIGGERS "DELETE FROM journal WHERE seq = 3");
    assert_int_equal(events_try(st, 1, 10, &why), E_CORRUPT);
    assert_non_null(strstr(why.text, "swell audit verify"));
    store_close(st);
}

static void proof_is_the_number_and_the_last_hash(void **state)
{
    struct journal_row row = {.host = "", .kind = "k", .body = "{}"};
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    struct journal_proof proof = {0};
    struct why why = {0};

    events_append(st, 4);
    assert_ok(store_begin(st, &why), &why);
    assert_ok(journal_append(st, &row, &why), &why);
    assert_ok(store_commit(st, &why), &why);
    assert_ok(journal_verify(st, &proof, &why), &why);
    assert_int_equal(proof.events, 5);
    assert_memory_equal(proof.head, row.hash, sizeof row.hash);
    store_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(hash_is_the_documented_one),
        WITH_STORE(append_outside_a_transaction_is_refused),
        WITH_STORE(a_body_over_the_limit_changes_nothing),
        WITH_STORE(rolled_back_events_were_never_there),
        WITH_STORE(reading_takes_every_filter),
        WITH_STORE(reader_that_stops_is_obeyed),
        WITH_STORE(rollouts_are_numbered_from_the_journal),
        WITH_STORE(promise_12_sql_cannot_change_the_journal),
        cmocka_unit_test(promise_12_audit_names_the_event),
        WITH_STORE(promise_12_audit_finds_an_event_that_no_index_names),
        WITH_STORE(append_refuses_a_journal_whose_end_was_changed),
        WITH_STORE(proof_is_the_number_and_the_last_hash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
