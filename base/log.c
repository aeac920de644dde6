#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_LINE_MAX 4096 /* bytes of one message before it is made safe */

/* The program has one standard error, so it has one log. */
static struct {
    atomic_int most;
    pthread_mutex_t lock; /* guards the hook and keeps lines whole */
    void (*before)(void *);
    void (*after)(void *);
    void *self;
} the_log = {.most = LOG_WARN, .lock = PTHREAD_MUTEX_INITIALIZER};

static const char *const level_names[] = {
    [LOG_ERROR] = "ERROR",
    [LOG_WARN] = "WARN ",
    [LOG_INFO] = "INFO ",
    [LOG_DEBUG] = "DEBUG",
    [LOG_TRACE] = "TRACE",
};

void log_level_set(enum log_level most)
{
    atomic_store(&the_log.most, (int)most);
}

void log_hook_set(void (*before)(void *), void (*after)(void *), void *self)
{
    pthread_mutex_lock(&the_log.lock);
    the_log.before = before;
    the_log.after = after;
    the_log.self = self;
    pthread_mutex_unlock(&the_log.lock);
}

static void write_whole(const char *s, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(STDERR_FILENO, s, n);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return; /* nowhere left to complain */
        s += sent;
        n -= (size_t)sent;
    }
}

static void write_line(const char *s, size_t n)
{
    pthread_mutex_lock(&the_log.lock);
    if (the_log.before != NULL)
        the_log.before(the_log.self);
    write_whole(s, n);
    if (the_log.after != NULL)
        the_log.after(the_log.self);
    pthread_mutex_unlock(&the_log.lock);
}

void log_line(enum log_level level, const char *module, const char *fmt, ...)
{
    static const char lost[] = "a log line is lost: out of memory\n";
    int saved_errno = errno;
    char message[LOG_LINE_MAX], time[CLOCK_TEXT_SIZE];
    struct text line = {0};
    va_list args;
    int n;

    if ((int)level > atomic_load(&the_log.most))
        return;
    va_start(args, fmt);
    n = vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    if (n < 0)
        n = 0;
    text_printf(&line, "%s %s %s: ", clock_text(clock_real_ms(), time), level_names[level], module);
    text_put_safe(&line, message, (size_t)n < sizeof message ? (size_t)n : sizeof message - 1);
    if ((size_t)n >= sizeof message)
        text_put(&line, "\xe2\x80\xa6");
    text_char(&line, '\n');
    if (text_end(&line) == OK)
        write_line(line.s, line.used);
    else
        write_line(lost, strlen(lost));
    text_fini(&line);
    errno = saved_errno;
}
