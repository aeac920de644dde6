/* handshake/explain.h: what goes wrong with TLS on Windows, in plain words: what is wrong, what
 * people see of it, what to do. Looked up by a code or by the text of a message.
 * Source: each finding and each code names its own.
 * Shape:  tables that never change; an id is lower-case words with dashes.
 * Owns:   nothing; all texts are static. */
#ifndef SWELL_HANDSHAKE_EXPLAIN_H
#define SWELL_HANDSHAKE_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLAIN_FOUND_MAX 8 /* of one question */
#define EXPLAIN_QUERY_MAX 4096

struct explanation {
    const char *id;    /* "dh-too-short" */
    const char *title; /* one line */
    const char *wrong; /* what is wrong, and why it matters */
    const char *seen;  /* what users and logs show */
    const char *remedy;
    const char *source;
};

enum code_kind {
    CODE_ALERT,  /* of TLS, by number */
    CODE_STATUS, /* SEC_E_…, HRESULT: 32 bits with the high one set */
    CODE_WIN32,  /* WinHTTP, WinINet, Winsock: a small number */
    CODE_EVENT,  /* of the source Schannel in the System log */
    CODE_NAME,   /* only a name: browsers, libraries */
    CODE_KINDS
};

struct code {
    enum code_kind kind;
    uint32_t number; /* 0 for CODE_NAME */
    const char *name;
    const char *words;  /* what it says, in one sentence */
    const char *causes; /* ids, the likeliest first, parted by ' ' */
};

struct explained {
    const struct code *codes[EXPLAIN_FOUND_MAX]; /* that the question names */
    size_t n_codes;
    const struct explanation *causes[EXPLAIN_FOUND_MAX]; /* the likeliest first */
    size_t n_causes;
    bool guessed; /* no code and no known message: what its words come nearest to */
};

/* The query is a code (0x80090326, -2146893018, "alert 40", "event 36888", SEC_E_…, ERR_SSL_…), the
 * id of a finding, or any message. n_codes and n_causes are 0 when nothing is known of it. */
void explain(const char *query, struct explained *out);

const struct explanation *explanation_of(const char *id); /* NULL if there is none */
size_t explanation_count(void);
const struct explanation *explanation_at(size_t i);
size_t code_count(void);
const struct code *code_at(size_t i);
const char *code_kind_word(enum code_kind k);   /* "alert" */
const char *code_kind_source(enum code_kind k); /* where its codes are from */
/* "0x80090326 SEC_E_ILLEGAL_MESSAGE", "alert 40 handshake_failure" into buf; returns buf. */
#define CODE_TEXT_SIZE 96
const char *code_text(const struct code *c, char buf[CODE_TEXT_SIZE]);

#endif
