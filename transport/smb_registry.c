#include "transport/smb_host.h"
#include "transport/smb_lanes.h"

#include "transport/rpc/win32.h"

#include <string.h>

bool item_error(enum err e)
{
    return e == E_DENIED || e == E_REFUSED || e == E_ABSENT || e == E_EXISTS || e == E_LIMIT ||
           e == E_DATA;
}

enum err place_key(struct why *why, enum err e, const char *doing, const struct reg_path *path,
                   const char *name)
{
    struct text t = {0};

    if (e == OK || why == NULL)
        return e;
    path_put_text(&t, path);
    if (name != NULL) {
        text_put(&t, " value ");
        text_put_safe(&t, *name == '\0' ? "(default)" : name, *name == '\0' ? 9 : strlen(name));
    }
    e = why_place(why, e, "\\pipe\\winreg %s %s", doing, text_str(&t));
    text_fini(&t);
    return e;
}

const char *path_leaf(const struct reg_path *path)
{
    const char *slash = strrchr(path->key, '\\');

    return slash == NULL ? path->key : slash + 1;
}

/* Who may log on and may not use the registry from afar. Windows says it of the first key or of the
 * pipe. */
enum err registry_denied(enum err e, struct why *why)
{
    struct why old;

    if (e != E_DENIED || why == NULL)
        return e;
    old = *why;
    (void)why_native(why, e, old.native, old.native_name,
                     "the account may not use the host's registry: make it an administrator there; "
                     "a local account other than Administrator also needs "
                     "LocalAccountTokenFilterPolicy = 1, and SecurePipeServers\\winreg tells who "
                     "else may");
    return why_place(why, e, "%s", old.place);
}

/* The pipe is opened when it is first needed, and again after it failed: its handles went with it.
 */
static enum err registry_ready(struct smb_host *h, struct why *why)
{
    enum err e;

    if (h->winreg.is_open && !h->winreg.rpc.broken)
        return OK;
    smb_service_close(&h->winreg);
    memset(h->hive_is_open, 0, sizeof h->hive_is_open);
    e = smb_service_open(h, &winreg_interface, &h->winreg, why);
    if (e == E_UNAVAILABLE && h->lanes != NULL) { /* they may have all that the host gives */
        lanes_close(h);
        e = smb_service_open(h, &winreg_interface, &h->winreg, why);
    }
    return registry_denied(e, why);
}

static enum err hive_ready(struct smb_host *h, enum reg_hive hive, const struct winreg_handle **out,
                           struct why *why)
{
    size_t i = (size_t)hive;
    enum err e = registry_ready(h, why);

    if (e != OK)
        return e;
    if (!h->hive_is_open[i]) {
        if ((e = winreg_open_hive(&h->winreg.rpc, hive, &h->hives[i], why)) != OK)
            return why_place(why, registry_denied(e, why), "\\pipe\\winreg open %s",
                             hive_name(hive));
        h->hive_is_open[i] = true;
    }
    *out = &h->hives[i];
    return OK;
}

/* To be given at each open: a key's view is not inherited by what is opened below it. */
uint32_t smb_view_access(const struct smb_host *h, const struct reg_path *path)
{
    if (h->one_view)
        return 0;
    switch (path->view) {
    case VIEW_64: return KEY_WOW64_64KEY;
    case VIEW_32: return KEY_WOW64_32KEY;
    }
    return 0;
}

/* A 32-bit Windows answers ACCESS_DENIED to a question about its 64-bit view (MS-RRP 3.1.1.4).
 * True: ask again without a view. Samba gives the same version and takes any view, so there it
 * costs one question more before "denied". */
static bool views_unknown(struct smb_host *h, const struct winreg_handle *hive)
{
    uint32_t version = WINREG_VERSION_64;

    if (h->one_view || winreg_get_version(&h->winreg.rpc, hive, &version, NULL) != OK)
        return false;
    h->one_view = version != WINREG_VERSION_64;
    return h->one_view;
}

enum err smb_key_open(struct smb_host *h, const struct reg_path *path, uint32_t access,
                      struct smb_key *out, struct why *why)
{
    const struct winreg_handle *hive = NULL;
    struct winreg_handle key;
    enum err e = hive_ready(h, path->hive, &hive, why);

    if (e != OK)
        return e;
    if (*path->key == '\0') {
        *out = (struct smb_key){.handle = *hive, .is_hive = true};
        return OK;
    }
    e = winreg_open_key(&h->winreg.rpc, hive, path->key, access | smb_view_access(h, path), &key,
                        why);
    if (e == E_DENIED && path->view == VIEW_64 && views_unknown(h, hive))
        e = winreg_open_key(&h->winreg.rpc, hive, path->key, access, &key, why);
    if (e != OK)
        return place_key(why, e, "open", path, NULL);
    *out = (struct smb_key){.handle = key};
    return OK;
}

enum err smb_key_create(struct smb_host *h, const struct smb_key *parent,
                        const struct reg_path *path, bool volatile_key, struct smb_key *out,
                        struct why *why)
{
    struct winreg_handle key;
    enum err e = winreg_create_key(&h->winreg.rpc, &parent->handle, path_leaf(path),
                                   volatile_key ? KEY_VOLATILE : KEY_NON_VOLATILE,
                                   KEY_READ_WRITE | smb_view_access(h, path), &key, why);

    if (e != OK)
        return place_key(why, e, "create", path, NULL);
    *out = (struct smb_key){.handle = key};
    return OK;
}

void smb_key_close(struct smb_host *h, struct smb_key *k)
{
    if (!k->is_hive) /* a failure shows at the next call, if there is one */
        (void)!winreg_close_key(&h->winreg.rpc, &k->handle, NULL);
}
