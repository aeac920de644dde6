#include "transport/winrm/stdregprov.h"

#include "transport/winrm/envelope.h"

#include "base/utf16.h"

#include <stdlib.h>
#include <string.h>

#define RESOURCE WSMAN_WMI "root/default/StdRegProv"

/* clang-format off */
static const struct {
    const char *action, *begin, *end;
} methods[] = {
#define METHOD(name)                                                                               \
    {RESOURCE "/" name, "<m:" name "_INPUT xmlns:m=\"" RESOURCE "\">", "</m:" name "_INPUT>"}
    [REGPROV_CHECK_ACCESS] = METHOD("CheckAccess"),
    [REGPROV_CREATE_KEY] = METHOD("CreateKey"),
    [REGPROV_DELETE_KEY] = METHOD("DeleteKey"),
    [REGPROV_DELETE_VALUE] = METHOD("DeleteValue"),
    [REGPROV_ENUM_KEY] = METHOD("EnumKey"),
    [REGPROV_ENUM_VALUES] = METHOD("EnumValues"),
    [REGPROV_GET_BINARY] = METHOD("GetBinaryValue"),
    [REGPROV_GET_DWORD] = METHOD("GetDWORDValue"),
    [REGPROV_GET_MULTI_SZ] = METHOD("GetMultiStringValue"),
    [REGPROV_GET_QWORD] = METHOD("GetQWORDValue"),
    [REGPROV_GET_SZ] = METHOD("GetStringValue"),
    [REGPROV_SET_BINARY] = METHOD("SetBinaryValue"),
    [REGPROV_SET_DWORD] = METHOD("SetDWORDValue"),
    [REGPROV_SET_EXPAND_SZ] = METHOD("SetExpandedStringValue"),
    [REGPROV_SET_MULTI_SZ] = METHOD("SetMultiStringValue"),
    [REGPROV_SET_QWORD] = METHOD("SetQWORDValue"),
    [REGPROV_SET_SZ] = METHOD("SetStringValue"),
#undef METHOD
};
/* clang-format on */

static enum err hive_number(enum reg_hive hive, unsigned *out)
{
    switch (hive) {
    case HIVE_CLASSES_ROOT: *out = 0x80000000u; return OK;
    case HIVE_LOCAL_MACHINE: *out = 0x80000002u; return OK;
    case HIVE_USERS: *out = 0x80000003u; return OK;
    case HIVE_CURRENT_CONFIG: *out = 0x80000005u; return OK;
    case HIVE_CURRENT_USER: break; /* of whoever logs in: never what is meant */
    }
    return E_UNSUPPORTED;
}

static enum err put(struct text *t, const char *tag, const char *s, size_t n)
{
    enum err e;

    text_printf(t, "<m:%s>", tag);
    e = xml_put(t, s, n);
    text_printf(t, "</m:%s>", tag);
    return e;
}

/* Both views have a name of their own that a 64-bit provider understands. */
static enum err begin(enum regprov method, const struct reg_path *path, const char *name,
                      struct call *c)
{
    struct reg_path wide = {0};
    unsigned hive = 0;
    enum err e;

    *c = (struct call){.resource = RESOURCE, .action = methods[method].action};
    if ((e = hive_number(path->hive, &hive)) != OK || (e = path_to_64bit_form(path, &wide)) != OK)
        return e;
    text_put(&c->body, methods[method].begin);
    text_printf(&c->body, "<m:hDefKey>%u</m:hDefKey>", hive);
    e = put(&c->body, "sSubKeyName", wide.key, strlen(wide.key));
    if (e == OK && name != NULL)
        e = put(&c->body, "sValueName", name, strlen(name));
    path_fini(&wide);
    return e;
}

static enum err end(enum regprov method, enum err e, struct call *c, struct why *why)
{
    text_put(&c->body, methods[method].end);
    if (e == OK)
        e = text_end(&c->body);
    if (e == OK)
        return OK;
    call_fini(c);
    return e == E_FORMAT || e == E_UNSUPPORTED || e == E_SHORT
               ? why_set(why, E_UNSUPPORTED, "WinRM cannot carry that name or value exactly")
               : why_set(why, e, "%s", err_words(e));
}

