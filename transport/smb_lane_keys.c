/* The hives and keys that a lane holds open. */
#include "transport/rpc/win32.h"
#include "transport/smb_lanes.h"

size_t lane_find(const struct smb_lane *lane, const struct reg_path *path, bool writable)
{
    size_t i = 0;

    while (i < lane->n_keys &&
           (lane->keys[i].is_dead || (writable && !lane->keys[i].writable) ||
            !path_equal(&lane->keys[i].path, path)))
        i++;
    return i;
}

const struct winreg_handle *lane_handle(const struct smb_lane *lane, const struct reg_path *path,
                                        size_t at)
{
    return at == LANE_KEYS_MAX ? &lane->hives[path->hive] : &lane->keys[at].handle;
}

static void ask_about(struct smb_lane *lane, enum winreg_call_kind kind, size_t key)
{
    lane->key = key;
    lane->call = (struct winreg_call){.kind = kind, .handle = lane->keys[key].handle};
}

/* When there is no room: the first that is of no more use, or else the first of all goes. */
static bool ask_room(struct smb_lane *lane)
{
    size_t i = 0;

    if (lane->n_keys < LANE_KEYS_MAX)
        return false;
    while (i < lane->n_keys && !lane->keys[i].is_dead)
        i++;
    if (i == lane->n_keys)
        i = 0;
    lane->keys[i].is_dead = true;
    ask_about(lane, lane->keys[i].touched ? ASK_FLUSH_KEY : ASK_CLOSE_KEY, i);
    return true;
}

bool lane_ask_hive(struct smb_lane *lane, const struct reg_path *path)
{
    if (!lane->hive_is_open[path->hive]) {
        lane->call = (struct winreg_call){.kind = ASK_OPEN_HIVE, .hive = path->hive};
        return true;
    }
    return ask_room(lane);
}

bool lane_ask_key(const struct smb_host *h, struct smb_lane *lane, const struct reg_path *path,
                  bool writable, size_t *at)
{
    if (*path->key != '\0' && (*at = lane_find(lane, path, writable)) < lane->n_keys)
        return false;
    if (lane_ask_hive(lane, path))
        return true;
    *at = LANE_KEYS_MAX;
    if (*path->key == '\0')
        return false;
    lane->path = path;
    lane->call = (struct winreg_call){.kind = ASK_OPEN_KEY,
                                      .handle = lane->hives[path->hive],
                                      .name = path->key,
                                      .access = (writable ? KEY_READ_WRITE : KEY_READ) |
                                                smb_view_access(h, path)};
    return true;
}

enum err lane_keep(struct smb_lane *lane, const struct reg_path *path, bool writable)
{
    struct lane_key k = {.handle = lane->call.opened, .writable = writable};
    enum err e = path_copy(path, &k.path);

    if (e == OK)
        lane->keys[lane->n_keys++] = k;
    return e;
}

static void key_forget(struct smb_lane *lane, size_t i)
{
    path_fini(&lane->keys[i].path);
    lane->keys[i] = lane->keys[--lane->n_keys];
}

bool lane_took_key(struct smb_lane *lane, enum err *e)
{
    *e = lane->err != OK ? lane->err : win32_fail(&lane->why, lane->call.code);
    switch (lane->call.kind) {
    case ASK_OPEN_HIVE:
        if (*e != OK) {
            *e = registry_denied(*e, &lane->why);
            return true;
        }
        lane->hives[lane->call.hive] = lane->call.opened;
        lane->hive_is_open[lane->call.hive] = true;
        return true;
    case ASK_OPEN_KEY:
        if (*e == OK)
            *e = lane_keep(lane, lane->path, (lane->call.access & KEY_SET_VALUE) != 0);
        return true;
    case ASK_CLOSE_KEY:
        key_forget(lane, lane->key);
        if (lane->err == OK)
            *e = OK; /* closed or not, nobody asks for it again */
        return true;
    case ASK_FLUSH_KEY: lane->keys[lane->key].touched = false; return true;
    case ASK_NONE:
    case ASK_CREATE_KEY:
    case ASK_QUERY_INFO:
    case ASK_QUERY_VALUE:
    case ASK_SET_VALUE:
    case ASK_DELETE_VALUE: return false;
    }
    return false;
}
