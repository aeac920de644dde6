#include "controller/app.h"
#include "controller/config.h"

#include <stdio.h>

int verb_init(struct invocation *inv)
{
    char file[FOLDER_SIZE + 32];
    struct why why = {0};
    enum err e;
    if ((e = app_db_path(inv, file, sizeof file, &why)) != OK ||
        (e = store_create(file, &why)) != OK)
        return fail(e, &why);
    printf("made the database %s\nnext: swell inventory import FILE\n", file);
    return EXIT_WELL;
}
