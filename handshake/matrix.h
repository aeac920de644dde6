/* handshake/matrix.h: one version of TLS, by all who have a say in it: what the playbook wants,
 * what the registry holds, what Windows does by itself, what the wire shows. Pure.
 * Source: "TLS registry settings" of the Windows Server documentation; KB245030: Enabled 0 wins
 *         over everything, DisabledByDefault counts where Enabled is not 0.
 * Shape:  the values are those of SCHANNEL\Protocols\TLS 1.2\Server and its siblings. */
#ifndef SWELL_HANDSHAKE_MATRIX_H
#define SWELL_HANDSHAKE_MATRIX_H

#include "handshake/probe.h"
#include "handshake/windows.h"
#include "playbooks/schannel.h"

enum matrix_state {
    MATRIX_UNSAID, /* neither value is there: Windows does as it does by itself */
    MATRIX_ON,
    MATRIX_OFF,
    MATRIX_OFF_BY_DEFAULT, /* on only for programs that name the version */
    MATRIX_STATES
};

enum matrix_state matrix_state_of(struct schannel_pair values);
const char *matrix_state_word(enum matrix_state s); /* "off_by_default", "unsaid" */
/* r NULL: the release is not known. "on", "off", "lacks", "unknown" */
const char *matrix_default_word(const struct windows_release *r, enum tls_version v);
/* The registry plainly says one thing, and the wire plainly shows the other. */
bool matrix_owes_restart(enum matrix_state stored, enum tls_seen wire);

#endif
