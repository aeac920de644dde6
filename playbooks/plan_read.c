/* A plan file back into a plan. Nothing is guessed: a missing, unknown or wrong member is an error
 * with its place, and the digest is computed again from what was understood, so that a plan never
 * says other than what was digested. */
#include "base/shown.h"
#include "playbooks/plan_fields.h"
#include "playbooks/plan_json.h"
#include "playbooks/plan_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static enum err value_read(const struct plan_place *at, const json_t *change, const char *member,
                           struct reg_value *out)
{
    const char *code = json_string_value(json_object_get(change, member));
    enum err e = code == NULL ? E_DATA : value_from_code(code, out);
    if (e == E_MEMORY)
        return plan_memory(at);
    return e == OK ? OK : plan_fail(at, member, "absent or TYPE:HEX");
}

static enum err path_read(const struct plan_place *at, const json_t *change, struct reg_path *out)
{
    char *code = NULL;
    enum err e = plan_text_read(at, change, "key", false, &code);
    if (e != OK)
        return e;
    e = path_from_code(code, out);
    free(code);
    if (e == E_MEMORY)
        return plan_memory(at);
    return e == OK ? OK : plan_fail(at, "key", "a registry key such as HKLM\\SOFTWARE");
}

/* A key is there (as type none without bytes) or it is not. */
static bool is_key_state(const struct reg_value *v)
{
    return v->absent || (v->type == REG_NONE && v->size == 0);
}

static enum err change_read(const struct plan_place *at, json_t *object, struct change *out)
{
    static const char *const members[] = {"after", "before", "effect", "key", "name", "why"};
    size_t effect;
    enum err e;
    if ((e = plan_members_check(at, object, members, COUNT(members), COUNT(members))) != OK ||
        (e = path_read(at, object, &out->path)) != OK ||
        (e = plan_text_read(at, object, "name", true, &out->name)) != OK ||
        (e = value_read(at, object, "before", &out->before)) != OK ||
        (e = value_read(at, object, "after", &out->after)) != OK ||
        (e = plan_word_read(at, object, "effect", plan_effect_words, COUNT(plan_effect_words),
                            &effect)) != OK ||
        (e = plan_text_read(at, object, "why", true, &out->why)) != OK)
        return e;
    out->effect = (enum effect)effect;
    if (out->name == NULL && !(is_key_state(&out->before) && is_key_state(&out->after)))
        return plan_fail(at, "name", "a value name, as before and after are those of a value");
    return OK;
}

static enum err changes_read(struct plan_place *at, const json_t *object, struct plan_host *h)
{
    const json_t *list = json_object_get(object, "changes");
    enum err e = OK;
    if (!json_is_array(list))
        return plan_fail(at, "changes", "a list");
    size_t n = json_array_size(list);
    if ((h->changes = calloc(n + 1, sizeof *h->changes)) == NULL)
        return plan_memory(at);
    for (size_t i = 0; i < n && e == OK; i++) {
        at->change = i;
        h->n_changes++; /* also a half read one must be freed */
        if ((e = change_read(at, json_array_get(list, i), &h->changes[i])) == OK && i > 0 &&
            change_phase(&h->changes[i]) < change_phase(&h->changes[i - 1]))
            e = plan_fail(at, "after",
                          "the order keys created, values set, values deleted, keys deleted");
    }
    at->change = PLAN_NOWHERE;
    return e;
}

static enum err host_err_read(const struct plan_place *at, const json_t *object, enum err *out)
{
    const char *name = json_string_value(json_object_get(object, "err"));
    for (int i = 0; name != NULL && i < ERR_COUNT; i++)
        if (strcmp(name, err_name((enum err)i)) == 0) {
            *out = (enum err)i;
            return OK;
        }
    return plan_fail(at, "err", "the name of an error, or OK");
}

/* Said only where it is so; it is taken out of the object, whose other members are all needed. */
static enum err wake_take(const struct plan_place *at, json_t *object, bool *out)
{
    const json_t *said = json_object_get(object, "may_wake");
    if (said != NULL && !json_is_true(said))
        return plan_fail(at, "may_wake", "true, or not this member");
    *out = said != NULL;
    if (said != NULL)
        (void)json_object_del(object, "may_wake");
    return OK;
}

