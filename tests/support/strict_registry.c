#include "tests/support/strict_registry.h"

#include "base/clock.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define FILETIME_OF_1970 116444736000000000ull
#define VIEW_64 0x100u
#define VIEW_32 0x200u
#define KEY_NAME_MAX 255

enum {
    WIN_OK = 0,
    WIN_NOT_FOUND = 2,
    WIN_DENIED = 5,
    WIN_INVALID_PARAMETER = 87,
    WIN_BAD_PATHNAME = 161,
    WIN_KEY_DELETED = 1018,
    WIN_CHILD_MUST_BE_VOLATILE = 1021
};

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

static void touch(struct strict_key *k)
{
    k->written = FILETIME_OF_1970 + (uint64_t)clock_real_ms() * 10000;
}

static struct strict_key *key_new(struct strict_key *parent, const char *name, size_t n)
{
    struct strict_key *k = must(calloc(1, sizeof *k));

    k->name = must(str_dup_n(name, n));
    k->parent = parent;
    touch(k);
    if (parent != NULL) {
        parent->subkeys =
            must(realloc(parent->subkeys, (parent->n_subkeys + 1) * sizeof(struct strict_key *)));
        parent->subkeys[parent->n_subkeys++] = k;
        touch(parent);
    }
    return k;
}

static void key_free(struct strict_key *k)
{
    for (size_t i = 0; i < k->n_subkeys; i++)
        key_free(k->subkeys[i]);
    for (size_t i = 0; i < k->n_values; i++) {
        free(k->values[i].name);
        free(k->values[i].bytes);
    }
    free(k->subkeys);
    free(k->values);
    free(k->name);
    free(k);
}

struct strict_registry *strict_registry_new(void)
{
    static const char *const hives[STRICT_HIVES] = {
        "HKEY_CLASSES_ROOT", "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE", "HKEY_USERS",
        "HKEY_CURRENT_CONFIG"};
    static const char *const keys[] = {
        "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
        "SOFTWARE\\Policies\\Microsoft",
        "SOFTWARE\\Wow6432Node\\Microsoft",
        "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols",
        "SYSTEM\\CurrentControlSet\\Control\\Windows",
    };
    struct strict_registry *r = must(calloc(1, sizeof *r));

    for (size_t i = 0; i < STRICT_HIVES; i++)
        r->hives[i] = key_new(NULL, hives[i], strlen(hives[i]));
    (void)key_new(r->hives[2], "SOFTWARE", 8);
    (void)key_new(r->hives[2], "SYSTEM", 6);
    (void)key_new(r->hives[3], ".DEFAULT", 8);
    for (size_t i = 0; i < COUNT(keys); i++)
        (void)strict_machine_make(r, keys[i]);
    return r;
}

void strict_registry_free(struct strict_registry *r)
{
    for (size_t i = 0; i < STRICT_HIVES; i++)
        key_free(r->hives[i]);
    for (size_t i = 0; i < r->n_dead; i++)
        key_free(r->dead[i]);
    free(r->dead);
    free(r);
}

static void key_bury(struct strict_registry *r, struct strict_key *k)
{
    struct strict_key *p = k->parent;
    size_t i = 0;

    while (p->subkeys[i] != k)
        i++;
    memmove(p->subkeys + i, p->subkeys + i + 1,
            (p->n_subkeys - i - 1) * sizeof(struct strict_key *));
    p->n_subkeys--;
    touch(p);
    k->deleted = true;
    r->dead = must(realloc(r->dead, (r->n_dead + 1) * sizeof(struct strict_key *)));
    r->dead[r->n_dead++] = k;
}

static void volatile_bury(struct strict_registry *r, struct strict_key *k)
{
    for (size_t i = k->n_subkeys; i > 0; i--) {
        if (k->subkeys[i - 1]->is_volatile)
            key_bury(r, k->subkeys[i - 1]);
        else
            volatile_bury(r, k->subkeys[i - 1]);
    }
}

void strict_registry_restart(struct strict_registry *r)
{
    for (size_t i = 0; i < STRICT_HIVES; i++)
        volatile_bury(r, r->hives[i]);
}

static struct strict_key *subkey_find(const struct strict_key *k, const char *name, size_t n)
{
    for (size_t i = 0; i < k->n_subkeys; i++) {
        const char *s = k->subkeys[i]->name;
        char *part = must(str_dup_n(name, n));
        bool same = str_eq_nocase(s, part);

        free(part);
        if (same)
            return k->subkeys[i];
    }
    return NULL;
}

/* In the 32-bit view the key HKLM\SOFTWARE is its subkey, unless the path goes on to what both
 * views share, or names the subkey itself. */
static struct strict_key *redirect(const struct strict_registry *r, struct strict_key *k,
                                   const char *rest, uint32_t access)
{
    size_t n = strcspn(rest, "\\");
    struct strict_key *other;

    if ((access & VIEW_32) == 0 || r->bits32 || k->parent != r->hives[2] ||
        !str_eq_nocase(k->name, "SOFTWARE"))
        return k;
    other = subkey_find(k, "Wow6432Node", 11);
    if (other == NULL || (n > 0 && (subkey_find(k, rest, n) == other ||
                                    (n == 8 && strncasecmp(rest, "Policies", n) == 0))))
        return k;
    return other;
}

