/* report/host.h: what the events of one host say beyond what the engine keeps of them: the road it
 * went, the before-image and what became of it, restarts, handshakes before and after.
 * Shape:  host_report_see is called for each event that concerns the host, after it was folded into
 *         run. Before-image and baseline are those from before this rollout first wrote to the
 *         host: what a later attempt finds is its own work. Texts are as the host or a person wrote
 *         them: make them safe before showing them.
 * Units:  _ms are real time but took_ms, a duration; 0 = not known.
 * Owns:   host_report_fini frees the lists (fine on a zeroed struct); texts belong to the intern.
 * Errors: E_CORRUPT for details that this version cannot read, with the number of the event and the
 *         place in it; E_MEMORY. */
#ifndef SWELL_REPORT_HOST_H
#define SWELL_REPORT_HOST_H

#include "playbooks/verify.h"
#include "report/intern.h"
#include "rollout/host_run.h"

#define REPORT_TROUBLES_MAX 50 /* of one host; of more, the first ones are kept */

enum did {
    DID_NOTHING, /* not written, or not known */
    DID_CREATED,
    DID_SET,
    DID_DELETED,
    DID_KEPT,   /* it was right already */
    DID_LEFT,   /* somebody else changed it since: left as found */
    DID_IN_USE, /* a key that is not empty any more: left */
    DIDS
};

struct report_item {    /* one value, or a key itself */
    const char *path;   /* as path_put_code */
    const char *name;   /* of the value; NULL: the key */
    const char *before; /* as value_put_code */
    const char *goal;   /* what it was to become; of a rollback what it was before */
    const char *why;    /* from the playbook, or NULL */
    bool needs_restart; /* to take effect */
    enum did did;
};

enum report_seen {
    REPORT_NOT_ASKED,
    REPORT_ACCEPTED,
    REPORT_REFUSED,
    REPORT_INCONCLUSIVE,
    REPORT_SEEN
};

struct report_answer {
    enum report_seen seen;
    const char *how;         /* the word of the event: "alert" */
    uint16_t suite, version; /* as on the wire, or 0 */
    uint8_t alert;
};

struct report_look { /* at one port: before or after */
    bool taken, open;
    const char *thumbprint;  /* SHA-1 of its certificate; NULL: it was not seen */
    const char *certificate; /* a JSON object, or NULL */
    const char *handshake;   /* "done", "broken" …, or NULL */
    struct report_answer answers[TLS_VERSIONS];
};

struct report_port {
    uint16_t port;
    const char *dialect; /* "" = TLS from the first byte */
    struct report_look before, after;
};

struct report_finding {
    uint16_t port;
    enum tls_version version; /* TLS_VERSIONS: of no version alone */
    enum check verdict;
    bool regression;
    const char *text;
    const char *explain; /* what `swell explain` knows it by, or NULL */
};

struct report_phase {
    enum host_state state;
    int32_t attempt;
    int64_t from_ms, to_ms; /* to_ms 0: it is there still */
};

struct report_attempt {
    int32_t attempt;
    int64_t started_ms, finished_ms;
    enum outcome outcome;
    const char *why;
};

struct report_restart { /* asked for once */
    int32_t attempt;
    int64_t asked_ms, down_ms, up_ms;
    int64_t took_ms; /* from the request until it was back */
    int32_t restarts;
    enum err err; /* what the request itself met with */
    bool asked, fate_unknown, was_going_down, proved, no_effect;
    const char *witnesses; /* "" when none has spoken */
};

struct report_trouble { /* a step that failed, perhaps to be tried again */
    int64_t at_ms;
    enum step step;
    enum err err;
    const char *why;
};

struct report_host {
    struct report_item *items;
    struct report_port *ports;
    struct report_finding *findings; /* this and the next two are of the last attempt */
    const char **values_wrong;
    const char **moved; /* what was not as the plan had it */
    struct report_phase *phases;
    struct report_attempt *attempts;
    struct report_restart *restarts;
    struct report_trouble *troubles;
    uint32_t n_items, n_ports, n_findings, n_values_wrong, n_moved, n_phases, n_attempts,
        n_restarts, n_troubles;
    uint32_t troubles_left_out;
    const char *facts;  /* a JSON object, or NULL */
    const char *matrix; /* a JSON list, of the last check, or NULL */
};

MUST_CHECK enum err host_report_see(struct report_host *h, struct intern *in,
                                    const struct host_run *run, const struct event *ev,
                                    struct why *why);
/* An event of the whole rollout, which may have moved the host too. */
MUST_CHECK enum err host_report_see_rollout(struct report_host *h, struct intern *in,
                                            const struct host_run *run, const struct event *ev,
                                            struct why *why);
void host_report_fini(struct report_host *h);

const char *did_name(enum did d);                 /* "created"; "nothing" */
const char *report_seen_name(enum report_seen s); /* "accepted" */
/* What became of an item, all told. */
enum report_result {
    RESULT_RIGHT,       /* it was right before */
    RESULT_WRITTEN,     /* it is as wanted, and was not before */
    RESULT_LEFT,        /* somebody else's by now */
    RESULT_NOT_WRITTEN, /* not come to, or not known to have been done */
    RESULTS
};
enum report_result report_result_of(const struct report_item *it);
/* It waits for a restart to take effect, or one is owed from before. */
bool report_owes_restart(const struct host_run *run);

#endif
