#include "controller/cli/live.h"

#include "base/clock.h"
#include "base/log.h"
#include "report/page.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIVE_EVERY_MS 100

static void hide(void *self)
{
    live_hide(self);
    (void)fflush(stdout);
}

static void draw(void *self)
{
    struct live *l = self;
    int rows, columns;
    if (!l->on || l->line[0] == '\0' || !page_terminal_size(STDOUT_FILENO, &rows, &columns))
        return;
    (void)printf("%.*s", columns - 1, l->line);
    (void)fflush(stdout);
    l->drawn = true;
}

void live_begin(struct live *l)
{
    *l = (struct live){.on = isatty(STDOUT_FILENO) == 1};
    if (l->on)
        log_hook_set(hide, draw, l);
}

void live_hide(struct live *l)
{
    if (l->drawn)
        (void)fputs("\r\033[K", stdout);
    l->drawn = false;
}

void live_show(struct live *l, const char *did, size_t done, size_t total, const char *what)
{
    char line[sizeof l->line];
    int64_t now = clock_mono_ms();
    if (!l->on || (l->drawn && now - l->drawn_ms < LIVE_EVERY_MS))
        return;
    (void)snprintf(line, sizeof line, "%s %zu of %zu %s", did, done, total, what);
    l->drawn_ms = now;
    if (l->drawn && strcmp(line, l->line) == 0)
        return;
    live_hide(l);
    memcpy(l->line, line, sizeof l->line);
    draw(l);
}

void live_end(struct live *l)
{
    if (!l->on)
        return;
    log_hook_set(NULL, NULL, NULL);
    live_hide(l);
    (void)fflush(stdout);
    *l = (struct live){0};
}
