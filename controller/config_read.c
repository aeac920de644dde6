/* The text of swell.yaml becomes a struct config. */
#include "base/text.h"
#include "controller/config_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOGINS_KEY "credentials"

struct config {
    char *values[OPTS]; /* NULL: not set */
    char places[OPTS][CONFIG_PLACE_SIZE];
    struct config_login *logins;
    size_t n_logins;
};

void config_free(struct config *c)
{
    if (c == NULL)
        return;
    for (size_t o = 0; o < OPTS; o++)
        free(c->values[o]);
    config_logins_free(c->logins, c->n_logins);
    free(c);
}

const char *config_get(const struct config *c, enum opt o)
{
    return c != NULL ? c->values[o] : NULL;
}

const char *config_place(const struct config *c, enum opt o)
{
    return c != NULL ? c->places[o] : "";
}

size_t config_logins(const struct config *c)
{
    return c != NULL ? c->n_logins : 0;
}

const struct config_login *config_login(const struct config *c, size_t i)
{
    return &c->logins[i];
}

enum err config_map(const struct yaml_form *f, const struct yaml_item *at, const char *what,
                    const char *const *keys, size_t n)
{
    static const char *const secrets[] = {"password", "ansible_password", "passwd", "secret"};
    if (at->shape != YAML_MAP)
        return form_fail(f, at, "expected %s, a map with keys such as %s:", what, keys[0]);
    for (size_t i = 0; i < COUNT(secrets); i++) {
        const struct yaml_item *key = form_get_key(at, secrets[i]);
        if (key != NULL)
            return form_fail(f, key,
                             "a password does not belong in this file; say where it is kept: "
                             "password_env, password_file, or password_command (below " LOGINS_KEY
                             ":)");
    }
    return form_map(f, at, what, keys, n);
}

/* A list of texts, parted by commas as on the command line. */
static enum err list_join(const struct yaml_form *f, const struct yaml_item *at, char **out)
{
    struct text t = {0};
    enum err e = OK;
    if (at->n == 0)
        return form_fail(f, at, "an empty list");
    for (size_t i = 0; i < at->n; i++) {
        char *one = NULL;
        if ((e = form_text(f, at->items[i], "a text", &one)) != OK)
            goto out;
        text_printf(&t, "%s%s", i == 0 ? "" : ",", one);
        free(one);
        if (t.used > FORM_TEXT_MAX) {
            e = form_fail(f, at, "a list of more than %d bytes", FORM_TEXT_MAX);
            goto out;
        }
    }
    if ((e = text_take(&t, out)) != OK)
        e = form_memory(f);
out:
    text_fini(&t);
    return e;
}

static enum err value_read(const struct yaml_form *f, const struct yaml_item *at,
                           const struct option *o, char **out)
{
    bool on;
    enum err e;
    if (at->shape == YAML_LIST && o->value != NULL)
        return list_join(f, at, out);
    if ((e = form_text(f, at, o->value != NULL ? "a text" : "yes or no", out)) != OK)
        return e;
    if (o->value == NULL && !switch_parse(*out, &on))
        return form_fail(f, at, "expected yes or no");
    return OK;
}

static enum err path_resolve(const struct yaml_form *f, char **value)
{
    char *path = NULL;
    if (config_path(f->file, *value, &path) != OK)
        return form_memory(f);
    free(*value);
    *value = path;
    return OK;
}

static enum err setting_read(const struct yaml_form *f, const struct yaml_item *root, enum opt o,
                             struct config *c)
{
    const struct option *option = option_of(o);
    const struct yaml_item *at = option->key != NULL ? form_get(root, option->key) : NULL;
    enum err e;
    if (at == NULL)
        return OK;
    (void)snprintf(c->places[o], CONFIG_PLACE_SIZE, "%s:%d:%d", f->file, at->line, at->column);
    if ((e = value_read(f, at, option, &c->values[o])) == OK &&
        (o == OPT_DB || o == OPT_PASSWORD_FILE))
        e = path_resolve(f, &c->values[o]);
    return e;
}

static enum err root_read(const struct yaml_form *f, const struct yaml_item *root, struct config *c)
{
    const char *keys[OPTS + 1];
    size_t n = 0;
    enum err e;
    for (enum opt o = 0; o < OPTS; o++)
        if (option_of(o)->key != NULL)
            keys[n++] = option_of(o)->key;
    keys[n++] = LOGINS_KEY;
    if ((e = config_map(f, root, "settings", keys, n)) != OK)
        return e;
    for (enum opt o = 0; o < OPTS; o++)
        if ((e = setting_read(f, root, o, c)) != OK)
            return e;
    if (c->values[OPT_PASSWORD_ENV] != NULL && c->values[OPT_PASSWORD_FILE] != NULL)
        return form_fail(f, form_get_key(root, "password_file"),
                         "password_env says already where the password is");
    const struct yaml_item *logins = form_get(root, LOGINS_KEY);
    return logins == NULL ? OK : config_logins_read(f, logins, &c->logins, &c->n_logins);
}

/* Nothing but comments: YAML calls that no document at all; here it is a file without settings. */
static bool is_empty(const char *bytes, size_t n)
{
    bool comment = false;
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        n -= 3;
    }
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] == '\n')
            comment = false;
        else if (bytes[i] == '#')
            comment = true;
        else if (!comment && bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r')
            return false;
    }
    return true;
}

enum err config_read(const char *file, const char *bytes, size_t n, struct config **out,
                     struct why *why)
{
    struct yaml_form form = {.file = file, .why = why};
    struct yaml_tree *tree = NULL;
    struct config *c = calloc(1, sizeof *c);
    enum err e = OK;
    *out = NULL;
    if (c == NULL)
        return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
    if (!is_empty(bytes, n) && ((e = yaml_tree_read(file, bytes, n, &tree, why)) != OK ||
                                (e = root_read(&form, tree->root, c)) != OK))
        goto out;
    *out = c;
    c = NULL; /* moved to the caller */
out:
    config_free(c);
    yaml_tree_free(tree);
    return e == E_DATA || e == E_LIMIT ? E_CONFIG : e;
}
