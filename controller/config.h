/* controller/config.h: swell.yaml: settings that a person does not want to type each time, and
 * where the passwords of groups of hosts are. Never a password itself.
 * Source: the option table (cli/options.h): a key is an option's name with `_` for `-`.
 * Shape:  one map, e.g.
 *             db: ~/fleet/swell.db
 *             serial: [1, 10%, 100%]
 *             forks: 64
 *             credentials:
 *               - {group: web, user: FLEET\ops, password_env: WEB_PASSWORD}
 *               - {group: all, user: ops, password_command: pass show fleet/ops}
 *         A list becomes the option's text, parted by commas. In `db` and `password_file`, `~/` is
 *         the home folder and a relative path begins at the folder of swell.yaml.
 * Owns:   config_free(NULL) is fine. What is got is borrowed from the config.
 * Errors: E_CONFIG with FILE:LINE:COLUMN and the nearest known key, E_MEMORY; nothing is returned
 *         then. What may be a secret is never repeated. */
#ifndef SWELL_CONTROLLER_CONFIG_H
#define SWELL_CONTROLLER_CONFIG_H

#include "controller/cli/options.h"
#include "transport/transport.h"

#define CONFIG_FILE_MAX (1u << 20) /* bytes */
#define CONFIG_LOGINS_MAX 1000     /* entries of credentials: */
#define CONFIG_PLACE_SIZE 160

struct config_login {
    char *group;
    char *user;                                            /* or NULL: ansible_user */
    char *password_env, *password_file, *password_command; /* one; or none with auth: kerberos */
    enum auth_policy auth;
    char place[CONFIG_PLACE_SIZE]; /* FILE:LINE:COLUMN */
};

struct config;

/* file is the name for messages; relative paths inside begin at its folder. */
MUST_CHECK enum err config_read(const char *file, const char *bytes, size_t n, struct config **out,
                                struct why *why);
/* The file that --config or SWELL_CONFIG names, which must be there; or
 * $XDG_CONFIG_HOME/swell/swell.yaml, or ~/.config/swell/swell.yaml; *out is NULL if there is none.
 * A file with password_command that others than its owner may change is refused: they could run
 * programs as its reader. */
MUST_CHECK enum err config_load(const struct invocation *inv, struct config **out, struct why *why);
void config_free(struct config *c);

/* c may be NULL: nothing is set. */
const char *config_get(const struct config *c, enum opt o);   /* NULL if it is not there */
const char *config_place(const struct config *c, enum opt o); /* FILE:LINE:COLUMN of the value */
size_t config_logins(const struct config *c);
const struct config_login *config_login(const struct config *c, size_t i);

/* negotiate, ntlm, kerberos; false, and *out as it was, for any other word. */
bool auth_policy_named(const char *word, enum auth_policy *out);

/* May an environment variable be called so? (POSIX.1-2017 Base Definitions, 8.1) */
bool variable_name_ok(const char *s);

#define FOLDER_SIZE 4096
/* $VARIABLE if that is an absolute path, else below under the home folder, as the XDG Base
 * Directory Specification has it; false when there is neither or it is too long. */
bool folder_find(const char *variable, const char *below, char buf[FOLDER_SIZE]);

#endif
