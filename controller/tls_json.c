#include "controller/tls_json.h"

#include "base/text.h"
#include "handshake/strength.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <string.h>

json_t *tls_id_json(uint32_t id)
{
    char text[16];
    (void)snprintf(text, sizeof text, "0x%0*x", id > UINT16_MAX ? 6 : 4, (unsigned)id);
    return json_string(text);
}

bool tls_json_add(json_t **list, json_t *item)
{
    if (*list != NULL && json_array_append_new(*list, item) == 0)
        return true;
    json_decref(*list);
    *list = NULL;
    return false;
}

json_t *tls_list_json(const uint16_t *at, size_t n, tls_name_of *name)
{
    json_t *all = json_array();
    char buf[TLS_NAME_SIZE];
    for (size_t i = 0; i < n; i++)
        if (!tls_json_add(&all, json_pack("{s:o, s:s}", "id", tls_id_json(at[i]), "name",
                                          name(at[i], buf))))
            return NULL;
    return all;
}

json_t *tls_suite_json(uint32_t id)
{
    const char *name = suite_name(id), *openssl = suite_openssl_name(id);
    struct suite_worth worth = suite_worth(name);
    json_t *iana = name != NULL ? json_sprintf("%s%s", id > UINT16_MAX ? "" : "TLS_", name)
                                : json_null();
    return json_pack("{s:o, s:o, s:o, s:s, s:s}", "id", tls_id_json(id), "name", iana, "openssl",
                     openssl != NULL ? json_string(openssl) : json_null(), "worth",
                     strength_word(worth.strength), "why", worth.why);
}

json_t *tls_safe_json(const void *bytes, size_t n)
{
    struct text t = {0};
    text_put_safe(&t, bytes, n);
    json_t *j = t.bad ? NULL : json_string(text_str(&t));
    text_fini(&t);
    return j;
}

json_t *tls_words_json(const char *s)
{
    return *s != '\0' ? tls_safe_json(s, strlen(s)) : json_null();
}
