#include "rollout/event.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[EVENT_KINDS] = {
    [EV_ROLLOUT_CREATED] = "rollout_created",
    [EV_CONTROLLER_STARTED] = "controller_started",
    [EV_PAUSED] = "paused",
    [EV_RESUMED] = "resumed",
    [EV_ABORTED] = "aborted",
    [EV_PROMOTED] = "promoted",
    [EV_RETRIED] = "retried",
    [EV_WAVE_STARTED] = "wave_started",
    [EV_WAVE_PASSED] = "wave_passed",
    [EV_ROLLOUT_FINISHED] = "rollout_finished",
    [EV_HOST_STARTED] = "host_started",
    [EV_INTENT] = "intent",
    [EV_OUTCOME] = "outcome",
    [EV_RESTART_SETTLED] = "restart_settled",
    [EV_RESTART_PROVED] = "restart_proved",
    [EV_HOST_ENDING] = "host_ending",
    [EV_HOST_FINISHED] = "host_finished",
};

static const char *const step_names[STEPS] = {
    [STEP_PREFLIGHT] = "preflight",
    [STEP_WAKE] = "wake",
    [STEP_SNAPSHOT] = "snapshot",
    [STEP_APPLY] = "apply",
    [STEP_ARM] = "arm",
    [STEP_RESTART] = "restart",
    [STEP_LOOK] = "look",
    [STEP_VERIFY] = "verify",
    [STEP_REST] = "rest",
};

static const char *const outcome_names[OUTCOMES] = {
    [OUTCOME_NONE] = "none",
    [OUTCOME_OK] = "ok",
    [OUTCOME_CHANGED] = "changed",
    [OUTCOME_FAILED] = "failed",
    [OUTCOME_UNREACHABLE] = "unreachable",
    [OUTCOME_SKIPPED] = "skipped",
    [OUTCOME_INCONCLUSIVE] = "inconclusive",
    [OUTCOME_ROLLED_BACK] = "rolled_back",
};

static const char *const check_names[CHECKS] = {
    [CHECK_PASSED] = "passed",
    [CHECK_FAILED] = "failed",
    [CHECK_INCONCLUSIVE] = "inconclusive",
};

void spec_host_fini(struct spec_host *h)
{
    free(h->name);
    free(h->affinity);
    free(h->why);
    *h = (struct spec_host){0};
}

void spec_free(struct rollout_spec *spec)
{
    if (!spec)
        return;
    for (size_t i = 0; i < spec->n_hosts; i++)
        spec_host_fini(&spec->hosts[i]);
    free(spec->hosts);
    free(spec);
}

void event_fini(struct event *ev)
{
    spec_free(ev->spec);
    for (size_t i = 0; i < ev->n_hosts; i++)
        free(ev->hosts[i]);
    free(ev->hosts);
    free(ev->detail);
    ev->spec = NULL;
    ev->hosts = NULL;
    ev->n_hosts = 0;
    ev->detail = NULL;
}

const char *event_kind_name(enum event_kind k)
{
    return kind_names[k];
}

const char *step_name(enum step s)
{
    return step_names[s];
}

const char *outcome_name(enum outcome o)
{
    return outcome_names[o];
}

const char *check_name(enum check c)
{
    return check_names[c];
}

bool event_kind_from_name(const char *name, enum event_kind *out)
{
    for (size_t i = 0; i < EVENT_KINDS; i++)
        if (strcmp(kind_names[i], name) == 0) {
            *out = (enum event_kind)i;
            return true;
        }
    return false;
}

bool outcome_is_bad(enum outcome o)
{
    return o == OUTCOME_FAILED || o == OUTCOME_UNREACHABLE || o == OUTCOME_INCONCLUSIVE;
}

const char *words_fit(char *buf, size_t size, const char *s)
{
    size_t n = strlen(s);
    if (n >= size)
        for (n = size - 1; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80; n--)
            ;
    memcpy(buf, s, n);
    buf[n] = '\0';
    return buf;
}
