#include "playbooks/playbook.h"

#include "base/file.h"
#include "base/yaml_tree.h"
#include "playbooks/playbook_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void setting_fini(struct setting *s)
{
    path_fini(&s->path);
    free(s->name);
    value_fini(&s->value);
    free(s->why);
    *s = (struct setting){0};
}

void playbook_free(struct playbook *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_sources; i++)
        free(p->sources[i]);
    for (size_t i = 0; i < p->n_guards; i++) {
        free(p->guards[i].that);
        free(p->guards[i].why);
    }
    for (size_t i = 0; i < p->n_settings; i++)
        setting_fini(&p->settings[i]);
    free(p->name);
    free(p->title);
    free(p->sources);
    free(p->guards);
    free(p->settings);
    free(p->verify);
    free(p);
}

enum err playbook_setting_add(struct playbook *p, struct setting *s)
{
    size_t n = p->n_settings;
    if (n == PLAYBOOK_SETTINGS_MAX)
        return E_LIMIT;
    if ((n & (n - 1)) == 0) { /* full at every power of two */
        struct setting *more = realloc(p->settings, (n == 0 ? 1 : n * 2) * sizeof *more);
        if (more == NULL)
            return E_MEMORY;
        p->settings = more;
    }
    p->settings[p->n_settings++] = *s;
    *s = (struct setting){0}; /* moved */
    return OK;
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '_' || c == '-';
}

bool playbook_name_is_good(const char *name)
{
    size_t n = 0;
    while (is_name_byte(name[n]))
        n++;
    return name[n] == '\0' && n >= 1 && n <= PLAYBOOK_NAME_MAX && isalnum((unsigned char)name[0]);
}

enum err playbook_name_from_file(const char *file, char **out)
{
    struct text t = {0};
    const char *slash = strrchr(file, '/');
    const char *from = slash != NULL ? slash + 1 : file;
    const char *dot = strrchr(from, '.');
    size_t n = dot != NULL && dot != from ? (size_t)(dot - from) : strlen(from);
    enum err e;
    for (size_t i = 0; i < n && t.used < PLAYBOOK_NAME_MAX; i++)
        if (isalnum((unsigned char)from[i]) || (t.used > 0 && is_name_byte(from[i])))
            text_char(&t, from[i]);
        else if (t.used > 0 && t.s[t.used - 1] != '-')
            text_char(&t, '-'); /* one for a run of what a name cannot hold */
    if (t.used == 0)
        text_put(&t, "playbook");
    if ((e = text_take(&t, out)) != OK)
        text_fini(&t);
    return e;
}

static bool is_reg_file(const char *file)
{
    size_t n = strlen(file);
    return n >= 4 && str_eq_nocase(file + n - 4, ".reg");
}

enum err playbook_load(const char *file, struct playbook **out, struct why *why)
{
    struct text bytes = {0};
    enum err e;
    *out = NULL;
    if ((e = file_read(file, YAML_FILE_MAX, &bytes, why)) == OK)
        e = is_reg_file(file) ? playbook_read_reg(file, text_str(&bytes), bytes.used, out, why)
                              : playbook_read_yaml(file, text_str(&bytes), bytes.used, out, why);
    text_fini(&bytes);
    return e;
}
