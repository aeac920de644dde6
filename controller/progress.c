#include "controller/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "report/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LIVE_EVERY_MS 100
#define BAR_WIDTH 20

struct progress {
    bool terminal, color;
    char live[512]; /* the line that lives, as it stands */
    int64_t drawn_ms;
};

static void live_clear(void *self)
{
    struct progress *p = self;
    if (p->terminal && p->live[0])
        fputs("\r\033[K", stdout);
    fflush(stdout);
}

static void live_draw(void *self)
{
    struct progress *p = self;
    if (p->terminal && p->live[0])
        fputs(p->live, stdout);
    fflush(stdout);
}

struct progress *progress_new(bool terminal, bool color)
{
    struct progress *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->terminal = terminal;
    p->color = color;
    if (terminal)
        log_hook_set(live_clear, live_draw, p);
    return p;
}

void progress_free(struct progress *p)
{
    if (!p)
        return;
    if (p->terminal)
        log_hook_set(NULL, NULL, NULL);
    live_clear(p);
    free(p);
}

static const char *paint(const struct progress *p, const char *code)
{
    return p->color ? code : "";
}

static const char *outcome_color(enum outcome o)
{
    return outcome_is_bad(o) ? "\033[31m" : o == OUTCOME_CHANGED ? "\033[33m"
                                                                 : "\033[32m";
}

static void put_outcome_of_step(struct text *t, const struct engine *g, const struct event *ev)
{
    size_t at;
    char took[DURATION_TEXT_SIZE];
    if (ev->err != OK) {
        text_printf(t, "%s: %s", step_name(ev->step), ev->why);
    } else if (ev->step == STEP_SNAPSHOT && ev->to_change) {
        text_printf(t, "before-image saved, %lld to change", (long long)ev->to_change);
    } else if (ev->step == STEP_APPLY) {
        text_printf(t, "%lld written and read back in %s", (long long)ev->written,
                    duration_text(ev->took_ms, took));
    } else if (ev->step == STEP_WAKE) {
        text_put(t, "RemoteRegistry was asleep and is asked to start");
    } else if (ev->step == STEP_REST) {
        text_put(t, ev->why[0] ? ev->why : "RemoteRegistry is put back as it was");
    } else if (ev->step == STEP_RESTART) {
        text_put(t, "restart accepted");
    } else if (ev->step == STEP_LOOK && engine_find(g, ev->host, &at) &&
               !g->hosts[at].quiet_passed) {
        text_put(t, ev->seen.reachable ? "answers again" : "is down");
    }
}

static void put_host_line(struct text *t, const struct progress *p, const struct engine *g,
                          const struct event *ev)
{
    char took[DURATION_TEXT_SIZE];
    if (ev->kind == EV_OUTCOME) {
        put_outcome_of_step(t, g, ev);
    } else if (ev->kind == EV_RESTART_PROVED) {
        text_printf(t, "restart proved (%s) after %s", ev->why, duration_text(ev->took_ms, took));
    } else if (ev->kind == EV_RESTART_SETTLED) {
        text_put(t, ev->why);
    } else if (ev->kind == EV_HOST_FINISHED) {
        text_printf(t, "%s%s%s%s%s", paint(p, outcome_color(ev->outcome)),
                    outcome_name(ev->outcome), paint(p, "\033[0m"), ev->why[0] ? ": " : "",
                    ev->why);
    }
}

