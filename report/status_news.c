/* The rollout as lines, for those who watch it without a terminal. */
#include "report/status.h"
#include "report/verdict.h"

#include <string.h>

struct status_before status_before(const struct engine *g, const struct event *ev)
{
    struct status_before b = {.host = SIZE_MAX};
    size_t at;
    if (g->spec && ev->host[0] && engine_find(g, ev->host, &at))
        b = (struct status_before){.host = at, .state = g->hosts[at].state};
    return b;
}

static bool put_rollout_news(const struct engine *g, const struct event *ev, struct text *t)
{
    switch (ev->kind) {
    case EV_ROLLOUT_CREATED: text_printf(t, "asked for by %s", ev->by); return true;
    case EV_CONTROLLER_STARTED: text_put(t, "a controller is at work"); return true;
    case EV_PAUSED: text_printf(t, "paused: %s", ev->why); return true;
    case EV_RESUMED: text_printf(t, "resumed by %s", ev->by); return true;
    case EV_ABORTED: text_printf(t, "aborted: %s", ev->why); return true;
    case EV_PROMOTED:
        text_printf(t, "wave %d approved by %s", (int)ev->wave, ev->by);
        return true;
    case EV_RETRIED:
        text_printf(t, "%zu %s tried again", ev->n_hosts,
                    ev->n_hosts == 1 ? "host is" : "hosts are");
        return true;
    case EV_WAVE_STARTED:
        text_printf(t, "wave %d of %d begins", (int)ev->wave, (int)g->spec->n_waves);
        return true;
    case EV_WAVE_PASSED:
        text_printf(t, "wave %d of %d passed", (int)ev->wave, (int)g->spec->n_waves);
        return true;
    case EV_ROLLOUT_FINISHED: {
        char verdict[REPORT_VERDICT_SIZE];
        text_printf(t, "finished: %s", report_verdict(g, verdict));
        return true;
    }
    case EV_HOST_STARTED:
    case EV_INTENT:
    case EV_OUTCOME:
    case EV_RESTART_SETTLED:
    case EV_RESTART_PROVED:
    case EV_HOST_ENDING:
    case EV_HOST_FINISHED:
    case EVENT_KINDS: break;
    }
    return false;
}

static bool put_host_news(const struct engine *g, const struct event *ev,
                          const struct status_before *before, struct text *t)
{
    const struct host_run *h = &g->hosts[before->host];
    if (ev->kind == EV_OUTCOME && ev->err != OK && h->state == before->state) {
        text_printf(t, "%s: %s went wrong: %s", ev->host, step_name(ev->step), ev->why);
        return true;
    }
    if (h->state == before->state)
        return false;
    if (h->state == HOST_FINAL)
        text_printf(t, "%s: %s%s%s", ev->host, outcome_words(h->outcome), h->why[0] ? ": " : "",
                    h->why);
    else
        text_printf(t, "%s %s", ev->host, host_state_words(h->state));
    return true;
}

void status_put_news(const struct engine *g, const struct event *ev,
                     const struct status_before *before, const struct page *p, struct text *t)
{
    char clock[PAGE_TIME_SIZE];
    struct text words = {0};
    bool news = before->host == SIZE_MAX ? put_rollout_news(g, ev, &words)
                                         : put_host_news(g, ev, before, &words);
    if (news) {
        text_printf(t, "%s  ", page_clock(ev->at_ms, clock));
        page_said(p, t, text_str(&words));
        text_char(t, '\n');
    }
    t->bad |= words.bad;
    text_fini(&words);
}
