#include "inventory/names.h"
#include "inventory/number.h"
#include "inventory/readers.h"

#include <string.h>

enum err host_names_of(char *word, struct names *names, const char **port, struct why *why)
{
    const char *host;
    enum err e;

    if ((e = host_port_split(word, &host, port, why)) != OK)
        return e;
    if (strchr(host, '[') != NULL)
        e = host_range_expand(host, INVENTORY_HOSTS_MAX, names, why);
    else if (names_add(names, host) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    for (size_t i = 0; e == OK && i < names->n; i++)
        e = host_name_check(names->at[i], why);
    return e;
}

static enum err port_set(struct draft *d, size_t host, const char *port, struct why *why)
{
    struct text t = {0};
    struct value v = {.kind = VALUE_NUMBER};
    enum err e;

    if (!number_put_int(&t, false, port, strlen(port), 10) || text_end(&t) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    else {
        v.text = t.s;
        e = draft_host_var(d, host, "ansible_port", &v, why);
    }
    text_fini(&t);
    return e;
}

enum err host_enter(struct draft *d, size_t group, const char *name, const char *port, size_t line,
                    size_t *host, struct why *why)
{
    bool is_new;
    enum err e = draft_host(d, name, line, host, &is_new, why);

    if (e == OK && is_new && port != NULL)
        e = port_set(d, *host, port, why);
    return e == OK ? draft_join(d, *host, group, why) : e;
}