enum err regprov_ask(enum regprov method, const struct reg_path *path, const char *name,
                     struct call *out, struct why *why)
{
    return end(method, begin(method, path, name, out), out, why);
}

enum err regprov_access(const struct reg_path *path, uint32_t rights, struct call *out,
                        struct why *why)
{
    enum err e = begin(REGPROV_CHECK_ACCESS, path, NULL, out);

    text_printf(&out->body, "<m:uRequired>%u</m:uRequired>", rights);
    return end(REGPROV_CHECK_ACCESS, e, out, why);
}

/* The text of an sz that ends with its only NUL: the class writes it back as it was. */
static enum err sz_put(struct text *body, struct rd units)
{
    struct text t = {0};
    enum err e;

    if (units.left < 2 || units.left % 2 != 0)
        return E_UNSUPPORTED;
    if ((e = utf16_read(units, &t)) == OK) {
        if (t.used == 0 || t.s[t.used - 1] != '\0' || memchr(t.s, '\0', t.used - 1) != NULL)
            e = E_UNSUPPORTED;
        else
            e = put(body, "sValue", t.s, t.used - 1);
    }
    text_fini(&t);
    return e;
}

static enum err multi_sz_put(struct text *body, struct rd units)
{
    struct text t = {0};
    size_t at = 0;
    enum err e = utf16_read(units, &t);

    /* Every item with its NUL, and one NUL more. */
    if (e == OK && (t.used < 1 || t.s[t.used - 1] != '\0' ||
                    (t.used > 1 && (t.used < 3 || t.s[t.used - 2] != '\0'))))
        e = E_UNSUPPORTED;
    while (e == OK && at + 1 < t.used) {
        size_t n = strlen(t.s + at);

        e = n == 0 ? E_UNSUPPORTED : put(body, "sValue", t.s + at, n);
        at += n + 1;
    }
    text_fini(&t);
    return e;
}

static enum err number_put(struct text *body, const struct reg_value *v, size_t size)
{
    uint64_t n;

    if (v->size != size || !value_as_u64(v, &n))
        return E_UNSUPPORTED;
    text_printf(body, "<m:uValue>%llu</m:uValue>", (unsigned long long)n);
    return OK;
}

static enum err binary_put(struct text *body, const struct reg_value *v)
{
    for (size_t i = 0; i < v->size; i++)
        text_printf(body, "<m:uValue>%u</m:uValue>", v->bytes[i]);
    return OK;
}

static bool setter(uint32_t type, enum regprov *out)
{
    static const struct {
        uint32_t type;
        enum regprov method;
    } setters[] = {
        {REG_SZ, REGPROV_SET_SZ},
        {REG_EXPAND_SZ, REGPROV_SET_EXPAND_SZ},
        {REG_BINARY, REGPROV_SET_BINARY},
        {REG_DWORD, REGPROV_SET_DWORD},
        {REG_QWORD, REGPROV_SET_QWORD},
        {REG_MULTI_SZ, REGPROV_SET_MULTI_SZ},
    };

    for (size_t i = 0; i < COUNT(setters); i++)
        if (setters[i].type == type) {
            *out = setters[i].method;
            return true;
        }
    return false;
}

static enum err value_put(struct text *body, const struct reg_value *v)
{
    struct rd bytes = rd_of(v->bytes, v->size);

    if (v->type == REG_DWORD)
        return number_put(body, v, 4);
    if (v->type == REG_QWORD)
        return number_put(body, v, 8);
    if (v->type == REG_BINARY)
        return binary_put(body, v);
    return v->type == REG_MULTI_SZ ? multi_sz_put(body, bytes) : sz_put(body, bytes);
}

enum err regprov_set(const struct reg_path *path, const char *name, const struct reg_value *value,
                     struct call *out, struct why *why)
{
    char type[REG_TYPE_TEXT_SIZE];
    enum regprov method;
    enum err e;

