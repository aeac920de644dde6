#include "controller/endpoint.h"

#include "base/shown.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define PORT_MAX 65535

static enum err refuse(const char *s, const char *expected, struct why *why)
{
    char safe[SHOWN_SIZE];
    return why_set(why, E_USAGE, "expected %s, got '%s'", expected, shown(s, strlen(s), safe));
}

/* Letters of names and addresses, '%' in scopes of IPv6; the resolver judges the rest. */
static bool host_is_plausible(const char *host, bool may_be_empty)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-_:%";
    return (may_be_empty || *host != '\0') && host[strspn(host, letters)] == '\0' &&
           *host != '-';
}

static bool port_parse(const char *s, uint16_t least, uint16_t *out)
{
    uint64_t n;
    if (*s < '0' || *s > '9' || (s[0] == '0' && s[1] == 'x') || !str_parse_u64(s, &n) ||
        n < least || n > PORT_MAX)
        return false;
    *out = (uint16_t)n;
    return true;
}

/* Where the host ends and where the port begins (NULL: there is none). */
static bool split(const char *s, const char **host, size_t *n, const char **port)
{
    const char *end;
    *host = s;
    *port = NULL;
    if (*s == '[') {
        if ((end = strchr(s, ']')) == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        *host = s + 1;
        *n = (size_t)(end - s - 1);
        *port = end[1] == ':' ? end + 2 : NULL;
        return *n > 0;
    }
    end = strchr(s, ':');
    if (end != NULL && strchr(end + 1, ':') != NULL) /* IPv6 without brackets */
        end = NULL;
    *n = end != NULL ? (size_t)(end - s) : strlen(s);
    *port = end != NULL ? end + 1 : NULL;
    return true;
}

static enum err parse(const char *s, bool local, struct endpoint *out, struct why *why)
{
    const char *expected = local ? "ADDRESS:PORT or :PORT" : "HOST, HOST:PORT or [ADDRESS]:PORT";
    struct endpoint e = {0};
    const char *host, *port;
    size_t n;
    if (!split(s, &host, &n, &port) || n >= sizeof e.host)
        return refuse(s, expected, why);
    memcpy(e.host, host, n);
    e.host[n] = '\0';
    if (!host_is_plausible(e.host, local))
        return refuse(s, expected, why);
    if (port != NULL ? !port_parse(port, local ? 0 : 1, &e.port) : local)
        return refuse(s, port != NULL ? "a port from 1 to 65535 behind the colon" : expected, why);
    *out = e;
    return OK;
}

enum err endpoint_parse(const char *s, struct endpoint *out, struct why *why)
{
    return parse(s, false, out, why);
}

enum err endpoint_parse_local(const char *s, struct endpoint *out, struct why *why)
{
    return parse(s, true, out, why);
}

enum err ports_parse(const char *s, uint16_t *ports, size_t max, size_t *n, struct why *why)
{
    const char *at = s;
    *n = 0;
    do {
        char word[8] = "";
        size_t length = strcspn(at, ","), i = 0;
        uint16_t port;
        if (length > 0 && length < sizeof word)
            memcpy(word, at, length);
        if (!port_parse(word, 1, &port))
            return refuse(s, "ports as in 443,3389", why);
        while (i < *n && ports[i] != port)
            i++;
        if (i == max)
            return why_set(why, E_USAGE, "more than %zu ports", max);
        ports[i] = port;
        *n = i == *n ? i + 1 : *n;
        at += length;
    } while (*at++ == ',');
    return OK;
}

const char *endpoint_text(const char *host, uint16_t port, char buf[ENDPOINT_TEXT_SIZE])
{
    bool brackets = strchr(host, ':') != NULL;
    (void)snprintf(buf, ENDPOINT_TEXT_SIZE, "%s%s%s:%u", brackets ? "[" : "", host,
                   brackets ? "]" : "", port);
    return buf;
}
