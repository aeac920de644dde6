/* tests/support/strict_server.h: an SMB server for named pipes that is as strict as Windows is by
 * its specifications, where real Samba forgives, and that can be told to misbehave.
 * Source: MS-SMB2 3.3, MS-FSCC 2.3.47, MS-RPCE 3.3, MS-RRP 3.1, MS-SCMR 3.1, MS-SRVS 3.1,
 *         MS-RSP 3.2; NTLM (and Kerberos, with a keytab) by GSSAPI.
 * Shape:  new, rules set, registry filled, started, and then served by one thread until
 *         strict_server_stop. What a client did against the rules is written down, one sentence
 *         each, beside what the wire made it feel.
 * Units:  rules are numbers; _ms are milliseconds, sizes bytes. Boot, restart and start times are
 *         points on clock_mono_ms().
 * Owns:   strict_server_free stops and frees. While it runs, everything but the port is looked at
 *         between strict_server_lock and strict_server_unlock.
 * Errors: none: a test that cannot have its server aborts. strict_rules_set: E_USAGE. */
#ifndef SWELL_TESTS_SUPPORT_STRICT_SERVER_H
#define SWELL_TESTS_SUPPORT_STRICT_SERVER_H

#include "base/text.h"

#include <stdbool.h>

#define STRICT_USER "admin"
#define STRICT_PASSWORD "Strict.1"
#define STRICT_DOMAIN "FLEET"

/* What is done to one answer. */
enum strict_lie {
    LIE_NONE,
    LIE_CUT_BEFORE,    /* the connection ends instead of it */
    LIE_CUT_INSIDE,    /* after half of it */
    LIE_CUT_AFTER,     /* right behind it */
    LIE_SILENT,        /* it never comes */
    LIE_MESSAGE_ID,    /* somebody else's message id */
    LIE_EARLIER_ID,    /* the id of an earlier message */
    LIE_TWICE,         /* it comes twice */
    LIE_SIGNATURE,     /* one bit of the signature is wrong */
    LIE_BODY,          /* one bit of the last byte is changed after it was signed */
    LIE_UNSIGNED,      /* not signed, not encrypted */
    LIE_PLAIN,         /* signed, though all is encrypted */
    LIE_COMMAND,       /* to another command */
    LIE_SESSION,       /* of another session */
    LIE_REQUEST,       /* without the flag of an answer */
    LIE_LENGTH_LONG,   /* more is announced than comes */
    LIE_LENGTH_SHORT,  /* the frame ends before the message does */
    LIE_LENGTH_HUGE,   /* 16 MB are announced */
    LIE_STRUCTURE,     /* the body's StructureSize is wrong */
    LIE_FIELDS,        /* the body is 0xff…, and signed well */
    LIE_CALL_ID,       /* from here on RPC answers carry another call's id */
    LIE_FRAGMENT_SIZE, /* from here on RPC fragments say that they are longer */
    LIE_STUB,          /* from here on stubs are cut by four bytes */
    LIE_COUNTS,        /* from here on the first words of stubs are 0xffffffff */
    LIE_PENDING,       /* interim answers for ever */
    LIE_FIELD,         /* lie_width bytes at lie_offset of it are changed, and signed well */
    LIE_SEAL,          /* the same of the header of an encrypted one */
    LIE_COUNT
};

enum strict_change {
    CHANGE_ZEROS,
    CHANGE_ONES,
    CHANGE_PLUS,  /* one more, as a number */
    CHANGE_MINUS, /* one less */
    CHANGE_COUNT
};

enum strict_service_state {
    SERVICE_RUNNING,
    SERVICE_STOPPED, /* start type demand: opening the pipe starts it */
    SERVICE_DISABLED
};

