#include "inventory/names.h"

#include "base/utf8.h"
#include "inventory/inventory.h"
#include "inventory/value.h"

#include <arpa/inet.h>
#include <string.h>

#define PORT_MAX 65535

/* What Unicode and Python take for blanks or the end of a line, outside of ASCII. */
static bool is_wide_blank(uint32_t code)
{
    return code == 0x1680 || code == 0x180e || (code >= 0x2000 && code <= 0x200a) ||
           code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

/* Common to all names: not empty, not too long, UTF-8, nothing invisible. */
static enum err name_check(const char *name, const char *what, struct why *why)
{
    size_t n = strlen(name);
    uint32_t code;

    if (n == 0)
        return why_set(why, E_DATA, "the name of a %s is empty", what);
    if (value_is_mark(name))
        return why_set(why, E_DATA, "%s is no name: Ansible's own JSON marks values with it", name);
    if (n > HOST_NAME_MAX_BYTES)
        return why_set(why, E_DATA, "the name of a %s has %zu bytes; the most is %d", what, n,
                       HOST_NAME_MAX_BYTES);
    for (size_t i = 0; i < n;) {
        size_t length = utf8_decode(name + i, n - i, &code);

        if (length == 0 || utf8_is_surrogate(code))
            return why_set(why, E_DATA, "the name of a %s is not UTF-8", what);
        if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || is_wide_blank(code))
            return why_set(why, E_DATA,
                           "the name of a %s holds the control character or blank U+%04X", what,
                           (unsigned)code);
        i += length;
    }
    return OK;
}

bool name_is_ipv6(const char *name)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr ignored;
    size_t n = strcspn(name, "%");

    if (n >= sizeof address || (name[n] == '%' && name[n + 1] == '\0'))
        return false;
    memcpy(address, name, n);
    address[n] = '\0';
    return inet_pton(AF_INET6, address, &ignored) == 1;
}

enum err host_name_check(const char *name, struct why *why)
{
    static const char never[] = " \"'*,/?[\\]";
    enum err e = name_check(name, "host", why);
    size_t n;

    if (e != OK)
        return e;
    /* The name itself is never shown: a line that was cut wrongly may begin with a password. */
    if (strchr(name, '=') != NULL)
        return why_set(why, E_DATA, "expected the name of a host before the variables");
    n = strcspn(name, never);
    if (name[n] != '\0')
        return why_set(why, E_DATA, "the name of a host cannot hold '%c'", name[n]);
    if (strchr("!&@~", name[0]) != NULL)
        return why_set(why, E_DATA, "the name of a host cannot begin with '%c'", name[0]);
    if (strchr(name, ':') != NULL && !name_is_ipv6(name))
        return why_set(why, E_DATA,
                       "the name of a host cannot hold ':' unless it is an IPv6 address");
    if (strcmp(name, "all") == 0 || strcmp(name, "ungrouped") == 0)
        return why_set(why, E_DATA, "a host cannot be called %s: that is a group", name);
    if (strcmp(name, "---") == 0)
        return why_set(why, E_DATA, "'---' begins a YAML file, not the name of a host");
    return OK;
}

enum err group_name_check(const char *name, struct why *why)
{
    static const char never[] = " !&*,:?@[]~";
    enum err e = name_check(name, "group", why);
    size_t n;

    if (e != OK)
        return e;
    n = strcspn(name, never);
    if (name[n] != '\0')
        return why_set(why, E_DATA, "the name of a group cannot hold '%c'", name[n]);
    return OK;
}

enum err var_name_check(const char *name, struct why *why)
{
    return name_check(name, "variable", why);
}

static enum err port_check(const char *port, struct why *why)
{
    uint64_t n;

    if (port[strspn(port, "0123456789")] != '\0' || !str_parse_u64(port, &n) || n == 0 ||
        n > PORT_MAX)
        return why_set(why, E_DATA, "expected a port from 1 to %d after ':'", PORT_MAX);
    return OK;
}

enum err host_port_split(char *name, const char **host, const char **port, struct why *why)
{
    char *last = strrchr(name, ':'), *close = strrchr(name, ']');
    bool bracketed = name[0] == '[' && close != NULL && close[1] == ':' && last == close + 1;

    *host = name;
    *port = NULL;
    if (last == NULL || (close == NULL ? strchr(name, '[') != NULL : last < close)) /* a range's */
        return OK;
    if (bracketed) {
        *close = '\0';
        if (name_is_ipv6(name + 1)) {
            *host = name + 1;
            *port = close + 2;
            return port_check(*port, why);
        }
        *close = ']'; /* a range: [1:3]:22 */
    }
    if (name_is_ipv6(name))
        return OK;
    *last = '\0';
    *port = last + 1;
    return port_check(*port, why);
}

static bool holds_nocase(const char *s, const char *what)
{
    for (; *s != '\0'; s++) {
        size_t i = 0;

        while (what[i] != '\0' &&
               (s[i] == what[i] || (s[i] >= 'A' && s[i] <= 'Z' && s[i] - 'A' + 'a' == what[i])))
            i++;
        if (what[i] == '\0')
            return true;
    }
    return false;
}

static bool ends_nocase(const char *s, const char *what)
{
    size_t n = strlen(s), m = strlen(what);

    return n >= m && str_eq_nocase(s + n - m, what);
}

/* user:password@ in a URL. */
static bool value_has_url_password(const char *value)
{
    for (const char *at = strstr(value, "://"); at != NULL; at = strstr(at, "://")) {
        size_t n;

        at += 3;
        n = strcspn(at, "/?# \t\n@");
        if (at[n] == '@' && memchr(at, ':', n) != NULL)
            return true;
    }
    return false;
}

bool var_is_secret(const char *name, const char *value)
{
    /* ansible_password, ansible_ssh_pass, ansible_become_pass(word), ansible_winrm_pass,
     * ansible_psrp_certificate_key_password, ansible_vault_…, and what people call theirs. */
    static const char *const parts[] = {"password", "passwd", "passphrase", "secret",
                                        "credential", "token", "apikey", "api_key",
                                        "private_key", "vault"};
    static const char *const ends[] = {"_pass", "_pwd", "_pw", "_psk"};
    static const char *const wholes[] = {"pass", "pwd", "psk"};

    /* Where a key lies is no secret, and how to log on is said with it. */
    if (str_eq_nocase(name, "ansible_ssh_private_key_file") ||
        str_eq_nocase(name, "ansible_private_key_file"))
        return false;
    for (size_t i = 0; i < COUNT(parts); i++)
        if (holds_nocase(name, parts[i]))
            return true;
    for (size_t i = 0; i < COUNT(ends); i++)
        if (ends_nocase(name, ends[i]))
            return true;
    for (size_t i = 0; i < COUNT(wholes); i++)
        if (str_eq_nocase(name, wholes[i]))
            return true;
    return holds_nocase(value, "sshpass") || value_has_url_password(value);
}
