/* Known keys and values: their types, their 32-bit twins, and what is not quite one of them. */
#include "playbooks/lint_parts.h"

#include <ctype.h>
#include <string.h>

#define EDITS_MAX 4       /* letters that a key may differ by to be a misspelt one */
#define SCHANNEL_LEVELS 5 /* of the key below */

static const char schannel[] = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL";
static const char dotnet[] = "SOFTWARE\\Microsoft\\.NETFramework";
static const char dotnet_32[] = "SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework";
static const char winhttp[] =
    "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp";
static const char winhttp_32[] =
    "SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp";

static const struct {
    const char *key; /* or below */
    const char *name;
} numbers[] = {
    {schannel, "Enabled"},
    {schannel, "DisabledByDefault"},
    {schannel, "ClientMinKeyBitLength"},
    {schannel, "ClientMaxKeyBitLength"},
    {schannel, "ServerMinKeyBitLength"},
    {schannel, "EventLogging"},
    {schannel, "AllowInsecureRenegoClients"},
    {schannel, "AllowInsecureRenegoServers"},
    {dotnet, "SchUseStrongCrypto"},
    {dotnet, "SystemDefaultTlsVersions"},
    {dotnet_32, "SchUseStrongCrypto"},
    {dotnet_32, "SystemDefaultTlsVersions"},
    {winhttp, "DefaultSecureProtocols"},
    {winhttp_32, "DefaultSecureProtocols"},
};

enum err lint_types(struct lint *l)
{
    char type[REG_TYPE_TEXT_SIZE];
    enum err e = OK;
    for (size_t i = 0; i < l->n_spots && e == OK; i++) {
        const struct lint_spot *at = &l->spots[i];
        const struct setting *s = at->setting;
        if (s->kind != SETTING_VALUE || at->path.hive != HIVE_LOCAL_MACHINE ||
            (s->value.type == REG_DWORD && s->value.size == 4))
            continue;
        for (size_t k = 0; k < COUNT(numbers) && e == OK; k++)
            if (key_below(at->path.key, numbers[k].key) != NULL &&
                reg_name_equal(s->name, numbers[k].name))
                e = lint_add(l, s, "%s is read as a dword; this %s%s is not seen", numbers[k].name,
                             reg_type_name(s->value.type, type),
                             s->value.type == REG_DWORD ? " of a wrong size" : "");
    }
    return e;
}

static enum err twin_look(struct lint *l, const struct lint_spot *at, const char *here,
                          const char *there, const char *who)
{
    const char *rest = key_below(at->path.key, here);
    struct text key = {0};
    enum err e = OK;
    if (rest == NULL)
        return OK;
    text_printf(&key, "%s%s%s", there, *rest == '\0' ? "" : "\\", rest);
    if (text_end(&key) == OK) {
        struct reg_path twin = {
            .hive = at->path.hive, .view = at->path.view, .key = key.s}; /* borrowed */
        if (!lint_sets(l, &twin, at->setting->name))
            e = lint_add(l, at->setting, "%s is set for %s programs only; the others read HKLM\\%s",
                         at->setting->name, who, key.s);
    } else {
        e = E_MEMORY;
    }
    text_fini(&key);
    return e;
}

static bool is_read_by_both(const char *name)
{
    static const char *const names[] = {"SchUseStrongCrypto", "SystemDefaultTlsVersions",
                                        "DefaultSecureProtocols"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (reg_name_equal(name, names[i]))
            return true;
    return false;
}

enum err lint_twins(struct lint *l)
{
    static const struct {
        const char *wide, *narrow;
    } twins[] = {{dotnet, dotnet_32}, {winhttp, winhttp_32}};
    enum err e = OK;
    for (size_t i = 0; i < l->n_spots; i++)
        for (size_t k = 0; k < COUNT(twins); k++) {
            const struct lint_spot *at = &l->spots[i];
            if (at->setting->kind != SETTING_VALUE || at->path.hive != HIVE_LOCAL_MACHINE ||
                !is_read_by_both(at->setting->name))
                continue;
            if ((e = twin_look(l, at, twins[k].wide, twins[k].narrow, "64-bit")) != OK ||
                (e = twin_look(l, at, twins[k].narrow, twins[k].wide, "32-bit")) != OK)
                return e;
        }
    return OK;
}

/* All letters and digits in lower case, so that a lost or an added `\` shows. */
static bool has_letters(const char *key, const char *letters)
{
    struct text t = {0};
    for (; *key != '\0'; key++)
        if (isalnum((unsigned char)*key))
            text_char(&t, (char)tolower((unsigned char)*key));
    bool has = strstr(text_str(&t), letters) != NULL;
    text_fini(&t);
    return has;
}

static bool is_nearly_schannel(const char *key)
{
    char head[sizeof schannel + EDITS_MAX];
    size_t n = 0, level = 1;
    if (key_below(key, schannel) != NULL)
        return false;
    if (has_letters(key, "controlsecurityprovidersschannel"))
        return true;
    for (; n < sizeof head - 1 && key[n] != '\0'; n++) { /* as many levels as it should have */
        level += key[n] == '\\';
        if (level > SCHANNEL_LEVELS)
            break;
    }
    memcpy(head, key, n);
    head[n] = '\0';
    return str_distance(head, schannel) <= EDITS_MAX;
}

/* ControlSet001 and the like. */
static bool is_fixed_control_set(const char *key)
{
    static const char numbered[] = "ControlSet0";
    char level[32];
    const char *rest = key_below(key, "SYSTEM");
    if (rest == NULL)
        return false;
    (void)key_level(rest, level, sizeof level);
    level[strlen(numbered)] = '\0';
    return str_eq_nocase(level, numbered);
}

static enum err key_look(struct lint *l, const struct setting *s, const char *key)
{
    enum reg_hive hive = s->path.hive;
    if (hive == HIVE_CURRENT_USER)
        return lint_add(l, s, "HKCU is the user whom Swell logs on as; name the user below HKU");
    if ((hive == HIVE_LOCAL_MACHINE || hive == HIVE_USERS) && strchr(key, '\\') == NULL &&
        s->kind == SETTING_KEY && *key != '\0')
        return lint_add(l, s, "Windows makes no keys directly in %s", hive_name(hive));
    if (path_is_volatile(&s->path))
        return lint_add(l, s, "HKLM\\HARDWARE is made anew at each start of the host: what is set "
                              "there is gone then");
    if (hive != HIVE_LOCAL_MACHINE)
        return OK;
    if (is_fixed_control_set(key))
        return lint_add(
            l, s, "a numbered control set is not always the one in use; CurrentControlSet is");
    if (is_nearly_schannel(key))
        return lint_add(l, s, "Schannel does not read this key; did you mean HKLM\\%s\\…?",
                        schannel);
    return OK;
}

enum err lint_paths(struct lint *l)
{
    enum err e = OK;
    for (size_t i = 0; i < l->n_spots && e == OK; i++) {
        const struct lint_spot *at = &l->spots[i];
        const struct setting *key = lint_key(l, i), *s = at->setting;
        if (key != NULL)
            e = key_look(l, key, at->path.key);
        if (e == OK && s->path.view == VIEW_32 && strcmp(s->path.key, at->path.key) == 0)
            e = lint_add(l, s, "view: 32 changes nothing here: both views share this key");
    }
    return e;
}
