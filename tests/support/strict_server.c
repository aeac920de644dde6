#include "tests/support/strict_parts.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define FILETIME_OF_1970 116444736000000000ull
#define SEND_TIME_S 10

void strict_violation(struct strict_server *s, const char *fmt, ...)
{
    char line[256];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (s->report.n_violations++ < STRICT_VIOLATIONS_MAX)
        text_printf(&s->report.violations, "%s\n", line);
}

uint64_t strict_number(struct strict_server *s)
{
    return ++s->next_number;
}

static void boot(struct strict_server *s)
{
    if (crypto_random(s->guid, sizeof s->guid) != OK)
        abort();
    s->boot_ms = clock_mono_ms();
    s->restart_at = STRICT_NEVER;
    s->back_at = STRICT_NEVER;
    s->winreg_up_at = STRICT_NEVER;
}

struct strict_server *strict_server_new(const struct strict_rules *rules)
{
    struct strict_server *s = calloc(1, sizeof *s);

    if (s == NULL || pthread_mutex_init(&s->lock, NULL) != 0)
        abort();
    s->rules = *rules;
    s->listener = -1;
    s->registry = strict_registry_new();
    s->registry->bits32 = rules->bits32 != 0;
    s->winreg = (enum strict_service_state)rules->winreg;
    s->winreg_start_type = s->winreg == SERVICE_DISABLED ? 4 : s->winreg == SERVICE_STOPPED ? 3
                                                                                            : 2;
    boot(s);
    return s;
}

static void port_open(struct strict_server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(s->port)};
    socklen_t size = sizeof a;
    int on = 1;

    if (inet_pton(AF_INET, s->address, &a.sin_addr) != 1)
        abort();
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 ||
        setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(s->listener, (struct sockaddr *)&a, sizeof a) < 0 || listen(s->listener, 64) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&a, &size) < 0) {
        perror(s->address);
        abort();
    }
    s->port = ntohs(a.sin_port);
}

static void connections_drop(struct strict_server *s)
{
    for (size_t i = 0; i < STRICT_CONNECTIONS; i++) {
        if (s->connections[i] != NULL)
            strict_connection_free(s, s->connections[i]);
        s->connections[i] = NULL;
    }
}

/* A clean shutdown: its time is written down, and what is volatile is forgotten. */
void strict_restart(struct strict_server *s)
{
    struct strict_key *k =
        strict_machine_key(s->registry, "SYSTEM\\CurrentControlSet\\Control\\Windows");
    uint64_t now = FILETIME_OF_1970 + (uint64_t)clock_real_ms() * 10000;
    struct wr w;

    wr_init(&w, 0);
    wr_le64(&w, now);
    if (k != NULL)
        strict_value_set(k, "ShutdownTime", 3, wr_view_of(&w));
    wr_fini(&w);
    connections_drop(s);
    memset(s->handles, 0, sizeof s->handles);
    if (s->listener >= 0)
        (void)close(s->listener);
    s->listener = -1;
    strict_registry_restart(s->registry);
    s->report.restarts++;
    s->restart_at = STRICT_NEVER;
    s->back_at = s->power_off ? STRICT_NEVER : clock_mono_ms() + s->rules.restart_ms;
}

static void come_back(struct strict_server *s)
{
    boot(s);
    s->winreg = s->winreg_start_type == 2   ? SERVICE_RUNNING
                : s->winreg_start_type == 3 ? SERVICE_STOPPED
                                            : SERVICE_DISABLED;
    port_open(s);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* All that is due; returns when to look again. */
static int64_t tick(struct strict_server *s)
{
    int64_t now = clock_mono_ms(), next = STRICT_NEVER;

    if (now >= s->restart_at)
        strict_restart(s);
    if (now >= s->back_at)
        come_back(s);
    if (now >= s->winreg_up_at) {
        s->winreg = SERVICE_RUNNING;
        s->winreg_up_at = STRICT_NEVER;
    }
    for (size_t i = 0; i < STRICT_CONNECTIONS; i++) {
        struct strict_connection *c = s->connections[i];

        if (c == NULL)
            continue;
        next = sooner(next, strict_connection_tick(s, c, now));
        if (c->closing) {
            strict_connection_free(s, c);
            s->connections[i] = NULL;
        }
    }
    next = sooner(next, sooner(s->restart_at, s->back_at));
    return sooner(next, s->winreg_up_at);
}

static void accept_one(struct strict_server *s)
{
    struct timeval most = {.tv_sec = SEND_TIME_S};
    int fd = accept(s->listener, NULL, NULL), on = 1;

    if (fd < 0)
        return;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t i = 0; i < STRICT_CONNECTIONS; i++) {
        if (s->connections[i] != NULL)
            continue;
        s->connections[i] = strict_connection_new(fd);
        s->report.connections++;
        return;
    }
    (void)close(fd);
}

