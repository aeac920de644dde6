/* rollout/witness.h: did the host really restart? Proof is never one signal: at least two witnesses
 * must say yes and none may say no; one of the two must be of the machine (volatile key, uptime,
 * shutdown time), as the server service can be restarted alone.
 * Shape:  what was known before the restart was asked for, beside what is seen now. Pure.
 * Units:  _ms are the controller's real time. */
#ifndef SWELL_ROLLOUT_WITNESS_H
#define SWELL_ROLLOUT_WITNESS_H

#include "base/err.h"

#include <stdbool.h>

enum marker { MARKER_UNKNOWN,
              MARKER_PRESENT,
              MARKER_ABSENT };

struct witness_set {
    bool has_guid; /* SMB2 NEGOTIATE ServerGuid: new each time the server service starts */
    uint8_t guid[16];
    bool has_start; /* SMB2 ServerStartTime, FILETIME */
    uint64_t start;
    bool has_boot; /* when the host booted, from its uptime (NetrRemoteTOD) */
    int64_t boot_ms;
    bool has_shutdown; /* Control\Windows\ShutdownTime, FILETIME */
    uint64_t shutdown;
    enum marker marker; /* Swell's volatile key: gone after any restart */
};

struct observation {
    bool reachable;     /* the front door answered */
    bool authenticated; /* and the management path works: the set is complete */
    bool refused;       /* the login was refused: not to be tried often, accounts get locked */
    struct witness_set set;
};

enum restart_verdict {
    RESTART_NOT_SEEN,    /* the host looks as before */
    RESTART_PROVED,      /* two or more say yes, one of the machine, and none says no */
    RESTART_INCONCLUSIVE /* they disagree, or too few can speak */
};

#define WITNESS_TEXT_SIZE 200

/* asked_ms: when the restart was asked for; down_seen: the host was unreachable since.
 * text[WITNESS_TEXT_SIZE] gets the witnesses by name: "server GUID new, volatile key gone; uptime
 * too long". */
enum restart_verdict witness_judge(const struct witness_set *before, const struct observation *now,
                                   int64_t asked_ms, bool down_seen, char text[WITNESS_TEXT_SIZE]);
/* Do two sets plainly belong to two different boots? Used without credentials, on what both have.
 */
bool witness_boot_differs(const struct witness_set *a, const struct witness_set *b);

#endif
