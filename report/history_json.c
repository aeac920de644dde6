#include "report/history.h"

#include "report/json.h"
#include "report/json_parts.h"

static json_t *entry_json(const struct history_entry *en)
{
    json_t *of = en->spec.rollback ? json_integer(en->spec.rollback_of) : json_null();
    json_t *head = json_pack("{s:I, s:s, s:s, s:o, s:o, s:i}", "rollout", (json_int_t)en->rollout,
                             "title", en->title, "asked_by", en->by, "asked_at",
                             time_json(en->created_ms), "rollback_of", of, "wave", (int)en->wave);
    json_t *rest = host_report_json(&en->run, &en->host);
    bool ok = head && rest && json_object_update(head, rest) == 0;
    json_decref(rest);
    if (ok)
        return head;
    json_decref(head);
    return NULL;
}

enum err history_put_json(const struct history *hs, struct text *t)
{
    text_printf(t, "{\"schema_version\":%d,\"kind\":\"history\",\n\"host\":",
                REPORT_SCHEMA_VERSION);
    text_put_json(t, said_json(hs->host));
    text_put(t, ",\n\"rollouts\":[");
    for (size_t i = 0; i < hs->n_entries; i++) {
        text_put(t, i ? ",\n" : "\n");
        text_put_json(t, entry_json(&hs->entries[i]));
    }
    text_put(t, "]}\n");
    return text_end(t);
}