static int wait_ms(int64_t until)
{
    int64_t ms = until == STRICT_NEVER ? -1 : until - clock_mono_ms();

    return until == STRICT_NEVER ? -1 : ms < 0   ? 0
                                    : ms > 60000 ? 60000
                                                 : (int)ms;
}

static void *server_run(void *arg)
{
    struct strict_server *s = arg;

    strict_server_lock(s);
    for (;;) {
        struct pollfd fds[STRICT_CONNECTIONS + 2];
        int64_t next = tick(s);

        fds[0] = (struct pollfd){.fd = s->stop[0], .events = POLLIN};
        fds[1] = (struct pollfd){.fd = s->listener, .events = POLLIN};
        for (size_t i = 0; i < STRICT_CONNECTIONS; i++)
            fds[i + 2] = (struct pollfd){
                .fd = s->connections[i] == NULL ? -1 : s->connections[i]->fd, .events = POLLIN};
        strict_server_unlock(s);
        if (poll(fds, COUNT(fds), wait_ms(next)) < 0)
            abort();
        strict_server_lock(s);
        if (fds[0].revents != 0)
            break;
        if (fds[1].revents != 0)
            accept_one(s);
        for (size_t i = 0; i < STRICT_CONNECTIONS; i++)
            if (fds[i + 2].revents != 0 && s->connections[i] != NULL)
                strict_connection_readable(s, s->connections[i]);
    }
    strict_server_unlock(s);
    return NULL;
}

void strict_server_start(struct strict_server *s, const char *address, uint16_t port)
{
    strict_users_make();
    (void)snprintf(s->address, sizeof s->address, "%s", address);
    s->port = port;
    port_open(s);
    if (pipe(s->stop) < 0 || pthread_create(&s->thread, NULL, server_run, s) != 0)
        abort();
    s->running = true;
}

void strict_server_stop(struct strict_server *s)
{
    if (!s->running)
        return;
    if (write(s->stop[1], "", 1) != 1)
        abort();
    (void)pthread_join(s->thread, NULL);
    connections_drop(s);
    if (s->listener >= 0)
        (void)close(s->listener);
    (void)close(s->stop[0]);
    (void)close(s->stop[1]);
    s->listener = -1;
    s->running = false;
}

void strict_server_free(struct strict_server *s)
{
    if (s == NULL)
        return;
    strict_server_stop(s);
    strict_registry_free(s->registry);
    text_fini(&s->report.violations);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

uint16_t strict_server_port(const struct strict_server *s)
{
    return s->port;
}

void strict_server_lock(struct strict_server *s)
{
    (void)pthread_mutex_lock(&s->lock);
}

void strict_server_unlock(struct strict_server *s)
{
    (void)pthread_mutex_unlock(&s->lock);
}

struct strict_rules *strict_server_rules(struct strict_server *s)
{
    return &s->rules;
}

const struct strict_report *strict_server_report(const struct strict_server *s)
{
    return &s->report;
}

struct strict_registry *strict_server_registry(struct strict_server *s)
{
    return s->registry;
}

enum strict_service_state strict_server_winreg(const struct strict_server *s)
{
    return s->winreg;
}

unsigned strict_server_winreg_start_type(const struct strict_server *s)
{
    return s->winreg_start_type;
}
