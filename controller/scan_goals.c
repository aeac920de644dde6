#include "controller/scan_goals.h"

#include "controller/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_DEFAULT 443
#define PORTS_VARIABLE "swell_ports"
#define WORD_MAX 40

static enum err goal_add(struct goals *g, struct scan_goal goal, struct why *why)
{
    if (g->n == GOALS_MAX)
        return why_set(why, E_LIMIT, "more than %d endpoints", GOALS_MAX);
    if (g->n == g->room) {
        size_t room = g->room == 0 ? 64 : 2 * g->room;
        struct scan_goal *more = realloc(g->at, room * sizeof *more);
        if (more == NULL)
            return why_set(why, E_MEMORY, "no memory for %zu endpoints", room);
        g->at = more;
        g->room = room;
    }
    g->at[g->n++] = goal;
    return OK;
}

static struct scan_goal goal_of(const char *name, const char *address, uint16_t port,
                                const struct goal_wish *wish)
{
    return (struct scan_goal){.name = name,
                              .address = address,
                              .port = port,
                              .dialect = wish->dialect != NULL ? wish->dialect
                                                               : dialect_of_port(port),
                              .depth = wish->depth,
                              .versions = wish->versions};
}

static enum err name_keep(struct goals *g, const char *name, const char **out, struct why *why)
{
    char **more = realloc(g->names, (g->n_names + 1) * sizeof(char *)), *copy = str_dup(name);
    if (more != NULL)
        g->names = more;
    if (more == NULL || copy == NULL) {
        free(copy);
        return why_set(why, E_MEMORY, "no memory for the endpoints");
    }
    *out = g->names[g->n_names++] = copy;
    return OK;
}

static enum err ports_add(struct goals *g, const char *name, const char *address,
                          const struct goal_wish *wish, struct why *why)
{
    enum err e = OK;
    if (wish->n_ports == 0)
        return goal_add(g, goal_of(name, address, PORT_DEFAULT, wish), why);
    for (size_t i = 0; e == OK && i < wish->n_ports; i++)
        e = goal_add(g, goal_of(name, address, wish->ports[i], wish), why);
    return e;
}

enum err goals_add_word(struct goals *g, const char *word, const struct goal_wish *wish,
                        struct why *why)
{
    struct endpoint at;
    const char *name = NULL;
    enum err e;
    if ((e = endpoint_parse(word, &at, why)) != OK || (e = name_keep(g, at.host, &name, why)) != OK)
        return e;
    return at.port != 0 ? goal_add(g, goal_of(name, name, at.port, wish), why)
                        : ports_add(g, name, name, wish, why);
}

/* "3389/rdp", "443". */
static enum err host_port_add(struct goals *g, const struct host *host, const char *word,
                              const struct goal_wish *wish, struct why *why)
{
    struct goal_wish one = *wish;
    const char *slash = strchr(word, '/');
    char port[WORD_MAX] = "";
    size_t count;
    (void)snprintf(port, sizeof port, "%.*s", (int)strcspn(word, "/"), word);
    if (ports_parse(port, one.ports, 1, &count, why) != OK)
        return E_DATA;
    if (slash != NULL && wish->dialect == NULL &&
        (one.dialect = dialect_named(slash + 1)) == NULL)
        return why_set(why, E_DATA, "there is no dialect '%s'", slash + 1);
    return goal_add(g, goal_of(host->name, host_address(host), one.ports[0], &one), why);
}

static enum err host_ports_add(struct goals *g, const struct host *host, const char *ports,
                               const struct goal_wish *wish, struct why *why)
{
    static const char between[] = " ,[]\"";
    for (const char *at = ports + strspn(ports, between); *at != '\0';) {
        size_t n = strcspn(at, between);
        char word[WORD_MAX] = "";
        enum err e;
        if (n >= sizeof word)
            return why_set(why, E_DATA, "expected ports as in 443 3389/rdp");
        memcpy(word, at, n);
        if ((e = host_port_add(g, host, word, wish, why)) != OK)
            return e;
        at += n;
        at += strspn(at, between);
    }
    return OK;
}

enum err goals_add_host(struct goals *g, const struct host *host, const struct goal_wish *wish,
                        struct why *why)
{
    const char *ports = wish->n_ports == 0 ? host_var_get(host, PORTS_VARIABLE) : NULL;
    struct why inner = {0};
    enum err e;
    if (ports == NULL || *ports == '\0')
        return ports_add(g, host->name, host_address(host), wish, why);
    if ((e = host_ports_add(g, host, ports, wish, &inner)) != OK)
        return why_place(why, why_set(why, e, PORTS_VARIABLE ": %s", inner.text), "%s",
                         host->name);
    return OK;
}

void goals_fini(struct goals *g)
{
    for (size_t i = 0; i < g->n_names; i++)
        free(g->names[i]);
    free(g->names);
    free(g->at);
    *g = (struct goals){0};
}
