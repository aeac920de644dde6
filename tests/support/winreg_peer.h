/* tests/support/winreg_peer.h: a winreg service at the end of an RPC channel, as strict as Windows
 * is by its specification, with a script of what goes wrong. It writes down every call, so that a
 * test can say what must be asked.
 * Source: MS-RRP 3.1.5; views as 3.1.1.4 has them.
 * Shape:  keys are given by the test; a key is in both views, or in one. Calls and answers travel
 *         in small fragments. The log is one word a call: "open:PATH:ACCESS", "query:NAME",
 *         "set:NAME", "flush:LEAF", "close:LEAF" …
 * Owns:   winreg_peer_init/winreg_peer_fini; a key's path and values stay the caller's. */
#ifndef SWELL_TESTS_SUPPORT_WINREG_PEER_H
#define SWELL_TESTS_SUPPORT_WINREG_PEER_H

#include "transport/rpc/winreg.h"
#include "transport/smb_host.h"

#define PEER_KEYS_MAX 128
#define PEER_VALUES_MAX 8

struct peer_value {
    const char *name;
    uint32_t type;
    const void *bytes;
    size_t size;
};

struct peer_key {
    const char *path;   /* below the hive */
    uint32_t only_view; /* KEY_WOW64_…, 0 = both */
    uint32_t open_code; /* a Win32 number instead of a handle */
    uint32_t subkeys;
    const char *subkey_names[PEER_VALUES_MAX];
    struct peer_value values[PEER_VALUES_MAX]; /* those with a name */
    bool has_class;                            /* QueryInfoKey wants room for it */
};

struct winreg_peer {
    struct peer_key keys[PEER_KEYS_MAX];
    size_t n_keys;
    char *made[PEER_KEYS_MAX]; /* paths of the keys that calls created */
    size_t n_made;
    uint32_t version;   /* what GetVersion says */
    bool knows_no_64;   /* a 32-bit Windows: KEY_WOW64_64KEY is ACCESS_DENIED */
    int fail_at;        /* this call (from 1) … */
    uint32_t fail_code; /* … gives this number, or, if 0, ends the connection */
    int calls;
    unsigned open_handles;
    struct text log;
    char deleted[64];  /* leaf name of the last key deleted: gone from then on */
    struct wr request; /* of the fragments that came so far */
    struct wr answer;  /* fragments to be fetched */
    size_t answer_at;
};

void winreg_peer_init(struct winreg_peer *p);
void winreg_peer_fini(struct winreg_peer *p);
struct peer_key *winreg_peer_key(struct winreg_peer *p, const char *path);
void peer_key_value(struct peer_key *k, const char *name, uint32_t type, const void *bytes,
                    size_t size);
/* A host whose winreg pipe is this peer; everything but the registry is missing from it. */
void winreg_peer_host(struct winreg_peer *p, struct smb_host *h);

#endif
