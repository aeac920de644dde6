/* swell listen, with clients that say what real ones said, and with some that no real one would. */
#include "tests/story/program.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <jansson.h>

#define ADDRESS "127.54.1.1"
#define PATIENCE_MS 60000

struct listening {
    pid_t pid;
    int err;
    struct sockaddr_in at;
    char *out; /* path */
};

static const char playbook[] =
    "playbook: only12\n"
    "settings:\n"
    "  - {key: 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\"
    "TLS 1.0\\Server', values: {Enabled: dword 0, DisabledByDefault: dword 1}}\n";

static void wait_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

/* Its first line tells where it listens. */
static void read_where(struct listening *l)
{
    char line[200] = "";
    size_t used = 0;
    unsigned port = 0;
    while (used < sizeof line - 1 && strchr(line, '\n') == NULL) {
        wait_readable(l->err);
        ssize_t n = read(l->err, line + used, sizeof line - 1 - used);
        assert_true(n > 0);
        used += (size_t)n;
    }
    const char *found = strstr(line, ADDRESS ":");
    if (found == NULL || sscanf(found, ADDRESS ":%u", &port) != 1)
        fail_msg("it said: %s", line);
    l->at = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    assert_int_equal(inet_pton(AF_INET, ADDRESS, &l->at.sin_addr), 1);
}

/* `swell listen` on a free port, with these words. */
static struct listening listen_begin(const struct place *p, ...)
{
    struct listening l = {.out = path_in(p, "heard")};
    char *argv[PROGRAM_WORDS_MAX] = {0}, *program = getenv("SWELL");
    char verb[] = "listen", where[] = ADDRESS ":0";
    int err[2], out = open(l.out, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    size_t n = 0;
    va_list args;
    argv[n++] = program;
    argv[n++] = verb;
    argv[n++] = where;
    va_start(args, p);
    while ((argv[n] = va_arg(args, char *)) != NULL)
        n++;
    va_end(args);
    assert_true(out >= 0 && pipe(err) == 0 && (l.pid = fork()) >= 0);
    if (l.pid == 0) {
        if (chdir(p->folder) != 0 || dup2(out, STDOUT_FILENO) < 0 ||
            dup2(err[1], STDERR_FILENO) < 0 || close(err[0]) != 0)
            _exit(126);
        execv(program, argv);
        _exit(127);
    }
    (void)close(out);
    (void)close(err[1]);
    l.err = err[0];
    read_where(&l);
    return l;
}

/* What it printed; it ended with this code. */
static char *listen_end(struct listening *l, int code)
{
    assert_int_equal(program_wait(l->pid), code);
    (void)close(l->err);
    char *out = text_of(l->out);
    free(l->out);
    return out;
}

static int client_connect(const struct listening *l)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&l->at, sizeof l->at), 0);
    return fd;
}

static void client_send(int fd, const void *bytes, size_t n)
{
    assert_int_equal(send(fd, bytes, n, MSG_NOSIGNAL), n);
}

static size_t captured(const char *client, char **out)
{
    char path[200];
    (void)snprintf(path, sizeof path, "tests/fuzz/handshake/client_hello.corpus/%s", client);
    return bytes_of(path, out);
}

/* The server's last word is an alert of handshake_failure, and then the end. */
static void assert_alert_and_end(int fd)
{
    static const uint8_t failure[] = {21, 3, 0, 0, 2, 2, 40};
    uint8_t bytes[64];
    size_t used = 0;
    for (ssize_t n = 1; n > 0 && used<sizeof bytes; used += n> 0 ? (size_t)n : 0) {
        wait_readable(fd);
        n = recv(fd, bytes + used, sizeof bytes - used, 0);
        assert_true(n >= 0);
    }
    assert_true(used >= sizeof failure);
    bytes[used - 5] = 0; /* the version is the client's */
    assert_memory_equal(bytes + used - sizeof failure, failure, sizeof failure);
    (void)close(fd);
}

