#include "inventory/notes.h"

#include <stdio.h>
#include <stdlib.h>

#define NOTE_SIZE 600

void notes_fini(struct notes *notes)
{
    for (size_t i = 0; i < notes->kept; i++)
        free(notes->at[i]);
    *notes = (struct notes){0};
}

void notes_add(struct notes *notes, const char *fmt, ...)
{
    char buf[NOTE_SIZE];
    va_list args;

    if (notes == NULL)
        return;
    notes->n++;
    if (notes->kept == NOTES_MAX)
        return;
    va_start(args, fmt);
    (void)vsnprintf(buf, sizeof buf, fmt, args);
    va_end(args);
    if ((notes->at[notes->kept] = str_dup(buf)) != NULL)
        notes->kept++;
}

void notes_forget(struct notes *notes, size_t kept, size_t n)
{
    if (notes == NULL)
        return;
    while (notes->kept > kept)
        free(notes->at[--notes->kept]);
    notes->n = n;
}
