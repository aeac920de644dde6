#include "report/owed.h"

#include "base/clock.h"
#include "report/grid.h"
#include "report/json.h"
#include "report/json_parts.h"

#include <string.h>

enum err owed_put_text(const struct owed *list, size_t n, int64_t now_ms, const struct page *p,
                       struct text *t)
{
    static const char *const heads[] = {"host", "since (UTC)", "for", "from"};
    struct grid g = {.columns = COUNT(heads)};
    if (!n) {
        text_put(t, "no restart is owed\n");
        return text_end(t);
    }
    for (size_t c = 0; c < COUNT(heads); c++)
        grid_add(&g, TONE_QUIET, heads[c]);
    for (size_t i = 0; i < n; i++) {
        char time[PAGE_TIME_SIZE], age[PAGE_TIME_SIZE];
        struct text words = {0};
        page_said_cut(p, &words, list[i].host, 60);
        grid_take(&g, TONE_PLAIN, &words);
        grid_add(&g, TONE_PLAIN, page_time(list[i].since_ms, time));
        grid_add(&g, TONE_PLAIN, page_took(now_ms - list[i].since_ms, age));
        text_printf(&words, "rollout %lld", (long long)list[i].rollout);
        grid_take(&g, TONE_PLAIN, &words);
    }
    grid_put(&g, p, t, 0);
    grid_fini(&g);
    text_char(t, '\n');
    page_count(t, (int64_t)n, "host owes a restart", "hosts owe a restart");
    text_char(t, '\n');
    return text_end(t);
}

enum err owed_put_services_text(const struct owed_service *list, size_t n, const struct page *p,
                                struct text *t)
{
    for (size_t i = 0; i < n; i++) {
        char time[PAGE_TIME_SIZE];
        text_put(t, "RemoteRegistry of ");
        page_said_cut(p, t, list[i].host, 60);
        text_printf(t, " was started %s, and was %s before; ", page_time(list[i].since_ms, time),
                    list[i].was);
        if (list[i].rollout)
            text_printf(t, "rollout %lld, if it is resumed, or the next one puts it back\n",
                        (long long)list[i].rollout);
        else
            text_put(t, "the next plan or rollout puts it back\n");
    }
    return text_end(t);
}

static void put_services(const struct owed_service *list, size_t n, struct text *t)
{
    text_put(t, "],\n\"services\":[");
    for (size_t i = 0; i < n && !t->bad; i++) {
        text_put(t, i ? ",\n" : "\n");
        text_put_json(t, json_pack("{s:o, s:s, s:s, s:o, s:I}", "host", said_json(list[i].host),
                                   "service", "RemoteRegistry", "was", list[i].was, "since",
                                   time_json(list[i].since_ms), "rollout",
                                   (json_int_t)list[i].rollout));
    }
}

enum err owed_put_json(const struct owed *list, size_t n, const struct owed_service *services,
                       size_t n_services, struct text *t)
{
    text_printf(t, "{\"schema_version\":%d,\"kind\":\"owed\",\n\"hosts\":[",
                REPORT_SCHEMA_VERSION);
    for (size_t i = 0; i < n && !t->bad; i++) {
        text_put(t, i ? ",\n" : "\n");
        text_put_json(t, json_pack("{s:o, s:o, s:I}", "host", said_json(list[i].host), "since",
                                   time_json(list[i].since_ms), "rollout",
                                   (json_int_t)list[i].rollout));
    }
    put_services(services, n_services, t);
    text_put(t, "]}\n");
    return text_end(t);
}

static void put_field(struct text *t, const char *s)
{
    struct text safe = {0};
    text_put_safe(&safe, s, strlen(s));
    bool quote = text_str(&safe)[strcspn(text_str(&safe), ",\" ")] != '\0';
    if (quote)
        text_char(t, '"');
    for (const char *c = text_str(&safe); *c; c++) {
        if (*c == '"')
            text_char(t, '"');
        text_char(t, *c);
    }
    if (quote)
        text_char(t, '"');
    t->bad |= safe.bad;
    text_fini(&safe);
}

enum err owed_put_csv(const struct owed *list, size_t n, struct text *t)
{
    text_put(t, "host,since,rollout\n");
    for (size_t i = 0; i < n; i++) {
        char time[CLOCK_TEXT_SIZE];
        put_field(t, list[i].host);
        text_printf(t, ",%s,%lld\n", clock_text(list[i].since_ms, time),
                    (long long)list[i].rollout);
    }
    return text_end(t);
}
