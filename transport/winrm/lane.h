/* transport/winrm/lane.h: one connection, from its login to its calls. Private to transport/winrm.
 * Source: RFC 4559; MS-WSMV 2.2.9.1, 3.1.4.1.
 * Shape:  NEW -> HELLO -> LOGIN -> READY; -> DEAD from any. HELLO only inside of TLS: the host's
 *         certificate is wanted for the channel binding, and with it what the host offers. Basic
 *         and certificates: NEW -> READY.
 * Owns:   lane_fini frees (fine on a zeroed struct). The call stays the caller's.
 * Errors: as in wsman.h. */
#ifndef SWELL_TRANSPORT_WINRM_LANE_H
#define SWELL_TRANSPORT_WINRM_LANE_H

#include "transport/auth.h"
#include "transport/winrm/http.h"
#include "transport/winrm/wsman.h"

#include "transport/winrm/envelope.h"

enum lane_state {
    LANE_NEW,
    LANE_HELLO,
    LANE_LOGIN,
    LANE_READY,
    LANE_DEAD
};

struct lane {
    const struct transport_target *target;
    struct http_host *host;
    enum lane_state state;
    struct http *http;
    struct auth *auth;
    struct rd token;   /* the next of the login; of auth */
    struct call *call; /* under way or waiting for the login */
    bool is_calling;   /* what is under way is the call */
    bool is_proved;    /* the login's last token was taken */
    bool is_bare;      /* the host knows "Kerberos" alone, not "Negotiate" */
    bool has_served;   /* a call was answered since the login */
    int repeats;       /* of the call that is under way */
    unsigned messages; /* that were sent */
    char id[WSMAN_ID_SIZE];
    struct why why; /* why it is dead */
    enum err err;
};

MUST_CHECK enum err lane_init(struct lane *l, const struct transport_target *target,
                              struct http_host *host, struct why *why);
void lane_fini(struct lane *l);
/* Sends what comes next: a step of the login or the call. A failure makes it dead. */
void lane_send(struct lane *l, int64_t deadline_ms);
/* Takes what came back. *settled: the call is done with, well or not. */
void lane_take(struct lane *l, bool *settled);

#endif
