/* Which keys the 32-bit view has of its own: "Registry Keys Affected by WOW64", the column of
 * Windows Server 2008 R2, Windows 7 and newer. */
#include "registry/path.h"

#include <string.h>
#include <strings.h>

#define NODE "Wow6432Node"
#define SHARED (-1)
#define SOFTWARE "SOFTWARE\\"
#define MICROSOFT SOFTWARE "Microsoft\\"
#define WINDOWS MICROSOFT "Windows\\CurrentVersion\\"
#define WINDOWS_NT MICROSOFT "Windows NT\\CurrentVersion\\"

/* The row with the longest key at or above a path speaks for it; '*' stands for one level. The node
 * comes after that many levels. A path without a row is shared. */
static const struct row {
    enum reg_hive hive;
    int node_after;
    const char *key;
} rows[] = {
    {HIVE_LOCAL_MACHINE, 1, "SOFTWARE"},
    {HIVE_LOCAL_MACHINE, SHARED, SOFTWARE NODE},
    {HIVE_LOCAL_MACHINE, SHARED, SOFTWARE "Classes"},
    {HIVE_LOCAL_MACHINE, 2, SOFTWARE "Classes\\CLSID"},
    {HIVE_LOCAL_MACHINE, 2, SOFTWARE "Classes\\DirectShow"},
    {HIVE_LOCAL_MACHINE, 2, SOFTWARE "Classes\\Interface"},
    {HIVE_LOCAL_MACHINE, 2, SOFTWARE "Classes\\Media Type"},
    {HIVE_LOCAL_MACHINE, 2, SOFTWARE "Classes\\MediaFoundation"},
    {HIVE_LOCAL_MACHINE, SHARED, SOFTWARE "Clients"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "COM3"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "Cryptography\\Calais\\Current"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "Cryptography\\Calais\\Readers"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "Cryptography\\Services"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "CTF\\SystemShared"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "CTF\\TIP"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "DFS"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "Driver Signing"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "EnterpriseCertificates"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "EventSystem"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "MSMQ"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "Non-Driver Signing"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "Notepad\\DefaultFonts"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "OLE"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "RAS"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "RPC"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "Shared Tools\\MSInfo"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "SystemCertificates"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "TermServLicensing"},
    {HIVE_LOCAL_MACHINE, SHARED, MICROSOFT "TransactionServer"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "App Paths"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Control Panel\\Cursors\\Schemes"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Explorer\\AutoplayHandlers"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Explorer\\DriveIcons"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Explorer\\KindMap"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Group Policy"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Policies"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "PreviewHandlers"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Setup"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS "Telephony\\Locations"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Console"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "FontDpi"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "FontLink"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "FontMapper"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Fonts"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "FontSubstitutes"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Gre_Initialize"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Image File Execution Options"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Language Pack"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "NetworkCards"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Perflib"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Ports"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Print"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "ProfileList"},
    {HIVE_LOCAL_MACHINE, SHARED, WINDOWS_NT "Time Zones"},
    {HIVE_LOCAL_MACHINE, SHARED, SOFTWARE "Policies"},
    {HIVE_LOCAL_MACHINE, SHARED, SOFTWARE "RegisteredApplications"},
    {HIVE_CLASSES_ROOT, 0, "CLSID"},
    {HIVE_CLASSES_ROOT, 0, "DirectShow"},
    {HIVE_CLASSES_ROOT, 0, "Interface"},
    {HIVE_CLASSES_ROOT, 0, "Media Type"},
    {HIVE_CLASSES_ROOT, 0, "MediaFoundation"},
    {HIVE_CURRENT_USER, 2, SOFTWARE "Classes\\CLSID"},
    {HIVE_CURRENT_USER, 2, SOFTWARE "Classes\\DirectShow"},
    {HIVE_CURRENT_USER, 2, SOFTWARE "Classes\\Interface"},
    {HIVE_CURRENT_USER, 2, SOFTWARE "Classes\\Media Type"},
    {HIVE_CURRENT_USER, 2, SOFTWARE "Classes\\MediaFoundation"},
    {HIVE_USERS, 3, "*\\" SOFTWARE "Classes\\CLSID"},
    {HIVE_USERS, 3, "*\\" SOFTWARE "Classes\\DirectShow"},
    {HIVE_USERS, 3, "*\\" SOFTWARE "Classes\\Interface"},
    {HIVE_USERS, 3, "*\\" SOFTWARE "Classes\\Media Type"},
    {HIVE_USERS, 3, "*\\" SOFTWARE "Classes\\MediaFoundation"},
};

static size_t level_length(const char *key)
{
    return strcspn(key, "\\");
}

/* All levels of row at the head of key; rows are ASCII, so bytes compare. */
static bool row_speaks_for(const char *row, const char *key)
{
    for (;;) {
        size_t n = level_length(row), m = level_length(key);
        bool any = n == 1 && row[0] == '*';

        if (!any && (n != m || strncasecmp(row, key, n) != 0))
            return false;
        if (row[n] == '\0')
            return true;
        if (key[m] == '\0')
            return false;
        row += n + 1;
        key += m + 1;
    }
}

static int node_after(const struct reg_path *p)
{
    size_t longest = 0;
    int after = SHARED;

    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = strlen(rows[i].key);

        if (rows[i].hive == p->hive && n > longest && row_speaks_for(rows[i].key, p->key)) {
            longest = n;
            after = rows[i].node_after;
        }
    }
    return after;
}

enum err path_to_64bit_form(const struct reg_path *p, struct reg_path *out)
{
    int after = p->view == VIEW_32 ? node_after(p) : SHARED;
    const char *rest = p->key;
    struct text key = {0};
    char *taken = NULL;
    enum err e;

    *out = (struct reg_path){0};
    for (int level = 0; level < after; level++) {
        size_t n = level_length(rest);

        text_put_n(&key, rest, n);
        rest += rest[n] == '\0' ? n : n + 1;
        text_char(&key, '\\');
    }
    text_put(&key, after == SHARED ? "" : NODE);
    if (*rest != '\0' && after != SHARED)
        text_char(&key, '\\');
    text_put(&key, rest);
    if ((e = text_take(&key, &taken)) == OK)
        *out = (struct reg_path){.hive = p->hive, .view = VIEW_64, .key = taken};
    text_fini(&key);
    return e;
}