    *out = (struct call){0};
    if (value->absent || !setter(value->type, &method))
        return why_set(why, E_UNSUPPORTED, "a value of type %s cannot be written over WinRM",
                       reg_type_name(value->type, type));
    if ((e = begin(method, path, name, out)) == OK)
        e = value_put(&out->body, value);
    return end(method, e, out, why);
}

enum regprov regprov_getter(uint32_t type)
{
    switch (type) {
    case REG_SZ: return REGPROV_GET_SZ;
    case REG_DWORD: return REGPROV_GET_DWORD;
    case REG_QWORD: return REGPROV_GET_QWORD;
    case REG_MULTI_SZ: return REGPROV_GET_MULTI_SZ;
    default: return REGPROV_GET_BINARY; /* an expand_sz too: its own method expands it */
    }
}

enum err method_result(const struct call *c, const struct xml **out, struct why *why)
{
    const struct xml *output = c->out == NULL ? NULL : c->out->first;
    uint64_t code;

    *out = NULL;
    if (c->err != OK) {
        if (why != NULL)
            *why = c->why;
        return c->err;
    }
    if (output == NULL || !xml_u64(output, "ReturnValue", &code) || code > UINT32_MAX)
        return why_set(why, E_PROTOCOL, "the host's answer has no ReturnValue");
    *out = output;
    return wmi_fail(why, (uint32_t)code);
}

/* 1 says of a value what 2 says of a key (StdRegProv's own use of it). */
static enum err regprov_result(const struct call *c, const struct xml **out, struct why *why)
{
    enum err e = method_result(c, out, why);

    if (e == E_REFUSED && c->err == OK && why != NULL && why->native == 1)
        return why_set(why, E_ABSENT, "it does not exist");
    return e;
}

enum err regprov_done(const struct call *c, struct why *why)
{
    const struct xml *out;
    struct why here = {0};
    enum err e = regprov_result(c, &out, &here);

    if (e != OK && why != NULL)
        *why = here;
    return e;
}

static enum err bytes_read(const struct xml *out, struct wr *w)
{
    for (const struct xml *x = xml_child(out, "uValue"); x != NULL; x = xml_sibling(x, "uValue")) {
        char digits[4] = {0};
        uint64_t n = 0;
        size_t k;
        const char *s = xml_trimmed(x, &k);

        if (x->is_nil)
            continue;
        if (k == 0 || k >= sizeof digits || strspn(s, "0123456789") < k)
            return E_PROTOCOL;
        memcpy(digits, s, k);
        if (!str_parse_u64(digits, &n))
            return E_PROTOCOL;
        wr_u8(w, n);
    }
    return wr_end(w);
}

static enum err texts_read(const struct xml *out, bool many, struct wr *w)
{
    enum err e = OK;
    size_t n = 0;

    for (const struct xml *x = xml_child(out, "sValue"); e == OK && x != NULL;
         x = xml_sibling(x, "sValue")) {
        if (x->is_nil && many)
            continue;
        if (n++ > 0 && !many)
            return E_PROTOCOL;
        e = utf16_put_n(w, text_str(&x->text), x->text.used);
        wr_le16(w, 0);
    }
    if (many || n == 0)
        wr_le16(w, 0);
    return e == OK ? wr_end(w) : e;
}

static enum err number_read(const struct xml *out, size_t size, struct wr *w)
{
    uint64_t n;

    if (!xml_u64(out, "uValue", &n) || (size == 4 && n > UINT32_MAX))
        return E_PROTOCOL;
    if (size == 4)
        wr_le32(w, n);
    else
        wr_le64(w, n);
    return wr_end(w);
}

static enum err data_read(const struct xml *out, uint32_t type, struct wr *w)
{
    switch (type) {
    case REG_DWORD: return number_read(out, 4, w);
    case REG_QWORD: return number_read(out, 8, w);
    case REG_SZ: return texts_read(out, false, w);
    case REG_MULTI_SZ: return texts_read(out, true, w);
    default: return bytes_read(out, w);
    }
}

