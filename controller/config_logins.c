/* The entries below credentials: in swell.yaml. A person who errs may have written the password
 * itself anywhere in one, so no value is repeated. */
#include "base/text.h"
#include "controller/config_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const login_keys[] = {
    "group", "user", "password_env", "password_file", "password_command", "auth"};

static void login_fini(struct config_login *l)
{
    free(l->group);
    free(l->user);
    free(l->password_env);
    free(l->password_file);
    free(l->password_command);
}

void config_logins_free(struct config_login *logins, size_t n)
{
    for (size_t i = 0; i < n; i++)
        login_fini(&logins[i]);
    free(logins);
}

static enum err text_maybe(const struct yaml_form *f, const struct yaml_item *map, const char *key,
                           char **out)
{
    const struct yaml_item *at = form_get(map, key);
    return at == NULL ? OK : form_text(f, at, "a text", out);
}

bool auth_policy_named(const char *word, enum auth_policy *out)
{
    static const char *const words[] = {
        [AUTH_NEGOTIATE] = "negotiate", [AUTH_NTLM] = "ntlm", [AUTH_KERBEROS] = "kerberos"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcmp(word, words[i]) == 0) {
            *out = (enum auth_policy)i;
            return true;
        }
    return false;
}

static enum err auth_read(const struct yaml_form *f, const struct yaml_item *map,
                          enum auth_policy *out)
{
    const struct yaml_item *at = form_get(map, "auth");
    *out = AUTH_NEGOTIATE;
    if (at == NULL || (at->shape == YAML_TEXT && auth_policy_named(at->text, out)))
        return OK;
    return form_fail(f, at, "expected negotiate, ntlm or kerberos");
}

static enum err password_check(const struct yaml_form *f, const struct yaml_item *map,
                               const struct config_login *l)
{
    int said =
        (l->password_env != NULL) + (l->password_file != NULL) + (l->password_command != NULL);
    if (said == 0 && l->auth == AUTH_KERBEROS)
        return OK; /* a ticket or a keytab */
    if (said != 1)
        return form_fail(f, map,
                         "%s: expected one of password_env, password_file and password_command",
                         said == 0 ? "this entry does not say where the password is kept"
                                   : "this entry says twice where the password is kept");
    if (l->password_env != NULL && !variable_name_ok(l->password_env))
        return form_fail(f, form_get(map, "password_env"),
                         "expected the name of an environment variable, as in WEB_PASSWORD");
    return OK;
}

static enum err password_file_resolve(const struct yaml_form *f, struct config_login *l)
{
    char *path = NULL;
    if (l->password_file == NULL)
        return OK;
    if (config_path(f->file, l->password_file, &path) != OK)
        return form_memory(f);
    free(l->password_file);
    l->password_file = path;
    return OK;
}

static enum err login_read(const struct yaml_form *f, const struct yaml_item *map,
                           struct config_login *out)
{
    const struct yaml_item *group;
    enum err e;
    if ((e = config_map(f, map, "an entry of credentials", login_keys, COUNT(login_keys))) != OK ||
        (e = form_require(f, map, "group", "this entry", &group)) != OK ||
        (e = form_text(f, group, "the name of a group", &out->group)) != OK ||
        (e = text_maybe(f, map, "user", &out->user)) != OK ||
        (e = text_maybe(f, map, "password_env", &out->password_env)) != OK ||
        (e = text_maybe(f, map, "password_file", &out->password_file)) != OK ||
        (e = text_maybe(f, map, "password_command", &out->password_command)) != OK ||
        (e = auth_read(f, map, &out->auth)) != OK || (e = password_check(f, map, out)) != OK ||
        (e = password_file_resolve(f, out)) != OK)
        return e;
    (void)snprintf(out->place, sizeof out->place, "%s:%d:%d", f->file, map->line, map->column);
    return OK;
}

enum err config_logins_read(const struct yaml_form *f, const struct yaml_item *at,
                            struct config_login **out, size_t *n)
{
    struct config_login *logins;
    enum err e = OK;
    if (at->shape != YAML_LIST)
        return form_fail(f, at,
                         "expected a list of entries such as {group: web, user: ops, "
                         "password_env: WEB_PASSWORD}");
    if (at->n > CONFIG_LOGINS_MAX)
        return form_fail(f, at, "more than %d entries", CONFIG_LOGINS_MAX);
    if ((logins = calloc(at->n + 1, sizeof *logins)) == NULL)
        return form_memory(f);
    for (size_t i = 0; e == OK && i < at->n; i++)
        e = login_read(f, at->items[i], &logins[i]);
    if (e != OK) {
        config_logins_free(logins, at->n);
        return e;
    }
    *out = logins;
    *n = at->n;
    return OK;
}
