/* handshake/explain_parts.h: the tables behind explain(), one in each file; nobody else
 * includes it.
 * Shape:  a symptom is a piece of a message in lower case, and what it points to.
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_EXPLAIN_PARTS_H
#define SWELL_HANDSHAKE_EXPLAIN_PARTS_H

#include "handshake/explain.h"

struct symptom {
    const char *text;
    const char *causes; /* as in struct code */
};

struct explanation_table {
    const struct explanation *rows;
    size_t n;
};

struct code_table {
    const struct code *rows;
    size_t n;
};

struct symptom_table {
    const struct symptom *rows;
    size_t n;
};

extern const struct explanation_table explain_versions, explain_ciphers, explain_certificates,
    explain_windows;
extern const struct code_table explain_alerts, explain_statuses, explain_win32, explain_events,
    explain_names;
extern const struct symptom_table explain_symptoms;

#endif
