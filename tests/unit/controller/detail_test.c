#include "controller/detail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ANSWER "{\"seen\":\"refused\",\"how\":\"alert\",\"alert\":70}"
#define TLS_ANSWERS \
    "\"tls1.0\":" ANSWER ",\"tls1.1\":" ANSWER ",\"tls1.2\":" ANSWER ",\"tls1.3\":" ANSWER
#define PORTS(answers) \
    "{\"ports\":[{\"port\":443,\"dialect\":\"\",\"open\":true,\"versions\":{" answers "}}]}"

static void journal_of_before_ssl_was_known_can_be_read(void **state)
{
    struct port_list list;
    (void)state;
    assert_int_equal(detail_read_ports(PORTS(TLS_ANSWERS), &list), OK);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.ports[0].answers[SSL_2_0].seen, SEEN_NOT_ASKED);
    assert_int_equal(list.ports[0].answers[SSL_3_0].seen, SEEN_NOT_ASKED);
    assert_int_equal(list.ports[0].answers[TLS_1_0].seen, SEEN_REFUSED);
    free(list.ports);
    assert_int_equal(detail_read_ports(PORTS("\"tls1.0\":" ANSWER), &list), E_CORRUPT);
}

static void answers_about_ssl_are_written_where_they_were_asked_for(void **state)
{
    struct port_list list, again;
    json_t *o = json_object();
    (void)state;
    assert_int_equal(detail_read_ports(PORTS("\"ssl3.0\":" ANSWER "," TLS_ANSWERS), &list), OK);
    assert_int_equal(list.ports[0].answers[SSL_3_0].seen, SEEN_REFUSED);
    assert_true(detail_put(o, "ports", detail_ports(&list)));
    char *s = json_dumps(o, 0);
    assert_non_null(s);
    assert_null(strstr(s, "ssl2.0"));
    assert_non_null(strstr(s, "ssl3.0"));
    assert_int_equal(detail_read_ports(s, &again), OK);
    assert_int_equal(again.ports[0].answers[SSL_3_0].alert, 70);
    free(s);
    json_decref(o);
    free(again.ports);
    free(list.ports);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_of_before_ssl_was_known_can_be_read),
        cmocka_unit_test(answers_about_ssl_are_written_where_they_were_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
