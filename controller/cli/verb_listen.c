/* swell listen: clients come, and what each offers is told. */
#include "base/file.h"
#include "controller/cli/rollout_run.h"
#include "controller/cli/stop.h"
#include "controller/client_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT_MAX 1000000
#define BUILD_MAX 1000000
#define TIMEOUT_MAX_MS (3600 * 1000LL)
#define RELEASES_MAX 16

enum form { FORM_TEXT,
            FORM_JSON,
            FORM_JSONL };

struct listening {
    const struct invocation *inv;
    size_t form;
    struct page page;
    struct playbook *playbook; /* or NULL */
    struct schannel_wish schannel;
    const struct windows_release *releases[RELEASES_MAX];
    size_t n_releases;
    json_t *clients; /* FORM_JSON */
    uint64_t hellos, lost;
    bool starved;
};

/* --- what came --- */

static void put_json_line(struct listening *l, json_t *j)
{
    char *line = j != NULL ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (line != NULL)
        (void)printf("%s\n", line);
    else
        l->starved = true;
    free(line);
    json_decref(j);
}

static void put_text(struct listening *l, const struct heard *h, const struct forecast *f,
                     size_t n)
{
    struct text t = {0};
    client_put_text(&l->page, &t, h, f, n);
    if (t.bad)
        l->starved = true;
    else
        (void)fputs(text_str(&t), stdout);
    text_fini(&t);
}

static void on_heard(void *who, const struct heard *h)
{
    struct listening *l = who;
    struct forecast f[RELEASES_MAX];
    size_t n = h->talk->outcome == LISTEN_HELLO ? l->n_releases : 0;
    bool lost = false;
    for (size_t i = 0; i < n; i++) {
        f[i].release = l->releases[i];
        survive_judge(&h->talk->hello, f[i].release, &l->schannel, &f[i].survival);
        lost = lost || f[i].survival.outcome == SURVIVES_NOT;
    }
    l->hellos += h->talk->outcome == LISTEN_HELLO ? 1 : 0;
    l->lost += lost ? 1 : 0;
    switch ((enum form)l->form) {
    case FORM_TEXT: put_text(l, h, f, n); break;
    case FORM_JSONL: put_json_line(l, client_json(h, f, n)); break;
    case FORM_JSON:
        if (json_array_append_new(l->clients, client_json(h, f, n)) != 0)
            l->starved = true;
        break;
    }
    (void)fflush(stdout);
}

static bool should_stop(void *who)
{
    const struct listening *l = who;
    return l->starved || ferror(stdout) != 0 || stop_asked(NULL);
}

/* --- what is wanted --- */

static enum err count_of(const struct invocation *inv, uint64_t *out, struct why *why)
{
    int64_t n = 0;
    bool once = option_is_set(inv, OPT_ONCE);
    enum err e = option_number(inv, OPT_COUNT, 1, COUNT_MAX, once ? 1 : 0, &n, why);
    if (e == OK && once && n != 1)
        return why_set(why, E_USAGE, "--once and --count say different things");
    *out = (uint64_t)n;
    return e;
}

static enum err dialect_of(const struct invocation *inv, const struct listen_dialect **out,
                           struct why *why)
{
    const char *words[32];
    size_t n = 0, at = 0;
    enum err e;
    for (; n < listen_dialect_count() && n < COUNT(words); n++)
        words[n] = listen_dialect_at(n)->name;
    if ((e = option_word(inv, OPT_STARTTLS, words, n, 0, &at, why)) == OK)
        *out = listen_dialect_at(at);
    return e;
}

static enum err timeout_of(const struct invocation *inv, int64_t *out, struct why *why)
{
    int64_t ms = LISTENER_TIMEOUT_MS;
    enum err e = cli_duration(inv, OPT_TIMEOUT, &ms, why);
    if (e == OK && (ms < 1 || ms > TIMEOUT_MAX_MS))
        return option_blame(inv, OPT_TIMEOUT,
                            why_set(why, E_USAGE, "expected a time up to 1h"), why);
    *out = ms;
    return e;
}