static void client_says_hello(const struct listening *l, const char *client)
{
    char *bytes = NULL;
    size_t n = captured(client, &bytes);
    int fd = client_connect(l);
    client_send(fd, bytes, n);
    assert_alert_and_end(fd);
    free(bytes);
}

static void assert_in(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        fail_msg("'%s' is not in:\n%s", words, text);
}

static void one_client_is_told_for_people(void **state)
{
    struct place *p = *state;
    struct listening l = listen_begin(p, "--once", NULL);
    client_says_hello(&l, "openssl13");
    char *out = listen_end(&l, 0);
    assert_in(out, "offers TLS 1.3, 31 suites");
    assert_in(out, "www.example.com");
    assert_in(out, "h2, http/1.1");
    assert_in(out, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    assert_in(out, "5a1edc7f170af1014fc65c994878e63c");
    assert_in(out, "t13d3111h2_e8f1e7e78f70_1f22a2ca17c4");
    free(out);
}

static void one_client_is_told_for_programs(void **state)
{
    struct place *p = *state;
    struct listening l = listen_begin(p, "--once", "--format", "json", NULL);
    client_says_hello(&l, "java-sslv2-form");
    char *out = listen_end(&l, 0);
    json_error_t error;
    json_t *j = json_loads(out, 0, &error), *hello;
    assert_non_null(j);
    assert_int_equal(json_integer_value(json_object_get(j, "schema_version")), 1);
    assert_int_equal(json_array_size(json_object_get(j, "clients")), 1);
    hello = json_object_get(json_array_get(json_object_get(j, "clients"), 0), "hello");
    assert_string_equal(json_string_value(json_object_get(hello, "form")), "ssl2");
    assert_string_equal(json_string_value(json_object_get(hello, "legacy_version")), "TLS 1.0");
    json_decref(j);
    free(out);
}

static void a_client_that_would_be_lost_is_exit_code_32(void **state)
{
    struct place *p = *state;
    file_make(p, "only12.yaml", playbook);
    struct listening l = listen_begin(p, "--once", "--playbook", "only12.yaml", "--build", "17763",
                                      NULL);
    client_says_hello(&l, "openssl10");
    char *out = listen_end(&l, 32);
    assert_in(out, "fails");
    assert_in(out, "Server 2019 (17763)");
    assert_in(out, "the client offers at most TLS 1.0");
    free(out);
    l = listen_begin(p, "--once", "--playbook", "only12.yaml", NULL);
    client_says_hello(&l, "openssl12");
    out = listen_end(&l, 0);
    assert_in(out, "Server 2025 (26100): TLS 1.2 with ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    free(out);
}

static void many_clients_come_at_once_and_one_byte_at_a_time(void **state)
{
    enum { CLIENTS = 40 };
    struct place *p = *state;
    struct listening l = listen_begin(p, "--count", "40", "--format", "jsonl", NULL);
    char *bytes = NULL;
    size_t n = captured("gnutls", &bytes), lines = 0;
    int fds[CLIENTS];
    for (size_t c = 0; c < CLIENTS; c++)
        fds[c] = client_connect(&l);
    for (size_t at = 0; at < n; at++)
        for (size_t c = 0; c < CLIENTS; c++)
            client_send(fds[c], bytes + at, 1);
    for (size_t c = 0; c < CLIENTS; c++)
        assert_alert_and_end(fds[c]);
    free(bytes);
    char *out = listen_end(&l, 0);
    for (const char *at = out; (at = strstr(at, "t13i291200_723694b0fccc_2cc26d266019")) != NULL;
         at++)
        lines++;
    assert_int_equal(lines, CLIENTS);
    free(out);
}

static void what_is_no_hello_is_told_and_not_counted(void **state)
{
    static const char http[] = "GET / HTTP/1.1\r\n\r\n", ssh[] = "SSH-2.0-\x1b[31mred\r\n";
    struct place *p = *state;
    struct listening l = listen_begin(p, "--once", "--timeout", "300ms", NULL);
    char byte;
    int fd = client_connect(&l);
    client_send(fd, http, sizeof http - 1);
    wait_readable(fd);
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    (void)close(fd);
    fd = client_connect(&l);
    client_send(fd, ssh, sizeof ssh - 1);
    wait_readable(fd);
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    (void)close(fd);
    fd = client_connect(&l); /* says nothing until its time is over */
    wait_readable(fd);
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    (void)close(fd);
    client_says_hello(&l, "curl");
    char *out = listen_end(&l, 0);
    assert_in(out, "this is HTTP, not TLS");
    assert_in(out, "this is SSH, not TLS; it began with `SSH-2.0-.[31mred");
    assert_in(out, "the time was over, and it had not said anything");
    assert_null(strchr(out, '\x1b'));
    free(out);
}

static void a_printer_is_heard_behind_smtp(void **state)
{
    static const char words[] = "EHLO printer\r\nSTARTTLS\r\n";
    struct place *p = *state;
    struct listening l = listen_begin(p, "--once", "--starttls", "smtp", NULL);
    char *bytes = NULL, line[200] = "";
    size_t n = captured("openssl12", &bytes), used = 0;
    int fd = client_connect(&l);
    client_send(fd, words, sizeof words - 1);
    while (strstr(line, "220 go ahead\r\n") == NULL) {
        wait_readable(fd);
        ssize_t got = recv(fd, line + used, sizeof line - 1 - used, 0);
        assert_true(got > 0);
        used += (size_t)got;
    }
    client_send(fd, bytes, n);
    assert_alert_and_end(fd);
    free(bytes);
    char *out = listen_end(&l, 0);
    assert_in(out, "EHLO printer");
    assert_in(out, "offers at most TLS 1.2");
    free(out);
}

static void ctrl_c_ends_it(void **state)
{
    struct place *p = *state;
    struct listening l = listen_begin(p, "--format", "json", NULL);
    client_says_hello(&l, "python");
    assert_int_equal(kill(l.pid, SIGINT), 0);
    char *out = listen_end(&l, 0);
    assert_in(out, "\"kind\":\"clients\"");
    assert_in(out, "t13d181100_85036bcba153_d41ae481755e");
    free(out);
    l = listen_begin(p, "--once", NULL);
    assert_int_equal(kill(l.pid, SIGTERM), 0);
    free(listen_end(&l, 143));
}

static void what_cannot_be_is_refused(void **state)
{
    struct place *p = *state;
    assert_ran(p, 64, "", "ADDRESS:PORT", "listen", "127.54.1.1");
    assert_ran(p, 64, "", "expected a port", "listen", "127.54.1.1:99999");
    assert_ran(p, 64, "", "cannot listen there", "listen", "192.0.2.1:0");
    assert_ran(p, 64, "", "--starttls: expected tls, rdp", "listen", ":0", "--starttls", "smpt");
    assert_ran(p, 64, "", "--build: it says nothing without --playbook", "listen", ":0", "--build",
               "17763");
    assert_ran(p, 64, "", "--count", "listen", ":0", "--count", "0");
    assert_ran(p, 1, "", "absent.yaml", "listen", ":0", "--playbook", "absent.yaml");
    assert_ran(p, 64, "", "--format: expected text, json or jsonl", "listen", ":0", "--format",
               "csv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HOME(one_client_is_told_for_people),
        WITH_HOME(one_client_is_told_for_programs),
        WITH_HOME(a_client_that_would_be_lost_is_exit_code_32),
        WITH_HOME(many_clients_come_at_once_and_one_byte_at_a_time),
        WITH_HOME(what_is_no_hello_is_told_and_not_counted),
        WITH_HOME(a_printer_is_heard_behind_smtp),
        WITH_HOME(ctrl_c_ends_it),
        WITH_HOME(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
