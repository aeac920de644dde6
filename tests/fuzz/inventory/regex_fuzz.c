#include "inventory/regex.h"

#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* The pattern, and behind a newline the name. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char pattern[INPUT_MAX + 1], *name;
    struct regex *r = NULL;
    struct why why = {0};
    bool matches = true;
    enum err e;

    if (n > INPUT_MAX)
        return 0;
    memcpy(pattern, bytes, n);
    pattern[n] = '\0';
    name = strchr(pattern, '\n');
    if (name != NULL)
        *name++ = '\0';
    e = regex_new(pattern, &r, &why);
    if ((e == OK) != (r != NULL) || (e != OK && why.text[0] == '\0'))
        abort();
    if (r != NULL) {
        e = regex_match(r, name == NULL ? "web01" : name, &matches, &why);
        if (e != OK && (matches || why.text[0] == '\0'))
            abort();
    }
    regex_free(r);
    return 0;
}