static uint32_t view_check(const struct strict_registry *r, uint32_t access)
{
    if ((access & (VIEW_32 | VIEW_64)) == (VIEW_32 | VIEW_64))
        return WIN_INVALID_PARAMETER;
    return r->bits32 && (access & VIEW_64) != 0 ? WIN_DENIED : WIN_OK;
}

/* As far as keys exist; *rest is what is left of the path. */
static struct strict_key *walk(struct strict_registry *r, struct strict_key *from,
                               const char **rest, uint32_t access)
{
    struct strict_key *k = redirect(r, from, *rest, access);

    while (**rest != '\0') {
        size_t n = strcspn(*rest, "\\");
        struct strict_key *next = subkey_find(k, *rest, n);

        if (next == NULL)
            return k;
        *rest += n + ((*rest)[n] == '\\' ? 1 : 0);
        k = redirect(r, next, *rest, access);
    }
    return k;
}

static uint32_t path_check(const char *path)
{
    if (*path == '\\')
        return WIN_BAD_PATHNAME;
    for (const char *at = path; *at != '\0';) {
        size_t n = strcspn(at, "\\");

        if (n == 0 || n > KEY_NAME_MAX)
            return n == 0 ? WIN_BAD_PATHNAME : WIN_INVALID_PARAMETER;
        at += n + (at[n] == '\\' ? 1 : 0);
    }
    return WIN_OK;
}

uint32_t strict_key_find(struct strict_registry *r, struct strict_key *from, const char *path,
                         uint32_t access, struct strict_key **out)
{
    uint32_t code = path_check(path);
    struct strict_key *k;

    if (code == WIN_OK)
        code = view_check(r, access);
    if (code == WIN_OK && from->deleted)
        code = WIN_KEY_DELETED;
    if (code != WIN_OK)
        return code;
    k = walk(r, from, &path, access);
    if (*path != '\0')
        return WIN_NOT_FOUND;
    *out = k;
    return WIN_OK;
}

uint32_t strict_key_create(struct strict_registry *r, struct strict_key *from, const char *path,
                           uint32_t access, bool is_volatile, struct strict_key **out,
                           bool *created)
{
    uint32_t code = path_check(path);
    struct strict_key *k;

    if (code == WIN_OK)
        code = view_check(r, access);
    if (code == WIN_OK && from->deleted)
        code = WIN_KEY_DELETED;
    if (code != WIN_OK)
        return code;
    k = walk(r, from, &path, access);
    *created = *path != '\0';
    if (*created && (k == r->hives[2] || k == r->hives[3]))
        return WIN_INVALID_PARAMETER; /* nothing can be made right below these two */
    if (*created && k->is_volatile && !is_volatile)
        return WIN_CHILD_MUST_BE_VOLATILE;
    while (*path != '\0') {
        size_t n = strcspn(path, "\\");

        k = key_new(k, path, n);
        k->is_volatile = is_volatile;
        path += n + (path[n] == '\\' ? 1 : 0);
    }
    *out = k;
    return WIN_OK;
}

uint32_t strict_key_delete(struct strict_registry *r, struct strict_key *from, const char *path,
                           uint32_t access)
{
    struct strict_key *k = NULL;
    uint32_t code = strict_key_find(r, from, path, access, &k);

    if (code != WIN_OK)
        return code;
    if (k->parent == NULL || k->n_subkeys > 0)
        return WIN_DENIED;
    key_bury(r, k);
    return WIN_OK;
}

struct strict_value *strict_value_find(struct strict_key *k, const char *name)
{
    for (size_t i = 0; i < k->n_values; i++)
        if (str_eq_nocase(k->values[i].name, name))
            return &k->values[i];
    return NULL;
}

void strict_value_set(struct strict_key *k, const char *name, uint32_t type, struct rd bytes)
{
    struct strict_value *v = strict_value_find(k, name);

    if (v == NULL) {
        k->values = must(realloc(k->values, (k->n_values + 1) * sizeof *k->values));
        v = &k->values[k->n_values++];
        *v = (struct strict_value){.name = must(str_dup(name))};
    }
    free(v->bytes);
    v->bytes = must(malloc(bytes.left + 1));
    v->size = bytes.left;
    v->type = type;
    if (!rd_copy(&bytes, v->bytes, bytes.left))
        abort();
    touch(k);
}

bool strict_value_delete(struct strict_key *k, const char *name)
{
    struct strict_value *v = strict_value_find(k, name);

    if (v == NULL)
        return false;
    free(v->name);
    free(v->bytes);
    memmove(v, v + 1, (size_t)(k->values + k->n_values - v - 1) * sizeof *v);
    k->n_values--;
    touch(k);
    return true;
}

struct strict_key *strict_machine_key(struct strict_registry *r, const char *path)
{
    struct strict_key *k = NULL;

    return strict_key_find(r, r->hives[2], path, 0, &k) == WIN_OK ? k : NULL;
}

struct strict_key *strict_machine_make(struct strict_registry *r, const char *path)
{
    struct strict_key *k = NULL;
    bool created;

    if (strict_key_create(r, r->hives[2], path, 0, false, &k, &created) != WIN_OK)
        abort();
    return k;
}
