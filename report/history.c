#include "report/history.h"

#include "base/text.h"
#include "report/host_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct history_late {
    int64_t seq, at_ms, rollout;
    enum event_kind kind;
    bool done;
};

struct history *history_new(const char *host)
{
    struct history *hs = calloc(1, sizeof *hs);
    if (hs && (!(hs->host = str_dup(host)) || !(hs->texts = intern_new()))) {
        history_free(hs);
        return NULL;
    }
    return hs;
}

void history_free(struct history *hs)
{
    if (!hs)
        return;
    for (size_t i = 0; i < hs->n_entries; i++)
        host_report_fini(&hs->entries[i].host);
    free(hs->entries);
    free(hs->late);
    intern_free(hs->texts);
    free(hs->host);
    free(hs);
}

static enum err no_memory(struct why *why)
{
    return why_set(why, E_MEMORY, "no memory for the history of a host");
}

static enum err entry_add(struct history *hs, const struct event *ev, struct why *why)
{
    size_t i = 0;
    while (ev->spec && i < ev->spec->n_hosts && strcmp(ev->spec->hosts[i].name, hs->host) != 0)
        i++;
    if (!ev->spec || i == ev->spec->n_hosts)
        return OK;
    const struct spec_host *sh = &ev->spec->hosts[i];
    struct history_entry *en = LIST_ADD(hs->entries, hs->n_entries);
    if (!en)
        return no_memory(why);
    *en = (struct history_entry){
        .rollout = ev->rollout,
        .created_ms = ev->at_ms,
        .by = intern_text(hs->texts, ev->by),
        .title = intern_text(hs->texts, ev->comment),
        .spec = *ev->spec,
        .wave = sh->wave,
    };
    en->spec.hosts = NULL;
    en->spec.n_hosts = 0;
    if (!sh->wave) {
        en->run = (struct host_run){
            .state = HOST_FINAL, .outcome = sh->left_out, .finished_ms = ev->at_ms};
        (void)snprintf(en->run.why, sizeof en->run.why, "%s", sh->why ? sh->why : "");
    }
    return en->by && en->title ? OK : no_memory(why);
}

static struct history_entry *entry_of(struct history *hs, int64_t rollout)
{
    for (size_t i = hs->n_entries; i-- > 0;)
        if (hs->entries[i].rollout == rollout)
            return &hs->entries[i];
    return NULL;
}

static enum err late_add(struct history *hs, const struct event *ev, struct why *why)
{
    bool named = ev->kind == EV_CONTROLLER_STARTED;
    for (size_t i = 0; !named && i < ev->n_hosts; i++)
        named = strcmp(ev->hosts[i], hs->host) == 0;
    if (!named || !entry_of(hs, ev->rollout))
        return OK;
    struct history_late *l = LIST_ADD(hs->late, hs->n_late);
    if (!l)
        return no_memory(why);
    *l = (struct history_late){
        .seq = ev->seq, .at_ms = ev->at_ms, .rollout = ev->rollout, .kind = ev->kind};
    return OK;
}

/* Folds what happened to the whole rollout before the event `before`. */
static enum err late_fold(struct history *hs, struct history_entry *en, int64_t before,
                          struct why *why)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < hs->n_late; i++) {
        struct history_late *l = &hs->late[i];
        struct event ev = {
            .kind = l->kind, .seq = l->seq, .at_ms = l->at_ms, .rollout = l->rollout};
        if (l->done || l->rollout != en->rollout || l->seq >= before)
            continue;
        l->done = true;
        if (l->kind == EV_CONTROLLER_STARTED)
            host_controller_started(&en->run, l->at_ms);
        else
            e = host_fold(&en->run, &en->spec, &ev, why);
        if (e == OK)
            e = host_report_see_rollout(&en->host, hs->texts, &en->run, &ev, why);
    }
    return e;
}

static enum err host_event_see(struct history *hs, const struct event *ev, struct why *why)
{
    struct history_entry *en = entry_of(hs, ev->rollout);
    enum err e;
    if (strcmp(ev->host, hs->host) != 0 || ev->rollout == 0) /* while a plan was made */
        return OK;
    if (!en)
        return why_set(why, E_CORRUPT, "event %lld: rollout %lld does not have the host %s",
                       (long long)ev->seq, (long long)ev->rollout, hs->host);
    if ((e = late_fold(hs, en, ev->seq, why)) != OK ||
        (e = host_fold(&en->run, &en->spec, ev, why)) != OK)
        return e;
    return host_report_see(&en->host, hs->texts, &en->run, ev, why);
}

enum err history_see(struct history *hs, const struct event *ev, struct why *why)
{
    if (ev->kind == EV_ROLLOUT_CREATED)
        return entry_add(hs, ev, why);
    if (ev->kind == EV_CONTROLLER_STARTED || ev->kind == EV_RETRIED)
        return late_add(hs, ev, why);
    return ev->host[0] ? host_event_see(hs, ev, why) : OK;
}

enum err history_end(struct history *hs, struct why *why)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < hs->n_entries; i++)
        e = late_fold(hs, &hs->entries[i], INT64_MAX, why);
    return e;
}