static enum err not_exact(uint32_t type, struct why *why)
{
    char name[REG_TYPE_TEXT_SIZE];

    return why_set(why, E_UNSUPPORTED, "a value of type %s cannot be read exactly over WinRM",
                   reg_type_name(type, name));
}

enum err regprov_value(const struct call *c, uint32_t type, struct reg_value *out, struct why *why)
{
    bool is_own = type == REG_BINARY || regprov_getter(type) != REGPROV_GET_BINARY;
    const struct xml *output;
    struct why here = {0};
    struct wr w;
    enum err e = regprov_result(c, &output, &here);

    *out = (struct reg_value){0};
    if (e != OK) {
        if (!is_own && c->err == OK && e != E_ABSENT && e != E_DENIED)
            return not_exact(type, why);
        if (why != NULL)
            *why = here;
        return e;
    }
    wr_init(&w, REG_VALUE_MAX);
    e = data_read(output, type, &w);
    if (e == OK && !is_own && (w.used == 0 || (type == REG_EXPAND_SZ && w.used % 2 != 0)))
        e = not_exact(type, why);
    else if (e != OK)
        e = why_set(why, e == E_FORMAT ? E_PROTOCOL : e,
                    "the host's answer has no value like that");
    else if ((e = value_raw(type, w.bytes, w.used, out)) != OK)
        e = why_set(why, e, "%s", err_words(e));
    wr_fini(&w);
    return e;
}

void regprov_names_fini(struct regprov_names *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i].name);
    free(l->items);
    *l = (struct regprov_names){0};
}

static size_t count(const struct xml *out, const char *name)
{
    size_t n = 0;

    for (const struct xml *x = xml_child(out, name); x != NULL; x = xml_sibling(x, name))
        n += !x->is_nil;
    return n;
}

static const struct xml *skip_nil(const struct xml *x, const char *name)
{
    while (x != NULL && x->is_nil)
        x = xml_sibling(x, name);
    return x;
}

static bool type_read(const struct xml *x, uint32_t *out)
{
    char digits[12] = {0};
    uint64_t n;
    size_t k;
    const char *s = xml_trimmed(x, &k);

    if (k == 0 || k >= sizeof digits || strspn(s, "0123456789") < k)
        return false;
    memcpy(digits, s, k);
    if (!str_parse_u64(digits, &n) || n > UINT32_MAX)
        return false;
    *out = (uint32_t)n;
    return true;
}

static enum err names_read(const struct xml *out, bool with_types, struct regprov_names *l)
{
    const struct xml *name = skip_nil(xml_child(out, "sNames"), "sNames");
    const struct xml *type = skip_nil(xml_child(out, "Types"), "Types");
    size_t n = count(out, "sNames");

    if (with_types && count(out, "Types") != n)
        return E_PROTOCOL;
    l->items = calloc(n == 0 ? 1 : n, sizeof *l->items);
    if (l->items == NULL)
        return E_MEMORY;
    for (; name != NULL && l->n < n; l->n++) {
        struct regprov_name *item = &l->items[l->n];

        if (with_types && !type_read(type, &item->type))
            return E_PROTOCOL;
        if ((item->name = str_dup(text_str(&name->text))) == NULL)
            return E_MEMORY;
        name = skip_nil(xml_sibling(name, "sNames"), "sNames");
        type = type == NULL ? NULL : skip_nil(xml_sibling(type, "Types"), "Types");
    }
    return OK;
}

enum err regprov_names(const struct call *c, bool with_types, struct regprov_names *out,
                       struct why *why)
{
    const struct xml *output;
    enum err e;

    *out = (struct regprov_names){0};
    if ((e = regprov_done(c, why)) != OK)
        return e;
    output = c->out->first;
    if ((e = names_read(output, with_types, out)) != OK) {
        regprov_names_fini(out);
        return why_set(why, e, "the host's list of names is damaged");
    }
    return OK;
}
