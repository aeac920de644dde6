/* rollout/event.h: the events of a rollout, as values. Status, report, resume and audit are
 * readings of them. Shape:  one flat struct; which fields count is said by kind. In the journal an
 * event is its kind and a JSON body with only those fields; `detail` is JSON for people and reports
 * (before-image, baseline, findings) that the engine does not read. Units:  at_ms is real time.
 * Owns:   event_fini frees spec, hosts and detail (fine on a zeroed struct).
 * Errors: event_decode: E_CORRUPT for a body that is not what its kind says; a kind unknown here is
 * E_CORRUPT too, as a newer program wrote it. */
#ifndef SWELL_ROLLOUT_EVENT_H
#define SWELL_ROLLOUT_EVENT_H

#include "base/text.h"
#include "rollout/policy.h"
#include "rollout/witness.h"

#define EVENT_HOST_SIZE 256
#define EVENT_WHY_SIZE 600
#define EVENT_BY_SIZE 128

enum event_kind {
    /* the rollout */
    EV_ROLLOUT_CREATED,    /* by, comment (title), spec */
    EV_CONTROLLER_STARTED, /* by: a process begins to carry the rollout on; earlier acts without
                              outcome have an unknown fate */
    EV_PAUSED,             /* by, why, budget */
    EV_RESUMED,            /* by, max_failed (0 = as it was) */
    EV_ABORTED,            /* by, why */
    EV_PROMOTED,           /* by, comment, wave: approval to start that wave */
    EV_RETRIED,            /* by, hosts: queued again */
    EV_WAVE_STARTED,       /* wave */
    EV_WAVE_PASSED,        /* wave */
    EV_ROLLOUT_FINISHED,   /* why: the verdict in a sentence */
    /* a host */
    EV_HOST_STARTED,    /* attempt */
    EV_INTENT,          /* attempt, step: about to act */
    EV_OUTCOME,         /* attempt, step, err, why, took_ms, and the step's own results */
    EV_RESTART_SETTLED, /* attempt: a request of unknown fate had no effect; it may be asked again
                         */
    EV_RESTART_PROVED,  /* attempt, why: the witnesses; restarts: how many were seen; took_ms */
    EV_HOST_ENDING,     /* outcome, why: decided; what was woken on it is put back before it ends */
    EV_HOST_FINISHED,   /* outcome, why */
    EVENT_KINDS
};

enum step {
    STEP_PREFLIGHT, /* reach it, log in, take the TLS baseline */
    STEP_WAKE,      /* start the service that the registry is reached through */
    STEP_SNAPSHOT,  /* read the before-image */
    STEP_APPLY,     /* write */
    STEP_ARM,       /* note the boot identity, leave the volatile key */
    STEP_RESTART,   /* ask for it, once */
    STEP_LOOK,      /* is it down, is it back, which boot is it? */
    STEP_VERIFY,    /* values read again, handshakes */
    STEP_REST,      /* put that service back as it was before STEP_WAKE */
    STEPS
};

enum outcome {
    OUTCOME_NONE,
    OUTCOME_OK,
    OUTCOME_CHANGED,
    OUTCOME_FAILED,
    OUTCOME_UNREACHABLE,
    OUTCOME_SKIPPED,
    OUTCOME_INCONCLUSIVE,
    OUTCOME_ROLLED_BACK,
    OUTCOMES
};

enum check { CHECK_PASSED,
             CHECK_FAILED,
             CHECK_INCONCLUSIVE,
             CHECKS };

struct spec_host {
    char *name;
    char *affinity;        /* or NULL */
    int32_t wave;          /* from 1; 0 = left out */
    enum outcome left_out; /* OUTCOME_NONE, or how it counts */
    char *why;             /* of left_out, or NULL */
};

struct rollout_spec {
    bool rollback;
    int64_t rollback_of;
    char plan[65]; /* digest */
    struct policy policy;
    struct spec_host *hosts;
    size_t n_hosts;
    int32_t n_waves;
};

struct event {
    int64_t seq, at_ms, rollout;
    char host[EVENT_HOST_SIZE]; /* "" for the rollout's own */
    enum event_kind kind;
    char by[EVENT_BY_SIZE];
    char why[EVENT_WHY_SIZE];
    char comment[EVENT_WHY_SIZE];
    int32_t wave;
    int32_t attempt;
    bool budget;        /* EV_PAUSED: the failure budget is spent */
    int64_t max_failed; /* EV_RESUMED */
    int32_t restarts;
    enum outcome outcome;
    enum step step;
    enum err err;
    int64_t took_ms;
    /* results of steps */
    /* STEP_PREFLIGHT: how the registry's service was before anybody wakes it, in the numbers of
     * MS-SCMR 2.2.15 and 2.2.47; 0 = it need not be put back */
    int64_t service_start, service_state;
    int64_t to_change; /* STEP_SNAPSHOT: values and keys that are not as they should be */
    /* STEP_SNAPSHOT: one of them takes effect at a restart, or one is owed */
    bool needs_restart;
    int64_t written; /* STEP_APPLY */
    /* STEP_APPLY of a rollback: left alone because somebody else changed them */
    int64_t foreign;
    bool asked;              /* STEP_RESTART: the request was sent */
    struct observation seen; /* STEP_ARM, STEP_LOOK */
    enum check check;        /* STEP_VERIFY */
    /* STEP_VERIFY: services that start by themselves, ran before the restart and do not run now */
    int64_t services_missing;
    struct rollout_spec *spec;
    char **hosts; /* EV_RETRIED */
    size_t n_hosts;
    char *detail;        /* a JSON object, or NULL */
    bool detail_is_json; /* a JSON writer made it: it is not read again to be sure */
};

void event_fini(struct event *ev);
void spec_free(struct rollout_spec *spec);
void spec_host_fini(struct spec_host *h);

const char *event_kind_name(enum event_kind k); /* "host_finished": as in the journal */
const char *step_name(enum step s);
const char *outcome_name(enum outcome o); /* "rolled_back" */
const char *check_name(enum check c);
bool event_kind_from_name(const char *name, enum event_kind *out);
bool outcome_is_bad(enum outcome o); /* counts against the failure budget */
/* As much of s as buf holds, never half a character; returns buf. */
const char *words_fit(char *buf, size_t size, const char *s);

/* body is the caller's to free. Text that is not UTF-8 is written with its bytes as \xNN. */
MUST_CHECK enum err event_encode(const struct event *ev, char **body);
/* seq, at_ms, rollout and host are the caller's to set. */
MUST_CHECK enum err event_decode(const char *kind, const char *body, struct event *out,
                                 struct why *why);

#endif
