#include "base/shown.h"
#include "playbooks/playbook_parts.h"
#include "registry/reg_file.h"

#include <stdlib.h>
#include <string.h>

static const enum setting_kind kinds[] = {
    [REG_KEY_CREATE] = SETTING_KEY,
    [REG_KEY_DELETE] = SETTING_KEY_ABSENT,
    [REG_VALUE_SET] = SETTING_VALUE,
    [REG_VALUE_DELETE] = SETTING_VALUE_ABSENT,
};

/* Moves what the entry owns into a setting of p. A .reg file does not say what a value takes effect
 * by, so a restart is what is safe to assume. */
static enum err entry_take(struct reg_entry *from, struct playbook *p)
{
    struct setting s = {
        .kind = kinds[from->kind],
        .path = from->path,
        .name = from->name,
        .value = from->value,
        .effect = EFFECT_RESTART,
        .line = (int)from->line,
        .column = (int)from->column,
    };
    from->path = (struct reg_path){0};
    from->name = NULL;
    from->value = (struct reg_value){0};
    enum err e = playbook_setting_add(p, &s);
    setting_fini(&s);
    return e;
}

static enum err entries_take(const char *file, struct reg_file *from, struct playbook *p,
                             struct why *why)
{
    for (size_t i = 0; i < from->n; i++) {
        enum err e = entry_take(&from->entries[i], p);
        if (e == E_LIMIT)
            return why_place(
                why, why_set(why, E_DATA, "more than %d settings", PLAYBOOK_SETTINGS_MAX),
                "%s:%zu:%zu", shown_file(file), from->entries[i].line, from->entries[i].column);
        if (e != OK)
            return why_set(why, e, "out of memory");
    }
    return OK;
}

enum err playbook_read_reg(const char *file, const char *bytes, size_t n, struct playbook **out,
                           struct why *why)
{
    struct reg_file reg = {0};
    struct playbook *p = calloc(1, sizeof *p);
    enum err e;
    *out = NULL;
    if (p == NULL || playbook_name_from_file(file, &p->name) != OK ||
        (p->title = str_dup(p->name)) == NULL) {
        e = why_set(why, E_MEMORY, "out of memory");
        goto out;
    }
    if ((e = reg_file_read(file, rd_of(bytes, n), &reg, why)) != OK ||
        (e = entries_take(file, &reg, p, why)) != OK || (e = playbook_check(p, file, why)) != OK)
        goto out;
    *out = p;
    p = NULL; /* moved to the caller */
out:
    playbook_free(p);
    reg_file_fini(&reg);
    return e;
}

/* What .reg has no words for. */
static size_t lost_count(const struct playbook *p)
{
    size_t lost = p->n_guards + p->n_verify + p->n_sources;
    if (p->title != NULL && strcmp(p->title, p->name) != 0)
        lost++;
    for (size_t i = 0; i < p->n_settings; i++)
        if (p->settings[i].why != NULL || p->settings[i].effect != EFFECT_RESTART)
            lost++;
    return lost;
}

enum err playbook_write_reg(const struct playbook *p, struct text *out, size_t *lost)
{
    static const enum reg_entry_kind back[] = {
        [SETTING_VALUE] = REG_VALUE_SET,
        [SETTING_VALUE_ABSENT] = REG_VALUE_DELETE,
        [SETTING_KEY] = REG_KEY_CREATE,
        [SETTING_KEY_ABSENT] = REG_KEY_DELETE,
    };
    struct reg_entry *entries = calloc(p->n_settings + 1, sizeof *entries);
    struct wr w;
    enum err e;
    if (entries == NULL)
        return E_MEMORY;
    for (size_t i = 0; i < p->n_settings; i++) /* borrowed: only read from */
        entries[i] = (struct reg_entry){.kind = back[p->settings[i].kind],
                                        .path = p->settings[i].path,
                                        .name = p->settings[i].name,
                                        .value = p->settings[i].value};
    wr_init(&w, REG_FILE_MAX);
    if ((e = reg_file_put_bytes(&w, entries, p->n_settings)) == OK && (e = wr_end(&w)) == OK) {
        text_put_n(out, (const char *)w.bytes, w.used);
        e = text_end(out);
    }
    if (e == OK)
        *lost = lost_count(p);
    wr_fini(&w);
    free(entries);
    return e;
}
