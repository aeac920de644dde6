/* Any question: the answer is always of the tables, and bounded. */
#include "handshake/explain.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct explained x;
    char *query = malloc(n + 1);
    if (!query)
        return 0;
    if (n > 0)
        memcpy(query, bytes, n);
    query[n] = '\0';
    explain(query, &x);
    if (x.n_codes > EXPLAIN_FOUND_MAX || x.n_causes > EXPLAIN_FOUND_MAX ||
        (x.n_codes > 0 && x.n_causes == 0))
        abort();
    for (size_t i = 0; i < x.n_causes; i++)
        if (explanation_of(x.causes[i]->id) != x.causes[i])
            abort();
    free(query);
    return 0;
}
