/* Any text as a guard: refused with a column inside of it, or decided; with an unknown fact never
 * decided. */
#include "base/text.h"
#include "playbooks/guard.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static struct fact_value known(void *self, const char *name)
{
    struct fact_value v = {
        .known = true, .is_number = strcmp(name, "os.build") == 0, .number = 9600};
    (void)self;
    memcpy(v.text, "ServerNT", sizeof "ServerNT");
    return v;
}

static struct fact_value unknown(void *self, const char *name)
{
    (void)self;
    (void)name;
    return (struct fact_value){0};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *that = str_dup_n((const char *)bytes, n);
    struct why why = {0};
    enum guard_answer answer = GUARD_HOLDS;
    if (that == NULL)
        return 0;
    enum err e = guard_check(that, &why);
    if (e == OK) {
        check(guard_eval(that, known, NULL, &answer, &why) == OK && answer != GUARD_UNKNOWN);
        check(guard_eval(that, unknown, NULL, &answer, &why) == OK && answer == GUARD_UNKNOWN);
    } else {
        check(e == E_DATA && strncmp(why.place, "column ", 7) == 0);
        check(strtoul(why.place + 7, NULL, 10) <= strlen(that) + 1);
    }
    free(that);
    return 0;
}