struct strict_rules {
    unsigned dialect_min, dialect_max; /* 0x0202 … 0x0311 */
    unsigned signing;                  /* the best it knows: 0 HMAC-SHA256, 1 CMAC, 2 GMAC */
    unsigned signing_optional;         /* unsigned requests pass */
    unsigned cipher;                   /* bit n: cipher number n is known; 0 = none is */
    unsigned encrypt;                  /* 1 the session, 2 the share demands it */
    unsigned validate;                 /* a 3.0.x client must validate the negotiation */
    unsigned tampered;                 /* somebody between changed the negotiation */
    unsigned credits_max;              /* a client never holds more */
    unsigned credits_late;             /* every other answer grants none, if one is held */
    unsigned interim;                  /* STATUS_PENDING before each answer of a pipe */
    unsigned delay_ms;                 /* each call takes so long; over 1 ms also means interim */
    unsigned part_max;                 /* a pipe gives so much at once, 0 = as asked */
    unsigned io_max;                   /* MaxTransactSize and its like */
    unsigned fragment_max;
    unsigned mpx;           /* PFC_CONC_MPX is agreed to */
    unsigned shuffle;       /* with it, the newest answer goes first */
    unsigned winreg;        /* enum strict_service_state of RemoteRegistry */
    unsigned wake_ms;       /* from start pending to running */
    unsigned dies_after;    /* RemoteRegistry dies after so many calls, once; 0 = never */
    unsigned dies_kind;     /* 0 its pipes break, 1 it forgets handles, 2 both pipe and name go */
    unsigned pipes_max;     /* so many pipes of a connection, further ones are busy; 0 = any */
    unsigned breaks_after;  /* the pipe with the so-manieth winreg call breaks, once; 0 = never */
    unsigned flush_code;    /* FlushKey answers with this number */
    unsigned restart_ms;    /* the port is refused so long */
    unsigned restart_code;  /* InitShutdown answers with this number */
    unsigned restart_cut;   /* the connection ends instead of InitShutdown's answer */
    unsigned bits32;        /* a 32-bit Windows */
    unsigned start_time;    /* ServerStartTime is told, as up to Server 2016 */
    unsigned smb1;          /* a negotiation that begins with SMB 1 is answered */
    unsigned guest;         /* the session is a guest's */
    unsigned forgets_after; /* the session is lost, once, after so many requests */
    unsigned expires_after; /* the session's time is over after so many requests */
    unsigned lie, lie_at;   /* enum strict_lie, of the lie_at-th answer from 1, interim ones too */
    /* LIE_FIELD, LIE_SEAL: enum strict_change */
    unsigned lie_offset, lie_width, lie_change;
};

#define STRICT_VIOLATIONS_MAX 64
#define STRICT_ANSWERS_MAX 256

/* What kind of answer it was: two that look alike but for their content are of one kind. */
struct strict_answer_kind {
    uint16_t command;
    uint32_t status;
    size_t size; /* of header and body */
    bool sealed;
};

struct strict_report {
    struct text violations; /* one line each; the first STRICT_VIOLATIONS_MAX */
    unsigned n_violations;
    unsigned connections, requests, answers, interims, calls, restarts, wakes;
    unsigned parallel;  /* most requests that were unanswered at one moment */
    unsigned cut_parts; /* answers of a pipe that came in parts */
    unsigned flushes;   /* that were well */
    /* of the first answers, interim ones too */
    struct strict_answer_kind kinds[STRICT_ANSWERS_MAX];
};

struct strict_server;
struct strict_registry;

void strict_rules_init(struct strict_rules *r); /* strict, and honest */
/* "name=number,name=word…"; words: winreg=stopped, lie=cut_before … */
MUST_CHECK enum err strict_rules_set(struct strict_rules *r, const char *text, struct why *why);

struct strict_server *strict_server_new(const struct strict_rules *rules);
/* port 0 = any. Makes STRICT_USER known to gss-ntlmssp of this process, if nobody has yet. */
void strict_server_start(struct strict_server *s, const char *address, uint16_t port);
uint16_t strict_server_port(const struct strict_server *s);
void strict_server_stop(struct strict_server *s);
void strict_server_free(struct strict_server *s); /* NULL is fine */

void strict_server_lock(struct strict_server *s);
void strict_server_unlock(struct strict_server *s);
struct strict_rules *strict_server_rules(struct strict_server *s); /* may be changed on the way */
const struct strict_report *strict_server_report(const struct strict_server *s);
struct strict_registry *strict_server_registry(struct strict_server *s);
enum strict_service_state strict_server_winreg(const struct strict_server *s);
unsigned strict_server_winreg_start_type(const struct strict_server *s); /* 2, 3, 4 */

#endif
