/* inventory/names.h: what a host, a group and a variable may be called, and which variables are
 * secrets.
 * Shape:  a name is UTF-8 of at most HOST_NAME_MAX_BYTES bytes. Ansible takes nearly anything as
 *         the name of a host; what a pattern could not name again, or what is only a slip of the
 *         pen (`web1,web2`, `web1:abc`), is refused here.
 * Errors: E_DATA, and why says what is wrong with it; no place. */
#ifndef SWELL_INVENTORY_NAMES_H
#define SWELL_INVENTORY_NAMES_H

#include "base/text.h"

MUST_CHECK enum err host_name_check(const char *name, struct why *why);
MUST_CHECK enum err group_name_check(const char *name, struct why *why);
MUST_CHECK enum err var_name_check(const char *name, struct why *why);
bool name_is_ipv6(const char *name); /* with or without a zone: fe80::1%eth0 */
/* `web1:2222`, `[2001:db8::1]:2222`: cuts the port off, in place; *port is NULL if there is none.
 * Ranges in brackets are left alone. */
MUST_CHECK enum err host_port_split(char *name, const char **host, const char **port,
                                    struct why *why);

/* Passwords and their kin: by name, and by values that carry one (`https://user:pw@…`, sshpass). On
 * the side of caution: what looks like one is one. */
bool var_is_secret(const char *name, const char *value);

#endif