static enum err host_read(struct plan_place *at, json_t *object, struct plan_host *h)
{
    static const char *const members[] = {"affinity", "changes", "err", "name",
                                          "owes_restart", "reason", "verdict"};
    size_t verdict;
    enum err e;
    if ((e = wake_take(at, object, &h->may_wake)) != OK)
        return e;
    if ((e = plan_members_check(at, object, members, COUNT(members), COUNT(members))) != OK ||
        (e = plan_text_read(at, object, "name", false, &h->name)) != OK ||
        (e = plan_text_read(at, object, "affinity", true, &h->affinity)) != OK ||
        (e = plan_text_read(at, object, "reason", true, &h->reason)) != OK ||
        (e = plan_word_read(at, object, "verdict", plan_verdict_words, COUNT(plan_verdict_words),
                            &verdict)) != OK ||
        (e = host_err_read(at, object, &h->err)) != OK)
        return e;
    if (!json_is_boolean(json_object_get(object, "owes_restart")))
        return plan_fail(at, "owes_restart", "true or false");
    h->owes_restart = json_is_true(json_object_get(object, "owes_restart"));
    h->verdict = (enum plan_verdict)verdict;
    return changes_read(at, object, h);
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum err hosts_differ(struct plan_place *at, const struct plan *p)
{
    char **names = calloc(p->n_hosts + 1, sizeof *names);
    const char *twice = NULL;
    if (names == NULL)
        return plan_memory(at);
    for (size_t i = 0; i < p->n_hosts; i++)
        names[i] = p->hosts[i].name;
    qsort(names, p->n_hosts, sizeof *names, name_compare);
    for (size_t i = 1; i < p->n_hosts && twice == NULL; i++)
        twice = strcmp(names[i - 1], names[i]) == 0 ? names[i] : NULL;
    free(names);
    for (size_t i = 0; twice != NULL && i < p->n_hosts; i++)
        if (strcmp(p->hosts[i].name, twice) == 0)
            at->item = i; /* the last of them is the one too many */
    return twice == NULL ? OK : plan_fail(at, "name", "a host that is not in the list already");
}

static enum err hosts_read(struct plan_place *at, const json_t *top, struct plan *p)
{
    const json_t *list = json_object_get(top, "hosts");
    enum err e = OK;
    if (!json_is_array(list) || json_array_size(list) > PLAN_HOSTS_MAX)
        return plan_fail(at, "hosts", "a list of at most 100000 hosts");
    size_t n = json_array_size(list);
    if ((p->hosts = calloc(n + 1, sizeof *p->hosts)) == NULL)
        return plan_memory(at);
    at->list = "hosts";
    for (size_t i = 0; i < n && e == OK; i++) {
        at->item = i;
        p->n_hosts++;
        e = host_read(at, json_array_get(list, i), &p->hosts[i]);
    }
    if (e == OK)
        e = hosts_differ(at, p);
    at->list = NULL;
    return e;
}

static enum err rules_read(struct plan_place *at, const json_t *top, struct plan *p)
{
    const json_t *list = json_object_get(top, "verify");
    enum err e = OK;
    if (!json_is_array(list))
        return plan_fail(at, "verify", "a list");
    size_t n = json_array_size(list);
    if ((p->verify = calloc(n + 1, sizeof *p->verify)) == NULL)
        return plan_memory(at);
    p->n_verify = n;
    at->list = "verify";
    for (size_t i = 0; i < n && e == OK; i++) {
        at->item = i;
        e = plan_rule_read(at, json_array_get(list, i), &p->verify[i]);
    }
    at->list = NULL;
    return e;
}

/* Before anything else, so that a file of another version is told by that and not by a member it
 * lacks. */
static enum err version_check(const struct plan_place *at, const json_t *top)
{
    const json_t *v = json_object_get(top, "schema_version");
    if (!json_is_object(top))
        return plan_fail(at, "", "a plan, a JSON object");
    if (v == NULL)
        return plan_fail(at, "schema_version", "this member, which is missing: is this a plan?");
    if (!json_is_integer(v))
        return plan_fail(at, "schema_version", "an integer");
    if (json_integer_value(v) == PLAN_SCHEMA_VERSION)
        return OK;
    return why_place(at->why,
                     why_set(at->why, E_DATA,
                             "a plan of schema version %" PRId64 "; this program reads version %d",
                             (int64_t)json_integer_value(v), PLAN_SCHEMA_VERSION),
                     "%s: schema_version", shown_file(at->file));
}

static enum err top_read(struct plan_place *at, json_t *top, struct plan *p)
{
    static const char *const members[] = {"digest", "hosts", "kind",
                                          "made_at", "playbook", "rollback_of",
                                          "schema_version", "title", "verify"};
    size_t kind;
    enum err e;
    if ((e = version_check(at, top)) != OK ||
        (e = plan_members_check(at, top, members, COUNT(members), COUNT(members))) != OK ||
        (e = plan_word_read(at, top, "kind", plan_kind_words, COUNT(plan_kind_words), &kind)) !=
            OK ||
        (e = plan_time_read(at, top, "made_at", &p->made_at_ms)) != OK ||
        (e = plan_text_read(at, top, "playbook", true, &p->playbook)) != OK ||
        (e = plan_text_read(at, top, "title", true, &p->title)) != OK ||
        (e = plan_integer_read(at, top, "rollback_of", INT64_MAX, &p->rollback_of)) != OK)
        return e;
    p->kind = (enum plan_kind)kind;
    if ((e = rules_read(at, top, p)) != OK)
        return e;
    return hosts_read(at, top, p);
}

static enum err digest_check(const struct plan_place *at, const json_t *top, struct plan *p)
{
    const char *said = json_string_value(json_object_get(top, "digest"));
    enum err e;
    if (said == NULL || strlen(said) != PLAN_DIGEST_SIZE - 1 ||
        strspn(said, "0123456789abcdef") != PLAN_DIGEST_SIZE - 1)
        return plan_fail(at, "digest", "64 hex digits");
    if ((e = plan_seal(p)) != OK)
        return why_set(at->why, e, "the digest cannot be computed");
    if (strcmp(said, p->digest) == 0)
        return OK;
    return why_place(at->why,
                     why_set(at->why, E_DATA,
                             "edited: its content has the digest %.12s…, not %.12s…", p->digest,
                             said),
                     "%s: digest", shown_file(at->file));
}

static enum err not_json(const struct plan_place *at, const json_error_t *error)
{
    struct text safe = {0}; /* jansson repeats what it found */
    if (json_error_code(error) == json_error_out_of_memory)
        return plan_memory(at);
    text_put_safe(&safe, error->text, strlen(error->text));
    bool cut = json_error_code(error) == json_error_premature_end_of_input;
    (void)why_set(at->why, E_DATA, "%s: %s", cut ? "the file ends in the middle" : "not JSON",
                  text_str(&safe));
    text_fini(&safe);
    return why_place(at->why, E_DATA, "%s:%d:%d", shown_file(at->file), error->line, error->column);
}

enum err plan_read(const char *file, const char *bytes, size_t n, struct plan **out,
                   struct why *why)
{
    struct plan_place at = {.file = file, .change = PLAN_NOWHERE, .why = why};
    struct plan *p = NULL;
    json_error_t error;
    enum err e = OK;
    *out = NULL;
    json_t *top = json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &error);
    if (top == NULL)
        return not_json(&at, &error);
    if ((p = calloc(1, sizeof *p)) == NULL) {
        e = plan_memory(&at);
        goto out;
    }
    if ((e = top_read(&at, top, p)) != OK || (e = digest_check(&at, top, p)) != OK)
        goto out;
    *out = p;
    p = NULL; /* moved to the caller */
out:
    plan_free(p);
    json_decref(top);
    return e;
}