/* One release with --build, else all. */
static enum err releases_of(struct listening *l, struct why *why)
{
    int64_t build = 0;
    enum err e = option_number(l->inv, OPT_BUILD, 0, BUILD_MAX, 0, &build, why);
    if (e != OK)
        return e;
    if (build > 0) {
        if ((l->releases[0] = windows_release_of((uint32_t)build)) == NULL)
            return option_blame(l->inv, OPT_BUILD,
                                why_set(why, E_USAGE,
                                        "expected a build of Windows Server 2008 (6001) or later"),
                                why);
        l->n_releases = 1;
        return OK;
    }
    for (; l->n_releases < windows_release_count() && l->n_releases < RELEASES_MAX;
         l->n_releases++)
        l->releases[l->n_releases] = windows_release_at(l->n_releases);
    return OK;
}

static enum err playbook_of(struct listening *l, struct why *why)
{
    const char *file = option_get(l->inv, OPT_PLAYBOOK);
    enum err e;
    if (file == NULL)
        return option_get(l->inv, OPT_BUILD) == NULL
                   ? OK
                   : option_blame(l->inv, OPT_BUILD,
                                  why_set(why, E_USAGE, "it says nothing without --playbook"),
                                  why);
    if ((e = playbook_load(file, &l->playbook, why)) != OK ||
        (e = schannel_wish_read(l->playbook, &l->schannel, why)) != OK)
        return e;
    if (l->schannel.n == 0)
        caution("%s says nothing of Schannel: the defaults of Windows are judged", file);
    return releases_of(l, why);
}

static enum err wishes_read(struct listening *l, struct listener_wish *wish,
                            struct endpoint *where, struct why *why)
{
    static const char *const forms[] = {"text", "json", "jsonl"};
    enum err e;
    if ((e = endpoint_parse_local(l->inv->args[0], where, why)) != OK ||
        (e = option_word(l->inv, OPT_FORMAT, forms, COUNT(forms), FORM_TEXT, &l->form, why)) !=
            OK ||
        (e = count_of(l->inv, &wish->count, why)) != OK ||
        (e = dialect_of(l->inv, &wish->dialect, why)) != OK ||
        (e = timeout_of(l->inv, &wish->timeout_ms, why)) != OK)
        return e;
    return playbook_of(l, why);
}

/* --- the whole --- */

static void begin(struct listening *l, const struct listener *listener,
                  const struct listener_wish *wish)
{
    l->page = page_for(STDOUT_FILENO, option_is_set(l->inv, OPT_NO_COLOR));
    stop_catch();
    (void)fprintf(stderr, "listening on %s%s%s; Ctrl-C ends it\n", listener_where(listener),
                  wish->dialect->name[0] != 't' ? " for " : "",
                  wish->dialect->name[0] != 't' ? wish->dialect->name : "");
    (void)fflush(stderr);
}

static enum err end(struct listening *l, const struct listener *listener, struct why *why)
{
    if (l->form == FORM_JSON && !l->starved)
        put_json_line(l, json_pack("{s:i, s:s, s:s, s:O}", "schema_version",
                                   LISTEN_SCHEMA_VERSION, "kind", "clients", "where",
                                   listener_where(listener), "clients", l->clients));
    return l->starved ? why_set(why, E_MEMORY, "no memory for what the clients said") : OK;
}

static int code_of(const struct listening *l, const struct listener_wish *wish)
{
    if (wish->count > 0 && l->hellos < wish->count && stop_code() != 0)
        return stop_code();
    return l->lost > 0 ? EXIT_HANDSHAKE : EXIT_WELL;
}

int verb_listen(struct invocation *inv)
{
    struct listening l = {.inv = inv};
    struct listener_wish wish = {.heard = on_heard, .stop = should_stop, .who = &l};
    struct listener *listener = NULL;
    struct endpoint where;
    struct why why = {0};
    int code = EXIT_WELL;
    enum err e;
    if ((e = wishes_read(&l, &wish, &where, &why)) != OK)
        goto out;
    if ((l.clients = json_array()) == NULL) {
        e = why_set(&why, E_MEMORY, "no memory for the clients");
        goto out;
    }
    if ((e = listener_new(&where, &listener, &why)) != OK)
        goto out;
    begin(&l, listener, &wish);
    if ((e = listener_run(listener, &wish, &why)) == OK)
        e = end(&l, listener, &why);
    code = code_of(&l, &wish);
out:
    listener_free(listener);
    json_decref(l.clients);
    schannel_wish_fini(&l.schannel);
    playbook_free(l.playbook);
    return e == OK ? code : fail(e, &why);
}
