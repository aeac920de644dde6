/* transport/winrm_host.h: one host behind WinRM. Private to transport/winrm_*.c.
 * Source: as in transport/winrm/.
 * Owns:   the transport owns its connections; the target stays the caller's.
 * Errors: as in transport.h. */
#ifndef SWELL_TRANSPORT_WINRM_HOST_H
#define SWELL_TRANSPORT_WINRM_HOST_H

#include "transport/winrm/stdregprov.h"
#include "transport/winrm/wsman.h"

struct winrm_host {
    struct transport base;
    struct wsman *wsman;
};

/* What a key holds by name and type; key_exists false: there is none. */
struct winrm_key {
    bool key_exists;
    struct regprov_names values;
    enum err err;
    struct why why;
};

/* Reads the value names of these keys together. An error of a key is in it. */
MUST_CHECK enum err winrm_keys_read(struct winrm_host *h, const struct reg_path *const *paths,
                                    size_t n, int64_t deadline_ms, struct winrm_key *out,
                                    struct why *why);
enum err winrm_read_items(struct transport *t, struct reg_read *items, size_t n,
                          int64_t deadline_ms, struct why *why);
enum err winrm_list_key(struct transport *t, const struct reg_path *path, int64_t deadline_ms,
                        struct reg_list *out, struct why *why);
enum err winrm_apply_ops(struct transport *t, struct reg_op *ops, size_t n, int64_t deadline_ms,
                         struct why *why);
enum err winrm_identity(struct transport *t, int64_t deadline_ms, struct boot_identity *out,
                        struct why *why);
enum err winrm_restart(struct transport *t, const char *reason, uint32_t delay_s,
                       int64_t deadline_ms, struct why *why);
/* Messages that went one after the other since the login. */
uint64_t winrm_turns(const struct transport *t);
/* "read HKLM\A\B value X" before the words of an error. */
enum err winrm_place(struct why *why, enum err e, const char *doing, const struct reg_path *path,
                     const char *name);

#endif
