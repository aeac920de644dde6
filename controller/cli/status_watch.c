#include "controller/cli/status_watch.h"

#include "base/clock.h"
#include "base/file.h"
#include "report/row.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_MS 500

void controller_look(const struct store *st, struct status *out)
{
    struct store_controller who = {0};
    struct why unheard = {0};
    enum err e = store_controller_look(st, &who, &unheard);

    out->controller = e != OK ? AT_WORK_UNKNOWN : who.at_work ? AT_WORK_YES
                                                              : AT_WORK_NO;
    out->process = who.process;
}

struct watch {
    const struct page *page;
    struct engine *g;
    struct why *why;
    struct status status;
    struct text out;
    bool terminal, news;
    int drawn; /* lines of the last picture */
};

static enum err news_see(void *self, const struct journal_row *row)
{
    struct watch *w = self;
    struct status_before before;
    struct event ev;
    enum err e = report_read_row(row, &ev, w->why);
    if (e != OK)
        return e;
    before = status_before(w->g, &ev);
    e = engine_fold(w->g, &ev, w->why);
    if (e == OK && !w->terminal)
        status_put_news(w->g, &ev, &before, w->page, &w->out);
    w->news = true;
    event_fini(&ev);
    return e;
}

/* The last picture is overwritten, never longer than the terminal is high. */
static enum err picture_put(struct watch *w)
{
    struct page page = *w->page;
    struct text picture = {0};
    int rows = 24;
    enum err e;
    (void)page_terminal_size(STDOUT_FILENO, &rows, &page.columns);
    w->status.now_ms = clock_real_ms();
    if ((e = status_put_text(&w->status, &page, &picture)) == OK) {
        if (w->drawn)
            text_printf(&w->out, "\033[%dA\033[J", w->drawn);
        w->drawn = page_fit(&page, &w->out, text_str(&picture), rows > 1 ? rows - 1 : 1);
    }
    text_fini(&picture);
    return e;
}

static enum err out_flush(struct watch *w)
{
    enum err e = text_end(&w->out);
    if (e == OK && w->out.used)
        e = file_write("-", text_str(&w->out), w->out.used, 0644, w->why);
    text_fini(&w->out);
    return e;
}

static bool is_over(const struct watch *w)
{
    return engine_is_at_rest(w->g) ||
           (!w->terminal && !w->news && w->status.controller == AT_WORK_NO);
}

static enum err look(struct watch *w, struct store *st)
{
    struct journal_filter f = {.rollout = w->g->rollout, .after_seq = w->g->last_seq};
    enum err e;
    w->news = false;
    if ((e = journal_read(st, &f, news_see, w, w->why)) != OK)
        return e;
    controller_look(st, &w->status);
    if (w->terminal && (e = picture_put(w)) != OK)
        return e;
    return out_flush(w);
}

/* Half a second, or a signal. */
static int signal_await(const sigset_t *signals)
{
    const struct timespec patience = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
    int n = sigtimedwait(signals, NULL, &patience);
    return n > 0 ? n : 0;
}

enum err status_watch(struct store *st, struct engine *g, const struct page *page,
                      struct status *out, struct why *why)
{
    struct watch w = {.page = page, .g = g, .why = why, .status = {.engine = g}};
    sigset_t signals, before;
    int number = 0;
    enum err e;
    w.terminal = isatty(STDOUT_FILENO) != 0;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &signals, &before);
    if (!w.terminal) {
        controller_look(st, &w.status);
        w.status.now_ms = clock_real_ms();
        if ((e = status_put_text(&w.status, page, &w.out)) != OK || (e = out_flush(&w)) != OK)
            goto out;
    }
    while ((e = look(&w, st)) == OK && !is_over(&w) && !(number = signal_await(&signals)))
        ;
    if (number)
        e = why_native(why, E_CANCELLED, (uint32_t)number, "", "interrupted; the rollout goes on");
    *out = w.status;
out:
    text_fini(&w.out);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return e;
}
