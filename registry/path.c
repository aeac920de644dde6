#include "registry/path.h"

#include "base/utf16.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LEVEL_MAX 255 /* UTF-16 units of a key name: "Registry Element Size Limits" */

static const struct {
    const char *name;
    const char *long_name;
} hives[] = {
    [HIVE_LOCAL_MACHINE] = {"HKLM", "HKEY_LOCAL_MACHINE"},
    [HIVE_USERS] = {"HKU", "HKEY_USERS"},
    [HIVE_CLASSES_ROOT] = {"HKCR", "HKEY_CLASSES_ROOT"},
    [HIVE_CURRENT_CONFIG] = {"HKCC", "HKEY_CURRENT_CONFIG"},
    [HIVE_CURRENT_USER] = {"HKCU", "HKEY_CURRENT_USER"},
};

void path_fini(struct reg_path *p)
{
    free(p->key);
    *p = (struct reg_path){0};
}

static enum err path_make(enum reg_hive hive, enum reg_view view, const char *key, size_t n,
                          struct reg_path *out)
{
    char *copy = str_dup_n(key, n);

    *out = (struct reg_path){0};
    if (copy == NULL)
        return E_MEMORY;
    *out = (struct reg_path){.hive = hive, .view = view, .key = copy};
    return OK;
}

enum err path_copy(const struct reg_path *from, struct reg_path *out)
{
    return path_make(from->hive, from->view, from->key, strlen(from->key), out);
}

const char *hive_name(enum reg_hive hive)
{
    return hives[hive].name;
}

const char *hive_long_name(enum reg_hive hive)
{
    return hives[hive].long_name;
}

static bool hive_find(const char *name, enum reg_hive *out)
{
    for (size_t i = 0; i < COUNT(hives); i++)
        if (str_eq_nocase(name, hives[i].name) || str_eq_nocase(name, hives[i].long_name)) {
            *out = (enum reg_hive)i;
            return true;
        }
    return false;
}

static enum err level_check(const char *level, size_t n, struct why *why)
{
    char copy[REG_KEY_MAX + 1];
    size_t units;

    memcpy(copy, level, n);
    copy[n] = '\0';
    if (n == 0)
        return why_set(why, E_DATA,
                       "expected a key name after each '\\', not a second '\\' or the end");
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)copy[i] < 0x20 || copy[i] == 0x7f)
            return why_set(why, E_DATA, "a key name holds the control character 0x%02X",
                           (unsigned)(unsigned char)copy[i]);
    if (utf16_units(copy, &units) != OK)
        return why_set(why, E_DATA, "a key name is not valid UTF-8");
    if (units > LEVEL_MAX)
        return why_set(why, E_DATA, "a key name has %zu characters, more than %d", units,
                       LEVEL_MAX);
    return OK;
}

/* The key below the hive, "" for the hive itself. */
static enum err key_check(const char *key, struct why *why)
{
    size_t depth = 0;

    if (strlen(key) > REG_KEY_MAX)
        return why_set(why, E_DATA, "the path is longer than %d bytes", REG_KEY_MAX);
    while (*key != '\0' || depth > 0) {
        size_t n = strcspn(key, "\\");
        enum err e = level_check(key, n, why);

        if (e != OK)
            return e;
        if (++depth > REG_DEPTH_MAX)
            return why_set(why, E_DATA, "the path has more than %d levels", REG_DEPTH_MAX);
        if (key[n] == '\0')
            break;
        key += n + 1;
    }
    return OK;
}

static enum err hive_unknown(const char *name, struct why *why)
{
    const char *choices[2 * COUNT(hives)];
    const char *nearest;
    struct text shown = {0};
    enum reg_hive hive;
    size_t slash = strcspn(name, "/");
    char head[32] = "";

    if (slash < sizeof head)
        memcpy(head, name, slash);
    if (name[slash] == '/' && hive_find(head, &hive))
        return why_set(why, E_DATA, "the levels of a registry path are parted by '\\', not by '/'");
    for (size_t i = 0; i < COUNT(hives); i++) {
        choices[2 * i] = hives[i].name;
        choices[2 * i + 1] = hives[i].long_name;
    }
    nearest = str_nearest(name, choices, COUNT(choices));
    text_put_safe(&shown, name, strnlen(name, 60));
    (void)why_set(why, E_DATA,
                  "expected HKLM, HKU, HKCR, HKCC or HKCU as the hive, not \"%s\"%s%s%s",
                  text_str(&shown), nearest == NULL ? "" : "; did you mean ",
                  nearest == NULL ? "" : nearest, nearest == NULL ? "" : "?");
    text_fini(&shown);
    return E_DATA;
}

enum err path_parse(const char *s, enum reg_view view, struct reg_path *out, struct why *why)
{
    size_t n = strcspn(s, "\\");
    const char *key = s[n] == '\0' ? s + n : s + n + 1;
    char *name = NULL;
    enum reg_hive hive = HIVE_LOCAL_MACHINE;
    enum err e;

    *out = (struct reg_path){0};
    if (*s == '\0')
        return why_set(why, E_DATA, "expected a registry path, not nothing");
    if ((name = str_dup_n(s, n)) == NULL)
        return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
    if (n > 0 && name[n - 1] == ':') /* a drive of PowerShell */
        name[n - 1] = '\0';
    if (!hive_find(name, &hive))
        e = hive_unknown(name, why);
    else if (s[n] == '\\' && *key == '\0')
        e = level_check("", 0, why);
    else
        e = key_check(key, why);
    if (e == OK && (e = path_make(hive, view, key, strlen(key), out)) != OK)
        (void)why_set(why, e, "%s", err_words(e));
    free(name);
    return e;
}

