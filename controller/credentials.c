#include "controller/credentials.h"

#include "base/clock.h"
#include "controller/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *group; /* borrowed; "all" for every host */
    const char *user;  /* or NULL: the host's own ansible_user */
    enum auth_policy auth;
    struct secret password;          /* empty until a host needs it */
    const struct config_login *from; /* or NULL: from the options */
};

struct credentials {
    struct entry *entries; /* the first that fits a host is its login */
    size_t n;
    enum opt password; /* the option that says where the password of an entry from options is */
};

void credentials_free(struct credentials *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n; i++)
        secret_fini(&c->entries[i].password);
    free(c->entries);
    free(c);
}

/* The same reason with another place in front: who reads it must find the entry, not our reader. */
static enum err replace_place(struct why *why, enum err e, const char *place, const char *key)
{
    struct why old;
    if (why == NULL || e == OK)
        return e;
    old = *why;
    (void)why_native(why, e, old.native, old.native_name, "%s: %s", key, old.text);
    return why_place(why, e, "%s", place);
}

/* Names in capitals are the custom and safe to repeat; anything else may be the password itself,
 * put where its name belongs. */
static bool name_is_telling(const char *variable)
{
    return variable[strspn(variable, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static enum err read_env(const char *variable, struct secret *out, struct why *why)
{
    enum err e;
    if (!variable_name_ok(variable))
        return why_set(why, E_CONFIG,
                       "expected the name of an environment variable, as in WEB_PASSWORD");
    if ((e = secret_from_env(variable, out, why)) == OK)
        return OK;
    struct why old = why != NULL ? *why : (struct why){0};
    return why_set(why, e, "%s%s%s", old.text, name_is_telling(variable) ? ": " : "",
                   name_is_telling(variable) ? variable : "");
}

static enum err login_read(const struct config_login *l, struct secret *out, struct why *why)
{
    if (l->password_env != NULL)
        return replace_place(why, read_env(l->password_env, out, why), l->place, "password_env");
    if (l->password_file != NULL)
        return secret_from_file(l->password_file, out, why);
    return replace_place(
        why,
        secret_from_command(l->password_command, clock_mono_ms() + PASSWORD_COMMAND_MS, out, why),
        l->place, "password_command");
}

static enum err options_read(const struct invocation *inv, enum opt password, struct secret *out,
                             struct why *why)
{
    const char *where = option_get(inv, password);
    enum err e;
    if (where == NULL)
        return option_blame(inv, OPT_USER,
                            why_set(why, E_USAGE,
                                    "a user without a password: say where it is kept with "
                                    "--password-env or --password-file"),
                            why);
    if (password == OPT_PASSWORD_FILE)
        return secret_from_file(where, out, why);
    e = read_env(where, out, why);
    return e == OK ? OK : option_blame(inv, password, e, why);
}

/* Which of the two says where the password is: the one on the higher level. */
static enum err password_option(const struct invocation *inv, enum opt *out, struct why *why)
{
    enum option_level env = option_level(inv, OPT_PASSWORD_ENV);
    enum option_level file = option_level(inv, OPT_PASSWORD_FILE);
    if (env == file && env != LEVEL_NONE)
        return option_blame(inv, OPT_PASSWORD_FILE,
                            why_set(why, E_USAGE,
                                    "where the password is, is said twice; drop "
                                    "this or the name of the environment variable"),
                            why);
    *out = env > file ? OPT_PASSWORD_ENV : OPT_PASSWORD_FILE;
    return OK;
}

/* Flags and environment are for every host; the top of swell.yaml is for those of no entry. */
static enum err entries_make(const struct invocation *inv, struct credentials *c, struct why *why)
{
    const char *user = option_get(inv, OPT_USER);
    size_t n = config_logins(inv->config);
    enum option_level most;
    enum err e;
    if ((e = password_option(inv, &c->password, why)) != OK)
        return e;
    most = option_level(inv, c->password);
    if (option_level(inv, OPT_USER) > most)
        most = option_level(inv, OPT_USER);
    if ((c->entries = calloc(n + 1, sizeof *c->entries)) == NULL)
        return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
    for (size_t i = 0; most <= LEVEL_FILE && i < n; i++) {
        const struct config_login *l = config_login(inv->config, i);
        c->entries[c->n++] = (struct entry){.group = l->group,
                                            .user = l->user != NULL ? l->user : user,
                                            .auth = l->auth,
                                            .from = l};
    }
    if (most != LEVEL_NONE)
        c->entries[c->n++] = (struct entry){.group = "all", .user = user};
    return OK;
}

static struct entry *entry_find(const struct credentials *c, const struct host *h)
{
    for (size_t i = 0; i < c->n; i++)
        if (host_in_group(h, c->entries[i].group))
            return &c->entries[i];
    return NULL;
}

static const char *user_of(const struct entry *en, const struct host *h)
{
    const char *user = en != NULL && en->user != NULL ? en->user : host_var_get(h, "ansible_user");
    return user != NULL && *user != '\0' ? user : NULL;
}

static enum err login_missing(const struct host *h, const struct entry *en, struct why *why)
{
    if (en == NULL)
        (void)why_set(why, E_CONFIG,
                      "no login for this host: give --user and --password-env or "
                      "--password-file, or a group of it under credentials: in swell.yaml");
    else
        (void)why_set(why, E_CONFIG,
                      "no user for this host: give --user, or ansible_user in the inventory%s%s",
                      en->from != NULL ? ", or user: at " : "",
                      en->from != NULL ? en->from->place : "");
    return why_place(why, E_CONFIG, "%s", h->name);
}

/* A plain off in a YAML inventory is false. */
static bool says_off(const char *s)
{
    return strcmp(s, "off") == 0 || strcmp(s, "false") == 0;
}

/* How a host is spoken to: the inventory's word on it goes before that of swell.yaml. */
static enum err login_how(const struct entry *en, const struct host *h, struct login *out,
                          struct why *why)
{
    const char *auth = host_var_get(h, "swell_auth");
    const char *encrypt = host_var_get(h, "swell_smb_encrypt");
    *out = (struct login){.auth = en != NULL ? en->auth : AUTH_NEGOTIATE};
    if (auth != NULL && !auth_policy_named(auth, &out->auth))
        (void)why_set(why, E_CONFIG, "swell_auth: expected negotiate, ntlm or kerberos");
    else if (encrypt != NULL && strcmp(encrypt, "required") != 0 && !says_off(encrypt))
        (void)why_set(why, E_CONFIG, "swell_smb_encrypt: expected required or off");
    else {
        out->encrypt = encrypt != NULL && strcmp(encrypt, "required") == 0;
        return OK;
    }
    return why_place(why, E_CONFIG, "%s", h->name);
}

static bool names_password(const struct invocation *inv, const struct credentials *c,
                           const struct entry *en)
{
    const struct config_login *l = en->from;
    return l == NULL ? option_get(inv, c->password) != NULL
                     : l->password_env != NULL || l->password_file != NULL ||
                           l->password_command != NULL;
}

static enum err host_prepare(const struct invocation *inv, struct credentials *c,
                             const struct host *h, struct why *why)
{
    struct entry *en = entry_find(c, h);
    struct login login;
    enum err e = login_how(en, h, &login, why);
    if (e != OK)
        return e;
    if (login.auth == AUTH_KERBEROS && (en == NULL || !names_password(inv, c, en)))
        return OK; /* a ticket is what it needs */
    if (en == NULL || (user_of(en, h) == NULL && login.auth != AUTH_KERBEROS))
        return login_missing(h, en, why);
    if (secret_is_set(&en->password))
        return OK;
    if (en->from == NULL)
        return options_read(inv, c->password, &en->password, why);
    return login_read(en->from, &en->password, why);
}

enum err credentials_load(const struct invocation *inv, const struct inventory *hosts,
                          const bool *chosen, struct credentials **out, struct why *why)
{
    struct credentials *c = calloc(1, sizeof *c);
    enum err e;
    *out = NULL;
    if (c == NULL)
        return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
    if ((e = entries_make(inv, c, why)) != OK)
        goto out;
    for (size_t i = 0; i < hosts->n_hosts; i++)
        if (chosen[i] && (e = host_prepare(inv, c, &hosts->hosts[i], why)) != OK)
            goto out;
    *out = c;
    c = NULL; /* moved to the caller */
out:
    credentials_free(c);
    return e;
}

enum err credentials_for(const struct credentials *c, const struct host *h, struct login *out,
                         struct why *why)
{
    static const struct secret none = {0};
    const struct entry *en = entry_find(c, h);
    struct login login;
    enum err e = login_how(en, h, &login, why);
    if (e != OK)
        return e;
    login.user = user_of(en, h);
    login.password = en != NULL ? &en->password : &none;
    if (login.auth != AUTH_KERBEROS && (login.user == NULL || !secret_is_set(login.password)))
        return login_missing(h, en, why);
    *out = login;
    return OK;
}
