/* controller/credentials.h: which login each host gets. From --user with --password-env or
 * --password-file for all, or per group from swell.yaml (user, password_env, password_file,
 * password_command, auth); a host takes the first group, in the order of the file, that it is in.
 * Where that file has `user` and a password at its top, they are for the hosts of no such group.
 * ansible_user of the inventory is the user where none of these says one. A host's swell_auth
 * (negotiate, ntlm, kerberos) goes before auth, and swell_smb_encrypt (required, off) says whether
 * it is spoken to in the clear. With kerberos neither user nor password need be there: a ticket is.
 * Owns:   credentials_free wipes and frees (NULL is fine). Logins are borrowed from it, and from
 *         the host and the invocation: all of them outlive it. A login's password is never NULL.
 * Errors: E_USAGE or E_CONFIG: which option, entry, file, variable or command failed, never its
 *         content; also for a host without a login. */
#ifndef SWELL_CONTROLLER_CREDENTIALS_H
#define SWELL_CONTROLLER_CREDENTIALS_H

#include "controller/cli/options.h"
#include "inventory/inventory.h"
#include "transport/transport.h"

struct credentials;

struct login {
    const char *user;              /* or NULL with AUTH_KERBEROS: whoever the ticket is for */
    const struct secret *password; /* may be empty with AUTH_KERBEROS */
    enum auth_policy auth;
    bool encrypt;
};

#define PASSWORD_COMMAND_MS 60000 /* the most a password_command may take: it may ask a person */

/* Reads and runs what is needed for the hosts given (each password_command once). Not thread-safe;
 * credentials_for is. */
MUST_CHECK enum err credentials_load(const struct invocation *inv, const struct inventory *hosts,
                                     const bool *chosen, struct credentials **out, struct why *why);
MUST_CHECK enum err credentials_for(const struct credentials *c, const struct host *h,
                                    struct login *out, struct why *why);
void credentials_free(struct credentials *c);

#endif