/* The next letter for comparing: '\' comes before every other, so that parents and their children
 * stay together; a byte that is no UTF-8 comes after every letter. */
static uint32_t next_letter(const char **s)
{
    uint32_t code;
    size_t n, length;

    if ((unsigned char)**s < 0x80) { /* nearly all of them */
        char c = **s;

        *s += c != '\0';
        return c == '\0' ? 0 : c == '\\' ? 1
                                         : utf8_upper((unsigned char)c) + 1;
    }
    n = strnlen(*s, UTF8_MAX);
    length = utf8_decode(*s, n, &code);
    if (length == 0) {
        code = 0x110000 + (unsigned char)**s;
        length = 1;
    }
    *s += length;
    return utf8_upper(code) + 1; /* a level's end sorts before every letter */
}

/* What two names have in common letter for letter; long paths have much of it. */
static void same_skip(const char **a, const char **b)
{
    while (**a == **b && **a != '\0' && (unsigned char)**a < 0x80) {
        (*a)++;
        (*b)++;
    }
}

int reg_name_compare(const char *a, const char *b)
{
    same_skip(&a, &b);
    for (;;) {
        uint32_t x = next_letter(&a), y = next_letter(&b);

        if (x != y)
            return x < y ? -1 : 1;
        if (x == 0)
            return 0;
    }
}

/* A capital has as many bytes as its small letter (base/utf8.h): equal names are equally long. */
bool reg_name_equal(const char *a, const char *b)
{
    size_t n = strlen(a);

    if (n != strlen(b))
        return false;
    if (memcmp(a, b, n) == 0)
        return true;
    /* Long paths differ near their ends. No capital of another letter is one of these. */
    while (n > 0 && (unsigned char)a[n - 1] < 0x80 && (unsigned char)b[n - 1] < 0x80) {
        n--;
        if (utf8_upper((unsigned char)a[n]) != utf8_upper((unsigned char)b[n]))
            return false;
    }
    return n == 0 || reg_name_compare(a, b) == 0;
}

int path_compare(const struct reg_path *a, const struct reg_path *b)
{
    if (a->hive != b->hive)
        return a->hive < b->hive ? -1 : 1;
    if (a->view != b->view)
        return a->view < b->view ? -1 : 1;
    return reg_name_compare(a->key, b->key);
}

bool path_equal(const struct reg_path *a, const struct reg_path *b)
{
    return a->hive == b->hive && a->view == b->view && reg_name_equal(a->key, b->key);
}

bool path_is_volatile(const struct reg_path *p)
{
    static const char made_anew[] = "HARDWARE";
    const size_t n = sizeof made_anew - 1;

    return p->hive == HIVE_LOCAL_MACHINE && strncasecmp(p->key, made_anew, n) == 0 &&
           (p->key[n] == '\0' || p->key[n] == '\\');
}

enum err path_parent(const struct reg_path *p, struct reg_path *out)
{
    const char *last = strrchr(p->key, '\\');

    *out = (struct reg_path){0};
    if (p->key[0] == '\0')
        return E_ABSENT;
    return path_make(p->hive, p->view, p->key, last == NULL ? 0 : (size_t)(last - p->key), out);
}

bool path_is_under(const struct reg_path *p, const struct reg_path *ancestor)
{
    const char *below = p->key, *above = ancestor->key;
    size_t length = strlen(above);

    if (p->hive != ancestor->hive || p->view != ancestor->view || strlen(below) <= length)
        return false;
    if (*above == '\0')
        return true;
    if (below[length] != '\\')
        return false;
    same_skip(&above, &below);
    while (*above != '\0')
        if (next_letter(&below) != next_letter(&above))
            return false;
    return *below == '\\';
}

static void put_path(struct text *t, const struct reg_path *p, const char *mark)
{
    text_put(t, hive_name(p->hive));
    text_put(t, mark);
    if (p->key[0] != '\0')
        text_char(t, '\\');
}

void path_put_text(struct text *t, const struct reg_path *p)
{
    put_path(t, p, "");
    text_put_safe(t, p->key, strlen(p->key));
    if (p->view == VIEW_32)
        text_put(t, " (32-bit view)");
}

void path_put_code(struct text *t, const struct reg_path *p)
{
    put_path(t, p, p->view == VIEW_32 ? "/32" : "");
    text_put(t, p->key);
}

enum err path_from_code(const char *code, struct reg_path *out)
{
    *out = (struct reg_path){0};
    for (size_t i = 0; i < COUNT(hives); i++) {
        const char *key = code + strlen(hives[i].name);
        enum reg_view view = VIEW_64;

        if (!str_starts(code, hives[i].name))
            continue;
        if (str_starts(key, "/32")) {
            view = VIEW_32;
            key += strlen("/32");
        }
        if (*key == '\0')
            return path_make((enum reg_hive)i, view, key, 0, out);
        if (*key != '\\')
            continue; /* HKU is not HKUX */
        if (key[1] == '\0' || key_check(key + 1, NULL) != OK)
            return E_FORMAT;
        return path_make((enum reg_hive)i, view, key + 1, strlen(key + 1), out);
    }
    return E_FORMAT;
}
