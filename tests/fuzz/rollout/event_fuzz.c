/* A journal from outside: lines of kind, host and body with a tab between them. What is decoded is
 * encoded and decoded again, and folded; what the engine then decides it must be able to fold. */
#include "rollout/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 64
#define DECISIONS_MAX 32

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* What was read once is written and read again without a difference. */
static void there_and_back(const struct event *ev)
{
    const char *kind = event_kind_name(ev->kind);
    struct event again;
    char *first = NULL, *second = NULL;
    check(event_encode(ev, &first) == OK);
    check(event_decode(kind, first, &again, NULL) == OK);
    check(event_encode(&again, &second) == OK && strcmp(first, second) == 0);
    event_fini(&again);
    free(first);
    free(second);
}

static void look_around(const struct engine *g, int64_t now_ms)
{
    struct engine_counts n;
    struct action a;
    int64_t wake;
    size_t at;
    engine_count(g, &n);
    check(n.queued + n.in_flight + n.final == n.total);
    check(rollout_state_name(engine_state(g)) != NULL);
    (void)engine_wake(g, now_ms);
    for (size_t i = 0; g->spec && i < g->spec->n_hosts; i++) {
        check(engine_find(g, g->spec->hosts[i].name, &at) && at == i);
        (void)engine_next(g, i, now_ms, &a, &wake);
    }
}

static void decide(struct engine *g, int64_t now_ms)
{
    struct event ev;
    for (int i = 0; i < DECISIONS_MAX && engine_decide(g, now_ms, &ev); i++) {
        ev.at_ms = now_ms;
        check(engine_fold(g, &ev, NULL) == OK);
        event_fini(&ev);
    }
}

static void take_line(struct engine *g, char *line, int64_t number)
{
    char *host = strchr(line, '\t'), *body = host ? strchr(host + 1, '\t') : NULL;
    struct event ev;
    if (!body)
        return;
    *host++ = '\0';
    *body++ = '\0';
    if (event_decode(line, body, &ev, NULL) != OK)
        return;
    there_and_back(&ev);
    ev.seq = number;
    ev.at_ms = number * 60000;
    snprintf(ev.host, sizeof ev.host, "%s", host);
    if (engine_fold(g, &ev, NULL) == OK && g->spec && g->spec->n_hosts < 64) {
        look_around(g, ev.at_ms);
        decide(g, ev.at_ms);
        look_around(g, ev.at_ms);
    }
    event_fini(&ev);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = str_dup_n((const char *)data, size);
    struct engine *g = engine_new();
    int64_t number = 0;
    check(text && g);
    for (char *line = text, *end; line && number < LINES_MAX; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        take_line(g, line, ++number);
    }
    engine_free(g);
    free(text);
    return 0;
}
