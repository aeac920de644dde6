#include "handshake/matrix.h"

static const char *const state_words[MATRIX_STATES] = {
    [MATRIX_UNSAID] = "unsaid",
    [MATRIX_ON] = "on",
    [MATRIX_OFF] = "off",
    [MATRIX_OFF_BY_DEFAULT] = "off_by_default",
};

enum matrix_state matrix_state_of(struct schannel_pair values)
{
    if (values.enabled == SAYS_NO)
        return MATRIX_OFF;
    if (values.disabled_by_default == SAYS_YES)
        return MATRIX_OFF_BY_DEFAULT;
    return values.enabled == SAYS_YES || values.disabled_by_default == SAYS_NO ? MATRIX_ON
                                                                               : MATRIX_UNSAID;
}

const char *matrix_state_word(enum matrix_state s)
{
    return state_words[s];
}

const char *matrix_default_word(const struct windows_release *r, enum tls_version v)
{
    if (!r)
        return "unknown";
    switch (r->server[v]) {
    case WINDOWS_LACKS: return "lacks";
    case WINDOWS_OFF: return "off";
    case WINDOWS_ON: return "on";
    }
    return "unknown";
}

bool matrix_owes_restart(enum matrix_state stored, enum tls_seen wire)
{
    return (stored == MATRIX_OFF && wire == SEEN_ACCEPTED) ||
           (stored == MATRIX_ON && wire == SEEN_REFUSED);
}