static void put_rollout_line(struct text *t, const struct engine *g, const struct event *ev)
{
    char soak[DURATION_TEXT_SIZE];
    switch (ev->kind) {
    case EV_WAVE_STARTED:
        text_printf(t, "wave %d of %d: %d host%s", (int)ev->wave, (int)g->spec->n_waves,
                    (int)g->waves[ev->wave - 1].hosts,
                    g->waves[ev->wave - 1].hosts == 1 ? "" : "s");
        return;
    case EV_WAVE_PASSED:
        text_printf(t, "wave %d passed", (int)ev->wave);
        if (ev->wave < g->spec->n_waves && g->spec->policy.soak_ms)
            text_printf(t, "; soaking for %s", duration_text(g->spec->policy.soak_ms, soak));
        return;
    case EV_PAUSED: text_printf(t, "paused: %s", ev->why); return;
    case EV_ABORTED: text_printf(t, "aborted by %s: %s", ev->by, ev->why); return;
    case EV_RESUMED: text_printf(t, "resumed by %s", ev->by); return;
    case EV_PROMOTED:
        text_printf(t, "wave %d approved by %s: %s", (int)ev->wave, ev->by, ev->comment);
        return;
    case EV_RETRIED:
        text_printf(t, "%zu hosts are tried again, asked by %s", ev->n_hosts, ev->by);
        return;
    case EV_ROLLOUT_FINISHED: text_put(t, ev->why); return;
    case EV_ROLLOUT_CREATED:
    case EV_CONTROLLER_STARTED:
    case EV_HOST_STARTED:
    case EV_INTENT:
    case EV_OUTCOME:
    case EV_RESTART_SETTLED:
    case EV_RESTART_PROVED:
    case EV_HOST_ENDING:
    case EV_HOST_FINISHED:
    case EVENT_KINDS: return;
    }
}

static void show_line(struct progress *p, const struct engine *g, const struct event *ev)
{
    struct text line = {0}, safe = {0};
    char at[CLOCK_TEXT_SIZE];
    if (ev->host[0])
        put_host_line(&line, p, g, ev);
    else
        put_rollout_line(&line, g, ev);
    if (!line.used)
        goto out;
    /* What a host sent stands inside: only our own colours may pass. */
    if (ev->kind == EV_HOST_FINISHED && p->color)
        text_put(&safe, text_str(&line));
    else
        text_put_safe(&safe, text_str(&line), line.used);
    clock_text(ev->at_ms, at);
    live_clear(p);
    printf("%.8s  %s%s%s%s%s\n", at + 11, ev->host[0] ? "" : paint(p, "\033[1m"), ev->host,
           ev->host[0] ? "  " : "", text_str(&safe), ev->host[0] ? "" : paint(p, "\033[0m"));
    live_draw(p);
out:
    text_fini(&line);
    text_fini(&safe);
}

static size_t terminal_width(void)
{
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

static void put_in_flight(struct text *t, const struct engine *g, int64_t now_ms)
{
    int shown = 0;
    for (size_t i = 0; i < g->spec->n_hosts && shown < 8; i++)
        if (host_in_flight(&g->hosts[i]))
            text_printf(t, "%s%s %s %llds", shown++ ? ", " : "  ", g->spec->hosts[i].name,
                        host_state_words(g->hosts[i].state),
                        (long long)(now_ms - g->hosts[i].since_ms) / 1000);
}

static void show_live(struct progress *p, const struct engine *g)
{
    struct engine_counts n;
    struct text t = {0};
    int64_t now = clock_real_ms();
    if (now - p->drawn_ms < LIVE_EVERY_MS && now >= p->drawn_ms)
        return;
    engine_count(g, &n);
    int32_t wave = engine_wave(g) > g->spec->n_waves ? g->spec->n_waves : engine_wave(g);
    text_char(&t, '[');
    for (int64_t i = 0; i < BAR_WIDTH; i++)
        text_char(&t, i < n.final * BAR_WIDTH / n.total ? '#' : '.');
    text_printf(&t, "] %lld/%lld  wave %d/%d", (long long)n.final, (long long)n.total, (int)wave,
                (int)g->spec->n_waves);
    if (n.bad)
        text_printf(&t, "  failed %lld", (long long)n.bad);
    put_in_flight(&t, g, now);
    live_clear(p);
    snprintf(p->live, sizeof p->live, "%.*s", (int)terminal_width() - 1, text_str(&t));
    if (engine_state(g) == ROLLOUT_FINISHED)
        p->live[0] = '\0';
    live_draw(p);
    p->drawn_ms = now;
    text_fini(&t);
}

void progress_show(void *self, const struct engine *g, const struct event *ev)
{
    struct progress *p = self;
    if (ev)
        show_line(p, g, ev);
    else if (p->terminal)
        show_live(p, g);
}

void progress_planning(void *self, size_t done, size_t total)
{
    struct progress *p = self;
    if (!p->terminal)
        return;
    live_clear(p);
    snprintf(p->live, sizeof p->live, "asked %zu of %zu hosts", done, total);
    if (done == total)
        p->live[0] = '\0';
    live_draw(p);
}
