#include "controller/config.h"

#include "base/file.h"
#include "base/text.h"
#include "controller/config_parts.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool variable_name_ok(const char *s)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    size_t n = strspn(s, first);
    while (n > 0 && (strchr(first, s[n]) != NULL || (s[n] >= '0' && s[n] <= '9')) && s[n] != '\0')
        n++;
    return n > 0 && s[n] == '\0';
}

static bool home_find(char buf[FOLDER_SIZE])
{
    const char *home = getenv("HOME");
    char names[FOLDER_SIZE];
    struct passwd entry, *found = NULL;
    int n;
    if (home == NULL || home[0] != '/') {
        if (getpwuid_r(getuid(), &entry, names, sizeof names, &found) != 0 || found == NULL)
            return false;
        home = found->pw_dir;
    }
    n = snprintf(buf, FOLDER_SIZE, "%s", home);
    return home[0] == '/' && n > 0 && n < FOLDER_SIZE;
}

bool folder_find(const char *variable, const char *below, char buf[FOLDER_SIZE])
{
    const char *value = getenv(variable);
    char home[FOLDER_SIZE];
    int n;
    if (value != NULL && value[0] == '/')
        n = snprintf(buf, FOLDER_SIZE, "%s", value);
    else if (home_find(home))
        n = snprintf(buf, FOLDER_SIZE, "%s/%s", home, below);
    else
        return false;
    return n > 0 && n < FOLDER_SIZE;
}

enum err config_path(const char *file, const char *path, char **out)
{
    const char *slash = strrchr(file, '/');
    char home[FOLDER_SIZE];
    struct text t = {0};
    if (str_starts(path, "~/") && home_find(home))
        text_printf(&t, "%s/%s", home, path + 2);
    else if (path[0] == '/' || slash == NULL)
        text_put(&t, path);
    else
        text_printf(&t, "%.*s/%s", (int)(slash - file), file, path);
    enum err e = text_take(&t, out);
    text_fini(&t);
    return e;
}

/* Where it is, or "" for nowhere; *must: somebody said so. */
static enum err config_find(const struct invocation *inv, char buf[FOLDER_SIZE], bool *must,
                            struct why *why)
{
    static const char name[] = "/swell/swell.yaml";
    const char *said = option_get(inv, OPT_CONFIG);
    *must = said != NULL;
    if (said != NULL) {
        int n = snprintf(buf, FOLDER_SIZE, "%s", said);
        if (n >= FOLDER_SIZE)
            return option_blame(inv, OPT_CONFIG, why_set(why, E_CONFIG, "the name is too long"),
                                why);
        return OK;
    }
    if (!folder_find("XDG_CONFIG_HOME", ".config", buf) || strlen(buf) + sizeof name > FOLDER_SIZE)
        buf[0] = '\0';
    else
        memcpy(buf + strlen(buf), name, sizeof name);
    return OK;
}

static bool runs_commands(const struct config *c)
{
    for (size_t i = 0; i < config_logins(c); i++)
        if (config_login(c, i)->password_command != NULL)
            return true;
    return false;
}

static enum err check_mode(const char *file, const struct config *c, struct why *why)
{
    struct stat st;
    if (!runs_commands(c) || stat(file, &st) != 0 || !S_ISREG(st.st_mode))
        return OK;
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return why_place(why,
                         why_set(why, E_CONFIG,
                                 "it has a password_command, and others than its owner may change "
                                 "it (mode %04o); mend it with: chmod go-w %s",
                                 (unsigned)(st.st_mode & 07777), file),
                         "%s", file);
    if (st.st_uid != 0 && st.st_uid != getuid())
        return why_place(why,
                         why_set(why, E_CONFIG,
                                 "it has a password_command, and belongs to somebody else (user "
                                 "%u)",
                                 (unsigned)st.st_uid),
                         "%s", file);
    return OK;
}

enum err config_load(const struct invocation *inv, struct config **out, struct why *why)
{
    char file[FOLDER_SIZE];
    struct text bytes = {0};
    struct config *c = NULL;
    bool must;
    enum err e;
    *out = NULL;
    if ((e = config_find(inv, file, &must, why)) != OK)
        return e;
    if (file[0] == '\0' || (!must && access(file, F_OK) != 0 && errno != EACCES))
        return OK;
    if ((e = file_read(file, CONFIG_FILE_MAX, &bytes, why)) != OK) {
        e = e == E_MEMORY ? e : E_CONFIG;
        goto out;
    }
    if ((e = config_read(file, text_str(&bytes), bytes.used, &c, why)) != OK ||
        (e = check_mode(file, c, why)) != OK)
        goto out;
    *out = c;
    c = NULL; /* moved to the caller */
out:
    config_free(c);
    text_fini(&bytes);
    return e;
}
